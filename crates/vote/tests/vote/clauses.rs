//! Clauses as départements write them, and what they answer to those who lost.

use vote::clauses::{self, Clause};
use vote::explain::{Motive, motives};
use vote::pabulib::{ReadOptions, read};
use vote::{BallotKind, Control, CountError, Election, Outcome, Project, Rule, TieBreak};

fn election(text: &str) -> Election {
    let text = format!("META\nkey;value\n{text}");
    read(text.as_bytes(), ReadOptions::default()).unwrap().election
}

/// The Gers: bands of costs, each with its envelope, those of the young apart.
fn gers() -> Election {
    election(
        "budget;1000\nvote_type;approval\nPROJECTS\nproject_id;cost;category;beneficiaries;bearer\n\
         j1;100;sport;jeunes;A\nj2;90;sport;jeunes;B\npetit;50;eau;tous;A\nmoyen;51;eau;tous;A\ngrand;300;eau;;C\n\
         VOTES\nvoter_id;vote\n0;j1,petit\n1;j1,petit,moyen\n2;j1,moyen,grand\n3;j2,grand\n",
    )
}

fn sub(tag: Option<&str>, min_cost: Option<u64>, max_cost: Option<u64>, amount: u64, overflow: bool) -> Clause {
    Clause::SubEnvelope { tag: tag.map(str::to_owned), min_cost, max_cost, amount, overflow }
}

fn counted(election: &Election, rule: &str, clauses: &[Clause]) -> Outcome {
    let rule = Rule::from_name(rule).unwrap();
    clauses::count(election, rule, clauses, &TieBreak::Recommended, &Control::default()).unwrap().outcome
}

fn refused(election: &Election, clauses: &[Clause]) -> String {
    let rule = Rule::from_name("greedy_votes").unwrap();
    clauses::count(election, rule, clauses, &TieBreak::Recommended, &Control::default()).unwrap_err().to_string()
}

#[test]
fn whom_a_project_is_for_is_a_tag() {
    let election = gers();
    assert_eq!(election.projects[0].tags, ["sport", "jeunes"]);
    let old = election_with_target();
    assert_eq!(old.projects[0].tags, ["eau", "jeunes"], "each once");
}

fn election_with_target() -> Election {
    election(
        "budget;9\nvote_type;approval\nPROJECTS\nproject_id;cost;category;target\na;4;eau;\"jeunes,eau\"\n\
         VOTES\nvoter_id;vote\n0;a\n",
    )
}

#[test]
fn bands_of_costs_have_their_envelopes() {
    let election = gers();
    let bands = [
        sub(Some("jeunes"), None, None, 100, false),
        sub(None, None, Some(50), 60, false),
        sub(None, Some(50), Some(200), 60, false),
        sub(None, Some(200), None, 280, false),
    ];
    for rule in ["greedy_votes", "mes_cost"] {
        let outcome = counted(&election, rule, &bands);
        let found: Vec<(&str, Option<&str>)> = outcome
            .rounds
            .iter()
            .map(|round| (election.projects[round.project].id.as_str(), round.clause.as_deref()))
            .collect();
        // « petit » costs 50, in both bands: it belongs to the first. « grand » does not fit in its band.
        let expected = [
            ("j1", Some("sous-enveloppe « jeunes »")),
            ("petit", Some("sous-enveloppe au plus 50")),
            ("moyen", Some("sous-enveloppe de 50 à 200")),
        ];
        // By Equal Shares, three voters of four cannot pay « j1 » alone, and so on: at most these.
        assert!(found.iter().all(|line| expected.contains(line)), "{rule} {found:?}");
        if rule == "greedy_votes" {
            assert_eq!(found, expected);
        }
        let why = motives(&election, Rule::from_name(rule).unwrap(), &bands, &outcome);
        assert_eq!(why[4], Some(Motive::SubEnvelope { left: 280, asked: 300 }), "{rule}");
    }
    let text = bands[2].text(&election);
    assert!(text.starts_with("Sous-enveloppe : 60 pour les projets qui coûtent de 50 à 200 ;"), "{text}");
    assert!(text.contains("relève de la première"), "{text}");
    let nothing_left = [sub(None, None, Some(100), 100, true), sub(Some("jeunes"), None, None, 100, true)];
    assert!(refused(&election, &nothing_left).contains("tous ses projets relèvent déjà"));
    assert!(refused(&election, &[sub(Some("absent"), None, None, 1, true)]).contains("aucun projet n’y entre"));
}

#[test]
fn clauses_that_say_nothing_are_refused() {
    let election = gers();
    for (clause, words) in [
        (Clause::Floor { count: 0, max_cost: None }, "au moins 1"),
        (Clause::BearerCap { count: None, amount: None }, "un nombre de projets, un montant"),
        (Clause::Exclusive { projects: Vec::new() }, "au moins deux projets"),
        (Clause::MinimumSupport { votes: 0 }, "au moins 1"),
        (sub(None, None, None, 5, true), "il faut une étiquette"),
        (sub(None, Some(1), None, 0, true), "supérieur à zéro"),
    ] {
        let said = refused(&election, std::slice::from_ref(&clause));
        assert!(said.contains(words), "{clause:?} {said}");
    }
}

#[test]
fn clauses_are_written_in_the_singular_too() {
    let election = gers();
    let text = |clause: Clause| clause.text(&election);
    assert!(text(Clause::Floor { count: 1, max_cost: None }).contains("le meilleur projet de chaque territoire est"));
    assert!(text(Clause::Floor { count: 2, max_cost: None }).contains("les 2 meilleurs projets"));
    assert!(text(Clause::BearerCap { count: Some(1), amount: None }).ends_with("au plus 1 projet."));
    assert!(text(Clause::BearerCap { count: Some(2), amount: None }).ends_with("au plus 2 projets."));
}

/// The reason given to a loser is the one that a person finds by hand.
#[test]
fn why_a_project_lost_is_true_with_clauses() {
    let election = gers();
    let at = |id: &str| election.position(id).unwrap();
    let why = |rule: &str, clauses: &[Clause], id: &str| {
        let outcome = counted(&election, rule, clauses);
        motives(&election, Rule::from_name(rule).unwrap(), clauses, &outcome)[at(id)]
    };
    let exclusive = Clause::Exclusive { projects: vec!["j1".to_owned(), "j2".to_owned()] };
    assert_eq!(why("greedy_votes", &[exclusive], "j2"), Some(Motive::Exclusive { by: at("j1") }));
    let cap = Clause::BearerCap { count: Some(1), amount: None };
    assert_eq!(why("greedy_votes", &[cap], "petit"), Some(Motive::BearerCap { funded: 1, spent: 100 }));
    let cap = Clause::BearerCap { count: None, amount: Some(200) };
    assert_eq!(why("greedy_votes", &[cap], "grand"), Some(Motive::BearerCap { funded: 0, spent: 0 }));
    let least = Clause::MinimumSupport { votes: 2 };
    assert_eq!(why("mes_cost", &[least], "j2"), Some(Motive::MinimumSupport { has: 1, asked: 2 }));
    let threshold = why("greedy_votes_threshold_3", &[], "petit");
    assert_eq!(threshold, Some(Motive::BelowThreshold { has: 2, asked: 3 }));
    // 800 are kept for the young, who use 190: « grand » asks for 300 of the 99 that are left to the others.
    let kept = sub(Some("jeunes"), None, None, 800, false);
    assert_eq!(why("greedy_votes", &[kept], "grand"), Some(Motive::NoRoom { left: 99, asked: 300 }));
    for motive in [Motive::Exclusive { by: 0 }, Motive::BearerCap { funded: 1, spent: 100 }] {
        assert!(!motive.text(&election).is_empty());
    }
}

#[test]
fn the_lowest_grade_is_a_reason() {
    let project = |id: &str| Project { id: id.to_owned(), cost: 10, ..Project::default() };
    let mut election = Election::new(BallotKind::Grades, 100, ["a", "b"].map(project).to_vec()).unwrap();
    for ballot in [&[("a", 2)][..], &[("a", 1), ("b", 3)], &[("a", 1)]] {
        election.score(ballot).unwrap();
    }
    let rule = Rule::MajorityJudgment;
    let outcome = rule.count(&election, &TieBreak::Recommended, &Control::default()).unwrap();
    assert_eq!(motives(&election, rule, &[], &outcome), [None, Some(Motive::LowestGrade)]);
}

#[test]
fn a_clause_of_another_vote_explains_nothing() {
    let (election, rule) = (gers(), Rule::from_name("greedy_votes").unwrap());
    let outcome = counted(&election, "greedy_votes", &[]);
    let unknown = Clause::Exclusive { projects: vec!["x".to_owned(), "y".to_owned()] };
    let both = motives(&election, rule, std::slice::from_ref(&unknown), &outcome);
    assert_eq!(both, motives(&election, rule, &[], &outcome));
    let count = clauses::count(&election, rule, &[unknown], &TieBreak::Recommended, &Control::default());
    assert_eq!(count.unwrap_err(), CountError::UnknownProject("x".to_owned()));
}
