//! The yearly campaign: how many are written to a day, what comes next, what came of it month by month.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use domain::dates::mois_en_lettres;
use jiff::ToSpan;
use jiff::civil::Date;
use platform::{Instant, journal};
use sea_orm::DbErr;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use socle::reglage;
use web::composants::{Cellule, ChampTexte, Conflit, Html, Resume, ResumeErreurs, Tableau};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::FIL;
use super::injoignables::{self, Injoignables};
use super::relance::{self, VALABLE_JOURS};
use super::rules::{A_CONFIRMER_MOIS, Mesure, jours_restants};
use super::storage::{self as tenue, ARelancer, Envois};
use crate::evenements;

const URL: &str = "/reglages/annuaire/campagne";
const CLE: &str = "annuaire.campagne";
/// Beyond, nobody answers the telephone any more.
const PAR_JOUR_MAX: u32 = 500;
/// Months shown.
const MOIS: i32 = 12;
/// Named among those written to next.
const PROCHAINS: i64 = 10;

/// What the agent of the site decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campagne {
    /// Mails of one day; none: the campaign is stopped.
    pub par_jour: u32,
}

impl Default for Campagne {
    /// Answers and telephone calls must be borne.
    fn default() -> Self {
        Self { par_jour: 30 }
    }
}

/// The campaign as set, with the version of the setting.
///
/// # Errors
/// The engine refused.
pub async fn lire(db: &impl ConnectionTrait) -> Result<(Campagne, i64), DbErr> {
    Ok(reglage::lire(db, CLE).await?.unwrap_or_default())
}

/// Those who are to be written to now, at most `limite`, and how many they are.
///
/// # Errors
/// The engine refused.
pub async fn a_ecrire(
    db: &impl ConnectionTrait,
    instance: &Instance,
    limite: i64,
) -> Result<(u64, Vec<ARelancer>), DbErr> {
    let avant = instance.debut_de(instance.aujourd_hui().saturating_sub(A_CONFIRMER_MOIS.months()));
    tenue::a_relancer(db, avant, relance::limite(instance), limite).await
}

#[derive(Template)]
#[template(path = "campagne.html")]
struct PageCampagne {
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: Option<Conflit>,
    par_jour: ChampTexte,
    suite: Resume,
    prochains: Option<Tableau>,
    injoignables: Injoignables,
    mois: Option<Tableau>,
}

async fn page(cadre: &Cadre, saisie: Option<Saisie>, erreurs: Erreurs, conflit: bool) -> Result<PageCampagne, Erreur> {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let (campagne, version) = lire(&tx).await?;
    let (attendent, premiers) = a_ecrire(&tx, instance, PROCHAINS).await?;
    let depuis = instance.debut_de(instance.aujourd_hui().first_of_month().saturating_sub(MOIS.months()));
    let envois = tenue::envois(&tx, depuis).await?;
    let injoignables = injoignables::montrer(&tx, instance).await?;
    let saisie = saisie.unwrap_or_else(|| Saisie::default().avec("par_jour", campagne.par_jour.to_string()));
    let f = cadre.formulaire_avec(saisie, erreurs);
    Ok(PageCampagne {
        resume: f.resume(),
        caches: f.caches(),
        version: f.version(version),
        conflit: conflit.then(|| {
            let enregistre = Resume::default().ligne("Courriels par jour", campagne.par_jour.to_string());
            Conflit::sur("ce réglage").enregistre(enregistre)
        }),
        par_jour: f
            .texte("par_jour", "Courriels par jour")
            .chiffres()
            .aide("Chaque structure peut répondre ou appeler. Écrivez 0 pour arrêter la campagne."),
        suite: suite(campagne, attendent),
        prochains: (!premiers.is_empty()).then(|| prochains(&premiers)),
        injoignables,
        mois: (!envois.is_empty()).then(|| par_mois(instance, &envois)),
    })
}

fn suite(campagne: Campagne, attendent: u64) -> Resume {
    let duree = match jours_restants(attendent, campagne.par_jour) {
        None => "campagne arrêtée".to_owned(),
        Some(0) => "personne n’attend".to_owned(),
        Some(jours) => texte::accorde(jours, "jour", "jours"),
    };
    Resume::default()
        .ligne("Structures à qui écrire", attendent.to_string())
        .ligne("À ce rythme, il faut", duree)
        .ligne("Une structure n’est pas relancée avant", format!("{VALABLE_JOURS} jours"))
}

fn prochains(attendent: &[ARelancer]) -> Tableau {
    let lignes =
        attendent.iter().map(|acteur| vec![Cellule::lien(&format!("/annuaire/{}", acteur.reference), &acteur.nom)]);
    Tableau { legende: "Les prochaines".to_owned(), colonnes: vec!["Structure".to_owned()], lignes: lignes.collect() }
}

fn par_mois(instance: &Instance, envois: &[Envois]) -> Tableau {
    let mut mois: BTreeMap<Date, Mesure> = BTreeMap::new();
    for envoi in envois {
        let midi = Instant((envoi.jour * 24 + 12) * 3_600_000_000);
        let mesure = mois.entry(instance.jour_de(midi).first_of_month()).or_default();
        mesure.envoyes += envoi.envoyes.unsigned_abs();
        mesure.ouvertes += envoi.ouvertes.unsigned_abs();
        mesure.confirmees += envoi.confirmees.unsigned_abs();
    }
    let lignes = mois.iter().rev().map(|(premier, mesure)| {
        let Mesure { envoyes, ouvertes, confirmees } = *mesure;
        let part = (confirmees * 100).checked_div(envoyes).unwrap_or(0);
        vec![
            Cellule::texte(mois_en_lettres(*premier)),
            Cellule::nombre(envoyes.to_string()),
            Cellule::nombre(ouvertes.to_string()),
            Cellule::nombre(confirmees.to_string()),
            Cellule::nombre(format!("{part}\u{a0}%")),
        ]
    });
    Tableau {
        legende: "Mois par mois, selon le jour de l’envoi".to_owned(),
        colonnes: ["Mois", "Courriels envoyés", "Pages ouvertes", "Fiches confirmées", "Part confirmée"]
            .map(str::to_owned)
            .into(),
        lignes: lignes.collect(),
    }
}

fn repondre(cadre: &Cadre, page: &PageCampagne, statut: StatusCode) -> Reponse {
    cadre.page("Campagne de confirmation", page)?.statut(statut).fil(&FIL).repondre()
}

/// GET `/reglages/annuaire/campagne`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let page = page(&cadre, None, Erreurs::default(), false).await?;
    repondre(&cadre, &page, StatusCode::OK)
}

/// POST: the rhythm.
pub async fn regler(cadre: Cadre, form: CheckedForm) -> Reponse {
    let ecrit = form.saisie.texte("par_jour").trim().parse::<u32>().ok();
    let Some(par_jour) = ecrit.filter(|nombre| *nombre <= PAR_JOUR_MAX) else {
        let mut erreurs = Erreurs::default();
        erreurs.ajouter("par_jour", format!("Écrivez un nombre de courriels par jour, de 0 à {PAR_JOUR_MAX}."));
        let page = page(&cadre, Some(form.saisie.clone()), erreurs, false).await?;
        return repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let instance = &cadre.instance;
    let (par, version) = (cadre.visiteur.personne_id(), form.version());
    let tx = instance.db.begin().await?;
    if !reglage::ecrire(&tx, &*instance.clock, CLE, &Campagne { par_jour }, version, par).await? {
        drop(tx);
        let page = page(&cadre, Some(form.saisie.sur_la_version_actuelle()), Erreurs::default(), true).await?;
        return repondre(&cadre, &page, StatusCode::CONFLICT);
    }
    let evenement = evenements::du_site(&cadre, evenements::CAMPAGNE_REGLEE, CLE)
        .faits(serde_json::json!({ "par_jour": par_jour }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, URL, "Le rythme de la campagne est enregistré.").await
}
