//! What fails: the process killed while it writes, the database, the mail server, the disk. The real program, real servers.
//!
//! 40 kills per database in the ordinary tests; `script/pannes` asks for 1 000 (`TERREAU_PANNES`) and publishes the result.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails with a line number"
)]

mod banc;
mod coupures;
mod imports;
mod morts;
