//! Signing in by mail: a code and a link, 24 hours, one use.

use std::num::NonZeroU32;

use axum::http::{StatusCode, header};
use rstest::rstest;
use testkit::{Appli, Moteur};
use web::application::Limites;

use super::{code, demander, dernier, entrer, lien};

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_code_ou_le_lien_servent_une_fois(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let mut secretaire = appli.navigateur();
    let page = demander(&mut secretaire, " Mairie@Exemple.INVALID ").await;
    page.exiger("Vérifiez vos courriels").exiger("valables 24 heures").exiger("mairie@exemple.invalid");
    let courriel = dernier(&appli, "mairie@exemple.invalid").await;
    let (code, chemin) = (code(&courriel), lien(&courriel, "/connexion/lien/"));

    // Antivirus programs open links: opening uses nothing, from anywhere, as often as they like.
    for _ in 0..3 {
        let apercu = appli.navigateur().ouvrir(&chemin).await;
        apercu.exiger("Vous entrez avec l’adresse mairie@exemple.invalid");
        assert_eq!(apercu.entetes[header::CACHE_CONTROL], "no-store");
    }
    // On another device than the one that asked, the button enters; the code of the same mail is then spent.
    let mut telephone = appli.navigateur();
    let apercu = telephone.ouvrir(&chemin).await;
    let action = apercu.attribut("main form", "action").unwrap();
    telephone.envoyer(&apercu, &action, &[]).await.exiger("Vous êtes connecté");
    let refus = secretaire.envoyer(&page, "/connexion/code", &[("code", &code)]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("il a déjà servi");
    assert_eq!(appli.navigateur().ouvrir(&chemin).await.statut, StatusCode::NOT_FOUND);

    // A new one lives 24 hours, not a second more; spaces in a code are forgiven.
    let page = demander(&mut secretaire, "mairie@exemple.invalid").await;
    let courriel = dernier(&appli, "mairie@exemple.invalid").await;
    appli.horloge.avancer(24 * 3600 - 60);
    let espace = super::code(&courriel).chars().map(|c| format!("{c} ")).collect::<String>();
    let mut a_temps = secretaire.clone();
    let page_encore = a_temps.ouvrir(&page.chemin).await;
    a_temps.envoyer(&page_encore, "/connexion/code", &[("code", &espace)]).await.exiger("Vous êtes connecté");
    let mut tard = appli.navigateur();
    demander(&mut tard, "tard@exemple.invalid").await;
    let chemin = lien(&dernier(&appli, "tard@exemple.invalid").await, "/connexion/lien/");
    appli.horloge.avancer(24 * 3600 + 1);
    let perime = tard.ouvrir(&chemin).await;
    assert_eq!(perime.statut, StatusCode::NOT_FOUND);
    perime.exiger("plus de 24 heures");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn rien_ne_dit_si_une_adresse_est_connue(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    appli.connecter("connue@exemple.invalid", None).await;
    let mut reponses = Vec::new();
    for adresse in ["connue@exemple.invalid", "jamais@exemple.invalid"] {
        let mut visiteur = appli.navigateur();
        let page = visiteur.ouvrir("/connexion").await;
        // As many statements: the same work, so the same time.
        let avant = appli.instance.db.nombre_de_requetes();
        let reponse = visiteur.envoyer(&page, "/connexion", &[("courriel", adresse)]).await;
        let travail = appli.instance.db.nombre_de_requetes() - avant;
        assert!(dernier(&appli, adresse).await.contains("Votre code"));
        reponses.push((reponse.statut, reponse.texte().replace(adresse, "…"), travail));
    }
    assert_eq!(reponses[0], reponses[1]);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_essais_et_les_envois_sont_comptes(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let mut intrus = appli.navigateur();
    let page = demander(&mut intrus, "visee@exemple.invalid").await;
    let bon = code(&dernier(&appli, "visee@exemple.invalid").await);
    let faux = if bon == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        let refus = intrus.envoyer(&page, "/connexion/code", &[("code", faux)]).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refus = intrus.envoyer(&page, "/connexion/code", &[("code", &bon)]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "after five tries the right code is dead too");

    // Five mails an hour to one address; the sixth gets the same page and no mail.
    for _ in 0..6 {
        demander(&mut intrus, "visee@exemple.invalid").await.exiger("Vérifiez vos courriels");
    }
    let recus = appli.courriels().await.iter().filter(|c| c.destinataire() == "visee@exemple.invalid").count();
    assert_eq!(recus, 5);
    appli.horloge.avancer(3_601);
    demander(&mut intrus, "visee@exemple.invalid").await;
    let recus = appli.courriels().await.iter().filter(|c| c.destinataire() == "visee@exemple.invalid").count();
    assert_eq!(recus, 6);
    appli.fin().await;
}

#[tokio::test]
async fn une_adresse_du_reseau_ne_demande_pas_sans_fin() {
    let limites = Limites { connexions_par_heure: NonZeroU32::new(3), ..Limites::default() };
    let appli = Appli::avec_limites(Moteur::Sqlite, vec![comptes::feature()], limites).await;
    let mut robot = appli.navigateur().depuis([192, 0, 2, 1]);
    for n in 0..3 {
        demander(&mut robot, &format!("cible-{n}@exemple.invalid")).await.exiger("Vérifiez vos courriels");
    }
    let page = demander(&mut robot, "cible-4@exemple.invalid").await;
    assert_eq!(page.statut, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.entetes[header::RETRY_AFTER], "600");
    page.exiger("Attendez");
    // Reading goes on, and the neighbours are not punished.
    assert_eq!(robot.ouvrir("/connexion").await.statut, StatusCode::OK);
    let mut voisin = appli.navigateur().depuis([192, 0, 2, 2]);
    demander(&mut voisin, "voisin@exemple.invalid").await.exiger("Vérifiez vos courriels");
    assert_eq!(appli.courriels().await.len(), 4);
    appli.fin().await;
}

#[tokio::test]
async fn entrer_change_de_secret_et_ne_mene_jamais_ailleurs() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![comptes::feature()]).await;
    // A secret put in the browser by someone else never becomes a session.
    let mut victime = appli.navigateur();
    let impose = "ab".repeat(32);
    victime.poser_cookie(web::contexte::COOKIE_SESSION, &impose);
    let page = demander(&mut victime, "victime@exemple.invalid").await;
    let code = code(&dernier(&appli, "victime@exemple.invalid").await);
    let corps = [("code", code.as_str())];
    let reponse = victime.envoyer_sans_suivre(&page, "/connexion/code", &corps).await;
    let pose = reponse.entetes.get_all(header::SET_COOKIE).iter().map(|c| c.to_str().unwrap().to_owned());
    let session = pose.into_iter().find(|c| c.starts_with("terreau_session=")).unwrap();
    assert!(!session.contains(&impose));
    assert!(
        session.contains("HttpOnly") && session.contains("SameSite=Lax") && session.contains("Path=/"),
        "{session}"
    );
    let mut intrus = appli.navigateur();
    intrus.poser_cookie(web::contexte::COOKIE_SESSION, &impose);
    intrus.ouvrir("/compte").await.exiger("Connectez-vous pour continuer");

    // Where to go afterwards is a path of this site, whatever the address says.
    appli.connecter("ailleurs@exemple.invalid", None).await;
    for ailleurs in ["https://autre.invalid/", "//autre.invalid", "/%5Cautre.invalid", "/%0d%0aSet-Cookie:%20x=y"] {
        let mut visiteur = appli.navigateur();
        let page = visiteur.ouvrir(&format!("/connexion?retour={ailleurs}")).await;
        visiteur.envoyer(&page, "/connexion", &[("courriel", "ailleurs@exemple.invalid")]).await;
        let courriel = dernier(&appli, "ailleurs@exemple.invalid").await;
        appli.horloge.avancer(3_601);
        let apercu = visiteur.ouvrir(&lien(&courriel, "/connexion/lien/")).await;
        let action = apercu.attribut("main form", "action").unwrap();
        let reponse = visiteur.envoyer_sans_suivre(&apercu, &action, &[]).await;
        let vers = reponse.entetes[header::LOCATION].to_str().unwrap().to_owned();
        assert!(vers.starts_with('/') && !vers.starts_with("//") && !vers.contains("autre"), "{ailleurs} → {vers}");
        assert!(!reponse.entetes.get_all(header::SET_COOKIE).iter().any(|c| c.to_str().unwrap().starts_with("x=y")));
    }
    appli.fin().await;
}

#[tokio::test]
async fn un_formulaire_d_ailleurs_n_est_pas_pris() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![comptes::feature()]).await;
    let mut maire = entrer(&appli, "maire@exemple.invalid").await;
    // No token, a false one, another browser's.
    let autre = appli.navigateur().ouvrir("/connexion").await.attribut("input[name=_jeton]", "value").unwrap();
    let posts = appli.routes.iter().filter(|(methodes, ..)| methodes.contains("POST"));
    for (_, chemin, acces) in posts.filter(|(.., acces)| *acces != web::Acces::Demo) {
        let chemin = chemin.replace("{secret}", "x");
        for jeton in ["", "_jeton=1.2.3&_cle=x", &format!("_jeton={autre}&_cle=x")] {
            let page = maire.poster(&chemin, jeton).await;
            assert_eq!(page.statut, StatusCode::FORBIDDEN, "{chemin} {acces:?} {jeton}");
        }
    }
    maire.ouvrir("/compte").await.exiger("maire@exemple.invalid");
    appli.fin().await;
}
