//! Levers: what helps a project, for whom, on which conditions, with the reasons.
//!
//! - [`levier`]: a lever, its criteria, the matching with a project; its pages, its edition by the agents, its history.
//! - [`catalogue`]: the sheets shipped in the program (national seeds, demonstration).
//! - [`forme`]: legal forms, proposed when the bearer is not decided.
//! - [`essai`]: forty labelled projects, to try a sheet before publishing it and to measure the matching.
//! - [`ouvert`]: the sheets as open data.
//! - `recherche`: what of the levers everyone may find.
//! - [`import`]: aids of partners, each feed read through its mapping file.

pub mod catalogue;
pub mod essai;
mod evenements;
pub mod forme;
pub mod import;
pub mod levier;
mod migrations;
pub mod ouvert;
mod propositions;
mod recherche;

use axum::routing::{get, post};
use domain::droit::Action;
use platform::ReadTx;
use serde_json::{Value, json};
use socle::PersonneId;
use web::feature::{Donnees, EntreeMenu, LienReglage, Route};
use web::{Acces, Erreur, Feature};

pub use catalogue::Catalogue;
use levier::edition::{historique, liste, pages as edition};
pub use levier::rules::{Appariement, Exemples, aide, apparier, apparier_tous};
pub use levier::{Condition, Critere, Levier};

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        nom: "leviers",
        migrations: migrations::MIGRATIONS,
        routes: routes(),
        menu: vec![
            EntreeMenu { rang: 30, libelle: "Aides et appuis", url: "/leviers", acces: Acces::Public },
            EntreeMenu {
                rang: 70,
                libelle: "Fiches des aides",
                url: "/reglages/leviers",
                acces: Acces::Action(Action::GererLesLeviers),
            },
        ],
        reglages: vec![LienReglage {
            rang: 50,
            libelle: "Fiches des aides",
            texte: "Relire, corriger, essayer, retirer une aide ; importer celles d’un partenaire.",
            url: "/reglages/leviers",
        }],
        evenements: evenements::RENDUS,
        propositions: Some(|demande| Box::pin(propositions::proposer(demande))),
        sources: recherche::SOURCES,
        init: Some(|instance| {
            Box::pin(
                async move { levier::semis::semer(instance, &Catalogue::embarque().map_err(Erreur::interne)?).await },
            )
        }),
        demo: Some(|instance| {
            Box::pin(async move {
                levier::semis::semer(instance, &Catalogue::demonstration().map_err(Erreur::interne)?).await
            })
        }),
        export: Some(|tx, personne| Box::pin(export(tx, personne))),
        donnees: &[Donnees {
            quoi: "Agents : les versions de fiches d’aides que vous écrivez, et leur date",
            pourquoi: "Savoir qui a changé quoi, et pouvoir revenir en arrière (mission d’intérêt public)",
            duree: "Tant que la fiche existe",
        }],
        jeux: ouvert::JEUX,
        ..Feature::default()
    }
}

async fn export(tx: &ReadTx, personne: &PersonneId) -> Result<Value, Erreur> {
    let ecrites = levier::storage::ecrites_par(tx, personne).await?;
    Ok(ecrites
        .into_iter()
        .map(|e| {
            json!({
                "fiche": e.levier_id, "version": e.numero, "commentaire": e.commentaire,
                "le": e.ecrit_le.timestamp().to_string(),
            })
        })
        .collect())
}

fn routes() -> Vec<Route> {
    let public = |chemin, vers| Route { methodes: "GET", chemin, acces: Acces::Public, vers };
    let agent =
        |methodes, chemin, vers| Route { methodes, chemin, acces: Acces::Action(Action::GererLesLeviers), vers };
    vec![
        public("/leviers", get(levier::pages::liste)),
        public("/leviers/{id}", get(levier::pages::montrer)),
        public("/formes-juridiques", get(forme::liste)),
        public("/formes-juridiques/{id}", get(forme::montrer)),
        agent("GET", "/reglages/leviers", get(liste::montrer)),
        agent("GET POST", "/reglages/leviers/nouveau", get(edition::nouvelle).post(edition::creer)),
        agent("GET POST", "/reglages/leviers/{id}", get(edition::modifier).post(edition::enregistrer)),
        agent("POST", "/reglages/leviers/{id}/retirer", post(edition::retirer)),
        agent("POST", "/reglages/leviers/{id}/proposition", post(liste::choisir)),
        agent("GET", "/reglages/leviers/{id}/historique", get(historique::montrer)),
        agent("POST", "/reglages/leviers/{id}/restaurer", post(historique::restaurer)),
        agent("GET POST", "/reglages/imports/aides", get(import::pages::montrer).post(import::pages::recevoir)),
    ]
}
