//! Merges made. No rule here.

use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use crate::a_decider::{Tranche, compter};
use crate::acteur::ActeurId;

/// Columns of `acteur_fusion`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Fusion {
    /// Short random reference, in addresses.
    pub id: String,
    /// The actor that stays.
    pub garde: ActeurId,
    /// The one that went into it.
    pub absorbe: ActeurId,
    /// Its name then.
    pub nom: String,
    /// What was moved and written, JSON.
    pub trace: String,
    /// When.
    pub faite_le: Instant,
    /// Undone.
    pub defaite_le: Option<Instant>,
}

/// Writes a merge.
///
/// # Errors
/// The engine refused.
pub async fn inserer(tx: &WriteTx, fusion: &Fusion, par: Option<&str>) -> Result<(), DbErr> {
    let (id, garde, absorbe) = (fusion.id.as_str(), fusion.garde.as_str(), fusion.absorbe.as_str());
    let (nom, trace, le) = (fusion.nom.as_str(), fusion.trace.as_str(), fusion.faite_le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_fusion (id, garde, absorbe, nom, trace, faite_le, faite_par)
         VALUES ({id}, {garde}, {absorbe}, {nom}, {trace}, {le}, {par})"
    ))
    .await?;
    Ok(())
}

/// Marks a merge as undone. False when it was already.
///
/// # Errors
/// The engine refused.
pub async fn marquer_defaite(tx: &WriteTx, id: &str, par: Option<&str>, le: Instant) -> Result<bool, DbErr> {
    let le = le.0;
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_fusion SET defaite_le = {le}, defaite_par = {par} WHERE id = {id} AND defaite_le IS NULL"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// One merge.
///
/// # Errors
/// The engine refused.
pub async fn fusion(db: &impl ConnectionTrait, id: &str) -> Result<Option<Fusion>, DbErr> {
    Fusion::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, garde, absorbe, nom, trace, faite_le, defaite_le FROM acteur_fusion WHERE id = {id}"
    ))
    .one(db)
    .await
}

/// A merge in the list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Faite {
    /// Its reference.
    pub id: String,
    /// Name of the absorbed actor.
    pub nom: String,
    /// The actor that stays.
    pub reference: String,
    /// Its name.
    pub garde: String,
    /// When.
    pub faite_le: Instant,
    /// Undone.
    pub defaite_le: Option<Instant>,
    /// By whom.
    pub par: Option<String>,
}

/// The merges, newest first.
///
/// # Errors
/// The engine refused.
pub(crate) async fn lister(db: &impl ConnectionTrait, tranche: Tranche) -> Result<Vec<Faite>, DbErr> {
    let (premier, nombre) = (tranche.premier(), tranche.nombre());
    Faite::find_by_statement(raw_sql!(
        Postgres,
        "SELECT f.id, f.nom, g.reference, g.nom AS garde, f.faite_le, f.defaite_le, p.prenom || ' ' || p.nom AS par
         FROM acteur_fusion f JOIN acteur g ON g.id = f.garde LEFT JOIN personne p ON p.id = f.faite_par
         ORDER BY f.faite_le DESC, f.id LIMIT {nombre} OFFSET {premier}"
    ))
    .all(db)
    .await
}

/// How many merges were made.
///
/// # Errors
/// The engine refused.
pub async fn nombre(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    compter(db, raw_sql!(Postgres, "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM acteur_fusion")).await
}

/// Is there a merge in force that was built on this actor later? Then that one is undone first.
///
/// # Errors
/// The engine refused.
pub async fn plus_recente(db: &impl ConnectionTrait, fusion: &Fusion) -> Result<Option<String>, DbErr> {
    let (id, garde, le) = (fusion.id.as_str(), fusion.garde.as_str(), fusion.faite_le.0);
    let ligne = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT nom FROM acteur_fusion
             WHERE defaite_le IS NULL AND id <> {id} AND faite_le >= {le} AND (garde = {garde} OR absorbe = {garde})
             ORDER BY faite_le DESC, id LIMIT 1"
        ))
        .await?;
    ligne.map(|ligne| ligne.try_get("", "nom")).transpose()
}
