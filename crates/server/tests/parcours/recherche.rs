//! Finding: in the whole site, from a town, near me.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Page};

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_recherche_du_site_et_la_page_d_une_commune(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut n = appli.navigateur();
    let page = n.ouvrir("/communes/54129").await;
    page.exiger("Aucun acteur connu à Cirey-sur-Vezouze");
    n.ouvrir("/annuaire").await.exiger("L’annuaire est encore vide");
    n.ouvrir("/recherche").await.exiger("Un nom, un mot, un besoin");
    n.ouvrir("/recherche?q=%22(((+zygomatique").await.exiger("Rien ne répond à");
    appli.fin().await;
}

/// Headings of the families found, and titles of the results.
fn trouve(page: &Page) -> (Vec<String>, Vec<String>) {
    let familles =
        page.textes("main h2").iter().map(|titre| titre.split('\u{20}').next().unwrap().to_owned()).collect();
    (familles, page.textes(".tr-carte-projet > a"))
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_recherche_trouve_projets_aides_acteurs_et_communes(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut n = appli.navigateur();
    let page = n.ouvrir("/recherche?q=epicerie").await;
    for (titre, adresse) in
        [("Projets publiés", "/projets/cafecrey"), ("Aides et appuis", "/leviers/"), ("Acteurs", "/annuaire/")]
    {
        page.exiger(titre);
        assert!(!page.textes(&format!(".tr-carte-projet > a[href^='{adresse}']")).is_empty(), "{titre} {adresse}");
    }
    for (adresse, attendu) in [
        ("/recherche?q=cirey", "Cirey-sur-Vezouze"),
        ("/recherche?q=54480", "Cirey-sur-Vezouze"),
        ("/recherche?q=detr", "Dotation d’équipement des territoires ruraux (DETR)"),
        ("/recherche?q=rouvrir+bistrot", "Rouvrir le café-épicerie de la place"),
    ] {
        let (_, titres) = trouve(&n.ouvrir(adresse).await);
        assert!(titres.iter().any(|titre| titre == attendu), "{adresse} : {titres:?}");
    }
    let page = n.ouvrir("/recherche?q=dotatoin").await;
    page.exiger("voici ce qui s’en approche").exiger("Dotation d’équipement");
    // Exact answers hide those that only come close.
    let (familles, _) = trouve(&n.ouvrir("/recherche?q=rouvrir+caf%C3%A9+%C3%A9picerie+place").await);
    assert_eq!(familles, ["Projets"]);

    // The picker of organisations: names of the directory alone.
    let propose = n.ouvrir("/structures.json?q=piemont").await.html;
    assert!(propose.contains("\"libelle\":\"Café coopératif du Piémont (exemple)\""), "{propose}");
    for rien in ["/structures.json", "/structures.json?q=", "/structures.json?q=zzzzzz"] {
        assert_eq!(n.ouvrir(rien).await.html, "[]", "{rien}");
    }

    // One family alone, page by page; an unknown family is every family.
    let page = n.ouvrir("/recherche?q=subvention").await;
    page.exiger("Voir tous les résultats");
    let suite = page.attribut("section[aria-labelledby=t-levier] p > a[href*='dans=levier']", "href").unwrap();
    let seule = n.ouvrir(&suite).await;
    assert!(trouve(&seule).1.len() > trouve(&page).1.len(), "{:?}", trouve(&seule));
    assert_eq!(trouve(&seule).0, ["Aides"]);
    seule.exiger("Chercher dans tout le site");
    assert_eq!(n.ouvrir("/recherche?q=x&dans=%3Cscript%3E&page=-1").await.statut, StatusCode::OK);
    assert_eq!(n.ouvrir("/recherche?q=subvention&dans=levier&page=9999999").await.statut, StatusCode::OK);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_projet_ne_se_trouve_que_publie(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let page = porteuse.ouvrir("/projets/nouveau").await;
    let idee = [
        ("titre", "Orangerie zygomatique"),
        ("commune", "Cirey-sur-Vezouze (54)"),
        ("manque", "Un mot vibraphone."),
        ("themes", "commerce"),
    ];
    let page = porteuse.envoyer(&page, "/projets/nouveau", &idee).await;
    let reference = page.chemin.split('/').nth(2).unwrap().to_owned();
    let suite =
        [("etape", "idee"), ("porteur", "association-sans-salarie"), ("besoins", "conseil"), ("cout_inconnu", "oui")];
    porteuse.envoyer(&page, &format!("/projets/{reference}/suite"), &suite).await;
    let (mut agent, _) = appli
        .connecter("agent@exemple.invalid", Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite)))
        .await;
    let (mut charge, _) = appli
        .connecter("ch@exemple.invalid", Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::ChargeTerritorial)))
        .await;
    let mut visiteur = appli.navigateur();
    let fiche = format!("/projets/{reference}");
    let mut chacun = [&mut porteuse, &mut agent, &mut charge, &mut visiteur];

    appli.travailler().await;
    for q in ["zygomatique", "vibraphone"] {
        // Her own: she finds it, and nobody else does.
        let page = chacun[0].ouvrir(&format!("/recherche?q={q}")).await;
        page.exiger("Vos projets").exiger("Orangerie zygomatique");
        for qui in &mut chacun[1..] {
            let page = qui.ouvrir(&format!("/recherche?q={q}")).await;
            assert!(!page.html.contains("Orangerie") && !page.html.contains(&reference), "{q} : {}", page.texte());
        }
    }
    let publier = chacun[0].ouvrir(&format!("{fiche}/publier")).await;
    let sans = [("deliberation", "ne-sait-pas")];
    chacun[0].envoyer(&publier, &format!("{fiche}/publier"), &sans).await.exiger("Votre projet est public");
    appli.travailler().await;
    for q in ["zygomatique", "vibraphone", "zygomatiques+cirey"] {
        chacun[3].ouvrir(&format!("/recherche?q={q}")).await.exiger("Orangerie zygomatique");
    }
    // Withdrawn: nothing is shown, even before the index is told.
    let page = chacun[0].ouvrir(&fiche).await;
    chacun[0].envoyer(&page, &format!("{fiche}/retirer"), &[]).await.exiger("de nouveau privé");
    for _ in 0..2 {
        for qui in &mut chacun[1..] {
            let page = qui.ouvrir("/recherche?q=vibraphone").await;
            assert!(!page.html.contains("Orangerie") && !page.contient("Projets publiés"), "{}", page.texte());
        }
        appli.travailler().await;
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chacun_trouve_ce_qu_il_a_le_droit_de_voir(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = crate::decrire(&mut porteuse).await;
    let action = format!("/projets/{reference}/accompagnement");
    let page = porteuse.ouvrir(&action).await;
    porteuse.envoyer(&page, &action, &[("message", "Nous aider à commencer.")]).await;
    let mut visiteur = appli.navigateur();
    let entrer = async |role: &str| {
        let mut n = appli.navigateur();
        let page = n.ouvrir("/demo").await;
        n.envoyer(&page, "/demo", &[("role", role)]).await;
        n
    };
    let mut charge = entrer("charge.lunevillois@exemple.invalid").await;
    let (mut ailleurs, _) = appli
        .connecter("ch@exemple.invalid", Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::ChargeTerritorial)))
        .await;
    let (mut agent, _) = appli
        .connecter("agent@exemple.invalid", Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite)))
        .await;
    let projet = format!("/projets/{reference}");
    let trouve = async |n: &mut testkit::Navigateur, q: &str| n.ouvrir(&format!("/recherche?q={q}")).await;

    // A request: who bears it, who follows it; not the chargé of elsewhere, not the agent of the site, not everyone.
    trouve(&mut porteuse, "rouvrir+epicerie").await.exiger("Vos projets");
    let page = trouve(&mut charge, "rouvrir+epicerie").await;
    page.exiger("Demandes que vous suivez");
    assert!(page.html.contains(&format!("{projet}/suivi")));
    for qui in [&mut ailleurs, &mut agent, &mut visiteur] {
        assert!(!trouve(qui, "rouvrir+epicerie").await.html.contains(&projet));
    }
    // Settings: the agent of the site alone.
    trouve(&mut agent, "sauvegardes").await.exiger("Réglages du site");
    for qui in [&mut charge, &mut porteuse, &mut visiteur] {
        let page = trouve(qui, "sauvegardes").await;
        assert!(!page.contient("Réglages du site") && !page.html.contains("/reglages"), "{}", page.texte());
    }
    // Rules, help, words, pages: everyone; kept by browsers only where nothing personal is in it.
    for (q, famille, adresse) in [
        ("r-05", "Règles", "/regles/r-05"),
        ("signer+un+devis", "Aide", "/aide"),
        ("scic", "Mots expliqués", "/mots#"),
        ("delais", "Pages du site", "/delais"),
    ] {
        let page = trouve(&mut visiteur, q).await;
        page.exiger(famille);
        assert!(page.html.contains(&format!("href=\"{adresse}")), "{q} : {}", page.texte());
        assert_eq!(page.entetes["cache-control"], "public, max-age=60");
    }
    assert_eq!(trouve(&mut porteuse, "delais").await.entetes["cache-control"], "no-store");
    let page = visiteur.ouvrir("/recherche?q=regle&dans=regles").await;
    assert_eq!(page.textes("main h2").len(), 1, "one family alone");
    visiteur.ouvrir("/mots").await.exiger("Sigles");

    // As many statements whatever is found.
    let mut cout = async |q: &str| {
        let avant = appli.instance.db.nombre_de_requetes();
        trouve(&mut charge, q).await;
        appli.instance.db.nombre_de_requetes() - avant
    };
    let sans = cout("zzzzzz").await;
    // One more for each family of the index that has something to show.
    assert!(cout("epicerie").await <= sans + 4);
    appli.fin().await;
}

#[tokio::test]
async fn autour_de_moi_trouve_la_commune_la_plus_proche() {
    let appli = Appli::nouvelle(Moteur::Sqlite, features()).await;
    let mut n = appli.navigateur();
    let commune = async |n: &mut testkit::Navigateur, ou: &str| n.ouvrir(&format!("/communes.json?{ou}")).await.html;
    assert_eq!(commune(&mut n, "lon=6.94&lat=48.58").await, r#"[{"code":"54129","libelle":"Cirey-sur-Vezouze (54)"}]"#);
    for loin in ["lon=2.35&lat=48.86", "lon=NaN&lat=48.5", "lon=999&lat=48.5", "lon=6.9"] {
        assert_eq!(commune(&mut n, loin).await, "[]", "{loin}");
    }
    appli.fin().await;
}
