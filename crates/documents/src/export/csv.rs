//! CSV for French spreadsheets: UTF-8 with BOM, `;`, decimal comma, ISO dates.

use super::{EchecExport, Feuille, Valeur, apostrophe_dite, commence_par_une_formule};

pub(super) fn ecrire(feuille: &Feuille) -> Result<Vec<u8>, EchecExport> {
    let mut sortie = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let refus = |erreur: csv::Error| EchecExport::Ecriture(erreur.to_string());
    sortie.write_record(feuille.colonnes.iter().map(|colonne| sans_formule(&colonne.titre))).map_err(refus)?;
    for ligne in &feuille.lignes {
        sortie.write_record(ligne.iter().map(cellule)).map_err(refus)?;
    }
    sortie.into_inner().map_err(|erreur| EchecExport::Ecriture(erreur.to_string()))
}

fn cellule(valeur: &Valeur) -> String {
    match valeur {
        Valeur::Vide => String::new(),
        Valeur::Texte(texte) => sans_formule(texte),
        Valeur::Entier(nombre) => nombre.to_string(),
        Valeur::Montant(cents) => {
            let signe = if cents.0 < 0 { "-" } else { "" };
            format!("{signe}{},{:02}", cents.0.unsigned_abs() / 100, cents.0.unsigned_abs() % 100)
        }
        Valeur::Date(date) => date.to_string(),
    }
}

/// A spreadsheet would run a text that begins like a formula: an apostrophe keeps it a text.
fn sans_formule(texte: &str) -> String {
    if commence_par_une_formule(texte) { format!("'{texte}") } else { apostrophe_dite(texte).into_owned() }
}
