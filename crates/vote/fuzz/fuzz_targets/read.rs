//! Any bytes are read or refused; what is read is written, read again the same, and counted within the envelope.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vote::pabulib::{Limits, ReadOptions, read, write, write_election};
use vote::{Control, Rule, TieBreak};

/// Rules that end at once on any small vote.
const RULES: [&str; 5] = ["greedy_score", "mes_cost", "mes_points", "phragmen", "maximin_support"];
/// Projects past which a rule is not tried: the reader is what is fuzzed.
const FEW: usize = 12;

fuzz_target!(|bytes: &[u8]| {
    for limits in [Limits::Report, Limits::Enforce] {
        let options = ReadOptions { limits, keep_duplicates: limits == Limits::Enforce };
        let Ok(document) = read(bytes, options) else { continue };
        let election = &document.election;
        assert_eq!(election.check(), Ok(()));
        assert_eq!(document.vote_rows().count() as u64, election.ballots.total());
        let written = write(&document);
        let again = read(written.as_bytes(), options).expect("what was written is read");
        assert_eq!((election.votes(), election.points()), (again.election.votes(), again.election.points()));
        assert_eq!(written, write(&again));
        if let Ok(built) = write_election(election, &[]) {
            let again = read(built.as_bytes(), ReadOptions::default()).expect("what was built is read");
            assert_eq!(election.points(), again.election.points());
        }
        for name in RULES.iter().filter(|_| election.projects.len() <= FEW) {
            let rule = Rule::from_name(name).expect("a rule");
            if let Ok(outcome) = rule.count(election, &TieBreak::Recommended, &Control::default()) {
                assert!(outcome.total <= election.budget);
            }
        }
    }
});
