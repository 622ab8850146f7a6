//! The sheet of a backup: what is inside, made when and by what.

use std::io::Read as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Sauvegarde, SauvegardeError, fichier};
use crate::colonne::Instant;
use crate::crypto::hexadecimal;
use crate::db::{Db, Moteur};
use crate::migration::Appliquee;

const NOM: &str = "sauvegarde.json";

/// Why it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motif {
    /// By hand.
    Demandee,
    /// Every night.
    Quotidienne,
    /// Before the schema changes.
    AvantMiseAJour,
    /// Before a restoration over existing data.
    AvantRestauration,
}

impl Motif {
    /// As written in the folder's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Demandee => "demandee",
            Self::Quotidienne => "quotidienne",
            Self::AvantMiseAJour => "avant-mise-a-jour",
            Self::AvantRestauration => "avant-restauration",
        }
    }

    /// In words.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Demandee => "Demandée",
            Self::Quotidienne => "De chaque nuit",
            Self::AvantMiseAJour => "Avant une mise à jour",
            Self::AvantRestauration => "Avant une restauration",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MoteurSauve {
    Sqlite,
    Postgres,
}

impl From<Moteur> for MoteurSauve {
    fn from(moteur: Moteur) -> Self {
        match moteur {
            Moteur::Sqlite => Self::Sqlite,
            Moteur::Postgres => Self::Postgres,
        }
    }
}

/// A file of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FichierSauve {
    /// Inside the folder.
    pub chemin: String,
    /// Size.
    pub octets: u64,
    /// Digest.
    pub sha256: String,
}

impl FichierSauve {
    pub(crate) fn mesurer(dossier: &Path, chemin: &str) -> Result<Self, SauvegardeError> {
        let illisible = || fichier(format!("{chemin} ne se lit pas"));
        let mut lu = std::fs::File::open(dossier.join(chemin)).map_err(illisible())?;
        let (mut empreinte, mut octets, mut tampon) = (Sha256::new(), 0_u64, vec![0_u8; 1 << 16]);
        loop {
            let nombre = lu.read(&mut tampon).map_err(illisible())?;
            let Some(morceau) = tampon.get(..nombre).filter(|morceau| !morceau.is_empty()) else { break };
            empreinte.update(morceau);
            octets += nombre as u64;
        }
        Ok(Self { chemin: chemin.to_owned(), octets, sha256: hexadecimal(&empreinte.finalize()) })
    }

    /// Every file under a folder, by path.
    pub(crate) fn tous(dossier: &Path) -> Result<Vec<Self>, SauvegardeError> {
        let mut chemins = Vec::new();
        parcourir(dossier, "", &mut chemins)?;
        chemins.sort();
        chemins.iter().map(|chemin| Self::mesurer(dossier, chemin)).collect()
    }
}

fn parcourir(dossier: &Path, prefixe: &str, chemins: &mut Vec<String>) -> Result<(), SauvegardeError> {
    let illisible = || fichier(format!("le dossier {} ne se lit pas", dossier.display()));
    for entree in std::fs::read_dir(dossier).map_err(illisible())? {
        let entree = entree.map_err(illisible())?;
        let chemin = format!("{prefixe}{}", entree.file_name().to_string_lossy());
        if entree.path().is_dir() {
            parcourir(&entree.path(), &format!("{chemin}/"), chemins)?;
        } else {
            chemins.push(chemin);
        }
    }
    Ok(())
}

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fiche {
    /// Shape of this sheet.
    pub format: u32,
    /// Version of the program.
    pub programme: String,
    /// When.
    pub faite_le: Instant,
    /// Why.
    pub motif: Motif,
    pub(crate) moteur: MoteurSauve,
    /// PostgreSQL schema; empty for SQLite.
    pub schema: String,
    /// Migrations that the database had.
    pub migrations: Vec<Appliquee>,
    /// Files.
    pub fichiers: Vec<FichierSauve>,
}

impl Fiche {
    pub(crate) fn nouvelle(db: &Db, faite_le: Instant, motif: Motif) -> Self {
        let schema = if db.moteur() == Moteur::Postgres { db.schema().to_owned() } else { String::new() };
        Self {
            format: 1,
            programme: env!("CARGO_PKG_VERSION").to_owned(),
            faite_le,
            motif,
            moteur: db.moteur().into(),
            schema,
            migrations: Vec::new(),
            fichiers: Vec::new(),
        }
    }

    pub(crate) fn lire(dossier: &Path) -> Result<Self, SauvegardeError> {
        let texte = std::fs::read_to_string(dossier.join(NOM))
            .map_err(fichier(format!("{} n’est pas une sauvegarde", dossier.display())))?;
        let fiche: Self = serde_json::from_str(&texte)
            .map_err(|erreur| SauvegardeError::Abimee(format!("{NOM} ne se comprend pas (ligne {})", erreur.line())))?;
        if fiche.format != 1 {
            return Err(SauvegardeError::Refusee(
                "Cette sauvegarde vient d’une version plus récente de Terreau. Mettez Terreau à jour.".to_owned(),
            ));
        }
        Ok(fiche)
    }

    pub(crate) fn ecrire(&self, dossier: &Path) -> Result<(), SauvegardeError> {
        let texte = serde_json::to_string_pretty(self)
            .map_err(|erreur| SauvegardeError::Abimee(format!("{NOM} ne s’écrit pas ({erreur})")))?;
        std::fs::write(dossier.join(NOM), texte)
            .and_then(|()| std::fs::File::open(dossier.join(NOM))?.sync_all())
            .map_err(fichier(format!("{NOM} ne s’écrit pas")))
    }

    /// Size of all files.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.fichiers.iter().map(|fichier| fichier.octets).sum()
    }
}

/// The backups of a folder, newest first. What is not a whole backup is left out.
///
/// # Errors
/// The folder cannot be read.
pub fn lister(dossier: &Path) -> Result<Vec<Sauvegarde>, SauvegardeError> {
    if !dossier.is_dir() {
        return Ok(Vec::new());
    }
    let illisible = || fichier(format!("le dossier {} ne se lit pas", dossier.display()));
    let mut liste = Vec::new();
    for entree in std::fs::read_dir(dossier).map_err(illisible())? {
        let entree = entree.map_err(illisible())?;
        if !entree.file_name().to_string_lossy().starts_with('.') {
            liste.extend(Sauvegarde::lire(&entree.path()).ok());
        }
    }
    liste.sort_by(|a, b| b.fiche.faite_le.cmp(&a.fiche.faite_le).then_with(|| b.dossier.cmp(&a.dossier)));
    Ok(liste)
}
