//! "Est-ce bien cela ?": a project that the département wrote down finds the person who bears it. An address is given with
//! the call, or later on the page of the follow-up; a signed link then says yes, corrects, or says that it is the wrong person.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::profil::MANQUE_MAX;
use platform::{Jour, ReadTx, WriteTx, journal};
use socle::{jeton, personne, projet};
use web::composants::{Bouton, ChampLong, Html, Poids, ResumeErreurs};
use web::courriels;
use web::formulaire::{Erreurs, Lecteur};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use crate::appel::titre_de;
use crate::demande::pages::equipe;
use crate::demande::storage;
use crate::evenements::{self, evenement};
use crate::suivi::pages::{self as suivi, Ouvert};
use crate::suivi::prevenir::prevenir_les_agents;

const USAGE: &str = "est-ce-bien-cela";
const DUREE_S: i64 = 30 * 24 * 3600;

/// Targets of the links of a project: its reference, then the address.
fn debut(projet: &projet::Model) -> String {
    format!("{}/", projet.reference)
}

/// An address to invite. In the demonstration nobody real is written to.
pub(crate) fn adresse(instance: &Instance, l: &mut Lecteur<'_>, champ: &str, vide: &str) -> Option<String> {
    let courriel = l.courriel(champ, vide)?;
    if instance.peut_ecrire_a(&courriel) {
        return Some(courriel);
    }
    l.erreurs.ajouter(champ, "Dans la démonstration, on n’écrit qu’à des adresses inventées, en « .invalid ».");
    None
}

/// Writes to the address what was noted. A link sent before opens nothing any more.
pub(crate) async fn ecrire(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    courriel: &str,
) -> Result<(), Erreur> {
    let secret = instance.ids.jeton();
    jeton::annuler(tx, USAGE, &debut(projet)).await?;
    let cible = format!("{}{courriel}", debut(projet));
    jeton::creer(tx, &*instance.clock, USAGE, &cible, &secret, None, DUREE_S).await?;
    let lien = instance.url(&format!("/est-ce-bien-cela/{secret}"));
    let commune = instance.referentiel().nom_commune(&projet.commune);
    let valeurs = [("commune", commune), ("phrase", projet.manque.as_str()), ("lien", &lien)];
    courriels::ecrire(tx, instance, courriel, "est-ce-bien-cela", &valeurs).await
}

/// Nobody can be written to.
pub(crate) struct SansAdresse {
    /// Who was invited and has not answered, in a sentence.
    pub(crate) attente: Option<String>,
}

/// Whether nobody of a project can be written to.
pub(crate) async fn si_personne(
    tx: &ReadTx,
    instance: &Instance,
    projet: &projet::Model,
) -> Result<Option<SansAdresse>, Erreur> {
    if !projet::personnes(tx, projet, instance.aujourd_hui()).await?.is_empty() {
        return Ok(None);
    }
    let attente = jeton::en_attente(tx, instance.clock.instant(), USAGE, &debut(projet)).await?;
    let attente = attente.and_then(|jeton| {
        let (_, courriel) = jeton.cible.split_once('/')?;
        let le = texte::jour(instance.jour_de(jeton.cree_le));
        Some(format!("{courriel} n’a pas encore répondu à « Est-ce bien cela ? », envoyé le {le}."))
    });
    Ok(Some(SansAdresse { attente }))
}

/// POST, agent: an address, later.
pub(crate) async fn inviter(cadre: &Cadre, form: &CheckedForm, ouvert: Ouvert) -> Reponse {
    let instance = &cadre.instance;
    let mut l = form.lecteur();
    let Some(courriel) = adresse(instance, &mut l, "porteur_courriel", "Donnez l’adresse de la personne à inviter.")
    else {
        let erreurs = l.erreurs;
        return suivi::en_erreur(cadre, ouvert, form.saisie.clone(), erreurs).await;
    };
    let vers = suivi::vers(&ouvert.projet);
    let tx = instance.db.begin().await?;
    if !projet::personnes(&tx, &ouvert.projet, instance.aujourd_hui()).await?.is_empty() {
        return Ok(form.aller(&vers, "Quelqu’un porte déjà ce projet : c’est à cette personne d’inviter."));
    }
    ecrire(&tx, instance, &ouvert.projet, &courriel).await?;
    let evenement = evenement(cadre, evenements::INVITE, &ouvert.projet);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &vers, "L’invitation est envoyée.").await
}

#[derive(Template)]
#[template(path = "est_ce_bien_cela.html")]
struct PageEstCeBienCela {
    commune: String,
    manque: Html,
    resume: ResumeErreurs,
    caches: Html,
    correction: ChampLong,
    a_corriger: bool,
    secret: String,
}

fn perime() -> Erreur {
    Erreur::Introuvable("cette page : vous avez déjà répondu, ou le lien a plus de 30 jours")
}

async fn du_lien(cadre: &Cadre, secret: &str) -> Result<(projet::Model, String), Erreur> {
    let tx = cadre.instance.db.read().await?;
    let jeton = jeton::lire(&tx, cadre.instance.clock.instant(), USAGE, secret).await?.ok_or_else(perime)?;
    let (reference, courriel) = jeton.cible.split_once('/').ok_or_else(perime)?;
    let projet = projet::par_reference(&tx, reference).await?.ok_or_else(perime)?;
    Ok((projet, courriel.to_owned()))
}

fn page(cadre: &Cadre, projet: &projet::Model, secret: String, saisie: Saisie, erreurs: Erreurs) -> PageEstCeBienCela {
    let a_corriger = !erreurs.est_vide();
    let f = cadre.formulaire_avec(saisie, erreurs);
    PageEstCeBienCela {
        commune: cadre.instance.referentiel().nom_commune(&projet.commune).to_owned(),
        manque: Html(texte::paragraphes(&projet.manque)),
        resume: f.resume(),
        caches: f.caches_gardes(&format!("/est-ce-bien-cela#{}", projet.reference)),
        correction: f.long("correction", "Ce qui est juste", MANQUE_MAX).lignes(5),
        a_corriger,
        secret,
    }
}

/// GET: opening does nothing.
pub async fn ouvrir(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let (projet, _) = du_lien(&cadre, &secret).await?;
    let saisie = Saisie::default().avec("correction", &projet.manque);
    let page = page(&cadre, &projet, secret, saisie, Erreurs::default());
    cadre.page("Est-ce bien cela ?", &page)?.repondre()
}

/// POST: yes, a correction, or the wrong person.
pub async fn repondre(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let (projet, courriel) = du_lien(&cadre, &secret).await?;
    match form.saisie.texte("reponse") {
        "" | "oui" => reconnaitre(&cadre, &form, &projet, (&secret, &courriel), None).await,
        "erreur" => decliner(&cadre, &form, &projet, &secret).await,
        "corriger" => {
            let mut l = form.lecteur();
            let Some(correction) = l.texte("correction", "Écrivez ce qui est juste.", 10, MANQUE_MAX) else {
                let erreurs = l.erreurs;
                let page = page(&cadre, &projet, secret, form.saisie.clone(), erreurs);
                return cadre.page("Est-ce bien cela ?", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
            };
            reconnaitre(&cadre, &form, &projet, (&secret, &courriel), Some(correction)).await
        }
        _ => Err(Erreur::Invalide(
            "Choisissez une des réponses : rouvrez le lien du courriel, puis un des boutons.".to_owned(),
        )),
    }
}

/// The project becomes theirs, corrected or as it was; they sign in with the same address to complete it.
async fn reconnaitre(
    cadre: &Cadre,
    form: &CheckedForm,
    projet: &projet::Model,
    (secret, courriel): (&str, &str),
    correction: Option<String>,
) -> Reponse {
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    jeton::utiliser(&tx, clock.instant(), USAGE, secret).await?.ok_or_else(perime)?;
    let projet = projet::par_reference(&tx, &projet.reference).await?.ok_or_else(perime)?;
    if !projet::personnes(&tx, &projet, instance.aujourd_hui()).await?.is_empty() {
        let message = "Merci. Quelqu’un d’autre porte déjà ce projet : demandez-lui de vous inviter.";
        return form.conclure(tx, "/", message).await;
    }
    let personne = personne::trouver_ou_creer(&tx, clock, ids, courriel).await?;
    let a_elle = projet::Model { auteur_id: Some(personne.id.clone()), ..corrige(&projet, correction.as_deref()) };
    let change = || Erreur::Invalide("Le projet a changé au même moment. Rechargez la page.".to_owned());
    if !projet::enregistrer(&tx, &a_elle, clock.instant()).await? {
        return Err(change());
    }
    if let Some(demande) = storage::du_projet(&tx, &projet.id).await? {
        let contact = Jour(instance.aujourd_hui());
        let suivie = storage::Model { contact_le: contact, faite_par: Some(personne.id.clone()), ..demande };
        if !storage::enregistrer(&tx, &suivie).await? {
            return Err(change());
        }
    }
    let faits = serde_json::json!({"corrige": correction.is_some()});
    journal::ecrire(&tx, clock, ids, evenement(cadre, evenements::RECONNU, &projet).faits(faits)).await?;
    if let Some(correction) = &correction {
        let agents = equipe_de(&tx, instance, &a_elle).await?;
        let mot = format!("« Est-ce bien cela ? » a été corrigé. Maintenant :\n\n{correction}");
        prevenir_les_agents(&tx, cadre, &a_elle, &agents, ("Ce qui était noté est corrigé", &mot)).await?;
    }
    let retour = format!("/connexion?retour=/projets/{}", projet.reference);
    let merci = if correction.is_some() { "Votre correction est enregistrée." } else { "Merci." };
    let suite = format!("{merci} Pour compléter le projet, connectez-vous avec la même adresse.");
    form.conclure(tx, &retour, &suite).await
}

/// A title cut from what was noted follows it.
fn corrige(projet: &projet::Model, correction: Option<&str>) -> projet::Model {
    let Some(correction) = correction else { return projet.clone() };
    let titre = if projet.titre == titre_de(&projet.manque) { titre_de(correction) } else { projet.titre.clone() };
    projet::Model { titre, manque: correction.to_owned(), ..projet.clone() }
}

/// The address was not the right one: nobody writes to it any more, and the agent knows.
async fn decliner(cadre: &Cadre, form: &CheckedForm, projet: &projet::Model, secret: &str) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    jeton::utiliser(&tx, instance.clock.instant(), USAGE, secret).await?.ok_or_else(perime)?;
    let evenement = evenement(cadre, evenements::MAUVAISE_ADRESSE, projet);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let agents = equipe_de(&tx, instance, projet).await?;
    let mot = "La personne invitée répond que ce projet ne la concerne pas. Vous pouvez inviter quelqu’un d’autre.";
    prevenir_les_agents(&tx, cadre, projet, &agents, ("Une adresse n’est pas la bonne", mot)).await?;
    form.conclure(tx, "/", "Merci. Nous ne vous écrirons plus à ce sujet.").await
}

async fn equipe_de(tx: &WriteTx, instance: &Instance, projet: &projet::Model) -> Result<Vec<personne::Model>, Erreur> {
    match storage::du_projet(tx, &projet.id).await? {
        Some(demande) => equipe(tx, instance, &demande).await,
        None => Ok(Vec::new()),
    }
}
