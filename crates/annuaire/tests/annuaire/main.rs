//! The directory on both engines: one binary, linking is what costs.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking; a skip is said")]

mod doublons;
mod ecran;
mod import;
mod moderation;
mod monde;
mod offres;
mod pages;
mod propositions;
mod revendication;
mod soi;
mod tenue;
