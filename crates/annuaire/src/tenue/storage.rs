//! Facts given by people, the questions that official sources raise, the reminders sent. No rule here.

use jiff::civil::Date;
use platform::{Instant, Jour, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, IntoActiveModel, raw_sql};
use socle::PersonneId;
use web::{Instance, recherche};

use crate::acteur::projection::{Fait, projeter};
use crate::acteur::{self, ActeurId, storage, valeur};
use crate::ess::decision;
use crate::recherche::SOURCE;
use crate::vocabulaire::{Champ, Origine};

/// Who gives a fact.
#[derive(Clone, Copy, Debug)]
pub struct Auteur<'a> {
    /// [`Origine::Acteur`] or [`Origine::Agent`].
    pub source: Origine,
    /// The person.
    pub personne: Option<&'a PersonneId>,
}

/// Writes facts given by a person: they take the place of what people said before on the same fields.
///
/// # Errors
/// The engine refused.
pub async fn dire(
    tx: &WriteTx,
    instance: &Instance,
    acteur: &ActeurId,
    auteur: Auteur<'_>,
    faits: &[(Champ, String)],
) -> Result<(), DbErr> {
    let le = instance.clock.instant();
    for (champ, texte) in faits {
        let (id, nom) = (acteur.as_str(), champ.as_str());
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_valeur SET courante = FALSE
             WHERE acteur_id = {id} AND champ = {nom} AND courante AND source IN ('acteur', 'agent', 'confirme')"
        ))
        .await?;
        let nouvelle = valeur::Model::nouvelle(&*instance.ids, acteur, *champ, texte, auteur.source, le);
        let source_du = Some(Jour(instance.jour_de(le)));
        let nouvelle = valeur::Model { source_du, auteur_id: auteur.personne.cloned(), ..nouvelle };
        valeur::Entity::insert(nouvelle.into_active_model()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Saves the actor as its facts now say, if nobody changed it since it was read; its organisation has its name, the index
/// follows. False on a conflict.
///
/// # Errors
/// The engine refused.
pub async fn reprojeter(tx: &WriteTx, instance: &Instance, acteur: acteur::Model) -> Result<bool, DbErr> {
    let valeurs = storage::valeurs(tx, &acteur.id).await?;
    let faits: Vec<Fait> = valeurs.iter().filter(|valeur| valeur.courante).map(valeur::Model::fait).collect();
    let acteur = acteur::Model { modifie_le: instance.clock.instant(), ..projeter(acteur, &faits) };
    if !storage::enregistrer(tx, &acteur).await? {
        return Ok(false);
    }
    let (organisation, nom, tri) = (acteur.organisation_id.as_str(), acteur.nom.as_str(), acteur.nom_tri.as_str());
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE organisation SET nom = {nom}, nom_tri = {tri}, version = version + 1
         WHERE id = {organisation} AND nature IN ('acteur', 'collectif') AND nom <> {nom}"
    ))
    .await?;
    recherche::demander(tx, instance, SOURCE, vec![acteur.id.to_string()]).await?;
    Ok(true)
}

/// An official source says, since, something else than a person did.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Question {
    /// Reference of the actor.
    pub reference: String,
    /// Its name.
    pub nom: String,
    /// Field.
    pub champ: Champ,
    /// What a person said, or what the page showed when it was confirmed, and is shown.
    pub gardee: String,
    /// Who said it.
    pub gardee_source: Origine,
    /// When.
    pub gardee_le: Instant,
    /// The official fact.
    pub proposee_id: String,
    /// Its field: another one when a person decided what sources only help to know.
    pub proposee_champ: Champ,
    /// What it says.
    pub proposee: String,
    /// Which source.
    pub proposee_source: Origine,
    /// Its date.
    pub proposee_du: Option<Jour>,
}

impl Question {
    /// Does the source really say otherwise?
    fn se_pose(&self) -> bool {
        if decision::est_une_decision(self.champ) {
            return decision::contredite(&self.gardee, self.proposee_champ, &self.proposee);
        }
        super::rules::differe(&self.gardee, &self.proposee)
    }

    /// What the source says, in words.
    #[must_use]
    pub fn proposee_dite(&self) -> String {
        match (self.proposee_champ, self.proposee.as_str()) {
            (Champ::SireneEss, "O") => "oui (champ ESS)".to_owned(),
            (Champ::SireneEss, "N") => "non (champ ESS)".to_owned(),
            (champ, dite) if champ != self.champ => format!("oui ({dite})"),
            (_, dite) => dite.to_owned(),
        }
    }
}

/// Questions looked at: beyond, an import went wrong, and undoing it is the answer.
const QUESTIONS_MAX: u64 = 1_000;

/// The questions, by actor. A question is not stored: it is read in the facts, and closes when a person speaks again.
///
/// # Errors
/// The engine refused.
pub async fn questions(db: &impl ConnectionTrait) -> Result<Vec<Question>, DbErr> {
    let limite = i64::try_from(QUESTIONS_MAX).unwrap_or(i64::MAX);
    let toutes = Question::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.reference, a.nom, h.champ, h.valeur AS gardee, h.source AS gardee_source, h.recu_le AS gardee_le,
            o.id AS proposee_id, o.champ AS proposee_champ, o.valeur AS proposee, o.source AS proposee_source, o.source_du AS proposee_du
         FROM acteur_valeur h
         JOIN acteur_valeur o ON o.acteur_id = h.acteur_id AND (o.champ = h.champ
            OR (h.champ = 'decision-ess-loi' AND o.champ IN ('sirene-ess', 'ess-france', 'preuve-ess'))
            OR (h.champ = 'decision-ess-stat' AND o.champ = 'sirene-ess'))
         JOIN acteur a ON a.id = h.acteur_id
         WHERE h.courante AND h.source IN ('acteur', 'agent', 'confirme') AND h.valeur <> ''
           AND o.courante AND o.source IN ('sirene', 'rna', 'siae', 'esus', 'cress', 'ess-france') AND o.valeur <> '' AND o.valeur <> h.valeur
           AND o.recu_le > h.recu_le AND a.etat <> 'masque'
         ORDER BY a.nom_tri, a.id, h.champ, o.source LIMIT {limite}"
    ))
    .all(db)
    .await?;
    Ok(toutes.into_iter().filter(Question::se_pose).collect())
}

/// A page as the work list shows it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Fiche {
    /// Reference.
    pub reference: String,
    /// Name.
    pub nom: String,
    /// Confirmed or known since.
    pub depuis: Instant,
    /// Last reminder.
    pub relance_le: Option<Instant>,
}

/// Pages that sleep, by name.
///
/// # Errors
/// The engine refused.
pub async fn endormies(db: &impl ConnectionTrait, limite: i64) -> Result<Vec<Fiche>, DbErr> {
    Fiche::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.reference, a.nom, COALESCE(a.confirme_le, a.cree_le) AS depuis,
            (SELECT MAX(r.envoyee_le) FROM acteur_relance r WHERE r.acteur_id = a.id) AS relance_le
         FROM acteur a WHERE a.etat = 'endormi' ORDER BY a.nom_tri, a.id LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// Figures of the directory and of the campaign.
#[derive(Clone, Copy, Debug, Default, FromQueryResult)]
pub struct Chiffres {
    /// Shown to the public.
    pub visibles: i64,
    /// Of them, to be confirmed.
    pub a_confirmer: i64,
    /// Asleep.
    pub endormies: i64,
    /// Mails sent for a year.
    pub relances: i64,
    /// Of them, followed by a confirmation.
    pub confirmees: i64,
}

/// Figures; `avant`: a year ago.
///
/// # Errors
/// The engine refused.
pub async fn chiffres(db: &impl ConnectionTrait, avant: Instant) -> Result<Chiffres, DbErr> {
    let avant = avant.0;
    let chiffres = Chiffres::find_by_statement(raw_sql!(
        Postgres,
        "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur WHERE etat = 'actif') AS visibles,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur
             WHERE etat = 'actif' AND COALESCE(confirme_le, cree_le) < {avant}) AS a_confirmer,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur WHERE etat = 'endormi') AS endormies,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_relance WHERE envoyee_le >= {avant}) AS relances,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_relance
             WHERE envoyee_le >= {avant} AND confirmee_le IS NOT NULL) AS confirmees"
    ))
    .one(db)
    .await?;
    Ok(chiffres.unwrap_or_default())
}

/// Puts to sleep the pages without word since `avant`. Where Sirene is enough (`sirene`: a day), those that it still held then
/// stay, and those that it holds again wake. Nobody spoke: the version stays, neither an open form nor an import is disturbed.
/// Returns how many changed.
///
/// # Errors
/// The engine refused.
pub async fn endormir(tx: &WriteTx, avant: Instant, sirene: Option<Date>, maintenant: Instant) -> Result<u64, DbErr> {
    let (avant, maintenant) = (avant.0, maintenant.0);
    // A day that no source reaches: none is held.
    let sirene = sirene.unwrap_or(Date::MAX).to_string();
    let endormis = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur SET etat = 'endormi', modifie_le = {maintenant}
             WHERE etat = 'actif' AND COALESCE(confirme_le, cree_le) < {avant} AND NOT EXISTS (
                SELECT 1 FROM acteur_valeur v WHERE v.acteur_id = acteur.id AND v.courante AND v.source = 'sirene'
                  AND v.source_du >= {sirene})"
        ))
        .await?;
    let reveilles = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur SET etat = 'actif', modifie_le = {maintenant}
             WHERE etat = 'endormi' AND EXISTS (
                SELECT 1 FROM acteur_valeur v WHERE v.acteur_id = acteur.id AND v.courante AND v.source = 'sirene'
                  AND v.source_du >= {sirene})"
        ))
        .await?;
    Ok(endormis.rows_affected() + reveilles.rows_affected())
}

/// An actor to write to.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ARelancer {
    /// Actor.
    pub id: ActeurId,
    /// Its reference.
    pub reference: String,
    /// Name.
    pub nom: String,
    /// Where.
    pub courriel: String,
}

/// Actors to write to, those without word for longest first, and how many there are: not confirmed since `avant`, not written
/// to since `relance`. Who asked not to be canvassed is written to only at an address that they gave themselves.
///
/// # Errors
/// The engine refused.
pub async fn a_relancer(
    db: &impl ConnectionTrait,
    avant: Instant,
    relance: Instant,
    limite: i64,
) -> Result<(u64, Vec<ARelancer>), DbErr> {
    let (avant, relance) = (avant.0, relance.0);
    let phrase = raw_sql!(
        Postgres,
        "SELECT a.id, a.reference, a.nom, a.courriel, CAST(COUNT(*) OVER () AS BIGINT) AS attendent FROM acteur a
         WHERE a.etat IN ('actif', 'endormi') AND a.courriel IS NOT NULL AND COALESCE(a.confirme_le, a.cree_le) < {avant}
           AND (a.diffusion = 'totale' OR EXISTS (
               SELECT 1 FROM acteur_valeur v WHERE v.acteur_id = a.id AND v.champ = 'courriel' AND v.source = 'acteur'
                 AND v.courante AND v.valeur = a.courriel))
           AND NOT EXISTS (SELECT 1 FROM acteur_relance r WHERE r.acteur_id = a.id AND r.envoyee_le > {relance})
         ORDER BY COALESCE(a.confirme_le, a.cree_le), a.id LIMIT {limite}"
    );
    let lignes = db.query_all_raw(phrase).await?;
    let attendent: Option<i64> = lignes.first().map(|ligne| ligne.try_get("", "attendent")).transpose()?;
    let acteurs = lignes.iter().map(|ligne| ARelancer::from_query_result(ligne, "")).collect::<Result<_, _>>()?;
    Ok((attendent.and_then(|n| u64::try_from(n).ok()).unwrap_or(0), acteurs))
}

/// Mails of the campaign that left on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Envois {
    /// Days since 1970, in universal time: mails leave in the morning.
    pub jour: i64,
    /// Sent.
    pub envoyes: i64,
    /// Of which the page was opened.
    pub ouvertes: i64,
    /// Of which the page of the actor was confirmed.
    pub confirmees: i64,
}

/// Mails sent since, added up by day, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn envois(db: &impl ConnectionTrait, depuis: Instant) -> Result<Vec<Envois>, DbErr> {
    let depuis = depuis.0;
    Envois::find_by_statement(raw_sql!(
        Postgres,
        "SELECT envoyee_le / 86400000000 AS jour, CAST(COUNT(*) AS BIGINT) AS envoyes,
            CAST(COUNT(ouverte_le) AS BIGINT) AS ouvertes, CAST(COUNT(confirmee_le) AS BIGINT) AS confirmees
         FROM acteur_relance WHERE envoyee_le >= {depuis} GROUP BY 1 ORDER BY 1"
    ))
    .all(db)
    .await
}

/// Was the page of the last mail opened already?
///
/// # Errors
/// The engine refused.
pub async fn deja_ouverte(db: &impl ConnectionTrait, acteur: &ActeurId) -> Result<bool, DbErr> {
    let acteur = acteur.as_str();
    let derniere = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT ouverte_le FROM acteur_relance WHERE acteur_id = {acteur} ORDER BY envoyee_le DESC LIMIT 1"
        ))
        .await?;
    let ouverte: Option<Option<i64>> = derniere.map(|ligne| ligne.try_get("", "ouverte_le")).transpose()?;
    Ok(ouverte.is_none_or(|le| le.is_some()))
}

/// Writes what came of the last mail: its page was opened, or the page of the actor confirmed, which opens it too. The first
/// time counts.
///
/// # Errors
/// The engine refused.
pub async fn noter_le_retour(tx: &WriteTx, acteur: &ActeurId, le: Instant, confirmee: bool) -> Result<(), DbErr> {
    let (acteur, le) = (acteur.as_str(), le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_relance SET ouverte_le = COALESCE(ouverte_le, {le}),
           confirmee_le = CASE WHEN {confirmee} THEN COALESCE(confirmee_le, {le}) ELSE confirmee_le END
         WHERE acteur_id = {acteur}
           AND envoyee_le = (SELECT MAX(r.envoyee_le) FROM acteur_relance r WHERE r.acteur_id = {acteur})"
    ))
    .await?;
    Ok(())
}

/// Writes that an actor is written to, unless it was since `limite`. False then: somebody else just did.
///
/// # Errors
/// The engine refused.
pub async fn noter_la_relance(tx: &WriteTx, acteur: &ActeurId, limite: Instant, le: Instant) -> Result<bool, DbErr> {
    let (acteur, limite, le) = (acteur.as_str(), limite.0, le.0);
    let fait = tx
        .execute_raw(raw_sql!(
            Postgres,
            "INSERT INTO acteur_relance (acteur_id, envoyee_le)
             SELECT CAST({acteur} AS TEXT), CAST({le} AS BIGINT) WHERE NOT EXISTS (
                SELECT 1 FROM acteur_relance WHERE acteur_id = {acteur} AND envoyee_le > {limite})"
        ))
        .await?;
    Ok(fait.rows_affected() == 1)
}
