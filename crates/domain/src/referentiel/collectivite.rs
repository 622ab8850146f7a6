//! Collectivités that hold the competences of a département: what an instance is made for.

use jiff::civil::{Date, date};

use super::Referentiel;
use crate::code::CodeCommune;
use crate::dates::ZoneFeriee;
use crate::perimetre::Perimetre;

/// What the collectivité may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Competence {
    /// Département.
    Departement,
    /// Region as well (Corse, Martinique, Guyane, Mayotte).
    Region,
    /// Commune as well (Paris).
    Commune,
    /// Métropole as well (Lyon).
    Metropole,
}

/// A département or a collectivité with its competences.
#[derive(Clone, Debug)]
pub struct Collectivite {
    /// `54`, `6AE`, `20R`, `69M`, `69D`, `75`, `974`…
    pub code: String,
    /// Name.
    pub nom: String,
    /// Competences held.
    pub competences: Vec<Competence>,
    /// First day of this perimeter.
    pub du: Date,
    /// IANA time zone.
    pub fuseau: &'static str,
    /// Public holidays.
    pub feries: ZoneFeriee,
    origine: Origine,
}

#[derive(Clone, Debug)]
enum Origine {
    Departements(Vec<String>),
    Epci(&'static str),
    SansEpci(String, &'static str),
}

/// SIREN of the Métropole de Lyon.
const METROPOLE_DE_LYON: &str = "200046977";

impl Referentiel {
    /// The collectivité with this code, with the perimeter of the COG in the program.
    #[must_use]
    pub fn collectivite(&self, code: &str) -> Option<Collectivite> {
        let code = code.trim().to_ascii_uppercase();
        let departement = |texte: &str| Origine::Departements(vec![texte.to_owned()]);
        let cas = |nom: &str, du, competences: &[Competence], origine| {
            Some((nom.to_owned(), du, competences.to_vec(), origine))
        };
        use Competence::{Commune, Departement, Metropole, Region};
        let (nom, du, competences, origine) = match code.as_str() {
            "6AE" => cas(
                "Collectivité européenne d’Alsace",
                date(2021, 1, 1),
                &[Departement],
                Origine::Departements(vec!["67".to_owned(), "68".to_owned()]),
            ),
            "20R" => cas(
                "Collectivité de Corse",
                date(2018, 1, 1),
                &[Departement, Region],
                Origine::Departements(vec!["2A".to_owned(), "2B".to_owned()]),
            ),
            "69M" => {
                cas("Métropole de Lyon", date(2015, 1, 1), &[Departement, Metropole], Origine::Epci(METROPOLE_DE_LYON))
            }
            "69D" => {
                cas("Rhône", date(2015, 1, 1), &[Departement], Origine::SansEpci("69".to_owned(), METROPOLE_DE_LYON))
            }
            "75" => cas("Ville de Paris", date(2019, 1, 1), &[Departement, Commune], departement("75")),
            "972" => cas(
                "Collectivité territoriale de Martinique",
                date(2015, 12, 18),
                &[Departement, Region],
                departement("972"),
            ),
            "973" => cas(
                "Collectivité territoriale de Guyane",
                date(2015, 12, 18),
                &[Departement, Region],
                departement("973"),
            ),
            "976" => cas("Mayotte", date(2011, 3, 31), &[Departement, Region], departement("976")),
            autre => {
                let trouve = self.departement(autre)?;
                cas(trouve.nom, date(2026, 1, 1), &[Departement], departement(autre))
            }
        }?;
        let (fuseau, feries) = heure_et_feries(&code);
        Some(Collectivite { code, nom, competences, du, fuseau, feries, origine })
    }
}

fn heure_et_feries(code: &str) -> (&'static str, ZoneFeriee) {
    match code {
        "6AE" | "57" | "67" | "68" => ("Europe/Paris", ZoneFeriee::AlsaceMoselle),
        "971" => ("America/Guadeloupe", ZoneFeriee::Guadeloupe),
        "972" => ("America/Martinique", ZoneFeriee::Martinique),
        "973" => ("America/Cayenne", ZoneFeriee::Guyane),
        "974" => ("Indian/Reunion", ZoneFeriee::Reunion),
        "976" => ("Indian/Mayotte", ZoneFeriee::Mayotte),
        _ => ("Europe/Paris", ZoneFeriee::Metropole),
    }
}

impl Collectivite {
    /// Slug of the instance: `54`, `6ae`.
    #[must_use]
    pub fn slug(&self) -> String {
        self.code.to_ascii_lowercase()
    }

    /// Its communes of today.
    #[must_use]
    pub fn perimetre(&self, referentiel: &Referentiel) -> Perimetre {
        let communes: Vec<CodeCommune> = match &self.origine {
            Origine::Departements(codes) => codes
                .iter()
                .flat_map(|code| referentiel.communes_du_departement(code))
                .map(|c| c.code.clone())
                .collect(),
            Origine::Epci(siren) => membres(referentiel, siren),
            Origine::SansEpci(departement, siren) => {
                let exclues = membres(referentiel, siren);
                referentiel
                    .communes_du_departement(departement)
                    .map(|c| c.code.clone())
                    .filter(|code| !exclues.contains(code))
                    .collect()
            }
        };
        Perimetre::nouveau(self.nom.clone(), self.du, communes)
    }
}

fn membres(referentiel: &Referentiel, siren: &str) -> Vec<CodeCommune> {
    referentiel.epci(siren).into_iter().flat_map(super::Epci::membres).filter_map(|code| code.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("54", 591, "Meurthe-et-Moselle", ZoneFeriee::Metropole)]
    #[case("35", 332, "Ille-et-Vilaine", ZoneFeriee::Metropole)]
    #[case("6AE", 880, "Collectivité européenne d’Alsace", ZoneFeriee::AlsaceMoselle)]
    #[case("20R", 360, "Collectivité de Corse", ZoneFeriee::Metropole)]
    #[case("75", 1, "Ville de Paris", ZoneFeriee::Metropole)]
    #[case("974", 24, "La Réunion", ZoneFeriee::Reunion)]
    #[case("69M", 58, "Métropole de Lyon", ZoneFeriee::Metropole)]
    fn les_perimetres(#[case] code: &str, #[case] communes: usize, #[case] nom: &str, #[case] feries: ZoneFeriee) {
        let referentiel = Referentiel::embarque();
        let collectivite = referentiel.collectivite(code).unwrap();
        assert_eq!(collectivite.perimetre(referentiel).nombre(), communes);
        assert_eq!((collectivite.nom.as_str(), collectivite.feries), (nom, feries));
    }

    #[test]
    fn le_rhone_et_la_metropole_se_partagent_le_69() {
        let referentiel = Referentiel::embarque();
        let nombre = |code| referentiel.collectivite(code).unwrap().perimetre(referentiel).nombre();
        assert_eq!(nombre("69M") + nombre("69D"), referentiel.communes_du_departement("69").count());
    }

    #[test]
    fn un_departement_inconnu_n_est_rien() {
        assert!(Referentiel::embarque().collectivite("20").is_none());
    }
}
