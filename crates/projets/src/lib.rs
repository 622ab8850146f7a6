//! A project described, seen, kept, published. The journey of the person who has an idea.
//!
//! - [`description`]: the two screens, then the money (pages and how a form becomes a project).
//! - [`precisions`]: what is asked later, group by group, when it helps.
//! - [`resultat`]: what fits, with the reasons, and what would remain to pay. Asks every feature for its propositions.
//! - [`fiche`]: the project's page, its panels (other features) and its timeline.
//! - [`garder`]: from a draft without account to a project of one's own; invitation of colleagues; erasing.
//! - [`collegues`]: who has access, an invitation taken back, a project left.
//! - `porteur`: the organisation that bears it, when the description changes.
//! - [`confirmation`]: the mairie, a member or an agent says that the commune really bears it.
//! - [`publication`]: what the public sees, by a dated act of the bearer.
//! - [`pieces`]: the attachments of a project, added, read, taken away.
//! - [`ouvert`]: the published projects as open data.
//! - `recherche`: what of the published projects everyone may find.
//! - [`note`]: note and model délibération for the conseil, to print.

mod acces;
pub mod collegues;
pub mod confirmation;
mod demo;
pub mod description;
mod evenements;
pub mod fiche;
pub mod garder;
mod histoire;
mod migrations;
pub mod note;
pub mod ouvert;
pub mod pieces;
mod porteur;
pub mod precisions;
pub mod publication;
mod recherche;
pub mod resultat;

use axum::routing::{get, post};
use web::feature::{Donnees, EntreeMenu, Route};
use web::{Acces, Feature};

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        nom: "projets",
        migrations: migrations::MIGRATIONS,
        routes: routes(),
        menu: vec![
            EntreeMenu { rang: 10, libelle: "Décrire un projet", url: "/projets/nouveau", acces: Acces::Public },
            EntreeMenu { rang: 20, libelle: "Mes projets", url: "/projets", acces: Acces::Connecte },
        ],
        demo: Some(|instance| Box::pin(demo::semer(instance))),
        evenements: evenements::RENDUS,
        sources: recherche::SOURCES,
        trouver: Some(|demande| Box::pin(recherche::siens(demande))),
        panneaux: &[
            |demande| Box::pin(pieces::panneau(demande)),
            |demande| Box::pin(precisions::panneau(demande)),
            |demande| Box::pin(histoire::panneau(demande)),
        ],
        export: Some(|tx, personne| Box::pin(garder::export(tx, personne))),
        donnees: &[
            Donnees {
                quoi: "Les pièces que vous joignez à un projet : nom, fichier, date",
                pourquoi: "Étudier le projet avec vous (mission d’intérêt public). Elles ne sont jamais publiées",
                duree: "Retirée : trente jours, puis le fichier est effacé. Sinon comme le projet",
            },
            Donnees {
                quoi: "Les projets où une personne vous invite : depuis quand, jusqu’à quand",
                pourquoi: "Vous les montrer, et vous en donner des nouvelles",
                duree: "L’accès : jusqu’à ce que vous quittiez le projet ou qu’on vous en retire. Sa trace : comme le projet",
            },
            Donnees {
                quoi: "Les projets que vous décrivez : titre, commune, ce qui manque, coût, étape",
                pourquoi: "Vous montrer ce qui peut aider et vous accompagner (mission d’intérêt public)",
                duree: "Brouillon sans compte : 30 jours après le dernier changement. Projet gardé : tant que \
                        l’accompagnement dure, puis selon le visa des Archives départementales",
            },
        ],
        jeux: ouvert::JEUX,
        purge: Some(|tx, instance, projet| Box::pin(pieces::purger(tx, instance, projet))),
        ..Feature::default()
    }
}

fn routes() -> Vec<Route> {
    let route = |methodes, chemin, acces, vers| Route { methodes, chemin, acces, vers };
    vec![
        route("GET", "/projets", Acces::SelonObjet, get(garder::mes_projets)),
        route(
            "GET POST",
            "/projets/nouveau",
            Acces::Public,
            get(description::idee::nouveau).post(description::idee::creer),
        ),
        route("GET", "/projets/{reference}", Acces::SelonObjet, get(fiche::montrer)),
        route(
            "GET POST",
            "/projets/{reference}/description",
            Acces::SelonObjet,
            get(description::idee::montrer).post(description::idee::enregistrer),
        ),
        route(
            "GET POST",
            "/projets/{reference}/suite",
            Acces::SelonObjet,
            get(description::situation::montrer).post(description::situation::enregistrer),
        ),
        route(
            "GET POST",
            "/projets/{reference}/precisions",
            Acces::SelonObjet,
            get(description::argent::montrer).post(description::argent::enregistrer),
        ),
        route(
            "GET POST",
            "/projets/{reference}/precisions/{groupe}",
            Acces::SelonObjet,
            get(precisions::montrer).post(precisions::repondre),
        ),
        route("GET", "/projets/{reference}/resultat", Acces::SelonObjet, get(resultat::montrer)),
        route("GET", "/projets/{reference}/note", Acces::SelonObjet, get(note::montrer)),
        route("GET POST", "/projets/{reference}/garder", Acces::SelonObjet, get(garder::montrer).post(garder::garder)),
        route("POST", "/projets/{reference}/effacer", Acces::SelonObjet, post(garder::effacer)),
        route(
            "GET POST",
            "/projets/{reference}/inviter",
            Acces::SelonObjet,
            get(garder::invitation).post(garder::inviter),
        ),
        route("POST", "/projets/{reference}/membres", Acces::SelonObjet, post(collegues::agir)),
        route("POST", "/projets/{reference}/confirmer", Acces::SelonObjet, post(confirmation::confirmer)),
        route("POST", "/projets/{reference}/demander-confirmation", Acces::SelonObjet, post(confirmation::demander)),
        route(
            "GET POST",
            "/confirmation/{secret}",
            Acces::SelonObjet,
            get(confirmation::ouvrir).post(confirmation::repondre),
        ),
        route(
            "GET POST",
            "/projets/{reference}/publier",
            Acces::SelonObjet,
            get(publication::montrer).post(publication::publier),
        ),
        route(
            "GET POST",
            "/projets/{reference}/pieces",
            Acces::SelonObjet,
            get(pieces::pages::montrer).post(pieces::pages::ajouter),
        ),
        route("GET", "/projets/{reference}/pieces/{piece}", Acces::SelonObjet, get(pieces::pages::telecharger)),
        route("POST", "/projets/{reference}/pieces/{piece}/retirer", Acces::SelonObjet, post(pieces::pages::retirer)),
        route("POST", "/projets/{reference}/pieces/{piece}/remettre", Acces::SelonObjet, post(pieces::pages::rendre)),
        route("POST", "/projets/{reference}/partager", Acces::SelonObjet, post(publication::partager)),
        route("POST", "/projets/{reference}/retirer", Acces::SelonObjet, post(publication::retirer)),
    ]
}
