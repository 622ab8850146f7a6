//! Records, explanations, cancellation.

use vote::clauses::Clause;
use vote::pabulib::{ReadOptions, read};
use vote::record::{Parameters, canonical, clauses_from_json, count, verify};
use vote::{Cancel, Control, CountError, Rule, TieBreak, explain};

const OVERSPENDING: &[u8] = include_bytes!("micro/micro_02_overspending.pb");

fn parameters(rule: &str) -> Parameters {
    Parameters {
        rule: Rule::from_name(rule).unwrap(),
        tie: TieBreak::from_name("graine publiée le 3 mars"),
        clauses: Vec::new(),
        reading: ReadOptions::default(),
        doubtful: Vec::new(),
    }
}

#[test]
fn a_record_is_recounted_and_a_changed_one_is_not() {
    for rule in ["greedy_votes", "mes_cost_add1", "phragmen", "bos_cost", "maximin_support", "knapsack_optimum_card"] {
        let counted = count(OVERSPENDING, &parameters(rule), &Control::default()).unwrap();
        let text = canonical(&counted.record);
        assert_eq!(verify(text.as_bytes(), OVERSPENDING, &Control::default()).unwrap(), [""; 0], "{rule}");
        let mut changed = counted.record.clone();
        changed["winners"][0] = "Z".into();
        changed["total_cost"] = "1".into();
        let found = verify(canonical(&changed).as_bytes(), OVERSPENDING, &Control::default()).unwrap();
        assert_eq!(found.len(), 2, "{rule} {found:?}");
        let other = String::from_utf8_lossy(OVERSPENDING).replace("9;C,D,F", "9;C,D");
        assert!(!verify(text.as_bytes(), other.as_bytes(), &Control::default()).unwrap().is_empty(), "{rule}");
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
    assert_eq!(verify(text.as_bytes(), OVERSPENDING, &Control::default()).unwrap(), [""; 0]);
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
    let found = explain::shortfall(election, loser, &recount).unwrap();
    // D has 4 votes and costs 240,000. A (6) and C (5, cheaper than B) leave 400,000: one more vote puts D before B.
    assert_eq!(found.votes, Some(1));
    // Behind A, C and B, which take all the money, no cost is low enough.
    assert_eq!(found.cost, None);
    // E has as many votes and costs less: it goes before D.
    assert_eq!(found.budget, Some(300_000 + 300_000 + 400_000 + 170_000 + 240_000));
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
