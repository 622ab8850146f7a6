//! Levers: quality of the matching, storage and pages, imports. One binary: linking is what costs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails with a line number")]

mod import;
mod pages;
mod propositions;
mod qualite;
