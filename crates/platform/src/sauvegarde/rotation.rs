//! Which backups may go: all of the last seven days stay, then one a week for five weeks, one a month for a year. The
//! most recent one always stays.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{SauvegardeError, fichier, lister};

const JOURS: i32 = 7;
const SEMAINES: i32 = 5;
const MOIS: i32 = 12;

/// The ranks, in a list of days (newest first), that may be erased on a day.
#[must_use]
pub fn a_effacer(jours: &[Date], aujourd_hui: Date) -> Vec<usize> {
    let (mut semaines, mut mois) = (BTreeSet::new(), BTreeSet::new());
    let mut effacables = Vec::new();
    for (rang, jour) in jours.iter().enumerate() {
        let age = (aujourd_hui - *jour).get_days();
        let semaine = jour.iso_week_date();
        let garde = rang == 0
            || age < JOURS
            || (age < SEMAINES * 7 && semaines.insert((semaine.year(), semaine.week())))
            || (age < MOIS * 31 && mois.insert((jour.year(), jour.month())));
        if !garde {
            effacables.push(rang);
        }
    }
    effacables
}

/// Erases the backups that may go, and what dead processes left half made. Returns how many backups went.
///
/// # Errors
/// A folder could not be erased.
pub fn nettoyer(dossier: &Path, aujourd_hui: Date, zone: &TimeZone) -> Result<usize, SauvegardeError> {
    let liste = lister(dossier)?;
    let jours: Vec<Date> = liste.iter().map(|s| zone.to_datetime(s.fiche.faite_le.timestamp()).date()).collect();
    let effacables = a_effacer(&jours, aujourd_hui);
    for sauvegarde in effacables.iter().filter_map(|&rang| liste.get(rang)) {
        std::fs::remove_dir_all(&sauvegarde.dossier)
            .map_err(fichier(format!("{} ne s’efface pas", sauvegarde.dossier.display())))?;
    }
    Ok(effacables.len())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;

    use super::a_effacer;

    #[test]
    fn a_year_of_nights_keeps_seven_days_five_weeks_twelve_months() {
        let fin = date(2026, 11, 24);
        let jours: Vec<_> = (0..400_i64).map(|n| fin.saturating_sub(n.days())).collect();
        let gardes = jours.len() - a_effacer(&jours, fin).len();
        assert!((7 + 4 + 10..=7 + 5 + 13).contains(&gardes), "{gardes}");
        assert!(!a_effacer(&jours, fin).contains(&0));
    }

    #[test]
    fn the_last_one_stays_however_old() {
        assert!(a_effacer(&[date(2020, 1, 1)], date(2026, 11, 24)).is_empty());
        assert_eq!(a_effacer(&[date(2020, 1, 2), date(2020, 1, 1)], date(2026, 11, 24)), [1]);
    }
}
