//! Settings that an agent changes on screen: one JSON value per key, with a version. `null` is "as shipped". Each value
//! replaced is kept ([`ancien`]): it can be seen and put back.

use platform::{Clock, Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, raw_sql};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::personne::PersonneId;

/// Columns of `reglage`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reglage")]
pub struct Model {
    /// Key, `feature.nom`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub cle: String,
    /// JSON.
    pub valeur: String,
    /// Optimistic lock.
    pub version: i64,
    /// Last change.
    pub modifie_le: Instant,
    /// By whom; absent for the installation.
    pub modifie_par: Option<PersonneId>,
}

/// No relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// All settings, by key.
///
/// # Errors
/// The engine refused.
pub async fn tous(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::Cle).all(db).await
}

/// One setting among all, when set and readable, with its version (0 when it was never set).
#[must_use]
pub fn parmi<T: DeserializeOwned>(lignes: &[Model], cle: &str) -> (Option<T>, i64) {
    match lignes.iter().find(|ligne| ligne.cle == cle) {
        Some(ligne) => (serde_json::from_str::<Option<T>>(&ligne.valeur).ok().flatten(), ligne.version),
        None => (None, 0),
    }
}

/// One setting, when set and readable.
///
/// # Errors
/// The engine refused.
pub async fn lire<T: DeserializeOwned>(db: &impl ConnectionTrait, cle: &str) -> Result<Option<(T, i64)>, DbErr> {
    let ligne = Entity::find_by_id(cle.to_owned()).one(db).await?;
    Ok(ligne.and_then(|ligne| serde_json::from_str(&ligne.valeur).ok().map(|valeur| (valeur, ligne.version))))
}

/// Writes a setting if nobody changed it since `version` (0: it must not exist). False on a conflict.
///
/// # Errors
/// The engine refused.
pub async fn ecrire<T: Serialize>(
    tx: &WriteTx,
    clock: &dyn Clock,
    cle: &str,
    valeur: &T,
    version: i64,
    par: Option<&PersonneId>,
) -> Result<bool, DbErr> {
    let texte = serde_json::to_string(valeur).map_err(|e| DbErr::Custom(e.to_string()))?;
    if version == 0 {
        if Entity::find_by_id(cle.to_owned()).one(tx).await?.is_some() {
            return Ok(false);
        }
        let modele = Model {
            cle: cle.to_owned(),
            valeur: texte,
            version: 1,
            modifie_le: clock.instant(),
            modifie_par: par.cloned(),
        };
        Entity::insert(modele.into_active_model()).exec_without_returning(tx).await?;
        return Ok(true);
    }
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO reglage_ancien (cle, version, valeur, modifie_le, modifie_par)
         SELECT cle, version, valeur, modifie_le, modifie_par FROM reglage WHERE cle = {cle} AND version = {version}
         ON CONFLICT DO NOTHING"
    ))
    .await?;
    let resultat = Entity::update_many()
        .col_expr(Column::Valeur, Expr::value(texte))
        .col_expr(Column::Version, Expr::value(version + 1))
        .col_expr(Column::ModifieLe, Expr::value(clock.instant()))
        .col_expr(Column::ModifiePar, Expr::value(par.map(|p| p.as_str().to_owned())))
        .filter(Column::Cle.eq(cle))
        .filter(Column::Version.eq(version))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// The values that a setting had, newest first; the one in force is in [`Entity`].
///
/// # Errors
/// The engine refused.
pub async fn anciens(db: &impl ConnectionTrait, cle: &str, limite: u64) -> Result<Vec<ancien::Model>, DbErr> {
    ancien::Entity::find()
        .filter(ancien::Column::Cle.eq(cle))
        .order_by_desc(ancien::Column::Version)
        .limit(limite)
        .all(db)
        .await
}

/// Values replaced.
pub mod ancien {
    use crate::personne::PersonneId;
    use platform::Instant;
    use sea_orm::entity::prelude::*;

    /// One value that a setting had.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reglage_ancien")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub cle: String,
        /// Its version.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        /// JSON.
        pub valeur: String,
        /// Since.
        pub modifie_le: Instant,
        /// By whom.
        pub modifie_par: Option<PersonneId>,
    }

    /// No relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
