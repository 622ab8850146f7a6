//! Method of Equal Shares with Bounded Overspending (BOS).
//!
//! **Definition.** As Equal Shares, but a project may be bought when its supporters can pay only a part of it. For a price
//! `λ`, the part bought is `α(λ) = min(1, Σ_i min(b_i, λ·u_i)/cost)` and the real price `ρ = λ/α`. Take the project and the
//! `λ` with the lowest `ρ/α`, among projects that fit in the rest of the envelope; each supporter pays `min(b_i, ρ·u_i)`.
//! The best `λ` is a ratio `b_i/u_i` or the price at which `α = 1`.
//!
//! **Source.** Papasotiropoulos, Pishbin, Skibski, Skowron, Wąs, *Method of Equal Shares with Bounded Overspending*
//! (EC 2025, arXiv 2409.15005).
//!
//! **Exactness.** Fractions grow to thousands of bits, so each amount lies between two doubles, and a round is proved when the
//! best project ends before the others begin. Otherwise the purchases so far are made again with fractions, which decide, as
//! long as they stay under a limit of work (some seconds). Past it the certificate counts the rounds that are not proved, and
//! the outcome says `exact: false`. The price that a round tells without an exact value is the middle of its interval: choices
//! are proved, the last digits of that price are not.
//!
//! **Cost.** `O(s log s)` for each candidate and round, `s` its supporters; the measure of a project never falls, so few
//! are computed again in a round: `O(m · t log t)` at worst for `m` projects and `t` choices on all different ballots, near
//! `O(t log t)` on real votes. What doubles do not decide costs fractions of thousands of bits, within a limit of some
//! seconds. Memory: `O(t)`, and the fractions of each group of ballots when they were needed.

mod exact;
mod intervals;

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::fraction::ratio;
use crate::outcome::{Measure, Outcome, Round, Share};
use crate::profile::{Profile, Utility};
use crate::rules::greedy::to_f64;
use crate::tie::TieBreak;
use exact::Exact;
use intervals::Bought;

/// Fractions past this size are not published, nor those of votes with more (group, project) supports than this.
const SHOWN: u64 = 256;
const SMALL: usize = 4_000;

/// Equal Shares with bounded overspending.
///
/// ```
/// use vote::rules::overspending::bounded_overspending;
/// # use vote::{BallotKind, Control, Election, Project, TieBreak, Utility};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// // The example of the paper: six projects, ten voters, one million.
/// # let mut election = Election::new(BallotKind::Approval, 1_000_000, vec![project("A", 300_000), project("B", 400_000),
/// #     project("C", 300_000), project("D", 240_000), project("E", 170_000), project("F", 100_000)])?;
/// # for ballot in ["A", "ABCE", "ABC", "ABC", "ABC", "ABF", "DE", "DE", "DEF", "CDF"] {
/// #     let ids: Vec<String> = ballot.chars().map(String::from).collect();
/// #     election.approve(&ids.iter().map(String::as_str).collect::<Vec<_>>())?;
/// # }
/// let outcome = bounded_overspending(&election, Utility::Cost, &TieBreak::Recommended, &Control::default())?;
/// assert_eq!(outcome.winner_ids(&election), ["A", "C", "D", "F"]);
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// No ballot, a utility that these ballots do not give, or a cancelled count.
pub fn bounded_overspending(
    election: &Election,
    utility: Utility,
    tie: &TieBreak,
    control: &Control<'_>,
) -> Result<Outcome, CountError> {
    utility.check(election, &format!("bos_{}", utility.name()))?;
    let profile = Profile::new(election, utility)?;
    let ranks = tie.ranks(election);
    let (order, certificate) = intervals::run(&profile, &ranks, control)?;
    let share = exact::share(&profile);
    let rounds = rounds(&profile, &share, order);
    let unit = BigInt::from(election.unit());
    let mut outcome = Outcome::new(election, rounds, certificate.unproved == 0, certificate);
    let (value, exact_value) = (ratio(share.numer(), &(share.denom() * &unit)), (share / unit).to_string());
    outcome.shares = vec![Share { first_round: 0, value, exact_value, increments: None }];
    Ok(outcome)
}

/// The rounds, with their exact prices as long as these are short.
fn rounds(profile: &Profile<'_>, share: &BigRational, order: Vec<Bought>) -> Vec<Round> {
    let supports: usize = (0..profile.projects()).map(|project| profile.supporters(project).len()).sum();
    let mut exact = (supports <= SMALL).then(|| Exact::new(profile, share));
    let votes = profile.election.votes();
    let mut rounds = Vec::with_capacity(order.len());
    for Bought { project, price, tied, exhausted } in order {
        let unit = exact::integer(profile.scale(project)) * exact::integer(profile.measure_unit());
        let fraction = exact.as_mut().and_then(|exact| exact.buy(project)).map(|price| price / &unit);
        let fraction = fraction.filter(|fraction| fraction.denom().bits() <= SHOWN);
        if fraction.is_none() {
            exact = None;
        }
        let price = price / to_f64(profile.scale(project)) / to_f64(profile.measure_unit());
        let figure = (price, fraction.map(|fraction| fraction.to_string()));
        rounds.push(Round { exhausted, tied, ..Round::new(project, votes[project], Measure::Price, figure) });
    }
    rounds
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::exact::Exact;
    use super::{exact, intervals};
    use crate::profile::Profile;
    use crate::{BallotKind, Control, Election, Project, TieBreak, Utility};

    /// Costs and points that share factors: many ties, many exact limits.
    fn votes() -> impl Strategy<Value = (u64, Vec<u64>, Vec<Vec<u32>>)> {
        (1_usize..8, 1_usize..12).prop_flat_map(|(m, n)| {
            let costs =
                proptest::collection::vec(proptest::sample::select(vec![10_u64, 20, 30, 33, 50, 60, 99, 130]), m);
            let points = prop_oneof![3 => Just(0_u32), 4 => Just(1), 1 => Just(2), 1 => Just(3)];
            let budget = proptest::sample::select(vec![60_u64, 100, 120, 240, 300]);
            (budget, costs, proptest::collection::vec(proptest::collection::vec(points, m), n))
        })
    }

    /// Project, ties and price of each round, all candidates computed with fractions each time.
    fn naive(profile: &Profile<'_>, ranks: &[usize]) -> Vec<(usize, usize, f64)> {
        let mut exact = Exact::new(profile, &exact::share(profile));
        let mut left = profile.election.budget;
        let mut rounds: Vec<(usize, usize, f64)> = Vec::new();
        loop {
            let free = |c: &usize| rounds.iter().all(|(project, ..)| project != c) && profile.cost(*c) <= left;
            let offers: Vec<exact::Offer> =
                (0..profile.projects()).filter(free).filter_map(|c| exact.offer(c)).collect();
            let Some(least) = offers.iter().map(|offer| &offer.measure).min() else { return rounds };
            let tied: Vec<&exact::Offer> = offers.iter().filter(|offer| offer.measure == *least).collect();
            let best = tied.iter().min_by_key(|offer| ranks[offer.project]).unwrap().project;
            let price = exact.buy(best).unwrap();
            rounds.push((best, tied.len(), crate::fraction::ratio(price.numer(), price.denom())));
            left -= profile.cost(best);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

        #[test]
        fn what_intervals_prove_is_true((budget, costs, voters) in votes()) {
            let id = |c: usize| format!("p{c}");
            let project = |(c, &cost): (usize, &u64)| Project { id: id(c), cost, ..Project::default() };
            let projects = costs.iter().enumerate().map(project).collect();
            let mut election = Election::new(BallotKind::Scoring, budget, projects).unwrap();
            for voter in &voters {
                let named: Vec<(String, u32)> = voter.iter().enumerate().map(|(c, points)| (id(c), *points)).collect();
                let named: Vec<(&str, u32)> =
                    named.iter().filter(|(_, points)| *points > 0).map(|(id, points)| (id.as_str(), *points)).collect();
                election.score(&named).unwrap();
            }
            let ranks = TieBreak::Recommended.ranks(&election);
            for utility in [Utility::Cost, Utility::Cardinality, Utility::Points] {
                let profile = Profile::new(&election, utility).unwrap();
                let truth = naive(&profile, &ranks);
                let (order, certificate) = intervals::run(&profile, &ranks, &Control::default()).unwrap();
                prop_assert_eq!(certificate.unproved, 0);
                prop_assert_eq!(truth.len(), order.len());
                for ((project, tied, price), found) in truth.into_iter().zip(&order) {
                    prop_assert_eq!((project, tied), (found.project, found.tied));
                    prop_assert!((price - found.price).abs() <= 1e-9 * price);
                }
            }
        }
    }
}
