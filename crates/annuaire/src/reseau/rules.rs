//! Who a network may write to. Pure.

use crate::tenue::rules::Fraicheur;
use crate::vocabulaire::EtatActeur;

/// Why a member is not written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Its page is right, or the actor is no longer there.
    Inutile,
    /// No address that may be used.
    SansAdresse,
    /// Written to lately: once in sixty days, by anybody.
    DejaRelancee,
}

impl Silence {
    /// Words.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Inutile => "rien à confirmer",
            Self::SansAdresse => "pas de courriel utilisable",
            Self::DejaRelancee => "déjà relancée depuis moins de 60 jours",
        }
    }
}

/// May this member be written to? `recente`: somebody wrote to it within sixty days.
///
/// # Errors
/// Why not.
pub fn relancable(etat: EtatActeur, fraicheur: Fraicheur, joignable: bool, recente: bool) -> Result<(), Silence> {
    let present = matches!(etat, EtatActeur::Actif | EtatActeur::Endormi);
    if !present || fraicheur == Fraicheur::AJour {
        Err(Silence::Inutile)
    } else if !joignable {
        Err(Silence::SansAdresse)
    } else if recente {
        Err(Silence::DejaRelancee)
    } else {
        Ok(())
    }
}

/// Mails that a network may still send today: the rhythm of the site holds for each network.
#[must_use]
pub fn reste_aujourd_hui(par_jour: u32, envoyes: u32) -> usize {
    usize::try_from(par_jour.saturating_sub(envoyes)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(EtatActeur::Actif, Fraicheur::AConfirmer, true, false, Ok(()))]
    #[case(EtatActeur::Endormi, Fraicheur::Endormie, true, false, Ok(()))]
    #[case(EtatActeur::Actif, Fraicheur::AJour, true, false, Err(Silence::Inutile))]
    #[case(EtatActeur::Cesse, Fraicheur::AConfirmer, true, false, Err(Silence::Inutile))]
    #[case(EtatActeur::Actif, Fraicheur::AConfirmer, false, false, Err(Silence::SansAdresse))]
    #[case(EtatActeur::Actif, Fraicheur::AConfirmer, true, true, Err(Silence::DejaRelancee))]
    fn un_membre_n_est_relance_que_s_il_le_faut(
        #[case] etat: EtatActeur,
        #[case] fraicheur: Fraicheur,
        #[case] joignable: bool,
        #[case] recente: bool,
        #[case] attendu: Result<(), Silence>,
    ) {
        assert_eq!(relancable(etat, fraicheur, joignable, recente), attendu);
    }

    #[rstest]
    #[case(30, 0, 30)]
    #[case(30, 29, 1)]
    #[case(30, 31, 0)]
    #[case(0, 0, 0)]
    fn le_rythme_du_site_vaut_pour_chaque_reseau(#[case] par_jour: u32, #[case] envoyes: u32, #[case] reste: usize) {
        assert_eq!(reste_aujourd_hui(par_jour, envoyes), reste);
    }
}
