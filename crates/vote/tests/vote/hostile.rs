//! Hostile files: what nobody would write, thousands of times. `PROPTEST_CASES=1000000` for a long run.

use proptest::prelude::*;
use rstest::rstest;
use vote::pabulib::{Limits, ReadOptions, read, write, write_election};
use vote::{BallotKind, Control, CountError, Election, LARGEST_AMOUNT, Project, Rule, TieBreak};

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
const WORDS: [&str; 28] = [
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
    "\0",
    "12,",
    "1,1",
    "                                                                                ",
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
        built_again(&document.election, limits);
        each_rule_answers(&document.election);
    }
}

/// The same vote, as if built in code: written, it is read back, unless its words cannot be written. Ballots that the limits
/// forbid, kept because they were only reported, are reported again.
fn built_again(election: &Election, limits: Limits) {
    let written = match write_election(election, &[("description", "essai ; essai")]) {
        Ok(written) => written,
        Err(CountError::Unwritable { .. }) => return,
        Err(other) => panic!("{other}"),
    };
    let again = read(written.as_bytes(), ReadOptions::default()).unwrap_or_else(|error| panic!("{error}\n{written}"));
    assert_eq!((election.votes(), election.points()), (again.election.votes(), again.election.points()));
    let strange = again.leniencies.iter().filter(|found| !found.what.contains("enveloppe"));
    if limits == Limits::Enforce {
        assert_eq!(strange.count(), 0, "{written}");
    }
    assert_eq!(write_election(&again.election, &[("description", "essai ; essai")]), Ok(written));
}

/// Every rule counts, within the envelope and for supported projects only, or says that these ballots are not its own.
fn each_rule_answers(election: &Election) {
    let votes = election.votes();
    for name in EVERY_RULE {
        match Rule::from_name(name).unwrap().count(election, &TieBreak::Recommended, &Control::default()) {
            Ok(outcome) => {
                assert!(outcome.total <= election.budget, "{name}");
                assert_eq!(outcome.total, election.cost_of(outcome.winners.iter().copied()), "{name}");
                assert!(outcome.winners.iter().all(|&project| votes[project] > 0), "{name}");
            }
            Err(CountError::NoBallots) => assert_eq!(election.ballots.total(), 0, "{name}"),
            Err(CountError::NotApplicable { rule, .. }) => assert_eq!(rule, refused_name(name)),
            Err(CountError::TooLarge(_)) => assert!(["kemeny", "majority_judgment"].contains(&name), "{name}"),
            Err(other) => panic!("{name} {other}"),
        }
    }
}

/// Without the completion, which never refuses.
fn refused_name(name: &str) -> &str {
    if name.starts_with("mes_") { name.split("_add1").next().unwrap().split("_then").next().unwrap() } else { name }
}

/// Every rule, with every utility and completion.
const EVERY_RULE: [&str; 31] = [
    "greedy_votes",
    "greedy_votes_no_skip",
    "greedy_votes_threshold_2",
    "greedy_score",
    "greedy_score_threshold_2_no_skip",
    "greedy_score_per_cost",
    "knapsack_optimum_cost",
    "knapsack_optimum_card",
    "knapsack_optimum_points",
    "knapsack_optimum_positional",
    "knapsack_optimum_borda_zero_last",
    "mes_cost",
    "mes_card",
    "mes_points",
    "mes_positional",
    "mes_borda_zero_last",
    "mes_cost_add1",
    "mes_points_add1",
    "mes_positional_add1",
    "mes_card_add1_stop_when_exhaustive",
    "mes_cost_add1_then_greedy_votes",
    "mes_points_then_greedy_score_per_cost",
    "bos_cost",
    "bos_card",
    "bos_points",
    "bos_positional",
    "phragmen",
    "phragmen_then_greedy_votes",
    "maximin_support",
    "majority_judgment",
    "kemeny",
];

fn spoiled(_group: usize) {}

/// Fields are open: what no reader gives is refused by every rule, never a panic.
#[test]
fn votes_that_no_reader_gives_are_refused() {
    let project = |id: &str| Project { id: id.to_owned(), cost: 10, ..Project::default() };
    for kind in KINDS {
        let good = || {
            let mut election = Election::new(kind, 100, ["a", "b"].map(project).to_vec()).unwrap();
            election.score(&[("a", 1), ("b", 2)]).unwrap();
            election
        };
        let choice = |project, points| vote::Choice { project, points };
        let broken: [&dyn Fn(&mut Election); 11] = [
            &|e| e.budget = 0,
            &|e| e.budget = u64::MAX,
            &|e| e.projects[0].cost = 0,
            &|e| e.projects[1].cost = u64::MAX,
            &|e| e.projects[1].id = "a".to_owned(),
            &|e| e.projects.truncate(1),
            &|e| e.decimals = 40,
            &|e| spoiled(e.ballots.push(&[choice(9, 1)])),
            &|e| spoiled(e.ballots.push(&[choice(1, 1), choice(0, 1)])),
            &|e| spoiled(e.ballots.push(&[choice(0, 1), choice(0, 1)])),
            &|e| spoiled(e.ballots.push_many(&[choice(0, u32::MAX)], u64::MAX)),
        ];
        for (at, spoil) in broken.iter().enumerate() {
            let mut election = good();
            spoil(&mut election);
            assert!(election.check().is_err(), "{at}");
            assert!(vote::pabulib::write_election(&election, &[]).is_err(), "{at}");
            for name in EVERY_RULE {
                let rule = Rule::from_name(name).unwrap();
                assert!(rule.count(&election, &TieBreak::Recommended, &Control::default()).is_err(), "{at} {name}");
                let clauses = vote::clauses::count(&election, rule, &[], &TieBreak::Recommended, &Control::default());
                assert!(clauses.is_err(), "{at} {name}");
            }
        }
        assert_eq!(good().check(), Ok(()));
    }
}

const KINDS: [BallotKind; 6] = [
    BallotKind::Approval,
    BallotKind::ChooseOne,
    BallotKind::Ordinal,
    BallotKind::Cumulative,
    BallotKind::Scoring,
    BallotKind::Grades,
];

/// Costs and envelopes as small, as large and as equal as they can be; ballots that are blank, alone, or give no point.
#[rstest]
#[case::nobody(100, &[60, 50], "")]
#[case::blank_only(100, &[60, 50], "-/-/-")]
#[case::one_unit(1, &[1, 1, 2], "0:1 1:1/2:1")]
#[case::all_too_expensive(10, &[11, 12], "0:1 1:1")]
#[case::one_too_expensive(10, &[LARGEST_AMOUNT, 5], "0:1 1:1/0:1/0:3")]
#[case::largest(LARGEST_AMOUNT, &[LARGEST_AMOUNT, LARGEST_AMOUNT, 1], "0:1 1:1/2:1/1:1")]
#[case::largest_envelope(LARGEST_AMOUNT, &[1, 2, 3], "0:1/1:2 2:1/-")]
#[case::all_equal(100, &[10; 12], "0:1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1/0:1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1")]
#[case::billions(3_000_000_000, &[1_000_000_000; 5], "0:1 1:1/2:1 3:1/4:1 0:1")]
#[case::no_point_at_all(100, &[60, 50], "0:0 1:0/1:0")]
#[case::most_points(100, &[60, 50], "0:1000000 1:1/1:1000000")]
fn every_rule_bears_extreme_votes(#[case] budget: u64, #[case] costs: &[u64], #[case] voters: &str) {
    for kind in KINDS {
        let project = |(c, &cost): (usize, &u64)| Project { id: c.to_string(), cost, ..Project::default() };
        let mut election = Election::new(kind, budget, costs.iter().enumerate().map(project).collect()).unwrap();
        for ballot in voters.split('/').filter(|ballot| !ballot.is_empty()) {
            let choices = ballot.split(' ').filter_map(|choice| choice.split_once(':'));
            let pairs: Vec<(&str, u32)> = choices.map(|(id, points)| (id, points.parse().unwrap())).collect();
            let ids: Vec<&str> = pairs.iter().map(|(id, _)| *id).collect();
            match kind {
                BallotKind::Ordinal => election.rank(&ids).unwrap(),
                _ if kind.has_points() => election.score(&pairs).unwrap(),
                _ => election.approve(&ids).unwrap(),
            }
        }
        each_rule_answers(&election);
    }
}

/// Hundreds of projects, all tied, for one voter.
#[test]
fn ties_by_the_hundred_end() {
    let project = |c: usize| Project { id: format!("{c:04}"), cost: 1, ..Project::default() };
    let mut election = Election::new(BallotKind::Approval, 60, (0..200).map(project).collect()).unwrap();
    let ids: Vec<String> = (0..200).map(|c| format!("{c:04}")).collect();
    election.approve(&ids.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    each_rule_answers(&election);
}

#[rstest]
#[case::utf_16(b"\xff\xfeM\0E\0T\0A\0", "UTF-16")]
#[case::latin_1(b"META\nkey;value\ndescription;caf\xe9\n", "UTF-8")]
#[case::zeros(&[0; 1000], "META")]
#[case::nothing(b"", "META")]
#[case::mark_only(b"\xef\xbb\xbf", "META")]
#[case::spreadsheet(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0", "META")]
fn what_is_not_such_a_file_is_said(#[case] bytes: &[u8], #[case] words: &str) {
    let error = read(bytes, ReadOptions::default()).expect_err("not a file of ballots");
    assert!(error.to_string().contains(words) && error.line >= 1, "{error}");
}

/// One choice is asked, two are given: kept and reported, or void.
#[test]
fn a_ballot_with_a_choice_too_many_is_written_again() {
    survives(
        b"META\nkey;value\nbudget;9\nvote_type;choose-1\nPROJECTS\nproject_id;cost\na;4\nb;3\nVOTES\nvoter_id;vote\n1;a,b\n2;b\n",
    );
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
