//! The recount of a record, and what differs.

use serde_json::{Value, json};

use super::{FORMAT, Parameters, RecordError, clauses_from_json, count};
use crate::control::Control;
use crate::pabulib::{Limits, ReadOptions, read};
use crate::rule::Rule;
use crate::tie::TieBreak;

/// The first version, still verified: without phases, motives, leniencies, floors that are not met, and with other texts
/// of the rules.
const FIRST_FORMAT: &str = "vote/proces-verbal/1";

fn wrong(what: impl Into<String>) -> RecordError {
    RecordError::Record(what.into())
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
    if given.pointer("/shortfall/reasons").is_none() {
        // Said since version 0.1 of the second format, which kept its name.
        remove(&mut again, "/shortfall", "reasons");
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
