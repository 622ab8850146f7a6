//! One actor, once: pairs that may be the same, the bench where an agent judges, the merge and its undoing.
//!
//! - [`rules`]: which actors may be the same, with the reasons; [`cles`]: the keys under which they meet. Pure.
//! - [`reunion`]: which facts a merge keeps, and from whom. Pure.
//! - [`storage`]: pairs found, pairs set aside for ever, merges.
//! - [`chemin`]: the way from an actor that was merged to where it is now.
//! - [`fusion`]: the merge and its undoing, each in one transaction.
//! - [`demenagement`]: what changes owner with it, there and back.
//! - [`recherche`]: the search for pairs, every day and on demand.
//! - [`liste`], [`banc`], [`faite`]: the pages of the agents.

pub mod banc;
pub mod chemin;
pub mod cles;
pub mod demenagement;
pub mod faite;
pub mod fusion;
pub mod liste;
pub mod recherche;
pub mod reunion;
pub mod rules;
pub mod storage;
