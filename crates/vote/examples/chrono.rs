//! Reads a `.pb` file, counts it, and prints times: `cargo run --release --example chrono FILE RULE [RULE…]`.
#![expect(clippy::print_stdout, reason = "a command line speaks on its output")]

use std::time::Instant;

use vote::pabulib::{ReadOptions, read};
use vote::{Control, Rule, TieBreak};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("FILE RULE [RULE…]")?;
    let bytes = std::fs::read(&path)?;
    let started = Instant::now();
    let document = read(&bytes, ReadOptions::default())?;
    let election = &document.election;
    println!("read {:?}, {} groups of {}", started.elapsed(), election.ballots.groups(), election.ballots.total());
    for name in arguments {
        let started = Instant::now();
        let outcome = Rule::from_name(&name)?.count(election, &TieBreak::Recommended, &Control::default())?;
        println!(
            "{name} {:?}: {} winners, total {}, exact {}, {:?}, {:?}",
            started.elapsed(),
            outcome.winners.len(),
            election.amount(outcome.total),
            outcome.exact,
            outcome.increments,
            outcome.certificate
        );
    }
    Ok(())
}
