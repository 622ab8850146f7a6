//! Where each fact of a page comes from, and what of it the public sees.

use platform::Jour;
use web::composants::{Cellule, Tableau};
use web::texte;

use crate::acteur;
use crate::acteur::valeur::{self, retenue};
use crate::vocabulaire::{Champ, Diffusion, Origine};

/// The actor as the public sees it: who asked not to be canvassed shows the contacts that they gave themselves, no other.
pub(crate) fn au_public(acteur: acteur::Model, valeurs: &[valeur::Model]) -> acteur::Model {
    let montre = |champ: Champ| {
        acteur.diffusion == Diffusion::Totale || retenue(valeurs, champ).is_some_and(|v| !v.cachee(acteur.diffusion))
    };
    let (site, courriel, telephone) = (montre(Champ::Site), montre(Champ::Courriel), montre(Champ::Telephone));
    acteur::Model {
        site: acteur.site.filter(|_| site),
        courriel: acteur.courriel.filter(|_| courriel),
        telephone: acteur.telephone.filter(|_| telephone),
        ..acteur
    }
}

/// Where a fact comes from, and since when.
pub(crate) fn source_et_date(source: Origine, du: Option<Jour>) -> String {
    match du {
        Some(du) => format!("{}, {}", source.libelle(), texte::jour(du.0)),
        None => format!("{}, date inconnue", source.libelle()),
    }
}

/// Every current fact with its source and its date. Contacts that may not be shown are not told here either.
pub(super) fn provenance(acteur: &acteur::Model, valeurs: &[valeur::Model]) -> Option<Tableau> {
    let lignes: Vec<Vec<Cellule>> = valeurs
        .iter()
        .filter(|valeur| valeur.courante && !valeur.valeur.is_empty() && !valeur.cachee(acteur.diffusion))
        .map(|valeur| {
            vec![
                Cellule::texte(valeur.champ.libelle()),
                Cellule::texte(&valeur.valeur),
                Cellule::texte(valeur.source.libelle()),
                Cellule::texte(valeur.source_du.map_or_else(|| "non connue".to_owned(), |du| texte::jour(du.0))),
            ]
        })
        .collect();
    (!lignes.is_empty()).then(|| Tableau {
        legende: "Chaque information, avec sa source et sa date".to_owned(),
        colonnes: ["Information", "Valeur", "Source", "Date de la source"].map(str::to_owned).to_vec(),
        lignes,
    })
}
