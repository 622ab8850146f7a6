//! A file received: CSV, zip or gzip; comma, semicolon, tab or bar; UTF-8 or Windows-1252; known by its header, whatever
//! its name. Read as a stream: the memory does not depend on its size.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::PathBuf;

use csv::ByteRecord;
use documents::lecture::pas_un_tableau;
use domain::tri::cle_de_tri;
use flate2::read::MultiGzDecoder;
use platform::panne::du_fichier;
use zip::ZipArchive;

use super::ImportRefuse;
use super::api;
use super::lecteur::{Lecteur, lecteur_csv};

pub(super) const TAMPON: usize = 256 * 1024;

/// Bytes, on disk or in memory.
#[derive(Clone, Debug)]
pub enum Contenu {
    /// A path, for large files.
    Chemin(PathBuf),
    /// Sent by a form, or shipped.
    Octets(Vec<u8>),
}

/// A file received.
#[derive(Clone, Debug)]
pub struct FichierRecu {
    /// Its name, for the report only.
    pub nom: String,
    /// Its bytes.
    pub contenu: Contenu,
}

/// What a file holds, said by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Genre {
    /// The list of ESS France.
    EssFrance,
    /// Sirene, legal units.
    UniteLegale,
    /// Sirene, establishments.
    Etablissement,
    /// The list of insertion bodies.
    Siae,
    /// The national register of associations.
    Rna,
    /// Sirene, links from an establishment to the one that took its place.
    Succession,
    /// Conventions of insertion bodies, with their days.
    Conventions,
}

impl Genre {
    /// Words.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::EssFrance => "liste des entreprises de l’ESS (ESS France)",
            Self::UniteLegale => "Sirene, unités légales",
            Self::Etablissement => "Sirene, établissements",
            Self::Siae => "liste des structures d’insertion (SIAE)",
            Self::Rna => "répertoire national des associations (RNA)",
            Self::Succession => "Sirene, liens de succession",
            Self::Conventions => "conventions des structures d’insertion (ASP)",
        }
    }
}

impl Genre {
    /// Each of its rows says where it is.
    #[must_use]
    pub fn a_un_lieu(self) -> bool {
        matches!(self, Self::EssFrance | Self::Etablissement | Self::Siae)
    }
}

/// Header: columns by comparable name.
#[derive(Clone, Debug, Default)]
pub struct Entete {
    exacts: HashMap<String, usize>,
    colonnes: BTreeMap<String, usize>,
    pub(super) noms: Vec<String>,
}

impl Entete {
    fn lire(ligne: &ByteRecord) -> Result<Self, String> {
        let noms: Vec<String> = ligne.iter().map(|cellule| texte(cellule).trim().to_owned()).collect();
        let mut colonnes = BTreeMap::new();
        for (rang, nom) in noms.iter().enumerate().filter(|(_, nom)| !nom.is_empty()) {
            if colonnes.insert(cle_de_tri(nom), rang).is_some() {
                return Err(format!("la colonne « {nom} » apparaît deux fois. Gardez-en une seule."));
            }
        }
        let exacts = noms.iter().enumerate().map(|(rang, nom)| (nom.clone(), rang)).collect();
        Ok(Self { exacts, colonnes, noms })
    }

    /// Rank of a column: by its very name, else by what remains once accents, case and quotes are folded.
    #[must_use]
    pub fn colonne(&self, nom: &str) -> Option<usize> {
        self.exacts.get(nom).or_else(|| self.colonnes.get(&cle_de_tri(nom))).copied()
    }

    /// How many columns.
    #[must_use]
    pub fn nombre(&self) -> usize {
        self.noms.len()
    }

    fn a(&self, noms: &[&str]) -> bool {
        noms.iter().all(|nom| self.colonne(nom).is_some())
    }

    fn genre(&self) -> Result<Genre, String> {
        if self.a(&["siretEtablissementPredecesseur", "siretEtablissementSuccesseur", "dateLienSuccession"]) {
            Ok(Genre::Succession)
        } else if self.a(&["siret", "codeCommuneEtablissement", "etatAdministratifEtablissement"]) {
            Ok(Genre::Etablissement)
        } else if self.a(&["siren", "categorieJuridiqueUniteLegale", "denominationUniteLegale"]) {
            Ok(Genre::UniteLegale)
        } else if self.a(&["siret_signature", "kind", "is_active", "deactivated_at"]) {
            Ok(Genre::Conventions)
        } else if self.a(&["siret", "kind", "nom", "code_postal", "commune"]) {
            Ok(Genre::Siae)
        } else if self.a(&["SIREN", "Nom ou raison sociale de l'entreprise", "Code postal"]) {
            Ok(Genre::EssFrance)
        } else if self.a(&["id", "id_ex", "titre", "objet", "position"]) {
            Ok(Genre::Rna)
        } else {
            let vus: Vec<&str> = self.noms.iter().take(6).map(String::as_str).collect();
            Err(format!(
                "ce fichier n’est pas reconnu à son en-tête (« {} »…). Attendu, de l’Insee : StockUniteLegale, \
                 StockEtablissement et StockEtablissementLiensSuccession. Ou la liste des SIAE (siret, kind, nom, code_postal, commune) et leurs conventions. \
                 Ou la liste d’ESS France, le RNA, une liste décrite par un fichier de correspondance. La première ligne porte les noms des colonnes.",
                vus.join(", ").chars().take(120).collect::<String>()
            ))
        }
    }
}

/// A cell as text: UTF-8, else Windows-1252 (every byte has a meaning there: no doubt remains).
#[must_use]
pub fn texte(cellule: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cellule) {
        Ok(texte) => Cow::Borrowed(texte),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(cellule).0,
    }
}

/// One CSV of a file received (a zip may hold several).
#[derive(Clone, Debug)]
pub struct Table {
    /// Name shown.
    pub nom: String,
    /// What it holds.
    pub genre: Genre,
    /// Header.
    pub entete: Entete,
    /// Bytes once unzipped, when known.
    pub taille: u64,
    /// The answer of an interface: as many rows as were asked for, never a whole file.
    pub reponse: bool,
    /// A control row stands above the header.
    controle: bool,
    contenu: Contenu,
    entree: Option<usize>,
    separateur: u8,
}

impl Table {
    /// A table made in memory, of the answer of an interface.
    pub(super) fn en_memoire(nom: String, csv: &[u8]) -> Result<Self, ImportRefuse> {
        let recu = FichierRecu { nom: nom.clone(), contenu: Contenu::Octets(csv.to_vec()) };
        Ok(Self { reponse: true, ..table(&recu, nom, None, csv, csv.len() as u64)? })
    }
}

/// Something to read and to move in.
trait LireEtAller: Read + Seek {}
impl<T: Read + Seek> LireEtAller for T {}

fn ouvrir(contenu: &Contenu) -> std::io::Result<Box<dyn LireEtAller + '_>> {
    Ok(match contenu {
        Contenu::Chemin(chemin) => Box::new(File::open(chemin)?),
        Contenu::Octets(octets) => Box::new(Cursor::new(octets.as_slice())),
    })
}

fn debut(lecteur: &mut dyn Read, taille: u64) -> std::io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    lecteur.take(taille).read_to_end(&mut octets)?;
    Ok(octets)
}

/// The tables of a file received.
///
/// # Errors
/// It cannot be opened, or is not known by its header.
pub fn reconnaitre(recu: &FichierRecu) -> Result<Vec<Table>, ImportRefuse> {
    let illisible = |erreur: std::io::Error| {
        ImportRefuse::fichier(&recu.nom, None, format!("le fichier ne peut pas être lu : {}.", du_fichier(&erreur)))
    };
    let mut lecteur = ouvrir(&recu.contenu).map_err(illisible)?;
    let taille = lecteur.seek(std::io::SeekFrom::End(0)).map_err(illisible)?;
    lecteur.rewind().map_err(illisible)?;
    let magie = debut(&mut *lecteur, TAMPON as u64).map_err(illisible)?;
    lecteur.rewind().map_err(illisible)?;
    if let Some(phrase) = pas_un_tableau(&magie) {
        return Err(ImportRefuse::fichier(&recu.nom, None, phrase));
    }
    match magie.as_slice() {
        [] => Err(ImportRefuse::fichier(&recu.nom, None, "le fichier est vide.")),
        [b'{' | b'[', ..] => api::tables(&recu.nom, lecteur, taille),
        [b'P', b'K', ..] => tables_du_zip(recu, lecteur),
        [0x1f, 0x8b, ..] => {
            let octets = debut(&mut MultiGzDecoder::new(lecteur), TAMPON as u64).map_err(illisible)?;
            table(recu, recu.nom.clone(), None, &octets, 0).map(|table| vec![table])
        }
        _ => {
            let octets = debut(&mut *lecteur, TAMPON as u64).map_err(illisible)?;
            table(recu, recu.nom.clone(), None, &octets, taille).map(|table| vec![table])
        }
    }
}

fn tables_du_zip(recu: &FichierRecu, lecteur: Box<dyn LireEtAller + '_>) -> Result<Vec<Table>, ImportRefuse> {
    let abime =
        || ImportRefuse::fichier(&recu.nom, None, "l’archive zip est abîmée ou incomplète. Téléchargez-la de nouveau.");
    let mut archive = ZipArchive::new(lecteur).map_err(|_| abime())?;
    let mut tables = Vec::new();
    for rang in 0..archive.len() {
        let mut entree = archive.by_index(rang).map_err(|_| abime())?;
        let nom = entree.name().map_err(|_| abime())?.into_owned();
        if !nom.to_ascii_lowercase().ends_with(".csv") {
            continue;
        }
        let taille = entree.size();
        let octets = debut(&mut entree, TAMPON as u64).map_err(|_| abime())?;
        tables.push(table(recu, format!("{} ({nom})", recu.nom), Some(rang), &octets, taille)?);
    }
    if tables.is_empty() {
        return Err(ImportRefuse::fichier(&recu.nom, None, "l’archive ne contient aucun fichier .csv."));
    }
    Ok(tables)
}

fn table(
    recu: &FichierRecu,
    nom: String,
    entree: Option<usize>,
    octets: &[u8],
    taille: u64,
) -> Result<Table, ImportRefuse> {
    let refuse = |motif: String| ImportRefuse::fichier(&nom, Some(1), motif);
    if octets.starts_with(&[0xff, 0xfe]) || octets.starts_with(&[0xfe, 0xff]) || octets.contains(&0) {
        return Err(refuse(
            "ce n’est pas un fichier CSV en texte simple. Enregistrez-le au format « CSV UTF-8 ».".to_owned(),
        ));
    }
    let separateur = separateur(octets);
    let mut csv = lecteur_csv(octets, separateur);
    let mut ligne = ByteRecord::new();
    let mut suivante = |ligne: &mut ByteRecord| {
        csv.read_byte_record(ligne).map(|_| ()).map_err(|_| {
            refuse("l’en-tête ne peut pas être lu. Enregistrez le fichier au format « CSV UTF-8 ».".to_owned())
        })
    };
    suivante(&mut ligne)?;
    let controle = est_un_controle(&ligne);
    if controle {
        suivante(&mut ligne)?;
    }
    let entete = Entete::lire(&ligne).map_err(refuse)?;
    let genre = entete.genre().map_err(refuse)?;
    Ok(Table {
        genre,
        entete,
        taille,
        reponse: false,
        controle,
        contenu: recu.contenu.clone(),
        entree,
        separateur,
        nom,
    })
}

/// The exports of the ASP (who pays insertion bodies) open with a control row: `DEB…` and empty cells.
fn est_un_controle(ligne: &ByteRecord) -> bool {
    ligne.get(0).is_some_and(|debut| debut.starts_with(b"DEB")) && ligne.iter().skip(1).all(<[u8]>::is_empty)
}

/// The most frequent of the usual separators in the first line.
fn separateur(octets: &[u8]) -> u8 {
    let premiere = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let compte = |separateur: u8| premiere.iter().filter(|octet| **octet == separateur).count();
    [b',', b';', b'\t', b'|'].into_iter().max_by_key(|separateur| compte(*separateur)).unwrap_or(b',')
}

impl Table {
    /// Opens the table, past its header, and hands it over.
    ///
    /// # Errors
    /// It cannot be opened, or what `suite` says.
    pub fn lire<T>(&self, suite: impl FnOnce(Lecteur<'_>) -> Result<T, ImportRefuse>) -> Result<T, ImportRefuse> {
        let illisible = |erreur: &dyn std::fmt::Display| {
            ImportRefuse::fichier(&self.nom, None, format!("le fichier ne peut plus être lu ({erreur})."))
        };
        let mut lecteur = ouvrir(&self.contenu).map_err(|erreur| illisible(&erreur))?;
        if let Some(rang) = self.entree {
            let mut archive = ZipArchive::new(lecteur).map_err(|erreur| illisible(&erreur))?;
            let mut entree = archive.by_index(rang).map_err(|erreur| illisible(&erreur))?;
            return self.derouler(&mut entree, suite);
        }
        let magie = debut(&mut *lecteur, 2).map_err(|erreur| illisible(&erreur))?;
        lecteur.rewind().map_err(|erreur| illisible(&erreur))?;
        if magie == [0x1f, 0x8b] {
            return self.derouler(&mut MultiGzDecoder::new(lecteur), suite);
        }
        self.derouler(&mut *lecteur, suite)
    }

    fn derouler<T>(
        &self,
        lecteur: &mut dyn Read,
        suite: impl FnOnce(Lecteur<'_>) -> Result<T, ImportRefuse>,
    ) -> Result<T, ImportRefuse> {
        let mut lecteur = Lecteur::nouveau(lecteur, self.separateur, &self.nom, self.entete.nombre());
        if self.controle {
            lecteur.suivante()?;
        }
        lecteur.suivante()?;
        suite(lecteur)
    }
}
