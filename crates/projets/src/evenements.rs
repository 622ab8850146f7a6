//! How the events of this feature are said. An event holds facts and ids, never free text.

use platform::journal::{Evenement, Visibilite, ligne};
use serde_json::Value;
use socle::projet;
use web::Contexte;
use web::feature::Rendu;

pub(crate) const DECRIT: &str = "projet.decrit";
pub(crate) const MODIFIE: &str = "projet.modifie";
pub(crate) const CONFIRME: &str = "projet.confirme";
pub(crate) const CONFIRMATION_DEMANDEE: &str = "projet.confirmation-demandee";
pub(crate) const REFUSE_PAR_LA_MAIRIE: &str = "projet.refuse-par-la-mairie";
pub(crate) const PUBLIE: &str = "projet.publie";
pub(crate) const RETIRE: &str = "projet.retire";
pub(crate) const PARTAGE: &str = "projet.partage";
pub(crate) const PIECE_RETIREE: &str = "projet.piece-retiree";
pub(crate) const PIECE_RENDUE: &str = "projet.piece-rendue";
pub(crate) const INVITE: &str = "projet.invite";
pub(crate) const INVITATION_RETIREE: &str = "projet.invitation-retiree";
pub(crate) const QUITTE: &str = "projet.quitte";

pub(crate) const RENDUS: &[(&str, Rendu)] = &[
    (DECRIT, |_, _| "Projet décrit".to_owned()),
    (MODIFIE, |_, faits| modification(faits)),
    (projet::EVENEMENT_GARDE, |_, _| "Projet gardé dans un compte".to_owned()),
    (CONFIRME, |_, faits| confirmation(faits)),
    (CONFIRMATION_DEMANDEE, |_, _| "Confirmation demandée à l’adresse officielle de la mairie".to_owned()),
    (REFUSE_PAR_LA_MAIRIE, |_, _| "La mairie répond que ce n’est pas son projet".to_owned()),
    (PUBLIE, |_, faits| publication(faits)),
    (RETIRE, |_, _| "Projet redevenu privé".to_owned()),
    (PARTAGE, |_, _| "Projet partagé avec l’équipe du département".to_owned()),
    (projet::EVENEMENT_PIECE, |_, faits| piece(faits, "ajoutée")),
    (PIECE_RETIREE, |_, faits| piece(faits, "retirée")),
    (PIECE_RENDUE, |_, faits| piece(faits, "remise")),
    (INVITE, |_: &ligne::Model, _| "Collègue invité".to_owned()),
    (INVITATION_RETIREE, |_, _| "Invitation retirée".to_owned()),
    (QUITTE, |_, _| "Une personne invitée a quitté le projet".to_owned()),
];

fn piece(faits: &Value, acte: &str) -> String {
    let genre = faits.get("genre").and_then(Value::as_str).unwrap_or_default().to_uppercase();
    format!("Pièce jointe {acte} ({genre})")
}

fn publication(faits: &Value) -> String {
    let encore = faits.get("nouvelle_version").and_then(Value::as_bool).unwrap_or(false);
    if encore { "Nouvelle version rendue publique" } else { "Projet rendu public" }.to_owned()
}

fn modification(faits: &Value) -> String {
    match faits.get("partie").and_then(Value::as_str) {
        Some("description") => "Description modifiée".to_owned(),
        Some("precisions") => "Précisions ajoutées".to_owned(),
        Some("etape") => {
            match faits.get("etape").and_then(Value::as_str).and_then(|e| e.parse::<domain::profil::Etape>().ok()) {
                Some(etape) => format!("Étape : {}", etape.libelle().to_lowercase()),
                None => "Étape modifiée".to_owned(),
            }
        }
        _ => "Projet modifié".to_owned(),
    }
}

fn confirmation(faits: &Value) -> String {
    match faits.get("par").and_then(Value::as_str) {
        Some("mairie") => "Projet confirmé depuis l’adresse officielle de la mairie".to_owned(),
        Some("departement") => "Projet confirmé par l’équipe du département".to_owned(),
        _ => "Projet confirmé par la collectivité".to_owned(),
    }
}

/// An event of a project, by the visitor, visible to those who bear it and the agents.
pub(crate) fn evenement(contexte: &Contexte, genre: &'static str, projet: &projet::Model) -> Evenement {
    Evenement::nouveau(genre, "projet", projet.id.as_str())
        .projet(projet.id.as_str())
        .par(contexte.visiteur.personne_id().map(|id| id.as_str()))
        .visible(Visibilite::Partage)
}
