//! Charts drawn by the server. Each one is a struct that writes itself (`{{ graphique }}` in a page) and says the same three
//! times: by its shapes, by patterns beside the colours, by figures in a table that is the drawing itself or one key away.
//! Nothing is styled inline (strict CSP): a length is an SVG attribute, a colour is a class of the style sheet.
//!
//! - [`Barres`]: one figure a line, or a funnel; the table is the drawing.
//! - [`Empilees`]: parts of a whole, one bar a line.
//! - [`Courbes`]: figures along time.
//! - [`Radar`]: a few notes on the same scale.
//! - [`Flux`]: money that goes from here to there (Sankey).
//!
//! Geometry is pure and on a grid of whole units, so that the pictures of the tests do not move.

mod barres;
mod courbes;
mod empilees;
mod flux;
mod jumeau;
mod radar;

pub use barres::{Barre, Barres};
pub use courbes::Courbes;
pub use empilees::{Empilees, Part};
pub use flux::{Flux, Lien};
pub use jumeau::{Jumeau, Motifs, SERIES_MAX};
pub use radar::Radar;

/// What is said of a drawing beside its shapes.
#[derive(Clone, Debug)]
pub struct Legende {
    /// Unique in the page: patterns are found by it.
    pub id: String,
    /// What is shown.
    pub titre: String,
    /// What it says, in a sentence: for who does not see it, and for who sees it fast.
    pub description: String,
}

impl Legende {
    /// Title and sentence.
    #[must_use]
    pub fn nouvelle(id: impl Into<String>, titre: impl Into<String>, description: impl Into<String>) -> Self {
        Self { id: id.into(), titre: titre.into(), description: description.into() }
    }
}

/// A named series of figures.
#[derive(Clone, Debug)]
pub struct Serie {
    /// Name.
    pub nom: String,
    /// One figure for each place of the axis.
    pub valeurs: Vec<i64>,
}

impl Serie {
    /// A series.
    #[must_use]
    pub fn nouvelle(nom: impl Into<String>, valeurs: impl Into<Vec<i64>>) -> Self {
        Self { nom: nom.into(), valeurs: valeurs.into() }
    }
}

/// A share in tenths of a percent, as SVG writes a length: `"12.5"`. Nothing of nothing is nothing; a share is at most the whole.
fn part(valeur: i64, tout: i64) -> String {
    let milliemes = milliemes(valeur, tout);
    format!("{}.{}", milliemes / 10, milliemes % 10)
}

fn milliemes(valeur: i64, tout: i64) -> i64 {
    let (valeur, tout) = (i128::from(valeur.max(0)), i128::from(tout.max(0)));
    (valeur * 1000).checked_div(tout).and_then(|m| i64::try_from(m.min(1000)).ok()).unwrap_or(0)
}

/// A place of the drawing's grid.
#[expect(clippy::cast_possible_truncation, reason = "units of a drawing: a few hundred")]
fn place(valeur: f64) -> i32 {
    valeur.round() as i32
}

/// A share of a length, for shapes.
#[expect(clippy::cast_precision_loss, reason = "a drawing rounds to its grid anyway")]
fn proportion(valeur: i64, tout: i64) -> f64 {
    if tout <= 0 { 0.0 } else { (valeur.max(0) as f64 / tout as f64).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::{part, proportion};
    use rstest::rstest;

    #[rstest]
    #[case(1, 8, "12.5")]
    #[case(0, 0, "0.0")]
    #[case(5, 0, "0.0")]
    #[case(-3, 10, "0.0")]
    #[case(12, 10, "100.0")]
    #[case(i64::MAX, i64::MAX, "100.0")]
    fn une_part_reste_entre_rien_et_tout(#[case] valeur: i64, #[case] tout: i64, #[case] attendu: &str) {
        assert_eq!(part(valeur, tout), attendu);
        assert!((0.0..=1.0).contains(&proportion(valeur, tout)));
    }
}
