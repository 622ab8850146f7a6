//! Every reference outcome, with both rules for ties.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vote::pabulib::{ReadOptions, read};
use vote::{BallotKind, Control, Election, Outcome, Rule, TieBreak};

const MICRO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vote/micro");
const REAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/pabulib");

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn load(path: &Path) -> Election {
    let bytes = std::fs::read(path).unwrap();
    read(&bytes, ReadOptions::default()).unwrap_or_else(|error| panic!("{} : {error}", path.display())).election
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

/// Files say « points » for rankings too.
fn rule(name: &str, election: &Election) -> Rule {
    let name = if election.kind == BallotKind::Ordinal && name.starts_with("mes_points") {
        name.replace("mes_points", "mes_positional")
    } else {
        name.to_owned()
    };
    Rule::from_name(&name).unwrap()
}

/// What differs from the reference, in words.
fn differences(election: &Election, name: &str, expected: &Value, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let winners = outcome.winner_ids(election);
    let reference = texts(expected.get("winners").unwrap_or(&expected["one_optimal_set"]));
    let as_set = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
    if let Some(welfare) = expected.get("welfare") {
        if outcome.welfare.map(|w| w.to_string()).as_deref() != welfare.as_str() {
            wrong.push(format!("welfare {:?} instead of {welfare}", outcome.welfare));
        }
        return wrong;
    }
    let same = if name.starts_with("greedy") { as_set(&winners) == as_set(&reference) } else { winners == reference };
    if !same {
        wrong.push(format!("winners {winners:?} instead of {reference:?}"));
    }
    let total = election.amount(outcome.total);
    if expected["total_cost"].as_str() != Some(&total) {
        wrong.push(format!("total {total} instead of {}", expected["total_cost"]));
    }
    if let (Some(share), Some(found)) = (expected.get("final_per_voter"), &outcome.increments) {
        let iterations = expected["iterations"].as_u64().unwrap();
        let fixed = [found.added, found.added + 1, found.added + 2];
        if share.as_str() != Some(&found.per_voter) || !fixed.contains(&iterations) {
            wrong.push(format!("share {} ({}) instead of {share} ({iterations})", found.per_voter, found.added));
        }
        if expected["stop"].as_str() != Some(found.stop.name()) {
            wrong.push(format!("stop {} instead of {}", found.stop.name(), expected["stop"]));
        }
    }
    let rounds = expected.get("rounds").or_else(|| expected.get("trace")).and_then(Value::as_array);
    for (round, expected) in outcome.rounds.iter().zip(rounds.into_iter().flatten()) {
        let exact = expected.get("rho").or_else(|| expected.get("max_load")).and_then(Value::as_str);
        if name.starts_with("mes") || name.starts_with("phragmen") {
            if let Some(exact) = exact.filter(|text| text.len() < 120)
                && !fraction_equal(exact, round.exact_value.as_deref().unwrap_or(""))
            {
                wrong.push(format!("round {exact} got {:?}", round.exact_value));
            }
            if expected["tied"].as_u64() != Some(round.tied as u64) {
                wrong.push(format!("tied {} got {}", expected["tied"], round.tied));
            }
        }
    }
    wrong
}

/// The reference does not always reduce its fractions, nor keep decimals out of the unit.
fn fraction_equal(a: &str, b: &str) -> bool {
    let parse = |text: &str| -> Option<(u128, u128)> {
        let (n, d) = text.split_once('/').unwrap_or((text, "1"));
        Some((n.parse().ok()?, d.parse().ok()?))
    };
    match (parse(a), parse(b)) {
        (Some((an, ad)), Some((bn, bd))) => match (an.checked_mul(bd), bn.checked_mul(ad)) {
            (Some(left), Some(right)) => left == right,
            _ => a == b,
        },
        _ => a == b,
    }
}

fn check(election: &Election, label: &str, reference: &Value, wrong: &mut Vec<String>) -> usize {
    let mut count = 0;
    for (tie_name, tie) in [("recommended", TieBreak::Recommended), ("lexico", TieBreak::Lexico)] {
        for (name, expected) in reference[tie_name].as_object().unwrap() {
            let started = std::time::Instant::now();
            match rule(name, election).count(election, &tie, &Control::default()) {
                Ok(outcome) => {
                    for what in differences(election, name, expected, &outcome) {
                        wrong.push(format!("{label} {tie_name} {name}: {what}"));
                    }
                    if !outcome.exact && !name.starts_with("bos") {
                        wrong.push(format!("{label} {tie_name} {name}: not exact"));
                    }
                }
                Err(error) => wrong.push(format!("{label} {tie_name} {name}: {error}")),
            }
            if started.elapsed().as_millis() > 1000 {
                eprintln!("{label} {name}: {:?}", started.elapsed());
            }
            count += 1;
        }
    }
    count
}

#[test]
fn micro_cases_are_reproduced() {
    let reference = json(&Path::new(MICRO).join("micro_reference.json"));
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, expected) in reference.as_object().unwrap() {
        let election = load(&Path::new(MICRO).join(file));
        count += check(&election, file, &expected["reference"], &mut wrong);
    }
    assert!(count > 390, "{count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn real() -> Vec<PathBuf> {
    let Ok(folder) = std::fs::read_dir(Path::new(REAL).join("reference")) else {
        eprintln!("SAUTÉ : {REAL} est absent");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn real_votes_are_reproduced() {
    let mut wrong = Vec::new();
    for path in real() {
        let reference = json(&path);
        let file = reference["instance"].as_str().unwrap();
        let election = load(&Path::new(REAL).join(file));
        check(&election, file, &reference["reference"], &mut wrong);
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

/// What cities decided, with a variant that is known to reproduce it.
#[test]
fn official_results_are_reproduced() {
    for path in real() {
        let reference = json(&path);
        let Some(official) = reference.get("official").filter(|official| !official.is_null()) else { continue };
        let election = load(&Path::new(REAL).join(reference["instance"].as_str().unwrap()));
        let base = if election.kind == BallotKind::Ordinal { "greedy_score" } else { "greedy_votes" };
        let threshold = official["threshold"].as_str().map_or(String::new(), |least| format!("_threshold_{least}"));
        for variant in texts(&official["reproduced_by"]) {
            let name = match variant {
                "greedy" => base.to_owned(),
                "greedy, stop at first that does not fit" => format!("{base}_no_skip"),
                "greedy with the threshold of the file" => format!("{base}{threshold}"),
                "greedy with threshold, stop at first that does not fit" => format!("{base}{threshold}_no_skip"),
                _ if variant.contains("exhaustive") => format!("{}_add1_stop_when_exhaustive", &variant[..8]),
                _ => format!("{}_add1", &variant[..8]),
            };
            let outcome =
                Rule::from_name(&name).unwrap().count(&election, &TieBreak::Recommended, &Control::default()).unwrap();
            let found: BTreeSet<&str> = outcome.winner_ids(&election).into_iter().collect();
            let expected: BTreeSet<&str> = texts(&official["selected"]).into_iter().collect();
            assert_eq!(found, expected, "{} {name}", path.display());
        }
    }
}
