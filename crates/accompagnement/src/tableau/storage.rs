//! The list of a chargé, what was chosen in it, the filters that they keep, what a bulk act replaced. No rule here.

use std::ops::RangeInclusive;

use domain::code::CodeCommune;
use domain::profil::Etape;
use jiff::civil::Date;
use platform::{Instant, Jour, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QueryOrder, raw_sql};
use serde::{Deserialize, Serialize};
use socle::secteur::SecteurId;
use socle::{PersonneId, ProjetId, projet};

use super::criteres::{Criteres, SANS_SECTEUR};
use crate::demande::listes::{Ligne, Portefeuille, liste};
use crate::demande::storage::{self, Model};

/// What the days of today are, for the filters.
#[derive(Clone, Debug)]
pub(crate) struct Jours {
    /// Promised on that day or before: late.
    pub(crate) dernier_en_retard: Date,
    /// Last contacts that are too old.
    pub(crate) silence: RangeInclusive<Date>,
}

/// A row of the list.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct LigneDeListe {
    #[sea_orm(nested)]
    pub(crate) ligne: Ligne,
    /// Of the request, as shown.
    pub(crate) version: i64,
    /// Theme ids, in order, with commas.
    pub(crate) themes: Option<String>,
    /// Rows of the whole list.
    pub(crate) total: i64,
}

/// A page of the list. One statement.
pub(crate) async fn chercher(
    db: &impl ConnectionTrait,
    portefeuille: &Portefeuille,
    criteres: &Criteres,
    jours: &Jours,
    (premier, nombre): (i64, i64),
) -> Result<Vec<LigneDeListe>, DbErr> {
    let Portefeuille { tout, secteurs, sauf_a, agents, jour, .. } = portefeuille;
    let (tout, jour) = (*tout, jour.to_string());
    let secteurs = liste(secteurs.iter().map(SecteurId::as_str));
    let sauf = liste(sauf_a.iter().map(PersonneId::as_str));
    let agents = liste(agents.iter().map(PersonneId::as_str));
    let (debut, fin) = (jours.silence.start().to_string(), jours.silence.end().to_string());
    let retard = jours.dernier_en_retard.to_string();
    let toutes = criteres.toutes || criteres.delai == Some(super::criteres::Delai::Repondu);
    let delai = criteres.delai.map_or("", super::criteres::Delai::as_str);
    let suite = criteres.suite.map_or("", super::criteres::Suite::as_str);
    let etape = criteres.etape.map_or("", Etape::as_str);
    let theme = criteres.theme.map_or("", domain::theme::Theme::as_str);
    let commune = criteres.commune.as_ref().map_or("", CodeCommune::as_str);
    let (sans, dans) = (criteres.secteur == SANS_SECTEUR, criteres.secteur.as_str());
    let [m1, m2, m3] = motifs(&criteres.q);
    let (tri, croissant) = (criteres.tri.as_str(), !criteres.decroissant);
    LigneDeListe::find_by_statement(raw_sql!(
        Postgres,
        "WITH ici AS (SELECT commune, MIN(secteur_id) AS secteur_id FROM secteur_commune
                      WHERE du <= {jour} AND (au IS NULL OR au >= {jour}) GROUP BY commune),
         possible AS (
             SELECT id, 0 AS muette FROM demande WHERE etat IN ('a-repondre', 'attend-la-commune')
             UNION ALL SELECT id, 0 FROM demande
             WHERE prochaine_le > '' AND etat NOT IN ('a-repondre', 'attend-la-commune', 'refusee')
             UNION ALL SELECT id, 1 FROM demande
             WHERE etat = 'repondue' AND prochaine_le IS NULL AND contact_le BETWEEN {debut} AND {fin}
             UNION ALL SELECT id, 2 FROM demande
             WHERE {toutes} AND etat = 'repondue' AND prochaine_le IS NULL AND contact_le NOT BETWEEN {debut} AND {fin}),
         trouvee AS (
             SELECT p.reference, p.titre, p.titre_tri, p.commune, p.etape, p.id AS projet_id, ici.secteur_id, s.nom AS secteur,
                    s.nom_tri, CASE WHEN d.confiee THEN d.agent_id END AS confiee_a, d.etat, d.faite_le, d.promise_le,
                    d.attend_depuis, d.repondue_le, d.prochaine_action, d.prochaine_le, d.contact_le, d.version
             FROM possible c JOIN demande d ON d.id = c.id JOIN projet p ON p.id = d.projet_id
             LEFT JOIN ici ON ici.commune = p.commune LEFT JOIN secteur s ON s.id = ici.secteur_id
             WHERE p.etat = 'garde'
               AND ({tout} OR (ici.secteur_id IN ({..secteurs}) AND NOT (d.confiee AND d.agent_id IN ({..sauf})))
                    OR (d.confiee AND d.agent_id IN ({..agents})))
               AND (c.muette = 0 OR {toutes} OR p.etape NOT IN ('activite', 'arrete'))
               AND ({sans} OR {dans} = '' OR ici.secteur_id = {dans}) AND (NOT {sans} OR ici.secteur_id IS NULL)
               AND ({etape} = '' OR p.etape = {etape}) AND ({commune} = '' OR p.commune = {commune})
               AND ({theme} = '' OR EXISTS (SELECT 1 FROM projet_theme t WHERE t.projet_id = p.id AND t.theme = {theme}))
               AND p.titre_tri LIKE {m1} AND p.titre_tri LIKE {m2} AND p.titre_tri LIKE {m3}
               AND CASE {delai} WHEN 'retard' THEN d.etat = 'a-repondre' AND d.promise_le <= {retard}
                                WHEN 'a-repondre' THEN d.etat = 'a-repondre' AND d.promise_le > {retard}
                                WHEN 'suspendu' THEN d.etat = 'attend-la-commune' WHEN 'repondu' THEN d.etat = 'repondue'
                                WHEN 'sans-nouvelles' THEN c.muette = 1 AND p.etape NOT IN ('activite', 'arrete')
                                ELSE d.etat <> '' END
               AND CASE {suite} WHEN 'prevue' THEN d.prochaine_le IS NOT NULL WHEN 'passee' THEN d.prochaine_le < {jour}
                                WHEN 'aucune' THEN d.prochaine_le IS NULL ELSE d.etat <> '' END),
         rangee AS (
             SELECT t.*, CASE {tri} WHEN 'titre' THEN titre_tri WHEN 'suite' THEN COALESCE(prochaine_le, '9999')
                                    WHEN 'contact' THEN contact_le WHEN 'secteur' THEN COALESCE(nom_tri, '')
                                    ELSE CASE etat WHEN 'a-repondre' THEN '0' || promise_le
                                                   WHEN 'attend-la-commune' THEN '1' || promise_le
                                                   ELSE '2' || contact_le END END AS cle,
                    COUNT(*) OVER () AS total
             FROM trouvee t)
         SELECT reference, titre, commune, etape, secteur_id, secteur, confiee_a, etat, faite_le, promise_le, attend_depuis,
                repondue_le, prochaine_action, prochaine_le, contact_le, version, total,
                (SELECT string_agg(t.theme, ',' ORDER BY t.rang) FROM projet_theme t WHERE t.projet_id = r.projet_id) AS themes
         FROM rangee r
         ORDER BY CASE WHEN {croissant} THEN cle END, CASE WHEN NOT {croissant} THEN cle END DESC, titre_tri, reference
         LIMIT {nombre} OFFSET {premier}"
    ))
    .all(db)
    .await
}

/// Each of the first three words is in the title.
fn motifs(mots: &str) -> [String; 3] {
    let mut mots = mots.split_whitespace().map(|mot| {
        let propre = socle::nom_tri(mot).replace(['%', '_', '\\'], "");
        format!("%{propre}%")
    });
    std::array::from_fn(|_| mots.next().unwrap_or_else(|| "%".to_owned()))
}

/// A project chosen in the list, with its request as it is now.
pub(crate) struct Choisie {
    pub(crate) projet: projet::Model,
    pub(crate) demande: Model,
}

#[derive(FromQueryResult)]
struct Permise {
    projet_id: ProjetId,
}

/// Those of these references that are in the portfolio today: nothing else is touched. Three statements.
pub(crate) async fn choisies(
    db: &impl ConnectionTrait,
    portefeuille: &Portefeuille,
    references: &[&str],
) -> Result<Vec<Choisie>, DbErr> {
    let Portefeuille { tout, secteurs, sauf_a, agents, jour, .. } = portefeuille;
    let (tout, jour) = (*tout, jour.to_string());
    let secteurs = liste(secteurs.iter().map(SecteurId::as_str));
    let sauf = liste(sauf_a.iter().map(PersonneId::as_str));
    let agents = liste(agents.iter().map(PersonneId::as_str));
    let references = liste(references.iter().copied());
    let permises = Permise::find_by_statement(raw_sql!(
        Postgres,
        "WITH ici AS (SELECT commune, MIN(secteur_id) AS secteur_id FROM secteur_commune
                      WHERE du <= {jour} AND (au IS NULL OR au >= {jour}) GROUP BY commune)
         SELECT d.projet_id FROM projet p JOIN demande d ON d.projet_id = p.id LEFT JOIN ici ON ici.commune = p.commune
         WHERE p.reference IN ({..references}) AND p.etat = 'garde' AND d.etat <> 'refusee'
           AND ({tout} OR (ici.secteur_id IN ({..secteurs}) AND NOT (d.confiee AND d.agent_id IN ({..sauf})))
                OR (d.confiee AND d.agent_id IN ({..agents})))"
    ))
    .all(db)
    .await?;
    let ids: Vec<ProjetId> = permises.into_iter().map(|permise| permise.projet_id).collect();
    let projets = projet::Entity::find()
        .filter(projet::Column::Id.is_in(ids.clone()))
        .order_by_asc(projet::Column::Reference)
        .all(db)
        .await?;
    let mut demandes = storage::Entity::find().filter(storage::Column::ProjetId.is_in(ids)).all(db).await?;
    let suivre = |projet: projet::Model| {
        let rang = demandes.iter().position(|demande| demande.projet_id == projet.id)?;
        Some(Choisie { projet, demande: demandes.swap_remove(rang) })
    };
    Ok(projets.into_iter().filter_map(suivre).collect())
}

/// A filter that an agent keeps under a name.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Filtre {
    pub(crate) nom: String,
    /// After the `?` of the address.
    pub(crate) requete: String,
}

/// Those of a person, by name.
pub(crate) async fn filtres(db: &impl ConnectionTrait, personne: &PersonneId) -> Result<Vec<Filtre>, DbErr> {
    let personne = personne.as_str();
    Filtre::find_by_statement(raw_sql!(
        Postgres,
        "SELECT nom, requete FROM filtre_garde WHERE personne_id = {personne} ORDER BY nom_tri, nom"
    ))
    .all(db)
    .await
}

/// Keeps a filter; the same name takes the new one.
pub(crate) async fn garder_filtre(tx: &WriteTx, personne: &PersonneId, filtre: &Filtre) -> Result<(), DbErr> {
    let (personne, nom, requete, tri) =
        (personne.as_str(), filtre.nom.as_str(), filtre.requete.as_str(), socle::nom_tri(&filtre.nom));
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO filtre_garde (personne_id, nom, nom_tri, requete) VALUES ({personne}, {nom}, {tri}, {requete})
         ON CONFLICT (personne_id, nom) DO UPDATE SET requete = excluded.requete"
    ))
    .await?;
    Ok(())
}

/// Forgets a filter. False when there was none of that name.
pub(crate) async fn oublier_filtre(tx: &WriteTx, personne: &PersonneId, nom: &str) -> Result<bool, DbErr> {
    let personne = personne.as_str();
    let fait = tx
        .execute_raw(raw_sql!(Postgres, "DELETE FROM filtre_garde WHERE personne_id = {personne} AND nom = {nom}"))
        .await?;
    Ok(fait.rows_affected() > 0)
}

/// What a request was before a bulk act, and its version after: undone only if nothing happened since.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Avant {
    pub(crate) reference: String,
    pub(crate) version: i64,
    pub(crate) etat: String,
    pub(crate) promise_le: Date,
    pub(crate) attend_depuis: Option<Date>,
    pub(crate) repondue_le: Option<Date>,
    pub(crate) mode: Option<String>,
    pub(crate) prochaine_action: Option<String>,
    pub(crate) prochaine_le: Option<Date>,
    pub(crate) contact_le: Date,
}

impl Avant {
    /// Before it is changed; `enregistrer` adds one to the version.
    pub(crate) fn de(Choisie { projet, demande }: &Choisie) -> Self {
        let jour = |jour: Option<Jour>| jour.map(|jour| jour.0);
        Self {
            reference: projet.reference.clone(),
            version: demande.version + 1,
            etat: demande.etat.clone(),
            promise_le: demande.promise_le.0,
            attend_depuis: jour(demande.attend_depuis),
            repondue_le: jour(demande.repondue_le),
            mode: demande.mode.clone(),
            prochaine_action: demande.prochaine_action.clone(),
            prochaine_le: jour(demande.prochaine_le),
            contact_le: demande.contact_le.0,
        }
    }

    /// The request as it was.
    pub(crate) fn remettre(self, demande: Model) -> Model {
        Model {
            etat: self.etat,
            promise_le: Jour(self.promise_le),
            attend_depuis: self.attend_depuis.map(Jour),
            repondue_le: self.repondue_le.map(Jour),
            mode: self.mode,
            prochaine_action: self.prochaine_action,
            prochaine_le: self.prochaine_le.map(Jour),
            contact_le: Jour(self.contact_le),
            ..demande
        }
    }
}

/// A bulk act that may be undone.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Lot {
    pub(crate) acte: String,
    /// [`Avant`], JSON list.
    pub(crate) avant: String,
}

/// Remembers what a bulk act replaced.
pub(crate) async fn noter_lot(
    tx: &WriteTx,
    (id, personne): (&str, &PersonneId),
    lot: &Lot,
    maintenant: Instant,
) -> Result<(), DbErr> {
    let (personne, acte, avant, le) = (personne.as_str(), lot.acte.as_str(), lot.avant.as_str(), maintenant.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO lot_de_suivi (id, personne_id, acte, avant, fait_le) VALUES ({id}, {personne}, {acte}, {avant}, {le})"
    ))
    .await?;
    Ok(())
}

/// A bulk act of this person, taken out: it is undone once.
pub(crate) async fn prendre_lot(tx: &WriteTx, id: &str, personne: &PersonneId) -> Result<Option<Lot>, DbErr> {
    let personne = personne.as_str();
    let lot = Lot::find_by_statement(raw_sql!(
        Postgres,
        "SELECT acte, avant FROM lot_de_suivi WHERE id = {id} AND personne_id = {personne}"
    ))
    .one(tx)
    .await?;
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM lot_de_suivi WHERE id = {id} AND personne_id = {personne}")).await?;
    Ok(lot)
}

/// Nothing done before an instant can be undone any more.
pub(crate) async fn oublier_lots(tx: &WriteTx, avant: Instant) -> Result<(), DbErr> {
    let avant = avant.0;
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM lot_de_suivi WHERE fait_le < {avant}")).await?;
    Ok(())
}

/// What these tables hold of a person goes with their account.
pub(crate) async fn effacer(tx: &WriteTx, personne: &PersonneId) -> Result<(), DbErr> {
    let personne = personne.as_str();
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM filtre_garde WHERE personne_id = {personne}")).await?;
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM lot_de_suivi WHERE personne_id = {personne}")).await?;
    Ok(())
}
