//! Cantons of the communes (`referentiel/cantons`). A town shared between cantons is said so: the source does not tell
//! which street is in which.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::lecture::decompresser;
use crate::code::CodeCommune;
use crate::perimetre::Perimetre;

/// Year of the codes.
pub const MILLESIME: i16 = 2026;
/// Where it comes from.
pub const SOURCE: &str = "Code officiel géographique (Insee)";

const CANTONS: &[u8] = include_bytes!("../../../../referentiel/cantons/cantons.tsv.gz");

/// A canton.
#[derive(Debug)]
pub struct Canton {
    /// INSEE code (`5401`, `97101`).
    pub code: &'static str,
    /// Name.
    pub nom: &'static str,
    /// Commune of its bureau centralisateur.
    pub centre: &'static str,
    communes: &'static str,
}

impl Canton {
    /// Communes that are whole in it.
    pub fn communes(&self) -> impl Iterator<Item = &'static str> {
        self.communes.split('|').filter(|code| !code.is_empty())
    }
}

/// What is known of the canton of a commune.
#[derive(Clone, Debug)]
pub enum CantonDe {
    /// One.
    Un(&'static Canton),
    /// A town shared between these (those whose centre it is), to be verified for an address.
    Partage(Vec<&'static Canton>),
    /// The source does not say.
    AVerifier,
    /// No canton there (Paris, métropole de Lyon, Martinique, Guyane).
    Aucun,
}

struct Cantons {
    tous: Vec<Canton>,
    par_commune: HashMap<&'static str, Lieu>,
}

#[derive(Clone, Copy)]
enum Lieu {
    Un(usize),
    Partage,
    AVerifier,
}

static EMBARQUES: LazyLock<Cantons> = LazyLock::new(|| {
    let mut cantons = Cantons { tous: Vec::with_capacity(2_054), par_commune: HashMap::with_capacity(35_000) };
    for ligne in decompresser(CANTONS).lines() {
        let mut champs = ligne.split('\t');
        let (Some(code), Some(genre), Some(nom), Some(centre), Some(communes)) =
            (champs.next(), champs.next(), champs.next(), champs.next(), champs.next())
        else {
            continue;
        };
        let lieu = match genre {
            "C" => Lieu::Un(cantons.tous.len()),
            "V" => Lieu::Partage,
            _ => Lieu::AVerifier,
        };
        cantons.par_commune.extend(communes.split('|').filter(|c| !c.is_empty()).map(|commune| (commune, lieu)));
        if genre == "C" {
            cantons.tous.push(Canton { code, nom, centre, communes });
        }
    }
    cantons
});

/// The canton of a commune of today.
#[must_use]
pub fn canton_de(commune: &CodeCommune) -> CantonDe {
    match EMBARQUES.par_commune.get(commune.as_str()) {
        None => CantonDe::Aucun,
        Some(Lieu::AVerifier) => CantonDe::AVerifier,
        Some(Lieu::Un(rang)) => EMBARQUES.tous.get(*rang).map_or(CantonDe::AVerifier, CantonDe::Un),
        Some(Lieu::Partage) => {
            let partage: Vec<&'static Canton> =
                EMBARQUES.tous.iter().filter(|canton| canton.centre == commune.as_str()).collect();
            if partage.is_empty() { CantonDe::Aucun } else { CantonDe::Partage(partage) }
        }
    }
}

/// A canton by its code.
#[must_use]
pub fn canton(code: &str) -> Option<&'static Canton> {
    EMBARQUES.tous.iter().find(|canton| canton.code == code)
}

/// The cantons that hold, wholly or in part, a commune of this territory, by code.
#[must_use]
pub fn cantons_de(territoire: &Perimetre) -> Vec<&'static Canton> {
    let communes: HashSet<&str> = territoire.communes().map(CodeCommune::as_str).collect();
    let dedans = |code: &str| communes.contains(code);
    EMBARQUES.tous.iter().filter(|canton| canton.communes().any(dedans) || dedans(canton.centre)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::referentiel::Referentiel;
    use rstest::rstest;

    fn dit(code: &str) -> String {
        match canton_de(&code.parse().unwrap()) {
            CantonDe::Un(canton) => canton.nom.to_owned(),
            CantonDe::Partage(cantons) => cantons.iter().map(|c| c.nom).collect::<Vec<_>>().join(", "),
            CantonDe::AVerifier => "à vérifier".to_owned(),
            CantonDe::Aucun => "aucun".to_owned(),
        }
    }

    #[rstest]
    #[case("54129", "Baccarat")]
    #[case("54395", "Nancy-1, Nancy-2, Nancy-3")]
    #[case("54329", "Lunéville-1, Lunéville-2")]
    #[case("67372", "à vérifier")]
    #[case("75056", "aucun")]
    #[case("69123", "aucun")]
    #[case("97209", "aucun")]
    #[case("2A041", "Grand Sud")]
    fn le_canton_d_une_commune(#[case] code: &str, #[case] attendu: &str) {
        assert_eq!(dit(code), attendu);
    }

    #[test]
    fn les_cantons_d_un_territoire() {
        let referentiel = Referentiel::embarque();
        let nombre = |code: &str| {
            let perimetre = referentiel.collectivite(code).unwrap().perimetre(referentiel);
            cantons_de(&perimetre).len()
        };
        assert_eq!((nombre("54"), nombre("6AE"), nombre("75"), nombre("69M")), (23, 40, 0, 0));
        assert_eq!(canton("5401").unwrap().communes().count(), 91);
    }
}
