//! Contours as GeoJSON (RFC 7946), for the live map. Each ring is a polygon of its own: enclaves are few and drawn over.

use std::fmt::Write as _;

use domain::code::CodeCommune;
use domain::referentiel::Referentiel;

use crate::contour::{Contours, Grille};

/// A `FeatureCollection` of these communes, each with its code and name; those without contour are left out.
#[must_use]
pub fn communes<'a>(communes: impl IntoIterator<Item = &'a CodeCommune>) -> String {
    let mut json = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    let mut premiere = true;
    for commune in communes {
        let anneaux = Contours::embarques().anneaux(commune);
        if anneaux.is_empty() {
            continue;
        }
        if !std::mem::replace(&mut premiere, false) {
            json.push(',');
        }
        ecrire(&mut json, commune, &anneaux);
    }
    json.push_str("]}");
    json
}

fn ecrire(json: &mut String, commune: &CodeCommune, anneaux: &[Vec<Grille>]) {
    let nom = Referentiel::embarque().nom_commune(commune).replace('"', "'");
    let _ = write!(
        json,
        "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{commune}\",\"nom\":\"{nom}\"}},\"geometry\":{{\"type\":\"MultiPolygon\",\"coordinates\":["
    );
    for (rang, anneau) in anneaux.iter().enumerate() {
        json.push_str(if rang == 0 { "[[" } else { ",[[" });
        // A ring of GeoJSON ends where it begins.
        for (i, (x, y)) in anneau.iter().chain(anneau.first()).enumerate() {
            let virgule = if i == 0 { "" } else { "," };
            let _ = write!(json, "{virgule}[{},{}]", degres(*x), degres(*y));
        }
        json.push_str("]]");
    }
    json.push_str("]}}");
}

fn degres(dix_milliemes: i32) -> f64 {
    f64::from(dix_milliemes) / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::communes;
    use domain::code::CodeCommune;

    #[test]
    fn une_commune_est_un_anneau_ferme() {
        let cirey: CodeCommune = "54129".parse().unwrap();
        let json = communes([&cirey]);
        assert!(json.starts_with("{\"type\":\"FeatureCollection\"") && json.contains("\"nom\":\"Cirey-sur-Vezouze\""));
        let points = json.split("[[[[").nth(1).unwrap().split("]]]").next().unwrap();
        let (premier, dernier) = (points.split(']').next().unwrap(), points.rsplit('[').next().unwrap());
        assert_eq!(premier, dernier);
        assert_eq!(json.matches('[').count(), json.matches(']').count());
    }
}
