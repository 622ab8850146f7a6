//! Imports without anyone: every morning the folder `annuaire-a-importer`, beside the database, is looked at. What is
//! there is read; what is ordinary enters the directory, the rest waits for an agent. Either way the agents of the site get
//! the report. The operator fills the folder (a file still being copied ends with `.part`).

use std::path::{Path, PathBuf};

use domain::droit::Fonction;
use platform::outbox::ligne;
use platform::periodique::Periodique;
use platform::worker::EchecTravail;
use sea_orm::entity::prelude::*;
use socle::mandat;
use web::{Instance, courriels};

use super::ImportRefuse;
use super::fichier::{Contenu, FichierRecu};
use super::preparation::{Demande, SANS_PROGRES, abandonner, appliquer, preparer};
use super::rapport::Rapport;
use super::rules::{Issue, issue};
use crate::acteur;

/// Subject in the outbox.
pub(crate) const SUJET: &str = "annuaire-depot";
/// When: before the agents arrive.
pub(crate) const CHAQUE_JOUR: Periodique = Periodique { sujet: SUJET, heure: 4 };
/// National files take minutes.
pub(crate) const DUREE_MAX_S: u32 = 7_200;
/// Name of the folder, in that of the data.
pub const DOSSIER: &str = "annuaire-a-importer";
/// Where files go once read.
const LUS: &str = "lus";
/// Where files go that were refused whole.
const REFUSES: &str = "refuses";

/// The folder of an instance.
#[must_use]
pub fn dossier(instance: &Instance) -> PathBuf {
    instance.dossiers.donnees.join(DOSSIER)
}

/// Worker. Files are moved as soon as the import is settled, then the agents are told; one killed before reads them again,
/// and finds nothing new.
pub(crate) async fn chaque_jour(instance: Instance, _: ligne::Model) -> Result<(), EchecTravail> {
    let disque = |erreur: std::io::Error| EchecTravail::Temporaire(format!("dossier {DOSSIER} : {erreur}"));
    let dossier = dossier(&instance);
    let chemins = fichiers(&dossier).map_err(disque)?;
    if chemins.is_empty() {
        return Ok(());
    }
    // Should files not be movable, nothing is read: they would be read again at each try.
    for vers in [LUS, REFUSES] {
        std::fs::create_dir_all(dossier.join(vers)).map_err(disque)?;
    }
    let recus = chemins.iter().map(|chemin| FichierRecu {
        nom: chemin.file_name().unwrap_or(chemin.as_os_str()).to_string_lossy().into_owned(),
        contenu: Contenu::Chemin(chemin.clone()),
    });
    let demande = Demande { fichiers: recus.collect(), essai: false, par: None, liste_du: None };
    let (vers, sujet, texte) = match preparer(&instance, demande, SANS_PROGRES).await {
        Ok(prepare) => {
            let (sujet, texte) = decider(&instance, &prepare.id, &prepare.rapport).await?;
            (LUS, sujet, texte)
        }
        Err(ImportRefuse::Base(erreur)) => return Err(erreur.into()),
        Err(refus) => (REFUSES, "Annuaire : l’import automatique est refusé".to_owned(), format!("{refus}\n")),
    };
    let ranges = ranger(&chemins, &dossier.join(vers));
    let tx = instance.db.begin().await?;
    for agent in mandat::titulaires(&tx, Fonction::AgentSite, instance.aujourd_hui()).await? {
        courriels::prevenir(&tx, &instance, &agent, None, &sujet, &texte).await?;
    }
    tx.commit().await?;
    // Tried again, it would write to everyone again.
    ranges.map_err(|erreur| EchecTravail::Definitif(format!("dossier {DOSSIER} : {erreur}")))
}

/// Lets it in, gives it up, or leaves it waiting. Gives what the agents are told.
async fn decider(instance: &Instance, id: &str, rapport: &Rapport) -> Result<(String, String), EchecTravail> {
    let tx = instance.db.read().await?;
    let connus = acteur::Entity::find().count(&tx).await?;
    drop(tx);
    let echec = |refus: ImportRefuse| EchecTravail::Temporaire(refus.to_string());
    let lien = instance.url(&format!("/reglages/imports/annuaire/{id}"));
    let suite = |rapport: &Rapport| format!("{}\n\nLe rapport : {lien}\n", rapport.en_bref());
    Ok(match issue(rapport, connus) {
        Issue::Rien => {
            abandonner(instance, id).await.map_err(echec)?;
            ("Annuaire : rien de nouveau".to_owned(), suite(rapport))
        }
        Issue::Entre => match appliquer(instance, id, None).await {
            Ok(entre) => ("Annuaire : l’import automatique est enregistré".to_owned(), suite(&entre)),
            Err(refus) => {
                abandonner(instance, id).await.map_err(echec)?;
                return Err(echec(refus));
            }
        },
        Issue::Attend(motif) => {
            let texte = format!("{motif} Rien n’est enregistré avant votre accord.\n\n{}", suite(rapport));
            ("Annuaire : un import attend votre accord".to_owned(), texte)
        }
    })
}

/// Files complete, by name. Folders, hidden files and those being copied are left aside.
fn fichiers(dossier: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !dossier.exists() {
        return Ok(Vec::new());
    }
    let mut chemins = Vec::new();
    for entree in std::fs::read_dir(dossier)? {
        let chemin = entree?.path();
        let nom = chemin.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        if chemin.is_file() && !nom.starts_with('.') && !nom.ends_with(".part") {
            chemins.push(chemin);
        }
    }
    chemins.sort();
    Ok(chemins)
}

/// Moves files; one of the same name, read before, gives its place: the folder does not grow every month.
fn ranger(chemins: &[PathBuf], vers: &Path) -> std::io::Result<()> {
    for chemin in chemins {
        if let Some(nom) = chemin.file_name() {
            std::fs::rename(chemin, vers.join(nom))?;
        }
    }
    Ok(())
}
