//! A fresh database of either engine, removed at the end.

use std::sync::atomic::{AtomicU32, Ordering};

use platform::{Db, DbOptions, Moteur};
use tempfile::TempDir;

static NUMERO: AtomicU32 = AtomicU32::new(0);

/// The database with what keeps it alive.
pub struct Base {
    /// The database.
    pub db: Db,
    /// Folder of the test: database file, files, index.
    pub dossier: TempDir,
    schema: Option<String>,
}

impl Base {
    /// An empty database. PostgreSQL missing is a failure, not a skip.
    pub async fn nouvelle(moteur: Moteur) -> Self {
        let dossier = tempfile::tempdir().expect("a temporary folder");
        let (url, schema) = match moteur {
            Moteur::Sqlite => (format!("sqlite://{}", dossier.path().join("base.sqlite").display()), None),
            Moteur::Postgres => {
                let url = std::env::var("TERREAU_TEST_POSTGRES")
                    .expect("TERREAU_TEST_POSTGRES: run `export TERREAU_TEST_POSTGRES=\"$(script/postgres-de-test)\"`");
                let numero = NUMERO.fetch_add(1, Ordering::SeqCst);
                // A failed test leaves its schema, and a number of process comes back.
                let instant = std::time::UNIX_EPOCH.elapsed().map_or(0, |depuis| depuis.as_micros());
                (url, Some(format!("test_{}_{instant}_{numero}", std::process::id())))
            }
        };
        let mut options = DbOptions::new(url, schema.clone().unwrap_or_default());
        options.durable = false;
        options.lecteurs = 3;
        let db = Db::ouvrir(&options).await.expect("the database opens");
        Self { db, dossier, schema }
    }

    /// Removes the schema.
    pub async fn fin(self) {
        if let Some(schema) = self.schema {
            use sea_orm::ConnectionTrait;
            let tx = self.db.begin().await.expect("a transaction");
            tx.execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE")).await.expect("the schema is removed");
            tx.commit().await.expect("a commit");
        }
        self.db.fermer().await.expect("the database closes");
    }
}
