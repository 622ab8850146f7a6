//! The proposals. No rule here.

use domain::code::CodeCommune;
use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use socle::PersonneId;

use super::rules::{Ecart, Genre};
use crate::a_decider::{Tranche, compter};
use crate::acteur::ActeurId;

/// Where a proposal stands.
pub mod etat {
    /// Waits.
    pub const ATTENTE: &str = "attente";
    /// Every field was taken.
    pub const ACCEPTEE: &str = "acceptee";
    /// Some fields were taken.
    pub const PARTIELLE: &str = "partielle";
    /// Nothing was taken.
    pub const REFUSEE: &str = "refusee";
    /// The structure has its page already.
    pub const DOUBLE: &str = "double";
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Proposition {
    /// Identifier.
    pub id: String,
    /// Short reference, in addresses.
    pub reference: String,
    /// What is proposed.
    pub genre: Genre,
    /// Actor; none for a structure that is not in the directory yet.
    pub acteur_id: Option<ActeurId>,
    /// Name of the structure or of the offer to add.
    pub titre: Option<String>,
    /// What is to be added, as the form held it.
    pub contenu: Option<String>,
    /// Who, when they have an account.
    pub personne_id: Option<PersonneId>,
    /// Where to answer, for the others.
    pub courriel: Option<String>,
    ecarts: String,
    /// What they add, in words.
    pub mot: String,
    /// See [`etat`].
    pub etat: String,
    /// Why it was refused.
    pub motif: Option<String>,
    /// Proposed.
    pub proposee_le: Instant,
    /// Decided.
    pub decidee_le: Option<Instant>,
}

impl Proposition {
    /// The fields.
    #[must_use]
    pub fn ecarts(&self) -> Vec<Ecart> {
        serde_json::from_str(&self.ecarts).unwrap_or_default()
    }
}

/// A proposal about to be written.
#[derive(Clone, Debug)]
pub struct Nouvelle<'a> {
    /// Identifier.
    pub id: String,
    /// Short reference.
    pub reference: String,
    /// What is proposed.
    pub genre: Genre,
    /// Actor.
    pub acteur: Option<&'a ActeurId>,
    /// Name of what is to be added.
    pub titre: Option<&'a str>,
    /// What is to be added, as the form held it.
    pub contenu: Option<&'a str>,
    /// Who.
    pub personne: Option<&'a PersonneId>,
    /// Where to answer.
    pub courriel: Option<&'a str>,
    /// Fields.
    pub ecarts: &'a [Ecart],
    /// In words.
    pub mot: &'a str,
    /// Now.
    pub le: Instant,
}

/// Writes a proposal.
///
/// # Errors
/// The engine refused.
pub async fn inserer(tx: &WriteTx, n: Nouvelle<'_>) -> Result<(), DbErr> {
    let ecarts = serde_json::to_string(n.ecarts).map_err(|erreur| DbErr::Custom(erreur.to_string()))?;
    let (id, reference, acteur) = (n.id.as_str(), n.reference.as_str(), n.acteur.map(ActeurId::as_str));
    let (genre, titre, contenu) = (n.genre.as_str(), n.titre, n.contenu);
    let (personne, courriel, mot, le) = (n.personne.map(|id| id.as_str()), n.courriel, n.mot, n.le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_proposition
         (id, reference, genre, acteur_id, titre, contenu, personne_id, courriel, ecarts, mot, etat, proposee_le, version)
         VALUES ({id}, {reference}, {genre}, {acteur}, {titre}, {contenu}, {personne}, {courriel}, {ecarts}, {mot}, 'attente', {le}, 1)"
    ))
    .await?;
    Ok(())
}

/// One proposal, by its short reference.
///
/// # Errors
/// The engine refused.
pub async fn par_reference(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Proposition>, DbErr> {
    Proposition::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, reference, genre, acteur_id, titre, contenu, personne_id, courriel, ecarts, mot, etat, motif, proposee_le,
            decidee_le
         FROM acteur_proposition WHERE reference = {reference}"
    ))
    .one(db)
    .await
}

/// How many proposals wait on an actor, and how many came from one author since an instant.
///
/// # Errors
/// The engine refused.
pub async fn nombres(
    db: &impl ConnectionTrait,
    acteur: &ActeurId,
    personne: Option<&PersonneId>,
    courriel: Option<&str>,
    depuis: Instant,
) -> Result<(i64, i64), DbErr> {
    let (acteur, depuis) = (acteur.as_str(), depuis.0);
    let (personne, courriel) = (personne.map_or("", |id| id.as_str()), courriel.unwrap_or_default());
    let ligne = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_proposition
                     WHERE acteur_id = {acteur} AND etat = 'attente') AS attendent,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_proposition
                     WHERE proposee_le >= {depuis} AND (personne_id = {personne} OR courriel = {courriel})) AS siennes"
        ))
        .await?;
    ligne.map_or(Ok((0, 0)), |ligne| Ok((ligne.try_get("", "attendent")?, ligne.try_get("", "siennes")?)))
}

/// Decides a proposal that waits. False when somebody did meanwhile.
///
/// # Errors
/// The engine refused.
pub async fn decider(
    tx: &WriteTx,
    id: &str,
    etat: &str,
    motif: Option<&str>,
    par: Option<&PersonneId>,
    le: Instant,
) -> Result<bool, DbErr> {
    let (par, le) = (par.map(|par| par.as_str()), le.0);
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_proposition SET etat = {etat}, motif = {motif}, decidee_le = {le}, decidee_par = {par},
                version = version + 1 WHERE id = {id} AND etat = 'attente'"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// The actor that came of a proposal, or that it was about.
///
/// # Errors
/// The engine refused.
pub async fn rattacher(tx: &WriteTx, id: &str, acteur: &ActeurId) -> Result<(), DbErr> {
    let acteur = acteur.as_str();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur_proposition SET acteur_id = {acteur} WHERE id = {id}")).await?;
    Ok(())
}

/// A proposal in the agents' list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Ligne {
    /// Its reference.
    pub reference: String,
    /// What is proposed.
    pub genre: Genre,
    /// Name of the actor, or of the structure to add.
    pub acteur: String,
    /// Title of the offer to add.
    pub titre: Option<String>,
    /// Commune of the actor.
    pub commune: Option<CodeCommune>,
    /// Who, with an account.
    pub personne_id: Option<PersonneId>,
    /// Who, without.
    pub courriel: Option<String>,
    ecarts: String,
    /// See [`etat`].
    pub etat: String,
    /// Proposed.
    pub proposee_le: Instant,
}

impl Ligne {
    /// What is proposed, in words.
    #[must_use]
    pub fn champs(&self) -> String {
        match (self.genre, &self.titre) {
            (Genre::Structure, _) => return "structure à ajouter".to_owned(),
            (Genre::Offre, Some(titre)) => return format!("offre : {titre}"),
            _ => {}
        }
        let ecarts: Vec<Ecart> = serde_json::from_str(&self.ecarts).unwrap_or_default();
        ecarts.iter().map(|ecart| ecart.champ.libelle()).collect::<Vec<_>>().join(", ")
    }
}

/// Proposals that wait, the oldest first; or those decided, the newest first.
///
/// # Errors
/// The engine refused.
pub(crate) async fn lister(db: &impl ConnectionTrait, tranche: Tranche) -> Result<(u64, Vec<Ligne>), DbErr> {
    let (decidees, premier, nombre) = (tranche.decidees, tranche.premier(), tranche.nombre());
    let lignes = Ligne::find_by_statement(raw_sql!(
        Postgres,
        "SELECT r.reference, r.genre, COALESCE(a.nom, r.titre, '') AS acteur, r.titre, a.commune, r.personne_id, r.courriel,
            r.ecarts, r.etat, r.proposee_le
         FROM acteur_proposition r LEFT JOIN acteur a ON a.id = r.acteur_id
         WHERE (r.etat <> 'attente') = {decidees}
         ORDER BY CASE WHEN r.etat = 'attente' THEN r.proposee_le ELSE -r.proposee_le END, r.id
         LIMIT {nombre} OFFSET {premier}"
    ))
    .all(db)
    .await?;
    let total = raw_sql!(
        Postgres,
        "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM acteur_proposition WHERE (etat <> 'attente') = {decidees}"
    );
    Ok((compter(db, total).await?, lignes))
}
