use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::doublon::cles::Fiche;

fn fiche(id: &str, nom: &str) -> Fiche {
    Fiche { id: id.to_owned(), nom: nom.to_owned(), commune: Some("54528".to_owned()), ..Fiche::default() }
}

fn raisons_de(un: Fiche, autre: Fiche) -> Option<Vec<Raison>> {
    comparer(&un.into(), &autre.into()).map(|paire| paire.raisons)
}

#[rstest]
#[case::forme("Association La Ressourcerie du Toulois", "LA RESSOURCERIE DU TOULOIS (SCIC)", Some(Raison::Nom))]
#[case::accents("L’Épicerie", "EPICERIE", Some(Raison::Nom))]
#[case::ordre("Toulois Ressourcerie", "Ressourcerie du Toulois", Some(Raison::Nom))]
#[case::colle("Re Cycle", "Recycle", Some(Raison::Nom))]
#[case::faute("Ressourcerie du Toulois", "Resourcerie du Toulois", Some(Raison::NomProche))]
#[case::plus_long("Ressourcerie Toulois", "Ressourcerie du Toulois et du Saintois", Some(Raison::NomProche))]
#[case::numeros("Crèche 1", "Crèche 2", None)]
#[case::autre("Ressourcerie du Toulois", "Maison de retraite", None)]
fn deux_noms_se_comparent(#[case] un: &str, #[case] autre: &str, #[case] attendue: Option<Raison>) {
    assert_eq!(raisons_de(fiche("a", un), fiche("b", autre)), attendue.map(|raison| vec![raison]));
}

#[test]
fn un_meme_nom_dans_deux_communes_n_est_pas_un_doublon() {
    let ailleurs = Fiche { commune: Some("54395".to_owned()), ..fiche("b", "Familles rurales") };
    assert_eq!(raisons_de(fiche("a", "Familles rurales"), ailleurs), None);
}

#[rstest]
#[case::siege(Some("111111111"), None, Some("11111111100011"), vec![Raison::Siren])]
#[case::deux_unites(Some("111111111"), Some("222222222"), Some("11111111100011"), vec![])]
fn un_siret_dit_son_siren(
    #[case] siren: Option<&str>,
    #[case] autre: Option<&str>,
    #[case] siret: Option<&str>,
    #[case] attendues: Vec<Raison>,
) {
    let un = Fiche { siren: siren.map(str::to_owned), ..fiche("a", "Un") };
    let lieux = vec![("54528".to_owned(), None, siret.map(str::to_owned))];
    let autre = Fiche { siren: autre.map(str::to_owned), lieux, ..fiche("b", "Autre chose") };
    assert_eq!(raisons_de(un, autre).unwrap_or_default(), attendues);
}

#[test]
fn deux_siren_font_au_plus_une_paire_possible() {
    let un = Fiche {
        siren: Some("111111111".to_owned()),
        telephone: Some("03 83 00 00 00".to_owned()),
        ..fiche("a", "Envie")
    };
    let autre =
        Fiche { siren: Some("222222222".to_owned()), telephone: Some("0383000000".to_owned()), ..fiche("b", "ENVIE") };
    let paire = comparer(&un.into(), &autre.into()).unwrap();
    assert_eq!(paire.raisons, [Raison::Nom, Raison::Telephone, Raison::SirenDifferents]);
    assert_eq!(Surete::de(paire.points), Some(Surete::Possible));
}

#[test]
fn une_adresse_seule_ou_une_boite_publique_ne_suffit_pas() {
    let lieu = |adresse: &str| vec![("54528".to_owned(), Some(adresse.to_owned()), None)];
    let un = Fiche { lieux: lieu("12 R DE LA GARE"), courriel: Some("a@gmail.com".to_owned()), ..fiche("a", "Judo") };
    let autre =
        Fiche { lieux: lieu("12 rue de la gare"), courriel: Some("b@gmail.com".to_owned()), ..fiche("b", "Chorale") };
    assert_eq!(raisons_de(un.clone(), autre.clone()), None);
    let aussi = Fiche { courriel: Some("A@gmail.com".to_owned()), ..autre };
    assert_eq!(raisons_de(un, aussi), Some(vec![Raison::Courriel, Raison::Adresse]));
}

/// Two hundred associations of one house share a telephone: it says nothing, and costs nothing.
#[test]
fn une_cle_que_beaucoup_partagent_ne_dit_rien() {
    let tous: Vec<Candidat> = (0..200)
        .map(|rang| {
            let mot: String = format!("{rang:04}")
                .chars()
                .map(|c| char::from(b'a' + u8::try_from(c.to_digit(10).unwrap()).unwrap() * 2))
                .collect();
            let nom = format!("{mot}{rang}");
            Fiche { telephone: Some("0383000000".to_owned()), site: Some("maison.fr".to_owned()), ..fiche(&mot, &nom) }
                .into()
        })
        .collect();
    assert!(paires(&tous).is_empty());
    assert_eq!(paires(&tous[..2]).len(), 1, "two that share a telephone and a site are worth a look");
}

/// Thirty thousand actors, one in a hundred twice: every pair is found, in seconds even without optimisation.
#[test]
fn trente_mille_acteurs_se_comparent_vite() {
    let syllabes = ["ba", "ro", "mi", "tel", "gan", "vu", "lor", "cha", "pre", "nis", "fon", "dal"];
    let mot = |mut n: usize| {
        let mut mot = String::new();
        for _ in 0..5 {
            mot.push_str(syllabes[n % syllabes.len()]);
            n /= syllabes.len();
        }
        mot
    };
    let un = |rang: usize, id: String| Fiche {
        id,
        nom: format!("Association {} {}", mot(rang * 7_919), mot(rang * 104_729 + 13)),
        commune: Some(format!("{:05}", 54_000 + rang % 590)),
        telephone: Some(format!("03{:08}", rang * 3_000 % 99_999_999)),
        ..Fiche::default()
    };
    let mut tous: Vec<Candidat> = (0..30_000).map(|rang| un(rang, format!("{rang:06}")).into()).collect();
    tous.extend((0..300).map(|rang| Candidat::from(un(rang * 100, format!("double-{rang:06}")))));
    let paires = paires(&tous);
    let attendues = paires.iter().filter(|paire| paire.autre.starts_with("double-")).count();
    assert!(attendues >= 300, "every double is found: {attendues}");
}

proptest! {
    #[test]
    fn l_ordre_des_deux_ne_change_rien(
        un in "[a-zé ]{1,30}", autre in "[a-zé ]{1,30}", tel in proptest::option::of("0[1-9][0-9]{8}")
    ) {
        let a: Candidat = Fiche { telephone: tel.clone(), ..fiche("a", &un) }.into();
        let b: Candidat = Fiche { telephone: tel, ..fiche("b", &autre) }.into();
        prop_assert_eq!(comparer(&a, &b), comparer(&b, &a));
    }

    #[test]
    fn une_copie_est_toujours_proposee(nom in "[a-z]{3,12} [a-z]{3,12}") {
        let tous: Vec<Candidat> = vec![fiche("a", &nom).into(), fiche("b", &format!("Association {nom}")).into()];
        prop_assert_eq!(paires(&tous).len(), 1);
    }
}
