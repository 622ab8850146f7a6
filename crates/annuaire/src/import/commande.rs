//! `terreau import annuaire FICHIERS…`: Sirene stock files, the SIAE list, the list of ESS France, the RNA, mapped lists.

use std::path::PathBuf;

use jiff::civil::Date;
use web::Instance;

use super::ImportRefuse;
use super::fichier::{Contenu, FichierRecu};
use super::preparation::{Demande, Progres, abandonner, appliquer, preparer};

/// What the command says, and whether all went well.
#[derive(Clone, Debug)]
pub struct Fin {
    /// The report, and what became of it.
    pub texte: String,
    /// False: nothing could be used of what was read, or the import waits for an agent.
    pub faite: bool,
}

/// Options of the command.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Fichiers CSV, zip, gz ou JSON : stocks Sirene de l’Insee (unités légales, établissements, liens de succession), liste des
    /// SIAE, leurs conventions, liste d’ESS France, RNA ; liste ESUS ou d’une chambre régionale (CSV, xlsx, ods), avec sa correspondance .toml.
    #[arg(required = true, value_name = "FICHIER")]
    pub fichiers: Vec<PathBuf>,
    /// Lit et dit ce qui changerait, sans rien enregistrer.
    #[arg(long)]
    pub essai: bool,
    /// Date de la liste (AAAA-MM-JJ), pour ESS France et les listes qui ne la disent ni dedans ni dans leur nom.
    #[arg(long, value_name = "JOUR")]
    pub liste_du: Option<Date>,
}

/// Imports, and gives the report as text. What is doubtful as a whole waits for an agent, on the screen.
///
/// # Errors
/// A file is refused: nothing of it was kept.
pub async fn importer(instance: &Instance, options: &Options, progres: Progres) -> Result<Fin, ImportRefuse> {
    let fichiers = options.fichiers.iter().map(|chemin| FichierRecu {
        nom: chemin.file_name().unwrap_or(chemin.as_os_str()).to_string_lossy().into_owned(),
        contenu: Contenu::Chemin(chemin.clone()),
    });
    let demande = Demande { fichiers: fichiers.collect(), essai: options.essai, par: None, liste_du: options.liste_du };
    let prepare = preparer(instance, demande, progres).await?;
    let (rapport, id) = (&prepare.rapport, &prepare.id);
    let (fin, faite) = if rapport.rien_de_lu() {
        abandonner(instance, id).await?;
        ("Aucune ligne n’a pu être lue : rien n’a été enregistré.".to_owned(), false)
    } else if options.essai {
        abandonner(instance, id).await?;
        ("Essai : rien n’a été enregistré.".to_owned(), true)
    } else if !rapport.retenues.is_empty() {
        let lien = instance.url(&format!("/reglages/imports/annuaire/{id}"));
        (format!("L’import attend l’accord d’un agent : {lien}"), false)
    } else {
        let entre = appliquer(instance, id, None).await?;
        let laissees = entre.laissees.iter().map(|laissee| format!("  Laissée : {}, {}\n", laissee.nom, laissee.motif));
        (format!("{}L’annuaire est à jour.", laissees.collect::<String>()), true)
    };
    Ok(Fin { texte: format!("{}\n{fin}", rapport.en_texte()), faite })
}
