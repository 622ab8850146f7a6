//! What each one sees as they chose it, and what the site says of itself.

use axum::http::StatusCode;
use rstest::rstest;
use server::features;
use testkit::{Appli, Moteur};

use crate::ouverte;

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_site_dit_ce_qu_il_pese_ce_qui_est_accessible_et_se_lit_facilement(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut public = appli.navigateur();
    let aide = public.ouvrir("/aide").await;
    let poids = public.ouvrir("/poids").await;
    let octets = aide.html.len().div_ceil(100);
    poids.exiger("/aide").exiger(&format!("{},{} ko", octets / 10, octets % 10));
    assert!(!poids.contient("/facile-a-lire/{page}"), "not asked yet");

    let declaration = public.ouvrir("/accessibilite").await;
    let grille = web::accessibilite::grille();
    declaration.exiger(grille.mention()).exiger(&format!("soit {} %", grille.taux()));
    let criteres = public.ouvrir("/accessibilite/criteres").await;
    for critere in grille.criteres() {
        criteres.exiger(&critere.titre);
    }

    for page in reglages::facile::pages() {
        let adresse = format!("/facile-a-lire/{}", page.adresse);
        let facile = public.ouvrir(adresse.trim_end_matches('/')).await;
        facile.exiger(&page.titre).exiger("pas encore été relue par des personnes concernées");
        if let Some(entiere) = &page.page {
            let lien = format!("main a[href='{}']", adresse.trim_end_matches('/'));
            assert_eq!(public.ouvrir(entiere).await.textes(&lien).len(), 1, "{entiere}");
        }
    }
    assert_eq!(public.ouvrir("/facile-a-lire/rien").await.statut, StatusCode::NOT_FOUND);

    // What a page does not explain, the site explains at its end.
    let levier = public.ouvrir("/leviers/detr").await;
    levier.exiger("Les sigles de cette page").exiger("code général des collectivités territoriales");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_affichage_choisi_tient_sur_toutes_les_pages(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut lecteur = appli.navigateur();
    assert!(!lecteur.ouvrir("/").await.html.contains("data-affichage"));

    let page = lecteur.ouvrir("/affichage").await;
    let page = lecteur.envoyer(&page, "/affichage", &[("affichage", "contraste-sombre")]).await;
    page.exiger("Votre choix est gardé dans ce navigateur.");
    assert!(
        lecteur.ouvrir("/communes/54129").await.html.contains("<html lang=\"fr\" data-affichage=\"contraste-sombre\">")
    );
    assert!(!appli.navigateur().ouvrir("/").await.html.contains("data-affichage"), "the choice of one browser only");

    // Undone from the message, done again.
    assert_eq!(page.attribut(".tr-message input[name=affichage]", "value").as_deref(), Some("appareil"));
    let page = lecteur.envoyer(&page, "/affichage", &[]).await;
    assert!(!page.html.contains("data-affichage"));
    let page = lecteur.envoyer(&page, "/affichage", &[]).await;
    assert!(page.html.contains("data-affichage=\"contraste-sombre\""));

    // Back to what the device asks; a value that does not exist, typed or in the cookie, changes nothing.
    let page = lecteur.ouvrir("/affichage").await;
    let refus = lecteur.envoyer(&page, "/affichage", &[("affichage", "rose")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Choisissez un affichage dans la liste.");
    lecteur.envoyer(&refus, "/affichage", &[("affichage", "appareil")]).await;
    assert!(!lecteur.ouvrir("/").await.html.contains("data-affichage"));
    lecteur.poser_cookie("terreau_affichage", "\"><script>");
    assert!(!lecteur.ouvrir("/").await.html.contains("data-affichage"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_fond_de_carte_ouvre_la_politique_de_securite_a_lui_seul(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let mut public = appli.navigateur();
    let politique = |page: &testkit::Page| page.entetes["content-security-policy"].to_str().unwrap().to_owned();
    let carte = public.ouvrir("/carte").await;
    assert!(politique(&carte).contains("connect-src 'self'; worker-src 'self'"));
    assert!(carte.html.contains("data-fond=\"aucun\""));
    let contours = public.ouvrir("/communes.geojson").await;
    assert_eq!(contours.html.matches("\"type\":\"Feature\",").count(), 591);
    assert!(public.ouvrir("/carte.geojson").await.html.contains("FeatureCollection"));

    let chemin = "/reglages/identite";
    let page = agent.ouvrir(chemin).await;
    let apercu = agent.envoyer(&page, chemin, &[("accent", "#7a1f5c"), ("acte", "apercu")]).await;
    apercu.exiger("Couleur #7a1f5c");
    assert!(!public.ouvrir("/").await.html.contains("#7a1f5c"), "a preview saves nothing");
    let page = agent.envoyer(&apercu, chemin, &[("fond", "ign")]).await;
    page.exiger("L’identité est enregistrée");
    let carte = public.ouvrir("/carte").await;
    assert!(politique(&carte).contains("connect-src 'self' https://data.geopf.fr; worker-src 'self'"));
    assert!(carte.html.contains("data-fond=\"ign\""));
    public.ouvrir("/donnees-personnelles").await.exiger("qui voit alors votre adresse de réseau");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_raccourcis_sont_aux_agents_qui_les_demandent(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let mut public = appli.navigateur();
    assert!(!public.ouvrir("/affichage").await.contient("raccourcis clavier"));
    let demande = [("affichage", "appareil"), ("raccourcis", "oui")];
    let page = public.ouvrir("/affichage").await;
    public.envoyer(&page, "/affichage", &demande).await;
    public.poser_cookie("terreau_raccourcis", "oui");
    assert!(public.ouvrir("/").await.attribut("body", "data-raccourcis").is_none());

    let page = agent.ouvrir("/affichage").await;
    assert!(page.attribut("body", "data-raccourcis").is_none());
    let page = agent.envoyer(&page, "/affichage", &demande).await;
    assert!(page.attribut("body", "data-raccourcis").is_some());
    let page = agent.envoyer(&page, "/affichage", &[("affichage", "appareil"), ("raccourcis", "non")]).await;
    assert!(page.attribut("body", "data-raccourcis").is_none());
    appli.fin().await;
}
