//! "Saisir un appel": a project that arrives by telephone, in 60 seconds on a phone. Who bears it is invited by
//! `invitation`, at once or later.

use askama::Template;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use domain::dates::avec_le_jour;
use domain::droit::Action;
use domain::theme::Theme;
use platform::{WriteTx, journal};
use socle::projet;
use socle::secteur::Interlocuteur;
use web::composants::{Bouton, ChampLong, ChampTexte, Html, OptionDeChamp, ResumeErreurs, Selection};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, contact};

use crate::demande::pages as demandes;
use crate::demande::storage;
use crate::evenements::{self, evenement};
use crate::invitation;

#[derive(Template)]
#[template(path = "saisir.html")]
struct PageSaisir {
    resume: ResumeErreurs,
    caches: Html,
    commune: ChampTexte,
    phrase: ChampLong,
    theme: Selection,
    rappel: ChampTexte,
    courriel: ChampTexte,
}

fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> PageSaisir {
    let f = cadre.formulaire_avec(saisie, erreurs);
    let themes = std::iter::once(OptionDeChamp::nouvelle("", "Je ne sais pas encore"))
        .chain(cadre.instance.locaux().themes.options(&[]));
    PageSaisir {
        resume: f.resume(),
        caches: f.caches_gardes("/saisir"),
        commune: f.texte("commune", "Commune").commune(),
        phrase: f
            .long("phrase", "En une phrase, de quoi s’agit-il ?", 500)
            .aide("Des faits : la personne la lira.")
            .lignes(3)
            .hors_ligne(),
        theme: f.selection("theme", "Thème", themes),
        rappel: f
            .texte("rappel", "Qui rappeler, et à quel numéro ? (facultatif)")
            .aide("Par exemple : la secrétaire, 03 53 01 00 00, le matin."),
        courriel: f
            .texte("courriel", "Son adresse de courriel (facultatif)")
            .aide("Pour lui envoyer « Est-ce bien cela ? ».")
            .courriel()
            .remplir("off"),
    }
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    cadre.page("Saisir un appel", &page(&cadre, Saisie::default(), Erreurs::default()))?.repondre()
}

/// The title is the beginning of the sentence, cut at a word.
pub(crate) fn titre_de(phrase: &str) -> String {
    const MAX: usize = 80;
    if phrase.chars().count() <= MAX {
        return phrase.trim_end_matches('.').to_owned();
    }
    let debut: String = phrase.chars().take(MAX).collect();
    let coupe = debut.rfind(' ').map_or(debut.as_str(), |espace| debut.split_at(espace).0);
    format!("{coupe}…")
}

/// POST: the project, its request and the mails, at once.
pub async fn saisir(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let mut l = form.lecteur();
    let commune = l.commune("commune", instance);
    let phrase = l.texte("phrase", "Dites en une phrase de quoi il s’agit.", 10, 500);
    let rappel = l.texte_libre("rappel", 120);
    let dit = !form.saisie.texte("courriel").trim().is_empty();
    let courriel = if dit { invitation::adresse(instance, &mut l, "courriel", "") } else { None };
    let theme: Option<Theme> = l.choix_libre("theme");
    let (Some(commune), Some(phrase), true) = (commune, phrase, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        let page = page(&cadre, form.saisie, erreurs);
        return cadre.page("Saisir un appel", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let tx = instance.db.begin().await?;
    let themes: Vec<Theme> = theme.into_iter().collect();
    let projet = projet::inserer(&tx, nouveau(instance, commune, &phrase), &themes).await?;
    let evenement = evenement(&cadre, evenements::SAISI, &projet);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let nouvelle = demandes::Nouvelle { faite_par: None, message: phrase, rappel, interets: "[]".to_owned() };
    let (demande, interlocuteur) = demandes::creer(&tx, instance, &projet, nouvelle).await?;
    if let Some(a) = courriel {
        invitation::ecrire(&tx, instance, &projet, &a).await?;
    }
    let demande = attribuer(&tx, &cadre, demande).await?;
    let lien = cadre.visiteur.lien(&tx, instance, &projet).await?;
    if cadre.visiteur.autoriser(lien, Action::Accompagner).is_err() {
        return confier(&cadre, &form, tx, &projet, &demande, interlocuteur).await;
    }
    demandes::prevenir_l_equipe(&tx, instance, &projet, &demande, cadre.visiteur.personne_id()).await?;
    let message = "L’appel est saisi. Si vous avez déjà répondu, dites-le en un clic.";
    form.conclure(tx, &format!("/projets/{}/suivi", projet.reference), message).await
}

/// Where nobody is in charge, who takes the call answers for it, wherever the commune is.
async fn attribuer(tx: &WriteTx, cadre: &Cadre, demande: storage::Model) -> Result<storage::Model, Erreur> {
    if demande.agent_id.is_some() {
        return Ok(demande);
    }
    let demande = storage::Model { agent_id: cadre.visiteur.personne_id().cloned(), confiee: true, ..demande };
    storage::enregistrer(tx, &demande).await?;
    Ok(demande)
}

/// The call is for someone else: they are told, and who took it knows who answers.
async fn confier(
    cadre: &Cadre,
    form: &CheckedForm,
    tx: WriteTx,
    projet: &projet::Model,
    demande: &storage::Model,
    interlocuteur: Option<Interlocuteur>,
) -> Reponse {
    let instance = &cadre.instance;
    demandes::prevenir_l_equipe(&tx, instance, projet, demande, cadre.visiteur.personne_id()).await?;
    let qui = match interlocuteur.filter(|i| i.personne_id.is_some()) {
        Some(interlocuteur) => contact::du_secteur(instance, Some(interlocuteur)).nom,
        None => "La coordination".to_owned(),
    };
    let message = format!(
        "L’appel est saisi. {qui} répond pour {}, au plus tard le {}. Un courriel l’en prévient.",
        instance.referentiel().nom_commune(&projet.commune),
        avec_le_jour(demande.promise_le.0)
    );
    form.conclure(tx, "/tableau", &message).await
}

fn nouveau(instance: &Instance, commune: CodeCommune, phrase: &str) -> projet::Model {
    projet::Model {
        titre: titre_de(phrase),
        manque: phrase.to_owned(),
        origine: "telephone".to_owned(),
        ..projet::Model::nouveau(&*instance.ids, commune, instance.clock.instant())
    }
}

#[cfg(test)]
mod tests {
    use super::titre_de;

    #[test]
    fn le_titre_est_le_debut_de_la_phrase() {
        assert_eq!(titre_de("Rouvrir le café."), "Rouvrir le café");
        let longue = "Une phrase vraiment longue qui raconte tout ce que la secrétaire a dit au téléphone ce matin";
        assert_eq!(titre_de(longue), "Une phrase vraiment longue qui raconte tout ce que la secrétaire a dit au…");
    }
}
