//! How the events of this feature are said.

use platform::journal::{Evenement, Visibilite};
use web::Contexte;
use web::feature::Rendu;

use crate::acteur::ActeurId;
use crate::offre::storage::OffreId;

/// Object of the journal.
pub(crate) const OBJET: &str = "acteur";
pub(crate) const OFFRE_AJOUTEE: &str = "annuaire.offre-ajoutee";
pub(crate) const OFFRE_MODIFIEE: &str = "annuaire.offre-modifiee";
pub(crate) const OFFRE_RETIREE: &str = "annuaire.offre-retiree";
pub(crate) const OFFRE_REMISE: &str = "annuaire.offre-remise";

pub(crate) const MODIFIE: &str = "annuaire.acteur-modifie";
pub(crate) const CONFIRME: &str = "annuaire.acteur-confirme";
pub(crate) const TRANCHE: &str = "annuaire.acteur-tranche";
pub(crate) const REGLE: &str = "annuaire.reglage-change";

pub(crate) const RENDUS: &[(&str, Rendu)] = &[
    (OFFRE_AJOUTEE, |_, _| "Offre ajoutée".to_owned()),
    (OFFRE_MODIFIEE, |_, _| "Offre modifiée".to_owned()),
    (OFFRE_RETIREE, |_, _| "Offre retirée de l’annuaire".to_owned()),
    (OFFRE_REMISE, |_, _| "Offre remise dans l’annuaire".to_owned()),
    (MODIFIE, |_, _| "Fiche corrigée".to_owned()),
    (CONFIRME, |_, faits| match faits.get("par") {
        Some(_) => "Fiche confirmée par le lien d’un courriel".to_owned(),
        None => "Fiche confirmée".to_owned(),
    }),
    (TRANCHE, |_, faits| match faits.get("prise").and_then(serde_json::Value::as_bool) {
        Some(true) => "Valeur officielle prise".to_owned(),
        _ => "Valeur de la fiche gardée".to_owned(),
    }),
    (REGLE, |_, _| "Réglage de l’annuaire changé".to_owned()),
    crate::import::RENDUS[0],
    crate::import::RENDUS[1],
];

/// An event about an actor, by the visitor.
pub(crate) fn de_l_acteur(contexte: &Contexte, genre: &'static str, acteur: &ActeurId) -> Evenement {
    Evenement::nouveau(genre, OBJET, acteur.as_str())
        .par(contexte.visiteur.personne_id().map(|id| id.as_str()))
        .visible(Visibilite::Agents)
}

/// An event about an offer, by the visitor.
pub(crate) fn evenement(contexte: &Contexte, genre: &'static str, acteur: &ActeurId, offre: &OffreId) -> Evenement {
    de_l_acteur(contexte, genre, acteur).faits(serde_json::json!({ "offre": offre.as_str() }))
}

/// A setting of the directory was changed by the visitor.
pub(crate) fn du_reglage(contexte: &Contexte, cle: &str) -> Evenement {
    Evenement::nouveau(REGLE, "reglage", cle)
        .par(contexte.visiteur.personne_id().map(|id| id.as_str()))
        .visible(Visibilite::Exploitation)
}
