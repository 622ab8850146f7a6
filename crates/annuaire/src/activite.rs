//! Activities, by division of the NAF (two digits): what a code of Sirene is about. The theme says it in the words of the
//! département; the division in those of the register.

use std::sync::LazyLock;

/// `referentiel/naf`, Insee.
const FICHIER: &str = include_str!("../../../referentiel/naf/divisions.tsv");

static DIVISIONS: LazyLock<Vec<(&'static str, &'static str)>> =
    LazyLock::new(|| FICHIER.lines().filter_map(|ligne| ligne.split_once('\t')).collect());

/// Code and label of each division, by code.
pub(crate) fn divisions() -> &'static [(&'static str, &'static str)] {
    &DIVISIONS
}

/// Label of a division.
pub(crate) fn libelle(code: &str) -> Option<&'static str> {
    DIVISIONS.iter().find(|(connu, _)| *connu == code).map(|(_, libelle)| *libelle)
}

/// Division of a NAF code.
pub(crate) fn division(naf: &str) -> Option<&str> {
    naf.get(..2).filter(|code| libelle(code).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_code_a_sa_division() {
        assert_eq!(divisions().len(), 88);
        assert_eq!(
            division("47.11B").and_then(libelle),
            Some("Commerce de détail, à l’exception des automobiles et des motocycles")
        );
        for faux in ["", "4", "00.00Z", "é"] {
            assert_eq!(division(faux), None, "{faux}");
        }
    }
}
