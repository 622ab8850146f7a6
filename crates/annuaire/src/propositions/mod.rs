//! Offers that may fit a project, each with its reasons. Every offer that shares a theme with the project is judged, whatever
//! their number: two statements.
//!
//! - [`rules`]: the criteria.

pub mod rules;

use web::Erreur;
use web::feature::{DemandePropositions, Proposition};

use crate::offre::lecture;
use crate::offre::vue::nom_du_perimetre;

/// What the directory proposes.
pub(crate) async fn proposer(demande: &DemandePropositions<'_>) -> Result<Vec<Proposition>, Erreur> {
    let offres = lecture::sur_les_themes(demande.tx, &demande.profil.themes).await?;
    let instance = demande.instance;
    let mots = rules::Mots {
        themes: &instance.locaux().themes.noms_de_themes(),
        perimetre: &|code| nom_du_perimetre(instance, code),
        jour_de: &|instant| instance.jour_de(instant),
    };
    Ok(rules::apparier(&offres, demande.profil, demande.faits, &mots))
}
