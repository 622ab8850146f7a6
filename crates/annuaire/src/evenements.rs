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
pub(crate) const CAMPAGNE_REGLEE: &str = "annuaire.campagne-reglee";

pub(crate) const RESEAU_MARQUE: &str = "annuaire.reseau-marque";
pub(crate) const RESEAU_FERME: &str = "annuaire.reseau-ferme";
pub(crate) const MEMBRE_AJOUTE: &str = "annuaire.membre-ajoute";
pub(crate) const MEMBRE_APPROUVE: &str = "annuaire.membre-approuve";
pub(crate) const MEMBRE_RELANCE: &str = "annuaire.membre-relance";
pub(crate) const MEMBRE_RETIRE: &str = "annuaire.membre-retire";

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
    (CAMPAGNE_REGLEE, |_, faits| {
        let par_jour = faits.get("par_jour").and_then(serde_json::Value::as_u64).unwrap_or(0);
        format!("Campagne de confirmation : {par_jour} courriels par jour")
    }),
    (RESEAU_MARQUE, |_, _| "Espace de réseau ouvert".to_owned()),
    (RESEAU_FERME, |_, _| "Espace de réseau fermé".to_owned()),
    (MEMBRE_AJOUTE, |_, _| "Ajouté aux membres d’un réseau".to_owned()),
    (MEMBRE_APPROUVE, |_, _| "Fiche relue par un réseau".to_owned()),
    (MEMBRE_RELANCE, |_, _| "Relancé par un réseau".to_owned()),
    (MEMBRE_RETIRE, |_, _| "Retiré des membres d’un réseau".to_owned()),
    crate::import::RENDUS[0],
    crate::import::RENDUS[1],
];

/// An event about the directory as a whole, by the visitor.
pub(crate) fn du_site(contexte: &Contexte, genre: &'static str, cle: &str) -> Evenement {
    Evenement::nouveau(genre, "annuaire", cle)
        .par(contexte.visiteur.personne_id().map(|id| id.as_str()))
        .visible(Visibilite::Exploitation)
}

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
