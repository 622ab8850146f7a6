//! Requests by the hundred: the boards, the load of each secteur, figures. One statement each, whatever
//! the number of rows.

use std::ops::RangeInclusive;

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::Etape;
use jiff::civil::Date;
use platform::Jour;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use socle::PersonneId;
use socle::secteur::SecteurId;

use super::rules::{Etat, Horloge};

/// A line of a board.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Ligne {
    /// Project reference.
    pub reference: String,
    /// Project title.
    pub titre: String,
    /// Commune.
    pub commune: CodeCommune,
    /// Stage.
    pub etape: Etape,
    /// Secteur of the commune today.
    pub secteur_id: Option<SecteurId>,
    /// Its name.
    pub secteur: Option<String>,
    /// To whom it was handed by name.
    pub confiee_a: Option<PersonneId>,
    /// State of the request.
    pub etat: String,
    /// Day of the request.
    pub faite_le: Jour,
    /// Promised day.
    pub promise_le: Jour,
    /// First day of the pause.
    pub attend_depuis: Option<Jour>,
    /// First answer.
    pub repondue_le: Option<Jour>,
    /// Next action.
    pub prochaine_action: Option<String>,
    /// When.
    pub prochaine_le: Option<Jour>,
    /// Last contact.
    pub contact_le: Jour,
}

impl Ligne {
    /// Dates, for the rules.
    #[must_use]
    pub fn horloge(&self) -> Horloge {
        Horloge {
            etat: Etat::lire(&self.etat),
            promise_le: self.promise_le.0,
            attend_depuis: self.attend_depuis.map(|j| j.0),
            repondue_le: self.repondue_le.map(|j| j.0),
        }
    }
}

/// Whose requests, on a day.
#[derive(Clone, Debug)]
pub struct Portefeuille {
    /// The day that tells in which secteur a commune is.
    pub jour: Date,
    /// Of everyone.
    pub tout: bool,
    /// Of the communes that have no secteur.
    pub sans_secteur: bool,
    /// Of the communes of these secteurs…
    pub secteurs: Vec<SecteurId>,
    /// … but what was handed by name to one of these.
    pub sauf_a: Vec<PersonneId>,
    /// And what was handed by name to these.
    pub agents: Vec<PersonneId>,
}

impl Portefeuille {
    /// Of nobody yet.
    #[must_use]
    pub fn du(jour: Date) -> Self {
        Self { jour, tout: false, sans_secteur: false, secteurs: vec![], sauf_a: vec![], agents: vec![] }
    }
}

/// For `IN`: an empty list would make invalid SQL on one engine.
pub(crate) fn liste<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let ids: Vec<&str> = ids.collect();
    if ids.is_empty() { vec![""] } else { ids }
}

/// Requests that are not closed, promised day first. One statement.
///
/// # Errors
/// The engine refused.
pub async fn ouvertes(
    db: &impl ConnectionTrait,
    portefeuille: &Portefeuille,
    limite: i64,
) -> Result<Vec<Ligne>, DbErr> {
    let Portefeuille { tout, sans_secteur, secteurs, sauf_a, agents, jour } = portefeuille;
    let (tout, sans, jour) = (*tout, *sans_secteur, jour.to_string());
    let secteurs = liste(secteurs.iter().map(SecteurId::as_str));
    let sauf = liste(sauf_a.iter().map(PersonneId::as_str));
    let agents = liste(agents.iter().map(PersonneId::as_str));
    Ligne::find_by_statement(raw_sql!(
        Postgres,
        "WITH ici AS (SELECT commune, MIN(secteur_id) AS secteur_id FROM secteur_commune
                      WHERE du <= {jour} AND (au IS NULL OR au >= {jour}) GROUP BY commune)
         SELECT p.reference, p.titre, p.commune, p.etape, ici.secteur_id, s.nom AS secteur,
                CASE WHEN d.confiee THEN d.agent_id END AS confiee_a, d.etat,
                d.faite_le, d.promise_le, d.attend_depuis, d.repondue_le, d.prochaine_action, d.prochaine_le, d.contact_le
         FROM demande d JOIN projet p ON p.id = d.projet_id
         LEFT JOIN ici ON ici.commune = p.commune LEFT JOIN secteur s ON s.id = ici.secteur_id
         WHERE d.etat <> 'refusee' AND p.etat = 'garde'
           AND ({tout} OR ({sans} AND ici.secteur_id IS NULL)
                OR (ici.secteur_id IN ({..secteurs}) AND NOT (d.confiee AND d.agent_id IN ({..sauf})))
                OR (d.confiee AND d.agent_id IN ({..agents})))
         ORDER BY d.promise_le, p.reference LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// A column of the board, as the database sorts requests into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rayon {
    /// Promised, and late.
    Retard,
    /// An answer is owed.
    ARepondre,
    /// Something is planned.
    Actions,
    /// The commune is awaited.
    Attente,
    /// No news for too long.
    Silence,
}

impl Rayon {
    /// As the statement names it.
    fn lire(texte: &str) -> Option<Self> {
        Some(match texte {
            "retard" => Self::Retard,
            "a-repondre" => Self::ARepondre,
            "actions" => Self::Actions,
            "attente" => Self::Attente,
            "silence" => Self::Silence,
            _ => return None,
        })
    }
}

/// A card of the board: its request, its column, how many that column holds.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Carte {
    /// The request.
    #[sea_orm(nested)]
    pub ligne: Ligne,
    colonne: String,
    /// Requests of the column, shown or not.
    pub nombre: i64,
}

impl Carte {
    /// Its column.
    #[must_use]
    pub fn rayon(&self) -> Option<Rayon> {
        Rayon::lire(&self.colonne)
    }
}

/// What a board shows.
#[derive(Clone, Debug)]
pub struct Bornes {
    /// Cards of a column.
    pub par_colonne: i64,
    /// Of those without news, how many are looked at.
    pub silencieuses: i64,
    /// Promised on that day or before: late.
    pub dernier_en_retard: Date,
    /// Last contacts that are too old.
    pub silence: RangeInclusive<Date>,
}

/// What an agent has to follow, the most urgent of each column: what is owed or awaited, what has a next action (a request may
/// be in both), what had no news (the last contacts first). Of the same day, the
/// last to come is shown first: nobody has seen it yet. After twenty years nearly all requests are none of these: each
/// of the three is found by its own index. One statement.
///
/// # Errors
/// The engine refused.
pub async fn au_tableau(
    db: &impl ConnectionTrait,
    portefeuille: &Portefeuille,
    bornes: &Bornes,
) -> Result<Vec<Carte>, DbErr> {
    let Portefeuille { tout, sans_secteur, secteurs, sauf_a, agents, jour } = portefeuille;
    let (tout, sans, jour) = (*tout, *sans_secteur, jour.to_string());
    let secteurs = liste(secteurs.iter().map(SecteurId::as_str));
    let sauf = liste(sauf_a.iter().map(PersonneId::as_str));
    let agents = liste(agents.iter().map(PersonneId::as_str));
    let (debut, fin) = (bornes.silence.start().to_string(), bornes.silence.end().to_string());
    let (silencieuses, par_colonne) = (bornes.silencieuses, bornes.par_colonne);
    let retard = bornes.dernier_en_retard.to_string();
    Carte::find_by_statement(raw_sql!(
        Postgres,
        "WITH ici AS (SELECT commune, MIN(secteur_id) AS secteur_id FROM secteur_commune
                      WHERE du <= {jour} AND (au IS NULL OR au >= {jour}) GROUP BY commune),
         due AS (
             SELECT id, projet_id, agent_id, confiee, etat, promise_le, prochaine_le FROM demande
             WHERE etat IN ('a-repondre', 'attend-la-commune')
             UNION ALL SELECT id, projet_id, agent_id, confiee, etat, promise_le, prochaine_le FROM demande
             WHERE prochaine_le > '' AND etat NOT IN ('a-repondre', 'attend-la-commune', 'refusee')),
         vive AS (
             SELECT d.*, ici.secteur_id AS secteur_du_jour FROM due d JOIN projet p ON p.id = d.projet_id
             LEFT JOIN ici ON ici.commune = p.commune
             WHERE p.etat = 'garde' AND ({tout} OR ({sans} AND ici.secteur_id IS NULL)
                OR (ici.secteur_id IN ({..secteurs}) AND NOT (d.confiee AND d.agent_id IN ({..sauf})))
                OR (d.confiee AND d.agent_id IN ({..agents})))),
         rangee AS (
             SELECT id, secteur_du_jour, promise_le AS rang_le,
                    CASE WHEN etat = 'attend-la-commune' THEN 'attente' WHEN promise_le <= {retard} THEN 'retard'
                         ELSE 'a-repondre' END AS colonne
             FROM vive WHERE etat IN ('a-repondre', 'attend-la-commune')
             UNION ALL SELECT id, secteur_du_jour, prochaine_le, 'actions' FROM vive WHERE prochaine_le IS NOT NULL),
         comptee AS (
             SELECT id, secteur_du_jour, colonne, COUNT(*) OVER (PARTITION BY colonne) AS nombre,
                    ROW_NUMBER() OVER (PARTITION BY colonne ORDER BY rang_le, id DESC) AS rang
             FROM rangee
             UNION ALL SELECT id, secteur_du_jour, 'silence', COUNT(*) OVER (), ROW_NUMBER() OVER (ORDER BY contact_le DESC, id)
             FROM (
               SELECT d.id, d.contact_le, ici.secteur_id AS secteur_du_jour FROM demande d JOIN projet p ON p.id = d.projet_id
               LEFT JOIN ici ON ici.commune = p.commune
               WHERE d.etat = 'repondue' AND d.prochaine_le IS NULL AND d.contact_le BETWEEN {debut} AND {fin}
                 AND p.etat = 'garde' AND p.etape NOT IN ('activite', 'arrete')
                 AND ({tout} OR ({sans} AND ici.secteur_id IS NULL)
                      OR (ici.secteur_id IN ({..secteurs}) AND NOT (d.confiee AND d.agent_id IN ({..sauf})))
                      OR (d.confiee AND d.agent_id IN ({..agents})))
               ORDER BY d.contact_le DESC, d.secteur_id, d.projet_id LIMIT {silencieuses}) AS silence)
         SELECT c.colonne, c.nombre, p.reference, p.titre, p.commune, p.etape, c.secteur_du_jour AS secteur_id,
                s.nom AS secteur, CASE WHEN d.confiee THEN d.agent_id END AS confiee_a, d.etat,
                d.faite_le, d.promise_le, d.attend_depuis, d.repondue_le, d.prochaine_action, d.prochaine_le, d.contact_le
         FROM comptee c JOIN demande d ON d.id = c.id JOIN projet p ON p.id = d.projet_id
         LEFT JOIN secteur s ON s.id = c.secteur_du_jour
         WHERE c.rang <= {par_colonne} ORDER BY c.colonne, c.rang"
    ))
    .all(db)
    .await
}

/// Requests of one secteur that are alike for the load.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Charge {
    /// Secteur of the commune today.
    pub secteur_id: Option<SecteurId>,
    /// State of the requests.
    pub etat: String,
    /// Promised day, of those that wait for an answer.
    pub promise_le: Option<Jour>,
    /// How many.
    pub nombre: i64,
}

/// Requests whose project is not at its end, counted by secteur, state, and promised day when an answer is owed.
///
/// # Errors
/// The engine refused.
pub async fn charge(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<Charge>, DbErr> {
    let jour = jour.to_string();
    Charge::find_by_statement(raw_sql!(
        Postgres,
        "WITH ici AS (SELECT commune, MIN(secteur_id) AS secteur_id FROM secteur_commune
                      WHERE du <= {jour} AND (au IS NULL OR au >= {jour}) GROUP BY commune)
         SELECT ici.secteur_id, d.etat, CASE WHEN d.etat = 'a-repondre' THEN d.promise_le END AS promise_le,
                CAST(COUNT(*) AS BIGINT) AS nombre
         FROM projet p JOIN demande d ON d.projet_id = p.id LEFT JOIN ici ON ici.commune = p.commune
         WHERE p.etat = 'garde' AND p.etape NOT IN ('activite', 'arrete') AND d.etat <> 'refusee'
         GROUP BY 1, 2, 3"
    ))
    .all(db)
    .await
}

/// A request for the figures: which secteur, asked, answered, stage.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PourChiffres {
    /// Secteur.
    pub secteur: Option<String>,
    /// State.
    pub etat: String,
    /// Asked.
    pub faite_le: Jour,
    /// Promised.
    pub promise_le: Jour,
    /// Answered.
    pub repondue_le: Option<Jour>,
    /// Stage of the project.
    pub etape: Etape,
    /// Commune.
    pub commune: CodeCommune,
    /// Reference.
    pub reference: String,
    /// Title.
    pub titre: String,
    /// Cost, when known.
    pub cout: Option<Cents>,
    /// Theme ids, in order, with commas.
    pub themes: Option<String>,
}

/// Requests made from a day on; those taken over from a spreadsheet were answered elsewhere, and tell nothing of delays.
///
/// # Errors
/// The engine refused.
pub async fn depuis(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<PourChiffres>, DbErr> {
    let jour = jour.to_string();
    PourChiffres::find_by_statement(raw_sql!(
        Postgres,
        "SELECT s.nom AS secteur, d.etat, d.faite_le, d.promise_le, d.repondue_le, p.etape, p.commune, p.reference, p.titre,
                p.cout, (SELECT string_agg(t.theme, ',' ORDER BY t.rang) FROM projet_theme t WHERE t.projet_id = p.id) AS themes
         FROM demande d JOIN projet p ON p.id = d.projet_id LEFT JOIN secteur s ON s.id = d.secteur_id
         WHERE d.faite_le >= {jour} AND p.etat = 'garde' AND (d.mode IS NULL OR d.mode <> 'reprise')
         ORDER BY d.faite_le DESC, p.reference"
    ))
    .all(db)
    .await
}
