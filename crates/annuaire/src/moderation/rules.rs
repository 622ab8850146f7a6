//! A proposal, compared with the page as it is now. Pure.

use std::str::FromStr;

use domain::vocabulaire;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

use crate::vocabulaire::Champ;

vocabulaire! {
    /// What somebody proposes.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Genre {
        Correction = "correction", "Correction";
        Structure = "structure", "Structure à ajouter";
        Offre = "offre", "Offre à ajouter";
    }
}

/// What of a page would change: a field, or its themes, which are no fact of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Quoi {
    /// A field.
    Champ(Champ),
    /// Its themes, by id, joined by commas.
    Themes,
}

/// Stored name of [`Quoi::Themes`].
const THEMES: &str = "themes";

impl Quoi {
    /// As stored, and as a form names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Champ(champ) => champ.as_str(),
            Self::Themes => THEMES,
        }
    }

    /// Words.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Champ(champ) => champ.libelle(),
            Self::Themes => "Thèmes",
        }
    }
}

impl FromStr for Quoi {
    type Err = String;
    fn from_str(texte: &str) -> Result<Self, String> {
        match texte {
            THEMES => Ok(Self::Themes),
            champ => champ.parse().map(Self::Champ).map_err(|_| champ.to_owned()),
        }
    }
}

impl TryFrom<String> for Quoi {
    type Error = String;
    fn try_from(texte: String) -> Result<Self, String> {
        texte.parse()
    }
}

impl From<Quoi> for String {
    fn from(quoi: Quoi) -> Self {
        quoi.as_str().to_owned()
    }
}

/// One field that somebody would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ecart {
    /// Field.
    pub champ: Quoi,
    /// What the page said when they wrote.
    pub avant: String,
    /// What they propose.
    pub apres: String,
}

/// How a field stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Etat {
    /// The page still says what it said.
    Inchangee,
    /// The page says something else since: one looks before accepting.
    ChangeeDepuis,
    /// The page already says what is proposed.
    DejaFait,
}

/// Compares with what the page says today.
#[must_use]
pub fn etat(ecart: &Ecart, aujourd_hui: &str) -> Etat {
    if ecart.apres == aujourd_hui {
        Etat::DejaFait
    } else if ecart.avant == aujourd_hui {
        Etat::Inchangee
    } else {
        Etat::ChangeeDepuis
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("03", Etat::Inchangee)]
    #[case("06", Etat::DejaFait)]
    #[case("07", Etat::ChangeeDepuis)]
    #[case("", Etat::ChangeeDepuis)]
    fn un_ecart_se_relit_devant_la_fiche(#[case] aujourd_hui: &str, #[case] attendu: Etat) {
        let ecart = Ecart { champ: Quoi::Champ(Champ::Telephone), avant: "03".to_owned(), apres: "06".to_owned() };
        assert_eq!(etat(&ecart, aujourd_hui), attendu);
    }

    #[test]
    fn une_proposition_d_avant_se_relit() {
        let gardee = r#"[{"champ":"nom","avant":"a","apres":"b"},{"champ":"themes","avant":"","apres":"commerce"}]"#;
        let ecarts: Vec<Ecart> = serde_json::from_str(gardee).unwrap();
        assert_eq!([ecarts[0].champ, ecarts[1].champ], [Quoi::Champ(Champ::Nom), Quoi::Themes]);
        assert_eq!(serde_json::to_string(&ecarts).unwrap(), gardee);
        assert!("autre".parse::<Quoi>().is_err());
    }
}
