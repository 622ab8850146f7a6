//! The page of each dated rule: what it says, examples, parameters with their citation.

use askama::Template;
use axum::extract::Path;
use domain::constat::Surete;
use domain::dates::en_lettres;
use domain::regle::FicheRegle;
use web::composants::{Cellule, Etiquette, Tableau, Ton};
use web::{Cache, Cadre, Erreur, Reponse};

#[derive(Template)]
#[template(path = "regles.html")]
struct PageRegles {
    regles: Vec<(String, String, &'static str)>,
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let regles = cadre
        .instance
        .maison
        .regles()
        .map(|fiche| (format!("/regles/{}", fiche.id), fiche.id.to_uppercase(), fiche.titre))
        .collect();
    cadre.page("Les règles", &PageRegles { regles })?.cache(Cache::Public(3600)).repondre()
}

#[derive(Template)]
#[template(path = "regle.html")]
struct PageRegle {
    fiche: FicheRegle,
    numero: String,
    surete: Etiquette,
    parametres: Option<Tableau>,
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let fiche =
        *cadre.instance.maison.regles().find(|fiche| fiche.id == id).ok_or(Erreur::Introuvable("cette règle"))?;
    let page = PageRegle {
        numero: fiche.id.to_uppercase(),
        surete: match fiche.surete {
            Surete::Haute => Etiquette::nouvelle("Lu dans le texte officiel", Ton::Positif),
            Surete::Moyenne => Etiquette::nouvelle("À relire", Ton::Attente),
            Surete::Faible => Etiquette::nouvelle("À vérifier", Ton::Attente),
        },
        parametres: (!fiche.parametres.is_empty()).then(|| Tableau {
            legende: format!("Valeurs et dates (en {})", fiche.unite),
            colonnes: ["Depuis", "Jusqu’au", "Valeur", "Texte"].map(str::to_owned).to_vec(),
            lignes: fiche
                .parametres
                .iter()
                .map(|p| {
                    vec![
                        Cellule::texte(en_lettres(p.du)),
                        Cellule::texte(p.au.map_or_else(|| "en vigueur".to_owned(), en_lettres)),
                        Cellule::nombre(p.valeur.to_string()),
                        Cellule::texte(p.citation),
                    ]
                })
                .collect(),
        }),
        fiche,
    };
    cadre.page(fiche.titre, &page)?.fil(&[("Les règles", "/regles")]).cache(Cache::Public(3600)).repondre()
}
