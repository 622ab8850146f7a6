use super::*;
use domain::profil::{Complements, Porteur};
use proptest::prelude::*;
use rstest::rstest;

use crate::acteur::ActeurId;
use crate::offre::storage::{Model, OffreComplete, OffreId};

fn offre(acteur: &str, genre: GenreOffre, mode: ModeOffre) -> OffreDActeur {
    let offre = Model {
        id: OffreId(format!("offre-{acteur}")),
        acteur_id: ActeurId(acteur.to_owned()),
        titre: format!("Offre de {acteur}"),
        titre_tri: String::new(),
        description: "Une phrase.".to_owned(),
        genre,
        mode,
        payant: mode != ModeOffre::Gratuit,
        active: true,
        exemple: false,
        cree_le: Instant(0),
        modifie_le: Instant(0),
        version: 1,
    };
    OffreDActeur {
        complete: OffreComplete { offre, themes: vec![Theme::Commerce], etapes: Vec::new(), territoires: Vec::new() },
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

fn apparier_une(offre: OffreDActeur, besoins: &[Besoin]) -> Proposition {
    apparier(&[offre], &profil(besoins), &cirey(), &NomsDeThemes::default(), &|_| "2026-11-24".parse().unwrap())
        .remove(0)
}

fn verdict_de(proposition: &Proposition, code: &str) -> Verdict {
    proposition.constats.iter().find(|constat| constat.code == code).unwrap().verdict
}

#[test]
fn une_offre_gratuite_qui_convient_est_oui_et_chaque_constat_a_sa_source() {
    let proposition = apparier_une(offre("a", GenreOffre::Ingenierie, ModeOffre::Gratuit), &[Besoin::Conseil]);
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
    let mut offre = offre("a", GenreOffre::Ingenierie, ModeOffre::Gratuit);
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
    let mut offre = offre("a", GenreOffre::Ingenierie, ModeOffre::Gratuit);
    offre.complete.territoires = territoires.iter().map(|(genre, code)| (*genre, (*code).to_owned())).collect();
    assert_eq!(verdict_de(&apparier_une(offre, &[]), "territoire"), attendu);
}

#[rstest]
#[case::sur_place("54129", Verdict::Oui)]
#[case::a_cote("54421", Verdict::Oui)]
#[case::loin("54395", Verdict::Non)]
fn un_local_ne_sert_que_pres_de_lui(#[case] commune: &str, #[case] attendu: Verdict) {
    let mut offre = offre("a", GenreOffre::Local, ModeOffre::Gratuit);
    offre.commune = Some(commune.parse().unwrap());
    let proposition = apparier_une(offre.clone(), &[Besoin::Local]);
    assert_eq!(verdict_de(&proposition, "territoire"), attendu, "{:?}", proposition.constats);
    // What the actor says comes before.
    offre.complete.territoires = vec![(GenreTerritoire::Departement, "54".to_owned())];
    assert_eq!(verdict_de(&apparier_une(offre, &[Besoin::Local]), "territoire"), Verdict::Oui);
}

#[test]
fn une_intercommunalite_inconnue_n_est_pas_un_non() {
    let mut une = offre("a", GenreOffre::Ingenierie, ModeOffre::Gratuit);
    une.complete.territoires = vec![(GenreTerritoire::Epci, "200069433".to_owned())];
    let sans = FaitsCommune { epci: None, epci_nom: None, ..cirey() };
    let jour = |_: Instant| "2026-11-24".parse().unwrap();
    assert_eq!(
        verdict_de(&apparier(&[une], &profil(&[]), &sans, &NomsDeThemes::default(), &jour)[0], "territoire"),
        Verdict::AVerifier
    );
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
    assert_eq!(verdict_de(&apparier_une(offre("a", genre, ModeOffre::Gratuit), besoins), "besoin"), attendu);
}

#[test]
fn un_prestataire_payant_n_est_jamais_seul_sans_qu_on_le_dise() {
    let payante = |acteur| offre(acteur, GenreOffre::Ingenierie, ModeOffre::Achat);
    let seule = apparier_une(payante("a"), &[Besoin::Conseil]);
    assert_eq!((verdict_de(&seule, "choix"), seule.verdict), (Verdict::AVerifier, Verdict::AVerifier));
    let jour = |_: Instant| "2026-11-24".parse().unwrap();
    let deux = apparier(&[payante("a"), payante("b")], &profil(&[]), &cirey(), &NomsDeThemes::default(), &jour);
    for (proposition, autre) in deux.iter().zip(["b", "a"]) {
        let choix = proposition.constats.iter().find(|c| c.code == "choix").unwrap();
        assert_eq!(choix.verdict, Verdict::Oui);
        assert!(choix.phrase.contains(&format!("Demandez aussi à : {autre}.")), "{}", choix.phrase);
    }
    // Two offers of one actor, an offer that does not fit, a free one, another kind: none of them is another provider.
    let mut refusee = payante("c");
    refusee.complete.etapes = vec![Etape::Travaux];
    let gratuite = offre("d", GenreOffre::Ingenierie, ModeOffre::Gratuit);
    let autre_genre = offre("e", GenreOffre::Formation, ModeOffre::Achat);
    let toutes = [payante("a"), payante("a"), refusee, gratuite, autre_genre];
    let propositions = apparier(&toutes, &profil(&[]), &cirey(), &NomsDeThemes::default(), &jour);
    assert_eq!(verdict_de(&propositions[0], "choix"), Verdict::AVerifier);
    assert!(propositions[3].constats.iter().all(|constat| constat.code != "choix"));
}

proptest! {
    #[test]
    fn l_ordre_des_offres_ne_change_pas_leurs_verdicts(rangs in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let toutes: Vec<OffreDActeur> = (0..6)
            .map(|n| {
                let mode = if n % 2 == 0 { ModeOffre::Achat } else { ModeOffre::Gratuit };
                let mut offre = offre(&n.to_string(), GenreOffre::TOUS[n % 3], mode);
                offre.complete.etapes = if n == 4 { vec![Etape::Travaux] } else { Vec::new() };
                offre
            })
            .collect();
        let jour = |_: Instant| "2026-11-24".parse().unwrap();
        let verdicts = |offres: &[OffreDActeur]| {
            let mut verdicts: Vec<(String, Verdict)> = apparier(offres, &profil(&[]), &cirey(), &NomsDeThemes::default(), &jour)
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
