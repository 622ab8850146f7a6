//! The nominal cases of the two answers, and the figures of.

use domain::Cents;
use jiff::civil::date;
use rstest::rstest;

use super::decision::{Decision, Piece};
use super::fiches::FICHES;
use super::formes::{Forme, famille, forme};
use super::rules::{Faits, Partage, PreuvePublic, loi, partage, plafonds_esus, statistique};
use crate::vocabulaire::{Famille, Reponse};

const RIEN: Faits<'_> = Faits {
    categorie: None,
    naf: None,
    sirene: None,
    ess_france: false,
    preuve: None,
    decision_loi: None,
    decision_stat: None,
    siae: false,
    public: None,
};

fn forme_seule(categorie: &'static str) -> Faits<'static> {
    Faits { categorie: Some(categorie), naf: Some("88.99B"), ..RIEN }
}

#[rstest]
#[case("9220", Famille::Association)]
#[case("9221", Famille::Association)]
#[case("9222", Famille::Association)]
#[case("9223", Famille::Association)]
#[case("9230", Famille::Association)]
#[case("9260", Famille::Association)]
#[case("9300", Famille::Fondation)]
#[case("8210", Famille::Mutuelle)]
#[case("8250", Famille::Mutuelle)]
#[case("8290", Famille::Mutuelle)]
#[case("6411", Famille::Mutuelle)]
#[case("5458", Famille::Cooperative)]
#[case("5558", Famille::Cooperative)]
#[case("5658", Famille::Cooperative)]
#[case("5460", Famille::Cooperative)]
#[case("5560", Famille::Cooperative)]
#[case("5547", Famille::Cooperative)]
#[case("6316", Famille::Cooperative)]
#[case("5196", Famille::Cooperative)]
#[case("5203", Famille::Cooperative)]
fn une_forme_de_la_liste_est_probable_jamais_certaine(#[case] code: &'static str, #[case] attendue: Famille) {
    assert_eq!(famille(Some(code)), attendue);
    let avis = loi(&forme_seule(code));
    assert_eq!(avis.reponse, Reponse::Inconnu, "{code}");
    assert!(avis.motif.starts_with("Probable"), "{code} : {}", avis.motif);
    assert_eq!(statistique(&forme_seule(code)).reponse, Reponse::Inconnu, "{code}");
}

#[rstest]
#[case("5546", Forme::Societe, Reponse::Inconnu, Reponse::Non)] // SA de HLM
#[case("5646", Forme::Societe, Reponse::Inconnu, Reponse::Non)]
#[case("5710", Forme::Societe, Reponse::Inconnu, Reponse::Non)] // SAS, where SCOP hide
#[case("5499", Forme::Societe, Reponse::Inconnu, Reponse::Non)]
#[case("5599", Forme::Societe, Reponse::Inconnu, Reponse::Non)]
#[case("8410", Forme::JamaisParForme, Reponse::Non, Reponse::Non)]
#[case("8450", Forme::JamaisParForme, Reponse::Non, Reponse::Non)]
#[case("9210", Forme::SansPersonnalite, Reponse::Non, Reponse::Non)]
#[case("9224", Forme::HorsListe, Reponse::Inconnu, Reponse::Inconnu)]
#[case("9240", Forme::HorsListe, Reponse::Inconnu, Reponse::Inconnu)]
#[case("5543", Forme::AConfirmer(Famille::Cooperative), Reponse::Inconnu, Reponse::Inconnu)]
#[case("5532", Forme::AConfirmer(Famille::Cooperative), Reponse::Inconnu, Reponse::Inconnu)]
#[case("7346", Forme::Publique, Reponse::Non, Reponse::Non)] // communauté de communes
#[case("7210", Forme::Publique, Reponse::Non, Reponse::Non)]
#[case("4110", Forme::Publique, Reponse::Non, Reponse::Non)]
#[case("1000", Forme::PersonnePhysique, Reponse::Non, Reponse::Non)]
#[case("2110", Forme::SansPersonnalite, Reponse::Non, Reponse::Non)]
#[case("9900", Forme::Inconnue, Reponse::Inconnu, Reponse::Inconnu)]
#[case("", Forme::Inconnue, Reponse::Inconnu, Reponse::Inconnu)]
#[case("92", Forme::Inconnue, Reponse::Inconnu, Reponse::Inconnu)]
fn les_autres_formes(
    #[case] code: &'static str,
    #[case] attendue: Forme,
    #[case] par_la_loi: Reponse,
    #[case] en_statistique: Reponse,
) {
    assert_eq!(forme(code), attendue);
    assert_eq!(loi(&forme_seule(code)).reponse, par_la_loi, "{code}");
    assert_eq!(statistique(&forme_seule(code)).reponse, en_statistique, "{code}");
}

#[rstest]
#[case("9220", Some(true), Reponse::Oui, Reponse::Oui)]
#[case("9220", Some(false), Reponse::Inconnu, Reponse::Inconnu)] // the two contradict each other
#[case("9220", None, Reponse::Inconnu, Reponse::Inconnu)] // empty is not no
#[case("5710", Some(true), Reponse::Oui, Reponse::Non)] // commercial ESS company: by law, not in statistics
#[case("5710", Some(false), Reponse::Non, Reponse::Non)]
#[case("5710", None, Reponse::Inconnu, Reponse::Non)]
#[case("8410", Some(true), Reponse::Oui, Reponse::Non)]
#[case("7346", Some(true), Reponse::Non, Reponse::Non)] // private-law persons only
#[case("1000", Some(true), Reponse::Inconnu, Reponse::Non)]
fn le_champ_de_sirene(
    #[case] code: &'static str,
    #[case] sirene: Option<bool>,
    #[case] par_la_loi: Reponse,
    #[case] en_statistique: Reponse,
) {
    let faits = Faits { sirene, ..forme_seule(code) };
    assert_eq!((loi(&faits).reponse, statistique(&faits).reponse), (par_la_loi, en_statistique));
}

#[test]
fn une_activite_exclue_ne_change_que_la_statistique() {
    let parti = Faits { sirene: Some(true), naf: Some("94.92Z"), ..forme_seule("9220") };
    assert_eq!(loi(&parti).reponse, Reponse::Oui);
    let avis = statistique(&parti);
    assert_eq!(avis.reponse, Reponse::Inconnu);
    assert!(avis.motif.starts_with("Probablement non"));
    let administration = Faits { naf: Some("84.13Z"), ..parti };
    assert!(statistique(&administration).motif.starts_with("Probablement non"));
}

#[test]
fn une_liste_ou_un_document_suffit_pour_la_loi() {
    let liste = Faits { ess_france: true, ..forme_seule("5710") };
    assert_eq!(loi(&liste).reponse, Reponse::Oui);
    let piece = Piece { nom: "statuts du 12 mars 2024", source: "liste" };
    let document = Faits { preuve: Some(piece), sirene: Some(false), ..forme_seule("5710") };
    assert_eq!(loi(&document).reponse, Reponse::Oui);
    assert!(loi(&document).motif.contains("statuts du 12 mars 2024 (liste)"));
}

#[test]
fn une_decision_d_agent_l_emporte_sauf_sur_la_loi() {
    let decision = |oui| Some(Decision { oui, document: "statuts du 12 mars 2024", le: Some(date(2026, 11, 24)) });
    let piece = Piece { nom: "liste", source: "liste" };
    let faits = Faits { decision_loi: decision(false), preuve: Some(piece), sirene: Some(true), ..forme_seule("9220") };
    let avis = loi(&faits);
    assert_eq!(avis.reponse, Reponse::Non);
    for dit in ["agent", "24\u{a0}novembre\u{a0}2026", "statuts du 12 mars 2024", "Sirene dit le contraire"] {
        assert!(avis.motif.contains(dit), "{dit} : {}", avis.motif);
    }
    assert_eq!(statistique(&faits).reponse, Reponse::Oui, "the two answers are decided one by one");
    let oui = Faits { decision_stat: decision(true), ..forme_seule("9220") };
    assert_eq!(statistique(&oui).reponse, Reponse::Oui);
    assert!(!statistique(&oui).motif.contains("contraire"));
    let publique = Faits { decision_loi: decision(true), decision_stat: decision(true), ..forme_seule("7346") };
    assert_eq!((loi(&publique).reponse, statistique(&publique).reponse), (Reponse::Non, Reponse::Non));
}

/// The real list holds municipalities that run a chantier d'insertion: they are not ESS, whatever the list.
#[rstest]
#[case(Some(PreuvePublic::Referentiel), Reponse::Non)]
#[case(Some(PreuvePublic::Numero), Reponse::Non)]
#[case(None, Reponse::Inconnu)]
fn une_structure_d_insertion_n_est_pas_pour_cela_de_l_ess(
    #[case] public: Option<PreuvePublic>,
    #[case] attendue: Reponse,
) {
    let faits = Faits { siae: true, public, ..RIEN };
    assert_eq!(loi(&faits).reponse, attendue);
    assert!(!loi(&faits).motif.is_empty() && !statistique(&faits).motif.contains("loi"));
}

#[test]
fn r40_le_partage_du_benefice() {
    let jour = date(2026, 11, 24);
    let attendu = Partage {
        fonds_de_developpement: Cents::euros(2_000),
        reserves: Cents::euros(5_000),
        distribuable: Cents::euros(5_000),
    };
    assert_eq!(partage(Cents::euros(10_000), Cents::euros(20_000), Cents::euros(1_000), jour), Some(attendu));
    // Reserves already near 20 % of the capital: the fund only takes what is missing.
    let presque = partage(Cents::euros(10_000), Cents::euros(20_000), Cents::euros(3_500), jour).unwrap();
    assert_eq!(presque.fonds_de_developpement, Cents::euros(500));
    let perte = partage(Cents::euros(-10_000), Cents::euros(20_000), Cents::ZERO, jour).unwrap();
    assert_eq!((perte.fonds_de_developpement, perte.distribuable), (Cents::ZERO, Cents::ZERO));
    assert_eq!(partage(Cents::euros(1), Cents::euros(1), Cents::ZERO, date(2010, 1, 1)), None);
}

#[test]
fn r41_les_salaires_d_une_esus() {
    assert_eq!(plafonds_esus(date(2026, 6, 1)), Some((Cents(15_313_452), Cents(21_876_360))));
    assert_eq!(plafonds_esus(date(2031, 1, 1)), None, "un SMIC inconnu n’est pas inventé");
}

#[test]
fn chaque_regle_a_sa_page() {
    let ids: Vec<&str> = FICHES.iter().map(|f| f.id).collect();
    assert_eq!(ids, ["r-40", "r-41", "r-42", "r-43"]);
    assert!(FICHES.iter().all(|f| !f.titre.is_empty() && !f.texte.is_empty()));
}
