//! Every route of the house, asked by every function, compared with `droits.txt`: the table of rights that one reads.
//!
//! A new route without a line fails. To accept a change, read the difference, then
//! `TERREAU_ECRIRE_DROITS=1 cargo nextest run --workspace --test droits` writes the table again.

#![expect(clippy::unwrap_used, reason = "a test fails with a line number")]

mod objets;
mod terrain;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use rstest::rstest;
use testkit::{Moteur, Navigateur, Page};

use terrain::Terrain;

/// Who asks. The order is that of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Qui {
    Anonyme,
    AutreInstance,
    Declarant,
    Porteur,
    AutreCommune,
    NonVerifie,
    Expire,
    Acteur,
    Charge,
    AutreSecteur,
    Remplacant,
    Confie,
    Coordinateur,
    Direction,
    Facilitateur,
    AgentSite,
}

pub(crate) const TOUS: &[(Qui, &str, &str)] = &[
    (Qui::Anonyme, "anon", "personne n’est connecté"),
    (Qui::AutreInstance, "inst", "session d’un autre département"),
    (Qui::Declarant, "decl", "a décrit le projet, sans mandat"),
    (Qui::Porteur, "port", "mandat vérifié de la commune du projet"),
    (Qui::AutreCommune, "autr", "mandat vérifié d’une autre commune"),
    (Qui::NonVerifie, "nonv", "mandat de la commune, déclaré, non vérifié"),
    (Qui::Expire, "expi", "a décrit le projet ; mandat de la commune terminé"),
    (Qui::Acteur, "acte", "représente un acteur de l’ESS"),
    (Qui::Charge, "char", "chargé territorial du secteur"),
    (Qui::AutreSecteur, "sect", "chargé territorial d’un autre secteur"),
    (Qui::Remplacant, "remp", "remplace le chargé du secteur, absent"),
    (Qui::Confie, "conf", "chargé territorial sans secteur, le projet lui est confié"),
    (Qui::Coordinateur, "coor", "coordination"),
    (Qui::Direction, "dire", "direction"),
    (Qui::Facilitateur, "faci", "facilitateur de clauses"),
    (Qui::AgentSite, "site", "agent qui gère le site"),
];

/// They may see the private project; the others never read a word of it.
const DANS_LE_SECRET: &[Qui] =
    &[Qui::Declarant, Qui::Porteur, Qui::Charge, Qui::Remplacant, Qui::Confie, Qui::Coordinateur, Qui::Direction];

/// Written in the private project, its request, its author: never in an answer to someone else.
const SECRETS: &[&str] =
    &["Titre-interdit", "Manque-interdit", "Message-interdit", "03 99 73 94 00", "prenom-interdit"];

pub(crate) const COMMUNE: &str = "54129";
pub(crate) const AUTRE_COMMUNE: &str = "54395";

/// Sends a form; with a file where the page takes one.
pub(crate) async fn poster(navigateur: &mut Navigateur, chemin: &str, champs: &[(&str, &str)]) -> Page {
    let corps = champs.iter().map(|(nom, valeur)| format!("{nom}={valeur}")).collect::<Vec<_>>().join("&");
    let reponse = navigateur.poster(chemin, &corps).await;
    if !reponse.contient("Ce formulaire n’a pas la forme attendue") {
        return reponse;
    }
    let valeurs: Vec<(String, String)> =
        champs.iter().map(|(nom, valeur)| ((*nom).to_owned(), (*valeur).to_owned())).collect();
    navigateur.poster_fichier(chemin, &valeurs, ("fichier", "essai.csv", b"a;b\n1;2\n")).await
}

/// The status; `cnx` when the answer to someone who is not signed in is "sign in first".
pub(crate) fn dire(qui: Qui, page: &Page) -> String {
    let vers = page.entetes.get("location").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let inconnu = matches!(qui, Qui::Anonyme | Qui::AutreInstance);
    let connexion = inconnu && page.statut.as_u16() == 303 && vers.starts_with("/connexion?retour=");
    if connexion { "cnx".to_owned() } else { page.statut.as_u16().to_string() }
}

/// Who holds the link of a mail has read the mail: only those pages are left out.
pub(crate) fn verifier_les_secrets(qui: Qui, methode: &str, modele: &str, page: &Page) {
    let ouvert = page.statut.is_success() || page.statut.as_u16() == 422;
    // One's own data: what a person described stays theirs to read there.
    let export = modele == "/compte/donnees";
    if modele.contains("{secret}") || (export && qui == Qui::Expire) || (ouvert && DANS_LE_SECRET.contains(&qui)) {
        return;
    }
    let sien: &[&str] = if qui == Qui::Expire { &["prenom-interdit", "03 99 73 94 00"] } else { &[] };
    // Who manages accounts reads names there, and nothing else of the project.
    let comptes = qui == Qui::AgentSite && modele.starts_with("/reglages/personnes");
    let sien = if comptes { &["prenom-interdit"] } else { sien };
    // The header says one's own name.
    let sien = if qui == Qui::Declarant { &["prenom-interdit", "03 99 73 94 00"] } else { sien };
    for secret in SECRETS.iter().filter(|secret| !sien.contains(secret)) {
        assert!(
            !page.html.contains(secret),
            "« {secret} » est dit à {qui:?} par {methode} {modele} ({}) :\n{}",
            page.statut,
            page.texte()
        );
    }
}

fn ecrire(lignes: &BTreeMap<(String, &'static str), Vec<String>>) -> String {
    let mut table = String::from(
        "# Qui peut quoi, adresse par adresse : ce que le site répond vraiment (crates/server/tests/droits/).\n\
         # 200 la page ; 303 fait, ou ailleurs ; cnx « connectez-vous » ; 403 refusé, avec la raison ; 404 rien là ;\n\
         # 400, 409, 422 : le droit est là, le formulaire de l’essai est vide.\n#\n",
    );
    for (_, colonne, mots) in TOUS {
        let _ = writeln!(table, "# {colonne}  {mots}");
    }
    let largeur = lignes.keys().map(|(chemin, _)| chemin.len()).max().unwrap_or(0) + 7;
    let entete: Vec<&str> = TOUS.iter().map(|(_, colonne, _)| *colonne).collect();
    let _ = writeln!(table, "\n{:largeur$}{}", "", entete.join(" "));
    for ((chemin, methode), cellules) in lignes {
        let cellules: Vec<String> = cellules.iter().map(|cellule| format!("{cellule:4}")).collect();
        let ligne = format!("{:largeur$}{}", format!("{methode:4} {chemin}"), cellules.join(" "));
        let _ = writeln!(table, "{}", ligne.trim_end());
    }
    table
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chaque_adresse_repond_selon_la_table_des_droits(#[case] moteur: Moteur) {
    let mut terrain = Terrain::nouveau(moteur).await;
    let routes: Vec<(&str, &str)> = terrain
        .appli
        .routes
        .iter()
        .flat_map(|(methodes, chemin, _)| methodes.split(' ').map(|methode| (methode, *chemin)))
        .collect();
    let mut lignes = BTreeMap::new();
    for (methode, chemin) in routes {
        lignes.insert((chemin.to_owned(), methode), terrain.ligne(methode, chemin).await);
    }
    let table = ecrire(&lignes);
    terrain.appli.fin().await;
    let fichier = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/droits.txt"));
    if std::env::var_os("TERREAU_ECRIRE_DROITS").is_some() {
        std::fs::write(&fichier, &table).unwrap();
        return;
    }
    let attendue = std::fs::read_to_string(&fichier).unwrap_or_default();
    if table != attendue {
        panic!("{}", differences(&attendue, &table));
    }
}

/// Forms are read in one way only: whoever is signed in, no route acts without the token of a page of this site.
#[tokio::test]
async fn aucune_adresse_n_agit_sans_le_jeton_d_une_page() {
    let mut terrain = Terrain::nouveau(Moteur::Sqlite).await;
    let decor = terrain.decor().await;
    let posts: Vec<&'static str> = terrain
        .appli
        .routes
        .iter()
        .filter(|(methodes, ..)| methodes.contains("POST"))
        .map(|(_, chemin, _)| *chemin)
        .collect();
    assert!(posts.len() > 40, "{}", posts.len());
    for modele in posts {
        for qui in [Qui::Porteur, Qui::Charge, Qui::Coordinateur, Qui::AgentSite] {
            let reference = terrain.projet(&decor, qui).await;
            let chemin = terrain.chemin(&decor, modele, &reference).await;
            let mut navigateur = terrain.navigateur(&decor, qui);
            for champs in [&[][..], &[("_jeton", "1.2.3"), ("_cle", "x")][..]] {
                let statut = poster(&mut navigateur, &chemin, champs).await.statut.as_u16();
                assert!(matches!(statut, 403 | 404), "{modele} {qui:?} {champs:?} : {statut}");
            }
        }
    }
    terrain.appli.fin().await;
}

/// Only the lines that changed, old above new.
fn differences(attendue: &str, table: &str) -> String {
    let mut texte = String::from("la table des droits a changé (tests/droits.txt) :\n");
    for ligne in attendue.lines().filter(|ligne| !table.lines().any(|l| l == *ligne)) {
        let _ = writeln!(texte, "- {ligne}");
    }
    for ligne in table.lines().filter(|ligne| !attendue.lines().any(|l| l == *ligne)) {
        let _ = writeln!(texte, "+ {ligne}");
    }
    texte
}
