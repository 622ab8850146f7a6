//! One figure a line. The drawing is a table whose second column is drawn: nobody needs a twin.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::{Legende, Motifs, part};

/// A line.
#[derive(Clone, Debug)]
pub struct Barre {
    /// What.
    pub libelle: String,
    /// How much, for the length.
    pub valeur: i64,
    /// How much, in words ("9 projets", "69 %").
    pub texte: String,
}

impl Barre {
    /// A line.
    #[must_use]
    pub fn nouvelle(libelle: impl Into<String>, valeur: i64, texte: impl Into<String>) -> Self {
        Self { libelle: libelle.into(), valeur, texte: texte.into() }
    }
}

/// Bars, or a funnel when each line is a part of the one above.
#[derive(Template, Clone, Debug)]
#[template(path = "barres.html")]
pub struct Barres {
    legende: Legende,
    colonnes: [String; 2],
    lignes: Vec<Barre>,
    entonnoir: bool,
    motifs: Motifs,
}

impl Barres {
    /// Bars from a common left edge; `colonnes` are the two headers.
    #[must_use]
    pub fn nouvelles(legende: Legende, colonnes: [&str; 2], lignes: Vec<Barre>) -> Self {
        let motifs = Motifs::nouveaux(&legende.id, 1);
        Self { legende, colonnes: colonnes.map(str::to_owned), lignes, entonnoir: false, motifs }
    }

    /// Centred: what is left at each step.
    #[must_use]
    pub fn en_entonnoir(mut self) -> Self {
        self.entonnoir = true;
        self
    }

    fn le_plus(&self) -> i64 {
        self.lignes.iter().map(|ligne| ligne.valeur).max().unwrap_or(0)
    }

    fn largeur(&self, ligne: &Barre) -> String {
        part(ligne.valeur, self.le_plus())
    }

    /// Where the bar begins: half of what is missing, in a funnel.
    fn debut(&self, ligne: &Barre) -> String {
        let le_plus = self.le_plus();
        if self.entonnoir {
            part(le_plus.saturating_sub(ligne.valeur), le_plus.saturating_mul(2))
        } else {
            "0".to_owned()
        }
    }
}

impl HtmlSafe for Barres {}

#[cfg(test)]
mod tests {
    use super::{Barre, Barres};
    use crate::Legende;

    fn lignes() -> Vec<Barre> {
        vec![
            Barre::nouvelle("Demandes reçues", 13, "13"),
            Barre::nouvelle("Demandes qui ont une réponse", 9, "9"),
            Barre::nouvelle("<b>Hostile</b>", 0, "0"),
        ]
    }

    fn legende() -> Legende {
        Legende::nouvelle("essai", "De la demande à l’activité", "Neuf demandes sur treize ont une réponse.")
    }

    #[test]
    fn les_barres_partent_du_bord() {
        insta::assert_snapshot!(Barres::nouvelles(legende(), ["Étape", "Projets"], lignes()));
    }

    #[test]
    fn un_entonnoir_se_resserre_au_milieu() {
        insta::assert_snapshot!(Barres::nouvelles(legende(), ["Étape", "Projets"], lignes()).en_entonnoir());
    }

    #[test]
    fn rien_se_dessine_sans_diviser_par_zero() {
        let vide =
            Barres::nouvelles(legende(), ["Étape", "Projets"], vec![Barre::nouvelle("Rien", 0, "0")]).to_string();
        assert!(vide.contains("width=\"0.0%\""), "{vide}");
    }
}
