//! Work to do after a commit, written in the same transaction as the data: nothing is sent if nothing was saved,
//! nothing saved is forgotten. States: `attente` (waiting or running under a lease), `echec` (dead letter).
//!
//! Work under a key is kept once while it waits. Asked again while it runs, it runs once more afterwards (the run under
//! way may have read older data); asked again when it is a dead letter, it is tried again.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{Condition, QueryOrder, QuerySelect};
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
        /// How many times it was asked under this key.
        pub demandes: i64,
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

/// Asks for work in the transaction of the data; returns its id, or that of the work already waiting under its key.
///
/// # Errors
/// The engine refused.
pub async fn demander(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids, travail: Travail) -> Result<String, DbErr> {
    let (id, sujet, charge) = (ids.uuid().to_string(), travail.sujet, travail.charge.to_string());
    let maintenant = clock.instant();
    let (cree_le, pas_avant) = (maintenant.0, travail.pas_avant.unwrap_or(maintenant).0);
    let cle = travail.cle.as_deref();
    let ligne = tx
        .query_one_raw(sea_orm::raw_sql!(
            Postgres,
            "INSERT INTO outbox (id, sujet, charge, pas_avant, tentatives, etat, cree_le, cle, demandes)
             VALUES ({id}, {sujet}, {charge}, {pas_avant}, 0, 'attente', {cree_le}, {cle}, 1)
             ON CONFLICT (cle) DO UPDATE SET demandes = outbox.demandes + 1, etat = 'attente',
                tentatives = CASE WHEN outbox.etat = 'echec' THEN 0 ELSE outbox.tentatives END,
                cree_le = CASE WHEN outbox.etat = 'echec' THEN excluded.cree_le ELSE outbox.cree_le END,
                pas_avant = CASE WHEN outbox.etat = 'echec' THEN excluded.pas_avant ELSE outbox.pas_avant END
             RETURNING id"
        ))
        .await?;
    ligne.ok_or_else(|| DbErr::RecordNotInserted)?.try_get("", "id")
}

/// Subjects to take work from.
#[derive(Clone, Debug)]
pub enum Sujets {
    /// Any.
    Tous,
    /// These.
    Seulement(Vec<&'static str>),
    /// Any but these.
    Sauf(Vec<&'static str>),
}

impl Sujets {
    fn condition(&self) -> Condition {
        match self {
            Self::Tous => Condition::all(),
            Self::Seulement(sujets) => Condition::all().add(ligne::Column::Sujet.is_in(sujets.iter().copied())),
            Self::Sauf(sujets) => Condition::all().add(ligne::Column::Sujet.is_not_in(sujets.iter().copied())),
        }
    }
}

/// Takes the oldest due piece of work of these subjects under a lease, in seconds, that depends on its subject. Two workers
/// never take the same.
///
/// # Errors
/// The engine refused.
pub async fn reserver(
    db: &Db,
    clock: &dyn Clock,
    sujets: &Sujets,
    bail_s: impl Fn(&str) -> i64,
) -> Result<Option<ligne::Model>, DbErr> {
    let maintenant = clock.instant();
    let tx = db.begin().await?;
    let due = ligne::Entity::find()
        .filter(ligne::Column::Etat.eq(Etat::Attente))
        .filter(ligne::Column::PasAvant.lte(maintenant))
        .filter(ligne::Column::ReserveJusque.is_null().or(ligne::Column::ReserveJusque.lt(maintenant)))
        .filter(sujets.condition())
        .order_by_asc(ligne::Column::PasAvant)
        .order_by_asc(ligne::Column::Id)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(&tx)
        .await?;
    let Some(due) = due else {
        tx.rollback().await?;
        return Ok(None);
    };
    let reserve_jusque = maintenant.plus_seconds(bail_s(&due.sujet));
    ligne::Entity::update_many()
        .col_expr(ligne::Column::ReserveJusque, Expr::value(reserve_jusque))
        .col_expr(ligne::Column::Tentatives, Expr::col(ligne::Column::Tentatives).add(1))
        .filter(ligne::Column::Id.eq(due.id.as_str()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(Some(ligne::Model { tentatives: due.tentatives + 1, reserve_jusque: Some(reserve_jusque), ..due }))
}

/// Forgets the work on a subject, waiting or given up, whose parameters hold `mot` and which `concerne` recognises.
///
/// # Errors
/// The engine refused.
pub async fn oublier(
    tx: &WriteTx,
    sujet: &str,
    mot: &str,
    concerne: impl Fn(&ligne::Model) -> bool,
) -> Result<(), DbErr> {
    let candidats = ligne::Entity::find()
        .filter(ligne::Column::Sujet.eq(sujet))
        .filter(ligne::Column::Charge.contains(mot))
        .all(tx)
        .await?;
    let ids = candidats.into_iter().filter(concerne).map(|travail| travail.id);
    ligne::Entity::delete_many().filter(ligne::Column::Id.is_in(ids)).exec(tx).await?;
    Ok(())
}

/// Removes a piece of work that is done, in the transaction of its effect where there is one. Asked again since it was
/// taken, it stays and is due at once.
///
/// # Errors
/// The engine refused.
pub async fn terminer(tx: &WriteTx, travail: &ligne::Model) -> Result<(), DbErr> {
    let effacees = ligne::Entity::delete_many()
        .filter(ligne::Column::Id.eq(travail.id.as_str()))
        .filter(ligne::Column::Demandes.eq(travail.demandes))
        .exec(tx)
        .await?;
    if effacees.rows_affected == 0 {
        ligne::Entity::update_many()
            .col_expr(ligne::Column::ReserveJusque, Expr::value(Option::<i64>::None))
            .col_expr(ligne::Column::Tentatives, Expr::value(0_i64))
            .col_expr(ligne::Column::Erreur, Expr::value(Option::<String>::None))
            .filter(sous_notre_bail(travail))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Puts a piece of work back for later, or among the dead letters. Without effect when another worker took it since.
///
/// # Errors
/// The engine refused.
pub async fn remettre(db: &Db, travail: &ligne::Model, erreur: &str, suite: Option<Instant>) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    let requete = ligne::Entity::update_many()
        .col_expr(ligne::Column::Erreur, Expr::value(Some(erreur.to_owned())))
        .col_expr(ligne::Column::ReserveJusque, Expr::value(Option::<i64>::None))
        .filter(sous_notre_bail(travail));
    let requete = match suite {
        Some(instant) => requete.col_expr(ligne::Column::PasAvant, Expr::value(instant)),
        None => requete.col_expr(ligne::Column::Etat, Expr::value("echec")),
    };
    requete.exec(&tx).await?;
    tx.commit().await
}

/// The number of tries tells whose lease it is: each taking adds one.
fn sous_notre_bail(travail: &ligne::Model) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(ligne::Column::Id.eq(travail.id.as_str()))
        .add(ligne::Column::Tentatives.eq(travail.tentatives))
        .add(ligne::Column::Etat.eq(Etat::Attente))
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

/// Plays dead letters again from their first try. Says how many of these were.
///
/// # Errors
/// The engine refused.
pub async fn rejouer(tx: &WriteTx, clock: &dyn Clock, ids: &[String]) -> Result<u64, DbErr> {
    let resultat = ligne::Entity::update_many()
        .col_expr(ligne::Column::Etat, Expr::value("attente"))
        .col_expr(ligne::Column::Tentatives, Expr::value(0_i64))
        .col_expr(ligne::Column::PasAvant, Expr::value(clock.instant()))
        .filter(ligne::Column::Id.is_in(ids))
        .filter(ligne::Column::Etat.eq(Etat::Echec))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected)
}

/// Is work on this subject waiting or running?
///
/// # Errors
/// The engine refused.
pub async fn attend(db: &impl ConnectionTrait, sujet: &str) -> Result<bool, DbErr> {
    let attente = ligne::Entity::find().filter(ligne::Column::Etat.eq(Etat::Attente));
    Ok(attente.filter(ligne::Column::Sujet.eq(sujet)).one(db).await?.is_some())
}

/// How the queue is: what the health page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EtatDeLaFile {
    /// For how long the oldest work is late, seconds: due and not done, or tried in vain and put back since it was asked.
    pub retard_s: i64,
    /// Pieces of work due now.
    pub en_attente: u64,
    /// Dead letters.
    pub en_echec: u64,
}

/// Looks at the queue.
///
/// # Errors
/// The engine refused.
pub async fn etat(db: &impl ConnectionTrait, maintenant: Instant) -> Result<EtatDeLaFile, DbErr> {
    let dues = ligne::Entity::find()
        .filter(ligne::Column::Etat.eq(Etat::Attente))
        .filter(ligne::Column::PasAvant.lte(maintenant));
    let due = dues.clone().order_by_asc(ligne::Column::PasAvant).one(db).await?;
    // A server that does not answer: its work always waits for its next try, and is never due for long.
    let en_vain = ligne::Entity::find()
        .filter(ligne::Column::Etat.eq(Etat::Attente))
        .filter(ligne::Column::Erreur.is_not_null())
        .order_by_asc(ligne::Column::CreeLe)
        .one(db)
        .await?;
    let depuis = due.map(|ligne| ligne.pas_avant).into_iter().chain(en_vain.map(|ligne| ligne.cree_le));
    Ok(EtatDeLaFile {
        retard_s: depuis.map(|instant| maintenant.seconds_since(instant)).max().unwrap_or(0),
        en_attente: dues.count(db).await?,
        en_echec: ligne::Entity::find().filter(ligne::Column::Etat.eq(Etat::Echec)).count(db).await?,
    })
}
