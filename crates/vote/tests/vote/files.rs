//! Pabulib files: good, odd, hostile.

use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;
use vote::pabulib::{Limits, ReadOptions, VoidReason, read, write};
use vote::{BallotKind, Election, Project};

const OVERSPENDING: &str = include_str!("micro/micro_02_overspending.pb");
const CUMULATIVE: &str = include_str!("micro/micro_08_cumulative.pb");

fn file(meta: &str, projects: &str, votes: &str) -> String {
    format!("META\nkey;value\n{meta}PROJECTS\n{projects}VOTES\n{votes}")
}

fn small(votes: &str) -> String {
    file("budget;1000\nvote_type;approval\n", "project_id;cost\n1;400\n2;700\n", &format!("voter_id;vote\n{votes}"))
}

fn refused(text: &str) -> (usize, String) {
    let error = read(text.as_bytes(), ReadOptions::default()).expect_err("this file is wrong");
    (error.line, error.what)
}

#[rstest]
#[case::unknown_project("0;1,3\n", 11, "« 3 »")]
#[case::cut_row("0;1\n1\n", 12, "coupée")]
#[case::duplicate_voter("0;1\n1;2\n0;2\n", 13, "déjà voté")]
#[case::wrong_separator("0;1;2\n", 11, "virgules")]
#[case::wrong_separator_in_quotes("0;\"1\";2\n", 11, "virgules")]
#[case::nothing_at_all("0;1\n;\n", 12, "cases vides")]
#[case::nothing_but_signs("0;1\n\"\"; ,;\n", 12, "cases vides")]
fn wrong_ballots_are_refused_with_their_line(#[case] votes: &str, #[case] line: usize, #[case] words: &str) {
    let (found, what) = refused(&small(votes));
    assert_eq!(found, line, "{what}");
    assert!(what.contains(words), "{what}");
}

#[rstest]
#[case::zero_budget("budget;0\n", "1;400\n", "supérieur à zéro")]
#[case::nan("budget;NaN\n", "1;400\n", "NaN")]
#[case::negative("budget;1000\n", "1;-400\n", "-400")]
#[case::zero_cost("budget;1000\n", "1;0\n", "supérieur à zéro")]
#[case::infinite("budget;1000\n", "1;inf\n", "inf")]
#[case::empty_cost("budget;1000\n", "1;\n", "Le coût manque")]
#[case::huge("budget;1000\n", "1;99999999999999999999999\n", "99999999999999999999999")]
#[case::too_large("budget;1000\n", "1;9999999999999999\n", "trop grand")]
#[case::twice("budget;1000\n", "1;400\n1;500\n", "deux fois")]
#[case::no_budget("country;France\n", "1;400\n", "budget")]
#[case::no_project("budget;1000\n", "", "aucun projet")]
#[case::comma("budget;1000\n", "a,b;400\n", "virgule")]
#[case::thousands("budget;1000\n", "1;12,500\n", "ambigu")]
#[case::decimals("budget;376634.7400000001\n", "1;400\n", "a 10 décimales, il en faut six au plus")]
#[case::space_in_budget("budget;1 000\n", "1;400\n", "contient une espace. Écrivez-le sans : 1000")]
#[case::thin_space("budget;1000\n", "1;1\u{202f}200,50\n", "Écrivez-le sans : 1200,50")]
#[case::points("budget;1000\n", "1;1.200.50\n", "plusieurs points")]
#[case::exponent("budget;1000\n", "1;1e9\n", "exposant")]
#[case::negative_words("budget;-1000\n", "1;400\n", "est négatif")]
#[case::thousands_of_budget("budget;12,500\n", "1;400\n", "ambigu")]
#[case::number_of_votes("budget;1000\nnum_votes;abc\n", "1;400\n", "num_votes")]
#[case::number_with_space("budget;1000\nnum_votes;9 999\n", "1;400\n", "sans espace")]
fn wrong_projects_are_refused(#[case] meta: &str, #[case] projects: &str, #[case] words: &str) {
    let text = file(meta, &format!("project_id;cost\n{projects}"), "voter_id;vote\n0;1\n");
    let (line, what) = refused(&text);
    assert!(what.contains(words), "{line} {what}");
}

#[test]
fn a_file_cut_in_the_middle_never_passes_for_whole() {
    for end in 0..OVERSPENDING.len() {
        let result = read(&OVERSPENDING.as_bytes()[..end], ReadOptions::default());
        if let Ok(document) = result {
            // The line end alone may be lost: it is reported.
            assert_eq!(end, OVERSPENDING.len() - 1);
            assert!(document.leniencies.iter().any(|found| found.what.contains("entier")), "{end}");
        }
    }
}

/// The last ballot names fewer projects than it did, and its line is still a line: the totals of the projects tell.
#[rstest]
#[case::as_written("num_votes;3\n", "0;1\n1;1,2\n2;2,1\n", Ok(()))]
#[case::no_line_end("num_votes;3\n", "0;1\n1;1,2\n2;2,1", Ok(()))]
#[case::cut_ballot(
    "num_votes;3\n",
    "0;1\n1;1,2\n2;2",
    Err("le dernier bulletin n’a pas de fin de ligne : le fichier est coupé")
)]
#[case::another_ballot("num_votes;3\n", "0;1,2\n1;1,2\n2;2,1", Err("le dernier bulletin n’a pas de fin de ligne"))]
#[case::cut_between_ballots("", "0;1\n1;1,2\n", Err("« num_votes » manque dans META : le fichier est coupé"))]
#[case::more_than_told("", "0;1\n1;1,2\n2;2,1\n3;1\n", Ok(()))]
#[case::other_total("num_votes;3\n", "0;1\n1;1,2\n2;2\n", Ok(()))]
fn totals_tell_a_file_cut_in_its_last_ballot(
    #[case] meta: &str,
    #[case] votes: &str,
    #[case] expected: Result<(), &str>,
) {
    let text = file(
        &format!("budget;1000\nvote_type;approval\n{meta}"),
        "project_id;cost;votes\n1;400;3\n2;700;2\n",
        &format!("voter_id;vote\n{votes}"),
    );
    match (read(text.as_bytes(), ReadOptions::default()), expected) {
        (Ok(_), Ok(())) => {}
        (Err(error), Err(words)) => assert!(error.what.contains(words), "{error}"),
        (found, expected) => panic!("{expected:?} and not {:?}", found.map(|document| document.leniencies)),
    }
}

#[test]
fn odd_files_are_read_and_reported() {
    let text = "\u{feff}META\r\nkey;value\r\nbudget;1000,50\r\nvote_type;approval\r\ndescription;\"Un ; et un \"\"mot\"\"\"\r\n\r\n\
        PROJECTS\r\nproject_id;cost;target;name\r\n1;400.5;x;\"Four\nà pain\"\r\n2;700.00;y;Bancs\r\n\
        VOTES\r\nvoter_id;vote\r\n0;1, 2\r\n1;1,\r\n2;\r\n3;2,2\r\n";
    let document = read(text.as_bytes(), ReadOptions::default()).unwrap();
    assert_eq!(document.meta("description"), Some("Un ; et un \"mot\""));
    assert_eq!(document.election.amount(document.election.budget), "1000.5");
    assert_eq!(document.election.amount(document.election.projects[0].cost), "400.5");
    assert_eq!(document.election.projects[0].name, "Four\nà pain");
    assert_eq!(document.election.votes(), [2, 2]);
    assert_eq!(document.election.ballots.total(), 4);
    let said: Vec<(usize, &str)> = document.leniencies.iter().map(|found| (found.line, found.what.as_str())).collect();
    let expect = |line: usize, words: &str| {
        assert!(said.iter().any(|(l, what)| *l == line && what.contains(words)), "{line} {words} in {said:?}");
    };
    expect(1, "BOM");
    expect(1, "Windows");
    expect(6, "1 ligne(s) vide(s)");
    expect(3, "virgule décimale");
    expect(8, "target");
    expect(14, "espaces");
    expect(15, "virgule de trop");
    expect(17, "deux fois");
}

#[test]
fn each_leniency_is_said_with_its_line() {
    let text = "Meta\nkey;value\nbudget;1000\nnum_projects;3\ndefault_score;1\nmax_length_per_category;2\nvote_type;approval\n\
        PROJECTS;;\nProject_Id;cost;votes;couleur\n1;400;1;vert\n2;700;0\nvotes\nvoter_id;vote;humeur\n0;1;gai;\n1;2\n";
    let document = read(text.as_bytes(), ReadOptions::default()).unwrap();
    let said: Vec<(usize, &str)> = document.leniencies.iter().map(|found| (found.line, found.what.as_str())).collect();
    for (line, words) in [
        (1, "« Meta »"),
        (4, "annonce 3 projets"),
        (5, "default_score"),
        (6, "max_length_per_category"),
        (8, "« PROJECTS;; »"),
        (9, "majuscules"),
        (9, "« couleur »"),
        (11, "moins de cases"),
        (11, "« votes » diffère"),
        (12, "« votes »"),
        (13, "« humeur »"),
        (14, "« ; » de trop"),
    ] {
        assert!(said.iter().any(|(l, what)| *l == line && what.contains(words)), "{line} {words} in {said:?}");
    }
    let options = ReadOptions { limits: Limits::Enforce, ..ReadOptions::default() };
    assert_eq!(read(text.as_bytes(), options).expect_err("a limit that is not applied").line, 6);
}

/// What grows as the square of the file never ends; here, it would take minutes.
#[rstest]
#[case::open_quote(&small(&format!("0;1\n1;\"{}", "2\n".repeat(4_000_000))), "guillemet")]
#[case::keys(&file(&(0..500_000).map(|key| format!("{key};1\n")).collect::<String>(), "project_id;cost\n", ""), "META a plus")]
#[case::columns(&file("budget;1\n", &format!("{}\n", (0..500_000).map(|c| format!("{c};")).collect::<String>()), ""), "colonnes")]
#[case::projects(&file("budget;1\n", &format!("project_id;cost\n{}", "1;1\n".repeat(500_000)), ""), "projets")]
fn hostile_sizes_are_refused_at_once(#[case] text: &str, #[case] words: &str) {
    let (_, what) = refused(text);
    assert!(what.contains(words), "{what}");
}

#[test]
fn ballots_outside_the_limits_are_void_when_asked() {
    let text = file(
        "budget;1000\nvote_type;approval\nmin_length;2\nmax_length;2\nmax_sum_cost;1050\n",
        "project_id;cost\n1;400\n2;700\n3;300\n",
        "voter_id;vote\n0;1,3\n1;1\n2;1,2,3\n3;1,2\n4;\n",
    );
    let counted = read(text.as_bytes(), ReadOptions::default()).unwrap();
    assert_eq!(counted.election.ballots.total(), 5);
    assert!(counted.leniencies.iter().any(|found| found.what.contains("moins de projets")));
    let options = ReadOptions { limits: Limits::Enforce, ..ReadOptions::default() };
    let strict = read(text.as_bytes(), options).unwrap();
    assert_eq!(strict.election.ballots.total(), 1);
    let reasons: Vec<VoidReason> = strict.void.iter().map(|(_, reason)| *reason).collect();
    assert_eq!(reasons, [VoidReason::TooShort, VoidReason::TooLong, VoidReason::TooExpensive, VoidReason::TooShort]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Small files are read by one thread, large ones by two: the same ballots in the same order, as if added one by one.
    #[test]
    fn rows_become_ballots_in_their_order(
        rows in prop_oneof![Just(40_usize), Just(9_000)],
        seed in 1_u64..,
        id in prop_oneof![Just("p"), Just(""), Just("BO.D13.15/"), Just("é")],
        end in prop_oneof![Just("\n"), Just("\r\n")],
        layout in 0_usize..4,
    ) {
        let ids: Vec<String> = (0..70).map(|c| format!("{id}{c}")).collect();
        let projects = ids.iter().map(|id| Project { id: id.clone(), cost: 1, ..Project::default() }).collect();
        let mut expected = Election::new(BallotKind::Approval, 10, projects).unwrap();
        let header = ["voter_id;vote", "vote;voter_id", "voter_id;age;vote;sex", "canton;vote"][layout];
        let mut text = file(
            "budget;10\nvote_type;approval\n",
            &format!("project_id;cost\n{}", ids.iter().map(|id| format!("{id};1\n")).collect::<String>()),
            &format!("{header}{end}"),
        );
        let mut random = seed;
        let mut below = |limit: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            usize::try_from(random % limit).unwrap()
        };
        for voter in 0..rows {
            let mut named: Vec<&str> = Vec::new();
            for _ in 0..below(12) {
                let id = ids[below(3 + voter as u64 % 67)].as_str();
                if !named.contains(&id) {
                    named.push(id);
                }
            }
            expected.approve(&named).unwrap();
            let list = named.join(",");
            let row = match layout {
                0 => format!("{voter};{list}"),
                1 => format!("{list};{voter}"),
                2 => format!("{voter};34;{list};F"),
                _ => format!("Canton {};{list}", voter % 5),
            };
            text += &format!("{row}{end}");
        }
        let found = read(text.as_bytes(), ReadOptions::default()).unwrap().election.ballots;
        prop_assert_eq!(found.total(), rows as u64);
        prop_assert_eq!(found.group_of(), expected.ballots.group_of());
        prop_assert!(found.iter().eq(expected.ballots.iter()));
    }
}

#[test]
fn enormous_amounts_are_counted_without_overflow() {
    let largest = vote::LARGEST_AMOUNT;
    let ids: Vec<String> = (0..20_000).map(|c| c.to_string()).collect();
    let projects: String = ids.iter().map(|id| format!("{id};{largest}\n")).collect();
    let text = file(
        &format!("budget;{largest}\nvote_type;approval\nmax_sum_cost;{largest}\n"),
        &format!("project_id;cost\n{projects}"),
        &format!("voter_id;vote\n0;{}\n", ids.join(",")),
    );
    let document = read(text.as_bytes(), ReadOptions::default()).unwrap();
    for rule in ["greedy_votes", "mes_cost", "phragmen"] {
        let rule = vote::Rule::from_name(rule).unwrap();
        let outcome = rule.count(&document.election, &vote::TieBreak::Recommended, &vote::Control::default()).unwrap();
        assert_eq!(outcome.winners.len(), 1);
    }
}

/// Written, read, written: the same text; and the same vote.
fn round_trip(text: &str) {
    let first = read(text.as_bytes(), ReadOptions::default()).unwrap();
    let written = write(&first);
    let second = read(written.as_bytes(), ReadOptions::default()).unwrap_or_else(|error| panic!("{error}\n{written}"));
    assert_eq!(first.election.votes(), second.election.votes());
    assert_eq!(first.election.points(), second.election.points());
    assert_eq!(first.election.projects, second.election.projects);
    assert_eq!(first.election.budget, second.election.budget);
    assert_eq!(first.election.ballots.groups(), second.election.ballots.groups());
    assert_eq!(written, write(&second));
}

#[test]
fn files_round_trip() {
    round_trip(OVERSPENDING);
    round_trip(CUMULATIVE);
    for folder in ["pabulib", "pabulib-pabutools"] {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(folder);
        let Ok(entries) = std::fs::read_dir(&folder) else {
            eprintln!("SAUTÉ : {} est absent", folder.display());
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let is_file = path.extension().is_some_and(|extension| extension == "pb");
            if is_file && !path.ends_with("checker-example_invalid.pb") {
                round_trip(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
}
