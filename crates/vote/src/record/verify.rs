//! The recount of a record, and what differs.
//!
//! A record is one text: that of [`canonical`]. Anything else that a reader of JSON would forgive (a key given twice, of
//! which one only would be compared, spaces, another order) is refused before the recount, so that no part of the text
//! that people see is left out of the comparison.

use serde_json::Value;

use super::{FORMAT, Parameters, RecordError, canonical, clauses_from_json, count};
use crate::control::Control;
use crate::pabulib::{Limits, ReadOptions, read};
use crate::rule::Rule;
use crate::tie::TieBreak;

/// What a recount says of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Verification {
    /// What differs from the recount, in French: nothing when the record is right.
    pub differences: Vec<String>,
    /// What the record says and a recount cannot tell, in French: which software wrote it, when it is not this one.
    pub unchecked: Vec<String>,
}

impl Verification {
    /// Nothing differs.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.differences.is_empty()
    }
}

fn wrong(what: impl Into<String>) -> RecordError {
    RecordError::Record(what.into())
}

/// Counts again as a record says, and lists what differs: nothing when the record is right.
///
/// # Errors
/// A record that is not the text of [`canonical`], a record or a file that cannot be read, or a count that cannot be made.
pub fn verify(record: &[u8], bytes: &[u8], control: &Control<'_>) -> Result<Verification, RecordError> {
    let given = parse(record)?;
    let parameters = parameters(&given, bytes)?;
    let mut again = count(bytes, &parameters, control)?.record;
    let mut found = Verification::default();
    if given["software"] != again["software"] && is_software(&given["software"]) {
        found.unchecked = other_software(&given, &mut again);
    }
    differ(&given, &again, "", &mut found.differences);
    Ok(found)
}

/// Reads a record whose text is the canonical one, and no other.
fn parse(record: &[u8]) -> Result<Value, RecordError> {
    let given: Value = serde_json::from_slice(record).map_err(|error| wrong(error.to_string()))?;
    if given["format"] != FORMAT {
        return Err(wrong(format!("le format attendu est « {FORMAT} »")));
    }
    if record.trim_ascii() != canonical(&given).as_bytes() {
        return Err(wrong(
            "son texte n’est pas celui que le dépouillement écrit (une clé donnée deux fois, des espaces ou un autre ordre \
             suffisent). Reprenez le fichier d’origine, sans le remettre en forme",
        ));
    }
    Ok(given)
}

/// The choices of the count, as the record says them. What it says badly differs from the recount, which says it well.
fn parameters(given: &Value, bytes: &[u8]) -> Result<Parameters, RecordError> {
    let text = |pointer: &str| {
        given.pointer(pointer).and_then(Value::as_str).ok_or_else(|| wrong(format!("« {pointer} » manque")))
    };
    let limits = if text("/reading/limits")? == "enforce" { Limits::Enforce } else { Limits::Report };
    let keep_duplicates = given["reading"]["keep_duplicates"].as_bool().unwrap_or(false);
    let reading = ReadOptions { limits, keep_duplicates };
    let decimals = read(bytes, reading)?.election.decimals;
    Ok(Parameters {
        rule: Rule::from_name(text("/rule/name")?)?,
        tie: TieBreak::from_name(text("/ties/name")?)?,
        clauses: clauses_from_json(&given["clauses"], decimals).map_err(|error| wrong(error.to_string()))?,
        reading,
        doubtful: doubtful_from_json(&given["sensitivity"])?,
        explained: given["shortfall"]["project"].as_str().map(str::to_owned),
    })
}

fn doubtful_from_json(sensitivity: &Value) -> Result<Vec<String>, RecordError> {
    let Some(ids) = sensitivity.get("doubtful") else { return Ok(Vec::new()) };
    let texts = ids.as_array().map(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    texts.flatten().ok_or_else(|| wrong("« /sensitivity/doubtful » doit être une liste de textes"))
}

/// A name and a version, nothing more.
fn is_software(value: &Value) -> bool {
    let text = |key: &str| value.get(key).is_some_and(Value::is_string);
    value.as_object().is_some_and(|map| map.len() == 2) && text("name") && text("version")
}

/// What depends on who counted.
const OF_THE_SOFTWARE: [&str; 3] = ["/software", "/certificate/safe", "/certificate/redone"];

/// Another program may write the record, and reach the same result by other ways: neither its name nor how many choices it
/// made again with integers can be told from the ballots. They are said, not compared.
fn other_software(given: &Value, again: &mut Value) -> Vec<String> {
    let (there, here) = (&given["software"], again["software"].clone());
    for path in OF_THE_SOFTWARE {
        if let (Some(told), Some(ours)) = (given.pointer(path), again.pointer_mut(path)) {
            ours.clone_from(told);
        }
    }
    vec![
        format!(
            "/software : ce procès-verbal dit avoir été écrit par {} {}, ce recompte est fait par {} {}",
            there["name"], there["version"], here["name"], here["version"]
        ),
        "/certificate/safe, /certificate/redone : combien de choix ont été refaits en nombres entiers dépend du logiciel"
            .to_owned(),
    ]
}

/// Lists what differs, keys that one side lacks included: an absent key is not an empty one.
fn differ(given: &Value, again: &Value, path: &str, differences: &mut Vec<String>) {
    match (given, again) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let path = format!("{path}/{key}");
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => differ(a, b, &path, differences),
                    (Some(a), None) => differences.push(format!("{path} : {a}, que le recompte n’a pas")),
                    (None, Some(b)) => differences.push(format!("{path} : absent, au lieu de {b}")),
                    (None, None) => {}
                }
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
