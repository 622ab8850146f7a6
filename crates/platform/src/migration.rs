//! Migrations: ordered SQL texts per feature, forward only, each in its own transaction.
//!
//! One text serves both engines (TEXT, BIGINT, BOOLEAN, DOUBLE PRECISION). An older binary refuses a newer schema.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::db::{Db, Moteur, WriteTx};
use crate::horloge::Clock;

/// One step of a feature's schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The crate it belongs to.
    pub feature: &'static str,
    /// Order inside the feature, from 1.
    pub numero: i64,
    /// What it brings, in a few words.
    pub nom: &'static str,
    /// Statements, separated by `;`.
    pub sql: &'static str,
}

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The engine refused.
    #[error("la migration {feature}/{numero} a échoué")]
    Echec {
        /// Feature.
        feature: String,
        /// Number.
        numero: i64,
        /// Cause.
        #[source]
        source: DbErr,
    },
    /// The database was written by a newer program.
    #[error("la base a été écrite par une version plus récente ({feature}/{numero}) : mettez Terreau à jour")]
    PlusRecente {
        /// Feature.
        feature: String,
        /// Number.
        numero: i64,
    },
    /// A migration already run was changed afterwards.
    #[error("la migration {feature}/{numero} a été modifiée après son passage")]
    Modifiee {
        /// Feature.
        feature: String,
        /// Number.
        numero: i64,
    },
    /// The engine could not be asked.
    #[error("la base ne répond pas")]
    Base(#[from] DbErr),
}

/// A migration that a database has.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize, Deserialize)]
pub struct Appliquee {
    /// Feature.
    pub feature: String,
    /// Number.
    pub numero: i64,
    /// Digest of its text.
    pub empreinte: String,
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    feature TEXT NOT NULL, numero BIGINT NOT NULL, nom TEXT NOT NULL, empreinte TEXT NOT NULL,
    applique_le BIGINT NOT NULL, PRIMARY KEY (feature, numero))";

/// Which migrations of `liste` have not run yet, in order.
///
/// # Errors
/// The database is newer than the program, a migration was changed, or the engine does not answer.
pub async fn en_attente(db: &Db, liste: &[Migration]) -> Result<Vec<Migration>, MigrationError> {
    let tx = db.begin().await?;
    verrouiller(&tx).await?;
    tx.execute_unprepared(TABLE).await?;
    let appliquees = appliquees(&tx).await?;
    tx.commit().await?;
    restantes(liste, &appliquees)
}

/// Those of `liste` that are not among `appliquees`.
///
/// # Errors
/// An applied one is unknown to this program, or was changed since.
pub(crate) fn restantes(liste: &[Migration], appliquees: &[Appliquee]) -> Result<Vec<Migration>, MigrationError> {
    for appliquee in appliquees {
        let connue = liste.iter().find(|m| m.feature == appliquee.feature && m.numero == appliquee.numero);
        let (feature, numero) = (appliquee.feature.clone(), appliquee.numero);
        match connue {
            // A feature taken out of the house: its tables stay, unread.
            None if liste.iter().all(|m| m.feature != feature) => {}
            None => return Err(MigrationError::PlusRecente { feature, numero }),
            Some(m) if empreinte(m.sql) != appliquee.empreinte => {
                return Err(MigrationError::Modifiee { feature, numero });
            }
            Some(_) => {}
        }
    }
    let est_appliquee = |m: &Migration| appliquees.iter().any(|a| a.feature == m.feature && a.numero == m.numero);
    Ok(liste.iter().filter(|m| !est_appliquee(m)).copied().collect())
}

/// Runs what is missing; returns how many ran. Two processes starting together wait for each other.
///
/// # Errors
/// See [`MigrationError`]; a failed migration leaves nothing behind.
pub async fn migrer(db: &Db, liste: &[Migration], clock: &dyn Clock) -> Result<usize, MigrationError> {
    let mut passees = 0;
    for migration in en_attente(db, liste).await? {
        let tx = db.begin().await?;
        verrouiller(&tx).await?;
        tx.sans_delai().await?;
        let deja = appliquees(&tx).await?;
        if deja.iter().any(|a| a.feature == migration.feature && a.numero == migration.numero) {
            continue;
        }
        let echec =
            |source| MigrationError::Echec { feature: migration.feature.to_owned(), numero: migration.numero, source };
        tx.execute_unprepared(migration.sql).await.map_err(echec)?;
        inscrire(&tx, &migration, clock).await.map_err(echec)?;
        tx.commit().await.map_err(echec)?;
        passees += 1;
    }
    Ok(passees)
}

async fn verrouiller(tx: &WriteTx) -> Result<(), DbErr> {
    if tx.moteur() == Moteur::Postgres {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(541000, hashtext(current_schema()))").await?;
    }
    Ok(())
}

/// The migrations that a database has, in order of feature and number.
///
/// # Errors
/// The engine refused.
pub async fn appliquees(tx: &impl ConnectionTrait) -> Result<Vec<Appliquee>, DbErr> {
    Appliquee::find_by_statement(sea_orm::raw_sql!(
        Postgres,
        "SELECT feature, numero, empreinte FROM schema_migration ORDER BY feature, numero"
    ))
    .all(tx)
    .await
}

async fn inscrire(tx: &WriteTx, migration: &Migration, clock: &dyn Clock) -> Result<(), DbErr> {
    let (feature, numero, nom) = (migration.feature, migration.numero, migration.nom);
    let (marque, quand) = (empreinte(migration.sql), clock.instant().0);
    tx.execute_raw(sea_orm::raw_sql!(
        Postgres,
        "INSERT INTO schema_migration (feature, numero, nom, empreinte, applique_le)
         VALUES ({feature}, {numero}, {nom}, {marque}, {quand})"
    ))
    .await?;
    Ok(())
}

fn empreinte(sql: &str) -> String {
    Sha256::digest(sql.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect()
}
