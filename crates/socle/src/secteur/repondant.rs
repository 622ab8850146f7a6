//! Who answers on a day. Only someone in office (a verified function in force) and not away answers; else the replacement
//! noted with the absence, under the same conditions; else nobody, and the coordination does.

use domain::code::CodeCommune;
use jiff::civil::Date;
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, Statement, Value};

use super::SecteurId;
use crate::personne::PersonneId;

// What is asked of a day is written once. `$1` is the day.

/// Is this row in force that day?
macro_rules! en_cours {
    ($ligne:literal) => {
        concat!($ligne, ".du <= $1 AND (", $ligne, ".au IS NULL OR ", $ligne, ".au >= $1)")
    };
}

/// Verified functions of the département in force that day, `m`; joined with `o`.
macro_rules! en_fonction {
    () => {
        concat!(
            "mandat m JOIN organisation o ON o.id = m.organisation_id AND o.nature = 'departement' AND m.etat = 'verifie' AND ",
            en_cours!("m")
        )
    };
}

/// Is this person there that day?
macro_rules! present {
    ($personne:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM absence a WHERE a.personne_id = ",
            $personne,
            " AND a.du <= $1 AND a.au >= $1)"
        )
    };
}

/// Who answers for the secteur `s`: its agents `sa`, and `p`, the person in office who is there, the agent or the replacement.
/// Who is away is not joined; an absence without replacement leads back to who is away, so to nobody.
macro_rules! repondants_du_secteur {
    () => {
        concat!(
            "LEFT JOIN secteur_agent sa ON sa.secteur_id = s.id AND ",
            en_cours!("sa"),
            " LEFT JOIN absence ab ON ab.personne_id = sa.personne_id AND ab.du <= $1 AND ab.au >= $1
              LEFT JOIN personne p ON p.id = COALESCE(ab.remplacant_id, sa.personne_id)
               AND EXISTS (SELECT 1 FROM ",
            en_fonction!(),
            " WHERE m.personne_id = p.id AND m.fonction = 'charge-territorial') AND ",
            present!("p.id")
        )
    };
}

/// In which order: who is there first, then who has been there longest.
macro_rules! le_premier {
    () => {
        "ORDER BY CASE WHEN p.id IS NULL THEN 1 ELSE 0 END, sa.du NULLS LAST, sa.id, p.id LIMIT 1"
    };
}

/// A statement of this file with its values, the day first.
#[expect(clippy::disallowed_methods, reason = "the text is made of parts written once; both engines read `$1`")]
fn du_jour(sql: &'static str, jour: Date, autres: &[&str]) -> Statement {
    let jour = jour.to_string();
    let valeurs = std::iter::once(jour.as_str()).chain(autres.iter().copied()).map(Value::from);
    Statement::from_sql_and_values(DbBackend::Postgres, sql, valeurs)
}

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
    const SQL: &str = concat!(
        "SELECT s.id AS secteur_id, s.nom AS secteur, s.telephone, s.courriel, s.delai_jours_ouvres,
                p.id AS personne_id, p.prenom, p.nom, COALESCE(p.id <> sa.personne_id, FALSE) AS remplace
         FROM secteur_commune sc JOIN secteur s ON s.id = sc.secteur_id ",
        repondants_du_secteur!(),
        " WHERE sc.commune = $2 AND ",
        en_cours!("sc"),
        " ",
        le_premier!()
    );
    Interlocuteur::find_by_statement(du_jour(SQL, jour, &[commune.as_str()])).one(db).await
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
    const SQL: &str = concat!(
        "SELECT DISTINCT sa.secteur_id FROM secteur_agent sa
         LEFT JOIN absence ab ON ab.personne_id = sa.personne_id AND ab.du <= $1 AND ab.au >= $1
         WHERE (sa.personne_id = $2 OR ab.remplacant_id = $2) AND ",
        en_cours!("sa"),
        " ORDER BY sa.secteur_id"
    );
    let lignes = Confie::find_by_statement(du_jour(SQL, jour, &[personne.as_str()])).all(db).await?;
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
    const SQL: &str = concat!(
        "WITH present AS (SELECT DISTINCT p.id, p.prenom, p.nom FROM ",
        en_fonction!(),
        " JOIN personne p ON p.id = m.personne_id WHERE m.fonction IN ('charge-territorial', 'coordinateur') AND ",
        present!("p.id"),
        ")
         SELECT id AS agent, id AS personne_id, prenom, nom FROM present
         UNION SELECT ab.personne_id, r.id, r.prenom, r.nom FROM absence ab JOIN present r ON r.id = ab.remplacant_id
         WHERE ab.du <= $1 AND ab.au >= $1
         ORDER BY 1, 2"
    );
    Repondant::find_by_statement(du_jour(SQL, jour, &[])).all(db).await
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
    const SQL: &str = concat!(
        "SELECT t.id, t.nom, t.delai_jours_ouvres,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM secteur_commune sc WHERE sc.secteur_id = t.id AND ",
        en_cours!("sc"),
        ") AS communes, (SELECT p.prenom || ' ' || p.nom FROM secteur s ",
        repondants_du_secteur!(),
        " WHERE s.id = t.id ",
        le_premier!(),
        ") AS agents FROM secteur t ORDER BY t.nom_tri, t.id"
    );
    Vue::find_by_statement(du_jour(SQL, jour, &[])).all(db).await
}
