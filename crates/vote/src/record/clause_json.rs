//! Clauses as a record writes them, and as people write them for a count.

use serde_json::{Value, json};

use super::RecordError;
use crate::clauses::Clause;
use crate::election::Election;

pub(super) fn clause_json(clause: &Clause, election: &Election) -> Value {
    let amount = |value: &u64| election.amount(*value);
    let mut json = match clause {
        Clause::Floor { count, max_cost } => {
            json!({ "type": "plancher", "nombre": count, "cout_maximum": max_cost.as_ref().map(amount) })
        }
        Clause::SubEnvelope { tag, min_cost, max_cost, amount: money, overflow } => json!({
            "type": "sous_enveloppe",
            "etiquette": tag,
            "cout_minimum": min_cost.as_ref().map(amount),
            "cout_maximum": max_cost.as_ref().map(amount),
            "montant": amount(money),
            "deversement": overflow,
        }),
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
    let read = |value: &Value| {
        let clause = clause_from_json(value, decimals)?;
        clause.check().map_err(|error| unusable(error.to_string().trim_end_matches('.')))?;
        Ok(clause)
    };
    list.iter().map(read).collect()
}

fn unusable(what: impl Into<String>) -> RecordError {
    RecordError::Clauses(what.into())
}

/// The keys of each type of clause, besides `type` and `texte`.
const CLAUSE_KEYS: [(&str, &[&str]); 5] = [
    ("plancher", &["nombre", "cout_maximum"]),
    ("sous_enveloppe", &["etiquette", "cout_minimum", "cout_maximum", "montant", "deversement"]),
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
    let text = |key: &str| match &value[key] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(missing(key)),
    };
    match kind {
        "plancher" => Ok(Clause::Floor {
            count: optional("nombre")?.ok_or_else(|| missing("nombre"))?,
            max_cost: money("cout_maximum")?,
        }),
        "sous_enveloppe" => Ok(Clause::SubEnvelope {
            tag: text("etiquette")?,
            min_cost: money("cout_minimum")?,
            max_cost: money("cout_maximum")?,
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
        "montant" | "cout_minimum" | "cout_maximum" => {
            "il faut un montant égal ou supérieur à 0, comme 12000 ou \"12000.50\""
        }
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
