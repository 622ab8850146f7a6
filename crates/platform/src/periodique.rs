//! Work asked once a day, from a given hour. The day it was last asked for is kept in the database: a service that was
//! stopped catches up once, two processes ask once.

use jiff::civil::DateTime;
use sea_orm::{ConnectionTrait as _, DbErr, raw_sql};

use crate::db::Db;
use crate::horloge::{Clock, Ids};
use crate::migration::Migration;
use crate::outbox::{self, Travail};

/// A piece of daily work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periodique {
    /// Subject of the worker's function.
    pub sujet: &'static str,
    /// From this hour, local time.
    pub heure: i8,
}

/// Asks for the daily work that was not asked yet today. Returns how many were.
///
/// # Errors
/// The engine refused.
pub async fn planifier(
    db: &Db,
    clock: &dyn Clock,
    ids: &dyn Ids,
    travaux: &[Periodique],
    ici: DateTime,
) -> Result<usize, DbErr> {
    let jour = ici.date().to_string();
    let tx = db.read().await?;
    let faits = tx.query_all_raw(raw_sql!(Postgres, "SELECT sujet FROM periodique WHERE jour >= {jour}")).await?;
    let faits: Vec<String> = faits.iter().map(|ligne| ligne.try_get("", "sujet")).collect::<Result<_, _>>()?;
    drop(tx);
    let dus = travaux.iter().filter(|t| ici.hour() >= t.heure && !faits.iter().any(|fait| fait == t.sujet));
    let mut demandes = 0;
    for travail in dus {
        let sujet = travail.sujet;
        let tx = db.begin().await?;
        let prise = tx
            .execute_raw(raw_sql!(
                Postgres,
                "INSERT INTO periodique (sujet, jour) VALUES ({sujet}, {jour})
                 ON CONFLICT (sujet) DO UPDATE SET jour = excluded.jour WHERE periodique.jour < excluded.jour"
            ))
            .await?;
        if prise.rows_affected() == 1 {
            outbox::demander(&tx, clock, ids, Travail::nouveau(sujet, ()).une_fois(format!("periodique/{sujet}")))
                .await?;
            demandes += 1;
        }
        tx.commit().await?;
    }
    Ok(demandes)
}

/// Its table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    feature: "periodique",
    numero: 1,
    nom: "travaux de chaque jour",
    sql: "CREATE TABLE periodique (sujet TEXT PRIMARY KEY, jour TEXT NOT NULL)",
}];
