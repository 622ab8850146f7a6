//! Majority judgment and Kemeny, against all cases computed by brute force.

use serde_json::Value;
use vote::Control;
use vote::rules::{kemeny, majority_judgment};

const CASES: &str = include_str!("micro/grade_and_rank_reference.json");

fn cases(name: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(CASES).unwrap();
    all[name].as_array().unwrap().clone()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

#[test]
fn majority_judgment_ranks_as_the_reference() {
    let cases = cases("majority_judgment");
    assert_eq!(cases.len(), 18);
    for case in cases {
        let names: Vec<String> = case["counts"].as_object().unwrap().keys().cloned().collect();
        let counts: Vec<Vec<u64>> = names
            .iter()
            .map(|name| case["counts"][name].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect())
            .collect();
        let grades = texts(&case["grades_worst_to_best"]);
        for (name, count) in names.iter().zip(&counts) {
            let grade = majority_judgment::majority_grade(count).unwrap();
            assert_eq!(grades[grade], case["majority_grade"][name].as_str().unwrap(), "{}", case["name"]);
        }
        let ranking: Vec<Vec<String>> = majority_judgment::ranking(&counts)
            .into_iter()
            .map(|group| group.into_iter().map(|project| names[project].clone()).collect())
            .collect();
        let expected: Vec<Vec<String>> = case["ranking"].as_array().unwrap().iter().map(texts).collect();
        assert_eq!(ranking, expected, "{}", case["name"]);
    }
}

#[test]
fn kemeny_finds_every_optimal_order() {
    let cases = cases("kemeny");
    assert_eq!(cases.len(), 10);
    for case in cases {
        let names = texts(&case["candidates"]);
        let position = |name: &String| names.iter().position(|other| other == name).unwrap();
        let ballots: Vec<(Vec<usize>, u64)> = case["rankings_with_weights"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (texts(&pair[0]).iter().map(position).collect(), pair[1].as_u64().unwrap()))
            .collect();
        let ranks: Vec<usize> = (0..names.len()).collect();
        let found = kemeny::kemeny(names.len(), &ballots, &ranks, 10_000, &Control::default()).unwrap();
        assert_eq!(found.disagreement, case["min_disagreement"].as_u64().unwrap());
        let mut expected: Vec<Vec<usize>> = case["optimal_orders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| texts(order).iter().map(position).collect())
            .collect();
        expected.sort();
        assert_eq!(found.orders, expected);
    }
}
