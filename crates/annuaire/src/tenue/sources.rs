//! The order of the sources, shown to agents as [`crate::acteur::precedence`] decides it.

use askama::Template;
use web::composants::{Cellule, Tableau};
use web::{Cadre, Reponse, texte};

use super::FIL;
use crate::acteur::precedence::ORDRES;
use crate::vocabulaire::{Champ, Origine};

#[derive(Template)]
#[template(path = "ordre_des_sources.html")]
struct PageSources {
    ordres: Tableau,
}

/// GET `/reglages/annuaire/sources`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let champs = |champs: &[Champ]| match champs {
        [] => "Toutes les autres informations".to_owned(),
        champs => champs.iter().map(|champ| champ.libelle()).collect::<Vec<_>>().join(", "),
    };
    let lignes = ORDRES.iter().map(|ordre| {
        vec![
            Cellule::texte(champs(ordre.champs)),
            Cellule::texte(en_ordre(ordre.sources)),
            Cellule::texte(ordre.pourquoi),
            Cellule::texte(texte::jour(ordre.depuis)),
        ]
    });
    let page = PageSources {
        ordres: Tableau {
            legende: "Qui est suivi, dans l’ordre".to_owned(),
            colonnes: ["Information", "Sources", "Pourquoi", "Depuis le"].map(str::to_owned).into(),
            lignes: lignes.collect(),
        },
    };
    cadre.page("L’ordre des sources", &page)?.fil(&FIL).repondre()
}

/// The sources, numbered. An agent and the actor share a place: the last who spoke on a field is the only one there.
fn en_ordre(sources: &[Origine]) -> String {
    let ensemble = [Origine::Agent, Origine::Acteur];
    let voisins = sources.windows(2).any(|deux| deux == ensemble);
    let noms = sources.iter().filter_map(|source| match source {
        Origine::Exemple => None,
        Origine::Agent if voisins => {
            Some(format!("{} ou {} : le dernier qui a parlé", Origine::Acteur.libelle(), Origine::Agent.libelle()))
        }
        Origine::Acteur if voisins => None,
        source => Some(source.libelle().to_owned()),
    });
    noms.enumerate().map(|(rang, nom)| format!("{}. {nom}", rang + 1)).collect::<Vec<_>>().join(" ; ")
}
