//! An offer as its pages show it.

use web::{Instance, texte};

use super::storage::OffreComplete;
use crate::vocabulaire::GenreTerritoire;

/// An offer as shown.
pub(crate) struct OffreVue {
    pub(crate) titre: String,
    pub(crate) description: String,
    pub(crate) genre: &'static str,
    pub(crate) mode: &'static str,
    pub(crate) themes: String,
    pub(crate) etapes: String,
    pub(crate) territoire: String,
    pub(crate) le: String,
    pub(crate) exemple: bool,
    pub(crate) active: bool,
    /// Short reference, inside the actor.
    pub(crate) reference: String,
}

impl OffreVue {
    pub(crate) fn nouvelle(instance: &Instance, complete: OffreComplete) -> Self {
        let etapes: Vec<&str> = complete.etapes.iter().map(|etape| etape.libelle()).collect();
        Self {
            reference: complete.offre.reference().to_owned(),
            genre: complete.offre.genre.libelle(),
            mode: complete.offre.mode.libelle(),
            themes: instance.locaux().themes.noms(&complete.themes),
            etapes: if etapes.is_empty() { "À toutes les étapes".to_owned() } else { etapes.join(", ") },
            territoire: territoire(instance, &complete.territoires),
            le: texte::jour(instance.jour_de(complete.offre.modifie_le)),
            exemple: complete.offre.exemple,
            active: complete.offre.active,
            titre: complete.offre.titre,
            description: complete.offre.description,
        }
    }
}

/// Where an offer is given, in words.
pub(crate) fn territoire(instance: &Instance, territoires: &[(GenreTerritoire, String)]) -> String {
    if territoires.is_empty() {
        return format!("Tout le territoire ({})", instance.collectivite.nom);
    }
    let noms: Vec<String> = territoires.iter().map(|(genre, code)| nom_du_territoire(instance, *genre, code)).collect();
    noms.join(", ")
}

fn nom_du_territoire(instance: &Instance, genre: GenreTerritoire, code: &str) -> String {
    let referentiel = instance.referentiel();
    let nom = match genre {
        GenreTerritoire::Departement => referentiel.departement(code).map(|d| d.nom),
        GenreTerritoire::Epci => referentiel.epci(code).map(|e| e.nom),
        GenreTerritoire::Commune => code.parse().ok().and_then(|code| referentiel.commune(&code)).map(|c| c.nom),
    };
    nom.unwrap_or(code).to_owned()
}
