//! French spaces: a mark never begins a line. Done once, on the whole page, so that no text has to think of it.

/// Before `? ! ; » % €` and after `«`.
const FINE: char = '\u{202f}';
/// Before `:`.
const INSECABLE: char = '\u{a0}';

/// Elements whose text is shown or read as it is.
const TELS_QUELS: [&str; 5] = ["textarea", "script", "style", "pre", "code"];

/// The page with unbreakable spaces in its text; tags, attributes and [`TELS_QUELS`] are left alone.
#[must_use]
pub fn composer(html: &str) -> String {
    let mut sortie = String::with_capacity(html.len() + 256);
    let mut reste = html;
    while let Some(debut) = reste.find('<') {
        let (texte, balise) = reste.split_at(debut);
        composer_texte(texte, &mut sortie);
        let fin = fin_de_balise(balise);
        let (balise, apres) = balise.split_at(fin);
        sortie.push_str(balise);
        reste = apres;
        if let Some(nom) = TELS_QUELS.iter().find(|nom| ouvre(balise, nom)) {
            let fermeture = apres.find(&format!("</{nom}")).unwrap_or(apres.len());
            let (tel_quel, suite) = apres.split_at(fermeture);
            sortie.push_str(tel_quel);
            reste = suite;
        }
    }
    composer_texte(reste, &mut sortie);
    sortie
}

fn ouvre(balise: &str, nom: &str) -> bool {
    balise
        .strip_prefix('<')
        .and_then(|suite| suite.strip_prefix(nom))
        .is_some_and(|suite| suite.starts_with(['>', ' ', '\n']))
}

/// Where a tag ends: the first `>` outside quotes.
fn fin_de_balise(balise: &str) -> usize {
    let mut guillemet = None;
    for (place, octet) in balise.bytes().enumerate() {
        match (guillemet, octet) {
            (None, b'>') => return place + 1,
            (None, b'"' | b'\'') => guillemet = Some(octet),
            (Some(ouvrant), fermant) if ouvrant == fermant => guillemet = None,
            _ => {}
        }
    }
    balise.len()
}

/// Word by word: this runs over every page.
fn composer_texte(texte: &str, sortie: &mut String) {
    let mut reste = texte;
    while let Some((mot, suite)) = reste.split_once(' ') {
        sortie.push_str(mot);
        sortie.push(match suite.chars().next() {
            Some('?' | '!' | ';' | '»' | '%' | '€') => FINE,
            Some(':') => INSECABLE,
            _ if mot.ends_with('«') => FINE,
            _ => ' ',
        });
        reste = suite;
    }
    sortie.push_str(reste);
}

#[cfg(test)]
mod tests {
    use super::composer;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("<p>Une idée ? Oui !</p>", "<p>Une idée\u{202f}? Oui\u{202f}!</p>")]
    #[case("« Bonjour » : ceci", "«\u{202f}Bonjour\u{202f}»\u{a0}: ceci")]
    #[case("12 € et 5 %", "12\u{202f}€ et 5\u{202f}%")]
    #[case(r#"<a title="Quoi ? > là">ici ;</a>"#, "<a title=\"Quoi ? > là\">ici\u{202f};</a>")]
    #[case("<textarea id=\"a\">Tel quel ?</textarea> non ?", "<textarea id=\"a\">Tel quel ?</textarea> non\u{202f}?")]
    #[case("<textarea>jamais fermé ?", "<textarea>jamais fermé ?")]
    #[case("<p coupé", "<p coupé")]
    fn les_signes_restent_avec_leur_mot(#[case] avant: &str, #[case] apres: &str) {
        assert_eq!(composer(avant), apres);
    }

    proptest! {
        #[test]
        fn rien_d_autre_que_des_espaces_ne_change(html in "[a-z<>/\"' ?!:;«»é]{0,80}") {
            let normal = |texte: &str| texte.replace(['\u{a0}', '\u{202f}'], " ");
            prop_assert_eq!(normal(&composer(&html)), html);
        }
    }
}
