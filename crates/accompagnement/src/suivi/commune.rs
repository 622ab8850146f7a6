//! The bearer's side: replies, takes up or declines a recommendation.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::dates::avec_le_jour;
use domain::droit::Action;
use platform::journal;
use socle::projet;
use web::composants::{Bouton, ChampLong, Html, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, courriels};

use super::rules::{EtatRecommandation, GenreEchange};
use crate::demande::pages::equipe;
use crate::demande::rules::{self, Acte, Etat};
use crate::demande::storage::{self, Recommandation};
use crate::evenements::{self, evenement};

/// Longest message, characters.
const MESSAGE_MAX: usize = 3_000;
/// Longest word about a recommendation, characters.
const MOTIF_MAX: usize = 500;
const PAS_DE_DEMANDE: Erreur = Erreur::Introuvable("cette demande d’accompagnement");

/// A project whose request exists, for who answers in its name.
async fn ouvrir(cadre: &Cadre, reference: &str) -> Result<projet::Model, Erreur> {
    let tx = cadre.instance.db.read().await?;
    let projet = projet::par_reference(&tx, reference).await?.ok_or(Erreur::Introuvable("ce projet"))?;
    let lien = cadre.visiteur.lien(&tx, &cadre.instance, &projet).await?;
    cadre.visiteur.autoriser(lien, Action::AgirPourLePorteur)?;
    storage::du_projet(&tx, &projet.id).await?.ok_or(PAS_DE_DEMANDE)?;
    Ok(projet)
}

/// One text of the commune that could not be taken as it is.
#[derive(Template)]
#[template(path = "a_reprendre.html")]
struct PageAReprendre {
    titre: &'static str,
    reference: String,
    action: &'static str,
    resume: ResumeErreurs,
    caches: Html,
    champ: ChampLong,
    /// The recommendation that it is about, and what may be said of it.
    recommandation: Option<(Recommandation, &'static [EtatRecommandation])>,
}

impl PageAReprendre {
    fn repondre(self, cadre: &Cadre, statut: StatusCode) -> Reponse {
        let projet = format!("/projets/{}#accompagnement", self.reference);
        cadre.page(self.titre, &self)?.fil(&[("Le projet", &projet)]).statut(statut).repondre()
    }
}

/// The message as typed, with what stops it.
fn message_a_reprendre(cadre: &Cadre, reference: String, form: &CheckedForm, erreurs: Erreurs) -> PageAReprendre {
    let f = cadre.formulaire_avec(form.saisie.clone(), erreurs);
    PageAReprendre {
        titre: "Écrire au département",
        resume: f.resume(),
        caches: f.caches_gardes(&super::message_garde(&reference)),
        reference,
        action: "message",
        champ: f.long("texte", "Votre message", MESSAGE_MAX).lignes(8),
        recommandation: None,
    }
}

/// POST: a message. When the commune was awaited, the clock starts again.
pub async fn ecrire(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let projet = ouvrir(&cadre, &reference).await?;
    let auteur = cadre.visiteur.connecte()?.clone();
    let mut l = form.lecteur();
    let Some(texte) = l.texte("texte", "Écrivez votre message.", 2, MESSAGE_MAX) else {
        let page = message_a_reprendre(&cadre, reference, &form, l.erreurs);
        return page.repondre(&cadre, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    let demande = storage::du_projet(&tx, &projet.id).await?.ok_or(PAS_DE_DEMANDE)?;
    storage::echanger(&tx, clock, ids, &projet.id, Some(&auteur.id), (GenreEchange::Message, &texte)).await?;
    journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::MESSAGE, &projet)).await?;
    let (suite, reprise) = apres_un_message(instance, &demande);
    if reprise {
        let faits = serde_json::json!({"promise_le": suite.promise_le});
        journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::REPRISE, &projet).faits(faits)).await?;
    }
    if !storage::enregistrer(&tx, &suite).await? {
        drop(tx);
        l.erreurs.ajouter("texte", "Le suivi a changé au même moment. Envoyez de nouveau votre message.");
        let page = message_a_reprendre(&cadre, reference, &form, l.erreurs);
        return page.repondre(&cadre, StatusCode::CONFLICT);
    }
    let lien = instance.url(&format!("/projets/{reference}/suivi"));
    let valeurs = [("projet", projet.titre.as_str()), ("message", &texte), ("lien", &lien)];
    let modele = courriels::composer(instance, "message-de-la-commune", &valeurs)?;
    for agent in equipe(&tx, instance, &demande).await? {
        courriels::prevenir(&tx, instance, &agent, Some(&auteur.id), &modele.sujet, &modele.texte).await?;
    }
    let promesse = format!(" Réponse promise au plus tard le {}.", avec_le_jour(suite.promise_le.0));
    let message = format!("Votre message est envoyé.{}", if reprise { promesse.as_str() } else { "" });
    form.conclure(tx, &format!("/projets/{reference}#accompagnement"), &message).await
}

/// The request after a message of the commune; does the clock start again?
fn apres_un_message(instance: &Instance, demande: &storage::Model) -> (storage::Model, bool) {
    let jour = instance.aujourd_hui();
    let locaux = instance.locaux();
    let calendrier = locaux.calendrier(instance.collectivite.feries);
    let suite = storage::Model { contact_le: platform::Jour(jour), ..demande.clone() };
    if demande.etat() != Etat::AttendLaCommune {
        return (suite, false);
    }
    match rules::apres(demande.horloge(), Acte::Reprendre, jour, calendrier) {
        Ok(horloge) => (suite.avec(horloge), true),
        Err(_) => (suite, false),
    }
}

/// POST: what the bearer does with a recommendation, with a word why.
pub async fn decider(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let projet = ouvrir(&cadre, &reference).await?;
    let etat = EtatRecommandation::lire(form.saisie.texte("etat")).ok_or_else(|| {
        Erreur::Invalide("Ce choix n’existe pas. Revenez à la page du projet et recommencez.".to_owned())
    })?;
    let instance = &cadre.instance;
    let mut l = form.lecteur();
    let motif = l.texte_libre("motif", MOTIF_MAX);
    let id = form.saisie.texte("recommandation");
    let tx = instance.db.begin().await?;
    let recommandation =
        storage::recommandation(&tx, &projet.id, id).await?.ok_or(Erreur::Introuvable("cette recommandation"))?;
    let actuel = recommandation.etat();
    if !l.erreurs.est_vide() {
        drop(tx);
        let page = motif_a_reprendre(&cadre, reference, &form, l.erreurs, recommandation);
        return page.repondre(&cadre, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let vers = format!("/projets/{reference}#accompagnement");
    if actuel == etat {
        return Ok(form.aller(&vers, "C’était déjà noté."));
    }
    if !actuel.suites().contains(&etat) {
        return Err(Erreur::Invalide(format!(
            "La recommandation est maintenant : {}. Rechargez la page.",
            actuel.libelle().to_lowercase()
        )));
    }
    storage::decider(&tx, id, etat, motif.as_deref()).await?;
    let faits = serde_json::json!({"etat": etat.as_str()});
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement(&cadre, evenements::DECIDE, &projet).faits(faits))
        .await?;
    form.conclure(tx, &vers, "C’est noté. La personne qui vous suit le voit.").await
}

/// The word about a recommendation as typed, with what stops it.
fn motif_a_reprendre(
    cadre: &Cadre,
    reference: String,
    form: &CheckedForm,
    erreurs: Erreurs,
    recommandation: Recommandation,
) -> PageAReprendre {
    let f = cadre.formulaire_avec(form.saisie.clone(), erreurs);
    let suites = recommandation.etat().suites();
    let garde = format!("/projets/{reference}/accompagnement/recommandation#{}", recommandation.id);
    PageAReprendre {
        titre: "Répondre à une recommandation",
        reference,
        action: "recommandation",
        resume: f.resume(),
        caches: f.caches_gardes(&garde),
        champ: f.long("motif", "Un mot d’explication (facultatif)", MOTIF_MAX).lignes(6),
        recommandation: Some((recommandation, suites)),
    }
}
