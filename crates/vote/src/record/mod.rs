//! A record that anyone can recount: canonical JSON with the digest of the ballots, the rule in plain French, and the result.
//!
//! Canonical: keys sorted, no space, no number with a fraction (amounts and fractions are text), so that the same count
//! always gives the same bytes, which may be signed or published as a digest.
//!
//! ```
//! use vote::pabulib::ReadOptions;
//! use vote::record::{Parameters, canonical, count, verify};
//! use vote::{Control, Rule, TieBreak};
//!
//! let file = "META\nkey;value\nbudget;1000\nvote_type;approval\nPROJECTS\nproject_id;cost\n1;400\n2;700\n\
//!             VOTES\nvoter_id;vote\n0;1\n1;1,2\n";
//! let parameters = Parameters {
//!     rule: Rule::from_name("plus_de_voix")?,
//!     tie: TieBreak::from_name("lot:graine publiée le 3 mars")?,
//!     clauses: Vec::new(),
//!     reading: ReadOptions::default(),
//!     doubtful: Vec::new(),
//!     explained: None,
//! };
//! let counted = count(file.as_bytes(), &parameters, &Control::default())?;
//! let record = canonical(&counted.record);
//! assert!(record.contains(r#""winners":["1"]"#) && record.contains(r#""exact":true"#));
//! // Anyone recounts it from the same ballots: nothing differs.
//! assert!(verify(record.as_bytes(), file.as_bytes(), &Control::default())?.is_right());
//! let forged = record.replace(r#""winners":["1"]"#, r#""winners":["2"]"#);
//! let found = verify(forged.as_bytes(), file.as_bytes(), &Control::default())?;
//! assert_eq!(found.differences, [r#"/winners/0 : "2" au lieu de "1""#]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clause_json;
mod verify;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clauses::{self, Clause, UnmetFloor};
use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::explain::{self, Compared, Motive, Payment, Sensitivity, Shortfall, Span};
use crate::outcome::{Increments, Outcome, Round, Share};
use crate::pabulib::{Document, Leniency, Limits, ReadError, ReadOptions, read};
use crate::rule::Rule;
use crate::tie::TieBreak;

use self::clause_json::clause_json;
pub use self::clause_json::clauses_from_json;
pub use self::verify::{Verification, verify};

/// Name and version of the format.
pub const FORMAT: &str = "vote/proces-verbal/2";

/// The choices of a count, all written in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The rule.
    pub rule: Rule,
    /// Ties.
    pub tie: TieBreak,
    /// Clauses.
    pub clauses: Vec<Clause>,
    /// How the file is read.
    pub reading: ReadOptions,
    /// Identifiers of voters whose ballots are doubtful: the result without them is given beside.
    pub doubtful: Vec<String>,
    /// A project of which the record says what it was missing (the rule is counted again some dozens of times).
    pub explained: Option<String>,
}

impl Parameters {
    /// Counts a vote with these choices; with clauses, gives also the outcome without them.
    ///
    /// # Errors
    /// What the rule or a clause refuses.
    pub fn outcome(
        &self,
        election: &Election,
        control: &Control<'_>,
    ) -> Result<(Outcome, Option<Outcome>), CountError> {
        if self.clauses.is_empty() {
            return Ok((self.rule.count(election, &self.tie, control)?, None));
        }
        let both = clauses::count(election, self.rule, &self.clauses, &self.tie, control)?;
        Ok((both.outcome, Some(both.unconstrained)))
    }
}

/// Why there is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The file.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The count.
    #[error(transparent)]
    Count(#[from] CountError),
    /// The doubtful ballots.
    #[error(
        "Le votant « {0} » de la liste des bulletins douteux n’a pas de bulletin compté dans ce fichier. Corrigez la liste."
    )]
    Doubtful(String),
    /// The project to explain.
    #[error("Le projet « {0} » n’est pas dans le fichier.")]
    Explained(String),
    /// The clauses.
    #[error("Les clauses ne sont pas utilisables : {0}.")]
    Clauses(String),
    /// The record itself.
    #[error("Ce procès-verbal n’est pas lisible : {0}.")]
    Record(String),
}

/// A count and its record.
#[derive(Debug, Clone)]
pub struct Counted<'a> {
    /// The file, as read.
    pub document: Document<'a>,
    /// The result.
    pub outcome: Outcome,
    /// The result without the doubtful ballots, when some are named.
    pub sensitivity: Option<Sensitivity>,
    /// What the explained project was missing, when it lost.
    pub shortfall: Option<Shortfall>,
    /// The record.
    pub record: Value,
}

/// Reads, counts, and writes the record.
///
/// # Errors
/// [`RecordError`].
pub fn count<'a>(bytes: &'a [u8], parameters: &Parameters, control: &Control<'_>) -> Result<Counted<'a>, RecordError> {
    let document = read(bytes, parameters.reading)?;
    let election = &document.election;
    let (outcome, unconstrained) = parameters.outcome(election, control)?;
    let (payments, left) = explain::followed(election, parameters.rule, &outcome)?;
    let mut record = json!({
        "format": FORMAT,
        "software": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "input": input(bytes, &document),
        "rule": { "name": parameters.rule.name(), "text": parameters.rule.text() },
        "ties": { "name": parameters.tie.name(), "text": parameters.tie.text() },
        "reading": {
            "limits": if parameters.reading.limits == Limits::Enforce { "enforce" } else { "report" },
            "keep_duplicates": parameters.reading.keep_duplicates,
            "leniencies": document.leniencies.iter().map(leniency_json).collect::<Vec<_>>(),
        },
        "clauses": parameters.clauses.iter().map(|clause| clause_json(clause, election)).collect::<Vec<_>>(),
        "winners": outcome.winner_ids(election),
        "total_cost": election.amount(outcome.total),
        "exact": outcome.exact,
        "certificate": {
            "safe": outcome.certificate.safe,
            "redone": outcome.certificate.redone,
            "ties": outcome.certificate.ties,
            "denominator_bits": outcome.certificate.denominator_bits,
            "unproved": outcome.certificate.unproved,
        },
        "shares": outcome.shares.iter().map(share_json).collect::<Vec<_>>(),
        "rounds": rounds_json(election, &outcome, payments),
        "explanation": explanation(&document, parameters, &outcome, &left),
    });
    if let Some(increments) = &outcome.increments {
        record["increments"] = increments_json(increments);
    }
    if let Some(welfare) = outcome.welfare {
        record["welfare"] = Value::String(welfare.to_string());
    }
    if let Some(unconstrained) = unconstrained {
        record["without_clauses"] = json!({
            "winners": unconstrained.winner_ids(election),
            "total_cost": election.amount(unconstrained.total),
        });
    }
    let unmet = clauses::unmet_floors(election, &parameters.clauses, &outcome);
    if !unmet.is_empty() {
        record["unmet_floors"] = unmet.iter().map(unmet_json).collect();
    }
    let shortfall = shortfall(election, parameters, &outcome, control)?;
    if let Some(id) = &parameters.explained {
        record["shortfall"] = shortfall_json(election, id, shortfall.as_ref());
    }
    let sensitivity = sensitivity(&document, parameters, &outcome, control)?;
    if let Some(changed) = &sensitivity {
        record["sensitivity"] = sensitivity_json(election, &parameters.doubtful, changed);
    }
    Ok(Counted { document, outcome, sensitivity, shortfall, record })
}

/// What the project to explain was missing, when there is one.
fn shortfall(
    election: &Election,
    parameters: &Parameters,
    outcome: &Outcome,
    control: &Control<'_>,
) -> Result<Option<Shortfall>, RecordError> {
    let Some(id) = &parameters.explained else { return Ok(None) };
    let project = election.position(id).ok_or_else(|| RecordError::Explained(id.clone()))?;
    if outcome.winners.contains(&project) {
        return Ok(None);
    }
    let recount = |changed: &Election| Ok(parameters.outcome(changed, control)?.0);
    Ok(explain::shortfall(election, project, &recount, control)?)
}

fn shortfall_json(election: &Election, id: &str, missing: Option<&Shortfall>) -> Value {
    let mut json = json!({ "project": id, "votes": null, "cost": null, "budget": null });
    let Some(missing) = missing else { return json };
    json["votes"] = json!(missing.votes.enough());
    for (key, missing) in [("cost", missing.cost), ("budget", missing.budget)] {
        json[key] = json!(missing.enough().map(|amount| election.amount(amount)));
    }
    for (key, missing) in [("votes", missing.votes), ("cost", missing.cost), ("budget", missing.budget)] {
        if let Some(reason) = missing.reason() {
            json["reasons"][key] = json!(reason);
        }
    }
    json
}

fn leniency_json(leniency: &Leniency) -> Value {
    json!({ "line": leniency.line, "what": leniency.what })
}

fn unmet_json(floor: &UnmetFloor) -> Value {
    json!({ "territory": floor.territory, "asked": floor.asked, "selected": floor.selected, "text": floor.text() })
}

fn increments_json(increments: &Increments) -> Value {
    json!({ "added": increments.added, "per_voter": increments.per_voter, "stop": increments.stop.name() })
}

fn motive_json(election: &Election, motive: Motive) -> Value {
    let mut json = json!({ "name": motive.name(), "text": motive.text(election) });
    match motive {
        Motive::NoRoom { left, asked } | Motive::NotReached { left, asked } | Motive::SubEnvelope { left, asked } => {
            json["left"] = json!(election.amount(left));
            json["asked"] = json!(election.amount(asked));
        }
        Motive::BelowThreshold { has, asked } | Motive::MinimumSupport { has, asked } => {
            json["has"] = json!(has);
            json["asked"] = json!(asked);
        }
        Motive::Exclusive { by } => json["by"] = json!(election.projects[by].id),
        Motive::BearerCap { funded, spent } => {
            json["funded"] = json!(funded);
            json["spent"] = json!(election.amount(spent));
        }
        Motive::Unsupported | Motive::LargerThanEnvelope | Motive::NoPoints | Motive::LowestGrade => {}
    }
    json
}

/// The count without the doubtful ballots, when there are some.
fn sensitivity(
    document: &Document<'_>,
    parameters: &Parameters,
    outcome: &Outcome,
    control: &Control<'_>,
) -> Result<Option<Sensitivity>, RecordError> {
    if parameters.doubtful.is_empty() {
        return Ok(None);
    }
    let ids: Vec<&str> = parameters.doubtful.iter().map(String::as_str).collect();
    let ballots = document.ballots_of(&ids).map_err(|id| RecordError::Doubtful(id.to_owned()))?;
    let recount = |changed: &Election| Ok(parameters.outcome(changed, control)?.0);
    Ok(Some(explain::sensitivity(&document.election, outcome, &ballots, &recount)?))
}

fn sensitivity_json(election: &Election, doubtful: &[String], changed: &Sensitivity) -> Value {
    let ids = |projects: &[usize]| projects.iter().map(|&p| election.projects[p].id.as_str()).collect::<Vec<_>>();
    json!({
        "doubtful": doubtful,
        "ballots": changed.ballots,
        "winners": changed.without.winner_ids(election),
        "total_cost": election.amount(changed.without.total),
        "gained": ids(&changed.gained),
        "lost": ids(&changed.lost),
    })
}

fn share_json(share: &Share) -> Value {
    let mut json = json!({ "first_round": share.first_round, "per_voter": share.exact_value });
    if let Some(increments) = &share.increments {
        json["increments"] = increments_json(increments);
    }
    json
}

fn input(bytes: &[u8], document: &Document<'_>) -> Value {
    let election = &document.election;
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut void = std::collections::BTreeMap::new();
    for (_, reason) in &document.void {
        *void.entry(reason.to_string()).or_insert(0_u64) += 1;
    }
    let blank: u64 = election.ballots.iter().filter(|(ballot, _)| ballot.is_empty()).map(|(_, weight)| weight).sum();
    json!({
        "sha256": hex,
        "bytes": bytes.len(),
        "vote_type": election.kind.name(),
        "projects": election.projects.len(),
        "ballots": election.ballots.total(),
        "blank": blank,
        "void": void,
        "budget": election.amount(election.budget),
    })
}

fn rounds_json(election: &Election, outcome: &Outcome, payments: Vec<Vec<Payment>>) -> Vec<Value> {
    let mut left = election.budget;
    let round = |(round, payments): (&Round, Vec<Payment>)| {
        left = left.saturating_sub(election.projects[round.project].cost);
        let mut json = round_json(round, election, left);
        json["payments"] = payments.iter().map(payment_json).collect();
        json
    };
    outcome.rounds.iter().zip(payments).map(round).collect()
}

fn round_json(round: &Round, election: &Election, left: u64) -> Value {
    // Doubles are written by their shortest text that gives them back: the same everywhere.
    let value = round.exact_value.clone().or_else(|| round.value.is_finite().then(|| round.value.to_string()));
    json!({
        "project": election.projects[round.project].id,
        "cost": election.amount(election.projects[round.project].cost),
        "left": election.amount(left),
        "measure": round.measure.name(),
        "value": value,
        "supporters": round.supporters,
        "exhausted": round.exhausted,
        "tied": round.tied,
        "phase": round.phase.name(),
        "clause": round.clause,
    })
}

/// Amounts rounded to the hundredth: what they are made from is exact, and above.
fn payment_json(payment: &Payment) -> Value {
    let span = |span: Span| json!([format!("{:.2}", span.least), format!("{:.2}", span.most)]);
    json!({
        "voters": payment.voters,
        "whole_price": payment.whole,
        "paid": span(payment.paid),
        "paid_total": format!("{:.2}", payment.paid.total),
        "left": span(payment.left),
        "left_total": format!("{:.2}", payment.left.total),
    })
}

fn explanation(document: &Document<'_>, parameters: &Parameters, outcome: &Outcome, left: &[f64]) -> Value {
    let election = &document.election;
    let (votes, points) = (election.votes(), election.points());
    let support = explain::support_over_cost(election, parameters.rule, outcome, left);
    let motives = explain::motives(election, parameters.rule, &parameters.clauses, outcome);
    let projects: Vec<Value> = (0..election.projects.len())
        .map(|project| {
            json!({
                "id": election.projects[project].id,
                "name": election.projects[project].name,
                "cost": election.amount(election.projects[project].cost),
                "votes": votes[project],
                "points": points[project],
                "selected": motives[project].is_none(),
                "motive": motives[project].map(|motive| motive_json(election, motive)),
                "effective_support": support[project].map(|part| format!("{part:.6}")),
            })
        })
        .collect();
    let territories =
        explain::satisfaction_by_territory(election, outcome, &document.territory_of, document.territories.len());
    let by_territory: serde_json::Map<String, Value> = document
        .territories
        .iter()
        .zip(&territories)
        .map(|(name, satisfaction)| (name.clone(), satisfaction_json(satisfaction)))
        .collect();
    json!({
        "projects": projects,
        "satisfaction": satisfaction_json(&explain::satisfaction(election, outcome)),
        "satisfaction_by_territory": by_territory,
    })
}

/// A comparison of rules, in the words of a record.
#[must_use]
pub fn comparison(bytes: &[u8], document: &Document<'_>, tie: &TieBreak, lines: &[Compared]) -> Value {
    let election = &document.election;
    let line = |line: &Compared| {
        let mut json = json!({ "name": line.rule.name(), "text": line.rule.text() });
        match &line.result {
            Ok((outcome, satisfaction)) => {
                json["winners"] = json!(outcome.winner_ids(election));
                json["total_cost"] = json!(election.amount(outcome.total));
                json["exact"] = json!(outcome.exact);
                json["satisfaction"] = satisfaction_json(satisfaction);
            }
            Err(reason) => json["refused"] = json!(reason.to_string()),
        }
        json
    };
    json!({
        "input": input(bytes, document),
        "ties": { "name": tie.name(), "text": tie.text() },
        "rules": lines.iter().map(line).collect::<Vec<_>>(),
    })
}

fn satisfaction_json(satisfaction: &explain::Satisfaction) -> Value {
    json!({
        "ballots": satisfaction.ballots,
        "with_a_winner": satisfaction.with_a_winner,
        "histogram": satisfaction.histogram,
    })
}

/// The canonical text of a record: keys sorted, no space.
#[must_use]
pub fn canonical(record: &Value) -> String {
    let mut sorted = record.clone();
    // Sorted already, unless another crate of the program asks serde_json to keep the order of insertion.
    sorted.sort_all_objects();
    sorted.to_string()
}
