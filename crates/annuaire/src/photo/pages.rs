//! The photos of an actor: its verified representative and the agent of the site add them and take them away; everyone sees
//! them.

use askama::Template;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use platform::fichiers::Genre;
use platform::{ReadTx, journal};
use tokio::sync::Semaphore;
use web::composants::{ChampFichier, ChampTexte, Html, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, CheckedFormFichier, Erreur, Reponse, Saisie, fichier};

use super::rules::{PHOTOS_MAX, Petite, reduire};
use super::storage::{self, Nouvelle, Photo};
use crate::vocabulaire::EtatActeur;
use crate::{acces, acteur, evenements};

const ACCEPTES: &[Genre] = &[Genre::Jpg, Genre::Png];
/// Drawings at once: each one may hold hundreds of megabytes.
static DESSINS: Semaphore = Semaphore::const_new(2);

/// A photo as shown.
pub(crate) struct PhotoVue {
    pub(crate) url: String,
    pub(crate) description: String,
    pub(crate) largeur: i64,
    pub(crate) hauteur: i64,
}

impl PhotoVue {
    pub(crate) fn nouvelle(acteur: &acteur::Model, photo: Photo) -> Self {
        Self {
            url: format!("/annuaire/{}/photos/{}", acteur.reference, photo.reference),
            description: photo.description,
            largeur: photo.largeur,
            hauteur: photo.hauteur,
        }
    }
}

#[derive(Template)]
#[template(path = "photos.html")]
struct PagePhotos {
    nom: String,
    reference: String,
    photos: Vec<PhotoVue>,
    caches: Html,
    resume: ResumeErreurs,
    ajout: Option<(ChampFichier, ChampTexte)>,
    maximum: usize,
}

async fn ouvrir(tx: &ReadTx, cadre: &Cadre, reference: &str) -> Result<(acteur::Model, Vec<Photo>), Erreur> {
    let acteur = acces::ouvrir(tx, reference).await?;
    acces::autoriser(cadre, &acteur)?;
    let photos = storage::de_l_acteur(tx, &acteur.id).await?;
    Ok((acteur, photos))
}

fn repondre(cadre: &Cadre, acteur: &acteur::Model, photos: Vec<Photo>, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let page = PagePhotos {
        nom: acteur.nom.clone(),
        reference: acteur.reference.clone(),
        caches: f.caches(),
        resume: f.resume(),
        ajout: (photos.len() < PHOTOS_MAX).then(|| {
            (
                f.fichier("fichier", "Photo", ACCEPTES)
                    .aide("JPEG ou PNG. Elle est réduite ; le lieu et la date de prise de vue sont retirés. Pas de visage sans l’accord de la personne."),
                f.texte("description", "Ce que montre la photo")
                    .aide("Une phrase, pour les personnes qui ne la voient pas. Exemple : l’atelier de réparation, deux établis devant une verrière."),
            )
        }),
        photos: photos.into_iter().map(|photo| PhotoVue::nouvelle(acteur, photo)).collect(),
        maximum: PHOTOS_MAX,
    };
    acces::sous_la_fiche(cadre, "Photos", (&acteur.nom, &acteur.reference), &page, statut)
}

/// GET `/annuaire/{reference}/photos`.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let (acteur, photos) = ouvrir(&tx, &cadre, &reference).await?;
    repondre(&cadre, &acteur, photos, Saisie::default(), Erreurs::default())
}

/// Some hundred milliseconds of drawing, not on a thread that serves pages. Who leaves does not free the place: the drawing
/// goes on.
async fn dessiner(octets: Bytes) -> Result<Result<Petite, &'static str>, Erreur> {
    let place = DESSINS.acquire().await.map_err(Erreur::interne)?;
    let dessin = tokio::task::spawn_blocking(move || {
        let _place = place;
        reduire(&octets)
    });
    dessin.await.map_err(Erreur::interne)
}

/// POST: a photo, with what it shows.
pub async fn ajouter(cadre: Cadre, Path(reference): Path<String>, form: CheckedFormFichier) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let (acteur, photos) = ouvrir(&tx, &cadre, &reference).await?;
    drop(tx);
    let mut l = form.lecteur();
    let description = l.texte("description", "Dites ce que montre la photo.", 5, 200);
    let recue = form.attendre(&mut l.erreurs, "fichier", ACCEPTES, "Choisissez une photo.");
    if photos.len() >= PHOTOS_MAX {
        l.erreurs.ajouter("fichier", format!("Cette fiche a déjà {PHOTOS_MAX} photos. Retirez-en une d’abord."));
    }
    let mut erreurs = l.erreurs;
    let (Some((recue, _)), Some(description), true) = (recue, description, erreurs.est_vide()) else {
        return repondre(&cadre, &acteur, photos, form.saisie.clone(), erreurs);
    };
    let petite = match dessiner(recue.octets).await? {
        Ok(petite) => petite,
        Err(phrase) => {
            erreurs.ajouter("fichier", phrase);
            return repondre(&cadre, &acteur, photos, form.saisie.clone(), erreurs);
        }
    };
    let depot = instance.fichiers.deposer(&*instance.ids, &petite.octets, Genre::Jpg).await?;
    let tx = instance.db.begin().await?;
    fichier::retenir(&tx, instance, &depot).await?;
    let nouvelle = Nouvelle {
        id: instance.ids.uuid().to_string(),
        reference: instance.ids.reference(10),
        acteur: &acteur.id,
        depot: &depot,
        petite: &petite,
        description: &description,
        par: cadre.visiteur.personne_id(),
        le: instance.clock.instant(),
    };
    storage::ajouter(&tx, nouvelle).await?;
    let evenement = evenements::de_l_acteur(&cadre, evenements::PHOTO_AJOUTEE, &acteur.id);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &format!("/annuaire/{reference}/photos"), "La photo est ajoutée.").await
}

/// POST `/annuaire/{reference}/photos/{photo}/retirer`.
pub async fn retirer(cadre: Cadre, Path((reference, photo)): Path<(String, String)>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let (acteur, photos) = ouvrir(&tx, &cadre, &reference).await?;
    drop(tx);
    let vers = format!("/annuaire/{reference}/photos");
    let Some(photo) = photos.into_iter().find(|p| p.reference == photo) else {
        return Ok(form.aller(&vers, "Cette photo était déjà retirée."));
    };
    let tx = instance.db.begin().await?;
    if !storage::retirer(&tx, &photo.id, instance.clock.instant()).await? {
        return Ok(form.aller(&vers, "Cette photo était déjà retirée."));
    }
    fichier::retirer(&tx, instance, &photo.cle).await?;
    let evenement = evenements::de_l_acteur(&cadre, evenements::PHOTO_RETIREE, &acteur.id);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &vers, "La photo est retirée.").await
}

/// GET `/annuaire/{reference}/photos/{photo}`: the image, for everyone who sees the actor.
pub async fn image(cadre: Cadre, Path((reference, photo)): Path<(String, String)>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let acteur = acces::ouvrir(&tx, &reference).await?;
    let dort = acteur.etat == EtatActeur::Endormi;
    if dort && acces::autoriser(&cadre, &acteur).is_err() {
        return Err(Erreur::Introuvable("cette photo"));
    }
    let photos = storage::de_l_acteur(&tx, &acteur.id).await?;
    drop(tx);
    let photo = photos.into_iter().find(|p| p.reference == photo).ok_or(Erreur::Introuvable("cette photo"))?;
    let octets = cadre.instance.fichiers.lire(&photo.cle, &photo.empreinte).await?;
    let entetes = [
        (header::CONTENT_TYPE, "image/jpeg"),
        // What only those who keep the page see stays in no cache; a photo taken away is soon gone from the others.
        (header::CACHE_CONTROL, if dort { "no-store" } else { "public, max-age=600" }),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((entetes, octets).into_response())
}
