//! One system of components: what a struct of `web` writes is not written by hand in a feature. What was there before is
//! counted in `balises.txt`; it may only go down.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What is looked for, and the struct that writes it.
const BALISES: [(&str, &str); 12] = [
    ("<button", "Bouton"),
    ("<details", "Depliant"),
    ("<table", "Tableau"),
    ("<select", "Selection"),
    ("<textarea", "ChampLong"),
    ("<progress", "Progression"),
    ("govuk-summary-list", "Resume"),
    ("tr-etiquette ", "Etiquette"),
    ("govuk-error-summary", "ResumeErreurs"),
    ("govuk-pagination", "Pagination"),
    ("govuk-breadcrumbs", "Page::fil"),
    ("govuk-notification-banner", "Message"),
];

fn racine() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn textes(dossier: &Path, dits: &mut String) {
    for entree in fs::read_dir(dossier).unwrap() {
        let chemin = entree.unwrap().path();
        if chemin.is_dir() {
            textes(&chemin, dits);
        } else if chemin.extension().is_some_and(|fin| fin == "html" || fin == "rs") {
            // A test may look for what a page writes.
            let texte = fs::read_to_string(&chemin).unwrap();
            dits.push_str(texte.split("#[cfg(test)]").next().unwrap_or_default());
        }
    }
}

/// Crate → tag → how many by hand. The gallery prints code, `web` writes the components.
fn comptees() -> BTreeMap<String, BTreeMap<&'static str, usize>> {
    let mut toutes = BTreeMap::new();
    for entree in fs::read_dir(racine().join("crates")).unwrap() {
        let dossier = entree.unwrap().path();
        let nom = dossier.file_name().unwrap().to_string_lossy().into_owned();
        if nom == "web" || nom == "galerie" || !dossier.join("templates").is_dir() {
            continue;
        }
        let mut dits = String::new();
        textes(&dossier.join("templates"), &mut dits);
        textes(&dossier.join("src"), &mut dits);
        let siennes = BALISES.iter().map(|(balise, _)| (*balise, dits.matches(balise).count()));
        toutes.insert(nom, siennes.filter(|(_, nombre)| *nombre > 0).collect());
    }
    toutes
}

#[test]
fn aucune_balise_de_plus_n_est_ecrite_a_la_main() {
    let permises = fs::read_to_string(racine().join("crates/server/tests/maison/balises.txt")).unwrap();
    let lignes = permises.lines().filter(|ligne| !ligne.starts_with('#') && !ligne.trim().is_empty());
    let permises: BTreeMap<(&str, &str), usize> = lignes
        .map(|ligne| {
            let (debut, nombre) = ligne.rsplit_once(' ').unwrap();
            let (nom, balise) = debut.split_once(' ').unwrap();
            ((nom, balise.trim_matches('"')), nombre.parse().unwrap())
        })
        .collect();
    let comptees = comptees();
    assert!(comptees.len() > 6, "features were read: {:?}", comptees.keys());
    let mut de_trop = Vec::new();
    for (nom, siennes) in &comptees {
        for (balise, composant) in BALISES {
            let (vu, permis) = (
                siennes.get(balise).copied().unwrap_or(0),
                permises.get(&(nom.as_str(), balise)).copied().unwrap_or(0),
            );
            if vu > permis {
                de_trop.push(format!("{nom} : {vu} « {balise} » écrits à la main, {permis} permis ; prenez `web::composants::{composant}`"));
            }
        }
    }
    assert!(de_trop.is_empty(), "{}", de_trop.join("\n"));
}
