//! Who has access to a project by right: people whose verified mandate in its organisation is in force, invitations that
//! hold, its author until they hand it over with their mandate. The mails of a project go to them and to nobody else.

use domain::droit::Fonction;
use jiff::civil::Date;
use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{FromQueryResult, raw_sql};

use super::{Model, ProjetId, membre};
use crate::personne::{self, PersonneId};

fn organisation(projet: &Model) -> &str {
    projet.organisation_id.as_ref().map_or("", |organisation| organisation.as_str())
}

/// People to tell about a project on a day. Erased people are left out.
///
/// # Errors
/// The engine refused.
pub async fn personnes(db: &impl ConnectionTrait, projet: &Model, jour: Date) -> Result<Vec<personne::Model>, DbErr> {
    let (id, organisation, jour) = (projet.id.as_str(), organisation(projet), jour.to_string());
    let auteur = projet.auteur_id.as_ref().map_or("", |auteur| auteur.as_str());
    personne::Model::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.* FROM personne p WHERE p.courriel IS NOT NULL AND (
            p.id IN (SELECT personne_id FROM projet_membre WHERE projet_id = {id} AND au IS NULL)
            OR p.id IN (SELECT personne_id FROM mandat WHERE organisation_id = {organisation} AND etat = 'verifie'
                           AND du <= {jour} AND (au IS NULL OR au >= {jour}))
            OR (p.id = {auteur} AND NOT EXISTS (SELECT 1 FROM mandat m WHERE m.personne_id = p.id
                           AND m.organisation_id = {organisation} AND m.etat = 'verifie')))
         ORDER BY p.id"
    ))
    .all(db)
    .await
}

/// A project to tell somebody about.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ADire {
    /// Whom.
    pub personne_id: PersonneId,
    /// Project.
    pub projet_id: ProjetId,
    /// Its reference.
    pub reference: String,
    /// Its title.
    pub titre: String,
}

/// Projects asked about by one statement.
const PAQUET: usize = 500;

/// For each of these projects, the people that [`personnes`] says, gathered by person, by title.
///
/// # Errors
/// The engine refused.
pub async fn a_dire(db: &impl ConnectionTrait, projets: &[ProjetId], jour: Date) -> Result<Vec<ADire>, DbErr> {
    let jour = jour.to_string();
    let mut toutes = Vec::new();
    for paquet in projets.chunks(PAQUET) {
        let ids: Vec<&str> = paquet.iter().map(ProjetId::as_str).collect();
        let lues = ADire::find_by_statement(raw_sql!(
            Postgres,
            "WITH les AS (SELECT id, reference, titre, organisation_id, auteur_id FROM projet WHERE id IN ({..ids})),
             qui AS (
                 SELECT j.id AS projet_id, i.personne_id FROM les j JOIN projet_membre i ON i.projet_id = j.id AND i.au IS NULL
                 UNION SELECT j.id, m.personne_id FROM les j JOIN mandat m ON m.organisation_id = j.organisation_id
                        WHERE m.etat = 'verifie' AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour})
                 UNION SELECT j.id, j.auteur_id FROM les j WHERE NOT EXISTS (SELECT 1 FROM mandat m
                        WHERE m.personne_id = j.auteur_id AND m.organisation_id = j.organisation_id AND m.etat = 'verifie'))
             SELECT p.id AS personne_id, j.id AS projet_id, j.reference, j.titre FROM qui
             JOIN les j ON j.id = qui.projet_id JOIN personne p ON p.id = qui.personne_id AND p.courriel IS NOT NULL"
        ))
        .all(db)
        .await?;
        toutes.extend(lues);
    }
    toutes.sort_by(|a, b| (&a.personne_id.0, &a.titre, &a.reference).cmp(&(&b.personne_id.0, &b.titre, &b.reference)));
    Ok(toutes)
}

#[derive(FromQueryResult)]
struct Suivi {
    id: ProjetId,
}

/// Of these projects, those that a person may still hear of on a day.
///
/// # Errors
/// The engine refused.
pub async fn encore_a_dire(
    db: &impl ConnectionTrait,
    personne: &PersonneId,
    projets: &[ProjetId],
    jour: Date,
) -> Result<Vec<ProjetId>, DbErr> {
    if projets.is_empty() {
        return Ok(Vec::new());
    }
    let (personne, jour) = (personne.as_str(), jour.to_string());
    let ids: Vec<&str> = projets.iter().map(ProjetId::as_str).collect();
    let suivis = Suivi::find_by_statement(raw_sql!(
        Postgres,
        "SELECT j.id FROM projet j WHERE j.id IN ({..ids}) AND (
            EXISTS (SELECT 1 FROM projet_membre i
                     WHERE i.projet_id = j.id AND i.personne_id = {personne} AND i.au IS NULL)
            OR EXISTS (SELECT 1 FROM mandat m WHERE m.organisation_id = j.organisation_id AND m.personne_id = {personne}
                     AND m.etat = 'verifie' AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour}))
            OR (j.auteur_id = {personne} AND NOT EXISTS (SELECT 1 FROM mandat m
                     WHERE m.organisation_id = j.organisation_id AND m.personne_id = {personne} AND m.etat = 'verifie')))"
    ))
    .all(db)
    .await?;
    Ok(suivis.into_iter().map(|suivi| suivi.id).collect())
}

/// Someone who has access, and why.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Acces {
    /// `mandat`, `invite` or `auteur`.
    pub titre: String,
    /// Of the mandate, of the invitation.
    pub id: String,
    /// First name.
    pub prenom: String,
    /// Name.
    pub nom: String,
    /// Address.
    pub courriel: Option<String>,
    /// By mandate.
    pub fonction: Option<Fonction>,
}

/// Who has access on a day, by name. One statement.
///
/// # Errors
/// The engine refused.
pub async fn acces(db: &impl ConnectionTrait, projet: &Model, jour: Date) -> Result<Vec<Acces>, DbErr> {
    let (id, organisation, jour) = (projet.id.as_str(), organisation(projet), jour.to_string());
    let auteur = projet.auteur_id.as_ref().map_or("", |auteur| auteur.as_str());
    Acces::find_by_statement(raw_sql!(
        Postgres,
        "SELECT 'mandat' AS titre, m.id AS id, p.prenom AS prenom, p.nom AS nom, p.courriel AS courriel,
                m.fonction AS fonction, p.nom_tri AS nom_tri
           FROM mandat m JOIN personne p ON p.id = m.personne_id
          WHERE m.organisation_id = {organisation} AND m.etat = 'verifie' AND m.du <= {jour}
            AND (m.au IS NULL OR m.au >= {jour})
         UNION ALL
         SELECT 'invite', i.id, p.prenom, p.nom, p.courriel, NULL, p.nom_tri
           FROM projet_membre i JOIN personne p ON p.id = i.personne_id
          WHERE i.projet_id = {id} AND i.au IS NULL
         UNION ALL
         SELECT 'auteur', p.id, p.prenom, p.nom, p.courriel, NULL, p.nom_tri
           FROM personne p
          WHERE p.id = {auteur} AND p.courriel IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM mandat m WHERE m.personne_id = p.id AND m.organisation_id = {organisation}
                               AND m.etat = 'verifie')
            AND NOT EXISTS (SELECT 1 FROM projet_membre i
                             WHERE i.projet_id = {id} AND i.personne_id = p.id AND i.au IS NULL)
         ORDER BY nom_tri, id"
    ))
    .all(db)
    .await
}

/// An invitation of a person, past ones too.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Invitation {
    /// Reference of the project.
    pub reference: String,
    /// Since.
    pub du: Instant,
    /// Until.
    pub au: Option<Instant>,
}

/// Invitations of a person, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn invitations(db: &impl ConnectionTrait, personne: &PersonneId) -> Result<Vec<Invitation>, DbErr> {
    let personne = personne.as_str();
    Invitation::find_by_statement(raw_sql!(
        Postgres,
        "SELECT j.reference, i.du, i.au FROM projet_membre i JOIN projet j ON j.id = i.projet_id
         WHERE i.personne_id = {personne} ORDER BY i.du, i.id"
    ))
    .all(db)
    .await
}

/// Takes back an invitation to a project. False when it no longer held.
///
/// # Errors
/// The engine refused.
pub async fn retirer(tx: &WriteTx, projet: &ProjetId, invitation: &str, maintenant: Instant) -> Result<bool, DbErr> {
    finir(tx, projet, membre::Column::Id.eq(invitation), maintenant).await
}

/// An invited person leaves a project. False when they were not invited.
///
/// # Errors
/// The engine refused.
pub async fn quitter(
    tx: &WriteTx,
    projet: &ProjetId,
    personne: &PersonneId,
    maintenant: Instant,
) -> Result<bool, DbErr> {
    finir(tx, projet, membre::Column::PersonneId.eq(personne.clone()), maintenant).await
}

async fn finir(
    tx: &WriteTx,
    projet: &ProjetId,
    laquelle: impl IntoCondition,
    maintenant: Instant,
) -> Result<bool, DbErr> {
    let finies = membre::Entity::update_many()
        .col_expr(membre::Column::Au, Expr::value(maintenant))
        .filter(membre::Column::ProjetId.eq(projet.clone()))
        .filter(membre::Column::Au.is_null())
        .filter(laquelle)
        .exec(tx)
        .await?;
    Ok(finies.rows_affected > 0)
}
