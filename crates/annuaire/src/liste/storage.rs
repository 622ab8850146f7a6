//! The rows of a page of the list: one statement, whatever their number.

use domain::code::CodeCommune;
use domain::theme::Theme;
use jiff::civil::Date;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use web::locaux::ThemesLocaux;

use crate::vocabulaire::{Diffusion, Famille, GenreAgrement, Reponse};

/// A row.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Ligne {
    /// Id in the index.
    pub id: String,
    /// Reference.
    pub reference: String,
    /// Name.
    pub nom: String,
    /// Short name.
    pub sigle: Option<String>,
    /// Family of legal form.
    pub famille: Famille,
    /// Commune of the seat.
    pub commune: Option<CodeCommune>,
    /// Beginning of its presentation.
    pub presentation: Option<String>,
    /// ESS by law.
    pub ess_loi: Reponse,
    /// Invented for the demonstration.
    pub exemple: bool,
    themes: Option<String>,
    agrements: Option<String>,
}

impl Ligne {
    /// Its themes, in the order of the vocabulary.
    #[must_use]
    pub fn themes(&self) -> Vec<Theme> {
        valeurs(self.themes.as_deref())
    }

    /// Its approvals in force.
    #[must_use]
    pub fn agrements(&self) -> Vec<GenreAgrement> {
        valeurs(self.agrements.as_deref())
    }

    /// Its themes in words, as they are called here.
    #[must_use]
    pub fn resume_themes(&self, noms: &ThemesLocaux) -> Option<String> {
        Some(noms.noms(&self.themes())).filter(|noms| !noms.is_empty())
    }
}

/// A place of an actor: an open establishment, or only its commune.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Place {
    /// Reference of the actor.
    pub reference: String,
    /// Its name.
    pub nom: String,
    /// Its commune.
    pub commune: Option<CodeCommune>,
    /// May its address be shown?
    pub diffusion: Diffusion,
    /// Commune of the establishment.
    pub lieu: Option<CodeCommune>,
    /// WGS84.
    pub longitude: Option<f64>,
    /// WGS84.
    pub latitude: Option<f64>,
}

/// The places of these actors, by name: one statement.
///
/// # Errors
/// The engine refused.
pub async fn places(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<Place>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Place::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.reference, a.nom, a.commune, a.diffusion, e.commune AS lieu, e.longitude, e.latitude
         FROM acteur a LEFT JOIN acteur_etablissement e ON e.acteur_id = a.id AND e.ouvert
         WHERE a.etat = 'actif' AND a.id IN ({..ids}) ORDER BY a.nom_tri, a.id, e.id"
    ))
    .all(db)
    .await
}

/// Values joined by commas, sorted, each once; what this version does not know is left out.
pub(crate) fn valeurs<T: std::str::FromStr + Ord>(jointes: Option<&str>) -> Vec<T> {
    let mut valeurs: Vec<T> = jointes.unwrap_or_default().split(',').filter_map(|v| v.parse().ok()).collect();
    valeurs.sort();
    valeurs.dedup();
    valeurs
}

/// The rows with these ids that everyone may see (in activity), in the order of `ids`. The index is only a cache: what
/// was hidden since is left out.
///
/// # Errors
/// The engine refused.
pub async fn lignes(db: &impl ConnectionTrait, ids: &[String], jour: Date) -> Result<Vec<Ligne>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let jour = jour.to_string();
    let mut lignes = Ligne::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.reference, a.nom, a.sigle, a.famille, a.commune, a.ess_loi, a.exemple,
            substr(a.presentation, 1, 240) AS presentation,
            (SELECT string_agg(t.theme, ',') FROM acteur_theme t WHERE t.acteur_id = a.id) AS themes,
            (SELECT string_agg(g.genre, ',') FROM acteur_agrement g
             WHERE g.acteur_id = a.id AND (g.au IS NULL OR g.au >= {jour})) AS agrements
         FROM acteur a WHERE a.etat = 'actif' AND a.id IN ({..ids})"
    ))
    .all(db)
    .await?;
    let rangs: std::collections::HashMap<&str, usize> = ids.iter().map(String::as_str).zip(0..).collect();
    lignes.sort_by_key(|ligne| rangs.get(ligne.id.as_str()).copied());
    Ok(lignes)
}
