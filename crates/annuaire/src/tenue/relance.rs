//! Every day: pages without word for two years fall asleep; some of the actors that have not confirmed theirs for a year
//! are written to. The link of the mail opens a page with a button: mail scanners that follow links confirm nothing.

use askama::Template;
use axum::extract::Path;
use jiff::ToSpan;
use platform::WriteTx;
use platform::journal::{self, Evenement, Visibilite};
use platform::outbox::ligne;
use platform::periodique::Periodique;
use platform::worker::EchecTravail;
use sea_orm::entity::prelude::*;
use socle::jeton;
use web::composants::{Html, Resume};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, courriels, recherche, texte};

use super::rules::{A_CONFIRMER_MOIS, regle};
use super::storage::{self as tenue, ARelancer};
use super::{agrements, campagne};
use crate::acteur;
use crate::donnees;
use crate::doublon;
use crate::evenements;
use crate::recherche::SOURCE;

/// Subject in the outbox.
pub(crate) const SUJET: &str = "annuaire-tenue";
/// When.
pub(crate) const CHAQUE_JOUR: Periodique = Periodique { sujet: SUJET, heure: 9 };
/// Use of the one-time links.
const USAGE: &str = "annuaire-confirmation";
/// A link holds so long, and nobody is written to again before its end.
pub(crate) const VALABLE_JOURS: i64 = 60;
/// Days looked back for approvals that ended: the site may have been stopped.
const RATTRAPAGE_JOURS: i64 = 7;

/// Worker. Idempotent: who was written to is not written to again.
pub(crate) async fn chaque_jour(instance: Instance, _: ligne::Model) -> Result<(), EchecTravail> {
    endormir(&instance).await?;
    oublier_les_agrements(&instance).await?;
    let tx = instance.db.begin().await?;
    donnees::oublier_les_adresses(&tx, &instance).await?;
    tx.commit().await?;
    let tx = instance.db.read().await?;
    let (campagne, _) = campagne::lire(&tx).await?;
    let (_, acteurs) = campagne::a_ecrire(&tx, &instance, i64::from(campagne.par_jour)).await?;
    drop(tx);
    for acteur in acteurs.iter().filter(|acteur| instance.peut_ecrire_a(&acteur.courriel)) {
        let tx = instance.db.begin().await?;
        relancer(&tx, &instance, acteur).await.map_err(|erreur| EchecTravail::Temporaire(format!("{erreur:?}")))?;
        tx.commit().await?;
    }
    Ok(())
}

async fn endormir(instance: &Instance) -> Result<(), DbErr> {
    let jour = instance.aujourd_hui();
    let regle = regle(jour);
    let limite = jour.saturating_sub(regle.cachee_mois.months());
    let sirene = regle.sirene_suffit.then_some(limite);
    let tx = instance.db.begin().await?;
    if tenue::endormir(&tx, instance.debut_de(limite), sirene, instance.clock.instant()).await? > 0 {
        recherche::demander_la_reconstruction(&tx, instance).await?;
    }
    tx.commit().await
}

/// An approval that ended is no longer found by the filters, and what it proved of the ESS is proved no more.
async fn oublier_les_agrements(instance: &Instance) -> Result<(), DbErr> {
    let jour = instance.aujourd_hui();
    let tx = instance.db.begin().await?;
    for id in agrements::retirer_les_preuves(&tx, jour).await? {
        if let Some(acteur) = acteur::Entity::find_by_id(id).one(&tx).await? {
            tenue::reprojeter(&tx, instance, acteur).await?;
        }
    }
    let (du, au) = (jour.saturating_sub(RATTRAPAGE_JOURS.days()), jour.saturating_sub(1.day()));
    let acteurs = agrements::finis_entre(&tx, du, au).await?;
    if !acteurs.is_empty() {
        recherche::demander(&tx, instance, SOURCE, acteurs.iter().map(ToString::to_string).collect()).await?;
    }
    tx.commit().await
}

/// The latest instant of a mail that leaves room for another.
pub(crate) fn limite(instance: &Instance) -> platform::Instant {
    instance.clock.instant().plus_seconds(-VALABLE_JOURS * 86_400)
}

/// Writes to an actor. False when somebody else just did: one mail leaves, whoever asks at the same moment.
pub(crate) async fn relancer(tx: &WriteTx, instance: &Instance, acteur: &ARelancer) -> Result<bool, Erreur> {
    if !tenue::noter_la_relance(tx, &acteur.id, limite(instance), instance.clock.instant()).await? {
        return Ok(false);
    }
    let secret = instance.ids.jeton();
    let cible = acteur.id.as_str();
    jeton::creer(tx, &*instance.clock, USAGE, cible, &secret, None, VALABLE_JOURS * 86_400).await?;
    let lien = instance.url(&format!("/confirmer-une-fiche/{secret}"));
    let valeurs = [("acteur", acteur.nom.as_str()), ("lien", &lien)];
    courriels::ecrire(tx, instance, &acteur.courriel, "confirmer-sa-fiche", &valeurs).await?;
    Ok(true)
}

#[derive(Template)]
#[template(path = "confirmer_acteur.html")]
struct PageConfirmer {
    nom: String,
    reference: String,
    resume: Resume,
    caches: Html,
    secret: String,
    contact: String,
}

fn perime() -> Erreur {
    Erreur::Introuvable("cette confirmation : elle est déjà faite, ou le lien a plus de 60 jours")
}

/// GET, without account: opening changes nothing of the actor; that it was opened is counted.
pub async fn ouvrir(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let jeton = jeton::lire(&tx, instance.clock.instant(), USAGE, &secret).await?.ok_or_else(perime)?;
    let acteur = acteur::Entity::find_by_id(acteur::ActeurId(jeton.cible)).one(&tx).await?.ok_or_else(perime)?;
    let relance = acteur.id.clone();
    let acteur = doublon::chemin::suivre(&tx, acteur).await?;
    let deja = tenue::deja_ouverte(&tx, &relance).await?;
    drop(tx);
    if !deja {
        let tx = instance.db.begin().await?;
        tenue::noter_le_retour(&tx, &relance, instance.clock.instant(), false).await?;
        tx.commit().await?;
    }
    let ou_rien = |texte: Option<&String>| texte.cloned().unwrap_or_else(|| "rien".to_owned());
    let commune = acteur.commune.as_ref().map(|code| instance.referentiel().nom_commune(code).to_owned());
    let identite = cadre.identite();
    let page = PageConfirmer {
        resume: Resume::default()
            .ligne("Nom", &acteur.nom)
            .ligne("Commune", ou_rien(commune.as_ref()))
            .ligne("Ce que fait la structure", ou_rien(acteur.presentation.as_ref()))
            .ligne("Site internet", ou_rien(acteur.site.as_ref()))
            .ligne("Téléphone", ou_rien(acteur.telephone.as_ref()))
            .ligne("Courriel", ou_rien(acteur.courriel.as_ref())),
        nom: acteur.nom,
        reference: acteur.reference,
        caches: cadre.formulaire().caches(),
        contact: [identite.telephone.as_str(), identite.courriel.as_str()]
            .into_iter()
            .filter(|texte| !texte.is_empty())
            .collect::<Vec<_>>()
            .join(" ou "),
        secret,
    };
    cadre.page("Confirmer une fiche de l’annuaire", &page)?.repondre()
}

/// POST: all is right. Without account: the link went to the address of the actor.
pub async fn confirmer(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let maintenant = instance.clock.instant();
    let tx = instance.db.begin().await?;
    let cible = jeton::utiliser(&tx, maintenant, USAGE, &secret).await?.ok_or_else(perime)?;
    let acteur = acteur::Entity::find_by_id(acteur::ActeurId(cible)).one(&tx).await?.ok_or_else(perime)?;
    let relance = acteur.id.clone();
    // Merged since into another: that one is confirmed.
    let acteur = doublon::chemin::suivre(&tx, acteur).await?;
    let id = acteur.id.clone();
    if !tenue::reprojeter(&tx, instance, acteur.confirme(maintenant)).await? {
        return Err(Erreur::Invalide("La fiche vient de changer. Rouvrez le lien et recommencez.".to_owned()));
    }
    let evenement = Evenement::nouveau(evenements::CONFIRME, evenements::OBJET, id.as_str())
        .visible(Visibilite::Agents)
        .faits(serde_json::json!({ "par": "lien" }));
    tenue::noter_le_retour(&tx, &relance, maintenant, true).await?;
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let jour = texte::jour(instance.aujourd_hui().saturating_add(A_CONFIRMER_MOIS.months()));
    form.conclure(tx, "/annuaire", &format!("Merci. La fiche est confirmée jusqu’au {jour}.")).await
}
