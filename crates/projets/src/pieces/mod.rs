//! Attachments of a project: a quote, a plan, a délibération. They belong to the project from the day it is kept, with or
//! without accompaniment: that is why they stand here. Who sees the project sees them; who may change it or accompanies
//! it adds them and takes them away, by a dated act that can be undone for a while.
//!
//! - [`rules`]: how many, and until when one comes back.
//! - [`storage`]: the rows; the bytes are in `platform::fichiers`.
//! - [`pages`]: the page, its forms, the download.

pub mod pages;
pub mod rules;
pub mod storage;

use askama::Template;
use domain::droit::Action;
use platform::WriteTx;
use sea_orm::DbErr;
use socle::ProjetId;
use web::feature::{DemandePanneau, Lieu, Panneau};
use web::{Erreur, Instance, fichier};

#[derive(Template)]
#[template(path = "pieces_panneau.html")]
struct Corps {
    reference: String,
    pieces: Vec<pages::PieceVue>,
    peut_changer: bool,
}

/// The panel of the project page: one statement.
pub(crate) async fn panneau(demande: &DemandePanneau<'_>) -> Result<Option<Panneau>, Erreur> {
    let visiteur = &demande.cadre.visiteur;
    let vu = visiteur.autoriser(demande.lien, Action::VoirProjet).is_ok();
    if demande.lieu == Lieu::Resultat || !vu || !pages::gardable(demande.projet) {
        return Ok(None);
    }
    let lignes = storage::du_projet(demande.tx, &demande.projet.id).await?;
    let instance = &demande.cadre.instance;
    let pieces: Vec<_> =
        lignes.iter().filter(|p| p.retiree_le.is_none()).map(|p| pages::PieceVue::nouvelle(instance, p)).collect();
    let peut_changer = pages::peut_changer(visiteur, demande.lien);
    let corps = Corps { reference: demande.projet.reference.clone(), pieces, peut_changer }.render()?;
    Ok(Some(Panneau { id: "pieces", titre: "Pièces jointes".to_owned(), corps, plie: false }))
}

/// Erases the attachments of a project and their files (retention, after visa).
pub(crate) async fn purger(tx: &WriteTx, instance: &Instance, projet: &ProjetId) -> Result<(), DbErr> {
    for cle in storage::cles(tx, projet).await? {
        fichier::effacer(tx, instance, &cle).await?;
    }
    storage::effacer(tx, projet).await
}
