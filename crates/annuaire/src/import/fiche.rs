//! What a source says of one legal unit, and what is shared by the readers.

use std::collections::HashSet;

use csv::ByteRecord;
use documents::lecture::Case;
use domain::code::CodeCommune;
use domain::identifiant::Siren;
use jiff::civil::Date;

use super::ImportRefuse;
use super::dates;
use super::disparus::ListeLue;
use super::fichier::{Entete, Table, texte};
use super::lecteur::{Lecteur, Pas};
use super::lieu::Lieux;
use super::nombre::degres;
use super::rapport::{FichierLu, Rapport};
use crate::vocabulaire::{Champ, GenreAgrement, Origine};

/// What one source says of one legal unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fiche {
    /// SIREN.
    pub siren: Siren,
    /// Which source.
    pub source: Origine,
    /// Date of the source: of the list, of the stock file.
    pub du: Option<Date>,
    /// Date of what the source says of the establishments, when it is another file.
    pub lieux_du: Option<Date>,
    /// Facts.
    pub faits: Vec<(Champ, String)>,
    /// Establishments in the instance's communes.
    pub etablissements: Vec<EtablissementLu>,
    /// Approvals.
    pub agrements: Vec<AgrementLu>,
    /// An establishment of this unit went on at another address of the same unit (succession link of Sirene).
    pub transferee: bool,
}

impl Fiche {
    /// Nothing said yet.
    #[must_use]
    pub fn nouvelle(siren: Siren, source: Origine) -> Self {
        Self {
            siren,
            source,
            du: None,
            lieux_du: None,
            faits: Vec::new(),
            etablissements: Vec::new(),
            agrements: Vec::new(),
            transferee: false,
        }
    }

    /// Adds a fact, when there is one; the first of a field stays.
    pub fn dire(&mut self, champ: Champ, valeur: Option<String>) {
        if let Some(valeur) = valeur.filter(|_| !self.faits.iter().any(|(deja, _)| *deja == champ)) {
            self.faits.push((champ, valeur));
        }
    }

    /// Adds an approval; of two of one kind, the one that ends last stays.
    pub fn agreer(&mut self, agrement: AgrementLu) {
        match self.agrements.iter_mut().find(|deja| deja.genre == agrement.genre) {
            Some(deja) if deja.au < agrement.au => *deja = agrement,
            Some(_) => {}
            None => self.agrements.push(agrement),
        }
    }
}

/// An approval read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgrementLu {
    /// The source says the days, even that there is no last one: those known before give way.
    pub exact: bool,
    /// Kind.
    pub genre: GenreAgrement,
    /// First day, when the source says it.
    pub du: Option<Date>,
    /// Last day, when the source says it.
    pub au: Option<Date>,
}

/// An establishment read.
#[derive(Clone, Debug, PartialEq)]
pub struct EtablissementLu {
    /// SIRET.
    pub siret: String,
    /// Is it the seat?
    pub siege: bool,
    /// Name on the door.
    pub enseigne: Option<String>,
    /// Commune of today.
    pub commune: CodeCommune,
    /// Number and street.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// WGS84, longitude and latitude.
    pub point: Option<(f64, f64)>,
    /// NAF rév. 2.
    pub naf: Option<String>,
    /// Still open.
    pub ouvert: bool,
}

/// What the readers are given.
pub struct Contexte<'a> {
    /// Communes.
    pub lieux: Lieux<'a>,
    /// Today: a date of a source after it is a mistake.
    pub jour: Date,
    /// SIREN already in the directory.
    pub connus: &'a HashSet<u32>,
    /// SIREN met in the list of ESS France of this import.
    pub ess_france: HashSet<u32>,
    /// Lists read whole: who is in them, and of which day.
    pub listes: Vec<ListeLue>,
    /// Report.
    pub rapport: Rapport,
    /// Told from time to time: table, bytes read, size (0 when unknown).
    pub progres: &'a dyn Fn(&str, u64, u64),
}

impl Contexte<'_> {
    /// The day of a list: the one given, else the one in the name of its file. Without any, an agent looks first.
    pub(super) fn jour_de_la_liste(&mut self, donne: Option<Date>, nom: &str) -> Option<Date> {
        let jour = donne.or_else(|| dates::jour_du_nom(nom)).filter(|jour| *jour <= self.jour);
        if jour.is_none() {
            self.rapport.retenir(&format!(
                "La liste « {nom} » ne dit pas sa date : donnez-la, ou écrivez-la dans le nom du fichier \
                 (liste-2026-11-02.csv). Sans date, on ne sait pas si elle est plus récente, ni qui l’a quittée."
            ));
        }
        jour
    }
}

/// Bytes between two words of progress.
const PAS_DE_PROGRES: u64 = 64 * 1024 * 1024;

/// Reads a table row by row; counts, refuses shifted rows, skips repeated headers, tells the progress.
///
/// # Errors
/// The file is cut or damaged, or most of its rows are shifted: it is refused whole.
pub fn parcourir(
    table: &Table,
    contexte: &mut Contexte<'_>,
    mut chaque: impl FnMut(&ByteRecord, u64, &mut Contexte<'_>),
) -> Result<(), ImportRefuse> {
    let ailleurs = contexte.rapport.ailleurs;
    table.lire(|mut lecteur: Lecteur<'_>| {
        let (mut lues, mut decalees, mut prochain) = (0_u64, 0_u64, PAS_DE_PROGRES);
        loop {
            match lecteur.suivante()? {
                Pas::Fin => break,
                Pas::Ligne => {
                    lues += 1;
                    // A number never stands in the header: the test costs one comparison on the other rows.
                    if lecteur.ligne.get(0).and_then(|c| c.first()).is_some_and(u8::is_ascii_alphabetic)
                        && lecteur.repete_l_entete(&table.entete)
                    {
                        let motif = "l’en-tête est répété ici : ligne sautée";
                        contexte.rapport.remarquer(&table.nom, lecteur.numero(), None, motif);
                    } else {
                        chaque(&lecteur.ligne, lecteur.numero(), contexte);
                    }
                }
                Pas::Avalees(lignes) => {
                    lues += lignes;
                    decalees += 1;
                    refuser_les_avalees(contexte, table, lecteur.numero(), lignes);
                }
                Pas::Decalee(trouve) => {
                    lues += 1;
                    decalees += 1;
                    let attendu = table.entete.nombre();
                    let motif = format!("{trouve} cellules au lieu de {attendu} : la ligne est décalée");
                    contexte.rapport.refuser(&table.nom, lecteur.numero(), None, motif);
                }
            }
            if lecteur.octets() >= prochain {
                prochain += PAS_DE_PROGRES;
                (contexte.progres)(&table.nom, lecteur.octets(), table.taille);
            }
        }
        if decalees > 10 && decalees * 2 > lues {
            let motif = "plus de la moitié des lignes sont décalées : vérifiez le séparateur. Rien n’a été importé.";
            return Err(ImportRefuse::fichier(&table.nom, None, motif));
        }
        if table.genre.a_un_lieu() && lues > 0 && contexte.rapport.ailleurs - ailleurs == lues {
            contexte.rapport.retenir(&rien_ici(&table.nom));
        }
        if lecteur.sans_fin() {
            contexte.rapport.retenir(&peut_etre_coupe(&table.nom));
        }
        let (nom, genre) = (table.nom.clone(), table.genre.libelle().to_owned());
        contexte.rapport.fichiers.push(FichierLu {
            nom,
            genre,
            lues,
            octets: lecteur.octets(),
            reponse: table.reponse,
        });
        contexte.rapport.lues += lues;
        Ok(())
    })
}

/// Every line that the quotation mark took is lost, and counted.
fn refuser_les_avalees(contexte: &mut Contexte<'_>, table: &Table, debut: u64, lignes: u64) {
    let motif = format!(
        "un guillemet s’ouvre ici et n’est pas fermé sur sa ligne : les lignes {debut} à {} sont lues comme une seule, et \
         refusées. Fermez-le ou retirez-le",
        debut + lignes - 1
    );
    contexte.rapport.refuser(&table.nom, debut, None, motif);
    contexte.rapport.refusees += lignes - 1;
}

/// Nothing of a whole file is here: it is that of another place, or its header does not say what its columns hold.
pub(super) fn rien_ici(nom: &str) -> String {
    format!(
        "Aucune ligne de « {nom} » n’est dans le territoire : vérifiez que c’est le bon fichier, et que ses titres sont \
         au-dessus des bonnes colonnes."
    )
}

/// The last row has no line end.
pub(super) fn peut_etre_coupe(nom: &str) -> String {
    format!(
        "La dernière ligne de « {nom} » n’a pas de fin de ligne : le fichier est peut-être coupé. Vérifiez que sa dernière ligne \
         est entière, et que c’est bien la dernière."
    )
}

/// Ranks of the columns of a table; a missing one reads as empty.
pub(super) struct Cellules<'a> {
    entete: &'a Entete,
    ligne: &'a ByteRecord,
}

impl<'a> Cellules<'a> {
    pub(super) fn nouvelles(entete: &'a Entete, ligne: &'a ByteRecord) -> Self {
        Self { entete, ligne }
    }

    /// The text of a column.
    pub(super) fn texte(&self, colonne: &str) -> String {
        let cellule = self.entete.colonne(colonne).and_then(|rang| self.ligne.get(rang)).unwrap_or_default();
        nettoye(&texte(cellule))
    }

    /// The text of a column, when it says something; `[ND]` is a value not to be shown.
    pub(super) fn plein(&self, colonne: &str) -> Option<String> {
        let texte = self.texte(colonne);
        (!texte.is_empty() && !texte.contains("[ND]")).then_some(texte)
    }

    /// The day of a column, as sources write it or as a French spreadsheet saves it (`2024-03-22T15:40:57`, `22/03/2024 15:40`).
    /// A cell that says something else is told: read as empty, it would let an old file pass for a new one.
    pub(super) fn jour(&self, colonne: &'static str) -> Result<Option<Date>, Incomprise> {
        let texte = self.plein(colonne).unwrap_or_default();
        if texte.is_empty() {
            return Ok(None);
        }
        Case::Texte(texte).date().map_err(|motif| (colonne, motif))
    }

    /// The point of a row (WGS84, longitude and latitude), when both are there.
    pub(super) fn point(&self, [lon, lat]: [&'static str; 2]) -> Result<Option<(f64, f64)>, Incomprise> {
        let lire = |colonne, borne| degres(&self.texte(colonne), borne).map_err(|motif| (colonne, motif));
        match (lire(lon, 180.0)?, lire(lat, 90.0)?) {
            (Some(lon), Some(lat)) => Ok(Some((lon, lat))),
            (None, None) => Ok(None),
            (Some(_), None) => Err((lat, "la latitude manque".to_owned())),
            (None, Some(_)) => Err((lon, "la longitude manque".to_owned())),
        }
    }

    /// Yes or no, as sources write it or as a French spreadsheet saves it.
    pub(super) fn oui(&self, colonne: &'static str) -> Result<Option<bool>, Incomprise> {
        let texte = self.texte(colonne);
        match texte.to_lowercase().as_str() {
            "" | "[nd]" => Ok(None),
            "true" | "vrai" | "1" | "t" => Ok(Some(true)),
            "false" | "faux" | "0" | "f" => Ok(Some(false)),
            _ => Err((colonne, format!("« {texte} » n’est ni vrai ni faux (True, False)"))),
        }
    }
}

/// A cell that cannot be used: its column, and why.
pub(super) type Incomprise = (&'static str, String);

/// What a cell says; when it cannot be read, its row is told and the rest of it is read.
pub(super) fn ou_remarquer<T>(
    lue: Result<Option<T>, Incomprise>,
    contexte: &mut Contexte<'_>,
    table: &Table,
    numero: u64,
) -> Option<T> {
    lue.unwrap_or_else(|(colonne, motif)| {
        contexte.rapport.remarquer(&table.nom, numero, Some(colonne), format!("{motif} : cellule laissée, à vérifier"));
        None
    })
}

/// The date of a stock file, which it does not say: the last treatment of one of its rows. A day to come is a mistake.
#[derive(Clone, Copy, Debug)]
pub(super) struct JourDuStock {
    aujourd_hui: Date,
    dernier: Option<Date>,
}

impl JourDuStock {
    pub(super) fn nouveau(aujourd_hui: Date) -> Self {
        Self { aujourd_hui, dernier: None }
    }

    pub(super) fn voir(&mut self, du: Option<Date>) {
        self.dernier = self.dernier.max(du.filter(|du| *du <= self.aujourd_hui));
    }

    pub(super) fn jour(self) -> Option<Date> {
        self.dernier
    }
}

/// Nine digits, as a number, before anything is decoded.
pub(super) fn en_nombre(octets: &[u8]) -> Option<u32> {
    let chiffre = |octet: &u8| octet.is_ascii_digit().then(|| u32::from(octet - b'0'));
    if octets.len() != 9 {
        return None;
    }
    octets.iter().try_fold(0, |somme, octet| chiffre(octet).map(|chiffre| somme * 10 + chiffre))
}

/// A SIREN as a number, for sets of millions.
#[must_use]
pub fn court(siren: &Siren) -> u32 {
    siren.as_str().parse().unwrap_or(0)
}

/// One line, of a bearable length.
pub(super) fn nettoye(texte: &str) -> String {
    texte.trim().chars().filter(|c| !c.is_control()).take(500).collect()
}

/// Only links that a browser may open safely.
#[must_use]
pub fn est_une_adresse(site: &str) -> bool {
    (site.starts_with("https://") || site.starts_with("http://")) && !site.contains(char::is_whitespace)
}

/// A NAF rév. 2 code with its dot; nothing for another nomenclature.
#[must_use]
pub fn naf(brut: &str) -> Option<String> {
    let code: String = brut.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_uppercase();
    let (chiffres, lettre) = (code.get(..4)?, code.get(4..)?);
    let bon = chiffres.bytes().all(|o| o.is_ascii_digit())
        && lettre.len() == 1
        && lettre.as_bytes().iter().all(u8::is_ascii_alphabetic);
    bon.then(|| format!("{}.{}{lettre}", chiffres.get(..2).unwrap_or_default(), chiffres.get(2..).unwrap_or_default()))
}
