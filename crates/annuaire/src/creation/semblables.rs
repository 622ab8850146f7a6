//! Who is in the directory already: by a number, then by the keys that find doubles ([`crate::doublon`]).

use std::collections::BTreeMap;

use domain::code::CodeCommune;
use platform::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use web::Instance;
use web::composants::{Cellule, Tableau};

use super::champs::Lue;
use crate::acteur::{self, storage};
use crate::doublon;
use crate::doublon::cles::{Candidat, Fiche};
use crate::doublon::rules::comparer;
use crate::vocabulaire::{Champ, EtatActeur};

/// Shown: the surest first.
const MONTRES: usize = 5;
/// Looked at: more than one commune holds.
const REGARDES: i64 = 5_000;

/// An actor of the directory that may be the one typed.
#[derive(Clone, Debug)]
pub(crate) struct Semblable {
    pub(crate) reference: String,
    pub(crate) nom: String,
    pub(crate) commune: String,
    pub(crate) url: String,
    pub(crate) pourquoi: String,
    lue: Lu,
}

/// The actor that has one of these numbers; where it is now, when it was merged. It may be withdrawn.
///
/// # Errors
/// The engine refused.
pub(crate) async fn de_ce_numero(db: &impl ConnectionTrait, lue: &Lue) -> Result<Option<acteur::Model>, DbErr> {
    let siren = lue.identite.siren().map_or("", |siren| siren.as_str());
    let (siret, rna) = (lue.identite.siret().map_or("", |s| s.as_str()), lue.identite.rna().map_or("", |r| r.as_str()));
    // An organisation known by its number may be behind an actor that does not say it.
    let trouve = acteur::Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            "SELECT a.* FROM acteur a JOIN organisation o ON o.id = a.organisation_id
             WHERE ({siren} <> '' AND (a.siren = {siren} OR o.siren = {siren}))
                OR ({rna} <> '' AND (a.rna = {rna} OR o.rna = {rna}))
                OR ({siret} <> '' AND EXISTS (
                    SELECT 1 FROM acteur_etablissement e WHERE e.acteur_id = a.id AND e.siret = {siret}))
             ORDER BY CASE WHEN a.etat = 'masque' THEN 1 ELSE 0 END, CASE WHEN a.siren = {siren} THEN 0 ELSE 1 END, a.id LIMIT 1"
        ))
        .one(db)
        .await?;
    match trouve {
        Some(acteur) => doublon::chemin::suivre(db, acteur).await.map(Some),
        None => Ok(None),
    }
}

#[derive(Clone, Debug, FromQueryResult)]
struct Lu {
    id: String,
    reference: String,
    nom: String,
    siren: Option<String>,
    rna: Option<String>,
    courriel: Option<String>,
    site: Option<String>,
    telephone: Option<String>,
    commune: Option<CodeCommune>,
}

/// Commune, address and SIRET, as [`Fiche`] compares them.
type Place = (String, Option<String>, Option<String>);

#[derive(Debug, FromQueryResult)]
struct Lieu {
    acteur_id: String,
    commune: String,
    adresse: Option<String>,
    siret: Option<String>,
}

/// Those that may be the structure typed, the surest first: of its commune, or of the same name or address of mail. Two
/// statements.
///
/// # Errors
/// The engine refused.
pub(crate) async fn chercher(
    db: &impl ConnectionTrait,
    instance: &Instance,
    lue: &Lue,
) -> Result<Vec<Semblable>, DbErr> {
    let (commune, nom) = (lue.commune.as_str(), socle::nom_tri(lue.de(Champ::Nom)));
    let courriel = lue.de(Champ::Courriel).to_lowercase();
    // One that closed, or went, is the same structure all the same; one that is withdrawn is nobody's business.
    let lus = Lu::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.reference, a.nom, a.siren, a.rna, a.courriel, a.site, a.telephone, a.commune FROM acteur a
         WHERE a.etat <> 'masque' AND (a.commune = {commune} OR a.nom_tri = {nom}
            OR ({courriel} <> '' AND LOWER(a.courriel) = {courriel})
            OR EXISTS (SELECT 1 FROM acteur_etablissement e WHERE e.acteur_id = a.id AND e.commune = {commune} AND e.ouvert))
         ORDER BY a.id LIMIT {REGARDES}"
    ))
    .all(db)
    .await?;
    let lieux = Lieu::find_by_statement(raw_sql!(
        Postgres,
        "SELECT e.acteur_id, e.commune, e.adresse, e.siret FROM acteur_etablissement e
         WHERE e.ouvert AND e.commune = {commune} ORDER BY e.acteur_id, e.id"
    ))
    .all(db)
    .await?;
    let mut par_acteur: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    for lieu in &lieux {
        let dit = (lieu.commune.clone(), lieu.adresse.clone(), lieu.siret.clone());
        par_acteur.entry(lieu.acteur_id.as_str()).or_default().push(dit);
    }
    let voulue = Candidat::from(fiche_typee(lue));
    let mut trouves: Vec<(i64, Semblable)> = Vec::new();
    for lu in lus {
        let lieux = par_acteur.get(lu.id.as_str()).cloned().unwrap_or_default();
        if let Some(paire) = comparer(&voulue, &Candidat::from(fiche_connue(&lu, lieux))) {
            let raisons: Vec<&str> = paire.raisons.iter().map(|raison| raison.libelle()).collect();
            trouves.push((paire.points, vu(instance, lu, raisons.join(", "))));
        }
    }
    trouves.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.reference.cmp(&b.1.reference)));
    Ok(trouves.into_iter().take(MONTRES).map(|(_, semblable)| semblable).collect())
}

fn vu(instance: &Instance, lu: Lu, pourquoi: String) -> Semblable {
    Semblable {
        reference: lu.reference.clone(),
        nom: lu.nom.clone(),
        commune: lu
            .commune
            .as_ref()
            .map_or_else(String::new, |code| instance.referentiel().nom_commune(code).to_owned()),
        url: format!("/annuaire/{}", lu.reference),
        pourquoi,
        lue: lu,
    }
}

fn fiche_typee(lue: &Lue) -> Fiche {
    let dit = |champ: Champ| Some(lue.de(champ)).filter(|texte| !texte.is_empty()).map(str::to_owned);
    Fiche {
        id: String::new(),
        nom: lue.de(Champ::Nom).to_owned(),
        siren: lue.identite.siren().map(ToString::to_string),
        rna: lue.identite.rna().map(ToString::to_string),
        courriel: dit(Champ::Courriel),
        site: dit(Champ::Site),
        telephone: dit(Champ::Telephone),
        commune: Some(lue.commune.to_string()),
        lieux: vec![(lue.commune.to_string(), lue.adresse.clone(), lue.identite.siret().map(ToString::to_string))],
    }
}

fn fiche_connue(lu: &Lu, lieux: Vec<Place>) -> Fiche {
    Fiche {
        id: lu.id.clone(),
        nom: lu.nom.clone(),
        siren: lu.siren.clone(),
        rna: lu.rna.clone(),
        courriel: lu.courriel.clone(),
        site: lu.site.clone(),
        telephone: lu.telephone.clone(),
        commune: lu.commune.as_ref().map(ToString::to_string),
        lieux,
    }
}

/// What was typed beside what the directory says of those that may be the same.
pub(crate) fn cote_a_cote(instance: &Instance, lue: &Lue, semblables: &[Semblable]) -> Tableau {
    let dit = |texte: Option<&str>| Cellule::texte(texte.filter(|texte| !texte.is_empty()).unwrap_or("rien"));
    let ligne = |nom: &str, propose: Option<&str>, de: &dyn Fn(&Lu) -> Option<String>| {
        let connus = semblables.iter().map(|semblable| dit(de(&semblable.lue).as_deref()));
        [Cellule::texte(nom), dit(propose)].into_iter().chain(connus).collect::<Vec<_>>()
    };
    let commune = instance.referentiel().nom_commune(&lue.commune);
    let lieu = |lu: &Lu| lu.commune.as_ref().map(|code| instance.referentiel().nom_commune(code).to_owned());
    let titres = semblables.iter().map(|semblable| semblable.nom.clone());
    Tableau {
        legende: "La proposition, à côté de l’annuaire".to_owned(),
        colonnes: ["Quoi", "Proposé"].map(str::to_owned).into_iter().chain(titres).collect(),
        lignes: vec![
            ligne("Nom", Some(lue.de(Champ::Nom)), &|lu| Some(lu.nom.clone())),
            ligne("SIREN", lue.identite.siren().map(|s| s.as_str()), &|lu| lu.siren.clone()),
            ligne("Numéro RNA", lue.identite.rna().map(|r| r.as_str()), &|lu| lu.rna.clone()),
            ligne("Commune", Some(commune), &lieu),
            ligne("Site internet", Some(lue.de(Champ::Site)), &|lu| lu.site.clone()),
            ligne("Courriel", Some(lue.de(Champ::Courriel)), &|lu| lu.courriel.clone()),
            ligne("Téléphone", Some(lue.de(Champ::Telephone)), &|lu| lu.telephone.clone()),
        ],
    }
}

/// Proposals of structures that wait, and how many came from one author since an instant.
///
/// # Errors
/// The engine refused.
pub(crate) async fn propositions(
    db: &impl ConnectionTrait,
    personne: Option<&socle::PersonneId>,
    courriel: Option<&str>,
    depuis: Instant,
) -> Result<(i64, i64), DbErr> {
    let (personne, courriel) = (personne.map_or("", |id| id.as_str()), courriel.unwrap_or_default());
    let depuis = depuis.0;
    let ligne = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_proposition
                     WHERE genre = 'structure' AND etat = 'attente') AS attendent,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_proposition
                     WHERE proposee_le >= {depuis} AND (personne_id = {personne} OR courriel = {courriel})) AS siennes"
        ))
        .await?;
    ligne.map_or(Ok((0, 0)), |ligne| Ok((ligne.try_get("", "attendent")?, ligne.try_get("", "siennes")?)))
}

/// What a page says of an actor that has the number typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DejaLa {
    /// Its page.
    Fiche { nom: String, url: String },
    /// Withdrawn from the directory, or closed to it: only an agent hears of it.
    Retiree { reference: String },
}

impl From<acteur::Model> for DejaLa {
    fn from(acteur: acteur::Model) -> Self {
        match acteur.etat {
            EtatActeur::Masque => Self::Retiree { reference: acteur.reference },
            _ => Self::Fiche { nom: acteur.nom, url: format!("/annuaire/{}", acteur.reference) },
        }
    }
}

/// Where the actor of this organisation is, when it has one.
pub(crate) async fn de_l_organisation(db: &impl ConnectionTrait, id: &socle::OrganisationId) -> Result<bool, DbErr> {
    Ok(storage::de_l_organisation(db, id).await?.is_some())
}
