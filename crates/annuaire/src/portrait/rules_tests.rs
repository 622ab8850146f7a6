use super::*;
use proptest::prelude::{ProptestConfig, prop, prop_assert, proptest};
use rstest::rstest;

const NANCY: (f64, f64) = (6.184, 48.692);
const TOUL: (f64, f64) = (5.892, 48.675);

fn code(texte: &str) -> CodeCommune {
    texte.parse().unwrap()
}

fn place(commune: &str, mairie: Option<(f64, f64)>, habitants: Option<u32>) -> Place {
    Place { commune: code(commune), mairie: mairie.map(Lieu::nouveau), habitants }
}

#[rstest]
#[case(None, Classe::Inconnue)]
#[case(Some("NN"), Classe::Inconnue)]
#[case(Some("00"), Classe::Aucun)]
#[case(Some("01"), Classe::Petite)]
#[case(Some("03"), Classe::Petite)]
#[case(Some("11"), Classe::Moyenne)]
#[case(Some("12"), Classe::Moyenne)]
#[case(Some("21"), Classe::Grande)]
#[case(Some("31"), Classe::Grande)]
#[case(Some("32"), Classe::TresGrande)]
#[case(Some("53"), Classe::TresGrande)]
#[case(Some("99"), Classe::Inconnue)]
fn une_tranche_a_sa_classe(#[case] tranche: Option<&str>, #[case] attendue: Classe) {
    assert_eq!(classe(tranche), attendue);
}

#[test]
fn les_tranches_se_suivent_sans_trou() {
    let codes = ["00", "01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53"];
    let suites: Vec<_> = codes.iter().map(|code| bornes(code).unwrap()).collect();
    for paire in suites.windows(2) {
        assert_eq!(paire[0].1.unwrap() + 1, paire[1].0, "{paire:?}");
    }
    assert_eq!(suites.last().unwrap().1, None);
}

#[test]
fn les_emplois_sont_entre_deux_nombres() {
    let tranches = [(Some("01".to_owned()), 3), (Some("12".to_owned()), 1), (None, 2), (Some("NN".to_owned()), 1)];
    let emplois = emplois(&tranches);
    assert_eq!((emplois.bas, emplois.haut, emplois.connues), (23, Some(55), 4));
    assert_eq!(emplois.classes, [(Classe::Petite, 3), (Classe::Moyenne, 1), (Classe::Inconnue, 3)]);
    assert_eq!(super::emplois(&[(Some("53".to_owned()), 1)]).haut, None, "an open bracket has no highest");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn chaque_structure_est_dans_une_classe(nombres in prop::collection::vec((0_usize..18, 0_u64..500), 0..20)) {
        let codes = ["00", "01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53", "NN", "", "x"];
        let tranches: Vec<_> = nombres.iter().map(|(rang, n)| (Some(codes[*rang].to_owned()), *n)).collect();
        let emplois = emplois(&tranches);
        let total: u64 = nombres.iter().map(|(_, n)| n).sum();
        prop_assert!(emplois.classes.iter().map(|(_, n)| n).sum::<u64>() == total);
        prop_assert!(emplois.haut.is_none_or(|haut| haut >= emplois.bas));
        prop_assert!(emplois.connues <= total);
    }
}

#[rstest]
#[case(1, 999, None)]
#[case(1, 1_000, Some(10))]
#[case(0, 5_000, Some(0))]
#[case(7, 5_200, Some(13))]
fn un_taux_ne_se_dit_pas_de_trop_peu_d_habitants(#[case] n: u64, #[case] habitants: u64, #[case] attendu: Option<u64>) {
    assert_eq!(pour_mille(n, habitants), attendu);
}

#[test]
fn un_manque_dit_les_communes_les_plus_loin_d_abord() {
    let places = [
        place("54395", Some(NANCY), Some(104_000)),
        place("54528", Some(TOUL), Some(15_000)),
        place("54001", None, Some(10)),
    ];
    let a_nancy = Desserte { lieux: vec![(Lieu::nouveau(NANCY), code("54395"))], ..Desserte::default() };
    let trouve = manque(Theme::BienVieillir, 15.0, &places, &a_nancy).unwrap();
    assert_eq!(trouve.communes.len(), 1, "Nancy has one, and a place that is not known is not judged");
    let (commune, proche) = &trouve.communes[0];
    let (distance, vers) = proche.as_ref().unwrap();
    assert_eq!((commune.as_str(), vers.as_str(), distance.round()), ("54528", "54395", 22.0));
    assert_eq!(trouve.habitants, Some(15_000));
    assert_eq!(manque(Theme::BienVieillir, 30.0, &places, &a_nancy), None);

    let nulle_part = manque(Theme::BienVieillir, 15.0, &places, &Desserte::default()).unwrap();
    assert_eq!(
        nulle_part.communes.iter().map(|(c, p)| (c.as_str(), p.is_none())).collect::<Vec<_>>(),
        [("54395", true), ("54528", true)]
    );
}

#[test]
fn qui_dit_servir_une_commune_y_est() {
    let places = [place("54528", Some(TOUL), None)];
    let par_offre = Desserte { desservies: [code("54528")].into(), ..Desserte::default() };
    assert_eq!(manque(Theme::Mobilite, 15.0, &places, &par_offre), None);
    let partout = Desserte { partout: true, ..Desserte::default() };
    assert_eq!(manque(Theme::Mobilite, 15.0, &places, &partout), None);
    assert_eq!(manque(Theme::Mobilite, 15.0, &places, &Desserte::default()).unwrap().habitants, None);
}
