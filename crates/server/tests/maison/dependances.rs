//! A feature never depends on another feature; the pure crates stay pure.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::MetadataCommand;

/// The rooms that everyone may stand on, each with those it may itself stand on.
const NOYAU: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("participatory-budgeting", &[]),
    ("platform", &["domain"]),
    ("geo", &["domain"]),
    ("graphiques", &[]),
    ("documents", &["domain"]),
    ("search", &["domain"]),
    ("socle", &["domain", "platform"]),
    ("web", &["domain", "platform", "socle", "geo", "documents", "search"]),
];
/// Gathers everything.
const SERVEUR: &str = "server";
/// Stands under the tests, over the kernel.
const TESTKIT: &str = "testkit";

/// Our crates, each with those of ours that it names (tests and build scripts too).
fn aretes() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let nos: BTreeSet<String> = metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    metadata
        .workspace_packages()
        .iter()
        .map(|paquet| {
            let vers = paquet.dependencies.iter().map(|d| d.name.clone()).filter(|nom| nos.contains(nom)).collect();
            (paquet.name.to_string(), vers)
        })
        .collect()
}

fn permises(nom: &str) -> BTreeSet<&'static str> {
    let noyau: BTreeSet<&str> = NOYAU.iter().map(|(nom, _)| *nom).collect();
    match NOYAU.iter().find(|(connu, _)| *connu == nom) {
        Some((_, permises)) => permises.iter().copied().collect(),
        None if nom == TESTKIT => noyau,
        // A feature.
        None => noyau.into_iter().chain([TESTKIT]).collect(),
    }
}

#[test]
fn une_feature_ne_depend_jamais_d_une_autre() {
    let aretes = aretes();
    assert!(aretes.len() > NOYAU.len(), "the workspace was read");
    for (nom, vers) in aretes.iter().filter(|(nom, _)| *nom != SERVEUR) {
        let permises = permises(nom);
        let de_trop: Vec<&String> = vers.iter().filter(|vers| !permises.contains(vers.as_str())).collect();
        assert!(
            de_trop.is_empty(),
            "« {nom} » depends on {de_trop:?}. A feature stands on {permises:?} only: what two features share goes to \
             `socle` or `domain`, what one asks of all goes through `web::Feature` (docs/architecture.md, invariants)."
        );
    }
}

/// Names in the tree of a crate taken alone, with its normal dependencies and default features.
fn arbre(nom: &str) -> Vec<(String, String)> {
    let sortie = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-p", nom, "-e", "normal", "--prefix", "none", "-f", "{p}|{f}"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .unwrap();
    assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
    String::from_utf8(sortie.stdout)
        .unwrap()
        .lines()
        .filter_map(|ligne| ligne.split_once('|'))
        .map(|(paquet, options)| (paquet.split(' ').next().unwrap_or_default().to_owned(), options.to_owned()))
        .collect()
}

#[test]
fn le_domaine_n_a_ni_attente_ni_base_ni_horloge() {
    const INTERDITS: &[&str] = &[
        "tokio",
        "futures",
        "async",
        "sea-orm",
        "sqlx",
        "rusqlite",
        "libsqlite3-sys",
        "rand",
        "getrandom",
        "chrono",
        "time",
        "uuid",
    ];
    let noms = aretes();
    for pur in ["domain", "participatory-budgeting"].into_iter().filter(|pur| noms.contains_key(*pur)) {
        let arbre = arbre(pur);
        assert!(arbre.iter().any(|(nom, _)| nom == "serde" || nom == pur), "the tree was read");
        for (nom, options) in &arbre {
            let interdit = INTERDITS.iter().any(|i| nom == i || nom.starts_with(&format!("{i}-")));
            assert!(!interdit, "« {nom} » is in the tree of `{pur}`: it waits, stores, draws or reads the clock");
            // Without `std`, jiff has no clock to read.
            let horloge = nom == "jiff" && options.split(',').any(|option| option == "std");
            assert!(!horloge, "`{pur}` enables jiff's `std`, and with it the clock");
        }
    }
}
