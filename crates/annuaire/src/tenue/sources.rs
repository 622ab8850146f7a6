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
    let noms = |sources: &[Origine]| {
        let noms = sources.iter().filter(|source| **source != Origine::Exemple).enumerate();
        noms.map(|(rang, source)| format!("{}. {}", rang + 1, source.libelle())).collect::<Vec<_>>().join(" ; ")
    };
    let champs = |champs: &[Champ]| match champs {
        [] => "Toutes les autres informations".to_owned(),
        champs => champs.iter().map(|champ| champ.libelle()).collect::<Vec<_>>().join(", "),
    };
    let lignes = ORDRES.iter().map(|ordre| {
        vec![
            Cellule::texte(champs(ordre.champs)),
            Cellule::texte(noms(ordre.sources)),
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
