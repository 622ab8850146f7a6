//! What everyone may take: the table, the read API, the feed. Nothing of a person is ever in it.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use annuaire::ouvert::jeu::JEUX;
use annuaire::vocabulaire::{Diffusion, EtatActeur, ModeOffre};
use axum::http::{StatusCode, header};
use domain::profil::Etape;
use domain::theme::Theme;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use serde_json::Value;
use testkit::{Appli, Moteur, Navigateur};
use web::application::Limites;
use web::ouvert::Case;

use crate::monde::{Acteur, appli_avec, offrir};

/// Words of a person, planted wherever a person may write them.
const PLANTES: &[&str] = &["jeanne", "paul martin", "06 12 34 56 78", "0612345678", "12 rue des Tests"];

async fn json(n: &mut Navigateur, chemin: &str) -> (StatusCode, Value) {
    let page = n.ouvrir(chemin).await;
    (page.statut, serde_json::from_str(&page.html).unwrap())
}

async fn table(appli: &Appli) -> String {
    let tx = appli.instance.db.read().await.unwrap();
    let lot = (JEUX[0].lot)(&tx, &appli.instance, "").await.unwrap();
    for ligne in &lot.lignes {
        assert_eq!(ligne.len(), JEUX[0].colonnes.len());
    }
    format!("{:?}", lot.lignes)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn rien_d_une_personne_ne_sort_jamais(#[case] moteur: Moteur) {
    let ecrit = "Appelez Jeanne.Dupont@exemple.invalid ou le 06 12 34 56 78 (0612345678), on répond !";
    let monde = [
        Acteur { nom: "Les Paniers", presentation: ecrit, ..Acteur::default() },
        Acteur { nom: "Entreprise discrète", diffusion: Diffusion::Partielle, commune: "54129", ..Acteur::default() },
        Acteur { nom: "Jeanne Dupont, artisane", diffusion: Diffusion::Partielle, ..Acteur::default() },
        Acteur { nom: "Paul Martin, menuisier", commune: "54528", ..Acteur::default() },
    ];
    let (appli, faits) = appli_avec(moteur, &monde).await;
    let tx = appli.instance.db.begin().await.unwrap();
    for sql in [
        "UPDATE acteur SET courriel = 'jeanne.dupont@paniers.invalid', telephone = '06 12 34 56 78' WHERE nom = 'Les Paniers'",
        "UPDATE acteur SET categorie_juridique = '1000' WHERE nom LIKE 'Jeanne%' OR nom LIKE 'Paul%'",
        "UPDATE acteur_etablissement SET adresse = '12 rue des Tests'",
        "UPDATE acteur_etablissement SET adresse = '3 place du Marché'
         WHERE acteur_id IN (SELECT id FROM acteur WHERE nom = 'Les Paniers')",
    ] {
        tx.execute_unprepared(sql).await.unwrap();
    }
    let titre = "Livraison, 06 12 34 56 78";
    offrir(&tx, &appli.instance, &faits[0].0, titre, Some(ModeOffre::Achat), &[Etape::TOUS[0]], &[]).await;
    tx.commit().await.unwrap();

    let mut n = appli.navigateur();
    let mut dits = vec![("table", table(&appli).await)];
    for chemin in [
        "/api/v1/acteurs",
        "/annuaire/nouveautes.rss",
        "/annuaire/export?format=csv",
        "/annuaire/export?format=geojson",
        "/annuaire/export?format=vcf",
    ] {
        let page = n.ouvrir(chemin).await;
        assert_eq!(page.statut, StatusCode::OK, "{chemin}");
        assert!(page.html.contains("Paniers"), "{chemin}");
        dits.push((chemin, page.html));
    }
    for (_, reference) in &faits {
        dits.push(("un acteur", n.ouvrir(&format!("/api/v1/acteurs/{reference}")).await.html));
    }
    for (ou, dit) in &dits {
        let bas = dit.to_lowercase();
        for plante in PLANTES {
            assert!(!bas.contains(&plante.to_lowercase()), "« {plante} » est dans {ou} : {dit}");
        }
    }
    // The test sees what may be seen: it is not blind.
    let tout = &dits[0].1;
    for attendu in ["Les Paniers", "3 place du Marché", "[coordonnées retirées]", "Entreprise discrète", "Livraison"]
    {
        assert!(tout.contains(attendu), "« {attendu} » manque : {tout}");
    }
    let (_, paniers) = json(&mut n, &format!("/api/v1/acteurs/{}", faits[0].1)).await;
    assert_eq!(
        (&paniers["precision"], &paniers["courriel"], &paniers["telephone"]),
        (&"adresse".into(), &Value::Null, &Value::Null)
    );
    let (_, discrete) = json(&mut n, &format!("/api/v1/acteurs/{}", faits[1].1)).await;
    assert_eq!(
        (&discrete["precision"], &discrete["adresse"], &discrete["site"]),
        (&"mairie".into(), &Value::Null, &Value::Null)
    );
    for (_, reference) in &faits[2..] {
        let (statut, _) = json(&mut n, &format!("/api/v1/acteurs/{reference}")).await;
        assert_eq!(statut, StatusCode::NOT_FOUND, "a natural person, diffusion refused or not, is nowhere");
    }
    let tx = appli.instance.db.read().await.unwrap();
    let etat = (JEUX[0].etat)(&tx, &appli.instance).await.unwrap();
    drop(tx);
    assert_eq!(etat.lignes, 2, "the count is that of the rows");

    // A structure's own contact is given.
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE acteur SET courriel = 'contact@paniers.invalid', telephone = '03 83 00 00 00' WHERE nom = 'Les Paniers'")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (_, paniers) = json(&mut n, &format!("/api/v1/acteurs/{}", faits[0].1)).await;
    assert_eq!(
        (&paniers["courriel"], &paniers["telephone"]),
        (&"contact@paniers.invalid".into(), &"03 83 00 00 00".into())
    );
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_api_se_lit_page_par_page_sans_double_ni_trou(#[case] moteur: Moteur) {
    let monde: Vec<Acteur> = (0..60)
        .map(|rang| Acteur {
            nom: if rang % 2 == 0 { "Recyclerie" } else { "Épicerie" },
            theme: if rang % 2 == 0 { Theme::Reemploi } else { Theme::Commerce },
            ..Acteur::default()
        })
        .chain([Acteur { nom: "Caché", etat: EtatActeur::Masque, ..Acteur::default() }])
        .collect();
    let (appli, faits) = appli_avec(moteur, &monde).await;
    let mut n = appli.navigateur();
    let mut chemin = "/api/v1/acteurs?limite=25".to_owned();
    let (mut vus, mut pages, mut comptes) = (Vec::new(), 0, BTreeSet::new());
    loop {
        let avant = appli.instance.db.nombre_de_requetes();
        let (statut, page) = json(&mut n, &chemin).await;
        comptes.insert(appli.instance.db.nombre_de_requetes() - avant);
        assert_eq!((statut, &page["total"]), (StatusCode::OK, &60.into()));
        vus.extend(page["acteurs"].as_array().unwrap().iter().map(|a| a["reference"].as_str().unwrap().to_owned()));
        pages += 1;
        let Some(suivante) = page["suivante"].as_str() else { break };
        chemin = suivante.strip_prefix("http://terreau.test").unwrap().to_owned();
        assert!(chemin.contains(page["curseur"].as_str().unwrap()));
    }
    assert_eq!((pages, vus.len(), vus.iter().collect::<BTreeSet<_>>().len()), (3, 60, 60));
    assert!(comptes.iter().all(|nombre| *nombre <= 3), "{comptes:?}");

    let (_, par_activite) = json(&mut n, "/api/v1/acteurs?activite=94").await;
    assert_eq!(par_activite["total"], 60);
    let (_, filtree) = json(&mut n, "/api/v1/acteurs?theme=reemploi&q=ressourcerie").await;
    assert_eq!(filtree["total"], 30);
    assert!(filtree["acteurs"].as_array().unwrap().iter().all(|a| a["themes"] == serde_json::json!(["reemploi"])));
    let page = n.ouvrir("/api/v1/acteurs?limite=1").await;
    assert_eq!(page.entetes[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(page.entetes[header::CACHE_CONTROL], "public, max-age=60");

    for faux in [
        "theme=inconnu",
        "limite=0",
        "limite=101",
        "curseur=%C3%A9",
        "commune=Nancy",
        "x=1",
        "insee=75056",
        "page=2",
        "activite=zz",
    ] {
        let page = n.ouvrir(&format!("/api/v1/acteurs?{faux}")).await;
        assert_eq!(page.statut, StatusCode::BAD_REQUEST, "{faux}");
        assert_eq!(page.entetes[header::CONTENT_TYPE], "application/problem+json", "{faux}");
        assert_eq!(serde_json::from_str::<Value>(&page.html).unwrap()["status"], 400);
    }
    let cache = &faits[60].1;
    assert_eq!(json(&mut n, &format!("/api/v1/acteurs/{cache}")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(json(&mut n, "/api/v1/acteurs/%3Cscript%3E").await.0, StatusCode::NOT_FOUND);

    // Merged into another: its old reference leads there.
    let (garde, absorbe, vers) = (faits[0].0.as_str(), faits[60].0.as_str(), &faits[0].1);
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_fusion (id, garde, absorbe, nom, trace, faite_le) VALUES ('f', {garde}, {absorbe}, 'x', '', 0)"
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let ailleurs = n.ouvrir(&format!("/api/v1/acteurs/{cache}")).await;
    assert_eq!(ailleurs.statut, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(ailleurs.entetes[header::LOCATION].to_str().unwrap(), format!("/api/v1/acteurs/{vers}"));
    assert_eq!(ailleurs.entetes[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    appli.fin().await;
}

#[tokio::test]
async fn l_api_ne_repond_que_du_json_meme_en_erreur() {
    let limites = Limites { requetes_par_minute: NonZeroU32::new(4), ..Limites::default() };
    let appli = Appli::avec_limites(Moteur::Sqlite, vec![annuaire::feature()], limites).await;
    let mut n = appli.navigateur();
    for (methode, chemin, statut) in [
        ("GET", "/api/v1/acteurs?theme=x", 400),
        ("GET", "/api/v1/acteurs/inconnu", 404),
        ("GET", "/api/v1/x", 404),
        ("POST", "/api/v1/acteurs", 405),
        ("GET", "/api/v1/acteurs", 429),
    ] {
        let page = n.demander(methode, chemin, None).await;
        assert_eq!((page.statut.as_u16(), page.entetes.get(header::SET_COOKIE)), (statut, None), "{chemin}");
        assert_eq!(page.entetes[header::CONTENT_TYPE], "application/problem+json", "{chemin}");
        assert_eq!(page.entetes[header::CACHE_CONTROL], "no-store", "{chemin}");
        assert_eq!(page.entetes[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{chemin}");
        assert_eq!(page.entetes.contains_key(header::RETRY_AFTER), statut == 429, "{chemin}");
        assert_eq!(page.entetes.contains_key(header::ALLOW), statut == 405, "{chemin}");
        let corps: Value = serde_json::from_str(&page.html).unwrap();
        assert_eq!(corps["status"], statut, "{chemin}");
        assert!(["title", "detail"].iter().all(|mot| corps[mot].as_str().is_some_and(|dit| !dit.is_empty())));
        let decrits = &annuaire::feature().api.unwrap()()["components"]["schemas"]["Probleme"]["properties"];
        assert!(corps.as_object().unwrap().keys().all(|mot| decrits.get(mot).is_some()), "{chemin} {corps}");
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_table_et_le_flux_suivent_l_annuaire(#[case] moteur: Moteur) {
    let monde = [
        Acteur { nom: "Premier", agrement: Some(("aci", None)), ..Acteur::default() },
        Acteur {
            nom: "Deuxième & <b>dernier</b>",
            commune: "54129",
            presentation: "<img src=x> & café",
            ..Acteur::default()
        },
    ];
    let (appli, faits) = appli_avec(moteur, &monde).await;
    let etat = async |appli: &Appli| {
        let tx = appli.instance.db.read().await.unwrap();
        (JEUX[0].etat)(&tx, &appli.instance).await.unwrap()
    };
    let avant = etat(&appli).await;
    assert_eq!(avant.lignes, 2);
    let tx = appli.instance.db.read().await.unwrap();
    let lot = (JEUX[0].lot)(&tx, &appli.instance, "").await.unwrap();
    drop(tx);
    assert_eq!((lot.lignes.len(), lot.suite), (2, None));
    let rang = |nom: &str| JEUX[0].colonnes.iter().position(|colonne| colonne.nom == nom).unwrap();
    let premier = lot.lignes.iter().find(|ligne| ligne[rang("nom")] == Case::Texte("Premier".to_owned())).unwrap();
    assert_eq!(premier[rang("agrements")], Case::Texte("aci".to_owned()));
    assert_eq!(premier[rang("longitude")], Case::Decimal(6.184));
    assert_eq!(premier[rang("exemple")], Case::Booleen(false));

    let mut n = appli.navigateur();
    let liste = n.ouvrir("/annuaire").await.html;
    assert!(liste.contains(r#"<link rel="alternate" type="application/rss+xml""#), "{liste}");
    let flux = n.ouvrir("/annuaire/nouveautes.rss").await;
    assert_eq!(flux.entetes[header::CONTENT_TYPE], "application/rss+xml; charset=utf-8");
    assert_eq!(flux.html.matches("<item>").count(), 2);
    assert!(!flux.html.contains("<b>") && flux.html.contains(&faits[1].1), "{}", flux.html);
    // Out of the XML, a reader shows a description as HTML: it must still be words.
    assert!(flux.html.contains("<![CDATA[Cirey-sur-Vezouze – &lt;img src=x&gt; &amp; café]]>"), "{}", flux.html);

    let tx = appli.instance.db.begin().await.unwrap();
    let reference = &faits[0].1;
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET etat = 'cesse' WHERE reference = {reference}")).await.unwrap();
    tx.commit().await.unwrap();
    let apres = etat(&appli).await;
    assert_eq!(apres.lignes, 1);
    assert_ne!(apres.empreinte, avant.empreinte);
    appli.fin().await;
}
