//! Migrations: each once, forward only, all or nothing.

use platform::migration::{self, MigrationError, en_attente, migrer};
use platform::{Migration, Moteur};
use rstest::rstest;

use crate::base::{Base, COMPTEUR, Horloge, migrations, nombre};

const DEUX: Migration = Migration {
    feature: "essai",
    numero: 2,
    nom: "couleur",
    sql: "ALTER TABLE compteur ADD COLUMN couleur TEXT; CREATE INDEX compteur_couleur ON compteur (couleur)",
};
const CASSEE: Migration = Migration {
    feature: "essai",
    numero: 2,
    nom: "cassée",
    sql: "CREATE TABLE a_moitie (id TEXT PRIMARY KEY); INSERT INTO nulle_part VALUES (1)",
};
const AUTRE: Migration =
    Migration { feature: "autre", numero: 1, nom: "autre", sql: "CREATE TABLE autre (id TEXT PRIMARY KEY)" };

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn each_migration_runs_once_and_new_ones_follow(#[case] moteur: Moteur) {
    let base = Base::vide(moteur).await;
    let horloge = Horloge::default();
    let mut liste = migrations();
    assert_eq!(en_attente(&base.db, &liste).await.unwrap().len(), liste.len());
    assert_eq!(migrer(&base.db, &liste, &horloge).await.unwrap(), liste.len());
    assert_eq!(migrer(&base.db, &liste, &horloge).await.unwrap(), 0);
    liste.extend([DEUX, AUTRE]);
    assert_eq!(migrer(&base.db, &liste, &horloge).await.unwrap(), 2);
    let tx = base.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT count(couleur) AS n FROM compteur").await, 0);
    assert_eq!(nombre(&tx, "SELECT count(*) AS n FROM autre").await, 0);
    drop(tx);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn an_older_program_refuses_a_newer_database(#[case] moteur: Moteur) {
    let base = Base::vide(moteur).await;
    let horloge = Horloge::default();
    migrer(&base.db, &[COMPTEUR, DEUX], &horloge).await.unwrap();
    let erreur = migrer(&base.db, &[COMPTEUR], &horloge).await.unwrap_err();
    assert!(matches!(&erreur, MigrationError::PlusRecente { feature, numero: 2 } if feature == "essai"), "{erreur}");
    assert!(erreur.to_string().contains("version plus récente"), "{erreur}");
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_migration_changed_after_it_ran_is_refused(#[case] moteur: Moteur) {
    let base = Base::vide(moteur).await;
    let horloge = Horloge::default();
    migrer(&base.db, &[COMPTEUR], &horloge).await.unwrap();
    let changee = Migration { sql: "CREATE TABLE compteur (id TEXT PRIMARY KEY)", ..COMPTEUR };
    let erreur = migrer(&base.db, &[changee], &horloge).await.unwrap_err();
    assert!(matches!(erreur, MigrationError::Modifiee { numero: 1, .. }), "{erreur}");
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_and_those_before_it_stay(#[case] moteur: Moteur) {
    let base = Base::vide(moteur).await;
    let horloge = Horloge::default();
    let erreur = migrer(&base.db, &[COMPTEUR, CASSEE], &horloge).await.unwrap_err();
    assert!(matches!(erreur, MigrationError::Echec { numero: 2, .. }), "{erreur}");
    let corrigee = Migration { sql: "CREATE TABLE a_moitie (id TEXT PRIMARY KEY)", ..CASSEE };
    assert_eq!(migrer(&base.db, &[COMPTEUR, corrigee], &horloge).await.unwrap(), 1, "only the failed one runs again");
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_that_start_together_migrate_once(#[case] moteur: Moteur) {
    let base = Base::vide(moteur).await;
    let autre = base.rouvrir().await;
    let (horloge, liste) = (Horloge::default(), migrations());
    let (un, deux) = tokio::join!(migrer(&base.db, &liste, &horloge), migrer(&autre, &liste, &horloge));
    assert_eq!(un.unwrap() + deux.unwrap(), liste.len());
    assert!(migration::en_attente(&base.db, &liste).await.unwrap().is_empty());
    autre.fermer().await.unwrap();
    base.fin().await;
}
