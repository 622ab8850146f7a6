//! Around a commune: alone, with those that touch it, or within a distance between town halls.

use domain::code::CodeCommune;
use geo::Contours;
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
    /// Within so many kilometres, as the crow flies, from one town hall to the other.
    Km(u16),
}

impl Autour {
    /// Reads the address; what is not offered is the commune only.
    #[must_use]
    pub fn lire(texte: &str) -> Self {
        match texte {
            "voisines" | "1" => Self::Voisines,
            autre => autre.parse().ok().filter(|km| RAYONS.contains(km)).map_or(Self::Seule, Self::Km),
        }
    }

    /// In the address; empty for the commune only.
    #[must_use]
    pub fn valeur(self) -> String {
        match self {
            Self::Seule => String::new(),
            Self::Voisines => "voisines".to_owned(),
            Self::Km(km) => km.to_string(),
        }
    }

    /// In words, after the name of the commune.
    #[must_use]
    pub fn en_mots(self, commune: &str) -> String {
        match self {
            Self::Seule => commune.to_owned(),
            Self::Voisines => format!("{commune} et les communes voisines"),
            Self::Km(km) => format!("{commune}, à {km}\u{a0}km à la ronde"),
        }
    }

    /// The communes of the instance kept, that one first. A town hall whose place is not known is near no other.
    #[must_use]
    pub fn communes(self, instance: &Instance, commune: &CodeCommune) -> Vec<CodeCommune> {
        let proches = match self {
            Self::Seule => Vec::new(),
            Self::Voisines => Contours::embarques().voisines(commune),
            Self::Km(km) => a_la_ronde(instance, commune, f64::from(km)),
        };
        std::iter::once(commune.clone()).chain(proches.into_iter().filter(|proche| proche != commune)).collect()
    }
}

fn a_la_ronde(instance: &Instance, commune: &CodeCommune, km: f64) -> Vec<CodeCommune> {
    let mairie = |code: &CodeCommune| instance.referentiel().commune(code).and_then(|commune| commune.mairie);
    let Some(ici) = mairie(commune) else { return Vec::new() };
    let proche = |code: &&CodeCommune| mairie(code).is_some_and(|la| distance_km(ici, la) <= km);
    instance.perimetre().communes().filter(proche).cloned().collect()
}

/// Great-circle distance between two points (longitude, latitude, degrees).
fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    const RAYON_TERRE_KM: f64 = 6_371.0;
    let (long_a, lat_a, long_b, lat_b) = (a.0.to_radians(), a.1.to_radians(), b.0.to_radians(), b.1.to_radians());
    let (demi_lat, demi_long) = (((lat_b - lat_a) / 2.0).sin(), ((long_b - long_a) / 2.0).sin());
    let h = demi_long.powi(2).mul_add(lat_a.cos() * lat_b.cos(), demi_lat.powi(2));
    2.0 * RAYON_TERRE_KM * h.sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    // Nancy to Paris: 281 km; Nancy to Toul: 21 km.
    #[case((6.184, 48.692), (2.352, 48.857), 281.0)]
    #[case((6.184, 48.692), (5.892, 48.675), 21.5)]
    #[case((6.184, 48.692), (6.184, 48.692), 0.0)]
    fn la_distance_est_celle_de_la_carte(#[case] a: (f64, f64), #[case] b: (f64, f64), #[case] attendue: f64) {
        assert!((distance_km(a, b) - attendue).abs() < 1.0, "{}", distance_km(a, b));
    }

    #[rstest]
    #[case("", Autour::Seule)]
    #[case("1", Autour::Voisines)]
    #[case("voisines", Autour::Voisines)]
    #[case("10", Autour::Km(10))]
    #[case("11", Autour::Seule)]
    #[case("-5", Autour::Seule)]
    fn l_adresse_dit_autour(#[case] texte: &str, #[case] attendu: Autour) {
        assert_eq!(Autour::lire(texte), attendu);
        assert_eq!(Autour::lire(&attendu.valeur()), attendu);
    }
}
