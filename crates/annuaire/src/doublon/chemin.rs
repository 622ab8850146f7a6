//! The way from an actor that was merged to where it is now.

use sea_orm::entity::prelude::*;
use sea_orm::raw_sql;

use crate::acteur::{self, ActeurId};

/// Merges into merges that are followed: a chain longer than this is a fault.
const CHAINE_MAX: usize = 10;

/// The actor into which this one went, at the end of the chain; itself when it was never merged.
///
/// # Errors
/// The engine refused.
pub async fn suivre(db: &impl ConnectionTrait, acteur: acteur::Model) -> Result<acteur::Model, DbErr> {
    let mut ici = acteur;
    for _ in 0..CHAINE_MAX {
        let id = ici.id.as_str();
        let ligne = db
            .query_one_raw(raw_sql!(
                Postgres,
                "SELECT garde FROM acteur_fusion WHERE absorbe = {id} AND defaite_le IS NULL"
            ))
            .await?;
        let Some(ligne) = ligne else { break };
        let garde: String = ligne.try_get("", "garde")?;
        let Some(suivant) = acteur::Entity::find_by_id(ActeurId(garde)).one(db).await? else { break };
        ici = suivant;
    }
    Ok(ici)
}
