//! A spreadsheet as people send it. [`lire`] tells what the bytes are (never the name), decodes them, finds the header
//! and gives rows that keep their line number; [`Case`] reads a value, or says why it is doubtful.

mod cases;
mod classeur;
mod texte;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use domain::tri::cle_de_tri;

pub use cases::{Case, Numero};
pub use texte::avale_des_lignes;

/// Most rows read of one file.
pub const LIGNES_MAX: usize = 100_000;
/// Most columns read.
pub const COLONNES_MAX: usize = 500;

/// Something refused: where, and why, in words that say what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refus {
    /// Line of the file, from 1; absent for the whole file.
    pub ligne: Option<usize>,
    /// Header of the column.
    pub colonne: Option<String>,
    /// Why, and what to do.
    pub raison: String,
}

impl Refus {
    /// The whole file.
    #[must_use]
    pub fn du_fichier(raison: impl Into<String>) -> Self {
        Self { ligne: None, colonne: None, raison: raison.into() }
    }

    /// One line.
    #[must_use]
    pub fn de_la_ligne(ligne: usize, raison: impl Into<String>) -> Self {
        Self { ligne: Some(ligne), colonne: None, raison: raison.into() }
    }
}

impl fmt::Display for Refus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ligne, &self.colonne) {
            (Some(ligne), Some(colonne)) => write!(f, "Ligne {ligne}, colonne « {colonne} » : {}", self.raison),
            (Some(ligne), None) => write!(f, "Ligne {ligne} : {}", self.raison),
            _ => f.write_str(&self.raison),
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Ligne {
    /// Line in the file, from 1.
    pub numero: usize,
    /// Cells, as wide as the header.
    pub cases: Vec<Case>,
}

/// A sheet read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeuilleLue {
    /// Name of the sheet read; empty for a text file.
    pub nom: String,
    /// Other sheets of the workbook that hold something, not read.
    pub autres: Vec<String>,
    /// Headers: never empty, never twice the same.
    pub entetes: Vec<String>,
    /// Rows with something in them.
    pub lignes: Vec<Ligne>,
    /// Rows that could not be read.
    pub refus: Vec<Refus>,
}

/// Rows before the header is known.
#[derive(Debug, Default)]
struct Brute {
    nom: String,
    autres: Vec<String>,
    lignes: Vec<Ligne>,
    /// The file says by itself how wide a row is (text): a longer row has a separator too many.
    stricte: bool,
}

/// Reads a file by its bytes.
///
/// # Errors
/// The file as a whole cannot be read: what it is, and what to do.
pub fn lire(nom: &str, octets: &[u8]) -> Result<FeuilleLue, Refus> {
    if octets.is_empty() {
        return Err(Refus::du_fichier("Ce fichier est vide."));
    }
    if let Some(phrase) = pas_un_tableau(octets) {
        return Err(Refus::du_fichier(phrase));
    }
    let brute = match octets {
        [b'P', b'K', 3 | 5, ..] => classeur::lire(octets)?,
        _ => texte::lire(nom, octets)?,
    };
    assembler(brute)
}

/// What is often sent instead of a table, known by its first bytes, and what to send; nothing for what may be one.
#[must_use]
pub fn pas_un_tableau(debut: &[u8]) -> Option<&'static str> {
    match debut {
        [0xd0, 0xcf, 0x11, 0xe0, ..] if protege(debut) => Some(
            "Ce classeur est protégé par un mot de passe. Ouvrez-le, retirez le mot de passe, puis enregistrez-le en .xlsx \
             ou .csv.",
        ),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(
            "Ce classeur est dans un ancien format (.xls). Ouvrez-le, puis enregistrez-le en .xlsx ou .csv. S’il a un mot de \
             passe, retirez-le.",
        ),
        [b'%', b'P', b'D', b'F', ..] => {
            Some("Ce fichier est un PDF. Ouvrez le tableau d’origine, puis enregistrez-le en .xlsx ou .csv.")
        }
        [0x89, b'P', b'N', b'G', ..]
        | [0xff, 0xd8, 0xff, ..]
        | [b'G', b'I', b'F', b'8', ..]
        | [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..]
        | [b'I', b'I', b'*', 0, ..]
        | [b'M', b'M', 0, b'*', ..]
        | [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..]
        | [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(
            "Ce fichier est une image ou une photo. Ouvrez le tableau d’origine, puis enregistrez-le en .xlsx ou .csv.",
        ),
        _ => None,
    }
}

/// A workbook with a password is an old container too: its name is inside, in two-byte letters.
fn protege(octets: &[u8]) -> bool {
    let nom: Vec<u8> = "EncryptedPackage".bytes().flat_map(|lettre| [lettre, 0]).collect();
    octets.windows(nom.len()).any(|morceau| morceau == nom)
}

/// Finds the header, names the columns, leaves out empty and repeated header rows.
fn assembler(brute: Brute) -> Result<FeuilleLue, Refus> {
    let Brute { nom, autres, lignes, stricte } = brute;
    let mut lignes: Vec<Ligne> = lignes.into_iter().filter(|l| !l.cases.iter().all(Case::est_vide)).collect();
    let Some(rang) = rang_de_l_entete(&lignes) else {
        return Err(Refus::du_fichier("Ce fichier ne contient aucune ligne."));
    };
    let entete = lignes.remove(rang);
    lignes.drain(..rang);
    let entetes = nommer(&entete, &lignes)?;
    let cle = |ligne: &Ligne| ligne.cases.iter().map(|case| cle_de_tri(&case.texte())).collect::<Vec<_>>();
    let cle_entete = cle(&entete);
    let mut feuille = FeuilleLue { nom, autres, entetes, ..FeuilleLue::default() };
    for mut ligne in lignes {
        let largeur = ligne.cases.iter().rposition(|case| !case.est_vide()).map_or(0, |p| p + 1);
        if cle(&ligne).iter().zip(&cle_entete).all(|(a, b)| a == b) && largeur >= 2 {
            continue;
        }
        if stricte && largeur > feuille.entetes.len() {
            feuille.refus.push(Refus::de_la_ligne(
                ligne.numero,
                format!(
                    "Cette ligne a {largeur} colonnes, l’en-tête en a {}. Un texte contient sans doute le séparateur : \
                     mettez-le entre guillemets.",
                    feuille.entetes.len()
                ),
            ));
            continue;
        }
        ligne.cases.resize(feuille.entetes.len(), Case::Vide);
        feuille.lignes.push(ligne);
    }
    Ok(feuille)
}

/// The first row with two words or more among the first ones (a title above the table has one); else the first row.
fn rang_de_l_entete(lignes: &[Ligne]) -> Option<usize> {
    let mots = |ligne: &Ligne| ligne.cases.iter().filter(|case| matches!(case, Case::Texte(_))).count();
    lignes.iter().take(20).position(|ligne| mots(ligne) >= 2).or_else(|| (!lignes.is_empty()).then_some(0))
}

fn nommer(entete: &Ligne, lignes: &[Ligne]) -> Result<Vec<String>, Refus> {
    let largeur = |ligne: &Ligne| ligne.cases.iter().rposition(|case| !case.est_vide()).map_or(0, |p| p + 1);
    let colonnes = largeur(entete);
    // A column filled but without name is kept under its letter when at least half of the rows fill it.
    let remplie = |rang: usize| {
        let pleines = lignes.iter().filter(|l| l.cases.get(rang).is_some_and(|c| !c.est_vide())).count();
        pleines * 2 >= lignes.len() && pleines > 0
    };
    let plus_large = lignes.iter().map(largeur).max().unwrap_or(0);
    let total = (colonnes..plus_large).rev().find(|rang| remplie(*rang)).map_or(colonnes, |rang| rang + 1);
    if total > COLONNES_MAX {
        return Err(Refus::du_fichier(format!(
            "Ce tableau a plus de {COLONNES_MAX} colonnes. Gardez celles qui servent."
        )));
    }
    let mut vus: BTreeMap<String, usize> = BTreeMap::new();
    Ok((0..total)
        .map(|rang| {
            let texte = entete.cases.get(rang).map(Case::texte).unwrap_or_default();
            let mots = texte.split_whitespace().collect::<Vec<_>>().join(" ");
            let nom = if mots.is_empty() { format!("Colonne {}", lettre(rang)) } else { mots };
            let fois = vus.entry(cle_de_tri(&nom)).and_modify(|fois| *fois += 1).or_insert(1);
            if *fois == 1 { nom } else { format!("{nom} ({fois})") }
        })
        .collect())
}

/// A, B… Z, AA, as spreadsheets name columns.
fn lettre(rang: usize) -> String {
    let mut reste = rang + 1;
    let mut lettres = Vec::new();
    while reste > 0 {
        lettres.push(char::from(b'A' + u8::try_from((reste - 1) % 26).unwrap_or(0)));
        reste = (reste - 1) / 26;
    }
    lettres.iter().rev().collect()
}

impl FeuilleLue {
    /// Place of a column by its header, whatever its accents and capitals.
    #[must_use]
    pub fn colonne(&self, entete: &str) -> Option<usize> {
        let cle = cle_de_tri(entete);
        self.entetes.iter().position(|nom| cle_de_tri(nom) == cle)
    }

    /// Reads a cell of a row; a refusal says its line and column.
    ///
    /// # Errors
    /// The value is there but cannot be read without doubt.
    pub fn valeur<T>(
        &self,
        ligne: &Ligne,
        colonne: usize,
        lire: impl FnOnce(&Case) -> Result<T, String>,
    ) -> Result<T, Refus> {
        lire(ligne.cases.get(colonne).unwrap_or(&Case::Vide)).map_err(|raison| Refus {
            ligne: Some(ligne.numero),
            colonne: self.entetes.get(colonne).cloned(),
            raison,
        })
    }
}
