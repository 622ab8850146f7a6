//! Every reference outcome, with both rules for ties.

use std::collections::BTreeSet;
use std::path::Path;

use rstest::rstest;
use serde_json::Value;
use vote::pabulib::{ReadOptions, read};
use vote::{BallotKind, Control, Election, Outcome, Round, Rule, TieBreak};

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
        for (key, found) in [("supporters", round.supporters), ("exhausted_supporters", round.exhausted)] {
            if let Some(expected) = expected.get(key).filter(|expected| expected.as_u64() != Some(found)) {
                wrong.push(format!("round {:?} {key} {expected} got {found}", project_id(round, election)));
            }
        }
        if name.starts_with("bos") {
            // Fractions are too big there: what voters pay is known between two doubles, and their middle is told.
            let width = if election.kind.has_points() && election.ballots.total() > 10_000 { 1e-3 } else { 1e-9 };
            wrong.extend(bos_round(expected, round, width));
        }
    }
    wrong
}

fn project_id<'e>(round: &Round, election: &'e Election) -> &'e str {
    &election.projects[round.project].id
}

/// Price and ties of a round of bounded overspending: the references give doubles.
fn bos_round(expected: &Value, round: &Round, width: f64) -> Option<String> {
    let (price, tied) = (expected["rho_float"].as_f64()?, expected["tied"].as_u64()?);
    let near = (round.value - price).abs() <= width * price;
    (!near || tied != round.tied as u64).then(|| format!("round {price} ({tied}) got {} ({})", round.value, round.tied))
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
                    if !outcome.exact {
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

/// The reference of a real vote and its election; nothing when the folder of data is absent.
fn real(name: &str) -> Option<(Value, Election)> {
    let path = Path::new(REAL).join("reference").join(format!("{name}.json"));
    if !path.exists() {
        eprintln!("SAUTÉ : {} est absent", path.display());
        return None;
    }
    let reference = json(&path);
    let election = load(&Path::new(REAL).join(reference["instance"].as_str().unwrap()));
    Some((reference, election))
}

/// One test for each file, so that they run side by side.
#[rstest]
#[case("France_Toulouse_2019")]
#[case("France_Toulouse_2022")]
#[case("France_Toulouse_2022_17_-_Mirail-Universite_Reynerie_Bellefontaine")]
#[case("France_Toulouse_2022_1_-_Capitole_Arnaud_Bernard_Carmes")]
#[case("France_Toulouse_2022_9_-_Trois_Cocus_Borderouge_Croix-Daurade_Paleficat_Grand_Selve")]
#[case("Netherlands_Amsterdam_309")]
#[case("Poland_Czestochowa_2020")]
#[case("Poland_Gdynia_2020_Grabowek__large")]
#[case("Poland_Krakow_2018")]
#[case("Poland_Krakow_2020_Wzgorza_Krzeslawickie")]
#[case("Poland_Lodz_2022")]
#[case("Poland_Swiecie_2023")]
#[case("Poland_Warszawa_2019_Grochow_Centrum")]
#[case("Poland_Warszawa_2020_Praga-Poludnie")]
#[case("Poland_Warszawa_2026")]
#[case("Poland_Wieliczka_2023_Green_Budget")]
#[case("Poland_Wroclaw_2017_Rejon_nr_11_750")]
#[case("Switzerland_Zurich_S5D10")]
#[case("Switzerland_Zurich_S5R")]
#[case("Switzerland_Zurich_SN")]
fn real_votes_are_reproduced(#[case] name: &str) {
    let Some((reference, election)) = real(name) else { return };
    let mut wrong = Vec::new();
    check(&election, name, &reference["reference"], &mut wrong);
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    official(name, &reference, &election);
}

/// What the city decided, with each variant that is known to reproduce it.
fn official(name: &str, reference: &Value, election: &Election) {
    let Some(official) = reference.get("official").filter(|official| !official.is_null()) else { return };
    let base = if election.kind == BallotKind::Ordinal { "greedy_score" } else { "greedy_votes" };
    let threshold = official["threshold"].as_str().map_or(String::new(), |least| format!("_threshold_{least}"));
    for variant in texts(&official["reproduced_by"]) {
        let rule = match variant {
            "greedy" => base.to_owned(),
            "greedy, stop at first that does not fit" => format!("{base}_no_skip"),
            "greedy with the threshold of the file" => format!("{base}{threshold}"),
            "greedy with threshold, stop at first that does not fit" => format!("{base}{threshold}_no_skip"),
            _ if variant.contains("exhaustive") => format!("{}_add1_stop_when_exhaustive", &variant[..8]),
            _ => format!("{}_add1", &variant[..8]),
        };
        let outcome =
            Rule::from_name(&rule).unwrap().count(election, &TieBreak::Recommended, &Control::default()).unwrap();
        let found: BTreeSet<&str> = outcome.winner_ids(election).into_iter().collect();
        let expected: BTreeSet<&str> = texts(&official["selected"]).into_iter().collect();
        assert_eq!(found, expected, "{name} {rule}");
    }
}

#[test]
fn no_reference_is_left_out() {
    let Ok(folder) = std::fs::read_dir(Path::new(REAL).join("reference")) else {
        eprintln!("SAUTÉ : {REAL} est absent");
        return;
    };
    let files = folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "json"));
    assert_eq!(files.count(), 20, "add the new files to the cases above");
}
