//! Approvals that an agent says, with the document: added, corrected, ended; and the commune, where it is missing.

use annuaire::acteur::storage;
use annuaire::vocabulaire::{Origine, Reponse};
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Moteur, Page};

use crate::gestes::agent;
use crate::monde::{Acteur, appli_avec};

fn noms(page: &Page) -> Vec<String> {
    page.textes(".tr-carte-projet > a")
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_dit_un_agrement_le_corrige_et_le_termine(#[case] moteur: Moteur) {
    let acteur =
        Acteur { nom: "La Ressourcerie", agrement: Some(("aci", None)), ess: Reponse::Inconnu, ..Acteur::default() };
    let (appli, faits) = appli_avec(moteur, &[acteur]).await;
    let fiche = format!("/annuaire/{}", faits[0].1);
    let situation = format!("/reglages/annuaire/fiches/{}", faits[0].1);
    let url = format!("{situation}/agrements");
    let (mut agent, mut n) = (agent(&appli).await, appli.navigateur());
    assert_eq!(n.demander("GET", &url, None).await.statut, StatusCode::SEE_OTHER);
    agent.ouvrir(&situation).await.exiger("Agréments et conventions");
    let page = agent.ouvrir(&url).await;
    page.exiger("Ce que disent les listes").exiger("Atelier et chantier d’insertion");

    // The document is asked for; days in order.
    let faux = [("genre", "esus"), ("du", "2026-01-01"), ("au", "2025-01-01"), ("acte", "dire")];
    let refus = agent.envoyer(&page, &url, &faux).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Le dernier jour est avant le premier").exiger("Dites quel document vous avez vu");
    assert_eq!(refus.attribut("#au", "value").as_deref(), Some("2025-01-01"));
    let arrete = "Arrêté préfectoral du 12 mars 2025";
    let dire = [("genre", "esus"), ("du", "12/03/2025"), ("au", "2030-03-11"), ("preuve", arrete), ("acte", "dire")];
    let page = agent.envoyer(&refus, &url, &dire).await;
    page.exiger("L’agrément est enregistré").exiger(arrete).exiger("Agrément dit par un agent : Entreprise solidaire");
    appli.travailler().await;
    let montree = n.ouvrir(&fiche).await;
    montree.exiger("Entreprise solidaire d’utilité sociale").exiger("11 mars 2030").exiger("un agent du département");
    assert_eq!(noms(&n.ouvrir("/annuaire?agrement=esus").await), ["La Ressourcerie"]);
    // An ESUS approval shows that a structure is part of the ESS.
    let tx = appli.instance.db.read().await.unwrap();
    let lu = storage::par_reference(&tx, &faits[0].1).await.unwrap().unwrap();
    assert_eq!(lu.ess_loi, Reponse::Oui);
    drop(tx);

    // Corrected: one of a kind; two agents at once: the second sees what the first did.
    let corriger = agent.ouvrir(&format!("{url}?genre=esus")).await;
    corriger.exiger("Corriger un agrément");
    assert_eq!(corriger.attribut("#preuve", "value").as_deref(), Some(arrete));
    let plus_tot = [("acte", "dire"), ("au", "2028-03-11"), ("genre", "esus"), ("preuve", arrete)];
    agent.envoyer(&corriger, &url, &plus_tot).await.exiger("11 mars 2028");
    let tard = [("acte", "dire"), ("au", "2029-03-11"), ("genre", "esus"), ("preuve", arrete), ("_cle", "tard")];
    let conflit = agent.envoyer(&corriger, &url, &tard).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    conflit.exiger("Ce que dit la fiche maintenant").exiger("11 mars 2028");
    let tx = appli.instance.db.read().await.unwrap();
    let agrements = storage::agrements(&tx, &faits[0].0).await.unwrap();
    let siens = agrements.iter().filter(|a| a.source == Origine::Agent.as_str());
    assert_eq!(siens.map(|a| a.au.unwrap().0.to_string()).collect::<Vec<_>>(), ["2028-03-11"]);
    drop(tx);

    // Ended: the page says so, the filters forget it, it proves nothing any more.
    let page = agent.ouvrir(&url).await;
    let page = agent.envoyer(&page, &url, &[("acte", "terminer"), ("dit", "esus")]).await;
    page.exiger("L’agrément est terminé").exiger("Agrément terminé, selon un agent");
    appli.travailler().await;
    n.ouvrir(&fiche).await.exiger("(terminé)");
    assert!(noms(&n.ouvrir("/annuaire?agrement=esus").await).is_empty());
    let tx = appli.instance.db.read().await.unwrap();
    assert_ne!(storage::par_reference(&tx, &faits[0].1).await.unwrap().unwrap().ess_loi, Reponse::Oui);
    drop(tx);
    let page = agent.ouvrir(&url).await;
    agent.envoyer(&page, &url, &[("acte", "retirer"), ("dit", "esus")]).await.exiger("retiré de la fiche");
    assert!(!n.ouvrir(&fiche).await.contient("(terminé)"));
    // What a list says was never touched.
    n.ouvrir(&fiche).await.exiger("Atelier et chantier d’insertion");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agrement_dit_par_un_agent_s_eteint_a_son_dernier_jour(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "La Ressourcerie", ..Acteur::default() }]).await;
    let url = format!("/reglages/annuaire/fiches/{}/agrements", faits[0].1);
    let mut agent = agent(&appli).await;
    let page = agent.ouvrir(&url).await;
    let dire = [("genre", "esus"), ("au", "2026-12-31"), ("preuve", "Arrêté du 1er janvier 2022"), ("acte", "dire")];
    agent.envoyer(&page, &url, &dire).await.exiger("est enregistré");
    let ess = async || {
        let tx = appli.instance.db.read().await.unwrap();
        let lu = storage::par_reference(&tx, &faits[0].1).await.unwrap().unwrap();
        lu.ess_loi_motif
    };
    let tenu = ess().await;
    agent.ouvrir("/reglages/annuaire/agrements").await.exiger("La Ressourcerie").exiger("31 décembre 2026");
    appli.horloge.avancer_de_jours(60);
    appli.le_lendemain().await;
    assert_ne!(ess().await, tenu, "what it proved is proved no more");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_dit_la_commune_et_revient_aux_sources(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "La Ressourcerie", ..Acteur::default() }]).await;
    let situation = format!("/reglages/annuaire/fiches/{}", faits[0].1);
    let mut agent = agent(&appli).await;
    let page = agent.ouvrir(&situation).await;
    let ailleurs = [("commune", "Atlantide"), ("motif", "Elle a déménagé.")];
    let refus = agent.envoyer(&page, &situation, &ailleurs).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Nous ne trouvons pas");
    let toul = [("commune", "Toul"), ("motif", "Elle a déménagé.")];
    let page = agent.envoyer(&refus, &situation, &toul).await;
    page.exiger("C’est enregistré");
    assert_eq!(page.attribut("#commune", "value").as_deref(), Some("Toul"));
    appli.travailler().await;
    assert_eq!(noms(&appli.navigateur().ouvrir("/annuaire?commune=54528").await), ["La Ressourcerie"]);
    appli.fin().await;
}
