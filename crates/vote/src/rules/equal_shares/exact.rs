//! Equal Shares with big integers, following selections already known.
//!
//! A voter who was never short has paid `Σ_k p_k·v_k` over the projects `k` bought so far that the ballot names: the exact
//! budget needs no memory, only the prices. The price of a project is `(cost − Σ budgets of those who are short) / Σ values
//! of the others`, so small integers count how often each earlier price occurs. All prices share one chain of denominators:
//! that of round `k` is that of round `k−1` times a small factor, so sums are made as in Horner's scheme, with products by
//! small numbers and no common divisor to seek. Doubles, refreshed from the exact prices, say who is short, except close to
//! the limit where budgets are compared exactly.

use std::cmp::Ordering;
use std::collections::HashMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

use super::run::Selection;
use crate::control::Control;
use crate::error::CountError;
use crate::fraction::ratio;
use crate::profile::{Profile, Supporter};

const NEVER: u32 = u32::MAX;

/// The price of one round: `numerator / denominator of the chain after this round`.
struct Step {
    numerator: BigInt,
    /// By how much the denominator grew.
    factor: u64,
}

/// The exact state after some purchases.
pub(super) struct Exact<'p> {
    profile: &'p Profile<'p>,
    /// The share of each voter, over the first denominator.
    share: BigInt,
    denominator: BigInt,
    /// Each within `rounding` of the exact budget.
    budgets: Vec<f64>,
    /// Groups that have nothing left.
    empty: Vec<bool>,
    /// Round in which each project was bought.
    round_of: Vec<u32>,
    steps: Vec<Step>,
    /// Budgets of this round by payments made, over the denominator.
    known: HashMap<Vec<(u32, u32)>, BigInt>,
    rounding: f64,
    unit_rounding: f64,
}

/// A project that the next round may buy.
pub(super) struct Offer {
    pub(super) project: usize,
    /// `None` when it cannot be paid.
    price: Option<Price>,
    /// Of each supporter, whether they cannot pay that price.
    pub(super) short: Vec<bool>,
}

impl Offer {
    /// Value of the supporters who can pay the price.
    pub(super) fn payers(&self) -> u64 {
        self.price.as_ref().map_or(0, |price| price.payers)
    }
}

/// A price of the next round: `missing / (denominator · payers)`.
struct Price {
    missing: BigInt,
    payers: u64,
}

/// One purchase.
pub(super) struct Bought {
    /// `None` when the supporters gave all they had.
    pub(super) price: Option<BigRational>,
    pub(super) exhausted: u64,
}

impl<'p> Exact<'p> {
    pub(super) fn new(profile: &'p Profile<'p>, share: &BigRational) -> Self {
        let double = share.to_f64().unwrap_or(f64::MAX);
        let unit_rounding = double * f64::EPSILON * 4.0;
        Self {
            profile,
            budgets: vec![double; profile.election.ballots.groups()],
            empty: vec![false; profile.election.ballots.groups()],
            round_of: vec![NEVER; profile.projects()],
            steps: Vec::new(),
            known: HashMap::new(),
            rounding: unit_rounding,
            unit_rounding,
            share: share.numer().clone(),
            denominator: share.denom().clone(),
        }
    }

    /// Buys what is missing of this order.
    pub(super) fn follow(&mut self, order: impl Iterator<Item = usize>) {
        for project in order.skip(self.steps.len()) {
            self.buy(project);
        }
    }

    /// The lowest exact price among these projects; ties by rank. `None` when none of them can be paid.
    pub(super) fn choose(
        &mut self,
        contenders: &[usize],
        ranks: &[usize],
        control: &Control<'_>,
    ) -> Result<Option<Selection>, CountError> {
        let offer = |&project: &usize| control.check().map(|()| self.offer(project));
        let offers = contenders.iter().map(offer).collect::<Result<Vec<_>, _>>()?;
        let best = self.best(&offers, ranks);
        Ok(best.map(|(best, tied)| Selection { project: contenders[best], tied, clause: None }))
    }

    /// What these projects would cost to their supporters.
    pub(super) fn offers(&mut self, projects: &[usize]) -> Vec<Offer> {
        projects.iter().map(|&project| self.offer(project)).collect()
    }

    pub(super) fn offer(&mut self, project: usize) -> Offer {
        let (price, short) = self.price(project);
        Offer { project, price, short }
    }

    /// Rounds paid by the supporters who cannot pay this price and have something left: their prices make this one.
    pub(super) fn rounds_paid(&self, offer: &Offer) -> impl Iterator<Item = usize> {
        let supporters = self.profile.supporters(offer.project).iter().zip(&offer.short);
        supporters
            .filter(|(s, short)| **short && !self.empty[s.group as usize])
            .flat_map(|(s, _)| self.paid(s.group as usize))
            .map(|(round, _)| round as usize)
    }

    /// Position of the lowest price, ties by rank, and how many share it.
    pub(super) fn best(&self, offers: &[Offer], ranks: &[usize]) -> Option<(usize, usize)> {
        let payable: Vec<usize> = (0..offers.len()).filter(|&at| offers[at].price.is_some()).collect();
        let compare = |a: usize, b: usize| self.compare(&offers[a], &offers[b]);
        let rank = |at: usize| ranks[offers[at].project];
        let best = payable.iter().copied().min_by(|&a, &b| compare(a, b).then(rank(a).cmp(&rank(b))))?;
        Some((best, payable.iter().filter(|&&other| compare(other, best) == Ordering::Equal).count()))
    }

    /// Prices for one unit of utility, crosswise: `missing / (payers · scale)`. What cannot be paid comes last.
    fn compare(&self, a: &Offer, b: &Offer) -> Ordering {
        let (Some(first), Some(second)) = (&a.price, &b.price) else {
            return a.price.is_none().cmp(&b.price.is_none());
        };
        let side = |price: &Price, other: &Price, project: usize| {
            &price.missing * (u128::from(other.payers) * u128::from(self.profile.scale(project)))
        };
        side(first, second, b.project).cmp(&side(second, first, a.project))
    }

    /// The first project goes before the second.
    pub(super) fn goes_first(&self, a: &Offer, b: &Offer, ranks: &[usize]) -> bool {
        self.compare(a, b).then(ranks[a.project].cmp(&ranks[b.project])).is_le()
    }

    /// A price that this project cannot go below: the one it would have if these supporters, and they only, were short.
    pub(super) fn floor(&self, other: &Offer) -> Offer {
        let missing = self.without(other.project, &other.short);
        let price = Some(Price { missing, payers: other.payers() });
        Offer { project: other.project, price, short: Vec::new() }
    }

    /// The cost less what these supporters have, over the denominator.
    fn without(&self, project: usize, short: &[bool]) -> BigInt {
        let (mut shares, mut counts) = (0_u128, vec![0_u128; self.steps.len()]);
        for (s, _) in self.profile.supporters(project).iter().zip(short).filter(|(_, short)| **short) {
            if !self.empty[s.group as usize] {
                self.count(s, &mut shares, &mut counts);
            }
        }
        &self.denominator * self.profile.cost(project) - self.sum(shares, &counts)
    }

    /// What the supporters have not, all together.
    pub(super) fn missing(&self, offer: &Offer) -> BigRational {
        BigRational::new(self.without(offer.project, &vec![true; offer.short.len()]), self.denominator.clone())
    }

    /// The price of one unit of utility.
    pub(super) fn price_of(&self, offer: &Offer) -> Option<BigRational> {
        let price = offer.price.as_ref()?;
        let unit = u128::from(price.payers) * u128::from(self.profile.scale(offer.project));
        Some(BigRational::new(price.missing.clone(), &self.denominator * unit))
    }

    /// Buys a project; its supporters give all they have when they cannot pay it.
    pub(super) fn buy(&mut self, project: usize) -> Bought {
        let offer = self.offer(project);
        self.take(offer)
    }

    pub(super) fn take(&mut self, offer: Offer) -> Bought {
        let Offer { project, price, short } = offer;
        let round = u32::try_from(self.steps.len()).unwrap_or(NEVER);
        let step = price.map_or(Step { numerator: BigInt::zero(), factor: 0 }, Price::step);
        let price =
            (step.factor > 0).then(|| BigRational::new_raw(step.numerator.clone(), &self.denominator * step.factor));
        let double = price.as_ref().map_or(f64::INFINITY, |price| ratio(price.numer(), price.denom()));
        let mut exhausted = 0;
        for (supporter, short) in self.profile.supporters(project).iter().zip(short) {
            let group = supporter.group as usize;
            if short || price.is_none() {
                exhausted += u64::from(supporter.weight);
                self.empty[group] = true;
                self.budgets[group] = 0.0;
            } else {
                let left = self.budgets[group] - double * f64::from(supporter.value);
                self.budgets[group] = left.max(0.0);
            }
        }
        self.round_of[project] = round;
        let factor = step.factor.max(1);
        self.denominator *= factor;
        self.steps.push(Step { factor, ..step });
        self.known.clear();
        self.rounding += self.unit_rounding;
        Bought { price, exhausted }
    }

    /// `shares · share − Σ counts[k] · p_k`, over the denominator.
    fn sum(&self, shares: u128, counts: &[u128]) -> BigInt {
        let mut sum = &self.share * shares;
        for (step, count) in self.steps.iter().zip(counts.iter().chain(std::iter::repeat(&0))) {
            sum *= step.factor;
            if *count > 0 {
                sum -= &step.numerator * *count;
            }
        }
        sum
    }

    /// Adds the budget of a supporter to such a sum.
    fn count(&self, s: &Supporter, shares: &mut u128, counts: &mut [u128]) {
        *shares += u128::from(s.weight);
        for (round, value) in self.paid(s.group as usize) {
            counts[round as usize] += u128::from(s.weight) * u128::from(value);
        }
    }

    fn budget(&mut self, group: usize) -> BigInt {
        if self.empty[group] {
            return BigInt::zero();
        }
        let paid: Vec<(u32, u32)> = self.paid(group).collect();
        if let Some(budget) = self.known.get(&paid) {
            return budget.clone();
        }
        let mut counts = vec![0_u128; self.steps.len()];
        for (round, value) in &paid {
            counts[*round as usize] = u128::from(*value);
        }
        let budget = self.sum(1, &counts);
        self.known.insert(paid, budget.clone());
        budget
    }

    fn paid(&self, group: usize) -> impl Iterator<Item = (u32, u32)> {
        self.profile
            .ballot(group)
            .map(|(project, value)| (self.round_of[project], value))
            .filter(|(round, _)| *round != NEVER)
    }

    /// The price in doubles, and a bound on its error.
    fn estimate(&self, project: usize) -> (f64, f64) {
        let cost = self.profile.cost(project).to_f64().unwrap_or(f64::MAX);
        let supporters = self.profile.supporters(project);
        let mut price = 0.0_f64;
        for _ in 0..200 {
            let (mut given, mut paying) = (0.0_f64, 0.0_f64);
            for s in supporters {
                let (budget, value, weight) = (self.budgets[s.group as usize], f64::from(s.value), f64::from(s.weight));
                if budget < price * value {
                    given += weight * budget;
                } else {
                    paying += weight * value;
                }
            }
            if paying == 0.0 {
                // Nobody can pay more: the limit is the richest supporter, whatever the rest.
                let ratio = |s: &Supporter| self.budgets[s.group as usize] / f64::from(s.value);
                return (supporters.iter().map(ratio).fold(0.0, f64::max), f64::INFINITY);
            }
            let next = (cost - given) / paying;
            if next <= price * (1.0 + 4.0 * f64::EPSILON) {
                let support = self.profile.support[project].to_f64().unwrap_or(f64::MAX);
                let terms = supporters.len().to_f64().unwrap_or(f64::MAX);
                let doubt = support * self.rounding + cost * f64::EPSILON * (terms + 16.0);
                return (price, 4.0 * doubt / paying);
            }
            price = next;
        }
        (price, f64::INFINITY)
    }

    /// The exact price, and who is short at that price.
    fn price(&mut self, project: usize) -> (Option<Price>, Vec<bool>) {
        let profile = self.profile;
        let supporters = profile.supporters(project);
        let (estimate, doubt) = self.estimate(project);
        let mut short = vec![false; supporters.len()];
        let mut near: Vec<(BigInt, Supporter, usize)> = Vec::new();
        let (mut shares, mut counts) = (0_u128, vec![0_u128; self.steps.len()]);
        let mut payers = 0_u64;
        for (position, s) in supporters.iter().enumerate() {
            let group = s.group as usize;
            let value = f64::from(s.value);
            let gap = self.budgets[group] - estimate * value;
            let margin = 4.0 * self.rounding + doubt * value;
            if self.empty[group] {
                short[position] = true;
            } else if gap < -margin {
                short[position] = true;
                self.count(s, &mut shares, &mut counts);
            } else {
                payers += u64::from(s.weight) * u64::from(s.value);
                if gap <= margin {
                    near.push((self.budget(group), *s, position));
                }
            }
        }
        // The poorest first: each one is short if the price without them asks more than they have.
        near.sort_by(|a, b| (&a.0 * b.1.value).cmp(&(&b.0 * a.1.value)));
        let mut missing = &self.denominator * profile.cost(project) - self.sum(shares, &counts);
        for (budget, s, position) in near {
            if &missing * s.value <= &budget * payers {
                break;
            }
            missing -= budget * s.weight;
            payers -= u64::from(s.weight) * u64::from(s.value);
            short[position] = true;
        }
        ((payers > 0).then_some(Price { missing, payers }), short)
    }
}

impl Price {
    /// The step of the chain that this purchase makes, without the common divisor that costs nothing to find.
    fn step(self) -> Step {
        let rest = (&self.missing % self.payers).to_u64().unwrap_or(0);
        let divisor = num_integer::gcd(rest, self.payers);
        Step { numerator: self.missing / divisor, factor: self.payers / divisor }
    }
}
