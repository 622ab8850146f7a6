//! The bearer's side: replies, takes up or declines a recommendation.

use axum::extract::Path;
use domain::droit::Action;
use platform::journal;
use socle::projet;
use web::{Cadre, CheckedForm, Erreur, Reponse, courriels};

use super::rules::EtatRecommandation;
use crate::demande::pages::equipe;
use crate::demande::rules::{self, Acte, Etat};
use crate::demande::storage;
use crate::evenements::{self, evenement};

async fn ouvrir(cadre: &Cadre, reference: &str) -> Result<(projet::Model, storage::Model), Erreur> {
    let tx = cadre.instance.db.read().await?;
    let projet = projet::par_reference(&tx, reference).await?.ok_or(Erreur::Introuvable("ce projet"))?;
    let lien = cadre.visiteur.lien(&tx, &cadre.instance, &projet).await?;
    cadre.visiteur.autoriser(lien, Action::AgirPourLePorteur)?;
    let demande =
        storage::du_projet(&tx, &projet.id).await?.ok_or(Erreur::Introuvable("cette demande d’accompagnement"))?;
    Ok((projet, demande))
}

/// POST: a message. When the commune was awaited, the clock starts again.
pub async fn ecrire(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let (projet, demande) = ouvrir(&cadre, &reference).await?;
    let auteur = cadre.visiteur.connecte()?.clone();
    let vers = format!("/projets/{reference}#accompagnement");
    let mut l = form.lecteur();
    let Some(texte) = l.texte("texte", "Écrivez votre message.", 2, 3_000) else {
        let phrase = l.erreurs.de("texte").unwrap_or_default().to_owned();
        return Err(Erreur::Invalide(format!("{phrase} Revenez en arrière : votre texte y est encore.")));
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    storage::echanger(&tx, clock, ids, &projet.id, &auteur.id, "message", &texte).await?;
    let jour = instance.aujourd_hui();
    let mut suite = storage::Model { contact_le: platform::Jour(jour), ..demande.clone() };
    journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::MESSAGE, &projet)).await?;
    let locaux = instance.locaux();
    let calendrier = locaux.calendrier(instance.collectivite.feries);
    if demande.etat() == Etat::AttendLaCommune
        && let Ok(horloge) = rules::apres(demande.horloge(), Acte::Reprendre, jour, calendrier)
    {
        suite = suite.avec(horloge);
        let faits = serde_json::json!({"promise_le": suite.promise_le});
        journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::REPRISE, &projet).faits(faits)).await?;
    }
    if !storage::enregistrer(&tx, &suite).await? {
        return Err(Erreur::Invalide(
            "Le suivi a changé au même moment. Revenez en arrière et envoyez de nouveau.".to_owned(),
        ));
    }
    let lien = instance.url(&format!("/projets/{reference}/suivi"));
    let valeurs = [("projet", projet.titre.as_str()), ("message", &texte), ("lien", &lien)];
    let modele = courriels::composer(instance, "message-de-la-commune", &valeurs)?;
    for agent in equipe(&tx, instance, &demande).await? {
        courriels::prevenir(&tx, instance, &agent, Some(&auteur.id), &modele.sujet, &modele.texte).await?;
    }
    form.conclure(tx, &vers, "Votre message est envoyé.").await
}

/// POST: what the bearer does with a recommendation, with a word why.
pub async fn decider(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let (projet, _) = ouvrir(&cadre, &reference).await?;
    let etat = EtatRecommandation::lire(form.saisie.texte("etat"))
        .ok_or_else(|| Erreur::Invalide("Ce choix n’existe pas.".to_owned()))?;
    let motif = form.saisie.texte("motif").trim().chars().take(500).collect::<String>();
    let motif = (!motif.is_empty()).then_some(motif);
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let id = form.saisie.texte("recommandation");
    let actuel = storage::etat_de(&tx, &projet.id, id).await?.ok_or(Erreur::Introuvable("cette recommandation"))?;
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
