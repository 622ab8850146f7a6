//! Putting a backup back. All is checked and prepared beside before anything is replaced.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};

use super::fiche::MoteurSauve;
use super::{
    CLE, Dossiers, FICHIERS, Motif, Sauvegarde, SauvegardeError, Verrou, bloquant, copier, copier_dossier, fichier,
    postgres, sauvegarder, verifier_sqlite,
};
use crate::db::{self, Db, DbOptions, Moteur};
use crate::horloge::Clock;
use crate::migration::{self, Migration};

/// Where a backup goes.
#[derive(Clone, Debug)]
pub struct Cible<'a> {
    /// Database.
    pub base: &'a DbOptions,
    /// Folders.
    pub dossiers: &'a Dossiers,
    /// Migrations that this program knows: it refuses a newer backup.
    pub connues: &'a [Migration],
    /// Replace what is there, after a backup of it.
    pub remplacer: bool,
}

/// Puts a backup back. What was there is backed up first, and that backup is returned.
///
/// # Errors
/// See [`SauvegardeError`]: the service runs, something is there already, the backup is damaged, newer, or of the other
/// engine. What was there is then untouched.
pub async fn restaurer(
    sauvegarde: &Sauvegarde,
    cible: &Cible<'_>,
    clock: &dyn Clock,
) -> Result<Option<Sauvegarde>, SauvegardeError> {
    let _verrou = Verrou::exclusif(&cible.dossiers.donnees)?;
    controler(sauvegarde, cible)?;
    let a_verifier = sauvegarde.clone();
    bloquant(move || a_verifier.verifier()).await?;
    let avant = sauver_l_existant(cible, clock).await?;
    let prets = preparer_fichiers(sauvegarde, cible.dossiers).await?;
    match sauvegarde.fiche.moteur {
        MoteurSauve::Sqlite => restaurer_sqlite(sauvegarde, cible).await?,
        MoteurSauve::Postgres => restaurer_postgres(sauvegarde, cible).await?,
    }
    prets.poser()?;
    Ok(avant)
}

fn controler(sauvegarde: &Sauvegarde, cible: &Cible<'_>) -> Result<(), SauvegardeError> {
    let fiche = &sauvegarde.fiche;
    if fiche.moteur != db::moteur_de(&cible.base.url)?.into() {
        return Err(SauvegardeError::Refusee(
            "Cette sauvegarde vient de l’autre sorte de base (SQLite ou PostgreSQL). Réglez base.url sur la même sorte."
                .to_owned(),
        ));
    }
    migration::restantes(cible.connues, &fiche.migrations).map_err(|erreur| {
        SauvegardeError::Refusee(format!("Ce programme ne peut pas lire cette sauvegarde : {erreur}."))
    })?;
    Ok(())
}

async fn sauver_l_existant(cible: &Cible<'_>, clock: &dyn Clock) -> Result<Option<Sauvegarde>, SauvegardeError> {
    if db::moteur_de(&cible.base.url)? == Moteur::Sqlite && !db::chemin_sqlite(&cible.base.url).exists() {
        return Ok(None);
    }
    let db = Db::ouvrir(cible.base).await?;
    let vide = est_vide(&db).await?;
    if !vide && !cible.remplacer {
        db.fermer().await?;
        return Err(SauvegardeError::Refusee(
            "Il y a déjà des données ici. Pour les remplacer (elles seront d’abord sauvegardées), ajoutez --remplacer."
                .to_owned(),
        ));
    }
    let avant = match vide {
        true => Ok(None),
        false => sauvegarder(&db, cible.dossiers, clock, Motif::AvantRestauration).await.map(Some),
    };
    // Closing moves the write-ahead log into the file.
    db.fermer().await?;
    avant
}

#[derive(FromQueryResult)]
struct Compte {
    nombre: i64,
}

async fn est_vide(db: &Db) -> Result<bool, SauvegardeError> {
    let schema = db.schema();
    let requete = match db.moteur() {
        Moteur::Sqlite => raw_sql!(Sqlite, "SELECT COUNT(*) AS nombre FROM sqlite_master WHERE type = 'table'"),
        Moteur::Postgres => {
            raw_sql!(Postgres, "SELECT COUNT(*) AS nombre FROM information_schema.tables WHERE table_schema = {schema}")
        }
    };
    let compte = Compte::find_by_statement(requete).one(db.lecture()).await?;
    Ok(compte.is_none_or(|compte| compte.nombre == 0))
}

async fn restaurer_sqlite(sauvegarde: &Sauvegarde, cible: &Cible<'_>) -> Result<(), SauvegardeError> {
    let vers = db::chemin_sqlite(&cible.base.url);
    let provisoire = vers.with_extension("restauration");
    if let Some(dossier) = vers.parent() {
        std::fs::create_dir_all(dossier).map_err(fichier(format!("{} ne se crée pas", dossier.display())))?;
    }
    copier(&sauvegarde.base(), &provisoire)?;
    verifier_sqlite(&provisoire).await?;
    // A log left beside would be replayed onto the restored file.
    for suffixe in ["-wal", "-shm"] {
        retirer(&PathBuf::from(format!("{}{suffixe}", vers.display())))?;
    }
    std::fs::rename(&provisoire, &vers).map_err(fichier(format!("{} ne se remplace pas", vers.display())))
}

fn retirer(chemin: &Path) -> Result<(), SauvegardeError> {
    match std::fs::remove_file(chemin) {
        Err(erreur) if erreur.kind() != std::io::ErrorKind::NotFound => {
            Err(fichier(format!("{} ne se retire pas", chemin.display()))(erreur))
        }
        _ => Ok(()),
    }
}

/// The schema that stands is set aside under another name, the backup is restored, then what was set aside goes.
async fn restaurer_postgres(sauvegarde: &Sauvegarde, cible: &Cible<'_>) -> Result<(), SauvegardeError> {
    let (source, vers) = (sauvegarde.fiche.schema.as_str(), cible.base.schema.as_str());
    let de_cote = format!("{vers}_avant_restauration");
    let db = Db::ouvrir(cible.base).await?;
    if existe(&db, &de_cote).await? || (source != vers && existe(&db, source).await?) {
        db.fermer().await?;
        return Err(SauvegardeError::Refusee(format!(
            "La base contient déjà un schéma « {de_cote} » ou « {source} », reste d’une autre restauration ou autre \
             instance. Renommez-le ou retirez-le, puis recommencez."
        )));
    }
    executer(&db, &format!("ALTER SCHEMA {vers} RENAME TO {de_cote}")).await?;
    let remise = postgres::restaurer(db.url(), &sauvegarde.base()).await;
    let suite = match &remise {
        Ok(()) if source == vers => format!("DROP SCHEMA {de_cote} CASCADE"),
        Ok(()) => format!("ALTER SCHEMA {source} RENAME TO {vers}; DROP SCHEMA {de_cote} CASCADE"),
        Err(_) => format!("ALTER SCHEMA {de_cote} RENAME TO {vers}"),
    };
    executer(&db, &suite).await?;
    db.fermer().await?;
    remise
}

async fn existe(db: &Db, schema: &str) -> Result<bool, SauvegardeError> {
    let requete = raw_sql!(Postgres, "SELECT COUNT(*) AS nombre FROM pg_namespace WHERE nspname = {schema}");
    let compte = Compte::find_by_statement(requete).one(db.lecture()).await?;
    Ok(compte.is_some_and(|compte| compte.nombre > 0))
}

async fn executer(db: &Db, sql: &str) -> Result<(), SauvegardeError> {
    let tx = db.begin().await?;
    tx.sans_delai().await?;
    tx.execute_unprepared(sql).await?;
    tx.commit().await?;
    Ok(())
}

/// Files and key copied beside, ready to take their place.
struct Prets {
    donnees: PathBuf,
    fichiers: bool,
    cle: bool,
}

async fn preparer_fichiers(sauvegarde: &Sauvegarde, dossiers: &Dossiers) -> Result<Prets, SauvegardeError> {
    let (de, donnees) = (sauvegarde.dossier.clone(), dossiers.donnees.clone());
    bloquant(move || {
        let nouveau = donnees.join(format!("{FICHIERS}.restauration"));
        let _ = std::fs::remove_dir_all(&nouveau);
        copier_dossier(&de.join(FICHIERS), &nouveau)?;
        let cle = de.join(CLE).exists();
        if cle {
            copier(&de.join(CLE), &donnees.join(format!("{CLE}.restauration")))?;
        }
        Ok(Prets { fichiers: nouveau.is_dir(), donnees, cle })
    })
    .await
}

impl Prets {
    fn poser(self) -> Result<(), SauvegardeError> {
        let (place, ancien) = (self.donnees.join(FICHIERS), self.donnees.join(format!("{FICHIERS}.ancien")));
        let renommer = |de: &Path, vers: &Path| {
            std::fs::rename(de, vers).map_err(fichier(format!("{} ne se remplace pas", vers.display())))
        };
        let _ = std::fs::remove_dir_all(&ancien);
        if place.is_dir() {
            renommer(&place, &ancien)?;
        }
        if self.fichiers {
            renommer(&self.donnees.join(format!("{FICHIERS}.restauration")), &place)?;
        }
        if self.cle {
            renommer(&self.donnees.join(format!("{CLE}.restauration")), &self.donnees.join(CLE))?;
        }
        let _ = std::fs::remove_dir_all(&ancien);
        Ok(())
    }
}
