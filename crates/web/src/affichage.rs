//! The look of the pages: as the device asks, or as the reader chose. The choice is a cookie of this browser, read on the
//! server: it holds without script, from the first byte, and nothing is known of who chose.

use axum::response::Response;

use crate::cadre::{cookie, poser, retirer};
use crate::contexte::Contexte;

/// Cookie of an agent who wants the keys.
pub const COOKIE_RACCOURCIS: &str = "terreau_raccourcis";
/// Its only value.
pub const RACCOURCIS_OUI: &str = "oui";

/// Does the page listen to keys? Only agents are asked, and only a wanted key acts (RGAA 12.10).
#[must_use]
pub fn raccourcis(contexte: &Contexte) -> bool {
    let voulus = contexte.cookies.get(COOKIE_RACCOURCIS).is_some_and(|cookie| cookie.value() == RACCOURCIS_OUI);
    voulus && contexte.visiteur.est_agent()
}

/// Days that a choice is kept.
const JOURS: i64 = 400;

/// Keeps a choice in this browser; none removes it.
pub fn retenir(reponse: &mut Response, contexte: &Contexte, nom: &'static str, choix: Option<&str>) {
    let gardee = choix.map_or_else(|| retirer(contexte, nom), |choix| cookie(contexte, nom, choix.to_owned(), JOURS));
    poser(reponse, &gardee);
}

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
