//! One-time links and codes: sign-in, invitation, confirmation, answer without account. Only digests are stored.

use platform::{Clock, Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{IntoActiveModel, QueryOrder};
use sha2::{Digest, Sha256};

/// A code dies after this many wrong tries.
pub const ESSAIS_MAX: i64 = 5;

/// Columns of `jeton`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jeton")]
pub struct Model {
    /// Digest of the secret in the link.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// What it opens (`connexion`, `confirmation-mairie`, `premier-agent`…).
    pub usage: String,
    /// For whom or what: an address, an id.
    pub cible: String,
    /// Digest of the short code typed by hand, where there is one.
    pub code: Option<String>,
    /// Wrong tries of the code.
    pub essais: i64,
    /// End.
    pub expire_le: Instant,
    /// Used: it opens nothing any more.
    pub utilise_le: Option<Instant>,
    /// Made.
    pub cree_le: Instant,
}

/// No relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The digest under which a secret is stored.
#[must_use]
pub fn empreinte(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Stores a one-time secret. `code` is salted with usage and target, so that equal codes differ.
///
/// # Errors
/// The engine refused.
pub async fn creer(
    tx: &WriteTx,
    clock: &dyn Clock,
    usage: &str,
    cible: &str,
    secret: &str,
    code: Option<&str>,
    duree_s: i64,
) -> Result<(), DbErr> {
    let maintenant = clock.instant();
    let modele = Model {
        id: empreinte(secret),
        usage: usage.to_owned(),
        cible: cible.to_owned(),
        code: code.map(|code| empreinte(&format!("{usage}/{cible}/{code}"))),
        essais: 0,
        expire_le: maintenant.plus_seconds(duree_s),
        utilise_le: None,
        cree_le: maintenant,
    };
    Entity::insert(modele.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// What a link opens, without using it (the page with a button).
///
/// # Errors
/// The engine refused.
pub async fn lire(
    db: &impl ConnectionTrait,
    maintenant: Instant,
    usage: &str,
    secret: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(empreinte(secret))
        .filter(Column::Usage.eq(usage))
        .filter(Column::ExpireLe.gt(maintenant))
        .filter(Column::UtiliseLe.is_null())
        .one(db)
        .await
}

/// Uses a link once; returns its target. Two clicks at once: one of them wins.
///
/// # Errors
/// The engine refused.
pub async fn utiliser(tx: &WriteTx, maintenant: Instant, usage: &str, secret: &str) -> Result<Option<String>, DbErr> {
    let Some(jeton) = lire(tx, maintenant, usage, secret).await? else {
        return Ok(None);
    };
    marquer(tx, maintenant, &jeton.id).await.map(|gagne| gagne.then_some(jeton.cible))
}

/// Uses the last code sent to a target. A wrong code counts as a try; after [`ESSAIS_MAX`] the code is dead.
///
/// # Errors
/// The engine refused.
pub async fn utiliser_code(
    tx: &WriteTx,
    maintenant: Instant,
    usage: &str,
    cible: &str,
    code: &str,
) -> Result<bool, DbErr> {
    let dernier = Entity::find()
        .filter(Column::Usage.eq(usage))
        .filter(Column::Cible.eq(cible))
        .filter(Column::ExpireLe.gt(maintenant))
        .filter(Column::UtiliseLe.is_null())
        .filter(Column::Essais.lt(ESSAIS_MAX))
        .order_by_desc(Column::CreeLe)
        .order_by_desc(Column::Id)
        .one(tx)
        .await?;
    let Some(jeton) = dernier else {
        return Ok(false);
    };
    if jeton.code.as_deref() == Some(empreinte(&format!("{usage}/{cible}/{code}")).as_str()) {
        return marquer(tx, maintenant, &jeton.id).await;
    }
    Entity::update_many()
        .col_expr(Column::Essais, Expr::col(Column::Essais).add(1))
        .filter(Column::Id.eq(jeton.id))
        .exec(tx)
        .await?;
    Ok(false)
}

async fn marquer(tx: &WriteTx, maintenant: Instant, id: &str) -> Result<bool, DbErr> {
    let resultat = Entity::update_many()
        .col_expr(Column::UtiliseLe, Expr::value(maintenant))
        .filter(Column::Id.eq(id))
        .filter(Column::UtiliseLe.is_null())
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// A link that was not a final answer holds until another instant.
///
/// # Errors
/// The engine refused.
pub async fn prolonger(tx: &WriteTx, usage: &str, secret: &str, jusqu_au: Instant) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ExpireLe, Expr::value(jusqu_au))
        .filter(Column::Id.eq(empreinte(secret)))
        .filter(Column::Usage.eq(usage))
        .filter(Column::UtiliseLe.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// The last link that still opens something, among those whose target begins so.
///
/// # Errors
/// The engine refused.
pub async fn en_attente(
    db: &impl ConnectionTrait,
    maintenant: Instant,
    usage: &str,
    debut: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Usage.eq(usage))
        .filter(Column::Cible.starts_with(debut))
        .filter(Column::ExpireLe.gt(maintenant))
        .filter(Column::UtiliseLe.is_null())
        .order_by_desc(Column::CreeLe)
        .order_by_desc(Column::Id)
        .one(db)
        .await
}

/// Ends the links of one usage whose target begins so: another one takes their place.
///
/// # Errors
/// The engine refused.
pub async fn annuler(tx: &WriteTx, usage: &str, debut: &str) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::Usage.eq(usage)).filter(Column::Cible.starts_with(debut)).exec(tx).await?;
    Ok(())
}

/// How many secrets were made for a target since an instant (limits mails to one address).
///
/// # Errors
/// The engine refused.
pub async fn nombre_depuis(db: &impl ConnectionTrait, usage: &str, cible: &str, depuis: Instant) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::Usage.eq(usage))
        .filter(Column::Cible.eq(cible))
        .filter(Column::CreeLe.gte(depuis))
        .count(db)
        .await
}

/// Removes the codes and links of an address.
///
/// # Errors
/// The engine refused.
pub async fn oublier(tx: &WriteTx, cible: &str) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::Cible.eq(cible)).exec(tx).await?;
    Ok(())
}

/// Removes what has expired.
///
/// # Errors
/// The engine refused.
pub async fn nettoyer(tx: &WriteTx, maintenant: Instant) -> Result<u64, DbErr> {
    let resultat = Entity::delete_many().filter(Column::ExpireLe.lte(maintenant)).exec(tx).await?;
    Ok(resultat.rows_affected)
}
