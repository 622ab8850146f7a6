//! Two records for one project: one stays, the other points to it. Nothing moves but the request when the one that stays
//! had none, so that parting them again gives back both as they were.

use domain::droit::Action;
use platform::{Instant, WriteTx, journal};
use sea_orm::ConnectionTrait as _;
use sea_orm::raw_sql;
use serde_json::json;
use socle::projet::{self, Etat};
use web::{Cadre, CheckedForm, Erreur, Reponse};

use super::pages::vers;
use crate::demande::storage;
use crate::evenements::{self, evenement};

/// POST, agent: `projet` is the double of the one whose reference was typed.
pub(super) async fn fusionner(cadre: &Cadre, form: &CheckedForm, double: projet::Model) -> Result<Fusion, Erreur> {
    let reference = form.saisie.texte("fusion").trim().to_lowercase();
    let lecture = cadre.instance.db.read().await?;
    let Some(reste) = projet::par_reference(&lecture, &reference).await? else {
        return Ok(Fusion::Refusee("Aucun projet n’a cette référence. Elle est en haut de la page de suivi."));
    };
    if reste.id == double.id {
        return Ok(Fusion::Refusee("C’est la référence de ce projet-ci. Donnez celle de l’autre."));
    }
    // One level: what was said on the double of a double would be shown nowhere.
    if !projet::doubles(&lecture, &double.id).await?.is_empty() {
        return Ok(Fusion::Refusee(
            "Une autre fiche est réunie à celle-ci. Séparez-les d’abord, plus bas sur cette page.",
        ));
    }
    if reste.fusionne_dans.is_some() {
        return Ok(Fusion::Refusee("Cette fiche est elle-même réunie à une autre. Donnez la référence de l’autre."));
    }
    let lien = cadre.visiteur.lien(&lecture, &cadre.instance, &reste).await?;
    cadre.visiteur.autoriser(lien, Action::Accompagner)?;
    drop(lecture);
    let instance = &cadre.instance;
    let maintenant = instance.clock.instant();
    let tx = instance.db.begin().await?;
    let fusionne = projet::Model { etat: Etat::Fusionne, fusionne_dans: Some(reste.id.clone()), ..double.clone() };
    if !projet::enregistrer(&tx, &fusionne, maintenant).await? {
        return Ok(Fusion::Refusee("Le projet a changé entre-temps. Rechargez la page et recommencez."));
    }
    inviter_les_porteurs(&tx, cadre, &double, &reste, maintenant).await?;
    let demande_deplacee =
        storage::du_projet(&tx, &reste.id).await?.is_none() && storage::deplacer(&tx, &double.id, &reste.id).await?;
    let faits =
        json!({"double": double.reference, "double_id": double.id.as_str(), "demande_deplacee": demande_deplacee});
    ecrire(&tx, cadre, evenements::FUSIONNE, &reste, faits).await?;
    web::recherche::suivre_le_projet(&tx, instance, &double).await?;
    let message = "Les deux fiches n’en font plus qu’une. Vous pouvez encore les séparer.";
    form.conclure(tx, &vers(&reste), message).await.map(Fusion::Faite)
}

/// What came of it.
pub(super) enum Fusion {
    Faite(axum::response::Response),
    Refusee(&'static str),
}

/// Those who have access to the double join the project that stays.
async fn inviter_les_porteurs(
    tx: &WriteTx,
    cadre: &Cadre,
    double: &projet::Model,
    reste: &projet::Model,
    maintenant: Instant,
) -> Result<(), Erreur> {
    let jour = cadre.instance.aujourd_hui();
    let deja: Vec<_> = projet::personnes(tx, reste, jour).await?.into_iter().map(|p| p.id).collect();
    for personne in projet::personnes(tx, double, jour).await?.iter().filter(|p| !deja.contains(&p.id)) {
        let par = cadre.visiteur.personne_id();
        projet::ajouter_membre(tx, &*cadre.instance.ids, &reste.id, &personne.id, par, maintenant).await?;
    }
    Ok(())
}

/// POST, agent: parts a double again. Colleagues who came with it stay members: leaving is their own act.
pub(super) async fn separer(cadre: &Cadre, form: &CheckedForm, reste: projet::Model) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let double = projet::doubles(&tx, &reste.id)
        .await?
        .into_iter()
        .find(|p| p.reference == form.saisie.texte("double"))
        .ok_or(Erreur::Introuvable("ce double : il a peut-être déjà été séparé"))?;
    let rendu = projet::Model { etat: Etat::Garde, fusionne_dans: None, ..double.clone() };
    if !projet::enregistrer(&tx, &rendu, instance.clock.instant()).await? {
        return Err(Erreur::Invalide("Le projet a changé entre-temps. Rechargez la page et recommencez.".to_owned()));
    }
    if demande_deplacee(&tx, &reste, &double).await? {
        storage::deplacer(&tx, &reste.id, &double.id).await?;
    }
    ecrire(&tx, cadre, evenements::SEPARE, &reste, json!({"double": double.reference})).await?;
    web::recherche::suivre_le_projet(&tx, instance, &double).await?;
    form.conclure(tx, &vers(&rendu), "Les deux fiches sont séparées.").await
}

async fn ecrire(
    tx: &WriteTx,
    cadre: &Cadre,
    genre: &'static str,
    reste: &projet::Model,
    faits: serde_json::Value,
) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement(cadre, genre, reste).faits(faits)).await?;
    Ok(())
}

/// Did the last merge of this double bring its request along? The journal knows.
async fn demande_deplacee(tx: &WriteTx, reste: &projet::Model, double: &projet::Model) -> Result<bool, Erreur> {
    let (reste, genre) = (reste.id.as_str(), evenements::FUSIONNE);
    let lignes = tx
        .query_all_raw(raw_sql!(
            Postgres,
            "SELECT faits FROM journal WHERE projet_id = {reste} AND genre = {genre} ORDER BY instant DESC, id DESC"
        ))
        .await?;
    for ligne in lignes {
        let faits: serde_json::Value = serde_json::from_str(&ligne.try_get::<String>("", "faits")?)?;
        if faits.get("double_id").and_then(serde_json::Value::as_str) == Some(double.id.as_str()) {
            return Ok(faits.get("demande_deplacee").and_then(serde_json::Value::as_bool).unwrap_or(false));
        }
    }
    Ok(false)
}
