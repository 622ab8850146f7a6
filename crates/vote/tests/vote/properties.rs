//! Properties on random small votes, with an independent and naive Equal Shares in fractions.

use std::collections::BTreeSet;

use num_rational::BigRational;
use num_traits::Zero;
use proptest::prelude::*;
use vote::clauses::{self, Clause};
use vote::rules::greedy::Score;
use vote::{Control, Election, Measure, Rule, TieBreak, Utility, explain};

use crate::random::{Vote, count, election, fraction, plain, votes};

/// All rules that read these ballots, which give points.
const RULES: [&str; 19] = [
    "greedy_votes",
    "greedy_votes_no_skip",
    "greedy_score",
    "greedy_score_threshold_2",
    "greedy_score_per_cost",
    "knapsack_optimum_card",
    "knapsack_optimum_points",
    "mes_cost",
    "mes_card",
    "mes_points",
    "mes_cost_add1",
    "mes_card_add1_stop_when_exhaustive",
    "mes_points_add1_then_greedy_votes",
    "bos_cost",
    "bos_points",
    "phragmen",
    "phragmen_then_greedy_votes",
    "maximin_support",
    "majority_judgment",
];

/// Equal Shares as in the definition, one voter at a time, with fractions only.
fn naive(vote: &Vote, election: &Election, utility: Utility, share: &BigRational) -> Vec<usize> {
    let ranks = TieBreak::Recommended.ranks(election);
    let value = |voter: &Vec<u32>, c: usize| match utility {
        _ if voter[c] == 0 => 0,
        Utility::Cost => vote.costs[c],
        Utility::Points => u64::from(voter[c]),
        _ => 1,
    };
    let mut budgets = vec![share.clone(); vote.voters.len()];
    let mut winners = Vec::new();
    loop {
        let mut best: Option<(BigRational, usize)> = None;
        for c in (0..vote.costs.len()).filter(|c| !winners.contains(c)) {
            let mut payers: Vec<(BigRational, usize)> = (0..vote.voters.len())
                .filter(|&i| value(&vote.voters[i], c) > 0)
                .map(|i| (&budgets[i] / fraction(value(&vote.voters[i], c)), i))
                .collect();
            payers.sort();
            let mut missing = fraction(vote.costs[c]);
            let mut rest: u64 = payers.iter().map(|(_, i)| value(&vote.voters[*i], c)).sum();
            let mut price = None;
            for (ratio, i) in payers {
                if &missing / fraction(rest) <= ratio {
                    price = Some(&missing / fraction(rest));
                    break;
                }
                missing -= &budgets[i];
                rest -= value(&vote.voters[i], c);
            }
            let Some(price) = price else { continue };
            if best.as_ref().is_none_or(|(lowest, other)| (&price, ranks[c]) < (lowest, ranks[*other])) {
                best = Some((price, c));
            }
        }
        let Some((price, c)) = best else { return winners };
        for (voter, budget) in vote.voters.iter().zip(&mut budgets) {
            let asked = &price * fraction(value(voter, c));
            *budget = if asked < *budget { &*budget - asked } else { BigRational::zero() };
        }
        winners.push(c);
    }
}

/// Completion by increments, one unit after the other.
fn naive_add1(vote: &Vote, election: &Election, utility: Utility) -> Vec<usize> {
    let supported: Vec<bool> = election.votes().iter().map(|votes| *votes > 0).collect();
    let share = fraction(vote.budget) / fraction(vote.voters.len() as u64);
    let mut kept = naive(vote, election, utility, &share);
    for added in 1.. {
        if (0..vote.costs.len()).all(|c| !supported[c] || kept.contains(&c)) {
            break;
        }
        let next = naive(vote, election, utility, &(&share + fraction(added)));
        if next.iter().map(|&c| vote.costs[c]).sum::<u64>() > vote.budget {
            break;
        }
        kept = next;
    }
    kept
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn fast_is_exact(vote in votes()) {
        let election = plain(&vote);
        let share = fraction(vote.budget) / fraction(vote.voters.len() as u64);
        for (rule, utility) in
            [("mes_cost", Utility::Cost), ("mes_card", Utility::Cardinality), ("mes_points", Utility::Points)]
        {
            let outcome = count(&election, rule);
            prop_assert!(outcome.exact);
            prop_assert_eq!(outcome.winners, naive(&vote, &election, utility, &share), "{}", rule);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn jumps_change_nothing(vote in votes()) {
        let election = plain(&vote);
        for (rule, utility) in
            [("mes_cost_add1", Utility::Cost), ("mes_card_add1", Utility::Cardinality), ("mes_points_add1", Utility::Points)]
        {
            prop_assert_eq!(count(&election, rule).winners, naive_add1(&vote, &election, utility), "{}", rule);
        }
    }

    /// Voters pay the cost of each project, no more, with what was left to them.
    #[test]
    fn payments_add_up(vote in votes()) {
        let election = plain(&vote);
        for name in ["mes_cost", "mes_points_add1", "mes_card_add1_then_greedy_votes", "phragmen"] {
            let rule = Rule::from_name(name).unwrap();
            let outcome = count(&election, name);
            let payments = explain::payments(&election, rule, &outcome).unwrap();
            prop_assert_eq!(payments.len(), outcome.rounds.len());
            for (round, payments) in outcome.rounds.iter().zip(payments) {
                if round.measure == Measure::Score {
                    prop_assert!(payments.is_empty(), "nobody pays for a greedy filling");
                    continue;
                }
                let paid: f64 = payments.iter().map(|payment| payment.paid.total).sum();
                let cost = f64::from(u32::try_from(vote.costs[round.project]).unwrap());
                prop_assert!((paid - cost).abs() < 1e-6 * cost, "{} {} {}", name, paid, cost);
                let voters: u64 = payments.iter().map(|payment| payment.voters).sum();
                prop_assert!(voters > 0 && voters <= round.supporters);
                for payment in payments {
                    prop_assert!(payment.whole || payment.left.most == 0.0);
                    prop_assert!(payment.paid.least <= payment.paid.most && payment.paid.least > 0.0);
                }
            }
        }
    }

    #[test]
    fn every_rule_keeps_its_promises(vote in votes()) {
        let election = plain(&vote);
        let votes = election.votes();
        for rule in RULES {
            let outcome = count(&election, rule);
            prop_assert!(outcome.total <= vote.budget, "{} spends {}", rule, outcome.total);
            prop_assert!(outcome.winners.iter().all(|&c| votes[c] > 0), "{}", rule);
            let distinct: BTreeSet<_> = outcome.winners.iter().collect();
            prop_assert_eq!(distinct.len(), outcome.winners.len(), "{}", rule);
        }
    }

    #[test]
    fn the_order_of_voters_does_not_matter(vote in votes(), turn in 0_usize..8) {
        let mut turned = vote.clone();
        let n = turned.voters.len();
        turned.voters.rotate_left(turn % n);
        turned.voters.reverse();
        for rule in RULES {
            prop_assert_eq!(count(&plain(&vote), rule).winners, count(&plain(&turned), rule).winners, "{}", rule);
        }
    }

    /// Names that keep their order change nothing.
    #[test]
    fn names_do_not_matter(vote in votes()) {
        let renamed = election(&vote, |c| format!("projet très long numéro {c}"));
        for rule in RULES {
            prop_assert_eq!(count(&plain(&vote), rule).winners, count(&renamed, rule).winners, "{}", rule);
        }
    }

    /// Extended justified representation up to one project, by trying every set of projects.
    #[test]
    fn equal_shares_is_proportional(vote in votes()) {
        let election = plain(&vote);
        for (rule, by_cost) in [("mes_card", false), ("mes_cost", true)] {
            let winners = count(&election, rule).winners;
            let worth = |c: usize| if by_cost { vote.costs[c] } else { 1 };
            for set in 1_u32..1 << vote.costs.len() {
                let members: Vec<usize> = (0..vote.costs.len()).filter(|c| set >> c & 1 == 1).collect();
                let cost: u64 = members.iter().map(|&c| vote.costs[c]).sum();
                let target: u64 = members.iter().map(|&c| worth(c)).sum();
                let unhappy = vote
                    .voters
                    .iter()
                    .filter(|voter| members.iter().all(|&c| voter[c] > 0))
                    .filter(|voter| {
                        let has: u64 = winners.iter().filter(|&&c| voter[c] > 0).map(|&c| worth(c)).sum();
                        let one_more = members.iter().filter(|c| !winners.contains(c)).map(|&c| worth(c)).max();
                        has < target && has + one_more.unwrap_or(0) <= target
                    })
                    .count() as u64;
                prop_assert!(
                    unhappy * vote.budget < cost * vote.voters.len() as u64 || unhappy == 0,
                    "{} leaves {} voters without {:?}", rule, unhappy, members
                );
            }
        }
    }

    #[test]
    fn clauses_hold(vote in votes(), floor in 1_u64..3, amount in 10_u64..60, overflow: bool, votes_needed in 1_u64..4) {
        let election = plain(&vote);
        let mut list = vec![
            Clause::Floor { count: floor, max_cost: Some(70) },
            Clause::BearerCap { count: Some(1), amount: Some(100) },
            Clause::MinimumSupport { votes: votes_needed },
        ];
        if vote.costs.len() > 2 {
            list.push(Clause::Exclusive { projects: vec!["p0".to_owned(), "p1".to_owned()] });
            list.push(Clause::SubEnvelope { tag: Some("tous".to_owned()), min_cost: None, max_cost: None, amount, overflow });
        }
        for rule in ["greedy_votes", "mes_cost", "mes_cost_add1", "mes_card_add1_then_greedy_votes"] {
            let rule = Rule::from_name(rule).unwrap();
            let outcome =
                clauses::count(&election, rule, &list, &TieBreak::Recommended, &Control::default()).unwrap().outcome;
            let name = rule.name();
            prop_assert!(outcome.total <= vote.budget, "{} spends {} of {}", name, outcome.total, vote.budget);
            let supports = Score::Votes.of(&election);
            prop_assert!(outcome.winners.iter().all(|&c| supports[c] >= votes_needed), "{}", name);
            for bearer in ["A", "B", "C"] {
                let theirs = outcome.winners.iter().filter(|&&c| election.projects[c].bearer.as_deref() == Some(bearer));
                prop_assert!(theirs.count() <= 1, "{}", name);
            }
            let distinct: BTreeSet<_> = outcome.winners.iter().collect();
            prop_assert_eq!(distinct.len(), outcome.winners.len(), "{}", name);
        }
    }
}
