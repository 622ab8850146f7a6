//! The live map, beside a list that says the same. Nothing of it is loaded before a reader asks.

use askama::Template;

use super::composant;
use crate::actifs;
use crate::cadre::Cadre;

/// Where the live map may open: a button of the page's script. Without script there is nothing, and nothing is missing.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/carte_vive.html")]
pub struct CarteVive {
    points: String,
    fond: &'static str,
    script: String,
    ouvrier: String,
    feuille: String,
}

impl CarteVive {
    /// `points` is the address of a GeoJSON of this site: points with `nom` and `page`.
    #[must_use]
    pub fn nouvelle(cadre: &Cadre, points: impl Into<String>) -> Self {
        Self {
            points: points.into(),
            fond: cadre.identite().fond.as_str(),
            script: actifs::url("carte.js"),
            ouvrier: actifs::url("carte-ouvrier.js"),
            feuille: actifs::url("carte.css"),
        }
    }
}

composant!(CarteVive);
