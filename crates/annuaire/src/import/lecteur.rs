//! Reads a table row by row: as many cells as the header, no row without end, no row that a quotation mark made of others.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use csv::ByteRecord;
use documents::lecture::avale_des_lignes;

use super::ImportRefuse;
use super::fichier::{Entete, TAMPON, texte};

/// No row of these files is longer: a quotation mark never closed would swallow the rest of the file.
const LIGNE_MAX: u64 = 1 << 20;

pub(super) fn lecteur_csv<R: Read>(lecteur: R, separateur: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separateur)
        // With CRLF the return is trimmed with the cell: the line numbers stay those that a text editor shows.
        .terminator(csv::Terminator::Any(b'\n'))
        .buffer_capacity(TAMPON)
        .from_reader(lecteur)
}

#[derive(Default)]
struct Compteurs {
    total: Cell<u64>,
    depuis_la_ligne: Cell<u64>,
    dernier_octet: Cell<u8>,
}

/// Counts what passes, and stops a row without end.
struct Garde<'a> {
    lecteur: &'a mut dyn Read,
    compteurs: Rc<Compteurs>,
}

impl Read for Garde<'_> {
    fn read(&mut self, tampon: &mut [u8]) -> std::io::Result<usize> {
        if self.compteurs.depuis_la_ligne.get() > LIGNE_MAX {
            return Err(std::io::Error::other("ligne sans fin"));
        }
        let lus = self.lecteur.read(tampon)?;
        self.compteurs.total.set(self.compteurs.total.get() + lus as u64);
        self.compteurs.depuis_la_ligne.set(self.compteurs.depuis_la_ligne.get() + lus as u64);
        if let Some(dernier) = tampon.get(..lus).and_then(<[u8]>::last) {
            self.compteurs.dernier_octet.set(*dernier);
        }
        Ok(lus)
    }
}

/// What a step of the reading found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pas {
    /// A row with as many cells as the header: [`Lecteur::ligne`].
    Ligne,
    /// A row shifted: cells found. It cannot be trusted.
    Decalee(usize),
    /// A quotation mark opens in this row and took those that follow: how many lines in all.
    Avalees(u64),
    /// The end.
    Fin,
}

/// Reads the rows of a table.
pub struct Lecteur<'a> {
    csv: csv::Reader<Garde<'a>>,
    compteurs: Rc<Compteurs>,
    /// The row just read.
    pub ligne: ByteRecord,
    nom: &'a str,
    largeur: usize,
    separateur: u8,
    courte: Option<u64>,
}

impl<'a> Lecteur<'a> {
    pub(super) fn nouveau(lecteur: &'a mut dyn Read, separateur: u8, nom: &'a str, largeur: usize) -> Self {
        let compteurs = Rc::new(Compteurs::default());
        let garde = Garde { lecteur, compteurs: Rc::clone(&compteurs) };
        let (csv, ligne) = (lecteur_csv(garde, separateur), ByteRecord::new());
        Self { csv, compteurs, ligne, nom, largeur, separateur, courte: None }
    }

    /// Reads the next row.
    ///
    /// # Errors
    /// The file stops in the middle of a row, or holds a row without end: it is refused whole.
    pub fn suivante(&mut self) -> Result<Pas, ImportRefuse> {
        self.compteurs.depuis_la_ligne.set(0);
        let debut = self.csv.position().line();
        let lue = self.csv.read_byte_record(&mut self.ligne).map_err(|_| {
            let motif = "le fichier est abîmé ou coupé à partir d’ici (guillemet jamais fermé, archive incomplète). Téléchargez-le de nouveau.";
            ImportRefuse::fichier(self.nom, Some(debut), motif)
        })?;
        if !lue {
            return self.finir();
        }
        let lignes = self.csv.position().line().saturating_sub(self.numero());
        let pas = if lignes > 1 && self.a_avale() {
            Pas::Avalees(lignes)
        } else if self.ligne.len() == self.largeur {
            Pas::Ligne
        } else {
            Pas::Decalee(self.ligne.len())
        };
        self.courte = (pas != Pas::Ligne).then(|| self.numero());
        Ok(pas)
    }

    /// The last row has no line end, while the others have one: nothing tells a file written so from one cut inside its last cell.
    #[must_use]
    pub fn sans_fin(&self) -> bool {
        self.octets() > 0 && self.compteurs.dernier_octet.get() != b'\n'
    }

    fn finir(&self) -> Result<Pas, ImportRefuse> {
        let Some(ligne) = self.courte else { return Ok(Pas::Fin) };
        let motif = if self.csv.position().line() > ligne + 1 {
            "un guillemet s’ouvre à cette ligne et n’est jamais fermé, ou le fichier est coupé. Fermez-le ou retirez-le : rien n’a été importé."
        } else if self.compteurs.dernier_octet.get() != b'\n' {
            "le fichier est coupé au milieu de cette ligne. Téléchargez-le de nouveau : rien n’a été importé."
        } else {
            return Ok(Pas::Fin);
        };
        Err(ImportRefuse::fichier(self.nom, Some(ligne), motif))
    }

    /// A row that runs over several lines holds others: its width is wrong, or a line of one of its cells has as many
    /// separators as a row. A text of several paragraphs has neither.
    fn a_avale(&self) -> bool {
        self.ligne.len() != self.largeur
            || self.ligne.iter().any(|cellule| avale_des_lignes(cellule, self.separateur, self.largeur))
    }

    /// Line of the row just read, from 1.
    #[must_use]
    pub fn numero(&self) -> u64 {
        self.ligne.position().map_or(0, csv::Position::line)
    }

    /// Bytes read so far.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.compteurs.total.get()
    }

    /// The row repeats the header (files put end to end).
    #[must_use]
    pub fn repete_l_entete(&self, entete: &Entete) -> bool {
        let premier = entete.noms.first().map(String::as_str);
        self.ligne.get(0).map(texte).as_deref().map(str::trim) == premier
            && self.ligne.iter().zip(&entete.noms).all(|(cellule, nom)| texte(cellule).trim() == nom)
    }
}
