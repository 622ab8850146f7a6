//! Corrections proposed by people who are not verified: nothing changes before an agent has read them.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use testkit::{Moteur, Navigateur};

use annuaire::acteur::storage;
use annuaire::vocabulaire::{Champ, Diffusion, Origine};

use crate::gestes::agent;
use crate::monde::{Acteur, appli_avec};

const LISTE: &str = "/reglages/annuaire/propositions";

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

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_qui_est_deja_fait_ne_compte_pas(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "LA RESSOURCERIE", ..Acteur::default() }]).await;
    let fiche = format!("/annuaire/{}", faits[0].1);
    let (url, modifier) = (format!("{fiche}/proposer"), format!("{fiche}/modifier"));
    let (mut agent, mut visiteur) = (agent(&appli).await, appli.navigateur());
    let champs = [("telephone", "03 83 11 22 33"), ("sigle", "LR"), ("courriel_auteur", "voisin@exemple.invalid")];
    let page = visiteur.ouvrir(&url).await;
    visiteur.envoyer(&page, &url, &champs).await.exiger("Un agent lira");
    let page = visiteur.ouvrir(&url).await;
    visiteur.envoyer(&page, &url, &champs).await.exiger("Un agent lira");

    // One field is done elsewhere: the other one is all that there is to take.
    let page = agent.ouvrir(&modifier).await;
    agent.envoyer(&page, &modifier, &[("sigle", "LR"), ("acte", "enregistrer")]).await.exiger("est enregistrée");
    let une = premiere(&mut agent).await;
    let page = agent.ouvrir(&une).await;
    agent.envoyer(&page, &une, &[("acte", "prendre")]).await.exiger("La fiche est corrigée");
    let mail = appli.courriels().await;
    assert!(!mail.last().unwrap().texte().contains("en partie"), "{}", mail.last().unwrap().texte());

    // Everything is done: one says so, once.
    let une = premiere(&mut agent).await;
    let page = agent.ouvrir(&une).await;
    agent.envoyer(&page, &une, &[("acte", "prendre")]).await.exiger("La fiche est corrigée");
    let mail = appli.courriels().await;
    assert!(!mail.last().unwrap().texte().contains("en partie"), "{}", mail.last().unwrap().texte());
    let nombre = mail.len();
    let encore = [("acte", "refuser"), ("motif", "Trop tard."), ("_cle", "une-autre")];
    agent.envoyer(&page, &une, &encore).await.exiger("déjà répondu");
    assert_eq!(appli.courriels().await.len(), nombre);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_erreur_ne_fait_pas_oublier_ce_qui_etait_lu(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "LA RESSOURCERIE", ..Acteur::default() }]).await;
    let fiche = format!("/annuaire/{}", faits[0].1);
    let (url, modifier) = (format!("{fiche}/proposer"), format!("{fiche}/modifier"));
    let (mut agent, mut visiteur) = (agent(&appli).await, appli.navigateur());
    let page = visiteur.ouvrir(&url).await;
    let champs = [("telephone", "03 83 11 22 33"), ("courriel_auteur", "voisin@exemple.invalid")];
    visiteur.envoyer(&page, &url, &champs).await.exiger("Un agent lira");
    let une = premiere(&mut agent).await;
    let lue = agent.ouvrir(&une).await;
    let page = agent.ouvrir(&modifier).await;
    agent.envoyer(&page, &modifier, &[("telephone", "03 83 77 77 77"), ("acte", "enregistrer")]).await;
    let sans = agent.envoyer(&lue, &une, &[("acte", "refuser")]).await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let conflit = agent.envoyer(&sans, &une, &[("acte", "prendre"), ("prendre", "telephone")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT, "what was saved since was not seen");
    agent
        .envoyer(&conflit, &une, &[("acte", "prendre"), ("prendre", "telephone")])
        .await
        .exiger("La fiche est corrigée");
    visiteur.ouvrir(&fiche).await.exiger("03 83 11 22 33");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn trop_de_corrections_attendent_et_cela_se_dit(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur::default()]).await;
    let (acteur, url) = (faits[0].0.as_str(), format!("/annuaire/{}/proposer", faits[0].1));
    let tx = appli.instance.db.begin().await.unwrap();
    for rang in 0..30 {
        let id = format!("p{rang}");
        tx.execute_raw(raw_sql!(
            Postgres,
            "INSERT INTO acteur_proposition (id, reference, acteur_id, ecarts, mot, etat, proposee_le, version)
             VALUES ({id}, {id}, {acteur}, '[]', 'x', 'attente', 0, 1)"
        ))
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir(&url).await;
    let champs = [("mot", "Elle a fermé."), ("courriel_auteur", "voisin@exemple.invalid")];
    let refus = visiteur.envoyer(&page, &url, &champs).await;
    assert_eq!(refus.statut, StatusCode::BAD_REQUEST);
    refus.exiger("Beaucoup de corrections attendent déjà");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_fonction_verifiee_depuis_ne_se_dit_plus_non_verifiee(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur::default()]).await;
    let url = format!("/annuaire/{}/proposer", faits[0].1);
    let mut agent = agent(&appli).await;
    let (_, camille) = appli.connecter("camille@exemple.invalid", None).await;
    let tx = appli.instance.db.begin().await.unwrap();
    let acteur = storage::par_reference(&tx, &faits[0].1).await.unwrap().unwrap();
    let nouveau = socle::mandat::Nouveau {
        personne: camille,
        organisation: acteur.organisation_id,
        fonction: Fonction::Representant,
        du: "2026-01-01".parse().unwrap(),
        au: None,
        preuve: "test".to_owned(),
        verifie_par: None,
    };
    let id = socle::mandat::donner(&tx, &*appli.instance.clock, &*appli.instance.ids, nouveau).await.unwrap().id;
    tx.commit().await.unwrap();
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let page = camille.ouvrir(&url).await;
    camille.envoyer(&page, &url, &[("mot", "Nous avons déménagé.")]).await.exiger("Un agent lira");
    let une = premiere(&mut agent).await;
    agent.ouvrir(&une).await.exiger("non vérifié");
    let tx = appli.instance.db.begin().await.unwrap();
    socle::mandat::verifier(&tx, &*appli.instance.clock, &id, None, "test").await.unwrap();
    tx.commit().await.unwrap();
    assert!(!agent.ouvrir(&une).await.contient("non vérifié"));
    appli.fin().await;
}
