//! RFC 7946: a collection of points. A row whose place is not known has a null geometry: it is not left out.

use web::ouvert::{Case, Jeu};

use super::{Echec, Ecrivain, objet};

pub(super) struct GeoJson {
    jeu: &'static Jeu,
    avant: &'static str,
}

const DEBUT: &str = "{\"type\":\"FeatureCollection\",\"features\":[\n";

impl GeoJson {
    pub(super) fn nouveau(jeu: &'static Jeu) -> Self {
        Self { jeu, avant: DEBUT }
    }

    fn geometrie(&self, ligne: &[Case]) -> Option<String> {
        let [longitude, latitude] = self.jeu.lieu?.map(|rang| match ligne.get(rang) {
            Some(Case::Decimal(degres)) => Some(*degres),
            _ => None,
        });
        Some(format!("{{\"type\":\"Point\",\"coordinates\":[{},{}]}}", longitude?, latitude?))
    }
}

impl Ecrivain for GeoJson {
    fn lot(&mut self, lignes: Vec<Vec<Case>>) -> Result<Vec<u8>, Echec> {
        let mut texte = String::new();
        for ligne in lignes {
            texte.push_str(std::mem::replace(&mut self.avant, ",\n"));
            let geometrie = self.geometrie(&ligne).unwrap_or_else(|| "null".to_owned());
            let proprietes = objet(self.jeu, &ligne);
            texte.push_str(&format!("{{\"type\":\"Feature\",\"geometry\":{geometrie},\"properties\":{proprietes}}}"));
        }
        Ok(texte.into_bytes())
    }

    fn fin(&mut self) -> Result<Vec<u8>, Echec> {
        let debut = if self.avant == DEBUT { DEBUT } else { "" };
        Ok(format!("{debut}\n]}}\n").into_bytes())
    }
}
