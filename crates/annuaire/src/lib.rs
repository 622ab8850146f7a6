//! Directory of the actors of the social and solidarity economy and of what they offer.
//!
//! - [`acteur`]: the projection for reading, establishments, approvals, themes; facts with their provenance.
//! - [`demo`]: the real insertion bodies of the 54 (2020), and invented actors plainly marked.
//! - [`ess`]: part of the ESS or not, by law and in statistics, each with its reason.
//! - [`generateur`]: volume in the official layout of Sirene, for tests and measures.
//! - [`import`]: Sirene stock files, RNA, list of insertion bodies, lists of ESS France, ESUS, CRESS; dry run, report, history.
//! - [`offre`]: what an actor offers, for which themes and stages, where, how it is paid; its screens.
//! - [`liste`]: the public list: search, filters with counts, map, print. [`fiche`]: the page of an actor.
//! - [`exports`]: exactly what is filtered, as a spreadsheet or for a map.
//! - [`qualite`]: how complete and fresh a page is, explained to who keeps it; what to repair first.
//! - [`reseau`]: networks and their members: approve a page, write to who must confirm.
//! - [`propositions`]: offers that may fit a project, each with its reasons.
//! - `recherche`, `panneau`: what the index holds of an actor; actors on the page of a commune.
//! - [`tenue`]: what keeps it true: corrections, yearly confirmation, questions when sources differ.
//! - [`vocabulaire`]: closed vocabularies of the directory.

mod acces;
pub mod acteur;
mod demo;
pub mod ess;
mod evenements;
pub mod exports;
pub mod fiche;
pub mod generateur;
pub mod import;
pub mod liste;
mod migrations;
pub mod offre;
mod panneau;
pub mod propositions;
pub mod qualite;
mod recherche;
pub mod reseau;
pub mod tenue;
pub mod vocabulaire;

use axum::routing::{get, post};
use domain::droit::Action;
use platform::worker::Tache;
use web::feature::{Donnees, EntreeMenu, LienReglage, Route};
use web::{Acces, Feature};

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        nom: "annuaire",
        migrations: migrations::MIGRATIONS,
        routes: routes(),
        menu: vec![EntreeMenu { rang: 30, libelle: "Annuaire", url: "/annuaire", acces: Acces::Public }],
        evenements: evenements::RENDUS,
        propositions: Some(|demande| Box::pin(propositions::proposer(demande))),
        sources: recherche::SOURCES,
        panneaux_commune: &[|demande| Box::pin(panneau::commune(demande))],
        regles: ess::fiches::FICHES,
        donnees: &[
            Donnees {
                quoi: "Pour chaque courriel de confirmation d’une fiche : quand il est parti, si son lien a été ouvert, si \
                       la fiche a été confirmée",
                pourquoi: "Mesurer la campagne et ne pas écrire trop souvent (mission d’intérêt public)",
                duree: "Tant que la fiche existe",
            },
            Donnees {
                quoi: "Dans l’annuaire : le nom de la structure, ses adresses, et les contacts qu’elle a donnés ou rendus publics",
                pourquoi: "Faire connaître les acteurs de l’économie sociale et solidaire (mission d’intérêt public). Une \
                       structure en diffusion partielle n’a ni adresse ni contact publiés, sauf ceux qu’elle a donnés",
                duree: "Tant que la structure est en activité, ou jusqu’à ce qu’elle demande son retrait. Sans nouvelles \
                    pendant deux ans, la fiche n’est plus montrée",
            },
        ],
        reglages: vec![
            LienReglage {
                rang: 59,
                libelle: "Tenir l’annuaire à jour",
                texte: "Trancher quand deux sources se contredisent, réveiller les fiches sans nouvelles.",
                url: "/reglages/annuaire",
            },
            LienReglage {
                rang: 60,
                libelle: "Importer l’annuaire",
                texte: "Sirene, RNA, structures d’insertion, listes ESS, ESUS et CRESS : voir ce qui change, puis l’enregistrer.",
                url: "/reglages/imports/annuaire",
            },
        ],
        taches: vec![
            Tache::nouvelle(tenue::relance::SUJET, tenue::relance::chaque_jour),
            Tache::nouvelle(import::depot::SUJET, import::depot::chaque_jour).d_au_plus(import::depot::DUREE_MAX_S),
        ],
        periodiques: &[tenue::relance::CHAQUE_JOUR, import::depot::CHAQUE_JOUR],
        demo: Some(|instance| Box::pin(demo::semer(instance))),
        ..Feature::default()
    }
}

fn routes() -> Vec<Route> {
    let route = |methodes, chemin, acces, vers| Route { methodes, chemin, acces, vers };
    let (objet, agent) = (Acces::SelonObjet, Acces::Action(Action::GererLeSite));
    vec![
        route("GET", "/annuaire", Acces::Public, get(liste::pages::montrer)),
        route("GET", "/annuaire/export", Acces::Public, get(exports::telecharger)),
        route("GET", "/annuaire/{reference}", Acces::Public, get(fiche::montrer)),
        route("GET", "/annuaire/{reference}/offres", objet, get(offre::pages::lister)),
        route(
            "GET POST",
            "/annuaire/{reference}/offres/nouvelle",
            objet,
            get(offre::pages::nouvelle).post(offre::pages::ajouter),
        ),
        route(
            "GET POST",
            "/annuaire/{reference}/offres/{offre}",
            objet,
            get(offre::pages::modifier).post(offre::pages::enregistrer),
        ),
        route(
            "GET POST",
            "/annuaire/{reference}/modifier",
            objet,
            get(tenue::modifier::montrer).post(tenue::modifier::enregistrer),
        ),
        route("POST", "/annuaire/{reference}/confirmer", objet, post(tenue::modifier::confirmer)),
        route(
            "GET POST",
            "/confirmer-une-fiche/{secret}",
            objet,
            get(tenue::relance::ouvrir).post(tenue::relance::confirmer),
        ),
        route("GET POST", "/reglages/annuaire", agent, get(tenue::a_tenir::montrer).post(tenue::a_tenir::trancher)),
        route("GET", "/annuaire/{reference}/qualite", objet, get(qualite::pages::montrer)),
        route("GET", "/reglages/annuaire/qualite", agent, get(qualite::a_reparer::montrer)),
        route("GET", "/reglages/annuaire/qualite/export", agent, get(qualite::a_reparer::telecharger)),
        route(
            "GET POST",
            "/reglages/annuaire/campagne",
            agent,
            get(tenue::campagne::montrer).post(tenue::campagne::regler),
        ),
        route("GET", "/reglages/annuaire/sources", agent, get(acteur::precedence::montrer)),
        route("GET", "/reglages/annuaire/agrements", agent, get(tenue::agrements::montrer)),
        route(
            "GET POST",
            "/reglages/annuaire/reseaux",
            agent,
            get(reseau::reglages::montrer).post(reseau::reglages::decider),
        ),
        route("GET", "/reseaux", Acces::Connecte, get(reseau::pages::lister)),
        route("GET POST", "/reseaux/{reference}", objet, get(reseau::pages::montrer).post(reseau::pages::agir)),
        route("GET", "/reseaux/{reference}/export", objet, get(reseau::pages::telecharger)),
        route("POST", "/annuaire/{reference}/offres/{offre}/etat", objet, post(offre::pages::changer_l_etat)),
        route(
            "GET POST",
            "/reglages/imports/annuaire",
            agent,
            get(import::pages::montrer).post(import::pages::recevoir),
        ),
        route(
            "GET POST",
            "/reglages/imports/annuaire/{id}",
            agent,
            get(import::pages::montrer_un).post(import::pages::decider),
        ),
    ]
}
