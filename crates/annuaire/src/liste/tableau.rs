//! Actors as rows: on screen, under the map, on paper.

use web::Instance;
use web::composants::{Cellule, Tableau};

use super::storage::Ligne;

/// The table of these actors.
pub(super) fn tableau(instance: &Instance, lignes: &[Ligne]) -> Tableau {
    Tableau {
        legende: "Acteurs".to_owned(),
        colonnes: ["Nom", "Forme", "Commune", "Thèmes", "Agréments", "ESS selon la loi"].map(str::to_owned).to_vec(),
        lignes: lignes.iter().map(|ligne| en_cellules(instance, ligne)).collect(),
    }
}

fn en_cellules(instance: &Instance, ligne: &Ligne) -> Vec<Cellule> {
    let agrements: Vec<&str> = ligne.agrements().iter().map(|genre| genre.libelle()).collect();
    let nom = if ligne.exemple { format!("{} (exemple)", ligne.nom) } else { ligne.nom.clone() };
    vec![
        Cellule::lien(&format!("/annuaire/{}", ligne.reference), &nom),
        Cellule::texte(ligne.famille.libelle()),
        Cellule::texte(ligne.commune.as_ref().map_or("–", |code| instance.referentiel().nom_commune(code))),
        Cellule::texte(ligne.resume_themes(&instance.locaux().themes).unwrap_or_default()),
        Cellule::texte(agrements.join(", ")),
        Cellule::texte(ligne.ess_loi.libelle()),
    ]
}
