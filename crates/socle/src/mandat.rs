//! Mandates: a person acts for an organisation, in a function, between two dates, with a proof. Rights follow the
//! mandate. A self-declared one shows one's own projects only, until an official address, a member or an agent of
//! the département verifies it.

use domain::code::CodeCommune;
use domain::droit::Fonction;
use domain::identifiant::Siren;
use jiff::civil::Date;
use platform::{Clock, Ids, Instant, Jour, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, FromQueryResult, IntoActiveModel, QueryOrder, raw_sql};

use crate::organisation::{Nature, OrganisationId};
use crate::personne::PersonneId;
use crate::projet::porteur;

identifiant!(
    /// Identifier of a mandate.
    MandatId
);

/// Whether someone other than the person has confirmed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
pub enum Etat {
    /// Said by the person alone.
    #[sea_orm(string_value = "declare")]
    Declare,
    /// Confirmed (see `preuve`, `verifie_par`).
    #[sea_orm(string_value = "verifie")]
    Verifie,
    /// Refused, with the reason in `preuve`.
    #[sea_orm(string_value = "refuse")]
    Refuse,
}

/// Columns of `mandat`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mandat")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MandatId,
    /// Who.
    pub personne_id: PersonneId,
    /// For whom.
    pub organisation_id: OrganisationId,
    /// As what.
    pub fonction: Fonction,
    /// First day.
    pub du: Jour,
    /// Last day, when known.
    pub au: Option<Jour>,
    /// Confirmed or not.
    pub etat: Etat,
    /// What proves it, in words (official address, délibération, agent's name…).
    pub preuve: String,
    /// Who verified.
    pub verifie_par: Option<PersonneId>,
    /// When.
    pub verifie_le: Option<Instant>,
    /// Optimistic lock.
    pub version: i64,
}

/// No declared relation: joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A mandate in force with its organisation: what a signed-in page knows.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct EnVigueur {
    /// Identifier of the mandate.
    pub id: MandatId,
    /// Organisation.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation: String,
    /// Its kind.
    pub nature: Nature,
    /// Its SIREN, when known.
    pub siren: Option<Siren>,
    /// Commune of its seat.
    pub commune: Option<CodeCommune>,
    /// Function.
    pub fonction: Fonction,
    /// Confirmed or not.
    pub etat: Etat,
}

impl EnVigueur {
    /// Confirmed by someone else than the person.
    #[must_use]
    pub fn verifie(&self) -> bool {
        self.etat == Etat::Verifie
    }
}

/// The mandates of a person in force on a day (refused ones left out), by organisation name.
///
/// # Errors
/// The engine refused.
pub async fn en_vigueur(db: &impl ConnectionTrait, personne: &PersonneId, jour: Date) -> Result<Vec<EnVigueur>, DbErr> {
    let (personne, jour) = (personne.as_str(), Jour(jour).to_string());
    EnVigueur::find_by_statement(raw_sql!(
        Postgres,
        "SELECT m.id, m.organisation_id, o.nom AS organisation, o.nature, o.siren, o.commune, m.fonction, m.etat
         FROM mandat m JOIN organisation o ON o.id = m.organisation_id
         WHERE m.personne_id = {personne} AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour}) AND m.etat <> 'refuse'
         ORDER BY o.nom_tri, m.id"
    ))
    .all(db)
    .await
}

/// Shown beside the field of the last day.
pub const FIN_PASSEE: &str = "Ce jour est passé. Laissez vide s’il n’y a pas de fin prévue.";

/// Does this person act so for this organisation on this day, declared or verified?
///
/// # Errors
/// The engine refused.
pub async fn deja(
    db: &impl ConnectionTrait,
    personne: &PersonneId,
    organisation: &OrganisationId,
    fonction: Fonction,
    jour: Date,
) -> Result<bool, DbErr> {
    let meme = |mandat: &EnVigueur| mandat.organisation_id == *organisation && mandat.fonction == fonction;
    Ok(en_vigueur(db, personne, jour).await?.iter().any(meme))
}

/// A mandate about to be given.
#[derive(Clone, Debug)]
pub struct Nouveau {
    /// Who.
    pub personne: PersonneId,
    /// For whom.
    pub organisation: OrganisationId,
    /// As what.
    pub fonction: Fonction,
    /// First day.
    pub du: Date,
    /// Last day.
    pub au: Option<Date>,
    /// What proves it, in words.
    pub preuve: String,
    /// Confirmed from the start, and by whom.
    pub verifie_par: Option<Verification>,
}

/// Who or what confirms a mandate.
#[derive(Clone, Debug)]
pub enum Verification {
    /// A person: an agent of the département, a member of the organisation.
    Personne(PersonneId),
    /// The organisation's official address, or the installation of the site.
    Preuve,
}

/// Gives a mandate. Verified from the start, what its holder described for the organisation is its own.
///
/// # Errors
/// The engine refused.
pub async fn donner(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids, nouveau: Nouveau) -> Result<Model, DbErr> {
    let verifie = nouveau.verifie_par.is_some();
    let mandat = Model {
        id: MandatId::nouveau(ids),
        personne_id: nouveau.personne,
        organisation_id: nouveau.organisation,
        fonction: nouveau.fonction,
        du: nouveau.du.into(),
        au: nouveau.au.map(Jour),
        etat: if verifie { Etat::Verifie } else { Etat::Declare },
        preuve: nouveau.preuve,
        verifie_par: match nouveau.verifie_par {
            Some(Verification::Personne(id)) => Some(id),
            _ => None,
        },
        verifie_le: verifie.then(|| clock.instant()),
        version: 1,
    };
    Entity::insert(mandat.clone().into_active_model()).exec_without_returning(tx).await?;
    if verifie {
        porteur::lier_les_siens(tx, &mandat).await?;
    }
    Ok(mandat)
}

/// Confirms a declared mandate; what its holder described for the organisation is its own from now on. False when it was
/// not there or no longer declared.
///
/// # Errors
/// The engine refused.
pub async fn verifier(
    tx: &WriteTx,
    clock: &dyn Clock,
    id: &MandatId,
    par: Option<&PersonneId>,
    preuve: &str,
) -> Result<bool, DbErr> {
    let Some(mandat) = Entity::find_by_id(id.clone()).one(tx).await? else {
        return Ok(false);
    };
    if mandat.etat != Etat::Declare {
        return Ok(false);
    }
    let version = mandat.version + 1;
    let mut modele = mandat.into_active_model();
    modele.etat = Set(Etat::Verifie);
    modele.preuve = Set(preuve.to_owned());
    modele.verifie_par = Set(par.cloned());
    modele.verifie_le = Set(Some(clock.instant()));
    modele.version = Set(version);
    porteur::lier_les_siens(tx, &modele.update(tx).await?).await?;
    Ok(true)
}

/// Ends a mandate on a day (the last day it is in force). False when it was not there.
///
/// # Errors
/// The engine refused.
pub async fn terminer(tx: &WriteTx, id: &MandatId, dernier_jour: Date) -> Result<bool, DbErr> {
    changer_la_fin(tx, id, Some(dernier_jour)).await
}

/// Changes the last day of a mandate; `None`: no end is known. False when it was not there.
///
/// # Errors
/// The engine refused.
pub async fn changer_la_fin(tx: &WriteTx, id: &MandatId, au: Option<Date>) -> Result<bool, DbErr> {
    let resultat = Entity::update_many()
        .col_expr(Column::Au, Expr::value(au.map(|au| au.to_string())))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.clone()))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// Mandates of these organisations in force on a day (refused ones left out), with their people, by name. Two statements.
///
/// # Errors
/// The engine refused.
pub async fn des_organisations(
    db: &impl ConnectionTrait,
    organisations: &[OrganisationId],
    jour: Date,
) -> Result<Vec<(Model, crate::personne::Model)>, DbErr> {
    let mandats = Entity::find()
        .filter(Column::OrganisationId.is_in(organisations.iter().cloned()))
        .filter(Column::Etat.ne(Etat::Refuse))
        .filter(Column::Du.lte(Jour(jour)))
        .filter(sea_orm::Condition::any().add(Column::Au.is_null()).add(Column::Au.gte(Jour(jour))))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let qui: Vec<PersonneId> = mandats.iter().map(|mandat| mandat.personne_id.clone()).collect();
    let personnes = crate::personne::Entity::find().filter(crate::personne::Column::Id.is_in(qui)).all(db).await?;
    let mut membres: Vec<(Model, crate::personne::Model)> = mandats
        .into_iter()
        .filter_map(|mandat| {
            let personne = personnes.iter().find(|personne| personne.id == mandat.personne_id)?.clone();
            Some((mandat, personne))
        })
        .collect();
    membres.sort_by(|a, b| a.1.nom_tri.cmp(&b.1.nom_tri));
    Ok(membres)
}

/// One mandate.
///
/// # Errors
/// The engine refused.
pub async fn par_id(db: &impl ConnectionTrait, id: &MandatId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.clone()).one(db).await
}

/// Refuses a declared mandate, with the reason. False when it was not there or no longer declared.
///
/// # Errors
/// The engine refused.
pub async fn refuser(
    tx: &WriteTx,
    clock: &dyn Clock,
    id: &MandatId,
    par: &PersonneId,
    motif: &str,
) -> Result<bool, DbErr> {
    let resultat = Entity::update_many()
        .col_expr(Column::Etat, Expr::value("refuse"))
        .col_expr(Column::Preuve, Expr::value(motif))
        .col_expr(Column::VerifiePar, Expr::value(par.as_str()))
        .col_expr(Column::VerifieLe, Expr::value(clock.instant()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.clone()))
        .filter(Column::Etat.eq(Etat::Declare))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// Ends every mandate of a person that is still open, on a day.
///
/// # Errors
/// The engine refused.
pub async fn terminer_tous(tx: &WriteTx, personne: &PersonneId, dernier_jour: Date) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Au, Expr::value(dernier_jour.to_string()))
        .filter(Column::PersonneId.eq(personne.clone()))
        .filter(sea_orm::Condition::any().add(Column::Au.is_null()).add(Column::Au.gt(Jour(dernier_jour))))
        .exec(tx)
        .await?;
    Ok(())
}

/// Every mandate of a person, past ones too.
///
/// # Errors
/// The engine refused.
pub async fn de_la_personne(db: &impl ConnectionTrait, personne: &PersonneId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PersonneId.eq(personne.clone()))
        .order_by_asc(Column::Du)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// A mandate as an agent sees it in a list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Declare {
    /// Identifier.
    pub id: MandatId,
    /// Whose.
    pub personne_id: PersonneId,
    /// Function.
    pub fonction: Fonction,
    /// Since.
    pub du: Jour,
    /// What the person says proves it.
    pub preuve: String,
    /// First name.
    pub prenom: String,
    /// Name.
    pub nom: String,
    /// Address.
    pub courriel: Option<String>,
    /// Organisation.
    pub organisation: String,
}

/// Declared mandates that wait, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn declares(db: &impl ConnectionTrait, limite: i64) -> Result<Vec<Declare>, DbErr> {
    Declare::find_by_statement(raw_sql!(
        Postgres,
        "SELECT m.id, m.personne_id, m.fonction, m.du, m.preuve, p.prenom, p.nom, p.courriel, o.nom AS organisation
         FROM mandat m JOIN personne p ON p.id = m.personne_id JOIN organisation o ON o.id = m.organisation_id
         WHERE m.etat = 'declare' ORDER BY m.id LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// Whose mandate, and the name of the organisation.
///
/// # Errors
/// The engine refused.
pub async fn personne_et_organisation(
    db: &impl ConnectionTrait,
    id: &MandatId,
) -> Result<Option<(crate::personne::Model, String)>, DbErr> {
    let Some(mandat) = Entity::find_by_id(id.clone()).one(db).await? else {
        return Ok(None);
    };
    let personne = crate::personne::par_id(db, &mandat.personne_id).await?;
    let organisation = crate::organisation::par_id(db, &mandat.organisation_id).await?;
    Ok(personne.zip(organisation.map(|o| o.nom)))
}

/// People who hold a function, verified and in force on a day, by name.
///
/// # Errors
/// The engine refused.
pub async fn titulaires(
    db: &impl ConnectionTrait,
    fonction: Fonction,
    jour: Date,
) -> Result<Vec<crate::personne::Model>, DbErr> {
    let (fonction, jour) = (fonction.as_str(), jour.to_string());
    crate::personne::Model::find_by_statement(raw_sql!(
        Postgres,
        "SELECT DISTINCT p.* FROM mandat m JOIN personne p ON p.id = m.personne_id
         WHERE m.fonction = {fonction} AND m.etat = 'verifie' AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour})
         ORDER BY p.nom_tri, p.id"
    ))
    .all(db)
    .await
}

/// Functions of the département in force on a day, by name.
///
/// # Errors
/// The engine refused.
pub async fn du_departement(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<Declare>, DbErr> {
    let jour = jour.to_string();
    Declare::find_by_statement(raw_sql!(
        Postgres,
        "SELECT m.id, m.personne_id, m.fonction, m.du, m.preuve, p.prenom, p.nom, p.courriel, o.nom AS organisation
         FROM mandat m JOIN personne p ON p.id = m.personne_id JOIN organisation o ON o.id = m.organisation_id
         WHERE o.nature = 'departement' AND m.etat = 'verifie' AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour})
         ORDER BY p.nom_tri, m.id"
    ))
    .all(db)
    .await
}
