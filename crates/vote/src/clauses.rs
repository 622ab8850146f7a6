//! French clauses: what départements add to "most votes until the money runs out".
//!
//! Floors for each territory, sub-envelopes, caps for a bearer, exclusive groups, minimum support. Every selection says the
//! clause that justified it, and the outcome without clauses is always given beside, so that an assembly sees the effect of
//! its own rules. They apply to the greedy rules and to Equal Shares.
//!
//! - **Greedy.** 1) floors: territories in the order of their best candidate; inside, the best that fit. 2) sub-envelopes, in
//!   the order given. 3) the general envelope, with what overflowed.
//! - **Equal Shares.** One count for each sub-envelope. Floor winners are then bought first by their supporters (who may not
//!   pay all of it); the count goes on with the general envelope.

use std::collections::BTreeSet;

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::limits::Limit;
use crate::outcome::{Certificate, Outcome, Phase, Round, Share};
use crate::rule::Rule;
use crate::rules::equal_shares::{self, Completion, Constraints};
use crate::rules::greedy::{Misfit, Order, Ranking, Score};
use crate::tie::TieBreak;

/// One clause of a règlement. Amounts are in the smallest unit of the vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// The best projects of each territory are funded first.
    Floor {
        /// How many for each territory.
        count: u64,
        /// Only projects that cost at most this.
        max_cost: Option<u64>,
    },
    /// Money kept for the projects that carry a tag.
    SubEnvelope {
        /// The tag.
        tag: String,
        /// How much.
        amount: u64,
        /// With overflow, what is left joins the general envelope, and projects left out compete there too.
        overflow: bool,
    },
    /// At most so much for one bearer.
    BearerCap {
        /// Most projects.
        count: Option<u64>,
        /// Most money.
        amount: Option<u64>,
    },
    /// At most one of these projects.
    Exclusive {
        /// Identifiers.
        projects: Vec<String>,
    },
    /// Projects with fewer votes are not funded.
    MinimumSupport {
        /// Votes.
        votes: u64,
    },
}

impl Clause {
    /// The clause in plain French.
    #[must_use]
    pub fn text(&self, election: &Election) -> String {
        let amount = |value: u64| election.amount(value);
        match self {
            Self::Floor { count, max_cost } => {
                let cap =
                    max_cost.map_or(String::new(), |max| format!(", parmi ceux qui coûtent au plus {}", amount(max)));
                format!("Plancher : les {count} meilleurs projets de chaque territoire sont retenus d’abord{cap}.")
            }
            Self::SubEnvelope { tag, amount: money, overflow } => {
                let rest = if *overflow {
                    "le reste rejoint l’enveloppe générale"
                } else {
                    "le reste n’est pas attribué"
                };
                format!("Sous-enveloppe : {} pour les projets « {tag} » ; {rest}.", amount(*money))
            }
            Self::BearerCap { count, amount: money } => {
                let count = count.map(|count| format!("{count} projets"));
                let money = money.map(|money| format!("{} en tout", amount(money)));
                let both: Vec<String> = count.into_iter().chain(money).collect();
                format!("Plafond par porteur : au plus {}.", both.join(" et "))
            }
            Self::Exclusive { projects } => format!("Un seul projet parmi : {}.", projects.join(", ")),
            Self::MinimumSupport { votes } => format!("Il faut au moins {votes} voix."),
        }
    }
}

/// A count with clauses, and the same count without.
#[derive(Debug, Clone, PartialEq)]
pub struct Claused {
    /// With the clauses.
    pub outcome: Outcome,
    /// Without.
    pub unconstrained: Outcome,
}

/// Counts with clauses.
///
/// ```
/// use vote::clauses::{Clause, count};
/// # use vote::{BallotKind, Control, Election, Project, Rule, TieBreak};
/// # let project = |id: &str, canton: &str| Project {
/// #     id: id.into(), cost: 500, territory: Some(canton.into()), ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 1_000,
/// #     vec![project("a", "Nord"), project("b", "Nord"), project("c", "Sud")])?;
/// # for ballot in [&["a", "b"][..], &["a", "b"], &["a", "b"], &["c"]] { election.approve(ballot)?; }
/// let rule = Rule::from_name("greedy_votes")?;
/// let floor = Clause::Floor { count: 1, max_cost: None };
/// let result = count(&election, rule, &[floor], &TieBreak::Recommended, &Control::default())?;
/// assert_eq!(result.outcome.winner_ids(&election), ["a", "c"]);
/// assert_eq!(result.unconstrained.winner_ids(&election), ["a", "b"]);
/// assert_eq!(result.outcome.rounds[1].clause.as_deref(), Some("plancher « Sud »"));
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// A rule without clauses, a clause that names nothing, or what the rule itself refuses.
pub fn count(
    election: &Election,
    rule: Rule,
    clauses: &[Clause],
    tie: &TieBreak,
    control: &Control<'_>,
) -> Result<Claused, CountError> {
    let unconstrained = rule.count(election, tie, control)?;
    let plan = Plan::new(election, clauses)?;
    let outcome = match rule {
        Rule::Greedy { order, misfit, threshold } => plan.greedy(order, misfit, threshold, tie),
        Rule::EqualShares { utility, completion } => plan.equal_shares(utility, completion, tie, control)?,
        _ if clauses.is_empty() => unconstrained.clone(),
        _ => {
            let reason = "les clauses valent pour les règles gloutonnes et pour les parts égales.";
            return Err(CountError::NotApplicable { rule: rule.name(), reason });
        }
    };
    Ok(Claused { outcome, unconstrained })
}

/// A floor that the outcome does not meet: no other project of the territory could be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetFloor {
    /// The territory.
    pub territory: String,
    /// How many projects the clause asks.
    pub asked: u64,
    /// How many were selected, among those that the clause allows.
    pub selected: u64,
}

impl UnmetFloor {
    /// The same in plain French.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { territory, asked, selected } = self;
        format!(
            "Plancher non tenu pour « {territory} » : {selected} projet(s) retenu(s) sur {asked}. Aucun autre projet de ce \
             territoire n’a de soutien, ne remplit les conditions et ne tient dans l’enveloppe."
        )
    }
}

/// The floors that could not be met.
#[must_use]
pub fn unmet_floors(election: &Election, clauses: &[Clause], outcome: &Outcome) -> Vec<UnmetFloor> {
    let territories: BTreeSet<&str> = election.projects.iter().filter_map(|p| p.territory.as_deref()).collect();
    let mut unmet = Vec::new();
    for clause in clauses {
        let Clause::Floor { count, max_cost } = clause else { continue };
        for territory in &territories {
            let selected = outcome.winners.iter().map(|&winner| &election.projects[winner]).filter(|project| {
                project.territory.as_deref() == Some(territory) && max_cost.is_none_or(|max| project.cost <= max)
            });
            let selected = selected.count() as u64;
            if selected < *count {
                unmet.push(UnmetFloor { territory: (*territory).to_owned(), asked: *count, selected });
            }
        }
    }
    unmet
}

struct SubEnvelope {
    name: String,
    members: Vec<usize>,
    amount: u64,
    overflow: bool,
}

/// The clauses, resolved on the projects of a vote.
struct Plan<'e> {
    election: &'e Election,
    floors: Vec<(u64, Option<u64>)>,
    subs: Vec<SubEnvelope>,
    limits: Vec<Limit>,
    excluded: Vec<bool>,
}

impl<'e> Plan<'e> {
    fn new(election: &'e Election, clauses: &[Clause]) -> Result<Self, CountError> {
        let m = election.projects.len();
        let mut plan =
            Self { election, floors: Vec::new(), subs: Vec::new(), limits: Vec::new(), excluded: vec![false; m] };
        for clause in clauses {
            plan.add(clause)?;
        }
        let reserved: u128 = plan.subs.iter().map(|sub| u128::from(sub.amount)).sum();
        if reserved > u128::from(election.budget) {
            return Err(wrong("sous-enveloppes", "leur total dépasse l’enveloppe.".to_owned()));
        }
        Ok(plan)
    }

    fn add(&mut self, clause: &Clause) -> Result<(), CountError> {
        let projects = &self.election.projects;
        match clause {
            Clause::Floor { count, max_cost } => {
                if projects.iter().all(|project| project.territory.is_none()) {
                    return Err(wrong("plancher", "aucun projet n’a de territoire.".to_owned()));
                }
                self.floors.push((*count, *max_cost));
            }
            Clause::SubEnvelope { tag, amount, overflow } => {
                let members: Vec<usize> =
                    (0..projects.len()).filter(|&project| projects[project].tags.contains(tag)).collect();
                if members.is_empty() {
                    return Err(wrong("sous-enveloppe", format!("aucun projet ne porte « {tag} ».")));
                }
                if self.subs.iter().any(|sub| sub.members.iter().any(|member| members.contains(member))) {
                    return Err(wrong("sous-enveloppe", format!("un projet « {tag} » relève déjà d’une autre.")));
                }
                let name = format!("sous-enveloppe « {tag} »");
                self.subs.push(SubEnvelope { name, members, amount: *amount, overflow: *overflow });
            }
            Clause::BearerCap { count, amount } => {
                let mut bearers: Vec<&str> = projects.iter().filter_map(|project| project.bearer.as_deref()).collect();
                bearers.sort_unstable();
                bearers.dedup();
                if bearers.is_empty() {
                    return Err(wrong("plafond par porteur", "aucun projet n’a de porteur.".to_owned()));
                }
                for bearer in bearers {
                    let members =
                        (0..projects.len()).filter(|&p| projects[p].bearer.as_deref() == Some(bearer)).collect();
                    self.limits.push(Limit { members, max_count: *count, max_cost: *amount });
                }
            }
            Clause::Exclusive { projects: ids } => {
                let members = ids
                    .iter()
                    .map(|id| self.election.position(id).ok_or_else(|| CountError::UnknownProject(id.clone())))
                    .collect::<Result<Vec<usize>, CountError>>()?;
                self.limits.push(Limit { members, max_count: Some(1), max_cost: None });
            }
            Clause::MinimumSupport { votes } => {
                for (project, count) in self.election.votes().into_iter().enumerate() {
                    self.excluded[project] |= count < *votes;
                }
            }
        }
        Ok(())
    }

    fn ranking(&self, order: Order, threshold: Option<u64>, tie: &TieBreak) -> Ranking {
        let mut ranking = Ranking::new(self.election, order, threshold, tie);
        ranking.order.retain(|&project| !self.excluded[project]);
        ranking
    }

    /// Greedy with the three phases.
    fn greedy(&self, order: Order, misfit: Misfit, threshold: Option<u64>, tie: &TieBreak) -> Outcome {
        let ranking = self.ranking(order, threshold, tie);
        let mut rounds = self.floor_rounds(&ranking);
        let mut reserved = 0;
        for sub in &self.subs {
            let only = restricted(&ranking, |project| sub.members.contains(&project));
            let used: u64 = self.cost(rounds.iter().filter(|round| sub.members.contains(&round.project)));
            let room = sub.amount.saturating_sub(used).min(self.election.budget - self.cost(rounds.iter()));
            let before = rounds.len();
            let left = only.fill(self.election, misfit, room, &mut rounds, Some(&self.limits));
            for round in &mut rounds[before..] {
                round.clause = Some(sub.name.clone());
                round.phase = Phase::SubEnvelope;
            }
            reserved += if sub.overflow { 0 } else { left };
        }
        let open =
            restricted(&ranking, |project| self.subs.iter().all(|sub| sub.overflow || !sub.members.contains(&project)));
        let left = (self.election.budget - self.cost(rounds.iter())).saturating_sub(reserved);
        open.fill(self.election, misfit, left, &mut rounds, Some(&self.limits));
        let ties = rounds.iter().filter(|round| round.tied > 1).count() as u64;
        let certificate = Certificate { redone: rounds.len() as u64, ties, ..Certificate::default() };
        Outcome::new(self.election, rounds, true, certificate)
    }

    fn cost<'r>(&self, rounds: impl Iterator<Item = &'r Round>) -> u64 {
        self.election.cost_of(rounds.map(|round| round.project))
    }

    /// Floor winners: territories in the order of their best candidate.
    fn floor_rounds(&self, ranking: &Ranking) -> Vec<Round> {
        let mut rounds: Vec<Round> = Vec::new();
        for (count, max_cost) in &self.floors {
            let allowed = |project: usize| max_cost.is_none_or(|max| self.election.projects[project].cost <= max);
            let mut territories: Vec<&str> = Vec::new();
            for &project in ranking.order.iter().filter(|&&project| allowed(project)) {
                if let Some(territory) = self.election.projects[project].territory.as_deref()
                    && !territories.contains(&territory)
                {
                    territories.push(territory);
                }
            }
            for territory in territories {
                let is_here = |project: usize| self.election.projects[project].territory.as_deref() == Some(territory);
                let have = rounds.iter().filter(|round| is_here(round.project)).count() as u64;
                let only = restricted(ranking, |project| is_here(project) && allowed(project));
                let before = rounds.len();
                let members = (0..self.election.projects.len()).filter(|&project| is_here(project)).collect();
                let mut limits = self.limits.clone();
                limits.push(Limit { members, max_count: Some((*count).max(have)), max_cost: None });
                let left = self.election.budget - self.cost(rounds.iter());
                only.fill(self.election, Misfit::Skip, left, &mut rounds, Some(&limits));
                for round in &mut rounds[before..] {
                    round.clause = Some(format!("plancher « {territory} »"));
                    round.phase = Phase::Floor;
                }
            }
        }
        rounds
    }

    /// One count for each sub-envelope, then the general one with the floor winners first.
    fn equal_shares(
        &self,
        utility: crate::Utility,
        completion: Completion,
        tie: &TieBreak,
        control: &Control<'_>,
    ) -> Result<Outcome, CountError> {
        let ranking = self.ranking(Order::Score(Score::usual(self.election.kind)), None, tie);
        let floors = self.floor_rounds(&ranking);
        let m = self.election.projects.len();
        let mut parts: Vec<Outcome> = Vec::new();
        let mut taken = vec![false; m];
        let mut general = self.election.budget;
        let mut owed = self.cost(floors.iter());
        for sub in &self.subs {
            let inside = |project: usize| sub.members.contains(&project);
            // Floors come first: they may exceed a sub-envelope, and no sub-envelope may eat the floors of the others.
            let imposed = self.cost(floors.iter().filter(|round| inside(round.project)));
            owed -= imposed;
            let amount = sub.amount.min(general.saturating_sub(owed)).max(imposed);
            if amount == 0 {
                continue;
            }
            let constraints = Constraints {
                forced: forced(&floors, inside),
                limits: self.capped(&parts, amount, &floors, inside),
                excluded: (0..m).map(|project| self.excluded[project] || !inside(project)).collect(),
                shared: Some(amount),
            };
            let mut part = equal_shares::constrained(self.election, utility, completion, tie, control, &constraints)?;
            for round in &mut part.rounds {
                round.clause.get_or_insert_with(|| sub.name.clone());
                if round.phase == Phase::General {
                    round.phase = Phase::SubEnvelope;
                }
                taken[round.project] = true;
            }
            general = general.saturating_sub(if sub.overflow { part.total } else { amount.max(part.total) });
            parts.push(part);
        }
        let open = |project: usize| {
            !taken[project] && self.subs.iter().all(|sub| sub.overflow || !sub.members.contains(&project))
        };
        if general > 0 {
            let constraints = Constraints {
                forced: forced(&floors, open),
                limits: self.capped(&parts, general, &floors, open),
                excluded: (0..m).map(|project| self.excluded[project] || !open(project)).collect(),
                shared: Some(general),
            };
            parts.push(equal_shares::constrained(self.election, utility, completion, tie, control, &constraints)?);
        }
        Ok(self.joined(parts))
    }

    /// The limits, less what earlier parts used; with floors, the envelope itself is a limit, since supporters may not pay all.
    fn capped(&self, parts: &[Outcome], envelope: u64, floors: &[Round], inside: impl Fn(usize) -> bool) -> Vec<Limit> {
        // What other parts took, or must take, for their floors.
        let mut won: Vec<usize> = parts.iter().flat_map(|part| part.winners.iter().copied()).collect();
        won.extend(floors.iter().map(|round| round.project).filter(|&project| !inside(project)));
        won.sort_unstable();
        won.dedup();
        let mut limits: Vec<Limit> = self
            .limits
            .iter()
            .map(|limit| {
                let used: Vec<usize> = won.iter().copied().filter(|project| limit.members.contains(project)).collect();
                let spent: u64 = used.iter().map(|&project| self.election.projects[project].cost).sum();
                Limit {
                    members: limit.members.clone(),
                    max_count: limit.max_count.map(|max| max.saturating_sub(used.len() as u64)),
                    max_cost: limit.max_cost.map(|max| max.saturating_sub(spent)),
                }
            })
            .collect();
        if floors.iter().any(|round| inside(round.project)) {
            let members = (0..self.election.projects.len()).collect();
            limits.push(Limit { members, max_count: None, max_cost: Some(envelope) });
        }
        limits
    }

    fn joined(&self, parts: Vec<Outcome>) -> Outcome {
        let mut certificate = Certificate::default();
        let (mut rounds, mut shares) = (Vec::new(), Vec::new());
        for part in parts {
            let first_round = rounds.len();
            shares.extend(part.shares.into_iter().map(|share| Share { first_round, ..share }));
            certificate.safe += part.certificate.safe;
            certificate.redone += part.certificate.redone;
            certificate.ties += part.certificate.ties;
            certificate.denominator_bits = certificate.denominator_bits.max(part.certificate.denominator_bits);
            rounds.extend(part.rounds);
        }
        let mut outcome = Outcome::new(self.election, rounds, true, certificate);
        outcome.increments = match &shares[..] {
            [only] => Share::clone(only).increments,
            _ => None,
        };
        outcome.shares = shares;
        outcome
    }
}

fn wrong(clause: &str, reason: String) -> CountError {
    CountError::Clause { clause: clause.to_owned(), reason }
}

fn restricted(ranking: &Ranking, keep: impl Fn(usize) -> bool) -> Ranking {
    let mut only = ranking.clone();
    only.order.retain(|&project| keep(project));
    only
}

fn forced(floors: &[Round], inside: impl Fn(usize) -> bool) -> Vec<(usize, String)> {
    floors
        .iter()
        .filter(|round| inside(round.project))
        .map(|round| (round.project, round.clause.clone().unwrap_or_default()))
        .collect()
}
