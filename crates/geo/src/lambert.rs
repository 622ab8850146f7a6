//! Lambert-93, the projection of official French files for the mainland, to longitude and latitude: the conic projection undone,
//! as in the note `NTG_71` of the national geographic institute (IGN, 1995), on the ellipsoid GRS 80. RGF93 and WGS84 are one at
//! the scale of a door.

/// Eccentricity of GRS 80.
const E: f64 = 0.081_819_191_042_815_8;
/// Exponent of the projection.
const N: f64 = 0.725_607_765_053_267;
/// Constant of the projection, metres.
const C: f64 = 11_754_255.426_1;
/// The pole of the plane, metres.
const POLE: (f64, f64) = (700_000.0, 12_655_612.049_9);
/// Meridian of origin, degrees.
const ORIGINE: f64 = 3.0;

/// The mainland and Corsica, with a margin, metres: beyond, these are other coordinates.
const X: std::ops::Range<f64> = 50_000.0..1_320_000.0;
const Y: std::ops::Range<f64> = 6_000_000.0..7_150_000.0;

/// Longitude and latitude (degrees, to a tenth of a metre) of a point of the mainland in Lambert-93 (metres); None when it is not one.
#[must_use]
pub fn en_degres((x, y): (f64, f64)) -> Option<(f64, f64)> {
    if !X.contains(&x) || !Y.contains(&y) {
        return None;
    }
    let (dx, dy) = (x - POLE.0, POLE.1 - y);
    let longitude = ORIGINE + (dx.atan2(dy) / N).to_degrees();
    let isometrique = -(dx.hypot(dy) / C).ln() / N;
    Some((arrondi(longitude), arrondi(latitude(isometrique).to_degrees())))
}

/// Latitude, radians, from the isometric one: each turn brings it a hundred times closer.
fn latitude(isometrique: f64) -> f64 {
    let sphere = |facteur: f64| 2.0 * (facteur * isometrique.exp()).atan() - std::f64::consts::FRAC_PI_2;
    (0..8).fold(sphere(1.0), |latitude, _| {
        let e_sin = E * latitude.sin();
        sphere(((1.0 + e_sin) / (1.0 - e_sin)).powf(E / 2.0))
    })
}

fn arrondi(degres: f64) -> f64 {
    (degres * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with PROJ 9 (EPSG:2154 to EPSG:4326).
    #[test]
    fn les_points_de_proj() {
        for (plan, (lon, lat)) in [
            ((700_000.0, 6_600_000.0), (3.0, 46.5)),
            ((652_381.5, 6_862_047.3), (2.351_005_86, 48.856_701_82)),
            ((934_000.0, 6_849_500.0), (6.180_652_2, 48.703_221_65)),
            ((147_000.5, 6_838_000.25), (-4.483_379_31, 48.406_278_2)),
            ((1_230_000.0, 6_090_000.0), (9.360_345_16, 41.718_874_06)),
            ((1_049_998.7, 6_843_777.0), (7.749_519_48, 48.599_432_68)),
            ((893_000.0, 6_247_000.0), (5.377_293_45, 43.296_018_13)),
        ] {
            let lu = en_degres(plan).unwrap();
            assert!((lu.0 - lon).abs() < 1e-6 && (lu.1 - lat).abs() < 1e-6, "{plan:?} : {lu:?}");
        }
    }

    #[test]
    fn ailleurs_ce_n_est_pas_un_point() {
        // Degrees, UTM of La Réunion, the two axes exchanged, nothing.
        for plan in
            [(6.18, 48.7), (338_000.0, 7_690_000.0), (6_849_500.0, 934_000.0), (0.0, 0.0), (f64::NAN, 6_600_000.0)]
        {
            assert_eq!(en_degres(plan), None, "{plan:?}");
        }
    }
}
