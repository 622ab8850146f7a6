//! The files: one stable address for each table and format. Rows are read while bytes leave, a batch at a time, each in its own
//! snapshot: a long download holds no connection. Rows are read by their key, so that none comes twice and none is skipped.

use std::io;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use futures_util::stream;
use platform::crypto::empreinte_de_jeton;
use web::ouvert::{Etat, Jeu, pour_tous};
use web::{Erreur, Instance, Reponse};

use crate::format::{Ecrivain, Format, ecrivain};

/// How long a cache may serve a file without asking, seconds.
const CACHE_S: u32 = 600;

/// GET `/donnees/{fichier}`: `acteurs.csv`. Without a format, the address that identifies a table in the catalogue for harvesters:
/// it leads to what is said of it.
pub async fn telecharger(instance: Instance, Path(fichier): Path<String>, entetes: HeaderMap) -> Reponse {
    let inconnu = || Erreur::Introuvable("ce jeu de données");
    let du_jeu = |id: &str| instance.maison.jeux().find(|jeu| jeu.id == id).ok_or_else(inconnu);
    let Some((id, extension)) = fichier.rsplit_once('.') else {
        return Ok(Redirect::to(&format!("/donnees#t-{}", du_jeu(&fichier)?.id)).into_response());
    };
    let jeu = du_jeu(id)?;
    let format = extension.parse().ok().filter(|voulu| Format::du(jeu).any(|format| format == *voulu));
    let format: Format = format.ok_or_else(inconnu)?;
    let tx = instance.db.read().await?;
    let etat = (jeu.etat)(&tx, &instance).await?;
    drop(tx);
    let etiquette = etiquette(&instance, jeu, format, &etat);
    let deja = entetes
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|connues| connues.split(',').any(|connue| connue.trim() == etiquette || connue.trim() == "*"));
    let mut reponse = if deja {
        let mut reponse = pour_tous(format.media(), CACHE_S, Body::empty());
        *reponse.status_mut() = StatusCode::NOT_MODIFIED;
        reponse
    } else {
        let ecrivain = ecrivain(format, jeu).map_err(Erreur::interne)?;
        let mut reponse = pour_tous(format.media(), CACHE_S, couler(instance, jeu, ecrivain));
        let nom = format!("attachment; filename=\"{}.{format}\"", jeu.id);
        reponse.headers_mut().insert(header::CONTENT_DISPOSITION, nom.parse().map_err(Erreur::interne)?);
        reponse
    };
    let sortie = reponse.headers_mut();
    sortie.insert(header::ETAG, etiquette.parse().map_err(Erreur::interne)?);
    sortie.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag"));
    Ok(reponse)
}

/// Changes with the rows, the columns, the day (approvals lapse) and the address of the site. Weak: compression changes bytes.
fn etiquette(instance: &Instance, jeu: &Jeu, format: Format, etat: &Etat) -> String {
    let colonnes: Vec<&str> = jeu.colonnes.iter().map(|colonne| colonne.nom).collect();
    let version = env!("CARGO_PKG_VERSION");
    let jour = instance.aujourd_hui();
    let tout = (jeu.id, format.as_str(), &etat.empreinte, colonnes, version, jour.to_string(), instance.url(""));
    format!("W/\"{}\"", empreinte_de_jeton(&format!("{tout:?}")).chars().take(32).collect::<String>())
}

/// What is left to send.
enum Reste {
    Apres(String),
    Fin,
    Rien,
}

fn couler(instance: Instance, jeu: &'static Jeu, ecrivain: Box<dyn Ecrivain>) -> Body {
    let debut = (instance, ecrivain, Reste::Apres(String::new()));
    Body::from_stream(stream::try_unfold(debut, move |(instance, mut ecrivain, reste)| async move {
        let echec = |erreur: String| {
            tracing::error!(jeu = jeu.id, erreur, "un jeu de données s’arrête en route");
            io::Error::other(erreur)
        };
        match reste {
            Reste::Rien => Ok::<_, io::Error>(None),
            Reste::Fin => {
                let octets = ecrivain.fin().map_err(|erreur| echec(erreur.to_string()))?;
                Ok(Some((octets, (instance, ecrivain, Reste::Rien))))
            }
            Reste::Apres(cle) => {
                let tx = instance.db.read().await.map_err(|erreur| echec(erreur.to_string()))?;
                let lot = (jeu.lot)(&tx, &instance, &cle).await.map_err(|erreur| echec(format!("{erreur:?}")))?;
                drop(tx);
                let octets = ecrivain.lot(lot.lignes).map_err(|erreur| echec(erreur.to_string()))?;
                let reste = lot.suite.map_or(Reste::Fin, Reste::Apres);
                Ok(Some((octets, (instance, ecrivain, reste))))
            }
        }
    }))
}
