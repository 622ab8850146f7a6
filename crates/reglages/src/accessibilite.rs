//! The accessibility statement (loi n° 2005-102, article 47): read from the table of the RGAA, never written by hand.

use askama::Template;
use jiff::civil::Date;
use web::accessibilite::{Critere, Etat, Grille, grille};
use web::composants::Html;
use web::identite::Identite;
use web::{Cache, Cadre, Reponse, texte};

use crate::pages::en_markdown;

#[derive(Template)]
#[template(path = "accessibilite.html")]
struct Declaration {
    identite: Identite,
    grille: &'static Grille,
    releve: String,
    complement: Html,
    contact: Html,
}

impl Declaration {
    fn nombre(&self, etat: Etat) -> usize {
        self.grille.nombre(etat)
    }

    fn applicables(&self) -> usize {
        self.grille.criteres().count() - self.nombre(Etat::NonApplicable)
    }

    fn manques(&self) -> Vec<&'static Critere> {
        self.grille.en_etat(Etat::NonConforme).collect()
    }

    fn a_verifier(&self) -> Vec<&'static Critere> {
        self.grille.en_etat(Etat::AVerifier).collect()
    }
}

/// The day of the table, in French.
fn releve() -> String {
    en_francais(&grille().releve)
}

fn en_francais(jour: &str) -> String {
    jour.parse::<Date>().map_or_else(|_| jour.to_owned(), texte::jour)
}

/// GET.
pub async fn declaration(cadre: Cadre) -> Reponse {
    let page = Declaration {
        identite: cadre.identite().clone(),
        grille: grille(),
        releve: releve(),
        complement: en_markdown(&cadre, "accessibilite.etat"),
        contact: en_markdown(&cadre, "accessibilite.contact"),
    };
    cadre.page("Accessibilité", &page)?.cache(Cache::Public(3600)).repondre()
}

#[derive(Template)]
#[template(path = "accessibilite_criteres.html")]
struct Criteres {
    grille: &'static Grille,
    releve: String,
}

impl Criteres {
    fn preuves(&self, critere: &Critere) -> String {
        let dites: Vec<&str> = self.grille.preuves_de(critere).collect();
        dites.join(" ; ")
    }

    fn jour(&self, jour: &str) -> String {
        en_francais(jour)
    }
}

/// GET: the 106 criteria, each with its answer and why.
pub async fn criteres(cadre: Cadre) -> Reponse {
    let page = Criteres { grille: grille(), releve: releve() };
    cadre
        .page("Les critères d’accessibilité", &page)?
        .fil(&[("Accessibilité", "/accessibilite")])
        .cache(Cache::Public(3600))
        .repondre()
}
