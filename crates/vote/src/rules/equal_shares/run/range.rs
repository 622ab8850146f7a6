//! The selections common to a whole range of shares, proved from its two ends.
//!
//! With the same selections so far, budgets grow and prices fall with the share. When the prices of the two ends of the
//! range do not overlap, that is enough. When they do, both ends are counted with integers, and this is used:
//!
//! 1. A supporter short at some share is short at every lower one. The same weight of short supporters at both ends, for
//!    a project, is hence the same set in the whole range.
//! 2. A price whose set is the same, and whose short supporters paid only affine prices, is affine in the share; so is
//!    what is left to who paid only affine prices.
//! 3. When the set of a project changes but the budgets of those who may be short are affine, what supporters give is
//!    concave in the share and the price together: the price is convex, below its chord. Above: for any set `S`, a price
//!    is at least `(cost − Σ_S budgets) / value of the others`, affine; the set of the upper end is taken.
//! 4. When the budgets are not affine, their slopes still have bounds: those of a price are the sum of the slopes of the
//!    budgets of the short supporters over the value of the others, for the smallest and the largest set. Only sums and
//!    products of positive numbers: doubles rounded outwards keep them tight. Two prices whose difference keeps a sign at
//!    both ends, and cannot fall to zero and come back within such slopes, do not cross.
//! 5. When one affine bound goes before another at both ends, it does between them, equal prices included.

use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

use super::super::exact::{Exact, Offer};
use super::{Found, Runner, Selection, State};
use crate::profile::Profile;
use crate::rules::greedy::to_f64;

/// Shorter ranges are counted one share after the other: two counts with integers cost more.
const WORTHWHILE: u64 = 6;

/// What a double keeps of a fraction, and much more.
const MARGIN: f64 = 1e-9;

/// A range that could not be proved.
pub(in super::super) struct Unproved {
    /// After how many increments from its first share the selections seem to change.
    pub(in super::super) near: Option<u64>,
}

/// The two ends, counted with integers.
struct Ends<'p> {
    profile: &'p Profile<'p>,
    low: Exact<'p>,
    high: Exact<'p>,
    length: u64,
    /// Whether each price paid so far is known to be affine in the share.
    affine: Vec<bool>,
    /// Bounds of how fast the budget of each group grows with the share.
    slopes: Vec<Span>,
}

/// Bounds of a number.
#[derive(Clone, Copy)]
struct Span {
    least: f64,
    most: f64,
}

impl<'r> Runner<'r, '_> {
    /// The selections common to all shares from `first` to `last`, if they can be proved equal. Ties are those of `last`.
    pub(in super::super) fn between(&mut self, first: u64, last: u64) -> Result<Vec<Selection>, Unproved> {
        self.runs += 1;
        self.prepare(0, first);
        self.prepare(1, last);
        let mut state = State::new(self);
        let mut ends: Option<Ends<'r>> = None;
        self.force(&mut state, 2);
        loop {
            if self.control.check().is_err() {
                // Whoever asked for this range checks too, and stops.
                return Err(Unproved { near: None });
            }
            let contenders = match self.contenders(&mut state, 2) {
                Found::Nothing => return Ok(state.order),
                Found::One(selection) => {
                    self.select(&mut state, selection, 2);
                    continue;
                }
                Found::Several(contenders) => contenders,
            };
            if last - first < WORTHWHILE {
                return Err(Unproved { near: None });
            }
            let ends = ends.get_or_insert_with(|| Ends {
                profile: self.profile,
                low: Exact::new(self.profile, &self.endowment(first)),
                high: Exact::new(self.profile, &self.endowment(last)),
                length: last - first,
                affine: Vec::new(),
                slopes: vec![Span { least: 1.0, most: 1.0 }; self.profile.election.ballots.groups()],
            });
            match ends.choose(&state.order, &contenders, self.ranks)? {
                Some(selection) => self.select(&mut state, selection, 2),
                None => state.drop_all(&contenders),
            }
        }
    }
}

impl Ends<'_> {
    /// The project that goes first in the whole range; `None` when none can be paid.
    fn choose(
        &mut self,
        order: &[Selection],
        contenders: &[usize],
        ranks: &[usize],
    ) -> Result<Option<Selection>, Unproved> {
        self.follow(order);
        let poor = self.low.offers(contenders);
        let rich = self.high.offers(contenders);
        let (first, (best, tied)) = match (self.low.best(&poor, ranks), self.high.best(&rich, ranks)) {
            (_, None) => return Ok(None),
            (None, Some((last, _))) => return Err(self.affordable(&poor[last], &rich[last])),
            (Some((first, _)), Some(last)) => (first, last),
        };
        if first != best {
            return Err(self.crossing(&poor, &rich, first, best));
        }
        let proved = (0..contenders.len()).filter(|&rival| rival != best && rich[rival].payers() > 0).all(|rival| {
            self.affine_before((&poor[best], &rich[rival]), ranks)
                || self.never_cross((&poor[best], &rich[best]), (&poor[rival], &rich[rival]))
        });
        let selection = Selection { project: contenders[best], tied, clause: None };
        if proved { Ok(Some(selection)) } else { Err(Unproved { near: None }) }
    }

    /// The first project goes before the second, which does so at the upper end, by affine bounds.
    fn affine_before(&self, (best, rival): (&Offer, &Offer), ranks: &[usize]) -> bool {
        let steady = |offer: &Offer| self.high.rounds_paid(offer).all(|round| self.affine[round]);
        steady(best) && steady(rival) && self.low.goes_first(best, &self.low.floor(rival), ranks)
    }

    /// The difference of two prices, positive at both ends or nothing, keeps its sign between them, by its slopes.
    fn never_cross(&self, best: (&Offer, &Offer), rival: (&Offer, &Offer)) -> bool {
        let (fall, other) = (self.fall(best), self.fall(rival));
        // Each bound is that of a difference: one more rounding.
        let least = (fall.least - other.most) - (fall.least + other.most) * f64::EPSILON;
        let most = (fall.most - other.least) + (fall.most + other.least) * f64::EPSILON;
        if (least >= 0.0 && rival.0.payers() > 0) || most <= 0.0 {
            return true;
        }
        let length = to_f64(self.length) * to_f64(self.profile.election.unit());
        let gap = |exact: &Exact<'_>, best: &Offer, rival: &Offer| {
            let gap = exact.price_of(rival)? - exact.price_of(best)?;
            Some(gap.to_f64()? * (1.0 - MARGIN))
        };
        let after = gap(&self.high, best.1, rival.1).unwrap_or(0.0);
        match gap(&self.low, best.0, rival.0) {
            // Who starts from each end and goes down as fast as may be does not reach zero before they meet.
            Some(before) => before * most - after * least > -least * most * length * (1.0 + MARGIN),
            None => after > most * length * (1.0 + MARGIN),
        }
    }

    /// How fast the price of one unit of utility falls when the share grows.
    fn fall(&self, (poor, rich): (&Offer, &Offer)) -> Span {
        let sum = |offer: &Offer, slope: fn(&Span) -> f64| -> f64 {
            let short = self.profile.supporters(offer.project).iter().zip(&offer.short).filter(|(_, short)| **short);
            short.map(|(s, _)| f64::from(s.weight) * slope(&self.slopes[s.group as usize])).sum()
        };
        let scale = to_f64(self.profile.scale(poor.project));
        let rounding = (to_f64(poor.short.len() as u64) + 16.0) * f64::EPSILON;
        let least = match rich.payers() {
            0 => 0.0,
            payers => sum(rich, |slope| slope.least) / to_f64(payers) / scale * (1.0 - rounding),
        };
        let most = match poor.payers() {
            0 => f64::INFINITY,
            payers => sum(poor, |slope| slope.most) / to_f64(payers) / scale * (1.0 + rounding),
        };
        Span { least, most }
    }

    /// Buys what is missing of this order at both ends.
    fn follow(&mut self, order: &[Selection]) {
        for selection in &order[self.affine.len()..] {
            let poor = self.low.offer(selection.project);
            let rich = self.high.offer(selection.project);
            let same = poor.payers() == rich.payers();
            self.affine.push(same && self.high.rounds_paid(&rich).all(|round| self.affine[round]));
            self.slow(&poor, &rich);
            self.low.take(poor);
            self.high.take(rich);
        }
    }

    /// The budgets after this purchase.
    fn slow(&mut self, poor: &Offer, rich: &Offer) {
        let fall = self.fall((poor, rich));
        let scale = to_f64(self.profile.scale(poor.project));
        let supporters = self.profile.supporters(poor.project).iter();
        for ((s, short_before), short_after) in supporters.zip(&poor.short).zip(&rich.short) {
            let slope = &mut self.slopes[s.group as usize];
            let value = scale * f64::from(s.value);
            let Span { least, most } = *slope;
            *slope = Span {
                least: if *short_before { 0.0 } else { (least + fall.least * value) * (1.0 - 4.0 * f64::EPSILON) },
                most: if *short_after { 0.0 } else { (most + fall.most * value) * (1.0 + 4.0 * f64::EPSILON) },
            };
        }
    }

    /// Where the prices of the project that goes first at the lower end and of the one of the upper end would be equal.
    fn crossing(&self, poor: &[Offer], rich: &[Offer], first: usize, last: usize) -> Unproved {
        let Some(start) = self.low.price_of(&poor[last]) else {
            return self.affordable(&poor[last], &rich[last]);
        };
        let zero = BigRational::zero();
        let before = start - self.low.price_of(&poor[first]).unwrap_or_else(|| zero.clone());
        let after = self.high.price_of(&rich[first]).unwrap_or_else(|| zero.clone())
            - self.high.price_of(&rich[last]).unwrap_or(zero);
        self.part(&before, &(&before + after))
    }

    /// Where the supporters of a project would have enough.
    fn affordable(&self, poor: &Offer, rich: &Offer) -> Unproved {
        let missing = self.low.missing(poor);
        let gained = &missing - self.high.missing(rich);
        self.part(&missing, &gained)
    }

    /// `length · part / whole`.
    fn part(&self, part: &BigRational, whole: &BigRational) -> Unproved {
        if whole.is_zero() {
            return Unproved { near: None };
        }
        let length = BigRational::from_integer(self.length.into());
        let near = (part / whole * length).floor().to_u64();
        Unproved { near: near.map(|near| near.min(self.length - 1)) }
    }
}
