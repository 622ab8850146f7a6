//! The look of the pages: as the device asks, or as the reader chose. The choice is a cookie of this browser, read on the
//! server: it holds without script, from the first byte, and nothing is known of who chose.

use std::str::FromStr;

use crate::contexte::Contexte;

/// Cookie of the choice.
pub const COOKIE_AFFICHAGE: &str = "terreau_affichage";

/// A look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Affichage {
    /// What the device asks (dark at night, more contrast), without a cookie.
    #[default]
    Appareil,
    /// Light.
    Clair,
    /// Dark.
    Sombre,
    /// Black on white, thick lines.
    Contraste,
    /// White on black, thick lines.
    ContrasteSombre,
}

impl Affichage {
    /// All, in the order of the page.
    pub const TOUS: [Self; 5] = [Self::Appareil, Self::Clair, Self::Sombre, Self::Contraste, Self::ContrasteSombre];

    /// Stable id: cookie, form, attribute of the page.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Appareil => "appareil",
            Self::Clair => "clair",
            Self::Sombre => "sombre",
            Self::Contraste => "contraste",
            Self::ContrasteSombre => "contraste-sombre",
        }
    }

    /// Words.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Appareil => "Comme mon appareil",
            Self::Clair => "Clair",
            Self::Sombre => "Sombre",
            Self::Contraste => "Contraste fort, fond blanc",
            Self::ContrasteSombre => "Contraste fort, fond noir",
        }
    }

    /// What this browser chose; an unknown value is no choice.
    #[must_use]
    pub fn de(contexte: &Contexte) -> Self {
        contexte.cookies.get(COOKIE_AFFICHAGE).and_then(|cookie| cookie.value().parse().ok()).unwrap_or_default()
    }
}

impl FromStr for Affichage {
    type Err = ();
    fn from_str(texte: &str) -> Result<Self, ()> {
        Self::TOUS.into_iter().find(|affichage| affichage.as_str() == texte).ok_or(())
    }
}
