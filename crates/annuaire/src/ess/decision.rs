//! What an agent decides of one of the two answers, on a document that was seen: a dated fact like the others, taken back by
//! another. Pure.

use jiff::civil::Date;

use crate::vocabulaire::{Champ, Reponse};

/// The answer and the document, as a fact holds them: "non : statuts du 12 mars 2024".
const SEPARATEUR: &str = " : ";

/// A document that shows that an actor is part of the ESS, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its name, with its date.
    pub nom: &'a str,
    /// The source, in words.
    pub source: &'static str,
}

/// A decision of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Yes or no: "unknown" is to decide nothing.
    pub oui: bool,
    /// What the agent saw.
    pub document: &'a str,
    /// The day.
    pub le: Option<Date>,
}

impl<'a> Decision<'a> {
    /// As a fact holds it; nothing when it says neither yes nor no.
    #[must_use]
    pub fn lire(valeur: &'a str, le: Option<Date>) -> Option<Self> {
        let (reponse, document) = valeur.split_once(SEPARATEUR)?;
        let oui = match reponse.parse().ok()? {
            Reponse::Oui => true,
            Reponse::Non => false,
            Reponse::Inconnu => return None,
        };
        Some(Self { oui, document, le })
    }

    /// The answer.
    #[must_use]
    pub fn reponse(&self) -> Reponse {
        if self.oui { Reponse::Oui } else { Reponse::Non }
    }
}

/// The fact: an answer and a document.
#[must_use]
pub fn ecrire(reponse: Reponse, document: &str) -> String {
    format!("{reponse}{SEPARATEUR}{document}")
}

/// Is this fact a decision?
#[must_use]
pub fn est_une_decision(champ: Champ) -> bool {
    matches!(champ, Champ::DecisionEssLoi | Champ::DecisionEssStat)
}

/// Does what an official source says go against what an agent decided? A decision is one field, what sources say others.
#[must_use]
pub fn contredite(decision: &str, champ: Champ, dit: &str) -> bool {
    let Some(decision) = Decision::lire(decision, None) else { return false };
    match champ {
        Champ::SireneEss => (dit == "O") != decision.oui,
        // To be on a list says yes; to be on none says nothing.
        Champ::EssFrance | Champ::PreuveEss => !decision.oui,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn une_decision_s_ecrit_et_se_lit() {
        let ecrite = ecrire(Reponse::Non, "statuts : article 3");
        let lue = Decision::lire(&ecrite, None).unwrap();
        assert_eq!((lue.oui, lue.document), (false, "statuts : article 3"));
        assert_eq!(Decision::lire("inconnu : rien", None), None);
        assert_eq!(Decision::lire("statuts", None), None);
    }

    #[rstest]
    #[case("non : statuts", Champ::SireneEss, "O", true)]
    #[case("non : statuts", Champ::SireneEss, "N", false)]
    #[case("oui : statuts", Champ::SireneEss, "N", true)]
    #[case("oui : statuts", Champ::SireneEss, "O", false)]
    #[case("non : statuts", Champ::EssFrance, "2026", true)]
    #[case("oui : statuts", Champ::PreuveEss, "liste", false)]
    #[case("non : statuts", Champ::Naf, "94.99Z", false)]
    fn une_source_contredit_ou_non(
        #[case] decision: &str,
        #[case] champ: Champ,
        #[case] dit: &str,
        #[case] attendu: bool,
    ) {
        assert_eq!(contredite(decision, champ, dit), attendu);
    }
}
