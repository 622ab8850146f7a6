//! Actors, by the way that real ones come: Sirene stock files, then the import of the directory.

use annuaire::generateur;
use annuaire::import::commande::{Options, importer as importer_fichiers};
use annuaire::import::preparation::SANS_PROGRES;
use anyhow::Context;

use super::Monde;

/// Gives the report of the import.
pub(super) async fn importer(monde: &Monde<'_>) -> anyhow::Result<String> {
    let dossier = monde.instance.dossiers.donnees.join("sirene-exemple");
    let fichiers = generateur::Options {
        acteurs: monde.volume.acteurs,
        autour: 0,
        departement: monde.instance.collectivite.code.clone(),
        dossier: dossier.clone(),
    };
    fichiers.generer().context("Les fichiers d’exemple ne peuvent pas être écrits.")?;
    let fichiers = ["StockUniteLegale_exemple.csv", "StockEtablissement_exemple.csv"].map(|nom| dossier.join(nom));
    let options = Options { fichiers: fichiers.to_vec(), essai: false, liste_du: None };
    let rapport = importer_fichiers(monde.instance, &options, SANS_PROGRES).await?;
    std::fs::remove_dir_all(&dossier)?;
    Ok(rapport.texte)
}
