//! News that wait for the daily digest of those who chose one mail a day. Taken out when the digest is asked for.

use platform::{Clock, Ids, Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder};

use crate::personne::PersonneId;
use crate::projet::ProjetId;

/// Columns of `nouvelle`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "nouvelle")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// For whom.
    pub personne_id: PersonneId,
    /// One subject.
    pub sujet: String,
    /// Text.
    pub texte: String,
    /// Project it tells of: told to who may still hear of it, when the digest leaves.
    pub projet_id: Option<ProjetId>,
    /// When.
    pub cree_le: Instant,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps a piece of news for the digest.
///
/// # Errors
/// The engine refused.
pub async fn garder(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    personne: &PersonneId,
    projet: Option<&ProjetId>,
    (sujet, texte): (&str, &str),
) -> Result<(), DbErr> {
    let modele = Model {
        id: ids.uuid().to_string(),
        personne_id: personne.clone(),
        sujet: sujet.to_owned(),
        texte: texte.to_owned(),
        projet_id: projet.cloned(),
        cree_le: clock.instant(),
    };
    Entity::insert(modele.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes out all that waits for a person, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn prendre(tx: &WriteTx, personne: &PersonneId) -> Result<Vec<Model>, DbErr> {
    let lignes = Entity::find()
        .filter(Column::PersonneId.eq(personne.clone()))
        .order_by_asc(Column::CreeLe)
        .order_by_asc(Column::Id)
        .all(tx)
        .await?;
    Entity::delete_many()
        .filter(Column::PersonneId.eq(personne.clone()))
        .filter(Column::Id.is_in(lignes.iter().map(|ligne| ligne.id.clone())))
        .exec(tx)
        .await?;
    Ok(lignes)
}
