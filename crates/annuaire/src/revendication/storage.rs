//! The claims. No rule here.

use domain::code::CodeCommune;
use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, IntoActiveModel, QueryOrder, raw_sql};
use socle::PersonneId;

use super::rules::{EtatRevendication, Moyen};
use crate::a_decider::{Tranche, compter};
use crate::acteur::ActeurId;

/// A claim.
pub type Revendication = Model;

/// Columns of `acteur_revendication`; who decided is written by [`decider`], and read by nobody.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acteur_revendication")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Short reference, in addresses.
    pub reference: String,
    /// Actor claimed.
    pub acteur_id: ActeurId,
    /// Who claims.
    pub personne_id: PersonneId,
    /// By which proof.
    pub moyen: Moyen,
    /// Address of mail, network, or words, as the proof wants.
    pub preuve: String,
    /// Where it stands.
    pub etat: EtatRevendication,
    /// Why it was refused.
    pub motif: Option<String>,
    /// Asked.
    pub demandee_le: Instant,
    /// Letter made.
    pub lettre_le: Option<Instant>,
    /// Decided.
    pub decidee_le: Option<Instant>,
    /// Optimistic lock.
    pub version: i64,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A new claim.
///
/// # Errors
/// The engine refused.
pub async fn inserer(tx: &WriteTx, revendication: &Revendication) -> Result<(), DbErr> {
    Entity::insert(revendication.clone().into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// One claim, by its short reference.
///
/// # Errors
/// The engine refused.
pub async fn par_reference(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Revendication>, DbErr> {
    Entity::find().filter(Column::Reference.eq(reference)).one(db).await
}

/// The claims of a person on an actor that wait, newest first.
///
/// # Errors
/// The engine refused.
pub async fn en_attente(
    db: &impl ConnectionTrait,
    acteur: &ActeurId,
    personne: &PersonneId,
) -> Result<Vec<Revendication>, DbErr> {
    Entity::find()
        .filter(Column::ActeurId.eq(acteur.clone()))
        .filter(Column::PersonneId.eq(personne.clone()))
        .filter(Column::Etat.eq(EtatRevendication::Attente))
        .order_by_desc(Column::DemandeeLe)
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// How many claims by a person, and how many on an actor, since an instant.
///
/// # Errors
/// The engine refused.
pub async fn nombre_depuis(
    db: &impl ConnectionTrait,
    acteur: &ActeurId,
    personne: &PersonneId,
    depuis: Instant,
) -> Result<(i64, i64), DbErr> {
    let (acteur, personne, depuis) = (acteur.as_str(), personne.as_str(), depuis.0);
    let ligne = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_revendication
                     WHERE personne_id = {personne} AND demandee_le >= {depuis}) AS siennes,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_revendication
                     WHERE acteur_id = {acteur} AND demandee_le >= {depuis}) AS sur_lui"
        ))
        .await?;
    ligne.map_or(Ok((0, 0)), |ligne| Ok((ligne.try_get("", "siennes")?, ligne.try_get("", "sur_lui")?)))
}

/// Decides a claim that waits. False when somebody did meanwhile.
///
/// # Errors
/// The engine refused.
pub async fn decider(
    tx: &WriteTx,
    id: &str,
    etat: EtatRevendication,
    motif: Option<&str>,
    par: Option<&PersonneId>,
    le: Instant,
) -> Result<bool, DbErr> {
    let (etat, par, le) = (etat.as_str(), par.map(|par| par.as_str()), le.0);
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_revendication SET etat = {etat}, motif = {motif}, decidee_le = {le}, decidee_par = {par},
                version = version + 1 WHERE id = {id} AND etat = 'attente'"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// Closes as accepted what else a person asked about an actor: they represent it.
///
/// # Errors
/// The engine refused.
pub async fn clore_les_autres(
    tx: &WriteTx,
    acteur: &ActeurId,
    personne: &PersonneId,
    par: Option<&PersonneId>,
    le: Instant,
) -> Result<(), DbErr> {
    let (acteur, personne, par, le) = (acteur.as_str(), personne.as_str(), par.map(|par| par.as_str()), le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_revendication SET etat = 'acceptee', decidee_le = {le}, decidee_par = {par}, version = version + 1
         WHERE acteur_id = {acteur} AND personne_id = {personne} AND etat = 'attente'"
    ))
    .await?;
    Ok(())
}

/// Notes that the letter was made. False when the claim waits no more.
///
/// # Errors
/// The engine refused.
pub async fn noter_la_lettre(tx: &WriteTx, id: &str, le: Instant) -> Result<bool, DbErr> {
    let le = le.0;
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_revendication SET lettre_le = {le}, version = version + 1 WHERE id = {id} AND etat = 'attente'"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// A claim in the agents' list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Ligne {
    /// Its reference.
    pub reference: String,
    /// Name of the actor.
    pub acteur: String,
    /// Commune of the actor.
    pub commune: Option<CodeCommune>,
    /// Who claims.
    pub personne_id: PersonneId,
    /// By which proof.
    pub moyen: Moyen,
    /// Where it stands.
    pub etat: EtatRevendication,
    /// Asked.
    pub demandee_le: Instant,
    /// Letter made.
    pub lettre_le: Option<Instant>,
}

/// Claims that wait, those that an agent has to act upon first, then the oldest first; or those decided, the newest answer
/// first.
///
/// # Errors
/// The engine refused.
pub(crate) async fn lister(db: &impl ConnectionTrait, tranche: Tranche) -> Result<(u64, Vec<Ligne>), DbErr> {
    let (decidees, premier, nombre) = (tranche.decidees, tranche.premier(), tranche.nombre());
    let lignes = Ligne::find_by_statement(raw_sql!(
        Postgres,
        "SELECT r.reference, a.nom AS acteur, a.commune, r.personne_id, r.moyen, r.etat, r.demandee_le, r.lettre_le
         FROM acteur_revendication r JOIN acteur a ON a.id = r.acteur_id
         WHERE (r.etat <> 'attente') = {decidees}
         ORDER BY CASE WHEN r.etat = 'attente' THEN 0 ELSE -r.decidee_le END,
            CASE WHEN r.moyen = 'courriel' OR r.lettre_le IS NOT NULL THEN 1 ELSE 0 END, r.demandee_le, r.id
         LIMIT {nombre} OFFSET {premier}"
    ))
    .all(db)
    .await?;
    let total = raw_sql!(
        Postgres,
        "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM acteur_revendication WHERE (etat <> 'attente') = {decidees}"
    );
    Ok((compter(db, total).await?, lignes))
}
