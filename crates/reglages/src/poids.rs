//! What the pages of this site weigh and cost, measured by the site itself since it started.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use web::composants::{Cellule, Tableau};
use web::poids::{self, Poids};
use web::{Cadre, Reponse};

#[derive(Template)]
#[template(path = "poids.html")]
struct Page {
    reponses: u64,
    octets_moyens: String,
    calcul_moyen: String,
    pages: Tableau,
}

/// GET.
pub async fn montrer(cadre: Cadre, Extension(poids): Extension<Arc<Poids>>) -> Reponse {
    let mesures = poids.mesures();
    let reponses: u64 = mesures.values().map(|mesure| mesure.reponses).sum();
    let octets: u64 = mesures.values().map(|mesure| mesure.octets).sum();
    let service = poids::calcul_du_service();
    let lignes = mesures.iter().map(|(route, mesure)| {
        vec![
            Cellule::texte(route),
            Cellule::nombre(mesure.reponses.to_string()),
            Cellule::nombre(kilo(mesure.octets_moyens())),
            Cellule::nombre(kilo(mesure.plus_lourde)),
            Cellule::nombre(milli(mesure.calcul_moyen_us())),
        ]
    });
    let colonnes = ["Page", "Réponses", "Poids moyen", "La plus lourde", "Calcul moyen"];
    let pages = Tableau {
        legende: "Poids et calcul, par sorte de page".to_owned(),
        colonnes: colonnes.map(str::to_owned).to_vec(),
        lignes: lignes.collect(),
    };
    let page = Page {
        reponses,
        octets_moyens: kilo(octets.checked_div(reponses).unwrap_or(0)),
        calcul_moyen: milli(par_reponse(service, reponses)),
        pages,
    };
    cadre.page("Le poids du site", &page)?.repondre()
}

fn par_reponse(temps: Duration, reponses: u64) -> u128 {
    temps.as_micros().checked_div(u128::from(reponses)).unwrap_or(0)
}

/// `12,3 ko`.
fn kilo(octets: u64) -> String {
    let dixiemes = octets.div_ceil(100);
    format!("{},{} ko", dixiemes / 10, dixiemes % 10)
}

/// `0,42 ms`.
fn milli(microsecondes: u128) -> String {
    let centiemes = microsecondes.div_ceil(10);
    format!("{},{:02} ms", centiemes / 100, centiemes % 100)
}

#[cfg(test)]
mod tests {
    use super::{kilo, milli};

    #[test]
    fn les_mesures_s_arrondissent_vers_le_haut() {
        assert_eq!((kilo(0).as_str(), kilo(1).as_str(), kilo(14_950).as_str()), ("0,0 ko", "0,1 ko", "15,0 ko"));
        assert_eq!(
            (milli(0).as_str(), milli(421).as_str(), milli(12_000).as_str()),
            ("0,00 ms", "0,43 ms", "12,00 ms")
        );
    }
}
