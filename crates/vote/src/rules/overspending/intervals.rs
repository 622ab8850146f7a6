//! Bounded overspending on large votes: every amount lies between two doubles, rounded outwards.
//!
//! All that a round computes grows with the budgets or shrinks with them, so the two ends of each amount are enough: money
//! collected at a price, price at which all is collected, part bought. A choice is proved when the best price ends before
//! the others begin. Otherwise fractions decide between those that remain: small ones when their supporters still have their
//! whole share or nothing, which settles the ties of the first rounds; else the purchases so far are made again exactly, and
//! the intervals start afresh from there.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use super::exact::{self, Exact};
use crate::control::Control;
use crate::error::CountError;
use crate::fraction::ratio;
use crate::outcome::Certificate;
use crate::profile::{Profile, Supporter};
use crate::rules::greedy::to_f64;

/// An amount that is not negative, between two doubles.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Between {
    low: f64,
    high: f64,
}

impl Between {
    const NOTHING: Self = Self { low: 0.0, high: 0.0 };

    /// Around a value known within four roundings.
    fn around(value: f64) -> Self {
        let width = value * 4.0 * f64::EPSILON;
        Self { low: (value - width).max(0.0), high: (value + width).next_up() }
    }

    fn of(fraction: &BigRational) -> Self {
        if fraction.is_zero() { Self::NOTHING } else { Self::around(ratio(fraction.numer(), fraction.denom())) }
    }

    fn rounded(low: f64, high: f64) -> Self {
        Self { low: low.next_down().max(0.0), high: high.next_up() }
    }

    fn times(self, factor: f64) -> Self {
        Self::rounded(self.low * factor, self.high * factor)
    }

    fn over(self, other: Self) -> Self {
        Self::rounded(self.low / other.high, self.high / other.low)
    }

    /// What is left when `other` is taken, nothing at least.
    fn less(self, other: Self) -> Self {
        if self.high <= other.low {
            return Self::NOTHING;
        }
        Self { low: (self.low - other.high).next_down().max(0.0), high: (self.high - other.low).next_up() }
    }

    fn is_narrow(self) -> bool {
        self.high - self.low <= self.high * 1e-9
    }

    fn middle(self) -> f64 {
        if self.high.is_finite() { f64::midpoint(self.low, self.high) } else { self.low }
    }
}

/// Supporters of a project who have the same ratio of budget to value, nearly.
struct Payer {
    ratio: Between,
    /// Weight times value.
    value: f64,
}

/// The best price of a project: `measure` decides, `price` is paid per unit of value.
#[derive(Clone, Copy)]
struct Offer {
    measure: Between,
    price: Between,
}

/// A project not bought yet; its measure never falls.
struct Candidate {
    project: usize,
    offer: Offer,
}

/// A project bought.
pub(super) struct Bought {
    pub(super) project: usize,
    pub(super) price: f64,
    pub(super) tied: usize,
    pub(super) exhausted: u64,
}

/// The purchases in order, and how they are proved.
pub(super) fn run(
    profile: &Profile<'_>,
    ranks: &[usize],
    control: &Control<'_>,
) -> Result<(Vec<Bought>, Certificate), CountError> {
    let share = exact::share(profile);
    let groups = profile.election.ballots.groups();
    let mut count = Count {
        profile,
        ranks,
        budgets: vec![Between::of(&share); groups],
        whole: vec![true; groups],
        share,
        order: Vec::new(),
        exact: None,
        too_big: false,
        certificate: Certificate::default(),
        payers: Vec::new(),
        proposals: Vec::new(),
    };
    let unknown = Offer { measure: Between::NOTHING, price: Between::NOTHING };
    let mut candidates: Vec<Candidate> = (0..profile.projects())
        .filter(|&project| profile.support[project] > 0)
        .map(|project| Candidate { project, offer: unknown })
        .collect();
    let mut left = profile.election.budget;
    loop {
        control.selected(count.order.len(), profile.election.budget - left)?;
        candidates.retain(|candidate| profile.cost(candidate.project) <= left);
        let contenders = count.contenders(&mut candidates);
        match count.choose(&contenders) {
            Choice::Buy { project, tied, offer } => {
                count.buy(project, tied, offer);
                left -= profile.cost(project);
                candidates.retain(|candidate| candidate.project != project);
            }
            Choice::Drop => {
                let dropped = |candidate: &Candidate| contenders.iter().any(|(other, _)| *other == candidate.project);
                candidates.retain(|candidate| !dropped(candidate));
            }
            Choice::End => return Ok((count.order, count.certificate)),
        }
    }
}

/// What a round decides.
enum Choice {
    Buy {
        project: usize,
        tied: usize,
        offer: Offer,
    },
    /// The supporters of the contenders have nothing left.
    Drop,
    End,
}

struct Count<'p> {
    profile: &'p Profile<'p>,
    ranks: &'p [usize],
    budgets: Vec<Between>,
    /// Groups that have not paid anything.
    whole: Vec<bool>,
    share: BigRational,
    order: Vec<Bought>,
    /// Exact budgets, once they were needed.
    exact: Option<Exact<'p>>,
    too_big: bool,
    certificate: Certificate,
    payers: Vec<Payer>,
    proposals: Vec<Offer>,
}

impl<'p> Count<'p> {
    /// The projects that may have the lowest measure. Old measures are lower bounds: few are computed again.
    fn contenders(&mut self, candidates: &mut Vec<Candidate>) -> Vec<(usize, Offer)> {
        candidates.sort_unstable_by(|a, b| a.offer.measure.low.total_cmp(&b.offer.measure.low));
        let mut lowest = f64::INFINITY;
        let mut fresh = 0;
        for candidate in candidates.iter_mut() {
            if candidate.offer.measure.low > lowest {
                break;
            }
            let low = candidate.offer.measure.low;
            candidate.offer = self.offer(candidate.project);
            candidate.offer.measure.low = candidate.offer.measure.low.max(low);
            lowest = lowest.min(candidate.offer.measure.high);
            fresh += 1;
        }
        let near = candidates[..fresh].iter().filter(|candidate| candidate.offer.measure.low <= lowest);
        let found = near
            .filter(|candidate| candidate.offer.measure.low < f64::INFINITY)
            .map(|candidate| (candidate.project, candidate.offer))
            .collect();
        candidates.retain(|candidate| candidate.offer.measure.low < f64::INFINITY);
        found
    }

    fn choose(&mut self, contenders: &[(usize, Offer)]) -> Choice {
        match contenders {
            [] => return Choice::End,
            // Two limits of the same measure leave the price open, although the choice is proved: it is asked exactly below.
            &[(project, offer)] if offer.measure.high.is_finite() && (offer.price.is_narrow() || self.too_big) => {
                self.certificate.safe += 1;
                return Choice::Buy { project, tied: 1, offer };
            }
            _ => {}
        }
        let plain: Option<Vec<exact::Offer>> = contenders.iter().map(|(project, _)| self.plain(*project)).collect();
        if let Some(exact) = plain.or_else(|| self.exact_offers(contenders)) {
            self.certificate.redone += 1;
            return self.least(&exact);
        }
        if let &[(project, offer)] = contenders
            && offer.measure.high.is_finite()
        {
            self.certificate.safe += 1;
            return Choice::Buy { project, tied: 1, offer };
        }
        // Nothing proves this choice: the middles decide, and the outcome says so.
        self.certificate.unproved += 1;
        let finite = contenders.iter().filter(|(_, offer)| offer.measure.high.is_finite());
        let Some(least) = finite.map(|(_, offer)| offer.measure.middle()).min_by(f64::total_cmp) else {
            return Choice::Drop;
        };
        let near = |offer: &Offer| offer.measure.middle() - least <= offer.measure.high - offer.measure.low;
        let tied: Vec<_> = contenders.iter().filter(|(_, offer)| near(offer)).collect();
        match tied.iter().min_by_key(|(project, _)| self.ranks[*project]) {
            Some(&&(project, offer)) => Choice::Buy { project, tied: tied.len(), offer },
            None => Choice::Drop,
        }
    }

    /// The lowest of some exact offers, ties by rank.
    fn least(&self, offers: &[exact::Offer]) -> Choice {
        let Some(measure) = offers.iter().map(|offer| &offer.measure).min() else { return Choice::Drop };
        let tied: Vec<&exact::Offer> = offers.iter().filter(|offer| offer.measure == *measure).collect();
        match tied.iter().min_by_key(|offer| self.ranks[offer.project]) {
            Some(best) => {
                let offer = Offer { measure: Between::of(&best.measure), price: Between::of(&best.price) };
                Choice::Buy { project: best.project, tied: tied.len(), offer }
            }
            None => Choice::Drop,
        }
    }

    /// The exact offers of these projects, after the purchases so far; `None` when fractions are too big.
    fn exact_offers(&mut self, contenders: &[(usize, Offer)]) -> Option<Vec<exact::Offer>> {
        if self.too_big {
            return None;
        }
        let exact = self.exact.get_or_insert_with(|| Exact::new(self.profile, &self.share));
        if exact.follow(self.order.iter().map(|bought| bought.project)).is_none() {
            self.too_big = true;
            return None;
        }
        for (between, budget) in self.budgets.iter_mut().zip(&exact.budgets) {
            *between = Between::of(budget);
        }
        Some(contenders.iter().filter_map(|(project, _)| exact.offer(*project)).collect())
    }

    /// The exact offer of a project whose supporters have their whole share or nothing at all.
    fn plain(&self, project: usize) -> Option<exact::Offer> {
        let mut values: Vec<(u32, u64)> = Vec::new();
        for s in self.profile.supporters(project) {
            let group = s.group as usize;
            if self.whole[group] {
                match values.iter_mut().find(|(value, _)| *value == s.value) {
                    Some((_, weight)) => *weight += u64::from(s.weight),
                    None => values.push((s.value, u64::from(s.weight))),
                }
            } else if self.budgets[group] != Between::NOTHING {
                return None;
            }
        }
        exact::offer(self.profile, project, values.into_iter().map(|(value, weight)| (&self.share, value, weight)))
    }

    /// Supporters pay.
    fn buy(&mut self, project: usize, tied: usize, offer: Offer) {
        let plain = self.plain(project);
        let price = plain.as_ref().map_or(offer.price, |exact| Between::of(&exact.price));
        let mut exhausted = 0;
        for &Supporter { group, weight, value } in self.profile.supporters(project) {
            let group = group as usize;
            let budget = &mut self.budgets[group];
            *budget = match &plain {
                Some(exact) if self.whole[group] => {
                    let asked = &exact.price * BigInt::from(value);
                    if asked < self.share { Between::of(&(&self.share - asked)) } else { Between::NOTHING }
                }
                _ => budget.less(price.times(f64::from(value))),
            };
            exhausted += if *budget == Between::NOTHING { u64::from(weight) } else { 0 };
            self.whole[group] = false;
        }
        self.certificate.ties += u64::from(tied > 1);
        self.order.push(Bought { project, price: price.middle(), tied, exhausted });
    }

    /// The lowest `λ/α²` of a project over the ratios of its supporters and the price at which all is collected.
    fn offer(&mut self, project: usize) -> Offer {
        let cost = to_f64(self.profile.cost(project));
        self.find_payers(project);
        self.proposals.clear();
        // Money of those who give all they have, value of the others: at the low ends, then at the high ends.
        let total: f64 = self.payers.iter().map(|payer| payer.value).sum();
        let mut rest = total;
        let (mut given_low, mut given_high) = (0.0_f64, 0.0_f64);
        let mut full = Between { low: f64::INFINITY, high: f64::INFINITY };
        for payer in &self.payers {
            let Between { low, high } = payer.ratio;
            let collected = Between {
                low: (given_low + (low * rest).next_down()).next_down().max(0.0),
                high: (given_high + (high * rest).next_up()).next_up(),
            };
            if full.low.is_infinite() && collected.high >= cost {
                full.low = ((cost - given_high).next_down() / rest).next_down().max(0.0);
            }
            if collected.low >= cost {
                full.high = ((cost - given_low).next_up() / rest).next_up();
                break;
            }
            let capped = Between { low: collected.low, high: collected.high.min(cost) };
            let part = Between::rounded(capped.low / cost, (capped.high / cost).min(1.0));
            let price = payer.ratio.over(part);
            let mut offer = Offer { measure: price.over(part), price };
            // Never less than if all could pay this ratio: keeps supporters who have next to nothing out of the way.
            let least = Between::rounded(cost / total, cost / total).low;
            offer.price.low = offer.price.low.max(least);
            offer.measure.low = offer.measure.low.max(Between::rounded((least * least).next_down() / high, 0.0).low);
            self.proposals.push(offer);
            given_low = (given_low + (low * payer.value).next_down()).next_down();
            given_high = (given_high + (high * payer.value).next_up()).next_up();
            rest -= payer.value;
        }
        if full.low < f64::INFINITY {
            // When it is not sure that all can be collected, that price is at most what the richest supporter has.
            let last = self.payers.last().map_or(f64::INFINITY, |payer| payer.ratio.high);
            self.proposals.push(Offer { measure: full, price: Between { low: full.low, high: full.high.min(last) } });
        }
        let low = self.proposals.iter().map(|offer| offer.measure.low).fold(f64::INFINITY, f64::min);
        let high = self.proposals.iter().map(|offer| offer.measure.high).fold(f64::INFINITY, f64::min);
        let possible = self.proposals.iter().filter(|offer| offer.measure.low <= high);
        let empty = Between { low: f64::INFINITY, high: 0.0 };
        let price = possible.fold(empty, |hull, offer| Between {
            low: hull.low.min(offer.price.low),
            high: hull.high.max(offer.price.high),
        });
        let scale = to_f64(self.profile.scale(project));
        Offer { measure: Between::rounded(low / scale, high / scale), price }
    }

    /// The supporters who may have money, by growing ratio at both ends.
    fn find_payers(&mut self, project: usize) {
        self.payers.clear();
        for s in self.profile.supporters(project) {
            let budget = self.budgets[s.group as usize];
            if budget.high > 0.0 {
                let value = f64::from(s.value);
                let ratio =
                    if s.value == 1 { budget } else { Between::rounded(budget.low / value, budget.high / value) };
                self.payers.push(Payer { ratio, value: f64::from(s.weight) * value });
            }
        }
        self.payers.sort_unstable_by(|a, b| a.ratio.high.total_cmp(&b.ratio.high));
        // Where intervals cross, the low ends are lowered until they grow too.
        let mut least = f64::INFINITY;
        for payer in self.payers.iter_mut().rev() {
            least = least.min(payer.ratio.low);
            payer.ratio.low = least;
        }
        self.payers.dedup_by(|next, kept| {
            let same = next.ratio == kept.ratio;
            kept.value += if same { next.value } else { 0.0 };
            same
        });
    }
}
