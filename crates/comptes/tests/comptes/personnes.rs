//! Accounts seen by the agent who runs the site: found, functions verified, ended, dated; sessions closed.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use socle::PersonneId;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

use super::dernier;

const LISTE: &str = "/reglages/personnes";

async fn agent(appli: &Appli) -> (Navigateur, PersonneId) {
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    appli.connecter("agent@exemple.invalid", mandat).await
}

fn cirey(fonction: Fonction) -> Option<(Nature, &'static str, Fonction)> {
    Some((Nature::Commune, "54129", fonction))
}

/// The first function of a page: its id, the name of its field.
fn premier(page: &Page) -> String {
    page.attribut("input[name=mandat]", "value").unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_agent_du_site_verifie_les_fonctions_declarees(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let (mut agent, _) = agent(&appli).await;
    agent.ouvrir("/agents/mandats").await.exiger("Aucune fonction à vérifier");
    let (mut maire, id) = appli.connecter("maire@exemple.invalid", None).await;
    let page = maire.ouvrir("/compte/mandats/nouveau").await;
    let champs = [("nature", "commune"), ("commune", "Cirey-sur-Vezouze (54)"), ("fonction", "maire")];
    maire.envoyer(&page, "/compte/mandats/nouveau", &champs).await;
    agent.ouvrir("/agents/mandats").await.exiger("Exemple maire, Maire");

    // The same from the page of the person; a refusal says why.
    let ici = format!("{LISTE}/{id}");
    let page = agent.ouvrir(&ici).await;
    page.exiger("déclarée, à vérifier");
    let refus = agent.envoyer(&page, &ici, &[("acte", "refuser")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Pour refuser, donnez la raison");
    let motif = format!("motif_{}", premier(&refus));
    let ailleurs = agent.ouvrir(&ici).await;
    let page = agent.envoyer(&refus, &ici, &[("acte", "verifier"), (&motif, "Arrêté vu")]).await;
    page.exiger("La fonction est vérifiée").exiger("Preuve : Arrêté vu");
    assert!(dernier(&appli, "maire@exemple.invalid").await.contains("est vérifiée"));
    // A page that was open meanwhile.
    agent.envoyer(&ailleurs, &ici, &[("acte", "refuser"), (&motif, "Non")]).await.exiger("a changé entre-temps");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_dernier_jour_se_change_se_defait_et_une_fonction_se_termine(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let (mut agent, moi) = agent(&appli).await;
    let (mut maire, id) = appli.connecter("maire@exemple.invalid", cirey(Fonction::Maire)).await;
    let ici = format!("{LISTE}/{id}");
    let page = agent.ouvrir(&ici).await;
    page.exiger("Maire ou président·e, Cirey-sur-Vezouze").exiger("Depuis le 1er janvier 2026");
    let mandat = premier(&page);
    let (fin, motif) = (format!("fin_{mandat}"), format!("motif_{mandat}"));

    for (saisi, phrase) in [("2026-11-01", "Ce jour est passé"), ("demain", "Écrivez une date")] {
        let refus = agent.envoyer(&page, &ici, &[("acte", "fin"), (&fin, saisi)]).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
        refus.exiger(phrase);
        assert_eq!(refus.attribut(&format!("#{fin}"), "value").as_deref(), Some(saisi), "what was typed stays");
    }
    let page = agent.envoyer(&page, &ici, &[("acte", "fin"), (&fin, "2027-03-31")]).await;
    page.exiger("Du 1er janvier 2026 au 31 mars 2027").exiger("Défaire : remettre sans fin prévue");
    let page = agent.envoyer(&page, &ici, &[("acte", "remettre")]).await;
    page.exiger("Le dernier jour d’avant est remis").exiger("Depuis le 1er janvier 2026");

    let refus = agent.envoyer(&page, &ici, &[("acte", "terminer")]).await;
    refus.exiger("Pour terminer une fonction, donnez la raison");
    let page = agent.envoyer(&refus, &ici, &[("acte", "terminer"), (&motif, "Démission du 20 novembre")]).await;
    page.exiger("terminée");
    assert!(dernier(&appli, "maire@exemple.invalid").await.contains("Démission du 20 novembre"));
    maire.ouvrir("/compte").await.exiger("Vous n’avez déclaré aucune fonction");

    // The function of somebody else is not changed from here; nor does the site lose its last agent.
    let autre = agent.ouvrir(&format!("{LISTE}/{moi}")).await;
    let sien = premier(&autre);
    let vole = agent.envoyer(&autre, &format!("{LISTE}/{moi}"), &[("acte", "fin"), ("mandat", &mandat)]).await;
    assert_eq!(vole.statut, StatusCode::NOT_FOUND);
    let motif = format!("motif_{sien}");
    let page = agent.ouvrir(&format!("{LISTE}/{moi}")).await;
    let refus = agent.envoyer(&page, &format!("{LISTE}/{moi}"), &[("acte", "terminer"), (&motif, "Fin")]).await;
    refus.exiger("C’est le dernier agent qui gère le site");
    let fin = format!("fin_{sien}");
    let plus_tard = agent.envoyer(&refus, &format!("{LISTE}/{moi}"), &[("acte", "fin"), (&fin, "2027-03-31")]).await;
    plus_tard.exiger("C’est le dernier agent qui gère le site");
    assert_eq!(plus_tard.attribut(&format!("#{fin}"), "value").as_deref(), Some("2027-03-31"));
    let compte = agent.ouvrir("/compte").await;
    agent.envoyer(&compte, "/compte/mandats/terminer", &[("mandat", &sien)]).await.exiger("C’est le dernier agent");
    agent.ouvrir(LISTE).await.exiger("Exemple agent");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_personne_se_cherche_et_ses_sessions_se_ferment(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let (mut agent, moi) = agent(&appli).await;
    let (mut maire, id) = appli.connecter("maire@exemple.invalid", cirey(Fonction::Maire)).await;
    for numero in 0..60 {
        appli.connecter(&format!("habitant{numero:02}@exemple.invalid"), None).await;
    }
    assert_eq!(maire.ouvrir(LISTE).await.statut, StatusCode::FORBIDDEN);
    let couts = async |agent: &mut Navigateur, adresse: &str| {
        let avant = appli.instance.db.nombre_de_requetes();
        (agent.ouvrir(adresse).await, appli.instance.db.nombre_de_requetes() - avant)
    };
    let (page, cout) = couts(&mut agent, LISTE).await;
    page.exiger("62 personnes").exiger("Page 1 sur 2");
    agent.ouvrir(&format!("{LISTE}?page=2")).await.exiger("habitant59");
    // By words of the name or of the address, whatever their order and accents.
    for q in ["mairé", "maire%20exemple", "MAIRE@exemple", "exemple%20maire@"] {
        let (page, seule) = couts(&mut agent, &format!("{LISTE}?q={q}")).await;
        page.exiger("1 personne").exiger("Maire ou président·e, Cirey-sur-Vezouze");
        assert_eq!(seule, cout, "as many statements for one row as for fifty");
    }
    agent.ouvrir(&format!("{LISTE}?q=%25")).await.exiger("62 personnes");
    agent.ouvrir(&format!("{LISTE}?q=personne-d-ici")).await.exiger("Personne ne répond à cette recherche");

    let ici = format!("{LISTE}/{id}");
    let page = agent.ouvrir(&ici).await;
    page.exiger("1 session ouverte");
    agent.envoyer(&page, &ici, &[("acte", "sessions")]).await.exiger("Les sessions sont fermées");
    agent.ouvrir(&ici).await.exiger("0 session ouverte");
    maire.ouvrir("/compte").await.exiger("Se connecter");
    // One's own: the one in use stays.
    let ici = format!("{LISTE}/{moi}");
    let page = agent.ouvrir(&ici).await;
    agent.envoyer(&page, &ici, &[("acte", "sessions")]).await.exiger("Il n’y avait pas d’autre session ouverte");
    agent.ouvrir(&ici).await.exiger("la session où vous êtes reste ouverte");
    assert_eq!(agent.ouvrir(&format!("{LISTE}/inconnue")).await.statut, StatusCode::NOT_FOUND);
    appli.fin().await;
}
