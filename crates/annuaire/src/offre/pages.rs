//! The offers of an actor, on screen: its verified representative and the agent of the site add, change, withdraw and
//! put back. Each act is in the journal; a withdrawn offer is kept, so that it can come back.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use platform::{ReadTx, WriteTx, journal};
use web::composants::{Chronologie, EvenementVu, Html, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, recherche, texte};

use super::champs::{self, ChampsOffre};
use super::lecture;
use super::storage::{self, OffreComplete, OffreId};
use super::vue::OffreVue;
use crate::recherche::SOURCE;
use crate::{acces, acteur, evenements};

/// Offers of an actor.
pub(crate) const OFFRES_MAX: usize = 50;

async fn ouvrir(tx: &ReadTx, cadre: &Cadre, reference: &str) -> Result<acteur::Model, Erreur> {
    let acteur = acces::ouvrir(tx, reference).await?;
    acces::autoriser(cadre, &acteur)?;
    Ok(acteur)
}

/// The offer with this short reference.
async fn trouver(tx: &ReadTx, acteur: &acteur::Model, offre: &str) -> Result<OffreComplete, Erreur> {
    let offres = lecture::de_l_acteur(tx, &acteur.id).await?;
    offres.into_iter().find(|complete| complete.offre.reference() == offre).ok_or(Erreur::Introuvable("cette offre"))
}

struct OffreGeree {
    offre: OffreVue,
    caches: Html,
}

#[derive(Template)]
#[template(path = "offres.html")]
struct PageOffres {
    nom: String,
    reference: String,
    offres: Vec<OffreGeree>,
    peut_ajouter: bool,
    histoire: Chronologie,
}

/// GET `/annuaire/{reference}/offres`.
pub async fn lister(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let acteur = ouvrir(&tx, &cadre, &reference).await?;
    let offres = lecture::de_l_acteur(&tx, &acteur.id).await?;
    let histoire = journal::de_l_objet(&tx, evenements::OBJET, acteur.id.as_str(), 50).await?;
    let evenements = histoire
        .iter()
        .map(|evenement| EvenementVu {
            quand: texte::moment(instance.heure_de(evenement.instant)),
            iso: evenement.instant.timestamp().to_string(),
            phrase: dire(instance, evenement, &offres),
            qui: None,
        })
        .collect();
    let page = PageOffres {
        peut_ajouter: offres.len() < OFFRES_MAX,
        histoire: Chronologie { evenements },
        offres: offres
            .into_iter()
            .map(|complete| OffreGeree {
                offre: OffreVue::nouvelle(instance, complete),
                caches: cadre.formulaire().caches(),
            })
            .collect(),
        nom: acteur.nom,
        reference,
    };
    acces::sous_la_fiche(&cadre, "Offres", (&page.nom, &page.reference), &page, StatusCode::OK)
}

/// The journal holds no text: the title is that of the offer today.
fn dire(instance: &Instance, evenement: &journal::ligne::Model, offres: &[OffreComplete]) -> String {
    let faits: serde_json::Value = serde_json::from_str(&evenement.faits).unwrap_or_default();
    let id = faits.get("offre").and_then(serde_json::Value::as_str).unwrap_or_default();
    let titre = offres.iter().find(|complete| complete.offre.id.as_str() == id).map(|complete| &complete.offre.titre);
    let phrase = instance.maison.dire(evenement);
    titre.map_or_else(|| phrase.clone(), |titre| format!("{phrase} : {titre}"))
}

#[derive(Template)]
#[template(path = "offre.html")]
struct PageOffre {
    acteur: String,
    nouvelle: bool,
    action: String,
    retour: String,
    version: i64,
    resume: ResumeErreurs,
    caches: Html,
    conflit: Option<OffreVue>,
    champs: ChampsOffre,
}

fn page(
    cadre: &Cadre,
    acteur: &acteur::Model,
    offre: Option<&OffreComplete>,
    saisie: Saisie,
    erreurs: Erreurs,
) -> PageOffre {
    let base = format!("/annuaire/{}/offres", acteur.reference);
    let action = format!("{base}/{}", offre.map_or("nouvelle", |complete| complete.offre.reference()));
    let f = cadre.formulaire_avec(saisie, erreurs);
    PageOffre {
        acteur: acteur.nom.clone(),
        nouvelle: offre.is_none(),
        caches: f.caches_gardes(&action),
        action,
        retour: base,
        version: offre.map_or(0, |complete| complete.offre.version),
        resume: f.resume(),
        conflit: None,
        champs: ChampsOffre::nouveaux(cadre, &f),
    }
}

/// Writes the act in the journal; the index follows.
pub(crate) async fn noter(
    tx: &WriteTx,
    cadre: &Cadre,
    genre: &'static str,
    acteur: &acteur::Model,
    offre: &OffreId,
) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let evenement = evenements::evenement(cadre, genre, &acteur.id, offre);
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?;
    Ok(recherche::demander(tx, instance, SOURCE, vec![acteur.id.to_string()]).await?)
}

/// GET `/annuaire/{reference}/offres/nouvelle`.
pub async fn nouvelle(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let acteur = ouvrir(&tx, &cadre, &reference).await?;
    let page = page(&cadre, &acteur, None, Saisie::default(), Erreurs::default());
    cadre.page("Ajouter une offre", &page)?.repondre()
}

/// POST.
pub async fn ajouter(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let lecture = cadre.instance.db.read().await?;
    let acteur = ouvrir(&lecture, &cadre, &reference).await?;
    if lecture::de_l_acteur(&lecture, &acteur.id).await?.len() >= OFFRES_MAX {
        return Err(Erreur::Invalide("Cet acteur a déjà cinquante offres : modifiez-en une.".to_owned()));
    }
    drop(lecture);
    let lue = match champs::lire(&cadre.instance, &form.saisie) {
        Ok(lue) => lue,
        Err(erreurs) => {
            let page = page(&cadre, &acteur, None, form.saisie, erreurs);
            return cadre.page("Ajouter une offre", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let complete = lue.completer(&cadre.instance, &acteur, None);
    let id = complete.offre.id.clone();
    let tx = cadre.instance.db.begin().await?;
    storage::inserer(&tx, complete).await?;
    noter(&tx, &cadre, evenements::OFFRE_AJOUTEE, &acteur, &id).await?;
    form.conclure(tx, &format!("/annuaire/{reference}/offres"), "L’offre est ajoutée.").await
}

/// GET `/annuaire/{reference}/offres/{offre}`.
pub async fn modifier(cadre: Cadre, Path((reference, offre)): Path<(String, String)>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let acteur = ouvrir(&tx, &cadre, &reference).await?;
    let complete = trouver(&tx, &acteur, &offre).await?;
    let saisie = champs::en_saisie(&cadre.instance, &complete);
    let page = page(&cadre, &acteur, Some(&complete), saisie, Erreurs::default());
    cadre.page("Modifier une offre", &page)?.repondre()
}

/// POST. When someone changed it meanwhile, both texts are shown and nothing is lost.
pub async fn enregistrer(cadre: Cadre, Path((reference, offre)): Path<(String, String)>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let acteur = ouvrir(&lecture, &cadre, &reference).await?;
    let avant = trouver(&lecture, &acteur, &offre).await?;
    drop(lecture);
    let lue = match champs::lire(&cadre.instance, &form.saisie) {
        Ok(lue) => lue,
        Err(erreurs) => {
            let mut page = page(&cadre, &acteur, Some(&avant), form.saisie.clone(), erreurs);
            page.version = form.version();
            return cadre.page("Modifier une offre", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let mut complete = lue.completer(instance, &acteur, Some(&avant.offre));
    complete.offre.version = form.version();
    let id = complete.offre.id.clone();
    let tx = instance.db.begin().await?;
    if !lecture::enregistrer(&tx, complete).await? {
        tx.rollback().await?;
        let lecture = instance.db.read().await?;
        let actuelle = trouver(&lecture, &acteur, &offre).await?;
        let mut page = page(&cadre, &acteur, Some(&actuelle), form.saisie, Erreurs::default());
        page.conflit = Some(OffreVue::nouvelle(instance, actuelle));
        return cadre.page("Modifier une offre", &page)?.statut(StatusCode::CONFLICT).repondre();
    }
    noter(&tx, &cadre, evenements::OFFRE_MODIFIEE, &acteur, &id).await?;
    form.conclure(tx, &format!("/annuaire/{reference}/offres"), "L’offre est enregistrée.").await
}

/// POST `/annuaire/{reference}/offres/{offre}/etat`: withdraws, or puts back.
pub async fn changer_l_etat(
    cadre: Cadre,
    Path((reference, offre)): Path<(String, String)>,
    form: CheckedForm,
) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let acteur = ouvrir(&lecture, &cadre, &reference).await?;
    let mut complete = trouver(&lecture, &acteur, &offre).await?;
    drop(lecture);
    let (active, genre, message) = match form.saisie.texte("etat") {
        "retirer" => {
            (false, evenements::OFFRE_RETIREE, "L’offre est retirée. Vous pouvez la remettre quand vous voulez.")
        }
        "remettre" => (true, evenements::OFFRE_REMISE, "L’offre est de nouveau dans l’annuaire."),
        _ => return Err(Erreur::Invalide("Ce choix n’existe pas.".to_owned())),
    };
    let retour = format!("/annuaire/{reference}/offres");
    if complete.offre.active == active {
        return Ok(form.aller(&retour, message));
    }
    complete.offre.active = active;
    complete.offre.modifie_le = instance.clock.instant();
    let id = complete.offre.id.clone();
    let tx = instance.db.begin().await?;
    if !lecture::enregistrer(&tx, complete).await? {
        tx.rollback().await?;
        return Ok(form.aller(&retour, "Quelqu’un vient de modifier cette offre. Relisez-la, puis recommencez."));
    }
    noter(&tx, &cadre, genre, &acteur, &id).await?;
    form.conclure(tx, &retour, message).await
}
