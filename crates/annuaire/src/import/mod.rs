//! Imports of the directory: official Sirene stock files, the list of insertion bodies (SIAE), the list of ESS France.
//!
//! - [`fichier`]: opens a file (CSV, zip, gzip), finds its separator and its kind by its header, reads it row by row.
//! - [`nombre`]: SIREN and SIRET as spreadsheets leave them: repaired where there is no doubt, refused where there is.
//! - [`lieu`]: which commune of the instance a row is in.
//! - [`liste`]: lists that a mapping file describes (ESUS, regional chambers).
//! - [`lecteur`]: its rows, one by one; a row shifted or swallowed is told.
//! - [`sirene`], [`siae`], [`conventions`], [`ess_france`], [`rna`]: from rows to [`fiche::Fiche`]s: facts with their date.
//! - `api`: answers of the public interfaces of Sirene (JSON), laid out as its stock files.
//! - [`succession`]: the official links from an establishment to the one that took its place.
//! - [`disparus`]: who is no longer in a newer whole list; a list older than the last one says nothing.
//! - [`dates`]: what a newer source says again: only its date moves; the day in the name of a file.
//! - [`difference`]: what an import changes, pure; `agrements`: its approvals; `confirmees`: what a confirmed page keeps; `ecarts`: the same in words.
//! - [`histoire`]: the imports asked for and where each one stands.
//! - `attente`: the waiting room: what will change is written there first, what was replaced is kept there.
//! - [`bascule`]: what waits enters the directory in one short transaction; the last import can be undone.
//! - [`preparation`]: the whole way, for the command line, the screen and the demonstration.
//! - [`depot`]: the folder looked at every morning; [`rules`]: which import may enter without anyone.
//! - [`rapport`]: what the agent reads.
//! - [`commande`], [`pages`]: the command `terreau import annuaire`; the screen `/reglages/imports/annuaire`.

mod agrements;
mod api;
mod attente;
pub mod bascule;
pub mod commande;
mod confirmees;
pub mod conventions;
pub mod dates;
pub mod depot;
pub mod difference;
pub mod disparus;
mod ecarts;
pub mod ess_france;
pub mod fiche;
pub mod fichier;
pub mod histoire;
pub mod lecteur;
pub mod lieu;
pub mod liste;
pub mod nombre;
pub mod pages;
pub mod preparation;
pub mod rapport;
pub mod rna;
pub mod rules;
pub mod siae;
pub mod sirene;
pub mod succession;

use serde_json::Value;
use web::feature::Rendu;

/// An import entered the directory.
pub(crate) const ANNUAIRE_IMPORTE: &str = "annuaire.importe";

/// An import was undone.
pub(crate) const IMPORT_ANNULE: &str = "annuaire.import-annule";

/// How the events of imports are said.
pub(crate) const RENDUS: &[(&str, Rendu)] = &[
    (ANNUAIRE_IMPORTE, |_, faits| {
        let nombre = |cle: &str| faits.get(cle).and_then(Value::as_u64).unwrap_or(0);
        format!("Annuaire importé : {} nouveaux acteurs, {} changés", nombre("nouveaux"), nombre("changes"))
    }),
    (IMPORT_ANNULE, |_, faits| match faits.get("laissees").and_then(Value::as_u64).unwrap_or(0) {
        0 => "Import de l’annuaire défait : les fiches sont comme avant".to_owned(),
        n => format!("Import de l’annuaire défait, sauf {n} fiches changées depuis"),
    }),
];

/// Why an import stops: nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportRefuse {
    /// A file cannot be used, with the line when there is one, and what to do.
    #[error("{fichier}{} : {motif}", ligne.map(|n| format!(", ligne {n}")).unwrap_or_default())]
    Fichier {
        /// Name of the file.
        fichier: String,
        /// Line.
        ligne: Option<u64>,
        /// Why, and what to do.
        motif: String,
    },
    /// Somebody changes the directory at the very moment of the swap.
    #[error("L’annuaire a changé à cet instant : rien n’a été enregistré, rien n’est perdu. Enregistrez de nouveau.")]
    Conflit,
    /// No import is waiting under this identifier.
    #[error("Cet essai n’attend plus : recommencez l’import.")]
    PlusEnAttente,
    /// Another import entered the directory since, or this one did not.
    #[error("Seul le dernier import enregistré peut être défait.")]
    PasLeDernier,
    /// The database.
    #[error("La base de données a refusé : {0}")]
    Base(#[from] sea_orm::DbErr),
    /// The work was stopped.
    #[error("L’import a été interrompu : rien n’a été enregistré.")]
    Interrompu,
}

impl ImportRefuse {
    fn fichier(fichier: &str, ligne: Option<u64>, motif: impl Into<String>) -> Self {
        Self::Fichier { fichier: fichier.to_owned(), ligne, motif: motif.into() }
    }
}
