//! Text made comparable: the same order and the same search on every engine.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Sort and comparison key: no accents, lower case, ligatures opened, punctuation and spaces folded to one space.
///
/// ```
/// assert_eq!(domain::tri::cle_de_tri("L'Épicerie  du Bœuf-Rouge"), "l epicerie du boeuf rouge");
/// ```
#[must_use]
pub fn cle_de_tri(texte: &str) -> String {
    let mut cle = String::with_capacity(texte.len());
    let mut espace = false;
    for lettre in texte.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if !lettre.is_alphanumeric() {
            espace = !cle.is_empty();
            continue;
        }
        if espace {
            cle.push(' ');
            espace = false;
        }
        match lettre {
            'œ' => cle.push_str("oe"),
            'æ' => cle.push_str("ae"),
            autre => cle.push(autre),
        }
    }
    cle
}
