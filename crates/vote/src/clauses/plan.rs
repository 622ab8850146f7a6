//! The clauses resolved on the projects of a vote, and the phases in which they count.

use std::collections::BTreeMap;

use super::{Clause, band, wrong};
use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::limits::{Kind, Limit};
use crate::outcome::{Certificate, Outcome, Phase, Round, Share};
use crate::profile::Utility;
use crate::rules::equal_shares::{self, Completion, Constraints};
use crate::rules::greedy::{Misfit, Order, Ranking, Score};
use crate::tie::TieBreak;

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
    pub(super) fn greedy(&self, order: Order, misfit: Misfit, threshold: Option<u64>, tie: &TieBreak) -> Outcome {
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
    pub(super) fn equal_shares(
        &self,
        utility: Utility,
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
