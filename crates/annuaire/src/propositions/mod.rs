//! Offers that may fit a project, then structures near it that described none, each with its reasons. Two statements at
//! most, whatever their number.
//!
//! - [`rules`]: the criteria of an offer. [`proches`]: structures without an offer.

pub mod proches;
pub mod rules;

use web::Erreur;
use web::feature::{DemandePropositions, Proposition};

use crate::offre::lecture;

/// Offers looked at: those that share a theme with the project.
const LIMITE: u64 = 300;

/// What the directory proposes.
pub(crate) async fn proposer(demande: &DemandePropositions<'_>) -> Result<Vec<Proposition>, Erreur> {
    // The directory is of this territory: elsewhere, another one knows who can help.
    if !demande.instance.perimetre().contient(&demande.profil.commune) {
        return Ok(Vec::new());
    }
    let offres = lecture::sur_les_themes(demande.tx, &demande.profil.themes, LIMITE).await?;
    let noms = demande.instance.locaux().themes.noms_de_themes();
    let mut propositions =
        rules::apparier(&offres, demande.profil, demande.faits, &noms, &|instant| demande.instance.jour_de(instant));
    propositions.extend(proches::proposer(demande).await?);
    Ok(propositions)
}
