//! Mapping files: where a feed keeps things, and what its words mean here. Adding a feed is adding a file.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::profil::Porteur;
use domain::theme::Theme;
use domain::tri::cle_de_tri;
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::lecture::Document;
use crate::catalogue::fichiers;
use crate::levier::critere::Territoire;
use crate::levier::toml::{FichierRefuse, deserialiser};
use crate::levier::{Financeur, GenreDeFinanceur, NatureDeLevier};

#[derive(RustEmbed)]
#[folder = "../../contenu/correspondances-aides"]
struct Fichiers;

/// A mapping.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correspondance {
    /// Stable id: small letters, digits, hyphens; the sheets' ids begin with it.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// Where the feed is published, and its licence when known.
    pub source: String,
    /// Path to the list of aids; empty when the file is the list, or a table.
    #[serde(default)]
    pub racine: String,
    /// Fields by which the feed is recognised.
    pub reconnait: Vec<String>,
    /// Who will keep the sheets true.
    pub responsable: String,
    /// Months after which a sheet must be read again.
    pub relecture_mois: i8,
    /// Who offers, when the feed does not say.
    pub porteur: Financeur,
    /// Where, when the feed does not say.
    #[serde(default)]
    pub territoire: Option<Territoire>,
    /// What it brings, when the feed does not say.
    pub nature: NatureDeLevier,
    /// In list cells of a table.
    #[serde(default)]
    pub separateur: Option<String>,
    /// Where each thing is.
    pub champs: Champs,
    /// What its words mean.
    #[serde(default)]
    pub vocabulaire: Vocabulaire,
}

/// Paths, the first that holds something wins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Champs {
    /// Key inside the feed, stable.
    pub cle: Vec<String>,
    /// Name.
    pub nom: Vec<String>,
    /// One or two sentences.
    pub resume: Vec<String>,
    /// What for.
    pub pour_quoi: Vec<String>,
    /// Amount in words.
    pub montant: Vec<String>,
    /// Lowest rate, percent.
    pub taux_min: Vec<String>,
    /// Highest rate, percent.
    pub taux_max: Vec<String>,
    /// Conditions in words.
    pub conditions: Vec<String>,
    /// Contact.
    pub contact: Vec<String>,
    /// Page.
    pub url: Vec<String>,
    /// First day.
    pub ouverture: Vec<String>,
    /// Last day.
    pub cloture: Vec<String>,
    /// Who offers.
    pub porteur: Vec<String>,
    /// For whom (list).
    pub publics: Vec<String>,
    /// What it brings (list).
    pub natures: Vec<String>,
    /// Themes (list).
    pub themes: Vec<String>,
    /// Where (list).
    pub territoires: Vec<String>,
    /// Where it is not open (list of codes).
    pub exclusions: Vec<String>,
}

/// Words of the feed, and what they mean here. A word known and meaning nothing here has an empty list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vocabulaire {
    /// Bearers.
    pub publics: BTreeMap<String, Vec<Porteur>>,
    /// Kinds.
    pub natures: BTreeMap<String, NatureDeLevier>,
    /// Themes.
    pub themes: BTreeMap<String, Vec<Theme>>,
    /// Places; a word that means everywhere has no code.
    pub territoires: BTreeMap<String, Territoire>,
    /// Kinds of organisations, by a word of their name.
    pub genres: BTreeMap<String, GenreDeFinanceur>,
}

/// What a word means, whatever its accents and capitals.
#[must_use]
pub fn sens<'a, T>(vocabulaire: &'a BTreeMap<String, T>, mot: &str) -> Option<&'a T> {
    let cle = cle_de_tri(mot);
    vocabulaire.iter().find(|(connu, _)| cle_de_tri(connu) == cle).map(|(_, sens)| sens)
}

impl Correspondance {
    /// Origin of its sheets.
    #[must_use]
    pub fn origine(&self) -> String {
        format!("import:{}", self.id)
    }
}

static TOUTES: LazyLock<Result<Vec<Correspondance>, FichierRefuse>> =
    LazyLock::new(|| fichiers::<Fichiers>().iter().map(|(fichier, texte)| deserialiser(fichier, texte)).collect());

/// Every mapping, by id.
///
/// # Errors
/// A shipped file is wrong (a test reads them all).
pub fn toutes() -> Result<&'static [Correspondance], FichierRefuse> {
    TOUTES.as_deref().map_err(Clone::clone)
}

/// The mapping asked for, or the only one that recognises the file.
///
/// # Errors
/// None, or several: their ids.
pub fn choisir(document: &Document, demandee: Option<&str>) -> Result<&'static Correspondance, String> {
    let toutes = toutes().map_err(|refuse| refuse.to_string())?;
    let ids = |liste: &[&Correspondance]| liste.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(id) = demandee {
        let connues: Vec<&Correspondance> = toutes.iter().collect();
        return toutes
            .iter()
            .find(|c| c.id == id)
            .ok_or_else(|| format!("La source « {id} » n’est pas connue. Sources : {}.", ids(&connues)));
    }
    let reconnues: Vec<&Correspondance> = toutes.iter().filter(|c| document.ressemble(c)).collect();
    match reconnues.as_slice() {
        [une] => Ok(une),
        [] => Err(format!(
            "Ce fichier ne ressemble à aucun flux connu. Choisissez sa source, ou demandez un fichier de correspondance. Sources : {}.",
            ids(&toutes.iter().collect::<Vec<_>>())
        )),
        plusieurs => Err(format!("Ce fichier ressemble à plusieurs flux. Choisissez sa source : {}.", ids(plusieurs))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_correspondance_se_lit_et_son_fichier_porte_son_nom() {
        let noms: Vec<String> = fichiers::<Fichiers>().into_iter().map(|fichier| fichier.0).collect();
        let toutes = toutes().unwrap();
        assert!(toutes.len() >= 5, "{}", toutes.len());
        for c in toutes {
            assert!(noms.contains(&format!("{}.toml", c.id)), "{}", c.id);
            assert!(!c.champs.cle.is_empty() && !c.champs.nom.is_empty() && !c.reconnait.is_empty(), "{}", c.id);
            assert!((1..=24).contains(&c.relecture_mois), "{}", c.id);
        }
    }
}
