//! A word of the trade explained where it stands. The facts are a file of `contenu/`: one word, one meaning, everywhere.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use serde::Deserialize;

use super::{Html, composant, echapper};
use crate::instance::Instance;
use crate::textes::derives::GLOSSAIRE;

const FICHIER: &str = include_str!("../../../../contenu/glossaire.toml");

/// A word and what it means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mot {
    /// As written in a sentence.
    pub mot: String,
    /// One or two plain sentences.
    pub sens: String,
    /// The text it comes from, when there is one.
    #[serde(default)]
    pub texte: Option<String>,
}

// A file that cannot be read is caught by the test below; words are then shown without their meaning.
static MOTS: LazyLock<BTreeMap<String, Mot>> = LazyLock::new(|| toml::from_str(FICHIER).unwrap_or_default());

/// All words, by key.
pub fn mots() -> impl Iterator<Item = (&'static str, &'static Mot)> {
    MOTS.iter().map(|(cle, mot)| (cle.as_str(), mot))
}

/// A word with its meaning a key away. The first time on a page, where it matters: not at each line.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/terme.html")]
pub struct Terme {
    cle: &'static str,
    mot: &'static Mot,
    /// As the sentence writes it.
    dit: String,
    sens: String,
}

impl Terme {
    /// The word of this key as shipped; `None` when the glossary does not hold it.
    #[must_use]
    pub fn de(cle: &str) -> Option<Self> {
        MOTS.get_key_value(cle).map(|(cle, mot)| Self {
            cle: cle.as_str(),
            mot,
            dit: mot.mot.clone(),
            sens: mot.sens.clone(),
        })
    }

    /// The same, with its meaning as the agent of the site left it.
    #[must_use]
    pub fn ici(cle: &str, instance: &Instance) -> Option<Self> {
        let sens = instance.texte(&format!("{GLOSSAIRE}.{cle}"));
        Self::de(cle).map(|terme| Self { sens, ..terme })
    }
}

composant!(Terme);

/// A sentence with these words explained where they stand, each the first time it is written: `cles` loses those that are, for
/// the sentences that follow on the same page.
#[must_use]
pub fn expliquer(phrase: &str, cles: &mut Vec<&str>, instance: &Instance) -> Html {
    expliquer_html(&echapper(phrase), cles, instance)
}

/// The same in HTML already made: what is inside a tag is left alone.
#[must_use]
pub fn expliquer_html(html: &str, cles: &mut Vec<&str>, instance: &Instance) -> Html {
    let (mut sortie, mut reste) = (String::with_capacity(html.len()), html);
    while let Some((rang, debut, fin)) = premier(reste, cles) {
        let cle = cles.remove(rang);
        let Some(terme) = Terme::ici(cle, instance) else { continue };
        let dit = reste[debut..fin].to_owned();
        sortie.push_str(&reste[..debut]);
        sortie.push_str(&Terme { dit, ..terme }.to_string());
        reste = &reste[fin..];
    }
    sortie.push_str(reste);
    Html(sortie)
}

/// The word found first: its rank among `cles`, where it begins and ends.
fn premier(html: &str, cles: &[&str]) -> Option<(usize, usize, usize)> {
    let trouves = cles.iter().enumerate().filter_map(|(rang, cle)| {
        // « société coopérative d’intérêt collectif (SCIC) » is also written without what explains it.
        let mot = MOTS.get(*cle)?.mot.split(" (").next()?;
        trouver(html, mot).map(|(debut, fin)| (debut, std::cmp::Reverse(fin), rang))
    });
    trouves.min().map(|(debut, fin, rang)| (rang, debut, fin.0))
}

/// A word in a text, whole, in the singular or the plural, its first letter small or capital; never inside a tag nor a link.
fn trouver(html: &str, mot: &str) -> Option<(usize, usize)> {
    let (mut dans_une_balise, mut dans_un_lien) = (false, false);
    let mut avant = ' ';
    for (debut, lettre) in html.char_indices() {
        match lettre {
            '<' => {
                dans_une_balise = true;
                dans_un_lien = (dans_un_lien || html[debut..].starts_with("<a ")) && !html[debut..].starts_with("</a>");
            }
            '>' => dans_une_balise = false,
            _ if !dans_une_balise && !dans_un_lien && !avant.is_alphanumeric() => {
                if let Some(longueur) = commence_par(&html[debut..], mot) {
                    return Some((debut, debut + longueur));
                }
            }
            _ => {}
        }
        avant = lettre;
    }
    None
}

/// How many bytes of the text are this word.
fn commence_par(texte: &str, mot: &str) -> Option<usize> {
    let mut lettres = texte.char_indices();
    for (rang, attendue) in mot.chars().enumerate() {
        let (_, lue) = lettres.next()?;
        if lue != attendue && !(rang == 0 && lue.to_lowercase().eq(attendue.to_lowercase())) {
            return None;
        }
    }
    let fin = lettres.offset();
    let suite = &texte[fin..];
    let pluriel = fin + usize::from(suite.starts_with('s'));
    (!texte[pluriel..].starts_with(char::is_alphanumeric)).then_some(pluriel)
}

#[cfg(test)]
mod tests {
    use super::{FICHIER, Mot, Terme, mots, premier};
    use rstest::rstest;
    use std::collections::BTreeMap;

    #[rstest]
    #[case::dans_sa_phrase("Une délibération suffit.", Some("délibération"))]
    #[case::en_capitale("Délibération du conseil", Some("Délibération"))]
    #[case::au_pluriel("Les zonages, puis les secteurs", Some("zonages"))]
    #[case::le_premier_ecrit("le secteur avant le zonage", Some("secteur"))]
    #[case::pas_dans_un_autre_mot("sectoriel, intersecteur, zonager", None)]
    #[case::pas_dans_une_balise("<a title=\"zonage\">ici</a>", None)]
    #[case::apres_un_lien("<a href=\"/\">zonage</a> d’un secteur", Some("secteur"))]
    #[case::sans_ce_qui_l_explique(
        "une société coopérative d’intérêt collectif",
        Some("société coopérative d’intérêt collectif")
    )]
    fn un_mot_se_trouve_la_ou_il_est_ecrit(#[case] phrase: &str, #[case] attendu: Option<&str>) {
        let cles = ["zonage", "secteur", "deliberation", "scic"];
        assert_eq!(premier(phrase, &cles).map(|(_, debut, fin)| &phrase[debut..fin]), attendu);
    }

    #[test]
    fn chaque_mot_a_un_sens_court() {
        let lus: BTreeMap<String, Mot> = toml::from_str(FICHIER).unwrap();
        assert_eq!(lus.len(), mots().count());
        for (cle, mot) in lus {
            assert!(mot.sens.ends_with('.') && mot.sens.len() < 320, "{cle}");
            assert!(Terme::de(&cle).unwrap().to_string().contains(&format!("sens-{cle}")), "{cle}");
        }
        assert!(Terme::de("inconnu").is_none());
    }
}
