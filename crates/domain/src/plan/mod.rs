//! Simulation of a financing plan: what each aid could bring, what remains to pay. An estimation, dated, never a promise.
//!
//! Order for each aid (our reading of usual règlements, `docs/adr/0006`): (rate + bonus) × base → ceiling → local cap
//! → own share or fonds de concours → minimum grant → rounded down to the euro. The own share is
//! the residual; own money typed by the bearer is only compared with it. The base is without VAT when it is recovered
//! ([`assiette`], R-53).

mod assiette;

use jiff::civil::Date;

use crate::cents::Cents;
use crate::constat::Constat;
use crate::profil::{BaseDeCout, ProfilDeProjet};
use crate::regle::financement::{Financement, a_ses_propres_taux, pourcentage, r01, r02, r05};
use crate::regle::{R01, R03, R52};

pub use assiette::{Sens, Tva};

/// The structured amount of an aid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Montant {
    /// Rate in basis points of the base (10 000 = 100 %), at most.
    pub taux: Option<u32>,
    /// Added to the rate under a condition that the sheet tells in words, in basis points.
    pub bonus: Option<u32>,
    /// At most.
    pub plafond: Option<Cents>,
    /// At least (below, no grant).
    pub minimum: Option<Cents>,
    /// A fixed sum, instead of a rate.
    pub forfait: Option<Cents>,
    /// all public aid ≤ this part of the cost, in basis points.
    pub plafond_public: Option<u32>,
}

/// An aid to simulate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aide {
    /// Stable id.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// Amount; `None` when it is not known (à vérifier): then nothing is counted.
    pub montant: Option<Montant>,
    /// The reader says that the condition of the bonus is met: unknown is not yes.
    pub avec_bonus: bool,
    /// Public money (counts in R-01).
    pub publique: bool,
    /// A fonds de concours.
    pub fonds_de_concours: bool,
}

/// A step shown: a sentence, an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etape {
    /// What was done.
    pub phrase: String,
    /// The amount after this step.
    pub montant: Cents,
    /// The rule applied, if one: `r-01`.
    pub regle: Option<&'static str>,
}

/// What one aid could bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AideEstimee {
    /// Stable id.
    pub id: String,
    /// Name.
    pub nom: String,
    /// Amount at the end.
    pub montant: Cents,
    /// How it was reached.
    pub etapes: Vec<Etape>,
}

/// The simulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// Day of the estimation.
    pub le: Date,
    /// Cost as it was given.
    pub saisi: Cents,
    /// VAT taken out, added or to be advanced, when its rate is known.
    pub tva: Option<Tva>,
    /// Cost that the plan pays.
    pub cout: Cents,
    /// Without or with VAT, when it is known.
    pub base: Option<BaseDeCout>,
    /// Private money typed.
    pub prive: Cents,
    /// Public money already granted.
    pub acquis: Cents,
    /// Public money asked for: shown, never counted as sure.
    pub sollicite: Cents,
    /// Public money only thought of: shown, never counted.
    pub envisage: Cents,
    /// Aids with an amount.
    pub aides: Vec<AideEstimee>,
    /// Aids that fit whose amount is not known.
    pub sans_montant: Vec<String>,
    /// What remains if every aid counted is obtained.
    pub reste_a_charge: Cents,
    /// What remains if none is.
    pub reste_sans_aide: Cents,
    ///
    pub constats: Vec<Constat>,
}

/// Simulates; `None` while the cost is unknown.
#[must_use]
pub fn simuler(profil: &ProfilDeProjet, aides: &[Aide], le: Date) -> Option<Simulation> {
    let saisi = profil.cout.filter(|cout| *cout > Cents::ZERO)?;
    let assiette::Assiette { retenu: cout, base, tva, constat } = assiette::assiette(profil, saisi, le);
    let complements = &profil.complements;
    let prive = plafonner(complements.fonds_prives.unwrap_or_default(), cout);
    let acquis = plafonner(complements.aides_acquises.unwrap_or_default(), cout - prive);
    let mut contexte = Contexte { profil, cout, prive, public: acquis, prive_estime: Cents::ZERO, le };
    let mut estimees = Vec::new();
    let mut sans_montant = Vec::new();
    // A fonds de concours depends on what the others bring: last.
    let ordonnees = aides.iter().filter(|a| !a.fonds_de_concours).chain(aides.iter().filter(|a| a.fonds_de_concours));
    for aide in ordonnees {
        match aide.montant {
            None => sans_montant.push(aide.nom.clone()),
            Some(montant) => {
                let estimee = contexte.estimer(aide, montant);
                contexte.retenir(aide, estimee.montant);
                estimees.push(estimee);
            }
        }
    }
    let reste = (cout - prive - contexte.prive_estime - contexte.public).positif();
    let financement =
        Financement { propre: reste, aides_publiques: contexte.public, prive: prive + contexte.prive_estime };
    Some(Simulation {
        le,
        saisi,
        tva,
        cout,
        base,
        prive,
        acquis,
        sollicite: complements.aides_sollicitees.unwrap_or_default(),
        envisage: complements.aides_envisagees.unwrap_or_default(),
        aides: estimees,
        sans_montant,
        reste_a_charge: reste,
        reste_sans_aide: (cout - prive - acquis).positif(),
        constats: vec![
            r01(profil, financement, le),
            r02(profil.porteur, complements.chef_de_file, financement, le),
            r05(complements.devis_signe, complements.travaux_commences),
            constat,
        ],
    })
}

fn plafonner(montant: Cents, au_plus: Cents) -> Cents {
    montant.positif().min(au_plus)
}

/// An amount and the steps that led to it.
struct Calcul {
    valeur: Cents,
    etapes: Vec<Etape>,
}

impl Simulation {
    /// "entre 72 000 € et 120 000 €": what remains with every aid counted, and with none. None is sure yet.
    #[must_use]
    pub fn reste(&self) -> String {
        let (avec, sans) = (self.reste_a_charge.en_euros(), self.reste_sans_aide.en_euros());
        if avec == sans { format!("environ {avec}") } else { format!("entre {avec} et {sans}") }
    }
}

impl Calcul {
    fn depuis(etape: Etape) -> Self {
        Self { valeur: etape.montant, etapes: vec![etape] }
    }

    /// Lowers the amount to a limit, with its reason; says nothing when the limit does not bite.
    fn limiter(&mut self, limite: Cents, phrase: String, regle: Option<&'static str>) {
        if self.valeur > limite.positif() {
            self.valeur = limite.positif();
            self.etapes.push(Etape { phrase, montant: self.valeur, regle });
        }
    }
}

struct Contexte<'a> {
    profil: &'a ProfilDeProjet,
    cout: Cents,
    prive: Cents,
    public: Cents,
    prive_estime: Cents,
    le: Date,
}

impl Contexte<'_> {
    fn retenir(&mut self, aide: &Aide, montant: Cents) {
        if aide.publique {
            self.public = self.public + montant;
        } else {
            self.prive_estime = self.prive_estime + montant;
        }
    }

    fn reste(&self) -> Cents {
        (self.cout - self.prive - self.prive_estime - self.public).positif()
    }

    fn estimer(&self, aide: &Aide, montant: Montant) -> AideEstimee {
        let mut calcul = Calcul::depuis(self.depart(montant, aide.avec_bonus));
        if let Some(plafond) = montant.plafond {
            calcul.limiter(plafond, format!("L’aide est plafonnée à {}.", plafond.en_euros()), None);
        }
        calcul.limiter(self.reste(), format!("Il ne reste que {} à financer.", self.reste().en_euros()), None);
        if let (true, Some(taux)) = (aide.publique, montant.plafond_public) {
            let phrase = format!("Toutes les aides publiques ensemble ne dépassent pas {} du coût.", pourcentage(taux));
            calcul.limiter(self.cout.part(taux) - self.public, phrase, Some(R03.id));
        }
        if let (true, Some(limite)) = (aide.publique, self.limite_r01()) {
            let phrase = "La collectivité garde au moins 20 % de l’argent public à sa charge.".to_owned();
            calcul.limiter(limite, phrase, Some(R01.id));
        }
        if aide.fonds_de_concours {
            let phrase = "Le fonds de concours ne dépasse pas ce que la commune paie elle-même.".to_owned();
            calcul.limiter(Cents(self.reste().0 / 2), phrase, Some(R52.id));
        }
        if let Some(minimum) = montant.minimum.filter(|minimum| calcul.valeur < *minimum) {
            let phrase = format!("L’aide n’est pas versée en dessous de {}.", minimum.en_euros());
            calcul.limiter(Cents::ZERO, phrase, None);
        }
        let arrondie = calcul.valeur.a_l_euro();
        calcul.limiter(arrondie, "Arrondi à l’euro inférieur.".to_owned(), None);
        AideEstimee { id: aide.id.clone(), nom: aide.nom.clone(), montant: calcul.valeur, etapes: calcul.etapes }
    }

    fn depart(&self, montant: Montant, avec_bonus: bool) -> Etape {
        if let Some(forfait) = montant.forfait {
            return Etape { phrase: "Somme fixe.".to_owned(), montant: forfait, regle: None };
        }
        let (taux, bonus) = (montant.taux.unwrap_or(0), montant.bonus.filter(|_| avec_bonus).unwrap_or(0));
        let valeur = self.cout.part(taux.saturating_add(bonus).min(10_000));
        let phrase = match (taux, bonus, montant.plafond) {
            // No rate: the ceiling alone bounds the aid.
            (0, 0, Some(plafond)) => {
                return Etape { phrase: "Montant le plus haut prévu.".to_owned(), montant: plafond, regle: None };
            }
            (taux, 0, _) => format!("{} de {}.", pourcentage(taux), self.cout.en_euros()),
            (taux, bonus, _) => {
                format!("{} et un bonus de {}, sur {}.", pourcentage(taux), pourcentage(bonus), self.cout.en_euros())
            }
        };
        Etape { phrase, montant: valeur, regle: None }
    }

    /// The most that public aid may still bring under R-01, when it concerns this bearer.
    fn limite_r01(&self) -> Option<Cents> {
        let concerne = self.profil.porteur.est_collectivite()
            && self.profil.investissement() != Some(false)
            && !a_ses_propres_taux(&self.profil.commune);
        let taux = R01.parametre(self.le).filter(|_| concerne)?.valeur;
        let base = self.cout - self.prive - self.prive_estime;
        Some(base.part(u32::try_from(10_000 - taux).unwrap_or(0)) - self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constat::Verdict;
    use crate::profil::{Complements, Etape as EtapeProjet, NatureDepense, Porteur};
    use crate::theme::Theme;
    use jiff::civil::date;
    use proptest::prelude::*;
    use rstest::rstest;

    const LE: Date = date(2026, 11, 24);

    fn profil(porteur: Porteur, cout: i64, acquis: i64, prive: i64) -> ProfilDeProjet {
        ProfilDeProjet {
            commune: "54129".parse().unwrap(),
            themes: vec![Theme::Commerce],
            etape: EtapeProjet::Etude,
            porteur,
            cout: Some(Cents::euros(cout)),
            complements: Complements {
                depenses: vec![NatureDepense::Travaux],
                aides_acquises: Some(Cents::euros(acquis)),
                fonds_prives: Some(Cents::euros(prive)),
                ..Default::default()
            },
        }
    }

    fn aide(montant: Montant) -> Aide {
        Aide {
            id: "a".into(),
            nom: "Aide".into(),
            montant: Some(montant),
            avec_bonus: true,
            publique: true,
            fonds_de_concours: false,
        }
    }

    #[test]
    fn un_bonus_qui_n_est_pas_dit_n_est_pas_compte() {
        let sans =
            Aide { avec_bonus: false, ..aide(Montant { taux: Some(3_000), bonus: Some(1_000), ..Default::default() }) };
        let simulation = simuler(&profil(Porteur::Scic, 100_000, 0, 0), &[sans], LE).unwrap();
        assert_eq!(simulation.aides[0].montant, Cents::euros(30_000));
    }

    #[test]
    fn outre_mer_la_regle_des_vingt_pour_cent_ne_coupe_rien() {
        let montant = Montant { taux: Some(10_000), ..Default::default() };
        let a_saint_denis =
            ProfilDeProjet { commune: "97411".parse().unwrap(), ..profil(Porteur::Commune, 10_000, 0, 0) };
        let simulation = simuler(&a_saint_denis, &[aide(montant)], LE).unwrap();
        assert_eq!(simulation.aides[0].montant, Cents::euros(10_000));
        assert_eq!(simulation.constats[0].verdict, Verdict::AVerifier);
    }

    /// domain 5.4: 300 000 €, 30 % + 10 points, ceiling 100 000 €, other public money 160 000 €.
    #[test]
    fn le_cas_du_contrat_de_territoire() {
        let montant = Montant {
            taux: Some(3_000),
            bonus: Some(1_000),
            plafond: Some(Cents::euros(100_000)),
            ..Default::default()
        };
        let simulation = simuler(&profil(Porteur::Commune, 300_000, 160_000, 0), &[aide(montant)], LE).unwrap();
        let montants: Vec<i64> = simulation.aides[0].etapes.iter().map(|e| e.montant.0 / 100).collect();
        assert_eq!(montants, [120_000, 100_000, 80_000]);
        assert_eq!(simulation.reste_a_charge, Cents::euros(60_000));
        assert_eq!(simulation.constats[0].verdict, Verdict::Oui);
    }

    #[test]
    fn la_regle_des_vingt_pour_cent_ne_concerne_pas_une_association() {
        let montant = Montant { taux: Some(10_000), ..Default::default() };
        let simulation = simuler(&profil(Porteur::AssociationEmployeuse, 10_000, 0, 0), &[aide(montant)], LE).unwrap();
        assert_eq!(simulation.aides[0].montant, Cents::euros(10_000));
        assert_eq!(simulation.constats[0].verdict, Verdict::SansObjet);
    }

    #[test]
    fn le_plafond_local_et_la_regle_nationale_se_calculent_a_part() {
        // 500 000 € with 50 000 € private: 80 % of cost would be 400 000 €, R-01 allows 360 000 € (case B).
        let montant = Montant { taux: Some(10_000), plafond_public: Some(8_000), ..Default::default() };
        let simulation = simuler(&profil(Porteur::Commune, 500_000, 0, 50_000), &[aide(montant)], LE).unwrap();
        let regles: Vec<_> = simulation.aides[0].etapes.iter().filter_map(|e| e.regle).collect();
        assert_eq!(regles, ["r-03", "r-01"]);
        assert_eq!(simulation.aides[0].montant, Cents::euros(360_000));
    }

    /// domain 3.1: own share is what remains; 80 % of the cost is the wrong test.
    #[rstest]
    #[case::a(400_000, 0, 100_000, Verdict::Oui)]
    #[case::b(360_000, 50_000, 90_000, Verdict::Oui)]
    #[case::c(361_000, 50_000, 89_000, Verdict::Non)]
    #[case::d(425_000, 50_000, 25_000, Verdict::Non)]
    fn les_quatre_plans_de_reference(
        #[case] public: i64,
        #[case] prive: i64,
        #[case] propre: i64,
        #[case] attendu: Verdict,
    ) {
        let simulation = simuler(&profil(Porteur::Commune, 500_000, public, prive), &[], LE).unwrap();
        assert_eq!((simulation.reste_a_charge, simulation.constats[0].verdict), (Cents::euros(propre), attendu));
    }

    /// domain 3.1, end of the order of computation: minimum, then the euro below.
    #[rstest]
    #[case::en_dessous_du_minimum(749, Some(750), None, 0)]
    #[case::au_minimum(750, Some(750), None, 750)]
    #[case::a_l_euro_inferieur(1_000, None, Some(3_333), 333)]
    fn le_minimum_puis_l_arrondi(
        #[case] cout: i64,
        #[case] minimum: Option<i64>,
        #[case] taux: Option<u32>,
        #[case] attendu: i64,
    ) {
        let montant =
            Montant { taux: Some(taux.unwrap_or(10_000)), minimum: minimum.map(Cents::euros), ..Default::default() };
        let simulation = simuler(&profil(Porteur::Scic, cout, 0, 0), &[aide(montant)], LE).unwrap();
        assert_eq!(simulation.aides[0].montant, Cents::euros(attendu));
    }

    /// domain 3.1: some départements cap public money at 70 %: the grant is reduced to fit what others gave.
    #[test]
    fn l_ecretement_au_plafond_local() {
        let montant = Montant { taux: Some(4_000), plafond_public: Some(7_000), ..Default::default() };
        let simulation = simuler(&profil(Porteur::Commune, 100_000, 45_000, 0), &[aide(montant)], LE).unwrap();
        assert_eq!(simulation.aides[0].montant, Cents::euros(25_000));
        assert_eq!(simulation.aides[0].etapes.last().unwrap().regle, Some("r-03"));
    }

    #[test]
    fn le_fonds_de_concours_partage_le_reste() {
        let fonds = Aide { fonds_de_concours: true, ..aide(Montant { taux: Some(10_000), ..Default::default() }) };
        let simulation = simuler(&profil(Porteur::Commune, 100_000, 40_000, 0), &[fonds], LE).unwrap();
        assert_eq!(simulation.aides[0].montant, Cents::euros(30_000));
        assert_eq!(simulation.reste_a_charge, Cents::euros(30_000));
    }

    #[test]
    fn un_montant_inconnu_n_est_jamais_compte() {
        let inconnue = Aide { montant: None, ..aide(Montant::default()) };
        let simulation = simuler(&profil(Porteur::Commune, 10_000, 0, 0), &[inconnue], LE).unwrap();
        assert_eq!((simulation.reste_a_charge, simulation.sans_montant.len()), (Cents::euros(10_000), 1));
    }

    #[test]
    fn sans_cout_pas_de_simulation() {
        let sans_cout = ProfilDeProjet { cout: None, ..profil(Porteur::Commune, 1, 0, 0) };
        assert_eq!(simuler(&sans_cout, &[], LE), None);
    }

    proptest! {
        #[test]
        fn tout_s_additionne_et_rien_n_est_negatif(
            cout in 1_i64..10_000_000, acquis in 0_i64..10_000_000, prive in 0_i64..10_000_000,
            taux in proptest::collection::vec((0_u32..12_000, 0_i64..5_000_000, any::<bool>()), 0..5),
            porteur in proptest::sample::select(Porteur::TOUS),
        ) {
            let aides: Vec<Aide> = taux.iter().map(|&(taux, plafond, publique)| Aide {
                publique,
                ..aide(Montant { taux: Some(taux), plafond: Some(Cents::euros(plafond)), ..Default::default() })
            }).collect();
            let s = simuler(&profil(porteur, cout, acquis, prive), &aides, LE).unwrap();
            let total: Cents = s.aides.iter().map(|a| a.montant).sum::<Cents>() + s.acquis + s.prive + s.reste_a_charge;
            prop_assert_eq!(total, s.cout);
            prop_assert!(s.aides.iter().all(|a| a.montant >= Cents::ZERO && a.montant <= s.cout));
            prop_assert!(s.reste_a_charge <= s.reste_sans_aide);
        }

        #[test]
        fn nos_aides_ne_violent_jamais_la_regle_des_vingt_pour_cent(
            cout in 1_i64..10_000_000, prive in 0_i64..10_000_000,
            taux in proptest::collection::vec(0_u32..12_000, 1..5),
        ) {
            let aides: Vec<Aide> = taux.iter().map(|&t| aide(Montant { taux: Some(t), ..Default::default() })).collect();
            let s = simuler(&profil(Porteur::Commune, cout, 0, prive), &aides, LE).unwrap();
            prop_assert_ne!(s.constats[0].verdict, Verdict::Non);
        }
    }
}
