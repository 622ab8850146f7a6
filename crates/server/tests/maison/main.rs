//! The house itself: who may depend on whom, what an added and removed feature does, papers that stay true, words that are read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails with a line number")]

mod accessibilite;
mod dependances;
mod exemple;
mod feature_de_plus;
mod mots;
mod papiers;
mod rapprochements;
mod volume;
