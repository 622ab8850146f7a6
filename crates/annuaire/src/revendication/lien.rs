//! The page that the mail opens, at the structure: who reads the mail says yes or no, without account. Opening it does
//! nothing.

use askama::Template;
use axum::extract::Path;
use platform::ReadTx;
use platform::journal::{self, Evenement, Visibilite};
use socle::{jeton, personne};
use web::composants::Html;
use web::{Cadre, CheckedForm, Erreur, Reponse};

use super::acte;
use super::demande::USAGE_LIEN;
use super::rules::EtatRevendication;
use super::storage::{self, Revendication};
use crate::evenements;

#[derive(Template)]
#[template(path = "revendication_lien.html")]
struct PageLien {
    nom: String,
    qui: String,
    secret: String,
    caches: Html,
}

fn perime() -> Erreur {
    Erreur::Introuvable("cette demande : elle a déjà reçu une réponse, ou le lien a plus de sept jours")
}

async fn trouver(tx: &ReadTx, cadre: &Cadre, secret: &str) -> Result<Revendication, Erreur> {
    let jeton = jeton::lire(tx, cadre.instance.clock.instant(), USAGE_LIEN, secret).await?.ok_or_else(perime)?;
    let revendication = storage::par_reference(tx, &jeton.cible).await?.ok_or_else(perime)?;
    if revendication.etat == EtatRevendication::Attente { Ok(revendication) } else { Err(perime()) }
}

/// GET `/c-est-notre-structure/{secret}`.
pub async fn montrer(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let revendication = trouver(&tx, &cadre, &secret).await?;
    let acteur = acte::acteur_de(&tx, &revendication).await?;
    let personne = personne::par_id(&tx, &revendication.personne_id).await?.ok_or_else(perime)?;
    let courriel = personne.courriel.clone().unwrap_or_default();
    let page = PageLien {
        nom: acteur.nom,
        qui: format!("{} ({courriel})", personne.nom_complet()),
        secret,
        caches: cadre.formulaire().caches(),
    };
    cadre.page("Qui tient cette fiche ?", &page)?.repondre()
}

/// POST: yes or no.
pub async fn repondre(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let revendication = trouver(&lecture, &cadre, &secret).await?;
    drop(lecture);
    let oui = match form.saisie.texte("reponse") {
        "oui" => true,
        "non" => false,
        _ => return Err(Erreur::Invalide("Choisissez oui ou non.".to_owned())),
    };
    let tx = instance.db.begin().await?;
    jeton::utiliser(&tx, instance.clock.instant(), USAGE_LIEN, &secret).await?.ok_or_else(perime)?;
    let fait = if oui {
        acte::accepter(&tx, instance, &revendication, None).await?
    } else {
        acte::refuser(&tx, instance, &revendication, None, "la structure a répondu que non.").await?
    };
    if !fait {
        return Err(perime());
    }
    let genre = if oui { evenements::REVENDICATION_ACCEPTEE } else { evenements::REVENDICATION_REFUSEE };
    let evenement = Evenement::nouveau(genre, evenements::OBJET, revendication.acteur_id.as_str())
        .visible(Visibilite::Agents)
        .faits(serde_json::json!({ "moyen": revendication.moyen.as_str() }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let message =
        if oui { "Merci. Cette personne tient maintenant la fiche." } else { "Merci. La demande est refusée." };
    form.conclure(tx, "/annuaire", message).await
}
