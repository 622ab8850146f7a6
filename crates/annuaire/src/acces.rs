//! Which actor, how the visitor stands to it, and the pages under its own.

use askama::Template;
use axum::http::StatusCode;
use domain::droit::{Action, Lien};
use platform::ReadTx;
use web::{Cadre, Erreur, Reponse, Visiteur};

use crate::acteur::{self, storage};
use crate::doublon;
use crate::vocabulaire::EtatActeur;

/// The actor of an address; one withdrawn from the directory is nowhere; one merged into another is there.
pub(crate) async fn ouvrir(tx: &ReadTx, reference: &str) -> Result<acteur::Model, Erreur> {
    match trouver(tx, reference).await? {
        Trouve::Ici(acteur) => Ok(*acteur),
        Trouve::Ailleurs(reference) => Err(Erreur::Aller(format!("/annuaire/{reference}"))),
    }
}

/// What an address of the directory holds.
pub(crate) enum Trouve {
    /// The actor.
    Ici(Box<acteur::Model>),
    /// It was merged into the one of this reference.
    Ailleurs(String),
}

/// The actor of an address, or where it went.
pub(crate) async fn trouver(tx: &ReadTx, reference: &str) -> Result<Trouve, Erreur> {
    let acteur = storage::par_reference(tx, reference).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
    if acteur.etat != EtatActeur::Masque {
        return Ok(Trouve::Ici(Box::new(acteur)));
    }
    let bout = doublon::chemin::suivre(tx, acteur).await?;
    match bout.etat {
        EtatActeur::Masque => Err(Erreur::Introuvable("cet acteur")),
        _ => Ok(Trouve::Ailleurs(bout.reference)),
    }
}

/// Does the visitor represent the actor, by a verified mandate?
pub(crate) fn represente(visiteur: &Visiteur, acteur: &acteur::Model) -> bool {
    lien(visiteur, acteur) == Lien::Porteur
}

/// Represents it (verified mandate), says so (declared mandate), or neither.
fn lien(visiteur: &Visiteur, acteur: &acteur::Model) -> Lien {
    let mut mandats = visiteur.mandats.iter().filter(|mandat| mandat.organisation_id == acteur.organisation_id);
    match mandats.clone().any(socle::mandat::EnVigueur::verifie) {
        true => Lien::Porteur,
        false if mandats.next().is_some() => Lien::Declarant,
        false => Lien::Aucun,
    }
}

/// May the visitor change what the actor offers?
pub(crate) fn autoriser(cadre: &Cadre, acteur: &acteur::Model) -> Result<(), Erreur> {
    cadre.visiteur.autoriser(lien(&cadre.visiteur, acteur), Action::ModifierActeur)
}

/// A page under that of an actor, with the way back.
pub(crate) fn sous_la_fiche<T: Template>(
    cadre: &Cadre,
    titre: &str,
    (nom, reference): (&str, &str),
    page: &T,
    statut: StatusCode,
) -> Reponse {
    let retour = format!("/annuaire/{reference}");
    cadre.page(titre, page)?.statut(statut).fil(&[("Annuaire", "/annuaire"), (nom, &retour)]).repondre()
}
