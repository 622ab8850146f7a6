//! One table model, three formats. What is typed in the model (amounts, dates) is typed in the file.

mod csv;
mod ods;
mod xlsx;

use std::borrow::Cow;
use std::str::FromStr;

use domain::cents::Cents;
use jiff::civil::Date;

/// A format asked by `?format=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with `;`, for any tool.
    Csv,
    /// Excel.
    Xlsx,
    /// LibreOffice.
    Ods,
}

/// The format asked is not one of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("« {0} » n’est pas un format connu : csv, xlsx ou ods")]
pub struct FormatInconnu(pub String);

impl FromStr for Format {
    type Err = FormatInconnu;
    fn from_str(texte: &str) -> Result<Self, FormatInconnu> {
        Self::TOUS
            .iter()
            .copied()
            .find(|format| format.extension().eq_ignore_ascii_case(texte))
            .ok_or_else(|| FormatInconnu(texte.to_owned()))
    }
}

impl Format {
    /// All, in the order shown.
    pub const TOUS: &[Self] = &[Self::Xlsx, Self::Ods, Self::Csv];

    /// Extension, also the value of `?format=`.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
        }
    }

    /// Label shown.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Csv => "CSV (texte)",
            Self::Xlsx => "Excel (XLSX)",
            Self::Ods => "LibreOffice (ODS)",
        }
    }

    /// Media type.
    #[must_use]
    pub fn genre(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        }
    }
}

/// Kind of a column: how a spreadsheet shows and sums it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genre {
    /// Words, and every code or identifier (leading zeros stay).
    Texte,
    /// Whole number.
    Entier,
    /// Euros.
    Montant,
    /// Civil date.
    Date,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colonne {
    /// Header.
    pub titre: String,
    /// Kind.
    pub genre: Genre,
}

impl Colonne {
    /// A column.
    #[must_use]
    pub fn nouvelle(titre: impl Into<String>, genre: Genre) -> Self {
        Self { titre: titre.into(), genre }
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Valeur {
    /// Nothing known: an empty cell, never a zero.
    Vide,
    /// Words.
    Texte(String),
    /// Whole number.
    Entier(i64),
    /// Euros.
    Montant(Cents),
    /// Civil date.
    Date(Date),
}

/// Would a spreadsheet run this text?
pub(crate) fn commence_par_une_formule(texte: &str) -> bool {
    texte.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

/// An apostrophe before a formula keeps it from running, and readers take it off: one that somebody wrote is said twice.
pub(crate) fn apostrophe_dite(texte: &str) -> Cow<'_, str> {
    let ecrite = texte.starts_with('\'') && commence_par_une_formule(texte.trim_start_matches('\''));
    if ecrite { Cow::Owned(format!("'{texte}")) } else { Cow::Borrowed(texte) }
}

impl From<&str> for Valeur {
    fn from(texte: &str) -> Self {
        if texte.is_empty() { Self::Vide } else { Self::Texte(texte.to_owned()) }
    }
}

impl From<String> for Valeur {
    fn from(texte: String) -> Self {
        if texte.is_empty() { Self::Vide } else { Self::Texte(texte) }
    }
}

impl From<i64> for Valeur {
    fn from(nombre: i64) -> Self {
        Self::Entier(nombre)
    }
}

impl From<Cents> for Valeur {
    fn from(montant: Cents) -> Self {
        Self::Montant(montant)
    }
}

impl From<Date> for Valeur {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl<T: Into<Self>> From<Option<T>> for Valeur {
    fn from(valeur: Option<T>) -> Self {
        valeur.map_or(Self::Vide, Into::into)
    }
}

/// A table to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feuille {
    /// Title: name of the sheet, and of the document.
    pub titre: String,
    /// Columns.
    pub colonnes: Vec<Colonne>,
    /// Rows, as wide as the columns.
    pub lignes: Vec<Vec<Valeur>>,
}

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum EchecExport {
    /// A spreadsheet holds 1,048,576 rows.
    #[error("un classeur contient au plus 1 048 576 lignes ; il y en a {0}. Filtrez, ou choisissez le format CSV")]
    TropDeLignes(usize),
    /// The writer refused.
    #[error("le fichier n’a pas pu être écrit : {0}")]
    Ecriture(String),
}

/// Rows of a spreadsheet, header included.
const LIGNES_MAX: usize = 1_048_576;

impl Feuille {
    /// An empty table.
    #[must_use]
    pub fn nouvelle(titre: impl Into<String>, colonnes: impl IntoIterator<Item = (&'static str, Genre)>) -> Self {
        let colonnes = colonnes.into_iter().map(|(titre, genre)| Colonne::nouvelle(titre, genre)).collect();
        Self { titre: titre.into(), colonnes, lignes: Vec::new() }
    }

    /// Adds a row.
    pub fn ajouter(&mut self, ligne: impl IntoIterator<Item = Valeur>) {
        self.lignes.push(ligne.into_iter().collect());
    }

    /// The file.
    ///
    /// # Errors
    /// Too many rows for a spreadsheet, or the writer refused.
    pub fn ecrire(&self, format: Format) -> Result<Vec<u8>, EchecExport> {
        if format != Format::Csv && self.lignes.len() >= LIGNES_MAX {
            return Err(EchecExport::TropDeLignes(self.lignes.len()));
        }
        match format {
            Format::Csv => csv::ecrire(self),
            Format::Xlsx => xlsx::ecrire(self),
            Format::Ods => ods::ecrire(self),
        }
    }

    /// Name of the sheet: what spreadsheets forbid is left out.
    fn nom_de_feuille(&self) -> String {
        let nom: String = self
            .titre
            .chars()
            .filter(|c| !c.is_control() && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\'))
            .take(31)
            .collect();
        let nom = nom.trim_matches(|c: char| c == '\'' || c.is_whitespace());
        if nom.is_empty() { "Feuille".to_owned() } else { nom.to_owned() }
    }
}

/// Text that XML can hold: other control characters are left out.
fn texte_xml(texte: &str) -> String {
    texte
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || (!c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')))
        .collect()
}

/// Width of a column in characters: its longest cell, within reason.
fn largeur(feuille: &Feuille, rang: usize) -> usize {
    let cellule = |valeur: &Valeur| match valeur {
        Valeur::Vide => 0,
        Valeur::Texte(texte) => texte.lines().map(|ligne| ligne.chars().count()).max().unwrap_or(0),
        Valeur::Entier(_) | Valeur::Date(_) => 10,
        Valeur::Montant(_) => 14,
    };
    let titre = feuille.colonnes.get(rang).map_or(0, |colonne| colonne.titre.chars().count());
    let cellules = feuille.lignes.iter().take(1_000).filter_map(|ligne| ligne.get(rang)).map(cellule);
    cellules.chain([titre]).max().unwrap_or(0).clamp(8, 60) + 2
}
