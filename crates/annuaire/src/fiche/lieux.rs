//! Where an actor is: its addresses, and their map.

use geo::{Carte, Contours, Point};
use web::Instance;
use web::composants::{Cellule, Tableau};

use super::sources::source_et_date;
use crate::acteur::{self, etablissement};
use crate::vocabulaire::Diffusion;

pub(super) fn tableau_des_etablissements(
    instance: &Instance,
    acteur: &acteur::Model,
    etablissements: &[etablissement::Model],
) -> Option<Tableau> {
    let lignes: Vec<Vec<Cellule>> = etablissements
        .iter()
        .map(|etablissement| {
            let nom = etablissement.enseigne.clone().unwrap_or_else(|| acteur.nom.clone());
            let nature = match (etablissement.siege, etablissement.ouvert) {
                (_, false) => "fermé",
                (true, true) => "siège",
                (false, true) => "établissement",
            };
            let commune = instance.referentiel().nom_commune(&etablissement.commune);
            let lieu = if instance.perimetre().contient(&etablissement.commune) {
                Cellule::lien(&format!("/communes/{}", etablissement.commune), commune)
            } else {
                Cellule::texte(commune)
            };
            let adresse = match acteur.diffusion {
                Diffusion::Totale => etablissement.adresse.clone().unwrap_or_else(|| "non connue".to_owned()),
                Diffusion::Partielle => "non publiée".to_owned(),
            };
            vec![
                Cellule::texte(nom),
                Cellule::texte(nature),
                Cellule::texte(adresse),
                lieu,
                Cellule::texte(etablissement.siret.as_deref().unwrap_or("–")),
                Cellule::texte(source_et_date(etablissement.source, etablissement.source_du)),
            ]
        })
        .collect();
    (!lignes.is_empty()).then(|| Tableau {
        legende: "Adresses".to_owned(),
        colonnes: ["Nom", "Nature", "Adresse", "Commune", "SIRET", "Source"].map(str::to_owned).to_vec(),
        lignes,
    })
}

/// The communes of its open establishments among their neighbours; points where the place is known and may be shown.
pub(super) fn carte(instance: &Instance, acteur: &acteur::Model, etablissements: &[etablissement::Model]) -> String {
    let ouverts = || etablissements.iter().filter(|e| e.ouvert && instance.perimetre().contient(&e.commune));
    let mut communes: Vec<_> = ouverts().map(|e| &e.commune).collect();
    communes.sort();
    communes.dedup();
    if communes.is_empty() || communes.len() > 20 {
        return String::new();
    }
    let titre = format!("Où est {}", acteur.nom);
    let mut carte = Carte::nouvelle("carte-acteur", titre, "Le tableau des adresses dit la même chose");
    let mut voisines: Vec<_> = communes.iter().flat_map(|commune| Contours::embarques().voisines(commune)).collect();
    voisines.sort();
    voisines.dedup();
    for voisine in voisines.iter().filter(|voisine| !communes.contains(voisine)) {
        carte.commune(voisine, "commune", Some(format!("/communes/{voisine}")));
    }
    for commune in communes {
        carte.commune(commune, "teinte-2", Some(format!("/communes/{commune}")));
    }
    if acteur.diffusion == Diffusion::Totale {
        for etablissement in ouverts() {
            let Some((lon, lat)) = etablissement.longitude.zip(etablissement.latitude) else { continue };
            let titre = etablissement.enseigne.clone().unwrap_or_else(|| acteur.nom.clone());
            carte.point(Point { lon, lat, titre, lien: None, classe: "point", nombre: 1 });
        }
    }
    carte.svg()
}
