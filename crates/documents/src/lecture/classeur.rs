//! Workbooks (XLSX, ODS) by `calamine`. What a small hostile file could blow up is measured before it is read.

use std::io::{self, Cursor, Read};

use calamine::{Data, DataRef, Ods, Reader, SheetVisible, Xlsx};
use jiff::civil::Date;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{Brute, COLONNES_MAX, Case, LIGNES_MAX, Ligne, Refus};

/// Largest workbook once unpacked, bytes.
const DEPLIE_MAX: u64 = 300 * 1024 * 1024;
/// Most files in the archive.
const FICHIERS_MAX: usize = 2_000;
/// Most cells that the repetitions of an ODS may announce.
const CASES_MAX: usize = 3_000_000;

pub(super) fn lire(octets: &[u8]) -> Result<Brute, Refus> {
    let mut archive = ZipArchive::new(Cursor::new(octets)).map_err(|_| abime())?;
    mesurer(&mut archive)?;
    if archive.index_for_name("xl/workbook.xml").is_some() {
        xlsx(octets)
    } else if archive.index_for_name("content.xml").is_some() {
        mesurer_ods(&mut archive)?;
        ods(octets)
    } else {
        Err(Refus::du_fichier("Ce fichier n’est pas un tableau. Envoyez un fichier .csv, .xlsx ou .ods."))
    }
}

fn abime() -> Refus {
    Refus::du_fichier("Ce classeur est abîmé ou incomplet. Ouvrez-le dans votre tableur et enregistrez-le de nouveau.")
}

fn trop_grand() -> Refus {
    Refus::du_fichier("Ce classeur est trop grand une fois ouvert. Enregistrez la seule feuille utile en .csv.")
}

/// Unpacks everything into nothing: announced sizes may lie.
fn mesurer(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Refus> {
    if archive.len() > FICHIERS_MAX {
        return Err(trop_grand());
    }
    let mut reste = DEPLIE_MAX;
    for rang in 0..archive.len() {
        let fichier = archive.by_index(rang).map_err(|_| abime())?;
        let lus = io::copy(&mut fichier.take(reste + 1), &mut io::sink()).map_err(|_| abime())?;
        reste = reste.checked_sub(lus).ok_or_else(trop_grand)?;
    }
    Ok(())
}

/// An ODS cell may say "and so on a million times": counts what would be unrolled, before it is.
fn mesurer_ods(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Refus> {
    let mut contenu = String::new();
    archive.by_name("content.xml").map_err(|_| abime())?.read_to_string(&mut contenu).map_err(|_| abime())?;
    let mut lecteur = quick_xml::Reader::from_str(&contenu);
    let mut feuille = Etendue::default();
    loop {
        match lecteur.read_event().map_err(|_| abime())? {
            Event::Eof => return Ok(()),
            Event::Start(e) => feuille.ouvrir(&e, true)?,
            Event::Empty(e) => feuille.ouvrir(&e, false)?,
            _ => {}
        }
    }
}

/// What is unrolled of a sheet so far.
#[derive(Default)]
struct Etendue {
    lignes: usize,
    repetition: usize,
    colonnes: usize,
    vides: usize,
    largeur: usize,
    utile: bool,
}

impl Etendue {
    fn ouvrir(&mut self, e: &BytesStart<'_>, pleine: bool) -> Result<(), Refus> {
        match e.name().as_ref() {
            "table:table" => *self = Self::default(),
            "table:table-row" => {
                self.lignes = self.lignes.saturating_add(self.repetition);
                self.repetition = repetition(e, "table:number-rows-repeated")?;
                (self.colonnes, self.vides, self.utile) = (0, 0, false);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let fois = repetition(e, "table:number-columns-repeated")?;
                let valeur = e.try_get_attribute("office:value-type").map_err(|_| abime())?;
                if !pleine && valeur.is_none() {
                    self.vides = self.vides.saturating_add(fois);
                    return Ok(());
                }
                self.colonnes = self.colonnes.saturating_add(self.vides).saturating_add(fois);
                (self.vides, self.utile) = (0, true);
                self.largeur = self.largeur.max(self.colonnes);
                // Only rows up to the last filled one are unrolled.
                let lignes = self.lignes.saturating_add(self.repetition);
                if lignes.saturating_mul(self.largeur) > CASES_MAX {
                    return Err(trop_grand());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn repetition(e: &BytesStart<'_>, nom: &str) -> Result<usize, Refus> {
    match e.try_get_attribute(nom).map_err(|_| abime())? {
        Some(attribut) => attribut.value.parse().map_err(|_| abime()),
        None => Ok(1),
    }
}

fn xlsx(octets: &[u8]) -> Result<Brute, Refus> {
    let mut classeur: Xlsx<_> = Xlsx::new(Cursor::new(octets)).map_err(|_| abime())?;
    choisir(noms(&classeur), |nom| {
        let mut lignes: Vec<Ligne> = Vec::new();
        // Cell by cell: the sheet's announced size is not believed.
        let mut cases = classeur.worksheet_cells_reader(nom).map_err(|_| abime())?;
        while let Some(cellule) = cases.next_cell().map_err(|_| abime())? {
            let (l, c) = cellule.get_position();
            let case = case_xlsx(cellule.get_value());
            if !case.est_vide() {
                poser(&mut lignes, l, c, case)?;
            }
        }
        lignes.sort_by_key(|ligne| ligne.numero);
        Ok(lignes)
    })
}

/// Puts a cell in its row; rows come in order, mostly.
fn poser(lignes: &mut Vec<Ligne>, l: u32, c: u32, case: Case) -> Result<(), Refus> {
    let (numero, colonne) = (l as usize + 1, c as usize);
    if colonne >= COLONNES_MAX || lignes.len() > LIGNES_MAX {
        return Err(trop_grand());
    }
    let rang = match lignes.last() {
        Some(derniere) if derniere.numero == numero => lignes.len() - 1,
        _ => match lignes.iter().rposition(|ligne| ligne.numero <= numero) {
            Some(rang) if lignes.get(rang).is_some_and(|ligne| ligne.numero == numero) => rang,
            avant => {
                let place = avant.map_or(0, |rang| rang + 1);
                lignes.insert(place, Ligne { numero, cases: Vec::new() });
                place
            }
        },
    };
    if let Some(ligne) = lignes.get_mut(rang) {
        if ligne.cases.len() <= colonne {
            ligne.cases.resize(colonne + 1, Case::Vide);
        }
        if let Some(place) = ligne.cases.get_mut(colonne) {
            *place = case;
        }
    }
    Ok(())
}

fn ods(octets: &[u8]) -> Result<Brute, Refus> {
    let mut classeur: Ods<_> = Ods::new(Cursor::new(octets)).map_err(|erreur| match erreur {
        calamine::OdsError::Password => {
            Refus::du_fichier("Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe.")
        }
        _ => abime(),
    })?;
    choisir(noms(&classeur), |nom| {
        let plage = classeur.worksheet_range(nom).map_err(|_| abime())?;
        let (l0, c0) = plage.start().unwrap_or((0, 0));
        if plage.height() > LIGNES_MAX || plage.width() + c0 as usize > COLONNES_MAX {
            return Err(trop_grand());
        }
        let ligne = |(rang, cases): (usize, &[Data])| Ligne {
            numero: l0 as usize + rang + 1,
            cases: std::iter::repeat_n(Case::Vide, c0 as usize).chain(cases.iter().map(case_ods)).collect(),
        };
        Ok(plage.rows().enumerate().map(ligne).collect())
    })
}

/// Visible sheets, in the order of the workbook.
fn noms<R: Reader<Cursor<O>>, O: AsRef<[u8]>>(classeur: &R) -> Vec<String> {
    classeur
        .sheets_metadata()
        .iter()
        .filter(|feuille| feuille.visible == SheetVisible::Visible)
        .map(|feuille| feuille.name.clone())
        .collect()
}

/// The first sheet that holds a table (two rows), and the names of the others that hold something.
fn choisir(noms: Vec<String>, mut lire: impl FnMut(&str) -> Result<Vec<Ligne>, Refus>) -> Result<Brute, Refus> {
    let mut brute = Brute::default();
    for nom in noms.into_iter().take(50) {
        let lignes = lire(&nom)?;
        if lignes.is_empty() {
            continue;
        }
        if brute.lignes.len() < 2 && lignes.len() > brute.lignes.len() {
            if !brute.nom.is_empty() {
                brute.autres.push(std::mem::take(&mut brute.nom));
            }
            (brute.nom, brute.lignes) = (nom, lignes);
        } else {
            brute.autres.push(nom);
        }
    }
    Ok(brute)
}

fn case_xlsx(valeur: &DataRef<'_>) -> Case {
    match valeur {
        DataRef::Empty => Case::Vide,
        DataRef::String(texte) => Case::de_texte(texte),
        DataRef::SharedString(texte) => Case::de_texte(texte),
        DataRef::Int(nombre) => Case::de_texte(&nombre.to_string()),
        DataRef::Float(nombre) => Case::Nombre(*nombre),
        DataRef::Bool(vrai) => booleen(*vrai),
        DataRef::DateTime(jour) => date_excel(*jour),
        DataRef::DateTimeIso(texte) | DataRef::DurationIso(texte) => date_iso(texte),
        DataRef::Error(erreur) => Case::Erreur(erreur.to_string()),
    }
}

fn case_ods(valeur: &Data) -> Case {
    match valeur {
        Data::Empty => Case::Vide,
        Data::String(texte) => Case::de_texte(texte),
        Data::Int(nombre) => Case::de_texte(&nombre.to_string()),
        Data::Float(nombre) => Case::Nombre(*nombre),
        Data::Bool(vrai) => booleen(*vrai),
        Data::DateTime(jour) => date_excel(*jour),
        Data::DateTimeIso(texte) | Data::DurationIso(texte) => date_iso(texte),
        Data::Error(erreur) => Case::Erreur(erreur.to_string()),
    }
}

fn booleen(vrai: bool) -> Case {
    Case::Texte(if vrai { "oui" } else { "non" }.to_owned())
}

fn date_excel(jour: calamine::ExcelDateTime) -> Case {
    let (annee, mois, du_mois, ..) = jour.to_ymd_hms_milli();
    let date = i16::try_from(annee)
        .ok()
        .zip(i8::try_from(mois).ok())
        .zip(i8::try_from(du_mois).ok())
        .and_then(|((annee, mois), jour)| Date::new(annee, mois, jour).ok());
    match date {
        Some(date) if jour.is_datetime() => Case::Date(date),
        _ => Case::Nombre(jour.as_f64()),
    }
}

fn date_iso(texte: &str) -> Case {
    let jour = texte.split('T').next().unwrap_or(texte);
    jour.parse().map_or_else(|_| Case::de_texte(texte), Case::Date)
}
