//! Pictures received, read within limits: a small file may hold a drawing that would fill the memory. Pure.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

/// How large a picture may be.
#[derive(Clone, Copy, Debug)]
pub struct Limites {
    /// Largest side read, in points.
    pub cote: u32,
    /// Memory that one reading may take.
    pub octets: u64,
}

/// Why a picture is not taken; each page says it in its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refus {
    /// It is no picture that we read, or it is damaged.
    Illisible,
    /// It is larger than the limits.
    TropGrande,
}

impl From<ImageError> for Refus {
    fn from(erreur: ImageError) -> Self {
        match erreur {
            ImageError::Limits(_) => Self::TropGrande,
            _ => Self::Illisible,
        }
    }
}

/// The picture as stored, and the way up that it says: turning one takes as much memory again, so who makes it small does so
/// first.
///
/// # Errors
/// It cannot be read, or it is too large.
pub fn lire(octets: &[u8], limites: Limites) -> Result<(DynamicImage, Orientation), Refus> {
    let mut lecteur = ImageReader::new(Cursor::new(octets)).with_guessed_format().map_err(|_| Refus::Illisible)?;
    let mut plafonds = Limits::default();
    plafonds.max_image_width = Some(limites.cote);
    plafonds.max_image_height = Some(limites.cote);
    plafonds.max_alloc = Some(limites.octets);
    lecteur.limits(plafonds);
    let mut decodeur = lecteur.into_decoder()?;
    let sens = decodeur.orientation()?;
    Ok((DynamicImage::from_decoder(decodeur)?, sens))
}
