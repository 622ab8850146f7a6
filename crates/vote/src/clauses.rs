//! French clauses: what départements add to "most votes until the money runs out".
//!
//! Floors for each territory, sub-envelopes, caps for a bearer, exclusive groups, minimum support. Every selection says the
//! clause that justified it, and the outcome without clauses is always given beside, so that an assembly sees the effect of
//! its own rules. They apply to the greedy rules and to Equal Shares.
//!
//! **Sources.** Règlements of départements, as they are written: Landes 2019 (a part for the young, one project for each
//! canton), Gers (an envelope for each band of costs), Dordogne 2020 (the three best of each canton, at most 12,000 € each),
//! Lot-et-Garonne 2022. No paper defines these phases: the order below is ours, and the record says each of them.
//!
//! - **Greedy.** 1) floors: territories in the order of their best candidate; inside, the best that fit. 2) sub-envelopes, in
//!   the order given; a project that several describe belongs to the first. 3) the general envelope, with what overflowed.
//! - **Equal Shares.** One count for each sub-envelope. Floor winners are then bought first by their supporters (who may not
//!   pay all of it); the count goes on with the general envelope.

use std::collections::{BTreeMap, BTreeSet};

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::limits::{Kind, Limit};
use crate::outcome::{Certificate, Outcome, Phase, Round, Share};
use crate::rule::Rule;
use crate::rules::equal_shares::{self, Completion, Constraints};
use crate::rules::greedy::{Misfit, Order, Ranking, Score};
use crate::tie::TieBreak;

/// One clause of a règlement. Amounts are in the smallest unit of the vote.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clause {
    /// The best projects of each territory are funded first.
    Floor {
        /// How many for each territory.
        count: u64,
        /// Only projects that cost at most this.
        max_cost: Option<u64>,
    },
    /// Money kept for the projects that carry a tag, or whose cost is in a band, or both. A project that several
    /// sub-envelopes describe belongs to the first one of the list: bands for the young, then bands for all the others.
    SubEnvelope {
        /// The tag: a theme, or whom the project is for. All projects when absent.
        tag: Option<String>,
        /// Only projects that cost at least this.
        min_cost: Option<u64>,
        /// Only projects that cost at most this.
        max_cost: Option<u64>,
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
                match count {
                    1 => format!("Plancher : le meilleur projet de chaque territoire est retenu d’abord{cap}."),
                    _ => format!(
                        "Plancher : les {count} meilleurs projets de chaque territoire sont retenus d’abord{cap}."
                    ),
                }
            }
            Self::SubEnvelope { tag, min_cost, max_cost, amount: money, overflow } => {
                let rest = if *overflow {
                    "le reste rejoint l’enveloppe générale"
                } else {
                    "le reste n’est pas attribué"
                };
                let tag = tag.as_ref().map_or(String::new(), |tag| format!(" « {tag} »"));
                let band =
                    band(election, *min_cost, *max_cost).map_or(String::new(), |band| format!(" qui coûtent {band}"));
                format!(
                    "Sous-enveloppe : {} pour les projets{tag}{band} ; {rest}. Un projet que plusieurs sous-enveloppes \
                     décrivent relève de la première.",
                    amount(*money)
                )
            }
            Self::BearerCap { count, amount: money } => {
                let count = count.map(|count| format!("{count} {}", if count > 1 { "projets" } else { "projet" }));
                let money = money.map(|money| format!("{} en tout", amount(money)));
                let both: Vec<String> = count.into_iter().chain(money).collect();
                format!("Plafond par porteur : au plus {}.", both.join(" et "))
            }
            Self::Exclusive { projects } => format!("Un seul projet parmi : {}.", projects.join(", ")),
            Self::MinimumSupport { votes } => format!("Il faut au moins {votes} voix."),
        }
    }

    /// Refuses a clause that says nothing: whoever wrote it meant something else.
    ///
    /// # Errors
    /// [`CountError::Clause`] says what is missing.
    pub fn check(&self) -> Result<(), CountError> {
        match self {
            Self::Floor { count: 0, .. } => Err(wrong("plancher", "le nombre de projets doit être d’au moins 1.")),
            Self::Floor { max_cost: Some(0), .. } => {
                Err(wrong("plancher", "le coût maximum doit être supérieur à zéro : aucun projet n’y entrerait."))
            }
            Self::SubEnvelope { tag: None, min_cost: None, max_cost: None, .. } => {
                Err(wrong("sous-enveloppe", "il faut une étiquette, un coût minimum ou un coût maximum."))
            }
            Self::SubEnvelope { amount: 0, .. } => {
                Err(wrong("sous-enveloppe", "le montant doit être supérieur à zéro."))
            }
            Self::SubEnvelope { min_cost: Some(min), max_cost: Some(max), .. } if min > max => {
                Err(wrong("sous-enveloppe", "le coût minimum dépasse le coût maximum."))
            }
            Self::BearerCap { count: None, amount: None } => {
                Err(wrong("plafond par porteur", "il faut un nombre de projets, un montant, ou les deux."))
            }
            Self::Exclusive { projects } => exclusive(projects),
            Self::MinimumSupport { votes: 0 } => {
                Err(wrong("soutien minimum", "le nombre de voix doit être d’au moins 1."))
            }
            _ => Ok(()),
        }
    }
}

fn exclusive(projects: &[String]) -> Result<(), CountError> {
    if projects.len() < 2 {
        return Err(wrong("projets exclusifs", "il faut au moins deux projets."));
    }
    match projects.iter().enumerate().find(|(at, id)| projects[..*at].contains(id)) {
        Some((_, twice)) => Err(wrong("projets exclusifs", format!("le projet « {twice} » est cité deux fois."))),
        None => Ok(()),
    }
}

/// A band of costs, in words.
fn band(election: &Election, min: Option<u64>, max: Option<u64>) -> Option<String> {
    let amount = |value: u64| election.amount(value);
    match (min, max) {
        (None, None) => None,
        (Some(min), None) => Some(format!("au moins {}", amount(min))),
        (None, Some(max)) => Some(format!("au plus {}", amount(max))),
        (Some(min), Some(max)) => Some(format!("de {} à {}", amount(min), amount(max))),
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
        let selected = match selected {
            0 => "aucun projet retenu".to_owned(),
            1 => "1 projet retenu".to_owned(),
            more => format!("{more} projets retenus"),
        };
        format!(
            "Plancher non tenu pour « {territory} » : {selected} sur {asked}. Aucun autre projet de ce territoire n’a de \
             soutien, ne remplit les conditions et ne tient dans l’enveloppe."
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

pub(crate) struct SubEnvelope {
    name: String,
    pub(crate) members: Vec<usize>,
    pub(crate) amount: u64,
    pub(crate) overflow: bool,
}

/// The clauses, resolved on the projects of a vote.
pub(crate) struct Plan<'e> {
    election: &'e Election,
    floors: Vec<(u64, Option<u64>)>,
    pub(crate) subs: Vec<SubEnvelope>,
    pub(crate) limits: Vec<Limit>,
    excluded: Vec<bool>,
    /// Votes that a project must have.
    pub(crate) least_votes: u64,
}

impl<'e> Plan<'e> {
    pub(crate) fn new(election: &'e Election, clauses: &[Clause]) -> Result<Self, CountError> {
        let mut plan = Self {
            election,
            floors: Vec::new(),
            subs: Vec::new(),
            limits: Vec::new(),
            excluded: vec![false; election.projects.len()],
            least_votes: 0,
        };
        for clause in clauses {
            plan.add(clause)?;
        }
        let reserved: u128 = plan.subs.iter().map(|sub| u128::from(sub.amount)).sum();
        if reserved > u128::from(election.budget) {
            return Err(wrong("sous-enveloppes", "leur total dépasse l’enveloppe."));
        }
        Ok(plan)
    }

    fn add(&mut self, clause: &Clause) -> Result<(), CountError> {
        clause.check()?;
        match clause {
            Clause::Floor { count, max_cost } => {
                if self.election.projects.iter().all(|project| project.territory.is_none()) {
                    return Err(wrong("plancher", "aucun projet n’a de territoire."));
                }
                self.floors.push((*count, *max_cost));
            }
            Clause::SubEnvelope { tag, min_cost, max_cost, amount, overflow } => {
                let name = [tag.as_ref().map(|tag| format!("« {tag} »")), band(self.election, *min_cost, *max_cost)];
                let name = format!("sous-enveloppe {}", name.into_iter().flatten().collect::<Vec<_>>().join(", "));
                let members = self.members(tag.as_deref(), *min_cost, *max_cost, &name)?;
                self.subs.push(SubEnvelope { name, members, amount: *amount, overflow: *overflow });
            }
            Clause::BearerCap { count, amount } => self.cap_bearers(*count, *amount)?,
            Clause::Exclusive { projects: ids } => {
                let members = ids
                    .iter()
                    .map(|id| self.election.position(id).ok_or_else(|| CountError::UnknownProject(id.clone())))
                    .collect::<Result<Vec<usize>, CountError>>()?;
                self.limits.push(Limit { kind: Kind::Exclusive, members, max_count: Some(1), max_cost: None });
            }
            Clause::MinimumSupport { votes } => {
                self.least_votes = self.least_votes.max(*votes);
                for (project, count) in self.election.votes().into_iter().enumerate() {
                    self.excluded[project] |= count < *votes;
                }
            }
        }
        Ok(())
    }

    /// The projects that a sub-envelope describes, without those that an earlier one describes.
    fn members(
        &self,
        tag: Option<&str>,
        min_cost: Option<u64>,
        max_cost: Option<u64>,
        name: &str,
    ) -> Result<Vec<usize>, CountError> {
        let projects = &self.election.projects;
        let described = |project: &usize| {
            let project = &projects[*project];
            tag.is_none_or(|tag| project.tags.iter().any(|other| other == tag))
                && min_cost.is_none_or(|min| project.cost >= min)
                && max_cost.is_none_or(|max| project.cost <= max)
        };
        let all: Vec<usize> = (0..projects.len()).filter(described).collect();
        let free = |project: &usize| self.subs.iter().all(|sub| !sub.members.contains(project));
        let members: Vec<usize> = all.iter().copied().filter(free).collect();
        match (all.is_empty(), members.is_empty()) {
            (true, _) => Err(wrong(name, "aucun projet n’y entre.")),
            (_, true) => Err(wrong(name, "tous ses projets relèvent déjà des sous-enveloppes qui la précèdent.")),
            _ => Ok(members),
        }
    }

    fn cap_bearers(&mut self, max_count: Option<u64>, max_cost: Option<u64>) -> Result<(), CountError> {
        let mut bearers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, project) in self.election.projects.iter().enumerate() {
            if let Some(bearer) = &project.bearer {
                bearers.entry(bearer).or_default().push(position);
            }
        }
        if bearers.is_empty() {
            return Err(wrong("plafond par porteur", "aucun projet n’a de porteur."));
        }
        let limit = |members| Limit { kind: Kind::Bearer, members, max_count, max_cost };
        self.limits.extend(bearers.into_values().map(limit));
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
        let certificate = Certificate::by_integers(&rounds);
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
                limits.push(Limit { kind: Kind::Other, members, max_count: Some((*count).max(have)), max_cost: None });
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
                    kind: limit.kind,
                    members: limit.members.clone(),
                    max_count: limit.max_count.map(|max| max.saturating_sub(used.len() as u64)),
                    max_cost: limit.max_cost.map(|max| max.saturating_sub(spent)),
                }
            })
            .collect();
        if floors.iter().any(|round| inside(round.project)) {
            let members = (0..self.election.projects.len()).collect();
            limits.push(Limit { kind: Kind::Other, members, max_count: None, max_cost: Some(envelope) });
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

fn wrong(clause: &str, reason: impl Into<String>) -> CountError {
    CountError::Clause { clause: clause.to_owned(), reason: reason.into() }
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
