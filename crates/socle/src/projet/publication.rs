//! What the public sees of a project: its text as it was on the day the bearer published it. The text that people work on
//! may change; this one does not, until the bearer publishes again or takes it back.

use domain::code::CodeCommune;
use domain::profil::{Etape, Reponse};
use domain::theme::Theme;
use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use sea_orm::{FromQueryResult, IntoActiveModel, raw_sql};

use super::ProjetId;
use crate::nom_tri;

/// Between themes kept in one text.
const ENTRE_THEMES: &str = "|";

/// Publishes as it is now what was published before its text was kept apart. Also used by the invented département.
pub const REPRENDRE: &str = "INSERT INTO projet_publication (projet_id, titre, titre_tri, manque, commune, etape, themes, publie_le)
    SELECT p.id, p.titre, p.titre_tri, p.manque, p.commune, p.etape,
        COALESCE((SELECT t.theme FROM projet_theme t WHERE t.projet_id = p.id AND t.rang = 0), '')
        || COALESCE('|' || (SELECT t.theme FROM projet_theme t WHERE t.projet_id = p.id AND t.rang = 1), '')
        || COALESCE('|' || (SELECT t.theme FROM projet_theme t WHERE t.projet_id = p.id AND t.rang = 2), ''),
        COALESCE(p.publie_le, p.modifie_le)
    FROM projet p WHERE p.diffusion = 'public' AND NOT EXISTS (SELECT 1 FROM projet_publication u WHERE u.projet_id = p.id)";

/// Columns of `projet_publication`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "projet_publication")]
pub struct Model {
    /// Project.
    #[sea_orm(primary_key, auto_increment = false)]
    pub projet_id: ProjetId,
    /// Title.
    pub titre: String,
    /// Sort key.
    pub titre_tri: String,
    /// "Ce qui manque, et pour qui".
    pub manque: String,
    /// Commune.
    pub commune: CodeCommune,
    /// Stage.
    pub etape: Etape,
    /// Themes in order.
    pub themes: String,
    /// Had the conseil decided? Absent where it was not asked.
    pub deliberation: Option<Reponse>,
    /// The day of the act.
    pub publie_le: Instant,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A published project, as published.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Publie {
    /// Identifier, never shown.
    pub id: ProjetId,
    /// Reference in addresses.
    pub reference: String,
    /// Title.
    pub titre: String,
    /// Sort key.
    pub titre_tri: String,
    /// "Ce qui manque, et pour qui".
    pub manque: String,
    /// Commune.
    pub commune: CodeCommune,
    /// Stage.
    pub etape: Etape,
    /// Themes in order.
    pub themes: String,
    /// The day of the act.
    pub publie_le: Instant,
}

impl Publie {
    /// Its themes.
    #[must_use]
    pub fn themes(&self) -> Vec<Theme> {
        self.themes.split(ENTRE_THEMES).filter_map(|theme| theme.parse().ok()).collect()
    }

    /// Does the project say something else now?
    #[must_use]
    pub fn differe(&self, projet: &super::Model, themes: &[Theme]) -> bool {
        (&self.titre, &self.manque, &self.commune, self.etape)
            != (&projet.titre, &projet.manque, &projet.commune, projet.etape)
            || self.themes() != themes
    }
}

/// Publishes the project as it is, in place of what was published before.
///
/// # Errors
/// The engine refused.
pub async fn publier(
    tx: &WriteTx,
    projet: &super::Model,
    themes: &[Theme],
    deliberation: Reponse,
    maintenant: Instant,
) -> Result<(), DbErr> {
    let modele = Model {
        projet_id: projet.id.clone(),
        titre: projet.titre.clone(),
        titre_tri: nom_tri(&projet.titre),
        manque: projet.manque.clone(),
        commune: projet.commune.clone(),
        etape: projet.etape,
        themes: themes.iter().map(|theme| theme.as_str()).collect::<Vec<_>>().join(ENTRE_THEMES),
        deliberation: Some(deliberation),
        publie_le: maintenant,
    };
    let remplacer = [
        Column::Titre,
        Column::TitreTri,
        Column::Manque,
        Column::Commune,
        Column::Etape,
        Column::Themes,
        Column::Deliberation,
        Column::PublieLe,
    ];
    Entity::insert(modele.into_active_model())
        .on_conflict(OnConflict::column(Column::ProjetId).update_columns(remplacer).to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Takes back: nothing of what was published is kept.
///
/// # Errors
/// The engine refused.
pub async fn depublier(tx: &WriteTx, projet: &ProjetId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ProjetId.eq(projet.clone())).exec(tx).await?;
    Ok(())
}

/// What everyone may see. The state is written in full: the partial indexes are chosen by it.
fn publies() -> SelectStatement {
    use super::{Column as DuProjet, Entity as Projet};
    let figes = [
        Column::Titre,
        Column::TitreTri,
        Column::Manque,
        Column::Commune,
        Column::Etape,
        Column::Themes,
        Column::PublieLe,
    ];
    Query::select()
        .columns([(Projet, DuProjet::Id), (Projet, DuProjet::Reference)])
        .columns(figes.map(|colonne| (Entity, colonne)))
        .from(Projet)
        .inner_join(Entity, Expr::col((Entity, Column::ProjetId)).equals((Projet, DuProjet::Id)))
        .and_where(Expr::cust("projet.diffusion = 'public' AND projet.etat = 'garde'"))
        .to_owned()
}

async fn lire(db: &impl ConnectionTrait, requete: &SelectStatement) -> Result<Vec<Publie>, DbErr> {
    Publie::find_by_statement(db.get_database_backend().build(requete)).all(db).await
}

/// Published projects, last published first; of one commune when given.
///
/// # Errors
/// The engine refused.
pub async fn publics(
    db: &impl ConnectionTrait,
    commune: Option<&CodeCommune>,
    limite: u64,
) -> Result<Vec<Publie>, DbErr> {
    let mut requete = publies();
    if let Some(commune) = commune {
        requete.and_where(Expr::col((Entity, Column::Commune)).eq(commune.as_str()));
    }
    requete
        .order_by((super::Entity, super::Column::PublieLe), Order::Desc)
        .order_by((super::Entity, super::Column::Id), Order::Asc)
        .limit(limite);
    lire(db, &requete).await
}

/// Published projects after this one, by id.
///
/// # Errors
/// The engine refused.
pub async fn publics_apres(db: &impl ConnectionTrait, apres: &str, limite: u64) -> Result<Vec<Publie>, DbErr> {
    let id = (super::Entity, super::Column::Id);
    let mut requete = publies();
    requete.and_where(Expr::col(id).gt(apres)).order_by(id, Order::Asc).limit(limite);
    lire(db, &requete).await
}

/// Those of these projects that are published.
///
/// # Errors
/// The engine refused.
pub async fn publics_parmi(db: &impl ConnectionTrait, ids: &[&str]) -> Result<Vec<Publie>, DbErr> {
    let mut requete = publies();
    requete.and_where(Expr::col((super::Entity, super::Column::Id)).is_in(ids.iter().copied()));
    lire(db, &requete).await
}

/// A project as published, when it is.
///
/// # Errors
/// The engine refused.
pub async fn publie(db: &impl ConnectionTrait, projet: &ProjetId) -> Result<Option<Publie>, DbErr> {
    Ok(publics_parmi(db, &[projet.as_str()]).await?.pop())
}

/// How many projects a commune has published.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DeLaCommune {
    /// Commune.
    pub commune: CodeCommune,
    /// How many.
    pub nombre: i64,
}

/// Communes where a project is published, by code. One statement.
///
/// # Errors
/// The engine refused.
pub async fn publics_par_commune(db: &impl ConnectionTrait) -> Result<Vec<DeLaCommune>, DbErr> {
    DeLaCommune::find_by_statement(raw_sql!(
        Postgres,
        "SELECT u.commune, CAST(COUNT(*) AS BIGINT) AS nombre FROM projet_publication u
         JOIN projet p ON p.id = u.projet_id
         WHERE p.diffusion = 'public' AND p.etat = 'garde' GROUP BY u.commune ORDER BY u.commune"
    ))
    .all(db)
    .await
}
