//! The only place that opens connections. Features read a snapshot ([`Db::read`]) or begin one write ([`Db::begin`]).
//!
//! SQLite: one writer (`BEGIN IMMEDIATE`), several read-only readers, WAL, `synchronous=FULL`: what was
//! acknowledged survives a power cut. PostgreSQL: one pool bound to one schema.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::{self, Connection as _, SqliteConnection};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, IsolationLevel, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::Notify;

use crate::panne::du_fichier;

/// Statements that a connection keeps prepared: more than the house has, so that none is prepared twice.
const REQUETES_PREPAREES: usize = 500;

/// Which engine stands behind a [`Db`]. Asked in `platform` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moteur {
    /// Embedded file.
    Sqlite,
    /// Server, one schema per instance.
    Postgres,
}

/// How to open an instance's database.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// `sqlite://chemin/fichier.sqlite` or `postgres://…`.
    pub url: String,
    /// PostgreSQL schema (`dep_54`); ignored by SQLite.
    pub schema: String,
    /// Reading connections.
    pub lecteurs: u32,
    /// Wait for the disk at each commit. Only tests say no.
    pub durable: bool,
}

impl DbOptions {
    /// Options with the usual number of readers.
    #[must_use]
    pub fn new(url: impl Into<String>, schema: impl Into<String>) -> Self {
        let url = url.into();
        let lecteurs = if url.starts_with("sqlite") { lecteurs_sqlite() } else { LECTEURS_POSTGRES };
        Self { url, schema: schema.into(), lecteurs, durable: true }
    }
}

/// PostgreSQL reads elsewhere: more connections than cores keep it busy.
const LECTEURS_POSTGRES: u32 = 8;

/// SQLite reads here, each connection on its own thread and with its own cache: two for each core. More take memory and the
/// turn of others (docs/performance.md).
fn lecteurs_sqlite() -> u32 {
    let coeurs = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    u32::try_from(2 * coeurs).unwrap_or(u32::MAX).min(16)
}

/// One instance's database.
#[derive(Clone)]
pub struct Db {
    lecture: DatabaseConnection,
    ecriture: DatabaseConnection,
    moteur: Moteur,
    schema: String,
    url: String,
    requetes: Arc<AtomicU64>,
    reveil: Arc<Notify>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?}, {})", self.moteur, self.schema)
    }
}

impl Db {
    /// Opens (and, on SQLite, creates) the database. Migrations are run by [`crate::migration::migrer`].
    ///
    /// # Errors
    /// The address is not understood, or the file or server cannot be reached.
    pub async fn ouvrir(options: &DbOptions) -> Result<Self, DbErr> {
        match moteur_de(&options.url)? {
            Moteur::Sqlite => Self::ouvrir_sqlite(options).await,
            Moteur::Postgres => Self::ouvrir_postgres(options).await,
        }
    }

    async fn ouvrir_sqlite(options: &DbOptions) -> Result<Self, DbErr> {
        let chemin = chemin_sqlite(&options.url);
        if let Some(parent) = chemin.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(|e| {
                DbErr::Custom(format!("le dossier {} ne peut pas être créé : {}", parent.display(), du_fichier(&e)))
            })?;
        }
        let synchrone = if options.durable { "FULL" } else { "OFF" };
        // The writer first: it creates the file and puts it in WAL mode before a read-only connection opens it.
        let ecriture = connect_sqlite(&chemin, 1, false, synchrone).await?;
        let lecture = connect_sqlite(&chemin, options.lecteurs.max(1), true, synchrone).await?;
        Ok(Self::assembler(lecture, ecriture, Moteur::Sqlite, options))
    }

    async fn ouvrir_postgres(options: &DbOptions) -> Result<Self, DbErr> {
        let schema = options.schema.as_str();
        if schema.is_empty() || !schema.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(DbErr::Custom(format!("nom de schéma refusé : « {schema} » (minuscules, chiffres et _)")));
        }
        let mut connect = ConnectOptions::new(options.url.clone());
        connect
            .max_connections(options.lecteurs.max(2))
            .min_connections(1)
            .acquire_timeout(Duration::from_secs(5))
            .connect_timeout(Duration::from_secs(5))
            .statement_timeout(Duration::from_secs(60))
            .set_schema_search_path(schema)
            .application_name_terreau()
            .sqlx_logging(false)
            .map_sqlx_postgres_opts(|options| options.statement_cache_capacity(REQUETES_PREPAREES));
        let pool = connecter(connect).await?;
        creer_schema(&pool, schema).await?;
        Ok(Self::assembler(pool.clone(), pool, Moteur::Postgres, options))
    }

    fn assembler(
        lecture: DatabaseConnection,
        ecriture: DatabaseConnection,
        moteur: Moteur,
        options: &DbOptions,
    ) -> Self {
        Self {
            lecture,
            ecriture,
            moteur,
            schema: options.schema.clone(),
            url: options.url.clone(),
            requetes: Arc::new(AtomicU64::new(0)),
            reveil: Arc::new(Notify::new()),
        }
    }

    /// The engine.
    #[must_use]
    pub fn moteur(&self) -> Moteur {
        self.moteur
    }

    /// The PostgreSQL schema of this instance.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The address it was opened with (holds a password: never log it).
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many statements have been sent since the start (pages promise a constant number).
    #[must_use]
    pub fn nombre_de_requetes(&self) -> u64 {
        self.requetes.load(Ordering::Relaxed)
    }

    /// Wakes whoever waits for work after a commit.
    #[must_use]
    pub fn reveil(&self) -> Arc<Notify> {
        Arc::clone(&self.reveil)
    }

    /// A read-only snapshot: all that a page reads agrees with itself.
    ///
    /// # Errors
    /// No connection could be had.
    pub async fn read(&self) -> Result<ReadTx, DbErr> {
        let options = match self.moteur {
            Moteur::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..Default::default()
            },
            Moteur::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
        };
        let tx = self.lecture.begin_with_options(options).await?;
        Ok(ReadTx { tx, requetes: Arc::clone(&self.requetes) })
    }

    /// The one transaction of a request that writes. Dropped without [`WriteTx::commit`], it leaves nothing.
    ///
    /// On SQLite writers stand in line; on PostgreSQL they run side by side and two may read the same row: an update of a
    /// value that was read compares its `version` (or is one `UPDATE … SET n = n + 1`), and looks at the rows affected.
    ///
    /// # Errors
    /// No connection could be had within the delay.
    pub async fn begin(&self) -> Result<WriteTx, DbErr> {
        let options = match self.moteur {
            Moteur::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            },
            Moteur::Postgres => TransactionOptions::default(),
        };
        let tx = self.ecriture.begin_with_options(options).await?;
        Ok(WriteTx { tx, requetes: Arc::clone(&self.requetes), reveil: Arc::clone(&self.reveil), moteur: self.moteur })
    }

    /// Brings the planner's statistics up to date, if enough rows changed: without them SQLite takes the wrong index once
    /// tables are large, and keeps no statistics by itself. PostgreSQL does (autovacuum).
    ///
    /// # Errors
    /// The engine refused.
    pub async fn entretenir(&self) -> Result<(), DbErr> {
        if self.moteur == Moteur::Sqlite {
            // 0x2: analyse what needs it; 0x10: a sample of each index; 0x10000: whatever this connection read before.
            self.ecriture.execute_unprepared("PRAGMA optimize = 0x10012").await?;
        }
        Ok(())
    }

    /// The raw reading pool, for `platform` (backup) and health checks only.
    #[must_use]
    pub fn lecture(&self) -> &DatabaseConnection {
        &self.lecture
    }

    /// Closes the pools. Readers first: the last connection to close moves the WAL into the file.
    ///
    /// # Errors
    /// The engine refuses to close.
    pub async fn fermer(self) -> Result<(), DbErr> {
        self.lecture.close().await?;
        self.ecriture.close().await
    }
}

/// Which engine an address names.
///
/// # Errors
/// Neither of the two.
pub fn moteur_de(url: &str) -> Result<Moteur, DbErr> {
    if url.starts_with("sqlite:") {
        Ok(Moteur::Sqlite)
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(Moteur::Postgres)
    } else {
        Err(DbErr::Custom("adresse de base inconnue : attendu sqlite://chemin ou postgres://serveur/base".to_owned()))
    }
}

/// The file that an SQLite address names.
pub(crate) fn chemin_sqlite(url: &str) -> PathBuf {
    let chemin = url.trim_start_matches("sqlite:").trim_start_matches("//");
    PathBuf::from(chemin.split('?').next().unwrap_or(chemin))
}

/// What `PRAGMA integrity_check` says of a file: `ok`, or the first fault.
pub(crate) async fn integrite_sqlite(chemin: &Path) -> Result<String, DbErr> {
    let connexion = connect_sqlite(chemin, 1, true, "OFF").await?;
    let ligne = connexion.query_one_raw(sea_orm::raw_sql!(Sqlite, "PRAGMA integrity_check")).await?;
    let reponse = ligne.ok_or_else(|| DbErr::Custom("PRAGMA integrity_check ne répond pas".to_owned()))?;
    let reponse = reponse.try_get_by_index(0)?;
    connexion.close().await?;
    Ok(reponse)
}

/// Only a missing schema is created: an account that may not create schemas still opens its own. Two processes that
/// start together wait for each other (one text is one transaction).
async fn creer_schema(pool: &DatabaseConnection, schema: &str) -> Result<(), DbErr> {
    let existe = pool
        .query_one_raw(sea_orm::raw_sql!(Postgres, "SELECT 1 AS un FROM pg_namespace WHERE nspname = {schema}"))
        .await?;
    if existe.is_none() {
        let sql = format!("SELECT pg_advisory_xact_lock(541001, 0); CREATE SCHEMA IF NOT EXISTS {schema}");
        pool.execute_unprepared(&sql).await?;
    }
    Ok(())
}

trait NomDApplication {
    fn application_name_terreau(&mut self) -> &mut Self;
}

impl NomDApplication for ConnectOptions {
    fn application_name_terreau(&mut self) -> &mut Self {
        self.set_application_name("terreau")
    }
}

async fn connect_sqlite(
    chemin: &Path,
    connexions: u32,
    lecture_seule: bool,
    synchrone: &'static str,
) -> Result<DatabaseConnection, DbErr> {
    let mut connect = ConnectOptions::new("sqlite::memory:");
    let fichier = chemin.to_path_buf();
    connect
        .max_connections(connexions)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .map_sqlx_sqlite_pool_opts(|options| {
            options.before_acquire(|connexion, _| Box::pin(sans_transaction(connexion)))
        })
        .map_sqlx_sqlite_opts(move |options| {
            options
                .filename(&fichier)
                .in_memory(false)
                .shared_cache(false)
                .create_if_missing(!lecture_seule)
                .read_only(lecture_seule)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                .pragma("synchronous", synchrone)
                .statement_cache_capacity(REQUETES_PREPAREES)
                .pragma("cache_size", "-16000")
                .pragma("temp_store", "MEMORY")
                .optional_wal(lecture_seule)
        });
    connecter(connect).await
}

/// A connection that a transaction left open is thrown away. After an error of the disk SQLite may have rolled back by
/// itself; the driver's own ROLLBACK then fails and it believes that it is still inside: each later transaction would be
/// a savepoint of one that nobody commits, acknowledged and lost. (The pool's ping, just before, lets a rollback under
/// way end.)
async fn sans_transaction(connexion: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    Ok(!connexion.is_in_transaction())
}

trait OptionWal {
    fn optional_wal(self, lecture_seule: bool) -> Self;
}

impl OptionWal for sea_orm::sqlx::sqlite::SqliteConnectOptions {
    /// A read-only connection may not change the journal mode.
    fn optional_wal(self, lecture_seule: bool) -> Self {
        if lecture_seule { self } else { self.pragma("journal_mode", "WAL") }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that opens connections")]
async fn connecter(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    Database::connect(options).await
}

/// A read-only snapshot. Pass `&tx` to storage functions.
pub struct ReadTx {
    tx: DatabaseTransaction,
    requetes: Arc<AtomicU64>,
}

/// A transaction that writes. Pass `&tx` to storage functions, then [`WriteTx::commit`].
pub struct WriteTx {
    tx: DatabaseTransaction,
    requetes: Arc<AtomicU64>,
    reveil: Arc<Notify>,
    moteur: Moteur,
}

impl WriteTx {
    /// Commits, then wakes the worker.
    ///
    /// # Errors
    /// The engine could not commit: nothing was kept (or, on a lost connection, it is not known; keys of
    /// idempotence make the retry harmless).
    pub async fn commit(self) -> Result<(), DbErr> {
        self.tx.commit().await?;
        self.reveil.notify_one();
        Ok(())
    }

    /// Gives up explicitly.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.tx.rollback().await
    }

    pub(crate) fn moteur(&self) -> Moteur {
        self.moteur
    }

    /// Lifts the limit of duration of a statement until the end of this transaction (migrations, restoring).
    pub(crate) async fn sans_delai(&self) -> Result<(), DbErr> {
        if self.moteur == Moteur::Postgres {
            self.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        }
        Ok(())
    }
}

macro_rules! delegate_connection {
    ($type:ty) => {
        #[sea_orm::prelude::async_trait::async_trait]
        impl ConnectionTrait for $type {
            fn get_database_backend(&self) -> DbBackend {
                self.tx.get_database_backend()
            }
            async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
                self.requetes.fetch_add(1, Ordering::Relaxed);
                self.tx.execute_raw(stmt).await
            }
            async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
                self.requetes.fetch_add(1, Ordering::Relaxed);
                self.tx.execute_unprepared(sql).await
            }
            async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
                self.requetes.fetch_add(1, Ordering::Relaxed);
                self.tx.query_one_raw(stmt).await
            }
            async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
                self.requetes.fetch_add(1, Ordering::Relaxed);
                self.tx.query_all_raw(stmt).await
            }
        }
    };
}

delegate_connection!(ReadTx);
delegate_connection!(WriteTx);
