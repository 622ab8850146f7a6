//! One run of Equal Shares in doubles, for one share or for a whole range of shares.

mod range;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::Constraints;
use super::exact::Exact;
use crate::control::Control;
use crate::error::CountError;
use crate::limits::Allowance;
use crate::outcome::Certificate;
use crate::profile::Profile;

/// Half the gap between 1 and the next double.
const ULP: f64 = f64::EPSILON / 2.0;
/// Relative width around a price where the number of payers is counted twice, to bound the error from above.
const PAD: f64 = 1e-9;
/// The same width, at most, when the error asks for more.
const WIDEST: f64 = 1e-3;
/// Supporters summed together before joining the total: keeps the rounding of long sums small.
const BLOCK: usize = 256;
/// A budget that is surely nothing.
const EMPTY: f64 = 0.0;
/// A budget that may be nothing.
const NEARLY_EMPTY: f64 = f64::MIN_POSITIVE;

/// A project selected in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) project: usize,
    pub(super) tied: usize,
    /// Position in the forced list.
    pub(super) clause: Option<usize>,
}

/// Budgets of all groups for one share, and a bound on the sum of their errors.
struct Side {
    budgets: Vec<f64>,
    error: f64,
    share: f64,
    starts: Vec<f64>,
}

/// The price of a project on one side.
#[derive(Clone, Copy)]
struct Price {
    /// Payment for each unit of value; infinite when the supporters give all they have.
    price: f64,
    low: f64,
    high: f64,
    /// Even with the error, the supporters cannot pay.
    impossible: bool,
    /// Payers at this price for one who could surely pay a little more.
    spread: f64,
}

/// Runs the rule for any share.
pub(super) struct Runner<'r, 'p> {
    profile: &'r Profile<'p>,
    ranks: &'r [usize],
    constraints: &'r Constraints,
    control: &'r Control<'r>,
    sides: [Side; 2],
    pub(super) runs: u64,
    pub(super) certificate: Certificate,
}

/// What is known of a candidate during a run.
#[derive(Clone, Copy)]
struct Candidate {
    project: usize,
    /// Lower bound of its price per unit of utility, from now on.
    low: f64,
}

impl<'r, 'p> Runner<'r, 'p> {
    pub(super) fn new(
        profile: &'r Profile<'p>,
        ranks: &'r [usize],
        constraints: &'r Constraints,
        control: &'r Control<'r>,
    ) -> Self {
        let side = || Side { budgets: Vec::new(), error: 0.0, share: 0.0, starts: Vec::new() };
        let certificate = Certificate::default();
        Self { profile, ranks, constraints, control, sides: [side(), side()], runs: 0, certificate }
    }

    pub(super) fn envelope(&self) -> u64 {
        self.constraints.shared.unwrap_or(self.profile.election.budget)
    }

    /// Share of each voter after `added` increments, exactly.
    pub(super) fn endowment(&self, added: u64) -> BigRational {
        let voters = BigInt::from(self.profile.voters);
        let added = BigInt::from(added) * BigInt::from(self.profile.election.unit()) * &voters;
        BigRational::new(BigInt::from(self.envelope()) + added, voters)
    }

    pub(super) fn clause(&self, position: usize) -> &str {
        &self.constraints.forced[position].1
    }

    pub(super) fn total(&self, order: &[Selection]) -> u64 {
        self.profile.election.cost_of(order.iter().map(|selection| selection.project))
    }

    fn eligible(&self, project: usize) -> bool {
        self.profile.support[project] > 0 && !self.constraints.excluded.get(project).copied().unwrap_or(false)
    }

    /// Supported projects that are still allowed after these selections.
    fn remaining(&self, order: &[Selection]) -> Vec<usize> {
        let mut taken = vec![false; self.profile.projects()];
        let mut allowance = Allowance::new(&self.constraints.limits, self.profile.projects());
        for selection in order {
            taken[selection.project] = true;
            allowance.take(selection.project, self.profile.cost(selection.project));
        }
        (0..self.profile.projects())
            .filter(|&project| !taken[project] && self.eligible(project))
            .filter(|&project| allowance.allows(project, self.profile.cost(project)))
            .collect()
    }

    /// Every supported project is selected.
    pub(super) fn all_supported(&self, order: &[Selection]) -> bool {
        self.remaining(order).is_empty()
    }

    /// No supported project fits in what is left.
    pub(super) fn exhaustive(&self, order: &[Selection]) -> bool {
        let left = self.envelope().saturating_sub(self.total(order));
        self.remaining(order).iter().all(|&project| self.profile.cost(project) > left)
    }

    /// The selections for one share: always found.
    pub(super) fn at(&mut self, added: u64) -> Result<Vec<Selection>, CountError> {
        self.runs += 1;
        self.prepare(0, added);
        let mut state = State::new(self);
        self.force(&mut state, 1);
        loop {
            // With increments, a run is one of thousands: they are told instead.
            if self.runs == 1 {
                self.control.selected(state.order.len(), self.total(&state.order))?;
            } else {
                self.control.check()?;
            }
            let contenders = match self.contenders(&mut state, 1) {
                Found::Nothing => return Ok(state.order),
                Found::One(selection) => {
                    self.certificate.safe += 1;
                    self.select(&mut state, selection, 1);
                    continue;
                }
                Found::Several(contenders) => contenders,
            };
            self.certificate.redone += 1;
            let mut exact = state.exact.take().unwrap_or_else(|| Exact::new(self.profile, &self.endowment(added)));
            exact.follow(state.order.iter().map(|selection| selection.project));
            let selection = exact.choose(&contenders, self.ranks, self.control)?;
            state.exact = Some(exact);
            match selection {
                Some(selection) => self.select(&mut state, selection, 1),
                None => state.drop_all(&contenders),
            }
        }
    }

    fn prepare(&mut self, side: usize, added: u64) {
        let share = self.endowment(added).to_f64().unwrap_or(f64::MAX);
        let voters = self.profile.voters.to_f64().unwrap_or(f64::MAX);
        let groups = self.profile.election.ballots.groups();
        let side = &mut self.sides[side];
        side.share = share;
        side.error = voters * share * 4.0 * ULP;
        side.budgets.clear();
        side.budgets.resize(groups, share);
        side.starts.clear();
        side.starts.resize(self.profile.projects(), 0.0);
    }

    /// Buys the projects that a clause imposes.
    fn force(&mut self, state: &mut State<'_>, sides: usize) {
        for (position, (project, _)) in self.constraints.forced.iter().enumerate() {
            self.select(state, Selection { project: *project, tied: 1, clause: Some(position) }, sides);
        }
    }

    fn select(&mut self, state: &mut State<'_>, selection: Selection, sides: usize) {
        let project = selection.project;
        for side in &mut self.sides[..sides] {
            let price = side.price(self.profile, project);
            side.pay(self.profile, project, price);
        }
        state.allowance.take(project, self.profile.cost(project));
        state.order.push(selection);
        let (free, profile, allowance) = (state.allowance.is_free(), self.profile, &state.allowance);
        state.candidates.retain(|candidate| {
            candidate.project != project
                && (free || allowance.allows(candidate.project, profile.cost(candidate.project)))
        });
    }

    /// The projects that may have the lowest price, given the errors and the range.
    fn contenders(&mut self, state: &mut State<'_>, sides: usize) -> Found {
        state.candidates.sort_unstable_by(|a, b| a.low.total_cmp(&b.low));
        let mut best_high = f64::INFINITY;
        let mut fresh = 0;
        let mut impossible = false;
        for candidate in &mut state.candidates {
            if candidate.low > best_high {
                break;
            }
            fresh += 1;
            let scale = self.profile.scale(candidate.project).to_f64().unwrap_or(f64::MAX);
            let rich = self.sides[sides - 1].price(self.profile, candidate.project);
            if rich.impossible {
                candidate.low = f64::INFINITY;
                impossible = true;
                continue;
            }
            candidate.low = candidate.low.max(rich.low / scale * (1.0 - 4.0 * ULP));
            if candidate.low > best_high {
                // Not the cheapest, whatever its upper bound.
                continue;
            }
            let poor = if sides == 1 { rich } else { self.sides[0].price(self.profile, candidate.project) };
            best_high = best_high.min(poor.high / scale * (1.0 + 4.0 * ULP));
        }
        let contenders: Vec<usize> = state.candidates[..fresh]
            .iter()
            .filter(|candidate| candidate.low <= best_high && candidate.low < f64::INFINITY)
            .map(|candidate| candidate.project)
            .collect();
        if impossible {
            state.candidates.retain(|candidate| candidate.low < f64::INFINITY);
        }
        match contenders[..] {
            [] => Found::Nothing,
            [project] if best_high < f64::INFINITY => Found::One(Selection { project, tied: 1, clause: None }),
            _ => self.plain(&contenders, sides).map_or(Found::Several(contenders), Found::One),
        }
    }

    /// Equal or nearly equal prices, when each supporter either has nothing or can pay the whole price: fractions of
    /// small integers decide, for the whole range.
    fn plain(&self, contenders: &[usize], sides: usize) -> Option<Selection> {
        let mut prices: Vec<(u64, u64, usize)> = Vec::with_capacity(contenders.len());
        for &project in contenders {
            let payers = self.plain_payers(project, sides)?;
            let numerator = self.profile.plain_numerator(project);
            prices.push((numerator, payers, project));
        }
        let compare = |a: &(u64, u64, usize), b: &(u64, u64, usize)| {
            (u128::from(a.0) * u128::from(b.1)).cmp(&(u128::from(b.0) * u128::from(a.1)))
        };
        let best = prices.iter().min_by(|a, b| compare(a, b).then(self.ranks[a.2].cmp(&self.ranks[b.2])))?;
        let tied = prices.iter().filter(|other| compare(other, best).is_eq()).count();
        Some(Selection { project: best.2, tied, clause: None })
    }

    /// Value of the supporters of a project who have money, when all of them can surely pay the same price.
    fn plain_payers(&self, project: usize, sides: usize) -> Option<u64> {
        let (poor, rich) = (&self.sides[0], &self.sides[sides - 1]);
        let supporters = self.profile.supporters(project);
        let payers: u64 = supporters
            .iter()
            .filter(|s| rich.budgets[s.group as usize] != EMPTY)
            .map(|s| u64::from(s.weight) * u64::from(s.value))
            .sum();
        let cost = self.profile.cost(project).to_f64().unwrap_or(f64::MAX);
        let price = cost / payers.to_f64().unwrap_or(f64::MAX) * (1.0 + 8.0 * ULP);
        let all = supporters
            .iter()
            .filter(|s| rich.budgets[s.group as usize] != EMPTY)
            .all(|s| poor.budgets[s.group as usize] - price * f64::from(s.value) > 2.0 * poor.error);
        (payers > 0 && all).then_some(payers)
    }
}

/// A run under way.
struct State<'l> {
    order: Vec<Selection>,
    candidates: Vec<Candidate>,
    allowance: Allowance<'l>,
    exact: Option<Exact<'l>>,
}

impl<'l> State<'l> {
    fn new(runner: &Runner<'l, '_>) -> Self {
        let allowance = Allowance::new(&runner.constraints.limits, runner.profile.projects());
        let candidates = (0..runner.profile.projects())
            .filter(|&project| runner.eligible(project) && allowance.allows(project, runner.profile.cost(project)))
            .map(|project| Candidate { project, low: 0.0 })
            .collect();
        Self { order: Vec::new(), candidates, allowance, exact: None }
    }

    fn drop_all(&mut self, projects: &[usize]) {
        self.candidates.retain(|candidate| !projects.contains(&candidate.project));
    }
}

enum Found {
    Nothing,
    One(Selection),
    Several(Vec<usize>),
}

/// One pass over the supporters at a given price.
struct Pass {
    /// Money of those who give all they have.
    given: f64,
    /// Value of those who pay the price.
    paying: f64,
    /// Value of those who could pay a little more.
    safe: f64,
}

impl Side {
    fn pass(&self, profile: &Profile<'_>, project: usize, price: f64, pad: f64) -> Pass {
        let padded = price * (1.0 + pad);
        let mut pass = Pass { given: 0.0, paying: 0.0, safe: 0.0 };
        for block in profile.supporters(project).chunks(BLOCK) {
            let mut given = 0.0;
            for supporter in block {
                let budget = self.budgets[supporter.group as usize];
                let value = f64::from(supporter.value);
                let weight = f64::from(supporter.weight);
                if budget < price * value {
                    given += weight * budget;
                } else {
                    pass.paying += weight * value;
                    if budget > padded * value {
                        pass.safe += weight * value;
                    }
                }
            }
            pass.given += given;
        }
        pass
    }

    /// Newton's method on the concave function "money collected at this price".
    fn price(&mut self, profile: &Profile<'_>, project: usize) -> Price {
        let cost = profile.cost(project).to_f64().unwrap_or(f64::MAX);
        let total = profile.total_value[project].to_f64().unwrap_or(f64::MAX);
        let rounding = sum_rounding(profile.supporters(project).len()) * cost;
        let least = cost / total;
        let mut price = self.starts[project].max(least);
        let low = |price: f64| price * (1.0 - PAD);
        for _ in 0..200 {
            let pass = self.pass(profile, project, price, PAD);
            if pass.paying == 0.0 {
                if price > least && self.starts[project] > 0.0 {
                    // The price kept from an earlier round may be too high by a rounding: start again from below.
                    self.starts[project] = 0.0;
                    price = least;
                    continue;
                }
                let impossible = pass.given + self.error + 2.0 * rounding < cost;
                let low = low(least);
                return Price { price: f64::INFINITY, low, high: f64::INFINITY, impossible, spread: 1.0 };
            }
            let next = (cost - pass.given) / pass.paying;
            if (next - price).abs() > 8.0 * ULP * price {
                price = next;
                continue;
            }
            self.starts[project] = price;
            let residue = pass.paying * (next - price).abs() + 4.0 * ULP * cost;
            let doubt = 2.0 * (self.error + 2.0 * rounding + residue);
            let low = price - doubt / pass.paying - 4.0 * ULP * price;
            let high = self.high(profile, project, price, doubt, &pass);
            return Price { price, low, high, impossible: false, spread: pass.paying / pass.safe.max(1.0) };
        }
        Price { price, low: low(least), high: f64::INFINITY, impossible: false, spread: 1.0 }
    }

    /// The highest price that the error allows: those who can surely pay more than that must make up for the error.
    ///
    /// Few supporters of a cheap project may feel the error of all the others: the width then follows it.
    fn high(&self, profile: &Profile<'_>, project: usize, price: f64, doubt: f64, pass: &Pass) -> f64 {
        let within = |pass: &Pass, pad: f64| {
            let up = doubt / pass.safe + 4.0 * ULP * price;
            (pass.safe > 0.0 && up < price * pad / 2.0).then_some(price + up)
        };
        let wider = 8.0 * doubt / (pass.paying * price);
        within(pass, PAD)
            .or_else(|| {
                (PAD..WIDEST)
                    .contains(&wider)
                    .then(|| self.pass(profile, project, price, wider))
                    .and_then(|pass| within(&pass, wider))
            })
            .unwrap_or(f64::INFINITY)
    }

    /// Takes the payments. The bound grows by the roundings made here.
    fn pay(&mut self, profile: &Profile<'_>, project: usize, price: Price) {
        let cost = profile.cost(project).to_f64().unwrap_or(f64::MAX);
        for supporter in profile.supporters(project) {
            let budget = &mut self.budgets[supporter.group as usize];
            let value = f64::from(supporter.value);
            *budget = if *budget == EMPTY || price.impossible || *budget + 2.0 * self.error < price.low * value {
                EMPTY
            } else {
                (*budget - price.price * value).max(NEARLY_EMPTY)
            };
        }
        let support = profile.support[project].to_f64().unwrap_or(f64::MAX);
        let rounding = 2.0 * sum_rounding(profile.supporters(project).len()) * cost * price.spread.max(1.0);
        if price.price.is_infinite() {
            // What was left at most, when it was just enough.
            self.error *= 2.0;
        }
        self.error += rounding + support * self.share * 4.0 * ULP;
    }
}

/// Relative rounding of a sum made by blocks.
fn sum_rounding(terms: usize) -> f64 {
    let blocks = (terms / BLOCK).to_f64().unwrap_or(f64::MAX);
    (blocks + 264.0) * ULP
}
