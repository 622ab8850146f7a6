//! Directory of the actors of the social and solidarity economy and of what they offer.
//!
//! - `a_decider`: the list of what waits for an agent, and of what was decided.
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
//! - [`doublon`]: one actor, once: pairs found, merge bench, undoing; old references lead to the new one.
//! - `courriel`: what a domain says of who holds it.
//! - [`revendication`]: "c'est ma structure": a person takes a page by a proof that somebody else holds.
//! - [`creation`]: an actor that the directory does not have: made by an agent, or proposed by anyone.
//! - [`moderation`]: corrections proposed by people who are not verified wait for an agent.
//! - [`photo`]: photos of an actor, made small, each with its words.
//! - `donnees`: what is held about people.
//! - [`soi`]: "Ma structure", the door of who represents an actor.
//! - [`tenue`]: what keeps it true: corrections, yearly confirmation, questions when sources differ, their order.
//! - [`portrait`]: what a territory has and misses, as a page and a sheet. [`integrer`]: the list on another site.
//! - [`ouvert`]: what everyone may take: the open table, the read API, the feed of new actors.
//! - [`alertes`]: searches that a person keeps, and what is new in them, by mail.
//! - `activite`: divisions of the NAF, for a filter.
//! - [`vocabulaire`]: closed vocabularies of the directory.

mod a_decider;
mod acces;
pub mod acteur;
mod activite;
pub mod alertes;
pub mod courriel;
pub mod creation;
mod demo;
mod donnees;
pub mod doublon;
pub mod ess;
mod evenements;
pub mod exports;
pub mod fiche;
pub mod generateur;
pub mod import;
pub mod integrer;
pub mod liste;
mod migrations;
pub mod moderation;
pub mod offre;
pub mod ouvert;
mod panneau;
pub mod photo;
pub mod portrait;
pub mod propositions;
pub mod qualite;
mod recherche;
pub mod reseau;
pub mod revendication;
pub mod soi;
pub mod tenue;
pub mod vocabulaire;

use axum::routing::{MethodRouter, get, post};
use domain::droit::{Action, Fonction};
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
        donnees: DONNEES,
        export: Some(|tx, personne| Box::pin(donnees::exporter(tx, personne))),
        effacer: Some(|tx, _, personne| Box::pin(donnees::effacer(tx, personne))),
        reglages: reglages(),
        taches: vec![
            Tache::nouvelle(tenue::relance::SUJET, tenue::relance::chaque_jour),
            Tache::nouvelle(import::depot::SUJET, import::depot::chaque_jour).d_au_plus(import::depot::DUREE_MAX_S),
            Tache::nouvelle(doublon::recherche::SUJET, doublon::recherche::chercher),
            Tache::nouvelle(alertes::envoi::SUJET, alertes::envoi::chaque_jour),
        ],
        periodiques: &[
            tenue::relance::CHAQUE_JOUR,
            import::depot::CHAQUE_JOUR,
            doublon::recherche::CHAQUE_JOUR,
            alertes::envoi::CHAQUE_JOUR,
        ],
        liens_compte: &[
            ("/annuaire/recherches", "Mes recherches dans l’annuaire, et leurs courriels"),
            ("/reseaux", "Mes réseaux : les structures que j’anime"),
        ],
        liens_de_fonction: &[(Fonction::Representant, soi::pages::URL, "Ma structure")],
        demo: Some(|instance| Box::pin(demo::semer(instance))),
        demarrage: Some(|instance| Box::pin(import::preparation::au_demarrage(instance))),
        jeux: ouvert::jeu::JEUX,
        api: Some(ouvert::api::document),
        ..Feature::default()
    }
}

/// What is held about people.
const DONNEES: &[Donnees] = &[
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
    Donnees {
        quoi: "Qui demande à tenir la fiche d’une structure, avec sa preuve ; qui propose une correction, une offre ou une \
               structure à ajouter, et son adresse",
        pourquoi: "Vérifier que cette personne agit pour la structure, et lui répondre (mission d’intérêt public). Qui choisit \
                   la parole d’un réseau est lu par les représentants vérifiés de ce réseau",
        duree: "Tant que le compte existe ; l’adresse d’une personne sans compte, et ce qu’elle proposait d’ajouter, un mois après \
                la réponse",
    },
    Donnees {
        quoi: "Les recherches dans l’annuaire que vous gardez, et la date du dernier courriel",
        pourquoi: "Les retrouver, vous dire ce qui est nouveau si vous le demandez",
        duree: "Jusqu’à ce que vous les supprimiez, ou que vous effaciez votre compte",
    },
];

/// The agents' way to their work.
fn reglages() -> Vec<LienReglage> {
    vec![
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
        LienReglage {
            rang: 61,
            libelle: "Doublons de l’annuaire",
            texte: "Comparer deux fiches qui se ressemblent, les réunir ou les écarter.",
            url: doublon::liste::URL,
        },
        LienReglage {
            rang: 62,
            libelle: "Demandes pour tenir une fiche",
            texte: "Vérifier qui agit pour une structure, imprimer les lettres, accepter ou refuser.",
            url: revendication::agents::URL,
        },
        LienReglage {
            rang: 63,
            libelle: "Propositions pour l’annuaire",
            texte: "Relire les corrections, les offres et les structures proposées par des personnes non vérifiées.",
            url: moderation::examiner::URL,
        },
        LienReglage {
            rang: 58,
            libelle: "Ajouter une structure à l’annuaire",
            texte: "Créer la fiche d’une structure que les listes n’ont pas apportée : on cherche d’abord si elle est déjà là.",
            url: creation::agent::URL,
        },
        LienReglage {
            rang: 64,
            libelle: "Portraits de territoire",
            texte: "Choisir les thèmes surveillés, et à partir de combien de kilomètres un acteur manque.",
            url: "/reglages/annuaire/portrait",
        },
    ]
}

fn routes() -> Vec<Route> {
    routes_publiques().into_iter().chain(routes_des_structures()).chain(routes_des_agents()).collect()
}

/// One route, its methods in words.
fn route(methodes: &'static str, chemin: &'static str, acces: Acces, vers: MethodRouter) -> Route {
    Route { methodes, chemin, acces, vers }
}

/// What everyone sees.
fn routes_publiques() -> Vec<Route> {
    let tous = Acces::Public;
    vec![
        route("GET", "/annuaire", tous, get(liste::pages::montrer)),
        route("GET", "/annuaire/export", tous, get(exports::telecharger)),
        route("GET", "/annuaire/{reference}", tous, get(fiche::montrer)),
        route(
            "GET POST",
            "/annuaire/{reference}/proposer",
            tous,
            get(moderation::proposer::montrer).post(moderation::proposer::envoyer),
        ),
        route(
            "GET POST",
            creation::proposer::URL,
            tous,
            get(creation::proposer::montrer).post(creation::proposer::envoyer),
        ),
        route(
            "GET POST",
            "/annuaire/{reference}/offres/proposer",
            tous,
            get(offre::proposee::demander).post(offre::proposee::envoyer),
        ),
        route("GET", "/annuaire/{reference}/photos/{photo}", tous, get(photo::pages::image)),
        route("GET", "/annuaire/portraits", tous, get(portrait::pages::lister)),
        route("GET", "/annuaire/portrait/{genre}/{code}", tous, get(portrait::pages::montrer)),
        route("GET", "/annuaire/portrait/{genre}/{code}/imprimer", tous, get(portrait::pages::imprimer)),
        route("GET", ouvert::flux::ADRESSE, tous, get(ouvert::flux::montrer)),
        route("GET", "/api/v1/acteurs", tous, get(ouvert::api::lister)),
        route("GET", "/api/v1/acteurs/{reference}", tous, get(ouvert::api::montrer)),
        route("GET", "/integrer", tous, get(integrer::montrer)),
        route("GET", "/integrer/annuaire", tous, get(integrer::encadrer)),
    ]
}

/// What needs to be signed in, to hold an actor, or to hold a link.
fn routes_des_structures() -> Vec<Route> {
    let objet = Acces::SelonObjet;
    vec![
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
        route(
            "GET POST",
            "/annonce-d-un-reseau/{secret}",
            objet,
            get(reseau::annonce::ouvrir).post(reseau::annonce::repondre),
        ),
        route("GET", "/annuaire/{reference}/qualite", objet, get(qualite::pages::montrer)),
        route("GET POST", soi::pages::URL, Acces::Connecte, get(soi::pages::montrer).post(soi::pages::repondre)),
        route("GET", "/reseaux", Acces::Connecte, get(reseau::pages::lister)),
        route("GET POST", "/reseaux/{reference}", objet, get(reseau::pages::montrer).post(reseau::pages::agir)),
        route("GET", "/reseaux/{reference}/export", objet, get(reseau::pages::telecharger)),
        route("POST", "/annuaire/{reference}/offres/{offre}/etat", objet, post(offre::pages::changer_l_etat)),
        route(
            "GET POST",
            "/annuaire/{reference}/revendiquer",
            Acces::Connecte,
            get(revendication::demande::montrer).post(revendication::demande::demander),
        ),
        route(
            "GET POST",
            "/annuaire/{reference}/revendiquer/code",
            Acces::Connecte,
            get(revendication::demande::montrer_code).post(revendication::demande::verifier_code),
        ),
        route(
            "GET POST",
            "/c-est-notre-structure/{secret}",
            objet,
            get(revendication::lien::montrer).post(revendication::lien::repondre),
        ),
        route(
            "GET POST",
            "/annuaire/{reference}/photos",
            objet,
            get(photo::pages::montrer).post(photo::pages::ajouter),
        ),
        route("POST", "/annuaire/{reference}/photos/{photo}/retirer", objet, post(photo::pages::retirer)),
        route(
            "GET POST",
            "/annuaire/{reference}/adresses",
            objet,
            get(tenue::adresses::montrer).post(tenue::adresses::enregistrer),
        ),
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
    ]
}

/// The work of the agents.
fn routes_des_agents() -> Vec<Route> {
    let agent = Acces::Action(Action::GererLeSite);
    vec![
        route("GET POST", "/reglages/annuaire", agent, get(tenue::a_tenir::montrer).post(tenue::a_tenir::trancher)),
        route("GET", "/reglages/annuaire/qualite", agent, get(qualite::a_reparer::montrer)),
        route("GET", "/reglages/annuaire/qualite/export", agent, get(qualite::a_reparer::telecharger)),
        route(
            "GET POST",
            "/reglages/annuaire/campagne",
            agent,
            get(tenue::campagne::montrer).post(tenue::campagne::regler),
        ),
        route("GET", "/reglages/annuaire/campagne/export", agent, get(tenue::injoignables::telecharger)),
        route(
            "GET POST",
            "/reglages/annuaire/fiches/{reference}",
            agent,
            get(tenue::situation::montrer).post(tenue::situation::enregistrer),
        ),
        route(
            "GET POST",
            creation::agent::URL,
            agent,
            get(creation::agent::montrer).post(creation::agent::enregistrer),
        ),
        route("GET", "/reglages/annuaire/sources", agent, get(tenue::sources::montrer)),
        route(
            "GET POST",
            "/reglages/annuaire/fiches/{reference}/agrements",
            agent,
            get(tenue::agreer::montrer).post(tenue::agreer::enregistrer),
        ),
        route("GET", "/reglages/annuaire/agrements", agent, get(tenue::agrements::montrer)),
        route(
            "GET POST",
            "/reglages/annuaire/reseaux",
            agent,
            get(reseau::reglages::montrer).post(reseau::reglages::decider),
        ),
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
        route("GET", "/reglages/imports/annuaire/{id}/export", agent, get(import::pages::telecharger)),
        route("GET POST", doublon::liste::URL, agent, get(doublon::liste::montrer).post(doublon::liste::chercher)),
        route(
            "GET POST",
            "/reglages/annuaire/doublons/{a}/{b}",
            agent,
            get(doublon::banc::montrer).post(doublon::banc::decider),
        ),
        route(
            "GET POST",
            "/reglages/annuaire/reunions/{id}",
            agent,
            get(doublon::faite::montrer).post(doublon::faite::defaire),
        ),
        route("GET", revendication::agents::URL, agent, get(revendication::agents::lister)),
        route(
            "GET POST",
            "/reglages/annuaire/revendications/{id}",
            agent,
            get(revendication::agents::montrer).post(revendication::agents::decider),
        ),
        route("GET", "/reglages/annuaire/revendications/{id}/lettre", agent, get(revendication::agents::lettre)),
        route("GET", moderation::examiner::URL, agent, get(moderation::examiner::lister)),
        route(
            "GET POST",
            "/reglages/annuaire/propositions/{id}",
            agent,
            get(moderation::examiner::montrer).post(moderation::examiner::decider),
        ),
        route(
            "GET POST",
            "/reglages/annuaire/portrait",
            agent,
            get(portrait::parametres::montrer).post(portrait::parametres::enregistrer),
        ),
    ]
}
