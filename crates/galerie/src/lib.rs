//! The gallery of components, only in a demonstration (`/composants`). Each component is shown in its states by the very code
//! that is printed under it, so that the page cannot say one thing and do another.
//!
//! - [`vitrine`]: what a showcase is; the macro that runs a call and prints it.
//! - [`gestes`], [`formulaires`], [`donnees`], [`recit`], [`reperes`], [`dessins`]: the families, one page each.

mod dessins;
mod donnees;
mod formulaires;
mod gestes;
mod recit;
mod reperes;
mod vitrine;

use askama::Template;
use axum::extract::Path;
use axum::routing::get;
use web::composants::{Onglets, ResumeErreurs};
use web::feature::Route;
use web::{Acces, Cadre, Erreur, Feature, Reponse};

use vitrine::Vitrine;

/// The face of the feature.
#[must_use]
pub fn feature() -> Feature {
    let route = |chemin, vers| Route { methodes: "GET", chemin, acces: Acces::Demo, vers };
    Feature {
        nom: "galerie",
        routes: vec![route("/composants", get(accueil)), route("/composants/{famille}", get(famille))],
        ..Feature::default()
    }
}

/// A family: name in the address, words of its tab, what it shows.
struct Famille {
    nom: &'static str,
    url: &'static str,
    titre: &'static str,
    vitrines: fn(&Cadre) -> Vec<Vitrine>,
}

const FAMILLES: &[Famille] = &[
    Famille { nom: "gestes", url: "/composants/gestes", titre: "Gestes", vitrines: gestes::vitrines },
    Famille {
        nom: "formulaires",
        url: "/composants/formulaires",
        titre: "Formulaires",
        vitrines: formulaires::vitrines,
    },
    Famille { nom: "donnees", url: "/composants/donnees", titre: "Données", vitrines: donnees::vitrines },
    Famille { nom: "recit", url: "/composants/recit", titre: "Récit", vitrines: recit::vitrines },
    Famille { nom: "reperes", url: "/composants/reperes", titre: "Repères", vitrines: reperes::vitrines },
    Famille { nom: "dessins", url: "/composants/dessins", titre: "Cartes et graphiques", vitrines: dessins::vitrines },
];

fn onglets(ici: &str) -> Onglets {
    let onglets: Vec<(&str, &str)> = FAMILLES.iter().map(|famille| (famille.titre, famille.url)).collect();
    Onglets::nouveaux("Familles de composants", &onglets, ici)
}

#[derive(Template)]
#[template(path = "accueil.html")]
struct PageAccueil {
    onglets: Onglets,
    signes: Vec<(web::composants::Icone, &'static str)>,
    dessins: Vec<web::composants::Illustration>,
}

/// GET: the principles, the icons, the illustrations.
async fn accueil(cadre: Cadre) -> Reponse {
    use web::composants::{Dessin, Icone, Illustration, Signe};
    let page = PageAccueil {
        onglets: onglets("/composants"),
        signes: Signe::TOUS.iter().map(|signe| (Icone(*signe), signe.as_str())).collect(),
        dessins: Dessin::TOUS.iter().map(|dessin| Illustration(*dessin)).collect(),
    };
    cadre.page("Composants", &page)?.repondre()
}

#[derive(Template)]
#[template(path = "famille.html")]
struct PageFamille {
    resume: Option<ResumeErreurs>,
    titre: &'static str,
    onglets: Onglets,
    vitrines: Vec<Vitrine>,
}

/// GET: one family.
async fn famille(cadre: Cadre, Path(nom): Path<String>) -> Reponse {
    let famille = FAMILLES.iter().find(|f| f.nom == nom).ok_or(Erreur::Introuvable("cette famille de composants"))?;
    let page = PageFamille {
        resume: (famille.nom == "formulaires").then(|| formulaires::en_erreur(&cadre).resume()),
        titre: famille.titre,
        onglets: onglets(famille.url),
        vitrines: (famille.vitrines)(&cadre),
    };
    let reponse = cadre.page(famille.titre, &page)?;
    // That family shows a breadcrumb: two would have the same name.
    if famille.nom == "reperes" { reponse.repondre() } else { reponse.fil(&[("Composants", "/composants")]).repondre() }
}
