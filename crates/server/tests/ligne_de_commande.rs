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
