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
//! **Exactness.** Fractions grow to thousands of bits. Small votes are counted with them; in large ones each amount lies
//! between two doubles, and a round is proved when the best project ends before the others begin. The certificate counts the
//! rounds that are not proved, if any; the outcome then says `exact: false`.
//!
//! **Cost.** `O(s log s)` for each candidate and round, `s` its supporters; the measure of a project never falls, so few
//! are computed again in a round.

mod exact;
mod intervals;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::outcome::{Certificate, Outcome, Share};
use crate::profile::{Profile, Utility};
use crate::tie::TieBreak;

/// Largest number of (group, project) supports counted with fractions.
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
    let supports: usize = (0..profile.projects()).map(|project| profile.supporters(project).len()).sum();
    let small = if supports <= SMALL { exact::run(&profile, &ranks, control)? } else { None };
    let (rounds, certificate) = match small {
        Some(rounds) => {
            let ties = rounds.iter().filter(|round| round.tied > 1).count() as u64;
            let redone = rounds.len() as u64;
            (rounds, Certificate { redone, ties, ..Certificate::default() })
        }
        None => intervals::run(&profile, &ranks, control)?,
    };
    let share = exact::share(&profile) / BigInt::from(election.unit());
    let exact = certificate.unproved == 0;
    let mut outcome = Outcome::new(election, rounds, exact, certificate);
    let value = share.to_f64().unwrap_or(f64::MAX);
    outcome.shares = vec![Share { first_round: 0, value, exact_value: share.to_string() }];
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
                let truth = exact::run(&profile, &ranks, &Control::default()).unwrap();
                let (rounds, certificate) = intervals::run(&profile, &ranks, &Control::default()).unwrap();
                if let Some(truth) = truth.filter(|_| certificate.unproved == 0) {
                    prop_assert_eq!(truth.len(), rounds.len());
                    for (truth, found) in truth.iter().zip(&rounds) {
                        prop_assert_eq!(truth.project, found.project);
                        prop_assert_eq!(truth.tied, found.tied);
                        prop_assert!((truth.value - found.value).abs() <= 1e-9 * truth.value);
                    }
                }
            }
        }
    }
}
