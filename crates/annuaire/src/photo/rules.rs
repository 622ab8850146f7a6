//! A photo made small: drawn again at the size of a page, upright, as a JPEG. Pure.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, Rgb, RgbImage};
use web::images::{self, Limites, Refus};

/// Photos of an actor.
pub const PHOTOS_MAX: usize = 6;
/// Widest and highest, in points.
pub const COTE_MAX: u32 = 1_200;
/// As large as the best telephones make them.
const LUES: Limites = Limites { cote: 12_000, octets: 300 * 1_024 * 1_024 };
/// Quality of the JPEG: nobody sees the difference with the best, the file is four times smaller.
const QUALITE: u8 = 80;

/// A photo ready to be kept.
#[derive(Clone, Debug)]
pub struct Petite {
    /// JPEG.
    pub octets: Vec<u8>,
    /// Width.
    pub largeur: u32,
    /// Height.
    pub hauteur: u32,
}

/// Draws it small and upright.
///
/// # Errors
/// A sentence to show beside the field.
pub fn reduire(octets: &[u8]) -> Result<Petite, &'static str> {
    const ILLISIBLE: &str = "Cette image ne se lit pas. Ouvrez-la, enregistrez-la en JPEG, puis envoyez-la.";
    const TROP_GRANDE: &str = "Cette image est trop grande. Réduisez-la à 12 000 points de côté au plus.";
    let (mut image, sens) = images::lire(octets, LUES).map_err(|refus| match refus {
        Refus::Illisible => ILLISIBLE,
        Refus::TropGrande => TROP_GRANDE,
    })?;
    // Small first: turning a picture takes as much memory again. The box is a square, whatever the way up.
    if image.width() > COTE_MAX || image.height() > COTE_MAX {
        image = image.resize(COTE_MAX, COTE_MAX, FilterType::Triangle);
    }
    image.apply_orientation(sens);
    let dessin = sur_du_blanc(&image);
    let (largeur, hauteur) = dessin.dimensions();
    let mut sortie = Vec::new();
    JpegEncoder::new_with_quality(&mut sortie, QUALITE).encode_image(&dessin).map_err(|_| ILLISIBLE)?;
    Ok(Petite { octets: sortie, largeur, hauteur })
}

/// A JPEG has no transparency: what showed through is white, as the page.
fn sur_du_blanc(image: &DynamicImage) -> RgbImage {
    let lue = image.to_rgba8();
    let meler = |couleur: u8, opacite: u8| {
        let (couleur, opacite) = (u32::from(couleur), u32::from(opacite));
        u8::try_from((couleur * opacite + 255 * (255 - opacite)) / 255).unwrap_or(u8::MAX)
    };
    RgbImage::from_fn(lue.width(), lue.height(), |x, y| {
        let [r, v, b, a] = lue.get_pixel(x, y).0;
        Rgb([meler(r, a), meler(v, a), meler(b, a)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgba, RgbaImage};
    use std::io::Cursor;

    fn png(largeur: u32, hauteur: u32) -> Vec<u8> {
        let image = RgbaImage::from_fn(largeur, hauteur, |x, _| {
            if x % 2 == 0 { Rgba([200, 20, 20, 255]) } else { Rgba([0, 0, 0, 0]) }
        });
        let mut octets = Cursor::new(Vec::new());
        image.write_to(&mut octets, ImageFormat::Png).unwrap();
        octets.into_inner()
    }

    #[test]
    fn une_grande_photo_devient_petite_et_garde_ses_proportions() {
        let petite = reduire(&png(3_000, 1_500)).unwrap();
        assert_eq!((petite.largeur, petite.hauteur), (1_200, 600));
        assert!(petite.octets.starts_with(&[0xff, 0xd8]), "a JPEG");
        assert!(petite.octets.len() < 200_000, "{}", petite.octets.len());
    }

    #[test]
    fn une_petite_photo_n_est_pas_agrandie_et_le_transparent_est_blanc() {
        let petite = reduire(&png(2, 2)).unwrap();
        assert_eq!((petite.largeur, petite.hauteur), (2, 2));
        let relue = image::load_from_memory(&petite.octets).unwrap().to_rgb8();
        assert!(relue.pixels().any(|p| p.0.iter().all(|c| *c > 120)), "{relue:?}");
    }

    /// A JPEG that says "turn me a quarter to the right", as telephones write it.
    fn jpeg_couche(largeur: u32, hauteur: u32) -> Vec<u8> {
        let mut octets = Cursor::new(Vec::new());
        RgbImage::from_fn(
            largeur,
            hauteur,
            |x, _| if x < largeur / 2 { Rgb([250, 10, 10]) } else { Rgb([10, 10, 250]) },
        )
        .write_to(&mut octets, ImageFormat::Jpeg)
        .unwrap();
        let mut segment = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0".to_vec();
        segment.extend([0; 4]);
        let mut jpeg = octets.into_inner();
        jpeg.splice(2..2, segment);
        jpeg
    }

    #[test]
    fn une_photo_couchee_est_redressee() {
        let petite = reduire(&jpeg_couche(2_400, 1_200)).unwrap();
        assert_eq!((petite.largeur, petite.hauteur), (600, 1_200));
        let relue = image::load_from_memory(&petite.octets).unwrap().to_rgb8();
        let (haut, bas) = (relue.get_pixel(300, 100).0, relue.get_pixel(300, 1_100).0);
        assert!(haut[0] > 200 && bas[2] > 200, "what was on the left is on top: {haut:?} {bas:?}");
    }

    #[test]
    fn ce_qui_n_est_pas_une_image_est_refuse() {
        assert!(reduire(b"GIF89a, ou pas").is_err());
        let mut coupee = png(50, 50);
        coupee.truncate(60);
        assert!(reduire(&coupee).is_err());
    }
}
