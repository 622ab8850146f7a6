//! Mapping files (TOML): which column of somebody's list holds what. Each feature has its own shape; the reading, and the line
//! of what is not understood, are here.

use serde::de::DeserializeOwned;

/// What is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incompris {
    /// Line, from 1, when known.
    pub ligne: Option<usize>,
    /// Why.
    pub message: String,
}

/// Reads a text.
///
/// # Errors
/// It is not TOML, a key is unknown, a value has another shape.
pub fn lire<T: DeserializeOwned>(texte: &str) -> Result<T, Incompris> {
    toml::from_str(texte).map_err(|erreur| Incompris {
        ligne: erreur.span().and_then(|ou| texte.get(..ou.start)).map(|avant| avant.matches('\n').count() + 1),
        message: erreur.message().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::lire;

    #[test]
    fn la_ligne_est_celle_de_l_erreur() {
        let lu = |texte| lire::<BTreeMap<String, String>>(texte).unwrap_err().ligne;
        assert_eq!(lu("a = 'un'\nb = 'deux'\nc = 3\n"), Some(3));
        assert_eq!(lu("a = "), Some(1));
    }
}
