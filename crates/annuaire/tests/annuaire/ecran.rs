//! The screen of imports as the agent of the site walks it, and the directory of the demonstration.

use crate::gestes::agent;
use annuaire::acteur::{Entity as Acteurs, storage};
use annuaire::offre::storage as offres;
use annuaire::vocabulaire::{Origine, Reponse};
use rstest::rstest;
use sea_orm::EntityTrait;
use testkit::{Appli, Moteur};

const URL: &str = "/reglages/imports/annuaire";
const SIAE: &[u8] = include_bytes!("../../../../demonstration/54/siae-2020.csv");

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_agent_essaie_puis_enregistre(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mut agent = agent(&appli).await;
    let vide = agent.ouvrir(URL).await;
    vide.exiger("Aucun import");
    let rapport = agent.envoyer_fichier(&vide, URL, &[], ("fichier", "siae.csv", SIAE)).await;
    assert_eq!(rapport.statut, 200, "{}", rapport.texte());
    rapport.exiger("Attend votre accord").exiger("Rien n’est encore enregistré");
    let action = rapport.attribut("form[action^='/reglages/imports/annuaire/']", "action").unwrap();
    let fait = agent.envoyer(&rapport, &action, &[("acte", "appliquer")]).await;
    fait.exiger("64 nouveaux acteurs").exiger("Enregistré dans l’annuaire");
    // The same form sent again gets its first answer; another one is told that nothing waits.
    let encore = agent.envoyer(&rapport, &action, &[("acte", "appliquer")]).await;
    assert_eq!(encore.statut, 200, "{}", encore.texte());
    agent.ouvrir(URL).await.exiger("siae.csv").exiger("64");
    // Undone, and made again.
    let defait = agent.envoyer(&fait, &action, &[("acte", "defaire")]).await;
    defait.exiger("l’annuaire est comme avant").exiger("Défait");
    assert!(!defait.contient("Défaire cet import"));
    agent.ouvrir("/annuaire").await.exiger("L’annuaire est encore vide");
    let page = agent.ouvrir(URL).await;
    let rapport = agent.envoyer_fichier(&page, URL, &[], ("fichier", "siae.csv", SIAE)).await;
    let encore = rapport.attribut("form[action^='/reglages/imports/annuaire/']", "action").unwrap();
    agent.envoyer(&rapport, &encore, &[("acte", "appliquer")]).await.exiger("64 nouveaux acteurs");
    // The same file again: nothing to keep.
    let page = agent.ouvrir(URL).await;
    let rapport = agent.envoyer_fichier(&page, URL, &[], ("fichier", "siae.csv", SIAE)).await;
    rapport.exiger("Tout est déjà à jour");
    let action = rapport.attribut("form[action^='/reglages/imports/annuaire/']", "action").unwrap();
    agent.envoyer(&rapport, &action, &[("acte", "abandonner")]).await.exiger("Abandonné");
    assert_eq!(agent.ouvrir(&format!("{URL}/inconnu")).await.statut, 404);
    appli.fin().await;
}

#[tokio::test]
async fn un_mauvais_envoi_est_dit_a_cote_du_champ() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let mut agent = agent(&appli).await;
    let page = agent.ouvrir(URL).await;
    let sans = agent.envoyer_fichier(&page, URL, &[], ("autre", "x.csv", b"")).await;
    assert_eq!(sans.statut, 422);
    sans.exiger("Choisissez un fichier");
    let page = agent.ouvrir(URL).await;
    let inconnu =
        agent.envoyer_fichier(&page, URL, &[("liste_du", "hier")], ("fichier", "<b>.csv", b"a;b\n1;2\n")).await;
    assert_eq!(inconnu.statut, 422);
    inconnu.exiger("Écrivez une date");
    let page = agent.ouvrir(URL).await;
    let inconnu = agent.envoyer_fichier(&page, URL, &[], ("fichier", "x.csv", b"a;b\n1;2\n")).await;
    assert_eq!(inconnu.statut, 422);
    inconnu.exiger("n’est pas reconnu").exiger("Refusé");
    let mut visiteur = appli.navigateur();
    assert_ne!(visiteur.ouvrir(URL).await.statut, 200, "réservé à l’agent du site");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_demonstration_montre_le_reel_et_l_invente(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, vec![annuaire::feature()]).await;
    let tx = appli.instance.db.read().await.unwrap();
    let acteurs = Acteurs::find().all(&tx).await.unwrap();
    let (inventes, reels): (Vec<_>, Vec<_>) = acteurs.into_iter().partition(|acteur| acteur.exemple);
    assert_eq!((reels.len(), inventes.len()), (64, 15));
    assert!(reels.iter().all(|a| a.courriel.is_none() && a.telephone.is_none()), "aucun contact réel");
    assert!(inventes.iter().all(|a| a.courriel.as_ref().unwrap().ends_with(".invalid")));
    assert_eq!(reels.iter().filter(|a| a.ess_loi == Reponse::Non).count(), 11);
    for valeur in storage::valeurs(&tx, &reels[0].id).await.unwrap() {
        assert_eq!(valeur.source, Origine::Siae);
        assert_eq!(valeur.source_du.unwrap().to_string(), "2020-12-18", "la date de la liste se voit");
    }
    let offres = offres::Entity::find().all(&tx).await.unwrap();
    assert!(offres.len() >= 25 && offres.iter().all(|offre| offre.exemple), "{}", offres.len());
    drop(tx);
    appli.fin().await;
}
