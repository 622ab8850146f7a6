//! Codes of the Code officiel géographique (INSEE). Text, never numbers: `01004`, `2A004`, `97101`.

use crate::texte_code::texte_code;

/// Why a code was refused, in words that can be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeInvalide {
    /// A commune code has five characters.
    #[error("« {0} » n’est pas un code commune : cinq caractères, par exemple 54129 ou 2A004")]
    Commune(String),
    /// A département code has two or three characters.
    #[error("« {0} » n’est pas un code de département : 54, 2A, 974…")]
    Departement(String),
    /// An EPCI is known by its SIREN.
    #[error("« {0} » n’est pas un code d’intercommunalité : neuf chiffres")]
    Epci(String),
}

texte_code!(
    /// INSEE code of a commune, current or former (five characters).
    CodeCommune,
    CodeInvalide,
    |texte| {
        let code = texte.trim().to_ascii_uppercase();
        let octets = code.as_bytes();
        let bon = octets.len() == 5
            && octets.iter().enumerate().all(|(i, o)| o.is_ascii_digit() || (i == 1 && matches!(o, b'A' | b'B')))
            && (octets.get(1).is_some_and(u8::is_ascii_digit) || octets.first() == Some(&b'2'));
        if bon { Ok(code) } else { Err(CodeInvalide::Commune(texte.to_owned())) }
    }
);

impl CodeCommune {
    /// Overseas: other rates, other projections.
    #[must_use]
    pub fn est_outre_mer(&self) -> bool {
        ["97", "98"].iter().any(|debut| self.as_str().starts_with(debut))
    }

    /// In Corsica.
    #[must_use]
    pub fn est_en_corse(&self) -> bool {
        ["2A", "2B"].iter().any(|debut| self.as_str().starts_with(debut))
    }
}

texte_code!(
    /// Code of a département or of an overseas collectivité: two characters, or three overseas.
    CodeDepartement,
    CodeInvalide,
    |texte| {
        let code = texte.trim().to_ascii_uppercase();
        let bon = match code.len() {
            2 => code == "2A" || code == "2B" || code.bytes().all(|o| o.is_ascii_digit()),
            3 => code.starts_with('9') && code.bytes().all(|o| o.is_ascii_digit()),
            _ => false,
        };
        if bon { Ok(code) } else { Err(CodeInvalide::Departement(texte.to_owned())) }
    }
);

texte_code!(
    /// An EPCI à fiscalité propre, by its SIREN.
    CodeEpci,
    CodeInvalide,
    |texte| {
        let code = texte.trim().to_owned();
        let bon = code.len() == 9 && code.bytes().all(|o| o.is_ascii_digit());
        if bon { Ok(code) } else { Err(CodeInvalide::Epci(texte.to_owned())) }
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("54129", true)]
    #[case(" 2a004 ", true)]
    #[case("97101", true)]
    #[case("1004", false)]
    #[case("3A004", false)]
    #[case("54 29", false)]
    #[case("", false)]
    fn les_codes_de_commune(#[case] texte: &str, #[case] bon: bool) {
        assert_eq!(texte.parse::<CodeCommune>().is_ok(), bon);
    }

    #[rstest]
    #[case("54129", false, false)]
    #[case("2A004", false, true)]
    #[case("97411", true, false)]
    #[case("98736", true, false)]
    fn outre_mer_et_corse(#[case] code: CodeCommune, #[case] outre_mer: bool, #[case] corse: bool) {
        assert_eq!((code.est_outre_mer(), code.est_en_corse()), (outre_mer, corse));
    }

    #[rstest]
    #[case("54", true)]
    #[case("2B", true)]
    #[case("974", true)]
    #[case("20", true)]
    #[case("540", false)]
    #[case("5", false)]
    fn les_codes_de_departement(#[case] texte: &str, #[case] bon: bool) {
        assert_eq!(texte.parse::<CodeDepartement>().is_ok(), bon);
    }
}
