//! Parts of a whole: one bar a line, the same series in each.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::jumeau::motif;
use crate::{Jumeau, Legende, Motifs, part};

/// A part.
#[derive(Clone, Debug)]
pub struct Part {
    /// How much, for the length.
    pub valeur: i64,
    /// How much, in words.
    pub texte: String,
}

impl Part {
    /// A part.
    #[must_use]
    pub fn nouvelle(valeur: i64, texte: impl Into<String>) -> Self {
        Self { valeur, texte: texte.into() }
    }
}

/// Stacked bars.
#[derive(Template, Clone, Debug)]
#[template(path = "empilees.html")]
pub struct Empilees {
    legende: Legende,
    series: Vec<String>,
    lignes: Vec<(String, Vec<Part>)>,
    motifs: Motifs,
    jumeau: Option<Jumeau>,
}

struct Morceau {
    debut: String,
    largeur: String,
    motif: usize,
}

impl Empilees {
    /// One bar a line; each line holds one part for each series. With one line only, the legend says the
    /// figures. `axe` is what a line is ("Secteur").
    #[must_use]
    pub fn nouvelles(legende: Legende, axe: &str, series: Vec<String>, lignes: Vec<(String, Vec<Part>)>) -> Self {
        let motifs = Motifs::nouveaux(&legende.id, series.len());
        let jumeau = (lignes.len() > 1).then(|| Jumeau {
            titre: legende.titre.clone(),
            colonnes: std::iter::once(axe.to_owned()).chain(series.iter().cloned()).collect(),
            lignes: lignes
                .iter()
                .map(|(nom, parts)| std::iter::once(nom.clone()).chain(parts.iter().map(|p| p.texte.clone())).collect())
                .collect(),
        });
        Self { legende, series, lignes, motifs, jumeau }
    }

    /// The longest line is the width of the drawing.
    fn le_plus(&self) -> i64 {
        self.lignes.iter().map(|(_, parts)| total(parts)).max().unwrap_or(0)
    }

    fn morceaux(&self, parts: &[Part]) -> Vec<Morceau> {
        let le_plus = self.le_plus();
        let mut avant = 0_i64;
        let morceau = |(rang, p): (usize, &Part)| {
            let debut = part(avant, le_plus);
            avant = avant.saturating_add(p.valeur.max(0));
            Morceau { debut, largeur: part(p.valeur, le_plus), motif: motif(rang) }
        };
        parts.iter().enumerate().map(morceau).collect()
    }

    /// The legend: name, pattern, and the figure when there is one line.
    fn cles(&self) -> Vec<(usize, &str, Option<&str>)> {
        let seule = match self.lignes.as_slice() {
            [(_, parts)] => Some(parts),
            _ => None,
        };
        let texte = |rang: usize| seule.and_then(|parts| parts.get(rang)).map(|p| p.texte.as_str());
        self.series.iter().enumerate().map(|(rang, nom)| (motif(rang), nom.as_str(), texte(rang))).collect()
    }
}

fn total(parts: &[Part]) -> i64 {
    parts.iter().fold(0, |total: i64, part| total.saturating_add(part.valeur.max(0)))
}

impl HtmlSafe for Empilees {}

#[cfg(test)]
mod tests {
    use super::{Empilees, Part};
    use crate::Legende;

    fn parts(valeurs: [i64; 3]) -> Vec<Part> {
        valeurs.iter().map(|v| Part::nouvelle(*v, format!("{v} €"))).collect()
    }

    fn series() -> Vec<String> {
        ["Aides", "Argent privé", "Reste à payer"].map(str::to_owned).to_vec()
    }

    #[test]
    fn une_seule_barre_dit_ses_chiffres_dans_la_legende() {
        let legende = Legende::nouvelle("plan", "Qui paie", "La moitié reste à payer.");
        insta::assert_snapshot!(Empilees::nouvelles(
            legende,
            "Projet",
            series(),
            vec![("Coût".to_owned(), parts([30, 20, 50]))]
        ));
    }

    #[test]
    fn plusieurs_barres_ont_leur_tableau() {
        let legende = Legende::nouvelle("plans", "Qui paie", "Deux scénarios.");
        let lignes = vec![("Avec aides".to_owned(), parts([30, 20, 50])), ("Sans".to_owned(), parts([0, 20, 80]))];
        insta::assert_snapshot!(Empilees::nouvelles(legende, "Scénario", series(), lignes));
    }
}
