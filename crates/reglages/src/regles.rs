//! The page of each dated rule: what it says, examples, parameters with their citation.

use askama::Template;
use axum::extract::Path;
use domain::constat::Surete;
use domain::dates::en_lettres;
use domain::regle::FicheRegle;
use web::composants::{Cellule, Etiquette, Html, Tableau, Ton, expliquer, mots};
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
    /// Its words of the trade explained, each the first time.
    texte: Vec<Html>,
    numero: String,
    surete: Etiquette,
    parametres: Option<Tableau>,
}

const POINTS_DE_BASE: &str = "points de base";

/// Basis points are for the computation: people read percents.
fn unite_dite(unite: &'static str) -> &'static str {
    if unite.starts_with(POINTS_DE_BASE) { "pour cent" } else { unite }
}

fn valeur_dite(unite: &str, valeur: i64) -> String {
    if !unite.starts_with(POINTS_DE_BASE) {
        return valeur.to_string();
    }
    match (valeur / 100, valeur % 100) {
        (entier, 0) => format!("{entier}\u{a0}%"),
        (entier, reste) => format!("{entier},{reste:02}\u{a0}%"),
    }
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let fiche =
        *cadre.instance.maison.regles().find(|fiche| fiche.id == id).ok_or(Erreur::Introuvable("cette règle"))?;
    let mut cles: Vec<&str> = mots().map(|(cle, _)| cle).collect();
    let page = PageRegle {
        texte: fiche.texte.iter().map(|phrase| expliquer(phrase, &mut cles, &cadre.instance)).collect(),
        numero: fiche.id.to_uppercase(),
        surete: match fiche.surete {
            Surete::Haute => Etiquette::nouvelle("Lu dans le texte officiel", Ton::Positif),
            Surete::Moyenne => Etiquette::nouvelle("À relire", Ton::Attente),
            Surete::Faible => Etiquette::nouvelle("À vérifier", Ton::Attente),
        },
        parametres: (!fiche.parametres.is_empty()).then(|| Tableau {
            legende: format!("Valeurs et dates (en {})", unite_dite(fiche.unite)),
            colonnes: ["Depuis", "Jusqu’au", "Valeur", "Texte"].map(str::to_owned).to_vec(),
            lignes: fiche
                .parametres
                .iter()
                .map(|p| {
                    vec![
                        Cellule::texte(en_lettres(p.du)),
                        Cellule::texte(p.au.map_or_else(|| "en vigueur".to_owned(), en_lettres)),
                        Cellule::nombre(valeur_dite(fiche.unite, p.valeur)),
                        Cellule::texte(p.citation),
                    ]
                })
                .collect(),
        }),
        fiche,
    };
    cadre.page(fiche.titre, &page)?.fil(&[("Les règles", "/regles")]).cache(Cache::Public(3600)).repondre()
}

#[cfg(test)]
mod tests {
    use super::{unite_dite, valeur_dite};
    use rstest::rstest;

    #[rstest]
    #[case("points de base (2 000 = 20 %)", 2_000, "pour cent", "20\u{a0}%")]
    #[case("points de base", 1_205, "pour cent", "12,05\u{a0}%")]
    #[case("habitants", 2_000, "habitants", "2000")]
    fn une_valeur_se_lit(#[case] unite: &'static str, #[case] valeur: i64, #[case] mot: &str, #[case] dite: &str) {
        assert_eq!((unite_dite(unite), valeur_dite(unite, valeur).as_str()), (mot, dite));
    }
}
