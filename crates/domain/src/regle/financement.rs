//! constats over a financing plan.

use jiff::civil::Date;

use super::{R01, R02, R05};
use crate::cents::Cents;
use crate::code::CodeCommune;
use crate::constat::{Constat, Verdict};
use crate::profil::{Porteur, ProfilDeProjet, Reponse};

/// Money of a plan, public and private apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Financement {
    /// Own money of the maître d'ouvrage (loans included).
    pub propre: Cents,
    /// Subsidies from public persons.
    pub aides_publiques: Cents,
    /// Private money: outside the base of R-01.
    pub prive: Cents,
}

impl Financement {
    /// Own share of public money, in basis points rounded to the nearest.
    #[must_use]
    pub fn part_propre(self) -> u32 {
        let total = self.propre.0 + self.aides_publiques.0;
        if total <= 0 {
            return 10_000;
        }
        u32::try_from((i128::from(self.propre.0) * 20_000 / i128::from(total) + 1) / 2).unwrap_or(0)
    }

    /// Exact test without rounding: `own ≥ rate × (own + public)`.
    #[must_use]
    pub fn respecte(self, points_de_base: i64) -> bool {
        i128::from(self.propre.0) * 10_000
            >= i128::from(points_de_base) * i128::from(self.propre.0 + self.aides_publiques.0)
    }
}

/// Corse and overseas: general rates (R-01, VAT) may not hold there.
#[must_use]
pub fn a_ses_propres_taux(commune: &CodeCommune) -> bool {
    commune.est_outre_mer() || commune.est_en_corse()
}

/// R-01 applied to the plan of a project (investment operations).
#[must_use]
pub fn r01(profil: &ProfilDeProjet, financement: Financement, jour: Date) -> Constat {
    if profil.investissement() == Some(false) {
        return Constat::regle("r-01", Verdict::SansObjet, "Cette règle ne concerne que les investissements.");
    }
    let porteur = profil.porteur;
    match porteur {
        Porteur::Commune | Porteur::Epci | Porteur::Syndicat | Porteur::Petr => {}
        Porteur::Ccas | Porteur::EtablissementPublic => {
            return Constat::regle(
                "r-01",
                Verdict::AVerifier,
                "La règle des 20 % vise les collectivités et leurs groupements : à vérifier pour ce porteur.",
            );
        }
        Porteur::PasDecide => {
            return Constat::regle(
                "r-01",
                Verdict::AVerifier,
                "Cette règle dépend de qui porte le projet : ce n’est pas encore décidé.",
            );
        }
        _ => {
            return Constat::regle(
                "r-01",
                Verdict::SansObjet,
                "Cette règle ne concerne que les communes et leurs groupements.",
            );
        }
    }
    let Some(parametre) = R01.parametre(jour) else {
        return Constat::regle("r-01", Verdict::AVerifier, "Aucun taux connu à cette date.");
    };
    if a_ses_propres_taux(&profil.commune) {
        return Constat::regle(
            "r-01",
            Verdict::AVerifier,
            "En Corse et outre-mer, la règle des 20 % ne s’applique pas comme ailleurs : demandez à la préfecture.",
        )
        .source(R01.source(parametre));
    }
    let conforme = financement.respecte(parametre.valeur);
    let part = pourcentage(financement.part_propre());
    let phrase = if conforme {
        format!("La collectivité paie {part} de l’argent public : c’est au moins 20 %.")
    } else {
        format!("La collectivité ne paie que {part} de l’argent public : il faut au moins 20 %.")
    };
    Constat::regle("r-01", if conforme { Verdict::Oui } else { Verdict::Non }, phrase)
        .chiffre("Payé par la collectivité", financement.propre.to_string())
        .chiffre("Aides publiques", financement.aides_publiques.to_string())
        .chiffre("Argent privé, hors calcul", financement.prive.to_string())
        .source(R01.source(parametre))
        .parametres(parametre.du)
}

/// R-02, a warning only: never blocks.
#[must_use]
pub fn r02(porteur: Porteur, chef_de_file: Option<Reponse>, financement: Financement, jour: Date) -> Constat {
    if !porteur.est_collectivite() && porteur != Porteur::PasDecide {
        return Constat::regle(
            "r-02",
            Verdict::SansObjet,
            "Cette règle ne concerne que les communes et leurs groupements.",
        );
    }
    let Some(parametre) = R02.parametre(jour) else {
        return Constat::regle("r-02", Verdict::AVerifier, "Aucun taux connu à cette date.");
    };
    let constat = match chef_de_file {
        Some(Reponse::Non) => {
            Constat::regle("r-02", Verdict::SansObjet, "Le domaine n’a pas de chef de file, selon vous.")
        }
        Some(Reponse::Oui) if !financement.respecte(parametre.valeur) => Constat::regle(
            "r-02",
            Verdict::AVerifier,
            "Ce domaine a un chef de file : la collectivité devrait payer 30 % de l’argent public, sauf convention.",
        ),
        Some(Reponse::Oui) => {
            Constat::regle("r-02", Verdict::Oui, "La collectivité paie au moins 30 % de l’argent public.")
        }
        _ => Constat::regle(
            "r-02",
            Verdict::AVerifier,
            "Si une collectivité est « chef de file » dans ce domaine, il faut payer 30 % au lieu de 20 %.",
        ),
    };
    constat.source(R02.source(parametre)).parametres(parametre.du)
}

/// nothing signed, nothing begun.
#[must_use]
pub fn r05(devis_signe: Option<Reponse>, travaux_commences: Option<Reponse>) -> Constat {
    let (verdict, phrase) = match (devis_signe, travaux_commences) {
        (Some(Reponse::Oui), _) => (
            Verdict::Non,
            "Un devis est déjà signé : la plupart des financeurs refuseront. Parlez-en avant toute demande.",
        ),
        (_, Some(Reponse::Oui)) => (
            Verdict::Non,
            "Les travaux ont commencé : la plupart des financeurs refuseront. Parlez-en avant toute demande.",
        ),
        (Some(Reponse::Non), Some(Reponse::Non)) => (
            Verdict::Oui,
            "Rien n’est signé ni commencé : gardez-le ainsi jusqu’à la réponse écrite de chaque financeur.",
        ),
        _ => (
            Verdict::AVerifier,
            "Avez-vous signé un devis ou commencé ? Tant que vous n’avez rien signé, l’aide reste possible.",
        ),
    };
    Constat::regle(R05.id, verdict, phrase)
}

/// "19,78 %" from basis points.
#[must_use]
pub fn pourcentage(points_de_base: u32) -> String {
    let (entier, fraction) = (points_de_base / 100, points_de_base % 100);
    match fraction {
        0 => format!("{entier}\u{a0}%"),
        f if f % 10 == 0 => format!("{entier},{}\u{a0}%", f / 10),
        f => format!("{entier},{f:02}\u{a0}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profil::{Complements, Etape, NatureDepense};
    use jiff::civil::date;
    use proptest::prelude::*;
    use rstest::rstest;

    fn plan(propre: i64, aides: i64, prive: i64) -> Financement {
        Financement { propre: Cents::euros(propre), aides_publiques: Cents::euros(aides), prive: Cents::euros(prive) }
    }

    fn profil(porteur: Porteur, commune: &str) -> ProfilDeProjet {
        ProfilDeProjet {
            commune: commune.parse().unwrap(),
            themes: Vec::new(),
            etape: Etape::Etude,
            porteur,
            cout: None,
            complements: Complements { depenses: vec![NatureDepense::Travaux], ..Default::default() },
        }
    }

    #[rstest]
    #[case::a(plan(100_000, 400_000, 0), Verdict::Oui, "20\u{a0}%")]
    #[case::b(plan(90_000, 360_000, 50_000), Verdict::Oui, "20\u{a0}%")]
    #[case::c(plan(89_000, 361_000, 50_000), Verdict::Non, "19,78\u{a0}%")]
    #[case::d(plan(25_000, 425_000, 50_000), Verdict::Non, "5,56\u{a0}%")]
    fn r01_les_cas_de_reference(#[case] plan: Financement, #[case] verdict: Verdict, #[case] part: &str) {
        let constat = r01(&profil(Porteur::Commune, "54129"), plan, date(2026, 11, 24));
        assert_eq!(constat.verdict, verdict);
        assert_eq!(pourcentage(plan.part_propre()), part);
        assert!(constat.phrase.contains(part), "{}", constat.phrase);
    }

    #[rstest]
    #[case(Porteur::AssociationEmployeuse, "54129", Verdict::SansObjet)]
    #[case(Porteur::Scic, "54129", Verdict::SansObjet)]
    #[case(Porteur::Ccas, "54129", Verdict::AVerifier)]
    #[case(Porteur::PasDecide, "54129", Verdict::AVerifier)]
    #[case::metropole(Porteur::Commune, "54129", Verdict::Non)]
    #[case::outre_mer(Porteur::Commune, "97411", Verdict::AVerifier)]
    #[case::corse(Porteur::Commune, "2A004", Verdict::AVerifier)]
    fn r01_selon_le_porteur_et_le_lieu(#[case] porteur: Porteur, #[case] commune: &str, #[case] verdict: Verdict) {
        assert_eq!(r01(&profil(porteur, commune), plan(0, 100, 0), date(2026, 11, 24)).verdict, verdict);
    }

    #[rstest]
    #[case(Some(Reponse::Oui), None, Verdict::Non)]
    #[case(Some(Reponse::Non), Some(Reponse::Oui), Verdict::Non)]
    #[case(Some(Reponse::Non), Some(Reponse::Non), Verdict::Oui)]
    #[case(Some(Reponse::Non), None, Verdict::AVerifier)]
    #[case(Some(Reponse::NeSaitPas), Some(Reponse::Non), Verdict::AVerifier)]
    fn r05_rien_avant_la_reponse(
        #[case] devis: Option<Reponse>,
        #[case] travaux: Option<Reponse>,
        #[case] attendu: Verdict,
    ) {
        assert_eq!(r05(devis, travaux).verdict, attendu);
    }

    proptest! {
        /// `own ≥ rate × total` ⇔ `subsidies ≤ own × (1 − rate) / rate`, exactly, in cents.
        #[test]
        fn r01_les_deux_ecritures_sont_la_meme(propre in 0_i64..10_000_000_000, aides in 0_i64..10_000_000_000) {
            let f = Financement { propre: Cents(propre), aides_publiques: Cents(aides), prive: Cents::ZERO };
            prop_assert_eq!(f.respecte(2_000), aides <= propre * 4);
        }
    }
}
