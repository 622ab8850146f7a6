//! A newer source that says the same again: the value stays, with who received it and when; the date of the source moves.
//! No version moves: who is writing on the page is not disturbed. Pure.

use jiff::civil::Date;
use platform::Jour;

use super::difference::Connu;
use super::fiche::Fiche;
use crate::acteur::valeur;

/// What a date is about, as stored.
pub mod quoi {
    /// A fact.
    pub const VALEUR: &str = "valeur";
    /// An establishment.
    pub const ETABLISSEMENT: &str = "etablissement";
    /// An approval.
    pub const AGREMENT: &str = "agrement";
}

/// The date of a source that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateRedite {
    /// See [`quoi`].
    pub quoi: &'static str,
    /// Key of the row: its id; for an approval `actor/kind/source`.
    pub cle: String,
    /// Date known.
    pub avant: Option<Jour>,
    /// Newer date.
    pub apres: Jour,
}

/// The dates that move for one actor: of what the sheets say as it is already known.
#[must_use]
pub fn redites(connu: &Connu, fiches: &[&Fiche]) -> Vec<DateRedite> {
    fiches.iter().flat_map(|fiche| de_la_fiche(connu, fiche)).collect()
}

fn de_la_fiche(connu: &Connu, fiche: &Fiche) -> Vec<DateRedite> {
    let mut dates = Vec::new();
    let mut avancer = |quoi, cle: String, avant: Option<Jour>, du: Option<Date>| {
        if let Some(du) = du.filter(|du| avant.is_none_or(|avant| avant.0 < *du)) {
            dates.push(DateRedite { quoi, cle, avant, apres: Jour(du) });
        }
    };
    for deja in connu.valeurs.iter().filter(|v| v.source == fiche.source && redit(v, fiche)) {
        avancer(quoi::VALEUR, deja.id.clone(), deja.source_du, fiche.du);
    }
    for deja in connu.etablissements.iter().filter(|e| e.source == fiche.source) {
        if fiche.etablissements.iter().any(|lu| deja.siret.as_deref() == Some(lu.siret.as_str())) {
            avancer(quoi::ETABLISSEMENT, deja.id.clone(), deja.source_du, fiche.lieux_du.or(fiche.du));
        }
    }
    for deja in connu.agrements.iter().filter(|a| a.source == fiche.source.as_str()) {
        if fiche.agrements.iter().any(|lu| lu.genre.as_str() == deja.genre) {
            let cle = format!("{}/{}/{}", deja.acteur_id.as_str(), deja.genre, deja.source);
            avancer(quoi::AGREMENT, cle, deja.source_du, fiche.du);
        }
    }
    dates
}

/// The day written in the name of a file: `liste-2026-11-02.csv`, `20261102`, `02-11-2026`; a month is its first day.
#[must_use]
pub fn jour_du_nom(nom: &str) -> Option<Date> {
    let nombres: Vec<&str> = nom.split(|c: char| !c.is_ascii_digit()).filter(|morceau| !morceau.is_empty()).collect();
    let date = |annee: &str, mois: &str, jour: &str| -> Option<Date> {
        let annee: i16 = annee.parse().ok().filter(|annee| (2000..2100).contains(annee))?;
        Date::new(annee, mois.parse().ok()?, jour.parse().ok()?).ok()
    };
    let trois = nombres.windows(3).find_map(|trois| match trois {
        [a, m, j] if a.len() == 4 && m.len() == 2 && j.len() == 2 => date(a, m, j),
        [j, m, a] if a.len() == 4 && m.len() <= 2 && j.len() <= 2 => date(a, m, j),
        _ => None,
    });
    let colles =
        || nombres.iter().find_map(|n| (n.len() == 8).then(|| date(n.get(..4)?, n.get(4..6)?, n.get(6..)?))?);
    let mois = || {
        nombres.windows(2).find_map(|deux| match deux {
            [a, m] if a.len() == 4 && m.len() == 2 => date(a, m, "1"),
            _ => None,
        })
    };
    trois.or_else(colles).or_else(mois)
}

fn redit(deja: &valeur::Model, fiche: &Fiche) -> bool {
    fiche.faits.iter().any(|(champ, valeur)| *champ == deja.champ && *valeur == deja.valeur)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("liste-ess-2026-11-02.csv", Some("2026-11-02"))]
    #[case("ess_20261102_v2.csv", Some("2026-11-02"))]
    #[case("ESUS au 02.11.2026.xlsx", Some("2026-11-02"))]
    #[case("ess-2026-11.csv", Some("2026-11-01"))]
    #[case("mois.zip (ess-2026-11-02.csv)", Some("2026-11-02"))]
    #[case("ess-2026-13-40.csv", None)]
    #[case("siae-2020.csv", None)]
    #[case("liste.csv", None)]
    #[case("54395 80746931700018.csv", None)]
    fn le_nom_du_fichier_dit_le_jour(#[case] nom: &str, #[case] attendu: Option<&str>) {
        assert_eq!(jour_du_nom(nom), attendu.map(|jour| jour.parse().unwrap()));
    }
}
