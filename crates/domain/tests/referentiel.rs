//! Every folder of facts says its source, year, licence, and how to rebuild it; all of it stays light.

#![expect(clippy::unwrap_used, reason = "a panic of a helper is a failed test")]

use std::path::{Path, PathBuf};

fn racine() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../referentiel")
}

fn contenu(dossier: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(dossier).unwrap().map(|entree| entree.unwrap().path()).collect()
}

fn dossiers() -> Vec<PathBuf> {
    contenu(&racine()).into_iter().filter(|chemin| chemin.is_dir()).collect()
}

#[test]
fn each_folder_says_where_its_facts_come_from() {
    let dossiers = dossiers();
    assert!(dossiers.len() >= 4, "{dossiers:?}");
    for dossier in dossiers {
        let nom = dossier.file_name().unwrap().to_string_lossy().into_owned();
        let texte = std::fs::read_to_string(dossier.join("README.md")).unwrap_or_else(|_| panic!("{nom} : README.md"));
        for mot in ["**Source", "nnée", "**Licence**", "**Refaire**"] {
            assert!(texte.contains(mot), "{nom}/README.md ne dit pas « {mot} »");
        }
        let commande = format!("referentiel/{nom}/reconstruire.py");
        assert!(texte.contains(&commande) && dossier.join("reconstruire.py").is_file(), "{nom} : {commande}");
    }
}

#[test]
fn all_of_it_stays_under_eight_megabytes() {
    let fichiers = dossiers().into_iter().flat_map(|dossier| contenu(&dossier));
    let octets: u64 = fichiers.map(|fichier| std::fs::metadata(fichier).unwrap().len()).sum();
    assert!(octets < 8_000_000, "{octets}");
}
