//! What is kept of pairs and of merges. No rule here.
//!
//! - [`paires`]: pairs found, pairs set aside for ever.
//! - [`reunions`]: merges made.

pub mod paires;
pub mod reunions;
