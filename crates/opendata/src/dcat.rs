//! The catalogue for harvesters: DCAT-AP 3 as JSON-LD, without anything to fetch elsewhere to understand it. What data.gouv.fr
//! reads is there: a stable identifier, licence on each distribution, media types, contact, frequency.

use serde_json::{Value, json};
use web::identite::Identite;
use web::ouvert::{Etat, Jeu, pour_tous};
use web::{Cadre, Instance, Reponse};

use crate::catalogue::{adresse, etats};
use crate::format::Format;

const LICENCE: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";
const NOM_DE_LA_LICENCE: &str = "Licence Ouverte Version 2.0";

/// A file is written from the database when it is asked for.
const FREQUENCE: &str = "http://publications.europa.eu/resource/authority/frequency/UPDATE_CONT";

/// GET `/donnees/catalogue.jsonld`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let etats = etats(instance).await?;
    let jeux: Vec<Value> = etats.iter().map(|(jeu, etat)| decrire(instance, cadre.identite(), jeu, etat)).collect();
    Ok(pour_tous("application/ld+json", 600, serde_json::to_string(&catalogue(instance, cadre.identite(), &jeux))?))
}

fn fr(texte: impl Into<String>) -> Value {
    json!({ "@language": "fr", "@value": texte.into() })
}

fn editeur(instance: &Instance, identite: &Identite) -> Value {
    json!({ "@id": instance.url("/mentions-legales"), "@type": "foaf:Organization", "foaf:name": fr(&identite.collectivite) })
}

fn catalogue(instance: &Instance, identite: &Identite, jeux: &[Value]) -> Value {
    json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": instance.url("/donnees"),
        "@type": "dcat:Catalog",
        "dct:title": fr(format!("Données ouvertes de {}", identite.nom)),
        "dct:description": fr(format!("Ce que {} publie pour tous : acteurs, projets, aides.", identite.collectivite)),
        "dct:language": { "@id": "http://publications.europa.eu/resource/authority/language/FRA" },
        "dct:publisher": editeur(instance, identite),
        "foaf:homepage": { "@id": instance.url("/donnees") },
        "dcat:dataset": jeux,
    })
}

fn decrire(instance: &Instance, identite: &Identite, jeu: &Jeu, etat: &Etat) -> Value {
    let distributions: Vec<Value> = Format::du(jeu).map(|format| distribution(instance, jeu, format)).collect();
    let mots_cles: Vec<Value> = jeu.mots_cles.iter().map(|mot| fr(*mot)).collect();
    let mut jeu_decrit = json!({
        "@id": instance.url(&format!("/donnees#t-{}", jeu.id)),
        "@type": "dcat:Dataset",
        // Never made from a title: harvesters find the same table again by it.
        "dct:identifier": instance.url(&format!("/donnees/{}", jeu.id)),
        "dct:title": fr(format!("{} – {}", jeu.titre, identite.collectivite)),
        "dct:description": fr(jeu.description),
        "dcat:keyword": mots_cles,
        "dct:accrualPeriodicity": { "@id": FREQUENCE },
        "dct:publisher": editeur(instance, identite),
        "dct:language": { "@id": "http://publications.europa.eu/resource/authority/language/FRA" },
        "dcat:landingPage": { "@id": instance.url(&format!("/donnees#t-{}", jeu.id)), "@type": "foaf:Document" },
        "dcat:distribution": distributions,
    });
    if let Some(objet) = jeu_decrit.as_object_mut() {
        if let Some(le) = etat.modifie_le {
            let le = json!({ "@type": "xsd:dateTime", "@value": le.timestamp().to_string() });
            objet.insert("dct:modified".to_owned(), le);
        }
        if !identite.courriel.is_empty() {
            let contact = json!({
                "@type": "vcard:Kind",
                "vcard:fn": identite.nom,
                "vcard:hasEmail": { "@id": format!("mailto:{}", identite.courriel) },
            });
            objet.insert("dcat:contactPoint".to_owned(), contact);
        }
    }
    jeu_decrit
}

fn distribution(instance: &Instance, jeu: &Jeu, format: Format) -> Value {
    let adresse = instance.url(&adresse(jeu, format));
    let media = format.media().split(';').next().unwrap_or_default();
    json!({
        "@id": adresse,
        "@type": "dcat:Distribution",
        "dct:title": fr(format!("{} ({})", jeu.titre, format.libelle())),
        "dcat:accessURL": { "@id": adresse },
        "dcat:downloadURL": { "@id": adresse },
        "dcat:mediaType": { "@id": format!("http://www.iana.org/assignments/media-types/{media}") },
        "dct:format": { "@id": format!("http://publications.europa.eu/resource/authority/file-type/{}", type_de_fichier(format)) },
        "dct:license": { "@id": LICENCE },
        "dct:rights": { "@type": "dct:RightsStatement", "@id": format!("{adresse}#droits"), "dct:description": fr(NOM_DE_LA_LICENCE) },
    })
}

/// European list of file types.
fn type_de_fichier(format: Format) -> &'static str {
    match format {
        Format::Csv => "CSV",
        Format::Json => "JSON",
        Format::GeoJson => "GEOJSON",
        Format::Parquet => "PARQUET",
    }
}
