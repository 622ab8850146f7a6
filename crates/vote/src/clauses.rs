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

mod plan;

use std::collections::BTreeSet;

pub(crate) use plan::{Plan, SubEnvelope};

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::outcome::Outcome;
use crate::rule::Rule;
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

fn wrong(clause: &str, reason: impl Into<String>) -> CountError {
    CountError::Clause { clause: clause.to_owned(), reason: reason.into() }
}
