//! Directory of the actors of the social and solidarity economy and of what they offer.
//!
//! - [`acteur`]: the projection for reading, establishments, approvals, themes; facts with their provenance.
//! - [`demo`]: the real insertion bodies of the 54 (2020), and invented actors plainly marked.
//! - [`ess`]: part of the ESS or not, by law and in statistics, each with its reason.
//! - [`generateur`]: volume in the official layout of Sirene, for tests and measures.
//! - [`import`]: Sirene stock files, list of insertion bodies, list of ESS France; dry run, report, history.
//! - [`offre`]: what an actor offers, for which themes and stages, where, how it is paid; its screens.
//! - [`liste`]: the public list: search, filters with counts, map, print. [`fiche`]: the page of an actor.
//! - [`exports`]: exactly what is filtered, as a spreadsheet or for a map.
//! - [`propositions`]: offers that may fit a project, each with its reasons.
//! - `recherche`, `panneau`: what the index holds of an actor; actors on the page of a commune.
//! - [`tenue`]: what keeps it true: corrections, yearly confirmation, questions when sources differ.
//! - [`portrait`]: what a territory has and misses, as a page and a sheet. [`integrer`]: the list on another site.
//! - [`ouvert`]: what everyone may take: the open table, the read API, the feed of new actors.
//! - [`alertes`]: searches that a person keeps, and what is new in them, by mail.
//! - `activite`: divisions of the NAF, for a filter.
//! - [`vocabulaire`]: closed vocabularies of the directory.

mod acces;
pub mod acteur;
mod activite;
pub mod alertes;
mod demo;
pub mod ess;
mod evenements;
pub mod exports;
pub mod fiche;
pub mod generateur;
pub mod import;
pub mod integrer;
pub mod liste;
mod migrations;
pub mod offre;
pub mod ouvert;
mod panneau;
pub mod portrait;
pub mod propositions;
mod recherche;
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
                quoi: "Dans l’annuaire : le nom de la structure, ses adresses, et les contacts qu’elle a donnés ou rendus publics",
                pourquoi: "Faire connaître les acteurs de l’économie sociale et solidaire (mission d’intérêt public). Une \
                       structure en diffusion partielle n’a ni adresse ni contact publiés, sauf ceux qu’elle a donnés",
                duree: "Tant que la structure est en activité, ou jusqu’à ce qu’elle demande son retrait. Sans nouvelles \
                    pendant deux ans, la fiche n’est plus montrée",
            },
            Donnees {
                quoi: "Les recherches dans l’annuaire que vous gardez, et la date du dernier courriel",
                pourquoi: "Les retrouver, vous dire ce qui est nouveau si vous le demandez",
                duree: "Jusqu’à ce que vous les supprimiez, ou que vous effaciez votre compte",
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
                texte: "Sirene, structures d’insertion, liste d’ESS France : voir ce qui change, puis l’enregistrer.",
                url: "/reglages/imports/annuaire",
            },
            LienReglage {
                rang: 61,
                libelle: "Portraits de territoire",
                texte: "Choisir les thèmes surveillés, et à partir de combien de kilomètres un acteur manque.",
                url: "/reglages/annuaire/portrait",
            },
        ],
        taches: vec![
            Tache::nouvelle(tenue::relance::SUJET, tenue::relance::chaque_jour),
            Tache::nouvelle(alertes::envoi::SUJET, alertes::envoi::chaque_jour),
        ],
        periodiques: &[tenue::relance::CHAQUE_JOUR, alertes::envoi::CHAQUE_JOUR],
        export: Some(|tx, personne| Box::pin(alertes::pages::exporter(tx, personne))),
        effacer: Some(|tx, _, personne| Box::pin(async move { Ok(alertes::storage::oublier(tx, personne).await?) })),
        liens_compte: &[("/annuaire/recherches", "Mes recherches dans l’annuaire, et leurs courriels")],
        demo: Some(|instance| Box::pin(demo::semer(instance))),
        jeux: ouvert::jeu::JEUX,
        api: Some(ouvert::api::document),
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
        route("GET", "/annuaire/portraits", Acces::Public, get(portrait::pages::lister)),
        route("GET", "/annuaire/portrait/{genre}/{code}", Acces::Public, get(portrait::pages::montrer)),
        route("GET", "/annuaire/portrait/{genre}/{code}/imprimer", Acces::Public, get(portrait::pages::imprimer)),
        route(
            "GET POST",
            "/reglages/annuaire/portrait",
            agent,
            get(portrait::parametres::montrer).post(portrait::parametres::enregistrer),
        ),
        route("GET", "/annuaire/nouveautes.rss", Acces::Public, get(ouvert::flux::montrer)),
        route("GET", "/api/v1/acteurs", Acces::Public, get(ouvert::api::lister)),
        route("GET", "/api/v1/acteurs/{reference}", Acces::Public, get(ouvert::api::montrer)),
        route(
            "GET POST",
            "/annuaire/recherches",
            Acces::Connecte,
            get(alertes::pages::lister).post(alertes::pages::garder),
        ),
        route("POST", "/annuaire/recherches/{id}", Acces::Connecte, post(alertes::pages::changer)),
        route(
            "GET POST",
            "/arreter-une-alerte/{secret}",
            objet,
            get(alertes::pages::ouvrir).post(alertes::pages::arreter),
        ),
        route("GET", "/integrer", Acces::Public, get(integrer::montrer)),
        route("GET", "/integrer/annuaire", Acces::Public, get(integrer::encadrer)),
    ]
}
