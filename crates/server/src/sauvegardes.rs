//! The commands `backup` and `restore`.

use std::path::Path;

use anyhow::{Context, bail};
use platform::configuration::Configuration;
use platform::sauvegarde::{Cible, Motif, Sauvegarde, lister, restaurer, sauvegarder};
use platform::{Db, SystemClock};
use web::Maison;

use crate::features;
use crate::ouverture::{dossiers, options_de_base};

/// Makes a backup; says where.
///
/// # Errors
/// In French, with what to do.
pub async fn sauver(configuration: &Configuration) -> anyhow::Result<String> {
    let db = Db::ouvrir(&options_de_base(configuration)).await.context("La base ne s’ouvre pas.")?;
    let faite = sauvegarder(&db, &dossiers(configuration), &SystemClock, Motif::Demandee).await;
    db.fermer().await.context("La base ne se ferme pas.")?;
    let faite = faite.context("La sauvegarde a échoué")?;
    Ok(format!("Sauvegarde faite et relue : {} ({}).", faite.dossier.display(), taille(faite.fiche.octets())))
}

/// Puts a backup back, or lists them.
///
/// # Errors
/// In French, with what to do.
pub async fn remettre(
    configuration: &Configuration,
    demandee: Option<&str>,
    remplacer: bool,
) -> anyhow::Result<String> {
    let dossiers = dossiers(configuration);
    let connues = lister(&dossiers.sauvegardes)?;
    let Some(demandee) = demandee else {
        return Ok(presenter(&connues, &dossiers.sauvegardes));
    };
    let sauvegarde = trouver(&connues, demandee)?;
    let migrations = Maison::nouvelle(features()).migrations();
    let base = options_de_base(configuration);
    let cible = Cible { base: &base, dossiers: &dossiers, connues: &migrations, remplacer };
    let avant = restaurer(&sauvegarde, &cible, &SystemClock).await?;
    oublier_l_index(configuration)?;
    let mut texte = format!("La sauvegarde {} est en place. Lancez « terreau serve ».", sauvegarde.nom());
    if let Some(avant) = avant {
        texte.push_str(&format!("\nCe qui était là est gardé dans {}.", avant.dossier.display()));
    }
    Ok(texte)
}

/// The index is a cache of the database that was there before: `serve` makes it anew.
fn oublier_l_index(configuration: &Configuration) -> anyhow::Result<()> {
    let index = configuration.donnees.join("recherche");
    match std::fs::remove_dir_all(&index) {
        Err(erreur) if erreur.kind() != std::io::ErrorKind::NotFound => {
            Err(erreur).with_context(|| format!("Le dossier {} ne s’efface pas : effacez-le.", index.display()))
        }
        _ => Ok(()),
    }
}

fn trouver(connues: &[Sauvegarde], demandee: &str) -> anyhow::Result<Sauvegarde> {
    if demandee == "derniere" {
        return connues.first().cloned().context("Il n’y a aucune sauvegarde.");
    }
    if let Some(connue) = connues.iter().find(|s| s.nom() == demandee) {
        return Ok(connue.clone());
    }
    if !Path::new(demandee).is_dir() {
        bail!(
            "« {demandee} » n’est ni une sauvegarde connue ni un dossier. « terreau restore » seul en donne la liste."
        );
    }
    Ok(Sauvegarde::lire(Path::new(demandee))?)
}

fn presenter(connues: &[Sauvegarde], dossier: &Path) -> String {
    if connues.is_empty() {
        return format!("Aucune sauvegarde dans {}. « terreau backup » en fait une.", dossier.display());
    }
    let lignes: Vec<String> = connues
        .iter()
        .map(|s| {
            format!(
                "{}  {}  {}, Terreau {}",
                s.nom(),
                taille(s.fiche.octets()),
                s.fiche.motif.libelle(),
                s.fiche.programme
            )
        })
        .collect();
    format!("{}\n\nPour en remettre une : terreau restore NOM (ou « derniere »).", lignes.join("\n"))
}

/// "12,4 Mo".
fn taille(octets: u64) -> String {
    let dixiemes = octets.div_ceil(100_000);
    format!("{},{} Mo", dixiemes / 10, dixiemes % 10)
}
