//! Corrections proposed by people who are not verified: nothing changes before an agent has read them.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur};

use annuaire::acteur::storage;
use annuaire::vocabulaire::{Champ, Diffusion, Origine};

use crate::monde::{Acteur, appli_avec};

const LISTE: &str = "/reglages/annuaire/propositions";

async fn agent(appli: &Appli) -> Navigateur {
    appli.connecter("agent@exemple.invalid", Some((Nature::Departement, "Département", Fonction::AgentSite))).await.0
}

async fn premiere(agent: &mut Navigateur) -> String {
    agent.ouvrir(LISTE).await.attribut("main th a, main td a", "href").unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_visiteur_propose_et_un_agent_prend_ce_qu_il_veut(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "LA RESSOURCERIE", ..Acteur::default() }]).await;
    let reference = faits[0].1.clone();
    let (fiche, mut agent, mut visiteur) = (format!("/annuaire/{reference}"), agent(&appli).await, appli.navigateur());
    let url = format!("{fiche}/proposer");
    visiteur.ouvrir(&fiche).await.exiger("Proposer une correction");

    // Errors beside their fields; nothing to propose is said; what was typed stays.
    let page = visiteur.ouvrir(&url).await;
    let rien = visiteur.envoyer(&page, &url, &[("courriel_auteur", "v@exemple.invalid")]).await;
    assert_eq!(rien.statut, StatusCode::UNPROCESSABLE_ENTITY);
    rien.exiger("Rien ne change");
    let page = visiteur.ouvrir(&url).await;
    let faux =
        visiteur.envoyer(&page, &url, &[("nom", ""), ("site", "javascript:alert(1)"), ("courriel_auteur", "")]).await;
    assert_eq!(faux.statut, StatusCode::UNPROCESSABLE_ENTITY);
    faux.exiger("Écrivez le nom").exiger("commence par https://").exiger("Écrivez votre adresse");

    let page = visiteur.ouvrir(&url).await;
    let champs = [
        ("nom", "La Ressourcerie du Toulois"),
        ("telephone", "03 83 11 22 33"),
        ("site", "https://ressourcerie.invalid"),
        ("ventes", "oui"),
        ("mot", "<img src=x onerror=alert(1)> Elle a déménagé."),
        ("courriel_auteur", "voisin@exemple.invalid"),
    ];
    visiteur.envoyer(&page, &url, &champs).await.exiger("Un agent lira votre proposition");
    visiteur.ouvrir(&fiche).await.exiger("LA RESSOURCERIE").exiger("03 83 00 00 00");

    // Field by field; the page changed in between: both are seen, nothing is taken by mistake.
    let une = premiere(&mut agent).await;
    let avant = agent.ouvrir(&une).await;
    avant
        .exiger("La Ressourcerie du Toulois")
        .exiger("03 83 00 00 00")
        .exiger("voisin@exemple.invalid")
        .exiger("Elle a déménagé");
    assert!(!avant.html.contains("<img src=x"));
    let modifier = format!("{fiche}/modifier");
    let page = agent.ouvrir(&modifier).await;
    agent
        .envoyer(&page, &modifier, &[("telephone", "03 83 77 77 77"), ("acte", "enregistrer")])
        .await
        .exiger("est enregistrée");
    let conflit = agent.envoyer(&avant, &une, &[("acte", "prendre")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    conflit.exiger("Quelqu’un a modifié cette fiche").exiger("03 83 77 77 77").exiger("la fiche a changé depuis");
    visiteur.ouvrir(&fiche).await.exiger("LA RESSOURCERIE");

    let page = agent.ouvrir(&une).await;
    page.exiger("La fiche a changé depuis");
    assert!(page.attribut("input[value=telephone]", "checked").is_none(), "what changed since is not ticked");
    assert!(page.attribut("input[value=nom]", "checked").is_some());
    agent.envoyer(&page, &une, &[("acte", "prendre")]).await.exiger("La fiche est corrigée");
    visiteur
        .ouvrir(&fiche)
        .await
        .exiger("La Ressourcerie du Toulois")
        .exiger("03 83 77 77 77")
        .exiger("Vend aux collectivités");
    let courriels = appli.courriels().await;
    let reponse = courriels.last().unwrap();
    assert!(reponse.texte().contains("corrigée en partie"), "{}", reponse.texte());
    let encore = agent.envoyer(&page, &une, &[("acte", "prendre"), ("_cle", "une-autre")]).await;
    assert!(encore.statut == StatusCode::CONFLICT || encore.contient("déjà répondu"));
    let tx = appli.instance.db.read().await.unwrap();
    let acteur = storage::par_reference(&tx, &reference).await.unwrap().unwrap();
    let nom = storage::valeurs(&tx, &acteur.id).await.unwrap();
    assert!(nom.iter().any(|v| v.courante && v.champ == Champ::Nom && v.source == Origine::Agent));
    drop(tx);

    // Refused with the reason, told to the author; their address is forgotten a month later.
    let page = visiteur.ouvrir(&url).await;
    let champs = [("sigle", "NUL"), ("courriel_auteur", "farceur@exemple.invalid")];
    visiteur.envoyer(&page, &url, &champs).await.exiger("Un agent lira");
    let une = premiere(&mut agent).await;
    let page = agent.ouvrir(&une).await;
    let sans = agent.envoyer(&page, &une, &[("acte", "refuser")]).await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    agent
        .envoyer(&page, &une, &[("acte", "refuser"), ("motif", "Ce sigle n’est pas le leur.")])
        .await
        .exiger("refusée");
    assert!(appli.courriels().await.last().unwrap().texte().contains("Ce sigle n’est pas le leur."));
    assert!(!visiteur.ouvrir(&fiche).await.contient("NUL"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_qui_est_cache_au_public_ne_se_lit_pas_en_proposant(#[case] moteur: Moteur) {
    let discret = Acteur { nom: "Discrète", diffusion: Diffusion::Partielle, ..Acteur::default() };
    let (appli, faits) = appli_avec(moteur, &[discret]).await;
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir(&format!("/annuaire/{}/proposer", faits[0].1)).await;
    assert_eq!(page.attribut("#telephone", "value").unwrap_or_default(), "");
    assert_eq!(page.attribut("#courriel", "value").unwrap_or_default(), "");
    // Beyond what one may send in a day: the same answer, nothing kept.
    let url = format!("/annuaire/{}/proposer", faits[0].1);
    for _ in 0..12 {
        let page = visiteur.ouvrir(&url).await;
        let champs = [("mot", "Encore une erreur."), ("courriel_auteur", "bavard@exemple.invalid")];
        visiteur.envoyer(&page, &url, &champs).await.exiger("Un agent lira");
    }
    let tx = appli.instance.db.read().await.unwrap();
    let ligne = tx
        .query_one_raw(raw_sql!(Postgres, "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM acteur_proposition"))
        .await
        .unwrap();
    assert_eq!(ligne.unwrap().try_get::<i64>("", "n").unwrap(), 10);
    drop(tx);
    appli.fin().await;
}
