//! Greedy rules: sort the projects, take what fits.
//!
//! **Definition.** Sort by score, or by score per unit of money, ties by the rule for ties. In this order, take each project
//! that fits in what is left of the envelope; skip the others, or stop at the first. Not proportional.
//!
//! **Source.** The usual rule of participatory budgets; its variants are those of the `rule` key of Pabulib.
//!
//! **Cost.** `O(m log m)` for `m` projects, after one pass over the ballots.

use std::cmp::{Ordering, Reverse};

use crate::election::{BallotKind, Election};
use crate::error::CountError;
use crate::limits::{Allowance, Limit};
use crate::outcome::{Certificate, Measure, Outcome, Round};
use crate::tie::TieBreak;

/// What is counted for each project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Score {
    /// Ballots that name it.
    Votes,
    /// Sum of its points (for approvals, the same as votes).
    Points,
}

/// The order of the projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Highest score first.
    Score(Score),
    /// Highest score per unit of money first. Favours cheap projects.
    ScorePerCost,
}

/// What happens when a project does not fit in what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Misfit {
    /// Skip it and try the next one.
    Skip,
    /// Stop there.
    Stop,
}

impl Score {
    /// The score of each project.
    #[must_use]
    pub fn of(self, election: &Election) -> Vec<u64> {
        match self {
            Self::Votes => election.votes(),
            Self::Points => election.points(),
        }
    }

    /// The usual score of this kind of ballot: votes for approvals, points otherwise.
    #[must_use]
    pub fn usual(kind: BallotKind) -> Self {
        if kind.has_points() || kind == BallotKind::Ordinal { Self::Points } else { Self::Votes }
    }
}

/// Greedy selection. A project without votes, or under `threshold`, is never taken.
///
/// ```
/// use vote::rules::greedy::{Misfit, Order, Score, greedy};
/// # use vote::{BallotKind, Election, Project, TieBreak};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 1_000,
/// #     vec![project("bancs", 600), project("four", 500), project("nichoirs", 100)])?;
/// # for ballot in [&["bancs"][..], &["bancs", "four"], &["four", "nichoirs"], &["bancs"]] { election.approve(ballot)?; }
/// let outcome = greedy(&election, Order::Score(Score::Votes), Misfit::Skip, None, &TieBreak::Recommended)?;
/// // « four » (500) does not fit in the 400 left; « nichoirs » does.
/// assert_eq!(outcome.winner_ids(&election), ["bancs", "nichoirs"]);
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// [`CountError::NoBallots`].
pub fn greedy(
    election: &Election,
    order: Order,
    misfit: Misfit,
    threshold: Option<u64>,
    tie: &TieBreak,
) -> Result<Outcome, CountError> {
    election.check_ballots()?;
    let ranking = Ranking::new(election, order, threshold, tie);
    let mut rounds = Vec::new();
    ranking.fill(election, misfit, election.budget, &mut rounds, None);
    let certificate = Certificate::by_integers(&rounds);
    Ok(Outcome::new(election, rounds, true, certificate))
}

/// Projects in the greedy order, without those that nobody supports.
#[derive(Clone)]
pub(crate) struct Ranking {
    pub(crate) order: Vec<usize>,
    pub(crate) scores: Vec<u64>,
    votes: Vec<u64>,
    kind: Order,
}

impl Ranking {
    pub(crate) fn new(election: &Election, kind: Order, threshold: Option<u64>, tie: &TieBreak) -> Self {
        let votes = election.votes();
        let scores = match kind {
            Order::Score(score) => score.of(election),
            Order::ScorePerCost => Score::usual(election.kind).of(election),
        };
        let ranks = tie.ranks(election);
        let mut order: Vec<usize> = (0..election.projects.len())
            .filter(|&project| scores[project] > 0 && threshold.is_none_or(|least| scores[project] >= least))
            .collect();
        let compare = |a: usize, b: usize| compare(kind, election, &scores, a, b);
        order.sort_by(|&a, &b| compare(a, b).then(ranks[a].cmp(&ranks[b])));
        Self { order, scores, votes, kind }
    }

    /// Takes what fits in `left`, in order; limits and projects already in `rounds` are respected.
    pub(crate) fn fill(
        &self,
        election: &Election,
        misfit: Misfit,
        mut left: u64,
        rounds: &mut Vec<Round>,
        limits: Option<&[Limit]>,
    ) -> u64 {
        let mut allowance = Allowance::new(limits.unwrap_or(&[]), election.projects.len());
        let mut taken = vec![false; election.projects.len()];
        for round in rounds.iter() {
            taken[round.project] = true;
            allowance.take(round.project, election.projects[round.project].cost);
        }
        for &project in &self.order {
            let cost = election.projects[project].cost;
            if taken[project] || !allowance.allows(project, cost) {
                continue;
            }
            if cost <= left {
                left -= cost;
                allowance.take(project, cost);
                rounds.push(self.round(election, project));
            } else if misfit == Misfit::Stop {
                break;
            }
        }
        left
    }

    pub(crate) fn round(&self, election: &Election, project: usize) -> Round {
        // The order is sorted: those equal stand together.
        let compare = |other: &usize| compare(self.kind, election, &self.scores, *other, project);
        let first = self.order.partition_point(|other| compare(other) == Ordering::Less);
        let last = self.order.partition_point(|other| compare(other) != Ordering::Greater);
        let (score, cost) = (self.scores[project], election.projects[project].cost);
        let (value, exact_value, measure) = match self.kind {
            Order::Score(_) => (to_f64(score), score.to_string(), Measure::Score),
            Order::ScorePerCost => {
                let per_unit = to_f64(score) * to_f64(election.unit()) / to_f64(cost);
                (per_unit, format!("{score}/{}", election.amount(cost)), Measure::ScorePerCost)
            }
        };
        Round { tied: last - first, ..Round::new(project, self.votes[project], measure, (value, Some(exact_value))) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "amounts and scores stay below 2⁵³")]
pub(crate) fn to_f64(value: u64) -> f64 {
    value as f64
}

fn compare(kind: Order, election: &Election, scores: &[u64], a: usize, b: usize) -> Ordering {
    match kind {
        Order::Score(_) => Reverse(scores[a]).cmp(&Reverse(scores[b])),
        Order::ScorePerCost => {
            let side = |x: usize, y: usize| u128::from(scores[x]) * u128::from(election.projects[y].cost);
            side(b, a).cmp(&side(a, b))
        }
    }
}
