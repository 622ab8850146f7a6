//! Files, catalogue, descriptions, with an invented feature that publishes two tables.

#![expect(clippy::unwrap_used, reason = "a test fails with a line number")]

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::routing::get;
use platform::{Instant, ReadTx};
use serde_json::{Value, json};
use testkit::{Appli, Moteur};
use web::application::Limites;
use web::feature::Route;
use web::ouvert::{Case, Colonne, Etat, Genre, Jeu, Lot};
use web::{Acces, Erreur, Feature, Instance};

const LIGNES: i64 = 1_234;
const PAR_LOT: i64 = 100;

static JEUX: &[Jeu] = &[
    Jeu {
        id: "lieux",
        titre: "Lieux d’essai",
        description: "Des lieux inventés.",
        mots_cles: &["essai"],
        colonnes: &[
            Colonne::texte("numero", "Numéro"),
            Colonne::nouvelle("lon", Genre::Decimal, "Longitude"),
            Colonne::nouvelle("lat", Genre::Decimal, "Latitude"),
        ],
        lieu: Some([1, 2]),
        etat: |tx, instance| Box::pin(etat(tx, instance)),
        lot: |tx, instance, apres| Box::pin(lot(tx, instance, apres)),
    },
    Jeu {
        id: "casse",
        titre: "Une table qui casse",
        description: "Elle ne se lit pas.",
        mots_cles: &[],
        colonnes: &[Colonne::nouvelle("rien", Genre::Texte, "Rien")],
        lieu: None,
        etat: |tx, instance| Box::pin(etat(tx, instance)),
        lot: |_, _, _| Box::pin(async { Err(Erreur::interne("la table casse")) }),
    },
];

async fn etat(_: &ReadTx, instance: &Instance) -> Result<Etat, Erreur> {
    let lignes = u64::try_from(LIGNES).unwrap();
    Ok(Etat { lignes, modifie_le: Some(Instant(0)), empreinte: instance.identite().nom.clone() })
}

async fn lot(_: &ReadTx, _: &Instance, apres: &str) -> Result<Lot, Erreur> {
    let debut: i64 = apres.parse().unwrap_or(0);
    let fin = (debut + PAR_LOT).min(LIGNES);
    Ok(Lot {
        lignes: (debut..fin).map(|n| vec![Case::Texte(n.to_string()), 6.2.into(), 48.7.into()]).collect(),
        suite: (fin < LIGNES).then(|| fin.to_string()),
    })
}

fn publie() -> Feature {
    let route = |chemin, vers| Route { methodes: "GET", chemin, acces: Acces::Public, vers };
    Feature {
        nom: "essai",
        routes: vec![
            route("/api/v1/casse", get(casser)),
            route("/api/v1/panne", get(|| async { Err::<(), _>(Erreur::Indisponible("la base")) })),
            route("/api/v1/lent", get(std::future::pending::<()>)),
        ],
        jeux: JEUX,
        api: Some(|| {
            json!({
                "paths": { "/api/v1/lieux": { "get": {
                    "summary": "Lire les lieux",
                    "parameters": [{ "name": "limite", "description": "Combien" }],
                } } },
                "components": { "schemas": { "Lieu": { "type": "object" } } },
                "tags": [{ "name": "Lieux" }],
            })
        }),
        ..Feature::default()
    }
}

#[expect(clippy::panic, reason = "a page that stops")]
async fn casser() {
    panic!("une page casse");
}

async fn appli() -> Appli {
    Appli::nouvelle(Moteur::Sqlite, vec![opendata::feature(), publie()]).await
}

#[tokio::test]
async fn un_fichier_coule_en_entier_a_une_adresse_stable() {
    let appli = appli().await;
    let mut n = appli.navigateur();
    let csv = n.ouvrir("/donnees/lieux.csv").await;
    assert_eq!(csv.statut, StatusCode::OK);
    assert_eq!(csv.html.lines().count(), 1_235);
    assert!(csv.html.starts_with("numero,lon,lat\r\n0,6.2,48.7\r\n") && csv.html.ends_with("1233,6.2,48.7\r\n"));
    assert_eq!(csv.entetes[header::CONTENT_TYPE], "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.entetes[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(csv.entetes[header::CONTENT_DISPOSITION], "attachment; filename=\"lieux.csv\"");
    assert_eq!(csv.entetes[header::CACHE_CONTROL], "public, max-age=600");
    assert!(!csv.entetes.contains_key(header::SET_COOKIE));
    for (format, media) in [("json", "application/json"), ("geojson", "application/geo+json")] {
        let page = n.ouvrir(&format!("/donnees/lieux.{format}")).await;
        assert_eq!(page.entetes[header::CONTENT_TYPE], media);
        let lu: Value = serde_json::from_str(&page.html).unwrap();
        let lignes = if format == "json" { &lu } else { &lu["features"] };
        assert_eq!(lignes.as_array().unwrap().len(), 1_234, "{format}");
    }
    let parquet = n.ouvrir("/donnees/lieux.parquet").await.octets;
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    for inconnu in ["lieux.exe", "autre", "autre.csv", "casse.geojson", ".csv", "lieux.csv.csv"] {
        assert_eq!(n.ouvrir(&format!("/donnees/{inconnu}")).await.statut, StatusCode::NOT_FOUND, "{inconnu}");
    }
    appli.fin().await;
}

#[tokio::test]
async fn qui_a_deja_le_fichier_ne_le_reprend_pas() {
    let appli = appli().await;
    let mut n = appli.navigateur();
    let etiquette = |page: &testkit::Page| page.entetes[header::ETAG].to_str().unwrap().to_owned();
    let csv = etiquette(&n.ouvrir("/donnees/lieux.csv").await);
    let json = etiquette(&n.ouvrir("/donnees/lieux.json").await);
    assert_ne!(csv, json);
    let encore = n.demander_avec("/donnees/lieux.csv", header::IF_NONE_MATCH, &format!("W/\"autre\", {csv}")).await;
    assert_eq!((encore.statut, encore.octets.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(etiquette(&encore), csv);
    let autre = n.demander_avec("/donnees/lieux.csv", header::IF_NONE_MATCH, &json).await;
    assert_eq!(autre.statut, StatusCode::OK);
    // Approvals lapse with the day: the file of tomorrow is another one.
    appli.horloge.avancer_de_jours(1);
    assert_ne!(etiquette(&n.ouvrir("/donnees/lieux.csv").await), csv);
    appli.fin().await;
}

#[tokio::test]
async fn le_catalogue_et_sa_description_disent_la_meme_chose() {
    let appli = appli().await;
    let mut n = appli.navigateur();
    let page = n.ouvrir("/donnees").await;
    page.exiger("Lieux d’essai")
        .exiger("1 234 lignes")
        .exiger("Licence Ouverte 2.0")
        .exiger("Longitude")
        .exiger("Pour un tableur");
    let fichiers: Vec<String> = page.textes("#t-casse ~ ul a");
    assert_eq!(fichiers.len(), 3, "no map without a place: {fichiers:?}");

    let dcat = n.ouvrir("/donnees/catalogue.jsonld").await;
    assert_eq!(dcat.entetes[header::CONTENT_TYPE], "application/ld+json");
    let dcat: Value = serde_json::from_str(&dcat.html).unwrap();
    assert_eq!(dcat["@type"], "dcat:Catalog");
    let jeux = dcat["dcat:dataset"].as_array().unwrap();
    assert_eq!(jeux.len(), 2);
    let lieux = &jeux[0];
    assert_eq!(lieux["dct:identifier"], "http://terreau.test/donnees/lieux", "made from the id alone");
    n.ouvrir("/donnees/lieux").await.exiger("Lieux d’essai");
    assert_eq!(lieux["dct:modified"]["@value"], "1970-01-01T00:00:00Z");
    for jeu in jeux {
        // What DCAT-AP makes compulsory.
        assert!(jeu["dct:title"]["@value"].is_string() && jeu["dct:description"]["@value"].is_string());
        for distribution in jeu["dcat:distribution"].as_array().unwrap() {
            assert!(distribution["dct:license"]["@id"].as_str().unwrap().contains("etalab"));
            let adresse = distribution["dcat:accessURL"]["@id"].as_str().unwrap();
            let chemin = adresse.strip_prefix("http://terreau.test").unwrap();
            if !chemin.contains("casse") {
                assert_eq!(n.ouvrir(chemin).await.statut, StatusCode::OK, "{chemin}");
            }
        }
    }
    appli.fin().await;
}

#[tokio::test]
async fn les_interfaces_se_decrivent_ensemble() {
    let appli = appli().await;
    let mut n = appli.navigateur();
    let document: Value = serde_json::from_str(&n.ouvrir("/api/v1/openapi.json").await.html).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], "http://terreau.test");
    assert!(document["components"]["schemas"]["Lieu"].is_object());
    let page = n.ouvrir("/api").await;
    page.exiger("Lire les lieux").exiger("GET /api/v1/lieux").exiger("Combien");
    appli.fin().await;
}

#[tokio::test]
async fn un_programme_lit_du_json_meme_quand_le_site_casse() {
    let limites = Limites { delai: Duration::from_millis(200), ..Limites::default() };
    let appli = Appli::avec_limites(Moteur::Sqlite, vec![opendata::feature(), publie()], limites).await;
    let mut n = appli.navigateur();
    for (chemin, statut) in [("/api/v1/casse", 500), ("/api/v1/panne", 503), ("/api/v1/lent", 503)] {
        let page = n.ouvrir(chemin).await;
        assert_eq!(page.statut.as_u16(), statut, "{chemin}");
        assert_eq!(page.entetes[header::CONTENT_TYPE], "application/problem+json", "{chemin}");
        assert_eq!(page.entetes[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{chemin}");
        let corps: Value = serde_json::from_str(&page.html).unwrap();
        assert_eq!(corps["status"], statut, "{chemin}");
        assert!(corps["detail"].as_str().is_some_and(|dit| !dit.contains("casse")), "{corps}");
    }
    appli.fin().await;
}
