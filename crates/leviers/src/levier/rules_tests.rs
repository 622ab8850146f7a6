//! Matching, criterion by criterion.

use std::sync::LazyLock;

use domain::Cents;
use domain::constat::{Source, Surete, Verdict};
use domain::plan::Montant;
use domain::profil::{Complements, NatureDepense};
use domain::referentiel::zonage::{DansUneListe, Situation};
use jiff::civil::date;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::levier::critere::Zonage;
use crate::levier::{Financeur, GenreDeFinanceur, ParametresAide};

const JOUR: Date = date(2026, 11, 24);

fn profil() -> ProfilDeProjet {
    ProfilDeProjet {
        commune: "54129".parse().unwrap(),
        themes: vec![Theme::Commerce],
        etape: Etape::Etude,
        porteur: Porteur::Commune,
        cout: Some(Cents::euros(80_000)),
        complements: Complements::default(),
    }
}

fn cirey() -> FaitsCommune {
    FaitsCommune {
        code: "54129".parse().unwrap(),
        nom: "Cirey-sur-Vezouze".into(),
        population: Some(1_555),
        departement: "54".into(),
        region: "44".into(),
        epci: Some("200069433".into()),
        epci_nom: None,
        zonages: Vec::new(),
    }
}

fn levier(conditions: Vec<Condition>) -> Levier {
    Levier {
        id: "essai".into(),
        nom: "Essai".into(),
        nature: NatureDeLevier::Subvention,
        resume: "Résumé.".into(),
        pour_quoi: "Travaux.".into(),
        montant: "10 %".into(),
        bases_legales: vec![],
        base_de_competence: None,
        contact: None,
        url: None,
        responsable: "Service".into(),
        a_revoir_le: date(2027, 6, 30),
        valable_du: None,
        valable_au: None,
        themes: vec![],
        themes_a_verifier: vec![],
        porteur: Financeur { nom: "État".into(), genre: GenreDeFinanceur::Etat, avec: None },
        source: domain::constat::Source {
            libelle: "Page lue".into(),
            url: None,
            consultee_le: Some(JOUR),
            surete: Surete::Haute,
        },
        aide: Some(ParametresAide {
            publique: true,
            fonds_de_concours: false,
            exemple: false,
            montant: Some(Montant { taux: Some(1_000), ..Montant::default() }),
        }),
        criteres: conditions.into_iter().map(|condition| Critere { condition, pour: vec![], source: None }).collect(),
    }
}

fn un_constat(condition: Condition, profil: &ProfilDeProjet, commune: &FaitsCommune) -> Constat {
    let appariement = apparier(&levier(vec![condition]), profil, commune, JOUR, &NomsDeThemes::default());
    assert_eq!(appariement.constats.len(), 1);
    assert_eq!(appariement.verdict, appariement.constats[0].verdict);
    appariement.constats[0].clone()
}

#[rstest]
#[case(Porteur::Scic, Verdict::Oui)]
#[case(Porteur::Siae, Verdict::AVerifier)]
#[case(Porteur::Commune, Verdict::Non)]
#[case::pas_decide(Porteur::PasDecide, Verdict::AVerifier)]
#[case::un_groupe_peut_creer_une_structure(Porteur::Collectif, Verdict::AVerifier)]
fn les_porteurs(#[case] porteur: Porteur, #[case] attendu: Verdict) {
    let condition = Condition::Porteurs { acceptes: vec![Porteur::Scic], a_verifier: vec![Porteur::Siae] };
    let constat = un_constat(condition, &ProfilDeProjet { porteur, ..profil() }, &cirey());
    assert_eq!((constat.code.as_str(), constat.verdict), ("porteurs", attendu));
}

#[test]
fn un_groupe_sans_statut_ne_devient_pas_une_commune() {
    let condition = Condition::Porteurs { acceptes: vec![Porteur::Commune], a_verifier: vec![] };
    let projet = ProfilDeProjet { porteur: Porteur::Collectif, ..profil() };
    assert_eq!(un_constat(condition, &projet, &cirey()).verdict, Verdict::Non);
}

#[rstest]
#[case(Some(1_499), Verdict::Oui)]
#[case(Some(1_500), Verdict::AVerifier)]
#[case(Some(2_000), Verdict::AVerifier)]
#[case(Some(2_001), Verdict::Non)]
#[case(None, Verdict::AVerifier)]
fn la_population(#[case] habitants: Option<u32>, #[case] attendu: Verdict) {
    let limites = Population { moins_de: Some(1_500), a_verifier_jusqu_a: Some(2_000), ..Population::default() };
    let commune = FaitsCommune { population: habitants, ..cirey() };
    let constat = un_constat(Condition::Population(limites), &profil(), &commune);
    assert_eq!(constat.verdict, attendu, "{}", constat.phrase);
    assert!(constat.phrase.contains("moins de 1\u{202f}500\u{a0}habitants"), "{}", constat.phrase);
}

#[rstest]
#[case::departement(Territoire { departements: vec!["54".into()], ..Territoire::default() }, Verdict::Oui)]
#[case::region(Territoire { regions: vec!["44".into()], ..Territoire::default() }, Verdict::Oui)]
#[case::intercommunalite(Territoire { epci: vec!["200069433".parse().unwrap()], ..Territoire::default() }, Verdict::Oui)]
#[case::commune(Territoire { communes: vec!["54129".parse().unwrap()], ..Territoire::default() }, Verdict::Oui)]
#[case::ailleurs(Territoire { departements: vec!["57".into()], ..Territoire::default() }, Verdict::Non)]
#[case::exclue(
    Territoire { regions: vec!["44".into()], sauf_epci: vec!["200069433".parse().unwrap()], ..Territoire::default() },
    Verdict::Non
)]
#[case::vieille_liste(
    Territoire { communes: vec!["54395".parse().unwrap()], millesime: Some(2023), ..Territoire::default() },
    Verdict::AVerifier
)]
fn le_territoire(#[case] zone: Territoire, #[case] attendu: Verdict) {
    assert_eq!(un_constat(Condition::Territoire(zone), &profil(), &cirey()).verdict, attendu);
}

#[test]
fn une_intercommunalite_inconnue_n_est_pas_un_non() {
    let zone = Territoire { epci: vec!["200069433".parse().unwrap()], ..Territoire::default() };
    let commune = FaitsCommune { epci: None, ..cirey() };
    assert_eq!(un_constat(Condition::Territoire(zone), &profil(), &commune).verdict, Verdict::AVerifier);
}

#[rstest]
#[case(&[NatureDepense::Travaux], Verdict::Oui)]
#[case(&[NatureDepense::Travaux, NatureDepense::Poste], Verdict::Oui)]
#[case(&[NatureDepense::Equipement], Verdict::AVerifier)]
#[case(&[NatureDepense::Poste], Verdict::Non)]
#[case(&[], Verdict::AVerifier)]
fn les_depenses(#[case] prevues: &[NatureDepense], #[case] attendu: Verdict) {
    let condition =
        Condition::Depenses { acceptees: vec![NatureDepense::Travaux], a_verifier: vec![NatureDepense::Equipement] };
    let mut projet = profil();
    projet.complements.depenses = prevues.to_vec();
    assert_eq!(un_constat(condition, &projet, &cirey()).verdict, attendu);
}

#[rstest]
#[case::rien_signe(Some(Reponse::Non), Verdict::Oui)]
#[case::signe(Some(Reponse::Oui), Verdict::Non)]
#[case::ne_sait_pas(Some(Reponse::NeSaitPas), Verdict::AVerifier)]
#[case::pas_demande(None, Verdict::AVerifier)]
fn le_devis(#[case] reponse: Option<Reponse>, #[case] attendu: Verdict) {
    let mut projet = profil();
    projet.complements.devis_signe = reponse;
    assert_eq!(un_constat(Condition::DevisNonSigne, &projet, &cirey()).verdict, attendu);
    let mut projet = profil();
    projet.complements.travaux_commences = reponse;
    assert_eq!(un_constat(Condition::TravauxNonCommences, &projet, &cirey()).verdict, attendu);
}

#[rstest]
#[case(Some(Reponse::Oui), Verdict::Oui)]
#[case(Some(Reponse::Non), Verdict::Non)]
#[case(None, Verdict::AVerifier)]
fn la_carence_et_le_marche(#[case] reponse: Option<Reponse>, #[case] attendu: Verdict) {
    let mut projet = profil();
    projet.complements.carence = reponse;
    projet.complements.marche_prevu = reponse;
    assert_eq!(un_constat(Condition::Carence, &projet, &cirey()).verdict, attendu);
    assert_eq!(un_constat(Condition::MarchePrevu, &projet, &cirey()).verdict, attendu);
}

#[rstest]
#[case::dans_la_liste(&["54129"], &[], Verdict::Oui)]
#[case::liste_inconnue(&[], &[], Verdict::AVerifier)]
#[case::hors_de_la_liste(&["54395"], &[], Verdict::AVerifier)]
#[case::absente_connue(&[], &["54129"], Verdict::AVerifier)]
fn un_zonage_date_ne_dit_jamais_non(#[case] communes: &[&str], #[case] absentes: &[&str], #[case] attendu: Verdict) {
    let codes = |liste: &[&str]| liste.iter().map(|code| code.parse().unwrap()).collect();
    let zonage = Zonage {
        nom: "la zone".into(),
        millesime: 2024,
        liste: None,
        communes: codes(communes),
        absentes: codes(absentes),
    };
    let constat = un_constat(Condition::Zonage(zonage), &profil(), &cirey());
    assert_eq!(constat.verdict, attendu);
    assert!(constat.phrase.contains("2024"));
}

#[rstest]
#[case::nommee(2024, Some(Situation::Oui), Verdict::Oui, "est dans la liste de 2024")]
#[case::absente_d_une_liste_complete(2024, Some(Situation::Non), Verdict::Non, "n’est pas dans la liste de 2024")]
#[case::en_partie(2024, Some(Situation::EnPartie), Verdict::AVerifier, "Une partie de Cirey")]
#[case::incomplete(2024, Some(Situation::Incomplete), Verdict::AVerifier, "L’absence est à vérifier.")]
#[case::ailleurs(2024, Some(Situation::NonCouverte), Verdict::AVerifier, "n’a pas la liste de ce département")]
#[case::finie(2024, Some(Situation::Terminee(date(2025, 6, 30))), Verdict::AVerifier, "ne vaut plus depuis le 30")]
#[case::a_venir(2024, Some(Situation::PasCommencee(date(2027, 1, 1))), Verdict::AVerifier, "à partir du 1er")]
#[case::d_une_autre_annee(2026, Some(Situation::Oui), Verdict::AVerifier, "demande la liste de 2026")]
#[case::d_une_autre_annee_sans_la_commune(2026, Some(Situation::Non), Verdict::AVerifier, "demande la liste de 2026")]
#[case::retiree(2024, None, Verdict::AVerifier, "n’est plus sur ce site")]
fn un_zonage_qui_nomme_une_liste_la_lit(
    #[case] millesime: i16,
    #[case] situation: Option<Situation>,
    #[case] attendu: Verdict,
    #[case] phrase: &str,
) {
    let source = Source { libelle: "Arrêté".into(), url: None, consultee_le: None, surete: Surete::Haute };
    let liste = |situation| DansUneListe {
        liste: "ici.zone".into(),
        annee: 2024,
        situation,
        reserve: "L’absence est à vérifier.".into(),
        source: source.clone(),
    };
    let commune = FaitsCommune { zonages: situation.map(liste).into_iter().collect(), ..cirey() };
    // What the sheet itself knows of communes is not read: the list of the site says it.
    let communes = vec!["54129".parse().unwrap()];
    let zonage =
        Zonage { nom: "la zone".into(), millesime, liste: Some("ici.zone".into()), communes, absentes: Vec::new() };
    let constat = un_constat(Condition::Zonage(zonage), &profil(), &commune);
    assert_eq!(constat.verdict, attendu);
    assert!(constat.phrase.replace('\u{a0}', " ").contains(phrase), "{}", constat.phrase);
    assert_eq!(constat.sources.contains(&source), situation.is_some(), "the source of the list is told");
}

#[rstest]
#[case(Condition::Adhesion { organisme: "l’agence".into() })]
#[case(Condition::Autre { phrase: "La structure est agréée.".into() })]
fn ce_que_le_programme_ne_sait_pas_est_a_verifier(#[case] condition: Condition) {
    assert_eq!(un_constat(condition, &profil(), &cirey()).verdict, Verdict::AVerifier);
}

#[rstest]
#[case(&[Theme::Commerce], &[], Verdict::Oui)]
#[case(&[Theme::Sport], &[Theme::Commerce], Verdict::AVerifier)]
#[case(&[Theme::Sport], &[], Verdict::Non)]
#[case(&[], &[], Verdict::Oui)]
fn les_themes(#[case] themes: &[Theme], #[case] a_verifier: &[Theme], #[case] attendu: Verdict) {
    let levier = Levier { themes: themes.to_vec(), themes_a_verifier: a_verifier.to_vec(), ..levier(vec![]) };
    assert_eq!(apparier(&levier, &profil(), &cirey(), JOUR, &NomsDeThemes::default()).verdict, attendu);
}

#[rstest]
#[case::d_un_autre_porteur(Porteur::Epci, Verdict::SansObjet, Verdict::Oui)]
#[case::du_porteur(Porteur::Commune, Verdict::Non, Verdict::Non)]
#[case::pas_decide(Porteur::PasDecide, Verdict::AVerifier, Verdict::AVerifier)]
fn une_condition_pour_certains_porteurs(#[case] porteur: Porteur, #[case] constat: Verdict, #[case] ensemble: Verdict) {
    let mut levier = levier(vec![Condition::Population(Population { moins_de: Some(1_000), ..Population::default() })]);
    levier.criteres[0].pour = vec![Porteur::Commune];
    let appariement =
        apparier(&levier, &ProfilDeProjet { porteur, ..profil() }, &cirey(), JOUR, &NomsDeThemes::default());
    assert_eq!((appariement.constats[0].verdict, appariement.verdict), (constat, ensemble));
}

#[rstest]
#[case::fini(None, Some(date(2026, 11, 23)), date(2027, 1, 1), Some("validite"))]
#[case::dernier_jour(None, Some(JOUR), date(2027, 1, 1), None)]
#[case::pas_commence(Some(date(2026, 11, 25)), None, date(2027, 1, 1), Some("validite"))]
#[case::a_relire(None, None, JOUR, Some("relecture"))]
fn une_fiche_perimee_sort_du_calcul(
    #[case] du: Option<Date>,
    #[case] au: Option<Date>,
    #[case] revoir: Date,
    #[case] code: Option<&str>,
) {
    let levier = Levier { valable_du: du, valable_au: au, a_revoir_le: revoir, ..levier(vec![]) };
    let appariement = apparier(&levier, &profil(), &cirey(), JOUR, &NomsDeThemes::default());
    assert_eq!(appariement.constats.first().map(|constat| constat.code.as_str()), code);
    assert_eq!(appariement.en_vigueur, code.is_none());
    assert_eq!(appariement.verdict, if code.is_none() { Verdict::Oui } else { Verdict::AVerifier });
    assert_eq!(aide(&levier, &appariement, Exemples::Comptes).is_some(), code.is_none());
}

#[test]
fn un_montant_d_exemple_ne_compte_que_dans_la_demonstration() {
    let mut levier = levier(vec![]);
    levier.aide.as_mut().unwrap().exemple = true;
    let appariement = apparier(&levier, &profil(), &cirey(), JOUR, &NomsDeThemes::default());
    assert_eq!(aide(&levier, &appariement, Exemples::Ignores).unwrap().montant, None);
    assert_eq!(aide(&levier, &appariement, Exemples::Comptes).unwrap().montant.unwrap().taux, Some(1_000));
}

#[test]
fn un_pret_ou_un_refus_n_entre_pas_dans_le_plan() {
    let pret = Levier { nature: NatureDeLevier::Pret, ..levier(vec![]) };
    assert_eq!(
        aide(&pret, &apparier(&pret, &profil(), &cirey(), JOUR, &NomsDeThemes::default()), Exemples::Comptes),
        None
    );
    let refuse = levier(vec![Condition::Porteurs { acceptes: vec![Porteur::Epci], a_verifier: vec![] }]);
    assert_eq!(
        aide(&refuse, &apparier(&refuse, &profil(), &cirey(), JOUR, &NomsDeThemes::default()), Exemples::Comptes),
        None
    );
}

#[test]
fn chaque_constat_porte_une_source_celle_du_critere_d_abord() {
    let mut levier = levier(vec![Condition::DevisNonSigne, Condition::Carence]);
    levier.criteres[1].source = Some(domain::constat::Source { libelle: "Article".into(), ..levier.source.clone() });
    let appariement = apparier(&levier, &profil(), &cirey(), JOUR, &NomsDeThemes::default());
    let sources: Vec<_> = appariement.constats.iter().map(|constat| constat.sources[0].libelle.as_str()).collect();
    assert_eq!(sources, ["Page lue", "Article"]);
}

#[test]
fn les_oui_viennent_d_abord_les_refus_a_la_fin() {
    let oui = Levier { id: "oui".into(), ..levier(vec![]) };
    let doute = Levier { id: "doute".into(), ..levier(vec![Condition::Carence]) };
    let doutes = Levier { id: "doutes".into(), ..levier(vec![Condition::Carence, Condition::DevisNonSigne]) };
    let refus = Levier { id: "refus".into(), themes: vec![Theme::Sport], ..levier(vec![]) };
    let tous = [refus, doutes, oui, doute];
    let ordre: Vec<_> = apparier_tous(&tous, &profil(), &cirey(), JOUR, &NomsDeThemes::default())
        .into_iter()
        .map(|(l, _)| l.id.as_str())
        .collect();
    assert_eq!(ordre, ["oui", "doute", "doutes", "refus"]);
}

static CATALOGUES: LazyLock<[crate::Catalogue; 2]> =
    LazyLock::new(|| [crate::Catalogue::embarque().unwrap(), crate::Catalogue::demonstration().unwrap()]);

fn reponse() -> impl Strategy<Value = Option<Reponse>> {
    proptest::option::of(proptest::sample::select(Reponse::TOUS))
}

proptest! {
    /// Taking an answer away never turns a lever into a refusal.
    #[test]
    fn savoir_moins_ne_refuse_jamais_plus(
        porteur in proptest::sample::select(Porteur::TOUS), etape in proptest::sample::select(Etape::TOUS),
        theme in proptest::sample::select(Theme::TOUS), devis in reponse(), carence in reponse(),
        depense in proptest::sample::select(NatureDepense::TOUS),
    ) {
        let complet = ProfilDeProjet {
            themes: vec![theme], etape, porteur,
            complements: Complements {
                devis_signe: devis, travaux_commences: devis, carence, marche_prevu: carence, depenses: vec![depense],
                ..Complements::default()
            },
            ..profil()
        };
        let muet = ProfilDeProjet {
            porteur: Porteur::PasDecide, themes: vec![], complements: Complements::default(), ..complet.clone()
        };
        for levier in CATALOGUES.iter().flat_map(crate::Catalogue::leviers) {
            let su = apparier(levier, &complet, &cirey(), JOUR, &NomsDeThemes::default()).verdict;
            let tu = apparier(levier, &muet, &cirey(), JOUR, &NomsDeThemes::default()).verdict;
            prop_assert!(tu != Verdict::Non || su == Verdict::Non, "{} : {:?} puis {:?}", levier.id, su, tu);
        }
    }
}

#[test]
fn un_theme_renomme_se_dit_sous_son_nom_d_ici() {
    let levier = Levier { themes: vec![Theme::Commerce], ..levier(Vec::new()) };
    let noms = NomsDeThemes::from_iter([(Theme::Commerce, "Dernier commerce du village".to_owned())]);
    let profil = ProfilDeProjet { themes: vec![Theme::Commerce], ..profil() };
    let appariement = apparier(&levier, &profil, &cirey(), JOUR, &noms);
    assert_eq!(appariement.constats[0].phrase, "Le thème «\u{a0}Dernier commerce du village\u{a0}» est aidé.");
}
