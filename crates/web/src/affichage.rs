//! The look of the pages: as the device asks, or as the reader chose. The choice is a cookie of this browser, read on the
//! server: it holds without script, from the first byte, and nothing is known of who chose.

use crate::contexte::Contexte;

/// Cookie of the choice.
pub const COOKIE_AFFICHAGE: &str = "terreau_affichage";

domain::vocabulaire! {
    /// A look.
    #[derive(Default)]
    Affichage {
        /// What the device asks (dark at night, more contrast), without a cookie.
        #[default]
        Appareil = "appareil", "Comme mon appareil";
        /// Light.
        Clair = "clair", "Clair";
        /// Dark.
        Sombre = "sombre", "Sombre";
        /// Black on white, thick lines.
        Contraste = "contraste", "Contraste fort, fond blanc";
        /// White on black, thick lines.
        ContrasteSombre = "contraste-sombre", "Contraste fort, fond noir";
    }
}

impl Affichage {
    /// What this browser chose; an unknown value is no choice.
    #[must_use]
    pub fn de(contexte: &Contexte) -> Self {
        contexte.cookies.get(COOKIE_AFFICHAGE).and_then(|cookie| cookie.value().parse().ok()).unwrap_or_default()
    }
}
