//! Organisations: one row behind a commune, an EPCI, a syndicat, an actor, a funder, a collective.

pub mod epci;
pub mod reunion;

use domain::code::CodeCommune;
use domain::identifiant::{Rna, Siren};
use domain::referentiel::Referentiel;
use platform::{Clock, Ids, Instant, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect};

use crate::nom_tri;

identifiant!(
    /// Identifier of an organisation.
    OrganisationId
);

/// What kind of organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
pub enum Nature {
    /// Commune.
    #[sea_orm(string_value = "commune")]
    Commune,
    /// Intercommunalité.
    #[sea_orm(string_value = "epci")]
    Epci,
    /// Syndicat, PETR, CCAS, établissement public.
    #[sea_orm(string_value = "public")]
    Public,
    /// The département itself (one per instance).
    #[sea_orm(string_value = "departement")]
    Departement,
    /// Association, cooperative, company, foundation…
    #[sea_orm(string_value = "acteur")]
    Acteur,
    /// Group of people without statutes.
    #[sea_orm(string_value = "collectif")]
    Collectif,
}

/// Columns of `organisation`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganisationId,
    /// Kind.
    pub nature: Nature,
    /// SIREN, when it has one.
    pub siren: Option<Siren>,
    /// RNA number, when it has one.
    pub rna: Option<Rna>,
    /// Commune of its seat.
    pub commune: Option<CodeCommune>,
    /// Name.
    pub nom: String,
    /// Sort key.
    pub nom_tri: String,
    /// Official address: answering from it verifies a mandate.
    pub courriel: Option<String>,
    /// First known.
    pub cree_le: Instant,
    /// Optimistic lock.
    pub version: i64,
}

/// No declared relation: joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is needed to know an organisation.
#[derive(Clone, Debug)]
pub struct Nouvelle {
    /// Kind.
    pub nature: Nature,
    /// SIREN.
    pub siren: Option<Siren>,
    /// RNA.
    pub rna: Option<Rna>,
    /// Commune of the seat.
    pub commune: Option<CodeCommune>,
    /// Name.
    pub nom: String,
    /// Official address.
    pub courriel: Option<String>,
}

impl Nouvelle {
    /// The organisation behind a commune.
    #[must_use]
    pub fn commune(code: &CodeCommune) -> Self {
        Self {
            nature: Nature::Commune,
            siren: None,
            rna: None,
            commune: Some(code.clone()),
            nom: Referentiel::embarque().nom_commune(code).to_owned(),
            courriel: None,
        }
    }

    /// The EPCI of a commune, which its SIREN names; none where there is none.
    #[must_use]
    pub fn epci(commune: &CodeCommune) -> Option<Self> {
        let referentiel = Referentiel::embarque();
        let epci = referentiel.epci_de(referentiel.commune(commune)?)?;
        let siren = Some(epci.code.as_str().parse().ok()?);
        let nom = epci.nom.to_owned();
        Some(Self { nature: Nature::Epci, siren, rna: None, commune: None, nom, courriel: None })
    }
}

/// A centre communal (or intercommunal) d'action sociale, however its name is written.
#[must_use]
pub fn est_d_action_sociale(nom: &str) -> bool {
    let nom = nom_tri(nom);
    nom.split(' ').any(|mot| matches!(mot, "ccas" | "cias")) || nom.contains("communal d action sociale")
}

/// The organisation with this identifier.
///
/// # Errors
/// The engine refused.
pub async fn par_id(db: &impl ConnectionTrait, id: &OrganisationId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.clone()).one(db).await
}

/// The organisation with this SIREN.
///
/// # Errors
/// The engine refused.
pub async fn par_siren(db: &impl ConnectionTrait, siren: &Siren) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Siren.eq(siren.clone())).one(db).await
}

/// The organisation with this RNA number.
///
/// # Errors
/// The engine refused.
pub async fn par_rna(db: &impl ConnectionTrait, rna: &Rna) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Rna.eq(rna.clone())).one(db).await
}

/// The organisation behind a commune, when known.
///
/// # Errors
/// The engine refused.
pub async fn de_la_commune(db: &impl ConnectionTrait, commune: &CodeCommune) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Commune.eq(commune.clone()))
        .filter(Column::Nature.eq(Nature::Commune))
        .order_by_asc(Column::Id)
        .one(db)
        .await
}

/// Every organisation seated in a commune, by name.
///
/// # Errors
/// The engine refused.
pub async fn de_la_commune_toutes(db: &impl ConnectionTrait, commune: &CodeCommune) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Commune.eq(commune.clone()))
        .order_by_asc(Column::NomTri)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The organisation of the département itself.
///
/// # Errors
/// The engine refused.
pub async fn du_departement(db: &impl ConnectionTrait) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Nature.eq(Nature::Departement)).order_by_asc(Column::Id).one(db).await
}

/// Finds an organisation by SIREN, then RNA, then (communes) by code; makes it when unknown.
///
/// # Errors
/// The engine refused.
pub async fn trouver_ou_creer(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    nouvelle: Nouvelle,
) -> Result<Model, DbErr> {
    if let Some(connue) = chercher(tx, &nouvelle).await? {
        return Ok(connue);
    }
    let organisation = Model {
        id: OrganisationId::nouveau(ids),
        nature: nouvelle.nature,
        siren: nouvelle.siren,
        rna: nouvelle.rna,
        commune: nouvelle.commune,
        nom_tri: nom_tri(&nouvelle.nom),
        nom: nouvelle.nom,
        courriel: nouvelle.courriel,
        cree_le: clock.instant(),
        version: 1,
    };
    Entity::insert(organisation.clone().into_active_model()).exec_without_returning(tx).await?;
    Ok(organisation)
}

async fn chercher(tx: &WriteTx, nouvelle: &Nouvelle) -> Result<Option<Model>, DbErr> {
    if let Some(siren) = &nouvelle.siren {
        return par_siren(tx, siren).await;
    }
    if let Some(rna) = &nouvelle.rna {
        return par_rna(tx, rna).await;
    }
    match (&nouvelle.commune, nouvelle.nature) {
        (Some(commune), Nature::Commune) => de_la_commune(tx, commune).await,
        _ => Ok(None),
    }
}

/// The only organisation of this kind and name in this commune: the one that a person names (a commune has one centre
/// d'action sociale, whatever it is called). Of two, nobody can say which one is meant.
///
/// # Errors
/// The engine refused.
pub async fn nommee(tx: &WriteTx, nature: Nature, commune: &CodeCommune, nom: &str) -> Result<Option<Model>, DbErr> {
    let du_lieu = Entity::find().filter(Column::Commune.eq(commune.clone())).filter(Column::Nature.eq(nature));
    let mut trouvees = if nature == Nature::Public && est_d_action_sociale(nom) {
        let toutes = du_lieu.order_by_asc(Column::Id).all(tx).await?;
        toutes.into_iter().filter(|organisation| est_d_action_sociale(&organisation.nom)).collect()
    } else {
        du_lieu.filter(Column::NomTri.eq(nom_tri(nom))).limit(2).all(tx).await?
    };
    Ok(trouvees.pop().filter(|_| trouvees.is_empty()))
}
