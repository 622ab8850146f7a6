//! A file as a list of elements, each with its place for the report. JSON, or a table (CSV, XLSX, ODS).

use documents::lecture::{self, FeuilleLue};
use serde_json::{Map, Value};

use super::Refus;
use super::correspondance::Correspondance;

/// A file opened, its elements not yet found.
pub enum Document {
    /// JSON.
    Json(Value),
    /// A table.
    Table(FeuilleLue),
}

/// An aid as its source gives it.
pub struct Element {
    /// "ligne 4", "aide n° 3".
    pub place: String,
    /// Its fields.
    pub valeur: Value,
}

/// Opens a file by its bytes, never by its name.
///
/// # Errors
/// What is wrong, where, and what to do.
pub fn ouvrir(nom: &str, octets: &[u8]) -> Result<Document, String> {
    let sans_bom = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let premier = sans_bom.iter().find(|octet| !octet.is_ascii_whitespace());
    if !matches!(premier, Some(b'{' | b'[')) {
        return lecture::lire(nom, octets).map(Document::Table).map_err(|refus| refus.to_string());
    }
    serde_json::from_slice(sans_bom).map(Document::Json).map_err(|erreur| {
        let (ligne, colonne) = (erreur.line(), erreur.column());
        format!(
            "Ce fichier JSON est abîmé à la ligne {ligne}, caractère {colonne}. Téléchargez-le de nouveau, ou demandez-le à sa source."
        )
    })
}

impl Document {
    /// Its elements under a mapping, and the rows that could not be read.
    ///
    /// # Errors
    /// The list of aids is not where the mapping says.
    pub fn elements(&self, correspondance: &Correspondance) -> Result<(Vec<Element>, Vec<Refus>), String> {
        match self {
            Self::Json(_) => {
                let liste = self.liste(correspondance).ok_or_else(|| {
                    format!("La liste des aides n’est pas à sa place (« {} »).", correspondance.racine)
                })?;
                let elements = liste
                    .iter()
                    .enumerate()
                    .map(|(rang, valeur)| Element { place: format!("aide n° {}", rang + 1), valeur: valeur.clone() });
                Ok((elements.collect(), Vec::new()))
            }
            Self::Table(feuille) => {
                let elements = feuille.lignes.iter().map(|ligne| {
                    let champs: Map<String, Value> = feuille
                        .entetes
                        .iter()
                        .zip(&ligne.cases)
                        .map(|(entete, case)| (entete.clone(), Value::String(case.texte())))
                        .collect();
                    Element { place: format!("ligne {}", ligne.numero), valeur: Value::Object(champs) }
                });
                let refus = feuille.refus.iter().map(|refus| Refus {
                    place: refus.ligne.map_or_else(|| "fichier".to_owned(), |ligne| format!("ligne {ligne}")),
                    raison: refus.raison.clone(),
                });
                Ok((elements.collect(), refus.collect()))
            }
        }
    }

    /// Rows of a table that could not be read at all.
    #[must_use]
    pub fn lignes_refusees(&self) -> usize {
        match self {
            Self::Json(_) => 0,
            Self::Table(feuille) => feuille.refus.len(),
        }
    }

    /// Does the file have the fields by which a mapping recognises its feed?
    #[must_use]
    pub fn ressemble(&self, correspondance: &Correspondance) -> bool {
        match self {
            Self::Json(_) => self
                .liste(correspondance)
                .and_then(|liste| liste.first())
                .is_some_and(|premier| correspondance.reconnait.iter().all(|champ| premier.get(champ).is_some())),
            Self::Table(feuille) => correspondance.reconnait.iter().all(|champ| feuille.entetes.contains(champ)),
        }
    }

    fn liste(&self, correspondance: &Correspondance) -> Option<&Vec<Value>> {
        let Self::Json(racine) = self else { return None };
        let mut chemin = correspondance.racine.split('.').filter(|cle| !cle.is_empty());
        chemin.try_fold(racine, |valeur, cle| valeur.get(cle))?.as_array()
    }
}

/// Every text at a path: `link.link`, `competences.title` (lists are gone through). Numbers are written out.
#[must_use]
pub fn textes(valeur: &Value, chemin: &str) -> Vec<String> {
    let mut valeurs = vec![valeur];
    for cle in chemin.split('.') {
        valeurs = valeurs.into_iter().flat_map(a_plat).filter_map(|valeur| valeur.get(cle)).collect();
    }
    valeurs
        .into_iter()
        .flat_map(a_plat)
        .filter_map(|valeur| match valeur {
            Value::String(texte) => Some(texte.trim().to_owned()),
            Value::Number(nombre) => Some(nombre.to_string()),
            _ => None,
        })
        .filter(|texte| !texte.is_empty())
        .collect()
}

fn a_plat(valeur: &Value) -> Vec<&Value> {
    match valeur {
        Value::Array(liste) => liste.iter().collect(),
        autre => vec![autre],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn un_chemin_traverse_les_listes() {
        let valeur =
            json!({ "a": [{ "titre": "un" }, { "titre": " deux " }, { "titre": null }], "n": 3, "b": { "c": "x" } });
        assert_eq!(textes(&valeur, "a.titre"), ["un", "deux"]);
        assert_eq!(textes(&valeur, "n"), ["3"]);
        assert_eq!(textes(&valeur, "b.c"), ["x"]);
        assert!(textes(&valeur, "z.c").is_empty());
    }

    #[test]
    fn un_json_coupe_dit_ou() {
        let erreur = ouvrir("flux.json", b"{\n  \"results\": [ {").err().unwrap();
        assert!(erreur.contains("ligne 2"), "{erreur}");
    }
}
