//! The end of a secteur, and what it was: deleted when nothing names it, otherwise ended, its past kept.

use jiff::civil::Date;
use platform::{Jour, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QueryOrder, SqlErr, raw_sql};

use super::{Entity, SecteurId, agent, commune, relever};

/// Deletes a secteur with its communes and agents. False when something else names it (a request, by a foreign key): the
/// transaction is then lost, and to be dropped.
///
/// # Errors
/// The engine refused for another reason.
pub async fn supprimer(tx: &WriteTx, id: &SecteurId) -> Result<bool, DbErr> {
    commune::Entity::delete_many().filter(commune::Column::SecteurId.eq(id.clone())).exec(tx).await?;
    agent::Entity::delete_many().filter(agent::Column::SecteurId.eq(id.clone())).exec(tx).await?;
    match Entity::delete_by_id(id.clone()).exec(tx).await {
        Ok(_) => Ok(true),
        Err(erreur) if matches!(erreur.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))) => Ok(false),
        Err(erreur) => Err(erreur),
    }
}

/// Ends a secteur: from this day it has neither commune nor agent.
///
/// # Errors
/// The engine refused.
pub async fn terminer(tx: &WriteTx, id: &SecteurId, jour: Date) -> Result<(), DbErr> {
    let veille = jour.yesterday().map_err(|e| DbErr::Custom(e.to_string()))?.to_string();
    // Rows that would begin after their end never were in force.
    commune::Entity::delete_many()
        .filter(commune::Column::SecteurId.eq(id.clone()))
        .filter(commune::Column::Du.gte(jour.to_string()))
        .exec(tx)
        .await?;
    commune::Entity::update_many()
        .col_expr(commune::Column::Au, Expr::value(veille.clone()))
        .filter(commune::Column::SecteurId.eq(id.clone()))
        .filter(sea_orm::Condition::any().add(commune::Column::Au.is_null()).add(commune::Column::Au.gt(veille)))
        .exec(tx)
        .await?;
    relever(tx, id, jour).await
}

/// Somebody in charge of a secteur between two days.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Charge {
    /// First name.
    pub prenom: String,
    /// Name.
    pub nom: String,
    /// First day.
    pub du: Jour,
    /// Last day.
    pub au: Option<Jour>,
}

/// Who was, is or will be in charge, newest first.
///
/// # Errors
/// The engine refused.
pub async fn charges(db: &impl ConnectionTrait, id: &SecteurId) -> Result<Vec<Charge>, DbErr> {
    let id = id.as_str();
    Charge::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.prenom, p.nom, sa.du, sa.au FROM secteur_agent sa JOIN personne p ON p.id = sa.personne_id
         WHERE sa.secteur_id = {id} ORDER BY sa.du DESC, sa.id"
    ))
    .all(db)
    .await
}

/// A commune of a secteur between two days.
pub type Passage = commune::Model;

/// Every commune that the secteur had, has or will have.
///
/// # Errors
/// The engine refused.
pub async fn passages(db: &impl ConnectionTrait, id: &SecteurId) -> Result<Vec<Passage>, DbErr> {
    commune::Entity::find()
        .filter(commune::Column::SecteurId.eq(id.clone()))
        .order_by_asc(commune::Column::Du)
        .order_by_asc(commune::Column::Commune)
        .all(db)
        .await
}
