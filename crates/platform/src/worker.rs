//! The worker: takes due work from the outbox, runs the function registered for its subject, retries with delay,
//! and leaves dead letters that the agent who runs the site sees and replays.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;

use crate::colonne::Instant;
use crate::db::Db;
use crate::horloge::Clock;
use crate::outbox::{self, ligne};

/// Why a piece of work was not done.
#[derive(Debug, thiserror::Error)]
pub enum EchecTravail {
    /// Try again later.
    #[error("{0}")]
    Temporaire(String),
    /// Trying again would not help.
    #[error("{0}")]
    Definitif(String),
}

impl From<DbErr> for EchecTravail {
    fn from(erreur: DbErr) -> Self {
        Self::Temporaire(format!("base : {erreur}"))
    }
}

impl From<serde_json::Error> for EchecTravail {
    fn from(erreur: serde_json::Error) -> Self {
        Self::Definitif(format!("charge illisible : {erreur}"))
    }
}

type Futur = Pin<Box<dyn Future<Output = Result<(), EchecTravail>> + Send>>;

/// A function of the worker over a context `C` (the instance). It must be idempotent: a process that dies after the
/// effect and before the record runs it again.
pub struct Tache<C> {
    /// The subject it answers to.
    pub sujet: &'static str,
    run: Arc<dyn Fn(C, ligne::Model) -> Futur + Send + Sync>,
}

impl<C> Clone for Tache<C> {
    fn clone(&self) -> Self {
        Self { sujet: self.sujet, run: Arc::clone(&self.run) }
    }
}

impl<C> std::fmt::Debug for Tache<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tache({})", self.sujet)
    }
}

impl<C> Tache<C> {
    /// Registers `run` under `sujet`.
    pub fn nouvelle<F, R>(sujet: &'static str, run: F) -> Self
    where
        F: Fn(C, ligne::Model) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), EchecTravail>> + Send + 'static,
    {
        Self { sujet, run: Arc::new(move |contexte, ligne| Box::pin(run(contexte, ligne))) }
    }
}

/// Delays before the second, third… try, in seconds. After the last, a dead letter.
const DELAIS_S: [i64; 8] = [10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400];
/// A worker that died frees its work after this long; no task may last longer.
const BAIL_S: i64 = 120;
const PAR_TOUR: u64 = 20;

/// What one turn of the worker did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tour {
    /// Done.
    pub faits: usize,
    /// Put back for later.
    pub remis: usize,
    /// Dead letters.
    pub morts: usize,
}

/// The functions by subject.
pub struct Worker<C> {
    taches: HashMap<&'static str, Tache<C>>,
}

impl<C: Clone + Send + 'static> Worker<C> {
    /// Gathers the functions of all features.
    #[must_use]
    pub fn nouveau(taches: impl IntoIterator<Item = Tache<C>>) -> Self {
        Self { taches: taches.into_iter().map(|tache| (tache.sujet, tache)).collect() }
    }

    /// Does the work that is due now.
    ///
    /// # Errors
    /// The engine refused; the work stays due.
    pub async fn tour(&self, db: &Db, clock: &dyn Clock, contexte: &C) -> Result<Tour, DbErr> {
        let mut tour = Tour::default();
        for ligne in outbox::reserver(db, clock, PAR_TOUR, BAIL_S).await? {
            let id = ligne.id.clone();
            let tentatives = ligne.tentatives;
            let sujet = ligne.sujet.clone();
            match self.executer(contexte, ligne).await {
                Ok(()) => {
                    let tx = db.begin().await?;
                    outbox::terminer(&tx, &id).await?;
                    tx.commit().await?;
                    tour.faits += 1;
                }
                Err(echec) => {
                    let suite = prochaine(&echec, tentatives, clock.instant());
                    tracing::warn!(sujet, id, tentatives, %echec, "travail non fait");
                    outbox::remettre(db, &id, &echec.to_string(), suite).await?;
                    let compteur = if suite.is_some() { &mut tour.remis } else { &mut tour.morts };
                    *compteur += 1;
                }
            }
        }
        Ok(tour)
    }

    async fn executer(&self, contexte: &C, ligne: ligne::Model) -> Result<(), EchecTravail> {
        let Some(tache) = self.taches.get(ligne.sujet.as_str()) else {
            return Err(EchecTravail::Definitif(format!("aucune fonction pour « {} »", ligne.sujet)));
        };
        // In its own task: a panic becomes an error of this piece of work, the worker goes on.
        let future = (tache.run)(contexte.clone(), ligne);
        let delai = Duration::from_secs(u64::try_from(BAIL_S - 10).unwrap_or(60));
        match tokio::time::timeout(delai, tokio::spawn(future)).await {
            Ok(Ok(resultat)) => resultat,
            Ok(Err(panique)) => Err(EchecTravail::Temporaire(format!("arrêt inattendu : {panique}"))),
            Err(_) => Err(EchecTravail::Temporaire("délai dépassé".to_owned())),
        }
    }

    /// Runs until `arret` resolves: at each commit of this process, and every few seconds for due work.
    pub async fn tourner(&self, db: &Db, clock: &dyn Clock, contexte: &C, arret: impl Future<Output = ()>) {
        let reveil = db.reveil();
        tokio::pin!(arret);
        loop {
            match self.tour(db, clock, contexte).await {
                Ok(tour) if tour.faits + tour.remis + tour.morts >= usize::try_from(PAR_TOUR).unwrap_or(20) => {
                    continue;
                }
                Ok(_) => {}
                Err(erreur) => tracing::error!(%erreur, "la file de travaux ne répond pas"),
            }
            tokio::select! {
                () = &mut arret => return,
                () = reveil.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
        }
    }
}

fn prochaine(echec: &EchecTravail, tentatives: i64, maintenant: Instant) -> Option<Instant> {
    match echec {
        EchecTravail::Definitif(_) => None,
        EchecTravail::Temporaire(_) => usize::try_from(tentatives - 1)
            .ok()
            .and_then(|rang| DELAIS_S.get(rang))
            .map(|&delai| maintenant.plus_seconds(delai)),
    }
}
