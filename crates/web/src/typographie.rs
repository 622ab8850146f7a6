//! French spaces: a mark never begins a line, a number stays on one. Done once, on the whole page, so that no text has to
//! think of it.

/// Before `? ! ; » % €`, after `«`, and between the thousands of a number.
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
    // Bytes of `reste` up to which spaces are within a number.
    let mut nombre = 0_usize;
    let mut avant = "";
    while let Some((mot, suite)) = reste.split_once(' ') {
        sortie.push_str(mot);
        if nombre <= mot.len() && mot.ends_with(|c: char| c.is_ascii_digit()) && !est_un_groupe(avant) {
            nombre = mot.len() + milliers(mot, suite);
        }
        sortie.push(match suite.chars().next() {
            Some('?' | '!' | ';' | '»' | '%' | '€') => FINE,
            Some(':') => INSECABLE,
            _ if nombre > mot.len() || mot.ends_with('«') => FINE,
            _ => ' ',
        });
        nombre = nombre.saturating_sub(mot.len() + 1);
        (avant, reste) = (mot, suite);
    }
    sortie.push_str(reste);
}

/// A word of one to three digits: as in a telephone number, or in the number of an establishment.
fn est_un_groupe(mot: &str) -> bool {
    matches!(mot.len(), 1..=3) && mot.bytes().all(|octet| octet.is_ascii_digit())
}

/// Bytes of `suite` that finish the number that `mot` begins, with the space before them: groups of exactly three digits. None
/// for what is no number: a telephone, a SIREN or a SIRET, a year before a number.
fn milliers(mot: &str, suite: &str) -> usize {
    let debut = mot.trim_end_matches(|c: char| c.is_ascii_digit());
    let tete = mot.len() - debut.len();
    let isole = debut.is_empty() || debut.ends_with(['(', '«', '–', '~', '’', FINE, INSECABLE]);
    if !isole || tete > 3 || mot[debut.len()..].starts_with('0') {
        return 0;
    }
    let mut groupes = 0_usize;
    let mut reste = suite;
    loop {
        let chiffres = reste.bytes().take_while(u8::is_ascii_digit).count();
        if chiffres != 3 {
            break;
        }
        groupes += 1;
        match reste[3..].strip_prefix(' ') {
            Some(apres) if apres.starts_with(|c: char| c.is_ascii_digit()) => reste = apres,
            // Three groups of three: a SIREN, unless its unit says that it is an amount.
            fin => {
                let siren = tete == 3 && groupes == 2 && !fin.is_some_and(|apres| apres.starts_with('€'));
                return if siren { 0 } else { groupes * 4 };
            }
        }
    }
    // A group that is not of three digits comes after: no number is written so.
    0
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
    #[case::milliers("2 000 habitants", "2\u{202f}000 habitants")]
    #[case::en_euros("50 000 €", "50\u{202f}000\u{202f}€")]
    #[case::millions("soit 1 250 000 € par an", "soit 1\u{202f}250\u{202f}000\u{202f}€ par an")]
    #[case::ponctue("de (2 000) à 10 000.", "de (2\u{202f}000) à 10\u{202f}000.")]
    #[case::a_decimales("1 234,50 €", "1\u{202f}234,50\u{202f}€")]
    #[case::apres_une_annee("En 2026 250 000 personnes", "En 2026 250\u{202f}000 personnes")]
    #[case::deux_nombres("12 500 puis 3 000", "12\u{202f}500 puis 3\u{202f}000")]
    #[case::en_fin_de_texte("<b>2 000</b> 300", "<b>2\u{202f}000</b> 300")]
    #[case::telephone("03 83 94 54 54", "03 83 94 54 54")]
    #[case::telephone_international("+33 383 945 454", "+33 383 945 454")]
    #[case::numero_vert("0 800 123 456", "0 800 123 456")]
    #[case::siren("SIREN 225 400 019", "SIREN 225 400 019")]
    #[case::siret("225 400 019 00012", "225 400 019 00012")]
    #[case::tres_gros_montant("225 400 019 €", "225\u{202f}400\u{202f}019\u{202f}€")]
    #[case::code_postal("54480 Cirey, 12 54000", "54480 Cirey, 12 54000")]
    #[case::annee_et_petit_nombre("en 2026 250 communes", "en 2026 250 communes")]
    #[case::quatre_chiffres("1 2000", "1 2000")]
    fn les_signes_et_les_milliers_restent_avec_leur_mot(#[case] avant: &str, #[case] apres: &str) {
        assert_eq!(composer(avant), apres);
    }

    proptest! {
        #[test]
        fn rien_d_autre_que_des_espaces_ne_change(html in "[a-z0-9<>/\"' ?!:;«»é]{0,80}") {
            let normal = |texte: &str| texte.replace(['\u{a0}', '\u{202f}'], " ");
            prop_assert_eq!(normal(&composer(&html)), html);
        }
    }
}
