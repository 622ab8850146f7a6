//! Equal Shares with fractions of big integers, following selections already known.
//!
//! A voter who was never short has paid `Σ_k p_k·v_k` over the projects `k` bought so far that the ballot names: the exact
//! budget needs no memory, only the prices. The price of a project is `(cost − Σ budgets of those who are short) / Σ values
//! of the others`, so integers count how often each earlier price occurs, and a few big fractions finish the work. Doubles,
//! refreshed from the exact prices, say who is short, except close to the limit where budgets are compared exactly.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

use super::run::Selection;
use crate::profile::Profile;

const NEVER: u32 = u32::MAX;

/// The exact state after some purchases.
pub(super) struct Exact<'p> {
    profile: &'p Profile<'p>,
    share: BigRational,
    /// Each within `rounding` of the exact budget.
    budgets: Vec<f64>,
    /// Groups that have nothing left.
    empty: Vec<bool>,
    /// Round in which each project was bought.
    round_of: Vec<u32>,
    /// Price per unit of value of each round; `None` when its supporters gave all they had.
    prices: Vec<Option<BigRational>>,
    known: HashMap<Vec<(u32, u32)>, BigRational>,
    rounding: f64,
}

/// One purchase.
pub(super) struct Bought {
    pub(super) price: Option<BigRational>,
    pub(super) exhausted: u64,
}

impl<'p> Exact<'p> {
    pub(super) fn new(profile: &'p Profile<'p>, share: BigRational) -> Self {
        let double = share.to_f64().unwrap_or(f64::MAX);
        let groups = profile.election.ballots.groups();
        Self {
            profile,
            budgets: vec![double; groups],
            empty: vec![false; groups],
            round_of: vec![NEVER; profile.projects()],
            prices: Vec::new(),
            known: HashMap::new(),
            rounding: double * f64::EPSILON * 2.0,
            share,
        }
    }

    /// Buys what is missing of this order.
    pub(super) fn follow(&mut self, order: impl Iterator<Item = usize>) {
        for project in order.skip(self.prices.len()) {
            self.buy(project);
        }
    }

    /// The lowest exact price among these projects; ties by rank. `None` when none of them can be paid.
    pub(super) fn choose(&mut self, contenders: &[usize], ranks: &[usize]) -> Option<Selection> {
        let mut priced: Vec<(BigRational, usize)> = Vec::with_capacity(contenders.len());
        for &project in contenders {
            if let (Some(price), _) = self.price(project) {
                priced.push((price / BigInt::from(self.profile.scale(project)), project));
            }
        }
        let best = priced.iter().min_by(|a, b| a.0.cmp(&b.0).then(ranks[a.1].cmp(&ranks[b.1])))?;
        let tied = priced.iter().filter(|other| other.0 == best.0).count();
        Some(Selection { project: best.1, tied, clause: None })
    }

    /// Bits of the largest denominator.
    pub(super) fn bits(&self) -> u64 {
        self.prices.iter().flatten().map(|price| price.denom().bits()).max().unwrap_or(0)
    }

    /// Buys a project; its supporters give all they have when they cannot pay it.
    pub(super) fn buy(&mut self, project: usize) -> Bought {
        let (price, short) = self.price(project);
        let round = u32::try_from(self.prices.len()).unwrap_or(NEVER);
        let double = price.as_ref().and_then(ToPrimitive::to_f64).unwrap_or(f64::INFINITY);
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
        self.prices.push(price.clone());
        self.rounding += self.share.to_f64().unwrap_or(f64::MAX) * f64::EPSILON * 2.0;
        Bought { price, exhausted }
    }

    fn budget(&mut self, group: usize) -> BigRational {
        if self.empty[group] {
            return BigRational::zero();
        }
        let paid: Vec<(u32, u32)> = self.paid(group).collect();
        if let Some(budget) = self.known.get(&paid) {
            return budget.clone();
        }
        let spent = paid
            .iter()
            .filter_map(|(round, value)| Some(self.prices[*round as usize].as_ref()? * BigInt::from(*value)))
            .fold(BigRational::zero(), |sum, payment| sum + payment);
        let budget = &self.share - spent;
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
                let (budget, value, weight) =
                    (self.budgets[s.group as usize], f64::from(s.value), f64::from(s.weight));
                if budget < price * value {
                    given += weight * budget;
                } else {
                    paying += weight * value;
                }
            }
            if paying == 0.0 {
                // Nobody can pay more: the limit is the richest supporter, whatever the rest.
                let ratio = |s: &crate::profile::Supporter| self.budgets[s.group as usize] / f64::from(s.value);
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
    fn price(&mut self, project: usize) -> (Option<BigRational>, Vec<bool>) {
        let profile = self.profile;
        let supporters = profile.supporters(project);
        let (estimate, doubt) = self.estimate(project);
        let mut short = vec![false; supporters.len()];
        let mut near: Vec<(BigRational, usize)> = Vec::new();
        let mut known_short = Sum::default();
        let mut payers = BigInt::zero();
        for (position, s) in supporters.iter().enumerate() {
            let group = s.group as usize;
            let value = f64::from(s.value);
            let gap = self.budgets[group] - estimate * value;
            let margin = 4.0 * self.rounding + doubt * value;
            if self.empty[group] || gap < -margin {
                short[position] = true;
                self.add(&mut known_short, s.weight, group);
                continue;
            }
            payers += u128::from(s.weight) * u128::from(s.value);
            if gap <= margin {
                near.push((self.budget(group) / BigInt::from(s.value), position));
            }
        }
        // The poorest first: each one is short if the price without them asks more than they have.
        near.sort_by(|a, b| a.0.cmp(&b.0));
        let mut missing = BigRational::from_integer(profile.cost(project).into()) - self.total(&known_short);
        for (ratio, position) in near {
            if &missing / &payers <= ratio {
                break;
            }
            let s = supporters[position];
            let weighted = BigInt::from(u128::from(s.weight) * u128::from(s.value));
            missing -= &ratio * &weighted;
            payers -= weighted;
            short[position] = true;
        }
        if payers.is_zero() { (None, short) } else { (Some(missing / payers), short) }
    }

    fn add(&self, sum: &mut Sum, weight: u32, group: usize) {
        if self.empty[group] {
            return;
        }
        sum.shares += u128::from(weight);
        sum.rounds.resize(self.prices.len(), 0);
        for (round, value) in self.paid(group) {
            sum.rounds[round as usize] += u128::from(weight) * u128::from(value);
        }
    }

    fn total(&self, sum: &Sum) -> BigRational {
        let mut total = &self.share * BigInt::from(sum.shares);
        for (count, price) in sum.rounds.iter().zip(&self.prices).filter(|(count, _)| **count > 0) {
            if let Some(price) = price {
                total -= price * BigInt::from(*count);
            }
        }
        total
    }
}

/// A sum of exact budgets as integers: so many shares, minus so many times each price.
#[derive(Default)]
struct Sum {
    shares: u128,
    rounds: Vec<u128>,
}
