//! Accounts through their pages, on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails with a line number")]

mod oidc;
