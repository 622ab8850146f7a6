//! Long counts: followed, stopped in the middle, bounded.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use rstest::rstest;
use vote::clauses::{self, Clause};
use vote::pabulib::ReadOptions;
use vote::record::{self, Parameters, RecordError};
use vote::{BallotKind, Cancel, Control, CountError, Election, Progress, Project, Rule, TieBreak, explain};

/// Forty voters, sixteen projects, ballots all different: each rule has several rounds.
fn election(kind: BallotKind) -> Election {
    let project = |c: u64| Project { id: format!("p{c}"), cost: 30 + 7 * c % 41, ..Project::default() };
    let mut election = Election::new(kind, 400, (0..16).map(project).collect()).unwrap();
    for voter in 0_usize..40 {
        let named = (0..4).map(|at| format!("p{}", (3 * voter + (2 * at + 1) * (1 + voter / 5)) % 16));
        let mut named: Vec<String> = named.collect();
        named.sort();
        named.dedup();
        let ids: Vec<&str> = named.iter().map(String::as_str).collect();
        match kind {
            BallotKind::Ordinal => election.rank(&ids).unwrap(),
            _ => election.score(&ids.iter().zip(1..).map(|(id, points)| (*id, points)).collect::<Vec<_>>()).unwrap(),
        }
    }
    election
}

const RULES: [&str; 9] = [
    "mes_cost",
    "mes_points",
    "mes_cost_add1",
    "mes_points_add1_then_greedy_votes",
    "bos_cost",
    "phragmen",
    "phragmen_then_greedy_votes",
    "maximin_support",
    "knapsack_optimum_points",
];

/// Counts, stops at the progress of this rank, and says how many times progress was told.
fn stopped_at(rank: usize, count: &dyn Fn(&Control<'_>) -> Result<(), CountError>) -> (Result<(), CountError>, usize) {
    let cancel = Cancel::default();
    let told = Cell::new(0);
    let follow = |_: Progress| {
        told.set(told.get() + 1);
        if told.get() == rank {
            cancel.cancel();
        }
    };
    let result = count(&Control::with_cancel(cancel.clone()).on_progress(&follow));
    (result, told.get())
}

/// Stopped at the second progress, nothing more is done; never stopped, more is told.
fn stops_midway(count: &dyn Fn(&Control<'_>) -> Result<(), CountError>) {
    let (whole, told) = stopped_at(usize::MAX, count);
    assert_eq!(whole, Ok(()));
    assert!(told > 2, "{told}");
    assert_eq!(stopped_at(2, count), (Err(CountError::Cancelled), 2));
    assert_eq!(stopped_at(told - 1, count), (Err(CountError::Cancelled), told - 1));
}

#[test]
fn each_long_rule_is_told_and_stops_midway() {
    let scores = election(BallotKind::Scoring);
    for name in RULES {
        let rule = Rule::from_name(name).unwrap();
        stops_midway(&|control| rule.count(&scores, &TieBreak::Recommended, control).map(drop));
    }
    let rankings = election(BallotKind::Ordinal);
    stops_midway(&|control| Rule::Kemeny.count(&rankings, &TieBreak::Recommended, control).map(drop));
}

#[test]
fn clauses_explanations_and_comparisons_stop_midway() {
    let election = election(BallotKind::Scoring);
    let rule = Rule::from_name("mes_cost").unwrap();
    let outcome = rule.count(&election, &TieBreak::Recommended, &Control::default()).unwrap();
    let loser = (0..election.projects.len()).find(|project| !outcome.winners.contains(project)).unwrap();
    let exclusive = Clause::Exclusive { projects: vec!["p0".to_owned(), "p1".to_owned()] };
    stops_midway(&|control| {
        clauses::count(&election, rule, std::slice::from_ref(&exclusive), &TieBreak::Recommended, control).map(drop)
    });
    stops_midway(&|control| {
        let recount = |changed: &Election| rule.count(changed, &TieBreak::Recommended, control);
        explain::shortfall(&election, loser, &recount, control).map(drop)
    });
    stops_midway(&|control| {
        let recount = |changed: &Election| rule.count(changed, &TieBreak::Recommended, control);
        explain::sensitivity(&election, &outcome, &[1, 2, 3], &recount).map(drop)
    });
    let rules = ["greedy_votes", "mes_cost", "phragmen"].map(|name| Rule::from_name(name).unwrap());
    stops_midway(&|control| explain::compare(&election, &rules, &TieBreak::Recommended, control).map(drop));
}

#[test]
fn a_record_stops_midway() {
    let file = include_bytes!("micro/micro_02_overspending.pb");
    let parameters = Parameters {
        rule: Rule::from_name("mes_cost").unwrap(),
        tie: TieBreak::Recommended,
        clauses: Vec::new(),
        reading: ReadOptions::default(),
        doubtful: vec!["1".to_owned()],
        explained: Some("B".to_owned()),
    };
    stops_midway(&|control| match record::count(file, &parameters, control) {
        Ok(_) => Ok(()),
        Err(RecordError::Count(stop)) => Err(stop),
        Err(other) => panic!("{other}"),
    });
}

#[rstest]
#[case("mes_cost")]
#[case("mes_cost_add1")]
#[case("bos_cost")]
#[case("phragmen")]
#[case("maximin_support")]
#[case("knapsack_optimum_card")]
fn a_count_out_of_time_says_so(#[case] name: &str) {
    let control = Control::default().within(Duration::ZERO);
    let counted =
        Rule::from_name(name).unwrap().count(&election(BallotKind::Scoring), &TieBreak::Recommended, &control);
    assert_eq!(counted, Err(CountError::OutOfTime));
}

/// What is told grows: money spent, increments, steps done.
#[test]
fn progress_goes_forward() {
    let election = election(BallotKind::Scoring);
    for name in RULES {
        let told = RefCell::new(Vec::new());
        let follow = |progress: Progress| {
            told.borrow_mut().push(match progress {
                Progress::Rounds { selected, spent } => (0, selected, spent),
                Progress::Increments { added, spent, .. } => (1, added, spent.min(1)),
                Progress::Search { done, of } => (2, done, of),
                _ => (3, 0, 0),
            });
        };
        let control = Control::default().on_progress(&follow);
        Rule::from_name(name).unwrap().count(&election, &TieBreak::Recommended, &control).unwrap();
        assert!(told.borrow().is_sorted(), "{name} {:?}", told.borrow());
    }
}
