//! Accounts as the agent who runs the site sees them: searched, counted, a page at a time.

use std::collections::BTreeMap;

use domain::droit::Fonction;
use jiff::civil::Date;
use platform::Instant;
use platform::journal::ligne;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QueryOrder, raw_sql};
use socle::PersonneId;
use socle::mandat::{Etat, MandatId, Model as Mandat};
use socle::organisation;

use crate::evenements::FIN_CHANGEE;

/// Accounts shown on one page.
pub(crate) const PAR_PAGE: u64 = 50;

/// An account in the list.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Vue {
    pub(crate) id: PersonneId,
    pub(crate) prenom: String,
    pub(crate) nom: String,
    pub(crate) courriel: Option<String>,
    pub(crate) vu_le: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Compte {
    nombre: i64,
}

/// What is looked for: each word is in the name or in the address. Words beyond the third are left out.
pub(crate) struct Recherche([(String, String); 3]);

impl Recherche {
    pub(crate) fn de(demande: &str) -> Self {
        let propre = |mot: &str| mot.replace(['%', '_', '\\'], "");
        let mut mots = demande.split_whitespace().map(|mot| {
            let (nom, adresse) = (propre(&socle::nom_tri(mot)), propre(&mot.to_lowercase()));
            (format!("%{nom}%"), format!("%{adresse}%"))
        });
        Self(std::array::from_fn(|_| mots.next().unwrap_or_else(|| ("%".to_owned(), "%".to_owned()))))
    }
}

/// How many accounts answer. Those that were erased are nobody's.
pub(crate) async fn compter(db: &impl ConnectionTrait, recherche: &Recherche) -> Result<u64, DbErr> {
    let [(n1, a1), (n2, a2), (n3, a3)] = &recherche.0;
    let compte = Compte::find_by_statement(raw_sql!(
        Postgres,
        "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM personne p
         WHERE p.efface_le IS NULL AND p.courriel IS NOT NULL
           AND (p.nom_tri LIKE {n1} OR p.courriel LIKE {a1})
           AND (p.nom_tri LIKE {n2} OR p.courriel LIKE {a2})
           AND (p.nom_tri LIKE {n3} OR p.courriel LIKE {a3})"
    ))
    .one(db)
    .await?;
    Ok(compte.map_or(0, |compte| compte.nombre.unsigned_abs()))
}

/// The accounts of a page (from 1), by name.
pub(crate) async fn chercher(db: &impl ConnectionTrait, recherche: &Recherche, page: u64) -> Result<Vec<Vue>, DbErr> {
    let [(n1, a1), (n2, a2), (n3, a3)] = &recherche.0;
    let limite = PAR_PAGE.cast_signed();
    let saut = ((page.max(1) - 1) * PAR_PAGE).cast_signed();
    Vue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.id, p.prenom, p.nom, p.courriel, p.vu_le FROM personne p
         WHERE p.efface_le IS NULL AND p.courriel IS NOT NULL
           AND (p.nom_tri LIKE {n1} OR p.courriel LIKE {a1})
           AND (p.nom_tri LIKE {n2} OR p.courriel LIKE {a2})
           AND (p.nom_tri LIKE {n3} OR p.courriel LIKE {a3})
         ORDER BY p.nom_tri, p.courriel, p.id LIMIT {limite} OFFSET {saut}"
    ))
    .all(db)
    .await
}

/// A function in force, with whom it is for.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct FonctionVue {
    pub(crate) personne_id: PersonneId,
    pub(crate) fonction: Fonction,
    pub(crate) etat: Etat,
    pub(crate) organisation: String,
}

/// Functions of these people in force on a day (refused ones left out). One statement.
pub(crate) async fn fonctions(
    db: &impl ConnectionTrait,
    personnes: &[PersonneId],
    jour: Date,
) -> Result<Vec<FonctionVue>, DbErr> {
    if personnes.is_empty() {
        return Ok(Vec::new());
    }
    let jour = jour.to_string();
    let ids: Vec<&str> = personnes.iter().map(|id| id.as_str()).collect();
    FonctionVue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT m.personne_id, m.fonction, m.etat, o.nom AS organisation
         FROM mandat m JOIN organisation o ON o.id = m.organisation_id
         WHERE m.personne_id IN ({..ids}) AND m.du <= {jour} AND (m.au IS NULL OR m.au >= {jour}) AND m.etat <> 'refuse'
         ORDER BY o.nom_tri, m.id"
    ))
    .all(db)
    .await
}

/// Names of the organisations of these mandates. One statement.
pub(crate) async fn organisations(
    db: &impl ConnectionTrait,
    mandats: &[Mandat],
) -> Result<BTreeMap<String, String>, DbErr> {
    let ids = mandats.iter().map(|mandat| mandat.organisation_id.clone());
    let lues = organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(db).await?;
    Ok(lues.into_iter().map(|o| (o.id.as_str().to_owned(), o.nom)).collect())
}

/// The last change of the last day of each of these mandates. One statement.
pub(crate) async fn derniers_changements(
    db: &impl ConnectionTrait,
    mandats: &[&MandatId],
) -> Result<BTreeMap<String, ligne::Model>, DbErr> {
    let lignes = ligne::Entity::find()
        .filter(ligne::Column::Objet.eq("mandat"))
        .filter(ligne::Column::ObjetId.is_in(mandats.iter().map(|id| id.as_str())))
        .filter(ligne::Column::Genre.eq(FIN_CHANGEE))
        .order_by_asc(ligne::Column::Instant)
        .order_by_asc(ligne::Column::Id)
        .all(db)
        .await?;
    // The later takes the place of the earlier.
    Ok(lignes.into_iter().map(|ligne| (ligne.objet_id.clone(), ligne)).collect())
}
