//! Actors on a map: contours shaded by how many, points one by one, or circles that say how many; the list below names them, the
//! table of communes says the shades.

use std::collections::{BTreeMap, BTreeSet};

use domain::code::CodeCommune;
use geo::{Carte, Point, Teintes};
use search::{Requete, Resultat};
use web::composants::{CarteVive, Cellule, Html, Tableau};
use web::{Cadre, Instance};

use super::autour::Autour;
use super::filtres::{Filtres, Vue};
use super::storage::Place;
use crate::recherche::axe;
use crate::vocabulaire::Diffusion;

/// Actors drawn one by one at most: beyond, a circle says how many are in each commune.
pub(super) const POINTS_MAX: usize = 300;

/// The drawing, what opens a live one, and actors by commune. No statement: the counts come from the index. `points`: one by
/// one, when they are few enough. `jumeau`: what the page puts after it ("la liste", "le tableau").
pub(crate) fn carte(
    cadre: &Cadre,
    filtres: &Filtres,
    requete: &Requete,
    resultat: &Resultat,
    (points, jumeau): (Option<Vec<Point>>, &'static str),
) -> (Html, CarteVive, Tableau) {
    let instance = &cadre.instance;
    // The commune axis is counted as if it were not filtered: keep what the filters keep.
    let nombres: BTreeMap<CodeCommune, usize> = resultat
        .facettes
        .get(axe::COMMUNE)
        .into_iter()
        .flatten()
        .filter(|(code, _)| gardee(requete, code))
        .filter_map(|(code, nombre)| Some((code.parse().ok()?, *nombre)))
        .collect();
    let adresse = |code: &CodeCommune| {
        Filtres { commune: Some(code.clone()), autour: Autour::Seule, ..filtres.en_vue(Vue::Liste) }.adresse()
    };
    let titre = format!("Où sont les acteurs, {}", cadre.identite().collectivite);
    let dessin = if points.is_some() {
        "Un point est un acteur, un rond dit combien"
    } else {
        "Un rond dit combien d’acteurs"
    };
    let description = format!("{dessin} ; sous la carte, {jumeau} dit la même chose");
    let mut carte = Carte::nouvelle("carte-acteurs", titre, description).comptant("acteur", "acteurs").jumeau(jumeau);
    let entier = |nombre: usize| i64::try_from(nombre).unwrap_or(i64::MAX);
    let valeurs: Vec<i64> = nombres.values().copied().map(entier).collect();
    let teintes = Teintes::de(&valeurs, "Acteurs par commune");
    for commune in instance.perimetre().communes() {
        let nombre = nombres.get(commune);
        let combien = nombre.copied().map_or(0, entier);
        carte.commune_comptee(commune, teintes.classe(combien), nombre.map(|_| adresse(commune)), combien);
    }
    for point in points.unwrap_or_else(|| ronds(instance, &nombres)) {
        carte.point(point);
    }
    let tableau = par_commune(instance, &nombres, adresse);
    let points = format!("/annuaire/export?format=geojson&{}", filtres.en_vue(Vue::Liste).chaine());
    (Html(carte.legende(teintes).svg()), CarteVive::nouvelle(cadre, points), tableau)
}

/// Do the filters keep this commune?
fn gardee(requete: &Requete, code: &str) -> bool {
    let mut par_commune = requete.filtres.iter().filter(|filtre| filtre.axe == axe::COMMUNE);
    par_commune.all(|filtre| filtre.valeurs.iter().any(|valeur| valeur == code))
}

/// So many at the town hall: neighbours join in one circle.
fn ronds(instance: &Instance, nombres: &BTreeMap<CodeCommune, usize>) -> Vec<Point> {
    let rond = |(code, nombre): (&CodeCommune, &usize)| {
        let (lon, lat) = instance.referentiel().commune(code)?.mairie?;
        let titre = instance.referentiel().nom_commune(code).to_owned();
        Some(Point { lon, lat, titre, lien: None, classe: "amas", nombre: *nombre })
    };
    nombres.iter().filter_map(rond).collect()
}

/// A point for each place of each actor that the filters keep: at its address when it may be shown, else at the town hall of
/// its commune.
pub(super) fn points(instance: &Instance, requete: &Requete, places: Vec<Place>) -> Vec<Point> {
    let mut vus = BTreeSet::new();
    let point = |place: Place| {
        let commune = place.lieu.or(place.commune)?;
        if !instance.perimetre().contient(&commune) || !gardee(requete, commune.as_str()) {
            return None;
        }
        let exact = place.longitude.zip(place.latitude).filter(|_| place.diffusion == Diffusion::Totale);
        let (lon, lat) = exact.or(instance.referentiel().commune(&commune)?.mairie)?;
        let lien = format!("/annuaire/{}", place.reference);
        let seul = vus.insert((lien.clone(), lon.to_bits(), lat.to_bits()));
        seul.then_some(Point { lon, lat, titre: place.nom, lien: Some(lien), classe: "point", nombre: 1 })
    };
    places.into_iter().filter_map(point).collect()
}

fn par_commune(
    instance: &Instance,
    nombres: &BTreeMap<CodeCommune, usize>,
    adresse: impl Fn(&CodeCommune) -> String,
) -> Tableau {
    let mut lignes: Vec<(&str, &CodeCommune, usize)> =
        nombres.iter().map(|(code, nombre)| (instance.referentiel().nom_commune(code), code, *nombre)).collect();
    lignes.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(b.0)));
    Tableau {
        legende: "Acteurs par commune. Un acteur qui a plusieurs adresses compte dans chacune de ses communes."
            .to_owned(),
        colonnes: ["Commune", "Acteurs"].map(str::to_owned).to_vec(),
        lignes: lignes
            .into_iter()
            .map(|(nom, code, nombre)| {
                vec![Cellule::lien(&adresse(code), nom), Cellule::nombre(domain::cents::milliers(nombre as u64))]
            })
            .collect(),
    }
}
