//! HTML made harmless: plain text with its paragraphs and lists, nothing else.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;

/// What parts lines; everything else is taken out, its text kept.
const BLOCS: &[&str] = &["p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6"];

static NETTOYEUR: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut nettoyeur = Builder::empty();
    nettoyeur.tags(BLOCS.iter().copied().collect()).clean_content_tags(HashSet::from(["script", "style"]));
    nettoyeur
});

/// Text of an HTML fragment (or of a plain text), at most `max` characters.
#[must_use]
pub fn en_texte(html: &str, max: usize) -> String {
    // Well-formed now, without attributes: only these tags and four entities are left.
    let mut texte = NETTOYEUR.clean(html).to_string().replace("<br>", "\n").replace("<li>", "\n– ");
    for bloc in BLOCS {
        texte = texte.replace(&format!("<{bloc}>"), "\n").replace(&format!("</{bloc}>"), "\n");
    }
    let texte = texte
        .replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    let lignes: Vec<String> = texte
        .lines()
        .map(|ligne| ligne.split([' ', '\t', '\r']).filter(|mot| !mot.is_empty()).collect::<Vec<_>>().join(" "))
        .filter(|ligne| !ligne.is_empty())
        .collect();
    couper(lignes.join("\n").trim(), max)
}

/// The beginning of a text, cut between two words.
#[must_use]
pub fn couper(texte: &str, max: usize) -> String {
    if texte.chars().count() <= max {
        return texte.to_owned();
    }
    let debut: String = texte.chars().take(max.saturating_sub(1)).collect();
    let fin = debut.rfind(char::is_whitespace).unwrap_or(debut.len());
    format!("{}…", debut.get(..fin).unwrap_or(&debut).trim_end())
}

/// The first sentences of a text, at most `max` characters.
#[must_use]
pub fn debut(texte: &str, max: usize) -> String {
    couper(&texte.split('\n').filter(|ligne| !ligne.is_empty()).collect::<Vec<_>>().join(" "), max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("<p>L&#039;aide &amp; l&rsquo;appui</p><ul><li>un</li><li>deux</li></ul>", "L'aide & l’appui\n– un\n– deux")]
    #[case("avant<br />après", "avant\naprès")]
    #[case("<script>alert(1)</script>reste<img src=x onerror=alert(1)>", "reste")]
    #[case("<a href=\"javascript:alert(1)\">lien</a>", "lien")]
    #[case("1 &lt; 2 &amp;lt; 3", "1 < 2 &lt; 3")]
    #[case("texte\r\nsimple", "texte\nsimple")]
    fn du_html_au_texte(#[case] html: &str, #[case] attendu: &str) {
        assert_eq!(en_texte(html, 1_000), attendu);
    }

    #[test]
    fn un_texte_long_se_coupe_entre_deux_mots() {
        assert_eq!(couper("un deux trois quatre", 12), "un deux…");
    }

    proptest! {
        #[test]
        fn rien_ne_depasse(html in ".{0,400}", max in 1_usize..80) {
            prop_assert!(en_texte(&html, max).chars().count() <= max);
        }
    }
}
