//! The news of a project go to who has access to it that day: mails, digests, addresses given to an actor.

use axum::http::StatusCode;
use rstest::rstest;
use server::features;
use testkit::{Appli, Moteur, Navigateur};

use crate::porteurs::{ANCIEN, CIREY, charge, sujets, terminer};
use crate::{decrire, envoyer_acte, lien};

const SUIVANT: &str = "maire.suivante@exemple.invalid";

async fn demander(navigateur: &mut Navigateur, reference: &str) {
    let action = format!("/projets/{reference}/accompagnement");
    let page = navigateur.ouvrir(&action).await;
    navigateur.envoyer(&page, &action, &[("message", "Une question simple.")]).await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_nouvelles_vont_a_qui_tient_le_projet_aujourd_hui(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut ancien, _) = appli.connecter(ANCIEN, CIREY).await;
    let (_, reference) = decrire(&mut ancien).await;
    demander(&mut ancien, &reference).await;
    let mut charge = charge(&appli).await;
    terminer(&appli, &mut charge, "Cirey-sur-Vezouze", "ancien.maire").await;
    let (mut suivante, _) = appli.connecter(SUIVANT, CIREY).await;
    let fiche = format!("/projets/{reference}");
    assert_eq!(ancien.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN);
    assert_eq!(suivante.ouvrir(&fiche).await.statut, StatusCode::OK);
    let avant = sujets(&appli, ANCIEN).await;

    let suivi = format!("{fiche}/suivi");
    let mut version = 1;
    for champs in [
        &[("acte", "recommander"), ("genre", "acteur"), ("reco_titre", "Appeler l’union")][..],
        &[("acte", "attendre"), ("attente", "Il nous faut un devis.")],
        &[("acte", "repondre"), ("reponse", "Je passe mardi.")],
    ] {
        let page = charge.ouvrir(&suivi).await;
        let la_version = version.to_string();
        let champs: Vec<_> = champs.iter().copied().chain([("version", la_version.as_str())]).collect();
        envoyer_acte(&mut charge, &page, &suivi, &champs).await;
        version += i32::from(champs[0].1 != "recommander");
    }
    let page = charge.ouvrir(&format!("{fiche}/pieces")).await;
    let piece = ("fichier", "compte-rendu.txt", b"Vu sur place." as &[u8]);
    charge.envoyer_fichier(&page, &format!("{fiche}/pieces"), &[("libelle", "Compte rendu")], piece).await;
    appli.horloge.avancer(660);

    let recus = sujets(&appli, SUIVANT).await;
    for sujet in ["Une recommandation pour votre projet", "Il nous manque un élément", "Le département vous répond"]
    {
        assert!(recus.iter().any(|recu| recu == sujet), "{sujet} : {recus:?}");
    }
    assert_eq!(recus.len(), 4, "the attachment too: {recus:?}");
    assert_eq!(sujets(&appli, ANCIEN).await, avant, "nothing more to who has left");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_resume_du_lendemain_ne_dit_rien_a_qui_est_parti(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut ancien, _) = appli.connecter(ANCIEN, CIREY).await;
    let (mut adjointe, _) = appli.connecter("adjointe@exemple.invalid", CIREY).await;
    for navigateur in [&mut ancien, &mut adjointe] {
        let page = navigateur.ouvrir("/compte").await;
        navigateur.envoyer(&page, "/compte", &[("resume_quotidien", "oui")]).await;
    }
    let (_, reference) = decrire(&mut ancien).await;
    demander(&mut ancien, &reference).await;
    let mut charge = charge(&appli).await;
    let suivi = format!("/projets/{reference}/suivi");
    let page = charge.ouvrir(&suivi).await;
    let champs = [("acte", "recommander"), ("genre", "acteur"), ("reco_titre", "Appeler l’union")];
    envoyer_acte(&mut charge, &page, &suivi, &champs).await;
    terminer(&appli, &mut charge, "Cirey-sur-Vezouze", "ancien.maire").await;
    appli.le_lendemain().await;
    let resume = "Les nouvelles de vos projets".to_owned();
    assert!(sujets(&appli, "adjointe@exemple.invalid").await.contains(&resume), "who is still there is told");
    assert!(!sujets(&appli, ANCIEN).await.contains(&resume), "who left is not");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_coordonnees_de_qui_est_parti_ne_sont_pas_donnees(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut ancien, _) = appli.connecter(ANCIEN, CIREY).await;
    let (_, reference) = decrire(&mut ancien).await;
    demander(&mut ancien, &reference).await;
    let mut charge = charge(&appli).await;
    let page = charge.ouvrir(&format!("/projets/{reference}/suivi")).await;
    let champs = [
        ("acteur", "Les Granges partagées (exemple)"),
        ("acteur_courriel", "granges@exemple.invalid"),
        ("acteur_texte", "Une commune cherche un appui."),
    ];
    charge.envoyer(&page, &format!("/projets/{reference}/relation"), &champs).await;
    let page = ancien.ouvrir(&format!("/projets/{reference}")).await;
    ancien.envoyer(&page, &format!("/projets/{reference}/relation/approuver"), &[("reponse", "oui")]).await;
    let courriels = appli.courriels().await;
    let recu = courriels.iter().find(|c| c.destinataire() == "granges@exemple.invalid").unwrap();
    let chemin = lien(recu.texte(), "/relation/");

    terminer(&appli, &mut charge, "Cirey-sur-Vezouze", "ancien.maire").await;
    appli.connecter(SUIVANT, CIREY).await;
    let mut acteur = appli.navigateur();
    let page = acteur.ouvrir(&chemin).await;
    acteur.envoyer(&page, &chemin, &[("reponse", "interesse")]).await;
    let courriels = appli.courriels().await;
    let contact = courriels.iter().rfind(|c| c.destinataire() == "granges@exemple.invalid").unwrap();
    assert!(!contact.texte().contains(ANCIEN), "{}", contact.texte());
    assert!(contact.texte().contains("vous écrira"), "{}", contact.texte());
    let suite = courriels.iter().rfind(|c| c.destinataire() == SUIVANT).unwrap();
    assert!(suite.texte().contains("granges@exemple.invalid"), "{}", suite.texte());
    appli.fin().await;
}
