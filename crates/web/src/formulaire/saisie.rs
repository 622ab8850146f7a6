//! What was typed, and what is wrong with it.

use std::collections::BTreeMap;

use domain::cents::Cents;

use super::{CHAMP_VERSION, Lecteur};
use crate::composants::EnErreur;

/// No field is longer, characters.
const LONGUEUR_MAX: usize = 200_000;

/// What was typed, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saisie(BTreeMap<String, Vec<String>>);

impl Saisie {
    /// Decodes `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn decoder(octets: &[u8]) -> Self {
        let mut champs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (nom, valeur) in form_urlencoded::parse(octets) {
            champs.entry(nom.into_owned()).or_default().push(nettoyer(&valeur));
        }
        Self(champs)
    }

    /// First value of a field; empty when absent.
    #[must_use]
    pub fn texte(&self, nom: &str) -> &str {
        self.0.get(nom).and_then(|valeurs| valeurs.first()).map_or("", String::as_str)
    }

    /// All values of a field.
    #[must_use]
    pub fn liste(&self, nom: &str) -> &[String] {
        self.0.get(nom).map_or(&[], Vec::as_slice)
    }

    /// What was typed, field by field: the hidden fields of the house left out.
    pub fn champs(&self) -> impl Iterator<Item = (&str, &str)> {
        let tapes = self.0.iter().filter(|(nom, _)| !nom.starts_with('_') && *nom != CHAMP_VERSION);
        tapes.flat_map(|(nom, valeurs)| valeurs.iter().map(move |valeur| (nom.as_str(), valeur.as_str())))
    }

    /// Sets a value (what is already known, before the first display).
    #[must_use]
    pub fn avec(mut self, nom: &str, valeur: impl Into<String>) -> Self {
        self.0.entry(nom.to_owned()).or_default().push(valeur.into());
        self
    }

    /// Sets an amount as one types it, in euros; nothing where it is not known.
    #[must_use]
    pub fn avec_montant(self, nom: &str, montant: Option<Cents>) -> Self {
        match montant {
            Some(montant) => self.avec(nom, montant.to_string().trim_end_matches(['€', '\u{a0}'])),
            None => self,
        }
    }

    /// Reads fields one by one, gathering errors.
    #[must_use]
    pub fn lecteur(&self) -> Lecteur<'_> {
        Lecteur { saisie: self, erreurs: Erreurs::default() }
    }

    /// What was typed, over the row as it is now: the next save replaces it on purpose. For the page of a conflict.
    #[must_use]
    pub fn sur_la_version_actuelle(self) -> Self {
        self.sans(CHAMP_VERSION)
    }

    /// Page of a list asked for, from 1; no page beyond ten thousand: nobody reads there.
    #[must_use]
    pub fn page(&self) -> u64 {
        self.texte("page").parse().unwrap_or(1).clamp(1, 10_000)
    }

    /// Forgets a field.
    #[must_use]
    pub fn sans(mut self, nom: &str) -> Self {
        self.0.remove(nom);
        self
    }
}

/// Control characters and lone surrogates never enter the database; line ends are `\n`.
pub(crate) fn nettoyer(valeur: &str) -> String {
    valeur
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .take(LONGUEUR_MAX)
        .collect::<String>()
}

/// Errors, each tied to a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erreurs(Vec<(String, String)>);

impl Erreurs {
    /// Adds one; the first of a field is shown.
    pub fn ajouter(&mut self, champ: &str, phrase: impl Into<String>) {
        if !self.0.iter().any(|(deja, _)| deja == champ) {
            self.0.push((champ.to_owned(), phrase.into()));
        }
    }

    /// None?
    #[must_use]
    pub fn est_vide(&self) -> bool {
        self.0.is_empty()
    }

    /// Of a field.
    #[must_use]
    pub fn de(&self, champ: &str) -> Option<&str> {
        self.0.iter().find(|(nom, _)| nom == champ).map(|(_, phrase)| phrase.as_str())
    }

    /// All, in the order found.
    pub fn toutes(&self) -> impl Iterator<Item = EnErreur> {
        self.0.iter().map(|(champ, phrase)| EnErreur { champ: champ.clone(), phrase: phrase.clone() })
    }
}
