//! Rules against their definitions, written without any cleverness, on small invented votes.

use num_rational::BigRational;
use num_traits::Zero;
use proptest::prelude::*;
use vote::{BallotKind, Control, Election, Project, Rule, TieBreak};

use crate::random::{Vote, count, fraction, plain, votes};

fn supporters(vote: &Vote, c: usize) -> Vec<usize> {
    (0..vote.voters.len()).filter(|&i| vote.voters[i][c] > 0).collect()
}

fn cost(vote: &Vote, projects: &[usize]) -> u64 {
    projects.iter().map(|&c| vote.costs[c]).sum()
}

/// Loads of each voter as fractions; all projects compared at each round.
fn phragmen(vote: &Vote, ranks: &[usize]) -> Vec<usize> {
    let mut loads = vec![BigRational::zero(); vote.voters.len()];
    let mut winners: Vec<usize> = Vec::new();
    loop {
        let offers: Vec<(BigRational, usize)> = (0..vote.costs.len())
            .filter(|c| !winners.contains(c) && !supporters(vote, *c).is_empty() && vote.costs[*c] <= vote.budget)
            .map(|c| {
                let carried: BigRational = supporters(vote, c).iter().map(|&i| &loads[i]).sum();
                ((fraction(vote.costs[c]) + carried) / fraction(supporters(vote, c).len() as u64), c)
            })
            .collect();
        let Some(least) = offers.iter().map(|(load, _)| load).min().cloned() else { return winners };
        let tied: Vec<usize> = offers.iter().filter(|(load, _)| *load == least).map(|(_, c)| *c).collect();
        if tied.iter().any(|&c| cost(vote, &winners) + vote.costs[c] > vote.budget) {
            return winners;
        }
        let best = *tied.iter().min_by_key(|&&c| ranks[c]).unwrap();
        for i in supporters(vote, best) {
            loads[i] = least.clone();
        }
        winners.push(best);
    }
}

/// The load of a set: the heaviest of all its subsets, each paid by all those who support some of it.
fn load(vote: &Vote, set: &[usize]) -> BigRational {
    (1_u32..1 << set.len())
        .map(|mask| {
            let some: Vec<usize> = (0..set.len()).filter(|at| mask >> at & 1 == 1).map(|at| set[at]).collect();
            let voters = vote.voters.iter().filter(|voter| some.iter().any(|&c| voter[c] > 0)).count() as u64;
            fraction(cost(vote, &some)) / fraction(voters)
        })
        .max()
        .unwrap_or_else(BigRational::zero)
}

fn maximin(vote: &Vote, ranks: &[usize]) -> Vec<(usize, BigRational)> {
    let mut rounds: Vec<(usize, BigRational)> = Vec::new();
    loop {
        let winners: Vec<usize> = rounds.iter().map(|(c, _)| *c).collect();
        let fits = |c: &usize| cost(vote, &winners) + vote.costs[*c] <= vote.budget;
        let best = (0..vote.costs.len())
            .filter(|c| !winners.contains(c) && !supporters(vote, *c).is_empty() && fits(c))
            .map(|c| (load(vote, &[&winners[..], &[c]].concat()), ranks[c], c))
            .min();
        let Some((load, _, c)) = best else { return rounds };
        rounds.push((c, load));
    }
}

/// The highest total of all sets that fit, and the first of the best sets by the ranks of its projects.
fn knapsack(vote: &Vote, ranks: &[usize], score: impl Fn(usize) -> u64) -> (u64, Vec<usize>) {
    let sets = (0_u32..1 << vote.costs.len())
        .map(|mask| (0..vote.costs.len()).filter(|c| mask >> c & 1 == 1).collect::<Vec<_>>())
        .filter(|set| cost(vote, set) <= vote.budget && set.iter().all(|&c| score(c) > 0));
    let total = |set: &[usize]| set.iter().map(|&c| score(c)).sum::<u64>();
    // Whether each project is out, by rank: the lowest list goes first.
    let out = |set: &[usize]| {
        let mut out = vec![true; vote.costs.len()];
        set.iter().for_each(|&c| out[ranks[c]] = false);
        out
    };
    let mut best = sets.min_by_key(|set| (std::cmp::Reverse(total(set)), out(set))).unwrap();
    best.sort_by_key(|&c| ranks[c]);
    (total(&best), best)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn phragmen_is_its_definition(vote in votes()) {
        let election = plain(&vote);
        let outcome = count(&election, "phragmen");
        prop_assert!(outcome.exact);
        prop_assert_eq!(outcome.winners, phragmen(&vote, &TieBreak::Recommended.ranks(&election)));
    }

    #[test]
    fn maximin_is_its_definition(vote in votes()) {
        let election = plain(&vote);
        let outcome = count(&election, "maximin_support");
        let expected = maximin(&vote, &TieBreak::Recommended.ranks(&election));
        let found: Vec<(usize, BigRational)> =
            outcome.rounds.iter().map(|round| (round.project, round.exact_value.as_ref().unwrap().parse().unwrap())).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_knapsack_optimum_is_the_best_of_all_sets(vote in votes()) {
        let election = plain(&vote);
        let votes = |c: usize| supporters(&vote, c).len() as u64;
        let points = |c: usize| vote.voters.iter().map(|voter| u64::from(voter[c])).sum();
        let ranks = TieBreak::Recommended.ranks(&election);
        for (rule, (welfare, winners)) in [
            ("knapsack_optimum_card", knapsack(&vote, &ranks, votes)),
            ("knapsack_optimum_cost", knapsack(&vote, &ranks, |c| votes(c) * vote.costs[c])),
            ("knapsack_optimum_points", knapsack(&vote, &ranks, points)),
        ] {
            let outcome = count(&election, rule);
            prop_assert_eq!(outcome.welfare, Some(u128::from(welfare)), "{}", rule);
            prop_assert_eq!(outcome.winners, winners, "{}", rule);
        }
    }

    /// The winners by majority judgment: no project that fits is passed for one that the definition puts after it.
    #[test]
    fn majority_judgment_is_its_definition(vote in votes()) {
        let election = plain(&vote);
        let ranks = TieBreak::Recommended.ranks(&election);
        // The medians of a project, removed one after the other.
        let medians = |c: usize| {
            let mut grades: Vec<u32> = vote.voters.iter().map(|voter| voter[c]).collect();
            grades.sort_unstable();
            let mut removed = Vec::new();
            while !grades.is_empty() {
                removed.push(grades.remove((grades.len() - 1) / 2));
            }
            removed
        };
        let mut order: Vec<usize> = (0..vote.costs.len()).collect();
        order.sort_by(|&a, &b| medians(b).cmp(&medians(a)).then(ranks[a].cmp(&ranks[b])));
        let mut expected: Vec<usize> = Vec::new();
        for c in order.into_iter().filter(|&c| medians(c)[0] > 0) {
            if cost(&vote, &expected) + vote.costs[c] <= vote.budget {
                expected.push(c);
            }
        }
        prop_assert_eq!(count(&election, "majority_judgment").winners, expected);
    }
}

/// Rankings of some of the projects.
fn juries() -> impl Strategy<Value = (usize, Vec<Vec<usize>>)> {
    (2_usize..6).prop_flat_map(|m| {
        let ballot = (Just((0..m).collect::<Vec<usize>>()).prop_shuffle(), 0..=m).prop_map(|(mut order, kept)| {
            order.truncate(kept);
            order
        });
        (Just(m), proptest::collection::vec(ballot, 1..8))
    })
}

/// All orders of these projects.
fn orders(projects: &[usize]) -> Vec<Vec<usize>> {
    if projects.is_empty() {
        return vec![Vec::new()];
    }
    let start = |&first: &usize| {
        let rest: Vec<usize> = projects.iter().copied().filter(|c| *c != first).collect();
        orders(&rest).into_iter().map(move |order| [vec![first], order].concat())
    };
    projects.iter().flat_map(start).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn kemeny_contradicts_the_jury_the_least((m, ballots) in juries()) {
        let place = |order: &[usize], c: usize| order.iter().position(|other| *other == c).unwrap_or(usize::MAX);
        let disagreement = |order: &[usize]| -> u64 {
            let pairs = order.iter().enumerate().flat_map(|(at, &a)| order[at + 1..].iter().map(move |&b| (a, b)));
            pairs.map(|(a, b)| ballots.iter().filter(|ballot| place(ballot, b) < place(ballot, a)).count() as u64).sum()
        };
        let all = orders(&(0..m).collect::<Vec<_>>());
        let least = all.iter().map(|order| disagreement(order)).min().unwrap();
        let best: Vec<Vec<usize>> = all.into_iter().filter(|order| disagreement(order) == least).collect();
        let weighted: Vec<(Vec<usize>, u64)> = ballots.iter().map(|ballot| (ballot.clone(), 1)).collect();
        let ranks: Vec<usize> = (0..m).collect();
        let found = vote::rules::kemeny::kemeny(m, &weighted, &ranks, 1_000, &Control::default()).unwrap();
        for (place, tied) in found.tied.iter().enumerate() {
            let start = &best[0][..place];
            let here: std::collections::BTreeSet<usize> =
                best.iter().filter(|order| order.starts_with(start)).map(|order| order[place]).collect();
            prop_assert_eq!(here.len(), *tied);
        }
        prop_assert_eq!((found.disagreement, found.orders), (least, best));
    }

    /// Utilities of rankings, against the same vote written with points.
    #[test]
    fn places_are_points((m, ballots) in juries(), budget in 2_u64..8) {
        let election = |kind, last: u32| {
            let projects = (0..m).map(|c| Project { id: format!("p{c}"), cost: 1 + c as u64 % 3, ..Project::default() });
            let mut election = Election::new(kind, budget, projects.collect()).unwrap();
            for ballot in &ballots {
                let ids: Vec<String> = ballot.iter().map(|c| format!("p{c}")).collect();
                let points = (last..).take(ids.len()).collect::<Vec<_>>().into_iter().rev();
                let pairs: Vec<(&str, u32)> =
                    ids.iter().map(String::as_str).zip(points).filter(|(_, points)| *points > 0).collect();
                if kind == BallotKind::Ordinal {
                    election.rank(&ids.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
                } else {
                    election.score(&pairs).unwrap();
                }
            }
            election
        };
        for (utility, last) in [("positional", 1), ("borda_zero_last", 0)] {
            for rule in ["mes_U", "mes_U_add1", "bos_U", "knapsack_optimum_U"] {
                let winners = |kind, utility| {
                    let rule = Rule::from_name(&rule.replace('U', utility)).unwrap();
                    rule.count(&election(kind, last), &TieBreak::Lexico, &Control::default()).unwrap().winners
                };
                prop_assert_eq!(winners(BallotKind::Ordinal, utility), winners(BallotKind::Scoring, "points"), "{} {}", rule, utility);
            }
        }
    }
}
