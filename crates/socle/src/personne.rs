//! People: the least data, one row per e-mail address.

use std::collections::BTreeMap;

use jiff::civil::Date;
use platform::{Clock, Ids, Instant, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use crate::nom_tri;

identifiant!(
    /// Identifier of a person.
    PersonneId
);

/// Columns of `personne`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "personne")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonneId,
    /// Address, lower case; absent once erased.
    pub courriel: Option<String>,
    /// First name; empty until said.
    pub prenom: String,
    /// Name; empty until said.
    pub nom: String,
    /// Sort key.
    pub nom_tri: String,
    /// Telephone given to be called back.
    pub telephone: Option<String>,
    /// First seen.
    pub cree_le: Instant,
    /// Last seen.
    pub vu_le: Option<Instant>,
    /// Erased at their request or at the end of retention.
    pub efface_le: Option<Instant>,
    /// Subject at the identity provider, for agents.
    pub oidc_sub: Option<String>,
    /// Wants one digest a day instead of one mail a subject.
    pub resume_quotidien: bool,
    /// Optimistic lock.
    pub version: i64,
}

/// No declared relation: joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// "Prénom Nom", or the address when nothing was said yet.
    #[must_use]
    pub fn nom_complet(&self) -> String {
        let nom = format!("{} {}", self.prenom, self.nom).trim().to_owned();
        if nom.is_empty() { self.courriel.clone().unwrap_or_else(|| "personne effacée".to_owned()) } else { nom }
    }
}

/// An e-mail address as compared and stored: trimmed, lower case. `None` when it cannot be one.
#[must_use]
pub fn courriel_normalise(saisi: &str) -> Option<String> {
    let courriel = saisi.trim().to_lowercase();
    let (local, domaine) = courriel.split_once('@')?;
    let bon = !local.is_empty()
        && domaine.contains('.')
        && !domaine.starts_with('.')
        && !domaine.ends_with('.')
        && courriel.len() <= 254
        && !courriel.chars().any(|c| c.is_whitespace() || c.is_control() || ",;<>()[]\"\\".contains(c))
        && !domaine.contains('@');
    bon.then_some(courriel)
}

/// The person with this address.
///
/// # Errors
/// The engine refused.
pub async fn par_courriel(db: &impl ConnectionTrait, courriel: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Courriel.eq(courriel)).one(db).await
}

/// The person tied to this subject of the identity provider.
///
/// # Errors
/// The engine refused.
pub async fn par_sujet(db: &impl ConnectionTrait, sujet: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::OidcSub.eq(sujet)).one(db).await
}

/// Ties a person to their subject at the identity provider.
///
/// # Errors
/// The engine refused.
pub async fn relier(tx: &WriteTx, id: &PersonneId, sujet: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::OidcSub, Expr::value(sujet.to_owned()))
        .filter(Column::Id.eq(id.clone()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The person with this identifier.
///
/// # Errors
/// The engine refused.
pub async fn par_id(db: &impl ConnectionTrait, id: &PersonneId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.clone()).one(db).await
}

/// People asked about by one statement.
const PAQUET: usize = 500;

/// These people; those who are unknown are left out.
///
/// # Errors
/// The engine refused.
pub async fn plusieurs(db: &impl ConnectionTrait, ids: &[PersonneId]) -> Result<Vec<Model>, DbErr> {
    let mut toutes = Vec::new();
    for paquet in ids.chunks(PAQUET) {
        toutes.extend(Entity::find().filter(Column::Id.is_in(paquet.iter().map(PersonneId::as_str))).all(db).await?);
    }
    Ok(toutes)
}

/// Names of several people, by id; those who erased their account are left out. One statement.
///
/// # Errors
/// The engine refused.
pub async fn noms(db: &impl ConnectionTrait, ids: &[&str]) -> Result<BTreeMap<String, String>, DbErr> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let personnes =
        Entity::find().filter(Column::Id.is_in(ids.iter().copied())).filter(Column::EffaceLe.is_null()).all(db).await?;
    Ok(personnes.into_iter().map(|p| (p.id.as_str().to_owned(), p.nom_complet())).collect())
}

/// The person with this address, made when unknown. `courriel` must be normalised.
///
/// # Errors
/// The engine refused.
pub async fn trouver_ou_creer(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids, courriel: &str) -> Result<Model, DbErr> {
    if let Some(personne) = par_courriel(tx, courriel).await? {
        return Ok(personne);
    }
    let personne = Model {
        id: PersonneId::nouveau(ids),
        courriel: Some(courriel.to_owned()),
        prenom: String::new(),
        nom: String::new(),
        nom_tri: String::new(),
        telephone: None,
        cree_le: clock.instant(),
        vu_le: None,
        efface_le: None,
        oidc_sub: None,
        resume_quotidien: false,
        version: 1,
    };
    Entity::insert(personne.clone().into_active_model()).exec_without_returning(tx).await?;
    Ok(personne)
}

/// Says the person's name and telephone.
///
/// # Errors
/// The engine refused.
pub async fn nommer(
    tx: &WriteTx,
    personne: &Model,
    prenom: &str,
    nom: &str,
    telephone: Option<&str>,
) -> Result<Model, DbErr> {
    let mut modele = personne.clone().into_active_model();
    modele.prenom = Set(prenom.trim().to_owned());
    modele.nom = Set(nom.trim().to_owned());
    modele.nom_tri = Set(nom_tri(&format!("{nom} {prenom}")));
    modele.telephone = Set(telephone.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()));
    modele.version = Set(personne.version + 1);
    modele.update(tx).await
}

/// Chooses between a mail for each news and one a day.
///
/// # Errors
/// The engine refused.
pub async fn preferer_resume(tx: &WriteTx, id: &PersonneId, par_jour: bool) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ResumeQuotidien, Expr::value(par_jour))
        .filter(Column::Id.eq(id.clone()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Erases what says who the person is; ends mandates, closes sessions, leaves projects. The row stays, nameless.
///
/// # Errors
/// The engine refused.
pub async fn effacer(tx: &WriteTx, clock: &dyn Clock, id: &PersonneId, jour: Date) -> Result<(), DbErr> {
    if let Some(courriel) = par_id(tx, id).await?.and_then(|personne| personne.courriel) {
        crate::jeton::oublier(tx, &courriel).await?;
    }
    crate::nouvelle::prendre(tx, id).await?;
    let vide = || Expr::value(String::new());
    Entity::update_many()
        .col_expr(Column::Courriel, Expr::value(Option::<String>::None))
        .col_expr(Column::OidcSub, Expr::value(Option::<String>::None))
        .col_expr(Column::Telephone, Expr::value(Option::<String>::None))
        .col_expr(Column::Prenom, vide())
        .col_expr(Column::Nom, vide())
        .col_expr(Column::NomTri, vide())
        .col_expr(Column::EffaceLe, Expr::value(clock.instant()))
        .filter(Column::Id.eq(id.clone()))
        .exec(tx)
        .await?;
    crate::session::fermer_les_autres(tx, id, "").await?;
    crate::mandat::terminer_tous(tx, id, jour).await?;
    crate::projet::quitter_tous(tx, id, clock.instant()).await
}
