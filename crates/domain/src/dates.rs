//! Civil dates in French, public holidays, working days. The law counts in civil dates.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Which public holidays apply (code du travail, L3133-1, L3134-13, L3422-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZoneFeriee {
    /// Eleven national days.
    Metropole,
    /// Plus Good Friday and 26 December (local law; Good Friday where there is a Protestant church: counted everywhere, the cautious choice).
    AlsaceMoselle,
    /// Plus 27 May (abolition of slavery).
    Guadeloupe,
    /// Plus 22 May.
    Martinique,
    /// Plus 10 June.
    Guyane,
    /// Plus 20 December.
    Reunion,
    /// Plus 27 April.
    Mayotte,
}

/// Which days are worked: the public holidays of a zone and the local closing days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendrier<'a> {
    /// Public holidays.
    pub zone: ZoneFeriee,
    /// Days on which the services are closed besides.
    pub fermetures: &'a [Date],
}

impl From<ZoneFeriee> for Calendrier<'_> {
    fn from(zone: ZoneFeriee) -> Self {
        Self { zone, fermetures: &[] }
    }
}

/// The name of the public holiday, when that day is one.
#[must_use]
pub fn ferie(date: Date, zone: ZoneFeriee) -> Option<&'static str> {
    let apres_paques = (date - paques(date.year())).get_days();
    match (date.month(), date.day()) {
        (1, 1) => return Some("jour de l’an"),
        (5, 1) => return Some("fête du Travail"),
        (5, 8) => return Some("8 mai"),
        (7, 14) => return Some("fête nationale"),
        (8, 15) => return Some("Assomption"),
        (11, 1) => return Some("Toussaint"),
        (11, 11) => return Some("11 novembre"),
        (12, 25) => return Some("Noël"),
        _ => {}
    }
    match apres_paques {
        1 => return Some("lundi de Pâques"),
        39 => return Some("Ascension"),
        50 => return Some("lundi de Pentecôte"),
        _ => {}
    }
    match (zone, date.month(), date.day()) {
        (ZoneFeriee::AlsaceMoselle, 12, 26) => Some("deuxième jour de Noël"),
        (ZoneFeriee::AlsaceMoselle, ..) if apres_paques == -2 => Some("Vendredi saint"),
        (ZoneFeriee::Guadeloupe, 5, 27)
        | (ZoneFeriee::Martinique, 5, 22)
        | (ZoneFeriee::Guyane, 6, 10)
        | (ZoneFeriee::Reunion, 12, 20)
        | (ZoneFeriee::Mayotte, 4, 27) => Some("abolition de l’esclavage"),
        _ => None,
    }
}

/// Easter Sunday (Gregorian computus, Meeus/Jones/Butcher).
fn paques(annee: i16) -> Date {
    let a = i32::from(annee) % 19;
    let (b, c) = (i32::from(annee) / 100, i32::from(annee) % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let mois = (h + l - 7 * m + 90) / 25;
    let jour = (h + l - 7 * m + 33 * mois + 19) % 32;
    let (mois, jour) = (i8::try_from(mois).unwrap_or(4), i8::try_from(jour).unwrap_or(1));
    Date::new(annee, mois, jour).unwrap_or(Date::MIN)
}

/// Monday to Friday, neither a public holiday nor a local closing day.
#[must_use]
pub fn est_ouvre<'a>(date: Date, calendrier: impl Into<Calendrier<'a>>) -> bool {
    let Calendrier { zone, fermetures } = calendrier.into();
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
        && ferie(date, zone).is_none()
        && !fermetures.contains(&date)
}

/// The day `n` working days after `date` (the day itself does not count).
#[must_use]
pub fn ajouter_jours_ouvres<'a>(date: Date, n: u32, calendrier: impl Into<Calendrier<'a>>) -> Date {
    let calendrier = calendrier.into();
    let mut jour = date;
    let mut restants = n;
    while restants > 0 {
        jour = jour.saturating_add(1.day());
        if est_ouvre(jour, calendrier) {
            restants -= 1;
        }
        if jour == Date::MAX {
            return jour;
        }
    }
    jour
}

/// Working days after `debut` up to and including `fin`; negative when `fin` is before `debut`.
#[must_use]
pub fn jours_ouvres_entre<'a>(debut: Date, fin: Date, calendrier: impl Into<Calendrier<'a>>) -> i32 {
    let calendrier = calendrier.into();
    if fin < debut {
        return -jours_ouvres_entre(fin, debut, calendrier);
    }
    let mut nombre = 0;
    let mut jour = debut;
    while jour < fin {
        jour = jour.saturating_add(1.day());
        nombre += i32::from(est_ouvre(jour, calendrier));
    }
    nombre
}

const MOIS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// "24 novembre 2026", "1er mai 2026".
#[must_use]
pub fn en_lettres(date: Date) -> String {
    let jour = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{jour}\u{a0}{}", mois_en_lettres(date))
}

/// "novembre 2026".
#[must_use]
pub fn mois_en_lettres(date: Date) -> String {
    let mois = usize::try_from(date.month() - 1).ok().and_then(|rang| MOIS.get(rang)).copied().unwrap_or("");
    format!("{mois}\u{a0}{}", date.year())
}

/// "nov.", "mai": the month where room is short.
#[must_use]
pub fn mois_abrege(date: Date) -> &'static str {
    const ABREGES: [&str; 12] =
        ["janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
    usize::try_from(date.month() - 1).ok().and_then(|rang| ABREGES.get(rang)).copied().unwrap_or("")
}

/// "mardi 24 novembre 2026".
#[must_use]
pub fn avec_le_jour(date: Date) -> String {
    let jour = match date.weekday() {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    };
    format!("{jour} {}", en_lettres(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(date(2026, 4, 6), ZoneFeriee::Metropole, Some("lundi de Pâques"))]
    #[case(date(2026, 4, 3), ZoneFeriee::Metropole, None)]
    #[case(date(2026, 4, 3), ZoneFeriee::AlsaceMoselle, Some("Vendredi saint"))]
    #[case(date(2026, 5, 14), ZoneFeriee::Metropole, Some("Ascension"))]
    #[case(date(2026, 5, 25), ZoneFeriee::Metropole, Some("lundi de Pentecôte"))]
    #[case(date(2026, 12, 26), ZoneFeriee::AlsaceMoselle, Some("deuxième jour de Noël"))]
    #[case(date(2026, 12, 20), ZoneFeriee::Reunion, Some("abolition de l’esclavage"))]
    fn les_jours_feries(#[case] jour: Date, #[case] zone: ZoneFeriee, #[case] attendu: Option<&str>) {
        assert_eq!(ferie(jour, zone), attendu);
    }

    #[rstest]
    #[case(date(2026, 11, 24), 5, ZoneFeriee::Metropole, date(2026, 12, 1))]
    #[case(date(2026, 12, 24), 1, ZoneFeriee::Metropole, date(2026, 12, 28))]
    #[case(date(2025, 12, 24), 1, ZoneFeriee::Metropole, date(2025, 12, 26))]
    #[case(date(2025, 12, 24), 1, ZoneFeriee::AlsaceMoselle, date(2025, 12, 29))]
    fn les_jours_ouvres(#[case] debut: Date, #[case] n: u32, #[case] zone: ZoneFeriee, #[case] attendu: Date) {
        assert_eq!(ajouter_jours_ouvres(debut, n, zone), attendu);
    }

    #[test]
    fn un_jour_de_fermeture_ne_compte_pas() {
        let pont = [date(2026, 11, 26), date(2026, 11, 28)];
        let calendrier = Calendrier { zone: ZoneFeriee::Metropole, fermetures: &pont };
        assert!(!est_ouvre(date(2026, 11, 26), calendrier));
        assert_eq!(ajouter_jours_ouvres(date(2026, 11, 24), 5, calendrier), date(2026, 12, 2));
        assert_eq!(jours_ouvres_entre(date(2026, 11, 24), date(2026, 12, 2), calendrier), 5);
    }

    #[test]
    fn les_dates_en_francais() {
        assert_eq!(avec_le_jour(date(2026, 11, 24)), "mardi 24\u{a0}novembre\u{a0}2026");
        assert_eq!(en_lettres(date(2026, 5, 1)), "1er\u{a0}mai\u{a0}2026");
    }

    /// The official list (Etalab, `referentiel/feries`), both ways.
    #[rstest]
    #[case("Métropole", ZoneFeriee::Metropole)]
    #[case("Alsace-Moselle", ZoneFeriee::AlsaceMoselle)]
    #[case("Guadeloupe", ZoneFeriee::Guadeloupe)]
    #[case("Martinique", ZoneFeriee::Martinique)]
    #[case("Guyane", ZoneFeriee::Guyane)]
    #[case("La Réunion", ZoneFeriee::Reunion)]
    #[case("Mayotte", ZoneFeriee::Mayotte)]
    fn la_liste_officielle_dit_la_meme_chose(#[case] nom: &str, #[case] zone: ZoneFeriee) {
        let lignes = include_str!("../../../referentiel/feries/jours-feries.tsv").lines();
        let officiels: Vec<Date> = lignes
            .filter_map(|ligne| ligne.split_once('\t'))
            .filter_map(|(de, jour)| jour.parse().ok().filter(|_| de == nom))
            .collect();
        let tous = date(2020, 1, 1).series(1.day()).take_while(|jour| jour.year() <= 2040);
        let calcules: Vec<Date> = tous.filter(|jour| ferie(*jour, zone).is_some()).collect();
        assert_eq!(calcules, officiels);
    }

    proptest! {
        #[test]
        fn compter_est_l_inverse_d_ajouter(jours in 0_i32..5000, n in 0_u32..60) {
            let debut = date(2020, 1, 1).saturating_add(jours.days());
            let fin = ajouter_jours_ouvres(debut, n, ZoneFeriee::AlsaceMoselle);
            prop_assert_eq!(jours_ouvres_entre(debut, fin, ZoneFeriee::AlsaceMoselle), i32::try_from(n).unwrap_or(0));
        }
    }
}
