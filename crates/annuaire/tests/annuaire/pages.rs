//! List, filters, map, print, exports, the page of an actor.

use std::collections::BTreeSet;

use annuaire::vocabulaire::{Diffusion, EtatActeur, Famille, Reponse};
use axum::http::{StatusCode, header};
use domain::theme::Theme;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use testkit::{Moteur, Page};

use crate::monde::{Acteur, appli_avec};

fn monde() -> Vec<Acteur> {
    vec![
        Acteur {
            nom: "L’Épicerie du Bœuf-Rouge",
            commune: "54129",
            presentation: "Épicerie et café associatif.",
            ..Acteur::default()
        },
        Acteur {
            nom: "La Recyclerie du Toulois",
            commune: "54528",
            theme: Theme::Reemploi,
            famille: Famille::Cooperative,
            agrement: Some(("aci", None)),
            presentation: "Réemploi de meubles.",
            ..Acteur::default()
        },
        Acteur {
            nom: "Menuiserie solidaire",
            theme: Theme::Insertion,
            famille: Famille::Societe,
            agrement: Some(("ei", Some("2021-12-31"))),
            ess: Reponse::Inconnu,
            presentation: "Menuiserie, charpente.",
            ..Acteur::default()
        },
        Acteur {
            nom: "Jardins de Cirey",
            commune: "54129",
            theme: Theme::Jardins,
            diffusion: Diffusion::Partielle,
            ..Acteur::default()
        },
        Acteur { nom: "Retiré", etat: EtatActeur::Masque, ..Acteur::default() },
        Acteur { nom: "Fermé", etat: EtatActeur::Cesse, ..Acteur::default() },
    ]
}

fn noms(page: &Page) -> Vec<String> {
    page.textes(".tr-carte-projet > a")
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_liste_se_filtre_et_chaque_etat_a_une_adresse(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let mut n = appli.navigateur();
    let tout = n.ouvrir("/annuaire").await;
    assert_eq!(
        noms(&tout),
        ["Jardins de Cirey", "L’Épicerie du Bœuf-Rouge", "La Recyclerie du Toulois", "Menuiserie solidaire"]
    );
    tout.exiger("4 acteurs").exiger("Commerce, café, multiservice (1)").exiger("ESS à vérifier");
    assert!(!tout.contient("Petite enfance ("), "a choice that leads nowhere is not offered");

    for (adresse, attendus) in [
        ("/annuaire?q=epiceries", vec!["L’Épicerie du Bœuf-Rouge"]),
        ("/annuaire?q=ressourcerie", vec!["La Recyclerie du Toulois"]),
        ("/annuaire?theme=reemploi", vec!["La Recyclerie du Toulois"]),
        ("/annuaire?insee=54129", vec!["Jardins de Cirey", "L’Épicerie du Bœuf-Rouge"]),
        ("/annuaire?famille=societe", vec!["Menuiserie solidaire"]),
        ("/annuaire?agrement=aci", vec!["La Recyclerie du Toulois"]),
        ("/annuaire?agrement=ei", vec![]),
        ("/annuaire?ess=inconnu", vec!["Menuiserie solidaire"]),
        ("/annuaire?theme=jardins&insee=54129", vec!["Jardins de Cirey"]),
        ("/annuaire?insee=54540&autour=voisines", vec!["Jardins de Cirey", "L’Épicerie du Bœuf-Rouge"]),
        ("/annuaire?insee=54528&autour=30", vec!["La Recyclerie du Toulois", "Menuiserie solidaire"]),
        ("/annuaire?insee=54528&autour=5", vec!["La Recyclerie du Toulois"]),
        ("/annuaire?insee=54540&voisines=1", vec!["Jardins de Cirey", "L’Épicerie du Bœuf-Rouge"]),
    ] {
        assert_eq!(noms(&n.ouvrir(adresse).await), attendus, "{adresse}");
    }

    // Without script, a form carries its empty fields and the name of the commune: it goes to the one address.
    let page = n.ouvrir("/annuaire?q=caf%C3%A9&theme=&commune=Cirey-sur-Vezouze+%2854%29&epci=&famille=&ordre=").await;
    assert_eq!(page.chemin, "/annuaire?q=caf%C3%A9&insee=54129");
    assert_eq!(noms(&page), ["L’Épicerie du Bœuf-Rouge"]);
    assert_eq!(page.attribut("#commune", "value").as_deref(), Some("Cirey-sur-Vezouze (54)"));
    let sans = page.attribut(".tr-filtres-actifs a", "href").unwrap();
    assert_eq!(noms(&n.ouvrir(&sans).await).len(), 2);

    let postal = n.ouvrir("/annuaire?commune=54480").await;
    assert!(postal.contient("Plusieurs communes correspondent"), "a postal code of several communes is a choice");
    let erreur = n.ouvrir("/annuaire?commune=Atlantide").await;
    erreur.exiger("Nous ne trouvons pas");
    assert_eq!(erreur.attribut("#commune", "value").as_deref(), Some("Atlantide"));
    n.ouvrir("/annuaire?q=zygomatique").await.exiger("Aucun acteur ne répond à tous ces critères");
    n.ouvrir("/annuaire?q=menuiserrie").await.exiger("voici ce qui s’en approche");
    n.ouvrir("/annuaire?q=le+la").await.exiger("trop courants");
    n.ouvrir("/annuaire?page=9").await.exiger("Il n’y a plus d’acteur à cette page");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_secteur_se_filtre_par_ses_communes_du_jour(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let instance = &appli.instance;
    let tx = instance.db.begin().await.unwrap();
    let nouveau = socle::secteur::Nouveau {
        nom: "Lunévillois".to_owned(),
        telephone: None,
        courriel: None,
        delai_jours_ouvres: 5,
        communes: vec!["54129".parse().unwrap()],
        du: "2026-01-01".parse().unwrap(),
    };
    socle::secteur::creer(&tx, &*instance.ids, nouveau).await.unwrap();
    tx.commit().await.unwrap();
    let page = appli.navigateur().ouvrir("/annuaire?secteur=lunevillois").await;
    assert_eq!(noms(&page), ["Jardins de Cirey", "L’Épicerie du Bœuf-Rouge"]);
    page.exiger("Secteur Lunévillois");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_carte_et_l_impression_disent_la_meme_chose(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let mut n = appli.navigateur();
    let carte = n.ouvrir("/annuaire?vue=carte").await;
    assert_eq!(carte.textes("details tbody th"), ["Cirey-sur-Vezouze", "Nancy", "Toul"]);
    assert_eq!(carte.textes("details tbody td"), ["2", "1", "1"]);
    assert_eq!((carte.textes("path.teinte-3").len(), carte.textes("path.teinte-4").len()), (2, 1));
    let filtree = n.ouvrir("/annuaire?insee=54129&vue=carte").await;
    assert_eq!(filtree.textes("details tbody th"), ["Cirey-sur-Vezouze"]);
    let impression = n.ouvrir("/annuaire?theme=insertion&vue=impression").await;
    impression.exiger("1 acteur").exiger("Insertion, emploi").exiger("inconnu");
    assert_eq!(impression.textes("tbody th"), ["Menuiserie solidaire"]);
    appli.fin().await;
}

/// One answer, four ways: the same actors, in the same order, whatever the way.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn liste_tableau_carte_et_impression_nomment_les_memes_acteurs(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let mut n = appli.navigateur();
    for filtre in ["", "insee=54129&", "theme=insertion&", "ordre=nom&"] {
        let attendus = noms(&n.ouvrir(&format!("/annuaire?{filtre}")).await);
        assert!(!attendus.is_empty(), "{filtre}");
        let tableau = n.ouvrir(&format!("/annuaire?{filtre}vue=tableau")).await;
        assert_eq!(tableau.textes("main tbody th"), attendus, "{filtre}");
        assert_eq!(tableau.textes(".tr-onglets [aria-current=page]"), ["Tableau"]);
        let carte = n.ouvrir(&format!("/annuaire?{filtre}vue=carte")).await;
        assert_eq!(carte.textes("section > table tbody th"), attendus, "{filtre}");
        assert_eq!(carte.textes(".tr-onglets [aria-current=page]"), ["Carte"]);
        let impression = n.ouvrir(&format!("/annuaire?{filtre}vue=impression")).await;
        assert_eq!(impression.textes("main tbody th"), attendus, "{filtre}");
    }
    // Points lead to their actor; one who asked for a partial diffusion is at the town hall, never at its address.
    let carte = n.ouvrir("/annuaire?vue=carte").await;
    assert!(carte.html.contains("role=\"group\"") && carte.contient("Un point est un acteur"), "{}", carte.html);
    let dits = carte.textes("svg .groupe title, svg circle title").join(", ");
    for nom in noms(&n.ouvrir("/annuaire").await) {
        assert!(dits.contains(&nom), "{nom} : {dits}");
    }
    appli.fin().await;
}

/// Beyond some hundreds, circles say how many: the page does not grow with the number of actors.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_grande_carte_montre_des_ronds_et_ses_pages_suivent(#[case] moteur: Moteur) {
    let beaucoup: Vec<Acteur> = (0..310)
        .map(|rang| Acteur { nom: Box::leak(format!("Acteur {rang}").into_boxed_str()), ..Acteur::default() })
        .collect();
    let (appli, _) = appli_avec(moteur, &beaucoup).await;
    let mut n = appli.navigateur();
    let carte = n.ouvrir("/annuaire?vue=carte").await;
    carte.exiger("310 acteurs").exiger("Un rond dit combien d’acteurs");
    assert_eq!(carte.textes("svg .amas text"), ["310"]);
    assert!(carte.textes("svg .point").is_empty());
    let derniere = n.ouvrir("/annuaire?vue=carte&page=7").await;
    assert_eq!(derniere.textes("section > table tbody th").len(), 10);
    assert_eq!(n.ouvrir("/annuaire?vue=tableau&page=7").await.textes("section > table tbody th").len(), 10);
    n.ouvrir("/annuaire?vue=tableau&page=9").await.exiger("Il n’y a plus d’acteur à cette page");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_exports_donnent_exactement_ce_qui_est_filtre(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let mut n = appli.navigateur();
    let csv = n.ouvrir("/annuaire/export?format=csv&insee=54129").await;
    let nom = csv.entetes[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(nom.starts_with("attachment; filename=\"annuaire-cirey-sur-vezouze-2026-11-24.csv\""), "{nom}");
    let lignes: Vec<&str> = csv.html.lines().collect();
    assert_eq!(lignes.len(), 3, "{}", csv.html);
    assert!(lignes[0].contains("ESS selon la loi") && lignes[1].contains("Jardins de Cirey"), "{}", csv.html);
    assert!(!lignes[1].contains("exemple.invalid") && lignes[2].contains("exemple.invalid"), "partial diffusion");
    for format in ["xlsx", "ods"] {
        let classeur = n.ouvrir(&format!("/annuaire/export?format={format}")).await;
        assert_eq!((classeur.statut, &classeur.html[..2]), (StatusCode::OK, "PK"));
    }
    let carte = n.ouvrir("/annuaire/export?format=geojson").await;
    let json: serde_json::Value = serde_json::from_str(&carte.html).unwrap();
    let objets = json["features"].as_array().unwrap();
    assert_eq!(objets.len(), 4);
    let precision = |nom: &str| {
        let objet = objets.iter().find(|o| o["properties"]["nom"] == nom).unwrap();
        objet["properties"]["precision"].as_str().unwrap().to_owned()
    };
    assert_eq!(precision("Menuiserie solidaire"), "adresse");
    assert_eq!(precision("Jardins de Cirey"), "mairie", "partial diffusion");
    n.ouvrir("/annuaire/export?format=exe").await.exiger("Ce format n’existe pas");
    assert_eq!(n.ouvrir("/annuaire/export?format=csv&commune=Atlantide").await.statut, StatusCode::BAD_REQUEST);
    // A filter that does not exist never widens in silence.
    for perdu in ["secteur=inconnu", "theme=zzz", "insee=57463", "autour=20"] {
        assert_eq!(n.ouvrir(&format!("/annuaire/export?format=csv&{perdu}")).await.statut, StatusCode::BAD_REQUEST);
        n.ouvrir(&format!("/annuaire?{perdu}")).await.exiger("ce filtre est laissé de côté");
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_fiche_montre_les_sources_et_respecte_la_diffusion_partielle(#[case] moteur: Moteur) {
    let (appli, acteurs) = appli_avec(moteur, &monde()).await;
    let mut n = appli.navigateur();
    let reference = |rang: usize| format!("/annuaire/{}", acteurs[rang].1);
    let page = n.ouvrir(&reference(1)).await;
    page.exiger("La Recyclerie du Toulois")
        .exiger("Réemploi de meubles.")
        .exiger("Atelier et chantier d’insertion")
        .exiger("1er janvier 2020")
        .exiger("12 rue des Tests")
        .exiger("03 83 00 00 00")
        .exiger("Association : le motif selon la loi.")
        .exiger("Insee, répertoire Sirene, 15 janvier 2026")
        .exiger("déduit de l’activité déclarée, à vérifier")
        .exiger("Une erreur ?");
    assert!(!page.contient("Gérer les offres"));
    n.ouvrir(&reference(2)).await.exiger("31 décembre 2021 (terminé)");
    let partielle = n.ouvrir(&reference(3)).await;
    partielle.exiger("diffusion partielle").exiger("non publiée");
    assert!(!partielle.contient("03 83 00 00 00") && !partielle.contient("exemple.invalid"), "{}", partielle.texte());
    assert!(!partielle.html.contains("<circle"));
    assert_eq!(n.ouvrir(&reference(4)).await.statut, StatusCode::NOT_FOUND);
    n.ouvrir(&reference(5)).await.exiger("a cessé son activité");
    for inconnue in ["/annuaire/zzzzzzzz", "/annuaire/'%20OR%201=1--", "/annuaire/%00"] {
        assert_eq!(n.ouvrir(inconnue).await.statut, StatusCode::NOT_FOUND, "{inconnue}");
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_qui_est_retire_depuis_l_index_ne_se_voit_plus(#[case] moteur: Moteur) {
    let (appli, acteurs) = appli_avec(moteur, &monde()).await;
    let id = acteurs[0].0.as_str().to_owned();
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET etat = 'masque' WHERE id = {id}")).await.unwrap();
    web::recherche::demander(&tx, &appli.instance, "acteur", vec![id]).await.unwrap();
    tx.commit().await.unwrap();
    let mut n = appli.navigateur();
    assert!(noms(&n.ouvrir("/annuaire?q=epicerie").await).is_empty(), "the index is late, the page is not");
    assert!(!n.ouvrir("/annuaire/export?format=csv").await.html.contains("Bœuf"));
    appli.travailler().await;
    n.ouvrir("/annuaire").await.exiger("3 acteurs");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_nombre_de_requetes_ne_depend_pas_du_nombre_d_acteurs(#[case] moteur: Moteur) {
    let mut comptes = BTreeSet::new();
    for nombre in [1, 60] {
        let noms: Vec<&'static str> =
            (0..nombre).map(|n| &*Box::leak(format!("Acteur {n:03}").into_boxed_str())).collect();
        let acteurs: Vec<Acteur> = noms.iter().map(|nom| Acteur { nom, ..Acteur::default() }).collect();
        let (appli, _) = appli_avec(moteur, &acteurs).await;
        let mut n = appli.navigateur();
        let avant = appli.instance.db.nombre_de_requetes();
        let page = n.ouvrir("/annuaire?theme=commerce").await;
        let apres = appli.instance.db.nombre_de_requetes();
        comptes.insert(apres - avant);
        assert_eq!(self::noms(&page).len(), nombre.min(50));
        if nombre == 60 {
            page.exiger("60 acteurs").exiger("Page 1 sur 2");
            let suite = page.attribut("a[rel=next]", "href").unwrap();
            assert_eq!(self::noms(&n.ouvrir(&suite).await).len(), 10);
        }
        appli.fin().await;
    }
    assert_eq!(comptes.len(), 1, "{comptes:?}");
    assert!(comptes.iter().all(|n| *n <= 2), "{comptes:?}");
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_acteur_se_trouve_par_ses_numeros(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &monde()).await;
    let id = faits[0].0.as_str();
    let tx = appli.instance.db.begin().await.unwrap();
    for phrase in [
        raw_sql!(
            Postgres,
            "UPDATE acteur SET siren = '732829320', rna = 'W543000001', naf = '47.11B', tranche = '12' WHERE id = {id}"
        ),
        raw_sql!(Postgres, "UPDATE acteur_etablissement SET siret = '73282932000074' WHERE acteur_id = {id}"),
    ] {
        tx.execute_raw(phrase).await.unwrap();
    }
    tx.commit().await.unwrap();
    web::recherche::reconstruire(&appli.instance).await.unwrap();
    let mut n = appli.navigateur();
    let nom = monde()[0].nom;
    for tape in
        ["732829320", "732 829 320", "73282932000074", "W543000001", "w543000001", "47.11B", "commerce de détail"]
    {
        let page = n.ouvrir(&format!("/annuaire?q={}", tape.replace(' ', "+"))).await;
        assert_eq!(page.textes(".tr-carte-projet > a"), [nom], "{tape}");
    }
    n.ouvrir(&format!("/annuaire/{}", faits[0].1))
        .await
        .exiger("Commerce de détail, à l’exception des automobiles et des motocycles (47.11B)")
        .exiger("de 20 à 49 personnes")
        .exiger("Les formes expliquées");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_adresse_hostile_ne_casse_rien(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let mut n = appli.navigateur();
    let dix_kilooctets = format!("/annuaire?q={}", "%C3%A9picerie+".repeat(600));
    for adresse in [
        "/annuaire?q=%22(((%3Cscript%3E&theme=%27--&page=-1",
        "/annuaire?q=%FF%FE%00&commune=%00",
        "/annuaire?page=99999999999999999999&vue=autre&ordre=x",
        "/annuaire?epci=1%27%20OR%20%271%27=%271&secteur=%3Cb%3E",
        "/annuaire?&&&===&theme",
        &dix_kilooctets,
    ] {
        let page = n.ouvrir(adresse).await;
        assert_eq!(page.statut, StatusCode::OK, "{adresse}");
        assert!(!page.html.contains("(((<script"), "{adresse}");
    }
    appli.fin().await;
}
