//! A merge made: what it moved, and its undoing.

use askama::Template;
use axum::extract::Path;
use platform::{ReadTx, journal};
use sea_orm::EntityTrait;
use web::composants::{Html, Resume};
use web::{Cadre, CheckedForm, Erreur, Reponse, texte};

use super::fusion::{self, Trace};
use super::liste::URL;
use super::storage::reunions::{self, Fusion};
use crate::acteur;
use crate::evenements;
use crate::tenue::FIL;

#[derive(Template)]
#[template(path = "reunion.html")]
struct PageReunion {
    id: String,
    nom: String,
    garde: String,
    garde_url: String,
    resume: Resume,
    defaisable: bool,
    caches: Html,
}

async fn lire(tx: &ReadTx, id: &str) -> Result<(Fusion, acteur::Model), Erreur> {
    let fusion = reunions::fusion(tx, id).await?.ok_or(Erreur::Introuvable("cette réunion"))?;
    let garde = acteur::Entity::find_by_id(fusion.garde.clone()).one(tx).await?;
    Ok((fusion, garde.ok_or(Erreur::Introuvable("cet acteur"))?))
}

/// GET `/reglages/annuaire/reunions/{id}`.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let (fusion, garde) = lire(&tx, &id).await?;
    let trace: Trace = serde_json::from_str(&fusion.trace)?;
    let jour = |le| texte::jour(cadre.instance.jour_de(le));
    let nombre = |n: usize| n.to_string();
    let mut resume = Resume::default()
        .ligne("Faite le", jour(fusion.faite_le))
        .ligne("Informations reprises", nombre(trace.valeurs.len().saturating_sub(1)))
        .ligne("Établissements passés", nombre(trace.etablissements.len()))
        .ligne("Offres passées", nombre(trace.offres.len()))
        .ligne("Photos passées", nombre(trace.photos.len()))
        .ligne("Demandes en attente passées", nombre(trace.demandes.len()))
        .ligne("Réseaux ajoutés", nombre(trace.reseaux.len()))
        .ligne("Agréments ajoutés", nombre(trace.agrements.len()))
        .ligne("Thèmes ajoutés", nombre(trace.themes.len()))
        .ligne("Fonctions des personnes", nombre(trace.organisation.mandats.len()))
        .ligne("Projets", nombre(trace.organisation.projets.len()));
    if let Some(le) = fusion.defaite_le {
        resume = resume.ligne("Défaite le", jour(le));
    }
    let page = PageReunion {
        garde_url: format!("/annuaire/{}", garde.reference),
        garde: garde.nom,
        resume,
        defaisable: fusion.defaite_le.is_none(),
        caches: cadre.formulaire().caches(),
        nom: fusion.nom,
        id,
    };
    let fil = [FIL[0], FIL[1], ("Doublons", URL)];
    cadre.page("Fiches réunies", &page)?.fil(&fil).repondre()
}

/// POST: undoes.
pub async fn defaire(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let par = cadre.visiteur.personne_id().map(|id| id.as_str());
    let lecture = instance.db.read().await?;
    let (fusion, _) = lire(&lecture, &id).await?;
    drop(lecture);
    let tx = instance.db.begin().await?;
    fusion::defaire(&tx, instance, &fusion, par).await?;
    for (de, autre) in [(&fusion.garde, &fusion.absorbe), (&fusion.absorbe, &fusion.garde)] {
        let faits = serde_json::json!({ "autre": autre.as_str() });
        let evenement = evenements::de_l_acteur(&cadre, evenements::SEPARE, de).faits(faits);
        journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    }
    form.conclure(
        tx,
        &format!("/reglages/annuaire/reunions/{id}"),
        "La réunion est défaite : chaque fiche a retrouvé ce qu’elle avait.",
    )
    .await
}
