//! Small invented votes, for properties.

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use vote::{BallotKind, Control, Election, Outcome, Project, Rule, TieBreak};

/// Costs that share factors: many ties, many exact limits.
const COSTS: [u64; 10] = [10, 20, 22, 30, 33, 50, 66, 99, 130, 260];

#[derive(Debug, Clone)]
pub(crate) struct Vote {
    pub(crate) budget: u64,
    pub(crate) costs: Vec<u64>,
    /// Points of each voter for each project; 0 is not named.
    pub(crate) voters: Vec<Vec<u32>>,
}

pub(crate) fn votes() -> impl Strategy<Value = Vote> {
    (1_usize..7, 1_usize..9).prop_flat_map(|(m, n)| {
        let costs = proptest::collection::vec(proptest::sample::select(COSTS.to_vec()), m);
        let points = prop_oneof![3 => Just(0_u32), 3 => Just(1), 1 => Just(2), 1 => Just(3)];
        let voters = proptest::collection::vec(proptest::collection::vec(points, m), n);
        let budget = proptest::sample::select(vec![60_u64, 100, 132, 260, 300, 500]);
        (budget, costs, voters).prop_map(|(budget, costs, voters)| Vote { budget, costs, voters })
    })
}

pub(crate) fn election(vote: &Vote, name: impl Fn(usize) -> String) -> Election {
    let projects = vote
        .costs
        .iter()
        .enumerate()
        .map(|(c, &cost)| Project {
            id: name(c),
            cost,
            territory: Some(["Nord", "Sud"][c % 2].to_owned()),
            tags: vec![["jeunes", "tous"][c / 2 % 2].to_owned()],
            bearer: Some(["A", "B", "C"][c % 3].to_owned()),
            ..Project::default()
        })
        .collect();
    let mut election = Election::new(BallotKind::Scoring, vote.budget, projects).unwrap();
    for voter in &vote.voters {
        let named: Vec<(String, u32)> =
            voter.iter().enumerate().filter(|(_, points)| **points > 0).map(|(c, points)| (name(c), *points)).collect();
        let pairs: Vec<(&str, u32)> = named.iter().map(|(id, points)| (id.as_str(), *points)).collect();
        election.score(&pairs).unwrap();
    }
    election
}

pub(crate) fn plain(vote: &Vote) -> Election {
    election(vote, |c| format!("p{c}"))
}

pub(crate) fn count(election: &Election, rule: &str) -> Outcome {
    Rule::from_name(rule).unwrap().count(election, &TieBreak::Recommended, &Control::default()).unwrap()
}

pub(crate) fn fraction(value: u64) -> BigRational {
    BigRational::from_integer(BigInt::from(value))
}
