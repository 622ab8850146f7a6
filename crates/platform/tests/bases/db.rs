//! Writers side by side, snapshots, counting of statements.

use std::sync::Arc;

use platform::{Db, DbOptions, Moteur, WriteTx};
use rstest::rstest;
use sea_orm::{ConnectionTrait, DbErr};

use crate::base::{Base, Horloge, executer, nombre, url_postgres};

const ECRIVAINS: i64 = 8;
const ECRITURES: i64 = 25;

async fn tous<F>(nombre: i64, tache: impl Fn(i64) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let taches: Vec<_> = (0..nombre).map(|rang| tokio::spawn(tache(rang))).collect();
    for tache in taches {
        tache.await.unwrap();
    }
}

/// Reads, waits for the others, writes if nobody wrote in between: the pattern of every edited row.
async fn ajouter_un(db: &Db) -> Result<bool, DbErr> {
    let tx = db.begin().await?;
    let lue = nombre(&tx, "SELECT version AS n FROM compteur WHERE id = 'a'").await;
    tokio::task::yield_now().await;
    let ecrites = tx
        .execute_unprepared(&format!(
            "UPDATE compteur SET valeur = valeur + 1, version = version + 1 WHERE id = 'a' AND version = {lue}"
        ))
        .await?;
    tx.commit().await?;
    Ok(ecrites.rows_affected() == 1)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_two_processes_lose_no_update_and_are_never_refused(#[case] moteur: Moteur) {
    let base = Base::migree(moteur, &Horloge::default()).await;
    executer(&base.db, "INSERT INTO compteur (id, valeur, version) VALUES ('a', 0, 0)").await;
    let ouvertures = [base.db.clone(), base.rouvrir().await];
    let pour_eux = Arc::new(ouvertures.clone());
    tous(ECRIVAINS, move |rang| {
        let db = pour_eux[usize::try_from(rang % 2).unwrap()].clone();
        async move {
            for _ in 0..ECRITURES {
                // A conflict of versions is the caller's to see; a refusal of the engine fails the test.
                while !ajouter_un(&db).await.unwrap() {}
            }
        }
    })
    .await;
    let tx = base.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT valeur AS n FROM compteur").await, ECRIVAINS * ECRITURES);
    drop(tx);
    let [_, autre] = ouvertures;
    autre.fermer().await.unwrap();
    base.fin().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_sqlite_a_writer_waits_for_the_one_before_it() {
    let base = Base::migree(Moteur::Sqlite, &Horloge::default()).await;
    executer(&base.db, "INSERT INTO compteur (id, valeur, version) VALUES ('a', 0, 0)").await;
    let db = base.db.clone();
    tous(ECRIVAINS, move |_| {
        let db = db.clone();
        async move {
            for _ in 0..ECRITURES {
                // No version compared: the transaction alone must be enough.
                let tx = db.begin().await.unwrap();
                let lue = nombre(&tx, "SELECT valeur AS n FROM compteur").await;
                tokio::task::yield_now().await;
                tx.execute_unprepared(&format!("UPDATE compteur SET valeur = {lue} + 1")).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
    })
    .await;
    let tx = base.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT valeur AS n FROM compteur").await, ECRIVAINS * ECRITURES);
    drop(tx);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_snapshot_does_not_see_what_is_committed_after_it(#[case] moteur: Moteur) {
    let base = Base::migree(moteur, &Horloge::default()).await;
    executer(&base.db, "INSERT INTO compteur (id, valeur, version) VALUES ('a', 1, 0)").await;
    let avant = base.db.read().await.unwrap();
    assert_eq!(nombre(&avant, "SELECT valeur AS n FROM compteur").await, 1);
    executer(&base.db, "UPDATE compteur SET valeur = 2").await;
    assert_eq!(nombre(&avant, "SELECT valeur AS n FROM compteur").await, 1, "one page agrees with itself");
    let apres = base.db.read().await.unwrap();
    assert_eq!(nombre(&apres, "SELECT valeur AS n FROM compteur").await, 2, "the next page sees the write");
    drop((avant, apres));
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_snapshot_refuses_to_write(#[case] moteur: Moteur) {
    let base = Base::migree(moteur, &Horloge::default()).await;
    let tx = base.db.read().await.unwrap();
    tx.execute_unprepared("INSERT INTO compteur (id, valeur, version) VALUES ('a', 1, 0)").await.unwrap_err();
    drop(tx);
    base.fin().await;
}

async fn poser(tx: &WriteTx) {
    tx.execute_unprepared("INSERT INTO compteur (id, valeur, version) VALUES ('a', 1, 0)").await.unwrap();
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_transaction_that_is_dropped_or_given_up_leaves_nothing(#[case] moteur: Moteur) {
    let base = Base::migree(moteur, &Horloge::default()).await;
    let tx = base.db.begin().await.unwrap();
    poser(&tx).await;
    drop(tx);
    let tx = base.db.begin().await.unwrap();
    poser(&tx).await;
    tx.rollback().await.unwrap();
    let tx = base.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT count(*) AS n FROM compteur").await, 0);
    drop(tx);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn every_statement_of_snapshots_and_transactions_is_counted(#[case] moteur: Moteur) {
    let base = Base::migree(moteur, &Horloge::default()).await;
    let avant = base.db.nombre_de_requetes();
    let tx = base.db.begin().await.unwrap();
    poser(&tx).await;
    tx.commit().await.unwrap();
    let tx = base.db.read().await.unwrap();
    nombre(&tx, "SELECT count(*) AS n FROM compteur").await;
    nombre(&tx, "SELECT count(*) AS n FROM compteur").await;
    drop(tx);
    assert_eq!(base.db.nombre_de_requetes() - avant, 3);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn looking_after_the_database_gives_the_planner_its_statistics(#[case] moteur: Moteur) {
    let base = Base::migree(moteur, &Horloge::default()).await;
    for rang in 0..50 {
        executer(&base.db, &format!("INSERT INTO compteur (id, valeur, version) VALUES ('{rang}', 0, 1)")).await;
    }
    base.db.entretenir().await.unwrap();
    base.db.entretenir().await.unwrap();
    if moteur == Moteur::Sqlite {
        let tx = base.db.read().await.unwrap();
        assert!(nombre(&tx, "SELECT count(*) AS n FROM sqlite_stat1 WHERE tbl = 'compteur'").await > 0);
    }
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_commit_wakes_who_waits_and_a_rollback_does_not(#[case] moteur: Moteur) {
    let base = Base::migree(moteur, &Horloge::default()).await;
    let reveil = base.db.reveil();
    // Migrations committed: that permit is used up first.
    reveil.notified().await;
    let mut attente = std::pin::pin!(reveil.notified());
    base.db.begin().await.unwrap().rollback().await.unwrap();
    assert!(futures_util::poll!(attente.as_mut()).is_pending());
    base.db.begin().await.unwrap().commit().await.unwrap();
    attente.await;
    base.fin().await;
}

#[rstest]
#[case::inconnue("mysql://serveur/base", "dep_54", "adresse de base inconnue")]
#[case::schema_hostile("postgres://serveur/base", "a; DROP SCHEMA b", "nom de schéma refusé")]
#[case::schema_vide("postgres://serveur/base", "", "nom de schéma refusé")]
#[tokio::test]
async fn an_address_or_schema_that_is_not_understood_is_refused(
    #[case] url: &str,
    #[case] schema: &str,
    #[case] phrase: &str,
) {
    let erreur = Db::ouvrir(&DbOptions::new(url, schema)).await.unwrap_err();
    assert!(erreur.to_string().contains(phrase), "{erreur}");
}

#[tokio::test]
async fn two_processes_may_create_the_same_schema_at_once() {
    let options = DbOptions::new(url_postgres(), format!("test_{}_ensemble", std::process::id()));
    let (un, deux) = tokio::join!(Db::ouvrir(&options), Db::ouvrir(&options));
    let (un, deux) = (un.unwrap(), deux.unwrap());
    executer(&un, &format!("DROP SCHEMA {}", options.schema)).await;
    un.fermer().await.unwrap();
    deux.fermer().await.unwrap();
}
