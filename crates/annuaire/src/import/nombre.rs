//! SIREN and SIRET as spreadsheets leave them. A lost zero in front comes back when the control key agrees; a number
//! turned into `2,43E+13` is lost and refused.

use domain::identifiant::{NumeroInvalide, Siren, Siret};

/// A number read, and whether something had to be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lu<T> {
    /// The number.
    pub valeur: T,
    /// What was put right or remains doubtful, for the report.
    pub remarque: Option<&'static str>,
}

const ZEROS: &str = "les zéros de tête, perdus par un tableur, ont été remis (la clé de contrôle est bonne)";
const CLE_FAUSSE: &str = "la clé de contrôle du SIRET ne correspond pas : gardé tel quel, à vérifier";

/// Takes off what a spreadsheet puts around a number: `="…"`, an apostrophe, `.0`, spaces.
fn nu(brut: &str) -> String {
    let sans_espace: String = brut.chars().filter(|c| !c.is_whitespace()).collect();
    let texte = sans_espace.trim_start_matches('=').trim_matches(['"', '\'', '’']);
    let entier = texte.strip_suffix(".0").filter(|debut| debut.bytes().all(|o| o.is_ascii_digit()));
    entier.unwrap_or(texte).to_owned()
}

fn avec_zeros(numero: &str, longueur: usize) -> Option<String> {
    // Three zeros in front at most: no real number has more.
    let perdus = longueur.checked_sub(numero.len()).filter(|perdus| (1..=3).contains(perdus))?;
    numero.bytes().all(|o| o.is_ascii_digit()).then(|| format!("{}{numero}", "0".repeat(perdus)))
}

/// Reads a SIREN.
///
/// # Errors
/// The sentence to show.
pub fn siren(brut: &str) -> Result<Lu<Siren>, NumeroInvalide> {
    let numero = nu(brut);
    if let Some(valeur) = avec_zeros(&numero, 9).and_then(|n| n.parse().ok()) {
        return Ok(Lu { valeur, remarque: Some(ZEROS) });
    }
    numero.parse().map(|valeur| Lu { valeur, remarque: None })
}

/// Reads a SIRET, with its SIREN. A SIRET whose own key is wrong but whose SIREN is right is kept with a remark: the
/// list of insertion bodies has "virtual" ones.
///
/// # Errors
/// The sentence to show.
pub fn siret(brut: &str) -> Result<Lu<(String, Siren)>, NumeroInvalide> {
    let numero = nu(brut);
    if let Some(siret) = avec_zeros(&numero, 14).and_then(|n| n.parse::<Siret>().ok()) {
        return Ok(Lu { valeur: (siret.to_string(), siret.siren()), remarque: Some(ZEROS) });
    }
    match numero.parse::<Siret>() {
        Ok(siret) => Ok(Lu { valeur: (siret.to_string(), siret.siren()), remarque: None }),
        Err(erreur @ NumeroInvalide::Cle(_)) => match numero.get(..9).map(str::parse::<Siren>) {
            Some(Ok(siren)) => Ok(Lu { valeur: (numero, siren), remarque: Some(CLE_FAUSSE) }),
            _ => Err(erreur),
        },
        Err(erreur) => Err(erreur),
    }
}

/// Degrees, with a point or with the comma of a French spreadsheet; None when the cell is empty. `borne`: 180 or 90.
///
/// # Errors
/// The sentence to show: another thing stands there, or a number that no place has (a separator was lost).
pub fn degres(brut: &str, borne: f64) -> Result<Option<f64>, String> {
    if brut.is_empty() {
        return Ok(None);
    }
    let lu = brut.replace(',', ".").parse::<f64>().ok().filter(|degres| degres.abs() <= borne);
    lu.map(Some).ok_or_else(|| format!("« {brut} » n’est pas une coordonnée en degrés"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("005410949", Ok(("005410949", false)))]
    #[case("5410949", Ok(("005410949", true)))]
    #[case("=\"005410949\"", Ok(("005410949", false)))]
    #[case("'005410949", Ok(("005410949", false)))]
    #[case("344613658.0", Ok(("344613658", false)))]
    #[case("344 613 658", Ok(("344613658", false)))]
    #[case("3,45E+08", Err("abîmé par un tableur"))]
    #[case("3.44614E+08", Err("abîmé par un tableur"))]
    #[case("5410948", Err("compte 9 chiffres"))]
    #[case("949", Err("compte 9 chiffres"))]
    #[case("", Err("compte 9 chiffres"))]
    #[case("RESSOURCERIE", Err("que des chiffres"))]
    fn les_siren_d_un_tableur(#[case] brut: &str, #[case] attendu: Result<(&str, bool), &str>) {
        let lu = siren(brut).map(|lu| (lu.valeur.to_string(), lu.remarque.is_some()));
        comparer(lu, attendu);
    }

    #[rstest]
    #[case("80746931700018", Ok(("80746931700018", false)))]
    #[case("541094900019", Ok(("00541094900019", true)))]
    #[case("38269518700001", Ok(("38269518700001", true)))]
    #[case("2,43E+13", Err("abîmé par un tableur"))]
    #[case("12345678901234", Err("erreur de frappe"))]
    fn les_siret_d_un_tableur(#[case] brut: &str, #[case] attendu: Result<(&str, bool), &str>) {
        comparer(siret(brut).map(|lu| (lu.valeur.0, lu.remarque.is_some())), attendu);
    }

    #[rstest]
    #[case("6.036698", Ok(Some(6.036_698)))]
    #[case("6,036698", Ok(Some(6.036_698)))]
    #[case("-1,5", Ok(Some(-1.5)))]
    #[case("", Ok(None))]
    #[case("6036698", Err(()))]
    #[case("inf", Err(()))]
    #[case("NaN", Err(()))]
    #[case("est", Err(()))]
    fn les_degres_d_un_tableur(#[case] brut: &str, #[case] attendu: Result<Option<f64>, ()>) {
        assert_eq!(degres(brut, 180.0).map_err(|_| ()), attendu);
    }

    fn comparer(lu: Result<(String, bool), NumeroInvalide>, attendu: Result<(&str, bool), &str>) {
        match (lu, attendu) {
            (Ok((numero, remarque)), Ok(attendu)) => assert_eq!((numero.as_str(), remarque), attendu),
            (Err(erreur), Err(extrait)) => assert!(erreur.to_string().contains(extrait), "{erreur}"),
            (lu, attendu) => panic!("{lu:?} au lieu de {attendu:?}"),
        }
    }
}
