//! Files kept by the house: a folder today, any object store tomorrow. A file is on the disk before the transaction that
//! names it commits; what no transaction named is collected later. Names are random, the type is read in the bytes, and
//! an image says nothing but what it shows ([`image::sans_traces`]).

pub mod image;

use std::fmt::Write as _;
use std::path::Path as Chemin;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, raw_sql};
use sha2::{Digest, Sha256};

use crate::colonne::Instant;
use crate::db::{Db, WriteTx};
use crate::horloge::{Clock, Ids};
use crate::migration::Migration;

/// Tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    feature: "fichiers",
    numero: 1,
    nom: "fichiers gardés",
    sql: "CREATE TABLE fichier (
        cle TEXT PRIMARY KEY, empreinte TEXT NOT NULL, taille BIGINT NOT NULL, genre TEXT NOT NULL,
        cree_le BIGINT NOT NULL, retire_le BIGINT);
    CREATE INDEX fichier_retire ON fichier (retire_le)",
}];

/// A file that no transaction named is kept this long: the one under way may still commit.
const ORPHELIN_S: i64 = 24 * 3600;
/// A file taken away can come back during this many days.
pub const JOURS_POUR_REVENIR: i64 = 30;

/// What may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genre {
    /// PDF.
    Pdf,
    /// LibreOffice Writer.
    Odt,
    /// Word.
    Docx,
    /// LibreOffice Calc.
    Ods,
    /// Excel.
    Xlsx,
    /// Image.
    Jpg,
    /// Image.
    Png,
    /// Table in a text.
    Csv,
    /// Text.
    Txt,
}

impl Genre {
    /// All.
    pub const TOUS: &[Self] =
        &[Self::Pdf, Self::Odt, Self::Docx, Self::Ods, Self::Xlsx, Self::Jpg, Self::Png, Self::Csv, Self::Txt];
    /// Those that hold a table.
    pub const TABLEAUX: &[Self] = &[Self::Xlsx, Self::Ods, Self::Csv, Self::Txt];

    /// Extension, also the value stored.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Odt => "odt",
            Self::Docx => "docx",
            Self::Ods => "ods",
            Self::Xlsx => "xlsx",
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Csv => "csv",
            Self::Txt => "txt",
        }
    }

    /// Media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Txt => "text/plain; charset=utf-8",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn lire(texte: &str) -> Option<Self> {
        Self::TOUS.iter().copied().find(|genre| genre.extension() == texte)
    }
}

/// What the bytes are, whatever their name says; the name only tells a table from a text.
///
/// # Errors
/// A sentence to show beside the field.
pub fn reconnaitre(nom: &str, octets: &[u8]) -> Result<Genre, &'static str> {
    let autre =
        Err("Ce type de fichier n’est pas accepté. Envoyez un PDF, un document, un tableur, une image ou un texte.");
    if octets.is_empty() {
        return Err("Ce fichier est vide. Choisissez-en un autre.");
    }
    if octets.starts_with(b"PK") {
        return archive(octets).map_or(autre, Ok);
    }
    match infer::get(octets).map(|genre| genre.mime_type()) {
        Some("application/pdf") => Ok(Genre::Pdf),
        Some("image/jpeg") => Ok(Genre::Jpg),
        Some("image/png") => Ok(Genre::Png),
        Some(_) => autre,
        None if est_du_texte(octets) && nom.to_lowercase().ends_with(".csv") => Ok(Genre::Csv),
        None if est_du_texte(octets) => Ok(Genre::Txt),
        None => autre,
    }
}

/// A document in an archive, by the files it must hold (their names stand unpacked in it). Macros are refused.
fn archive(octets: &[u8]) -> Option<Genre> {
    let contient = |nom: &[u8]| octets.windows(nom.len()).any(|fenetre| fenetre == nom);
    if contient(b"vbaProject.bin") || contient(b"Basic/script-lc.xml") {
        return None;
    }
    match infer::get(octets).map(|genre| genre.extension()) {
        Some("odt") => Some(Genre::Odt),
        Some("ods") => Some(Genre::Ods),
        _ if contient(b"word/document.xml") => Some(Genre::Docx),
        _ if contient(b"xl/workbook.xml") => Some(Genre::Xlsx),
        _ => None,
    }
}

/// No control character that a text would not have; UTF-16 says itself by its first two bytes.
fn est_du_texte(octets: &[u8]) -> bool {
    let utf16 = octets.starts_with(&[0xff, 0xfe]) || octets.starts_with(&[0xfe, 0xff]);
    utf16 || !octets.iter().any(|octet| *octet < 0x20 && !matches!(octet, b'\n' | b'\r' | b'\t' | 0x0c | 0x1a))
}

/// A file on the disk, not yet named by a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depot {
    /// Where.
    pub cle: String,
    /// SHA-256, hexadecimal.
    pub empreinte: String,
    /// Bytes.
    pub taille: i64,
    /// What it is.
    pub genre: Genre,
}

/// Why a file could not be kept or given back.
#[derive(Debug, thiserror::Error)]
pub enum FichierError {
    /// The store refused (disk full, rights, network).
    #[error("fichiers : {0}")]
    Depot(#[from] object_store::Error),
    /// What is read is not what was written.
    #[error("fichiers : « {0} » a changé sur le disque")]
    Abime(String),
    /// The database refused.
    #[error("fichiers : {0}")]
    Base(#[from] DbErr),
}

/// The store.
#[derive(Clone, Debug)]
pub struct Fichiers {
    depot: Arc<dyn ObjectStore>,
    octets_max: u64,
}

impl Fichiers {
    /// In a folder, made when absent; each file is flushed to the disk before it counts.
    ///
    /// # Errors
    /// The folder cannot be made or used.
    pub fn locaux(dossier: &Chemin, octets_max: u64) -> Result<Self, FichierError> {
        std::fs::create_dir_all(dossier)
            .map_err(|source| object_store::Error::Generic { store: "fichiers", source: Box::new(source) })?;
        let local = LocalFileSystem::new_with_prefix(dossier)?.with_fsync(true).with_automatic_cleanup(false);
        Ok(Self::nouveaux(Arc::new(local), octets_max))
    }

    /// In any object store.
    #[must_use]
    pub fn nouveaux(depot: Arc<dyn ObjectStore>, octets_max: u64) -> Self {
        Self { depot, octets_max }
    }

    /// Largest file accepted, bytes.
    #[must_use]
    pub fn octets_max(&self) -> u64 {
        self.octets_max
    }

    /// Writes a file. Then [`retenir`] names it in the transaction.
    ///
    /// # Errors
    /// The store refused.
    pub async fn deposer(&self, ids: &dyn Ids, octets: &[u8], genre: Genre) -> Result<Depot, FichierError> {
        let nom = ids.jeton();
        let cle = format!("{}/{nom}", nom.chars().take(2).collect::<String>());
        self.depot.put(&Path::from(cle.as_str()), PutPayload::from(octets.to_vec())).await?;
        let taille = i64::try_from(octets.len()).unwrap_or(i64::MAX);
        Ok(Depot { cle, empreinte: empreinte(octets), taille, genre })
    }

    /// Reads a file back and proves that it is the one that was written.
    ///
    /// # Errors
    /// Absent, unreachable or changed.
    pub async fn lire(&self, cle: &str, attendue: &str) -> Result<Vec<u8>, FichierError> {
        let octets = self.depot.get(&Path::from(cle)).await?.bytes().await?;
        if empreinte(&octets) == attendue { Ok(octets.into()) } else { Err(FichierError::Abime(cle.to_owned())) }
    }

    /// Erases what was taken away long ago, and what no transaction named. Returns how many files left.
    ///
    /// # Errors
    /// The store or the database refused; what is left is taken next time.
    pub async fn ranger(&self, db: &Db, clock: &dyn Clock) -> Result<usize, FichierError> {
        let maintenant = clock.instant();
        let tx = db.begin().await?;
        oublier(&tx, maintenant.plus_seconds(-JOURS_POUR_REVENIR * 24 * 3600)).await?;
        tx.commit().await?;
        let avant = maintenant.plus_seconds(-ORPHELIN_S).timestamp().as_second();
        let objets: Vec<_> = self.depot.list(None).try_collect().await?;
        let vieux: Vec<_> = objets.into_iter().filter(|objet| objet.last_modified.timestamp() < avant).collect();
        let mut partis = 0;
        for paquet in vieux.chunks(500) {
            let cles: Vec<&str> = paquet.iter().map(|objet| objet.location.as_ref()).collect();
            let nommes = nommes(&db.read().await?, &cles).await?;
            for objet in paquet.iter().filter(|objet| !nommes.iter().any(|cle| cle == objet.location.as_ref())) {
                self.depot.delete(&objet.location).await?;
                partis += 1;
            }
        }
        Ok(partis)
    }
}

fn empreinte(octets: &[u8]) -> String {
    Sha256::digest(octets).iter().fold(String::with_capacity(64), |mut texte, octet| {
        let _ = write!(texte, "{octet:02x}");
        texte
    })
}

/// Names a file in the transaction of the data: from then on it stays.
///
/// # Errors
/// The engine refused.
pub async fn retenir(tx: &WriteTx, clock: &dyn Clock, depot: &Depot) -> Result<(), DbErr> {
    let Depot { cle, empreinte, taille, genre } = depot;
    let (cle, empreinte, genre, maintenant) = (cle.as_str(), empreinte.as_str(), genre.extension(), clock.instant().0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO fichier (cle, empreinte, taille, genre, cree_le) VALUES ({cle}, {empreinte}, {taille}, {genre}, {maintenant})"
    ))
    .await?;
    Ok(())
}

/// Takes a file away; it can come back during [`JOURS_POUR_REVENIR`] days.
///
/// # Errors
/// The engine refused.
pub async fn retirer(tx: &WriteTx, clock: &dyn Clock, cle: &str) -> Result<(), DbErr> {
    let maintenant = clock.instant().0;
    tx.execute_raw(raw_sql!(Postgres, "UPDATE fichier SET retire_le = {maintenant} WHERE cle = {cle}")).await?;
    Ok(())
}

/// Forgets a file for good: the next tidying erases its bytes.
///
/// # Errors
/// The engine refused.
pub async fn effacer(tx: &WriteTx, cle: &str) -> Result<(), DbErr> {
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM fichier WHERE cle = {cle}")).await?;
    Ok(())
}

/// Brings a file back. False when it has left.
///
/// # Errors
/// The engine refused.
pub async fn rendre(tx: &WriteTx, cle: &str) -> Result<bool, DbErr> {
    let resultat = tx.execute_raw(raw_sql!(Postgres, "UPDATE fichier SET retire_le = NULL WHERE cle = {cle}")).await?;
    Ok(resultat.rows_affected() == 1)
}

async fn oublier(tx: &WriteTx, avant: Instant) -> Result<(), DbErr> {
    let avant = avant.0;
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM fichier WHERE retire_le < {avant}")).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Nom {
    cle: String,
}

async fn nommes(db: &impl ConnectionTrait, cles: &[&str]) -> Result<Vec<String>, DbErr> {
    let cles = cles.to_vec();
    let noms =
        Nom::find_by_statement(raw_sql!(Postgres, "SELECT cle FROM fichier WHERE cle IN ({..cles})")).all(db).await?;
    Ok(noms.into_iter().map(|nom| nom.cle).collect())
}

#[cfg(test)]
mod tests {
    use super::{Genre, reconnaitre};
    use rstest::rstest;

    #[rstest]
    #[case("devis.pdf", b"%PDF-1.7\n", Ok(Genre::Pdf))]
    #[case("plan.pdf", b"\x89PNG\r\n\x1a\n0000", Ok(Genre::Png))]
    #[case("liste.CSV", b"a;b\n1;2\n", Ok(Genre::Csv))]
    #[case("note.md", "Épinal".as_bytes(), Ok(Genre::Txt))]
    #[case("page.txt", b"<!DOCTYPE html><script>alert(1)</script>", Err("pas accept"))]
    #[case("devis.pdf", b"MZ\x90\x00\x03", Err("pas accept"))]
    #[case("devis.pdf", b"#!/bin/sh\nrm x", Err("pas accept"))]
    #[case("a.docx", b"PK\x03\x04word/document.xml", Ok(Genre::Docx))]
    #[case("a.docm", b"PK\x03\x04word/document.xml word/vbaProject.bin", Err("pas accept"))]
    #[case("a.zip", b"PK\x03\x04n'importe", Err("pas accept"))]
    #[case("a.pdf", b"", Err("vide"))]
    fn le_genre_se_lit_dans_les_octets(#[case] nom: &str, #[case] octets: &[u8], #[case] attendu: Result<Genre, &str>) {
        match (reconnaitre(nom, octets), attendu) {
            (Err(raison), Err(extrait)) => assert!(raison.contains(extrait), "{raison}"),
            (lu, attendu) => assert_eq!(lu.ok(), attendu.ok(), "{nom}"),
        }
    }
}
