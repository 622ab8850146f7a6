//! Why this result: for each project, for the voters, and against other rules.
//!
//! ```
//! use vote::explain::{Motive, compare, motives, payments, satisfaction, sensitivity};
//! # use vote::{BallotKind, Control, Election, Project, Rule, TieBreak};
//! # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
//! # let mut election = Election::new(BallotKind::Approval, 1_000,
//! #     vec![project("bancs", 600), project("four", 500), project("serre", 300)])?;
//! # for ballot in [&["bancs"][..], &["bancs", "four"], &["four"], &["serre"]] { election.approve(ballot)?; }
//! let (rule, tie, control) = (Rule::from_name("mes_cost")?, TieBreak::Recommended, Control::default());
//! let outcome = rule.count(&election, &tie, &control)?;
//! // Each of the four voters has 250. Two of them pay « four », 250 each; no other project can be paid.
//! assert_eq!(outcome.winner_ids(&election), ["four"]);
//! let payers = &payments(&election, rule, &outcome)?[0][0];
//! assert_eq!((payers.voters, payers.paid.most, payers.left.most), (2, 250.0, 0.0));
//! // « bancs » costs more than the 500 that are left; « serre » would fit: its only supporter cannot pay it.
//! let why = motives(&election, rule, &[], &outcome);
//! assert_eq!(why[0], Some(Motive::NoRoom { left: 500, asked: 600 }));
//! assert_eq!(why[2], Some(Motive::NotReached { left: 500, asked: 300 }));
//! // Half of the voters have a winner.
//! assert_eq!(satisfaction(&election, &outcome).histogram, [2, 2]);
//! // Without the third ballot, each voter has 333: « bancs » and « serre » win, « four » does not.
//! let recount = |changed: &Election| rule.count(changed, &tie, &control);
//! let changed = sensitivity(&election, &outcome, &[2], &recount)?;
//! assert_eq!((changed.gained, changed.lost), (vec![0, 2], vec![1]));
//! // The most votes give another result.
//! let greedy = compare(&election, &[Rule::from_name("greedy_votes")?], &tie, &control)?.remove(0).result?.0;
//! assert_eq!(greedy.winner_ids(&election), ["four", "serre"]);
//! # Ok::<(), vote::CountError>(())
//! ```

mod motives;
mod payments;
mod shortfall;

pub use motives::{Motive, motives};
pub(crate) use payments::followed;
pub use payments::{Payment, Span, payments};
pub use shortfall::{Missing, Recount, Shortfall, shortfall};

use crate::control::{Control, Progress};
use crate::election::{Choice, Election};
use crate::error::CountError;
use crate::outcome::Outcome;
use crate::rule::Rule;
use crate::rules::greedy::to_f64;
use crate::tie::TieBreak;

/// What the supporters of a project could still pay at the end of a count by Equal Shares, over its cost.
///
/// `None` for the winners, and for the other rules: the literature defines it where voters hold money. For greedy rules,
/// Phragmén and maximin support, [`shortfall`] says how far a project was. Doubles: an explanation, never a decision.
///
/// ```
/// use vote::explain::effective_support;
/// # use vote::{BallotKind, Control, Election, Project, Rule, TieBreak};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 900, vec![project("bancs", 600), project("four", 500)])?;
/// # for ballot in [&["bancs", "four"][..], &["bancs"], &["four"]] { election.approve(ballot)?; }
/// // Three voters have 300 each. Two give it all to « bancs »; the other supporter of « four » keeps 300, and it costs 500.
/// let rule = Rule::from_name("mes_cost")?;
/// let outcome = rule.count(&election, &TieBreak::Lexico, &Control::default())?;
/// assert_eq!(outcome.winner_ids(&election), ["bancs"]);
/// assert_eq!(effective_support(&election, rule, &outcome), [None, Some(0.6)]);
/// # Ok::<(), vote::CountError>(())
/// ```
#[must_use]
pub fn effective_support(election: &Election, rule: Rule, outcome: &Outcome) -> Vec<Option<f64>> {
    let followed = followed(election, rule, outcome);
    let left = followed.map_or(Vec::new(), |(_, left)| left);
    support_over_cost(election, rule, outcome, &left)
}

/// [`effective_support`], from what the supporters of each project have left.
pub(crate) fn support_over_cost(election: &Election, rule: Rule, outcome: &Outcome, left: &[f64]) -> Vec<Option<f64>> {
    let holds_money = matches!(rule, Rule::EqualShares { .. });
    let over_cost = |(project, won): (usize, bool)| {
        let cost = to_f64(election.projects[project].cost) / to_f64(election.unit());
        left.get(project).filter(|_| holds_money && !won).map(|left| left / cost)
    };
    won(election, outcome).into_iter().enumerate().map(over_cost).collect()
}

/// How an outcome serves the voters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Satisfaction {
    /// Ballots in all.
    pub ballots: u64,
    /// Ballots with at least one funded project.
    pub with_a_winner: u64,
    /// Number of ballots with 0, 1, 2… funded projects.
    pub histogram: Vec<u64>,
}

impl Satisfaction {
    fn add(&mut self, winners: usize, weight: u64) {
        self.ballots += weight;
        self.with_a_winner += if winners > 0 { weight } else { 0 };
        if self.histogram.len() <= winners {
            self.histogram.resize(winners + 1, 0);
        }
        self.histogram[winners] += weight;
    }
}

fn winners_of(election: &Election, won: &[bool], ballot: &[Choice]) -> usize {
    let won = |choice: &&Choice| election.kind.supports(**choice) && won.get(choice.project as usize) == Some(&true);
    ballot.iter().filter(won).count()
}

fn won(election: &Election, outcome: &Outcome) -> Vec<bool> {
    let mut won = vec![false; election.projects.len()];
    for &project in &outcome.winners {
        won[project] = true;
    }
    won
}

/// Satisfaction of all voters.
#[must_use]
pub fn satisfaction(election: &Election, outcome: &Outcome) -> Satisfaction {
    let won = won(election, outcome);
    let mut all = Satisfaction::default();
    for (ballot, weight) in election.ballots.iter() {
        all.add(winners_of(election, &won, ballot), weight);
    }
    all
}

/// Satisfaction in each territory; `territory_of` gives the territory of each ballot, in order, among `count`.
#[must_use]
pub fn satisfaction_by_territory(
    election: &Election,
    outcome: &Outcome,
    territory_of: &[u32],
    count: usize,
) -> Vec<Satisfaction> {
    let won = won(election, outcome);
    let winners: Vec<usize> = election.ballots.iter().map(|(ballot, _)| winners_of(election, &won, ballot)).collect();
    let mut territories = vec![Satisfaction::default(); count];
    for (group, territory) in election.ballots.group_of().iter().zip(territory_of) {
        if let Some(satisfaction) = territories.get_mut(*territory as usize) {
            satisfaction.add(winners[*group as usize], 1);
        }
    }
    territories
}

/// The result with and without a set of ballots.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// How many ballots were left out.
    pub ballots: u64,
    /// The result without them.
    pub without: Outcome,
    /// Projects that win only without them.
    pub gained: Vec<usize>,
    /// Projects that win only with them.
    pub lost: Vec<usize>,
}

/// Counts again without some ballots (given by their order): do the winners change?
///
/// # Errors
/// What the rule refuses.
pub fn sensitivity(
    election: &Election,
    with: &Outcome,
    doubtful: &[usize],
    recount: &Recount<'_>,
) -> Result<Sensitivity, CountError> {
    let without = recount(&election.without_ballots(doubtful))?;
    let only = |a: &Outcome, b: &Outcome| a.winners.iter().copied().filter(|p| !b.winners.contains(p)).collect();
    Ok(Sensitivity {
        ballots: doubtful.len() as u64,
        gained: only(&without, with),
        lost: only(with, &without),
        without,
    })
}

/// One line of a comparison of rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The rule.
    pub rule: Rule,
    /// Its result, and how it serves the voters; or why it does not apply.
    pub result: Result<(Outcome, Satisfaction), CountError>,
}

/// The same ballots under several rules.
///
/// # Errors
/// A cancelled count, or an empty vote.
pub fn compare(
    election: &Election,
    rules: &[Rule],
    tie: &TieBreak,
    control: &Control<'_>,
) -> Result<Vec<Compared>, CountError> {
    let line = |&rule: &Rule| match rule.count(election, tie, control) {
        Err(stop @ (CountError::Cancelled | CountError::NoBallots)) => Err(stop),
        counted => {
            let result = counted.map(|outcome| {
                let satisfaction = satisfaction(election, &outcome);
                (outcome, satisfaction)
            });
            Ok(Compared { rule, result })
        }
    };
    let told = |(position, rule): (usize, &Rule)| {
        control.tell(Progress::Recounts { done: position as u64 })?;
        line(rule)
    };
    rules.iter().enumerate().map(told).collect()
}
