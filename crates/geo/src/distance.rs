//! How far apart two places are, as the crow flies, and which of many is the nearest.

const RAYON_TERRE_KM: f64 = 6_371.0;

/// A place on the globe, ready to be compared with thousands of others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lieu([f64; 3]);

impl Lieu {
    /// From longitude and latitude, degrees.
    #[must_use]
    pub fn nouveau((lon, lat): (f64, f64)) -> Self {
        let (lon, lat) = (lon.to_radians(), lat.to_radians());
        Self([lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()])
    }

    /// Great-circle distance, kilometres.
    #[must_use]
    pub fn km(self, autre: Self) -> f64 {
        2.0 * RAYON_TERRE_KM * (self.corde_2(autre).sqrt() / 2.0).min(1.0).asin()
    }

    /// The nearest of these, with its distance in kilometres.
    #[must_use]
    pub fn le_plus_proche<T>(self, autres: &[(Self, T)]) -> Option<(f64, &T)> {
        // The chord orders as the arc does, without a sine for each.
        let (lieu, quoi) = autres.iter().min_by(|a, b| self.corde_2(a.0).total_cmp(&self.corde_2(b.0)))?;
        Some((self.km(*lieu), quoi))
    }

    fn corde_2(self, autre: Self) -> f64 {
        self.0.iter().zip(autre.0).map(|(a, b)| (a - b) * (a - b)).sum()
    }
}

/// Distance between two places (longitude, latitude, degrees), kilometres.
#[must_use]
pub fn km(a: (f64, f64), b: (f64, f64)) -> f64 {
    Lieu::nouveau(a).km(Lieu::nouveau(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANCY: (f64, f64) = (6.184, 48.692);
    const TOUL: (f64, f64) = (5.892, 48.675);
    const PARIS: (f64, f64) = (2.352, 48.857);

    #[test]
    fn la_distance_est_celle_de_la_carte() {
        for (a, b, attendue) in [(NANCY, PARIS, 281.0), (NANCY, TOUL, 21.5), (NANCY, NANCY, 0.0)] {
            assert!((km(a, b) - attendue).abs() < 1.0, "{a:?} {b:?} : {}", km(a, b));
        }
    }

    #[test]
    fn le_plus_proche_de_plusieurs() {
        let autres = [(Lieu::nouveau(PARIS), "Paris"), (Lieu::nouveau(TOUL), "Toul")];
        let (distance, nom) = Lieu::nouveau(NANCY).le_plus_proche(&autres).unwrap();
        assert_eq!((*nom, distance.round()), ("Toul", 22.0));
        assert!(Lieu::nouveau(NANCY).le_plus_proche::<&str>(&[]).is_none());
    }
}
