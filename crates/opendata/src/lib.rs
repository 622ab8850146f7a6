//! Open data: the tables that features publish ([`web::ouvert`]), at one stable address in each format, described for those
//! who harvest them; the read APIs of the features, described together. Nothing here knows what a table holds.
//!
//! - [`format`]: CSV, JSON, GeoJSON, Parquet: each takes rows and gives bytes.
//! - [`fichier`]: the files, streamed; who already has one is told so.
//! - [`catalogue`]: the page. [`dcat`]: the same for harvesters. [`api`]: OpenAPI, and its page.

pub mod api;
pub mod catalogue;
pub mod dcat;
pub mod fichier;
pub mod format;

use axum::routing::get;
use web::feature::Route;
use web::{Acces, Feature};

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    let route = |chemin, vers| Route { methodes: "GET", chemin, acces: Acces::Public, vers };
    Feature {
        nom: "opendata",
        routes: vec![
            route("/donnees", get(catalogue::montrer)),
            route("/donnees/catalogue.jsonld", get(dcat::montrer)),
            route("/donnees/{fichier}", get(fichier::telecharger)),
            route("/api", get(api::montrer)),
            route("/api/v1/openapi.json", get(api::document)),
        ],
        ..Feature::default()
    }
}
