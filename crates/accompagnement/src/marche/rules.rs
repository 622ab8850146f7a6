//! Where a planned market stands: to call, called, or over. Pure.

use domain::profil::Etape;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::demande::rules::fini;

domain::vocabulaire! {
    /// What the facilitation did.
    Suivi {
        Vu = "vu", "Vu";
        Contacte = "contacte", "Contacté";
    }
}

/// Part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The commune waits for a call.
    AContacter,
    /// The commune was called.
    Contacte,
    /// Its month is over, or the project is.
    Passe,
}

/// A market as it was announced.
#[derive(Clone, Copy, Debug)]
pub struct Annonce {
    /// First day of its month, when it is known.
    pub mois: Option<Date>,
    /// Last day on which the bearer said something of the project.
    pub dite_le: Date,
    /// Stage of the project.
    pub etape: Etape,
}

/// The part of the page where a market stands on a day. Without a month, "within 12 months" ends twelve months after the
/// last thing said.
#[must_use]
pub fn place(annonce: Annonce, suivi: Option<Suivi>, jour: Date) -> Place {
    let passe = match annonce.mois {
        Some(mois) => mois < jour.first_of_month(),
        None => annonce.dite_le.saturating_add(12.months()) < jour,
    };
    match suivi {
        _ if passe || fini(annonce.etape) => Place::Passe,
        Some(Suivi::Contacte) => Place::Contacte,
        Some(Suivi::Vu) | None => Place::AContacter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use rstest::rstest;

    const JOUR: Date = date(2026, 11, 24);

    #[rstest]
    #[case::ce_mois_ci(Some(date(2026, 11, 1)), JOUR, Etape::Etude, None, Place::AContacter)]
    #[case::vu(Some(date(2027, 3, 1)), JOUR, Etape::Etude, Some(Suivi::Vu), Place::AContacter)]
    #[case::contacte(Some(date(2027, 3, 1)), JOUR, Etape::Etude, Some(Suivi::Contacte), Place::Contacte)]
    #[case::mois_fini(Some(date(2026, 10, 1)), JOUR, Etape::Etude, None, Place::Passe)]
    #[case::contacte_puis_fini(Some(date(2026, 10, 1)), JOUR, Etape::Etude, Some(Suivi::Contacte), Place::Passe)]
    #[case::sans_mois(None, date(2025, 11, 24), Etape::Etude, None, Place::AContacter)]
    #[case::sans_mois_depuis_un_an(None, date(2025, 11, 23), Etape::Etude, None, Place::Passe)]
    #[case::projet_arrete(Some(date(2027, 3, 1)), JOUR, Etape::Arrete, None, Place::Passe)]
    fn ou_en_est_un_marche(
        #[case] mois: Option<Date>,
        #[case] dite_le: Date,
        #[case] etape: Etape,
        #[case] suivi: Option<Suivi>,
        #[case] attendue: Place,
    ) {
        assert_eq!(place(Annonce { mois, dite_le, etape }, suivi, JOUR), attendue);
    }
}
