//! What was imported: each file, and by external key the project that a line became.

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::{Etape, Porteur};
use domain::theme::Theme;
use platform::fichiers::Depot;
use platform::{Clock, Ids, Instant, Jour, Migration, WriteTx};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, raw_sql};
use serde::{Deserialize, Serialize};
use socle::{PersonneId, ProjetId};

/// Tables.
pub const MIGRATION: Migration = Migration {
    feature: "reprise",
    numero: 1,
    nom: "tableaux de suivi repris",
    sql: "CREATE TABLE reprise (
        id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, nom TEXT NOT NULL, cle TEXT, empreinte TEXT, etat TEXT NOT NULL,
        lue_le BIGINT NOT NULL, lue_par TEXT REFERENCES personne(id), faite_le BIGINT, annulee_le BIGINT, rapport TEXT NOT NULL,
        version BIGINT NOT NULL);
    CREATE INDEX reprise_faite ON reprise (faite_le);
    CREATE TABLE reprise_projet (
        cle TEXT PRIMARY KEY, projet_id TEXT NOT NULL REFERENCES projet(id), reprise_id TEXT NOT NULL REFERENCES reprise(id),
        empreinte TEXT NOT NULL, version_projet BIGINT NOT NULL, version_demande BIGINT NOT NULL, avant TEXT);
    CREATE INDEX reprise_projet_reprise ON reprise_projet (reprise_id);
    CREATE INDEX reprise_projet_projet ON reprise_projet (projet_id)",
};

/// A file read, then imported, perhaps undone.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Reprise {
    /// Identifier.
    pub id: String,
    /// In addresses.
    pub reference: String,
    /// Name of the file.
    pub nom: String,
    /// Where its bytes are; absent from the command line.
    pub cle: Option<String>,
    /// Their digest.
    pub empreinte: Option<String>,
    /// `lue`, `faite`, `annulee`.
    pub etat: String,
    /// Received.
    pub lue_le: Instant,
    /// Imported.
    pub faite_le: Option<Instant>,
    /// The report, JSON.
    pub rapport: String,
    /// Optimistic lock.
    pub version: i64,
}

/// Keeps a file about to be imported.
///
/// # Errors
/// The engine refused.
pub async fn recevoir(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    nom: &str,
    depot: Option<&Depot>,
    par: Option<&PersonneId>,
) -> Result<Reprise, DbErr> {
    let (id, reference, maintenant) = (ids.uuid().to_string(), ids.reference(10), clock.instant().0);
    let (cle, empreinte) = (depot.map(|d| d.cle.as_str()), depot.map(|d| d.empreinte.as_str()));
    let par = par.map(PersonneId::as_str);
    {
        let (id, reference) = (id.as_str(), reference.as_str());
        tx.execute_raw(raw_sql!(
            Postgres,
            "INSERT INTO reprise (id, reference, nom, cle, empreinte, etat, lue_le, lue_par, rapport, version)
             VALUES ({id}, {reference}, {nom}, {cle}, {empreinte}, 'lue', {maintenant}, {par}, '[]', 1)"
        ))
        .await?;
    }
    Ok(Reprise {
        id,
        reference,
        nom: nom.to_owned(),
        cle: cle.map(str::to_owned),
        empreinte: empreinte.map(str::to_owned),
        etat: "lue".to_owned(),
        lue_le: Instant(maintenant),
        faite_le: None,
        rapport: "[]".to_owned(),
        version: 1,
    })
}

/// By its reference.
///
/// # Errors
/// The engine refused.
pub async fn par_reference(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Reprise>, DbErr> {
    Reprise::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, reference, nom, cle, empreinte, etat, lue_le, faite_le, rapport, version FROM reprise
         WHERE reference = {reference}"
    ))
    .one(db)
    .await
}

/// Imported or undone, newest first.
///
/// # Errors
/// The engine refused.
pub async fn dernieres(db: &impl ConnectionTrait, limite: i64) -> Result<Vec<Reprise>, DbErr> {
    Reprise::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, reference, nom, cle, empreinte, etat, lue_le, faite_le, rapport, version FROM reprise
         WHERE faite_le IS NOT NULL ORDER BY faite_le DESC, id DESC LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// The import is done. False when it was done meanwhile.
///
/// # Errors
/// The engine refused.
pub async fn faire(tx: &WriteTx, clock: &dyn Clock, reprise: &Reprise, rapport: &str) -> Result<bool, DbErr> {
    let (id, version, maintenant) = (reprise.id.as_str(), reprise.version, clock.instant().0);
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE reprise SET etat = 'faite', faite_le = {maintenant}, rapport = {rapport}, version = version + 1
             WHERE id = {id} AND version = {version} AND etat = 'lue'"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// The import is undone. False when it was undone meanwhile.
///
/// # Errors
/// The engine refused.
pub async fn annuler(tx: &WriteTx, clock: &dyn Clock, reprise: &Reprise) -> Result<bool, DbErr> {
    let (id, version, maintenant) = (reprise.id.as_str(), reprise.version, clock.instant().0);
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE reprise SET etat = 'annulee', annulee_le = {maintenant}, version = version + 1
             WHERE id = {id} AND version = {version} AND etat = 'faite'"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// What a key became, and whether it was touched since.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Connu {
    /// External key.
    pub cle: String,
    /// Project.
    pub projet_id: ProjetId,
    /// Digest of the line that was imported.
    pub empreinte: String,
    /// Version of the project as the import left it.
    pub version_projet: i64,
    /// Version of the request as the import left it.
    pub version_demande: i64,
    /// What was there before the last import; absent when it made the project.
    pub avant: Option<String>,
    /// State of the project today.
    pub etat: String,
    /// Version of the project today.
    pub version: i64,
    /// Version of the request today.
    pub suivi: Option<i64>,
    /// Events of the journal that no import wrote: a note, an attachment, an invitation, whatever the feature.
    pub gestes: i64,
}

impl Connu {
    /// Untouched on the site since the import.
    #[must_use]
    pub fn intact(&self) -> bool {
        self.version == self.version_projet && self.suivi == Some(self.version_demande)
    }
}

/// What these keys became.
///
/// # Errors
/// The engine refused.
pub async fn connus(db: &impl ConnectionTrait, cles: &[&str]) -> Result<Vec<Connu>, DbErr> {
    let mut connus = Vec::new();
    for paquet in cles.chunks(500) {
        let paquet = paquet.to_vec();
        connus.extend(
            Connu::find_by_statement(raw_sql!(
                Postgres,
                "SELECT r.cle, r.projet_id, r.empreinte, r.version_projet, r.version_demande, r.avant, p.etat, p.version,
                        d.version AS suivi, CAST(0 AS BIGINT) AS gestes
                 FROM reprise_projet r JOIN projet p ON p.id = r.projet_id LEFT JOIN demande d ON d.projet_id = p.id
                 WHERE r.cle IN ({..paquet})"
            ))
            .all(db)
            .await?,
        );
    }
    Ok(connus)
}

/// What an import wrote last, with what was done on each project since.
///
/// # Errors
/// The engine refused.
pub async fn de_la_reprise(db: &impl ConnectionTrait, reprise: &str) -> Result<Vec<Connu>, DbErr> {
    Connu::find_by_statement(raw_sql!(
        Postgres,
        "SELECT r.cle, r.projet_id, r.empreinte, r.version_projet, r.version_demande, r.avant, p.etat, p.version,
                d.version AS suivi,
                (SELECT count(*) FROM journal j WHERE j.projet_id = p.id AND j.genre NOT LIKE 'accompagnement.repris%')
                AS gestes
         FROM reprise_projet r JOIN projet p ON p.id = r.projet_id LEFT JOIN demande d ON d.projet_id = p.id
         WHERE r.reprise_id = {reprise} ORDER BY r.cle"
    ))
    .all(db)
    .await
}

/// A project of the site with this title in this commune, that no import made.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Homonyme {
    /// Commune.
    pub commune: CodeCommune,
    /// Sort key of the title.
    pub titre_tri: String,
    /// Reference.
    pub reference: String,
}

/// Projects of the site that have one of these titles.
///
/// # Errors
/// The engine refused.
pub async fn homonymes(db: &impl ConnectionTrait, titres: &[String]) -> Result<Vec<Homonyme>, DbErr> {
    let mut trouves = Vec::new();
    for paquet in titres.chunks(500) {
        let paquet = paquet.to_vec();
        trouves.extend(
            Homonyme::find_by_statement(raw_sql!(
                Postgres,
                "SELECT p.commune, p.titre_tri, p.reference FROM projet p
                 WHERE p.etat = 'garde' AND p.titre_tri IN ({..paquet})
                 AND NOT EXISTS (SELECT 1 FROM reprise_projet r WHERE r.projet_id = p.id)"
            ))
            .all(db)
            .await?,
        );
    }
    Ok(trouves)
}

/// What stood there before an import changed it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Avant {
    /// Title.
    pub titre: String,
    /// Description.
    pub manque: String,
    /// Commune.
    pub commune: CodeCommune,
    /// Stage.
    pub etape: Etape,
    /// Bearer.
    pub porteur: Porteur,
    /// Cost.
    pub cout: Option<Cents>,
    /// Themes.
    pub themes: Vec<Theme>,
    /// Whom to call.
    pub rappel: Option<String>,
    /// The rest of the line.
    pub message: String,
    /// Next action.
    pub action: Option<String>,
    /// When.
    pub action_le: Option<Jour>,
    /// Last contact.
    pub contact_le: Jour,
    /// Digest of the line.
    pub empreinte: String,
}

/// What a key became, about to be written.
#[derive(Clone, Copy, Debug)]
pub struct Ecrit<'a> {
    /// External key.
    pub cle: &'a str,
    /// Project.
    pub projet: &'a ProjetId,
    /// Import.
    pub reprise: &'a str,
    /// Digest of the line.
    pub empreinte: &'a str,
    /// Version of the project.
    pub version_projet: i64,
    /// Version of the request.
    pub version_demande: i64,
    /// What was there before.
    pub avant: Option<&'a str>,
}

/// Writes what a key became, in place of what it was.
///
/// # Errors
/// The engine refused.
pub async fn ecrire(tx: &WriteTx, ecrit: Ecrit<'_>) -> Result<(), DbErr> {
    let Ecrit { cle, projet, reprise, empreinte, version_projet, version_demande, avant } = ecrit;
    let projet = projet.as_str();
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO reprise_projet (cle, projet_id, reprise_id, empreinte, version_projet, version_demande, avant)
         VALUES ({cle}, {projet}, {reprise}, {empreinte}, {version_projet}, {version_demande}, {avant})
         ON CONFLICT (cle) DO UPDATE SET projet_id = excluded.projet_id, reprise_id = excluded.reprise_id,
            empreinte = excluded.empreinte, version_projet = excluded.version_projet,
            version_demande = excluded.version_demande, avant = excluded.avant"
    ))
    .await?;
    Ok(())
}

/// Forgets a key, and takes its project off the board: it was made by an import that is undone.
///
/// # Errors
/// The engine refused.
pub async fn oublier(tx: &WriteTx, clock: &dyn Clock, connu: &Connu) -> Result<(), DbErr> {
    let (cle, projet, maintenant) = (connu.cle.as_str(), connu.projet_id.as_str(), clock.instant().0);
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM reprise_projet WHERE cle = {cle}")).await?;
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM demande WHERE projet_id = {projet}")).await?;
    // A draft that nobody holds: seen by nobody, it vanishes with the old drafts.
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE projet SET etat = 'brouillon', modifie_le = {maintenant}, version = version + 1 WHERE id = {projet}"
    ))
    .await?;
    Ok(())
}
