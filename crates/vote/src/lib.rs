#![doc = include_str!("../README.md")]
//!
//! # Map
//!
//! - [`Election`], [`Project`], [`Ballots`]: what is counted. [`pabulib`]: files in and out.
//! - [`Rule`]: a rule by its name, with its text in French; [`rules`]: one module for each, with definition and source.
//! - [`TieBreak`]: ties. [`Control`], [`Cancel`], [`Progress`]: long counts.
//! - [`clauses`]: floors, sub-envelopes, caps. [`explain`]: why. [`record`]: what is published and recounted.
//! - [`Outcome`]: winners, rounds, certificate.

pub mod clauses;
pub mod explain;
pub mod pabulib;
pub mod record;
pub mod rules;

mod control;
mod election;
mod error;
mod fraction;
mod hash;
mod limits;
mod outcome;
mod profile;
mod rule;
mod tie;

pub use control::{Cancel, Control, Progress};
pub use election::{BallotKind, Ballots, Choice, Election, LARGEST_AMOUNT, LARGEST_POINTS, Project};
pub use error::CountError;
pub use outcome::{Certificate, Increments, Measure, Outcome, Phase, Round, Share, Stop};
pub use profile::Utility;
pub use rule::Rule;
pub use tie::TieBreak;
