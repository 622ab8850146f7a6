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

mod payments;

pub(crate) use payments::followed;
pub use payments::{Payment, Span, payments};

use std::cell::Cell;

use crate::clauses::{Clause, Plan, SubEnvelope};
use crate::control::{Control, Progress};
use crate::election::{Choice, Election, LARGEST_AMOUNT};
use crate::error::CountError;
use crate::limits::{Kind, Limit};
use crate::outcome::Outcome;
use crate::profile::Utility;
use crate::rule::Rule;
use crate::rules::greedy::{Order, Score, to_f64};
use crate::rules::majority_judgment;
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

/// Why a project is not among the winners. Amounts are in the smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Motive {
    /// Nobody supports it.
    Unsupported,
    /// It costs more than the whole envelope.
    LargerThanEnvelope,
    /// It is named, and no ballot gives it a point.
    NoPoints,
    /// It has fewer votes, or points, than the rule asks.
    BelowThreshold {
        /// What it has.
        has: u64,
        /// What the rule asks.
        asked: u64,
    },
    /// It has fewer votes than a clause asks.
    MinimumSupport {
        /// What it has.
        has: u64,
        /// What the clause asks.
        asked: u64,
    },
    /// Its majority grade is the lowest one.
    LowestGrade,
    /// A project that excludes it is funded.
    Exclusive {
        /// That project (position in [`Election::projects`]).
        by: usize,
    },
    /// Its bearer has all that the cap allows.
    BearerCap {
        /// Projects of this bearer that are funded.
        funded: u64,
        /// What they cost.
        spent: u64,
    },
    /// It costs more than what is left of its sub-envelope, which does not overflow.
    SubEnvelope {
        /// What is left there.
        left: u64,
        /// Its cost.
        asked: u64,
    },
    /// It costs more than what is left of the envelope at the end.
    NoRoom {
        /// What is left.
        left: u64,
        /// Its cost.
        asked: u64,
    },
    /// It would fit: the rule ended before, or its supporters cannot pay it (see [`effective_support`]).
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
            Self::NoPoints => "no_points",
            Self::BelowThreshold { .. } => "below_threshold",
            Self::MinimumSupport { .. } => "minimum_support",
            Self::LowestGrade => "lowest_grade",
            Self::Exclusive { .. } => "exclusive",
            Self::BearerCap { .. } => "bearer_cap",
            Self::SubEnvelope { .. } => "sub_envelope",
            Self::NoRoom { .. } => "no_room",
            Self::NotReached { .. } => "not_reached",
        }
    }

    /// The same in plain French.
    #[must_use]
    pub fn text(self, election: &Election) -> String {
        let amount = |value: u64| election.amount(value);
        match self {
            Self::Unsupported => "personne ne soutient ce projet".to_owned(),
            Self::LargerThanEnvelope => "il coûte plus que toute l’enveloppe".to_owned(),
            Self::NoPoints => "aucun bulletin ne lui donne de point".to_owned(),
            Self::BelowThreshold { has, asked } => format!("il a {has} voix ou points, et la règle en demande {asked}"),
            Self::MinimumSupport { has, asked } => format!("il a {has} voix, et une clause en demande {asked}"),
            Self::LowestGrade => "sa mention majoritaire est la plus basse".to_owned(),
            Self::Exclusive { by } => {
                format!("le projet « {} », avec lequel il ne peut pas être retenu, l’est", election.projects[by].id)
            }
            Self::BearerCap { funded: 0, .. } => "il dépasse à lui seul le plafond de son porteur".to_owned(),
            Self::BearerCap { funded, spent } => {
                let funded = if funded == 1 { "1 projet".to_owned() } else { format!("{funded} projets") };
                format!("il ferait dépasser le plafond de son porteur, qui a déjà {funded} pour {}", amount(spent))
            }
            Self::SubEnvelope { left, asked } => {
                format!("il coûte {}, et il reste {} dans sa sous-enveloppe", amount(asked), amount(left))
            }
            Self::NoRoom { left, asked } => {
                format!("il coûte {}, et il reste {} dans l’enveloppe", amount(asked), amount(left))
            }
            Self::NotReached { left, asked } => format!(
                "il coûte {} et tiendrait dans les {} qui restent, mais la règle s’arrête avant lui ou ses soutiens ne peuvent \
                 plus le payer",
                amount(asked),
                amount(left)
            ),
        }
    }
}

/// Why each project is not among the winners of a count with this rule and these clauses; `None` for the winners.
///
/// A project may lose for several reasons: the first one that no other project could lift is given, in the order of
/// [`Motive`].
#[must_use]
pub fn motives(election: &Election, rule: Rule, clauses: &[Clause], outcome: &Outcome) -> Vec<Option<Motive>> {
    let search = Search::new(election, rule, clauses, outcome);
    search.won.iter().enumerate().map(|(project, won)| (!won).then(|| search.motive(project))).collect()
}

/// What is known of a count when motives are sought.
struct Search<'e> {
    election: &'e Election,
    rule: Rule,
    won: Vec<bool>,
    votes: Vec<u64>,
    points: Vec<u64>,
    /// The clauses, when they are those of the vote.
    plan: Option<Plan<'e>>,
    /// What is left of the general envelope.
    left: u64,
    grades: Vec<Vec<u64>>,
}

impl<'e> Search<'e> {
    fn new(election: &'e Election, rule: Rule, clauses: &[Clause], outcome: &Outcome) -> Self {
        let mut search = Self {
            election,
            rule,
            won: won(election, outcome),
            votes: election.votes(),
            points: election.points(),
            plan: Plan::new(election, clauses).ok(),
            left: election.budget.saturating_sub(outcome.total),
            grades: if rule == Rule::MajorityJudgment { majority_judgment::grade_counts(election) } else { Vec::new() },
        };
        let closed = search.plan.iter().flat_map(|plan| &plan.subs).filter(|sub| !sub.overflow);
        let reserved = closed.fold(0_u64, |sum, sub| sum.saturating_add(search.left_in(sub)));
        search.left = search.left.saturating_sub(reserved);
        search
    }

    /// Cost of the winners among some projects, and how many they are.
    fn spent(&self, members: &[usize]) -> (u64, u64) {
        let winners = members.iter().copied().filter(|&project| self.won[project]);
        (self.election.cost_of(winners.clone()), winners.count() as u64)
    }

    fn left_in(&self, sub: &SubEnvelope) -> u64 {
        sub.amount.saturating_sub(self.spent(&sub.members).0)
    }

    fn motive(&self, project: usize) -> Motive {
        let asked = self.election.projects[project].cost;
        if self.votes[project] == 0 {
            return Motive::Unsupported;
        }
        if asked > self.election.budget {
            return Motive::LargerThanEnvelope;
        }
        let left = self.left;
        let at_last = if asked > left { Motive::NoRoom { left, asked } } else { Motive::NotReached { left, asked } };
        self.by_rule(project).or_else(|| self.by_clause(project)).unwrap_or(at_last)
    }

    /// What the rule itself asks of a project.
    fn by_rule(&self, project: usize) -> Option<Motive> {
        let usual = Score::usual(self.election.kind);
        let score = match self.rule {
            Rule::Greedy { order: Order::Score(score), .. } => score,
            Rule::Greedy { order: Order::ScorePerCost, .. } => usual,
            Rule::EqualShares { utility, .. } | Rule::Overspending(utility) | Rule::Knapsack(utility)
                if utility == Utility::Points =>
            {
                Score::Points
            }
            Rule::MajorityJudgment => {
                let grade = majority_judgment::majority_grade(&self.grades[project]);
                return (grade == Some(0)).then_some(Motive::LowestGrade);
            }
            _ => Score::Votes,
        };
        let has = if score == Score::Points { self.points[project] } else { self.votes[project] };
        match self.rule {
            _ if has == 0 => Some(Motive::NoPoints),
            Rule::Greedy { threshold: Some(asked), .. } if has < asked => Some(Motive::BelowThreshold { has, asked }),
            _ => None,
        }
    }

    /// What clauses ask of a project, or refuse to it.
    fn by_clause(&self, project: usize) -> Option<Motive> {
        let (plan, has, asked) = (self.plan.as_ref()?, self.votes[project], self.election.projects[project].cost);
        if has < plan.least_votes {
            return Some(Motive::MinimumSupport { has, asked: plan.least_votes });
        }
        let limited = plan.limits.iter().filter(|limit| limit.members.contains(&project));
        limited.filter_map(|limit| self.by_limit(limit, asked)).next().or_else(|| {
            let sub = plan.subs.iter().find(|sub| !sub.overflow && sub.members.contains(&project))?;
            let left = self.left_in(sub);
            Some(if asked > left { Motive::SubEnvelope { left, asked } } else { Motive::NotReached { left, asked } })
        })
    }

    fn by_limit(&self, limit: &Limit, asked: u64) -> Option<Motive> {
        let (spent, funded) = self.spent(&limit.members);
        let full = limit.max_count.is_some_and(|max| funded >= max)
            || limit.max_cost.is_some_and(|max| spent.saturating_add(asked) > max);
        let by = || limit.members.iter().copied().find(|&other| self.won[other]);
        match limit.kind {
            _ if !full => None,
            Kind::Exclusive => by().map(|by| Motive::Exclusive { by }),
            _ => Some(Motive::BearerCap { funded, spent }),
        }
    }
}

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
