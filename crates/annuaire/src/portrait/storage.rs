//! What the index does not count. Three statements, whatever the territory.

use std::collections::BTreeMap;

use domain::code::CodeCommune;
use domain::referentiel::Referentiel;
use domain::theme::Theme;
use geo::distance::Lieu;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use super::rules::Desserte;
use crate::vocabulaire::GenreTerritoire;

#[derive(FromQueryResult)]
struct Tranche {
    tranche: Option<String>,
    nombre: i64,
}

/// Actors in activity that are in these communes (seat or open establishment), by bracket of employees.
///
/// # Errors
/// The engine refused.
pub async fn tranches(
    db: &impl ConnectionTrait,
    communes: &[CodeCommune],
) -> Result<Vec<(Option<String>, u64)>, DbErr> {
    if communes.is_empty() {
        return Ok(Vec::new());
    }
    let communes: Vec<&str> = communes.iter().map(CodeCommune::as_str).collect();
    let memes = communes.clone();
    let lignes = Tranche::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.tranche, CAST(COUNT(*) AS BIGINT) AS nombre FROM acteur a
         WHERE a.etat = 'actif' AND (a.commune IN ({..communes}) OR a.id IN (
            SELECT e.acteur_id FROM acteur_etablissement e WHERE e.ouvert AND e.commune IN ({..memes})))
         GROUP BY a.tranche"
    ))
    .all(db)
    .await?;
    Ok(lignes.into_iter().map(|l| (l.tranche, u64::try_from(l.nombre).unwrap_or(0))).collect())
}

#[derive(FromQueryResult)]
struct LieuDeTheme {
    theme: String,
    commune: String,
}

#[derive(FromQueryResult)]
struct TerritoireServi {
    theme: String,
    genre: String,
    code: String,
}

/// Who serves each of these themes: where actors are, which territory their offers say they serve.
///
/// # Errors
/// The engine refused.
pub async fn dessertes(db: &impl ConnectionTrait, themes: &[Theme]) -> Result<BTreeMap<Theme, Desserte>, DbErr> {
    let mut dessertes: BTreeMap<Theme, Desserte> = themes.iter().map(|t| (*t, Desserte::default())).collect();
    if themes.is_empty() {
        return Ok(dessertes);
    }
    let cherches: Vec<&str> = themes.iter().map(|t| t.as_str()).collect();
    let (memes, servis) = (cherches.clone(), cherches.clone());
    let lieux = LieuDeTheme::find_by_statement(raw_sql!(
        Postgres,
        "SELECT t.theme, a.commune FROM acteur_theme t JOIN acteur a ON a.id = t.acteur_id
         WHERE t.theme IN ({..cherches}) AND a.etat = 'actif' AND a.commune IS NOT NULL
         UNION
         SELECT t.theme, e.commune FROM acteur_theme t JOIN acteur a ON a.id = t.acteur_id
         JOIN acteur_etablissement e ON e.acteur_id = a.id
         WHERE t.theme IN ({..memes}) AND a.etat = 'actif' AND e.ouvert"
    ))
    .all(db)
    .await?;
    for lieu in lieux {
        let (Ok(theme), Ok(commune)) = (lieu.theme.parse::<Theme>(), lieu.commune.parse::<CodeCommune>()) else {
            continue;
        };
        let mairie = Referentiel::embarque().commune(&commune).and_then(|commune| commune.mairie);
        if let (Some(desserte), Some(mairie)) = (dessertes.get_mut(&theme), mairie) {
            desserte.lieux.push((Lieu::nouveau(mairie), commune));
        }
    }
    let territoires = TerritoireServi::find_by_statement(raw_sql!(
        Postgres,
        "SELECT DISTINCT t.theme, r.genre, r.code FROM offre o JOIN acteur a ON a.id = o.acteur_id
         JOIN offre_theme t ON t.offre_id = o.id JOIN offre_territoire r ON r.offre_id = o.id
         WHERE t.theme IN ({..servis}) AND o.active AND a.etat = 'actif'"
    ))
    .all(db)
    .await?;
    for servi in territoires {
        let theme = servi.theme.parse::<Theme>().ok();
        if let Some(desserte) = theme.and_then(|theme| dessertes.get_mut(&theme)) {
            servir(desserte, &servi.genre, &servi.code);
        }
    }
    Ok(dessertes)
}

fn servir(desserte: &mut Desserte, genre: &str, code: &str) {
    match genre.parse() {
        Ok(GenreTerritoire::Departement) => desserte.partout = true,
        Ok(GenreTerritoire::Commune) => desserte.desservies.extend(code.parse::<CodeCommune>()),
        Ok(GenreTerritoire::Epci) => {
            let membres = Referentiel::embarque().epci(code).into_iter().flat_map(|epci| epci.membres());
            desserte.desservies.extend(membres.filter_map(|code| code.parse::<CodeCommune>().ok()));
        }
        Err(_) => {}
    }
}
