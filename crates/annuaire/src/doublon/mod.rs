//! One actor, once: pairs that may be the same, the bench where an agent judges, the merge and its undoing.
//!
//! - [`rules`]: which actors may be the same, with the reasons. Pure.
//! - [`reunion`]: which facts a merge keeps, and from whom. Pure.
//! - [`storage`]: pairs found, pairs set aside for ever, merges; the way from an old reference to the new one.
//! - [`fusion`]: the merge and its undoing, each in one transaction.
//! - [`demenagement`]: what changes owner with it, there and back.
//! - [`recherche`]: the search for pairs, every day and on demand.
//! - [`liste`], [`banc`], [`faite`]: the pages of the agents.

pub mod banc;
pub mod demenagement;
pub mod faite;
pub mod fusion;
pub mod liste;
pub mod recherche;
pub mod reunion;
pub mod rules;
pub mod storage;
