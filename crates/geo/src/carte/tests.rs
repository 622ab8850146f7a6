use super::*;

fn carte_de(code: &str) -> String {
    let referentiel = Referentiel::embarque();
    let collectivite = referentiel.collectivite(code).unwrap();
    let perimetre = collectivite.perimetre(referentiel);
    let mut carte = Carte::nouvelle("carte", collectivite.nom, "Les communes");
    for commune in perimetre.communes() {
        carte.commune(commune, "commune", Some(format!("/communes/{commune}")));
    }
    carte.svg()
}

#[test]
fn toute_collectivite_a_sa_carte_legere() {
    for code in ["54", "35", "6AE", "20R", "69M", "69D", "974", "75", "976", "62"] {
        let svg = carte_de(code);
        assert!(svg.contains("<path"), "{code}");
        assert!(svg.len() < 260_000, "{code} : {} octets", svg.len());
    }
    let svg = carte_de("54");
    assert!(svg.len() < 160_000, "54 : {} octets", svg.len());
    assert_eq!(svg.matches("<path").count(), 591);
}

#[test]
fn des_points_qui_se_cachent_font_un_groupe() {
    let mut carte = Carte::nouvelle("c", "t", "d");
    carte.commune(&"54129".parse().unwrap(), "commune", None);
    let point =
        |titre: &str, lon| Point { lon, lat: 48.58, titre: titre.to_owned(), lien: None, classe: "point", nombre: 1 };
    carte.point(point("Un", 6.93)).point(point("Deux", 6.9301)).point(point("Trois", 6.99));
    let svg = carte.svg();
    assert_eq!(svg.matches("class=\"groupe point\"").count(), 1, "{svg}");
    assert!(svg.contains("<title>Un, Deux</title>") && svg.contains(">2</text>"), "{svg}");
    assert_eq!(svg.matches("class=\"point\"").count(), 1);
}

#[test]
fn un_rond_dit_combien_il_en_vaut() {
    let mut carte = Carte::nouvelle("c", "t", "d");
    carte.commune(&"54129".parse().unwrap(), "commune", None);
    let amas = |titre: &str, lon, nombre| Point {
        lon,
        lat: 48.58,
        titre: titre.to_owned(),
        lien: None,
        classe: "amas",
        nombre,
    };
    carte.point(amas("Cirey", 6.93, 12)).point(amas("Val", 6.9301, 3)).point(amas("Seul", 6.99, 40));
    let svg = carte.svg();
    assert!(svg.contains(">15</text>") && svg.contains(">40</text>"), "{svg}");
    assert_eq!(svg.matches("class=\"groupe amas\"").count(), 2);
    assert!(!svg.contains("points"), "the communes say how many already: {svg}");
}

#[test]
fn une_carte_dit_ses_chiffres() {
    let mut carte = Carte::nouvelle("c", "Acteurs", "Ici").comptant("acteur", "acteurs").jumeau("le tableau");
    let code = |code: &str| -> CodeCommune { code.parse().unwrap() };
    carte.commune_comptee(&code("54129"), "teinte-1", None, 1);
    carte.commune_comptee(&code("54395"), "teinte-4", Some("/communes/54395".to_owned()), 14);
    carte.commune_comptee(&code("54149"), "commune", None, 0);
    let svg = carte.svg();
    let desc = "<desc id=\"c-desc\">3\u{a0}communes, 2 avec des acteurs, le plus : Nancy, 14\u{a0}acteurs.</desc>";
    for attendu in [
        "<title id=\"c-titre\">Acteurs</title>",
        desc,
        "<title>Cirey-sur-Vezouze : 1\u{a0}acteur</title>",
        "aria-label=\"Nancy : 14\u{a0}acteurs\"",
        "href=\"#c-suite\">Voir le tableau</a>",
        "<div id=\"c-suite\">",
        "role=\"group\"",
    ] {
        assert!(svg.contains(attendu), "{attendu} : {svg}");
    }
}

#[test]
fn le_clavier_passe_par_une_petite_carte_et_saute_une_grande() {
    let mut petite = Carte::nouvelle("c", "t", "d");
    petite.commune(&"54129".parse().unwrap(), "commune", None);
    assert!(petite.svg().contains("role=\"img\""), "nothing to reach: an image");
    petite.commune(&"54395".parse().unwrap(), "commune", Some("/ici".to_owned()));
    let svg = petite.svg();
    assert!(svg.contains("role=\"group\"") && svg.contains("<a href=\"/ici\" aria-label"), "{svg}");
    let grande = carte_de("54");
    assert_eq!(grande.matches(" tabindex=\"-1\"").count(), 591);
}

#[test]
fn une_carte_sans_commune_est_vide() {
    assert_eq!(Carte::nouvelle("c", "t", "d").svg(), "");
}

#[test]
fn un_titre_hostile_est_echappe() {
    let mut carte = Carte::nouvelle("c", "<script>", "\"");
    carte.commune(&"54129".parse().unwrap(), "commune", None);
    assert!(!carte.svg().contains("<script>"));
}
