//! The file form of a lever: one TOML file each, unknown keys refused, errors with file and line.

use super::Levier;

/// Why a file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fichier}{}{message}", ligne.map_or_else(|| " : ".to_owned(), |ligne| format!(", ligne {ligne} : ")))]
pub struct FichierRefuse {
    /// File name.
    pub fichier: String,
    /// Line, from 1, when known.
    pub ligne: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// Reads one file and checks it.
///
/// # Errors
/// The text is not TOML, a key or value is unknown, or the sheet is wrong ([`Levier::verifier`]).
pub fn lire(fichier: &str, texte: &str) -> Result<Levier, FichierRefuse> {
    let levier: Levier = deserialiser(fichier, texte)?;
    levier.verifier().map_err(|anomalies| FichierRefuse {
        fichier: fichier.to_owned(),
        ligne: None,
        message: anomalies.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ; "),
    })?;
    Ok(levier)
}

/// Reads any TOML text, with the line of an error.
pub(crate) fn deserialiser<T: serde::de::DeserializeOwned>(fichier: &str, texte: &str) -> Result<T, FichierRefuse> {
    documents::correspondance::lire(texte).map_err(|incompris| FichierRefuse {
        fichier: fichier.to_owned(),
        ligne: incompris.ligne,
        message: incompris.message,
    })
}

/// Writes a lever as a file.
///
/// # Errors
/// TOML cannot hold the value (never seen for a lever).
pub fn ecrire(levier: &Levier) -> Result<String, ::toml::ser::Error> {
    ::toml::to_string_pretty(levier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;
    use rstest::rstest;

    const FICHE: &str = include_str!("../../../../contenu/leviers/detr.toml");

    #[test]
    fn ecrire_puis_relire_ne_change_rien() {
        for catalogue in [Catalogue::embarque().unwrap(), Catalogue::demonstration().unwrap()] {
            for levier in catalogue.leviers() {
                let texte = ecrire(levier).unwrap();
                assert_eq!(lire("relu.toml", &texte).as_ref(), Ok(levier));
            }
        }
    }

    #[rstest]
    #[case::cle_inconnue("nature =", "natrue =", "detr.toml, ligne 3 : ")]
    #[case::valeur_inconnue("\"etat\"", "\"royaume\"", "royaume")]
    #[case::pas_une_date("\"2027-03-31\"", "\"31 mars\"", "detr.toml, ligne 9 : ")]
    #[case::condition_inconnue("\"devis-non-signe\"", "\"devis-signe\"", "devis-signe")]
    #[case::porteur_inconnu("acceptes = [\"commune\"", "acceptes = [\"mairie\"", "mairie")]
    #[case::id("id = \"detr\"", "id = \"La DETR\"", "lettres minuscules")]
    #[case::departement_sans_competence("genre = \"etat\"", "genre = \"departement\"", "R-20")]
    #[case::vide("montant = \"Taux", "montant = \"\" #", "montant : Ce champ est vide")]
    fn une_fiche_fausse_dit_ou_et_pourquoi(#[case] avant: &str, #[case] apres: &str, #[case] attendu: &str) {
        assert!(FICHE.contains(avant), "the case itself is wrong");
        let erreur = lire("detr.toml", &FICHE.replacen(avant, apres, 1)).unwrap_err().to_string();
        assert!(erreur.contains(attendu), "{erreur}");
        assert!(erreur.starts_with("detr.toml"), "{erreur}");
    }

    #[test]
    fn une_periode_a_l_envers_est_refusee() {
        let texte =
            FICHE.replacen("a_revoir_le", "valable_du = \"2026-01-02\"\nvalable_au = \"2026-01-01\"\na_revoir_le", 1);
        assert!(lire("f", &texte).unwrap_err().to_string().contains("La fin est avant le début"));
    }
}
