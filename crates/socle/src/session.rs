//! Signed-in browsers. Only a digest of the cookie's token is stored; a person lists and revokes their sessions.

use platform::{Clock, Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel, QueryOrder};

use crate::jeton::empreinte;
use crate::mandat::MandatId;
use crate::personne::{self, PersonneId};

/// A session lasts this long after its start.
pub const DUREE_S: i64 = 30 * 24 * 3600;
/// Without a visit for this long, it ends.
pub const INACTIVITE_S: i64 = 14 * 24 * 3600;
/// Twenty hours at least: nobody loses what they write because they write slowly (RGAA 13.1).
const _: () = assert!(DUREE_S >= 20 * 3600 && INACTIVITE_S >= 20 * 3600);
/// `vu_le` is not written more often than this: a page read is not a write.
pub const PAS_DE_VISITE_S: i64 = 15 * 60;

/// Columns of `session`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Digest of the cookie's token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Who.
    pub personne_id: PersonneId,
    /// "Pour quelle commune ?": the mandate chosen.
    pub mandat_id: Option<MandatId>,
    /// Start.
    pub cree_le: Instant,
    /// Last visit.
    pub vu_le: Instant,
    /// Absolute end.
    pub expire_le: Instant,
    /// Browser and system, in a few words, so that the person recognises it.
    pub appareil: String,
}

/// The person of a session.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Whose session.
    #[sea_orm(belongs_to = "personne::Entity", from = "Column::PersonneId", to = "personne::Column::Id")]
    Personne,
}

impl Related<personne::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Personne.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// Opens a session for the token put in the cookie.
///
/// # Errors
/// The engine refused.
pub async fn ouvrir(
    tx: &WriteTx,
    clock: &dyn Clock,
    jeton: &str,
    personne: &PersonneId,
    appareil: &str,
) -> Result<Model, DbErr> {
    let maintenant = clock.instant();
    let session = Model {
        id: empreinte(jeton),
        personne_id: personne.clone(),
        mandat_id: None,
        cree_le: maintenant,
        vu_le: maintenant,
        expire_le: maintenant.plus_seconds(DUREE_S),
        appareil: appareil.chars().take(120).collect(),
    };
    Entity::insert(session.clone().into_active_model()).exec_without_returning(tx).await?;
    Ok(session)
}

/// The live session of a cookie's token, with its person, in one statement.
///
/// # Errors
/// The engine refused.
pub async fn retrouver(
    db: &impl ConnectionTrait,
    maintenant: Instant,
    jeton: &str,
) -> Result<Option<(Model, personne::Model)>, DbErr> {
    let trouve = Entity::find_by_id(empreinte(jeton))
        .filter(Column::ExpireLe.gt(maintenant))
        .filter(Column::VuLe.gt(maintenant.plus_seconds(-INACTIVITE_S)))
        .find_also_related(personne::Entity)
        .one(db)
        .await?;
    Ok(trouve.and_then(|(session, personne)| personne.map(|personne| (session, personne))))
}

/// Notes a visit.
///
/// # Errors
/// The engine refused.
pub async fn noter_visite(tx: &WriteTx, id: &str, maintenant: Instant) -> Result<(), DbErr> {
    Entity::update_many().col_expr(Column::VuLe, Expr::value(maintenant)).filter(Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

/// Chooses for which organisation the person acts.
///
/// # Errors
/// The engine refused.
pub async fn choisir_mandat(tx: &WriteTx, id: &str, mandat: Option<&MandatId>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::MandatId, Expr::value(mandat.map(|m| m.as_str().to_owned())))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The live sessions of a person, last visit first.
///
/// # Errors
/// The engine refused.
pub async fn de_la_personne(
    db: &impl ConnectionTrait,
    personne: &PersonneId,
    maintenant: Instant,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PersonneId.eq(personne.clone()))
        .filter(Column::ExpireLe.gt(maintenant))
        .order_by_desc(Column::VuLe)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Ends one session of a person (sign-out, revocation).
///
/// # Errors
/// The engine refused.
pub async fn fermer(tx: &WriteTx, personne: &PersonneId, id: &str) -> Result<bool, DbErr> {
    let resultat = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::PersonneId.eq(personne.clone()))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// Ends all sessions of a person but one.
///
/// # Errors
/// The engine refused.
pub async fn fermer_les_autres(tx: &WriteTx, personne: &PersonneId, sauf: &str) -> Result<u64, DbErr> {
    let resultat = Entity::delete_many()
        .filter(Column::PersonneId.eq(personne.clone()))
        .filter(Column::Id.ne(sauf))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected)
}

/// Removes what has expired.
///
/// # Errors
/// The engine refused.
pub async fn nettoyer(tx: &WriteTx, maintenant: Instant) -> Result<u64, DbErr> {
    let resultat = Entity::delete_many()
        .filter(
            sea_orm::Condition::any()
                .add(Column::ExpireLe.lte(maintenant))
                .add(Column::VuLe.lte(maintenant.plus_seconds(-INACTIVITE_S))),
        )
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected)
}
