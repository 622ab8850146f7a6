//! What was typed in a form and not sent yet, kept as one types: for one person, or for one browser without account. A few
//! forms each, a few days; never in the journal, never shown to anyone else.

use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{ExprTrait, QueryOrder, QuerySelect, raw_sql};

use crate::PersonneId;

/// Forms kept for one owner; the oldest leaves first.
const FORMULAIRES_MAX: u64 = 30;

/// Columns of `saisie_gardee`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saisie_gardee")]
pub struct Model {
    /// [`Proprietaire`], as stored.
    #[sea_orm(primary_key, auto_increment = false)]
    pub proprietaire: String,
    /// Which form: its address and, where a page has several, its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub formulaire: String,
    /// Names and values, JSON list of pairs.
    pub champs: String,
    /// When.
    pub gardee_le: Instant,
}

/// No relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const NAVIGATEUR: &str = "n/";
/// Kept for who has an account, seconds.
const DUREE_S: i64 = 30 * 86_400;
/// Kept in a browser where nobody signed in, seconds: the computer may be shared.
const DUREE_ANONYME_S: i64 = 86_400;

/// Whose text it is. Who signs in does not see what was typed before in this browser: the computer may be shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proprietaire(String);

impl Proprietaire {
    /// A person, from any browser.
    #[must_use]
    pub fn personne(id: &PersonneId) -> Self {
        Self(format!("p/{}", id.as_str()))
    }

    /// A browser where nobody is signed in, by the digest of its secret.
    #[must_use]
    pub fn navigateur(empreinte: &str) -> Self {
        Self(format!("{NAVIGATEUR}{empreinte}"))
    }

    fn duree_s(&self) -> i64 {
        if self.0.starts_with(NAVIGATEUR) { DUREE_ANONYME_S } else { DUREE_S }
    }
}

/// What these forms still hold. One statement.
///
/// # Errors
/// The engine refused.
pub async fn lire(
    db: &impl ConnectionTrait,
    qui: &Proprietaire,
    formulaires: &[String],
    maintenant: Instant,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Proprietaire.eq(&qui.0))
        .filter(Column::Formulaire.is_in(formulaires))
        .filter(Column::GardeeLe.gte(maintenant.plus_seconds(-qui.duree_s())))
        .all(db)
        .await
}

/// All that is kept of an owner, newest first.
///
/// # Errors
/// The engine refused.
pub async fn de(db: &impl ConnectionTrait, qui: &Proprietaire) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Proprietaire.eq(&qui.0)).order_by_desc(Column::GardeeLe).all(db).await
}

/// Keeps what is typed now in a form, over what was kept of it before.
///
/// # Errors
/// The engine refused.
pub async fn garder(
    tx: &WriteTx,
    qui: &Proprietaire,
    formulaire: &str,
    champs: &str,
    maintenant: Instant,
) -> Result<(), DbErr> {
    let (qui_texte, le) = (qui.0.as_str(), maintenant.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO saisie_gardee (proprietaire, formulaire, champs, gardee_le)
         VALUES ({qui_texte}, {formulaire}, {champs}, {le})
         ON CONFLICT (proprietaire, formulaire) DO UPDATE SET champs = excluded.champs, gardee_le = excluded.gardee_le"
    ))
    .await?;
    let de_trop: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Formulaire)
        .filter(Column::Proprietaire.eq(&qui.0))
        .order_by_desc(Column::GardeeLe)
        .order_by_asc(Column::Formulaire)
        .offset(FORMULAIRES_MAX)
        .limit(FORMULAIRES_MAX)
        .into_tuple()
        .all(tx)
        .await?;
    for formulaire in de_trop {
        oublier(tx, qui, &formulaire).await?;
    }
    Ok(())
}

/// Forgets one form: it was sent, or its owner no longer wants it.
///
/// # Errors
/// The engine refused.
pub async fn oublier(tx: &WriteTx, qui: &Proprietaire, formulaire: &str) -> Result<(), DbErr> {
    Entity::delete_by_id((qui.0.clone(), formulaire.to_owned())).exec(tx).await?;
    Ok(())
}

/// Forgets all of an owner.
///
/// # Errors
/// The engine refused.
pub async fn oublier_tout(tx: &WriteTx, qui: &Proprietaire) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::Proprietaire.eq(&qui.0)).exec(tx).await?;
    Ok(())
}

/// Forgets what is too old.
///
/// # Errors
/// The engine refused.
pub async fn nettoyer(tx: &WriteTx, maintenant: Instant) -> Result<u64, DbErr> {
    let avant = |duree_s: i64| Column::GardeeLe.lt(maintenant.plus_seconds(-duree_s));
    let anonymes = Column::Proprietaire.starts_with(NAVIGATEUR).and(avant(DUREE_ANONYME_S));
    Ok(Entity::delete_many().filter(anonymes.or(avant(DUREE_S))).exec(tx).await?.rows_affected)
}
