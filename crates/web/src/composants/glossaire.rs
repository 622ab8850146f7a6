//! A word of the trade explained where it stands. The facts are a file of `contenu/`: one word, one meaning, everywhere.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use serde::Deserialize;

use super::composant;
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
    sens: String,
}

impl Terme {
    /// The word of this key as shipped; `None` when the glossary does not hold it.
    #[must_use]
    pub fn de(cle: &str) -> Option<Self> {
        MOTS.get_key_value(cle).map(|(cle, mot)| Self { cle: cle.as_str(), mot, sens: mot.sens.clone() })
    }

    /// The same, with its meaning as the agent of the site left it.
    #[must_use]
    pub fn ici(cle: &str, instance: &Instance) -> Option<Self> {
        let sens = instance.texte(&format!("{GLOSSAIRE}.{cle}"));
        Self::de(cle).map(|terme| Self { sens, ..terme })
    }
}

composant!(Terme);

#[cfg(test)]
mod tests {
    use super::{FICHIER, Mot, Terme, mots};
    use std::collections::BTreeMap;

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
