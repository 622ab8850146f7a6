//! What the crate promises, on real and invented votes.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails with a line number, and says what it skips"
)]

mod clauses;
mod files;
mod grades;
mod hostile;
mod long;
mod naive;
mod properties;
mod random;
mod records;
mod reference;
mod texts;
mod units;
