//! What is to be done for a structure, the most useful first. Pure.

use crate::tenue::rules::Fraicheur;

/// What the page of a structure holds, and how fresh it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenue {
    /// How fresh.
    pub fraicheur: Fraicheur,
    /// Says what it does.
    pub presentation: bool,
    /// Can be joined by mail or telephone.
    pub contact: bool,
    /// Offers in force.
    pub offres: i64,
    /// Photos.
    pub photos: i64,
    /// People who say that they act for it, and whom nobody confirmed.
    pub collegues: i64,
}

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AFaire {
    /// Nobody sees the page any more.
    Reveiller,
    /// A year without a word.
    Confirmer,
    /// Colleagues wait.
    Collegues,
    /// No way to join it.
    Contact,
    /// It does not say what it does.
    Presentation,
    /// It offers nothing: no project finds it.
    Offres,
    /// No photo.
    Photo,
}

/// What is to be done, the most useful first.
#[must_use]
pub fn a_faire(tenue: Tenue) -> Vec<AFaire> {
    let tout = [
        (AFaire::Reveiller, tenue.fraicheur == Fraicheur::Endormie),
        (AFaire::Confirmer, tenue.fraicheur == Fraicheur::AConfirmer),
        (AFaire::Collegues, tenue.collegues > 0),
        (AFaire::Contact, !tenue.contact),
        (AFaire::Presentation, !tenue.presentation),
        (AFaire::Offres, tenue.offres == 0),
        (AFaire::Photo, tenue.photos == 0),
    ];
    tout.into_iter().filter(|(_, vrai)| *vrai).map(|(quoi, _)| quoi).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: Tenue =
        Tenue { fraicheur: Fraicheur::AJour, presentation: true, contact: true, offres: 1, photos: 1, collegues: 0 };

    #[test]
    fn une_fiche_tenue_ne_demande_rien() {
        assert!(a_faire(COMPLETE).is_empty());
    }

    #[test]
    fn le_plus_utile_vient_d_abord() {
        let nue = Tenue {
            fraicheur: Fraicheur::Endormie,
            presentation: false,
            contact: false,
            offres: 0,
            photos: 0,
            collegues: 2,
        };
        let attendu = [
            AFaire::Reveiller,
            AFaire::Collegues,
            AFaire::Contact,
            AFaire::Presentation,
            AFaire::Offres,
            AFaire::Photo,
        ];
        assert_eq!(a_faire(nue), attendu);
        assert_eq!(a_faire(Tenue { fraicheur: Fraicheur::AConfirmer, ..COMPLETE }), [AFaire::Confirmer]);
    }
}
