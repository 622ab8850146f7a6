//! A few notes on one scale, around a circle: a self-test, before and after.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::jumeau::motif;
use crate::{Jumeau, Legende, Serie, place, proportion};

const CENTRE: (f64, f64) = (240.0, 180.0);
const RAYON: f64 = 130.0;
/// Labels stand a little outside.
const NOMS: f64 = 148.0;

/// A radar.
#[derive(Template, Clone, Debug)]
#[template(path = "radar.html")]
pub struct Radar {
    legende: Legende,
    axes: Vec<String>,
    echelle: i64,
    series: Vec<Serie>,
    jumeau: Jumeau,
}

struct Nom<'a> {
    x: i32,
    y: i32,
    ancre: &'static str,
    texte: &'a str,
}

impl Radar {
    /// Notes from 0 to `echelle` on each axis (three axes at least make a shape).
    #[must_use]
    pub fn nouveau(legende: Legende, axes: Vec<String>, echelle: i64, series: Vec<Serie>) -> Self {
        let note = |serie: &Serie, rang: usize| {
            serie.valeurs.get(rang).map(|v| format!("{v} sur {echelle}")).unwrap_or_default()
        };
        let jumeau = Jumeau {
            titre: legende.titre.clone(),
            colonnes: std::iter::once("Sujet".to_owned()).chain(series.iter().map(|s| s.nom.clone())).collect(),
            lignes: axes
                .iter()
                .enumerate()
                .map(|(rang, axe)| std::iter::once(axe.clone()).chain(series.iter().map(|s| note(s, rang))).collect())
                .collect(),
        };
        Self { legende, axes, echelle, series, jumeau }
    }

    /// A place on an axis, at this distance from the centre.
    fn sur_l_axe(&self, rang: usize, distance: f64) -> (f64, f64) {
        let tour =
            f64::from(u32::try_from(rang).unwrap_or(0)) / f64::from(u32::try_from(self.axes.len()).unwrap_or(1).max(1));
        let (sinus, cosinus) = (tour * std::f64::consts::TAU).sin_cos();
        (CENTRE.0 + distance * sinus, CENTRE.1 - distance * cosinus)
    }

    fn contour(&self, distance: impl Fn(usize) -> f64) -> String {
        let place_de = |rang| {
            let (x, y) = self.sur_l_axe(rang, distance(rang));
            format!("{},{}", place(x), place(y))
        };
        (0..self.axes.len()).map(place_de).collect::<Vec<_>>().join(" ")
    }

    /// The web: quarters of the scale.
    fn toile(&self) -> Vec<String> {
        [0.25, 0.5, 0.75, 1.0].iter().map(|quart| self.contour(|_| RAYON * quart)).collect()
    }

    fn formes(&self) -> Vec<(usize, &str, String)> {
        let note = |serie: &Serie, rang: usize| serie.valeurs.get(rang).copied().unwrap_or(0);
        self.series
            .iter()
            .enumerate()
            .map(|(n, serie)| {
                let contour = self.contour(|rang| RAYON * proportion(note(serie, rang), self.echelle));
                (motif(n), serie.nom.as_str(), contour)
            })
            .collect()
    }

    fn noms(&self) -> Vec<Nom<'_>> {
        let nom = |rang, texte| {
            let (x, y) = self.sur_l_axe(rang, NOMS);
            let ancre = match x - CENTRE.0 {
                ecart if ecart > 20.0 => "start",
                ecart if ecart < -20.0 => "end",
                _ => "middle",
            };
            Nom { x: place(x), y: place(y) + 5, ancre, texte }
        };
        self.axes.iter().enumerate().map(|(rang, texte)| nom(rang, texte.as_str())).collect()
    }
}

impl HtmlSafe for Radar {}

#[cfg(test)]
mod tests {
    use super::Radar;
    use crate::{Legende, Serie};

    #[test]
    fn deux_formes_sur_cinq_axes() {
        let axes = ["Besoin", "Partenaires", "Argent", "Local", "Équipe"].map(str::to_owned).to_vec();
        let series = vec![Serie::nouvelle("Avant", [1, 2, 0, 3, 4]), Serie::nouvelle("Après", [3, 3, 2, 9, 4])];
        let legende = Legende::nouvelle("radar", "Où en est le projet", "Le besoin est mieux connu.");
        insta::assert_snapshot!(Radar::nouveau(legende, axes, 4, series));
    }
}
