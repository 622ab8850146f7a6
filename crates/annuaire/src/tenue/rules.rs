//! How fresh the page of an actor is, and when a new official value is worth a question. Pure.

use domain::tri::cle_de_tri;
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// The rule of freshness: data, dated, shown to agents with its reason. A change is a new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regle {
    /// In force from.
    pub depuis: Date,
    /// A page is confirmed for so many months.
    pub a_confirmer_mois: i32,
    /// After so many months without any word, it is no longer shown to the public.
    pub cachee_mois: i32,
    /// A unit that Sirene still holds stays shown.
    pub sirene_suffit: bool,
    /// Why.
    pub pourquoi: &'static str,
}

/// A page is confirmed for so long.
pub const A_CONFIRMER_MOIS: i32 = 12;
/// After so long without any word, it is no longer shown to the public.
pub const ENDORMIE_MOIS: i32 = 24;

/// The versions, the oldest first.
pub const REGLES: &[Regle; 2] = &[
    Regle {
        depuis: date(2026, 11, 1),
        a_confirmer_mois: A_CONFIRMER_MOIS,
        cachee_mois: ENDORMIE_MOIS,
        sirene_suffit: true,
        pourquoi: "Une structure que Sirene tient encore existe : sa fiche attend une confirmation.",
    },
    Regle {
        depuis: date(2026, 12, 1),
        a_confirmer_mois: A_CONFIRMER_MOIS,
        cachee_mois: ENDORMIE_MOIS,
        sirene_suffit: false,
        pourquoi: "Être au répertoire Sirene dit que la structure existe. Cela ne dit pas que ses contacts, ses offres et \
                   sa présentation sont justes : seule une personne qui la connaît peut le confirmer.",
    },
];

/// The rule in force on a day; the first one before it.
#[must_use]
pub fn regle(jour: Date) -> &'static Regle {
    let [premiere, suivantes @ ..] = REGLES;
    suivantes.iter().rev().find(|regle| regle.depuis <= jour).unwrap_or(premiere)
}

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
/// it, which counts only where the rule in force says so.
#[must_use]
pub fn fraicheur(jour: Date, depuis: Date, sirene: Option<Date>) -> Fraicheur {
    let regle = regle(jour);
    let vieille = |du: Date, mois: i32| du.saturating_add(mois.months()) <= jour;
    let tenue = sirene.is_some_and(|du| regle.sirene_suffit && !vieille(du, regle.cachee_mois));
    if !vieille(depuis, regle.a_confirmer_mois) {
        Fraicheur::AJour
    } else if vieille(depuis, regle.cachee_mois) && !tenue {
        Fraicheur::Endormie
    } else {
        Fraicheur::AConfirmer
    }
}

/// An approval is told to agents so long before it ends.
pub const PREVENIR_MOIS: i32 = 3;

/// How near the end of an approval is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echeance {
    /// Its last day is over.
    Terminee,
    /// In so many days.
    Proche(u32),
    /// Not yet.
    Lointaine,
}

/// `au`: the last day that it holds.
#[must_use]
pub fn echeance(jour: Date, au: Date) -> Echeance {
    if au < jour {
        return Echeance::Terminee;
    }
    if au > jour.saturating_add(PREVENIR_MOIS.months()) {
        return Echeance::Lointaine;
    }
    let jours = jour.until(au).map_or(0, |duree| duree.get_days());
    Echeance::Proche(jours.unsigned_abs())
}

/// Days until everyone was written to; none: the campaign is stopped.
#[must_use]
pub fn jours_restants(attendent: u64, par_jour: u32) -> Option<u64> {
    match (attendent, u64::from(par_jour)) {
        (0, _) => Some(0),
        (_, 0) => None,
        (attendent, par_jour) => Some(attendent.div_ceil(par_jour)),
    }
}

/// What came of some mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mesure {
    /// Sent.
    pub envoyes: u64,
    /// Of which the page was opened, by a person or by a scanner.
    pub ouvertes: u64,
    /// Of which the page was confirmed.
    pub confirmees: u64,
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
    #[case::sirene_ne_confirme_rien(date(2020, 1, 1), Some(date(2026, 11, 30)), Fraicheur::Endormie)]
    #[case::sans_sirene(date(2020, 1, 1), None, Fraicheur::Endormie)]
    #[case::presque_deux_ans(date(2024, 12, 2), Some(date(2026, 11, 30)), Fraicheur::AConfirmer)]
    #[case::confirmee(date(2026, 6, 1), None, Fraicheur::AJour)]
    fn depuis_decembre_2026_sirene_ne_suffit_plus(
        #[case] depuis: Date,
        #[case] sirene: Option<Date>,
        #[case] attendue: Fraicheur,
    ) {
        assert_eq!(fraicheur(date(2026, 12, 1), depuis, sirene), attendue);
    }

    #[test]
    fn les_regles_se_suivent() {
        assert!(REGLES.windows(2).all(|deux| deux[0].depuis < deux[1].depuis));
        assert_eq!(regle(date(2000, 1, 1)), &REGLES[0]);
        assert_eq!(regle(date(2026, 11, 30)), &REGLES[0]);
        assert_eq!(regle(date(2026, 12, 1)), &REGLES[1]);
        assert!(REGLES.iter().all(|regle| !regle.pourquoi.is_empty()));
    }

    #[rstest]
    #[case::hier(date(2026, 11, 24), Echeance::Terminee)]
    #[case::dernier_jour(date(2026, 11, 25), Echeance::Proche(0))]
    #[case::dans_un_mois(date(2026, 12, 25), Echeance::Proche(30))]
    #[case::trois_mois(date(2027, 2, 25), Echeance::Proche(92))]
    #[case::au_dela(date(2027, 2, 26), Echeance::Lointaine)]
    fn un_agrement_se_dit_trois_mois_avant(#[case] au: Date, #[case] attendue: Echeance) {
        assert_eq!(echeance(date(2026, 11, 25), au), attendue);
    }

    #[rstest]
    #[case(0, 30, Some(0))]
    #[case(0, 0, Some(0))]
    #[case(30, 30, Some(1))]
    #[case(31, 30, Some(2))]
    #[case(31, 0, None)]
    fn le_rythme_dit_la_duree(#[case] attendent: u64, #[case] par_jour: u32, #[case] attendue: Option<u64>) {
        assert_eq!(jours_restants(attendent, par_jour), attendue);
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
