//! Words: amounts, dates, plurals, typography. Used by templates as `texte::…`.

use domain::dates::en_lettres;
use jiff::civil::{Date, DateTime};

use crate::composants::echapper;

/// "1 acteur", "2 acteurs", "0 acteur" (French: plural from two).
#[must_use]
pub fn accorde(nombre: u64, singulier: &str, pluriel: &str) -> String {
    let chiffres = domain::cents::milliers(nombre);
    if nombre < 2 { format!("{chiffres}\u{a0}{singulier}") } else { format!("{chiffres}\u{a0}{pluriel}") }
}

/// With a capital first letter.
#[must_use]
pub fn majuscule(mots: &str) -> String {
    let mut lettres = mots.chars();
    lettres.next().map_or_else(String::new, |premiere| premiere.to_uppercase().chain(lettres).collect())
}

/// A value as a person gave it, or that it is not known.
#[must_use]
pub fn dit(valeur: Option<impl Into<String>>) -> String {
    valeur.map_or_else(|| "Je ne sais pas".to_owned(), Into::into)
}

/// "24 novembre 2026".
#[must_use]
pub fn jour(date: Date) -> String {
    en_lettres(date)
}

/// "24 novembre 2026 à 15 h 04".
#[must_use]
pub fn moment(instant: DateTime) -> String {
    format!("{} à {}", en_lettres(instant.date()), heure(instant))
}

/// "15 h 04".
#[must_use]
pub fn heure(instant: DateTime) -> String {
    format!("{}\u{a0}h\u{a0}{:02}", instant.hour(), instant.minute())
}

/// A telephone number as dialled, for `tel:` links: digits and a leading `+`.
#[must_use]
pub fn telephone_compose(affiche: &str) -> String {
    affiche.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// Paragraphs of a text typed by a person, escaped: blank lines part paragraphs, line ends are kept.
#[must_use]
pub fn paragraphes(texte: &str) -> String {
    let normal = texte.replace("\r\n", "\n");
    normal
        .split("\n\n")
        .map(str::trim)
        .filter(|bloc| !bloc.is_empty())
        .map(|bloc| format!("<p>{}</p>", bloc.lines().map(echapper).collect::<Vec<_>>().join("<br>")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{accorde, paragraphes, telephone_compose};
    use rstest::rstest;

    #[rstest]
    #[case(0, "0\u{a0}acteur")]
    #[case(1, "1\u{a0}acteur")]
    #[case(2, "2\u{a0}acteurs")]
    #[case(12_345, "12\u{202f}345\u{a0}acteurs")]
    fn le_pluriel_commence_a_deux(#[case] nombre: u64, #[case] attendu: &str) {
        assert_eq!(accorde(nombre, "acteur", "acteurs"), attendu);
    }

    #[test]
    fn un_texte_hostile_reste_du_texte() {
        assert_eq!(paragraphes("<script>\r\nfin\n\n\nautre"), "<p>&lt;script&gt;<br>fin</p><p>autre</p>");
    }

    #[test]
    fn un_telephone_se_compose() {
        assert_eq!(telephone_compose("03 83 00 00 00"), "0383000000");
    }
}
