//! States of a request and its clock. The law counts working days; the clock pauses while the commune is awaited.
//! Pure: no database, no clock of the machine.

use std::ops::RangeInclusive;

use domain::dates::{Calendrier, ajouter_jours_ouvres, jours_ouvres_entre};
use domain::profil::Etape;
use jiff::ToSpan;
use jiff::civil::Date;

/// No news for this many days: the project asks for a call.
const SANS_NOUVELLES_JOURS: i64 = 45;
/// Beyond, a call would surprise: the project leaves the board, and stays in the download.
const OUBLI_JOURS: i64 = 730;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Etat {
    /// The département owes an answer.
    ARepondre,
    /// The commune owes something: the clock is paused.
    AttendLaCommune,
    /// Answered: the accompaniment goes on.
    Repondue,
    /// Refused, with the reason.
    Refusee,
}

impl Etat {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ARepondre => "a-repondre",
            Self::AttendLaCommune => "attend-la-commune",
            Self::Repondue => "repondue",
            Self::Refusee => "refusee",
        }
    }

    /// In words, for the commune.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::ARepondre => "Réponse attendue",
            Self::AttendLaCommune => "Un élément est attendu de votre part",
            Self::Repondue => "Répondu",
            Self::Refusee => "Non accompagné",
        }
    }

    /// Reads what is stored; an unknown value is read as owed, the cautious side.
    #[must_use]
    pub fn lire(texte: &str) -> Self {
        match texte {
            "attend-la-commune" => Self::AttendLaCommune,
            "repondue" => Self::Repondue,
            "refusee" => Self::Refusee,
            _ => Self::ARepondre,
        }
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acte {
    /// The agent answers in writing or by telephone.
    Repondre,
    /// The agent asks the commune for something.
    Attendre,
    /// The commune gave it, or the agent does without.
    Reprendre,
    /// The agent refuses, with a reason.
    Refuser,
    /// What was refused lives again, with a new promised day.
    Rouvrir(Date),
}

/// The dates of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horloge {
    /// State.
    pub etat: Etat,
    /// Last day of the promised answer.
    pub promise_le: Date,
    /// First day of the pause, while it lasts.
    pub attend_depuis: Option<Date>,
    /// Day of the first answer.
    pub repondue_le: Option<Date>,
}

/// A new request: the promised day.
#[must_use]
pub fn promettre(faite_le: Date, delai_jours_ouvres: u32, calendrier: Calendrier<'_>) -> Horloge {
    let promise_le = ajouter_jours_ouvres(faite_le, delai_jours_ouvres, calendrier);
    Horloge { etat: Etat::ARepondre, promise_le, attend_depuis: None, repondue_le: None }
}

/// Why an act is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impossible(pub &'static str);

/// The clock after an act on a day.
///
/// # Errors
/// The act makes no sense in this state.
pub fn apres(horloge: Horloge, acte: Acte, jour: Date, calendrier: Calendrier<'_>) -> Result<Horloge, Impossible> {
    match (horloge.etat, acte) {
        (Etat::Refusee, Acte::Rouvrir(promise_le)) => {
            Ok(Horloge { etat: Etat::ARepondre, promise_le, attend_depuis: None, repondue_le: None })
        }
        (Etat::Refusee, _) => Err(Impossible("Cette demande est close.")),
        (_, Acte::Rouvrir(_)) => Err(Impossible("Cette demande n’est pas close.")),
        (_, Acte::Repondre) => Ok(Horloge {
            etat: Etat::Repondue,
            repondue_le: horloge.repondue_le.or(Some(jour)),
            ..sans_pause(horloge, jour, calendrier)
        }),
        (_, Acte::Refuser) => Ok(Horloge {
            etat: Etat::Refusee,
            repondue_le: horloge.repondue_le.or(Some(jour)),
            ..sans_pause(horloge, jour, calendrier)
        }),
        (Etat::ARepondre, Acte::Attendre) => {
            Ok(Horloge { etat: Etat::AttendLaCommune, attend_depuis: Some(jour), ..horloge })
        }
        (Etat::AttendLaCommune, Acte::Attendre) => Err(Impossible("Le délai est déjà suspendu.")),
        (Etat::Repondue, Acte::Attendre) => {
            Err(Impossible("Vous avez déjà répondu : il n’y a plus de délai à suspendre."))
        }
        (Etat::AttendLaCommune, Acte::Reprendre) => {
            Ok(Horloge { etat: Etat::ARepondre, ..sans_pause(horloge, jour, calendrier) })
        }
        (_, Acte::Reprendre) => Err(Impossible("Le délai n’est pas suspendu.")),
    }
}

/// Ends a pause: the promised day moves by the working days of the pause.
fn sans_pause(horloge: Horloge, jour: Date, calendrier: Calendrier<'_>) -> Horloge {
    let Some(depuis) = horloge.attend_depuis else { return horloge };
    let pause = u32::try_from(jours_ouvres_entre(depuis, jour, calendrier)).unwrap_or(0);
    Horloge { promise_le: ajouter_jours_ouvres(horloge.promise_le, pause, calendrier), attend_depuis: None, ..horloge }
}

/// Working days left before the promised day; negative when late; `None` when nothing is owed.
#[must_use]
pub fn jours_restants(horloge: Horloge, jour: Date, calendrier: Calendrier<'_>) -> Option<i32> {
    (horloge.etat == Etat::ARepondre).then(|| {
        if jour <= horloge.promise_le {
            jours_ouvres_entre(jour, horloge.promise_le, calendrier)
        } else {
            -jours_ouvres_entre(horloge.promise_le, jour, calendrier)
        }
    })
}

/// A promise of that day or before is late on `jour`: the last day from which a working day has passed.
#[must_use]
pub fn dernier_jour_en_retard(jour: Date, calendrier: Calendrier<'_>) -> Date {
    // Weekends, holidays and closed days in a row are never as many.
    (1..=60)
        .map(|avant: i64| jour.saturating_sub(avant.days()))
        .find(|promis| jours_ouvres_entre(*promis, jour, calendrier) > 0)
        .unwrap_or_else(|| jour.saturating_sub(60.days()))
}

/// Is the project at its end? Nobody waits for its news any more.
#[must_use]
pub fn fini(etape: Etape) -> bool {
    matches!(etape, Etape::Activite | Etape::Arrete)
}

/// Last contacts that are too old: from the oldest that is still followed to the most recent.
#[must_use]
pub fn silence(jour: Date) -> RangeInclusive<Date> {
    let avant = |jours: i64| jour.saturating_sub(jours.days());
    avant(OUBLI_JOURS)..=avant(SANS_NOUVELLES_JOURS)
}

/// Is an answered project without news for too long?
#[must_use]
pub fn sans_nouvelles(etat: Etat, etape: Etape, dernier_contact: Date, jour: Date) -> bool {
    etat == Etat::Repondue && !fini(etape) && silence(jour).contains(&dernier_contact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::dates::ZoneFeriee;
    use jiff::civil::date;
    use proptest::prelude::*;
    use rstest::rstest;

    const METROPOLE: Calendrier<'static> = Calendrier { zone: ZoneFeriee::Metropole, fermetures: &[] };

    proptest! {
        /// The day that the database compares with says what the clock of each request says.
        #[test]
        fn le_dernier_jour_en_retard_dit_comme_l_horloge(n in 0_i64..800, ecart in -40_i64..40) {
            let jour = date(2026, 1, 1).saturating_add(n.days());
            let promise_le = jour.saturating_add(ecart.days());
            let horloge = Horloge { etat: Etat::ARepondre, promise_le, attend_depuis: None, repondue_le: None };
            let en_retard = jours_restants(horloge, jour, METROPOLE).is_some_and(|jours| jours < 0);
            prop_assert_eq!(promise_le <= dernier_jour_en_retard(jour, METROPOLE), en_retard);
        }
    }

    #[rstest]
    // A Tuesday plus five working days: the next Tuesday.
    #[case(date(2026, 11, 24), 5, METROPOLE, date(2026, 12, 1))]
    // 25 December 2026 is a Friday; in Alsace-Moselle 26 December falls on a Saturday and changes nothing.
    #[case(date(2026, 12, 23), 2, METROPOLE, date(2026, 12, 28))]
    // Good Friday 2027 (26 March) counts in Alsace-Moselle only.
    #[case(date(2027, 3, 24), 2, METROPOLE, date(2027, 3, 26))]
    #[case(date(2027, 3, 24), 2, ZoneFeriee::AlsaceMoselle.into(), date(2027, 3, 30))]
    fn la_date_promise(
        #[case] faite: Date,
        #[case] delai: u32,
        #[case] calendrier: Calendrier<'static>,
        #[case] promise: Date,
    ) {
        assert_eq!(promettre(faite, delai, calendrier).promise_le, promise);
    }

    #[test]
    fn l_horloge_s_arrete_tant_que_la_commune_est_attendue() {
        let demandee = promettre(date(2026, 11, 24), 5, METROPOLE);
        let pause = apres(demandee, Acte::Attendre, date(2026, 11, 26), METROPOLE).unwrap();
        assert_eq!(jours_restants(pause, date(2026, 12, 20), METROPOLE), None);
        let reprise = apres(pause, Acte::Reprendre, date(2026, 12, 3), METROPOLE).unwrap();
        // Five working days of pause, from Thursday to Thursday.
        assert_eq!(reprise.promise_le, date(2026, 12, 8));
        assert_eq!(jours_restants(reprise, date(2026, 12, 3), METROPOLE), Some(3));
        assert_eq!(jours_restants(reprise, date(2026, 12, 10), METROPOLE), Some(-2));
    }

    #[test]
    fn la_premiere_reponse_fait_foi() {
        let demandee = promettre(date(2026, 11, 24), 5, METROPOLE);
        let une = apres(demandee, Acte::Repondre, date(2026, 11, 25), METROPOLE).unwrap();
        let deux = apres(une, Acte::Repondre, date(2026, 12, 25), METROPOLE).unwrap();
        assert_eq!(deux.repondue_le, Some(date(2026, 11, 25)));
        assert!(apres(une, Acte::Attendre, date(2026, 11, 26), METROPOLE).is_err());
    }

    #[test]
    fn une_demande_refusee_est_close() {
        let refusee =
            apres(promettre(date(2026, 11, 24), 5, METROPOLE), Acte::Refuser, date(2026, 11, 25), METROPOLE).unwrap();
        for acte in [Acte::Repondre, Acte::Attendre, Acte::Reprendre, Acte::Refuser] {
            assert!(apres(refusee, acte, date(2026, 11, 26), METROPOLE).is_err());
        }
    }

    #[test]
    fn ce_qui_est_clos_se_rouvre_avec_une_nouvelle_promesse() {
        let (jour, promise) = (date(2026, 12, 1), date(2026, 12, 8));
        let demandee = promettre(date(2026, 11, 24), 5, METROPOLE);
        let refusee = apres(demandee, Acte::Refuser, date(2026, 11, 25), METROPOLE).unwrap();
        let rouverte = apres(refusee, Acte::Rouvrir(promise), jour, METROPOLE).unwrap();
        assert_eq!(rouverte, promettre(jour, 5, METROPOLE), "as a new request: the answer is owed again");
        let repondue = apres(demandee, Acte::Repondre, jour, METROPOLE).unwrap();
        for autre in [demandee, repondue, apres(demandee, Acte::Attendre, jour, METROPOLE).unwrap()] {
            assert!(apres(autre, Acte::Rouvrir(promise), jour, METROPOLE).is_err());
        }
    }

    #[rstest]
    #[case(Etat::Repondue, Etape::Montage, date(2026, 10, 10), true)]
    #[case(Etat::Repondue, Etape::Montage, date(2026, 10, 11), false)]
    #[case(Etat::ARepondre, Etape::Montage, date(2026, 1, 1), false)]
    #[case(Etat::Repondue, Etape::Reprise, date(2024, 11, 24), true)]
    #[case(Etat::Repondue, Etape::Reprise, date(2024, 11, 23), false)]
    #[case(Etat::Repondue, Etape::Activite, date(2026, 1, 1), false)]
    #[case(Etat::Repondue, Etape::Arrete, date(2026, 1, 1), false)]
    fn sans_nouvelles_depuis_45_jours(
        #[case] etat: Etat,
        #[case] etape: Etape,
        #[case] contact: Date,
        #[case] attendu: bool,
    ) {
        assert_eq!(sans_nouvelles(etat, etape, contact, date(2026, 11, 24)), attendu);
    }

    proptest! {
        #[test]
        fn une_pause_ne_raccourcit_jamais_le_delai(delai in 1_u32..30, debut in 0_i32..40, duree in 0_i32..60) {
            let faite = date(2026, 11, 24);
            let demandee = promettre(faite, delai, METROPOLE);
            let debut = faite + jiff::Span::new().days(debut);
            let fin = debut + jiff::Span::new().days(duree);
            let pause = apres(demandee, Acte::Attendre, debut, METROPOLE).unwrap();
            let reprise = apres(pause, Acte::Reprendre, fin, METROPOLE).unwrap();
            prop_assert!(reprise.promise_le >= demandee.promise_le);
            prop_assert_eq!(reprise.attend_depuis, None);
        }

        #[test]
        fn chaque_etat_se_relit(rang in 0_usize..4) {
            let etat = [Etat::ARepondre, Etat::AttendLaCommune, Etat::Repondue, Etat::Refusee][rang];
            prop_assert_eq!(Etat::lire(etat.as_str()), etat);
        }
    }
}
