//! The unit of money changes nothing: neither the winners nor the number of runs of the completion by increments.

use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;
use vote::pabulib::{ReadOptions, read};
use vote::{BallotKind, Control, Election, Outcome, Project, Rule, TieBreak};

fn times(election: &Election, factor: u64) -> Election {
    let mut changed = election.clone();
    changed.budget *= factor;
    for project in &mut changed.projects {
        project.cost *= factor;
    }
    changed
}

fn count(election: &Election, rule: &str) -> Outcome {
    Rule::from_name(rule).unwrap().count(election, &TieBreak::Recommended, &Control::default()).unwrap()
}

fn runs(outcome: &Outcome) -> u64 {
    outcome.increments.as_ref().unwrap().runs
}

fn load(path: &str) -> Option<Election> {
    let Ok(bytes) = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else {
        eprintln!("SAUTÉ : {path} est absent");
        return None;
    };
    Some(read(&bytes, ReadOptions::default()).unwrap().election)
}

/// A large unit hides changes that happen between two increments: past a thousandth, nothing is hidden any more.
#[rstest]
#[case::toulouse("../../../shared/data/pabulib/France_Toulouse_2022.pb")]
#[case::praga("../../../shared/data/pabulib/Poland_Warszawa_2020_Praga-Poludnie.pb")]
#[case::swiecie("../../../shared/data/pabulib/Poland_Swiecie_2023.pb")]
#[case::district("../../../shared/data/pabulib/France_Toulouse_2022_1_-_Capitole_Arnaud_Bernard_Carmes.pb")]
#[case::micro("tests/vote/micro/micro_06_two_groups.pb")]
fn a_smaller_unit_costs_no_more_runs(#[case] path: &str) {
    let Some(election) = load(path) else { return };
    let [thousandth, millionth] = [1_000, 1_000_000].map(|factor| count(&times(&election, factor), "mes_cost_add1"));
    assert!(millionth.exact && thousandth.exact);
    assert!(runs(&millionth) < 2 * runs(&thousandth) + 100, "{} then {}", runs(&thousandth), runs(&millionth));
    assert!(runs(&millionth) < 10_000, "{}", runs(&millionth));
}

/// Where selections change at nearly every increment: proofs of ranges that fail must not cost more than they save.
#[rstest]
#[case::toulouse("../../../shared/data/pabulib/France_Toulouse_2022.pb", 1_944)]
#[case::warszawa("../../../shared/data/pabulib/Poland_Warszawa_2026.pb", 225)]
fn runs_do_not_grow_again(#[case] path: &str, #[case] most: u64) {
    let Some(election) = load(path) else { return };
    let outcome = count(&election, "mes_cost_add1");
    assert!(outcome.exact && runs(&outcome) <= most, "{} runs, {most} at most", runs(&outcome));
}

/// Ties that last, on projects whose supporters cannot all pay: neither doubles nor small fractions tell them apart.
#[test]
fn a_tie_that_lasts_costs_no_runs() {
    let project = |(id, cost): (&str, u64)| Project { id: id.into(), cost, ..Project::default() };
    let list = [("a", 30), ("b", 30), ("c", 100), ("d", 100), ("e", 1_000)].map(project);
    let mut election = Election::new(BallotKind::Approval, 400, list.to_vec()).unwrap();
    for ballot in [&["a", "c"][..], &["c"], &["c"], &["b", "d"], &["d"], &["d"], &["e"]] {
        election.approve(ballot).unwrap();
    }
    let [small, large] = [1, 1_000_000].map(|factor| count(&times(&election, factor), "mes_card_add1"));
    assert_eq!(small.winner_ids(&election), large.winner_ids(&election));
    assert!(runs(&large) < 200, "{}", runs(&large));
}

const COSTS: [u64; 8] = [10, 20, 22, 30, 33, 50, 66, 130];

fn votes() -> impl Strategy<Value = (u64, Vec<u64>, Vec<Vec<bool>>)> {
    (2_usize..7, 2_usize..9).prop_flat_map(|(m, n)| {
        let costs = proptest::collection::vec(proptest::sample::select(COSTS.to_vec()), m);
        let voters = proptest::collection::vec(proptest::collection::vec(any::<bool>(), m), n);
        (40_u64..400, costs, voters)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Long ranges of increments, proved from their ends, against each increment counted alone.
    #[test]
    fn ranges_hold_at_each_share((budget, costs, voters) in votes()) {
        let project = |(position, cost): (usize, &u64)| Project { id: position.to_string(), cost: *cost, ..Project::default() };
        let projects: Vec<Project> = costs.iter().enumerate().map(project).collect();
        let mut small = Election::new(BallotKind::Approval, budget, projects).unwrap();
        for voter in &voters {
            let ids: Vec<String> = (0..costs.len()).filter(|&c| voter[c]).map(|c| c.to_string()).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            small.approve(&ids).unwrap();
        }
        let election = times(&small, 100);
        for utility in ["mes_cost", "mes_card"] {
            let fast = count(&election, &format!("{utility}_add1"));
            let supported = election.votes();
            let mut kept = count(&election, utility);
            let mut added = 0;
            let n = election.ballots.total();
            loop {
                if (0..costs.len()).all(|c| supported[c] == 0 || kept.winners.contains(&c)) {
                    break;
                }
                let mut richer = election.clone();
                richer.budget += n * (added + 1);
                let next = count(&richer, utility);
                if next.total > election.budget {
                    break;
                }
                (kept, added) = (next, added + 1);
            }
            prop_assert_eq!(&fast.winners, &kept.winners, "{}", utility);
            prop_assert_eq!(fast.increments.as_ref().unwrap().added, added, "{}", utility);
            let ties = |outcome: &Outcome| outcome.rounds.iter().map(|round| round.tied).collect::<Vec<_>>();
            prop_assert_eq!(ties(&fast), ties(&kept), "{}", utility);
        }
    }
}
