//! Actors by commune: a map for the eye, a table for everyone.

use std::collections::BTreeMap;

use domain::code::CodeCommune;
use geo::{Carte, Teintes};
use search::{Requete, Resultat};
use web::Cadre;
use web::composants::{CarteVive, Cellule, Html, Tableau};

use super::autour::Autour;
use super::filtres::{Filtres, Vue};
use crate::recherche::axe;

/// Actors by commune: a map for the eye, a table for everyone. No statement: the counts come from the index.
pub(crate) fn carte(
    cadre: &Cadre,
    filtres: &Filtres,
    requete: &Requete,
    resultat: &Resultat,
) -> (Html, CarteVive, Tableau) {
    let instance = &cadre.instance;
    let gardees: Vec<&Vec<String>> =
        requete.filtres.iter().filter(|f| f.axe == axe::COMMUNE).map(|f| &f.valeurs).collect();
    // The commune axis is counted as if it were not filtered: keep what the filters keep.
    let nombres: BTreeMap<CodeCommune, usize> = resultat
        .facettes
        .get(axe::COMMUNE)
        .into_iter()
        .flatten()
        .filter(|(code, _)| gardees.iter().all(|valeurs| valeurs.contains(code)))
        .filter_map(|(code, nombre)| Some((code.parse().ok()?, *nombre)))
        .collect();
    let adresse = |code: &CodeCommune| {
        Filtres { commune: Some(code.clone()), autour: Autour::Seule, ..filtres.en_vue(Vue::Liste) }.adresse()
    };
    let titre = format!("Communes où est un acteur, {}", cadre.identite().collectivite);
    let mut carte = Carte::nouvelle("carte-acteurs", titre, "Le tableau sous la carte dit la même chose")
        .comptant("acteur", "acteurs")
        .jumeau("le tableau");
    let entier = |nombre: usize| i64::try_from(nombre).unwrap_or(i64::MAX);
    let valeurs: Vec<i64> = nombres.values().copied().map(entier).collect();
    let teintes = Teintes::de(&valeurs, "Acteurs par commune");
    for commune in instance.perimetre().communes() {
        let nombre = nombres.get(commune);
        let combien = nombre.copied().map_or(0, entier);
        carte.commune_comptee(commune, teintes.classe(combien), nombre.map(|_| adresse(commune)), combien);
    }
    let mut lignes: Vec<(&str, &CodeCommune, usize)> =
        nombres.iter().map(|(code, nombre)| (instance.referentiel().nom_commune(code), code, *nombre)).collect();
    lignes.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(b.0)));
    let tableau = Tableau {
        legende: "Acteurs par commune. Un acteur qui a plusieurs adresses compte dans chacune de ses communes."
            .to_owned(),
        colonnes: ["Commune", "Acteurs"].map(str::to_owned).to_vec(),
        lignes: lignes
            .into_iter()
            .map(|(nom, code, nombre)| {
                vec![Cellule::lien(&adresse(code), nom), Cellule::nombre(domain::cents::milliers(nombre as u64))]
            })
            .collect(),
    };
    let points = format!("/annuaire/export?format=geojson&{}", filtres.en_vue(Vue::Liste).chaine());
    (Html(carte.legende(teintes).svg()), CarteVive::nouvelle(cadre, points), tableau)
}
