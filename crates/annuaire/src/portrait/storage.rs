//! What the index does not count. One statement, whatever the territory.

use std::collections::BTreeMap;

use domain::code::CodeCommune;
use domain::referentiel::Referentiel;
use domain::theme::Theme;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use web::locaux::Locaux;
use web::zonages;

use super::rules::Desserte;
use crate::vocabulaire::GenreTerritoire;

#[derive(FromQueryResult)]
struct TerritoireServi {
    theme: String,
    genre: Option<String>,
    code: Option<String>,
}

/// Which territories the offers of actors in activity say they serve, for each of these themes. Offers are few: the index
/// counts all the rest.
///
/// # Errors
/// The engine refused.
pub async fn territoires_servis(
    db: &impl ConnectionTrait,
    locaux: &Locaux,
    themes: &[Theme],
) -> Result<BTreeMap<Theme, Desserte>, DbErr> {
    let mut dessertes: BTreeMap<Theme, Desserte> = themes.iter().map(|t| (*t, Desserte::default())).collect();
    if themes.is_empty() {
        return Ok(dessertes);
    }
    let servis: Vec<&str> = themes.iter().map(|t| t.as_str()).collect();
    let territoires = TerritoireServi::find_by_statement(raw_sql!(
        Postgres,
        "SELECT DISTINCT t.theme, r.genre, r.code FROM offre o JOIN acteur a ON a.id = o.acteur_id
         JOIN offre_theme t ON t.offre_id = o.id LEFT JOIN offre_territoire r ON r.offre_id = o.id
         WHERE t.theme IN ({..servis}) AND o.active AND a.etat = 'actif'"
    ))
    .all(db)
    .await?;
    for servi in territoires {
        let theme = servi.theme.parse::<Theme>().ok();
        if let Some(desserte) = theme.and_then(|theme| dessertes.get_mut(&theme)) {
            match (servi.genre, servi.code) {
                (Some(genre), Some(code)) => servir(desserte, locaux, &genre, &code),
                // An offer that names no place serves them all.
                _ => desserte.partout = true,
            }
        }
    }
    Ok(dessertes)
}

fn servir(desserte: &mut Desserte, locaux: &Locaux, genre: &str, code: &str) {
    match genre.parse() {
        Ok(GenreTerritoire::Departement) => desserte.partout = true,
        Ok(GenreTerritoire::Commune) => desserte.desservies.extend(code.parse::<CodeCommune>()),
        Ok(GenreTerritoire::Epci) => {
            let membres = Referentiel::embarque().epci(code).into_iter().flat_map(|epci| epci.membres());
            desserte.desservies.extend(membres.filter_map(|code| code.parse::<CodeCommune>().ok()));
        }
        Ok(GenreTerritoire::Perimetre) => desserte.desservies.extend(zonages::communes(locaux, code)),
        Err(_) => {}
    }
}
