//! Rows of the photos.

use platform::fichiers::Depot;
use platform::{Instant, WriteTx};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, raw_sql};
use socle::PersonneId;

use super::rules::Petite;
use crate::acteur::ActeurId;

/// A photo.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Photo {
    /// Identifier.
    pub id: String,
    /// Short reference, in addresses.
    pub reference: String,
    /// Where its bytes are.
    pub cle: String,
    /// Their SHA-256.
    pub empreinte: String,
    /// Width, in points.
    pub largeur: i64,
    /// Height.
    pub hauteur: i64,
    /// What it shows, for who does not see it.
    pub description: String,
}

/// The photos of an actor, in the order they came.
///
/// # Errors
/// The engine refused.
pub async fn de_l_acteur(db: &impl ConnectionTrait, acteur: &ActeurId) -> Result<Vec<Photo>, DbErr> {
    let acteur = acteur.as_str();
    Photo::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, reference, cle, empreinte, largeur, hauteur, description FROM acteur_photo
         WHERE acteur_id = {acteur} AND retiree_le IS NULL ORDER BY ajoutee_le, id"
    ))
    .all(db)
    .await
}

/// A photo about to be added.
#[derive(Debug)]
pub struct Nouvelle<'a> {
    /// Identifier.
    pub id: String,
    /// Short reference.
    pub reference: String,
    /// Actor.
    pub acteur: &'a ActeurId,
    /// Its bytes, already on the disk.
    pub depot: &'a Depot,
    /// Its size.
    pub petite: &'a Petite,
    /// What it shows.
    pub description: &'a str,
    /// Who.
    pub par: Option<&'a PersonneId>,
    /// When.
    pub le: Instant,
}

/// Adds a photo.
///
/// # Errors
/// The engine refused.
pub async fn ajouter(tx: &WriteTx, n: Nouvelle<'_>) -> Result<(), DbErr> {
    let (id, reference, acteur) = (n.id.as_str(), n.reference.as_str(), n.acteur.as_str());
    let (cle, empreinte, genre) = (n.depot.cle.as_str(), n.depot.empreinte.as_str(), n.depot.genre.extension());
    let (largeur, hauteur) = (i64::from(n.petite.largeur), i64::from(n.petite.hauteur));
    let (description, par, le) = (n.description, n.par.map(|par| par.as_str()), n.le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_photo
         (id, reference, acteur_id, cle, empreinte, genre, largeur, hauteur, description, ajoutee_par, ajoutee_le, version)
         VALUES ({id}, {reference}, {acteur}, {cle}, {empreinte}, {genre}, {largeur}, {hauteur}, {description}, {par}, {le}, 1)"
    ))
    .await?;
    Ok(())
}

/// Takes away, if nobody did meanwhile.
///
/// # Errors
/// The engine refused.
pub async fn retirer(tx: &WriteTx, id: &str, le: Instant) -> Result<bool, DbErr> {
    let le = le.0;
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_photo SET retiree_le = {le}, version = version + 1 WHERE id = {id} AND retiree_le IS NULL"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}
