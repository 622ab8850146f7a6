//! Why each project that lost did.

use super::won;
use crate::clauses::{Clause, Plan, SubEnvelope};
use crate::election::Election;
use crate::limits::{Kind, Limit};
use crate::outcome::Outcome;
use crate::profile::Utility;
use crate::rule::Rule;
use crate::rules::greedy::{Order, Score};
use crate::rules::majority_judgment;

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
