//! The national referential, read-only, in memory: communes, EPCI, départements, collectivités with the competences of
//! a département. Facts and their sources stand in `referentiel/` at the root (COG 2026).

pub mod canton;
mod collectivite;
mod lecture;
mod recherche;
pub mod zonage;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use collectivite::{Collectivite, Competence};
pub use recherche::Trouvaille;

use crate::code::{CodeCommune, CodeDepartement, CodeEpci};

/// Year of the codes.
pub const MILLESIME: i16 = 2026;

/// Kind of a commune row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeCommune {
    /// A commune of today.
    Actuelle,
    /// Commune déléguée of a commune nouvelle: found by search, never a bearer.
    Deleguee,
    /// Commune associée.
    Associee,
    /// Arrondissement of Paris, Lyon or Marseille.
    Arrondissement,
}

/// One row of the COG.
#[derive(Debug)]
pub struct Commune {
    /// INSEE code.
    pub code: CodeCommune,
    /// Kind.
    pub genre: TypeCommune,
    /// Name.
    pub nom: &'static str,
    /// Comparison key of the name.
    pub cle: String,
    /// Département (or overseas collectivité).
    pub departement: &'static str,
    /// Region code.
    pub region: &'static str,
    /// For a déléguée, associée or arrondissement: the commune of today.
    pub parent: Option<&'static str>,
    /// SIREN of the commune.
    pub siren: Option<&'static str>,
    /// Inhabitants (population municipale or totale as published by the source); unknown is not zero.
    pub population: Option<u32>,
    codes_postaux: &'static str,
    anciens_codes: &'static str,
    /// Town hall, longitude and latitude WGS84.
    pub mairie: Option<(f64, f64)>,
    /// Official address of the town hall (DILA), when published.
    pub courriel: Option<&'static str>,
    /// Telephone of the town hall (DILA), when published.
    pub telephone: Option<&'static str>,
    /// EPCI à fiscalité propre (rank), when there is one.
    epci: Option<u16>,
}

impl Commune {
    /// Postal codes.
    pub fn codes_postaux(&self) -> impl Iterator<Item = &'static str> {
        self.codes_postaux.split('|').filter(|code| !code.is_empty())
    }

    /// Former codes of communes it took in.
    pub fn anciens_codes(&self) -> impl Iterator<Item = &'static str> {
        self.anciens_codes.split('|').filter(|code| !code.is_empty())
    }
}

/// An EPCI à fiscalité propre.
#[derive(Debug)]
pub struct Epci {
    /// SIREN.
    pub code: CodeEpci,
    /// CC, CA, CU, METRO, MET69.
    pub genre: &'static str,
    /// Name.
    pub nom: &'static str,
    membres: &'static str,
}

impl Epci {
    /// Codes of its communes.
    pub fn membres(&self) -> impl Iterator<Item = &'static str> {
        self.membres.split('|')
    }
}

/// A département.
#[derive(Debug)]
pub struct Departement {
    /// Code.
    pub code: CodeDepartement,
    /// Name.
    pub nom: &'static str,
    /// Region code.
    pub region: &'static str,
}

/// What a code means today.
#[derive(Debug)]
pub enum Resolution {
    /// A commune of today.
    Actuelle(&'static Commune),
    /// A former code, a déléguée, an associée or an arrondissement: one commune took its place.
    Ancienne(&'static Commune),
    /// Several communes took its place: à vérifier.
    Ambigue(Vec<&'static Commune>),
    /// Unknown.
    Inconnue,
}

/// The whole referential.
pub struct Referentiel {
    communes: Vec<Commune>,
    epci: Vec<Epci>,
    departements: Vec<Departement>,
    par_code: HashMap<&'static str, u32>,
    anciens: HashMap<&'static str, Vec<u32>>,
    par_departement: HashMap<&'static str, Vec<u32>>,
    epci_par_code: HashMap<&'static str, u16>,
    tries: Vec<u32>,
}

static EMBARQUE: LazyLock<Referentiel> = LazyLock::new(lecture::lire);

impl Referentiel {
    /// The referential shipped in the program, read at first use.
    #[must_use]
    pub fn embarque() -> &'static Self {
        &EMBARQUE
    }

    /// The commune of today with this code.
    #[must_use]
    pub fn commune(&self, code: &CodeCommune) -> Option<&Commune> {
        self.par_code.get(code.as_str()).and_then(|&rang| self.rang(rang))
    }

    /// Name of a commune, or its code when unknown (pages never fail on an old code).
    #[must_use]
    pub fn nom_commune<'a>(&'a self, code: &'a CodeCommune) -> &'a str {
        self.commune(code).map_or(code.as_str(), |commune| commune.nom)
    }

    /// What a code received from elsewhere means today.
    #[must_use]
    pub fn resoudre(&'static self, code: &CodeCommune) -> Resolution {
        if let Some(commune) = self.commune(code) {
            return Resolution::Actuelle(commune);
        }
        let mut successeurs = self.anciens.get(code.as_str()).into_iter().flatten().filter_map(|&r| self.rang(r));
        match (successeurs.next(), successeurs.next()) {
            (None, _) => Resolution::Inconnue,
            (Some(seule), None) => Resolution::Ancienne(seule),
            (Some(premiere), Some(seconde)) => {
                Resolution::Ambigue([premiere, seconde].into_iter().chain(successeurs).collect())
            }
        }
    }

    /// The EPCI of a commune.
    #[must_use]
    pub fn epci_de(&self, commune: &Commune) -> Option<&Epci> {
        commune.epci.and_then(|rang| self.epci.get(usize::from(rang)))
    }

    /// The EPCI with this SIREN.
    #[must_use]
    pub fn epci(&self, code: &str) -> Option<&Epci> {
        self.epci_par_code.get(code).and_then(|&rang| self.epci.get(usize::from(rang)))
    }

    /// All of them.
    pub fn tous_les_epci(&self) -> impl Iterator<Item = &Epci> {
        self.epci.iter()
    }

    /// The commune of today with this SIREN.
    #[must_use]
    pub fn commune_du_siren(&self, siren: &str) -> Option<&Commune> {
        self.communes.iter().find(|commune| commune.siren == Some(siren))
    }

    /// The département with this code.
    #[must_use]
    pub fn departement(&self, code: &str) -> Option<&Departement> {
        self.departements.iter().find(|d| d.code.as_str() == code)
    }

    /// The communes of today of a département, by code.
    pub fn communes_du_departement(&self, code: &str) -> impl Iterator<Item = &Commune> {
        self.par_departement.get(code).into_iter().flatten().filter_map(|&rang| self.rang(rang))
    }

    /// How many communes of today.
    #[must_use]
    pub fn nombre_de_communes(&self) -> usize {
        self.par_code.len()
    }

    fn rang(&self, rang: u32) -> Option<&Commune> {
        usize::try_from(rang).ok().and_then(|rang| self.communes.get(rang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn code(texte: &str) -> CodeCommune {
        texte.parse().unwrap()
    }

    #[test]
    fn les_comptes_du_cog_2026() {
        let referentiel = Referentiel::embarque();
        assert_eq!(referentiel.communes.len(), 37_590);
        assert_eq!(referentiel.nombre_de_communes(), 34_969);
        assert_eq!(referentiel.epci.len(), 1_255);
        assert_eq!(referentiel.communes_du_departement("54").count(), 591);
    }

    #[test]
    fn une_commune_connait_son_epci() {
        let referentiel = Referentiel::embarque();
        let cirey = referentiel.commune(&code("54129")).unwrap();
        assert_eq!((cirey.nom, cirey.population), ("Cirey-sur-Vezouze", Some(1_555)));
        assert_eq!(referentiel.epci_de(cirey).unwrap().nom, "CC de Vezouze en Piémont");
        assert!(cirey.mairie.is_some());
    }

    #[test]
    fn une_population_inconnue_n_est_pas_zero() {
        let referentiel = Referentiel::embarque();
        let inconnues =
            referentiel.communes.iter().filter(|c| c.genre == TypeCommune::Actuelle && c.population.is_none());
        assert_eq!(inconnues.count(), 6);
        assert_eq!(referentiel.commune(&code("55039")).unwrap().population, Some(0));
    }

    #[rstest]
    #[case("01340", "01015")] // former code of a commune nouvelle
    #[case("13201", "13055")] // arrondissement
    fn un_ancien_code_mene_a_la_commune_d_aujourd_hui(#[case] ancien: &str, #[case] actuelle: &str) {
        match Referentiel::embarque().resoudre(&code(ancien)) {
            Resolution::Ancienne(commune) => assert_eq!(commune.code.as_str(), actuelle),
            autre => panic!("{autre:?}"),
        }
    }

    #[test]
    fn un_code_inconnu_le_reste() {
        assert!(matches!(Referentiel::embarque().resoudre(&code("54999")), Resolution::Inconnue));
    }
}
