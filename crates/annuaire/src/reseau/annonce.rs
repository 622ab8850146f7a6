//! A network names an actor among its members: the actor is told, and says yes or no by a page of its own, without account.
//! Until then the page of the actor says that it is not confirmed, and the network does not speak for it.

use askama::Template;
use axum::extract::Path;
use platform::journal::{self, Evenement, Visibilite};
use platform::{ReadTx, WriteTx};
use sea_orm::EntityTrait;
use socle::jeton;
use web::composants::Html;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, courriels};

use super::storage::{self, Annonce, Membre, Reseau};
use crate::acteur::{self, ActeurId};
use crate::doublon;
use crate::evenements;

/// Use of the links.
const USAGE: &str = "annuaire-adhesion";
/// A link holds as long as the announcement ([`super::rules::ANNONCE_MOIS`]).
const VALABLE_S: i64 = 366 * 86_400;

/// Tells an actor that a network names it, when it may be written to. Says whether a mail leaves.
pub(super) async fn prevenir(
    tx: &WriteTx,
    instance: &Instance,
    reseau: &Reseau,
    membre: &Membre,
) -> Result<bool, Erreur> {
    let Some(courriel) = membre.courriel.as_ref().filter(|courriel| instance.peut_ecrire_a(courriel)) else {
        return Ok(false);
    };
    let (secret, cible) = (instance.ids.jeton(), format!("{}/{}", reseau.id.as_str(), membre.id.as_str()));
    jeton::creer(tx, &*instance.clock, USAGE, &cible, &secret, None, VALABLE_S).await?;
    let lien = instance.url(&format!("/annonce-d-un-reseau/{secret}"));
    let valeurs = [("acteur", membre.nom.as_str()), ("reseau", &reseau.nom), ("lien", &lien)];
    courriels::ecrire(tx, instance, courriel, "annonce-d-un-reseau", &valeurs).await?;
    Ok(true)
}

#[derive(Template)]
#[template(path = "annonce_reseau.html")]
struct PageAnnonce {
    acteur: String,
    reference: String,
    reseau: String,
    secret: String,
    caches: Html,
}

fn perime() -> Erreur {
    Erreur::Introuvable(
        "cette question : elle a déjà sa réponse, le lien a plus d’un an, ou le réseau ne vous cite plus",
    )
}

/// The announcement behind a link, with the actor where it is now.
async fn trouver(tx: &ReadTx, cible: &str) -> Result<(acteur::Model, Annonce), Erreur> {
    let (reseau, acteur) = cible.split_once('/').ok_or_else(perime)?;
    let lu = acteur::Entity::find_by_id(ActeurId(acteur.to_owned())).one(tx).await?.ok_or_else(perime)?;
    let acteur = doublon::chemin::suivre(tx, lu).await?;
    let annonces = storage::annonces(tx, &acteur.id).await?;
    let annonce = annonces.into_iter().find(|annonce| annonce.reseau_id.as_str() == reseau).ok_or_else(perime)?;
    Ok((acteur, annonce))
}

/// GET `/annonce-d-un-reseau/{secret}`, without account: opening changes nothing.
pub async fn ouvrir(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let jeton = jeton::lire(&tx, instance.clock.instant(), USAGE, &secret).await?.ok_or_else(perime)?;
    let (acteur, annonce) = trouver(&tx, &jeton.cible).await?;
    let page = PageAnnonce {
        acteur: acteur.nom,
        reference: acteur.reference,
        reseau: annonce.nom,
        secret,
        caches: cadre.formulaire().caches(),
    };
    cadre.page("Faites-vous partie de ce réseau ?", &page)?.repondre()
}

/// Yes or no, as a form says it.
pub(crate) fn oui_ou_non(form: &CheckedForm) -> Result<bool, Erreur> {
    match form.saisie.texte("reponse") {
        "oui" => Ok(true),
        "non" => Ok(false),
        _ => Err(Erreur::Invalide("Choisissez oui ou non.".to_owned())),
    }
}

/// What is said once it is answered.
pub(crate) fn message(oui: bool, reseau: &str) -> String {
    if oui {
        format!("Merci. La fiche dit maintenant que la structure fait partie de {reseau}.")
    } else {
        format!("C’est noté : la fiche ne cite plus {reseau}, qui ne peut rien dire en votre nom.")
    }
}

/// POST: yes or no. The link went to the address of the actor.
pub async fn repondre(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let oui = oui_ou_non(&form)?;
    let lecture = instance.db.read().await?;
    let jeton = jeton::lire(&lecture, instance.clock.instant(), USAGE, &secret).await?.ok_or_else(perime)?;
    let (acteur, annonce) = trouver(&lecture, &jeton.cible).await?;
    drop(lecture);
    let tx = instance.db.begin().await?;
    jeton::utiliser(&tx, instance.clock.instant(), USAGE, &secret).await?.ok_or_else(perime)?;
    let id = acteur.id.clone();
    if !storage::repondre(&tx, instance, &annonce.reseau_id, acteur, oui).await? {
        return Err(Erreur::Invalide("La fiche vient de changer. Rouvrez le lien et recommencez.".to_owned()));
    }
    let genre = if oui { evenements::ADHESION_CONFIRMEE } else { evenements::ADHESION_REFUSEE };
    let evenement = Evenement::nouveau(genre, evenements::OBJET, id.as_str())
        .visible(Visibilite::Agents)
        .faits(serde_json::json!({ "reseau": annonce.reseau_id.as_str(), "par": "lien" }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, "/annuaire", message(oui, &annonce.nom).as_str()).await
}
