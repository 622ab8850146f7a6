//! A form sent twice (double click, reload, lost answer) gets its first answer: each form carries a one-use key.

use platform::{Instant, WriteTx};
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;

/// Columns of `formulaire_recu`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "formulaire_recu")]
pub struct Model {
    /// Key of the form, bound to the visitor by the caller.
    #[sea_orm(primary_key, auto_increment = false)]
    pub cle: String,
    /// Where the first answer led.
    pub reponse: String,
    /// When.
    pub recu_le: Instant,
}

/// No relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where the first answer to this key led, if there was one.
///
/// # Errors
/// The engine refused.
pub async fn reponse(db: &impl ConnectionTrait, cle: &str) -> Result<Option<String>, DbErr> {
    Ok(Entity::find_by_id(cle.to_owned()).one(db).await?.map(|ligne| ligne.reponse))
}

/// Records the answer in the transaction of the data: a second transaction with the same key cannot commit.
///
/// # Errors
/// The key was used at the same moment, or the engine refused.
pub async fn retenir(tx: &WriteTx, cle: &str, reponse: &str, maintenant: Instant) -> Result<(), DbErr> {
    let modele = Model { cle: cle.to_owned(), reponse: reponse.to_owned(), recu_le: maintenant };
    Entity::insert(modele.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets keys older than an instant.
///
/// # Errors
/// The engine refused.
pub async fn nettoyer(tx: &WriteTx, avant: Instant) -> Result<u64, DbErr> {
    Ok(Entity::delete_many().filter(Column::RecuLe.lt(avant)).exec(tx).await?.rows_affected)
}
