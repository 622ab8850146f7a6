//! Why this result: for each project, for the voters, and against other rules.

mod payments;

pub use payments::{Payment, Span, payments};

use crate::control::Control;
use crate::election::{Choice, Election};
use crate::error::CountError;
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::rule::Rule;
use crate::rules::greedy::to_f64;
use crate::tie::TieBreak;

/// What the supporters of a project could still pay at the end of a count by Equal Shares, over its cost.
///
/// `None` for the winners, and for the other rules. Doubles: an explanation, never a decision.
#[must_use]
pub fn effective_support(election: &Election, rule: Rule, outcome: &Outcome) -> Vec<Option<f64>> {
    let none = vec![None; election.projects.len()];
    let Rule::EqualShares { utility, .. } = rule else { return none };
    let Ok(profile) = Profile::new(election, utility) else { return none };
    let budgets = payments::replay(&profile, outcome, |_| ());
    (0..election.projects.len())
        .map(|project| {
            let left: f64 = profile
                .supporters(project)
                .iter()
                .map(|supporter| f64::from(supporter.weight) * budgets[supporter.group as usize])
                // From zero: the sum of nothing is otherwise a negative zero.
                .fold(0.0, |sum, money| sum + money);
            let cost = to_f64(profile.cost(project)) / to_f64(election.unit());
            (!outcome.winners.contains(&project)).then(|| left / cost)
        })
        .collect()
}

/// Why a project is not among the winners. Amounts are in the smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motive {
    /// Nobody supports it.
    Unsupported,
    /// It costs more than the whole envelope.
    LargerThanEnvelope,
    /// It costs more than what is left of the envelope at the end.
    NoRoom {
        /// What is left.
        left: u64,
        /// Its cost.
        asked: u64,
    },
    /// It would fit: the rule, a clause or its supporters, who cannot pay it (see [`effective_support`]), kept it out.
    NotReached {
        /// What is left.
        left: u64,
        /// Its cost.
        asked: u64,
    },
}

impl Motive {
    /// The word used in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unsupported => "unsupported",
            Self::LargerThanEnvelope => "larger_than_envelope",
            Self::NoRoom { .. } => "no_room",
            Self::NotReached { .. } => "not_reached",
        }
    }
}

/// Why each project is not among the winners; `None` for the winners.
#[must_use]
pub fn motives(election: &Election, outcome: &Outcome) -> Vec<Option<Motive>> {
    let left = election.budget.saturating_sub(outcome.total);
    let votes = election.votes();
    let motive = |project: usize| {
        let asked = election.projects[project].cost;
        match () {
            () if votes[project] == 0 => Motive::Unsupported,
            () if asked > election.budget => Motive::LargerThanEnvelope,
            () if asked > left => Motive::NoRoom { left, asked },
            () => Motive::NotReached { left, asked },
        }
    };
    (0..election.projects.len()).map(|project| (!outcome.winners.contains(&project)).then(|| motive(project))).collect()
}

/// How a vote is counted again when something changes: rule, ties and clauses are those of the count explained.
pub type Recount<'c> = dyn Fn(&Election) -> Result<Outcome, CountError> + 'c;

/// The smallest changes found that would have made a project win, each alone, checked by counting again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shortfall {
    /// More ballots that name only this project.
    pub votes: Option<u64>,
    /// The highest lower cost, in the smallest unit.
    pub cost: Option<u64>,
    /// The smallest larger envelope, in the smallest unit.
    pub budget: Option<u64>,
}

/// What a project that lost was missing. The rule is run again some dozens of times.
///
/// The search doubles, then halves: when a rule is not monotone the change found works, and a smaller one might.
///
/// # Errors
/// What the rule refuses, or a cancelled count.
pub fn shortfall(election: &Election, project: usize, recount: &Recount<'_>) -> Result<Shortfall, CountError> {
    let wins = |changed: &Election| Ok(recount(changed)?.winners.contains(&project));
    if wins(election)? {
        return Ok(Shortfall::default());
    }
    let cost = election.projects[project].cost;
    let points = election.ballots.iter().flat_map(|(ballot, _)| ballot).map(|choice| choice.points).max().unwrap_or(1);
    let voter = [Choice { project: u32::try_from(project).unwrap_or(u32::MAX), points }];
    let votes = smallest(1_u64.max(4 * election.ballots.total()), |more| {
        let mut changed = election.clone();
        changed.ballots.push_many(&voter, more);
        wins(&changed)
    })?;
    let discount = smallest(cost.saturating_sub(1), |less| {
        let mut changed = election.clone();
        changed.projects[project].cost = cost - less;
        wins(&changed)
    })?;
    let total = election.cost_of(0..election.projects.len());
    let budget = smallest(total, |more| {
        let mut changed = election.clone();
        changed.budget += more;
        wins(&changed)
    })?;
    Ok(Shortfall { votes, cost: discount.map(|less| cost - less), budget: budget.map(|more| election.budget + more) })
}

/// The smallest value from 1 to `most` that passes, if the test is monotone.
fn smallest(most: u64, mut test: impl FnMut(u64) -> Result<bool, CountError>) -> Result<Option<u64>, CountError> {
    let (mut fails, mut works) = (0, 1);
    while works <= most && !test(works)? {
        fails = works;
        works *= 2;
    }
    if works > most {
        if fails >= most || !test(most)? {
            return Ok(None);
        }
        works = most;
    }
    while works - fails > 1 {
        let middle = fails + (works - fails) / 2;
        if test(middle)? {
            works = middle;
        } else {
            fails = middle;
        }
    }
    Ok(Some(works))
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
    ballot.iter().filter(|choice| election.kind.supports(**choice) && won[choice.project as usize]).count()
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
    rules.iter().map(line).collect()
}
