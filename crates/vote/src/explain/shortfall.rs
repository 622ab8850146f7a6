//! The smallest change that would have made a project win.

use std::cell::Cell;

use crate::control::{Control, Progress};
use crate::election::{Choice, Election, LARGEST_AMOUNT};
use crate::error::CountError;
use crate::outcome::Outcome;

/// How a vote is counted again when something changes: rule, ties and clauses are those of the count explained.
pub type Recount<'c> = dyn Fn(&Election) -> Result<Outcome, CountError> + 'c;

/// The smallest change of one kind that would have made a project win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// This is enough, checked by counting again.
    Enough(u64),
    /// Nobody supports the project: neither its cost nor the envelope changes that.
    Unsupported,
    /// It costs more than the whole envelope: no number of votes changes that.
    LargerThanEnvelope,
    /// Not known: nothing tried was enough, up to this.
    Unknown(u64),
}

impl Missing {
    /// The amount, when there is one.
    #[must_use]
    pub fn enough(self) -> Option<u64> {
        if let Self::Enough(amount) = self { Some(amount) } else { None }
    }

    /// Why there is no amount, in French.
    #[must_use]
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Enough(_) => None,
            Self::Unsupported => Some("personne ne soutient ce projet, et un projet sans soutien n’est jamais retenu"),
            Self::LargerThanEnvelope => Some("ce projet coûte plus que toute l’enveloppe"),
            Self::Unknown(_) => Some("inconnu : rien de ce qui a été essayé n’a suffi"),
        }
    }
}

/// The smallest changes found that would have made a project win, each alone.
///
/// Such distances, in votes and in cost, are how the literature measures a project that lost (Boehmer and others, *Evaluation of
/// Project Performance in Participatory Budgeting*, arXiv 2312.14723). Found by counting again, they are defined for every rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortfall {
    /// More ballots that name only this project.
    pub votes: Missing,
    /// The highest lower cost, in the smallest unit.
    pub cost: Missing,
    /// The smallest larger envelope, in the smallest unit.
    pub budget: Missing,
}

/// What a project that lost was missing; `None` when it wins. The rule is run again some dozens of times.
///
/// The search doubles, then halves: when a rule is not monotone the change found works, and a smaller one might.
///
/// ```
/// use vote::explain::{Missing, shortfall};
/// # use vote::{BallotKind, Control, Election, Project, Rule, TieBreak};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 1_000,
/// #     vec![project("bancs", 600), project("four", 500), project("serre", 100)])?;
/// # for ballot in [&["bancs"][..], &["bancs", "four"], &["four"], &["bancs"]] { election.approve(ballot)?; }
/// let rule = Rule::from_name("greedy_votes")?;
/// let control = Control::default();
/// let recount = |changed: &Election| rule.count(changed, &TieBreak::Recommended, &control);
/// // « bancs » has 3 votes and takes 600 of the 1,000; « four », 2 votes, asks for 500.
/// let four = shortfall(&election, 1, &recount, &control)?.unwrap();
/// // With 3 votes, it ties and is cheaper.
/// assert_eq!((four.votes, four.cost, four.budget), (Missing::Enough(1), Missing::Enough(400), Missing::Enough(1_100)));
/// let serre = shortfall(&election, 2, &recount, &control)?.unwrap();
/// assert_eq!((serre.votes, serre.cost), (Missing::Enough(1), Missing::Unsupported));
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// What the rule refuses, or a cancelled count.
pub fn shortfall(
    election: &Election,
    project: usize,
    recount: &Recount<'_>,
    control: &Control<'_>,
) -> Result<Option<Shortfall>, CountError> {
    let done = Cell::new(0);
    let wins = |changed: &Election| {
        let outcome = recount(changed)?;
        done.set(done.get() + 1);
        control.tell(Progress::Recounts { done: done.get() })?;
        Ok(outcome.winners.contains(&project))
    };
    if wins(election)? {
        return Ok(None);
    }
    let cost = election.projects[project].cost;
    let unsupported = election.votes()[project] == 0;
    let points = election.ballots.iter().flat_map(|(ballot, _)| ballot).map(|choice| choice.points).max().unwrap_or(1);
    let voter = [Choice { project: u32::try_from(project).unwrap_or(u32::MAX), points }];
    let votes = if cost > election.budget {
        Missing::LargerThanEnvelope
    } else {
        smallest(1_u64.max(4 * election.ballots.total()), |more| {
            let mut changed = election.clone();
            changed.ballots.push_many(&voter, more);
            wins(&changed)
        })?
    };
    let less = |less: u64| {
        let mut changed = election.clone();
        changed.projects[project].cost = cost - less;
        wins(&changed)
    };
    let more = |more: u64| {
        let mut changed = election.clone();
        changed.budget += more;
        wins(&changed)
    };
    let (cost, budget) = if unsupported {
        (Missing::Unsupported, Missing::Unsupported)
    } else {
        let total = election.cost_of(0..election.projects.len()).min(LARGEST_AMOUNT.saturating_sub(election.budget));
        (
            smallest(cost.saturating_sub(1), less)?.map(|less| cost - less),
            smallest(total, more)?.map(|more| election.budget + more),
        )
    };
    Ok(Some(Shortfall { votes, cost, budget }))
}

impl Missing {
    fn map(self, amount: impl FnOnce(u64) -> u64) -> Self {
        match self {
            Self::Enough(found) => Self::Enough(amount(found)),
            Self::Unknown(tried) => Self::Unknown(amount(tried)),
            other => other,
        }
    }
}

/// The smallest value from 1 to `most` that passes, if the test is monotone.
fn smallest(most: u64, mut test: impl FnMut(u64) -> Result<bool, CountError>) -> Result<Missing, CountError> {
    let (mut fails, mut works) = (0, 1);
    while works <= most && !test(works)? {
        fails = works;
        works *= 2;
    }
    if works > most {
        if fails >= most || !test(most)? {
            return Ok(Missing::Unknown(most));
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
    Ok(Missing::Enough(works))
}
