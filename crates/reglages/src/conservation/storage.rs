//! Queries of retention.

use domain::code::CodeCommune;
use domain::profil::Etape;
use platform::{Instant, Jour, WriteTx};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, raw_sql};
use socle::ProjetId;

/// A project whose keeping time is over.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Candidat {
    /// Project.
    pub id: ProjetId,
    /// Reference.
    pub reference: String,
    /// Title.
    pub titre: String,
    /// Commune.
    pub commune: CodeCommune,
    /// Stage.
    pub etape: Etape,
    /// Last change of the description.
    pub modifie_le: Instant,
}

/// Closed projects (stopped, running without us, merged) of which nothing happened since an instant, and that no visa
/// covers yet; oldest first.
///
/// # Errors
/// The engine refused.
pub async fn candidats(db: &impl ConnectionTrait, limite: Instant, nombre: i64) -> Result<Vec<Candidat>, DbErr> {
    let limite = limite.0;
    Candidat::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.id, p.reference, p.titre, p.commune, p.etape, p.modifie_le FROM projet p
         WHERE (p.etape IN ('arrete', 'activite') OR p.etat = 'fusionne') AND p.etat <> 'brouillon'
           AND p.modifie_le < {limite}
           AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.projet_id = p.id AND j.instant >= {limite})
           AND NOT EXISTS (SELECT 1 FROM visa_projet v WHERE v.projet_id = p.id AND v.etat = 'a-effacer')
         ORDER BY p.modifie_le, p.id LIMIT {nombre}"
    ))
    .all(db)
    .await
}

/// A visa about to be recorded.
#[derive(Clone, Debug)]
pub struct NouveauVisa {
    /// Identifier.
    pub id: String,
    /// Number or reference given by the archives.
    pub reference: String,
    /// Who gave it.
    pub archiviste: String,
    /// Day.
    pub accorde_le: Jour,
    /// Keeping time that was applied, years.
    pub annees: i64,
    /// Who recorded it.
    pub par: Option<String>,
    /// When.
    pub le: Instant,
}

/// Records a visa and what it covers.
///
/// # Errors
/// The engine refused.
pub async fn enregistrer(tx: &WriteTx, visa: &NouveauVisa, projets: &[Candidat]) -> Result<(), DbErr> {
    let NouveauVisa { id, reference, archiviste, accorde_le, annees, par, le } = visa;
    let (id, reference, archiviste, annees, par) =
        (id.as_str(), reference.as_str(), archiviste.as_str(), *annees, par.as_deref());
    let (accorde_le, le) = (accorde_le.to_string(), le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO visa (id, reference, archiviste, accorde_le, annees, enregistre_par, enregistre_le)
         VALUES ({id}, {reference}, {archiviste}, {accorde_le}, {annees}, {par}, {le})"
    ))
    .await?;
    for projet in projets {
        let (projet_id, reference) = (projet.id.as_str(), projet.reference.as_str());
        tx.execute_raw(raw_sql!(
            Postgres,
            "INSERT INTO visa_projet (visa_id, projet_id, reference, etat) VALUES ({id}, {projet_id}, {reference}, 'a-effacer')"
        ))
        .await?;
    }
    Ok(())
}

/// A project that a visa covers.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Couvert {
    /// Project.
    pub projet_id: ProjetId,
    /// Keeping time applied by the visa, years.
    pub annees: i64,
}

/// What a visa still has to erase.
///
/// # Errors
/// The engine refused.
pub async fn a_effacer(db: &impl ConnectionTrait, visa: &str) -> Result<Vec<Couvert>, DbErr> {
    Couvert::find_by_statement(raw_sql!(
        Postgres,
        "SELECT vp.projet_id, v.annees FROM visa_projet vp JOIN visa v ON v.id = vp.visa_id
         WHERE vp.visa_id = {visa} AND vp.etat = 'a-effacer' ORDER BY vp.projet_id"
    ))
    .all(db)
    .await
}

/// Says what became of a covered project (`efface`, `repris`).
///
/// # Errors
/// The engine refused.
pub async fn conclure(tx: &WriteTx, visa: &str, projet: &ProjetId, etat: &str, le: Instant) -> Result<(), DbErr> {
    let (projet, le) = (projet.as_str(), le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE visa_projet SET etat = {etat}, fait_le = {le} WHERE visa_id = {visa} AND projet_id = {projet}"
    ))
    .await?;
    Ok(())
}

/// Is the project still closed, without any event since an instant?
///
/// # Errors
/// The engine refused.
pub async fn toujours_clos(db: &impl ConnectionTrait, projet: &ProjetId, limite: Instant) -> Result<bool, DbErr> {
    let (projet, limite) = (projet.as_str(), limite.0);
    let trouve = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT 1 AS un FROM projet p WHERE p.id = {projet} AND p.modifie_le < {limite}
               AND (p.etape IN ('arrete', 'activite') OR p.etat = 'fusionne')
               AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.projet_id = p.id AND j.instant >= {limite})"
        ))
        .await?;
    Ok(trouve.is_some())
}

/// A visa as listed.
#[derive(Clone, Debug, FromQueryResult)]
pub struct VisaVu {
    /// Reference.
    pub reference: String,
    /// Who gave it.
    pub archiviste: String,
    /// Day.
    pub accorde_le: Jour,
    /// Projects covered.
    pub projets: i64,
    /// Erased.
    pub effaces: i64,
    /// Taken up again before, so kept.
    pub repris: i64,
}

/// The visas, newest first.
///
/// # Errors
/// The engine refused.
pub async fn visas(db: &impl ConnectionTrait, nombre: i64) -> Result<Vec<VisaVu>, DbErr> {
    VisaVu::find_by_statement(raw_sql!(
        Postgres,
        "SELECT v.reference, v.archiviste, v.accorde_le, CAST(COUNT(vp.projet_id) AS BIGINT) AS projets,
                CAST(SUM(CASE WHEN vp.etat = 'efface' THEN 1 ELSE 0 END) AS BIGINT) AS effaces,
                CAST(SUM(CASE WHEN vp.etat = 'repris' THEN 1 ELSE 0 END) AS BIGINT) AS repris
         FROM visa v JOIN visa_projet vp ON vp.visa_id = v.id
         GROUP BY v.id, v.reference, v.archiviste, v.accorde_le, v.enregistre_le
         ORDER BY v.enregistre_le DESC, v.id LIMIT {nombre}"
    ))
    .all(db)
    .await
}
