//! Directory of the actors of the social and solidarity economy and of what they offer.
//!
//! - [`acteur`]: the projection for reading, establishments, approvals, themes; facts with their provenance.
//! - [`offre`]: what an actor offers, for which themes and stages, where, how it is paid.
//! - [`vocabulaire`]: closed vocabularies of the directory.

pub mod acteur;
mod migrations;
pub mod offre;
pub mod vocabulaire;

use web::Feature;

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    Feature { nom: "annuaire", migrations: migrations::MIGRATIONS, ..Feature::default() }
}
