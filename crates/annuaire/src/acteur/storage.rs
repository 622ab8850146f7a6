//! Reading and writing actors. No rule here.

use domain::identifiant::Siren;
use platform::WriteTx;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder};
use socle::OrganisationId;

use super::{ActeurId, Column, Entity, Model, agrement, etablissement, theme, valeur};

/// The actor with this reference.
///
/// # Errors
/// The engine refused.
pub async fn par_reference(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Reference.eq(reference)).one(db).await
}

/// The actor with this SIREN.
///
/// # Errors
/// The engine refused.
pub async fn par_siren(db: &impl ConnectionTrait, siren: &Siren) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Siren.eq(siren.clone())).one(db).await
}

/// The actor behind an organisation.
///
/// # Errors
/// The engine refused.
pub async fn de_l_organisation(db: &impl ConnectionTrait, id: &OrganisationId) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::OrganisationId.eq(id.clone())).one(db).await
}

/// Establishments, the seat first.
///
/// # Errors
/// The engine refused.
pub async fn etablissements(db: &impl ConnectionTrait, id: &ActeurId) -> Result<Vec<etablissement::Model>, DbErr> {
    etablissement::Entity::find()
        .filter(etablissement::Column::ActeurId.eq(id.clone()))
        .order_by_desc(etablissement::Column::Siege)
        .order_by_asc(etablissement::Column::Siret)
        .order_by_asc(etablissement::Column::Id)
        .all(db)
        .await
}

/// Approvals, by kind.
///
/// # Errors
/// The engine refused.
pub async fn agrements(db: &impl ConnectionTrait, id: &ActeurId) -> Result<Vec<agrement::Model>, DbErr> {
    agrement::Entity::find()
        .filter(agrement::Column::ActeurId.eq(id.clone()))
        .order_by_asc(agrement::Column::Genre)
        .order_by_asc(agrement::Column::Source)
        .all(db)
        .await
}

/// Themes, by id.
///
/// # Errors
/// The engine refused.
pub async fn themes(db: &impl ConnectionTrait, id: &ActeurId) -> Result<Vec<theme::Model>, DbErr> {
    theme::Entity::find()
        .filter(theme::Column::ActeurId.eq(id.clone()))
        .order_by_asc(theme::Column::Theme)
        .all(db)
        .await
}

/// Facts, current ones first, then newest first: the provenance shown on the page.
///
/// # Errors
/// The engine refused.
pub async fn valeurs(db: &impl ConnectionTrait, id: &ActeurId) -> Result<Vec<valeur::Model>, DbErr> {
    valeur::Entity::find()
        .filter(valeur::Column::ActeurId.eq(id.clone()))
        .order_by_desc(valeur::Column::Courante)
        .order_by_desc(valeur::Column::RecuLe)
        .order_by_asc(valeur::Column::Id)
        .all(db)
        .await
}

/// Inserts an actor.
///
/// # Errors
/// The engine refused.
pub async fn inserer(tx: &WriteTx, acteur: Model) -> Result<(), DbErr> {
    Entity::insert(acteur.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves if nobody changed it since it was read. False on a conflict.
///
/// # Errors
/// The engine refused.
pub async fn enregistrer(tx: &WriteTx, acteur: &Model) -> Result<bool, DbErr> {
    let nouveau = Model { version: acteur.version + 1, ..acteur.clone() };
    let resultat = Entity::update_many()
        .set(nouveau.into_active_model().reset_all())
        .filter(Column::Id.eq(acteur.id.clone()))
        .filter(Column::Version.eq(acteur.version))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}
