//! The logo of the collectivité: received, drawn again small, shown on every page, taken away in one click.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use image::codecs::png::{CompressionType, FilterType as Filtre, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageEncoder as _};
use platform::WriteTx;
use platform::crypto::empreinte_de_jeton;
use platform::fichiers::Genre;
use platform::journal::{self, Evenement, Visibilite};
use socle::reglage;
use web::composants::Message;
use web::images::{self, Limites, Refus};
use web::logo::{CLE, Logo};
use web::{Cadre, CheckedForm, CheckedFormFichier, Erreur, Reponse};

use crate::identite;

/// Types taken. An SVG may hold a script or call elsewhere: it is exported as PNG first.
pub(crate) const ACCEPTES: &[Genre] = &[Genre::Png, Genre::Jpg];
/// The box it is drawn in: twice the height of the header, for fine screens.
const BOITE: (u32, u32) = (480, 96);
/// A smaller one would be blurred.
const HAUTEUR_MIN: u32 = 40;
/// A logo is no photo: larger ones are not drawings of it.
const LUES: Limites = Limites { cote: 6_000, octets: 150 * 1_024 * 1_024 };
/// It weighs on each first visit.
const OCTETS_MAX: usize = 40_000;

const URL: &str = "/reglages/identite";

/// Drawn again: PNG and its size.
struct Dessin {
    png: Vec<u8>,
    taille: (u32, u32),
}

/// Reads an image and draws it small; what else the file holds is gone. Pure.
fn redessiner(octets: &[u8]) -> Result<Dessin, &'static str> {
    const ILLISIBLE: &str = "Cette image ne se lit pas. Ouvrez-la, enregistrez-la en PNG, puis envoyez-la.";
    const TROP_GRANDE: &str = "Cette image est trop grande. Réduisez-la à 6 000 points de côté au plus.";
    let (mut image, sens) = images::lire(octets, LUES).map_err(|refus| match refus {
        Refus::Illisible => ILLISIBLE,
        Refus::TropGrande => TROP_GRANDE,
    })?;
    image.apply_orientation(sens);
    if image.height() < HAUTEUR_MIN {
        return Err("Cette image est trop petite : il faut au moins 40 points de haut.");
    }
    if image.width() > 8 * image.height() || image.height() > 3 * image.width() {
        return Err(
            "Cette image est trop longue : un logo tient dans un bandeau, huit fois plus large que haut au plus.",
        );
    }
    if image.width() > BOITE.0 || image.height() > BOITE.1 {
        image = image.resize(BOITE.0, BOITE.1, FilterType::Lanczos3);
    }
    let dessin = DynamicImage::from(image.into_rgba8());
    let taille = (dessin.width(), dessin.height());
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, Filtre::Adaptive)
        .write_image(dessin.as_bytes(), taille.0, taille.1, dessin.color().into())
        .map_err(|_| ILLISIBLE)?;
    if png.len() > OCTETS_MAX {
        return Err(
            "Ce logo est trop lourd une fois réduit : il ralentirait chaque page. Prenez-en un plus simple, sans photo.",
        );
    }
    Ok(Dessin { png, taille })
}

/// POST: a file and what it says.
pub async fn deposer(cadre: Cadre, form: CheckedFormFichier) -> Reponse {
    let mut l = form.lecteur();
    let mots = l.texte("logo_mots", "Dites ce que montre le logo, par exemple le nom du département.", 3, 120);
    let recu = form.attendre(&mut l.erreurs, "logo", ACCEPTES, "Choisissez une image.");
    let mut erreurs = l.erreurs;
    let dessin = match recu {
        // A few tens of milliseconds, not on a thread that serves pages.
        Some((recu, _)) => {
            let octets = recu.octets;
            match tokio::task::spawn_blocking(move || redessiner(&octets)).await.map_err(Erreur::interne)? {
                Ok(dessin) => Some(dessin),
                Err(phrase) => {
                    erreurs.ajouter("logo", phrase);
                    None
                }
            }
        }
        None => None,
    };
    let (Some(mots), Some(dessin), true) = (mots, dessin, erreurs.est_vide()) else {
        return identite::avec_erreurs(&cadre, &form.saisie, erreurs, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let empreinte: String = empreinte_de_jeton(&format!("{mots}/{:?}", dessin.png)).chars().take(24).collect();
    let logo = Logo::nouveau(&dessin.png, dessin.taille, mots, empreinte);
    changer(&cadre, &form, &logo, "Le logo est en haut de chaque page.").await
}

/// POST: no logo any more; it comes back by the message's button.
pub async fn retirer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let message = Message::nouveau("Le logo est retiré.").annulable(&format!("{URL}/logo/remettre"), &[]);
    changer(&cadre, &form, &Logo::default(), message).await
}

/// POST: the logo that was taken away last.
pub async fn remettre(cadre: Cadre, form: CheckedForm) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let ancien = reglage::anciens(&tx, CLE, 1).await?.into_iter().next();
    drop(tx);
    let ancien: Option<Logo> = ancien.and_then(|ancien| serde_json::from_str(&ancien.valeur).ok());
    let ancien = ancien.filter(Logo::existe).ok_or(Erreur::Introuvable("un logo à remettre"))?;
    changer(&cadre, &form, &ancien, "Le logo est revenu.").await
}

async fn changer(cadre: &Cadre, form: &CheckedForm, logo: &Logo, message: impl Into<Message> + Send) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    if !ecrire(&tx, cadre, logo).await? {
        drop(tx);
        instance.relire_reglages().await?;
        return Ok(form.aller(URL, "Quelqu’un a changé le logo en même temps. Regardez, puis recommencez."));
    }
    let reponse = form.conclure(tx, URL, message).await?;
    instance.relire_reglages().await?;
    Ok(reponse)
}

async fn ecrire(tx: &WriteTx, cadre: &Cadre, logo: &Logo) -> Result<bool, Erreur> {
    let instance = &cadre.instance;
    let par = cadre.visiteur.personne_id();
    if !reglage::ecrire(tx, &*instance.clock, CLE, logo, cadre.identite().logo.version, par).await? {
        return Ok(false);
    }
    let evenement = Evenement::nouveau(crate::REGLAGE_CHANGE, "reglage", CLE)
        .par(par.map(|id| id.as_str()))
        .visible(Visibilite::Exploitation);
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?;
    Ok(true)
}

/// GET `/logo/{empreinte}`: kept by browsers, its address changes with it.
pub async fn image(cadre: Cadre, Path(empreinte): Path<String>) -> Reponse {
    let logo = &cadre.identite().logo;
    if !logo.existe() || logo.empreinte != empreinte {
        return Err(Erreur::Introuvable("ce logo"));
    }
    let entetes = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((entetes, logo.octets()).into_response())
}

#[cfg(test)]
mod tests {
    use super::{BOITE, redessiner};
    use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
    use rstest::rstest;
    use std::io::Cursor;

    fn png(largeur: u32, hauteur: u32) -> Vec<u8> {
        let image = RgbaImage::from_pixel(largeur, hauteur, Rgba([31, 92, 58, 128]));
        let mut sortie = Cursor::new(Vec::new());
        DynamicImage::from(image).write_to(&mut sortie, ImageFormat::Png).unwrap();
        sortie.into_inner()
    }

    #[test]
    fn un_logo_tient_dans_sa_boite_et_reste_transparent() {
        let dessin = redessiner(&png(2_000, 800)).unwrap();
        assert_eq!(dessin.taille, (240, BOITE.1));
        let relu = image::load_from_memory(&dessin.png).unwrap().into_rgba8();
        assert_eq!(relu.get_pixel(10, 10).0[3], 128);
        assert_eq!(redessiner(&png(100, 50)).unwrap().taille, (100, 50), "never made larger");
    }

    #[rstest]
    #[case(png(100, 20), "trop petite")]
    #[case(png(900, 100), "trop longue")]
    #[case(png(50, 200), "trop longue")]
    #[case(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec(), "ne se lit pas")]
    #[case(png(100, 50)[..60].to_vec(), "ne se lit pas")]
    fn ce_qui_ne_convient_pas_dit_quoi_faire(#[case] octets: Vec<u8>, #[case] attendu: &str) {
        let refus = redessiner(&octets).err().unwrap();
        assert!(refus.contains(attendu), "{refus}");
    }
}
