//! A draft without account is found again in its browser, and there alone.

use axum::http::StatusCode;
use rstest::rstest;
use server::features;
use testkit::{Appli, Moteur, Navigateur};

use super::IDEE;

async fn commencer(visiteur: &mut Navigateur) -> String {
    let page = visiteur.ouvrir("/projets/nouveau").await;
    let page = visiteur.envoyer(&page, "/projets/nouveau", IDEE).await;
    page.chemin.split('/').nth(2).unwrap().to_owned()
}

const REPRENDRE: &str = "Reprendre mon brouillon « Rouvrir le café-épicerie »";

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_brouillon_se_retrouve_dans_son_navigateur(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut visiteur = appli.navigateur();
    // Who has seen a form and described nothing: the home page is everyone's.
    visiteur.ouvrir("/connexion").await;
    assert_eq!(visiteur.ouvrir("/").await.entetes["cache-control"], "public, max-age=60");
    visiteur.ouvrir("/projets").await.exiger("Connectez-vous pour continuer");

    let reference = commencer(&mut visiteur).await;
    for chemin in ["/", "/projets", "/projets/nouveau"] {
        let page = visiteur.ouvrir(chemin).await;
        assert_eq!((page.statut, &page.entetes["cache-control"]), (StatusCode::OK, &"no-store".parse().unwrap()));
        page.exiger(REPRENDRE).exiger("Effacer ce brouillon");
        let vers = page.attribut("#t-brouillons ~ ul a", "href");
        assert_eq!(vers, Some(format!("/projets/{reference}/suite")), "{chemin}: where it was left");
        visiteur.ouvrir(&vers.unwrap()).await.exiger("Où vous en êtes");
    }
    let mut autre = appli.navigateur();
    commencer(&mut autre).await;
    let page = autre.ouvrir("/").await;
    assert_eq!(page.textes("#t-brouillons ~ ul a").len(), 1, "its own, not those of another browser");
    let mut passant = appli.navigateur();
    let accueil = passant.ouvrir("/").await;
    assert!(!accueil.contient("Reprendre mon brouillon"));
    assert_eq!(accueil.entetes["cache-control"], "public, max-age=60");

    // Erased on a shared computer: nothing is left of it.
    let page = visiteur.ouvrir("/").await;
    let page = visiteur.envoyer(&page, &format!("/projets/{reference}/effacer"), &[]).await;
    page.exiger("Le brouillon est effacé");
    assert!(!page.contient("Reprendre mon brouillon"));
    visiteur.ouvrir("/projets").await.exiger("Connectez-vous pour continuer");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_brouillon_avance_se_reprend_a_ses_resultats_et_garde_il_n_en_est_plus_un(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut visiteur = appli.navigateur();
    let (_, reference) = super::decrire(&mut visiteur).await;
    let vers = visiteur.ouvrir("/").await.attribut("#t-brouillons ~ ul a", "href");
    assert_eq!(vers, Some(format!("/projets/{reference}/resultat")));
    let avant = appli.instance.db.nombre_de_requetes();
    visiteur.ouvrir("/").await;
    let un = appli.instance.db.nombre_de_requetes() - avant;
    commencer(&mut visiteur).await;
    commencer(&mut visiteur).await;
    let avant = appli.instance.db.nombre_de_requetes();
    let page = visiteur.ouvrir("/").await;
    assert_eq!(appli.instance.db.nombre_de_requetes() - avant, un, "as many statements for three drafts");
    assert_eq!(page.textes("#t-brouillons ~ ul a").len(), 3);

    let page = visiteur.ouvrir(&format!("/projets/{reference}/garder")).await;
    let page = visiteur.envoyer(&page, "/connexion", &[("courriel", "maire@cirey.invalid")]).await;
    let courriel = appli.courriels().await.pop().unwrap();
    let code: String = courriel.texte().split("Votre code : ").nth(1).unwrap().chars().take(6).collect();
    visiteur.envoyer(&page, "/connexion/code", &[("code", &code)]).await.exiger("Votre projet est gardé");
    let page = visiteur.ouvrir("/projets").await;
    page.exiger("Rouvrir le café-épicerie");
    assert_eq!(page.textes("#t-brouillons ~ ul a").len(), 2, "those not kept are still offered");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn je_ne_sais_pas_convient_aussi_pour_l_etape(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut visiteur = appli.navigateur();
    let reference = commencer(&mut visiteur).await;
    let action = format!("/projets/{reference}/suite");
    let page = visiteur.ouvrir(&action).await;
    assert!(page.textes("label").iter().filter(|mots| mots.as_str() == "Je ne sais pas").count() >= 2);
    let page = visiteur.envoyer(&page, &action, &[("etape", "inconnue"), ("porteur", "commune")]).await;
    page.exiger("Ce qui peut vous aider").exiger("Dites où en est le projet");
    assert!(!page.contient("À cette étape (étape à préciser)"), "unknown is never no");
    appli.fin().await;
}
