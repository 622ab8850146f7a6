//! Rows in, bytes out, batch by batch: a file is never held whole, but for the batches of a Parquet row group.

mod csv;
mod geojson;
mod json;
mod parquet;

use domain::vocabulaire;
use web::ouvert::{Case, Jeu};

vocabulaire! {
    /// A format, by its extension.
    Format {
        Csv = "csv", "CSV";
        Json = "json", "JSON";
        GeoJson = "geojson", "GeoJSON";
        Parquet = "parquet", "Parquet";
    }
}

impl Format {
    /// Media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::GeoJson => "application/geo+json",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// What it is good for, in a few words.
    #[must_use]
    pub fn usage(self) -> &'static str {
        match self {
            Self::Csv => "brut, pour les programmes : UTF-8, virgule, point décimal",
            Self::Json => "pour les programmes",
            Self::GeoJson => "pour les cartes",
            Self::Parquet => "pour l’analyse de données",
        }
    }

    /// The formats of a table: a map format only where rows have a place.
    pub fn du(jeu: &Jeu) -> impl Iterator<Item = Self> + use<> {
        let a_un_lieu = jeu.lieu.is_some();
        Self::TOUS.iter().copied().filter(move |format| *format != Self::GeoJson || a_un_lieu)
    }
}

/// A writer refused.
#[derive(Debug, thiserror::Error)]
#[error("le fichier n’a pas pu être écrit : {0}")]
pub struct Echec(pub String);

/// Writes rows in one format.
pub trait Ecrivain: Send {
    /// Bytes of some rows; perhaps none yet.
    ///
    /// # Errors
    /// The writer refused.
    fn lot(&mut self, lignes: Vec<Vec<Case>>) -> Result<Vec<u8>, Echec>;

    /// What ends the file.
    ///
    /// # Errors
    /// The writer refused.
    fn fin(&mut self) -> Result<Vec<u8>, Echec>;
}

/// The writer of a format.
///
/// # Errors
/// The columns cannot be written so.
pub fn ecrivain(format: Format, jeu: &'static Jeu) -> Result<Box<dyn Ecrivain>, Echec> {
    Ok(match format {
        Format::Csv => Box::new(csv::Csv::nouveau(jeu)),
        Format::Json => Box::new(json::Json::nouveau(jeu)),
        Format::GeoJson => Box::new(geojson::GeoJson::nouveau(jeu)),
        Format::Parquet => Box::new(parquet::Parquet::nouveau(jeu)?),
    })
}

/// A cell as JSON.
fn valeur(case: &Case) -> serde_json::Value {
    match case {
        Case::Vide => serde_json::Value::Null,
        Case::Texte(texte) => texte.as_str().into(),
        Case::Decimal(nombre) => (*nombre).into(),
        Case::Booleen(vrai) => (*vrai).into(),
        Case::Date(date) => date.to_string().into(),
    }
}

/// A row as a JSON object, its columns in order.
fn objet(jeu: &Jeu, ligne: &[Case]) -> String {
    let mut texte = String::from("{");
    for (rang, (colonne, case)) in jeu.colonnes.iter().zip(ligne).enumerate() {
        if rang > 0 {
            texte.push(',');
        }
        texte.push_str(&format!("\"{}\":{}", colonne.nom, valeur(case)));
    }
    texte.push('}');
    texte
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
