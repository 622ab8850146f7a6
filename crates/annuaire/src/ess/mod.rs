//! Is an actor part of the social and solidarity economy? Two answers, by law and in statistics, each oui, non or
//! inconnu, with its reason.
//!
//! - [`decision`]: what an agent decided of one of them, on a document.
//! - [`formes`]: what the INSEE legal category says of the form.
//! - [`rules`]: the two answers and the figures of.
//! - [`fiches`]: the pages of these rules.

pub mod decision;
pub mod fiches;
pub mod formes;
pub mod rules;
#[cfg(test)]
mod rules_tests;

pub use decision::{Decision, Piece};
pub use rules::{Avis, Faits, PreuvePublic};
