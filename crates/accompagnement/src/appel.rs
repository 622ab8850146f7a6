//! "Saisir un appel": a project that arrives by telephone, in 60 seconds on a phone; then a mail "Est-ce bien cela ?".

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::droit::Action;
use domain::profil::{Complements, Etape, Porteur};
use domain::theme::Theme;
use platform::{Jour, WriteTx, journal};
use socle::projet::{self, Diffusion, Etat};
use socle::{ProjetId, jeton, personne};
use web::composants::{ChampLong, ChampTexte, Html, OptionDeChamp, ResumeErreurs, Selection};
use web::courriels;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, texte};

use crate::demande::pages as demandes;
use crate::demande::storage;
use crate::evenements::{self, evenement};

const USAGE: &str = "est-ce-bien-cela";
const DUREE_S: i64 = 30 * 24 * 3600;

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
        caches: f.caches(),
        commune: f.texte("commune", "Commune").commune(),
        phrase: f
            .long("phrase", "En une phrase, de quoi s’agit-il ?", 500)
            .aide("Des faits : la personne la lira.")
            .lignes(3)
            .hors_ligne(),
        theme: f.selection("theme", "Thème", themes),
        rappel: f
            .texte("rappel", "Qui rappeler, et à quel numéro ?")
            .aide("Par exemple : la secrétaire, 03 53 01 00 00, le matin."),
        courriel: f
            .texte("courriel", "Son adresse de courriel")
            .aide("Facultatif. Pour lui envoyer « Est-ce bien cela ? ».")
            .courriel(),
    }
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    cadre.page("Saisir un appel", &page(&cadre, Saisie::default(), Erreurs::default()))?.repondre()
}

/// The title is the beginning of the sentence, cut at a word.
fn titre_de(phrase: &str) -> String {
    const MAX: usize = 80;
    if phrase.chars().count() <= MAX {
        return phrase.trim_end_matches('.').to_owned();
    }
    let debut: String = phrase.chars().take(MAX).collect();
    let coupe = debut.rfind(' ').map_or(debut.as_str(), |espace| debut.split_at(espace).0);
    format!("{coupe}…")
}

/// POST: the project, its request and the mail, at once.
pub async fn saisir(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let mut l = form.lecteur();
    let commune = l.commune("commune", instance);
    let phrase = l.texte("phrase", "Dites en une phrase de quoi il s’agit.", 10, 500);
    let rappel = l.texte_libre("rappel", 120);
    let courriel = if form.saisie.texte("courriel").trim().is_empty() { None } else { l.courriel("courriel", "") };
    let theme: Option<Theme> = l.choix_libre("theme");
    let (Some(commune), Some(phrase), true) = (commune, phrase, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        let page = page(&cadre, form.saisie, erreurs);
        return cadre.page("Saisir un appel", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let maintenant = clock.instant();
    let projet = projet::Model {
        id: ProjetId::nouveau(ids),
        reference: ids.reference(8),
        titre: titre_de(&phrase),
        titre_tri: String::new(),
        manque: phrase.clone(),
        commune,
        etape: Etape::Idee,
        porteur: Porteur::PasDecide,
        organisation_id: None,
        auteur_id: None,
        brouillon: None,
        etat: Etat::Garde,
        confirme_le: None,
        confirme_par: None,
        diffusion: Diffusion::Prive,
        publie_le: None,
        cout: None,
        complements: serde_json::to_string(&Complements::default())?,
        origine: "telephone".to_owned(),
        cree_le: maintenant,
        modifie_le: maintenant,
        fusionne_dans: None,
        version: 1,
    };
    let tx = instance.db.begin().await?;
    let themes: Vec<Theme> = theme.into_iter().collect();
    let projet = projet::inserer(&tx, projet, &themes).await?;
    journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::SAISI, &projet)).await?;
    let nouvelle = demandes::Nouvelle { faite_par: None, message: phrase.clone(), rappel, interets: "[]".to_owned() };
    let (demande, _) = demandes::creer(&tx, instance, &projet, nouvelle).await?;
    attribuer(&tx, &cadre, &projet, demande).await?;
    if let Some(a) = courriel {
        let secret = ids.jeton();
        jeton::creer(&tx, clock, USAGE, &format!("{}/{a}", projet.reference), &secret, None, DUREE_S).await?;
        let lien = instance.url(&format!("/est-ce-bien-cela/{secret}"));
        let commune = instance.referentiel().nom_commune(&projet.commune);
        let valeurs = [("commune", commune), ("phrase", &phrase), ("lien", &lien)];
        courriels::ecrire(&tx, instance, a, "est-ce-bien-cela", &valeurs).await?;
    }
    let lien = cadre.visiteur.lien(&tx, instance, &projet).await?;
    if cadre.visiteur.autoriser(lien, Action::Accompagner).is_err() {
        let phrase = "L’appel est saisi. Un courriel le dit à la personne qui répond pour cette commune.";
        return form.conclure(tx, "/tableau", phrase).await;
    }
    let phrase = "L’appel est saisi. Si vous avez déjà répondu, dites-le en un clic.";
    form.conclure(tx, &format!("/projets/{}/suivi", projet.reference), phrase).await
}

/// Who takes the call of a commune that nobody answers for follows it; who answers for the others is told.
async fn attribuer(tx: &WriteTx, cadre: &Cadre, projet: &projet::Model, demande: storage::Model) -> Result<(), Erreur> {
    let par = cadre.visiteur.personne_id();
    if demande.agent_id.is_some() {
        return demandes::prevenir_l_equipe(tx, &cadre.instance, projet, &demande, par).await;
    }
    storage::enregistrer(tx, &storage::Model { agent_id: par.cloned(), confiee: true, ..demande }).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "est_ce_bien_cela.html")]
struct PageEstCeBienCela {
    commune: String,
    manque: Html,
    caches: Html,
    secret: String,
}

async fn du_lien(cadre: &Cadre, secret: &str) -> Result<(projet::Model, String), Erreur> {
    let perime = || Erreur::Introuvable("cette page : vous avez déjà répondu, ou le lien a plus de 30 jours");
    let tx = cadre.instance.db.read().await?;
    let jeton = jeton::lire(&tx, cadre.instance.clock.instant(), USAGE, secret).await?.ok_or_else(perime)?;
    let (reference, courriel) = jeton.cible.split_once('/').ok_or_else(perime)?;
    let projet = projet::par_reference(&tx, reference).await?.ok_or_else(perime)?;
    Ok((projet, courriel.to_owned()))
}

/// GET: opening does nothing.
pub async fn ouvrir(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let (projet, _) = du_lien(&cadre, &secret).await?;
    let page = PageEstCeBienCela {
        commune: cadre.instance.referentiel().nom_commune(&projet.commune).to_owned(),
        manque: Html(texte::paragraphes(&projet.manque)),
        caches: cadre.formulaire().caches(),
        secret,
    };
    cadre.page("Est-ce bien cela ?", &page)?.repondre()
}

/// POST: the project becomes theirs; they sign in with the same address to complete it.
pub async fn confirmer(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let (projet, courriel) = du_lien(&cadre, &secret).await?;
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    jeton::utiliser(&tx, clock.instant(), USAGE, &secret).await?;
    let personne = personne::trouver_ou_creer(&tx, clock, ids, &courriel).await?;
    if projet.auteur_id.is_none() {
        let a_elle = projet::Model { auteur_id: Some(personne.id.clone()), ..projet.clone() };
        projet::enregistrer(&tx, &a_elle, clock.instant()).await?;
    }
    if let Some(demande) = storage::du_projet(&tx, &projet.id).await? {
        let contact =
            storage::Model { contact_le: Jour(instance.aujourd_hui()), faite_par: Some(personne.id), ..demande };
        storage::enregistrer(&tx, &contact).await?;
    }
    journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::RECONNU, &projet)).await?;
    let retour = format!("/connexion?retour=/projets/{}", projet.reference);
    form.conclure(tx, &retour, "Merci. Pour compléter le projet, connectez-vous avec la même adresse.").await
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
