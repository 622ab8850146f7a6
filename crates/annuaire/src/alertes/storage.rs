//! Searches kept. No rule here.

use platform::{Ids, Instant, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect, raw_sql};
use socle::PersonneId;

identifiant!(
    /// Identifier of a search.
    RechercheId
);

/// Columns of `recherche_gardee`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recherche_gardee")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RechercheId,
    /// Whose.
    pub personne_id: PersonneId,
    /// What is asked, as in the address; one person keeps it once.
    pub filtres: String,
    /// Does a mail say what is new?
    pub alerte: bool,
    /// Since when it is kept.
    pub cree_le: Instant,
    /// What came later is new.
    pub vu_le: Instant,
    /// Last mail.
    pub envoye_le: Option<Instant>,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Those of a person, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn de_la_personne(db: &impl ConnectionTrait, personne: &PersonneId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PersonneId.eq(personne.clone()))
        .order_by_asc(Column::CreeLe)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// One of them.
///
/// # Errors
/// The engine refused.
pub async fn une(db: &impl ConnectionTrait, personne: &PersonneId, id: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(RechercheId(id.to_owned())).filter(Column::PersonneId.eq(personne.clone())).one(db).await
}

/// One, whosever.
///
/// # Errors
/// The engine refused.
pub async fn par_id(db: &impl ConnectionTrait, id: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(RechercheId(id.to_owned())).one(db).await
}

/// Keeps a search; one already kept takes the new choice of mail.
///
/// # Errors
/// The engine refused.
pub async fn garder(
    tx: &WriteTx,
    ids: &dyn Ids,
    personne: &PersonneId,
    filtres: &str,
    alerte: bool,
    le: Instant,
) -> Result<(), DbErr> {
    let deja = Entity::find()
        .filter(Column::PersonneId.eq(personne.clone()))
        .filter(Column::Filtres.eq(filtres))
        .one(tx)
        .await?;
    if let Some(deja) = deja {
        return alerter(tx, &deja.id, alerte, le).await;
    }
    let nouvelle = Model {
        id: RechercheId::nouveau(ids),
        personne_id: personne.clone(),
        filtres: filtres.to_owned(),
        alerte,
        cree_le: le,
        vu_le: le,
        envoye_le: None,
    };
    Entity::insert(nouvelle.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Asks for the mail, or stops it. What came before is not new.
///
/// # Errors
/// The engine refused.
pub async fn alerter(tx: &WriteTx, id: &RechercheId, alerte: bool, le: Instant) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Alerte, Expr::value(alerte))
        .col_expr(Column::VuLe, Expr::value(le))
        .filter(Column::Id.eq(id.clone()))
        .filter(Column::Alerte.ne(alerte))
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets one.
///
/// # Errors
/// The engine refused.
pub async fn supprimer(tx: &WriteTx, id: &RechercheId) -> Result<(), DbErr> {
    Entity::delete_by_id(id.clone()).exec(tx).await?;
    Ok(())
}

/// Forgets all those of a person.
///
/// # Errors
/// The engine refused.
pub async fn oublier(tx: &WriteTx, personne: &PersonneId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::PersonneId.eq(personne.clone())).exec(tx).await?;
    Ok(())
}

/// Those whose last mail left before an instant, after an id: read batch by batch, whoever has nothing new.
///
/// # Errors
/// The engine refused.
pub async fn dues(
    db: &impl ConnectionTrait,
    avant: Instant,
    apres: &RechercheId,
    limite: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Alerte.eq(true))
        .filter(Condition::any().add(Column::EnvoyeLe.is_null()).add(Column::EnvoyeLe.lte(avant)))
        .filter(Column::Id.gt(apres.clone()))
        .order_by_asc(Column::Id)
        .limit(limite)
        .all(db)
        .await
}

/// A mail leaves: the next one waits a week, and says what came after `jusqu_a`.
///
/// # Errors
/// The engine refused.
pub async fn noter_l_envoi(tx: &WriteTx, recherche: &Model, jusqu_a: Instant, le: Instant) -> Result<bool, DbErr> {
    let resultat = Entity::update_many()
        .col_expr(Column::EnvoyeLe, Expr::value(le))
        .col_expr(Column::VuLe, Expr::value(jusqu_a))
        .filter(Column::Id.eq(recherche.id.clone()))
        .filter(Column::VuLe.eq(recherche.vu_le))
        .filter(Column::Alerte.eq(true))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// An actor that came lately.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Nouveau {
    /// Id in the index.
    pub id: String,
    /// Name.
    pub nom: String,
    /// Reference.
    pub reference: String,
}

/// Actors in activity that came after an instant and until another one, newest first.
///
/// # Errors
/// The engine refused.
pub async fn nouveaux(
    db: &impl ConnectionTrait,
    depuis: Instant,
    jusqu_a: Instant,
    limite: i64,
) -> Result<Vec<Nouveau>, DbErr> {
    let (depuis, jusqu_a) = (depuis.0, jusqu_a.0);
    Nouveau::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, nom, reference FROM acteur
         WHERE etat = 'actif' AND cree_le > {depuis} AND cree_le <= {jusqu_a}
         ORDER BY cree_le DESC, id LIMIT {limite}"
    ))
    .all(db)
    .await
}
