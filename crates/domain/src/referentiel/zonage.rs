//! Zonings and State programmes as dated lists of communes (`referentiel/zonages`). Codes keep the year of their list
//! and are resolved when read. A commune that is not in a list is "à vérifier" unless the list is complete.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::lecture::decompresser;
use super::{Commune, Referentiel, Resolution};
use crate::constat::{Source, Surete};

const FICHES: &str = include_str!("../../../../referentiel/zonages/zonages.toml");
const LISTES: &[u8] = include_bytes!("../../../../referentiel/zonages/communes.tsv.gz");

/// A dated list of communes.
#[derive(Debug, Deserialize)]
pub struct Zonage {
    /// Stable id.
    pub id: String,
    /// Name.
    pub nom: String,
    /// What it brings, in a sentence or two.
    pub quoi: String,
    /// Year of its codes.
    pub geographie: i16,
    /// First day.
    pub du: Date,
    /// Last day, when it is over.
    pub au: Option<Date>,
    /// Départements for which the list is known; empty: the whole country.
    pub departements: Vec<String>,
    /// A commune that is not in it was not in the zoning.
    pub complete: bool,
    /// What must be said beside it.
    pub reserve: String,
    /// Source.
    pub source: String,
}

/// Whether a commune is in a zoning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appartenance {
    /// The list names it.
    Oui,
    /// The list names a part of it (a part of the commune, or a commune that it took in).
    EnPartie,
    /// Not in the list, which is not complete or not known here: unknown is not no.
    AVerifier,
    /// Not in a complete list.
    Non,
}

/// How a commune stands to a list on a day: a yes or a no of the list counts only while the list is in force, where it is
/// known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// Named.
    Oui,
    /// Named in part.
    EnPartie,
    /// Not in a complete list.
    Non,
    /// Not in a list that is not complete.
    Incomplete,
    /// The list is not known for the département of the commune.
    NonCouverte,
    /// The list ended on that day.
    Terminee(Date),
    /// The list begins on that day.
    PasCommencee(Date),
}

/// A list, and how a commune stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DansUneListe {
    /// Stable id of the list.
    pub liste: String,
    /// Year of the list: the one of its first day.
    pub annee: i16,
    /// How the commune stands to it.
    pub situation: Situation,
    /// What must be said beside it; empty: nothing.
    pub reserve: String,
    /// Where the list was read.
    pub source: Source,
}

/// How a commune stands on a day to a list that lasts from `du` to `au`.
#[must_use]
pub fn situer(jour: Date, du: Date, au: Option<Date>, couverte: bool, appartenance: Appartenance) -> Situation {
    if jour < du {
        return Situation::PasCommencee(du);
    }
    if let Some(au) = au.filter(|au| *au < jour) {
        return Situation::Terminee(au);
    }
    match appartenance {
        Appartenance::Oui => Situation::Oui,
        Appartenance::EnPartie => Situation::EnPartie,
        _ if !couverte => Situation::NonCouverte,
        Appartenance::Non => Situation::Non,
        Appartenance::AVerifier => Situation::Incomplete,
    }
}

/// How a commune of today stands on a day to each national list.
#[must_use]
pub fn situations(commune: &Commune, jour: Date) -> Vec<DansUneListe> {
    let situation = |(fiche, appartenance): (&Zonage, Appartenance)| {
        let couverte = fiche.departements.is_empty() || fiche.departements.iter().any(|d| d == commune.departement);
        DansUneListe {
            liste: fiche.id.clone(),
            annee: fiche.du.year(),
            situation: situer(jour, fiche.du, fiche.au, couverte, appartenance),
            reserve: fiche.reserve.clone(),
            source: Source {
                libelle: format!("{} (liste {}, géographie {})", fiche.source, fiche.nom, fiche.geographie),
                url: None,
                consultee_le: None,
                surete: Surete::Haute,
            },
        }
    };
    zonages_de(commune).map(situation).collect()
}

struct Zonages {
    fiches: Vec<Zonage>,
    /// Code of a commune of today → (rank of the list, whole).
    par_commune: HashMap<&'static str, Vec<(usize, bool)>>,
}

#[derive(Deserialize)]
struct Fichier {
    zonage: Vec<Zonage>,
}

static EMBARQUES: LazyLock<Zonages> = LazyLock::new(|| {
    // A damaged file is caught by the tests of this module.
    let fiches = toml::from_str::<Fichier>(FICHES).map(|fichier| fichier.zonage).unwrap_or_default();
    let mut par_commune: HashMap<&'static str, Vec<(usize, bool)>> = HashMap::with_capacity(18_000);
    for ligne in decompresser(LISTES).lines() {
        let mut champs = ligne.split('\t');
        let (Some(id), Some(entieres), Some(partielles)) = (champs.next(), champs.next(), champs.next()) else {
            continue;
        };
        let Some(rang) = fiches.iter().position(|fiche| fiche.id == id) else { continue };
        for (codes, entiere) in [(entieres, true), (partielles, false)] {
            for (code, entiere) in codes.split('|').filter_map(|code| resoudre(code, entiere)) {
                let listes = par_commune.entry(code).or_default();
                match listes.iter_mut().find(|(deja, _)| *deja == rang) {
                    Some((_, deja)) => *deja |= entiere,
                    None => listes.push((rang, entiere)),
                }
            }
        }
    }
    Zonages { fiches, par_commune }
});

/// The commune of today that a code of a list means; a commune taken in since is a part of it. An ambiguous successor is
/// left out: its absence is to be verified.
fn resoudre(code: &str, entiere: bool) -> Option<(&'static str, bool)> {
    match Referentiel::embarque().resoudre(&code.parse().ok()?) {
        Resolution::Actuelle(commune) => Some((commune.code.as_str(), entiere)),
        Resolution::Ancienne(commune) => Some((commune.code.as_str(), false)),
        Resolution::Ambigue(_) | Resolution::Inconnue => None,
    }
}

/// Every list, in the order of the file.
#[must_use]
pub fn tous() -> &'static [Zonage] {
    &EMBARQUES.fiches
}

/// What each list says of a commune of today.
pub fn zonages_de(commune: &Commune) -> impl Iterator<Item = (&'static Zonage, Appartenance)> {
    let listes = EMBARQUES.par_commune.get(commune.code.as_str()).map_or(&[][..], Vec::as_slice);
    EMBARQUES.fiches.iter().enumerate().map(move |(rang, fiche)| {
        let appartenance = match listes.iter().find(|(liste, _)| *liste == rang) {
            Some((_, true)) => Appartenance::Oui,
            Some((_, false)) => Appartenance::EnPartie,
            None if fiche.complete => Appartenance::Non,
            None => Appartenance::AVerifier,
        };
        (fiche, appartenance)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("54129", "frr-2024", Appartenance::Oui)]
    #[case("54395", "frr-2024", Appartenance::AVerifier)] // Nancy: the list was amended
    #[case("35238", "frr-2024", Appartenance::AVerifier)] // no list for the 35
    #[case("35238", "zrr-2021", Appartenance::Non)] // Rennes: a complete list
    #[case("01004", "acv", Appartenance::Oui)]
    #[case("54329", "acv", Appartenance::Oui)] // Lunéville
    fn ce_que_dit_une_liste(#[case] code: &str, #[case] id: &str, #[case] attendu: Appartenance) {
        let commune = Referentiel::embarque().commune(&code.parse().unwrap()).unwrap();
        let (_, vu) = zonages_de(commune).find(|(zonage, _)| zonage.id == id).unwrap();
        assert_eq!(vu, attendu);
    }

    #[rstest]
    #[case("54129", "frr-2024", "2026-11-24", Situation::Oui)]
    #[case("54129", "frr-2024", "2024-06-30", Situation::PasCommencee(jiff::civil::date(2024, 7, 1)))]
    #[case("54395", "frr-2024", "2026-11-24", Situation::Incomplete)]
    #[case("35238", "frr-2024", "2026-11-24", Situation::NonCouverte)]
    #[case("35238", "zrr-2021", "2023-01-01", Situation::Non)]
    #[case("35238", "zrr-2021", "2026-11-24", Situation::Terminee(jiff::civil::date(2024, 6, 30)))]
    fn ce_qu_une_liste_permet_de_dire_un_jour(
        #[case] code: &str,
        #[case] id: &str,
        #[case] jour: Date,
        #[case] attendue: Situation,
    ) {
        let commune = Referentiel::embarque().commune(&code.parse().unwrap()).unwrap();
        let liste = situations(commune, jour).into_iter().find(|liste| liste.liste == id).unwrap();
        assert_eq!(liste.situation, attendue);
        assert!(!liste.source.libelle.is_empty());
    }

    #[test]
    fn chaque_liste_a_sa_fiche_et_chaque_fiche_sa_liste() {
        let ids: Vec<&str> = tous().iter().map(|zonage| zonage.id.as_str()).collect();
        assert_eq!(ids, ["frr-2024", "zrr-2021", "acv", "pvd", "va"]);
        for (rang, id) in ids.iter().enumerate() {
            let nombre = EMBARQUES.par_commune.values().filter(|l| l.iter().any(|(r, _)| *r == rang)).count();
            assert!(nombre > 50, "{id} : {nombre}");
        }
    }
}
