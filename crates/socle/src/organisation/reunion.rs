//! Two organisations that were one: the people and the projects of one go to the other, and can come back.

use platform::WriteTx;
use sea_orm::{ConnectionTrait, DbErr, raw_sql};
use serde::{Deserialize, Serialize};

use super::OrganisationId;

/// What went from one to the other, to bring it back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deplaces {
    /// Mandates.
    pub mandats: Vec<String>,
    /// Projects.
    pub projets: Vec<String>,
    /// Did the SIREN follow?
    pub siren: bool,
    /// Did the RNA number follow?
    pub rna: bool,
}

/// How many people and projects hang on an organisation.
///
/// # Errors
/// The engine refused.
pub async fn compter(db: &impl ConnectionTrait, id: &OrganisationId) -> Result<(i64, i64), DbErr> {
    let id = id.as_str();
    let ligne = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM mandat WHERE organisation_id = {id}) AS mandats,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM projet WHERE organisation_id = {id}) AS projets"
        ))
        .await?;
    ligne.map_or(Ok((0, 0)), |ligne| Ok((ligne.try_get("", "mandats")?, ligne.try_get("", "projets")?)))
}

/// Everything of `de` goes to `vers`; its numbers too, when `vers` has none. `de` stays, empty.
///
/// # Errors
/// The engine refused.
pub async fn reunir(tx: &WriteTx, de: &OrganisationId, vers: &OrganisationId) -> Result<Deplaces, DbErr> {
    let (d, v) = (de.as_str(), vers.as_str());
    let mandats = raw_sql!(Postgres, "SELECT id FROM mandat WHERE organisation_id = {d} ORDER BY id");
    let projets = raw_sql!(Postgres, "SELECT id FROM projet WHERE organisation_id = {d} ORDER BY id");
    let (mandats, projets) = (ids(&tx.query_all_raw(mandats).await?)?, ids(&tx.query_all_raw(projets).await?)?);
    let lues = (super::par_id(tx, de).await?, super::par_id(tx, vers).await?);
    let (siren, rna) = match &lues {
        (Some(de), Some(vers)) => (
            de.siren.clone().filter(|_| vers.siren.is_none()).map(|siren| siren.as_str().to_owned()),
            de.rna.clone().filter(|_| vers.rna.is_none()).map(|rna| rna.as_str().to_owned()),
        ),
        _ => (None, None),
    };
    passer(tx, de, vers, &mandats, &projets).await?;
    // A number is that of one organisation at a time.
    donner_les_numeros(tx, d, v, siren.as_deref(), rna.as_deref()).await?;
    Ok(Deplaces { mandats, projets, siren: siren.is_some(), rna: rna.is_some() })
}

/// Brings back what [`reunir`] moved, as far as it is still there.
///
/// # Errors
/// The engine refused.
pub async fn separer(
    tx: &WriteTx,
    de: &OrganisationId,
    vers: &OrganisationId,
    deplaces: &Deplaces,
) -> Result<(), DbErr> {
    passer(tx, vers, de, &deplaces.mandats, &deplaces.projets).await?;
    let Some(lue) = super::par_id(tx, vers).await? else { return Ok(()) };
    let siren = lue.siren.filter(|_| deplaces.siren);
    let rna = lue.rna.filter(|_| deplaces.rna);
    let (siren, rna) = (siren.as_ref().map(|s| s.as_str()), rna.as_ref().map(|r| r.as_str()));
    donner_les_numeros(tx, vers.as_str(), de.as_str(), siren, rna).await
}

async fn passer(
    tx: &WriteTx,
    de: &OrganisationId,
    vers: &OrganisationId,
    mandats: &[String],
    projets: &[String],
) -> Result<(), DbErr> {
    let (d, v) = (de.as_str(), vers.as_str());
    for lot in mandats.chunks(500) {
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE mandat SET organisation_id = {v}, version = version + 1 WHERE organisation_id = {d} AND id IN ({..lot})"
        ))
        .await?;
    }
    for lot in projets.chunks(500) {
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE projet SET organisation_id = {v}, version = version + 1 WHERE organisation_id = {d} AND id IN ({..lot})"
        ))
        .await?;
    }
    Ok(())
}

async fn donner_les_numeros(
    tx: &WriteTx,
    de: &str,
    vers: &str,
    siren: Option<&str>,
    rna: Option<&str>,
) -> Result<(), DbErr> {
    if let Some(siren) = siren {
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE organisation SET siren = NULL, version = version + 1 WHERE id = {de} AND siren = {siren}"
        ))
        .await?;
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE organisation SET siren = {siren}, version = version + 1 WHERE id = {vers} AND siren IS NULL"
        ))
        .await?;
    }
    if let Some(rna) = rna {
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE organisation SET rna = NULL, version = version + 1 WHERE id = {de} AND rna = {rna}"
        ))
        .await?;
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE organisation SET rna = {rna}, version = version + 1 WHERE id = {vers} AND rna IS NULL"
        ))
        .await?;
    }
    Ok(())
}

fn ids(lignes: &[sea_orm::QueryResult]) -> Result<Vec<String>, DbErr> {
    lignes.iter().map(|ligne| ligne.try_get("", "id")).collect()
}
