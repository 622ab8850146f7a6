//! Knapsack optimum: the set of projects of highest total score in the envelope.
//!
//! **Definition.** Maximise `Σ_c Σ_i u_i(c)` subject to `Σ_c cost(c) ≤ B`. Not proportional.
//!
//! **Source.** Nemhauser and Ullmann (1969): the undominated (cost, score) pairs, project by project, pruned by the
//! fractional bound of Dantzig. Exact, on integers.
//!
//! **Which optimum.** When several sets have the highest score, projects are taken in the order of the rule for ties: a
//! project is taken as soon as some optimal set holds it with those taken before and without those left out before. The
//! result is the first optimal set in this lexicographic order, whatever the order of the search. A round whose project was
//! in one optimal set and out of another is counted in `certificate.ties`.
//!
//! **Cost.** `O(m · pairs)` for `m` projects, where the number of undominated pairs, at most `min(2^m, B + 1)` in units of
//! money, depends on the vote: past [`STATES`] the rule refuses, so that memory stays under some hundreds of megabytes. Then one
//! search of the same kind for each project whose fractional bound reaches the optimum with it, or without it: seldom more
//! than a few.

use std::cmp::Reverse;

use crate::control::{Control, Progress};
use crate::election::Election;
use crate::error::CountError;
use crate::outcome::{Certificate, Outcome, Round};
use crate::profile::Utility;
use crate::rules::greedy::Score;
use crate::tie::TieBreak;

/// Most undominated pairs kept at once.
pub const STATES: usize = 4_000_000;

#[derive(Clone, Copy)]
struct Item {
    project: usize,
    cost: u64,
    score: u128,
}

#[derive(Clone, Copy)]
struct State {
    cost: u64,
    score: u128,
    /// Position in the trail, plus one; 0 for the empty set.
    trail: usize,
}

/// The set of highest total score.
///
/// ```
/// use vote::rules::knapsack::knapsack;
/// # use vote::{BallotKind, Control, Election, Project, TieBreak, Utility};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 1_000,
/// #     vec![project("gros", 1_000), project("a", 500), project("b", 500)])?;
/// # for ballot in [&["gros"][..], &["gros", "a"], &["gros", "b"], &["a", "b"]] { election.approve(ballot)?; }
/// let outcome = knapsack(&election, Utility::Cardinality, &TieBreak::Recommended, &Control::default())?;
/// assert_eq!(outcome.welfare, Some(4)); // « a » and « b », two votes each
/// assert_eq!(outcome.winner_ids(&election), ["a", "b"]);
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// No ballot, a cancelled count, or a vote too large for the method.
pub fn knapsack(
    election: &Election,
    utility: Utility,
    tie: &TieBreak,
    control: &Control<'_>,
) -> Result<Outcome, CountError> {
    utility.check(election, &format!("knapsack_optimum_{}", utility.name()))?;
    election.check_ballots()?;
    let ranks = tie.ranks(election);
    let items = items(election, utility, &ranks);
    let (welfare, chosen) = solve(&items, election.budget, None, control)?;
    let chosen = Lexicographic { items, left: election.budget, missing: welfare, control }.choose(chosen, &ranks)?;
    let votes = election.votes();
    let round = |&(project, tied): &(usize, usize)| Round::of_a_whole(project, votes[project], tied);
    let rounds: Vec<Round> = chosen.iter().map(round).collect();
    let certificate = Certificate::by_integers(&rounds);
    let mut outcome = Outcome::new(election, rounds, true, certificate);
    outcome.welfare = Some(welfare);
    Ok(outcome)
}

/// The choice of one set among the optimal ones.
struct Lexicographic<'c> {
    /// Projects not decided yet.
    items: Vec<Item>,
    /// Money left by those taken.
    left: u64,
    /// Score that the projects not decided yet must reach.
    missing: u128,
    control: &'c Control<'c>,
}

impl Lexicographic<'_> {
    /// From one optimal set, the first one by rank; with 2 where another optimal set leaves the project out, 1 elsewhere.
    fn choose(mut self, mut known: Vec<usize>, ranks: &[usize]) -> Result<Vec<(usize, usize)>, CountError> {
        let mut by_rank = self.items.clone();
        by_rank.sort_by_key(|item| ranks[item.project]);
        let mut taken = Vec::new();
        for item in by_rank {
            self.items.retain(|other| other.project != item.project);
            let (with, without) = if known.contains(&item.project) {
                (Some(known.clone()), self.reached(self.left, self.missing)?)
            } else {
                (self.with(item)?, Some(known.clone()))
            };
            if let Some(with) = with {
                taken.push((item.project, if without.is_some() { 2 } else { 1 }));
                self.left -= item.cost;
                self.missing -= item.score;
                known = with;
            }
        }
        Ok(taken)
    }

    /// An optimal set of the projects not decided yet, with this one.
    fn with(&self, item: Item) -> Result<Option<Vec<usize>>, CountError> {
        match (self.left.checked_sub(item.cost), self.missing.checked_sub(item.score)) {
            (Some(left), Some(missing)) => self.reached(left, missing),
            _ => Ok(None),
        }
    }

    /// A set of the projects not decided yet that costs at most `left` and has this score, when there is one.
    fn reached(&self, left: u64, score: u128) -> Result<Option<Vec<usize>>, CountError> {
        if bound(State { cost: 0, score: 0, trail: 0 }, &self.items, left) < score {
            return Ok(None);
        }
        let (best, chosen) = solve(&self.items, left, Some(score), self.control)?;
        Ok((best == score).then_some(chosen))
    }
}

/// Best score per unit of money first.
fn items(election: &Election, utility: Utility, ranks: &[usize]) -> Vec<Item> {
    let points = match utility {
        Utility::Points | Utility::Positional => Score::Points.of(election),
        Utility::BordaZeroLast => {
            let votes = election.votes();
            election.points().iter().zip(votes).map(|(points, votes)| points - votes).collect()
        }
        Utility::Cost | Utility::Cardinality => Score::Votes.of(election),
    };
    let mut items: Vec<Item> = (0..election.projects.len())
        .filter(|&project| points[project] > 0 && election.projects[project].cost <= election.budget)
        .map(|project| {
            let cost = election.projects[project].cost;
            let factor = if utility == Utility::Cost { u128::from(cost) } else { 1 };
            Item { project, cost, score: u128::from(points[project]) * factor }
        })
        .collect();
    items.sort_by(|a, b| {
        let left = a.score * u128::from(b.cost);
        let right = b.score * u128::from(a.cost);
        right.cmp(&left).then(ranks[a.project].cmp(&ranks[b.project]))
    });
    items
}

/// The highest score and a set that has it; with `wanted`, only if this score is reached, and without telling where it stands.
fn solve(
    items: &[Item],
    budget: u64,
    wanted: Option<u128>,
    control: &Control<'_>,
) -> Result<(u128, Vec<usize>), CountError> {
    let mut states = vec![State { cost: 0, score: 0, trail: 0 }];
    let mut trail: Vec<(usize, usize)> = Vec::new();
    let mut known = filled(items, budget).max(wanted.unwrap_or(0));
    for (position, item) in items.iter().enumerate() {
        match wanted {
            None => control.tell(Progress::Search { done: position as u64, of: items.len() as u64 })?,
            Some(_) => control.check()?,
        }
        let mut merged: Vec<State> = Vec::with_capacity(2 * states.len());
        let with =
            |state: &State| State { cost: state.cost + item.cost, score: state.score + item.score, trail: usize::MAX };
        let (mut old, mut new) = (0, 0);
        // Both lists are sorted by cost; only pairs of growing score survive.
        while old < states.len() || new < states.len() {
            control.check_at(old + new)?;
            let without = states.get(old);
            let candidate = states.get(new).map(with);
            let take_new = match (without, &candidate) {
                (Some(a), Some(b)) => (b.cost, Reverse(b.score)) < (a.cost, Reverse(a.score)),
                (None, _) => true,
                (_, None) => false,
            };
            let (mut state, parent) = if take_new {
                let parent = states[new].trail;
                new += 1;
                match candidate {
                    Some(state) => (state, parent),
                    None => break,
                }
            } else {
                old += 1;
                match without {
                    Some(state) => (*state, 0),
                    None => break,
                }
            };
            if state.cost > budget || merged.last().is_some_and(|last| last.score >= state.score) {
                continue;
            }
            if bound(state, &items[position + 1..], budget) < known {
                continue;
            }
            if take_new {
                trail.push((position, parent));
                state.trail = trail.len();
            }
            known = known.max(state.score);
            merged.push(state);
        }
        states = merged;
        if states.len() > STATES || trail.len() > 20 * STATES {
            return Err(CountError::TooLarge("l’optimum demande trop de mémoire sur ce vote."));
        }
    }
    let best = states.iter().max_by_key(|state| state.score).copied().unwrap_or(State { cost: 0, score: 0, trail: 0 });
    let mut chosen = Vec::new();
    let mut at = best.trail;
    while at > 0 {
        let (position, parent) = trail[at - 1];
        chosen.push(items[position].project);
        at = parent;
    }
    chosen.reverse();
    Ok((best.score, chosen))
}

/// Score of the greedy filling: a first lower bound.
fn filled(items: &[Item], budget: u64) -> u128 {
    let mut left = budget;
    let mut score = 0;
    for item in items {
        if item.cost <= left {
            left -= item.cost;
            score += item.score;
        }
    }
    score
}

/// No completion of this state does better: the last project is cut.
fn bound(state: State, rest: &[Item], budget: u64) -> u128 {
    let mut left = budget - state.cost;
    let mut score = state.score;
    for item in rest {
        if item.cost > left {
            return score + item.score * u128::from(left) / u128::from(item.cost);
        }
        left -= item.cost;
        score += item.score;
    }
    score
}
