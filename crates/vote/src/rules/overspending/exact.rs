//! Bounded overspending with fractions, for small votes.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::control::Control;
use crate::error::CountError;
use crate::outcome::{Measure, Round};
use crate::profile::{Profile, Supporter};

/// Fractions past this size give up.
const BITS: u64 = 20_000;
/// Fractions past this size are not published.
const SHOWN: u64 = 256;

/// The best price of one project: `ρ/α` decides, `ρ` is paid (per unit of value).
pub(super) struct Offer {
    pub(super) measure: BigRational,
    pub(super) price: BigRational,
    pub(super) project: usize,
}

fn integer(value: u64) -> BigRational {
    BigRational::from_integer(BigInt::from(value))
}

/// What each voter receives.
pub(super) fn share(profile: &Profile<'_>) -> BigRational {
    BigRational::new(BigInt::from(profile.election.budget), BigInt::from(profile.voters))
}

/// `None` when the fractions become too big.
pub(super) fn run(
    profile: &Profile<'_>,
    ranks: &[usize],
    control: &Control<'_>,
) -> Result<Option<Vec<Round>>, CountError> {
    let mut budgets = vec![share(profile); profile.election.ballots.groups()];
    let mut left = profile.election.budget;
    let mut taken = vec![false; profile.projects()];
    let mut rounds = Vec::new();
    loop {
        control.check()?;
        let mut best: Vec<Offer> = Vec::new();
        for (project, _) in taken.iter().enumerate().filter(|(_, taken)| !**taken) {
            if profile.cost(project) > left {
                continue;
            }
            let payers = profile.supporters(project).iter();
            let payers = payers.map(|s| (&budgets[s.group as usize], s.value, u64::from(s.weight)));
            let Some(offer) = offer(profile, project, payers) else { continue };
            if offer.price.denom().bits() > BITS {
                return Ok(None);
            }
            match best.first().map(|first| offer.measure.cmp(&first.measure)) {
                Some(Ordering::Greater) => {}
                Some(Ordering::Equal) => best.push(offer),
                _ => best = vec![offer],
            }
        }
        let tied = best.len();
        let Some(offer) = best.into_iter().min_by_key(|offer| ranks[offer.project]) else { return Ok(Some(rounds)) };
        let mut exhausted = 0;
        for &Supporter { group, weight, value } in profile.supporters(offer.project) {
            let budget = &mut budgets[group as usize];
            let asked = &offer.price * BigInt::from(value);
            if *budget > asked {
                *budget -= asked;
            } else {
                exhausted += u64::from(weight);
                budget.set_zero();
            }
        }
        taken[offer.project] = true;
        left -= profile.cost(offer.project);
        let rho = offer.price / integer(profile.scale(offer.project)) / integer(profile.measure_unit());
        rounds.push(Round {
            project: offer.project,
            value: rho.to_f64().unwrap_or(f64::INFINITY),
            exact_value: (rho.denom().bits() <= SHOWN).then(|| rho.to_string()),
            measure: Measure::Price,
            supporters: profile.support[offer.project],
            exhausted,
            tied,
            clause: None,
        });
    }
}

/// The best offer for a project, from the budget, value and weight of its supporters.
pub(super) fn offer<'b>(
    profile: &Profile<'_>,
    project: usize,
    supporters: impl Iterator<Item = (&'b BigRational, u32, u64)>,
) -> Option<Offer> {
    let cost = integer(profile.cost(project));
    let mut payers: Vec<(BigRational, u64)> = supporters
        .filter(|(budget, ..)| budget.is_positive())
        .map(|(budget, value, weight)| (budget / BigInt::from(value), weight * u64::from(value)))
        .collect();
    payers.sort();
    let mut rest: u64 = payers.iter().map(|(_, weighted)| weighted).sum();
    let mut given = BigRational::zero();
    let mut best: Option<Offer> = None;
    // `λ/α²` with the money collected at `λ`; the part is `collected / cost`.
    let mut propose = |lambda: &BigRational, collected: &BigRational| {
        let part = collected / &cost;
        let price = lambda / &part;
        let measure = &price / &part / integer(profile.scale(project));
        if best.as_ref().is_none_or(|best| measure < best.measure) {
            best = Some(Offer { measure, price, project });
        }
    };
    for (ratio, weighted) in &payers {
        let collected = ratio * BigInt::from(rest) + &given;
        if collected >= cost {
            let lambda = (&cost - &given) / BigInt::from(rest);
            propose(&lambda, &cost);
            return best;
        }
        propose(ratio, &collected);
        given += ratio * BigInt::from(*weighted);
        rest -= weighted;
    }
    best
}
