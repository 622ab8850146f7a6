//! Method of Equal Shares: each voter gets the same share of the envelope and pays for what they support.
//!
//! **Definition.** Voter `i` starts with `b_i = B/n` (blank ballots count in `n`). The price of a project `c` is the
//! smallest `ρ` with `Σ_i min(b_i, ρ·u_i(c)) = cost(c)`, over its supporters. Buy the project of lowest `ρ`; each
//! supporter pays `min(b_i, ρ·u_i(c))`; repeat until no project can be paid. A project that nobody supports has no payer
//! and is never funded.
//!
//! **Sources.** Peters, Pierczyński, Skowron, *Proportional participatory budgeting with additive utilities* (2021);
//! equalshares.net. Satisfies EJR up to one project.
//!
//! **Completion by increments (Add1).** Run again with `B/n + 1`, `B/n + 2`… and keep the last outcome that fits. Whole
//! ranges of increments that give the same selections are proved equal and skipped (see [`Control`]). A range refused tells
//! where prices cross, and the next one stops there: runs grow with the changes of the selections (Kraiczy, Robinson,
//! Elkind, *Streamlining Equal Shares*, 2025, have the idea of jumping from one critical budget to the next), not with
//! the number of increments. Amounts in cents or in millionths cost some runs more, where changes that a larger unit hid
//! appear.
//!
//! **Exactness.** Budgets are doubles. The map "budgets before a purchase → budgets after" is monotone and removes
//! exactly the cost, hence does not expand distances in L₁ (Crandall and Tartar, 1980): the total error of all budgets
//! only grows by the rounding of each step, which is bounded as it is made. A selection is *safe* when the gap is larger
//! than that bound. Otherwise prices are computed again as fractions of big integers. The same monotony proves ranges:
//! with the same selections so far, every budget grows and every price falls with the share, so the two ends of a range
//! bound all that lies between. Where these bounds overlap, both ends are counted with integers, and prices that are
//! affine, convex, or of known slope between the ends cannot cross twice (the proof is in `equal_shares/run/range.rs`).
//!
//! **Cost.** `O(supporters)` for a price, few prices for a selection (lower bounds from earlier rounds are kept): `O(m · s)` at
//! worst for a run, for `m` projects and `s` choices on all different ballots, near `O(s)` on real votes. Completion by
//! increments multiplies this by its runs ([`Increments::runs`]). Integers have at most
//! `m · log₂ n` bits for `n` voters, and are used where doubles do not decide. Memory: `O(s)`.

mod exact;
mod run;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::control::{Control, Progress};
use crate::election::Election;
use crate::error::CountError;
use crate::fraction::shown;
use crate::limits::Limit;
use crate::outcome::{Certificate, Increments, Measure, Outcome, Phase, Round, Share, Stop, ties};
use crate::profile::{Profile, Utility};
use crate::rules::greedy::{Misfit, Order, Ranking, Score};
use crate::tie::TieBreak;
use exact::Exact;
use run::{Runner, Selection};

/// When completion by increments stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopWhen {
    /// Only when the next increment overspends, or when every supported project is funded.
    Overspend,
    /// At the first outcome where no other supported project fits in what is left.
    Exhaustive,
}

/// What is done with the money that Equal Shares leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Completion {
    /// Completion by increments of one currency unit per voter.
    pub add1: Option<StopWhen>,
    /// Then a greedy filling.
    pub fill: Option<Order>,
}

/// Equal Shares, with its completion.
///
/// ```
/// use vote::rules::equal_shares::{Completion, equal_shares};
/// # use vote::{BallotKind, Control, Election, Project, TieBreak, Utility};
/// # let project = |id: &str| Project { id: id.into(), cost: 100, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 1_000,
/// #     ["N0", "N1", "N2", "N3", "N4", "N5", "N6", "S0", "S1", "S2", "S3"].map(project).to_vec())?;
/// // Six voters want the seven projects of the North, four voters the four of the South; each project costs 100.
/// for _ in 0..6 { election.approve(&["N0", "N1", "N2", "N3", "N4", "N5", "N6"])?; }
/// for _ in 0..4 { election.approve(&["S0", "S1", "S2", "S3"])?; }
/// let outcome = equal_shares(
///     &election, Utility::Cost, Completion::default(), &TieBreak::Recommended, &Control::default())?;
/// // Each side decides about its share of 1,000: 600 and 400.
/// let north = outcome.winner_ids(&election).iter().filter(|id| id.starts_with('N')).count();
/// assert_eq!((north, outcome.winners.len()), (6, 10));
/// assert!(outcome.exact);
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// No ballot, a utility that these ballots do not give, or a cancelled count.
pub fn equal_shares(
    election: &Election,
    utility: Utility,
    completion: Completion,
    tie: &TieBreak,
    control: &Control<'_>,
) -> Result<Outcome, CountError> {
    constrained(election, utility, completion, tie, control, &Constraints::default())
}

/// What clauses add to Equal Shares.
#[derive(Default)]
pub(crate) struct Constraints {
    /// Bought first, in this order; supporters who cannot pay the whole pay all they have.
    pub(crate) forced: Vec<(usize, String)>,
    /// Never more than this.
    pub(crate) limits: Vec<Limit>,
    /// Never selected.
    pub(crate) excluded: Vec<bool>,
    /// The money shared between voters; the envelope of the vote when absent.
    pub(crate) shared: Option<u64>,
}

pub(crate) fn constrained(
    election: &Election,
    utility: Utility,
    completion: Completion,
    tie: &TieBreak,
    control: &Control<'_>,
    constraints: &Constraints,
) -> Result<Outcome, CountError> {
    utility.check(election, &format!("mes_{}", utility.name()))?;
    let profile = Profile::new(election, utility)?;
    let ranks = tie.ranks(election);
    let mut runner = Runner::new(&profile, &ranks, constraints, control);
    let (added, order, stop) = match completion.add1 {
        None => (0, runner.at(0)?, None),
        Some(when) => {
            let (added, order, stop) = Add1 { runner: &mut runner, when, control }.search()?;
            (added, order, Some(stop))
        }
    };
    let runs = runner.runs;
    let certificate = runner.certificate.clone();
    let mut outcome = certified(&profile, &runner, added, &order, certificate, control)?;
    let share = runner.endowment(added) / BigInt::from(election.unit());
    let exact_value = share.to_string();
    outcome.increments = stop.map(|stop| Increments { added, per_voter: exact_value.clone(), stop, runs });
    let (value, increments) = (share.to_f64().unwrap_or(f64::MAX), outcome.increments.clone());
    outcome.shares = vec![Share { first_round: 0, value, exact_value, increments }];
    if let Some(order) = completion.fill {
        let rest =
            Filling { limits: &constraints.limits, excluded: &constraints.excluded, envelope: runner.envelope() };
        fill(election, order, tie, &rest, &mut outcome);
    }
    Ok(outcome)
}

/// What a greedy filling respects.
pub(crate) struct Filling<'f> {
    pub(crate) limits: &'f [Limit],
    pub(crate) excluded: &'f [bool],
    pub(crate) envelope: u64,
}

/// Completes an outcome greedily with what is left of the envelope.
pub(crate) fn fill(election: &Election, order: Order, tie: &TieBreak, rest: &Filling<'_>, outcome: &mut Outcome) {
    // « Votes » in the name of a rule: what these ballots count, as in the reference outcomes.
    let order = match order {
        Order::Score(_) => Order::Score(Score::usual(election.kind)),
        Order::ScorePerCost => Order::ScorePerCost,
    };
    let mut ranking = Ranking::new(election, order, None, tie);
    ranking.order.retain(|&project| !rest.excluded.get(project).copied().unwrap_or(false));
    let left = rest.envelope.saturating_sub(outcome.total);
    let before = outcome.rounds.len();
    ranking.fill(election, Misfit::Skip, left, &mut outcome.rounds, Some(rest.limits));
    for round in &mut outcome.rounds[before..] {
        round.phase = Phase::Completion;
    }
    outcome.winners = outcome.rounds.iter().map(|round| round.project).collect();
    outcome.total = election.cost_of(outcome.winners.iter().copied());
}

/// Every price of the final run as a fraction.
fn certified(
    profile: &Profile<'_>,
    runner: &Runner<'_, '_>,
    added: u64,
    order: &[Selection],
    mut certificate: Certificate,
    control: &Control<'_>,
) -> Result<Outcome, CountError> {
    let mut exact = Exact::new(profile, &runner.endowment(added));
    let votes = profile.election.votes();
    let mut rounds = Vec::with_capacity(order.len());
    for selection in order {
        control.check()?;
        let bought = exact.buy(selection.project);
        let unit = u128::from(profile.scale(selection.project)) * u128::from(profile.measure_unit());
        let price = bought.price.map(|price| shown(price.numer(), &(price.denom() * unit)));
        let bits = price.as_ref().map_or(0, |price| price.bits);
        certificate.denominator_bits = certificate.denominator_bits.max(bits);
        let figure = price.map_or((f64::INFINITY, None), |price| (price.value, Some(price.text)));
        rounds.push(Round {
            exhausted: bought.exhausted,
            tied: selection.tied,
            phase: if selection.clause.is_some() { Phase::Floor } else { Phase::General },
            clause: selection.clause.map(|position| runner.clause(position).to_owned()),
            ..Round::new(selection.project, votes[selection.project], Measure::Price, figure)
        });
    }
    certificate.ties = ties(&rounds);
    Ok(Outcome::new(profile.election, rounds, true, certificate))
}

/// Completion by increments.
struct Add1<'s, 'r, 'p, 'c> {
    runner: &'s mut Runner<'r, 'p>,
    when: StopWhen,
    control: &'c Control<'c>,
}

impl Add1<'_, '_, '_, '_> {
    fn search(self) -> Result<(u64, Vec<Selection>, Stop), CountError> {
        let mut kept = self.runner.at(0)?;
        if self.finished(&kept) {
            return Ok((0, kept, Stop::Exhaustive));
        }
        let mut at: u64 = 0;
        let mut ends = Ends::new();
        loop {
            self.control.check()?;
            let end = ends.next(at);
            let found = if end == at + 1 { Ok(self.runner.at(end)?) } else { self.runner.between(at + 1, end) };
            let order = match found {
                Ok(order) => order,
                Err(unproved) => {
                    ends.refuse(at, end, unproved.near);
                    continue;
                }
            };
            let total = self.runner.total(&order);
            if total > self.runner.envelope() {
                return Ok((at, kept, Stop::Overspend));
            }
            if self.finished(&order) {
                // The ties of a range are those of its end.
                let order = if end == at + 1 { order } else { self.runner.at(at + 1)? };
                return Ok((at + 1, order, Stop::Exhaustive));
            }
            let same =
                order.iter().map(|selection| selection.project).eq(kept.iter().map(|selection| selection.project));
            ends.proved(end - at, same);
            kept = order;
            at = end;
            self.control.tell(Progress::Increments { added: at, runs: self.runner.runs, spent: total })?;
        }
    }

    fn finished(&self, order: &[Selection]) -> bool {
        match self.when {
            StopWhen::Overspend => self.runner.all_supported(order),
            StopWhen::Exhaustive => self.runner.exhaustive(order),
        }
    }
}

/// Ends of the ranges of increments to prove.
///
/// Where selections change every few increments, a range is refused as often as not, and costs two runs: increments are then
/// counted one by one until some of them change nothing.
struct Ends {
    /// Ranges refused, to be tried again when what comes before them is proved: the nearest last.
    refused: Vec<u64>,
    /// Length of the next range when none waits.
    wide: u64,
    /// Ranges refused in a row, and since none waited.
    failures: u32,
    pieces: u32,
    /// The last range refused seemed to change after its first share.
    alone: bool,
    /// Increments since the selections changed, and how many there are usually between two changes.
    steady: u64,
    usual: u64,
}

impl Ends {
    fn new() -> Self {
        let (wide, usual) = (SHORTEST / 2, SHORTEST);
        Self { refused: Vec::new(), wide, failures: 0, pieces: 0, alone: false, steady: 0, usual }
    }

    /// The next end to try, after the increments proved so far.
    fn next(&mut self, proved: u64) -> u64 {
        while self.refused.pop_if(|end| *end <= proved).is_some() {}
        if self.usual < WORTHWHILE && self.steady < WORTHWHILE {
            return proved + 1;
        }
        let end = self.refused.last().copied().unwrap_or_else(|| {
            match self.pieces {
                0..=2 => self.wide = (self.wide * 2).min(LONGEST),
                3..=8 => {}
                _ => self.wide = (self.wide / 2).max(SHORTEST),
            }
            self.pieces = 0;
            self.refused.push(proved + self.wide);
            proved + self.wide
        });
        if end - proved < WORTHWHILE && self.usual < 4 * WORTHWHILE { proved + 1 } else { end }
    }

    /// So many more increments are proved, with the same selections as before or not.
    fn proved(&mut self, increments: u64, same: bool) {
        self.failures = 0;
        if same {
            self.steady += increments;
            self.usual = self.usual.max(self.steady);
        } else {
            self.usual = (3 * self.usual + self.steady) / 4;
            self.steady = increments;
        }
    }

    /// Try first up to the change of the selections, when it can be told; every third time by half, should it be told
    /// badly.
    fn refuse(&mut self, proved: u64, end: u64, near: Option<u64>) {
        self.failures += 1;
        self.pieces += 1;
        let length = end - proved;
        let half = length / 2;
        // Prices equal at the lower end change there, or stay equal for a while: the second time, it is the latter.
        let near = near.filter(|near| *near > 0 || !self.alone);
        self.alone = near == Some(0) || (near.is_none() && self.alone);
        let told = near.map_or(half, |near| near + 1).clamp(1, length - 1);
        let told = if self.failures.is_multiple_of(3) { told.min(half) } else { told };
        self.refused.push(proved + told);
    }
}

/// Shorter ranges are counted one increment after the other.
const WORTHWHILE: u64 = 6;
/// Shortest range tried first: long enough to be worth a proof with integers.
const SHORTEST: u64 = 8;
/// Longest range of increments: far from the limits of 64 bits.
const LONGEST: u64 = 1 << 50;
