//! A note and a model délibération for the conseil, to print. A model, to be adapted: it says so.

use askama::Template;
use axum::extract::Path;
use domain::constat::Verdict;
use domain::dates::en_lettres;
use domain::droit::Action;
use domain::plan::{self, Simulation};
use socle::projet;
use web::composants::{Alerte, Html};
use web::feature::{Famille, Proposition, propositions_pour};
use web::{Cadre, Reponse};

use crate::acces;

#[derive(Template)]
#[template(path = "note.html")]
struct Note {
    projet: projet::Model,
    commune: String,
    themes: String,
    le: String,
    manque: Html,
    alerte: Alerte,
    leviers: Vec<Proposition>,
    simulation: Option<Simulation>,
    public: bool,
    assemblee: &'static str,
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::VoirProjet).await?;
    let instance = &cadre.instance;
    let profil = ouvert.projet.profil(ouvert.themes.clone());
    let propositions = propositions_pour(&ouvert.tx, instance, &profil).await?;
    let leviers: Vec<Proposition> = propositions
        .into_iter()
        .filter(|p| p.famille == Famille::Levier && matches!(p.verdict, Verdict::Oui | Verdict::AVerifier))
        .collect();
    let aides: Vec<_> = leviers.iter().filter_map(|p| p.aide.clone()).collect();
    let jour = instance.aujourd_hui();
    let page = Note {
        commune: instance.referentiel().nom_commune(&ouvert.projet.commune).to_owned(),
        themes: instance.locaux().themes.noms(&ouvert.themes),
        le: en_lettres(jour),
        manque: Html(web::texte::paragraphes(&ouvert.projet.manque)),
        alerte: Alerte::devis(),
        simulation: plan::simuler(&profil, &aides, jour),
        leviers,
        public: profil.porteur.est_public(),
        assemblee: assemblee(profil.porteur),
        projet: ouvert.projet,
    };
    cadre
        .page("Note pour le conseil", &page)?
        .fil(&acces::fil(&cadre, &[("Le projet", &format!("/projets/{reference}"))]))
        .repondre()
}

fn assemblee(porteur: domain::profil::Porteur) -> &'static str {
    use domain::profil::Porteur;
    match porteur {
        Porteur::Commune | Porteur::PasDecide => "conseil municipal",
        Porteur::Epci => "conseil communautaire",
        Porteur::Syndicat | Porteur::Petr => "comité syndical",
        _ => "conseil d’administration",
    }
}
