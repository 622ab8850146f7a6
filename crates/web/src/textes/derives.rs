//! Texts that stand in other files of `contenu/` and may be changed too: pages easy to read, words of the glossary, legal
//! forms. Their keys come from those of the files.

use rust_embed::RustEmbed;
use toml::{Table, Value};

use super::{PageDeTextes, TexteDuSite};
use crate::composants::mots;

#[derive(RustEmbed)]
#[folder = "../../contenu/facile-a-lire"]
struct Faciles;

#[derive(RustEmbed)]
#[folder = "../../contenu/formes-juridiques"]
struct Formes;

/// Before the key of a page easy to read.
pub const FACILE: &str = "facile";
/// Before the key of a word.
pub const GLOSSAIRE: &str = "glossaire";
/// Before the id of a legal form.
pub const FORME: &str = "forme";

/// The sentences of a legal form that may be changed, and what each one is.
pub const CHAMPS_DE_FORME: &[(&str, &str)] = &[
    ("resume", "En bref"),
    ("pour_quoi", "Pour quoi"),
    ("membres", "Membres"),
    ("argent", "Argent"),
    ("decision", "Qui décide"),
    ("collectivite", "Place d’une collectivité"),
    ("attention", "Attention"),
];

/// All of them, after the texts of `contenu/textes`.
pub(super) fn pages() -> Vec<PageDeTextes> {
    let mut pages: Vec<PageDeTextes> =
        tables::<Faciles>().iter().filter_map(|(nom, table)| facile(nom, table)).collect();
    pages.push(glossaire());
    pages.extend(tables::<Formes>().iter().filter_map(|(_, table)| forme(table)));
    pages
}

/// The files of a folder, by name. A damaged one is caught by the test of who reads it.
fn tables<T: RustEmbed>() -> Vec<(String, Table)> {
    let mut noms: Vec<_> = T::iter().collect();
    noms.sort();
    noms.iter()
        .filter_map(|nom| {
            let fichier = T::get(nom)?;
            Some((nom.trim_end_matches(".toml").to_owned(), toml::from_slice(&fichier.data).ok()?))
        })
        .collect()
}

fn chaine(table: &Table, cle: &str) -> Option<String> {
    table.get(cle).and_then(Value::as_str).map(str::to_owned)
}

fn texte(cle: String, titre: String, aide: &str, max: usize, defaut: String) -> TexteDuSite {
    TexteDuSite {
        cle,
        titre,
        aide: aide.to_owned(),
        max,
        markdown: false,
        promotionnel: false,
        facultatif: false,
        defaut,
    }
}

/// The title of a part, then its lines.
fn facile(nom: &str, table: &Table) -> Option<PageDeTextes> {
    const AIDE: &str = "La première ligne est le titre. Ensuite, une idée par ligne, douze mots au plus.";
    let titre = chaine(table, "titre")?;
    let adresse = chaine(table, "adresse")?;
    let partie = |partie: &Value| {
        let partie = partie.as_table()?;
        let (cle, titre) = (chaine(partie, "cle")?, chaine(partie, "titre")?);
        let lignes = partie.get("lignes")?.as_array()?.iter().filter_map(Value::as_str);
        let defaut = std::iter::once(titre.as_str()).chain(lignes).collect::<Vec<_>>().join("\n");
        Some(texte(format!("{FACILE}.{nom}.{cle}"), format!("Partie « {titre} »"), AIDE, 800, defaut))
    };
    let parties = table.get("partie")?.as_array()?.iter().filter_map(partie);
    let entete =
        texte(format!("{FACILE}.{nom}.titre"), "Titre de la page".to_owned(), "Une phrase courte.", 80, titre.clone());
    Some(PageDeTextes {
        url: format!("/facile-a-lire/{adresse}").trim_end_matches('/').to_owned(),
        page: titre,
        textes: std::iter::once(entete).chain(parties).collect(),
    })
}

fn glossaire() -> PageDeTextes {
    const AIDE: &str = "Ce que la personne lit quand elle appuie sur le mot. Une ou deux phrases simples.";
    let mot = |(cle, mot): (&str, &crate::composants::Mot)| {
        texte(format!("{GLOSSAIRE}.{cle}"), format!("Sens de « {} »", mot.mot), AIDE, 400, mot.sens.clone())
    };
    PageDeTextes { page: "Mots expliqués".to_owned(), url: "/aide".to_owned(), textes: mots().map(mot).collect() }
}

fn forme(table: &Table) -> Option<PageDeTextes> {
    const AIDE: &str = "Une ou deux phrases simples. Les conditions et les textes de loi ne changent pas ici.";
    let id = chaine(table, "id")?;
    let champ = |(champ, titre): &(&str, &str)| {
        Some(texte(format!("{FORME}.{id}.{champ}"), (*titre).to_owned(), AIDE, 600, chaine(table, champ)?))
    };
    Some(PageDeTextes {
        page: chaine(table, "nom")?,
        url: format!("/formes-juridiques/{id}"),
        textes: CHAMPS_DE_FORME.iter().filter_map(champ).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::{CHAMPS_DE_FORME, Faciles, Formes, pages, tables};
    use crate::composants::mots;

    #[test]
    fn chaque_page_chaque_mot_chaque_forme_a_ses_textes() {
        let (faciles, formes) = (tables::<Faciles>(), tables::<Formes>());
        assert_eq!(
            (faciles.len(), formes.len()),
            (Faciles::iter().count(), Formes::iter().count()),
            "every file is read"
        );
        let parties: usize = faciles.iter().map(|(_, t)| 1 + t["partie"].as_array().unwrap().len()).sum();
        let attendus = parties + mots().count() + formes.len() * CHAMPS_DE_FORME.len();
        assert_eq!(pages().iter().map(|page| page.textes.len()).sum::<usize>(), attendus);
    }
}
