//! The worker: takes due work from the outbox, runs the function registered for its subject, retries with delay,
//! and leaves dead letters that the agent who runs the site sees and replays.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use sea_orm::DbErr;

use crate::colonne::Instant;
use crate::db::Db;
use crate::horloge::Clock;
use crate::outbox::{self, Sujets, ligne};

/// Why a piece of work is given up that no life of the program saw to its end.
pub const ARRETE_A_CHAQUE_ESSAI: &str = "le programme s’est arrêté à chaque essai de ce travail";

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
    duree_max_s: u32,
    run: Arc<dyn Fn(C, ligne::Model) -> Futur + Send + Sync>,
}

impl<C> Clone for Tache<C> {
    fn clone(&self) -> Self {
        Self { sujet: self.sujet, duree_max_s: self.duree_max_s, run: Arc::clone(&self.run) }
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
        let run = Arc::new(move |contexte, ligne| -> Futur { Box::pin(run(contexte, ligne)) });
        Self { sujet, duree_max_s: DUREE_MAX_S, run }
    }

    /// A task that may last longer than the others: it is stopped after this many seconds, and waits its turn among long
    /// tasks only, so that mails never wait behind a backup.
    #[must_use]
    pub fn d_au_plus(self, duree_max_s: u32) -> Self {
        Self { duree_max_s, ..self }
    }
}

/// Delays before the second, third… try, in seconds. After the last, a dead letter.
pub const DELAIS_S: [i64; 8] = [10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400];
/// Unless it says otherwise, no task may last longer, seconds: it is stopped before its lease runs out.
const DUREE_MAX_S: u32 = 100;
/// From the time when a task is stopped to the end of its lease, seconds.
const MARGE_S: i64 = 20;
/// A worker that died frees an ordinary piece of work after this long, in seconds.
pub const BAIL_S: i64 = DUREE_MAX_S as i64 + MARGE_S;
const PAR_TOUR: usize = 20;

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

    /// Does the work that is due now, up to twenty pieces.
    ///
    /// # Errors
    /// The engine refused; the work stays due.
    pub async fn tour(&self, db: &Db, clock: &dyn Clock, contexte: &C) -> Result<Tour, DbErr> {
        let mut tour = Tour::default();
        for _ in 0..PAR_TOUR {
            match self.suivant(db, clock, contexte, &Sujets::Tous).await? {
                None => break,
                Some(Issue::Fait) => tour.faits += 1,
                Some(Issue::Remis) => tour.remis += 1,
                Some(Issue::Mort) => tour.morts += 1,
            }
        }
        Ok(tour)
    }

    /// One piece at a time: its lease covers its own run, not the wait behind slower ones.
    async fn suivant(&self, db: &Db, clock: &dyn Clock, contexte: &C, sujets: &Sujets) -> Result<Option<Issue>, DbErr> {
        let Some(travail) = outbox::reserver(db, clock, sujets, |sujet| self.bail_s(sujet)).await? else {
            return Ok(None);
        };
        let Err(echec) = self.executer(contexte, travail.clone()).await else {
            let tx = db.begin().await?;
            outbox::terminer(&tx, &travail).await?;
            tx.commit().await?;
            return Ok(Some(Issue::Fait));
        };
        let suite = prochaine(&echec, travail.tentatives, clock.instant());
        let cause = sans_adresse(&echec.to_string());
        tracing::warn!(
            sujet = travail.sujet,
            id = travail.id,
            tentatives = travail.tentatives,
            cause,
            "travail non fait"
        );
        outbox::remettre(db, &travail, &echec.to_string(), suite).await?;
        Ok(Some(if suite.is_some() { Issue::Remis } else { Issue::Mort }))
    }

    fn bail_s(&self, sujet: &str) -> i64 {
        self.taches.get(sujet).map_or(BAIL_S, |tache| i64::from(tache.duree_max_s) + MARGE_S)
    }

    async fn executer(&self, contexte: &C, travail: ligne::Model) -> Result<(), EchecTravail> {
        // Taken once more than it was ever put back: its runs ended with the process itself.
        if usize::try_from(travail.tentatives).is_ok_and(|tentatives| tentatives > DELAIS_S.len() + 1) {
            return Err(EchecTravail::Definitif(ARRETE_A_CHAQUE_ESSAI.to_owned()));
        }
        let Some(tache) = self.taches.get(travail.sujet.as_str()) else {
            return Err(EchecTravail::Definitif(format!("aucune fonction pour « {} »", travail.sujet)));
        };
        let duree_max = Duration::from_secs(u64::from(tache.duree_max_s));
        // In its own task: a panic becomes an error of this piece of work, the worker goes on.
        let mut tache = tokio::spawn((tache.run)(contexte.clone(), travail));
        match tokio::time::timeout(duree_max, &mut tache).await {
            Ok(Ok(resultat)) => resultat,
            Ok(Err(panique)) => Err(EchecTravail::Temporaire(format!("arrêt inattendu : {panique}"))),
            Err(_) => {
                tache.abort();
                Err(EchecTravail::Temporaire("délai dépassé".to_owned()))
            }
        }
    }

    /// Runs until `arret` resolves, in two lines: ordinary work at each commit of this process, long tasks beside it; both
    /// every few seconds for what became due. The work under way is finished first.
    pub async fn tourner(&self, db: &Db, clock: &dyn Clock, contexte: &C, arret: impl Future<Output = ()>) {
        let longs: Vec<&'static str> =
            self.taches.values().filter(|tache| tache.duree_max_s > DUREE_MAX_S).map(|tache| tache.sujet).collect();
        let (reveil, arret) = (db.reveil(), arret.shared());
        let ordinaires = self.tourner_sur(db, clock, contexte, Sujets::Sauf(longs.clone()), arret.clone(), || {
            let reveil = Arc::clone(&reveil);
            async move { reveil.notified().await }
        });
        let longues = self.tourner_sur(db, clock, contexte, Sujets::Seulement(longs), arret, std::future::pending);
        futures_util::join!(ordinaires, longues);
    }

    async fn tourner_sur<R: Future<Output = ()>>(
        &self,
        db: &Db,
        clock: &dyn Clock,
        contexte: &C,
        sujets: Sujets,
        mut arret: impl Future<Output = ()> + Unpin,
        reveil: impl Fn() -> R,
    ) {
        while (&mut arret).now_or_never().is_none() {
            match self.suivant(db, clock, contexte, &sujets).await {
                Ok(Some(_)) => continue,
                Ok(None) => {}
                Err(erreur) => tracing::error!(%erreur, "la file de travaux ne répond pas"),
            }
            tokio::select! {
                () = &mut arret => return,
                () = reveil() => {}
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
        }
    }
}

enum Issue {
    Fait,
    Remis,
    Mort,
}

/// A mail server names the recipient when it refuses; the log holds no address.
fn sans_adresse(texte: &str) -> String {
    texte.split(' ').map(|mot| if mot.contains('@') { "(adresse)" } else { mot }).collect::<Vec<_>>().join(" ")
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

#[cfg(test)]
mod tests {
    use super::sans_adresse;

    #[test]
    fn the_log_holds_no_address() {
        let dit = "permanent error (550): 5.1.1 <mairie@exemple.invalid>: Recipient address rejected";
        assert_eq!(sans_adresse(dit), "permanent error (550): 5.1.1 (adresse) Recipient address rejected");
    }
}
