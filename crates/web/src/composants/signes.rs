//! Small drawings: icons and illustrations, each a symbol of one sprite of `interface/src/images`. They never speak alone:
//! the words beside them say the same, so that a screen reader is told nothing twice.

use askama::Template;
use domain::vocabulaire;

use super::composant;
use crate::actifs;

vocabulaire! {
    /// An icon, in the colour of the words beside it.
    Signe {
        Pousse = "pousse", "A sprout: a project.";
        Personnes = "personnes", "Two people: actors, colleagues.";
        Main = "main", "An open hand: help.";
        Clocher = "clocher", "A bell tower: a commune.";
        Plan = "plan", "A folded map.";
        Liste = "liste", "A list.";
        Telephone = "telephone", "A telephone.";
        Courriel = "courriel", "A letter.";
        Calendrier = "calendrier", "A calendar: a date.";
        Horloge = "horloge", "A clock: a delay.";
        Piece = "piece", "A coin: money.";
        Loupe = "loupe", "A lens: search.";
        Imprimante = "imprimante", "A printer.";
        Telecharger = "telecharger", "An arrow into a tray: download.";
        Document = "document", "A sheet: a document.";
        Crayon = "crayon", "A pencil: change.";
        Plus = "plus", "A cross: add.";
        Coche = "coche", "A tick: done, yes.";
        Croix = "croix", "A saltire: no, remove.";
        Question = "question", "A question mark: to be verified, help.";
        Attention = "attention", "A warning.";
        Cadenas = "cadenas", "A padlock: private.";
        Oeil = "oeil", "An eye: public.";
        Fleche = "fleche", "An arrow: go on.";
        Filtre = "filtre", "A funnel: filters.";
        Tri = "tri", "Two arrows: order.";
        Menu = "menu", "Three lines: the menu.";
        Affichage = "affichage", "Half a sun, half a moon: the look of the pages.";
    }
}

vocabulaire! {
    /// An illustration. Its colours are those of the theme.
    Dessin {
        Village = "village", "A village on its hill, over living soil: the home page.";
        Semis = "semis", "A bed that waits for its seeds: nothing here yet.";
        Sentier = "sentier", "A signpost where paths part: nothing at this address.";
        Recolte = "recolte", "A full basket: it is done.";
    }
}

/// An icon to put before words.
#[derive(Template, Clone, Copy, Debug)]
#[template(
    source = "<svg class=\"tr-icone\" width=\"24\" height=\"24\" aria-hidden=\"true\" focusable=\"false\"><use href=\"{{ self.adresse() }}\"/></svg>",
    ext = "html"
)]
pub struct Icone(pub Signe);

impl Icone {
    fn adresse(self) -> String {
        format!("{}#{}", actifs::url("icones.svg"), self.0.as_str())
    }
}

/// An illustration.
#[derive(Template, Clone, Copy, Debug)]
#[template(
    source = "<svg class=\"tr-illustration\" viewBox=\"{{ self.cadre() }}\" aria-hidden=\"true\" focusable=\"false\"><use href=\"{{ self.adresse() }}\"/></svg>",
    ext = "html"
)]
pub struct Illustration(pub Dessin);

impl Illustration {
    fn adresse(self) -> String {
        format!("{}#{}", actifs::url("dessins.svg"), self.0.as_str())
    }

    fn cadre(self) -> &'static str {
        if self.0 == Dessin::Village { "0 0 560 320" } else { "0 0 240 130" }
    }
}

composant!(Icone, Illustration);

#[cfg(test)]
mod tests {
    use super::{Dessin, Signe};

    fn lire(nom: &str) -> String {
        let chemin = format!("{}/../../interface/src/images/{nom}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(chemin).unwrap()
    }

    #[test]
    fn chaque_dessin_est_dans_sa_planche() {
        let (icones, dessins) = (lire("icones.svg"), lire("dessins.svg"));
        for signe in Signe::TOUS {
            assert!(icones.contains(&format!("id=\"{}\"", signe.as_str())), "{signe:?}");
        }
        for dessin in Dessin::TOUS {
            assert!(dessins.contains(&format!("id=\"{}\"", dessin.as_str())), "{dessin:?}");
        }
        assert_eq!(icones.matches("<symbol").count(), Signe::TOUS.len(), "no icon that nobody calls");
        assert_eq!(dessins.matches("<symbol").count(), Dessin::TOUS.len());
    }
}
