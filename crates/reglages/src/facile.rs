//! Pages in plain pictures and one idea a line (« facile à lire et à comprendre »), for people who read little. Shipped in
//! `contenu/facile-a-lire/`; a test of the house reads their lines.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::Path;
use jiff::civil::Date;
use serde::Deserialize;
use web::locaux::Locaux;
use web::textes::derives::FACILE;
use web::{Cache, Cadre, Erreur, Reponse};

/// Name of the file, of which the keys of its texts are made, and its content.
const FICHIERS: [(&str, &str); 4] = [
    ("accueil", include_str!("../../../contenu/facile-a-lire/accueil.toml")),
    ("projet", include_str!("../../../contenu/facile-a-lire/projet.toml")),
    ("aide", include_str!("../../../contenu/facile-a-lire/aide.toml")),
    ("vote", include_str!("../../../contenu/facile-a-lire/vote.toml")),
];

/// A page.
#[derive(Clone, Debug, Deserialize)]
pub struct PageFacile {
    /// Name of its file.
    #[serde(skip)]
    nom: &'static str,
    /// Its title.
    pub titre: String,
    /// After `/facile-a-lire/`; empty for the first page.
    pub adresse: String,
    /// The page of which this is the easy version, where the site has it.
    pub page: Option<String>,
    /// Its parts.
    #[serde(rename = "partie")]
    pub parties: Vec<Partie>,
}

/// A picture, a title, and lines of one idea each.
#[derive(Clone, Debug, Deserialize)]
pub struct Partie {
    /// Stable key, in the page.
    cle: String,
    /// The picture beside the lines; it says the same, so a screen reader skips it.
    pub dessin: Dessin,
    /// Title.
    pub titre: String,
    /// One idea a line.
    pub lignes: Vec<String>,
    /// Where to go from there.
    pub lien: Option<LienFacile>,
}

/// Where to go.
#[derive(Clone, Debug, Deserialize)]
pub struct LienFacile {
    /// Words.
    pub mots: String,
    /// Address on this site.
    pub url: String,
}

/// The pictures of these pages.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dessin {
    /// A house with a tree: the commune.
    Maison,
    /// A pencil: to write.
    Crayon,
    /// A list with ticks: answers.
    Liste,
    /// Someone who speaks.
    Personne,
    /// A lock: private.
    Cadenas,
    /// A telephone.
    Telephone,
    /// A calendar: when.
    Calendrier,
    /// A sign: take care.
    Attention,
}

impl Dessin {
    /// Lines of the drawing, in a square of 48.
    fn trace(self) -> &'static str {
        match self {
            Self::Maison => {
                "M6 24 20 11l14 13M10 21v19h20V21M17 40V29h6v11M39 40V30m0 0c-4-1-5-5-3-8 1-3 5-3 6 0 2 3 1 7-3 8z"
            }
            Self::Crayon => "M8 40l3-11L32 8l8 8-21 21zM28 12l8 8M11 29l8 8M24 42h16",
            Self::Liste => "M7 12l3 3 6-7M7 25l3 3 6-7M7 38l3 3 6-7M22 12h19M22 25h19M22 38h19",
            Self::Personne => "M18 20a7 7 0 1 0-.1 0zM5 42c0-9 5-15 13-15s13 6 13 15zM30 9h13v11h-6l-5 5v-5h-2z",
            Self::Cadenas => "M10 22h28v20H10zM16 22v-6a8 8 0 0 1 16 0v6M24 30v5",
            Self::Telephone => "M12 7l7 1 2 9-5 4c2 5 6 9 11 11l4-5 9 2 1 7c-1 4-4 5-7 5C20 41 7 28 7 14c0-3 1-6 5-7z",
            Self::Calendrier => "M7 10h34v32H7zM7 19h34M15 6v8M33 6v8M14 26h5M29 26h5M14 34h5M29 34h5",
            Self::Attention => "M24 7 43 41H5zM24 19v11M24 35v1",
        }
    }
}

static PAGES: LazyLock<Vec<PageFacile>> = LazyLock::new(|| {
    // A damaged file is caught by the test of this module.
    FICHIERS.iter().filter_map(|(nom, texte)| Some(PageFacile { nom, ..toml::from_str(texte).ok()? })).collect()
});

impl PageFacile {
    /// As the agent of the site left it: titles and lines; pictures, links and parts are those shipped.
    fn ici(&self, locaux: &Locaux, jour: Date) -> Self {
        let texte = |cle: &str| locaux.texte(&format!("{FACILE}.{}.{cle}", self.nom), jour);
        let partie = |partie: &Partie| {
            let texte = texte(&partie.cle);
            let mut lignes = texte.lines().map(str::trim).filter(|ligne| !ligne.is_empty()).map(str::to_owned);
            Partie { titre: lignes.next().unwrap_or_default(), lignes: lignes.collect(), ..partie.clone() }
        };
        Self { titre: texte("titre"), parties: self.parties.iter().map(partie).collect(), ..self.clone() }
    }
}

/// All easy pages as shipped, the first one first.
#[must_use]
pub fn pages() -> &'static [PageFacile] {
    &PAGES
}

#[derive(Template)]
#[template(path = "facile.html")]
struct Facile {
    page: PageFacile,
    autres: Vec<PageFacile>,
}

/// GET.
pub async fn accueil(cadre: Cadre) -> Reponse {
    repondre(&cadre, "")
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(adresse): Path<String>) -> Reponse {
    repondre(&cadre, &adresse)
}

fn repondre(cadre: &Cadre, adresse: &str) -> Reponse {
    let (locaux, jour) = (cadre.instance.locaux(), cadre.instance.aujourd_hui());
    let toutes = pages().iter().map(|page| page.ici(&locaux, jour));
    let (ici, autres): (Vec<_>, Vec<_>) = toutes.partition(|page| page.adresse == adresse);
    let page = ici.into_iter().next().ok_or(Erreur::Introuvable("cette page"))?;
    cadre.page(page.titre.clone(), &Facile { page, autres })?.cache(Cache::Public(60)).repondre()
}

#[cfg(test)]
mod tests {
    use super::{FICHIERS, pages};

    #[test]
    fn chaque_page_se_lit_et_a_sa_propre_adresse() {
        assert_eq!(pages().len(), FICHIERS.len());
        let adresses: Vec<&str> = pages().iter().map(|page| page.adresse.as_str()).collect();
        assert_eq!(adresses, ["", "projet", "aide", "vote"]);
        // Unchanged, each says what is shipped.
        let jour = jiff::civil::date(2026, 11, 24);
        for page in pages() {
            let ici = page.ici(&web::locaux::Locaux::default(), jour);
            assert_eq!(ici.titre, page.titre);
            for (vue, livree) in ici.parties.iter().zip(&page.parties) {
                assert_eq!((&vue.titre, &vue.lignes), (&livree.titre, &livree.lignes));
            }
        }
    }
}
