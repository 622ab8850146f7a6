//! Work to do after a commit, written in the same transaction as the data: nothing is sent if nothing was saved,
//! nothing saved is forgotten. States: `attente` (waiting or running under a lease), `echec` (dead letter).

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict};
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect};
use serde::Serialize;

use crate::colonne::Instant;
use crate::db::{Db, WriteTx};
use crate::horloge::{Clock, Ids};

/// Where a piece of work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
pub enum Etat {
    /// To do, or being done under a lease.
    #[sea_orm(string_value = "attente")]
    Attente,
    /// Given up after the last try: visible to the agent who runs the site, replayable.
    #[sea_orm(string_value = "echec")]
    Echec,
}

/// Columns of `outbox`.
pub mod ligne {
    use super::{Etat, Instant};
    use sea_orm::entity::prelude::*;

    /// One piece of work.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        /// UUIDv7; a mail's Message-ID is made from it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Which worker function.
        pub sujet: String,
        /// Its parameters, JSON.
        pub charge: String,
        /// Not before this instant.
        pub pas_avant: Instant,
        /// Tries so far.
        pub tentatives: i64,
        /// State.
        pub etat: Etat,
        /// The last error, in words.
        pub erreur: Option<String>,
        /// When it was asked.
        pub cree_le: Instant,
        /// A worker holds it until then; a dead worker's lease runs out.
        pub reserve_jusque: Option<Instant>,
        /// Key of idempotence: the same work asked twice is kept once.
        pub cle: Option<String>,
    }

    /// No relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A piece of work about to be asked.
#[derive(Clone, Debug)]
pub struct Travail {
    sujet: &'static str,
    charge: serde_json::Value,
    pas_avant: Option<Instant>,
    cle: Option<String>,
}

impl Travail {
    /// Work for the function registered under `sujet`.
    #[must_use]
    pub fn nouveau(sujet: &'static str, charge: impl Serialize) -> Self {
        Self { sujet, charge: serde_json::to_value(charge).unwrap_or_default(), pas_avant: None, cle: None }
    }

    /// Not before an instant.
    #[must_use]
    pub fn pas_avant(mut self, instant: Instant) -> Self {
        self.pas_avant = Some(instant);
        self
    }

    /// Kept once under this key, as long as it waits.
    #[must_use]
    pub fn une_fois(mut self, cle: impl Into<String>) -> Self {
        self.cle = Some(cle.into());
        self
    }
}

/// Asks for work in the transaction of the data; returns its id.
///
/// # Errors
/// The engine refused.
pub async fn demander(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids, travail: Travail) -> Result<String, DbErr> {
    let id = ids.uuid().to_string();
    let maintenant = clock.instant();
    let modele = ligne::ActiveModel {
        id: Set(id.clone()),
        sujet: Set(travail.sujet.to_owned()),
        charge: Set(travail.charge.to_string()),
        pas_avant: Set(travail.pas_avant.unwrap_or(maintenant)),
        tentatives: Set(0),
        etat: Set(Etat::Attente),
        erreur: Set(None),
        cree_le: Set(maintenant),
        reserve_jusque: Set(None),
        cle: Set(travail.cle),
    };
    ligne::Entity::insert(modele)
        .on_conflict(OnConflict::column(ligne::Column::Cle).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(id)
}

/// Takes up to `limite` due pieces of work under a lease of `bail_s` seconds.
///
/// # Errors
/// The engine refused.
pub async fn reserver(db: &Db, clock: &dyn Clock, limite: u64, bail_s: i64) -> Result<Vec<ligne::Model>, DbErr> {
    let maintenant = clock.instant();
    let tx = db.begin().await?;
    let dues = ligne::Entity::find()
        .filter(ligne::Column::Etat.eq(Etat::Attente))
        .filter(ligne::Column::PasAvant.lte(maintenant))
        .filter(ligne::Column::ReserveJusque.is_null().or(ligne::Column::ReserveJusque.lt(maintenant)))
        .order_by_asc(ligne::Column::PasAvant)
        .order_by_asc(ligne::Column::Id)
        .limit(limite)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&tx)
        .await?;
    if dues.is_empty() {
        tx.rollback().await?;
        return Ok(dues);
    }
    ligne::Entity::update_many()
        .col_expr(ligne::Column::ReserveJusque, Expr::value(maintenant.plus_seconds(bail_s)))
        .col_expr(ligne::Column::Tentatives, Expr::col(ligne::Column::Tentatives).add(1))
        .filter(ligne::Column::Id.is_in(dues.iter().map(|d| d.id.clone())))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(dues.into_iter().map(|d| ligne::Model { tentatives: d.tentatives + 1, ..d }).collect())
}

/// Removes a piece of work that is done, in the transaction of its effect where there is one.
///
/// # Errors
/// The engine refused.
pub async fn terminer(tx: &WriteTx, id: &str) -> Result<(), DbErr> {
    ligne::Entity::delete_by_id(id.to_owned()).exec(tx).await?;
    Ok(())
}

/// Puts a piece of work back for later, or among the dead letters.
///
/// # Errors
/// The engine refused.
pub async fn remettre(db: &Db, id: &str, erreur: &str, suite: Option<Instant>) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    let mut requete = ligne::Entity::update_many()
        .col_expr(ligne::Column::Erreur, Expr::value(Some(erreur.to_owned())))
        .col_expr(ligne::Column::ReserveJusque, Expr::value(Option::<i64>::None))
        .filter(ligne::Column::Id.eq(id));
    requete = match suite {
        Some(instant) => requete.col_expr(ligne::Column::PasAvant, Expr::value(instant)),
        None => requete.col_expr(ligne::Column::Etat, Expr::value("echec")),
    };
    requete.exec(&tx).await?;
    tx.commit().await
}

/// The dead letters, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn echecs(db: &impl ConnectionTrait, limite: u64) -> Result<Vec<ligne::Model>, DbErr> {
    ligne::Entity::find()
        .filter(ligne::Column::Etat.eq(Etat::Echec))
        .order_by_asc(ligne::Column::CreeLe)
        .order_by_asc(ligne::Column::Id)
        .limit(limite)
        .all(db)
        .await
}

/// Plays a dead letter again from the first try. False when it was not one.
///
/// # Errors
/// The engine refused.
pub async fn rejouer(tx: &WriteTx, clock: &dyn Clock, id: &str) -> Result<bool, DbErr> {
    let resultat = ligne::Entity::update_many()
        .col_expr(ligne::Column::Etat, Expr::value("attente"))
        .col_expr(ligne::Column::Tentatives, Expr::value(0_i64))
        .col_expr(ligne::Column::PasAvant, Expr::value(clock.instant()))
        .filter(ligne::Column::Id.eq(id))
        .filter(ligne::Column::Etat.eq(Etat::Echec))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// Age in seconds of the oldest due work, and number of dead letters: what the health page shows.
///
/// # Errors
/// The engine refused.
pub async fn retard(db: &impl ConnectionTrait, maintenant: Instant) -> Result<(i64, u64), DbErr> {
    let plus_ancien = ligne::Entity::find()
        .filter(ligne::Column::Etat.eq(Etat::Attente))
        .filter(ligne::Column::PasAvant.lte(maintenant))
        .order_by_asc(ligne::Column::PasAvant)
        .one(db)
        .await?;
    let morts = ligne::Entity::find().filter(ligne::Column::Etat.eq(Etat::Echec)).count(db).await?;
    Ok((plus_ancien.map_or(0, |ligne| maintenant.seconds_since(ligne.pas_avant)), morts))
}
