//! Offers that may fit a project, each with its reasons. One statement, whatever the number of offers.
//!
//! - [`rules`]: the criteria.

pub mod rules;

use web::Erreur;
use web::feature::{DemandePropositions, Proposition};

use crate::offre::lecture;

/// Offers looked at: those that share a theme with the project.
const LIMITE: u64 = 300;

/// What the directory proposes.
pub(crate) async fn proposer(demande: &DemandePropositions<'_>) -> Result<Vec<Proposition>, Erreur> {
    let offres = lecture::sur_les_themes(demande.tx, &demande.profil.themes, LIMITE).await?;
    let noms = demande.instance.locaux().themes.noms_de_themes();
    Ok(rules::apparier(&offres, demande.profil, demande.faits, &noms, &|instant| demande.instance.jour_de(instant)))
}
