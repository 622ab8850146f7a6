//! A record that anyone can recount: canonical JSON with the digest of the ballots, the rule in plain French, and the result.
//!
//! Canonical: keys sorted, no space, no number with a fraction (amounts and fractions are text), so that the same count
//! always gives the same bytes, which may be signed or published as a digest.

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

/// Name and version of the format.
pub const FORMAT: &str = "vote/proces-verbal/2";
/// The first version, still verified: without phases, motives, leniencies, floors that are not met, and with other texts
/// of the rules.
const FIRST_FORMAT: &str = "vote/proces-verbal/1";

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
    #[error("Ce procès-verbal n’est pas lisible : {0}")]
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
    /// What the explained project was missing; nothing is missing to a winner.
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
        "rounds": rounds_json(election, parameters.rule, &outcome)?,
        "explanation": explanation(&document, parameters.rule, &outcome),
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
    if let (Some(id), Some(missing)) = (&parameters.explained, &shortfall) {
        record["shortfall"] = shortfall_json(election, id, missing);
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
        return Ok(Some(Shortfall::default()));
    }
    let recount = |changed: &Election| Ok(parameters.outcome(changed, control)?.0);
    Ok(Some(explain::shortfall(election, project, &recount)?))
}

fn shortfall_json(election: &Election, id: &str, missing: &Shortfall) -> Value {
    let amount = |amount: Option<u64>| amount.map(|amount| election.amount(amount));
    json!({
        "project": id,
        "votes": missing.votes,
        "cost": amount(missing.cost),
        "budget": amount(missing.budget),
    })
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
    let mut json = json!({ "name": motive.name() });
    if let Motive::NoRoom { left, asked } | Motive::NotReached { left, asked } = motive {
        json["left"] = json!(election.amount(left));
        json["asked"] = json!(election.amount(asked));
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

fn rounds_json(election: &Election, rule: Rule, outcome: &Outcome) -> Result<Vec<Value>, CountError> {
    let mut left = election.budget;
    let payments = explain::payments(election, rule, outcome)?;
    let round = |(round, payments): (&Round, Vec<Payment>)| {
        left = left.saturating_sub(election.projects[round.project].cost);
        let mut json = round_json(round, election, left);
        json["payments"] = payments.iter().map(payment_json).collect();
        json
    };
    Ok(outcome.rounds.iter().zip(payments).map(round).collect())
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

fn explanation(document: &Document<'_>, rule: Rule, outcome: &Outcome) -> Value {
    let election = &document.election;
    let (votes, points) = (election.votes(), election.points());
    let support = explain::effective_support(election, rule, outcome);
    let motives = explain::motives(election, outcome);
    let projects: Vec<Value> = (0..election.projects.len())
        .map(|project| {
            json!({
                "id": election.projects[project].id,
                "name": election.projects[project].name,
                "cost": election.amount(election.projects[project].cost),
                "votes": votes[project],
                "points": points[project],
                "selected": outcome.winners.contains(&project),
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

fn clause_json(clause: &Clause, election: &Election) -> Value {
    let amount = |value: &u64| election.amount(*value);
    let mut json = match clause {
        Clause::Floor { count, max_cost } => {
            json!({ "type": "plancher", "nombre": count, "cout_maximum": max_cost.as_ref().map(amount) })
        }
        Clause::SubEnvelope { tag, amount: money, overflow } => {
            json!({ "type": "sous_enveloppe", "etiquette": tag, "montant": amount(money), "deversement": overflow })
        }
        Clause::BearerCap { count, amount: money } => {
            json!({ "type": "plafond_porteur", "nombre": count, "montant": money.as_ref().map(amount) })
        }
        Clause::Exclusive { projects } => json!({ "type": "exclusifs", "projets": projects }),
        Clause::MinimumSupport { votes } => json!({ "type": "soutien_minimum", "voix": votes }),
    };
    json["texte"] = Value::String(clause.text(election));
    json
}

/// Reads clauses written as in a record: `[{"type": "plancher", "nombre": 1}, …]`. Amounts are in the currency, as text or
/// whole numbers; `decimals` is that of the vote ([`Election::decimals`]).
///
/// # Errors
/// [`RecordError::Clauses`] says which clause is wrong, and how.
pub fn clauses_from_json(value: &Value, decimals: u32) -> Result<Vec<Clause>, RecordError> {
    let list = value.as_array().ok_or_else(|| unusable("elles doivent être une liste"))?;
    list.iter().map(|clause| clause_from_json(clause, decimals)).collect()
}

fn wrong(what: impl Into<String>) -> RecordError {
    RecordError::Record(what.into())
}

fn unusable(what: impl Into<String>) -> RecordError {
    RecordError::Clauses(what.into())
}

/// The keys of each type of clause, besides `type` and `texte`.
const CLAUSE_KEYS: [(&str, &[&str]); 5] = [
    ("plancher", &["nombre", "cout_maximum"]),
    ("sous_enveloppe", &["etiquette", "montant", "deversement"]),
    ("plafond_porteur", &["nombre", "montant"]),
    ("exclusifs", &["projets"]),
    ("soutien_minimum", &["voix"]),
];

/// Refuses what would be passed over: a key badly written is a clause that does not apply.
fn check_keys(kind: &str, value: &Value) -> Result<(), RecordError> {
    let types: Vec<&str> = CLAUSE_KEYS.iter().map(|(name, _)| *name).collect();
    let Some((_, keys)) = CLAUSE_KEYS.iter().find(|(name, _)| *name == kind) else {
        return Err(unusable(format!("le type « {kind} » n’est pas connu ; les types sont : {}", types.join(", "))));
    };
    let unknown = |key: &&String| !["type", "texte"].contains(&key.as_str()) && !keys.contains(&key.as_str());
    match value.as_object().and_then(|map| map.keys().find(unknown)) {
        Some(key) => Err(unusable(format!(
            "la clause « {kind} » n’a pas de « {key} » ; ce qu’elle peut dire : {}",
            keys.join(", ")
        ))),
        None => Ok(()),
    }
}

fn clause_from_json(value: &Value, decimals: u32) -> Result<Clause, RecordError> {
    let kind = value["type"].as_str().unwrap_or_default();
    check_keys(kind, value)?;
    let missing = |key: &str| match &value[key] {
        Value::Null => unusable(format!("la clause « {kind} » doit avoir « {key} »")),
        found => unusable(format!("la clause « {kind} » : « {key} » vaut {found}, {}", expected(key))),
    };
    let optional = |key: &str| -> Result<Option<u64>, RecordError> {
        match &value[key] {
            Value::Null => Ok(None),
            Value::Number(number) => number.as_u64().map(Some).ok_or_else(|| missing(key)),
            _ => Err(missing(key)),
        }
    };
    let money = |key: &str| -> Result<Option<u64>, RecordError> {
        match &value[key] {
            Value::Null => Ok(None),
            Value::Number(number) => amount(&number.to_string(), decimals).map(Some).ok_or_else(|| missing(key)),
            Value::String(text) => amount(text, decimals).map(Some).ok_or_else(|| missing(key)),
            _ => Err(missing(key)),
        }
    };
    match kind {
        "plancher" => Ok(Clause::Floor {
            count: optional("nombre")?.ok_or_else(|| missing("nombre"))?,
            max_cost: money("cout_maximum")?,
        }),
        "sous_enveloppe" => Ok(Clause::SubEnvelope {
            tag: value["etiquette"].as_str().ok_or_else(|| missing("etiquette"))?.to_owned(),
            amount: money("montant")?.ok_or_else(|| missing("montant"))?,
            overflow: value["deversement"].as_bool().ok_or_else(|| missing("deversement"))?,
        }),
        "plafond_porteur" => Ok(Clause::BearerCap { count: optional("nombre")?, amount: money("montant")? }),
        "exclusifs" => {
            let ids = value["projets"].as_array().ok_or_else(|| missing("projets"))?;
            let projects = ids.iter().map(|id| id.as_str().map(str::to_owned).ok_or_else(|| missing("projets")));
            Ok(Clause::Exclusive { projects: projects.collect::<Result<_, _>>()? })
        }
        "soutien_minimum" => Ok(Clause::MinimumSupport { votes: optional("voix")?.ok_or_else(|| missing("voix"))? }),
        _ => Err(unusable(format!("le type « {kind} » n’est pas connu"))),
    }
}

/// What a key must hold, in words.
fn expected(key: &str) -> &'static str {
    match key {
        "nombre" | "voix" => "il faut un nombre entier, sans guillemets, égal ou supérieur à 0",
        "montant" | "cout_maximum" => "il faut un montant égal ou supérieur à 0, comme 12000 ou \"12000.50\"",
        "deversement" => "il faut true ou false, sans guillemets",
        "projets" => "il faut une liste d’identifiants entre guillemets",
        _ => "il faut un texte entre guillemets",
    }
}

/// `12000` or `12000.5` in the smallest unit.
fn amount(text: &str, decimals: u32) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > decimals as usize {
        return None;
    }
    let padded = format!("{whole}{part:0<width$}", width = decimals as usize);
    padded.parse().ok()
}

/// The canonical text of a record: keys sorted, no space.
#[must_use]
pub fn canonical(record: &Value) -> String {
    let mut text = String::new();
    write_canonical(record, &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            text.push('{');
            for (position, key) in keys.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(key.clone()).to_string());
                text.push(':');
                write_canonical(&map[key], text);
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// Counts again as a record says, and lists what differs: nothing when the record is right.
///
/// # Errors
/// A record or a file that cannot be read, or a count that cannot be made.
pub fn verify(record: &[u8], bytes: &[u8], control: &Control<'_>) -> Result<Vec<String>, RecordError> {
    let given: Value = serde_json::from_slice(record).map_err(|error| wrong(error.to_string()))?;
    let first = given["format"] == FIRST_FORMAT;
    if given["format"] != FORMAT && !first {
        return Err(wrong(format!("le format attendu est « {FORMAT} » (ou « {FIRST_FORMAT} »)")));
    }
    let text = |pointer: &str| {
        given.pointer(pointer).and_then(Value::as_str).ok_or_else(|| wrong(format!("« {pointer} » manque")))
    };
    let limits = if text("/reading/limits")? == "enforce" { Limits::Enforce } else { Limits::Report };
    let keep_duplicates = given["reading"]["keep_duplicates"].as_bool().unwrap_or(false);
    let reading = ReadOptions { limits, keep_duplicates };
    let decimals = read(bytes, reading)?.election.decimals;
    let parameters = Parameters {
        rule: Rule::from_name(text("/rule/name")?)?,
        tie: TieBreak::from_name(text("/ties/name")?)?,
        clauses: clauses_from_json(&given["clauses"], decimals).map_err(|error| wrong(error.to_string()))?,
        reading,
        doubtful: doubtful_from_json(&given["sensitivity"])?,
        explained: given["shortfall"]["project"].as_str().map(str::to_owned),
    };
    let mut again = count(bytes, &parameters, control)?.record;
    let mut given = given;
    // Another version of the software may write the record, and reach the same result by other ways.
    for record in [&mut again, &mut given] {
        remove(record, "", "software");
        remove(record, "/certificate", "safe");
        remove(record, "/certificate", "redone");
    }
    if first {
        as_first_format(&mut given, &mut again);
    }
    let mut differences = Vec::new();
    differ(&given, &again, "", &mut differences);
    Ok(differences)
}

fn remove(record: &mut Value, pointer: &str, key: &str) {
    if let Some(map) = record.pointer_mut(pointer).and_then(Value::as_object_mut) {
        map.remove(key);
    }
}

/// Leaves in a recount what the first format says too.
fn as_first_format(given: &mut Value, again: &mut Value) {
    again["format"] = given["format"].clone();
    for record in [&mut *given, &mut *again] {
        remove(record, "/rule", "text");
        remove(record, "/reading", "leniencies");
        remove(record, "", "unmet_floors");
    }
    if again.get("increments").is_none() {
        remove(given, "", "increments");
    }
    for (list, key) in [("/shares", "increments"), ("/rounds", "phase"), ("/explanation/projects", "motive")] {
        for item in again.pointer_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            remove(item, "", key);
        }
    }
    for project in given.pointer_mut("/explanation/projects").and_then(Value::as_array_mut).into_iter().flatten() {
        if project["effective_support"] == "-0.000000" {
            project["effective_support"] = json!("0.000000");
        }
    }
}

fn doubtful_from_json(sensitivity: &Value) -> Result<Vec<String>, RecordError> {
    let Some(ids) = sensitivity.get("doubtful") else { return Ok(Vec::new()) };
    let texts = ids.as_array().map(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    texts.flatten().ok_or_else(|| wrong("« /sensitivity/doubtful » doit être une liste de textes"))
}

fn differ(given: &Value, again: &Value, path: &str, differences: &mut Vec<String>) {
    match (given, again) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let side = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
                differ(&side(a), &side(b), &format!("{path}/{key}"), differences);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (position, (a, b)) in a.iter().zip(b).enumerate() {
                differ(a, b, &format!("{path}/{position}"), differences);
            }
        }
        (a, b) if a == b => {}
        (a, b) => differences.push(format!("{path} : {a} au lieu de {b}")),
    }
}
