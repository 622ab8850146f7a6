//! Figures along time: at most a few lines, told apart by dashes and by the shape of their points.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::jumeau::motif;
use crate::{Jumeau, Legende, Serie, place, proportion};

const LARGEUR: f64 = 480.0;
const HAUTEUR: f64 = 260.0;
/// Room for the figures of the vertical axis, the last label, the top, the labels of the horizontal axis.
const GAUCHE: f64 = 44.0;
const DROITE: f64 = 16.0;
const HAUT: f64 = 14.0;
const BAS: f64 = 34.0;
/// Lines of the grid, above the base.
const GRADUATIONS: i64 = 4;
/// Labels of the horizontal axis that fit side by side.
const NOMS_MAX: usize = 4;

/// Lines.
#[derive(Template, Clone, Debug)]
#[template(path = "courbes.html")]
pub struct Courbes {
    legende: Legende,
    abscisses: Vec<String>,
    series: Vec<Serie>,
    jumeau: Jumeau,
}

struct Graduation {
    y: i32,
    valeur: i64,
}

struct Ligne<'a> {
    motif: usize,
    nom: &'a str,
    trace: String,
    points: Vec<(i32, i32, String)>,
}

impl Courbes {
    /// One place of the axis for each abscissa, one figure of each series there.
    #[must_use]
    pub fn nouvelles(legende: Legende, axe: &str, abscisses: Vec<String>, series: Vec<Serie>) -> Self {
        let valeur = |serie: &Serie, rang: usize| serie.valeurs.get(rang).map(ToString::to_string).unwrap_or_default();
        let jumeau = Jumeau {
            titre: legende.titre.clone(),
            colonnes: std::iter::once(axe.to_owned()).chain(series.iter().map(|s| s.nom.clone())).collect(),
            lignes: abscisses
                .iter()
                .enumerate()
                .map(|(rang, nom)| {
                    std::iter::once(nom.clone()).chain(series.iter().map(|serie| valeur(serie, rang))).collect()
                })
                .collect(),
        };
        Self { legende, abscisses, series, jumeau }
    }

    /// The top of the axis: the next number that parts well in `GRADUATIONS`.
    fn sommet(&self) -> i64 {
        let le_plus = self.series.iter().flat_map(|serie| &serie.valeurs).copied().max().unwrap_or(0).max(1);
        let mut pas = 1_i64;
        loop {
            for facteur in [1, 2, 5] {
                let sommet = pas.saturating_mul(facteur).saturating_mul(GRADUATIONS);
                if sommet >= le_plus {
                    return sommet;
                }
            }
            pas = pas.saturating_mul(10);
        }
    }

    fn x(&self, rang: usize) -> i32 {
        let dernier = i64::try_from(self.abscisses.len()).unwrap_or(i64::MAX).saturating_sub(1);
        let rang = i64::try_from(rang).unwrap_or(0);
        place(GAUCHE + proportion(rang, dernier) * (LARGEUR - GAUCHE - DROITE))
    }

    fn y(valeur: i64, sommet: i64) -> i32 {
        place(HAUTEUR - BAS - proportion(valeur, sommet) * (HAUTEUR - HAUT - BAS))
    }

    fn graduations(&self) -> Vec<Graduation> {
        let sommet = self.sommet();
        (0..=GRADUATIONS)
            .map(|n| sommet / GRADUATIONS * n)
            .map(|valeur| Graduation { y: Self::y(valeur, sommet), valeur })
            .collect()
    }

    /// Labels that fit: the first, the last, and some between.
    fn noms(&self) -> Vec<(i32, &str, &'static str)> {
        let dernier = self.abscisses.len().saturating_sub(1);
        let saut = dernier.div_ceil(NOMS_MAX - 1).max(1);
        let ancre = |rang| {
            if rang == 0 {
                "start"
            } else if rang == dernier {
                "end"
            } else {
                "middle"
            }
        };
        let garde = |rang: usize| rang == dernier || (rang.is_multiple_of(saut) && dernier - rang >= saut);
        let noms = self.abscisses.iter().enumerate().filter(|(rang, _)| garde(*rang));
        noms.map(|(rang, nom)| (self.x(rang), nom.as_str(), ancre(rang))).collect()
    }

    fn lignes(&self) -> Vec<Ligne<'_>> {
        let sommet = self.sommet();
        let nom = |rang: usize| self.abscisses.get(rang).map(String::as_str).unwrap_or_default();
        let point =
            |rang: usize, valeur: i64| (self.x(rang), Self::y(valeur, sommet), format!("{} : {valeur}", nom(rang)));
        let ligne = |rang: usize, serie: &'_ Serie| {
            let points: Vec<_> = serie.valeurs.iter().enumerate().map(|(i, valeur)| point(i, *valeur)).collect();
            let trace = points.iter().map(|(x, y, _)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
            (motif(rang), trace, points)
        };
        let mut lignes = Vec::with_capacity(self.series.len());
        for (rang, serie) in self.series.iter().enumerate() {
            let (motif, trace, points) = ligne(rang, serie);
            lignes.push(Ligne { motif, nom: &serie.nom, trace, points });
        }
        lignes
    }
}

impl HtmlSafe for Courbes {}

#[cfg(test)]
mod tests {
    use super::Courbes;
    use crate::{Legende, Serie};
    use rstest::rstest;

    fn courbes(valeurs: &[i64]) -> Courbes {
        let mois = ["janvier", "février", "mars", "avril", "mai", "juin"];
        let abscisses = mois.iter().take(valeurs.len()).map(|m| (*m).to_owned()).collect();
        let legende = Legende::nouvelle("mois", "Demandes par mois", "Trois en mars, le plus haut.");
        let repondues: Vec<i64> = valeurs.iter().map(|v| v / 2).collect();
        let series = vec![Serie::nouvelle("Reçues", valeurs), Serie::nouvelle("Répondues", repondues)];
        Courbes::nouvelles(legende, "Mois", abscisses, series)
    }

    #[test]
    fn deux_courbes_et_leur_tableau() {
        insta::assert_snapshot!(courbes(&[1, 2, 9, 0, 4, 3]));
    }

    #[rstest]
    #[case(&[0], 4)]
    #[case(&[4], 4)]
    #[case(&[5], 8)]
    #[case(&[9, 2], 20)]
    #[case(&[81], 200)]
    #[case(&[i64::MAX], i64::MAX)]
    fn le_sommet_de_l_axe_se_lit(#[case] valeurs: &[i64], #[case] attendu: i64) {
        assert_eq!(courbes(valeurs).sommet(), attendu);
    }

    #[test]
    fn sans_donnee_l_axe_reste() {
        assert!(courbes(&[]).to_string().contains("</svg>"));
    }
}
