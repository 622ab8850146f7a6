//! Backups: one folder each, dated, that holds the database, the files and the signature key, with a sheet that says
//! what is inside (`sauvegarde.json`: program, migrations, digest of every file). Made beside under a provisional name,
//! checked, then renamed: a folder that carries a date is whole.
//!
//! - SQLite: `VACUUM INTO` (a consistent copy while the service runs), then `PRAGMA integrity_check` on the copy.
//! - PostgreSQL: `pg_dump` of the instance's schema (its own snapshot), then `pg_restore --list`.
//! - [`restaurer`]: into an empty place; over an existing one only when told, after a backup of it.
//! - [`rotation`]: which ones may go.

mod fiche;
mod postgres;
mod restauration;
pub mod rotation;
mod verrou;

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DbErr};

pub use fiche::{Fiche, FichierSauve, Motif, lister};
pub use restauration::{Cible, restaurer};
pub use verrou::Verrou;

use crate::db::{self, Db, Moteur};
use crate::horloge::Clock;
use crate::migration;

/// Name of the signature key in the data folder.
pub const CLE: &str = "cle-de-signature";
/// Name of the folder of files in the data folder.
pub const FICHIERS: &str = "fichiers";
const BASE_SQLITE: &str = "base.sqlite";
const BASE_POSTGRES: &str = "base.pgdump";

/// Why a backup or a restoration was not done. Nothing is left half done.
#[derive(Debug, thiserror::Error)]
pub enum SauvegardeError {
    /// A file or a folder.
    #[error("{quoi} : {}", crate::panne::du_fichier(source))]
    Fichier {
        /// What was being done, in words.
        quoi: String,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// The engine refused.
    #[error("la base ne répond pas : {}", crate::panne::de_la_base(.0))]
    Base(#[from] DbErr),
    /// `pg_dump` or `pg_restore` said no.
    #[error("{outil} a échoué : {raison}")]
    Outil {
        /// Program.
        outil: &'static str,
        /// What it said.
        raison: String,
    },
    /// The copy does not hold.
    #[error("la sauvegarde n’est pas bonne : {0}")]
    Abimee(String),
    /// The restoration is refused, with what to do.
    #[error("{0}")]
    Refusee(String),
}

pub(crate) fn fichier(quoi: impl Into<String>) -> impl FnOnce(std::io::Error) -> SauvegardeError {
    let quoi = quoi.into();
    move |source| SauvegardeError::Fichier { quoi, source }
}

/// Where an instance keeps what is not in its database.
#[derive(Clone, Debug)]
pub struct Dossiers {
    /// Signature key, files.
    pub donnees: PathBuf,
    /// Backups.
    pub sauvegardes: PathBuf,
    /// Free bytes under which the disk of the data is said to be almost full.
    pub espace_min: u64,
}

/// A backup on disk.
#[derive(Clone, Debug)]
pub struct Sauvegarde {
    /// Its folder.
    pub dossier: PathBuf,
    /// What it says of itself.
    pub fiche: Fiche,
}

impl Sauvegarde {
    /// Name of its folder.
    #[must_use]
    pub fn nom(&self) -> String {
        self.dossier.file_name().map(|nom| nom.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Reads the sheet of a folder.
    ///
    /// # Errors
    /// It is not a backup.
    pub fn lire(dossier: &Path) -> Result<Self, SauvegardeError> {
        let fiche = Fiche::lire(dossier)?;
        Ok(Self { dossier: dossier.to_owned(), fiche })
    }

    /// Compares every file with the digest written when it was made.
    ///
    /// # Errors
    /// A file is missing or changed.
    pub fn verifier(&self) -> Result<(), SauvegardeError> {
        for attendu in &self.fiche.fichiers {
            let vu = FichierSauve::mesurer(&self.dossier, &attendu.chemin)?;
            if vu != *attendu {
                return Err(SauvegardeError::Abimee(format!("{} a changé depuis qu’il a été écrit", attendu.chemin)));
            }
        }
        Ok(())
    }

    fn base(&self) -> PathBuf {
        self.dossier.join(match self.fiche.moteur {
            fiche::MoteurSauve::Sqlite => BASE_SQLITE,
            fiche::MoteurSauve::Postgres => BASE_POSTGRES,
        })
    }
}

/// Makes a backup while the service runs; checked before it gets its name.
///
/// # Errors
/// See [`SauvegardeError`]; nothing is left behind.
pub async fn sauvegarder(
    db: &Db,
    dossiers: &Dossiers,
    clock: &dyn Clock,
    motif: Motif,
) -> Result<Sauvegarde, SauvegardeError> {
    let maintenant = clock.now();
    let nom = format!("{}-{}", maintenant.strftime("%Y%m%d-%H%M%S"), motif.as_str());
    let (provisoire, definitif) =
        (dossiers.sauvegardes.join(format!(".en-cours-{nom}")), dossiers.sauvegardes.join(&nom));
    if definitif.exists() {
        return Err(SauvegardeError::Refusee(format!("La sauvegarde {nom} existe déjà. Attendez une seconde.")));
    }
    creer_dossier_prive(&dossiers.sauvegardes)?;
    // What a process that died left under the same second.
    let _ = std::fs::remove_dir_all(&provisoire);
    creer_dossier_prive(&provisoire)?;
    let faite = remplir(db, dossiers, &provisoire, Fiche::nouvelle(db, maintenant.into(), motif)).await;
    match faite {
        Ok(fiche) => {
            std::fs::rename(&provisoire, &definitif)
                .map_err(fichier(format!("{} ne se renomme pas", definitif.display())))?;
            synchroniser_dossier(&dossiers.sauvegardes)?;
            Ok(Sauvegarde { dossier: definitif, fiche })
        }
        Err(erreur) => {
            let _ = std::fs::remove_dir_all(&provisoire);
            Err(erreur)
        }
    }
}

async fn remplir(db: &Db, dossiers: &Dossiers, dossier: &Path, mut fiche: Fiche) -> Result<Fiche, SauvegardeError> {
    let tx = db.read().await?;
    fiche.migrations = migration::appliquees(&tx).await?;
    drop(tx);
    match db.moteur() {
        Moteur::Sqlite => copier_sqlite(db, &dossier.join(BASE_SQLITE)).await?,
        Moteur::Postgres => postgres::sauver(db, &dossier.join(BASE_POSTGRES)).await?,
    }
    // After the database: a file that a row names is there, a file too many does no harm.
    let (donnees, vers) = (dossiers.donnees.clone(), dossier.to_owned());
    let fichiers = bloquant(move || {
        if donnees.join(CLE).exists() {
            copier(&donnees.join(CLE), &vers.join(CLE))?;
        }
        copier_dossier(&donnees.join(FICHIERS), &vers.join(FICHIERS))?;
        FichierSauve::tous(&vers)
    })
    .await?;
    fiche.fichiers = fichiers;
    fiche.ecrire(dossier)?;
    Ok(fiche)
}

async fn copier_sqlite(db: &Db, vers: &Path) -> Result<(), SauvegardeError> {
    let chemin = vers.display().to_string().replace('\'', "''");
    db.lecture().execute_unprepared(&format!("VACUUM INTO '{chemin}'")).await?;
    std::fs::File::open(vers)
        .and_then(|copie| copie.sync_all())
        .map_err(fichier("la copie de la base n’atteint pas le disque"))?;
    verifier_sqlite(vers).await
}

/// Opens a copy and asks the engine to read it whole.
async fn verifier_sqlite(chemin: &Path) -> Result<(), SauvegardeError> {
    match db::integrite_sqlite(chemin).await?.as_str() {
        "ok" => Ok(()),
        mal => Err(SauvegardeError::Abimee(format!("la base copiée est abîmée ({mal})"))),
    }
}

/// File work off the threads that answer pages.
async fn bloquant<T: Send + 'static>(
    travail: impl FnOnce() -> Result<T, SauvegardeError> + Send + 'static,
) -> Result<T, SauvegardeError> {
    tokio::task::spawn_blocking(travail)
        .await
        .map_err(|arret| SauvegardeError::Abimee(format!("le travail s’est arrêté ({arret})")))?
}

/// Backups hold personal data: their owner alone reads them.
fn creer_dossier_prive(chemin: &Path) -> Result<(), SauvegardeError> {
    let mut dossier = std::fs::DirBuilder::new();
    dossier.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        dossier.mode(0o700);
    }
    dossier.create(chemin).map_err(fichier(format!("le dossier {} ne se crée pas", chemin.display())))
}

fn synchroniser_dossier(chemin: &Path) -> Result<(), SauvegardeError> {
    std::fs::File::open(chemin)
        .and_then(|dossier| dossier.sync_all())
        .map_err(fichier(format!("le dossier {} n’atteint pas le disque", chemin.display())))
}

fn copier(de: &Path, vers: &Path) -> Result<(), SauvegardeError> {
    std::fs::copy(de, vers)
        .and_then(|_| std::fs::File::open(vers)?.sync_all())
        .map_err(fichier(format!("{} ne se copie pas", de.display())))
}

/// Copies a folder with its sub-folders; nothing when it is not there.
fn copier_dossier(de: &Path, vers: &Path) -> Result<(), SauvegardeError> {
    if !de.is_dir() {
        return Ok(());
    }
    creer_dossier_prive(vers)?;
    let lecture = || fichier(format!("le dossier {} ne se lit pas", de.display()));
    for entree in std::fs::read_dir(de).map_err(lecture())? {
        let entree = entree.map_err(lecture())?;
        let arrivee = vers.join(entree.file_name());
        if entree.path().is_dir() {
            copier_dossier(&entree.path(), &arrivee)?;
        } else {
            copier(&entree.path(), &arrivee)?;
        }
    }
    Ok(())
}
