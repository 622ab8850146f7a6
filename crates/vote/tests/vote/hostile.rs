//! Hostile files: what nobody would write, thousands of times. `PROPTEST_CASES=1000000` for a long run.

use proptest::prelude::*;
use vote::pabulib::{Limits, ReadOptions, read, write};
use vote::{Control, CountError, Rule, TieBreak};

/// Good files, one for each kind of ballot, to be damaged.
const SEEDS: [&str; 6] = [
    include_str!("micro/micro_02_overspending.pb"),
    include_str!("micro/micro_05_too_expensive_and_blank.pb"),
    include_str!("micro/micro_08_cumulative.pb"),
    include_str!("micro/micro_09_ordinal.pb"),
    "META\nkey;value\nbudget;9\nvote_type;grades\nmin_length;1\nPROJECTS\nproject_id;cost;canton;category;bearer\n\
     a;4.50;Nord;jeunes,eau;X\nb;3,25;Sud;eau;\"Y;Z\"\nVOTES\nvoter_id;vote;points;canton\n1;a,b;3,0;Nord\n2;b;2;Sud\n",
    "META\nkey;value\nbudget;90\nvote_type;choose-1\nPROJECTS\nproject_id;cost\n123456789;40\nb;30\n\
     VOTES\nvoter_id;vote\n1;123456789\n2;b\n",
];

/// Words and signs that mean something to the reader.
const WORDS: [&str; 24] = [
    ";",
    ",",
    "\"",
    "\n",
    "\r\n",
    "\u{feff}",
    "\u{a0}",
    "META\n",
    "PROJECTS\n",
    "VOTES\n",
    "num_votes;4294967296\n",
    "max_length;1\n",
    "min_sum_cost;0.0000001\n",
    "max_sum_points;18446744073709551615\n",
    "vote_type;ordinal\n",
    "vote_type;scoring\n",
    "NaN",
    "-1",
    "1e9",
    "999999999999999",
    "1000001",
    "0.000001",
    "\"\"\"",
    "é",
];

#[derive(Debug, Clone)]
enum Damage {
    Byte(u8),
    Word(usize),
    Cut(usize),
    Repeat(usize),
    /// What follows comes from another file.
    Graft(usize),
    End,
}

fn damages() -> impl Strategy<Value = (usize, Vec<(usize, Damage)>)> {
    let damage = prop_oneof![
        4 => any::<u8>().prop_map(Damage::Byte),
        6 => (0..WORDS.len()).prop_map(Damage::Word),
        3 => (1_usize..40).prop_map(Damage::Cut),
        2 => (1_usize..60).prop_map(Damage::Repeat),
        1 => (0..SEEDS.len()).prop_map(Damage::Graft),
        1 => Just(Damage::End),
    ];
    (0..SEEDS.len(), proptest::collection::vec((0_usize..600, damage), 1..8))
}

fn damaged(seed: usize, damages: &[(usize, Damage)]) -> Vec<u8> {
    let mut bytes = SEEDS[seed].as_bytes().to_vec();
    for (at, damage) in damages {
        let at = at % (bytes.len() + 1);
        let until = |length: &usize| (at + length).min(bytes.len());
        match damage {
            Damage::Byte(byte) => bytes.insert(at, *byte),
            Damage::Word(word) => drop(bytes.splice(at..at, WORDS[*word].bytes())),
            Damage::Cut(length) => drop(bytes.drain(at..until(length))),
            Damage::Repeat(length) => {
                let piece = bytes[at..until(length)].to_vec();
                drop(bytes.splice(at..at, piece));
            }
            Damage::Graft(other) => {
                let other = SEEDS[*other].as_bytes();
                bytes.truncate(at);
                bytes.extend_from_slice(&other[at.min(other.len())..]);
            }
            Damage::End => bytes.truncate(at),
        }
    }
    bytes
}

/// Any bytes are read or refused; what is read is written, read again, and counted within the envelope.
fn survives(bytes: &[u8]) {
    for limits in [Limits::Report, Limits::Enforce] {
        let options = ReadOptions { limits, keep_duplicates: limits == Limits::Enforce };
        let Ok(document) = read(bytes, options) else { continue };
        assert_eq!(document.vote_rows().count() as u64, document.election.ballots.total());
        let written = write(&document);
        let again = read(written.as_bytes(), options).unwrap_or_else(|error| panic!("{error}\n{written}"));
        assert_eq!(document.election.votes(), again.election.votes());
        assert_eq!(document.election.points(), again.election.points());
        assert_eq!(written, write(&again));
        for name in ["greedy_votes", "mes_cost", "phragmen", "bos_cost"] {
            match Rule::from_name(name).unwrap().count(&document.election, &TieBreak::Recommended, &Control::default())
            {
                Ok(outcome) => assert!(outcome.total <= document.election.budget),
                Err(CountError::NoBallots) => {}
                Err(other) => panic!("{name} {other}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic((seed, damages) in damages()) {
        survives(&damaged(seed, &damages));
    }

    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survives(&bytes);
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(4_000)
}
