//! How complete and fresh the page of an actor is, so that its keeper knows what to do and agents what to repair first.
//! Never a public ranking: only the keeper of a page and the agents see it.
//!
//! - [`rules`]: each point, its sentence, how to gain it; what is repaired first. Pure.
//! - [`storage`]: what is looked at, for one actor or all.
//! - [`pages`]: the score of one page, explained.
//! - [`a_reparer`]: the agents' work list, its filter, its export.

pub mod a_reparer;
pub mod pages;
pub mod rules;
pub mod storage;
