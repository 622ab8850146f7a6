//! Offers that may fit a project, then structures near it that described none, each with its reasons. Every offer that shares a
//! theme with the project is judged, whatever their number: three statements at most.
//!
//! - [`rules`]: the criteria of an offer. [`proches`]: structures without an offer.

pub mod proches;
pub mod rules;

use web::Erreur;
use web::feature::{DemandePropositions, Proposition};

use crate::offre::lecture;
use crate::offre::vue::nom_du_perimetre;

/// What the directory proposes.
pub(crate) async fn proposer(demande: &DemandePropositions<'_>) -> Result<Vec<Proposition>, Erreur> {
    // The directory is of this territory: elsewhere, another one knows who can help.
    if !demande.instance.perimetre().contient(&demande.profil.commune) {
        return Ok(Vec::new());
    }
    let instance = demande.instance;
    let offres = lecture::sur_les_themes(demande.tx, &demande.profil.themes).await?;
    let proches = proches::proposer(demande).await?;
    let mots = rules::Mots {
        themes: &instance.locaux().themes.noms_de_themes(),
        perimetre: &|code| nom_du_perimetre(instance, code),
        jour_de: &|instant| instance.jour_de(instant),
    };
    let mut propositions = rules::apparier(&offres, demande.profil, demande.faits, &mots);
    propositions.extend(proches);
    Ok(propositions)
}
