//! Sign-in, accounts, mandates, sessions, personal data.
//!
//! - [`connexion`]: a code and a link by mail, 24 hours, one use; the same answer whether the address is known or not.
//! - [`compte`]: one's name, sessions, data (export, erasure), "Pour quelle commune ?".
//! - [`collegues`]: who acts for the same organisation: a member confirms a colleague, ends a mandate that is over.
//! - [`mandats`]: for whom one acts; declared, then verified by the official address, a member or an agent.
//! - `structure`: the organisation that they name, one for all who act for it.
//! - [`oidc`]: agents enter with ProConnect or another OpenID Connect provider, where one is configured.
//! - [`personnes`]: who has an account, for the agent who runs the site: functions and their dates, sessions.
//! - [`premier_agent`]: the one-time link printed by `terreau init`.
//! - [`demo`]: entering as an invented person, reading the mails of the demonstration. Only there.

pub mod collegues;
pub mod compte;
pub mod connexion;
pub mod demo;
pub mod epci;
mod evenements;
pub mod mandats;
pub mod oidc;
pub mod personnes;
pub mod premier_agent;
mod structure;

use axum::routing::{get, post};
use domain::droit::Action;
use web::feature::{Donnees, EntreeMenu, LienReglage, Route};
use web::{Acces, Feature};

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        nom: "comptes",
        routes: routes(),
        menu: vec![EntreeMenu {
            rang: 70,
            libelle: "Mandats à vérifier",
            url: "/agents/mandats",
            acces: Acces::Action(Action::VerifierMandats),
        }],
        reglages: vec![LienReglage {
            rang: 121,
            libelle: "Personnes",
            texte: "Chercher un compte, ses fonctions et leurs dates ; fermer ses sessions.",
            url: "/reglages/personnes",
        }],
        evenements: evenements::RENDUS,
        demo: Some(|instance| Box::pin(demo::semer(instance))),
        export: Some(|tx, personne| Box::pin(compte::exporter_identite(tx, personne))),
        donnees: &[
            Donnees {
                quoi: "Votre adresse de courriel, votre nom, votre téléphone si vous le donnez",
                pourquoi: "Vous reconnaître et vous répondre (mission d’intérêt public)",
                duree: "Jusqu’à ce que vous effaciez votre compte",
            },
            Donnees {
                quoi: "Vos fonctions (maire, élu·e, agent…), leurs dates et leur preuve",
                pourquoi: "Savoir qui agit pour quelle structure",
                duree: "La durée du mandat, puis le temps prévu par le visa des Archives départementales",
            },
            Donnees {
                quoi: "Vos connexions : navigateur, début, dernière visite",
                pourquoi: "Fermer une session oubliée",
                duree: "30 jours au plus",
            },
        ],
        ..Feature::default()
    }
}

fn routes() -> Vec<Route> {
    let route = |methodes, chemin, acces, vers| Route { methodes, chemin, acces, vers };
    vec![
        route("GET POST", "/connexion", Acces::Public, get(connexion::montrer).post(connexion::demander)),
        route(
            "GET POST",
            "/connexion/code",
            Acces::Public,
            get(connexion::montrer_code).post(connexion::verifier_code),
        ),
        route(
            "GET POST",
            "/connexion/lien/{secret}",
            Acces::Public,
            get(connexion::montrer_lien).post(connexion::suivre_lien),
        ),
        route("GET", "/connexion/agents", Acces::Public, get(oidc::partir)),
        route("GET", "/connexion/agents/retour", Acces::Public, get(oidc::revenir)),
        route("GET", "/deconnexion/agents", Acces::Public, get(oidc::sortir)),
        route("GET", "/deconnexion/retour", Acces::Public, get(oidc::sorti)),
        route("POST", "/deconnexion", Acces::Connecte, post(connexion::sortir)),
        route("GET POST", "/compte", Acces::Connecte, get(compte::montrer).post(compte::enregistrer)),
        route("POST", "/compte/mandat", Acces::Connecte, post(compte::choisir_mandat)),
        route("POST", "/compte/sessions/fermer", Acces::Connecte, post(compte::fermer_session)),
        route("GET", "/compte/donnees", Acces::Connecte, get(compte::exporter)),
        route("GET POST", "/compte/effacer", Acces::Connecte, get(compte::montrer_effacement).post(compte::effacer)),
        route("GET POST", "/compte/mandats/nouveau", Acces::Connecte, get(mandats::nouveau).post(mandats::declarer)),
        route("GET POST", "/compte/collegues", Acces::Connecte, get(collegues::montrer).post(collegues::agir)),
        route("POST", "/compte/mandats/terminer", Acces::Connecte, post(mandats::terminer)),
        route(
            "GET POST",
            "/agents/mandats",
            Acces::Action(Action::VerifierMandats),
            get(mandats::a_verifier).post(mandats::trancher),
        ),
        route("POST", "/agents/intercommunalites", Acces::Action(Action::VerifierMandats), post(epci::preciser)),
        route("GET", "/reglages/personnes", Acces::Action(Action::GererLeSite), get(personnes::liste)),
        route(
            "GET POST",
            "/reglages/personnes/{id}",
            Acces::Action(Action::GererLeSite),
            get(personnes::montrer).post(personnes::actes::agir),
        ),
        route(
            "GET POST",
            "/premier-agent/{secret}",
            Acces::Public,
            get(premier_agent::montrer).post(premier_agent::entrer),
        ),
        route("GET POST", "/demo", Acces::Demo, get(demo::montrer).post(demo::entrer)),
        route("GET", "/demo/courriels", Acces::Demo, get(demo::courriels)),
    ]
}
