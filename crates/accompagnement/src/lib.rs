//! Accompaniment: a commune asks, the chargé territorial of its secteur answers within the promised delay.
//!
//! - [`demande`]: the request (rules of the clock, storage, pages of the commune).
//! - [`suivi`]: what the agent does on a project (answer, recommend, note, wait, hand over); the project's panel.
//! - [`appel`]: "Saisir un appel": a project that arrives by telephone, in 60 seconds.
//! - [`invitation`]: "Est-ce bien cela ?": a project that the département wrote down finds who bears it.
//! - [`relation`]: introductions to an actor, who answers by a signed page without account.
//! - [`marche`]: markets planned within 12 months, for the facilitateur: whom to call, and what was done.
//! - `piece`: an attachment is told to the other side.
//! - [`reprise`]: the spreadsheet in use taken over, line by line, undone if need be.
//! - [`tableau`]: the board of the chargé, of the coordination; the same as a list, with acts on several at once.
//! - [`pilotage`]: funnel, delays and the note for the direction; the public delay of answer.

pub mod appel;
pub mod demande;
mod demo;
mod donnees;
mod evenements;
pub mod invitation;
pub mod marche;
mod migrations;
mod piece;
pub mod pilotage;
pub mod relation;
pub mod reprise;
pub mod suivi;
pub mod tableau;

use axum::routing::{get, post};
use domain::droit::Action;
use platform::periodique::Periodique;
use platform::worker::Tache;
use socle::projet;
use web::feature::{Donnees, EntreeMenu, Route};
use web::{Acces, Feature};

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    let menu = |rang, libelle, url, action| EntreeMenu { rang, libelle, url, acces: Acces::Action(action) };
    Feature {
        nom: "accompagnement",
        migrations: migrations::MIGRATIONS,
        routes: routes(),
        menu: vec![
            menu(5, "Tableau de bord", "/tableau", Action::VoirTableauDeBord),
            menu(6, "Saisir un appel", "/saisir", Action::VoirTableauDeBord),
            menu(60, "Pilotage", "/pilotage", Action::Piloter),
            menu(65, "Marchés prévus", "/marches", Action::VoirMarches),
        ],
        demo: Some(|instance| Box::pin(demo::semer(instance))),
        evenements: evenements::RENDUS,
        ecoutes: &[(projet::EVENEMENT_PIECE, |tx, cadre, projet| Box::pin(piece::entendre(tx, cadre, projet)))],
        trouver: Some(|demande| Box::pin(tableau::liste::trouver(demande))),
        taches: vec![piece::tache(), Tache::nouvelle(tableau::lot::MENAGE, tableau::lot::menage)],
        periodiques: &[Periodique { sujet: tableau::lot::MENAGE, heure: 3 }],
        export: Some(|tx, personne| Box::pin(donnees::exporter(tx, personne))),
        effacer: Some(|tx, _, personne| Box::pin(donnees::effacer(tx, personne))),
        attribution: Some(demande::attribution::confie),
        panneaux: &[|demande| Box::pin(suivi::panneau(demande))],
        donnees: &[
            Donnees {
                quoi: "Vos demandes d’accompagnement, les réponses, les recommandations, les notes d’entretien",
                pourquoi: "Vous accompagner (mission d’intérêt public). Les notes disent des faits et vous pouvez les lire",
                duree: "La durée de l’accompagnement, puis selon le visa des Archives départementales",
            },
            Donnees {
                quoi: "Les filtres que garde un agent sur sa liste de demandes",
                pourquoi: "Retrouver sa liste",
                duree: "Jusqu’à ce que la personne les supprime, ou efface son compte",
            },
            Donnees {
                quoi: "Les mises en relation : texte approuvé par vous, réponse de l’acteur",
                pourquoi: "Vous présenter quelqu’un, avec l’accord des deux",
                duree: "La durée de l’accompagnement",
            },
        ],
        attentes: Some(|demande| Box::pin(relation::attendues(demande))),
        purge: Some(|tx, _, projet| Box::pin(suivi::purger(tx, projet))),
        ..Feature::default()
    }
}

fn routes() -> Vec<Route> {
    let route = |methodes, chemin, acces, vers| Route { methodes, chemin, acces, vers };
    let (agents, objet) = (Acces::Action(Action::VoirTableauDeBord), Acces::SelonObjet);
    vec![
        route(
            "GET POST",
            "/projets/{reference}/accompagnement",
            objet,
            get(demande::pages::montrer).post(demande::pages::demander),
        ),
        route("POST", "/projets/{reference}/accompagnement/message", objet, post(suivi::commune::ecrire)),
        route("POST", "/projets/{reference}/accompagnement/recommandation", objet, post(suivi::commune::decider)),
        route("GET POST", "/projets/{reference}/suivi", objet, get(suivi::pages::montrer).post(suivi::actes::agir)),
        route("POST", "/projets/{reference}/relation", objet, post(relation::proposer)),
        route("POST", "/projets/{reference}/relation/approuver", objet, post(relation::approuver)),
        route("GET POST", "/relation/{secret}", objet, get(relation::ouvrir).post(relation::repondre)),
        route("GET POST", "/saisir", agents, get(appel::montrer).post(appel::saisir)),
        route("GET POST", "/est-ce-bien-cela/{secret}", objet, get(invitation::ouvrir).post(invitation::repondre)),
        route("GET", "/tableau", agents, get(tableau::montrer)),
        route("GET", "/tableau/liste", agents, get(tableau::liste::montrer)),
        route("POST", "/tableau/filtres", agents, post(tableau::filtres::agir)),
        route("POST", "/tableau/lot", agents, post(tableau::lot::agir)),
        route("POST", "/tableau/lot/{id}/annuler", agents, post(tableau::lot::annuler)),
        route(
            "GET POST",
            "/tableau/import",
            Acces::Action(Action::Coordonner),
            get(reprise::pages::envoi).post(reprise::pages::envoyer),
        ),
        route(
            "GET POST",
            "/tableau/import/{reference}",
            Acces::Action(Action::Coordonner),
            get(reprise::pages::montrer).post(reprise::pages::reprendre),
        ),
        route(
            "POST",
            "/tableau/import/{reference}/annuler",
            Acces::Action(Action::Coordonner),
            post(reprise::pages::annuler),
        ),
        route(
            "GET POST",
            "/marches",
            Acces::Action(Action::VoirMarches),
            get(marche::pages::montrer).post(marche::pages::noter),
        ),
        route("POST", "/tableau/portefeuille", Acces::Action(Action::Coordonner), post(suivi::confier::transmettre)),
        route("GET", "/pilotage", Acces::Action(Action::Piloter), get(pilotage::montrer)),
        route("GET", "/pilotage/note", Acces::Action(Action::Piloter), get(pilotage::note_imprimee)),
        route("GET", "/delais", Acces::Public, get(pilotage::delais)),
    ]
}
