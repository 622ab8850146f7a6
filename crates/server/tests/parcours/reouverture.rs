//! Neither a refusal nor "plus tard" is a dead end.

use axum::http::StatusCode;
use rstest::rstest;
use server::features;
use testkit::{Appli, Moteur};

use crate::lien;
use crate::suivi::{CHARGE, agir, demandee, recus};

const REFUS: &[(&str, &str)] = &[("acte", "refuser"), ("motif", "Ce projet relève de la Région, que je préviens.")];

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_commune_refusee_demande_de_nouveau(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, mut charge, reference) = demandee(&appli).await;
    agir(&mut charge, &reference, REFUS).await.exiger("La demande est close");
    appli.horloge.avancer_de_jours(7);
    let fiche = format!("/projets/{reference}");
    porteur.ouvrir(&fiche).await.exiger("Demander de nouveau");
    let action = format!("{fiche}/accompagnement");
    let page = porteur.ouvrir(&action).await;
    assert_eq!(page.chemin, action);
    page.exiger("Ce projet relève de la Région");
    let page = porteur.envoyer(&page, &action, &[("message", "La Région nous renvoie vers vous.")]).await;
    page.exiger("Votre demande est envoyée").exiger("au plus tard le mardi 8 décembre 2026");
    page.exiger("Demande rouverte. Réponse promise au plus tard le 8 décembre 2026");

    let nouvelles = recus(&appli, "Nouvelle demande : Rouvrir le café-épicerie").await;
    assert_eq!(nouvelles.iter().filter(|(a, _)| a == CHARGE).count(), 2, "the agent is told again");
    let suivi = charge.ouvrir(&format!("{fiche}/suivi")).await;
    suivi.exiger("Encore 5 jours ouvrés").exiger("La Région nous renvoie vers vous.");
    suivi.exiger("Nous aider à choisir la forme juridique.").exiger("Ce projet relève de la Région");
    agir(&mut charge, &reference, &[("acte", "repondre"), ("reponse", "D’accord, voyons-nous.")])
        .await
        .exiger("La réponse est envoyée");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_agent_rouvre_ce_qu_il_a_clos(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, mut charge, reference) = demandee(&appli).await;
    let suivi = format!("/projets/{reference}/suivi");
    let ailleurs = charge.ouvrir(&suivi).await;
    let page = agir(&mut charge, &reference, REFUS).await;
    page.exiger("Rouvrir la demande");
    assert!(!page.contient("Envoyer la réponse"), "a closed request offers nothing that cannot be done");

    // Written on a page that did not know: nothing is lost.
    let repondre = [("acte", "repondre"), ("reponse", "Texte à ne pas perdre.")];
    let tardive = charge.envoyer(&ailleurs, &suivi, &repondre).await;
    assert_eq!(tardive.statut, StatusCode::CONFLICT);
    tardive.exiger("Cette demande est close");
    assert!(tardive.html.contains("Texte à ne pas perdre."), "what was typed stays");

    let page = agir(&mut charge, &reference, &[("acte", "rouvrir")]).await;
    page.exiger("La demande est rouverte").exiger("Encore 5 jours ouvrés").exiger("Demande rouverte");
    let dits = recus(&appli, "Votre demande est rouverte").await;
    assert_eq!(dits.len(), 1);
    assert!(dits[0].0 == "porteuse@exemple.invalid" && dits[0].1.contains("mardi 1er décembre 2026"), "{dits:?}");
    porteur.ouvrir(&format!("/projets/{reference}")).await.exiger("Réponse attendue");
    // Only what is closed opens again.
    let page = agir(&mut charge, &reference, &[("acte", "rouvrir")]).await;
    assert_eq!(page.statut, StatusCode::CONFLICT);
    page.exiger("Cette demande n’est pas close");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn plus_tard_n_est_pas_une_reponse_finale(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, mut charge, reference) = demandee(&appli).await;
    let suivi = charge.ouvrir(&format!("/projets/{reference}/suivi")).await;
    let champs = [
        ("acteur", "Les Granges partagées (exemple)"),
        ("acteur_courriel", "granges@exemple.invalid"),
        ("acteur_texte", "Une commune cherche un appui."),
    ];
    charge.envoyer(&suivi, &format!("/projets/{reference}/relation"), &champs).await;
    let page = porteur.ouvrir(&format!("/projets/{reference}")).await;
    porteur.envoyer(&page, &format!("/projets/{reference}/relation/approuver"), &[("reponse", "oui")]).await;
    let courriels = appli.courriels().await;
    let recu = courriels.iter().find(|c| c.destinataire() == "granges@exemple.invalid").unwrap();
    let chemin = lien(recu.texte(), "/relation/");

    let mut acteur = appli.navigateur();
    let page = acteur.ouvrir(&chemin).await;
    acteur.envoyer(&page, &chemin, &[("reponse", "plus-tard")]).await.exiger("Le même lien vous attend");
    // The link holds, and holds longer.
    appli.horloge.avancer_de_jours(40);
    let page = acteur.ouvrir(&chemin).await;
    assert_eq!(page.statut, StatusCode::OK);
    page.exiger("Vous avez répondu « plus tard » le 24 novembre 2026");
    acteur.envoyer(&page, &chemin, &[("reponse", "plus-tard")]).await;
    appli.horloge.avancer_de_jours(40);
    let page = acteur.ouvrir(&chemin).await;
    acteur.envoyer(&page, &chemin, &[("reponse", "interesse")]).await.exiger("Vous recevez les coordonnées");
    assert_eq!(acteur.ouvrir(&chemin).await.statut, StatusCode::NOT_FOUND, "a final answer ends it");

    let dits = recus(&appli, "Réponse à une mise en relation").await;
    let de = |a: &str| dits.iter().filter(|(qui, _)| qui == a).map(|(_, texte)| texte.as_str()).collect::<Vec<_>>();
    let (agent, bearer) = (de(CHARGE), de("porteuse@exemple.invalid"));
    assert_eq!((agent.len(), bearer.len()), (2, 2), "each answer once: {dits:?}");
    assert!(agent[0].contains("plus tard") && agent[1].contains("est intéressé"), "{agent:?}");
    assert!(agent[0].contains(&format!("/projets/{reference}/suivi")), "{agent:?}");
    appli.fin().await;
}
