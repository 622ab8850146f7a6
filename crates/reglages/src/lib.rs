//! The agent who runs the site, without shell; and the pages that say how the site works.
//!
//! - [`identite`]: name, accent colour (contrast checked), contact, host.
//! - [`secteurs`]: dated perimeters, agents in charge, absences and replacements.
//! - [`utilisateurs`]: who acts as what; giving and ending a function of the département.
//! - [`travaux`]: work that failed, replayed from here; health of the service.
//! - [`regles`]: the page of each dated rule.
//! - [`pages`]: help, accessibility, legal notice, personal data, health for the operator.
//! - [`demo`]: the six territories of the demonstration.

pub mod demo;
pub mod identite;
pub mod pages;
pub mod regles;
pub mod secteurs;
pub mod travaux;
pub mod utilisateurs;

use axum::routing::{get, post};
use domain::droit::Action;
use web::feature::{EntreeMenu, Rendu, Route};
use web::{Acces, Feature};

pub(crate) const REGLAGE_CHANGE: &str = "reglage.change";

const RENDUS: &[(&str, Rendu)] = &[(REGLAGE_CHANGE, |_, _| "Réglage modifié".to_owned())];

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        nom: "reglages",
        routes: routes(),
        menu: vec![EntreeMenu {
            rang: 90,
            libelle: "Réglages",
            url: "/reglages",
            acces: Acces::Action(Action::GererLeSite),
        }],
        evenements: RENDUS,
        demo: Some(|instance| Box::pin(demo::semer(instance))),
        ..Feature::default()
    }
}

fn routes() -> Vec<Route> {
    let agent = Acces::Action(Action::GererLeSite);
    let public = |chemin, vers| Route { methodes: "GET", chemin, acces: Acces::Public, vers };
    let route = |methodes, chemin, vers| Route { methodes, chemin, acces: agent, vers };
    vec![
        public("/aide", get(pages::aide)),
        public("/accessibilite", get(pages::accessibilite)),
        public("/mentions-legales", get(pages::mentions_legales)),
        public("/donnees-personnelles", get(pages::donnees_personnelles)),
        public("/sante", get(pages::sante)),
        public("/regles", get(regles::liste)),
        public("/regles/{id}", get(regles::montrer)),
        route("GET", "/reglages", get(pages::reglages)),
        route("GET POST", "/reglages/identite", get(identite::montrer).post(identite::enregistrer)),
        route("GET POST", "/reglages/secteurs", get(secteurs::liste).post(secteurs::creer)),
        route("GET POST", "/reglages/secteurs/{id}", get(secteurs::montrer).post(secteurs::enregistrer)),
        route("POST", "/reglages/secteurs/{id}/agent", post(secteurs::confier)),
        route("POST", "/reglages/absences", post(secteurs::absenter)),
        route("GET POST", "/reglages/utilisateurs", get(utilisateurs::liste).post(utilisateurs::donner)),
        route("POST", "/reglages/utilisateurs/terminer", post(utilisateurs::terminer)),
        route("GET POST", "/reglages/travaux", get(travaux::liste).post(travaux::rejouer)),
    ]
}
