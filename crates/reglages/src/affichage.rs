//! The reader's own look of the pages: light, dark, high contrast. Kept in a cookie of the browser, no account needed.

use askama::Template;
use axum::http::StatusCode;
use web::affichage::{Affichage, COOKIE_AFFICHAGE};
use web::cadre::{cookie, poser, retirer};
use web::composants::{Bouton, ChampOptions, Html, OptionDeChamp, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Reponse, Saisie};

/// Days that the choice is kept.
const JOURS: i64 = 400;
const TITRE: &str = "Affichage";

#[derive(Template)]
#[template(path = "affichage.html")]
struct PageAffichage {
    resume: ResumeErreurs,
    caches: Html,
    choix: ChampOptions,
    envoyer: Bouton,
}

fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> PageAffichage {
    let f = cadre.formulaire_avec(saisie, erreurs);
    let options =
        Affichage::TOUS.iter().map(|affichage| OptionDeChamp::nouvelle(affichage.as_str(), affichage.libelle()));
    PageAffichage {
        resume: f.resume(),
        caches: f.caches(),
        choix: f.radios("affichage", "Comment voulez-vous voir les pages ?", options),
        envoyer: Bouton::envoyer("Enregistrer"),
    }
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let saisie = Saisie::default().avec("affichage", Affichage::de(&cadre).as_str());
    cadre.page(TITRE, &page(&cadre, saisie, Erreurs::default()))?.repondre()
}

/// POST.
pub async fn choisir(cadre: Cadre, form: CheckedForm) -> Reponse {
    let mut lecteur = form.lecteur();
    let Some(affichage) = lecteur.choix::<Affichage>("affichage", "Choisissez un affichage dans la liste.") else {
        let page = page(&cadre, form.saisie.clone(), lecteur.erreurs);
        return cadre.page(TITRE, &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let mut reponse = form.aller("/affichage", "Votre choix est gardé dans ce navigateur.");
    let gardee = match affichage {
        Affichage::Appareil => retirer(&cadre, COOKIE_AFFICHAGE),
        choisi => cookie(&cadre, COOKIE_AFFICHAGE, choisi.as_str().to_owned(), JOURS),
    };
    poser(&mut reponse, &gardee);
    Ok(reponse)
}
