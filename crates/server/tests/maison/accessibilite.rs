//! The table of the RGAA is true of the tests that it names, and the paper is read from it.

use std::fs;
use std::path::Path;

use web::accessibilite::grille;

const PAPIER: &str = "docs/accessibilite.md";
const DEBUT: &str =
    "<!-- grille : écrite par TERREAU_ECRIRE_ACCESSIBILITE=1 cargo nextest run --workspace --test maison -->";
const FIN: &str = "<!-- fin de la grille -->";

fn lire(chemin: &str) -> String {
    let chemin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(chemin);
    fs::read_to_string(&chemin).unwrap_or_else(|erreur| panic!("{}: {erreur}", chemin.display()))
}

#[test]
fn chaque_preuve_nommee_existe() {
    let grille = grille();
    assert!(grille.preuves.len() > 20, "the table was read");
    for (nom, preuve) in &grille.preuves {
        assert!(
            lire(&preuve.fichier).contains(&preuve.contient),
            "{nom}: {} no longer holds « {} »",
            preuve.fichier,
            preuve.contient
        );
    }
}

#[test]
fn le_papier_est_celui_de_la_grille() {
    let papier = lire(PAPIER);
    let (avant, reste) = papier.split_once(DEBUT).unwrap();
    let (_, apres) = reste.split_once(FIN).unwrap();
    let attendu = format!("{avant}{DEBUT}\n\n{}\n\n{FIN}{apres}", grille().en_markdown());
    if std::env::var_os("TERREAU_ECRIRE_ACCESSIBILITE").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAPIER), &attendu).unwrap();
    } else {
        assert_eq!(
            papier, attendu,
            "run this test with TERREAU_ECRIRE_ACCESSIBILITE=1, read the difference, commit it"
        );
    }
}
