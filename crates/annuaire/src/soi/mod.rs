//! "Ma structure": the door of who represents an actor: what is to be done, structure by structure.
//!
//! - [`rules`]: what is to be done, from what the page holds. Pure.
//! - [`storage`]: the actors of a visitor, with what is counted.
//! - [`pages`]: the page.

pub mod pages;
pub mod rules;
pub mod storage;
