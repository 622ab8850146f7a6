//! What everyone sees: the home page, communes, what is done around me. Nothing here is personal.
//!
//! - [`accueil`]: what is this, who can help me, start my project, what is done around me.
//! - [`communes`]: finding a commune (page and JSON for the picker), its page with the panels of the other features;
//!   communes among the results of the search.
//! - [`recherche`]: one search for the whole site, over what each feature lets be found.
//! - [`carte`]: published projects on a map, with its table twin.

pub mod accueil;
pub mod carte;
pub mod communes;
pub mod recherche;

use axum::routing::get;
use web::feature::{EntreeMenu, Route};
use web::{Acces, Feature};

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    let route = |chemin, vers| Route { methodes: "GET", chemin, acces: Acces::Public, vers };
    Feature {
        nom: "observatoire",
        routes: vec![
            route("/", get(accueil::montrer)),
            route("/communes", get(communes::chercher)),
            route("/communes.json", get(communes::completer)),
            route("/communes/{code}", get(communes::montrer)),
            route("/communes.geojson", get(carte::contours)),
            route("/carte", get(carte::montrer)),
            route("/carte.geojson", get(carte::points)),
            route("/recherche", get(recherche::montrer)),
            route("/structures.json", get(recherche::structures)),
        ],
        sources: communes::SOURCES,
        menu: vec![
            EntreeMenu { rang: 40, libelle: "Communes", url: "/communes", acces: Acces::Public },
            EntreeMenu { rang: 50, libelle: "Ce qui se fait", url: "/carte", acces: Acces::Public },
        ],
        ..Feature::default()
    }
}
