//! The program from outside, as a script uses it: what it answers, where it says it, its exit code.

#![expect(clippy::unwrap_used, reason = "a test fails with a line number")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

const VOTE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vote/tests/vote/micro/micro_02_overspending.pb");

fn terreau(arguments: &[&str]) -> Command {
    let mut commande = Command::new(env!("CARGO_BIN_EXE_terreau"));
    commande.args(arguments).stdin(Stdio::null());
    commande
}

fn lancer(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = terreau(arguments).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn chaque_issue_d_un_depouillement_a_son_code() {
    let dossier = tempfile::tempdir().unwrap();
    let fichier = |nom: &str| dossier.path().join(nom).to_str().unwrap().to_owned();
    let compter = ["vote", "depouiller", VOTE, "--regle", "mes_cost", "--json"];
    let (code, json, _) = lancer(&compter);
    assert_eq!(code, 0);
    let (conforme, faux, douteux) = (fichier("pv.json"), fichier("faux.json"), fichier("douteux.txt"));
    std::fs::write(&conforme, &json).unwrap();
    std::fs::write(&faux, json.replace("\"710000\"", "\"710001\"")).unwrap();
    assert_eq!(lancer(&["vote", "verifier", &conforme, VOTE]).0, 0);
    assert_eq!(lancer(&["vote", "verifier", &faux, VOTE]).0, 3);

    // Without these voters other projects win.
    let votants: String = std::fs::read_to_string(VOTE)
        .unwrap()
        .lines()
        .skip_while(|ligne| !ligne.starts_with("VOTES"))
        .skip(2)
        .take(6)
        .map(|ligne| format!("{}\n", ligne.split(';').next().unwrap()))
        .collect();
    std::fs::write(&douteux, votants).unwrap();
    assert_eq!(lancer(&["vote", "depouiller", VOTE, "--regle", "mes_cost", "--douteux", &douteux]).0, 4);
}

#[test]
fn une_erreur_va_sur_la_sortie_des_erreurs() {
    let cas: [&[&str]; 4] = [
        &["vote", "depouiller", "/nulle/part.pb", "--regle", "mes_cost", "--json"],
        &["vote", "depouiller", VOTE, "--regle", "inconnue", "--json"],
        &["vote", "verifier", VOTE, VOTE],
        &["import", "aides", "/nulle/part.csv"],
    ];
    let dossier = tempfile::tempdir().unwrap();
    for arguments in cas {
        let donnees = format!("--regler=donnees={}", Path::new(dossier.path()).display());
        let (code, sortie, erreurs) = lancer(&[arguments, &[donnees.as_str()]].concat());
        assert_eq!((code, sortie.as_str()), (1, ""), "{arguments:?} {erreurs}");
        assert!(!erreurs.trim().is_empty() && !erreurs.contains("panicked"), "{arguments:?} {erreurs}");
    }
}

/// Words of tools that have no French, in what they say of themselves.
const ANGLAIS: &[&str] = &[
    "error",
    "Error",
    "failed",
    "invalid",
    "expected",
    "No such",
    "already in use",
    "denied",
    "not found",
    "unable",
    "parse",
    "default",
    "[env",
    "timed out",
    "unclosed",
    "os error",
];

#[test]
fn ce_qui_ne_va_pas_se_dit_en_francais_avec_quoi_faire() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = |nom: &str| dossier.path().join(nom).to_str().unwrap().to_owned();
    let ecrire = |nom: &str, octets: &[u8]| {
        std::fs::write(dossier.path().join(nom), octets).unwrap();
        chemin(nom)
    };
    let (toml, octets, cle) =
        (ecrire("a.toml", b"adresse = [\n"), ecrire("b.toml", b"\xff\xfe"), ecrire("c.toml", b"donees = 'x'"));
    let (pris, ici) = (std::net::TcpListener::bind("127.0.0.1:0").unwrap(), format!("donnees={}", chemin("ici")));
    let pris = format!("adresse={}", pris.local_addr().unwrap());
    let instance = ["--regler", &ici, "--regler", "instance.departement=54"];
    assert_eq!(lancer(&[&instance[..], &["init", "--departement", "54"]].concat()).0, 0);
    let abimee = ecrire("abimee.sqlite", &b"ceci n'est pas une base ".repeat(300));
    let abimee = format!("base.url=sqlite://{abimee}");
    let fichier = ecrire("fichier", b"x");
    let dans_un_fichier = format!("donnees={fichier}/dedans");
    let dedans = format!("{fichier}/dedans");
    let cas: &[(&[&str], i32, &str)] = &[
        (&["check", "--configuration", "/nulle/part.toml"], 1, "il n’existe pas"),
        (&["check", "--configuration", &toml], 1, "le fichier n’est pas du TOML valable (ligne"),
        (&["check", "--configuration", &octets], 1, "de l’UTF-8"),
        (&["check", "--configuration", &cle], 1, "Vouliez-vous écrire « donnees » ?"),
        (&["check", "--regler", "journal==[["], 1, "Écrivez info"),
        (&["check", "--regler", "sans-egal"], 1, "cle=valeur"),
        (&["init", "--departement", "54", "--regler", &dans_un_fichier], 1, "ne peut pas être créé"),
        (&["export", "x", "--format", "doc"], 2, "csv, xlsx ou ods"),
        (&["generer", "departement", "--projets", "beaucoup"], 2, "écrivez un nombre entier"),
        (&["import", "annuaire", "x.csv", "--liste-du", "2026-13-40"], 2, "écrivez une date comme 2026-11-24"),
        (&["bidule"], 2, "La commande « bidule » n’existe pas"),
        (&["restore", "aucune"], 1, "n’est ni une sauvegarde connue ni un dossier"),
        (&["vote", "depouiller", "/nulle/part.pb", "--regle", "mes_cost"], 1, "il n’existe pas"),
        (&["serve", "--regler", "demo=true", "--regler", &pris], 1, "Arrêtez l’autre programme"),
        (&["lien-agent", "--regler", &abimee], 1, "n’est pas une base SQLite, ou il est abîmé"),
        (&["lien-agent", "--regler", "base.url=mysql://x"], 1, "attendu sqlite://chemin"),
        (&["import", "projets", "/nulle/part.xlsx"], 1, "il n’existe pas"),
        (&["import", "annuaire", "/nulle/part.csv"], 1, "il n’existe pas"),
        (&["export", &dedans], 1, "ne peut pas être créé"),
    ];
    for (arguments, code, phrase) in cas {
        let ailleurs = arguments.contains(&"--configuration") || arguments.iter().any(|a| a.starts_with("donnees="));
        // After the command: settings given before it are not read when others are given after it.
        let suite: &[&str] = if ailleurs { &[] } else { &instance };
        let (lu, sortie, erreurs) = lancer(&[arguments, suite].concat());
        let dit = format!("{sortie}{erreurs}");
        assert_eq!(lu, *code, "{arguments:?} {dit}");
        assert!(dit.contains(phrase), "{arguments:?} {dit}");
        for mot in ANGLAIS {
            assert!(!dit.contains(mot), "« {mot} » {arguments:?} {dit}");
        }
    }
    for aide in [
        &["--help"][..],
        &["vote", "comparer", "--help"],
        &["generer", "departement", "-h"],
        &["import", "annuaire", "-h"],
    ] {
        let (code, sortie, _) = lancer(aide);
        assert_eq!(code, 0);
        for mot in ANGLAIS {
            assert!(!sortie.contains(mot), "« {mot} » {aide:?} {sortie}");
        }
    }
}

#[test]
fn un_lecteur_qui_s_en_va_n_est_pas_une_panne() {
    for suite in [&["--json"][..], &[]] {
        let arguments = [&["vote", "depouiller", VOTE, "--regle", "mes_cost"], suite].concat();
        let mut enfant = terreau(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(enfant.stdout.take());
        let Output { status, stderr, .. } = enfant.wait_with_output().unwrap();
        let erreurs = String::from_utf8(stderr).unwrap();
        assert!(!erreurs.contains("panicked"), "{erreurs}");
        assert_eq!(status.code(), Some(141), "{erreurs}");
    }
}
