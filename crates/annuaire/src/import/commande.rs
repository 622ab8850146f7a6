//! `terreau import annuaire FICHIERS…`: Sirene stock files, the SIAE list, the list of ESS France, the RNA, mapped lists.

use std::path::PathBuf;

use jiff::civil::Date;
use web::Instance;

use super::ImportRefuse;
use super::fichier::{Contenu, FichierRecu};
use super::preparation::{Demande, Progres, abandonner, appliquer, preparer};

/// Options of the command.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Fichiers CSV, zip ou gz : stocks Sirene de l’Insee (unités légales, établissements, liens de succession), liste des
    /// SIAE, liste d’ESS France, RNA ; liste ESUS ou d’une chambre régionale (CSV, xlsx, ods), avec sa correspondance .toml.
    #[arg(required = true, value_name = "FICHIER")]
    pub fichiers: Vec<PathBuf>,
    /// Lit et dit ce qui changerait, sans rien enregistrer.
    #[arg(long)]
    pub essai: bool,
    /// Date de la liste (AAAA-MM-JJ), pour ESS France et les listes qui ne la disent pas.
    #[arg(long, value_name = "JOUR")]
    pub liste_du: Option<Date>,
}

/// Imports, and gives the report as text.
///
/// # Errors
/// A file is refused: nothing of it was kept.
pub async fn importer(instance: &Instance, options: &Options, progres: Progres) -> Result<String, ImportRefuse> {
    let fichiers = options.fichiers.iter().map(|chemin| FichierRecu {
        nom: chemin.file_name().unwrap_or(chemin.as_os_str()).to_string_lossy().into_owned(),
        contenu: Contenu::Chemin(chemin.clone()),
    });
    let demande = Demande { fichiers: fichiers.collect(), essai: options.essai, par: None, liste_du: options.liste_du };
    let prepare = preparer(instance, demande, progres).await?;
    let fin = if options.essai {
        abandonner(instance, &prepare.id).await?;
        "Essai : rien n’a été enregistré."
    } else {
        appliquer(instance, &prepare.id, None).await?;
        "L’annuaire est à jour."
    };
    Ok(format!("{}\n{fin}", prepare.rapport.en_texte()))
}
