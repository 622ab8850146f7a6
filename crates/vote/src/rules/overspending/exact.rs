//! Bounded overspending with fractions, following purchases already decided.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::profile::{Profile, Supporter};

/// Fractions past this size give up.
const BITS: u64 = 20_000;
/// Payments times bits of their price past this give up: some seconds.
const WORK: u64 = 200_000_000;

/// The best price of one project: `ρ/α` decides, `ρ` is paid (per unit of value).
pub(super) struct Offer {
    pub(super) measure: BigRational,
    pub(super) price: BigRational,
    pub(super) project: usize,
}

/// The exact budgets after some purchases.
pub(super) struct Exact<'p> {
    profile: &'p Profile<'p>,
    pub(super) budgets: Vec<BigRational>,
    followed: usize,
    work: u64,
}

impl<'p> Exact<'p> {
    pub(super) fn new(profile: &'p Profile<'p>, share: &BigRational) -> Self {
        Self { profile, budgets: vec![share.clone(); profile.election.ballots.groups()], followed: 0, work: 0 }
    }

    /// Buys what is missing of this order. `None` when fractions become too big: then never asked again.
    pub(super) fn follow(&mut self, order: impl Iterator<Item = usize>) -> Option<()> {
        for project in order.skip(self.followed) {
            self.buy(project)?;
        }
        Some(())
    }

    /// Supporters pay a project; gives its price per unit of value.
    pub(super) fn buy(&mut self, project: usize) -> Option<BigRational> {
        let price = self.offer(project)?.price;
        let supporters = self.profile.supporters(project);
        self.work += price.denom().bits() * supporters.len() as u64;
        if price.denom().bits() > BITS || self.work > WORK {
            return None;
        }
        for &Supporter { group, value, .. } in supporters {
            let budget = &mut self.budgets[group as usize];
            let asked = &price * BigInt::from(value);
            if *budget > asked {
                *budget -= asked;
            } else {
                budget.set_zero();
            }
        }
        self.followed += 1;
        Some(price)
    }

    /// The best offer for a project; `None` when its supporters have nothing left.
    pub(super) fn offer(&self, project: usize) -> Option<Offer> {
        let supporters = self.profile.supporters(project).iter();
        let supporters = supporters.map(|s| (&self.budgets[s.group as usize], s.value, u64::from(s.weight)));
        offer(self.profile, project, supporters)
    }
}

pub(super) fn integer(value: u64) -> BigRational {
    BigRational::from_integer(BigInt::from(value))
}

/// What each voter receives.
pub(super) fn share(profile: &Profile<'_>) -> BigRational {
    BigRational::new(BigInt::from(profile.election.budget), BigInt::from(profile.voters))
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
