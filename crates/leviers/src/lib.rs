//! Levers: what helps a project, for whom, on which conditions, with the reasons.
//!
//! - [`levier`]: a lever, its criteria, the matching with a project, its TOML file.
//! - [`catalogue`]: the sheets shipped in the program (national seeds, demonstration).

pub mod catalogue;
pub mod levier;

pub use catalogue::Catalogue;
pub use levier::rules::{Appariement, Exemples, aide, apparier, apparier_tous};
pub use levier::{Condition, Critere, Levier};
