//! How fresh the page of an actor is, and when a new official value is worth a question. Pure.

use domain::tri::cle_de_tri;
use jiff::{ToSpan, civil::Date};

/// A page is confirmed for so long.
pub const A_CONFIRMER_MOIS: i32 = 12;
/// After so long without any word, it is no longer shown to the public.
pub const ENDORMIE_MOIS: i32 = 24;

/// How fresh a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fraicheur {
    /// Confirmed, or known, within the year.
    AJour,
    /// To be confirmed; still shown, and says so.
    AConfirmer,
    /// Nobody has said anything for two years: hidden to the public.
    Endormie,
}

/// `depuis`: the day of the last confirmation, or when the actor became known. `sirene`: the date of what Sirene says of
/// it. A unit that the register still holds exists: its page waits for a confirmation, it does not disappear.
#[must_use]
pub fn fraicheur(jour: Date, depuis: Date, sirene: Option<Date>) -> Fraicheur {
    let vieille = |du: Date, mois: i32| du.saturating_add(mois.months()) <= jour;
    if !vieille(depuis, A_CONFIRMER_MOIS) {
        Fraicheur::AJour
    } else if vieille(depuis, ENDORMIE_MOIS) && sirene.is_none_or(|du| vieille(du, ENDORMIE_MOIS)) {
        Fraicheur::Endormie
    } else {
        Fraicheur::AConfirmer
    }
}

/// Does a source really say something else? Capitals, accents, punctuation and spaces are not a difference.
#[must_use]
pub fn differe(une: &str, autre: &str) -> bool {
    let cle = |texte| cle_de_tri(texte).replace(' ', "");
    cle(une) != cle(autre)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use rstest::rstest;

    #[rstest]
    #[case::hier(date(2026, 11, 24), None, Fraicheur::AJour)]
    #[case::presque_un_an(date(2025, 11, 26), None, Fraicheur::AJour)]
    #[case::un_an(date(2025, 11, 25), None, Fraicheur::AConfirmer)]
    #[case::presque_deux_ans(date(2024, 11, 26), None, Fraicheur::AConfirmer)]
    #[case::deux_ans(date(2024, 11, 25), None, Fraicheur::Endormie)]
    #[case::sirene_la_tient(date(2020, 1, 1), Some(date(2026, 10, 1)), Fraicheur::AConfirmer)]
    #[case::sirene_aussi_est_vieille(date(2020, 1, 1), Some(date(2024, 11, 25)), Fraicheur::Endormie)]
    fn une_fiche_se_confirme_tous_les_ans(
        #[case] depuis: Date,
        #[case] sirene: Option<Date>,
        #[case] attendue: Fraicheur,
    ) {
        assert_eq!(fraicheur(date(2026, 11, 25), depuis, sirene), attendue);
    }

    #[rstest]
    #[case("LA RESSOURCERIE DU TOULOIS", "La Ressourcerie du Toulois", false)]
    #[case("L’Épicerie", "l'epicerie", false)]
    #[case("RT", "r.t.", false)]
    #[case("03 83 00 00 00", "0383000000", false)]
    #[case("La Ressourcerie", "La Recyclerie", true)]
    fn une_majuscule_n_est_pas_une_question(#[case] une: &str, #[case] autre: &str, #[case] attendu: bool) {
        assert_eq!(differe(une, autre), attendu);
    }
}
