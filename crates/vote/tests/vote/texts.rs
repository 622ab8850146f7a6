//! The rule texts of a record, read as a clerk would, on votes where each detail decides.

use vote::{BallotKind, Control, Election, Outcome, Project, Rule, TieBreak};

/// `a:300 b:200` and `ab b -`: projects named by a letter, one word for each ballot, `-` for a blank one.
fn vote(budget: u64, projects: &str, ballots: &str) -> Election {
    let project = |text: &str| {
        let (id, cost) = text.split_once(':').unwrap();
        Project { id: id.to_owned(), cost: cost.parse().unwrap(), ..Project::default() }
    };
    let mut election = Election::new(BallotKind::Approval, budget, projects.split(' ').map(project).collect()).unwrap();
    for ballot in ballots.split(' ') {
        let ids: Vec<String> = ballot.chars().filter(|id| *id != '-').map(String::from).collect();
        election.approve(&ids.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    }
    election
}

fn outcome(election: &Election, rule: &str, tie: &TieBreak) -> Outcome {
    Rule::from_name(rule).unwrap().count(election, tie, &Control::default()).unwrap()
}

fn winners(election: &Election, rule: &str) -> String {
    outcome(election, rule, &TieBreak::Lexico).winner_ids(election).concat()
}

fn says(rule: &str, words: &str) {
    let text = Rule::from_name(rule).unwrap().text();
    assert!(text.contains(words), "{words} : {text}");
}

#[test]
fn phragmen_stops_at_any_project_that_does_not_fit() {
    // « a » at 1/2 of its cost each; then « b » (60, two supporters) and « c » (30, one) are due at the same moment: « b » does
    // not fit in the 50 left, and « c », which would, is not bought.
    says("phragmen", "même si d’autres, à égalité avec lui ou plus tard, tiendraient encore");
    assert_eq!(winners(&vote(90, "a:40 b:60 c:30", "a a b b c"), "phragmen"), "a");
    // Without « b », « c » is.
    assert_eq!(winners(&vote(90, "a:40 c:30", "a a - - c"), "phragmen"), "ac");
    // « d » alone is dearer than the envelope: it never stops the count, although its nine supporters could soon pay it.
    says("phragmen", "plus chers que toute l’enveloppe sont écartés d’abord");
    assert_eq!(winners(&vote(90, "a:40 c:30 d:91", "a a c d d d d d d d d d"), "phragmen"), "ac");
}

#[test]
fn maximin_passes_what_does_not_fit_and_goes_on() {
    says("maximin_support", "Un projet qui ne tient pas est passé, et l’on continue avec les autres");
    // « a » loads its voters 20 each; « b » would come next (30 each) and does not fit; « c » (35) does.
    assert_eq!(winners(&vote(90, "a:40 b:60 c:35", "a a b b c"), "maximin_support"), "ac");
    // It ends when no supported project fits: « d » would, and nobody supports it.
    says("maximin_support", "jusqu’à ce qu’aucun projet soutenu ne tienne");
    assert_eq!(winners(&vote(90, "a:40 b:60 c:35 d:1", "a a b b c"), "maximin_support"), "ac");
}

#[test]
fn bounded_overspending_follows_its_formula() {
    says("bos_cost", "Le prix est ρ = λ / α.");
    says("bos_cost", "ρ / α est le plus petit");
    // Four ballots, 25 each, the utility is 1. « a » (30, two supporters): λ = 15, α = 1, ρ/α = 15. « b » (40, one): λ = 25,
    // α = 25/40, ρ = 40, ρ/α = 64. « c » (45, two): λ = 22.5, α = 1, ρ/α = 22.5. « a » first; « c » is then paid by one who
    // keeps 10 and one who has 25: λ = 25 gives α = 35/45, ρ/α = 41.3, and λ = 10 gives α = 20/45, ρ/α = 50.6.
    let election = vote(100, "a:30 b:40 c:45", "ac a c b");
    let found = outcome(&election, "bos_card", &TieBreak::Lexico);
    assert_eq!(found.winner_ids(&election), ["a", "c"]);
    let prices: Vec<&str> = found.rounds.iter().filter_map(|round| round.exact_value.as_deref()).collect();
    assert_eq!(prices, ["15", "225/7"], "ρ = 25 / (35/45)");
    // « b » no longer fits in the 25 left.
    says("bos_cost", "qui tient dans le reste de l’enveloppe");
}

#[test]
fn the_knapsack_optimum_says_which_of_its_sets() {
    says("knapsack_optimum_card", "la règle d’égalité range tous les projets");
    // Two votes each, any two of them fit: three optimal sets.
    let election = vote(20, "a:10 b:10 c:10", "abc abc");
    for (seed, expected) in [("lexico", "ab"), ("lot:1", ""), ("lot:2", ""), ("lot:3", ""), ("lot:4", "")] {
        let tie = TieBreak::from_name(seed).unwrap();
        let found = outcome(&election, "knapsack_optimum_card", &tie);
        let mut by_rank: Vec<usize> = (0..3).collect();
        by_rank.sort_by_key(|&project| tie.ranks(&election)[project]);
        assert_eq!(found.winners, by_rank[..2], "{seed}");
        assert!(expected.is_empty() || found.winner_ids(&election).concat() == expected, "{seed}");
    }
}

/// Every tie is counted, and every choice has its proof, whatever the rule.
#[test]
fn ties_and_proofs_are_counted() {
    let election = vote(20, "a:10 b:10 c:10", "abc abc");
    let found = outcome(&election, "knapsack_optimum_card", &TieBreak::Lexico);
    assert_eq!((found.certificate.redone, found.certificate.ties, found.certificate.safe), (2, 2, 0));
    assert!(found.exact);
    // « a » is in every optimal set, « b » and « c » are worth the same.
    let election = vote(20, "a:10 b:10 c:10", "abc a");
    let found = outcome(&election, "knapsack_optimum_card", &TieBreak::Lexico);
    assert_eq!(found.rounds.iter().map(|round| round.tied).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(found.certificate.ties, 1);
    let grades = |ballots: &[[(&str, u32); 2]]| {
        let project = |id: &str| Project { id: id.to_owned(), cost: 10, ..Project::default() };
        let mut election = Election::new(BallotKind::Grades, 20, ["a", "b"].map(project).to_vec()).unwrap();
        ballots.iter().for_each(|ballot| election.score(ballot).unwrap());
        outcome(&election, "majority_judgment", &TieBreak::Lexico).certificate
    };
    assert_eq!((grades(&[[("a", 2), ("b", 2)]]).ties, grades(&[[("a", 2), ("b", 1)]]).ties), (2, 0));
}

#[test]
fn kemeny_counts_the_projects_that_share_a_place() {
    let project = |id: &str| Project { id: id.to_owned(), cost: 10, ..Project::default() };
    let count = |ballots: &[&[&str]]| {
        let mut election = Election::new(BallotKind::Ordinal, 30, ["a", "b", "c"].map(project).to_vec()).unwrap();
        ballots.iter().for_each(|ballot| election.rank(ballot).unwrap());
        let found = outcome(&election, "kemeny", &TieBreak::Lexico);
        (found.certificate.ties, found.rounds.iter().map(|round| round.tied).collect::<Vec<_>>())
    };
    // Both put « c » last, and disagree on the two others.
    assert_eq!(count(&[&["a", "b", "c"], &["b", "a", "c"]]), (1, vec![2, 1, 1]));
    assert_eq!(count(&[&["a", "b", "c"], &["c", "b", "a"]]), (2, vec![3, 2, 1]));
    assert_eq!(count(&[&["a", "b", "c"]]), (0, vec![1, 1, 1]));
}
