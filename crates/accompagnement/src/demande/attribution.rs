//! Who answers a request. As a rule whoever answers for the commune that day; a request handed by name follows its agent,
//! whatever the secteur, as long as someone answers in that agent's name.

use jiff::civil::Date;
use platform::WriteTx;
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, Statement, Value, raw_sql};
use socle::{PersonneId, ProjetId, personne, projet, secteur};

use super::storage::Model;

/// Projects written by one statement.
const PAQUET: usize = 500;

/// For the rights: was the project handed by name to this agent, or to someone whom they replace that day? A closed request
/// too: who closed it reads it again.
pub(crate) fn confie(projet: &ProjetId, agent: &PersonneId, jour: Date) -> Statement {
    let (projet, agent, jour) = (projet.as_str(), agent.as_str(), jour.to_string());
    raw_sql!(
        Postgres,
        "SELECT d.id FROM demande d WHERE d.projet_id = {projet} AND d.confiee
           AND (d.agent_id = {agent} OR EXISTS (SELECT 1 FROM absence ab
                 WHERE ab.personne_id = d.agent_id AND ab.remplacant_id = {agent} AND ab.du <= {jour} AND ab.au >= {jour}))"
    )
}

/// Who answers a request on a day; nobody: the coordination does.
///
/// # Errors
/// The engine refused.
pub async fn repondant(
    db: &impl ConnectionTrait,
    demande: &Model,
    jour: Date,
) -> Result<Option<personne::Model>, DbErr> {
    let nomme = match demande.agent_id.as_ref().filter(|_| demande.confiee) {
        Some(agent) => secteur::repondants(db, jour).await?.into_iter().find(|r| &r.agent == agent),
        None => None,
    };
    let qui = match nomme {
        Some(nomme) => Some(nomme.personne_id),
        None => {
            let projet = projet::Entity::find_by_id(demande.projet_id.clone()).one(db).await?;
            let Some(projet) = projet else { return Ok(None) };
            secteur::interlocuteur(db, &projet.commune, jour).await?.and_then(|i| i.personne_id)
        }
    };
    match qui {
        Some(qui) => personne::par_id(db, &qui).await,
        None => Ok(None),
    }
}

/// Who holds each request (`agent`), that goes on or not: by name, else the agents of the secteur, else who was in charge when
/// it was asked. `$1` is the day.
macro_rules! tenues {
    () => {
        "WITH en_charge AS (
             SELECT sc.commune, MIN(sa.personne_id) AS agent_id
             FROM secteur_commune sc JOIN secteur_agent sa ON sa.secteur_id = sc.secteur_id
             WHERE sc.du <= $1 AND (sc.au IS NULL OR sc.au >= $1)
               AND sa.du <= $1 AND (sa.au IS NULL OR sa.au >= $1) GROUP BY sc.commune),
         tenue AS (
             SELECT d.projet_id, p.etape, CASE WHEN d.confiee THEN d.agent_id ELSE COALESCE(e.agent_id, d.agent_id) END AS agent
             FROM projet p JOIN demande d ON d.projet_id = p.id LEFT JOIN en_charge e ON e.commune = p.commune
             WHERE p.etat = 'garde' AND d.etat <> 'refusee')"
    };
}

#[expect(clippy::disallowed_methods, reason = "the text is made of parts written once; both engines read `$1`")]
fn avec<const N: usize>(sql: &'static str, valeurs: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, valeurs)
}

/// A project of a portfolio.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Suivi {
    /// Project.
    pub projet_id: ProjetId,
}

/// People who hold projects that go on: those to whom they were handed by name, the agents of the secteurs, and who was in
/// charge when it was asked where the secteur has no agent any more; in office or not. By name.
///
/// # Errors
/// The engine refused.
pub async fn detenteurs(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<personne::Model>, DbErr> {
    const SQL: &str = concat!(
        tenues!(),
        " SELECT a.* FROM personne a
          WHERE a.id IN (SELECT agent FROM tenue WHERE etape NOT IN ('activite', 'arrete')) ORDER BY a.nom_tri, a.id"
    );
    personne::Model::find_by_statement(avec(SQL, [jour.to_string().into()])).all(db).await
}

/// What a person holds, as [`detenteurs`] says, with what is at its end: requests that are not closed.
///
/// # Errors
/// The engine refused.
pub async fn portefeuille(db: &impl ConnectionTrait, de: &PersonneId, jour: Date) -> Result<Vec<Suivi>, DbErr> {
    const SQL: &str = concat!(tenues!(), " SELECT projet_id FROM tenue WHERE agent = $2 ORDER BY projet_id");
    Suivi::find_by_statement(avec(SQL, [jour.to_string().into(), de.as_str().into()])).all(db).await
}

/// Requests go to an agent: by name, but where they already answer for the commune, whose requests follow it.
///
/// # Errors
/// The engine refused.
pub async fn transmettre(tx: &WriteTx, suivis: &[Suivi], a: &PersonneId, jour: Date) -> Result<(), DbErr> {
    let (a, jour) = (a.as_str(), jour.to_string());
    for paquet in suivis.chunks(PAQUET) {
        let ids: Vec<&str> = paquet.iter().map(|suivi| suivi.projet_id.as_str()).collect();
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE demande SET agent_id = {a}, version = version + 1, confiee = projet_id NOT IN (
                 SELECT p.id FROM projet p JOIN secteur_commune sc ON sc.commune = p.commune
                 JOIN secteur_agent sa ON sa.secteur_id = sc.secteur_id
                 WHERE p.id IN ({..ids}) AND sa.personne_id = {a}
                   AND sc.du <= {jour} AND (sc.au IS NULL OR sc.au >= {jour})
                   AND sa.du <= {jour} AND (sa.au IS NULL OR sa.au >= {jour}))
             WHERE projet_id IN ({..ids})"
        ))
        .await?;
    }
    Ok(())
}
