//! Rows of the attachments.

use platform::fichiers::Depot;
use platform::{Clock, Ids, Instant, WriteTx};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, raw_sql};
use socle::{PersonneId, ProjetId};

/// An attachment, with who added it and who took it away.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Piece {
    /// Identifier.
    pub id: String,
    /// In addresses.
    pub reference: String,
    /// Name of the file as it was sent.
    pub nom: String,
    /// What it is, in the person's words; may be empty.
    pub libelle: String,
    /// Extension of its true type.
    pub genre: String,
    /// Bytes.
    pub taille: i64,
    /// Where its bytes are.
    pub cle: String,
    /// Their SHA-256.
    pub empreinte: String,
    /// Added.
    pub ajoutee_le: Instant,
    /// By whom; empty when erased.
    pub ajoutee_par: Option<String>,
    /// Taken away.
    pub retiree_le: Option<Instant>,
    /// Optimistic lock.
    pub version: i64,
}

/// All attachments of a project and of the doubles merged into it, newest first; those taken away too.
///
/// # Errors
/// The engine refused.
pub async fn du_projet(db: &impl ConnectionTrait, projet: &ProjetId) -> Result<Vec<Piece>, DbErr> {
    let projet = projet.as_str();
    Piece::find_by_statement(raw_sql!(
        Postgres,
        "SELECT j.id, j.reference, j.nom, j.libelle, j.genre, j.taille, j.cle, j.empreinte, j.ajoutee_le,
         p.prenom || ' ' || p.nom AS ajoutee_par, j.retiree_le, j.version
         FROM piece_jointe j LEFT JOIN personne p ON p.id = j.ajoutee_par
         WHERE j.projet_id IN (SELECT CAST({projet} AS TEXT) UNION ALL SELECT id FROM projet WHERE fusionne_dans = {projet})
         ORDER BY j.ajoutee_le DESC, j.id DESC"
    ))
    .all(db)
    .await
}

/// A new attachment.
#[derive(Clone, Debug)]
pub struct Nouvelle<'a> {
    /// Project.
    pub projet: &'a ProjetId,
    /// Name of the file.
    pub nom: &'a str,
    /// What it is.
    pub libelle: &'a str,
    /// Its bytes, already on the disk.
    pub depot: &'a Depot,
    /// Who.
    pub par: &'a PersonneId,
}

/// Adds an attachment; its id.
///
/// # Errors
/// The engine refused.
pub async fn ajouter(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids, nouvelle: Nouvelle<'_>) -> Result<String, DbErr> {
    let (id, reference, maintenant) = (ids.uuid().to_string(), ids.reference(12), clock.instant().0);
    let Nouvelle { projet, nom, libelle, depot, par } = nouvelle;
    let (projet, par, genre) = (projet.as_str(), par.as_str(), depot.genre.extension());
    let (taille, cle, empreinte) = (depot.taille, depot.cle.as_str(), depot.empreinte.as_str());
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO piece_jointe
         (id, projet_id, reference, nom, libelle, genre, taille, cle, empreinte, ajoutee_par, ajoutee_le, version)
         VALUES ({id}, {projet}, {reference}, {nom}, {libelle}, {genre}, {taille}, {cle}, {empreinte}, {par}, {maintenant}, 1)"
    ))
    .await?;
    Ok(id)
}

/// Takes away, if nobody did meanwhile.
///
/// # Errors
/// The engine refused.
pub async fn retirer(tx: &WriteTx, clock: &dyn Clock, piece: &Piece, par: &PersonneId) -> Result<bool, DbErr> {
    let (id, version, par, maintenant) = (piece.id.as_str(), piece.version, par.as_str(), clock.instant().0);
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE piece_jointe SET retiree_par = {par}, retiree_le = {maintenant}, version = version + 1
             WHERE id = {id} AND version = {version} AND retiree_le IS NULL"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// Brings back, if nobody did meanwhile.
///
/// # Errors
/// The engine refused.
pub async fn rendre(tx: &WriteTx, piece: &Piece) -> Result<bool, DbErr> {
    let (id, version) = (piece.id.as_str(), piece.version);
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE piece_jointe SET retiree_par = NULL, retiree_le = NULL, version = version + 1
             WHERE id = {id} AND version = {version} AND retiree_le IS NOT NULL"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

#[derive(FromQueryResult)]
struct Rangee {
    cle: String,
}

/// Where the bytes of a project's attachments are, those taken away too.
///
/// # Errors
/// The engine refused.
pub async fn cles(db: &impl ConnectionTrait, projet: &ProjetId) -> Result<Vec<String>, DbErr> {
    let projet = projet.as_str();
    let question = raw_sql!(Postgres, "SELECT cle FROM piece_jointe WHERE projet_id = {projet} ORDER BY id");
    Ok(Rangee::find_by_statement(question).all(db).await?.into_iter().map(|rangee| rangee.cle).collect())
}

/// Erases the rows of a project.
///
/// # Errors
/// The engine refused.
pub async fn effacer(tx: &WriteTx, projet: &ProjetId) -> Result<(), DbErr> {
    let projet = projet.as_str();
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM piece_jointe WHERE projet_id = {projet}")).await?;
    Ok(())
}

/// An attachment in the personal export.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Mienne {
    /// Project.
    pub projet: String,
    /// Name of the file.
    pub nom: String,
    /// What it is.
    pub libelle: String,
    /// Bytes.
    pub taille: i64,
    /// Added.
    pub ajoutee_le: Instant,
    /// Taken away.
    pub retiree_le: Option<Instant>,
}

/// What a person added, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn de_la_personne(db: &impl ConnectionTrait, personne: &PersonneId) -> Result<Vec<Mienne>, DbErr> {
    let personne = personne.as_str();
    Mienne::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.reference AS projet, j.nom, j.libelle, j.taille, j.ajoutee_le, j.retiree_le
         FROM piece_jointe j JOIN projet p ON p.id = j.projet_id WHERE j.ajoutee_par = {personne} ORDER BY j.ajoutee_le, j.id"
    ))
    .all(db)
    .await
}
