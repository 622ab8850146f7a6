//! The directory on both engines: one binary, linking is what costs.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking; a skip is said")]

mod alertes;
mod ecran;
mod import;
mod monde;
mod offres;
mod ouvert;
mod pages;
mod portrait;
mod propositions;
mod tenue;
