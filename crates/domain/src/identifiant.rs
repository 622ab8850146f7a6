//! SIREN, SIRET and RNA numbers. Read leniently (spaces), never guessed: a number damaged by a spreadsheet is refused
//! with a sentence that says how to get it right.

use crate::texte_code::texte_code;

/// Why a number was refused, in words that can be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumeroInvalide {
    /// Wrong length.
    #[error("{quoi} compte {attendu} chiffres ; « {saisi} » en a {trouve}")]
    Longueur {
        /// "Un numéro SIREN"…
        quoi: &'static str,
        /// Digits expected.
        attendu: usize,
        /// Digits found.
        trouve: usize,
        /// What was typed.
        saisi: String,
    },
    /// Digits only.
    #[error("{quoi} ne contient que des chiffres : « {saisi} »")]
    Caracteres {
        /// "Un numéro SIREN"…
        quoi: &'static str,
        /// What was typed.
        saisi: String,
    },
    /// The control digit is wrong.
    #[error("« {0} » contient une erreur de frappe (la clé de contrôle ne correspond pas)")]
    Cle(String),
    /// A spreadsheet turned it into a number.
    #[error("« {0} » a été abîmé par un tableur : mettez la colonne au format Texte et recopiez le numéro entier")]
    Tableur(String),
    /// Not an RNA number.
    #[error("« {0} » n’est pas un numéro RNA : la lettre W suivie de neuf chiffres ou lettres")]
    Rna(String),
}

texte_code!(
    /// SIREN: nine digits of a legal unit, Luhn key.
    Siren,
    NumeroInvalide,
    |texte| chiffres("Un numéro SIREN", texte, 9).and_then(|numero| {
        if luhn(&numero) { Ok(numero) } else { Err(NumeroInvalide::Cle(texte.trim().to_owned())) }
    })
);

texte_code!(
    /// SIRET: fourteen digits of an establishment. Luhn key, except La Poste (SIREN 356 000 000), whose digits sum to
    /// a multiple of five.
    Siret,
    NumeroInvalide,
    |texte| chiffres("Un numéro SIRET", texte, 14).and_then(|numero| {
        let somme: u32 = numero.bytes().map(|o| u32::from(o - b'0')).sum();
        let la_poste = numero.starts_with("356000000") && somme.is_multiple_of(5);
        if luhn(&numero) || la_poste { Ok(numero) } else { Err(NumeroInvalide::Cle(texte.trim().to_owned())) }
    })
);

texte_code!(
    /// RNA: `W` and nine characters. Associations of Alsace-Moselle have none.
    Rna,
    NumeroInvalide,
    |texte| {
        let numero: String = texte.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let bon = numero.len() == 10 && numero.starts_with('W') && numero.bytes().skip(1).all(|o| o.is_ascii_alphanumeric());
        if bon { Ok(numero) } else { Err(NumeroInvalide::Rna(texte.trim().to_owned())) }
    }
);

impl Siret {
    /// The legal unit of the establishment.
    #[must_use]
    pub fn siren(&self) -> Siren {
        Siren(self.0.chars().take(9).collect())
    }
}

fn chiffres(quoi: &'static str, saisi: &str, attendu: usize) -> Result<String, NumeroInvalide> {
    let numero: String = saisi.chars().filter(|c| !c.is_whitespace() && *c != '.' || c.is_ascii_digit()).collect();
    let abime = saisi.contains(['E', 'e']) && saisi.contains(['+', ',', '.']);
    if abime {
        return Err(NumeroInvalide::Tableur(saisi.trim().to_owned()));
    }
    if !numero.bytes().all(|o| o.is_ascii_digit()) {
        return Err(NumeroInvalide::Caracteres { quoi, saisi: saisi.trim().to_owned() });
    }
    if numero.len() != attendu {
        return Err(NumeroInvalide::Longueur { quoi, attendu, trouve: numero.len(), saisi: saisi.trim().to_owned() });
    }
    Ok(numero)
}

fn luhn(numero: &str) -> bool {
    let somme: u32 = numero
        .bytes()
        .rev()
        .enumerate()
        .map(|(rang, octet)| {
            let chiffre = u32::from(octet - b'0') * if rang % 2 == 1 { 2 } else { 1 };
            if chiffre > 9 { chiffre - 9 } else { chiffre }
        })
        .sum();
    somme.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("225 400 019", Ok("225400019"))]
    #[case("215401290", Ok("215401290"))]
    #[case("215401291", Err("erreur de frappe"))]
    #[case("21540129", Err("compte 9 chiffres"))]
    #[case("2,154E+08", Err("abîmé par un tableur"))]
    #[case("2154O1290", Err("que des chiffres"))]
    fn les_siren(#[case] saisi: &str, #[case] attendu: Result<&str, &str>) {
        verifier(saisi.parse::<Siren>().map(|s| s.to_string()), attendu);
    }

    #[rstest]
    #[case("35600000000048", Ok("35600000000048"))]
    #[case("356000000 09075", Ok("35600000009075"))]
    #[case("21540129000014", Ok("21540129000014"))]
    #[case("21540129000015", Err("erreur de frappe"))]
    #[case("3,56E+13", Err("abîmé par un tableur"))]
    fn les_siret(#[case] saisi: &str, #[case] attendu: Result<&str, &str>) {
        verifier(saisi.parse::<Siret>().map(|s| s.to_string()), attendu);
    }

    #[rstest]
    #[case("w542001234", Ok("W542001234"))]
    #[case("W9R1000123", Ok("W9R1000123"))]
    #[case("542001234", Err("n’est pas un numéro RNA"))]
    fn les_rna(#[case] saisi: &str, #[case] attendu: Result<&str, &str>) {
        verifier(saisi.parse::<Rna>().map(|s| s.to_string()), attendu);
    }

    fn verifier(lu: Result<String, NumeroInvalide>, attendu: Result<&str, &str>) {
        match (lu, attendu) {
            (Ok(lu), Ok(attendu)) => assert_eq!(lu, attendu),
            (Err(erreur), Err(extrait)) => {
                assert!(erreur.to_string().contains(extrait), "{erreur}")
            }
            (lu, attendu) => panic!("{lu:?} au lieu de {attendu:?}"),
        }
    }
}
