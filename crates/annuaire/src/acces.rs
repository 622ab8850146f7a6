//! Which actor, and how the visitor stands to it.

use domain::droit::{Action, Lien};
use platform::ReadTx;
use web::{Cadre, Erreur, Visiteur};

use crate::acteur::{self, storage};
use crate::vocabulaire::EtatActeur;

/// The actor of an address; one withdrawn from the directory is nowhere.
pub(crate) async fn ouvrir(tx: &ReadTx, reference: &str) -> Result<acteur::Model, Erreur> {
    storage::par_reference(tx, reference)
        .await?
        .filter(|acteur| acteur.etat != EtatActeur::Masque)
        .ok_or(Erreur::Introuvable("cet acteur"))
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
