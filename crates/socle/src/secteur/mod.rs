//! Secteurs: dated perimeters of the chargés territoriaux, their telephone, promised delay; absences and replacements
//! in [`absence`]; who answers on a day in [`repondant`].

use domain::code::CodeCommune;
use jiff::civil::Date;
use platform::{Ids, Jour, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, FromQueryResult, QueryOrder, raw_sql};

pub mod absence;
pub mod fin;
pub mod repondant;

pub use repondant::{Interlocuteur, Repondant, Vue, de_l_agent, interlocuteur, repondants, vues};

use crate::nom_tri;
use crate::personne::PersonneId;

identifiant!(
    /// Identifier of a secteur.
    SecteurId
);

/// Columns of `secteur`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "secteur")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SecteurId,
    /// Name.
    pub nom: String,
    /// Sort key.
    pub nom_tri: String,
    /// Telephone of the secteur.
    pub telephone: Option<String>,
    /// Address of the secteur.
    pub courriel: Option<String>,
    /// Promised delay of answer, in working days.
    pub delai_jours_ouvres: i64,
    /// Optimistic lock.
    pub version: i64,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Communes of a secteur, dated.
pub mod commune {
    use super::SecteurId;
    use domain::code::CodeCommune;
    use platform::Jour;
    use sea_orm::entity::prelude::*;

    /// One commune between two dates.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "secteur_commune")]
    pub struct Model {
        /// Secteur.
        #[sea_orm(primary_key, auto_increment = false)]
        pub secteur_id: SecteurId,
        /// Commune.
        #[sea_orm(primary_key, auto_increment = false)]
        pub commune: String,
        /// First day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub du: String,
        /// Last day.
        pub au: Option<Jour>,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Model {
        /// The commune.
        #[must_use]
        pub fn code(&self) -> Option<CodeCommune> {
            self.commune.parse().ok()
        }
    }
}

/// Agents of a secteur, dated.
pub mod agent {
    use super::SecteurId;
    use crate::personne::PersonneId;
    use platform::Jour;
    use sea_orm::entity::prelude::*;

    /// One agent between two dates.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "secteur_agent")]
    pub struct Model {
        /// Identifier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Secteur.
        pub secteur_id: SecteurId,
        /// Agent.
        pub personne_id: PersonneId,
        /// First day.
        pub du: Jour,
        /// Last day.
        pub au: Option<Jour>,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// All secteurs, by name.
///
/// # Errors
/// The engine refused.
pub async fn tous(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::NomTri).order_by_asc(Column::Id).all(db).await
}

/// A secteur about to be made.
#[derive(Clone, Debug)]
pub struct Nouveau {
    /// Name.
    pub nom: String,
    /// Telephone.
    pub telephone: Option<String>,
    /// Address.
    pub courriel: Option<String>,
    /// Promised delay, in working days.
    pub delai_jours_ouvres: i64,
    /// Its communes, from `du`.
    pub communes: Vec<CodeCommune>,
    /// First day.
    pub du: Date,
}

/// Makes a secteur with its communes from a day.
///
/// # Errors
/// The engine refused.
pub async fn creer(tx: &WriteTx, ids: &dyn Ids, nouveau: Nouveau) -> Result<SecteurId, DbErr> {
    let id = SecteurId::nouveau(ids);
    let modele = ActiveModel {
        id: Set(id.clone()),
        nom_tri: Set(nom_tri(&nouveau.nom)),
        nom: Set(nouveau.nom),
        telephone: Set(nouveau.telephone),
        courriel: Set(nouveau.courriel),
        delai_jours_ouvres: Set(nouveau.delai_jours_ouvres),
        version: Set(1),
    };
    Entity::insert(modele).exec_without_returning(tx).await?;
    ajouter_communes(tx, &id, &nouveau.communes, nouveau.du).await?;
    Ok(id)
}

async fn ajouter_communes(tx: &WriteTx, id: &SecteurId, communes: &[CodeCommune], du: Date) -> Result<(), DbErr> {
    let lignes: Vec<commune::ActiveModel> = communes
        .iter()
        .map(|code| commune::ActiveModel {
            secteur_id: Set(id.clone()),
            commune: Set(code.to_string()),
            du: Set(du.to_string()),
            au: Set(None),
        })
        .collect();
    for paquet in lignes.chunks(500) {
        commune::Entity::insert_many(paquet.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Puts an agent in charge from a day.
///
/// # Errors
/// The engine refused.
pub async fn confier(
    tx: &WriteTx,
    ids: &dyn Ids,
    secteur: &SecteurId,
    personne: &PersonneId,
    du: Date,
) -> Result<(), DbErr> {
    let modele = agent::ActiveModel {
        id: Set(ids.uuid().to_string()),
        secteur_id: Set(secteur.clone()),
        personne_id: Set(personne.clone()),
        du: Set(Jour(du)),
        au: Set(None),
    };
    agent::Entity::insert(modele).exec_without_returning(tx).await?;
    Ok(())
}

/// One secteur.
///
/// # Errors
/// The engine refused.
pub async fn par_id(db: &impl ConnectionTrait, id: &SecteurId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.clone()).one(db).await
}

#[derive(FromQueryResult)]
struct UneCommune {
    commune: String,
}

/// Codes of the communes of a secteur on a day, in order.
///
/// # Errors
/// The engine refused.
pub async fn communes(db: &impl ConnectionTrait, id: &SecteurId, jour: Date) -> Result<Vec<String>, DbErr> {
    let (id, jour) = (id.as_str(), jour.to_string());
    let lignes = UneCommune::find_by_statement(raw_sql!(
        Postgres,
        "SELECT commune FROM secteur_commune WHERE secteur_id = {id} AND du <= {jour} AND (au IS NULL OR au >= {jour})
         ORDER BY commune"
    ))
    .all(db)
    .await?;
    Ok(lignes.into_iter().map(|ligne| ligne.commune).collect())
}

/// Every commune that has a secteur on a day.
///
/// # Errors
/// The engine refused.
pub async fn communes_couvertes(
    db: &impl ConnectionTrait,
    jour: Date,
) -> Result<std::collections::BTreeSet<CodeCommune>, DbErr> {
    let jour = jour.to_string();
    let lignes = UneCommune::find_by_statement(raw_sql!(
        Postgres,
        "SELECT DISTINCT commune FROM secteur_commune WHERE du <= {jour} AND (au IS NULL OR au >= {jour})"
    ))
    .all(db)
    .await?;
    Ok(lignes.iter().filter_map(|ligne| ligne.commune.parse().ok()).collect())
}

/// Agents in charge of a secteur on a day.
///
/// # Errors
/// The engine refused.
pub async fn agents(
    db: &impl ConnectionTrait,
    id: &SecteurId,
    jour: Date,
) -> Result<Vec<crate::personne::Model>, DbErr> {
    let (id, jour) = (id.as_str(), jour.to_string());
    crate::personne::Model::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.* FROM secteur_agent sa JOIN personne p ON p.id = sa.personne_id
         WHERE sa.secteur_id = {id} AND sa.du <= {jour} AND (sa.au IS NULL OR sa.au >= {jour}) ORDER BY p.nom_tri, p.id"
    ))
    .all(db)
    .await
}

/// Takes communes out of the secteurs where they are, on the eve of a day.
///
/// # Errors
/// The engine refused.
pub async fn liberer(tx: &WriteTx, communes: &[CodeCommune], du: Date) -> Result<(), DbErr> {
    let veille = du.yesterday().map_err(|e| DbErr::Custom(e.to_string()))?.to_string();
    for paquet in communes.chunks(500) {
        let codes = || paquet.iter().map(|code| code.as_str().to_owned());
        // Rows that would begin after their end never were in force.
        commune::Entity::delete_many()
            .filter(commune::Column::Commune.is_in(codes()))
            .filter(commune::Column::Du.gte(du.to_string()))
            .exec(tx)
            .await?;
        commune::Entity::update_many()
            .col_expr(commune::Column::Au, Expr::value(veille.clone()))
            .filter(commune::Column::Commune.is_in(codes()))
            .filter(
                sea_orm::Condition::any()
                    .add(commune::Column::Au.is_null())
                    .add(commune::Column::Au.gt(veille.clone())),
            )
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Changes a secteur if nobody changed it since `version`; its list of communes holds from `nouveau.du`. False on a conflict.
///
/// # Errors
/// The engine refused.
pub async fn modifier(tx: &WriteTx, id: &SecteurId, version: i64, nouveau: &Nouveau) -> Result<bool, DbErr> {
    let resultat = Entity::update_many()
        .col_expr(Column::Nom, Expr::value(nouveau.nom.clone()))
        .col_expr(Column::NomTri, Expr::value(nom_tri(&nouveau.nom)))
        .col_expr(Column::Telephone, Expr::value(nouveau.telephone.clone()))
        .col_expr(Column::Courriel, Expr::value(nouveau.courriel.clone()))
        .col_expr(Column::DelaiJoursOuvres, Expr::value(nouveau.delai_jours_ouvres))
        .col_expr(Column::Version, Expr::value(version + 1))
        .filter(Column::Id.eq(id.clone()))
        .filter(Column::Version.eq(version))
        .exec(tx)
        .await?;
    if resultat.rows_affected != 1 {
        return Ok(false);
    }
    let actuelles = communes(tx, id, nouveau.du).await?;
    let parties: Vec<CodeCommune> =
        actuelles.iter().filter_map(|code| code.parse().ok()).filter(|code| !nouveau.communes.contains(code)).collect();
    let arrivees: Vec<CodeCommune> =
        nouveau.communes.iter().filter(|code| !actuelles.iter().any(|a| a == code.as_str())).cloned().collect();
    liberer(tx, &parties, nouveau.du).await?;
    liberer(tx, &arrivees, nouveau.du).await?;
    ajouter_communes(tx, id, &arrivees, nouveau.du).await?;
    Ok(true)
}

/// The agents in charge of a secteur end on the eve of a day.
///
/// # Errors
/// The engine refused.
pub async fn relever(tx: &WriteTx, id: &SecteurId, du: Date) -> Result<(), DbErr> {
    let veille = Jour(du.yesterday().map_err(|e| DbErr::Custom(e.to_string()))?);
    agent::Entity::delete_many()
        .filter(agent::Column::SecteurId.eq(id.clone()))
        .filter(agent::Column::Du.gte(Jour(du)))
        .exec(tx)
        .await?;
    agent::Entity::update_many()
        .col_expr(agent::Column::Au, Expr::value(veille.to_string()))
        .filter(agent::Column::SecteurId.eq(id.clone()))
        .filter(sea_orm::Condition::any().add(agent::Column::Au.is_null()).add(agent::Column::Au.gt(veille)))
        .exec(tx)
        .await?;
    Ok(())
}
