//! A constat: what a rule or a criterion says of a project, with its reason. Unknown is never no.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Three-valued answer, plus "does not concern".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Yes; for a rule: conforme.
    Oui,
    /// No; for a rule: non conforme.
    Non,
    /// A fact is missing or doubtful.
    AVerifier,
    /// The rule or criterion does not concern this case.
    SansObjet,
}

impl Verdict {
    /// Words for a criterion.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Oui => "oui",
            Self::Non => "non",
            Self::AVerifier => "à vérifier",
            Self::SansObjet => "sans objet",
        }
    }

    /// Words for a rule.
    #[must_use]
    pub fn libelle_de_regle(self) -> &'static str {
        match self {
            Self::Oui => "conforme",
            Self::Non => "non conforme",
            autre => autre.libelle(),
        }
    }

    /// Stable id, for CSS classes and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oui => "oui",
            Self::Non => "non",
            Self::AVerifier => "a-verifier",
            Self::SansObjet => "sans-objet",
        }
    }

    /// The answer of several criteria together: one no is no; else one doubt is doubt; nothing to say is `SansObjet`.
    #[must_use]
    pub fn ensemble(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::SansObjet, |ensemble, verdict| match (ensemble, verdict) {
            (Self::Non, _) | (_, Self::Non) => Self::Non,
            (Self::AVerifier, _) | (_, Self::AVerifier) => Self::AVerifier,
            (Self::Oui, _) | (_, Self::Oui) => Self::Oui,
            _ => Self::SansObjet,
        })
    }
}

/// How sure a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Surete {
    /// Read on an official page or text.
    Haute,
    /// Known, to be read again.
    Moyenne,
    /// From memory: shown as "à vérifier".
    Faible,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// In words: an article, a page.
    pub libelle: String,
    /// Address, when there is one.
    #[serde(default)]
    pub url: Option<String>,
    /// Day of reading.
    #[serde(default)]
    pub consultee_le: Option<Date>,
    /// How sure.
    pub surete: Surete,
}

/// A rule or a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nature {
    /// A rule of law or money, with its own page.
    Regle,
    /// A condition of a lever.
    Critere,
}

/// A figure used, ready to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chiffre {
    /// What it is.
    pub libelle: String,
    /// Its value, formatted in French.
    pub valeur: String,
}

/// The answer of one rule or criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constat {
    /// Stable code: `r-01`, `population`.
    pub code: String,
    /// Rule or criterion.
    pub nature: Nature,
    /// Answer.
    pub verdict: Verdict,
    /// One sentence in plain French.
    pub phrase: String,
    /// Figures used.
    pub chiffres: Vec<Chiffre>,
    /// Sources.
    pub sources: Vec<Source>,
    /// Version of the parameters used (their first day).
    pub parametres_du: Option<Date>,
}

impl Constat {
    /// The answer of a criterion.
    #[must_use]
    pub fn critere(code: &str, verdict: Verdict, phrase: impl Into<String>) -> Self {
        Self::nouveau(code, Nature::Critere, verdict, phrase.into())
    }

    /// The answer of a rule.
    #[must_use]
    pub fn regle(code: &str, verdict: Verdict, phrase: impl Into<String>) -> Self {
        Self::nouveau(code, Nature::Regle, verdict, phrase.into())
    }

    fn nouveau(code: &str, nature: Nature, verdict: Verdict, phrase: String) -> Self {
        Self {
            code: code.to_owned(),
            nature,
            verdict,
            phrase,
            chiffres: Vec::new(),
            sources: Vec::new(),
            parametres_du: None,
        }
    }

    /// Adds a figure.
    #[must_use]
    pub fn chiffre(mut self, libelle: &str, valeur: impl Into<String>) -> Self {
        self.chiffres.push(Chiffre { libelle: libelle.to_owned(), valeur: valeur.into() });
        self
    }

    /// Adds a source.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// Says which version of the parameters was used.
    #[must_use]
    pub fn parametres(mut self, du: Date) -> Self {
        self.parametres_du = Some(du);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![Just(Verdict::Oui), Just(Verdict::Non), Just(Verdict::AVerifier), Just(Verdict::SansObjet)]
    }

    proptest! {
        #[test]
        fn l_ensemble_ne_depend_pas_de_l_ordre(mut verdicts in proptest::collection::vec(verdict(), 0..6)) {
            let avant = Verdict::ensemble(verdicts.iter().copied());
            verdicts.reverse();
            prop_assert_eq!(avant, Verdict::ensemble(verdicts));
        }

        #[test]
        fn un_inconnu_n_est_jamais_un_non(verdicts in proptest::collection::vec(verdict(), 0..6)) {
            let non = verdicts.contains(&Verdict::Non);
            prop_assert_eq!(Verdict::ensemble(verdicts) == Verdict::Non, non);
        }
    }
}
