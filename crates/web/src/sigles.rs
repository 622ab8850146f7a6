//! No acronym without its meaning: what a page uses and does not explain itself is explained at its end.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem;
use serde::Deserialize;

const FICHIER: &str = include_str!("../../../contenu/mots/sigles.toml");

#[derive(Default, Deserialize)]
struct Liste {
    sigles: BTreeMap<String, String>,
}

static LISTE: LazyLock<Liste> = LazyLock::new(|| {
    // A damaged file is caught by the test of this module.
    toml::from_str(FICHIER).unwrap_or_default()
});

/// What an acronym means, when the house knows it.
#[must_use]
pub fn sens(sigle: &str) -> Option<&'static str> {
    LISTE.sigles.get(sigle).map(String::as_str)
}

/// All acronyms that the house knows, in alphabetical order.
pub fn tous() -> impl Iterator<Item = (&'static str, &'static str)> {
    LISTE.sigles.iter().map(|(sigle, sens)| (sigle.as_str(), sens.as_str()))
}

/// Words that may be acronyms: capitals and digits, two at least, the first a capital.
pub fn candidats(texte: &str) -> impl Iterator<Item = &str> {
    texte.split(|lettre: char| !lettre.is_alphanumeric()).filter(|mot| {
        mot.len() > 1
            && mot.starts_with(|l: char| l.is_ascii_uppercase())
            && mot.chars().all(|l| l.is_ascii_uppercase() || l.is_ascii_digit())
    })
}

/// The acronyms that this page shows without saying what they mean, in alphabetical order.
#[must_use]
pub fn a_expliquer(html: &str) -> Vec<(&'static str, &'static str)> {
    let mut trouves = BTreeMap::new();
    // What stands before `>` is a tag, but in the first part.
    for morceau in html.split('<') {
        let texte = morceau.split_once('>').map_or("", |(_, texte)| texte);
        for mot in candidats(texte) {
            if let Some((sigle, sens)) = LISTE.sigles.get_key_value(mot) {
                trouves.insert(sigle.as_str(), sens.as_str());
            }
        }
    }
    trouves.into_iter().filter(|(_, sens)| !dit(html, sens)).collect()
}

/// Does the page say this meaning, at the beginning of a sentence or within one? Asked of every page: nothing is copied.
fn dit(html: &str, sens: &str) -> bool {
    let mut lettres = sens.chars();
    let Some(initiale) = lettres.next() else { return true };
    memmem::find_iter(html.as_bytes(), lettres.as_str()).any(|debut| {
        let avant = html.get(..debut).and_then(|avant| avant.chars().next_back());
        avant.is_some_and(|lettre| lettre.to_lowercase().eq(initiale.to_lowercase()))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{FICHIER, Liste, a_expliquer, candidats, sens};

    #[test]
    fn la_liste_se_lit() {
        assert!(toml::from_str::<Liste>(FICHIER).unwrap().sigles.len() > 50);
        assert_eq!(sens("ESS"), Some("économie sociale et solidaire"));
        assert_eq!(sens("ZZZ"), None);
    }

    #[rstest]
    #[case::montre("<p>La DETR et l’ESS.</p>", &["DETR", "ESS"])]
    #[case::une_fois("<p>DETR</p><p>DETR</p>", &["DETR"])]
    #[case::explique("<h2>DETR</h2><p>Dotation d’équipement des territoires ruraux</p>", &[])]
    #[case::explique_au_milieu("<p>La dotation d’équipement des territoires ruraux (DETR)</p>", &[])]
    #[case::explique_a_demi("<p>DETR : équipement des territoires ruraux</p>", &["DETR"])]
    #[case::pas_les_attributs("<a href=\"/DETR\" title=\"ESS\">aide</a>", &[])]
    #[case::pas_un_mot("<p>LE MAIRE, la DETRX, Ess</p>", &[])]
    #[case::coupe("<p>DETR", &["DETR"])]
    #[case::rien("", &[])]
    fn la_page_explique_ce_qu_elle_n_a_pas_dit(#[case] html: &str, #[case] attendus: &[&str]) {
        let trouves: Vec<&str> = a_expliquer(html).into_iter().map(|(sigle, _)| sigle).collect();
        assert_eq!(trouves, attendus);
    }

    #[test]
    fn un_sigle_est_en_capitales() {
        let vus: Vec<&str> = candidats("La SCIC, R-05, A, 54, Été, UTF8").collect();
        assert_eq!(vus, ["SCIC", "UTF8"]);
    }
}
