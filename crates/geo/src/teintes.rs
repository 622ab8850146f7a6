//! Shades of a choropleth: four classes with about as many places in each, a pattern beside each colour, a legend in words.

use std::fmt::Write as _;

use crate::carte::echapper;

const CLASSES: [&str; 4] = ["teinte-1", "teinte-2", "teinte-3", "teinte-4"];
/// Drawn over the colour: nothing, dots, stripes, nothing (the darkest is told by being full).
const MOTIFS: [&str; 4] = [
    "",
    "<circle class=\"tr-point\" cx=\"3\" cy=\"3\" r=\"1.1\"/>",
    "<path class=\"tr-trait\" d=\"M0 6l6-6M-1 1l2-2M5 7l2-2\"/>",
    "",
];

/// The classes of a series of counts; zero stands apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teintes {
    /// Highest value of each class but the last, growing.
    seuils: Vec<i64>,
    le_plus: i64,
    mots: String,
}

impl Teintes {
    /// Classes of these counts; the legend begins with these words ("Acteurs par commune").
    #[must_use]
    pub fn de(valeurs: &[i64], mots: impl Into<String>) -> Self {
        let mut positives: Vec<i64> = valeurs.iter().copied().filter(|valeur| *valeur > 0).collect();
        positives.sort_unstable();
        let le_plus = positives.last().copied().unwrap_or(0);
        let quart = |n: usize| positives.get((positives.len() * n / CLASSES.len()).saturating_sub(1)).copied();
        let mut seuils: Vec<i64> = (1..CLASSES.len()).filter_map(quart).filter(|seuil| *seuil < le_plus).collect();
        seuils.dedup();
        Self { seuils, le_plus, mots: mots.into() }
    }

    /// Class of the style sheet for a count.
    #[must_use]
    pub fn classe(&self, valeur: i64) -> &'static str {
        if valeur <= 0 {
            return "commune";
        }
        let rang = self.seuils.iter().filter(|seuil| valeur > **seuil).count();
        // With few classes the darkest is still the last one.
        let saut = CLASSES.len() - 1 - self.seuils.len();
        CLASSES.get(rang + saut).copied().unwrap_or("teinte-4")
    }

    /// Lowest and highest count of each class.
    fn classes(&self) -> Vec<(&'static str, i64, i64)> {
        let debuts = std::iter::once(1).chain(self.seuils.iter().map(|seuil| seuil + 1));
        let fins = self.seuils.iter().copied().chain([self.le_plus]);
        let classes = debuts.zip(fins).map(|(debut, fin)| (self.classe(fin), debut, fin));
        classes.filter(|(_, debut, fin)| debut <= fin).collect()
    }

    pub(crate) fn ecrire_motifs(&self, svg: &mut String, id: &str) {
        svg.push_str("<defs>");
        for (rang, motif) in MOTIFS.iter().enumerate() {
            let n = rang + 1;
            let _ = write!(
                svg,
                "<pattern id=\"{id}-m{n}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" class=\"fond-{n}\"/>{motif}</pattern>"
            );
        }
        svg.push_str("</defs>");
    }

    pub(crate) fn ecrire_legende(&self, svg: &mut String, id: &str) {
        let _ = write!(svg, "<p class=\"tr-cles-titre\">{}</p><ul class=\"tr-cles\">", echapper(&self.mots));
        let cle = |fond: &str| {
            format!(
                "<li><svg width=\"28\" height=\"18\" aria-hidden=\"true\" focusable=\"false\"><rect width=\"28\" height=\"18\" rx=\"3\" {fond}/></svg> "
            )
        };
        let _ = write!(svg, "{}aucun</li>", cle("class=\"fond-0\""));
        for (classe, debut, fin) in self.classes() {
            let motif = classe.replace("teinte-", "m");
            let combien = if debut == fin { debut.to_string() } else { format!("{debut} à {fin}") };
            let _ = write!(svg, "{}{combien}</li>", cle(&format!("fill=\"url(#{id}-{motif})\"")));
        }
        svg.push_str("</ul>");
    }
}

#[cfg(test)]
mod tests {
    use super::Teintes;

    #[test]
    fn quatre_classes_a_peu_pres_egales() {
        let teintes = Teintes::de(&[0, 1, 1, 2, 3, 5, 8, 13, 40], "acteurs");
        assert_eq!(
            teintes.classes(),
            [("teinte-1", 1, 1), ("teinte-2", 2, 3), ("teinte-3", 4, 8), ("teinte-4", 9, 40)]
        );
        assert_eq!(teintes.classe(0), "commune");
        assert_eq!(teintes.classe(1000), "teinte-4");
    }

    #[test]
    fn peu_de_valeurs_peu_de_classes_et_la_plus_forte_reste_foncee() {
        assert_eq!(Teintes::de(&[1, 1, 1], "projets").classes(), [("teinte-4", 1, 1)]);
        assert_eq!(Teintes::de(&[1, 2], "projets").classes(), [("teinte-3", 1, 1), ("teinte-4", 2, 2)]);
        assert!(Teintes::de(&[0, 0], "projets").classes().is_empty());
    }
}
