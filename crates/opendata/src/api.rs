//! The read APIs of the features, described together: one OpenAPI document, and a page that says the same, made from it.

use askama::Template;
use serde_json::{Value, json};
use web::composants::{Cellule, Tableau};
use web::ouvert::pour_tous;
use web::{Cache, Cadre, Instance, Reponse};

/// One document from those of the features: paths and schemas side by side.
fn reunir(instance: &Instance, nom: &str) -> Value {
    let mut reuni = json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("Interface de lecture de {nom}"),
            "version": "1",
            "description": "Lecture seule, gratuite, sans compte. Données sous Licence Ouverte 2.0. Aucune donnée personnelle.",
            "license": { "name": "Licence Ouverte 2.0", "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/" },
        },
        "servers": [{ "url": instance.url("") }],
        "paths": {},
        "components": { "schemas": {} },
        "tags": [],
    });
    for document in instance.maison.features.iter().filter_map(|feature| feature.api).map(|decrire| decrire()) {
        for chemin in ["/paths", "/components/schemas"] {
            let parties = document.pointer(chemin).and_then(Value::as_object).cloned().unwrap_or_default();
            if let Some(cible) = reuni.pointer_mut(chemin).and_then(Value::as_object_mut) {
                cible.extend(parties);
            }
        }
        let tags = document.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
        if let Some(cible) = reuni.get_mut("tags").and_then(Value::as_array_mut) {
            cible.extend(tags);
        }
    }
    reuni
}

/// GET `/api/v1/openapi.json`.
pub async fn document(cadre: Cadre) -> Reponse {
    let corps = serde_json::to_string(&reunir(&cadre.instance, &cadre.identite().nom))?;
    Ok(pour_tous("application/json", 600, corps))
}

struct Operation {
    id: String,
    chemin: String,
    resume: String,
    description: String,
    parametres: Option<Tableau>,
    essai: Option<String>,
}

#[derive(Template)]
#[template(path = "api.html")]
struct PageApi {
    operations: Vec<Operation>,
    document: String,
}

/// GET `/api`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let document = reunir(instance, &cadre.identite().nom);
    let chemins = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let page = PageApi {
        operations: chemins.filter_map(|(chemin, verbes)| Some(operation(chemin, verbes.get("get")?))).collect(),
        document: instance.url("/api/v1/openapi.json"),
    };
    cadre
        .page("Interface de lecture", &page)?
        .fil(&[("Données ouvertes", "/donnees")])
        .cache(Cache::Public(300))
        .repondre()
}

fn mot(objet: &Value, nom: &str) -> String {
    objet.get(nom).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn operation(chemin: &str, decrite: &Value) -> Operation {
    let parametres = decrite.get("parameters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let lignes: Vec<Vec<Cellule>> = parametres
        .iter()
        .map(|parametre| [mot(parametre, "name"), mot(parametre, "description")].map(Cellule::texte).to_vec())
        .collect();
    let resume = mot(decrite, "summary");
    Operation {
        id: chemin.chars().filter(char::is_ascii_alphanumeric).collect(),
        parametres: (!lignes.is_empty()).then(|| Tableau {
            legende: format!("Paramètres : {resume}"),
            colonnes: ["Nom", "Ce que c’est"].map(str::to_owned).to_vec(),
            lignes,
        }),
        resume,
        description: mot(decrite, "description"),
        essai: (!chemin.contains('{')).then(|| chemin.to_owned()),
        chemin: format!("GET {chemin}"),
    }
}
