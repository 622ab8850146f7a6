//! A project that arrives by telephone: nobody to write to, then someone; and a call for someone else's secteur.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use socle::secteur;
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::lien;
use crate::suivi::{CHARGE, agir, entrer, recus};

const PHRASE: &str = "La secrétaire cherche une solution pour la cantine.";

async fn saisir(charge: &mut Navigateur, commune: &str, courriel: &str) -> Page {
    let page = charge.ouvrir("/saisir").await;
    charge.envoyer(&page, "/saisir", &[("commune", commune), ("phrase", PHRASE), ("courriel", courriel)]).await
}

fn reference(page: &Page) -> String {
    page.chemin.split('/').nth(2).unwrap().to_owned()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn sans_adresse_la_page_dit_que_personne_n_est_prevenu(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = entrer(&appli, CHARGE).await;
    let page = saisir(&mut charge, "Petitmont", "").await;
    page.exiger("Personne à prévenir par courriel : dites-le par téléphone").exiger("Inviter le porteur");
    let projet = reference(&page);
    let avant = appli.courriels().await.len();
    let page = agir(&mut charge, &projet, &[("acte", "repondre"), ("reponse", "Je vous rappelle mardi.")]).await;
    assert!(!page.contient("La réponse est envoyée"), "nothing was sent");
    page.exiger("C’est enregistré, mais personne n’a été prévenu : dites-le par téléphone");
    assert_eq!(appli.courriels().await.len(), avant);

    // An address, later: wrong first, kept and said.
    let page = agir(&mut charge, &projet, &[("acte", "inviter"), ("porteur_courriel", "secretariat")]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.attribut("#porteur_courriel", "value").as_deref(), Some("secretariat"));
    let inviter = [("acte", "inviter"), ("porteur_courriel", "secretariat@exemple.invalid")];
    let page = agir(&mut charge, &projet, &inviter).await;
    page.exiger("L’invitation est envoyée").exiger("secretariat@exemple.invalid n’a pas encore répondu");
    let invitations = recus(&appli, "Est-ce bien cela ?").await;
    assert_eq!(invitations.len(), 1);
    assert!(invitations[0].1.contains(PHRASE), "{invitations:?}");
    let chemin = lien(&invitations[0].1, "/est-ce-bien-cela/");
    let mut secretaire = appli.navigateur();
    let page = secretaire.ouvrir(&chemin).await;
    secretaire.envoyer(&page, &chemin, &[("reponse", "oui")]).await.exiger("connectez-vous avec la même adresse");

    let page = charge.ouvrir(&format!("/projets/{projet}/suivi")).await;
    assert!(!page.contient("Personne à prévenir") && !page.contient("Inviter le porteur"), "{}", page.texte());
    agir(&mut charge, &projet, &[("acte", "repondre"), ("reponse", "Je passe mardi.")])
        .await
        .exiger("La réponse est envoyée");
    assert_eq!(recus(&appli, "Le département vous répond").await[0].0, "secretariat@exemple.invalid");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn est_ce_bien_cela_se_corrige(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = entrer(&appli, CHARGE).await;
    let projet = reference(&saisir(&mut charge, "Petitmont", "secretariat@exemple.invalid").await);
    let invitation = recus(&appli, "Est-ce bien cela ?").await.pop().unwrap();
    let chemin = lien(&invitation.1, "/est-ce-bien-cela/");
    let mut secretaire = appli.navigateur();
    let page = secretaire.ouvrir(&chemin).await;
    page.exiger("Non, corriger");
    let corriger = |texte| [("reponse", "corriger"), ("correction", texte)];
    let page = secretaire.envoyer(&page, &chemin, &corriger("Non")).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("C’est trop court");
    let juste = "Nous cherchons un repas du midi pour les écoliers et pour les aînés.";
    secretaire.envoyer(&page, &chemin, &corriger(juste)).await.exiger("Votre correction est enregistrée");
    assert_eq!(secretaire.ouvrir(&chemin).await.statut, StatusCode::NOT_FOUND, "once");

    let dit = recus(&appli, "Ce qui était noté est corrigé").await;
    assert_eq!(dit.len(), 1, "the agent is told");
    assert!(dit[0].0 == CHARGE && dit[0].1.contains(juste), "{dit:?}");
    let page = charge.ouvrir(&format!("/projets/{projet}/suivi")).await;
    page.exiger(juste).exiger(PHRASE).exiger("Le porteur a corrigé ce qui était noté");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn est_ce_bien_cela_chez_la_mauvaise_personne(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = entrer(&appli, CHARGE).await;
    let projet = reference(&saisir(&mut charge, "Petitmont", "quelqu.un@exemple.invalid").await);
    let invitation = recus(&appli, "Est-ce bien cela ?").await.pop().unwrap();
    let chemin = lien(&invitation.1, "/est-ce-bien-cela/");
    let mut autre = appli.navigateur();
    let page = autre.ouvrir(&chemin).await;
    autre.envoyer(&page, &chemin, &[("reponse", "erreur")]).await.exiger("Merci. Nous ne vous écrirons plus");
    assert_eq!(autre.ouvrir(&chemin).await.statut, StatusCode::NOT_FOUND);
    let page = charge.ouvrir(&format!("/projets/{projet}/suivi")).await;
    page.exiger("Personne à prévenir").exiger("L’adresse donnée n’était pas la bonne");
    assert_eq!(recus(&appli, "Une adresse n’est pas la bonne").await[0].0, CHARGE);

    // Another address: the link sent before opens nothing any more.
    let inviter = |a| [("acte", "inviter"), ("porteur_courriel", a)];
    agir(&mut charge, &projet, &inviter("une@exemple.invalid")).await;
    agir(&mut charge, &projet, &inviter("deux@exemple.invalid")).await.exiger("deux@exemple.invalid n’a pas encore");
    let invitations = recus(&appli, "Est-ce bien cela ?").await;
    let ouvre = |a: &str| {
        let (_, texte) = invitations.iter().find(|(qui, _)| qui == a).unwrap();
        lien(texte, "/est-ce-bien-cela/")
    };
    assert_eq!(autre.ouvrir(&ouvre("une@exemple.invalid")).await.statut, StatusCode::NOT_FOUND);
    assert_eq!(autre.ouvrir(&ouvre("deux@exemple.invalid")).await.statut, StatusCode::OK);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_projet_repris_se_rattache_aussi(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let departement = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::Coordinateur));
    let (mut coordination, _) = appli.connecter("coordination@exemple.invalid", departement).await;
    let page = coordination.ouvrir("/tableau/import").await;
    let csv = "Commune;Projet;Description\nPetitmont;Une cantine partagée;Un repas du midi pour tous.\n";
    let fichier = ("fichier", "suivi.csv", csv.as_bytes());
    let page = coordination.envoyer_fichier(&page, "/tableau/import", &[], fichier).await;
    let apercu = page.chemin.split('?').next().unwrap().to_owned();
    coordination.envoyer(&page, &apercu, &[]).await.exiger("Rapport de la reprise");
    let mut charge = entrer(&appli, CHARGE).await;
    let tx = appli.instance.db.read().await.unwrap();
    let projet = {
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
        let origine = socle::projet::Column::Origine.eq("import");
        socle::projet::Entity::find().filter(origine).one(&tx).await.unwrap().unwrap().reference
    };
    drop(tx);
    let inviter = [("acte", "inviter"), ("porteur_courriel", "maire@petitmont.invalid")];
    agir(&mut charge, &projet, &inviter).await.exiger("L’invitation est envoyée");
    let invitations = recus(&appli, "Est-ce bien cela ?").await;
    assert_eq!(invitations[0].0, "maire@petitmont.invalid");
    let chemin = lien(&invitations[0].1, "/est-ce-bien-cela/");
    let mut maire = appli.navigateur();
    let page = maire.ouvrir(&chemin).await;
    maire.envoyer(&page, &chemin, &[("reponse", "oui")]).await.exiger("connectez-vous");
    let (mut maire, _) = appli.connecter("maire@petitmont.invalid", None).await;
    maire.ouvrir(&format!("/projets/{projet}")).await.exiger("Une cantine partagée").exiger("Accompagnement");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_appel_pour_un_autre_secteur_dit_qui_repond(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let departement = |fonction| Some((Nature::Departement, "Meurthe-et-Moselle", fonction));
    let (mut longwy, agent) = appli.connecter("longwy@exemple.invalid", departement(Fonction::ChargeTerritorial)).await;
    let tx = appli.instance.db.begin().await.unwrap();
    let secteurs = secteur::tous(&tx).await.unwrap();
    let le_sien = secteurs.iter().find(|s| s.nom.contains("Longwy")).unwrap();
    secteur::confier(&tx, &*appli.instance.ids, &le_sien.id, &agent, "2026-01-01".parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();

    let mut charge = entrer(&appli, CHARGE).await;
    let page = saisir(&mut charge, "Longwy", "").await;
    assert_eq!((page.statut, page.chemin.as_str()), (StatusCode::OK, "/tableau"));
    page.exiger("L’appel est saisi").exiger("Exemple longwy").exiger("mardi 1er décembre 2026");
    let titre = format!("Nouvelle demande : {}", PHRASE.trim_end_matches('.'));
    let dits = recus(&appli, &titre).await;
    assert_eq!(dits.len(), 1);
    assert_eq!(dits[0].0, "longwy@exemple.invalid");
    let suivi = lien(&dits[0].1, "/projets/");
    longwy.ouvrir(&suivi).await.exiger(PHRASE);

    // One's own commune: no mail to oneself. Taken by the coordination: the agent in charge is told.
    saisir(&mut charge, "Petitmont", "").await.exiger("Encore 5 jours ouvrés");
    assert_eq!(recus(&appli, &titre).await.len(), 1);
    let (mut coordination, _) =
        appli.connecter("coordination@exemple.invalid", departement(Fonction::Coordinateur)).await;
    saisir(&mut coordination, "Petitmont", "").await.exiger("Encore 5 jours ouvrés");
    assert_eq!(recus(&appli, &titre).await.last().unwrap().0, CHARGE);

    // Nobody answers there: who takes the call follows it, and nobody else is told.
    let avant = recus(&appli, &titre).await.len();
    let page = saisir(&mut charge, "Toul", "").await;
    assert!(page.chemin.ends_with("/suivi"), "{}", page.chemin);
    assert_eq!(recus(&appli, &titre).await.len(), avant);
    appli.fin().await;
}
