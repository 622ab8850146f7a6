//! What an image says beside what it shows (where it was taken and when, by whom, a thumbnail of what was cut off, a film
//! after the picture) is taken out before it is kept. Its pixels are not touched; which side is up stays.

use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::{Bytes, ImageEXIF as _};

use super::Genre;

/// Said when an image cannot be read to the end.
const ABIMEE: &str = "Cette image est abîmée. Ouvrez-la, enregistrez-la de nouveau, puis envoyez-la.";

/// Pieces of a PNG that its drawing needs; texts, dates and places are not among them.
const DESSIN_PNG: &[[u8; 4]] = &[
    *b"IHDR", *b"PLTE", *b"tRNS", *b"gAMA", *b"cHRM", *b"sRGB", *b"iCCP", *b"cICP", *b"sBIT", *b"bKGD", *b"pHYs",
    *b"IDAT", *b"IEND",
];

/// The same image without what it says beside; what is not an image comes back as it is.
///
/// # Errors
/// A sentence to show beside the field: the image cannot be read.
pub fn sans_traces(genre: Genre, octets: Bytes) -> Result<Bytes, &'static str> {
    match genre {
        Genre::Jpg => jpeg(octets).ok_or(ABIMEE),
        Genre::Png => png(octets).ok_or(ABIMEE),
        Genre::Pdf | Genre::Odt | Genre::Docx | Genre::Ods | Genre::Xlsx | Genre::Csv | Genre::Txt => Ok(octets),
    }
}

fn png(octets: Bytes) -> Option<Bytes> {
    let mut image = Png::from_bytes(octets).ok()?;
    image.dimensions()?;
    image.chunks_mut().retain(|morceau| DESSIN_PNG.contains(&morceau.kind()));
    Some(image.encoder().bytes())
}

fn jpeg(octets: Bytes) -> Option<Bytes> {
    let mut image = Jpeg::from_bytes(octets).ok()?;
    image.dimensions().filter(|_| image.segments().iter().any(JpegSegment::has_entropy))?;
    let sens = image.exif().and_then(|exif| sens(exif.to_vec()));
    image.segments_mut().retain(sert_au_dessin);
    image.set_exif(sens.map(exif_du_sens));
    let tout = image.encoder().bytes();
    let fin = fin_du_dessin(&tout).unwrap_or(tout.len());
    Some(tout.slice(..fin))
}

/// Of the applications' own segments, only those that change colours: JFIF, the ICC profile, Adobe.
fn sert_au_dessin(segment: &JpegSegment) -> bool {
    let commence = |debut: &[u8]| segment.contents().starts_with(debut);
    match segment.marker() {
        markers::APP0 => commence(b"JFIF\0"),
        markers::APP2 => commence(b"ICC_PROFILE\0"),
        markers::APP14 => commence(b"Adobe"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// Where the drawing ends, its end marker included; after it stands a second picture, or a film. The same two bytes inside
/// a table do not count.
fn fin_du_dessin(octets: &[u8]) -> Option<usize> {
    let mut ici = 0;
    loop {
        ici += octets.get(ici..)?.iter().position(|octet| *octet == markers::P)?;
        match *octets.get(ici + 1)? {
            markers::EOI => return Some(ici + 2),
            markers::P => ici += 1,
            markers::Z | 0x01 | markers::RST0..=markers::SOI => ici += 2,
            _ => ici += 2 + usize::from(u16::from_be_bytes([*octets.get(ici + 2)?, *octets.get(ici + 3)?])),
        }
    }
}

/// Which way the camera was held, when the image has to be turned.
fn sens(exif: Vec<u8>) -> Option<u8> {
    let lu = exif::Reader::new().read_raw(exif).ok()?;
    let valeur = lu.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0)?;
    u8::try_from(valeur).ok().filter(|sens| (2..=8).contains(sens))
}

/// The shortest Exif (TIFF 6.0, little-endian, one directory) that says only which side is up.
fn exif_du_sens(sens: u8) -> Bytes {
    let mut octets = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    octets.extend([sens, 0, 0, 0, 0, 0, 0, 0]);
    octets.into()
}

#[cfg(test)]
mod tests {
    use img_parts::jpeg::{Jpeg, JpegSegment, markers};
    use img_parts::png::{Png, PngChunk};
    use img_parts::{Bytes, ImageEXIF as _};
    use rstest::rstest;

    use super::{Genre, exif_du_sens, sans_traces, sens};

    /// Eight grey pixels by eight, baseline, one component.
    fn photo() -> Jpeg {
        let segment = |marque, contenu: &[u8]| JpegSegment::new_with_contents(marque, Bytes::copy_from_slice(contenu));
        let mut table = vec![0];
        table.extend([1; 64]);
        let mut image = Jpeg::from_bytes(Bytes::from_static(b"\xff\xd8\xff\xd9")).unwrap();
        image.segments_mut().extend([
            segment(markers::APP0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            segment(markers::DQT, &table),
            segment(markers::SOF0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
            JpegSegment::new_with_entropy(
                markers::SOS,
                Bytes::from_static(&[1, 1, 0, 0, 63, 0]),
                Bytes::from_static(b"\x2a\xff\0\xff\xd0\x15\xff\xc4\0\x04\xff\xd9\x01\xff\xd9"),
            ),
        ]);
        image
    }

    /// Directory with the turn of the camera, then a place: what a telephone writes.
    fn exif_bavard(tourne: u8) -> Bytes {
        let mut octets = b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        octets.extend([tourne, 0, 0, 0]);
        octets.extend(b"\x0f\x01\x02\0\x14\0\0\0\x26\0\0\0\0\0\0\0GPS 48.58 N, 6.94 E\0");
        octets.into()
    }

    fn contient(octets: &[u8], mots: &[u8]) -> bool {
        octets.windows(mots.len()).any(|fenetre| fenetre == mots)
    }

    #[rstest]
    #[case::debout(6, Some(6))]
    #[case::droite(1, None)]
    fn a_photo_says_no_place_and_keeps_its_side_up(#[case] tourne: u8, #[case] attendu: Option<u8>) {
        let nue = photo();
        let dessin = nue.clone().encoder().bytes();
        let mut bavarde = nue;
        bavarde.set_exif(Some(exif_bavard(tourne)));
        for (marque, mots) in [
            (markers::APP1, &b"http://ns.adobe.com/xap/1.0/\0GPS"[..]),
            (markers::APP2, b"MPF\0GPS"),
            (markers::APP13, b"Photoshop 3.0\0GPS"),
            (markers::COM, b"GPS"),
        ] {
            bavarde.segments_mut().insert(2, JpegSegment::new_with_contents(marque, Bytes::from_static(mots)));
        }
        let mut octets = bavarde.encoder().bytes().to_vec();
        octets.extend_from_slice(b"\0\0\0\x18ftypmp42 GPS");
        assert!(contient(&octets, b"GPS"));

        let propre = sans_traces(Genre::Jpg, octets.into()).unwrap();
        assert!(!contient(&propre, b"GPS"));
        let mut relue = Jpeg::from_bytes(propre).unwrap();
        assert_eq!(relue.exif().and_then(|exif| sens(exif.to_vec())), attendu);
        relue.set_exif(None);
        assert_eq!(relue.encoder().bytes(), dessin, "the pixels are the same");
    }

    #[test]
    fn a_drawing_keeps_its_pixels_and_loses_its_texts() {
        let mut image = Png::from_bytes(Bytes::from_static(b"\x89PNG\r\n\x1a\n")).unwrap();
        let morceau = |genre: &[u8; 4], contenu: &'static [u8]| PngChunk::new(*genre, Bytes::from_static(contenu));
        let dessin = [
            morceau(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"),
            morceau(b"IDAT", b"\x08\xd7c`\0\0\0\x02\0\x01"),
            morceau(b"IEND", b""),
        ];
        image.chunks_mut().extend(dessin.clone());
        for (rang, genre) in [b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME", b"prVt"].into_iter().enumerate() {
            image.chunks_mut().insert(1 + rang, morceau(genre, b"GPS"));
        }
        let propre = sans_traces(Genre::Png, image.encoder().bytes()).unwrap();
        assert_eq!(Png::from_bytes(propre).unwrap().chunks(), &dessin);
    }

    #[rstest]
    #[case::sans_dessin(Genre::Jpg, b"\xff\xd8\xff\xe0\0\x04ab\xff\xd9")]
    #[case::coupee(Genre::Jpg, b"\xff\xd8\xff\xe0\xff\xff")]
    #[case::coupe(Genre::Png, b"\x89PNG\r\n\x1a\n\0\0\xff\xff")]
    fn a_damaged_image_is_refused(#[case] genre: Genre, #[case] octets: &'static [u8]) {
        assert!(sans_traces(genre, Bytes::from_static(octets)).unwrap_err().contains("abîmée"));
    }

    #[test]
    fn what_is_no_image_is_not_touched() {
        assert_eq!(sans_traces(Genre::Pdf, Bytes::from_static(b"%PDF GPS")).unwrap(), Bytes::from_static(b"%PDF GPS"));
    }

    #[rstest]
    fn the_shortest_exif_is_read_back(#[values(2, 5, 8)] tourne: u8) {
        assert_eq!(sens(exif_du_sens(tourne).to_vec()), Some(tourne));
    }
}
