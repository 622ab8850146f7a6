//! How the events of this feature are said.

use platform::journal::{Evenement, Visibilite};
use web::Contexte;
use web::feature::Rendu;

use crate::acteur::ActeurId;
use crate::offre::storage::OffreId;
use crate::vocabulaire::GenreAgrement;

/// Object of the journal.
pub(crate) const OBJET: &str = "acteur";
pub(crate) const OFFRE_AJOUTEE: &str = "annuaire.offre-ajoutee";
pub(crate) const OFFRE_MODIFIEE: &str = "annuaire.offre-modifiee";
pub(crate) const OFFRE_RETIREE: &str = "annuaire.offre-retiree";
pub(crate) const OFFRE_REMISE: &str = "annuaire.offre-remise";

pub(crate) const CREE: &str = "annuaire.acteur-cree";
pub(crate) const STRUCTURE_PROPOSEE: &str = "annuaire.structure-proposee";
pub(crate) const STRUCTURE_JUGEE: &str = "annuaire.structure-jugee";
pub(crate) const OFFRE_PROPOSEE: &str = "annuaire.offre-proposee";
pub(crate) const OFFRE_REFUSEE: &str = "annuaire.offre-refusee";

pub(crate) const MODIFIE: &str = "annuaire.acteur-modifie";
pub(crate) const CONFIRME: &str = "annuaire.acteur-confirme";
pub(crate) const TRANCHE: &str = "annuaire.acteur-tranche";
pub(crate) const SITUE: &str = "annuaire.acteur-situe";
pub(crate) const AGREMENT: &str = "annuaire.agrement-dit";
pub(crate) const CAMPAGNE_REGLEE: &str = "annuaire.campagne-reglee";

pub(crate) const RESEAU_MARQUE: &str = "annuaire.reseau-marque";
pub(crate) const RESEAU_FERME: &str = "annuaire.reseau-ferme";
pub(crate) const MEMBRE_AJOUTE: &str = "annuaire.membre-ajoute";
pub(crate) const MEMBRE_APPROUVE: &str = "annuaire.membre-approuve";
pub(crate) const MEMBRE_RELANCE: &str = "annuaire.membre-relance";
pub(crate) const MEMBRE_RETIRE: &str = "annuaire.membre-retire";

pub(crate) const ADHESION_CONFIRMEE: &str = "annuaire.adhesion-confirmee";
pub(crate) const ADHESION_REFUSEE: &str = "annuaire.adhesion-refusee";

pub(crate) const REUNI: &str = "annuaire.acteur-reuni";
pub(crate) const ABSORBE: &str = "annuaire.acteur-absorbe";
pub(crate) const SEPARE: &str = "annuaire.acteur-separe";
pub(crate) const ECARTE: &str = "annuaire.doublon-ecarte";
pub(crate) const REPRIS: &str = "annuaire.doublon-repris";

pub(crate) const REVENDIQUE: &str = "annuaire.revendication-demandee";
pub(crate) const REVENDICATION_ACCEPTEE: &str = "annuaire.revendication-acceptee";
pub(crate) const REVENDICATION_REFUSEE: &str = "annuaire.revendication-refusee";
pub(crate) const PROPOSE: &str = "annuaire.correction-proposee";
pub(crate) const PROPOSITION_PRISE: &str = "annuaire.correction-prise";
pub(crate) const PROPOSITION_REFUSEE: &str = "annuaire.correction-refusee";

pub(crate) const PHOTO_AJOUTEE: &str = "annuaire.photo-ajoutee";
pub(crate) const PHOTO_RETIREE: &str = "annuaire.photo-retiree";
pub(crate) const ADRESSES: &str = "annuaire.adresses-changees";
pub(crate) const REGLE: &str = "annuaire.reglage-change";

pub(crate) const RENDUS: &[(&str, Rendu)] = &[
    (OFFRE_AJOUTEE, |_, _| "Offre ajoutée".to_owned()),
    (OFFRE_MODIFIEE, |_, _| "Offre modifiée".to_owned()),
    (OFFRE_RETIREE, |_, _| "Offre retirée de l’annuaire".to_owned()),
    (OFFRE_REMISE, |_, _| "Offre remise dans l’annuaire".to_owned()),
    (CREE, |_, _| "Fiche créée par un agent".to_owned()),
    (STRUCTURE_PROPOSEE, |_, _| "Structure proposée pour l’annuaire".to_owned()),
    (STRUCTURE_JUGEE, |_, faits| match faits.get("suite").and_then(serde_json::Value::as_str) {
        Some("acceptee") => "Structure proposée, ajoutée à l’annuaire".to_owned(),
        Some("double") => "Structure proposée, déjà dans l’annuaire".to_owned(),
        _ => "Structure proposée, refusée".to_owned(),
    }),
    (OFFRE_PROPOSEE, |_, _| "Offre proposée par une personne non vérifiée".to_owned()),
    (OFFRE_REFUSEE, |_, _| "Offre proposée, refusée".to_owned()),
    (MODIFIE, |_, _| "Fiche corrigée".to_owned()),
    (CONFIRME, |_, faits| match faits.get("par") {
        Some(_) => "Fiche confirmée par le lien d’un courriel".to_owned(),
        None => "Fiche confirmée".to_owned(),
    }),
    (SITUE, |_, faits| match faits.get("motif").and_then(serde_json::Value::as_str) {
        Some(motif) => format!("Situation de la structure dite par un agent : {motif}"),
        None => "Situation de la structure dite par un agent".to_owned(),
    }),
    (AGREMENT, |_, faits| {
        let texte = |cle: &str| faits.get(cle).and_then(serde_json::Value::as_str).unwrap_or_default();
        let genre = texte("genre").parse().map_or("agrément", |genre: GenreAgrement| genre.libelle());
        match texte("acte") {
            "termine" => format!("Agrément terminé, selon un agent : {genre}"),
            "retire" => format!("Agrément retiré, dit par erreur : {genre}"),
            _ => format!("Agrément dit par un agent : {genre}"),
        }
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
    (ADHESION_CONFIRMEE, |_, _| "La structure dit qu’elle fait partie du réseau".to_owned()),
    (ADHESION_REFUSEE, |_, _| "La structure dit qu’elle ne fait pas partie du réseau".to_owned()),
    (REUNI, |_, _| "Une autre fiche est réunie à celle-ci".to_owned()),
    (ABSORBE, |_, _| "Fiche réunie à une autre".to_owned()),
    (SEPARE, |_, _| "Réunion défaite".to_owned()),
    (ECARTE, |_, _| "Paire écartée : deux structures différentes".to_owned()),
    (REPRIS, |_, _| "Paire remise parmi celles à juger".to_owned()),
    (REVENDIQUE, |_, _| "Une personne demande à tenir la fiche".to_owned()),
    (REVENDICATION_ACCEPTEE, |_, faits| match faits.get("moyen").and_then(serde_json::Value::as_str) {
        Some("courriel") => "Demande acceptée par la structure, par courriel".to_owned(),
        Some("poste") => "Demande acceptée : le code de la lettre est juste".to_owned(),
        _ => "Demande acceptée par un agent".to_owned(),
    }),
    (REVENDICATION_REFUSEE, |_, _| "Demande pour tenir la fiche refusée".to_owned()),
    (PROPOSE, |_, _| "Correction proposée".to_owned()),
    (PROPOSITION_PRISE, |_, _| "Correction proposée, prise par un agent".to_owned()),
    (PROPOSITION_REFUSEE, |_, _| "Correction proposée, sans changement de la fiche".to_owned()),
    (PHOTO_AJOUTEE, |_, _| "Photo ajoutée".to_owned()),
    (PHOTO_RETIREE, |_, _| "Photo retirée".to_owned()),
    (ADRESSES, |_, _| "Adresses changées".to_owned()),
    (REGLE, |_, _| "Réglage de l’annuaire changé".to_owned()),
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

/// A setting of the directory was changed by the visitor.
pub(crate) fn du_reglage(contexte: &Contexte, cle: &str) -> Evenement {
    du_site(contexte, REGLE, cle)
}
