//! To which account an identity belongs. Pure: the provider's word, the accounts known, the answer.

use socle::PersonneId;

/// What the provider says of a person, once its tokens are verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identite {
    /// Issuer and subject together: another provider never answers for the same person.
    pub(crate) sujet: String,
    /// Address, normalised.
    pub(crate) courriel: String,
    /// Does the provider say that it verified the address?
    pub(crate) verifie: Option<bool>,
    pub(crate) prenom: String,
    pub(crate) nom: String,
}

/// What the house knows of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connu {
    /// The account already tied to this subject.
    pub(crate) par_sujet: Option<PersonneId>,
    /// The account of this address, and whether it is tied to another subject.
    pub(crate) par_courriel: Option<(PersonneId, bool)>,
    /// Who is signed in on this browser.
    pub(crate) connecte: Option<PersonneId>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Compte {
    /// Enter this account.
    Entrer(PersonneId),
    /// Tie this account to the subject, then enter.
    Relier(PersonneId),
    /// Make an account.
    Creer,
    /// The address is tied to someone else there.
    DejaRelie,
    /// Nothing proves that the address is theirs: sign in by mail first, then come back.
    AdresseNonProuvee,
}

/// The subject decides; then an address that is proved; never an address alone.
pub(crate) fn choisir(identite: &Identite, connu: Connu, domaines: &[String]) -> Compte {
    if let Some(personne) = connu.par_sujet {
        return Compte::Entrer(personne);
    }
    let sure = adresse_sure(identite, domaines);
    match connu.par_courriel {
        Some((_, true)) => Compte::DejaRelie,
        Some((personne, false)) if sure || connu.connecte.as_ref() == Some(&personne) => Compte::Relier(personne),
        None if sure => Compte::Creer,
        _ => Compte::AdresseNonProuvee,
    }
}

/// Verified, the provider says; or of a domain for which the operator trusts its word, unless it says the contrary.
fn adresse_sure(identite: &Identite, domaines: &[String]) -> bool {
    let domaine = identite.courriel.rsplit('@').next().unwrap_or_default();
    identite.verifie.unwrap_or_else(|| domaines.iter().any(|connu| connu == "*" || connu == domaine))
}

/// The scopes to ask: ProConnect's own when the provider has them, the usual ones otherwise. Nothing more than needed:
/// no SIRET, no identifier at the employer's.
pub(crate) fn portees(offertes: &[String]) -> &'static [&'static str] {
    let proconnect: &[&str] = &["given_name", "usual_name", "email"];
    if proconnect.iter().all(|portee| offertes.iter().any(|offerte| offerte == portee)) {
        proconnect
    } else {
        &["profile", "email"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn identite(verifie: Option<bool>) -> Identite {
        Identite {
            sujet: "https://exemple.invalid s1".to_owned(),
            courriel: "agent@departement.invalid".to_owned(),
            verifie,
            prenom: String::new(),
            nom: String::new(),
        }
    }

    fn id(texte: &str) -> PersonneId {
        PersonneId(texte.to_owned())
    }

    #[rstest]
    #[case::le_sujet_decide(Some("a"), Some(("b", false)), None, None, "", Compte::Entrer(id("a")))]
    #[case::adresse_verifiee(None, Some(("b", false)), None, Some(true), "", Compte::Relier(id("b")))]
    #[case::domaine_de_confiance(None, Some(("b", false)), None, None, "departement.invalid", Compte::Relier(id("b")))]
    #[case::tous_les_domaines(None, Some(("b", false)), None, None, "*", Compte::Relier(id("b")))]
    #[case::autre_domaine(None, Some(("b", false)), None, None, "invalid", Compte::AdresseNonProuvee)]
    #[case::dite_non_verifiee(None, Some(("b", false)), None, Some(false), "*", Compte::AdresseNonProuvee)]
    #[case::deja_connecte(None, Some(("b", false)), Some("b"), Some(false), "", Compte::Relier(id("b")))]
    #[case::connecte_ailleurs(None, Some(("b", false)), Some("c"), Some(false), "", Compte::AdresseNonProuvee)]
    #[case::prise(None, Some(("b", true)), Some("b"), Some(true), "*", Compte::DejaRelie)]
    #[case::nouvelle(None, None, None, Some(true), "", Compte::Creer)]
    #[case::nouvelle_sans_preuve(None, None, None, None, "", Compte::AdresseNonProuvee)]
    fn une_adresse_seule_ne_donne_rien(
        #[case] par_sujet: Option<&str>,
        #[case] par_courriel: Option<(&str, bool)>,
        #[case] connecte: Option<&str>,
        #[case] verifie: Option<bool>,
        #[case] domaine: &str,
        #[case] attendu: Compte,
    ) {
        let connu = Connu {
            par_sujet: par_sujet.map(id),
            par_courriel: par_courriel.map(|(qui, relie)| (id(qui), relie)),
            connecte: connecte.map(id),
        };
        assert_eq!(choisir(&identite(verifie), connu, &[domaine.to_owned()]), attendu);
    }

    #[test]
    fn les_portees_suivent_le_fournisseur() {
        let proconnect = ["openid", "given_name", "usual_name", "email", "siret", "uid"].map(str::to_owned);
        assert_eq!(portees(&proconnect), ["given_name", "usual_name", "email"]);
        assert_eq!(portees(&["openid".to_owned(), "profile".to_owned()]), ["profile", "email"]);
    }
}
