//! Records, explanations, cancellation.

use vote::clauses::Clause;
use vote::explain::Missing;
use vote::pabulib::{ReadOptions, read};
use vote::record::{Parameters, canonical, clauses_from_json, count, verify};
use vote::{Cancel, Control, CountError, Rule, TieBreak, explain};

const OVERSPENDING: &[u8] = include_bytes!("micro/micro_02_overspending.pb");

fn parameters(rule: &str) -> Parameters {
    Parameters {
        rule: Rule::from_name(rule).unwrap(),
        tie: TieBreak::from_name("lot:graine publiée le 3 mars").unwrap(),
        clauses: Vec::new(),
        reading: ReadOptions::default(),
        doubtful: Vec::new(),
        explained: None,
    }
}

#[test]
fn a_record_is_recounted_and_a_changed_one_is_not() {
    for rule in ["greedy_votes", "mes_cost_add1", "phragmen", "bos_cost", "maximin_support", "knapsack_optimum_card"] {
        let counted = count(OVERSPENDING, &parameters(rule), &Control::default()).unwrap();
        let text = canonical(&counted.record);
        assert_eq!(verify(text.as_bytes(), OVERSPENDING, &Control::default()).unwrap().differences, [""; 0], "{rule}");
        let mut changed = counted.record.clone();
        changed["winners"][0] = "Z".into();
        changed["total_cost"] = "1".into();
        let found = verify(canonical(&changed).as_bytes(), OVERSPENDING, &Control::default()).unwrap().differences;
        assert_eq!(found.len(), 2, "{rule} {found:?}");
        let other = String::from_utf8_lossy(OVERSPENDING).replace("9;C,D,F", "9;C,D");
        assert!(!verify(text.as_bytes(), other.as_bytes(), &Control::default()).unwrap().is_right(), "{rule}");
    }
}

#[test]
fn a_record_is_canonical_and_says_the_rule() {
    let counted = count(OVERSPENDING, &parameters("parts_egales"), &Control::default()).unwrap();
    let text = canonical(&counted.record);
    let again: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(canonical(&again), text);
    assert!(!text.contains("\": "), "no space after a key");
    assert_eq!(again["winners"], serde_json::json!(["A", "E", "D"]));
    assert_eq!(again["rounds"][1]["value"], "1/4");
    assert_eq!(again["rounds"][2]["left"], "290000");
    assert_eq!(again["exact"], true);
    assert_eq!(again["shares"], serde_json::json!([{ "first_round": 0, "per_voter": "100000" }]));
    // A: six voters pay 50,000 of their 100,000. D: two who have 57,500 left after E, and one who has all but E.
    let whole = serde_json::json!({
        "voters": 6, "whole_price": true, "paid": ["50000.00", "50000.00"], "paid_total": "300000.00",
        "left": ["50000.00", "50000.00"], "left_total": "300000.00",
    });
    assert_eq!(again["rounds"][0]["payments"], serde_json::json!([whole]));
    assert!(again["rule"]["text"].as_str().unwrap().contains("personne ne soutient"));
    assert!(again["ties"]["text"].as_str().unwrap().contains("graine publiée le 3 mars"));
}

#[test]
fn clauses_are_kept_in_the_record() {
    let clauses = clauses_from_json(
        &serde_json::json!([
            { "type": "exclusifs", "projets": ["A", "C"] },
            { "type": "soutien_minimum", "voix": 4 },
        ]),
        0,
    )
    .unwrap();
    assert_eq!(clauses[1], Clause::MinimumSupport { votes: 4 });
    let parameters = Parameters { clauses, ..parameters("greedy_votes") };
    let counted = count(OVERSPENDING, &parameters, &Control::default()).unwrap();
    assert_eq!(counted.record["winners"], serde_json::json!(["A", "B", "E"]));
    assert_eq!(counted.record["without_clauses"]["winners"].as_array().unwrap().len(), 3);
    let text = canonical(&counted.record);
    assert_eq!(verify(text.as_bytes(), OVERSPENDING, &Control::default()).unwrap().differences, [""; 0]);
}

#[test]
fn unreadable_clauses_are_refused() {
    for wrong in [
        serde_json::json!({}),
        serde_json::json!([{ "type": "inconnu" }]),
        serde_json::json!([{ "type": "plancher" }]),
        serde_json::json!([{ "type": "sous_enveloppe", "etiquette": "jeunes", "montant": "dix", "deversement": true }]),
    ] {
        assert!(clauses_from_json(&wrong, 0).is_err(), "{wrong}");
    }
}

#[test]
fn a_loser_learns_the_smallest_change() {
    let document = read(OVERSPENDING, ReadOptions::default()).unwrap();
    let election = &document.election;
    let rule = Rule::from_name("greedy_votes").unwrap();
    let loser = election.position("D").unwrap();
    let recount = |changed: &_| rule.count(changed, &TieBreak::Recommended, &Control::default());
    let found = explain::shortfall(election, loser, &recount, &Control::default()).unwrap().unwrap();
    // D has 4 votes and costs 240,000. A (6) and C (5, cheaper than B) leave 400,000: one more vote puts D before B.
    assert_eq!(found.votes, Missing::Enough(1));
    // Behind A, C and B, which take all the money, no cost is low enough.
    assert!(matches!(found.cost, Missing::Unknown(_)));
    // E has as many votes and costs less: it goes before D.
    assert_eq!(found.budget, Missing::Enough(300_000 + 300_000 + 400_000 + 170_000 + 240_000));
    let mut larger = election.clone();
    larger.budget = 1_410_000;
    let outcome = rule.count(&larger, &TieBreak::Recommended, &Control::default()).unwrap();
    assert!(outcome.winners.contains(&loser));
}

#[test]
fn satisfaction_and_sensitivity() {
    let document = read(OVERSPENDING, ReadOptions::default()).unwrap();
    let election = &document.election;
    let rule = Rule::from_name("mes_cost").unwrap();
    let outcome = rule.count(election, &TieBreak::Recommended, &Control::default()).unwrap();
    let satisfaction = explain::satisfaction(election, &outcome);
    assert_eq!((satisfaction.ballots, satisfaction.with_a_winner), (10, 10));
    assert_eq!(satisfaction.histogram, [0, 6, 4]);
    let support = explain::effective_support(election, rule, &outcome);
    // Nothing is left to C: its supporters paid for A, one of them for E, one for D.
    let c = support[election.position("C").unwrap()].unwrap();
    assert!(c > 0.5 && c < 1.0, "{c}");
    assert_eq!(support[election.position("A").unwrap()], None);
    let recount = |changed: &_| rule.count(changed, &TieBreak::Recommended, &Control::default());
    let changed = explain::sensitivity(election, &outcome, &[6, 7, 8], &recount).unwrap();
    let d = election.position("D").unwrap();
    assert!(changed.lost.contains(&d), "without its three supporters, D loses");
    let rules = ["greedy_votes", "mes_cost", "mes_points"].map(|name| Rule::from_name(name).unwrap());
    let lines = explain::compare(election, &rules, &TieBreak::Recommended, &Control::default()).unwrap();
    assert_eq!(lines.iter().map(|line| line.result.is_ok()).collect::<Vec<_>>(), [true, true, false], "no points here");
}

#[test]
fn a_count_can_be_stopped() {
    let document = read(OVERSPENDING, ReadOptions::default()).unwrap();
    let cancel = Cancel::default();
    let stop = |_| cancel.cancel();
    let control = Control::with_cancel(cancel.clone()).on_progress(&stop);
    let rule = Rule::from_name("mes_cost_add1").unwrap();
    assert_eq!(rule.count(&document.election, &TieBreak::Recommended, &control), Err(CountError::Cancelled));
}

#[test]
fn every_name_is_read_back() {
    for name in [
        "greedy_votes",
        "greedy_score_threshold_100_no_skip",
        "greedy_score_per_cost",
        "knapsack_optimum_points",
        "mes_cost",
        "mes_card_add1",
        "mes_points_add1_stop_when_exhaustive_then_greedy_votes",
        "mes_borda_zero_last_then_greedy_score_per_cost",
        "bos_positional",
        "phragmen_then_greedy_votes",
        "maximin_support",
        "majority_judgment",
        "kemeny",
    ] {
        let rule = Rule::from_name(name).unwrap();
        assert_eq!(rule.name(), name);
        assert!(rule.text().ends_with("n’est jamais retenu."));
    }
    assert!(Rule::from_name("mes_").is_err());
    assert_eq!(Rule::from_name("parts_egales_completees"), Rule::from_name("mes_cost_add1"));
}

/// The record of the largest real vote stays small: payments are grouped by amount, never by ballot.
#[test]
fn the_record_of_a_large_vote_is_small() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/pabulib/Poland_Lodz_2022.pb");
    let Ok(bytes) = std::fs::read(path) else {
        eprintln!("SAUTÉ : {path} est absent");
        return;
    };
    for rule in ["mes_cost_add1", "bos_cost", "phragmen"] {
        let counted = count(&bytes, &parameters(rule), &Control::default()).unwrap();
        let length = canonical(&counted.record).len();
        assert!(length < 500_000, "{rule} {length}");
        let round = &counted.record["rounds"][10]["payments"];
        assert!(round.as_array().is_some_and(|lines| (1..=10).contains(&lines.len())), "{round}");
    }
}

fn sub(tag: Option<&str>, min_cost: Option<u64>, max_cost: Option<u64>, amount: u64, overflow: bool) -> Clause {
    Clause::SubEnvelope { tag: tag.map(str::to_owned), min_cost, max_cost, amount, overflow }
}

/// A vote in two territories, with amounts in tenths.
fn tenths() -> &'static [u8] {
    b"META\nkey;value\nbudget;100.5\nvote_type;approval\nPROJECTS\nproject_id;cost;canton;category\n\
      a;60;Nord;jeunes\nb;50.2;Sud;tous\nc;500;Sud;tous\nd;1;Ouest;tous\nVOTES\nvoter_id;vote\n0;a,c\n1;a,b\n2;a\n"
}

#[test]
fn the_smallest_change_is_told_in_the_smallest_unit() {
    let explained = Parameters { explained: Some("b".to_owned()), ..parameters("greedy_votes") };
    let counted = count(tenths(), &explained, &Control::default()).unwrap();
    let missing = counted.shortfall.unwrap();
    assert_eq!((missing.cost, missing.budget), (Missing::Enough(405), Missing::Enough(1_102)), "in tenths");
    assert_eq!(counted.record["shortfall"]["cost"], "40.5");
    assert_eq!(counted.record["shortfall"]["budget"], "110.2");
    let text = canonical(&counted.record);
    assert_eq!(verify(text.as_bytes(), tenths(), &Control::default()).unwrap().differences, [""; 0]);
    let unknown = Parameters { explained: Some("z".to_owned()), ..explained };
    assert!(count(tenths(), &unknown, &Control::default()).unwrap_err().to_string().contains("« z »"));
}

#[test]
fn each_loser_has_a_motive() {
    let counted = count(tenths(), &parameters("mes_cost"), &Control::default()).unwrap();
    let projects = &counted.record["explanation"]["projects"];
    assert_eq!(projects[0]["motive"], serde_json::Value::Null, "a wins");
    let no_room = serde_json::json!({
        "name": "no_room", "left": "40.5", "asked": "50.2", "text": "il coûte 50.2, et il reste 40.5 dans l’enveloppe",
    });
    assert_eq!(projects[1]["motive"], no_room);
    assert_eq!(projects[2]["motive"]["name"], "larger_than_envelope");
    assert_eq!(projects[3]["motive"]["name"], "unsupported");
    assert_eq!(projects[3]["effective_support"], "0.000000");
}

#[test]
fn the_record_says_phases_leniencies_and_floors_that_are_not_met() {
    let clauses = clauses_from_json(
        &serde_json::json!([
            { "type": "plancher", "nombre": 1 },
            { "type": "sous_enveloppe", "etiquette": "jeunes", "montant": 1, "deversement": true },
        ]),
        1,
    )
    .unwrap();
    for rule in ["greedy_votes", "mes_cost_add1"] {
        let parameters = Parameters { clauses: clauses.clone(), ..parameters(rule) };
        let record = count(tenths(), &parameters, &Control::default()).unwrap().record;
        assert_eq!(record["rounds"][0]["phase"], "floor", "{rule}");
        let unmet: Vec<&str> = record["unmet_floors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|floor| floor["territory"].as_str().unwrap())
            .collect();
        assert_eq!(unmet, ["Ouest", "Sud"], "{rule}");
        assert!(record["unmet_floors"][1]["text"].as_str().unwrap().contains("« Sud »"), "{rule}");
    }
    let tagged = String::from_utf8_lossy(tenths()).replace("100.5", "130,5").replace("jeunes", "eau");
    let clauses = vec![sub(Some("eau"), None, None, 650, true)];
    for (rule, last) in [("greedy_votes", "general"), ("mes_cost_then_greedy_votes", "completion")] {
        let parameters = Parameters { clauses: clauses.clone(), ..parameters(rule) };
        let record = count(tagged.as_bytes(), &parameters, &Control::default()).unwrap().record;
        assert_eq!(record["rounds"][0]["phase"], "sub_envelope", "{rule}");
        assert_eq!(record["rounds"][1]["phase"], last, "{rule}");
        assert_eq!(record["reading"]["leniencies"][0]["line"], 3, "{rule}");
    }
    let parameters = Parameters { clauses, ..parameters("mes_cost_add1") };
    let record = count(tagged.as_bytes(), &parameters, &Control::default()).unwrap().record;
    assert_eq!(record["shares"].as_array().unwrap().len(), 2);
    assert!(record["shares"].as_array().unwrap().iter().all(|share| share["increments"]["stop"].is_string()));
    assert_eq!(record.get("increments"), None, "each share has its own");
}

/// The record of a count, its text, and what a recount says of another text.
fn recounted(text: &str, bytes: &[u8]) -> Result<vote::record::Verification, vote::record::RecordError> {
    verify(text.as_bytes(), bytes, &Control::default())
}

/// What was never published is not verified: a rule text replaced under an older format passed for right.
#[test]
fn another_format_is_refused() {
    let record = count(tenths(), &parameters("mes_cost_add1"), &Control::default()).unwrap().record;
    for format in ["vote/proces-verbal/1", "vote/proces-verbal/9"] {
        let mut forged = record.clone();
        forged["format"] = format.into();
        forged["rule"]["text"] = "Un autre texte.".into();
        let error = recounted(&canonical(&forged), tenths()).unwrap_err().to_string();
        assert!(error.contains("vote/proces-verbal/2") && !error.contains("/1"), "{error}");
    }
}

/// Readers of JSON keep the last of two equal keys, and forget spaces: a person may have read the first one.
#[test]
fn a_text_that_is_not_the_canonical_one_is_refused() {
    let record = count(tenths(), &parameters("mes_cost"), &Control::default()).unwrap().record;
    let text = canonical(&record);
    assert!(recounted(&format!("{text}\n"), tenths()).unwrap().is_right(), "a final line feed is not text");
    let winners = r#""winners":["#;
    for forged in [
        text.replace(winners, r#""winners":["c"],"winners":["#),
        text.replace(winners, r#""winners": ["#),
        text.replace("L’enveloppe", "\\u004c’enveloppe"),
        serde_json::to_string_pretty(&record).unwrap(),
    ] {
        let error = recounted(&forged, tenths()).unwrap_err().to_string();
        assert!(error.contains("n’est pas celui que le dépouillement écrit"), "{error}");
    }
}

#[test]
fn a_key_too_many_or_too_few_is_a_difference() {
    let record = count(tenths(), &parameters("mes_cost"), &Control::default()).unwrap().record;
    let mut more = record.clone();
    more["explanation"]["signature"] = serde_json::Value::Null;
    let found = recounted(&canonical(&more), tenths()).unwrap().differences;
    assert_eq!(found, ["/explanation/signature : null, que le recompte n’a pas"]);
    let mut fewer = record;
    fewer["rounds"][0].as_object_mut().unwrap().remove("clause");
    let found = recounted(&canonical(&fewer), tenths()).unwrap().differences;
    assert_eq!(found, ["/rounds/0/clause : absent, au lieu de null"]);
}

/// Counters of this software are compared; what another one says of itself is told, and everything else is compared.
#[test]
fn what_is_not_checked_is_said() {
    let record = count(tenths(), &parameters("mes_cost"), &Control::default()).unwrap().record;
    let changed = |pointers: &[(&str, serde_json::Value)]| {
        let mut forged = record.clone();
        for (pointer, value) in pointers {
            *forged.pointer_mut(pointer).unwrap() = value.clone();
        }
        recounted(&canonical(&forged), tenths()).unwrap()
    };
    for counter in ["safe", "redone", "ties", "unproved", "denominator_bits"] {
        let found = changed(&[(&format!("/certificate/{counter}"), 1_234.into())]);
        assert!(!found.is_right() && found.unchecked.is_empty(), "{counter}");
    }
    let other = changed(&[("/software/version", "9.9".into()), ("/certificate/redone", 7.into())]);
    assert!(other.is_right() && other.unchecked[0].contains("\"9.9\""), "{other:?}");
    assert!(other.unchecked[1].contains("/certificate/redone"), "{other:?}");
    let forged = changed(&[("/software/version", "9.9".into()), ("/total_cost", "1".into())]);
    assert_eq!((forged.differences.len(), forged.unchecked.len()), (1, 2));
    let absurd = changed(&[("/software", "moi".into())]);
    assert!(!absurd.is_right());
}

#[test]
fn a_wrong_clause_says_what_is_wrong() {
    for (clause, words) in [
        (
            serde_json::json!({ "type": "plancher", "nombre": 1, "cout_max": 250 }),
            "« cout_max » ; ce qu’elle peut dire : nombre, cout_maximum",
        ),
        (serde_json::json!({ "type": "plancher" }), "doit avoir « nombre »"),
        (
            serde_json::json!({ "type": "soutien_minimum", "voix": "3" }),
            "« voix » vaut \"3\", il faut un nombre entier",
        ),
        (serde_json::json!({ "type": "soutien_minimum", "voix": -3 }), "« voix » vaut -3"),
        // What says nothing is not a clause.
        (serde_json::json!({ "type": "soutien_minimum", "voix": 0 }), "d’au moins 1"),
        (serde_json::json!({ "type": "plancher", "nombre": 0 }), "d’au moins 1"),
        (serde_json::json!({ "type": "plafond_porteur" }), "un nombre de projets, un montant, ou les deux"),
        (serde_json::json!({ "type": "exclusifs", "projets": [] }), "au moins deux projets"),
        (serde_json::json!({ "type": "exclusifs", "projets": ["a"] }), "au moins deux projets"),
        (serde_json::json!({ "type": "exclusifs", "projets": ["a", "a"] }), "« a » est cité deux fois"),
        (serde_json::json!({ "type": "sous_enveloppe", "montant": 5, "deversement": true }), "il faut une étiquette"),
        (
            serde_json::json!({ "type": "sous_enveloppe", "etiquette": "x", "montant": 0, "deversement": true }),
            "supérieur à zéro",
        ),
        (
            serde_json::json!({ "type": "sous_enveloppe", "cout_minimum": 9, "cout_maximum": 5, "montant": 1, "deversement": true }),
            "le coût minimum dépasse",
        ),
        (serde_json::json!({ "type": "planchers", "nombre": 1 }), "les types sont : plancher"),
    ] {
        let said = clauses_from_json(&serde_json::json!([clause]), 0).unwrap_err().to_string();
        assert!(said.starts_with("Les clauses") && said.contains(words), "{said}");
    }
}

#[test]
fn a_word_badly_written_is_not_a_seed() {
    for name in ["recommended", "lexico", "lot:graine", "lot:20260303"] {
        assert_eq!(TieBreak::from_name(name).unwrap().name(), name);
    }
    for seed in ["20260303", "graine du 3 mars"] {
        assert_eq!(TieBreak::from_name(seed).unwrap().name(), format!("lot:{seed}"));
    }
    for wrong in [
        "",
        " ",
        "lexiko",
        "Lexico",
        "recommended ",
        "lot",
        "lot:",
        "lot: ",
        "graine",
        "lot graine",
        "lexico recommended",
        " graine ",
    ] {
        assert!(TieBreak::from_name(wrong).unwrap_err().to_string().contains("lot:"), "{wrong}");
    }
}

#[test]
fn texts_tell_rules_apart() {
    let text = |name: &str| Rule::from_name(name).unwrap().text();
    assert_ne!(text("knapsack_optimum_cost"), text("knapsack_optimum_card"));
    assert!(text("majority_judgment").contains("ne juge pas"));
    assert!(text("kemeny").contains("ne classe pas"));
    assert!(text("mes_cost_add1").contains("tous les projets soutenus sont retenus"));
}

/// What the reference outcomes do with points, the text says it: one voter who gives ten goes before two who give one.
#[test]
fn a_filling_counts_what_its_text_says() {
    let text = "META\nkey;value\nbudget;100\nvote_type;scoring\nPROJECTS\nproject_id;cost\na;60\nb;60\n\
                VOTES\nvoter_id;vote;points\n0;a;10\n1;b;1\n2;b;1\n3;;\n4;;\n";
    let document = read(text.as_bytes(), ReadOptions::default()).unwrap();
    let rule = Rule::from_name("mes_points_then_greedy_votes").unwrap();
    let outcome = rule.count(&document.election, &TieBreak::Recommended, &Control::default()).unwrap();
    assert_eq!(outcome.winner_ids(&document.election), ["a"]);
    assert!(rule.text().contains("le plus de points, si les bulletins en donnent"));
}
