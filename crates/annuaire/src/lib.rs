//! Directory of the actors of the social and solidarity economy and of what they offer.
//!
//! - [`acteur`]: the projection for reading, establishments, approvals, themes; facts with their provenance.
//! - [`ess`]: part of the ESS or not, by law and in statistics, each with its reason.
//! - [`generateur`]: volume in the official layout of Sirene, for tests and measures.
//! - [`import`]: Sirene stock files, list of insertion bodies, list of ESS France; dry run, report, history.
//! - [`offre`]: what an actor offers, for which themes and stages, where, how it is paid.
//! - [`vocabulaire`]: closed vocabularies of the directory.

pub mod acteur;
pub mod ess;
pub mod generateur;
pub mod import;
mod migrations;
pub mod offre;
pub mod vocabulaire;

use web::Feature;

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        nom: "annuaire",
        migrations: migrations::MIGRATIONS,
        evenements: import::RENDUS,
        regles: ess::fiches::FICHES,
        ..Feature::default()
    }
}
