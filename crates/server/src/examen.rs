//! What `terreau check` tries beyond the configuration: collectivité, folders, database, schema, backups. Changes nothing.

use std::path::Path;

use domain::referentiel::Referentiel;
use platform::configuration::Configuration;
use platform::espace::Espace;
use platform::panne::{de_la_base, du_fichier};
use platform::sauvegarde::{CLE, lister};
use platform::{Clock as _, Db, Moteur, SystemClock, db, migration};
use web::Maison;

use crate::ouverture::{collectivite_de_la_base, options_de_base};
use crate::{features, ligne};

/// Older than this, a backup is said to be old, seconds.
const VIEILLE_S: i64 = 48 * 3600;

/// What was seen: good news and bad news, each a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examen {
    /// What is well, or simply not there yet.
    pub constats: Vec<String>,
    /// What is wrong, and what to do.
    pub problemes: Vec<String>,
}

/// Looks.
pub async fn examiner(configuration: &Configuration) -> Examen {
    let mut examen = Examen::default();
    collectivite(configuration, &mut examen);
    dossier("donnees", &configuration.donnees, &mut examen);
    dossier("sauvegarde.dossier", &configuration.sauvegardes, &mut examen);
    if configuration.donnees.join(CLE).exists() {
        base(configuration, &mut examen).await;
    } else {
        let ou = configuration.donnees.display();
        examen
            .constats
            .push(format!("Rien n’est encore installé dans {ou} : lancez « terreau init --departement … »."));
    }
    sauvegardes(configuration, &mut examen);
    espace(configuration, &mut examen);
    examen
}

fn espace(configuration: &Configuration, examen: &mut Examen) {
    let existant = configuration.donnees.ancestors().find(|ancetre| ancetre.is_dir()).unwrap_or_else(|| Path::new("."));
    let mo = |octets: u64| octets / 1_000_000;
    match Espace::lire(existant, configuration.limites.espace_libre_octets) {
        Espace::Assez(libre) => examen.constats.push(format!("Place libre pour les données : {} Mo.", mo(libre))),
        Espace::Peu(libre) => examen.problemes.push(format!(
            "donnees : le disque est presque plein ({} Mo libres, il en faut {}). Faites de la place, ou changez \
             limites.espace-libre-mo.",
            mo(libre),
            mo(configuration.limites.espace_libre_octets)
        )),
        Espace::Inconnu => examen.constats.push("La place libre pour les données n’est pas connue.".to_owned()),
    }
}

fn collectivite(configuration: &Configuration, examen: &mut Examen) {
    match &configuration.departement {
        // Read in the database, once there is one.
        None => {}
        Some(code) => match Referentiel::embarque().collectivite(code) {
            Some(collectivite) => examen.constats.push(format!("Collectivité : {}.", collectivite.nom)),
            None => examen.problemes.push(format!(
                "instance.departement : « {code} » n’est pas un département ni une collectivité connue. Écrivez 54, 2A, 20R, 69M, 974…"
            )),
        },
    }
}

/// A folder that is there is writable; one that is not can be made in its parent.
fn dossier(cle: &str, chemin: &Path, examen: &mut Examen) {
    let existant = chemin.ancestors().find(|ancetre| ancetre.is_dir()).unwrap_or_else(|| Path::new("."));
    let temoin = existant.join(format!(".terreau-essai-{}", std::process::id()));
    match std::fs::write(&temoin, "essai") {
        Ok(()) => {
            let _ = std::fs::remove_file(&temoin);
        }
        Err(erreur) => examen.problemes.push(format!(
            "{cle} : {} ne peut pas être écrit ({}). Donnez ce dossier au compte du service.",
            existant.display(),
            du_fichier(&erreur)
        )),
    }
}

async fn base(configuration: &Configuration, examen: &mut Examen) {
    let adresse = configuration.base_url.masquer_url();
    let db = match Db::ouvrir(&options_de_base(configuration)).await {
        Ok(db) => db,
        Err(erreur) => {
            examen.problemes.push(format!("base.url : la base {adresse} ne s’ouvre pas ({}).", de_la_base(&erreur)));
            return;
        }
    };
    if configuration.departement.is_none() {
        match collectivite_de_la_base(&db).await {
            Ok(Some(lue)) => examen.constats.push(format!("Collectivité, lue dans la base : {}.", lue.nom)),
            Ok(None) => {
                examen.constats.push("Aucun département n’est choisi : « terreau init » le demande.".to_owned())
            }
            Err(erreur) => examen.problemes.push(format!("base : {}.", ligne::raconter(&erreur).join(" : "))),
        }
    }
    let liste = Maison::nouvelle(features()).migrations();
    match migration::en_attente(&db, &liste).await {
        Ok(manquantes) if manquantes.is_empty() => {
            examen.constats.push(format!("La base {adresse} répond et son schéma est à jour."));
        }
        Ok(manquantes) => examen.constats.push(format!(
            "La base {adresse} répond. {} mises à jour du schéma seront faites au prochain démarrage, après une sauvegarde.",
            manquantes.len()
        )),
        Err(erreur) => examen.problemes.push(format!("base : {}.", ligne::raconter(&erreur.into()).join(" : "))),
    }
    if db.fermer().await.is_err() {
        examen.problemes.push("base : elle ne se ferme pas proprement.".to_owned());
    }
    if db::moteur_de(configuration.base_url.reveler()).is_ok_and(|moteur| moteur == Moteur::Postgres) {
        outils(examen).await;
    }
}

async fn outils(examen: &mut Examen) {
    for outil in ["pg_dump", "pg_restore"] {
        let lance = tokio::process::Command::new(outil).arg("--version").output().await;
        match lance {
            Ok(sortie) if sortie.status.success() => {
                examen.constats.push(format!("{} est là.", String::from_utf8_lossy(&sortie.stdout).trim()));
            }
            _ => examen.problemes.push(format!(
                "{outil} manque : aucune sauvegarde ne peut se faire. Installez-le : apt-get install postgresql-client."
            )),
        }
    }
}

fn sauvegardes(configuration: &Configuration, examen: &mut Examen) {
    let ou = configuration.sauvegardes.display();
    match lister(&configuration.sauvegardes) {
        Err(erreur) => examen.problemes.push(format!("sauvegarde.dossier : {erreur}.")),
        Ok(liste) => match liste.first() {
            None => examen.constats.push(format!("Aucune sauvegarde dans {ou}. « terreau backup » en fait une.")),
            Some(derniere) if SystemClock.instant().seconds_since(derniere.fiche.faite_le) > VIEILLE_S => {
                examen.problemes.push(format!(
                    "sauvegarde : la dernière ({}) a plus de deux jours. Lancez « terreau backup » et regardez le journal.",
                    derniere.nom()
                ));
            }
            Some(derniere) => examen.constats.push(format!("Dernière sauvegarde : {}.", derniere.nom())),
        },
    }
}
