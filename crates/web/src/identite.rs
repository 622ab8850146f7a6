//! What an instance says of itself: name, accent colour, contact, host. An agent changes it on screen.

use domain::referentiel::Collectivite;
use serde::{Deserialize, Serialize};
use socle::reglage;

use crate::logo::Logo;

/// Key of the setting.
pub const CLE: &str = "identite";

/// Identity, as saved. Empty texts are "not said": pages then say so instead of inventing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identite {
    /// Name of the service, in the header.
    pub nom: String,
    /// Name of the collectivité.
    pub collectivite: String,
    /// Accent colour, `#rrggbb`; its contrast was checked when it was saved, on each of [`FONDS`].
    pub accent: String,
    /// Address of the team, shown on help and error pages.
    pub courriel: String,
    /// Telephone of the team.
    pub telephone: String,
    /// Postal address.
    pub adresse: String,
    /// Directeur de la publication (mentions légales).
    pub directeur_publication: String,
    /// Host (mentions légales).
    pub hebergeur: String,
    /// Délégué à la protection des données: how to reach them.
    pub dpo: String,
    /// Background of the live map.
    pub fond: Fond,
    /// Promised delay of answer where a commune has no secteur, in working days.
    pub delai_jours_ouvres: u32,
    /// The logo, a setting of its own.
    #[serde(skip)]
    pub logo: Logo,
    /// Version read, for the optimistic lock of the settings page.
    #[serde(skip)]
    pub version: i64,
}

impl Default for Identite {
    fn default() -> Self {
        Self {
            nom: "Terreau".to_owned(),
            collectivite: String::new(),
            accent: ACCENT.to_owned(),
            courriel: String::new(),
            telephone: String::new(),
            adresse: String::new(),
            directeur_publication: String::new(),
            hebergeur: String::new(),
            dpo: String::new(),
            fond: Fond::Aucun,
            delai_jours_ouvres: 10,
            logo: Logo::default(),
            version: 0,
        }
    }
}

domain::vocabulaire! {
    /// Background of the live map. Anything but none is fetched by the reader's browser from someone else, when the map is
    /// opened.
    #[derive(Default)]
    Fond {
        /// The contours of this site alone.
        #[default]
        Aucun = "aucun", "Aucun : les contours des communes seulement";
        /// IGN's plan.
        Ign = "ign", "Plan IGN (Géoplateforme)";
    }
}

impl Fond {
    /// Whom the reader's browser asks, for the security policy.
    #[must_use]
    pub fn hote(self) -> &'static str {
        match self {
            Self::Aucun => "",
            Self::Ign => " https://data.geopf.fr",
        }
    }
}

/// Accent before anyone chooses: a deep green.
pub const ACCENT: &str = "#1f5c3a";

impl Identite {
    /// Among all settings.
    #[must_use]
    pub fn parmi(lignes: &[reglage::Model], collectivite: &Collectivite) -> Self {
        let (lue, version) = reglage::parmi::<Self>(lignes, CLE);
        let mut identite = Self { version, logo: Logo::parmi(lignes), ..lue.unwrap_or_default() };
        if identite.collectivite.is_empty() {
            identite.collectivite = collectivite.nom.clone();
        }
        identite
    }
}

/// Relative luminance (WCAG 2.1) of `#rrggbb`; `None` when it is not such a colour.
#[must_use]
pub fn luminance(couleur: &str) -> Option<f64> {
    let hex =
        couleur.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|octet| octet.is_ascii_hexdigit()))?;
    let composante = |debut: usize| -> Option<f64> {
        let octet = u8::from_str_radix(hex.get(debut..debut + 2)?, 16).ok()?;
        let c = f64::from(octet) / 255.0;
        Some(if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * composante(0)? + 0.7152 * composante(2)? + 0.0722 * composante(4)?)
}

/// Contrast ratio between two colours (WCAG 2.1, 1.4.3), 1 to 21.
#[must_use]
pub fn contraste(a: &str, b: &str) -> Option<f64> {
    let (a, b) = (luminance(a)?, luminance(b)?);
    Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
}

/// The light grounds on which the accent is read, as links or as the ground of white words (`interface/src/sass/_themes.scss`,
/// mixin `clair`; a test compares).
pub const FONDS: [&str; 4] = ["#ffffff", "#fdfbf6", "#f3ede1", "#f6e7cb"];

/// Contrast of the accent where it is hardest to read: the least, over [`FONDS`].
#[must_use]
pub fn contraste_de_l_accent(couleur: &str) -> Option<f64> {
    FONDS.iter().filter_map(|fond| contraste(couleur, fond)).reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{ACCENT, FONDS, contraste, contraste_de_l_accent};

    const THEMES: &str = include_str!("../../../interface/src/sass/_themes.scss");

    #[test]
    fn les_fonds_sont_ceux_de_la_feuille_de_style() {
        let clair = THEMES.split_once("@mixin clair {").unwrap().1.split_once("\n}").unwrap().0;
        let valeur = |nom: &str| {
            let suite = clair.split_once(&format!("--{nom}: ")).unwrap().1;
            suite.split_once(';').unwrap().0.to_owned()
        };
        let lus = ["tr-carte", "tr-papier", "tr-sable", "tr-d-ciel"].map(valeur);
        assert_eq!(lus.map(|lu| if lu == "#fff" { "#ffffff".to_owned() } else { lu }), FONDS);
    }

    #[rstest]
    #[case::celui_du_logiciel(ACCENT, true)]
    #[case::violet("#7a1f5c", true)]
    #[case::gris_juste_sur_du_blanc("#767676", false)]
    #[case::vert_juste_sur_du_blanc("#1a7f37", false)]
    #[case::orange_juste_sur_du_blanc("#c2410c", false)]
    fn l_accent_se_lit_sur_chaque_fond(#[case] couleur: &str, #[case] lisible: bool) {
        assert!(contraste(couleur, "#ffffff").unwrap() >= 4.5);
        assert_eq!(contraste_de_l_accent(couleur).unwrap() >= 4.5, lisible);
        assert!(contraste_de_l_accent("vert").is_none());
    }

    #[test]
    fn noir_sur_blanc_vaut_21() {
        assert!((contraste("#000000", "#ffffff").unwrap() - 21.0).abs() < 0.001);
        assert!(contraste("#1f5c3", "#ffffff").is_none());
        assert!(contraste("vert", "#ffffff").is_none());
        assert!(contraste("#+f+f+f", "#ffffff").is_none());
    }

    #[test]
    fn l_accent_par_defaut_se_lit_sur_blanc() {
        assert!(contraste(ACCENT, "#ffffff").unwrap() > 7.0);
    }
}
