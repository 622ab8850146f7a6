//! Absences of the agents of secteurs, each with the replacement who answers meanwhile.

use jiff::civil::Date;
use platform::{Ids, Jour, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, FromQueryResult, raw_sql};

use crate::personne::PersonneId;

/// One absence.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "absence")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Who is away.
    pub personne_id: PersonneId,
    /// First day.
    pub du: Jour,
    /// Last day.
    pub au: Jour,
    /// Who answers meanwhile.
    pub remplacant_id: Option<PersonneId>,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Notes an absence with its replacement.
///
/// # Errors
/// The engine refused.
pub async fn noter(
    tx: &WriteTx,
    ids: &dyn Ids,
    personne: &PersonneId,
    du: Date,
    au: Date,
    remplacant: Option<&PersonneId>,
) -> Result<(), DbErr> {
    let modele = ActiveModel {
        id: Set(ids.uuid().to_string()),
        personne_id: Set(personne.clone()),
        du: Set(Jour(du)),
        au: Set(Jour(au)),
        remplacant_id: Set(remplacant.cloned()),
    };
    Entity::insert(modele).exec_without_returning(tx).await?;
    Ok(())
}

/// One absence.
///
/// # Errors
/// The engine refused.
pub async fn par_id(db: &impl ConnectionTrait, id: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.to_owned()).one(db).await
}

/// The absent is back on `jour`: the absence ends on the eve, and one that had not begun never was.
///
/// # Errors
/// The engine refused.
pub async fn revenir(tx: &WriteTx, absence: &Model, jour: Date) -> Result<(), DbErr> {
    let veille = jour.yesterday().map_err(|e| DbErr::Custom(e.to_string()))?;
    if absence.du.0 > veille {
        Entity::delete_by_id(absence.id.clone()).exec(tx).await?;
    } else if absence.au.0 > veille {
        Entity::update_many()
            .col_expr(Column::Au, Expr::value(veille.to_string()))
            .filter(Column::Id.eq(absence.id.clone()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// An absence as shown.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Vue {
    /// Identifier.
    pub id: String,
    /// First name of the absent.
    pub prenom: String,
    /// Name of the absent.
    pub nom: String,
    /// First day.
    pub du: Jour,
    /// Last day.
    pub au: Jour,
    /// Who answers meanwhile.
    pub remplacant: Option<String>,
}

/// Absences that are not over, soonest first.
///
/// # Errors
/// The engine refused.
pub async fn a_partir_du(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<Vue>, DbErr> {
    let jour = jour.to_string();
    Vue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, p.prenom, p.nom, a.du, a.au, r.prenom || ' ' || r.nom AS remplacant
         FROM absence a JOIN personne p ON p.id = a.personne_id LEFT JOIN personne r ON r.id = a.remplacant_id
         WHERE a.au >= {jour} ORDER BY a.du, a.id"
    ))
    .all(db)
    .await
}
