//! Text tables: encoding, line ends and separator found by looking.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{Brute, Case, LIGNES_MAX, Ligne, Refus};

/// Separators tried, in order of preference when two fit equally.
const SEPARATEURS: [u8; 4] = [b';', b'\t', b',', b'|'];

pub(super) fn lire(nom: &str, octets: &[u8]) -> Result<Brute, Refus> {
    let texte = decoder(octets).ok_or_else(|| {
        Refus::du_fichier(format!("« {nom} » n’est pas un tableau : envoyez un fichier .csv, .xlsx ou .ods."))
    })?;
    // One line end everywhere, so that line numbers are those that people see.
    let texte = texte.replace("\r\n", "\n").replace('\r', "\n");
    let (annonce, corps, decalage) = annonce(&texte);
    let separateur = annonce.unwrap_or_else(|| separateur(corps));
    let mut brute = Brute { stricte: true, ..Brute::default() };
    let mut dernier = (0, false);
    let mut lecteur = lecteur(separateur, corps);
    for fiche in lecteur.records() {
        let fiche = fiche.map_err(|_| {
            Refus::du_fichier("Ce fichier ne se lit pas comme un tableau. Enregistrez-le en .xlsx ou .csv.")
        })?;
        let numero = fiche.position().map_or(0, |position| ligne_de(position, corps)) + decalage;
        dernier = (numero, fiche.iter().any(|case| case.contains('\n')));
        if brute.lignes.len() > LIGNES_MAX {
            return Err(Refus::du_fichier(format!(
                "Ce fichier a plus de {LIGNES_MAX} lignes. Coupez-le en plusieurs."
            )));
        }
        let largeur = brute.lignes.first().map_or(fiche.len(), |entete| entete.cases.len());
        if fiche.iter().any(|case| avale_des_lignes(case.as_bytes(), separateur, largeur)) {
            return Err(Refus::de_la_ligne(numero, EGARE));
        }
        brute.lignes.push(Ligne { numero, cases: fiche.iter().map(Case::de_texte).collect() });
    }
    // A quote never closed swallows the rest of the file.
    if dernier.1 && corps.matches('"').count() % 2 == 1 {
        return Err(Refus::de_la_ligne(
            dernier.0,
            "Un guillemet est ouvert et n’est jamais fermé. Fermez-le ou retirez-le.",
        ));
    }
    Ok(brute)
}

const EGARE: &str =
    "Un guillemet ouvre ici une case qui avale les lignes suivantes. Retirez-le, ou fermez-le au bout de la case.";

/// Did a stray quote make one cell of several rows? One of its lines then has as many separators as a row.
#[must_use]
pub fn avale_des_lignes(cellule: &[u8], separateur: u8, largeur: usize) -> bool {
    let separateurs = |ligne: &[u8]| ligne.iter().filter(|octet| **octet == separateur).count();
    largeur > 1 && cellule.contains(&b'\n') && cellule.split(|o| *o == b'\n').any(|l| separateurs(l) + 1 >= largeur)
}

/// The line where a record begins; the reader gives that of the blank lines before it.
fn ligne_de(position: &csv::Position, corps: &str) -> usize {
    let debut = usize::try_from(position.byte()).unwrap_or(0);
    let blanches = corps.bytes().skip(debut).take_while(|octet| *octet == b'\n').count();
    usize::try_from(position.line()).unwrap_or(0) + blanches
}

fn lecteur(separateur: u8, corps: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(separateur).has_headers(false).flexible(true).from_reader(corps.as_bytes())
}

/// BOM first, then UTF-8 if it is valid, Windows-1252 otherwise. `None` when it is not text.
fn decoder(octets: &[u8]) -> Option<String> {
    let texte = match octets {
        [0xff, 0xfe, reste @ ..] => UTF_16LE.decode_without_bom_handling_and_without_replacement(reste)?.into_owned(),
        [0xfe, 0xff, reste @ ..] => UTF_16BE.decode_without_bom_handling_and_without_replacement(reste)?.into_owned(),
        [0xef, 0xbb, 0xbf, reste @ ..] => utf8_ou_1252(reste),
        _ => utf8_ou_1252(octets),
    };
    let binaire =
        texte.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1a}' | '\u{85}'));
    (!binaire).then_some(texte)
}

fn utf8_ou_1252(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(texte) => texte.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(octets).0.into_owned(),
    }
}

/// Excel's own first line `sep=;`: the separator, what follows, and how many lines were passed.
fn annonce(texte: &str) -> (Option<u8>, &str, usize) {
    match texte.split_once('\n') {
        Some((premiere, reste)) => match premiere.trim().strip_prefix("sep=").map(str::as_bytes) {
            Some(&[separateur]) => (Some(separateur), reste, 1),
            _ => (None, texte, 0),
        },
        None => (None, texte, 0),
    }
}

/// The separator that cuts the first rows into most columns, the most regularly.
fn separateur(corps: &str) -> u8 {
    let note = |separateur: u8| {
        let largeurs: Vec<usize> =
            lecteur(separateur, corps).records().take(50).filter_map(Result::ok).map(|fiche| fiche.len()).collect();
        let large =
            largeurs.iter().copied().filter(|l| *l > 1).max_by_key(|l| largeurs.iter().filter(|m| *m == l).count());
        large
            .map_or(0, |large| largeurs.iter().filter(|l| **l == large).count() * 1_000 / largeurs.len().max(1) + large)
    };
    SEPARATEURS.into_iter().rev().max_by_key(|s| note(*s)).unwrap_or(b';')
}
