//! Who answers on a day. Only someone in office (a verified function in force) and not away answers; else the replacement
//! noted with the absence, under the same conditions; else nobody, and the coordination does.

use domain::code::CodeCommune;
use jiff::civil::Date;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use super::SecteurId;
use crate::personne::PersonneId;

/// Who answers for a commune on a day.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Interlocuteur {
    /// Secteur.
    pub secteur_id: SecteurId,
    /// Its name.
    pub secteur: String,
    /// Its telephone.
    pub telephone: Option<String>,
    /// Its address.
    pub courriel: Option<String>,
    /// Promised delay, in working days.
    pub delai_jours_ouvres: i64,
    /// The agent who answers that day: the replacement during an absence. Absent when there is none: the coordination answers.
    pub personne_id: Option<PersonneId>,
    /// First name.
    pub prenom: Option<String>,
    /// Name.
    pub nom: Option<String>,
    /// Is the agent away, someone else answering?
    pub remplace: bool,
}

impl Interlocuteur {
    /// "Prénom Nom", when an agent is known.
    #[must_use]
    pub fn nom_complet(&self) -> Option<String> {
        let nom = format!("{} {}", self.prenom.as_deref()?, self.nom.as_deref()?).trim().to_owned();
        (!nom.is_empty()).then_some(nom)
    }
}

/// Who answers for a commune on a day: the secteur's agent, or the replacement during an absence. One statement.
///
/// # Errors
/// The engine refused.
pub async fn interlocuteur(
    db: &impl ConnectionTrait,
    commune: &CodeCommune,
    jour: Date,
) -> Result<Option<Interlocuteur>, DbErr> {
    let (commune, jour) = (commune.as_str(), jour.to_string());
    // Who is away is not joined; an absence without replacement leads back to who is away, so to nobody.
    Interlocuteur::find_by_statement(raw_sql!(
        Postgres,
        "SELECT s.id AS secteur_id, s.nom AS secteur, s.telephone, s.courriel, s.delai_jours_ouvres,
                p.id AS personne_id, p.prenom, p.nom, COALESCE(p.id <> sa.personne_id, FALSE) AS remplace
         FROM secteur_commune sc JOIN secteur s ON s.id = sc.secteur_id
         LEFT JOIN secteur_agent sa ON sa.secteur_id = s.id AND sa.du <= {jour} AND (sa.au IS NULL OR sa.au >= {jour})
         LEFT JOIN absence ab ON ab.personne_id = sa.personne_id AND ab.du <= {jour} AND ab.au >= {jour}
         LEFT JOIN personne p ON p.id = COALESCE(ab.remplacant_id, sa.personne_id)
              AND EXISTS (SELECT 1 FROM mandat m JOIN organisation o ON o.id = m.organisation_id
                           WHERE m.personne_id = p.id AND m.fonction = 'charge-territorial' AND o.nature = 'departement'
                             AND m.etat = 'verifie' AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour}))
              AND NOT EXISTS (SELECT 1 FROM absence a WHERE a.personne_id = p.id AND a.du <= {jour} AND a.au >= {jour})
         WHERE sc.commune = {commune} AND sc.du <= {jour} AND (sc.au IS NULL OR sc.au >= {jour})
         ORDER BY CASE WHEN p.id IS NULL THEN 1 ELSE 0 END, sa.du NULLS LAST, sa.id, p.id LIMIT 1"
    ))
    .one(db)
    .await
}

#[derive(FromQueryResult)]
struct Confie {
    secteur_id: SecteurId,
}

/// The secteurs that a person in office answers for on a day: their own, and those of the absent whom they replace.
///
/// # Errors
/// The engine refused.
pub async fn de_l_agent(db: &impl ConnectionTrait, personne: &PersonneId, jour: Date) -> Result<Vec<SecteurId>, DbErr> {
    let (personne, jour) = (personne.as_str(), jour.to_string());
    let lignes = Confie::find_by_statement(raw_sql!(
        Postgres,
        "SELECT DISTINCT sa.secteur_id FROM secteur_agent sa
         LEFT JOIN absence ab ON ab.personne_id = sa.personne_id AND ab.du <= {jour} AND ab.au >= {jour}
         WHERE sa.du <= {jour} AND (sa.au IS NULL OR sa.au >= {jour})
           AND (sa.personne_id = {personne} OR ab.remplacant_id = {personne})
         ORDER BY sa.secteur_id"
    ))
    .all(db)
    .await?;
    Ok(lignes.into_iter().map(|ligne| ligne.secteur_id).collect())
}

/// Who answers in the name of an agent on a day.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Repondant {
    /// The agent.
    pub agent: PersonneId,
    /// Who answers: the agent, or the replacement while the agent is away.
    pub personne_id: PersonneId,
    /// First name of who answers.
    pub prenom: String,
    /// Name of who answers.
    pub nom: String,
}

/// For each agent (chargé or coordinator), who answers in their name on a day; nobody for those who are gone, or away without
/// replacement. One statement.
///
/// # Errors
/// The engine refused.
pub async fn repondants(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<Repondant>, DbErr> {
    let jour = jour.to_string();
    Repondant::find_by_statement(raw_sql!(
        Postgres,
        "WITH present AS (
             SELECT DISTINCT p.id, p.prenom, p.nom FROM mandat m
             JOIN organisation o ON o.id = m.organisation_id JOIN personne p ON p.id = m.personne_id
             WHERE m.fonction IN ('charge-territorial', 'coordinateur') AND o.nature = 'departement'
               AND m.etat = 'verifie' AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour})
               AND NOT EXISTS (SELECT 1 FROM absence a
                                WHERE a.personne_id = p.id AND a.du <= {jour} AND a.au >= {jour}))
         SELECT id AS agent, id AS personne_id, prenom, nom FROM present
         UNION SELECT ab.personne_id, r.id, r.prenom, r.nom FROM absence ab JOIN present r ON r.id = ab.remplacant_id
         WHERE ab.du <= {jour} AND ab.au >= {jour}
         ORDER BY 1, 2"
    ))
    .all(db)
    .await
}

/// A secteur in a list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Vue {
    /// Identifier.
    pub id: SecteurId,
    /// Name.
    pub nom: String,
    /// Promised delay, in working days.
    pub delai_jours_ouvres: i64,
    /// How many communes on that day.
    pub communes: i64,
    /// Who answers on that day, as [`interlocuteur`] says; nobody when absent.
    pub agents: Option<String>,
}

/// All secteurs with their communes and who answers on a day, by name. One statement.
///
/// # Errors
/// The engine refused.
pub async fn vues(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<Vue>, DbErr> {
    let jour = jour.to_string();
    Vue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT s.id, s.nom, s.delai_jours_ouvres,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM secteur_commune sc
              WHERE sc.secteur_id = s.id AND sc.du <= {jour} AND (sc.au IS NULL OR sc.au >= {jour})) AS communes,
            (SELECT p.prenom || ' ' || p.nom FROM secteur_agent sa
              LEFT JOIN absence ab ON ab.personne_id = sa.personne_id AND ab.du <= {jour} AND ab.au >= {jour}
              JOIN personne p ON p.id = COALESCE(ab.remplacant_id, sa.personne_id)
              WHERE sa.secteur_id = s.id AND sa.du <= {jour} AND (sa.au IS NULL OR sa.au >= {jour})
                AND EXISTS (SELECT 1 FROM mandat m JOIN organisation o ON o.id = m.organisation_id
                             WHERE m.personne_id = p.id AND m.fonction = 'charge-territorial' AND o.nature = 'departement'
                               AND m.etat = 'verifie' AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour}))
                AND NOT EXISTS (SELECT 1 FROM absence a
                                 WHERE a.personne_id = p.id AND a.du <= {jour} AND a.au >= {jour})
              ORDER BY sa.du, sa.id, p.id LIMIT 1) AS agents
         FROM secteur s ORDER BY s.nom_tri, s.id"
    ))
    .all(db)
    .await
}
