//! How a structure that the directory does not have is known. Pure.

use domain::identifiant::{Rna, Siren, Siret};

use crate::acteur::projection::preuve_public;

/// What tells a structure from every other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identite {
    /// One number at least.
    Numerotee {
        /// Of the legal unit.
        siren: Option<Siren>,
        /// Of its establishment, when that is what was typed.
        siret: Option<Siret>,
        /// Of the association.
        rna: Option<Rna>,
    },
    /// A group that is being made: no number yet.
    Emergente,
}

impl Identite {
    /// SIREN.
    #[must_use]
    pub fn siren(&self) -> Option<&Siren> {
        match self {
            Self::Numerotee { siren, .. } => siren.as_ref(),
            Self::Emergente => None,
        }
    }

    /// SIRET.
    #[must_use]
    pub fn siret(&self) -> Option<&Siret> {
        match self {
            Self::Numerotee { siret, .. } => siret.as_ref(),
            Self::Emergente => None,
        }
    }

    /// RNA number.
    #[must_use]
    pub fn rna(&self) -> Option<&Rna> {
        match self {
            Self::Numerotee { rna, .. } => rna.as_ref(),
            Self::Emergente => None,
        }
    }
}

/// Reads the numbers as typed. `emergente`: the person says that there is none.
///
/// # Errors
/// The field, and the sentence to show beside it.
pub fn identite(numero: &str, rna: &str, emergente: bool) -> Result<Identite, (&'static str, String)> {
    let (siren, siret) = numeros(numero.trim()).map_err(|phrase| ("numero", phrase))?;
    let rna = match rna.trim() {
        "" => None,
        ecrit => Some(ecrit.parse::<Rna>().map_err(|erreur| ("rna", format!("{erreur}.")))?),
    };
    match (siren.is_none() && rna.is_none(), emergente) {
        (true, true) => Ok(Identite::Emergente),
        (true, false) => Err(("numero", SANS_NUMERO.to_owned())),
        (false, true) => Err(("emergence", DEUX_REPONSES.to_owned())),
        (false, false) => Ok(Identite::Numerotee { siren, siret, rna }),
    }
}

const SANS_NUMERO: &str =
    "Écrivez un numéro SIREN, SIRET ou RNA. Si la structure n’en a pas encore, cochez la case plus bas.";
const DEUX_REPONSES: &str = "Vous avez écrit un numéro : décochez cette case, ou effacez le numéro.";

/// A SIREN, or a SIRET with its SIREN; neither when nothing is typed.
fn numeros(numero: &str) -> Result<(Option<Siren>, Option<Siret>), String> {
    if numero.is_empty() {
        return Ok((None, None));
    }
    let chiffres = numero.chars().filter(char::is_ascii_digit).count();
    let lu = if chiffres > 11 {
        numero.parse::<Siret>().map(|siret| (siret.siren(), Some(siret)))
    } else {
        numero.parse::<Siren>().map(|siren| (siren, None))
    };
    let (siren, siret) = lu.map_err(|erreur| format!("{erreur}."))?;
    if preuve_public(Some(&siren)).is_some() {
        return Err(
            "Ce numéro est celui d’un organisme public : l’annuaire présente les structures privées de l’économie \
                    sociale et solidaire."
                .to_owned(),
        );
    }
    Ok((Some(siren), siret))
}

/// Legal categories of Insee that people choose by name; the others are given by their four digits.
pub const FORMES: [(&str, &str); 14] = [
    ("9220", "Association déclarée"),
    ("9230", "Association déclarée, reconnue d’utilité publique"),
    ("9221", "Association déclarée d’insertion par l’économique"),
    ("9222", "Association intermédiaire"),
    ("9223", "Groupement d’employeurs"),
    ("9260", "Association de droit local (Bas-Rhin, Haut-Rhin et Moselle)"),
    ("9210", "Association non déclarée"),
    ("9300", "Fondation"),
    ("8210", "Mutuelle"),
    ("5458", "Coopérative de production (SCOP), SARL"),
    ("5558", "Coopérative de production (SCOP), SA à conseil d’administration"),
    ("5460", "Autre SARL coopérative, dont SCIC"),
    ("5560", "Autre SA coopérative à conseil d’administration, dont SCIC"),
    ("5710", "Société par actions simplifiée (SAS)"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::siren("443 061 841", "", false, Some("443061841"), None)]
    #[case::siret("443 061 841 00047", "", false, Some("443061841"), Some("44306184100047"))]
    #[case::rna_seul("", "w543001234", false, None, None)]
    #[case::collectif("", "", true, None, None)]
    fn une_structure_se_reconnait(
        #[case] numero: &str,
        #[case] rna: &str,
        #[case] emergente: bool,
        #[case] siren: Option<&str>,
        #[case] siret: Option<&str>,
    ) {
        let lue = identite(numero, rna, emergente).unwrap();
        assert_eq!(lue.siren().map(Siren::as_str), siren);
        assert_eq!(lue.siret().map(Siret::as_str), siret);
        assert_eq!(lue == Identite::Emergente, emergente);
        assert_eq!(lue.rna().is_some(), !rna.is_empty());
    }

    #[rstest]
    #[case::rien("", "", false, "numero")]
    #[case::les_deux("443061841", "", true, "emergence")]
    #[case::cle_fausse("443061842", "", false, "numero")]
    #[case::abime("4,43E+08", "", false, "numero")]
    #[case::rna_faux("", "543001234", false, "rna")]
    #[case::une_intercommunalite("200041515", "", false, "numero")]
    fn ce_qui_ne_dit_rien_est_refuse_a_sa_place(
        #[case] numero: &str,
        #[case] rna: &str,
        #[case] emergente: bool,
        #[case] champ: &str,
    ) {
        assert_eq!(identite(numero, rna, emergente).unwrap_err().0, champ);
    }

    #[test]
    fn chaque_forme_est_connue_de_la_loi_ou_une_societe() {
        use crate::ess::formes::{Forme, forme};
        for (code, nom) in FORMES {
            assert_ne!(forme(code), Forme::Inconnue, "{code} {nom}");
        }
    }
}
