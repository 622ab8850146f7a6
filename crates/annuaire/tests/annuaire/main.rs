//! The directory on both databases, through its pages.

#![expect(clippy::unwrap_used, reason = "a test fails with a line number")]

mod monde;
mod offres;
mod pages;
mod propositions;
