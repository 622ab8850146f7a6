//! The search for pairs, every day and on demand: after the commit, away from the pages.

use platform::WriteTx;
use platform::outbox::{self, Travail, ligne};
use platform::periodique::Periodique;
use platform::worker::EchecTravail;
use sea_orm::DbErr;
use web::Instance;

use super::cles::Candidat;
use super::rules::paires;
use super::storage::paires as storage;

/// Subject in the outbox.
pub(crate) const SUJET: &str = "annuaire-doublons";
/// When, of itself.
pub(crate) const CHAQUE_JOUR: Periodique = Periodique { sujet: SUJET, heure: 4 };
/// Pairs kept: beyond, an import went wrong, and undoing it is the answer.
const PAIRES_MAX: usize = 5_000;

/// Asks for a search. Asked twice, it is done once.
pub(crate) async fn demander(tx: &WriteTx, instance: &Instance) -> Result<(), DbErr> {
    let travail = Travail::nouveau(SUJET, ()).une_fois("annuaire/doublons");
    outbox::demander(tx, &*instance.clock, &*instance.ids, travail).await.map(|_| ())
}

/// Worker. Idempotent: the pairs found take the place of those that waited.
pub(crate) async fn chercher(instance: Instance, _: ligne::Model) -> Result<(), EchecTravail> {
    let tx = instance.db.read().await?;
    let fiches = storage::fiches(&tx).await?;
    drop(tx);
    let trouvees = tokio::task::spawn_blocking(move || {
        let candidats: Vec<Candidat> = fiches.into_iter().map(Candidat::from).collect();
        paires(&candidats)
    });
    let mut trouvees = trouvees.await.map_err(|erreur| EchecTravail::Temporaire(erreur.to_string()))?;
    trouvees.truncate(PAIRES_MAX);
    let tx = instance.db.begin().await?;
    storage::remplacer(&tx, &trouvees, instance.clock.instant()).await?;
    tx.commit().await?;
    Ok(())
}
