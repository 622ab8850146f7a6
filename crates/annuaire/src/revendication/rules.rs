//! Which proofs an actor allows, and the code of a letter. Pure.

use domain::vocabulaire;
use sea_orm::DeriveValueType;

use crate::courriel::{domaine_du_site, domaine_propre, jusqu_a_l_enregistre};
use crate::vocabulaire::Diffusion;

vocabulaire! {
    /// How a person proves that an actor is theirs.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Moyen {
        Courriel = "courriel", "Un courriel à une adresse de la structure";
        Poste = "poste", "Un code reçu par lettre au siège";
        Reseau = "reseau", "Un réseau qui connaît la structure";
        Agent = "agent", "Un agent du département, qui vérifie";
    }
}

vocabulaire! {
    /// Where a claim stands.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    EtatRevendication {
        Attente = "attente", "en attente";
        Acceptee = "acceptee", "acceptée";
        Refusee = "refusee", "refusée";
    }
}

/// What is known of an actor that can prove something.
#[derive(Clone, Debug, Default)]
pub struct Connu<'a> {
    /// Its site.
    pub site: Option<&'a str>,
    /// Its address of mail.
    pub courriel: Option<&'a str>,
    /// Address of its seat, when it is open.
    pub siege: Option<&'a str>,
    /// Does it have a SIRET there?
    pub siret: bool,
    /// May its address be used?
    pub diffusion: Option<Diffusion>,
}

/// Domains where a mail proves something: that of the site, that of the known address, and those above them that the same
/// holder registered. Never a public mailbox.
#[must_use]
pub fn domaines(connu: &Connu<'_>) -> Vec<String> {
    let connus = connu.site.and_then(domaine_du_site).into_iter().chain(connu.courriel.and_then(domaine_propre));
    let mut domaines: Vec<String> =
        connus.flat_map(|connu| jusqu_a_l_enregistre(&connu).map(str::to_owned).collect::<Vec<_>>()).collect();
    domaines.sort();
    domaines.dedup();
    domaines
}

/// Is this address at one of the domains of the actor?
#[must_use]
pub fn est_de_la_maison(courriel: &str, domaines: &[String]) -> bool {
    domaine_propre(courriel).is_some_and(|domaine| domaines.contains(&domaine))
}

/// The address where a letter goes: that of the SIRET's seat. Who asked for a partial diffusion has no address to write to.
#[must_use]
pub fn adresse_postale<'a>(connu: &Connu<'a>) -> Option<&'a str> {
    connu.siege.filter(|_| connu.siret && connu.diffusion == Some(Diffusion::Totale))
}

/// The proofs offered, in the order of the page.
#[must_use]
pub fn moyens(connu: &Connu<'_>) -> Vec<Moyen> {
    let possible = |moyen: &Moyen| match moyen {
        Moyen::Courriel => !domaines(connu).is_empty(),
        Moyen::Poste => adresse_postale(connu).is_some(),
        Moyen::Reseau | Moyen::Agent => true,
    };
    Moyen::TOUS.iter().copied().filter(possible).collect()
}

/// Letters and digits that nobody takes for another.
const LISIBLES: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Length of a code.
const LONGUEUR: usize = 8;

/// The code of a letter, from a secret that only the site can make again: nothing readable is kept. Octets above the last
/// whole multiple are skipped, so that every code is equally likely.
#[must_use]
pub fn code(secret: &[u8]) -> String {
    let borne = 255 - 255 % LISIBLES.len();
    secret
        .iter()
        .map(|octet| usize::from(*octet))
        .filter(|octet| *octet < borne)
        .filter_map(|octet| LISIBLES.get(octet % LISIBLES.len()))
        .take(LONGUEUR)
        .map(|lettre| char::from(*lettre))
        .collect()
}

/// `ABCD-EFGH`, as printed.
#[must_use]
pub fn code_imprime(code: &str) -> String {
    let (debut, fin) = code.split_at(code.len().min(4));
    format!("{debut}-{fin}")
}

/// A code as typed: spaces, dashes and small letters do not matter.
#[must_use]
pub fn code_saisi(texte: &str) -> String {
    texte.chars().filter(char::is_ascii_alphanumeric).map(|lettre| lettre.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::site(Some("https://www.laressourcerie.fr"), None, &["laressourcerie.fr"])]
    #[case::les_deux(Some("laressourcerie.fr"), Some("contact@reseau.fr"), &["laressourcerie.fr", "reseau.fr"])]
    #[case::boite_publique(None, Some("laressourcerie@gmail.com"), &[])]
    #[case::page_d_une_plateforme(Some("https://facebook.com/laressourcerie"), None, &[])]
    fn un_courriel_prouve_par_son_domaine(
        #[case] site: Option<&str>,
        #[case] courriel: Option<&str>,
        #[case] attendus: &[&str],
    ) {
        let connu = Connu { site, courriel, ..Connu::default() };
        assert_eq!(domaines(&connu), attendus);
        assert_eq!(moyens(&connu).contains(&Moyen::Courriel), !attendus.is_empty());
    }

    #[rstest]
    #[case("contact@laressourcerie.fr", true)]
    #[case("Contact@LaRessourcerie.FR", true)]
    #[case("contact@mechant-laressourcerie.fr", false)]
    #[case("contact@laressourcerie.fr.mechant.example", false)]
    #[case("contact@gmail.com", false)]
    fn une_adresse_est_de_la_maison_ou_non(#[case] courriel: &str, #[case] attendu: bool) {
        assert_eq!(est_de_la_maison(courriel, &["laressourcerie.fr".to_owned()]), attendu);
    }

    #[rstest]
    #[case(Some("1 rue X"), true, Diffusion::Totale, true)]
    #[case(Some("1 rue X"), true, Diffusion::Partielle, false)]
    #[case(Some("1 rue X"), false, Diffusion::Totale, false)]
    #[case(None, true, Diffusion::Totale, false)]
    fn une_lettre_va_au_siege_diffusible(
        #[case] siege: Option<&str>,
        #[case] siret: bool,
        #[case] diffusion: Diffusion,
        #[case] attendu: bool,
    ) {
        let connu = Connu { siege, siret, diffusion: Some(diffusion), ..Connu::default() };
        assert_eq!(moyens(&connu).contains(&Moyen::Poste), attendu);
    }

    proptest! {
        #[test]
        fn un_code_imprime_se_relit(secret in proptest::collection::vec(any::<u8>(), 32)) {
            let code = code(&secret);
            prop_assert_eq!(code.len(), 8);
            prop_assert!(!code.contains(['0', 'O', '1', 'I', 'L']));
            prop_assert_eq!(code_saisi(&format!(" {} ", code_imprime(&code).to_lowercase())), code);
        }
    }
}
