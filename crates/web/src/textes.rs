//! The texts of the site that an agent may change: shipped in `contenu/textes/`, changed in the database; those of other
//! files of `contenu/` are in [`derives`]. Markdown is turned into a small set of tags and made harmless.

pub mod derives;

use std::sync::LazyLock;

use pulldown_cmark::{Parser, html};
use rust_embed::RustEmbed;
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "../../contenu/textes"]
struct Fichiers;

/// Texts of one page.
#[derive(Debug, Deserialize)]
pub struct PageDeTextes {
    /// Name of the page.
    pub page: String,
    /// Where it is.
    pub url: String,
    /// Texts.
    #[serde(rename = "texte")]
    pub textes: Vec<TexteDuSite>,
}

/// A text that may be changed.
#[derive(Debug, Deserialize)]
pub struct TexteDuSite {
    /// Stable key.
    pub cle: String,
    /// What it is.
    pub titre: String,
    /// How to write it.
    pub aide: String,
    /// Longest, in characters.
    pub max: usize,
    /// Markdown, or one plain sentence.
    #[serde(default)]
    pub markdown: bool,
    /// Frozen in an electoral period.
    #[serde(default)]
    pub promotionnel: bool,
    /// May be empty.
    #[serde(default)]
    pub facultatif: bool,
    /// As shipped.
    pub defaut: String,
}

static PAGES: LazyLock<Vec<PageDeTextes>> = LazyLock::new(|| {
    let mut noms: Vec<_> = Fichiers::iter().collect();
    noms.sort();
    // A damaged file is caught by the test of this module.
    noms.iter()
        .filter_map(|nom| Fichiers::get(nom))
        .filter_map(|fichier| toml::from_slice::<PageDeTextes>(&fichier.data).ok())
        .chain(derives::pages())
        .collect()
});

/// All pages with their texts.
#[must_use]
pub fn pages() -> &'static [PageDeTextes] {
    &PAGES
}

/// A text by its key.
#[must_use]
pub fn trouver(cle: &str) -> Option<&'static TexteDuSite> {
    PAGES.iter().flat_map(|page| &page.textes).find(|texte| texte.cle == cle)
}

/// Markdown as harmless HTML in the house's classes: titles from `h2`, lists, links, emphasis; no image, no script.
#[must_use]
pub fn en_html(markdown: &str) -> String {
    let mut brut = String::new();
    html::push_html(&mut brut, Parser::new(markdown));
    let propre = ammonia::Builder::empty()
        .tags(["h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote"].into())
        .tag_attributes([("a", ["href"].into())].into())
        .url_schemes(["https", "http", "mailto", "tel"].into())
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(Some("noopener"))
        .clean(&brut)
        .to_string();
    [
        ("<p>", "<p class=\"govuk-body\">"),
        ("<h2>", "<h2 class=\"govuk-heading-l\">"),
        ("<h3>", "<h3 class=\"govuk-heading-m\">"),
        ("<ul>", "<ul class=\"govuk-list govuk-list--bullet\">"),
        ("<ol>", "<ol class=\"govuk-list govuk-list--number govuk-list--spaced\">"),
        ("<a ", "<a class=\"govuk-link\" "),
    ]
    .iter()
    .fold(propre, |html, (tag, classe)| html.replace(tag, classe))
}

#[cfg(test)]
mod tests {
    use super::{Fichiers, PageDeTextes, en_html, pages, trouver};

    #[test]
    fn every_shipped_file_is_read_and_keys_are_unique() {
        for nom in Fichiers::iter() {
            let lue = toml::from_slice::<PageDeTextes>(&Fichiers::get(&nom).unwrap().data);
            assert!(lue.is_ok(), "{nom} : {lue:?}");
        }
        let mut cles: Vec<_> = pages().iter().flat_map(|page| &page.textes).map(|texte| &texte.cle).collect();
        let nombre = cles.len();
        cles.sort();
        cles.dedup();
        assert_eq!(cles.len(), nombre);
        for texte in pages().iter().flat_map(|page| &page.textes) {
            assert!(texte.facultatif || !texte.defaut.trim().is_empty(), "{}", texte.cle);
            assert!(texte.defaut.trim().chars().count() <= texte.max, "{}", texte.cle);
        }
        assert!(trouver("accueil.titre").is_some());
    }

    #[test]
    fn markdown_becomes_harmless_html() {
        let html = en_html("### Titre\n\nUn *mot*, [un lien](/aide).\n\n1. un\n2. deux");
        assert!(html.contains("<h3 class=\"govuk-heading-m\">Titre</h3>"), "{html}");
        assert!(html.contains("<a class=\"govuk-link\" href=\"/aide\""), "{html}");
        assert!(html.contains("govuk-list--number"), "{html}");
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[clic](javascript:alert(1))",
            "<p onclick=\"x()\" style=\"color:red\">a</p>",
            "<a href=\"data:text/html,x\">a</a>",
        ] {
            let html = en_html(hostile);
            for mot in ["script", "onerror", "onclick", "style=", "data:", "<img"] {
                assert!(!html.contains(mot), "{hostile} : {html}");
            }
        }
    }
}
