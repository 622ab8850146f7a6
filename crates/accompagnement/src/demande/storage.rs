//! The rows of the feature: requests, recommendations, exchanges. No rule here.

use platform::{Clock, Ids, Instant, Jour, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{FromQueryResult, IntoActiveModel, raw_sql};
use socle::secteur::SecteurId;
use socle::{PersonneId, ProjetId};

use super::rules::{Etat, Horloge};
use crate::suivi::rules::{EtatRecommandation, GenreEchange};

/// Columns of `demande`: one per project.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "demande")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Project.
    pub projet_id: ProjetId,
    /// Secteur on the day of the request.
    pub secteur_id: Option<SecteurId>,
    /// Agent in charge when it was asked, or to whom it was handed by name; the coordination when absent.
    pub agent_id: Option<PersonneId>,
    /// Handed by name: it follows the agent, no longer the commune.
    pub confiee: bool,
    /// Who asked.
    pub faite_par: Option<PersonneId>,
    /// Day of the request.
    pub faite_le: Jour,
    /// Last day of the promised answer.
    pub promise_le: Jour,
    /// [`Etat`], as stored.
    pub etat: String,
    /// First day of the pause.
    pub attend_depuis: Option<Jour>,
    /// Day of the first answer.
    pub repondue_le: Option<Jour>,
    /// `courriel` or `telephone`; `reprise` when it comes from a spreadsheet.
    pub mode: Option<String>,
    /// What the commune wrote.
    pub message: String,
    /// Telephone to call back.
    pub rappel: Option<String>,
    /// Levers and actors ticked, JSON list of titles.
    pub interets: String,
    /// What the agent does next.
    pub prochaine_action: Option<String>,
    /// When.
    pub prochaine_le: Option<Jour>,
    /// Last contact.
    pub contact_le: Jour,
    /// Optimistic lock.
    pub version: i64,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// State.
    #[must_use]
    pub fn etat(&self) -> Etat {
        Etat::lire(&self.etat)
    }

    /// Dates, for the rules.
    #[must_use]
    pub fn horloge(&self) -> Horloge {
        Horloge {
            etat: self.etat(),
            promise_le: self.promise_le.0,
            attend_depuis: self.attend_depuis.map(|j| j.0),
            repondue_le: self.repondue_le.map(|j| j.0),
        }
    }

    /// Puts the dates that the rules gave.
    #[must_use]
    pub fn avec(self, horloge: Horloge) -> Self {
        Self {
            etat: horloge.etat.as_str().to_owned(),
            promise_le: Jour(horloge.promise_le),
            attend_depuis: horloge.attend_depuis.map(Jour),
            repondue_le: horloge.repondue_le.map(Jour),
            ..self
        }
    }

    /// Titles ticked.
    #[must_use]
    pub fn interets(&self) -> Vec<String> {
        serde_json::from_str(&self.interets).unwrap_or_default()
    }
}

/// The request of a project.
///
/// # Errors
/// The engine refused.
pub async fn du_projet(db: &impl ConnectionTrait, projet: &ProjetId) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::ProjetId.eq(projet.clone())).one(db).await
}

/// Inserts a request. False when the project has one: somebody was faster.
///
/// # Errors
/// The engine refused.
pub async fn inserer(tx: &WriteTx, demande: Model) -> Result<bool, DbErr> {
    let une_seule = OnConflict::column(Column::ProjetId).do_nothing().to_owned();
    Ok(Entity::insert(demande.into_active_model()).on_conflict(une_seule).exec_without_returning(tx).await? == 1)
}

/// Saves if nobody changed it since it was read. False on a conflict.
///
/// # Errors
/// The engine refused.
pub async fn enregistrer(tx: &WriteTx, demande: &Model) -> Result<bool, DbErr> {
    let nouveau = Model { version: demande.version + 1, ..demande.clone() };
    let resultat = Entity::update_many()
        .set(nouveau.into_active_model().reset_all())
        .filter(Column::Id.eq(demande.id.clone()))
        .filter(Column::Version.eq(demande.version))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Recommandation {
    /// Identifier.
    pub id: String,
    /// `levier`, `acteur`, `ressource`, `action`.
    pub genre: String,
    /// Title.
    pub titre: String,
    /// Path of the lever or actor in this site.
    pub cible: Option<String>,
    /// Text.
    pub texte: String,
    /// [`EtatRecommandation`], as stored.
    pub etat: String,
    /// Why it was declined.
    pub motif: Option<String>,
}

impl Recommandation {
    /// State; an unknown value is read as just made.
    #[must_use]
    pub fn etat(&self) -> EtatRecommandation {
        EtatRecommandation::lire(&self.etat).unwrap_or(EtatRecommandation::Proposee)
    }
}

/// Recommendations of a project and of its doubles, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn recommandations(db: &impl ConnectionTrait, projet: &ProjetId) -> Result<Vec<Recommandation>, DbErr> {
    let projet = projet.as_str();
    Recommandation::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, genre, titre, cible, texte, etat, motif FROM recommandation
         WHERE projet_id IN (SELECT CAST({projet} AS TEXT) UNION ALL SELECT id FROM projet WHERE fusionne_dans = {projet})
         ORDER BY faite_le, id"
    ))
    .all(db)
    .await
}

/// A recommendation about to be made.
#[derive(Clone, Copy, Debug)]
pub struct NouvelleRecommandation<'a> {
    /// Project.
    pub projet: &'a ProjetId,
    /// Agent.
    pub par: &'a PersonneId,
    /// `levier`, `acteur`, `ressource`, `action`.
    pub genre: &'a str,
    /// Title.
    pub titre: &'a str,
    /// Path of the lever or actor in this site.
    pub cible: Option<&'a str>,
    /// Text.
    pub texte: &'a str,
}

/// Adds a recommendation; gives back its id.
///
/// # Errors
/// The engine refused.
pub async fn recommander(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    nouvelle: NouvelleRecommandation<'_>,
) -> Result<String, DbErr> {
    let NouvelleRecommandation { projet, par, genre, titre, cible, texte } = nouvelle;
    let (id, projet, par, maintenant) = (ids.uuid().to_string(), projet.as_str(), par.as_str(), clock.instant().0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO recommandation (id, projet_id, genre, titre, cible, texte, etat, faite_par, faite_le, version)
         VALUES ({id}, {projet}, {genre}, {titre}, {cible}, {texte}, 'proposee', {par}, {maintenant}, 1)"
    ))
    .await?;
    Ok(id)
}

/// A recommendation of this project or of one of its doubles.
///
/// # Errors
/// The engine refused.
pub async fn recommandation(
    db: &impl ConnectionTrait,
    projet: &ProjetId,
    id: &str,
) -> Result<Option<Recommandation>, DbErr> {
    Ok(recommandations(db, projet).await?.into_iter().find(|recommandation| recommandation.id == id))
}

/// Writes what the bearer says of a recommendation.
///
/// # Errors
/// The engine refused.
pub async fn decider(tx: &WriteTx, id: &str, etat: EtatRecommandation, motif: Option<&str>) -> Result<(), DbErr> {
    let etat = etat.as_str();
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE recommandation SET etat = {etat}, motif = {motif}, version = version + 1 WHERE id = {id}"
    ))
    .await?;
    Ok(())
}

/// The request of one project goes to another that has none. False when there is none to move.
///
/// # Errors
/// The engine refused.
pub async fn deplacer(tx: &WriteTx, de: &ProjetId, a: &ProjetId) -> Result<bool, DbErr> {
    let (de, a) = (de.as_str(), a.as_str());
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE demande SET projet_id = {a}, version = version + 1 WHERE projet_id = {de}"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// What was said, once, on a day: it is never overwritten.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Echange {
    /// [`GenreEchange`], as stored.
    pub genre: String,
    /// Text.
    pub texte: String,
    /// When.
    pub ecrit_le: Instant,
    /// First name and name of who wrote, empty when erased.
    pub qui: Option<String>,
}

/// What was said of a project and of its doubles, newest first.
///
/// # Errors
/// The engine refused.
pub async fn echanges(db: &impl ConnectionTrait, projet: &ProjetId, limite: i64) -> Result<Vec<Echange>, DbErr> {
    let projet = projet.as_str();
    Echange::find_by_statement(raw_sql!(
        Postgres,
        "SELECT e.genre, e.texte, e.ecrit_le, p.prenom || ' ' || p.nom AS qui
         FROM echange e LEFT JOIN personne p ON p.id = e.auteur_id
         WHERE e.projet_id IN (SELECT CAST({projet} AS TEXT) UNION ALL SELECT id FROM projet WHERE fusionne_dans = {projet})
         ORDER BY e.ecrit_le DESC, e.id DESC LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// The last of one kind: what is awaited, why it was refused.
///
/// # Errors
/// The engine refused.
pub async fn dernier(
    db: &impl ConnectionTrait,
    projet: &ProjetId,
    genre: GenreEchange,
) -> Result<Option<Echange>, DbErr> {
    let (projet, genre) = (projet.as_str(), genre.as_str());
    Echange::find_by_statement(raw_sql!(
        Postgres,
        "SELECT e.genre, e.texte, e.ecrit_le, p.prenom || ' ' || p.nom AS qui
         FROM echange e LEFT JOIN personne p ON p.id = e.auteur_id
         WHERE e.genre = {genre}
           AND e.projet_id IN (SELECT CAST({projet} AS TEXT) UNION ALL SELECT id FROM projet WHERE fusionne_dans = {projet})
         ORDER BY e.ecrit_le DESC, e.id DESC LIMIT 1"
    ))
    .one(db)
    .await
}

/// Adds what was said.
///
/// # Errors
/// The engine refused.
pub async fn echanger(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    projet: &ProjetId,
    par: Option<&PersonneId>,
    (genre, texte): (GenreEchange, &str),
) -> Result<(), DbErr> {
    let (id, projet, maintenant) = (ids.uuid().to_string(), projet.as_str(), clock.instant().0);
    let (par, genre) = (par.map_or("", PersonneId::as_str), genre.as_str());
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO echange (id, projet_id, genre, auteur_id, texte, ecrit_le)
         VALUES ({id}, {projet}, {genre}, {par}, {texte}, {maintenant})"
    ))
    .await?;
    Ok(())
}
