//! Portraits of territories, their setting, the list on another site.

use std::collections::BTreeSet;

use annuaire::portrait::parametres::Parametres;
use annuaire::vocabulaire::{Diffusion, Famille, GenreTerritoire, ModeOffre};
use axum::http::{StatusCode, header};
use domain::referentiel::canton::{CantonDe, canton_de};
use domain::theme::Theme;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use testkit::Moteur;

use crate::gestes::agent;
use crate::monde::{Acteur, appli_avec, offrir};

const REGLAGE: &str = "/reglages/annuaire/portrait";

fn monde() -> Vec<Acteur> {
    vec![
        Acteur { nom: "L’Épicerie du Bœuf-Rouge", commune: "54129", ..Acteur::default() },
        Acteur { nom: "Jardins de Cirey", commune: "54129", theme: Theme::Jardins, ..Acteur::default() },
        Acteur {
            nom: "Menuiserie solidaire",
            theme: Theme::Insertion,
            famille: Famille::Societe,
            agrement: Some(("ei", None)),
            ..Acteur::default()
        },
        Acteur { nom: "Maintien à domicile", theme: Theme::BienVieillir, ..Acteur::default() },
    ]
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_portrait_d_une_commune_dit_qui_est_la_et_ce_qui_manque(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &monde()).await;
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET tranche = '12' WHERE nom = 'Jardins de Cirey'"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    web::recherche::reconstruire(&appli.instance).await.unwrap();
    let mut n = appli.navigateur();
    let page = n.ouvrir("/annuaire/portrait/commune/54129").await;
    assert_eq!(page.statut, StatusCode::OK, "{}", page.texte());
    page.exiger("Portrait : Cirey-sur-Vezouze")
        .exiger("2 acteurs connus")
        .exiger("entre 20 et 49 personnes")
        .exiger("L’effectif est connu pour 1 structure")
        .exiger("« Insertion, emploi » : aucun acteur connu à moins de 15 km. Le plus proche est à")
        .exiger("à Nancy.")
        .exiger("« Mobilité » : aucun acteur connu à moins de 15 km, ni plus loin dans l’annuaire.");
    assert!(!page.contient("« Commerce, café, multiservice » : aucun"), "there is one in the commune");
    assert_eq!(page.textes(".tr-carte-projet > a"), ["Jardins de Cirey", "L’Épicerie du Bœuf-Rouge"]);

    // An offer that serves the commune from far away fills the gap.
    let tx = appli.instance.db.begin().await.unwrap();
    let instance = &appli.instance;
    let etape = domain::profil::Etape::TOUS[0];
    let la = [(GenreTerritoire::Commune, "54129")];
    offrir(&tx, instance, &faits[3].0, "Aide à domicile partout", Some(ModeOffre::Achat), &[etape], &la).await;
    tx.execute_raw(raw_sql!(Postgres, "UPDATE offre_theme SET theme = 'bien-vieillir'")).await.unwrap();
    tx.commit().await.unwrap();
    assert!(page.contient("« Bien vieillir, aide à domicile » : aucun"));
    let apres = n.ouvrir("/annuaire/portrait/commune/54129").await;
    assert!(!apres.contient("« Bien vieillir, aide à domicile » : aucun"), "{}", apres.texte());

    // An offer that names no place serves every place.
    let tx = appli.instance.db.begin().await.unwrap();
    offrir(&tx, instance, &faits[2].0, "Navette", Some(ModeOffre::Achat), &[etape], &[]).await;
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE offre_theme SET theme = 'mobilite' WHERE offre_id IN (SELECT id FROM offre WHERE titre = 'Navette')"
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let partout = n.ouvrir("/annuaire/portrait/commune/54129").await;
    assert!(!partout.contient("« Mobilité » : aucun"), "{}", partout.texte());

    // From the page of the directory and back to the list that says the same.
    let liste = apres.attribut(".tr-filtres a", "href").unwrap();
    assert_eq!(liste, "/annuaire?insee=54129");
    n.ouvrir(&liste).await.exiger("2 acteurs");
    let fiche = n.ouvrir("/annuaire/portrait/commune/54129/imprimer").await;
    assert_eq!(fiche.textes(".tr-feuille > section").len(), 2, "two pages");
    fiche.exiger("2 acteurs connus").exiger("Ce qui semble manquer").exiger("http://terreau.test/annuaire/portrait");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chaque_territoire_a_son_portrait(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let instance = &appli.instance;
    let tx = instance.db.begin().await.unwrap();
    let nouveau = socle::secteur::Nouveau {
        nom: "Terres de Lorraine".to_owned(),
        telephone: None,
        courriel: None,
        delai_jours_ouvres: 5,
        communes: vec!["54129".parse().unwrap(), "54528".parse().unwrap()],
        du: "2026-01-01".parse().unwrap(),
    };
    socle::secteur::creer(&tx, &*instance.ids, nouveau).await.unwrap();
    tx.commit().await.unwrap();
    let mut n = appli.navigateur();
    let nancy = "54395".parse().unwrap();
    let epci = instance.faits_commune(&nancy).unwrap().epci.unwrap();
    let CantonDe::Un(canton) = canton_de(&"54129".parse().unwrap()) else { panic!("a whole commune") };
    let CantonDe::Partage(partages) = canton_de(&nancy) else { panic!("a shared town") };
    let mut comptes = BTreeSet::new();
    for (chemin, attendu) in [
        ("departement/54".to_owned(), "4 acteurs connus"),
        (format!("epci/{epci}"), "2 acteurs connus"),
        (format!("canton/{}", canton.code), "2 acteurs connus"),
        ("secteur/terres%20de%20lorraine".to_owned(), "2 acteurs connus"),
        ("commune/54528".to_owned(), "0 acteur connu"),
    ] {
        let avant = instance.db.nombre_de_requetes();
        let page = n.ouvrir(&format!("/annuaire/portrait/{chemin}")).await;
        comptes.insert(instance.db.nombre_de_requetes() - avant);
        assert_eq!(page.statut, StatusCode::OK, "{chemin} : {}", page.texte());
        page.exiger(attendu);
        assert_eq!(n.ouvrir(&format!("/annuaire/portrait/{chemin}/imprimer")).await.statut, StatusCode::OK, "{chemin}");
    }
    assert!(comptes.iter().all(|nombre| *nombre <= 7), "{comptes:?}");
    n.ouvrir("/annuaire/portrait/departement/54").await.exiger("communes sur 591").exiger("Cirey-sur-Vezouze");
    // A canton inside a town has no commune of its own: "0 inhabitant" would be false.
    let partage = n.ouvrir(&format!("/annuaire/portrait/canton/{}", partages[0].code)).await;
    assert_eq!(partage.chemin, "/annuaire/portrait/commune/54395");

    for rien in
        ["commune/75056", "commune/x", "epci/200041515x", "canton/6701", "departement/57", "secteur/rien", "x/54"]
    {
        let page = n.ouvrir(&format!("/annuaire/portrait/{rien}")).await;
        assert_eq!(page.statut, StatusCode::NOT_FOUND, "{rien}");
    }
    let liste = n.ouvrir("/annuaire/portraits").await;
    liste.exiger("Terres de Lorraine").exiger("Baccarat").exiger("Meurthe-et-Moselle");
    for lien in liste.textes("main section a").iter().take(3) {
        assert!(!lien.is_empty());
    }
    let commune = n.ouvrir("/annuaire/portraits?commune=Cirey-sur-Vezouze").await;
    assert_eq!(commune.chemin, "/annuaire/portrait/commune/54129");
    n.ouvrir("/annuaire/portraits?commune=Atlantide").await.exiger("Nous ne trouvons pas");
    // The directory is filtered by canton too.
    let filtre = n.ouvrir(&format!("/annuaire?canton={}", canton.code)).await;
    filtre.exiger("2 acteurs").exiger("Canton de Baccarat");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_agent_du_site_regle_ce_qui_manque(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let mut agent = agent(&appli).await;
    let mut collegue = agent.clone();
    let page = agent.ouvrir(REGLAGE).await;
    page.exiger("Ce sont les valeurs livrées");
    assert_eq!(page.attribut("#km", "value").as_deref(), Some("15"));
    assert_eq!(page.textes("input[name=themes][checked]").len(), Parametres::default().themes.len());
    let ancienne = collegue.ouvrir(REGLAGE).await;
    for faux in ["0", "61", "quinze", ""] {
        let refus = agent.envoyer(&page, REGLAGE, &[("km", faux)]).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{faux}");
        refus.exiger("de 1 à 60");
        assert_eq!(refus.attribut("#km", "value").as_deref(), Some(faux), "what was typed stays");
    }
    let fait = agent.envoyer(&page, REGLAGE, &[("km", "60"), ("themes", "insertion")]).await;
    fait.exiger("C’est enregistré").exiger("En vigueur depuis le 24 novembre 2026");
    let conflit = collegue.envoyer(&ancienne, REGLAGE, &[("km", "8"), ("themes", "mobilite")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    conflit.exiger("60 km");
    assert_eq!(conflit.attribut("#km", "value").as_deref(), Some("8"), "and what was typed");
    let portrait = appli.navigateur().ouvrir("/annuaire/portrait/commune/54129").await;
    portrait.exiger("Rien, pour les thèmes surveillés");
    // Nothing watched: nothing is judged, which is not "nothing is missing".
    let champ = |nom: &str| format!("{nom}={}", fait.attribut(&format!("input[name={nom}]"), "value").unwrap());
    let corps = ["_jeton", "_cle", "version"].map(champ).join("&");
    let aucun = agent.poster(REGLAGE, &format!("{corps}&km=60")).await;
    assert_eq!(aucun.statut, StatusCode::SEE_OTHER);
    let aucun = agent.ouvrir(REGLAGE).await;
    assert!(aucun.textes("input[name=themes][checked]").is_empty());
    for chemin in ["/annuaire/portrait/commune/54129", "/annuaire/portrait/commune/54129/imprimer"] {
        let portrait = appli.navigateur().ouvrir(chemin).await;
        portrait.exiger("Aucun thème n’est surveillé, ou la place de la mairie n’est pas connue.");
        assert!(!portrait.contient("Rien, pour les thèmes surveillés"), "{chemin}");
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_liste_se_met_sur_un_autre_site(#[case] moteur: Moteur) {
    let discrete = Acteur { nom: "Jeanne Dupont, artisane", diffusion: Diffusion::Partielle, ..Acteur::default() };
    let hostile = Acteur { nom: "<script>alert(1)</script>", commune: "54129", ..Acteur::default() };
    let (appli, _) = appli_avec(moteur, &monde().into_iter().chain([hostile, discrete]).collect::<Vec<_>>()).await;
    let tx = appli.instance.db.begin().await.unwrap();
    let sql = "UPDATE acteur SET categorie_juridique = '1000' WHERE nom LIKE 'Jeanne%'";
    tx.execute_unprepared(sql).await.unwrap();
    web::recherche::demander_la_reconstruction(&tx, &appli.instance).await.unwrap();
    tx.commit().await.unwrap();
    appli.travailler().await;
    let mut n = appli.navigateur();
    let page = n.ouvrir("/integrer?insee=54129&theme=commerce&famille=association").await;
    page.exiger("2 acteurs");
    let code = page.textes("#code").join("");
    let source = "src=\"http://terreau.test/integrer/annuaire?theme=commerce&amp;insee=54129&amp;famille=association\"";
    assert!(code.contains(source) && code.contains("title=\""), "{code}");
    assert_eq!(page.attribut("input[name=famille]", "value").as_deref(), Some("association"), "kept through the form");
    assert_eq!(page.entetes["x-frame-options"], "DENY", "only the frame is framed");

    let apercu = page.attribut("#t-apercu ~ p a", "href").unwrap();
    let cadre = n.ouvrir(&apercu).await;
    assert_eq!(cadre.statut, StatusCode::OK);
    let csp = cadre.entetes[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(csp.contains("frame-ancestors *") && csp.contains("default-src 'none'"), "{csp}");
    assert!(!cadre.entetes.contains_key("x-frame-options"));
    assert!(!cadre.entetes.contains_key(header::SET_COOKIE));
    assert_eq!(cadre.entetes[header::CACHE_CONTROL], "public, max-age=300");
    assert!(!cadre.html.contains("<script") && !cadre.html.contains("<form"), "{}", cadre.html);
    assert_eq!(cadre.textes("main li a").len(), 2);
    let lien = cadre.attribut("main li a", "href").unwrap();
    assert!(lien.starts_with("http://terreau.test/annuaire/"), "{lien}");
    assert!(cadre.octets.len() < 6_000, "{}", cadre.octets.len());

    let carte = n.ouvrir("/integrer/annuaire?vue=carte").await;
    assert_eq!(carte.textes("tbody th"), ["Cirey-sur-Vezouze", "Nancy"]);
    assert!(!carte.html.contains("<script"));
    // A page of this site refuses to be framed: every link opens another window.
    for page in [&cadre, &carte] {
        assert!(!page.html.contains("href=\"/"), "{}", page.html);
        // But those to another place of the same page.
        let liens = page.html.matches("<a ").count() - page.html.matches("href=\"#").count();
        assert_eq!(page.html.matches("target=\"_blank\" rel=\"noopener\" href=\"http://terreau.test/").count(), liens);
        assert!(liens > 2, "{}", page.html);
    }
    let tout = n.ouvrir("/integrer/annuaire").await;
    assert!(
        tout.contient("Menuiserie solidaire") && !tout.contient("Jeanne"),
        "who refused diffusion goes nowhere else"
    );
    // Nor in the count, nor on the map.
    let ici = n.ouvrir("/annuaire").await;
    ici.exiger("Jeanne Dupont");
    let nombre = |texte: &str| texte.split_whitespace().find_map(|mot| mot.parse::<u32>().ok()).unwrap();
    assert_eq!(nombre(&ici.textes("#t-resultats")[0]), nombre(&tout.texte()) + 1);
    n.ouvrir("/integrer/annuaire?theme=sport").await.exiger("Aucun acteur connu");
    // A filter that is lost is said, in the frame: it never shows the whole département instead.
    for perdu in ["commune=Atlantide", "secteur=renomme", "insee=75056", "theme=commerce&epci=1"] {
        let refus = n.ouvrir(&format!("/integrer/annuaire?{perdu}")).await;
        assert_eq!(refus.statut, StatusCode::BAD_REQUEST, "{perdu}");
        refus.exiger("n’existe plus : préparez un nouveau code");
        assert!(!refus.entetes.contains_key("x-frame-options") && !refus.html.contains("href=\"/"), "{perdu}");
        assert_eq!(refus.entetes[header::CACHE_CONTROL], "no-store", "{perdu}");
    }
    n.ouvrir("/integrer?commune=Atlantide").await.exiger("Nous ne trouvons pas");

    // Someone signed in sees the same, without a cookie more.
    let (mut connecte, _) = appli.connecter("x@exemple.invalid", None).await;
    let cadre_connecte = connecte.ouvrir(&apercu).await;
    assert!(!cadre_connecte.entetes.contains_key(header::SET_COOKIE) && !cadre_connecte.contient("x@exemple"));
    appli.fin().await;
}
