//! The worker: growing delays, dead letters, panics, wake-up on commit, orderly stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use platform::outbox::{self, Sujets, Travail};
use platform::worker::{BAIL_S, DELAIS_S, EchecTravail, Tache, Tour, Worker};
use platform::{Clock as _, Db, Instant, Moteur, SystemIds};
use rstest::rstest;
use tokio::sync::mpsc;

use crate::base::{Base, Horloge, nombre};

type Compte = Arc<AtomicUsize>;

/// A function that counts its runs, then fails (or not) as told.
fn tache(sujet: &'static str, issue: fn() -> Result<(), EchecTravail>) -> Tache<Compte> {
    Tache::nouvelle(sujet, move |compte: Compte, _| async move {
        compte.fetch_add(1, Ordering::SeqCst);
        issue()
    })
}

async fn demander(db: &Db, horloge: &Horloge, sujet: &'static str) {
    let tx = db.begin().await.unwrap();
    outbox::demander(&tx, horloge, &SystemIds, Travail::nouveau(sujet, ())).await.unwrap();
    tx.commit().await.unwrap();
}

async fn erreur(db: &Db) -> String {
    let tx = db.read().await.unwrap();
    outbox::echecs(&tx, 1).await.unwrap().pop().unwrap().erreur.unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn work_that_fails_is_tried_again_after_growing_delays_then_left_as_a_dead_letter(#[case] moteur: Moteur) {
    let horloge = Horloge::default();
    let base = Base::migree(moteur, &horloge).await;
    let worker = Worker::nouveau([tache("a", || Err(EchecTravail::Temporaire("pas encore".to_owned())))]);
    let compte = Compte::default();
    demander(&base.db, &horloge, "a").await;
    let remis = Tour { remis: 1, ..Tour::default() };
    for delai in DELAIS_S {
        assert_eq!(worker.tour(&base.db, &horloge, &compte).await.unwrap(), remis);
        horloge.avancer(delai - 1);
        assert_eq!(worker.tour(&base.db, &horloge, &compte).await.unwrap(), Tour::default(), "before {delai} s");
        horloge.avancer(1);
    }
    let mort = Tour { morts: 1, ..Tour::default() };
    assert_eq!(worker.tour(&base.db, &horloge, &compte).await.unwrap(), mort);
    assert_eq!(compte.load(Ordering::SeqCst), DELAIS_S.len() + 1);
    assert!(DELAIS_S.is_sorted());
    assert_eq!(erreur(&base.db).await, "pas encore");
    base.fin().await;
}

#[rstest]
#[case::sqlite_definitif(Moteur::Sqlite, "definitif", "jamais")]
#[case::postgres_definitif(Moteur::Postgres, "definitif", "jamais")]
#[case::sqlite_inconnu(Moteur::Sqlite, "inconnu", "aucune fonction pour « inconnu »")]
#[case::postgres_inconnu(Moteur::Postgres, "inconnu", "aucune fonction pour « inconnu »")]
#[tokio::test]
async fn work_that_can_never_be_done_is_a_dead_letter_at_once(
    #[case] moteur: Moteur,
    #[case] sujet: &'static str,
    #[case] phrase: &str,
) {
    let horloge = Horloge::default();
    let base = Base::migree(moteur, &horloge).await;
    let worker = Worker::nouveau([tache("definitif", || Err(EchecTravail::Definitif("jamais".to_owned())))]);
    demander(&base.db, &horloge, sujet).await;
    let tour = worker.tour(&base.db, &horloge, &Compte::default()).await.unwrap();
    assert_eq!(tour, Tour { morts: 1, ..Tour::default() });
    assert_eq!(erreur(&base.db).await, phrase);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_panic_is_a_failure_of_its_work_alone(#[case] moteur: Moteur) {
    let horloge = Horloge::default();
    let base = Base::migree(moteur, &horloge).await;
    let worker = Worker::nouveau([tache("panique", || panic!("exprès")), tache("bon", || Ok(()))]);
    let compte = Compte::default();
    demander(&base.db, &horloge, "panique").await;
    demander(&base.db, &horloge, "bon").await;
    let tour = worker.tour(&base.db, &horloge, &compte).await.unwrap();
    assert_eq!(tour, Tour { faits: 1, remis: 1, morts: 0 });
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn work_that_kills_the_process_each_time_ends_as_a_dead_letter(#[case] moteur: Moteur) {
    let horloge = Horloge::default();
    let base = Base::migree(moteur, &horloge).await;
    let compte = Compte::default();
    demander(&base.db, &horloge, "fatal").await;
    // The process dies after taking the work, as often as there are tries.
    for _ in 0..=DELAIS_S.len() {
        assert!(outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().is_some());
        horloge.avancer(BAIL_S + 1);
    }
    let worker = Worker::nouveau([tache("fatal", || Ok(()))]);
    let tour = worker.tour(&base.db, &horloge, &compte).await.unwrap();
    assert_eq!((tour.morts, compte.load(Ordering::SeqCst)), (1, 0));
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_long_task_keeps_its_work_as_long_as_it_may_last(#[case] moteur: Moteur) {
    let horloge = Horloge::default();
    let base = Base::migree(moteur, &horloge).await;
    let (vu, mut bails) = mpsc::unbounded_channel();
    let prendre = |vu: mpsc::UnboundedSender<Option<Instant>>, travail: outbox::ligne::Model| async move {
        vu.send(travail.reserve_jusque).map_err(|erreur| EchecTravail::Definitif(erreur.to_string()))
    };
    let worker =
        Worker::nouveau([Tache::nouvelle("long", prendre).d_au_plus(7_200), Tache::nouvelle("court", prendre)]);
    for (sujet, bail_s) in [("long", 7_220), ("court", BAIL_S)] {
        demander(&base.db, &horloge, sujet).await;
        worker.tour(&base.db, &horloge, &vu).await.unwrap();
        assert_eq!(bails.recv().await.unwrap(), Some(horloge.instant().plus_seconds(bail_s)), "{sujet}");
    }
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_waiting_worker_wakes_at_the_commit_and_stops_when_told(#[case] moteur: Moteur) {
    let horloge = Arc::new(Horloge::default());
    let base = Base::migree(moteur, &*horloge).await;
    let (fait, mut faits) = mpsc::unbounded_channel();
    let worker = Worker::nouveau([Tache::nouvelle("a", |fait: mpsc::UnboundedSender<String>, travail| async move {
        fait.send(travail.id).map_err(|erreur| EchecTravail::Definitif(erreur.to_string()))
    })]);
    let (arreter, arret) = tokio::sync::oneshot::channel::<()>();
    let (db, montre) = (base.db.clone(), Arc::clone(&horloge));
    let boucle = tokio::spawn(async move {
        worker.tourner(&db, &*montre, &fait, async { arret.await.unwrap_or(()) }).await;
    });
    let debut = tokio::time::Instant::now();
    for _ in 0..5 {
        demander(&base.db, &horloge, "a").await;
        faits.recv().await.unwrap();
    }
    // Five turns of the clock-driven loop alone would take five times its five seconds.
    assert!(debut.elapsed() < std::time::Duration::from_secs(20), "the worker waited for its timer");
    arreter.send(()).unwrap();
    boucle.await.unwrap();
    let tx = base.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT count(*) AS n FROM outbox").await, 0, "the work under way was recorded");
    drop(tx);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ordinary_work_never_waits_behind_a_long_task(#[case] moteur: Moteur) {
    let horloge = Arc::new(Horloge::default());
    let base = Base::migree(moteur, &*horloge).await;
    let (dit, mut entendus) = mpsc::unbounded_channel::<&'static str>();
    let liberer = Arc::new(tokio::sync::Notify::new());
    let attente = Arc::clone(&liberer);
    let long = Tache::nouvelle("long", move |dit: mpsc::UnboundedSender<&'static str>, _| {
        let attente = Arc::clone(&attente);
        async move {
            dit.send("long commence").ok();
            attente.notified().await;
            dit.send("long finit").ok();
            Ok(())
        }
    })
    .d_au_plus(7_200);
    let court = Tache::nouvelle("court", |dit: mpsc::UnboundedSender<&'static str>, _| async move {
        dit.send("court").ok();
        Ok(())
    });
    let worker = Worker::nouveau([long, court]);
    demander(&base.db, &horloge, "long").await;
    let (arreter, arret) = tokio::sync::oneshot::channel::<()>();
    let (db, montre) = (base.db.clone(), Arc::clone(&horloge));
    let boucle =
        tokio::spawn(async move { worker.tourner(&db, &*montre, &dit, async { arret.await.unwrap_or(()) }).await });
    assert_eq!(entendus.recv().await, Some("long commence"));
    demander(&base.db, &horloge, "court").await;
    assert_eq!(entendus.recv().await, Some("court"), "it did not wait");
    liberer.notify_one();
    assert_eq!(entendus.recv().await, Some("long finit"));
    arreter.send(()).unwrap();
    boucle.await.unwrap();
    base.fin().await;
}
