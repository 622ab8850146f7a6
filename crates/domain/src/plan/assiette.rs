//! The cost on which aids are computed: without VAT when it is recovered, with it when it is paid for good. A rate
//! is applied only when it is known; else the cost stays as it was given, and the constat says what is missing.

use jiff::civil::Date;

use crate::cents::Cents;
use crate::constat::{Constat, Verdict};
use crate::profil::{BaseDeCout, Complements, ProfilDeProjet, Reponse, TauxDeTva};
use crate::regle::financement::a_ses_propres_taux;
use crate::regle::{Parametre, R53};

/// What becomes of the VAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sens {
    /// The cost was given with VAT, which comes back: taken out.
    Retiree,
    /// The cost was given without VAT, which does not come back: added.
    Ajoutee,
    /// The cost was given without VAT, which comes back: only to be advanced.
    Avancee,
}

/// A line of VAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tva {
    /// How much.
    pub montant: Cents,
    /// What becomes of it.
    pub sens: Sens,
}

impl Tva {
    /// In words.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self.sens {
            Sens::Retiree => "Récupérée plus tard : à avancer, mais pas à payer pour de bon",
            Sens::Ajoutee => "Pas récupérée : elle s’ajoute au coût",
            Sens::Avancee => "À avancer, puis récupérée : hors du calcul",
        }
    }

    /// With its sign in the plan.
    #[must_use]
    pub fn signee(self) -> String {
        let signe = match self.sens {
            Sens::Retiree => "−\u{a0}",
            Sens::Ajoutee => "+\u{a0}",
            Sens::Avancee => "",
        };
        format!("{signe}{}", self.montant.en_euros())
    }
}

/// The cost of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assiette {
    pub(super) retenu: Cents,
    /// Of the cost that is kept; unknown when the person did not say.
    pub(super) base: Option<BaseDeCout>,
    pub(super) tva: Option<Tva>,
    pub(super) constat: Constat,
}

/// The base of the aids for a cost as it was given.
pub(super) fn assiette(profil: &ProfilDeProjet, cout: Cents, le: Date) -> Assiette {
    let Complements { base, tva_recuperee, .. } = profil.complements;
    let recuperee = match tva_recuperee {
        Some(Reponse::Oui) => Some(true),
        Some(Reponse::Non) => Some(false),
        _ => None,
    };
    let (Some(base), Some(recuperee)) = (base, recuperee) else {
        let manque =
            if base.is_none() { "si le coût est hors taxes (HT) ou TTC" } else { "si la TVA sera récupérée" };
        let constat =
            constat(Verdict::AVerifier, format!("Le calcul prend le coût comme vous l’avez donné. Dites {manque}."));
        return Assiette { retenu: cout, base, tva: None, constat };
    };
    let taux = taux(profil, le);
    let assiette = match (base, recuperee) {
        (BaseDeCout::Ttc, false) => Assiette {
            retenu: cout,
            base: Some(BaseDeCout::Ttc),
            tva: None,
            constat: constat(Verdict::Oui, "La TVA n’est pas récupérée : le calcul compte le coût TTC.".to_owned()),
        },
        (BaseDeCout::Ht, true) => hors_taxes(cout, taux.map(|taux| ajoutee(cout, taux))),
        (_, true) => convertir(cout, BaseDeCout::Ht, taux.map(|taux| comprise(cout, taux))),
        (_, false) => convertir(cout, BaseDeCout::Ttc, taux.map(|taux| ajoutee(cout, taux))),
    };
    Assiette { constat: sourcer(assiette.constat, taux.filter(|_| assiette.tva.is_some())), ..assiette }
}

/// Given without VAT, which comes back: the amount of VAT changes nothing but the money to advance.
fn hors_taxes(cout: Cents, tva: Option<Cents>) -> Assiette {
    let suite =
        if tva.is_some() { "" } else { " Son montant, à avancer, n’est pas compté : le taux est à vérifier." };
    let phrase = format!("La TVA est récupérée : le calcul est hors taxes.{suite}");
    let tva = tva.map(|montant| Tva { montant, sens: Sens::Avancee });
    Assiette { retenu: cout, base: Some(BaseDeCout::Ht), tva, constat: constat(Verdict::Oui, phrase) }
}

/// Given on one base and needed on the other; without a rate, as it was given.
fn convertir(cout: Cents, vers: BaseDeCout, tva: Option<Cents>) -> Assiette {
    let ht = vers == BaseDeCout::Ht;
    let Some(montant) = tva else {
        let (phrase, base) = if ht {
            (
                "La TVA est récupérée, mais son taux est à vérifier : le calcul reste TTC, donc trop haut.",
                BaseDeCout::Ttc,
            )
        } else {
            (
                "La TVA n’est pas récupérée et son taux est à vérifier : elle s’ajoute à ce calcul hors taxes.",
                BaseDeCout::Ht,
            )
        };
        let constat = constat(Verdict::AVerifier, phrase.to_owned());
        return Assiette { retenu: cout, base: Some(base), tva: None, constat };
    };
    let (retenu, sens, phrase) = if ht {
        (cout - montant, Sens::Retiree, "La TVA est récupérée : le calcul est hors taxes.")
    } else {
        (cout + montant, Sens::Ajoutee, "La TVA n’est pas récupérée : le calcul compte le coût TTC.")
    };
    Assiette {
        retenu,
        base: Some(vers),
        tva: Some(Tva { montant, sens }),
        constat: constat(Verdict::Oui, phrase.to_owned()),
    }
}

fn constat(verdict: Verdict, phrase: String) -> Constat {
    Constat::regle(R53.id, verdict, phrase)
}

fn sourcer(constat: Constat, taux: Option<Parametre>) -> Constat {
    match taux {
        Some(taux) => constat.source(R53.source(taux)).parametres(taux.du),
        None => constat,
    }
}

/// The rate, when the person gave it and it holds where the project is: Corse and overseas have their own.
fn taux(profil: &ProfilDeProjet, le: Date) -> Option<Parametre> {
    let ailleurs = a_ses_propres_taux(&profil.commune);
    let normal = profil.complements.taux_tva == Some(TauxDeTva::Normal);
    R53.parametre(le).filter(|_| normal && !ailleurs)
}

/// VAT on an amount without it, to the nearest cent.
fn ajoutee(ht: Cents, taux: Parametre) -> Cents {
    proportion(ht, taux.valeur, 10_000)
}

/// VAT inside an amount that has it.
fn comprise(ttc: Cents, taux: Parametre) -> Cents {
    proportion(ttc, taux.valeur, 10_000 + taux.valeur)
}

fn proportion(montant: Cents, part: i64, tout: i64) -> Cents {
    let (montant, part, tout) = (i128::from(montant.0), i128::from(part), i128::from(tout));
    Cents(i64::try_from((2 * montant * part + tout) / (2 * tout)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Aide, Montant, Simulation, simuler};
    use crate::profil::{
        BaseDeCout::Ht, BaseDeCout::Ttc, Etape, NatureDepense, Porteur, Reponse::NeSaitPas, Reponse::Non, Reponse::Oui,
    };
    use jiff::civil::date;
    use proptest::prelude::*;
    use rstest::rstest;

    const LE: Date = date(2026, 11, 24);
    const NORMAL: Option<TauxDeTva> = Some(TauxDeTva::Normal);

    fn profil(
        cout: i64,
        base: Option<BaseDeCout>,
        recuperee: Option<Reponse>,
        taux: Option<TauxDeTva>,
    ) -> ProfilDeProjet {
        ProfilDeProjet {
            commune: "54129".parse().unwrap(),
            themes: Vec::new(),
            etape: Etape::Etude,
            porteur: Porteur::Commune,
            cout: Some(Cents::euros(cout)),
            complements: Complements {
                depenses: vec![NatureDepense::Travaux],
                base,
                tva_recuperee: recuperee,
                taux_tva: taux,
                ..Default::default()
            },
        }
    }

    fn avec_aides(profil: ProfilDeProjet, acquis: i64, prive: i64) -> ProfilDeProjet {
        let complements = Complements {
            aides_acquises: Some(Cents::euros(acquis)),
            fonds_prives: Some(Cents::euros(prive)),
            ..profil.complements
        };
        ProfilDeProjet { complements, ..profil }
    }

    fn r53(simulation: &Simulation) -> Verdict {
        simulation.constats.iter().find(|constat| constat.code == "r-53").unwrap().verdict
    }

    /// domain 5.4 (eligible 300 000 €, 30 % + 10 points, ceiling 100 000 €, other public money 160 000 €), where the cost is
    /// given in every way: 300 000 € HT are 360 000 € TTC at the normal rate.
    #[rstest]
    #[case::ht_recuperee((300_000, Some(Ht), Some(Oui), NORMAL), Verdict::Oui, [300_000, 80_000, 60_000], Some((60_000, Sens::Avancee)))]
    #[case::ttc_recuperee((360_000, Some(Ttc), Some(Oui), NORMAL), Verdict::Oui, [300_000, 80_000, 60_000], Some((60_000, Sens::Retiree)))]
    #[case::ht_non((300_000, Some(Ht), Some(Non), NORMAL), Verdict::Oui, [360_000, 100_000, 100_000], Some((60_000, Sens::Ajoutee)))]
    #[case::ttc_non((360_000, Some(Ttc), Some(Non), NORMAL), Verdict::Oui, [360_000, 100_000, 100_000], None)]
    #[case::ht_recuperee_sans_taux((300_000, Some(Ht), Some(Oui), None), Verdict::Oui, [300_000, 80_000, 60_000], None)]
    #[case::ttc_recuperee_sans_taux((360_000, Some(Ttc), Some(Oui), None), Verdict::AVerifier, [360_000, 100_000, 100_000], None)]
    #[case::autre_taux((360_000, Some(Ttc), Some(Oui), Some(TauxDeTva::Autre)), Verdict::AVerifier, [360_000, 100_000, 100_000], None)]
    #[case::ht_non_sans_taux((300_000, Some(Ht), Some(Non), Some(TauxDeTva::NeSaitPas)), Verdict::AVerifier, [300_000, 80_000, 60_000], None)]
    #[case::ttc_non_sans_taux((360_000, Some(Ttc), Some(Non), None), Verdict::Oui, [360_000, 100_000, 100_000], None)]
    #[case::recuperation_inconnue((360_000, Some(Ttc), Some(NeSaitPas), NORMAL), Verdict::AVerifier, [360_000, 100_000, 100_000], None)]
    #[case::base_inconnue((360_000, None, Some(Oui), NORMAL), Verdict::AVerifier, [360_000, 100_000, 100_000], None)]
    #[case::rien_de_dit((360_000, None, None, None), Verdict::AVerifier, [360_000, 100_000, 100_000], None)]
    fn le_contrat_de_territoire_avec_ou_sans_tva(
        #[case] dit: (i64, Option<BaseDeCout>, Option<Reponse>, Option<TauxDeTva>),
        #[case] verdict: Verdict,
        #[case] attendus: [i64; 3],
        #[case] tva: Option<(i64, Sens)>,
    ) {
        let (cout, base, recuperee, taux) = dit;
        let [retenu, aide, reste] = attendus;
        let montant = Montant {
            taux: Some(3_000),
            bonus: Some(1_000),
            plafond: Some(Cents::euros(100_000)),
            ..Default::default()
        };
        let demandee = Aide {
            id: "a".into(),
            nom: "Aide".into(),
            montant: Some(montant),
            avec_bonus: true,
            publique: true,
            fonds_de_concours: false,
        };
        let s = simuler(&avec_aides(profil(cout, base, recuperee, taux), 160_000, 0), &[demandee], LE).unwrap();
        assert_eq!(r53(&s), verdict);
        assert_eq!((s.saisi, s.cout), (Cents::euros(cout), Cents::euros(retenu)));
        assert_eq!((s.aides[0].montant, s.reste_a_charge), (Cents::euros(aide), Cents::euros(reste)));
        assert_eq!(s.tva, tva.map(|(montant, sens)| Tva { montant: Cents::euros(montant), sens }));
    }

    /// domain 3.1, cases A to D, HT, given TTC at the normal rate: the same own share, the same verdict.
    #[rstest]
    #[case::a(400_000, 0, 100_000, Verdict::Oui)]
    #[case::b(360_000, 50_000, 90_000, Verdict::Oui)]
    #[case::c(361_000, 50_000, 89_000, Verdict::Non)]
    #[case::d(425_000, 50_000, 25_000, Verdict::Non)]
    fn les_quatre_plans_de_reference_donnes_ttc(
        #[case] public: i64,
        #[case] prive: i64,
        #[case] propre: i64,
        #[case] attendu: Verdict,
    ) {
        let ttc = profil(600_000, Some(Ttc), Some(Oui), Some(TauxDeTva::Normal));
        let s = simuler(&avec_aides(ttc, public, prive), &[], LE).unwrap();
        assert_eq!((s.reste_a_charge, s.constats[0].verdict), (Cents::euros(propre), attendu));
    }

    /// A rate that does not hold there, or that no parameter covers that day, is not guessed.
    #[rstest]
    #[case("2A004", LE)]
    #[case("97411", LE)]
    #[case("54129", date(2013, 12, 31))]
    fn un_taux_d_ailleurs_ou_d_avant_n_est_pas_suppose(#[case] commune: &str, #[case] le: Date) {
        let ailleurs = ProfilDeProjet {
            commune: commune.parse().unwrap(),
            ..profil(360_000, Some(Ttc), Some(Oui), Some(TauxDeTva::Normal))
        };
        let s = simuler(&ailleurs, &[], le).unwrap();
        assert_eq!((r53(&s), s.cout, s.tva), (Verdict::AVerifier, Cents::euros(360_000), None));
    }

    proptest! {
        /// There and back: the VAT taken out of a cost is the VAT of what is left, to the cent.
        #[test]
        fn retirer_puis_ajouter_la_tva_revient(ttc in 1_i64..1_000_000_000_000) {
            let taux = R53.parametre(LE).unwrap();
            let ht = Cents(ttc) - comprise(Cents(ttc), taux);
            prop_assert!((ht + ajoutee(ht, taux) - Cents(ttc)).0.abs() <= 1);
        }
    }
}
