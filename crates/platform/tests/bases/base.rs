//! A fresh database of either engine, a clock that moves when told, ids in order.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use jiff::Timestamp;
use platform::{Clock, Db, DbOptions, Ids, Migration, Moteur, journal, migration};
use sea_orm::{ConnectionTrait, FromQueryResult};
use tempfile::TempDir;
use uuid::Uuid;

static NUMERO: AtomicU32 = AtomicU32::new(0);

/// A table of the tests.
pub(crate) const COMPTEUR: Migration = Migration {
    feature: "essai",
    numero: 1,
    nom: "compteur",
    sql: "CREATE TABLE compteur (id TEXT PRIMARY KEY, valeur BIGINT NOT NULL, version BIGINT NOT NULL)",
};

/// The migrations of most tests.
pub(crate) fn migrations() -> Vec<Migration> {
    let mut liste = journal::MIGRATIONS.to_vec();
    liste.extend_from_slice(platform::fichiers::MIGRATIONS);
    liste.push(COMPTEUR);
    liste
}

pub(crate) struct Base {
    pub(crate) db: Db,
    pub(crate) _dossier: TempDir,
    pub(crate) options: DbOptions,
}

impl Base {
    /// Without any table.
    pub(crate) async fn vide(moteur: Moteur) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let url = match moteur {
            Moteur::Sqlite => format!("sqlite://{}", dossier.path().join("base.sqlite").display()),
            Moteur::Postgres => url_postgres(),
        };
        let numero = NUMERO.fetch_add(1, Ordering::SeqCst);
        let mut options = DbOptions::new(url, format!("test_{}_{numero}", std::process::id()));
        options.durable = false;
        let db = Db::ouvrir(&options).await.unwrap();
        Self { db, _dossier: dossier, options }
    }

    /// With the tables of [`migrations`].
    pub(crate) async fn migree(moteur: Moteur, clock: &dyn Clock) -> Self {
        let base = Self::vide(moteur).await;
        migration::migrer(&base.db, &migrations(), clock).await.unwrap();
        base
    }

    /// Another opening of the same database, as a second process would have.
    pub(crate) async fn rouvrir(&self) -> Db {
        Db::ouvrir(&self.options).await.unwrap()
    }

    pub(crate) async fn fin(self) {
        if self.db.moteur() == Moteur::Postgres {
            executer(&self.db, &format!("DROP SCHEMA {} CASCADE", self.options.schema)).await;
        }
        self.db.fermer().await.unwrap();
    }
}

pub(crate) fn url_postgres() -> String {
    std::env::var("TERREAU_TEST_POSTGRES")
        .expect("TERREAU_TEST_POSTGRES: run `export TERREAU_TEST_POSTGRES=\"$(script/postgres-de-test)\"`")
}

/// One statement in its own transaction.
pub(crate) async fn executer(db: &Db, sql: &str) {
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
}

#[derive(FromQueryResult)]
struct Nombre {
    n: i64,
}

/// The number that a statement gives under the name `n`.
pub(crate) async fn nombre(db: &impl ConnectionTrait, sql: &str) -> i64 {
    let texte = sea_orm::Statement::from_string(db.get_database_backend(), sql);
    Nombre::find_by_statement(texte).one(db).await.unwrap().unwrap().n
}

/// Stands still until moved.
#[derive(Debug)]
pub(crate) struct Horloge(AtomicI64);

impl Default for Horloge {
    fn default() -> Self {
        Self(AtomicI64::new(1_795_510_800_000_000))
    }
}

impl Horloge {
    pub(crate) fn avancer(&self, secondes: i64) {
        self.0.fetch_add(secondes * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for Horloge {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Ids in order, the same at each run.
#[derive(Debug, Default)]
pub(crate) struct Suite(AtomicU64);

impl Ids for Suite {
    fn uuid(&self) -> Uuid {
        let mut hasard = [0_u8; 10];
        self.octets(&mut hasard[2..]);
        let rang = self.0.fetch_add(1, Ordering::SeqCst);
        platform::horloge::uuid_v7(Timestamp::from_millisecond(i64::try_from(rang).unwrap()).unwrap(), hasard)
    }

    fn octets(&self, destination: &mut [u8]) {
        let rang = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        for (octet, valeur) in destination.iter_mut().zip(rang.iter().cycle()) {
            *octet = *valeur;
        }
    }
}
