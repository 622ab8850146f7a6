//! What the crate promises, on real and invented votes.

mod grades;
mod reference;
