//! Who uses the data folder. The service holds it with others; a restoration holds it alone. The system lets it go with
//! the process, even killed.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::{SauvegardeError, fichier};

/// Held until dropped.
#[derive(Debug)]
pub struct Verrou {
    _fichier: File,
}

impl Verrou {
    /// For the service.
    ///
    /// # Errors
    /// A restoration is under way.
    pub fn partage(donnees: &Path) -> Result<Self, SauvegardeError> {
        let fichier = ouvrir(donnees)?;
        garder(fichier.try_lock_shared(), "Une restauration est en cours. Attendez qu’elle finisse.")?;
        Ok(Self { _fichier: fichier })
    }

    /// For a restoration.
    ///
    /// # Errors
    /// The service runs.
    pub fn exclusif(donnees: &Path) -> Result<Self, SauvegardeError> {
        let fichier = ouvrir(donnees)?;
        garder(fichier.try_lock(), "Le service tourne sur ce dossier. Arrêtez-le d’abord, puis recommencez.")?;
        Ok(Self { _fichier: fichier })
    }
}

fn ouvrir(donnees: &Path) -> Result<File, SauvegardeError> {
    std::fs::create_dir_all(donnees).map_err(fichier(format!("le dossier {} ne se crée pas", donnees.display())))?;
    let chemin = donnees.join("verrou");
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&chemin)
        .map_err(fichier(format!("{} ne s’ouvre pas", chemin.display())))
}

fn garder(resultat: Result<(), TryLockError>, phrase: &str) -> Result<(), SauvegardeError> {
    match resultat {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(SauvegardeError::Refusee(phrase.to_owned())),
        Err(TryLockError::Error(erreur)) => Err(fichier("le verrou ne se prend pas")(erreur)),
    }
}
