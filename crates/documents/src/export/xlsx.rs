//! XLSX by `rust_xlsxwriter`: typed cells, header frozen and filtered.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{EchecExport, Feuille, Valeur, apostrophe_dite, largeur, texte_xml};

/// Longest text of a cell, characters: Excel's own limit.
const TEXTE_MAX: usize = 32_767;

pub(super) fn ecrire(feuille: &Feuille) -> Result<Vec<u8>, EchecExport> {
    classeur(feuille).map_err(|erreur| EchecExport::Ecriture(erreur.to_string()))
}

struct Formats {
    entete: Format,
    montant: Format,
    date: Format,
}

fn classeur(feuille: &Feuille) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats {
        entete: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
        montant: Format::new().set_num_format("#,##0.00\\ \"€\""),
        date: Format::new().set_num_format("dd/mm/yyyy"),
    };
    let mut classeur = Workbook::new();
    classeur.set_properties(&DocProperties::new().set_title(texte_xml(&feuille.titre)));
    let page = classeur.add_worksheet();
    page.set_name(feuille.nom_de_feuille())?;
    page.set_freeze_panes(1, 0)?;
    for (rang, colonne) in feuille.colonnes.iter().enumerate() {
        let c = colonne_xlsx(rang)?;
        page.set_column_width(c, f64::from(u32::try_from(largeur(feuille, rang)).unwrap_or(60)))?;
        page.write_string_with_format(0, c, couper(&colonne.titre), &formats.entete)?;
    }
    let derniere = colonne_xlsx(feuille.colonnes.len().saturating_sub(1))?;
    let lignes = u32::try_from(feuille.lignes.len()).map_err(|_| XlsxError::RowColumnLimitError)?;
    if !feuille.colonnes.is_empty() {
        page.autofilter(0, 0, lignes, derniere)?;
    }
    for (l, ligne) in (1_u32..).zip(&feuille.lignes) {
        for (rang, valeur) in ligne.iter().enumerate() {
            cellule(page, l, colonne_xlsx(rang)?, valeur, &formats)?;
        }
    }
    classeur.save_to_buffer()
}

fn colonne_xlsx(rang: usize) -> Result<u16, XlsxError> {
    u16::try_from(rang).map_err(|_| XlsxError::RowColumnLimitError)
}

fn cellule(page: &mut Worksheet, l: u32, c: u16, valeur: &Valeur, formats: &Formats) -> Result<(), XlsxError> {
    match valeur {
        Valeur::Vide => {}
        // A string cell is never run as a formula.
        Valeur::Texte(texte) => {
            page.write_string(l, c, couper(&apostrophe_dite(texte)))?;
        }
        Valeur::Entier(nombre) => {
            page.write_number(l, c, en_flottant(*nombre))?;
        }
        Valeur::Montant(cents) => {
            page.write_number_with_format(l, c, en_flottant(cents.0) / 100.0, &formats.montant)?;
        }
        Valeur::Date(date) => match excel(*date) {
            Some(jour) => {
                page.write_datetime_with_format(l, c, &jour, &formats.date)?;
            }
            None => {
                page.write_string(l, c, date.to_string())?;
            }
        },
    }
    Ok(())
}

/// Excel knows days from 1900 on.
fn excel(date: jiff::civil::Date) -> Option<ExcelDateTime> {
    let (annee, mois, jour) =
        (u16::try_from(date.year()).ok()?, u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    if annee < 1900 { None } else { ExcelDateTime::from_ymd(annee, mois, jour).ok() }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "spreadsheets hold floating numbers; exact up to nine thousand billion euros"
)]
fn en_flottant(nombre: i64) -> f64 {
    nombre as f64
}

fn couper(texte: &str) -> String {
    let texte = texte_xml(texte);
    if texte.chars().count() <= TEXTE_MAX { texte } else { texte.chars().take(TEXTE_MAX - 1).chain(['…']).collect() }
}
