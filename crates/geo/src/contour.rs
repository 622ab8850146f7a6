//! Contours embedded as a topology: a border is one arc shared by its two communes, so no gap opens between them.
//! Built by `referentiel/contours/reconstruire.py`; coordinates on a grid of 1e-4 degree.

use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use domain::code::CodeCommune;
use flate2::read::GzDecoder;

const FICHIER: &[u8] = include_bytes!("../../../referentiel/contours/contours.bin.gz");
const ENTETE: &[u8] = b"TERREAU1";

/// A point of the grid: longitude, latitude, in 1e-4 degree.
pub type Grille = (i32, i32);

/// The contours of all communes.
pub struct Contours {
    arcs: Vec<Vec<Grille>>,
    communes: HashMap<CodeCommune, Vec<Vec<i32>>>,
    riverains: HashMap<i32, Vec<CodeCommune>>,
}

static EMBARQUES: LazyLock<Contours> = LazyLock::new(|| {
    let mut octets = Vec::new();
    // A damaged embedded file would be caught by the tests below; the map is then empty, the list beside it is not.
    let lu = GzDecoder::new(FICHIER).read_to_end(&mut octets).is_ok();
    if lu { decoder(&octets) } else { None }.unwrap_or_else(Contours::vide)
});

impl Contours {
    /// The contours shipped in the program, decoded at first use.
    #[must_use]
    pub fn embarques() -> &'static Self {
        &EMBARQUES
    }

    fn vide() -> Self {
        Self { arcs: Vec::new(), communes: HashMap::new(), riverains: HashMap::new() }
    }

    /// Rings of a commune; empty when it has no contour.
    #[must_use]
    pub fn anneaux(&self, commune: &CodeCommune) -> Vec<Vec<Grille>> {
        let arcs = self.communes.get(commune).map(Vec::as_slice).unwrap_or_default();
        arcs.iter().map(|anneau| self.derouler(anneau)).collect()
    }

    /// Communes that share a border, by code.
    #[must_use]
    pub fn voisines(&self, commune: &CodeCommune) -> Vec<CodeCommune> {
        let arcs = self.communes.get(commune).into_iter().flatten().flatten();
        let mut voisines: Vec<CodeCommune> = arcs
            .filter_map(|arc| self.riverains.get(&positif(*arc)))
            .flatten()
            .filter(|autre| *autre != commune)
            .cloned()
            .collect();
        voisines.sort();
        voisines.dedup();
        voisines
    }

    /// How many communes have a contour.
    #[must_use]
    pub fn nombre(&self) -> usize {
        self.communes.len()
    }

    fn derouler(&self, anneau: &[i32]) -> Vec<Grille> {
        let mut points: Vec<Grille> = Vec::new();
        for &arc in anneau {
            let Some(trace) = usize::try_from(positif(arc)).ok().and_then(|rang| self.arcs.get(rang)) else {
                continue;
            };
            // The first point of an arc is the last of the one before.
            let saut = usize::from(!points.is_empty());
            if arc >= 0 {
                points.extend(trace.iter().skip(saut));
            } else {
                points.extend(trace.iter().rev().skip(saut));
            }
        }
        points
    }
}

/// `-1 - n` is arc `n` walked backwards.
fn positif(arc: i32) -> i32 {
    if arc < 0 { -1 - arc } else { arc }
}

fn decoder(octets: &[u8]) -> Option<Contours> {
    let mut lecteur = Lecteur { octets: octets.strip_prefix(ENTETE)? };
    let nombre = lecteur.entier()?;
    let mut arcs = Vec::with_capacity(usize::try_from(nombre).ok()?);
    for _ in 0..nombre {
        let (mut x, mut y) = (0, 0);
        let longueur = lecteur.entier()?;
        let mut arc = Vec::with_capacity(usize::try_from(longueur).ok()?);
        for _ in 0..longueur {
            x += lecteur.entier()?;
            y += lecteur.entier()?;
            arc.push((x, y));
        }
        arcs.push(arc);
    }
    let mut communes = HashMap::new();
    let mut riverains: HashMap<i32, Vec<CodeCommune>> = HashMap::new();
    for _ in 0..lecteur.entier()? {
        let code: CodeCommune = lecteur.code()?;
        let mut anneaux = Vec::new();
        for _ in 0..lecteur.entier()? {
            let longueur = lecteur.entier()?;
            let anneau: Vec<i32> = (0..longueur).map(|_| lecteur.entier()).collect::<Option<_>>()?;
            for &arc in &anneau {
                riverains.entry(positif(arc)).or_default().push(code.clone());
            }
            anneaux.push(anneau);
        }
        communes.insert(code, anneaux);
    }
    Some(Contours { arcs, communes, riverains })
}

struct Lecteur<'a> {
    octets: &'a [u8],
}

impl Lecteur<'_> {
    /// A zigzag varint.
    fn entier(&mut self) -> Option<i32> {
        let (mut valeur, mut decalage) = (0_u64, 0);
        loop {
            let (&octet, reste) = self.octets.split_first()?;
            self.octets = reste;
            valeur |= u64::from(octet & 127) << decalage;
            if octet < 128 {
                break;
            }
            decalage += 7;
            if decalage > 35 {
                return None;
            }
        }
        let moitie = i64::try_from(valeur >> 1).ok()?;
        i32::try_from(if valeur & 1 == 1 { -moitie - 1 } else { moitie }).ok()
    }

    fn code(&mut self) -> Option<CodeCommune> {
        let (code, reste) = self.octets.split_at_checked(5)?;
        self.octets = reste;
        std::str::from_utf8(code).ok()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::referentiel::Referentiel;

    fn code(texte: &str) -> CodeCommune {
        texte.parse().unwrap()
    }

    #[test]
    fn le_tout_tient_dans_huit_megaoctets() {
        let referentiel: u64 = ["cog/communes.tsv.gz", "cog/epci.tsv.gz", "cog/departements.tsv"]
            .iter()
            .map(|nom| std::fs::metadata(format!("../../referentiel/{nom}")).unwrap().len())
            .sum();
        assert!(u64::try_from(FICHIER.len()).unwrap() + referentiel < 8 << 20);
    }

    /// No geometry in the source: restored or created in 2025-2026, and overseas collectivités outside départements.
    #[test]
    fn chaque_commune_a_son_contour_sauf_une_liste_connue() {
        let contours = Contours::embarques();
        let referentiel = Referentiel::embarque();
        let absentes: Vec<String> = domaines()
            .flat_map(|departement| referentiel.communes_du_departement(departement))
            .filter(|commune| contours.anneaux(&commune.code).is_empty())
            .map(|commune| commune.code.to_string())
            .collect();
        let connues = ["12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114"];
        assert_eq!(absentes, connues);
    }

    fn domaines() -> impl Iterator<Item = &'static str> {
        include_str!("../../../referentiel/cog/departements.tsv")
            .lines()
            .filter_map(|l| l.split('\t').next())
            .filter(|code| !matches!(*code, "975" | "977" | "978" | "984" | "986" | "987" | "988" | "989"))
    }

    #[test]
    fn les_anneaux_se_ferment_et_les_voisines_se_repondent() {
        let contours = Contours::embarques();
        for commune in Referentiel::embarque().communes_du_departement("54") {
            for anneau in contours.anneaux(&commune.code) {
                assert_eq!(anneau.first(), anneau.last(), "{}", commune.code);
            }
            for voisine in contours.voisines(&commune.code) {
                assert!(contours.voisines(&voisine).contains(&commune.code));
            }
        }
        assert!(contours.voisines(&code("54129")).contains(&code("54540")), "Val-et-Châtillon touche Cirey");
    }

    #[test]
    fn un_fichier_coupe_ne_panique_pas() {
        let mut octets = Vec::new();
        GzDecoder::new(FICHIER).read_to_end(&mut octets).unwrap();
        for fin in [0, 5, 9, 1_000, octets.len() / 2] {
            assert!(decoder(&octets[..fin]).is_none());
        }
    }
}
