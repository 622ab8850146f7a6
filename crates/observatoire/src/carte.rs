//! Published projects on a map of the communes, and the same as a table.

use askama::Template;
use axum::http::header;
use axum::response::IntoResponse;
use domain::code::CodeCommune;
use geo::{Carte, geojson};
use serde_json::json;
use socle::projet;
use std::collections::BTreeMap;
use web::composants::{CarteVive, Cellule, EtatVide, Html, Tableau};
use web::{Cache, Cadre, Instance, Reponse, texte};

/// Projects named under the map, last published first; every commune of a published project is on the map.
const LIMITE: u64 = 100;

#[derive(Template)]
#[template(path = "carte.html")]
struct PageCarte {
    carte: Html,
    vive: CarteVive,
    tableau: Option<Tableau>,
    vide: EtatVide,
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let projets = projet::publics(&tx, None, LIMITE).await?;
    let communes = projet::publics_par_commune(&tx).await?;
    let avec: BTreeMap<&CodeCommune, i64> = communes.iter().map(|publics| (&publics.commune, publics.nombre)).collect();
    let total = communes.iter().filter_map(|publics| u64::try_from(publics.nombre).ok()).sum();
    let titre = format!("Communes où un projet est publié, {}", cadre.identite().collectivite);
    let mut carte = Carte::nouvelle("carte-projets", titre, "Le tableau sous la carte nomme les derniers projets")
        .comptant("projet publié", "projets publiés")
        .jumeau("le tableau");
    for commune in instance.perimetre().communes() {
        let nombre = avec.get(commune).copied().unwrap_or(0);
        let classe = if nombre > 0 { "sel" } else { "commune" };
        carte.commune_comptee(commune, classe, Some(format!("/communes/{commune}")), nombre);
    }
    let page = PageCarte {
        carte: Html(carte.svg()),
        vive: CarteVive::nouvelle(&cadre, "/carte.geojson"),
        tableau: (!projets.is_empty()).then(|| Tableau {
            legende: legende(total),
            colonnes: ["Projet", "Commune", "Étape", "Publié le"].map(str::to_owned).to_vec(),
            lignes: projets
                .iter()
                .map(|p| {
                    vec![
                        Cellule::lien(&format!("/projets/{}", p.reference), &p.titre),
                        Cellule::lien(
                            &format!("/communes/{}", p.commune),
                            instance.referentiel().nom_commune(&p.commune),
                        ),
                        Cellule::texte(p.etape.libelle()),
                        Cellule::texte(texte::jour(instance.jour_de(p.publie_le))),
                    ]
                })
                .collect(),
        }),
        vide: EtatVide {
            titre: "Aucun projet publié pour l’instant".to_owned(),
            texte: "Un projet reste privé tant que ceux qui le portent ne le publient pas.".to_owned(),
            action: Some(("Décrire un projet".to_owned(), "/projets/nouveau".to_owned())),
        },
    };
    cadre.page("Ce qui se fait", &page)?.cache(Cache::Public(300)).repondre()
}

fn legende(total: u64) -> String {
    let publies = texte::accorde(total, "projet publié", "projets publiés");
    if total > LIMITE { format!("{publies} : voici les {LIMITE} derniers") } else { publies }
}

/// GET: contours of the communes of the instance, for the live map.
pub async fn contours(cadre: Cadre) -> Reponse {
    Ok(reponse(geojson::communes(cadre.instance.perimetre().communes()), "public, max-age=86400"))
}

/// GET: published projects, each at the mairie of its commune (never at an address), for the live map.
pub async fn points(cadre: Cadre) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let projets = projet::publics(&tx, None, LIMITE).await?;
    let objets: Vec<_> = projets.iter().filter_map(|projet| point(&cadre.instance, projet)).collect();
    let collection = json!({ "type": "FeatureCollection", "features": objets });
    Ok(reponse(collection.to_string(), "public, max-age=300"))
}

fn point(instance: &Instance, projet: &projet::Publie) -> Option<serde_json::Value> {
    let (lon, lat) = instance.referentiel().commune(&projet.commune)?.mairie?;
    Some(json!({
        "type": "Feature",
        "geometry": { "type": "Point", "coordinates": [lon, lat] },
        "properties": { "nom": projet.titre, "page": format!("/projets/{}", projet.reference) },
    }))
}

fn reponse(corps: String, cache: &'static str) -> axum::response::Response {
    ([(header::CONTENT_TYPE, "application/geo+json"), (header::CACHE_CONTROL, cache)], corps).into_response()
}
