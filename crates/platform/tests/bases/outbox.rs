//! The outbox: what is asked with the data is done once, later, or seen as a dead letter.

use std::collections::BTreeSet;

use platform::outbox::{self, EtatDeLaFile, Sujets, Travail};
use platform::{Clock as _, Db, Moteur};
use rstest::rstest;

use crate::base::{Base, Horloge, Suite, nombre};

const BAIL_S: i64 = 120;

async fn demander(db: &Db, horloge: &Horloge, ids: &Suite, travail: Travail) -> String {
    let tx = db.begin().await.unwrap();
    let id = outbox::demander(&tx, horloge, ids, travail).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn terminer(db: &Db, travail: &outbox::ligne::Model) {
    let tx = db.begin().await.unwrap();
    outbox::terminer(&tx, travail).await.unwrap();
    tx.commit().await.unwrap();
}

async fn restants(db: &Db) -> i64 {
    let tx = db.read().await.unwrap();
    nombre(&tx, "SELECT count(*) AS n FROM outbox").await
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn work_is_taken_oldest_first_and_not_before_its_time(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let demain = horloge.instant().plus_seconds(86_400);
    demander(&base.db, &horloge, &ids, Travail::nouveau("demain", ()).pas_avant(demain)).await;
    demander(&base.db, &horloge, &ids, Travail::nouveau("un", ())).await;
    horloge.avancer(1);
    demander(&base.db, &horloge, &ids, Travail::nouveau("deux", ())).await;
    let mut sujets = Vec::new();
    while let Some(travail) = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap() {
        sujets.push(travail.sujet);
    }
    assert_eq!(sujets, ["un", "deux"]);
    horloge.avancer(86_400);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_lease_keeps_others_away_until_it_runs_out(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    demander(&base.db, &horloge, &ids, Travail::nouveau("a", ())).await;
    let premier = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
    horloge.avancer(BAIL_S);
    assert_eq!(outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap(), None);
    horloge.avancer(1);
    let second = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
    assert_eq!((second.id.as_str(), second.tentatives), (premier.id.as_str(), 2));
    // The first worker was only slow: its failure does not take the work from the second one.
    outbox::remettre(&base.db, &premier, "trop tard", None).await.unwrap();
    let tx = base.db.read().await.unwrap();
    assert_eq!(
        nombre(&tx, "SELECT count(*) AS n FROM outbox WHERE etat = 'attente' AND reserve_jusque IS NOT NULL").await,
        1
    );
    drop(tx);
    terminer(&base.db, &second).await;
    assert_eq!(restants(&base.db).await, 0);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_of_two_processes_never_take_the_same_work(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let autre = base.rouvrir().await;
    let tx = base.db.begin().await.unwrap();
    let mut demandes = BTreeSet::new();
    for rang in 0..40 {
        demandes.insert(outbox::demander(&tx, &horloge, &ids, Travail::nouveau("a", rang)).await.unwrap());
    }
    tx.commit().await.unwrap();
    let horloge = std::sync::Arc::new(horloge);
    let prendre = |db: Db| {
        let horloge = horloge.clone();
        tokio::spawn(async move {
            let mut pris = Vec::new();
            while let Some(travail) = outbox::reserver(&db, &*horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap() {
                pris.push(travail.id);
            }
            pris
        })
    };
    let travailleurs =
        [prendre(base.db.clone()), prendre(autre.clone()), prendre(base.db.clone()), prendre(autre.clone())];
    let mut pris = Vec::new();
    for travailleur in travailleurs {
        pris.extend(travailleur.await.unwrap());
    }
    assert_eq!(pris.len(), 40, "none was taken twice");
    assert_eq!(BTreeSet::from_iter(pris), demandes, "none was forgotten");
    autre.fermer().await.unwrap();
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn work_under_a_key_waits_once(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let premier = demander(&base.db, &horloge, &ids, Travail::nouveau("indexer", 1).une_fois("projet:1")).await;
    let second = demander(&base.db, &horloge, &ids, Travail::nouveau("indexer", 1).une_fois("projet:1")).await;
    let autre = demander(&base.db, &horloge, &ids, Travail::nouveau("indexer", 2).une_fois("projet:2")).await;
    assert_eq!(premier, second);
    assert_ne!(premier, autre);
    assert_eq!(restants(&base.db).await, 2);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn work_under_a_key_asked_again_while_it_runs_runs_once_more(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let travail = || Travail::nouveau("indexer", 1).une_fois("projet:1");
    demander(&base.db, &horloge, &ids, travail()).await;
    let en_cours = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
    demander(&base.db, &horloge, &ids, travail()).await;
    terminer(&base.db, &en_cours).await;
    let suivant = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S)
        .await
        .unwrap()
        .expect("the second request is not lost");
    terminer(&base.db, &suivant).await;
    assert_eq!(restants(&base.db).await, 0);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_dead_letter_is_seen_with_its_reason_and_played_again(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let id = demander(&base.db, &horloge, &ids, Travail::nouveau("a", ())).await;
    let travail = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
    outbox::remettre(&base.db, &travail, "adresse refusée", None).await.unwrap();
    horloge.avancer(10 * 86_400);
    assert_eq!(
        outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap(),
        None,
        "a dead letter does not run by itself"
    );
    let tx = base.db.begin().await.unwrap();
    let echecs = outbox::echecs(&tx, 10).await.unwrap();
    assert_eq!(echecs.len(), 1);
    assert_eq!(echecs[0].erreur.as_deref(), Some("adresse refusée"));
    assert_eq!(
        outbox::etat(&tx, horloge.instant()).await.unwrap(),
        EtatDeLaFile { en_echec: 1, ..EtatDeLaFile::default() }
    );
    let ids = [id.clone(), "inconnu".to_owned()];
    assert_eq!(outbox::rejouer(&tx, &horloge, &ids).await.unwrap(), 1);
    assert_eq!(outbox::rejouer(&tx, &horloge, &ids).await.unwrap(), 0, "it waits already");
    tx.commit().await.unwrap();
    let rejoue = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
    assert_eq!((rejoue.id.as_str(), rejoue.tentatives), (id.as_str(), 1));
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_dead_letter_asked_again_under_its_key_is_tried_again(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let travail = || Travail::nouveau("indexer", 1).une_fois("projet:1");
    demander(&base.db, &horloge, &ids, travail()).await;
    let pris = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
    outbox::remettre(&base.db, &pris, "disque plein", None).await.unwrap();
    horloge.avancer(60);
    demander(&base.db, &horloge, &ids, travail()).await;
    let repris =
        outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().expect("it is due again");
    assert_eq!((repris.id, repris.tentatives), (pris.id, 1));
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn work_asked_in_a_transaction_given_up_is_never_done(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let tx = base.db.begin().await.unwrap();
    outbox::demander(&tx, &horloge, &ids, Travail::nouveau("a", ())).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap(), None);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn work_tried_in_vain_is_late_although_its_next_try_is_not_due(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let retard = async || {
        let tx = base.db.read().await.unwrap();
        outbox::etat(&tx, horloge.instant()).await.unwrap().retard_s
    };
    let travail = || Travail::nouveau("courriel", 1).une_fois("courriel:1");
    demander(&base.db, &horloge, &ids, travail()).await;
    for _ in 0..3 {
        let pris = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
        let suite = Some(horloge.instant().plus_seconds(3_600));
        outbox::remettre(&base.db, &pris, "le serveur ne répond pas", suite).await.unwrap();
        horloge.avancer(3_600);
    }
    let pris = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
    assert_eq!(retard().await, 3 * 3_600);
    // Asked again while it runs, then done: what failed before is over.
    demander(&base.db, &horloge, &ids, travail()).await;
    let tx = base.db.begin().await.unwrap();
    outbox::terminer(&tx, &pris).await.unwrap();
    tx.commit().await.unwrap();
    let encore = outbox::reserver(&base.db, &horloge, &Sujets::Tous, |_| BAIL_S).await.unwrap().unwrap();
    assert_eq!((encore.erreur.clone(), encore.tentatives), (None, 1));
    let tx = base.db.begin().await.unwrap();
    outbox::terminer(&tx, &encore).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(retard().await, 0);
    base.fin().await;
}
