//! Gathers the features of the house: one line each.
//!
//! - [`features`]: the list.
//! - [`examen`]: what `check` tries.
//! - [`instances`]: several instances in one process, by host name.
//! - [`ligne`]: the command line in French.
//! - [`ouverture`]: opens an instance from the configuration.
//! - [`sauvegardes`]: `backup` and `restore`.
//! - [`service`]: serves it, with its worker, until told to stop.
//! - [`volume`]: twenty years of an invented département, for measures.
//! - [`vote`]: the command `terreau vote`.

pub mod examen;
pub mod instances;
pub mod ligne;
pub mod ouverture;
pub mod sauvegardes;
pub mod service;
pub mod volume;
pub mod vote;

use web::Feature;

/// Every feature, in the order of their migrations and of their demonstration content.
#[must_use]
pub fn features() -> Vec<Feature> {
    vec![
        reglages::feature(),
        comptes::feature(),
        observatoire::feature(),
        annuaire::feature(),
        projets::feature(),
        leviers::feature(),
        accompagnement::feature(),
        galerie::feature(),
        opendata::feature(),
    ]
}
