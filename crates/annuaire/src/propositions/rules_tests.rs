use super::*;
use domain::cents::Cents;
use domain::profil::{Complements, Porteur};
use domain::referentiel::zonage::DansUneListe;
use proptest::prelude::*;
use rstest::rstest;

use crate::acteur::ActeurId;
use crate::offre::storage::{Model, OffreComplete, OffreId, joindre};
use crate::vocabulaire::Tarif;

fn offre(acteur: &str, genre: GenreOffre, mode: Option<ModeOffre>) -> OffreDActeur {
    let offre = Model {
        id: OffreId(format!("offre-{acteur}")),
        acteur_id: ActeurId(acteur.to_owned()),
        titre: format!("Offre de {acteur}"),
        titre_tri: String::new(),
        description: "Une phrase.".to_owned(),
        genre,
        modes: joindre(mode.as_slice()),
        tarif: mode.is_none().then_some(Tarif::Gratuit),
        payant: mode.is_some(),
        active: true,
        exemple: false,
        cree_le: Instant(0),
        modifie_le: Instant(0),
        version: 1,
        capacite: None,
        capacite_nombre: None,
        capacite_periode: None,
        a_partir_de: None,
        prix_pour: None,
    };
    OffreDActeur {
        complete: OffreComplete {
            offre,
            themes: vec![Theme::Commerce],
            etapes: Vec::new(),
            territoires: Vec::new(),
            references: Vec::new(),
        },
        acteur: acteur.to_owned(),
        reference: acteur.to_owned(),
        commune: None,
        courriel: None,
    }
}

fn profil(besoins: &[Besoin]) -> ProfilDeProjet {
    ProfilDeProjet {
        commune: "54129".parse().unwrap(),
        themes: vec![Theme::Commerce, Theme::Mobilite],
        etape: Etape::Etude,
        porteur: Porteur::Commune,
        cout: None,
        complements: Complements { besoins: besoins.to_vec(), ..Complements::default() },
    }
}

fn cirey() -> FaitsCommune {
    FaitsCommune {
        code: "54129".parse().unwrap(),
        nom: "Cirey-sur-Vezouze".to_owned(),
        population: Some(1_555),
        departement: "54".to_owned(),
        region: "44".to_owned(),
        epci: Some("200069433".to_owned()),
        epci_nom: Some("CC de Vezouze en Piémont".to_owned()),
        zonages: Vec::new(),
    }
}

fn apparier_a(offres: &[OffreDActeur], besoins: &[Besoin], commune: &FaitsCommune) -> Vec<Proposition> {
    let mots = Mots {
        themes: &NomsDeThemes::default(),
        perimetre: &|code| format!("le périmètre {code}"),
        jour_de: &|_| "2026-11-24".parse().unwrap(),
    };
    apparier(offres, &profil(besoins), commune, &mots)
}

fn apparier_une(offre: OffreDActeur, besoins: &[Besoin]) -> Proposition {
    apparier_a(&[offre], besoins, &cirey()).remove(0)
}

fn verdict_de(proposition: &Proposition, code: &str) -> Verdict {
    proposition.constats.iter().find(|constat| constat.code == code).unwrap().verdict
}

#[test]
fn une_offre_gratuite_qui_convient_est_oui_et_chaque_constat_a_sa_source() {
    let proposition = apparier_une(offre("a", GenreOffre::Ingenierie, None), &[Besoin::Conseil]);
    assert_eq!((proposition.verdict, proposition.constats.len()), (Verdict::Oui, 4));
    for constat in &proposition.constats {
        assert_eq!(constat.sources.len(), 1);
        assert!(constat.phrase.ends_with('.'), "{}", constat.phrase);
    }
}

#[rstest]
#[case::toutes(&[], Verdict::Oui)]
#[case::la_bonne(&[Etape::Etude, Etape::Idee], Verdict::Oui)]
#[case::une_autre(&[Etape::Travaux], Verdict::Non)]
fn l_etape(#[case] etapes: &[Etape], #[case] attendu: Verdict) {
    let mut offre = offre("a", GenreOffre::Ingenierie, None);
    offre.complete.etapes = etapes.to_vec();
    assert_eq!(verdict_de(&apparier_une(offre, &[]), "etapes"), attendu);
}

#[rstest]
#[case::partout(&[], Verdict::Oui)]
#[case::departement(&[(GenreTerritoire::Departement, "54")], Verdict::Oui)]
#[case::epci(&[(GenreTerritoire::Epci, "200069433")], Verdict::Oui)]
#[case::commune_parmi_d_autres(&[(GenreTerritoire::Commune, "54395"), (GenreTerritoire::Commune, "54129")], Verdict::Oui)]
#[case::ailleurs(&[(GenreTerritoire::Epci, "245400676"), (GenreTerritoire::Departement, "55")], Verdict::Non)]
fn le_territoire(#[case] territoires: &[(GenreTerritoire, &str)], #[case] attendu: Verdict) {
    let mut offre = offre("a", GenreOffre::Ingenierie, None);
    offre.complete.territoires = territoires.iter().map(|(genre, code)| (*genre, (*code).to_owned())).collect();
    assert_eq!(verdict_de(&apparier_une(offre, &[]), "territoire"), attendu);
}

#[rstest]
#[case::sur_place("54129", Verdict::Oui)]
#[case::a_cote("54421", Verdict::Oui)]
#[case::loin("54395", Verdict::Non)]
fn un_local_ne_sert_que_pres_de_lui(#[case] commune: &str, #[case] attendu: Verdict) {
    let mut offre = offre("a", GenreOffre::Local, None);
    offre.commune = Some(commune.parse().unwrap());
    let proposition = apparier_une(offre.clone(), &[Besoin::Local]);
    assert_eq!(verdict_de(&proposition, "territoire"), attendu, "{:?}", proposition.constats);
    // What the actor says comes before.
    offre.complete.territoires = vec![(GenreTerritoire::Departement, "54".to_owned())];
    assert_eq!(verdict_de(&apparier_une(offre, &[Besoin::Local]), "territoire"), Verdict::Oui);
}

#[test]
fn une_intercommunalite_inconnue_n_est_pas_un_non() {
    let mut une = offre("a", GenreOffre::Ingenierie, None);
    une.complete.territoires = vec![(GenreTerritoire::Epci, "200069433".to_owned())];
    let sans = FaitsCommune { epci: None, epci_nom: None, ..cirey() };
    assert_eq!(verdict_de(&apparier_a(&[une], &[], &sans)[0], "territoire"), Verdict::AVerifier);
}

#[rstest]
#[case::dedans(Situation::Oui, Verdict::Oui)]
#[case::dehors(Situation::Non, Verdict::Non)]
#[case::liste_a_completer(Situation::Incomplete, Verdict::AVerifier)]
#[case::fini(Situation::Terminee("2025-12-31".parse().unwrap()), Verdict::Non)]
fn un_perimetre_se_lit_dans_les_listes(#[case] situation: Situation, #[case] attendu: Verdict) {
    let mut une = offre("a", GenreOffre::Ingenierie, None);
    une.complete.territoires = vec![(GenreTerritoire::Perimetre, "ici.pays".to_owned())];
    let source = Source { libelle: "Une liste".to_owned(), url: None, consultee_le: None, surete: Surete::Moyenne };
    let liste = DansUneListe { liste: "ici.pays".to_owned(), annee: 2026, situation, reserve: String::new(), source };
    let lue = apparier_a(&[une], &[], &FaitsCommune { zonages: vec![liste], ..cirey() }).remove(0);
    assert_eq!(verdict_de(&lue, "territoire"), attendu);
    assert!(lue.constats.iter().any(|c| c.phrase.contains("le périmètre ici.pays")));
}

#[test]
fn un_perimetre_qui_n_existe_plus_n_est_pas_un_non() {
    let mut une = offre("a", GenreOffre::Ingenierie, None);
    une.complete.territoires = vec![(GenreTerritoire::Perimetre, "ici.pays".to_owned())];
    assert_eq!(verdict_de(&apparier_une(une, &[]), "territoire"), Verdict::AVerifier);
}

#[test]
fn le_prix_la_capacite_et_ce_qui_fut_fait_se_lisent_sans_rien_juger() {
    let mut une = offre("a", GenreOffre::Ingenierie, Some(ModeOffre::Achat));
    let nue = apparier_une(une.clone(), &[Besoin::Conseil]);
    une.complete.offre.a_partir_de = Some(Cents::euros(450));
    une.complete.offre.prix_pour = Some("la journée".to_owned());
    une.complete.offre.capacite = Some("projets suivis".to_owned());
    une.complete.offre.capacite_nombre = Some(1_200);
    une.complete.offre.capacite_periode = Some(crate::vocabulaire::Periode::An);
    let phrase = "Ouverture d’une épicerie.".to_owned();
    une.complete.references =
        vec![Reference { commune: Some("54129".parse().unwrap()), annee: 2024, phrase, lien: None }];
    let lue = apparier_une(une, &[Besoin::Conseil]);
    assert_eq!(lue.verdict, nue.verdict);
    let phrases: Vec<String> = lue.constats.iter().map(|c| c.phrase.replace(['\u{202f}', '\u{a0}'], " ")).collect();
    assert!(phrases.iter().any(|p| p == "Au plus 1 200 projets suivis par an."), "{phrases:?}");
    let fait = "Déjà fait : Ouverture d’une épicerie (Cirey-sur-Vezouze, 2024).";
    assert!(phrases.iter().any(|p| p == fait), "{phrases:?}");
    let montant = lue.montant.unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    assert!(montant.ends_with("À partir de 450 €. Pour : la journée."), "{montant}");
}

#[rstest]
#[case::pas_dit(GenreOffre::Ingenierie, &[], Verdict::SansObjet)]
#[case::pas_dit_ce_que_fait_un_autre(GenreOffre::Local, &[], Verdict::AVerifier)]
#[case::pas_dit_un_service(GenreOffre::Service, &[], Verdict::AVerifier)]
#[case::local(GenreOffre::Local, &[Besoin::Local], Verdict::Oui)]
#[case::forme(GenreOffre::Ingenierie, &[Besoin::FormeJuridique], Verdict::Oui)]
#[case::argent(GenreOffre::Financement, &[Besoin::Conseil, Besoin::Argent], Verdict::Oui)]
#[case::autre_chose(GenreOffre::Local, &[Besoin::Conseil], Verdict::AVerifier)]
fn le_besoin(#[case] genre: GenreOffre, #[case] besoins: &[Besoin], #[case] attendu: Verdict) {
    assert_eq!(verdict_de(&apparier_une(offre("a", genre, None), besoins), "besoin"), attendu);
}

#[test]
fn un_prestataire_payant_n_est_jamais_seul_sans_qu_on_le_dise() {
    let payante = |acteur| offre(acteur, GenreOffre::Ingenierie, Some(ModeOffre::Achat));
    let seule = apparier_une(payante("a"), &[Besoin::Conseil]);
    assert_eq!((verdict_de(&seule, "choix"), seule.verdict), (Verdict::AVerifier, Verdict::AVerifier));
    let deux = apparier_a(&[payante("a"), payante("b")], &[], &cirey());
    for (proposition, autre) in deux.iter().zip(["b", "a"]) {
        let choix = proposition.constats.iter().find(|c| c.code == "choix").unwrap();
        assert_eq!(choix.verdict, Verdict::Oui);
        assert!(choix.phrase.contains(&format!("Demandez aussi à : {autre}.")), "{}", choix.phrase);
    }
    // Two offers of one actor, an offer that does not fit, a free one, another kind: none of them is another provider.
    let mut refusee = payante("c");
    refusee.complete.etapes = vec![Etape::Travaux];
    let gratuite = offre("d", GenreOffre::Ingenierie, None);
    let autre_genre = offre("e", GenreOffre::Formation, Some(ModeOffre::Achat));
    let toutes = [payante("a"), payante("a"), refusee, gratuite, autre_genre];
    let propositions = apparier_a(&toutes, &[], &cirey());
    assert_eq!(verdict_de(&propositions[0], "choix"), Verdict::AVerifier);
    assert!(propositions[3].constats.iter().all(|constat| constat.code != "choix"));
}

proptest! {
    #[test]
    fn l_ordre_des_offres_ne_change_pas_leurs_verdicts(rangs in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let toutes: Vec<OffreDActeur> = (0..6)
            .map(|n| {
                let mode = if n % 2 == 0 { Some(ModeOffre::Achat) } else { None };
                let mut offre = offre(&n.to_string(), GenreOffre::TOUS[n % 3], mode);
                offre.complete.etapes = if n == 4 { vec![Etape::Travaux] } else { Vec::new() };
                offre
            })
            .collect();
        let verdicts = |offres: &[OffreDActeur]| {
            let mut verdicts: Vec<(String, Verdict)> = apparier_a(offres, &[], &cirey())
                .into_iter()
                .map(|p| (p.id, p.verdict))
                .collect();
            verdicts.sort_by(|a, b| a.0.cmp(&b.0));
            verdicts
        };
        let melees: Vec<OffreDActeur> = rangs.iter().map(|rang| toutes[*rang].clone()).collect();
        prop_assert_eq!(verdicts(&toutes), verdicts(&melees));
    }
}
