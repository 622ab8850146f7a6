//! Papers that say something of the product are compared with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use platform::configuration::{Configuration, Sources};
use server::features;
use web::Acces;

fn racine() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn lire(chemin: &str) -> String {
    fs::read_to_string(racine().join(chemin)).unwrap_or_else(|erreur| panic!("{chemin}: {erreur}"))
}

/// Every Markdown file at the root and under `docs/`.
fn papiers() -> Vec<PathBuf> {
    fn sous(dossier: &Path, trouves: &mut Vec<PathBuf>) {
        for entree in fs::read_dir(dossier).unwrap() {
            let chemin = entree.unwrap().path();
            if chemin.is_dir() {
                sous(&chemin, trouves);
            } else if chemin.extension().is_some_and(|e| e == "md") {
                trouves.push(chemin);
            }
        }
    }
    let mut trouves: Vec<PathBuf> = fs::read_dir(racine())
        .unwrap()
        .map(|entree| entree.unwrap().path())
        .filter(|chemin| chemin.extension().is_some_and(|e| e == "md"))
        .collect();
    sous(&racine().join("docs"), &mut trouves);
    trouves
}

/// What stands between `](` and `)`: links and images.
fn liens(texte: &str) -> Vec<&str> {
    texte.split("](").skip(1).filter_map(|reste| reste.split(')').next()).collect()
}

#[test]
fn chaque_lien_et_chaque_image_mene_quelque_part() {
    let mut vus = 0;
    for papier in papiers() {
        let texte = fs::read_to_string(&papier).unwrap();
        for lien in liens(&texte) {
            let chemin = lien.split('#').next().unwrap_or_default();
            if chemin.is_empty() || chemin.contains("://") || chemin.starts_with("mailto:") {
                continue;
            }
            vus += 1;
            let cible = papier.parent().unwrap().join(chemin);
            assert!(cible.exists(), "{}: « {lien} » leads nowhere", papier.display());
        }
    }
    assert!(vus > 20, "links were read: {vus}");
}

#[test]
fn chaque_image_est_petite() {
    const MAX: u64 = 150_000;
    for entree in fs::read_dir(racine().join("docs/images")).unwrap() {
        let entree = entree.unwrap();
        let taille = entree.metadata().unwrap().len();
        assert!(taille <= MAX, "{}: {taille} bytes, at most {MAX}", entree.path().display());
    }
}

#[test]
fn chaque_reglage_est_dans_le_manuel_d_exploitation() {
    let manuel = lire("docs/exploitation.md");
    let configuration = Configuration::charger(&Sources::default()).unwrap();
    let presentes = configuration.presenter();
    let cles: Vec<&str> = presentes.lines().filter_map(|ligne| ligne.split(" = ").next()).collect();
    assert!(cles.contains(&"smtp.url"), "keys were read: {cles:?}");
    for cle in cles {
        assert!(manuel.contains(&format!("| `{cle}` |")), "docs/exploitation.md, chapter 4, does not say `{cle}`");
    }
}

/// Pages of agents, without the part that names or makes one row: `/reglages/secteurs/{id}` and `/reglages/leviers/nouveau`
/// are told with their list.
#[test]
fn chaque_page_des_agents_est_dans_le_guide() {
    let guide: String = papiers()
        .iter()
        .filter(|papier| papier.to_string_lossy().contains("docs/guide/"))
        .map(|papier| fs::read_to_string(papier).unwrap())
        .collect();
    let pages: BTreeSet<&str> = features()
        .iter()
        .flat_map(|feature| &feature.routes)
        .filter(|route| route.methodes.contains("GET") && matches!(route.acces, Acces::Action(_)))
        .filter_map(|route| route.chemin.split("/{").next())
        .map(|chemin| chemin.trim_end_matches("/nouveau").trim_end_matches("/nouvelle"))
        .collect();
    assert!(pages.contains("/tableau"), "routes were read: {pages:?}");
    for page in pages {
        assert!(guide.contains(&format!("`{page}`")), "no page of docs/guide tells what `{page}` is for");
    }
}

#[test]
fn chaque_choix_est_dans_la_liste() {
    let liste = lire("docs/adr/README.md");
    for entree in fs::read_dir(racine().join("docs/adr")).unwrap() {
        let nom = entree.unwrap().file_name().into_string().unwrap();
        assert!(nom == "README.md" || liste.contains(&format!("({nom})")), "docs/adr/README.md does not list {nom}");
    }
}

#[test]
fn l_architecture_nomme_chaque_piece() {
    let carte = lire("docs/architecture.md");
    for entree in fs::read_dir(racine().join("crates")).unwrap() {
        let nom = entree.unwrap().file_name().into_string().unwrap();
        assert!(carte.contains(&format!("`{nom}`")), "docs/architecture.md does not place crates/{nom}");
    }
    for chemin in carte.split('`').filter(|mot| mot.starts_with("crates/") && !mot.contains(['{', '*', '<'])) {
        let chemin = chemin.split(':').next().unwrap_or_default();
        assert!(racine().join(chemin).exists(), "docs/architecture.md names {chemin}, which is not there");
    }
}
