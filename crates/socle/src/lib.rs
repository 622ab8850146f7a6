//! What every feature stands on. Storage and plain structs only; rights are decided by `domain::droit`.
//!
//! - [`personne`], [`organisation`], [`mandat`]: who acts, for whom, with which proof and dates.
//! - [`session`] and [`jeton`]: signed-in browsers, one-time codes and links (only digests are stored).
//! - [`projet`]: the core of a project, the spine of the house; features keep its id.
//! - [`secteur`]: dated perimeters of the chargés territoriaux, absences and replacements.
//! - [`reglage`]: settings that an agent changes on screen.
//! - [`nouvelle`]: news that wait for the daily digest of those who chose it.
//! - [`formulaire`]: a form sent twice gets its first answer.
//! - [`saisie`]: what is typed in a form and not sent yet, kept a few days for who types it.

pub mod formulaire;
pub mod jeton;
pub mod mandat;
mod migrations;
pub mod nouvelle;
pub mod organisation;
pub mod personne;
pub mod projet;
pub mod reglage;
pub mod saisie;
pub mod secteur;
pub mod session;

pub use migrations::MIGRATIONS;
pub use organisation::OrganisationId;
pub use personne::PersonneId;
pub use projet::ProjetId;

use domain::tri::cle_de_tri;

/// The sort key of a name: unaccented, lower case, the same order on both engines.
#[must_use]
pub fn nom_tri(nom: &str) -> String {
    cle_de_tri(nom)
}
