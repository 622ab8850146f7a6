//! A proposal, compared with the page as it is now. Pure.

use serde::{Deserialize, Serialize};

use crate::vocabulaire::Champ;

/// One field that somebody would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ecart {
    /// Field.
    pub champ: Champ,
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
        let ecart = Ecart { champ: Champ::Telephone, avant: "03".to_owned(), apres: "06".to_owned() };
        assert_eq!(etat(&ecart, aujourd_hui), attendu);
    }
}
