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
//! **Exactness.** Fractions grow to thousands of bits, so large votes are counted in doubles and the outcome says
//! `exact: false`. Small votes are counted with fractions.
//!
//! **Cost.** `O(s log s)` for each candidate and round, `s` its supporters.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::outcome::{Certificate, Measure, Outcome, Round};
use crate::profile::{Profile, Utility};
use crate::tie::TieBreak;

/// Largest number of (group, project) supports counted with fractions.
const SMALL: usize = 4_000;
/// Fractions past this size give up.
const BITS: u64 = 20_000;
/// Doubles closer than this, relatively, are equal.
const NEAR: f64 = 1e-10;

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
    if supports <= SMALL
        && let Some(rounds) = run::<BigRational>(&profile, &ranks, control)?
    {
        let ties = rounds.iter().filter(|round| round.tied > 1).count() as u64;
        let certificate = Certificate { redone: rounds.len() as u64, ties, ..Certificate::default() };
        return Ok(Outcome::new(election, rounds, true, certificate));
    }
    let rounds = run::<f64>(&profile, &ranks, control)?.unwrap_or_default();
    let ties = rounds.iter().filter(|round| round.tied > 1).count() as u64;
    Ok(Outcome::new(election, rounds, false, Certificate { ties, ..Certificate::default() }))
}

/// Doubles or fractions.
trait Number: Clone {
    fn of(value: u64) -> Self;
    fn ratio(numerator: u64, denominator: u64) -> Self;
    fn add(&mut self, other: &Self);
    fn less(&self, other: &Self) -> Self;
    fn times(&self, factor: u64) -> Self;
    fn quotient(&self, other: &Self) -> Self;
    fn compare(&self, other: &Self) -> Ordering;
    fn is_null(&self) -> bool;
    fn too_big(&self) -> bool;
    fn double(&self) -> f64;
    fn text(&self) -> Option<String>;
}

impl Number for f64 {
    fn of(value: u64) -> Self {
        value.to_f64().unwrap_or(Self::MAX)
    }
    fn ratio(numerator: u64, denominator: u64) -> Self {
        Self::of(numerator) / Self::of(denominator)
    }
    fn add(&mut self, other: &Self) {
        *self += other;
    }
    fn less(&self, other: &Self) -> Self {
        (self - other).max(0.0)
    }
    fn times(&self, factor: u64) -> Self {
        self * Self::of(factor)
    }
    fn quotient(&self, other: &Self) -> Self {
        self / other
    }
    fn compare(&self, other: &Self) -> Ordering {
        if (self - other).abs() <= NEAR * self.abs().max(other.abs()) { Ordering::Equal } else { self.total_cmp(other) }
    }
    fn is_null(&self) -> bool {
        *self <= 0.0
    }
    fn too_big(&self) -> bool {
        false
    }
    fn double(&self) -> f64 {
        *self
    }
    fn text(&self) -> Option<String> {
        None
    }
}

impl Number for BigRational {
    fn of(value: u64) -> Self {
        Self::from_integer(BigInt::from(value))
    }
    fn ratio(numerator: u64, denominator: u64) -> Self {
        Self::new(BigInt::from(numerator), BigInt::from(denominator))
    }
    fn add(&mut self, other: &Self) {
        *self += other;
    }
    fn less(&self, other: &Self) -> Self {
        self - other
    }
    fn times(&self, factor: u64) -> Self {
        self * BigInt::from(factor)
    }
    fn quotient(&self, other: &Self) -> Self {
        self / other
    }
    fn compare(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
    fn is_null(&self) -> bool {
        !self.is_positive()
    }
    fn too_big(&self) -> bool {
        self.denom().bits() > BITS
    }
    fn double(&self) -> f64 {
        self.to_f64().unwrap_or(f64::INFINITY)
    }
    fn text(&self) -> Option<String> {
        (self.denom().bits() <= 256).then(|| self.to_string())
    }
}

/// The best price of one project: `ρ/α` decides, `ρ` is paid (per unit of value).
struct Offer<N> {
    measure: N,
    price: N,
    project: usize,
}

/// `None` when the fractions become too big.
fn run<N: Number>(
    profile: &Profile<'_>,
    ranks: &[usize],
    control: &Control<'_>,
) -> Result<Option<Vec<Round>>, CountError> {
    let election = profile.election;
    let share = N::ratio(election.budget, profile.voters);
    let mut budgets = vec![share; election.ballots.groups()];
    let mut left = election.budget;
    let mut taken = vec![false; profile.projects()];
    let mut rounds = Vec::new();
    loop {
        control.check()?;
        let mut best: Vec<Offer<N>> = Vec::new();
        for (project, _) in taken.iter().enumerate().filter(|(_, taken)| !**taken) {
            if profile.cost(project) > left {
                continue;
            }
            let Some(offer) = offer(profile, &budgets, project) else { continue };
            if offer.price.too_big() {
                return Ok(None);
            }
            match best.first().map(|first| offer.measure.compare(&first.measure)) {
                Some(Ordering::Greater) => {}
                Some(Ordering::Equal) => best.push(offer),
                _ => best = vec![offer],
            }
        }
        let tied = best.len();
        let Some(offer) = best.into_iter().min_by_key(|offer| ranks[offer.project]) else { return Ok(Some(rounds)) };
        let mut exhausted = 0;
        for supporter in profile.supporters(offer.project) {
            let budget = &mut budgets[supporter.group as usize];
            let asked = offer.price.times(u64::from(supporter.value));
            if budget.compare(&asked) == Ordering::Greater {
                *budget = budget.less(&asked);
            } else {
                exhausted += u64::from(supporter.weight);
                *budget = N::of(0);
            }
        }
        taken[offer.project] = true;
        left -= profile.cost(offer.project);
        let unit = if profile.utility == Utility::Cost { 1 } else { election.unit() };
        let rho = offer.price.quotient(&N::of(profile.scale(offer.project))).quotient(&N::of(unit));
        rounds.push(Round {
            project: offer.project,
            value: rho.double(),
            exact_value: rho.text(),
            measure: Measure::Price,
            supporters: profile.support[offer.project],
            exhausted,
            tied,
            clause: None,
        });
    }
}

fn offer<N: Number>(profile: &Profile<'_>, budgets: &[N], project: usize) -> Option<Offer<N>> {
    let cost = N::of(profile.cost(project));
    let mut payers: Vec<(N, u64, u64)> = profile
        .supporters(project)
        .iter()
        .filter(|s| !budgets[s.group as usize].is_null())
        .map(|s| {
            let ratio = budgets[s.group as usize].quotient(&N::of(u64::from(s.value)));
            (ratio, u64::from(s.weight) * u64::from(s.value), u64::from(s.value))
        })
        .collect();
    payers.sort_by(|a, b| a.0.double().total_cmp(&b.0.double()).then_with(|| a.0.compare(&b.0)));
    let mut rest: u64 = payers.iter().map(|(_, weighted, _)| weighted).sum();
    let mut given = N::of(0);
    let mut best: Option<Offer<N>> = None;
    // `λ/α²` with the money collected at `λ`; the part is `collected / cost`.
    let mut propose = |lambda: &N, collected: &N| {
        let part = collected.quotient(&cost);
        let price = lambda.quotient(&part);
        let measure = price.quotient(&part).quotient(&N::of(profile.scale(project)));
        if best.as_ref().is_none_or(|best| measure.compare(&best.measure) == Ordering::Less) {
            best = Some(Offer { measure, price, project });
        }
    };
    for (ratio, weighted, _) in &payers {
        let mut collected = ratio.times(rest);
        collected.add(&given);
        if collected.compare(&cost) != Ordering::Less {
            let lambda = cost.less(&given).quotient(&N::of(rest));
            propose(&lambda, &cost);
            return best;
        }
        propose(ratio, &collected);
        given.add(&ratio.times(*weighted));
        rest -= weighted;
    }
    best
}
