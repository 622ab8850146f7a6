//! The last day of a function: what may be written, and what gives back the one before.

use domain::droit::Fonction;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Facts of a change of the last day, as the journal keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FinChangee {
    /// Before; absent: no end.
    pub(crate) avant: Option<Date>,
    /// After.
    pub(crate) apres: Option<Date>,
}

/// The last day before the last change, when nothing moved since.
pub(crate) fn a_remettre(dernier: Option<FinChangee>, actuelle: Option<Date>) -> Option<FinChangee> {
    dernier.filter(|changement| changement.apres == actuelle && changement.avant != changement.apres)
}

/// May this last day be written? A day that is over is an end, which has its own button, its reason and its mail.
///
/// # Errors
/// The sentence to show beside the field.
pub(crate) fn fin_possible(du: Date, fin: Option<Date>, jour: Date) -> Result<(), &'static str> {
    match fin {
        Some(fin) if fin < du => Err("Le dernier jour vient avant le premier."),
        Some(fin) if fin < jour => Err("Ce jour est passé. Pour terminer la fonction, utilisez « Terminer »."),
        _ => Ok(()),
    }
}

/// The site keeps somebody who runs it: `apres` others hold this function the day after the new end. A function that already
/// ends may be lengthened.
pub(crate) fn laisse_le_site_sans_agent(
    fonction: Fonction,
    avant: Option<Date>,
    fin: Option<Date>,
    apres: usize,
) -> bool {
    fonction == Fonction::AgentSite && apres == 0 && fin.is_some_and(|fin| avant.is_none_or(|avant| fin < avant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use rstest::rstest;

    const JOUR: Date = date(2026, 11, 24);
    const DEMAIN: Option<Date> = Some(date(2026, 11, 25));
    const HIER: Option<Date> = Some(date(2026, 11, 23));

    #[rstest]
    #[case(None, true)]
    #[case(Some(JOUR), true)]
    #[case(DEMAIN, true)]
    #[case(HIER, false)]
    #[case(Some(date(2025, 1, 1)), false)]
    fn un_dernier_jour_n_est_pas_passe(#[case] fin: Option<Date>, #[case] possible: bool) {
        assert_eq!(fin_possible(date(2026, 1, 1), fin, JOUR).is_ok(), possible);
    }

    #[rstest]
    #[case(Fonction::AgentSite, None, HIER, 0, true)]
    #[case(Fonction::AgentSite, None, HIER, 1, false)]
    #[case::plus_tard(Fonction::AgentSite, None, DEMAIN, 0, true)]
    #[case::plus_tard_avec_un_autre(Fonction::AgentSite, None, DEMAIN, 1, false)]
    #[case::raccourcie(Fonction::AgentSite, DEMAIN, Some(JOUR), 0, true)]
    #[case::rallongee(Fonction::AgentSite, Some(JOUR), DEMAIN, 0, false)]
    #[case::sans_fin(Fonction::AgentSite, DEMAIN, None, 0, false)]
    #[case(Fonction::Coordinateur, None, HIER, 0, false)]
    fn le_dernier_agent_du_site_reste(
        #[case] fonction: Fonction,
        #[case] avant: Option<Date>,
        #[case] fin: Option<Date>,
        #[case] apres: usize,
        #[case] refuse: bool,
    ) {
        assert_eq!(laisse_le_site_sans_agent(fonction, avant, fin, apres), refuse);
    }

    #[rstest]
    #[case(None, DEMAIN, false)]
    #[case(Some(FinChangee { avant: None, apres: DEMAIN }), DEMAIN, true)]
    #[case(Some(FinChangee { avant: None, apres: DEMAIN }), HIER, false)] // ended since
    #[case(Some(FinChangee { avant: DEMAIN, apres: DEMAIN }), DEMAIN, false)]
    fn seul_le_dernier_changement_se_defait(
        #[case] dernier: Option<FinChangee>,
        #[case] actuelle: Option<Date>,
        #[case] defait: bool,
    ) {
        assert_eq!(a_remettre(dernier, actuelle).is_some(), defait);
    }
}
