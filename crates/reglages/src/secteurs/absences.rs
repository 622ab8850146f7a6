//! Absences of the chargés territoriaux, with who answers meanwhile.

use axum::extract::Path;
use axum::http::StatusCode;
use domain::droit::Fonction;
use socle::PersonneId;
use socle::mandat;
use socle::secteur::absence;
use web::{Cadre, CheckedForm, Reponse};

use super::{noter, page};

/// POST: an absence with its replacement.
pub async fn absenter(cadre: Cadre, form: CheckedForm) -> Reponse {
    let mut l = form.lecteur();
    let agent = form.saisie.texte("agent").to_owned();
    if agent.is_empty() {
        l.erreurs.ajouter("agent", "Choisissez qui s’absente.");
    }
    let (du, au) = (l.date("absence_du"), l.date("absence_au"));
    if du.is_none() {
        l.erreurs.ajouter("absence_du", "Donnez le premier jour.");
    }
    if au.is_none() || au < du {
        l.erreurs.ajouter("absence_au", "Donnez le dernier jour, après le premier.");
    }
    let remplacant = Some(form.saisie.texte("remplacant").to_owned()).filter(|r| !r.is_empty());
    if remplacant.as_deref() == Some(agent.as_str()) {
        l.erreurs.ajouter("remplacant", "Une personne ne se remplace pas elle-même.");
    }
    let (Some(du), Some(au), true) = (du, au, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        let page = page(&cadre, form.saisie, erreurs).await?;
        return cadre.page("Secteurs et absences", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let titulaires = mandat::titulaires(&tx, Fonction::ChargeTerritorial, instance.aujourd_hui()).await?;
    let choisis = [("agent", Some(&agent)), ("remplacant", remplacant.as_ref())];
    for (champ, choisi) in choisis.into_iter().filter_map(|(champ, choisi)| Some((champ, choisi?))) {
        if !titulaires.iter().any(|t| t.id.as_str() == choisi) {
            l.erreurs
                .ajouter(champ, "Cette personne n’est pas chargée territoriale aujourd’hui. Choisissez-en une autre.");
        }
    }
    if !l.erreurs.est_vide() {
        drop(tx);
        let erreurs = l.erreurs;
        let page = page(&cadre, form.saisie, erreurs).await?;
        return cadre.page("Secteurs et absences", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    }
    let remplacant = remplacant.map(PersonneId);
    absence::noter(&tx, &*instance.ids, &PersonneId(agent.clone()), du, au, remplacant.as_ref()).await?;
    noter(&tx, &cadre, &agent, "absence").await?;
    form.conclure(tx, "/reglages/secteurs", "L’absence est notée. Les nouvelles demandes iront au remplacement.").await
}

/// POST: the absent is back today; an absence to come is withdrawn.
pub async fn revenir(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.begin().await?;
    // Withdrawn already by someone else: what was asked is done.
    if let Some(absence) = absence::par_id(&tx, &id).await? {
        absence::revenir(&tx, &absence, jour).await?;
        noter(&tx, &cadre, absence.personne_id.as_str(), "retour").await?;
    }
    form.conclure(
        tx,
        "/reglages/secteurs",
        "C’est noté : les nouvelles demandes vont de nouveau à la personne de retour.",
    )
    .await
}
