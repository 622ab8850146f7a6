//! Any bytes: read or refused, and what is read can be written, read again and counted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vote::pabulib::{ReadOptions, read, write};
use vote::{Control, Rule, TieBreak};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = read(bytes, ReadOptions::default()) else { return };
    let written = write(&document);
    let again = read(written.as_bytes(), ReadOptions::default()).expect("what is written can be read");
    assert_eq!(document.election.votes(), again.election.votes());
    for name in ["greedy_votes", "mes_cost", "phragmen"] {
        let rule = Rule::from_name(name).expect("known name");
        if let Ok(outcome) = rule.count(&document.election, &TieBreak::Recommended, &Control::default()) {
            assert!(outcome.total <= document.election.budget);
        }
    }
});
