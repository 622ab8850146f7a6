//! Around a commune: alone, with those that touch it, or within a distance between town halls.

use domain::code::CodeCommune;
use geo::{Contours, distance};
use web::Instance;

/// Distances offered, kilometres.
pub const RAYONS: [u16; 4] = [5, 10, 20, 30];

/// How far around a commune.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Autour {
    /// The commune only.
    #[default]
    Seule,
    /// With the communes that touch it.
    Voisines,
    /// Whoever says, by an offer, that it comes there, wherever it is.
    Desservie,
    /// Within so many kilometres, as the crow flies, from one town hall to the other.
    Km(u16),
}

impl Autour {
    /// Reads the address; what is not offered is the commune only.
    #[must_use]
    pub fn lire(texte: &str) -> Self {
        match texte {
            "voisines" | "1" => Self::Voisines,
            "desservie" => Self::Desservie,
            autre => autre.parse().ok().filter(|km| RAYONS.contains(km)).map_or(Self::Seule, Self::Km),
        }
    }

    /// In the address; empty for the commune only.
    #[must_use]
    pub fn valeur(self) -> String {
        match self {
            Self::Seule => String::new(),
            Self::Voisines => "voisines".to_owned(),
            Self::Desservie => "desservie".to_owned(),
            Self::Km(km) => km.to_string(),
        }
    }

    /// In words, after the name of the commune.
    #[must_use]
    pub fn en_mots(self, commune: &str) -> String {
        match self {
            Self::Seule => commune.to_owned(),
            Self::Voisines => format!("{commune} et les communes voisines"),
            Self::Desservie => format!("Qui vient à {commune}"),
            Self::Km(km) => format!("{commune}, à {km}\u{a0}km à la ronde"),
        }
    }

    /// The communes of the instance kept, that one first. A town hall whose place is not known is near no other.
    #[must_use]
    pub fn communes(self, instance: &Instance, commune: &CodeCommune) -> Vec<CodeCommune> {
        let proches = match self {
            Self::Seule | Self::Desservie => Vec::new(),
            Self::Voisines => Contours::embarques().voisines(commune),
            Self::Km(km) => a_la_ronde(instance, commune, f64::from(km)),
        };
        std::iter::once(commune.clone()).chain(proches.into_iter().filter(|proche| proche != commune)).collect()
    }
}

/// Kilometres between the town halls of two communes, when their places are known.
#[must_use]
pub fn km_entre(instance: &Instance, a: &CodeCommune, b: &CodeCommune) -> Option<f64> {
    let mairie = |code: &CodeCommune| instance.referentiel().commune(code).and_then(|commune| commune.mairie);
    Some(distance::km(mairie(a)?, mairie(b)?))
}

fn a_la_ronde(instance: &Instance, commune: &CodeCommune, km: f64) -> Vec<CodeCommune> {
    let mairie = |code: &CodeCommune| instance.referentiel().commune(code).and_then(|commune| commune.mairie);
    let Some(ici) = mairie(commune) else { return Vec::new() };
    let proche = |code: &&CodeCommune| mairie(code).is_some_and(|la| distance::km(ici, la) <= km);
    instance.perimetre().communes().filter(proche).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", Autour::Seule)]
    #[case("1", Autour::Voisines)]
    #[case("voisines", Autour::Voisines)]
    #[case("desservie", Autour::Desservie)]
    #[case("10", Autour::Km(10))]
    #[case("11", Autour::Seule)]
    #[case("-5", Autour::Seule)]
    fn l_adresse_dit_autour(#[case] texte: &str, #[case] attendu: Autour) {
        assert_eq!(Autour::lire(texte), attendu);
        assert_eq!(Autour::lire(&attendu.valeur()), attendu);
    }
}
