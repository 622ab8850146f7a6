//! The agent who runs the site, without shell; and the pages that say how the site works.
//!
//! - [`affichage`]: light, dark, high contrast, chosen by the reader.
//! - [`identite`]: name, accent colour (contrast checked), contact, host.
//! - [`logo`]: the logo of the collectivité, drawn again small.
//! - [`textes`], [`courriels`], [`themes`], [`listes`], [`cantons`], [`calendrier`]: texts of pages and mails, themes and
//!   priorities, dated lists of communes, cantons, closing days and electoral period. Each with preview or check, conflict,
//!   [`historique`] and return to what is shipped; `ecran` is what they share.
//! - [`facile`]: home, describing an idea and help, easy to read.
//! - [`conservation`]: what may be erased, the archivist's visa, then the erasing.
//! - [`sauvegardes`]: backups seen and asked for; nightly work.
//! - [`secteurs`]: dated perimeters, agents in charge, absences and replacements.
//! - [`utilisateurs`]: who acts as what; giving and ending a function of the département.
//! - [`travaux`]: work that failed, replayed from here; health of the service.
//! - [`poids`]: what the pages weigh and cost, shown to everyone.
//! - [`regles`]: the page of each dated rule.
//! - `recherche`: pages, settings, rules, help and words as the search finds them; the page of all words explained.
//! - [`accessibilite`]: the statement and its criteria.
//! - [`pages`]: help, legal notice, personal data, health for the operator.
//! - [`demo`]: the six territories of the demonstration.

pub mod accessibilite;
pub mod affichage;
pub mod calendrier;
pub mod cantons;
pub mod conservation;
pub mod courriels;
pub mod demo;
mod ecran;
pub mod facile;
pub mod historique;
pub mod identite;
pub mod listes;
pub mod logo;
mod migrations;
pub mod pages;
pub mod poids;
mod recherche;
pub mod regles;
pub mod sauvegardes;
pub mod secteurs;
pub mod textes;
pub mod themes;
pub mod travaux;
pub mod utilisateurs;

use axum::routing::{get, post};
use domain::droit::Action;
use platform::periodique::Periodique;
use platform::worker::Tache;
use web::feature::{EntreeMenu, LienReglage, Rendu, Route};
use web::{Acces, Feature};

pub(crate) const REGLAGE_CHANGE: &str = "reglage.change";

pub(crate) const VISA: &str = "conservation.visa";
pub(crate) const EFFACE: &str = "conservation.efface";

const RENDUS: &[(&str, Rendu)] = &[
    (REGLAGE_CHANGE, |_, _| "Réglage modifié".to_owned()),
    (VISA, |_, _| "Visa des Archives départementales enregistré".to_owned()),
    (EFFACE, |_, _| "Projet effacé après visa".to_owned()),
];

const PERIODIQUES: &[Periodique] =
    &[Periodique { sujet: sauvegardes::CHAQUE_NUIT, heure: 2 }, Periodique { sujet: sauvegardes::MENAGE, heure: 3 }];

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        nom: "reglages",
        migrations: migrations::MIGRATIONS,
        routes: routes(),
        taches: vec![
            Tache::nouvelle(sauvegardes::SAUVEGARDER, sauvegardes::faire).d_au_plus(sauvegardes::DUREE_MAX_S),
            Tache::nouvelle(sauvegardes::CHAQUE_NUIT, sauvegardes::chaque_nuit).d_au_plus(sauvegardes::DUREE_MAX_S),
            Tache::nouvelle(sauvegardes::MENAGE, sauvegardes::menage),
            Tache::nouvelle(conservation::pages::EFFACER, conservation::pages::effacer),
        ],
        periodiques: PERIODIQUES,
        trouver: Some(|demande| Box::pin(recherche::trouver(demande))),
        reglages: liens(),
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

fn liens() -> Vec<LienReglage> {
    let lien = |rang, libelle, url, texte| LienReglage { rang, libelle, texte, url };
    vec![
        lien(10, "Identité du site", "/reglages/identite", "Nom, couleur, contact, mentions légales."),
        lien(20, "Textes du site", "/reglages/textes", "Accueil, aide, mentions légales, accessibilité."),
        lien(
            30,
            "Textes des courriels",
            "/reglages/courriels",
            "Ce que reçoivent les communes, l’équipe et les acteurs.",
        ),
        lien(40, "Thèmes et priorités", "/reglages/themes", "Renommer, ranger, ne plus proposer."),
        lien(
            110,
            "Secteurs et absences",
            "/reglages/secteurs",
            "Qui suit quelles communes, depuis quand, qui remplace qui.",
        ),
        lien(120, "Agents et élus", "/reglages/utilisateurs", "Donner et terminer une fonction du département."),
        lien(210, "Périmètres et zonages", "/reglages/listes", "Listes datées de communes, avec leur source."),
        lien(220, "Cantons", "/reglages/cantons", "Les binômes, si vous voulez les montrer."),
        lien(
            230,
            "Jours fériés et fermetures",
            "/reglages/fermetures",
            "Les jours qui ne comptent pas dans les délais.",
        ),
        lien(
            240,
            "Période électorale",
            "/reglages/periode-electorale",
            "Figer les textes de promotion avant un scrutin.",
        ),
        lien(810, "Travaux du service", "/reglages/travaux", "Courriels et travaux qui ont échoué."),
        lien(820, "Sauvegardes", "/reglages/sauvegardes", "Leur âge, et en faire une maintenant."),
        lien(
            830,
            "Conservation et effacement",
            "/reglages/conservation",
            "Ce qui peut être effacé, avec le visa des Archives.",
        ),
    ]
}

fn routes() -> Vec<Route> {
    let agent = Acces::Action(Action::GererLeSite);
    let public = |chemin, vers| Route { methodes: "GET", chemin, acces: Acces::Public, vers };
    let route = |methodes, chemin, vers| Route { methodes, chemin, acces: agent, vers };
    vec![
        Route {
            methodes: "GET POST",
            chemin: "/affichage",
            acces: Acces::Public,
            vers: get(affichage::montrer).post(affichage::choisir),
        },
        public("/aide", get(pages::aide)),
        public("/mots", get(recherche::les_mots)),
        public("/logo/{empreinte}", get(logo::image)),
        public("/accessibilite", get(accessibilite::declaration)),
        public("/accessibilite/criteres", get(accessibilite::criteres)),
        public("/facile-a-lire", get(facile::accueil)),
        public("/facile-a-lire/{page}", get(facile::montrer)),
        public("/mentions-legales", get(pages::mentions_legales)),
        public("/donnees-personnelles", get(pages::donnees_personnelles)),
        public("/poids", get(poids::montrer)),
        public("/sante", get(pages::sante)),
        public("/regles", get(regles::liste)),
        public("/regles/{id}", get(regles::montrer)),
        route("GET", "/reglages", get(pages::reglages)),
        route("GET POST", "/reglages/identite", get(identite::montrer).post(identite::enregistrer)),
        route("POST", "/reglages/identite/logo", post(logo::deposer)),
        route("POST", "/reglages/identite/logo/retirer", post(logo::retirer)),
        route("POST", "/reglages/identite/logo/remettre", post(logo::remettre)),
        route("GET POST", "/reglages/secteurs", get(secteurs::liste).post(secteurs::creer)),
        route("GET POST", "/reglages/secteurs/{id}", get(secteurs::un::montrer).post(secteurs::un::enregistrer)),
        route("POST", "/reglages/secteurs/{id}/agent", post(secteurs::un::confier)),
        route("POST", "/reglages/secteurs/{id}/retirer", post(secteurs::un::retirer)),
        route("POST", "/reglages/absences", post(secteurs::absences::absenter)),
        route("POST", "/reglages/absences/{id}/retour", post(secteurs::absences::revenir)),
        route("GET POST", "/reglages/utilisateurs", get(utilisateurs::liste).post(utilisateurs::donner)),
        route("POST", "/reglages/utilisateurs/terminer", post(utilisateurs::terminer)),
        route("GET", "/reglages/textes", get(textes::liste)),
        route("GET POST", "/reglages/textes/{cle}", get(textes::montrer).post(textes::enregistrer_texte)),
        route("GET", "/reglages/courriels", get(courriels::liste)),
        route("GET POST", "/reglages/courriels/{id}", get(courriels::montrer).post(courriels::enregistrer_courriel)),
        route("GET", "/reglages/themes", get(themes::liste)),
        route("GET POST", "/reglages/themes/{id}", get(themes::montrer).post(themes::enregistrer_theme)),
        route("GET", "/reglages/listes", get(listes::liste)),
        route("GET POST", "/reglages/listes/nouvelle", get(listes::nouvelle).post(listes::creer)),
        route("GET POST", "/reglages/listes/{id}", get(listes::montrer).post(listes::modifier)),
        route("GET", "/reglages/cantons", get(cantons::liste)),
        route("GET POST", "/reglages/cantons/{code}", get(cantons::montrer).post(cantons::enregistrer_canton)),
        route("GET POST", "/reglages/fermetures", get(calendrier::fermetures).post(calendrier::enregistrer_fermetures)),
        route(
            "GET POST",
            "/reglages/periode-electorale",
            get(calendrier::periode).post(calendrier::enregistrer_periode),
        ),
        route("GET POST", "/reglages/historique", get(historique::montrer).post(historique::remettre)),
        route("GET POST", "/reglages/sauvegardes", get(sauvegardes::montrer).post(sauvegardes::demander)),
        route(
            "GET POST",
            "/reglages/conservation",
            get(conservation::pages::montrer).post(conservation::pages::enregistrer),
        ),
        route("GET POST", "/reglages/travaux", get(travaux::liste).post(travaux::rejouer)),
    ]
}
