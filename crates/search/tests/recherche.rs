//! The index asked as people ask.

#![expect(clippy::unwrap_used, reason = "a test fails with a line number")]

use proptest::prelude::*;
use rstest::rstest;
use search::{Document, Filtre, Index, Ordre, Requete};

fn document(id: &str, titre: &str, corps: &str, theme: &str, commune: &str) -> Document {
    Document {
        source: "acteur".to_owned(),
        id: id.to_owned(),
        titre: titre.to_owned(),
        corps: corps.to_owned(),
        facettes: vec![("theme", theme.to_owned()), ("commune", commune.to_owned())],
        tri: titre.to_lowercase(),
        ..Document::default()
    }
}

fn annuaire() -> Index {
    let index = Index::en_memoire().unwrap();
    let documents = [
        document("1", "L’Épicerie du Bœuf-Rouge", "Commerce de proximité", "commerce", "54129"),
        document("2", "La Recyclerie du Toulois", "Réemploi et réparation de meubles", "reemploi", "54528"),
        document("3", "Les Paniers de Léon", "AMAP de légumes, tous les jeudis", "alimentation", "54395"),
        document("4", "Menuiserie solidaire", "Chantier d’insertion : menuiserie, charpente", "insertion", "54395"),
        document("5", "Nouvel R", "Ressourcerie, vente de meubles", "reemploi", "54395"),
        document("6", "Le Petit Menuisier", "Meubles", "reemploi", "54129"),
    ];
    index.ajouter(&documents).unwrap();
    index.terminer().unwrap();
    index
}

fn demander(texte: &str) -> Requete {
    Requete {
        source: "acteur",
        texte: texte.to_owned(),
        nombre: 50,
        facettes: &["theme", "commune"],
        ..Requete::default()
    }
}

#[rstest]
#[case::accents("epicerie", &["1"])]
#[case::ligature("boeuf", &["1"])]
#[case::elision_et_pluriel("des épiceries", &["1"])]
#[case::synonyme_exact_d_abord("ressourcerie", &["5", "2"])]
#[case::plusieurs_mots("meuble reparation", &["2"])]
#[case::faute("menuiserrie", &["4"])]
#[case::faute_dans_un_mot_court("lgumes", &["3"])]
#[case::faute_dans_un_synonyme("materiauteque", &["2", "5"])]
#[case::faute_dans_un_groupe_de_mots("chantier d’insertoin", &["4"])]
#[case::faute_et_synonyme("recyclrie", &["2", "5"])]
#[case::debut_de_mot_inconnu("toulo", &["2"])]
#[case::le_titre_compte_plus("menuiserie", &["4"])]
#[case::sigle("ACI", &["4"])]
#[case::rien("zygomatique", &[])]
fn trouve_comme_on_dit(#[case] texte: &str, #[case] attendus: &[&str]) {
    assert_eq!(annuaire().chercher(&demander(texte)).unwrap().ids, attendus);
}

#[test]
fn ce_qui_est_approche_est_dit() {
    let index = annuaire();
    assert_eq!(index.chercher(&demander("menuiserrie")).unwrap().approches, ["menuiserrie"]);
    assert!(index.chercher(&demander("menuiserie")).unwrap().approches.is_empty());
    let exacte = |texte: &str| index.chercher(&Requete { exacte: true, ..demander(texte) }).unwrap().ids;
    assert_eq!(exacte("menuiserie"), index.chercher(&demander("menuiserie")).unwrap().ids);
    assert!(
        exacte("menuiserrie").is_empty() && exacte("épicerie zygomatique").is_empty(),
        "nothing close, nothing partial"
    );
    let partiel = index.chercher(&demander("épicerie zygomatique")).unwrap();
    assert_eq!((partiel.ids.as_slice(), partiel.partiel), (&["1".to_owned()][..], true));
    let vide = index.chercher(&demander("le la les")).unwrap();
    assert_eq!((vide.total, vide.sans_mot), (6, true));
}

#[test]
fn un_mot_inacheve_se_complete() {
    let requete = Requete { inacheve: true, ..demander("menuis") };
    assert_eq!(annuaire().chercher(&requete).unwrap().total, 2);
}

#[test]
fn les_facettes_disent_ce_qu_on_obtiendrait() {
    let index = annuaire();
    let tout = index.chercher(&demander("")).unwrap();
    assert_eq!((tout.total, tout.compte("theme", "reemploi"), tout.compte("commune", "54395")), (6, 3, 3));
    let filtre = Filtre { axe: "theme", valeurs: vec!["reemploi".to_owned()] };
    let filtree = index.chercher(&Requete { filtres: vec![filtre.clone()], ..demander("") }).unwrap();
    assert_eq!(filtree.total, 3);
    assert_eq!(filtree.compte("commune", "54395"), 1, "the other axes count inside the filter");
    assert_eq!(filtree.compte("theme", "commerce"), 1, "the filtered axis counts as if it were not");
    let deux = vec![filtre, Filtre { axe: "commune", valeurs: vec!["54129".to_owned(), "54528".to_owned()] }];
    let deux = index.chercher(&Requete { filtres: deux, ..demander("meubles") }).unwrap();
    assert_eq!(deux.ids, ["6", "2"]);
    let aucune = Requete { filtres: vec![Filtre { axe: "commune", valeurs: Vec::new() }], ..demander("") };
    assert_eq!(index.chercher(&aucune).unwrap().total, 0);
}

#[test]
fn les_comptes_gardes_suivent_l_index() {
    let index = annuaire();
    let reemploi = || index.chercher(&demander("")).unwrap().compte("theme", "reemploi");
    assert_eq!((reemploi(), reemploi()), (3, 3), "asked again, the same");
    let nouveau = document("99", "Une de plus", "meubles", "reemploi", "54395");
    index.ecrire("acteur", &[], std::slice::from_ref(&nouveau)).unwrap();
    assert_eq!(reemploi(), 4);
    index.ecrire("acteur", &["99".to_owned()], &[]).unwrap();
    assert_eq!(reemploi(), 3);
    let sans = index.chercher(&Requete { facettes: &["commune"], ..demander("") }).unwrap();
    assert_eq!((sans.compte("theme", "reemploi"), sans.compte("commune", "54395")), (0, 3), "only what was asked");
}

#[test]
fn les_pages_se_suivent_dans_un_ordre_total() {
    let index = Index::en_memoire().unwrap();
    // Same name, same text: only the id tells them apart. Several commits make several segments.
    for lot in 0..4 {
        let documents: Vec<Document> =
            (0..30).map(|n| document(&format!("{n:02}-{lot}"), "Pareil", "même texte", "commerce", "54395")).collect();
        index.ecrire("acteur", &[], &documents).unwrap();
    }
    let page = |premier, texte: &str| {
        let requete = Requete { premier, nombre: 50, ..demander(texte) };
        index.chercher(&requete).unwrap().ids
    };
    for texte in ["", "pareil"] {
        let toutes = [page(0, texte), page(50, texte), page(100, texte)].concat();
        let mut triees = toutes.clone();
        triees.sort();
        triees.dedup();
        assert_eq!((toutes.len(), &toutes), (120, &triees), "{texte}");
        assert!(page(1_000, texte).is_empty());
    }
}

#[test]
fn un_document_remis_prend_la_place_de_l_ancien_et_un_retire_disparait() {
    let index = annuaire();
    index.ecrire("acteur", &[], &[document("1", "Le Bistrot", "", "commerce", "54129")]).unwrap();
    assert_eq!(index.chercher(&demander("epicerie")).unwrap().total, 0);
    assert_eq!(index.chercher(&demander("café")).unwrap().ids, ["1"]);
    index.ecrire("acteur", &["1".to_owned()], &[]).unwrap();
    assert_eq!(index.nombre().unwrap(), 5);
    index.ecrire("projet", &["2".to_owned()], &[]).unwrap();
    assert_eq!(index.nombre().unwrap(), 5, "the id of another source is another document");
}

#[test]
fn une_source_ne_voit_pas_les_autres() {
    let index = annuaire();
    let autre = Document { source: "projet".to_owned(), ..document("9", "Épicerie", "", "commerce", "54129") };
    index.ecrire("projet", &[], &[autre]).unwrap();
    assert_eq!(index.chercher(&demander("epicerie")).unwrap().ids, ["1"]);
    assert_eq!(index.chercher(&Requete { source: "projet", ..demander("épicerie") }).unwrap().ids, ["9"]);
}

#[test]
fn une_reconstruction_ne_se_voit_qu_a_la_fin() {
    let index = annuaire();
    index.vider().unwrap();
    index.ajouter(&[document("7", "Seule", "", "commerce", "54129")]).unwrap();
    assert_eq!(index.chercher(&demander("")).unwrap().total, 6);
    index.terminer().unwrap();
    assert_eq!(index.chercher(&demander("")).unwrap().ids, ["7"]);
    // A rebuild that stopped half-way is forgotten by the next change.
    index.vider().unwrap();
    index.ecrire("acteur", &[], &[document("8", "Autre", "", "commerce", "54129")]).unwrap();
    assert_eq!(index.chercher(&demander("")).unwrap().ids, ["8", "7"]);
}

#[test]
fn l_index_se_rouvre_et_un_index_incomplet_ou_abime_est_refait() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("recherche");
    let index = Index::ouvrir(&chemin).unwrap();
    assert!(!index.complet());
    index.ajouter(&[document("1", "Épicerie", "", "commerce", "54129")]).unwrap();
    index.terminer().unwrap();
    drop(index);
    let index = Index::ouvrir(&chemin).unwrap();
    assert!(index.complet());
    assert_eq!(index.chercher(&demander("epicerie")).unwrap().total, 1);
    drop(index);
    std::fs::write(chemin.join("meta.json"), "{").unwrap();
    let index = Index::ouvrir(&chemin).unwrap();
    assert!(!index.complet());
    assert_eq!(index.nombre().unwrap(), 0);
    drop(index);
    std::fs::write(chemin.join("complet"), "0").unwrap();
    assert!(!Index::ouvrir(&chemin).unwrap().complet(), "an older schema is made anew");
}

#[test]
fn dix_kilooctets_et_des_signes_ne_genent_pas() {
    let index = annuaire();
    for texte in
        ["\"(((", "*:*", "titre:epicerie~9 AND (", "épicerie\0\u{1f}", &"épicerie ".repeat(1_200), &"é".repeat(10_000)]
    {
        index.chercher(&demander(texte)).unwrap();
    }
    let tri_par_nom = Requete { ordre: Ordre::Nom, premier: usize::MAX, nombre: usize::MAX, ..demander("meubles") };
    assert!(index.chercher(&tri_par_nom).unwrap().ids.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn aucune_question_ne_fait_paniquer(texte in "\\PC{0,80}", inacheve: bool) {
        thread_local! { static INDEX: Index = annuaire(); }
        INDEX.with(|index| {
            let resultat = index.chercher(&Requete { inacheve, ..demander(&texte) }).unwrap();
            prop_assert!(resultat.total <= 6 && resultat.ids.len() == resultat.total);
            Ok(())
        })?;
    }

    #[test]
    fn la_somme_d_une_facette_a_valeur_unique_fait_le_total(texte in "[a-z é]{0,20}") {
        thread_local! { static INDEX: Index = annuaire(); }
        INDEX.with(|index| {
            let resultat = index.chercher(&demander(&texte)).unwrap();
            let somme: usize = resultat.facettes.get("theme").into_iter().flat_map(|v| v.values()).sum();
            prop_assert_eq!(somme, resultat.total);
            Ok(())
        })?;
    }
}

#[test]
fn les_pages_apres_une_cle_ne_repetent_ni_ne_sautent() {
    let index = Index::en_memoire().unwrap();
    let noms: Vec<String> = (0..57).map(|n| format!("Acteur {:02}", (n * 31) % 57)).collect();
    let document = |rang: usize, nom: &str| Document {
        source: "acteur".to_owned(),
        id: format!("id{rang}"),
        titre: nom.to_owned(),
        tri: nom.to_lowercase(),
        ..Document::default()
    };
    // Two segments.
    for moitie in [0..30, 30..57] {
        let documents: Vec<Document> = moitie.map(|rang| document(rang, &noms[rang])).collect();
        index.ecrire("acteur", &[], &documents).unwrap();
    }
    let page = |apres: Option<String>| {
        index
            .chercher(&Requete { source: "acteur", ordre: Ordre::Nom, nombre: 10, apres, ..Requete::default() })
            .unwrap()
    };
    let premiere = page(None);
    assert_eq!((premiere.ids.len(), premiere.total), (10, 57));
    // What is removed, or comes, before the key changes nothing to what follows it.
    index.ecrire("acteur", &[premiere.ids[9].clone()], &[document(99, "Acteur 00 bis")]).unwrap();
    let (mut vus, mut suite) = (premiere.ids, premiere.suite);
    while suite.is_some() {
        let page = page(suite);
        vus.extend(page.ids);
        suite = page.suite;
    }
    let uniques: std::collections::BTreeSet<&String> = vus.iter().collect();
    assert_eq!((vus.len(), uniques.len()), (57, 57));
    let attendus: Vec<String> = {
        let mut par_nom: Vec<(String, String)> =
            (0..57).map(|rang| (noms[rang].to_lowercase(), format!("id{rang}"))).collect();
        par_nom.sort();
        par_nom.into_iter().map(|(_, id)| id).collect()
    };
    assert_eq!(vus, attendus);
    assert!(page(Some("zzz".to_owned())).ids.is_empty());
}
