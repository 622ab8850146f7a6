//! An actor, folded for comparison, and the keys under which it meets those that may be the same. Pure.

use domain::tri::cle_de_tri;

use crate::courriel::{cle_du_site, cle_du_telephone, domaine_propre};

/// Words of a name that say its form, or nothing.
const MOTS_VIDES: &[&str] = &[
    "association",
    "assoc",
    "asso",
    "ass",
    "sas",
    "sasu",
    "sarl",
    "eurl",
    "sa",
    "scop",
    "scic",
    "scea",
    "gie",
    "societe",
    "ste",
    "ets",
    "cooperative",
    "scoparl",
    "l",
    "d",
    "le",
    "la",
    "les",
    "de",
    "du",
    "des",
    "et",
    "en",
    "a",
    "au",
    "aux",
    "un",
    "une",
    "pour",
    "par",
    "sur",
    "dans",
    "loi",
    "1901",
];

/// Words of an address, shortened in one source and not in another.
const ABREGES: &[(&str, &str)] = &[
    ("av", "avenue"),
    ("ave", "avenue"),
    ("bd", "boulevard"),
    ("bld", "boulevard"),
    ("blvd", "boulevard"),
    ("pl", "place"),
    ("r", "rue"),
    ("rte", "route"),
    ("chem", "chemin"),
    ("che", "chemin"),
    ("imp", "impasse"),
    ("all", "allee"),
    ("st", "saint"),
    ("ste", "sainte"),
    ("sq", "square"),
    ("fg", "faubourg"),
    ("gal", "general"),
    ("dr", "docteur"),
    ("zi", "zone industrielle"),
    ("za", "zone artisanale"),
];

/// What is known of an actor, as it was read.
#[derive(Clone, Debug, Default)]
pub struct Fiche {
    /// Identifier.
    pub id: String,
    /// Name.
    pub nom: String,
    /// SIREN.
    pub siren: Option<String>,
    /// RNA number.
    pub rna: Option<String>,
    /// Address of mail.
    pub courriel: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Commune of the seat, as a code.
    pub commune: Option<String>,
    /// Commune, address and SIRET of its establishments.
    pub lieux: Vec<(String, Option<String>, Option<String>)>,
}

/// The same, folded for comparison.
#[derive(Clone, Debug)]
pub struct Candidat {
    pub(super) id: String,
    pub(super) mots: Vec<String>,
    pub(super) nom: String,
    pub(super) siren: Option<String>,
    /// Its own, and those of its establishments.
    pub(super) sirens: Vec<String>,
    pub(super) rna: Option<String>,
    pub(super) courriel: Option<String>,
    pub(super) domaine: Option<String>,
    pub(super) site: Option<String>,
    pub(super) telephone: Option<String>,
    pub(super) communes: Vec<String>,
    pub(super) adresses: Vec<String>,
}

/// Name without its form, accents or order of small words.
#[must_use]
pub fn mots_du_nom(nom: &str) -> Vec<String> {
    let cle = cle_de_tri(nom);
    let tous: Vec<String> = cle.split(' ').filter(|mot| !mot.is_empty()).map(str::to_owned).collect();
    let utiles: Vec<String> = tous.iter().filter(|mot| !MOTS_VIDES.contains(&mot.as_str())).cloned().collect();
    if utiles.is_empty() { tous } else { utiles }
}

/// Address as compared; without a number it says nothing (`mairie`, `le bourg`).
#[must_use]
pub fn cle_de_l_adresse(adresse: &str) -> Option<String> {
    let cle = cle_de_tri(adresse);
    if !cle.split(' ').next()?.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let longs = cle
        .split(' ')
        .filter(|mot| !matches!(*mot, "de" | "du" | "des" | "la" | "le" | "les" | "l" | "d"))
        .map(|mot| ABREGES.iter().find(|(court, _)| *court == mot).map_or(mot, |(_, long)| *long));
    Some(longs.collect::<Vec<_>>().join(" "))
}

impl From<Fiche> for Candidat {
    fn from(fiche: Fiche) -> Self {
        let mots = mots_du_nom(&fiche.nom);
        let sirets = fiche.lieux.iter().filter_map(|(_, _, siret)| siret.as_deref()?.get(..9));
        let mut sirens: Vec<String> = fiche.siren.iter().map(String::as_str).chain(sirets).map(str::to_owned).collect();
        sirens.sort();
        sirens.dedup();
        let mut communes: Vec<String> =
            fiche.commune.iter().chain(fiche.lieux.iter().map(|(commune, ..)| commune)).cloned().collect();
        communes.sort();
        communes.dedup();
        let adresses = fiche
            .lieux
            .iter()
            .filter_map(|(commune, adresse, _)| Some(format!("{commune} {}", cle_de_l_adresse(adresse.as_deref()?)?)))
            .collect();
        Self {
            id: fiche.id,
            nom: mots.join(" "),
            mots,
            siren: fiche.siren,
            sirens,
            rna: fiche.rna,
            domaine: fiche.courriel.as_deref().and_then(domaine_propre),
            courriel: fiche.courriel.map(|courriel| courriel.trim().to_lowercase()),
            site: fiche.site.as_deref().and_then(cle_du_site),
            telephone: fiche.telephone.as_deref().and_then(cle_du_telephone),
            communes,
            adresses,
        }
    }
}

impl Candidat {
    /// Keys of a family: who shares one is compared.
    pub(super) fn cles(&self, famille: Cle) -> Vec<String> {
        match famille {
            Cle::Siren => self.sirens.clone(),
            Cle::Rna => self.rna.iter().cloned().collect(),
            Cle::Courriel => self.courriel.iter().cloned().collect(),
            Cle::Domaine => self.domaine.iter().cloned().collect(),
            Cle::Site => self.site.iter().cloned().collect(),
            Cle::Telephone => self.telephone.iter().cloned().collect(),
            Cle::Adresse => self.adresses.clone(),
            Cle::Mot => self.dans_sa_commune(self.mots.iter().cloned()),
            // A fault inside a word leaves its beginning; at its beginning, its end.
            Cle::Debut => self.dans_sa_commune(self.mots.first().map(|mot| mot.chars().take(4).collect())),
            Cle::Fin => self.dans_sa_commune(Some(self.nom.chars().rev().filter(|c| *c != ' ').take(5).collect())),
        }
    }

    fn dans_sa_commune(&self, cles: impl IntoIterator<Item = String>) -> Vec<String> {
        let cles: Vec<String> = cles.into_iter().collect();
        self.communes.iter().flat_map(|commune| cles.iter().map(move |cle| format!("{commune} {cle}"))).collect()
    }
}

/// A family of keys.
#[derive(Clone, Copy)]
pub(super) enum Cle {
    Siren,
    Rna,
    Courriel,
    Domaine,
    Site,
    Telephone,
    Adresse,
    Mot,
    Debut,
    Fin,
}

/// Every family.
pub(super) const CLES: [Cle; 10] = [
    Cle::Siren,
    Cle::Rna,
    Cle::Courriel,
    Cle::Domaine,
    Cle::Site,
    Cle::Telephone,
    Cle::Adresse,
    Cle::Mot,
    Cle::Debut,
    Cle::Fin,
];

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("12 bis, R. de la Gare", Some("12 bis rue gare"))]
    #[case("12 BIS RUE DE LA GARE", Some("12 bis rue gare"))]
    #[case("3 av. du Gal Leclerc", Some("3 avenue general leclerc"))]
    #[case("Mairie", None)]
    #[case("", None)]
    fn une_adresse_se_plie(#[case] adresse: &str, #[case] attendue: Option<&str>) {
        assert_eq!(cle_de_l_adresse(adresse).as_deref(), attendue);
    }
}
