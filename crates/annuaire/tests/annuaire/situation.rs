//! What only an agent may say of an actor, and takes back.

use annuaire::acteur::{self, storage as acteurs};
use annuaire::vocabulaire::{Champ, EtatActeur, Reponse};
use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Appli, Moteur, Page};

use crate::gestes::{agent, importer};
use crate::monde::{Acteur, appli_avec};
use crate::sirene::recu;
use crate::tenue::sirene_dit;

const QUESTIONS: &str = "/reglages/annuaire";

fn noms(page: &Page) -> Vec<String> {
    page.textes(".tr-carte-projet > a")
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_retire_une_fiche_a_sa_demande_puis_la_remet(#[case] moteur: Moteur) {
    let mondes =
        [Acteur { nom: "La Ressourcerie", ..Acteur::default() }, Acteur { nom: "Le Café", ..Acteur::default() }];
    let (appli, faits) = appli_avec(moteur, &mondes).await;
    let (fiche, situation) = (format!("/annuaire/{}", faits[0].1), format!("/reglages/annuaire/fiches/{}", faits[0].1));
    let (mut n, mut agent) = (appli.navigateur(), agent(&appli).await);
    assert!(!n.ouvrir(&fiche).await.contient("Situation et sources"));
    agent.ouvrir(&fiche).await.exiger("Situation et sources");
    let (page, autre) = (agent.ouvrir(&situation).await, agent.ouvrir(&situation).await);
    page.exiger("D’où vient chaque valeur");
    let sans_motif = agent.envoyer(&page, &situation, &[("etat", "masque")]).await;
    assert_eq!(sans_motif.statut, StatusCode::UNPROCESSABLE_ENTITY);
    sans_motif.exiger("Dites pourquoi");
    let retrait = [("etat", "masque"), ("motif", "Demande de retrait reçue par courrier.")];
    agent.envoyer(&page, &situation, &retrait).await.exiger("C’est enregistré");
    // The page had been read before: the other agent is told, nothing is written over.
    let conflit = agent.envoyer(&autre, &situation, &[("etat", "cesse"), ("motif", "Elle a fermé.")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    appli.travailler().await;
    assert_eq!(n.ouvrir(&fiche).await.statut, StatusCode::NOT_FOUND);
    assert_eq!(noms(&n.ouvrir("/annuaire").await), ["Le Café"]);
    assert!(!n.ouvrir("/api/v1/acteurs").await.html.contains("Ressourcerie"));
    assert!(!n.ouvrir("/annuaire/nouveautes.rss").await.html.contains("Ressourcerie"));

    let page = agent.ouvrir(&situation).await;
    page.exiger("retiré de l’annuaire").exiger("en cours");
    let remise = [("etat", ""), ("motif", "Elle veut de nouveau être vue.")];
    agent.envoyer(&page, &situation, &remise).await.exiger("C’est enregistré");
    appli.travailler().await;
    assert_eq!(n.ouvrir(&fiche).await.statut, StatusCode::OK);
    assert_eq!(noms(&n.ouvrir("/annuaire").await), ["La Ressourcerie", "Le Café"]);
    agent.ouvrir(&situation).await.exiger("passée");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_document_montre_prouve_l_ess_et_un_import_ne_ramene_pas_une_fiche_retiree(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &[]).await;
    let liste =
        "siret,kind,nom,code_postal,commune,maj_le\n73282932000074,EI,LES JARDINS,54480,Cirey-sur-Vezouze,2026-11-01\n";
    importer(&appli, vec![recu("siae.csv", liste)]).await.unwrap();
    let acteur = jardins(&appli).await;
    assert_eq!(
        acteur.ess_loi,
        Reponse::Inconnu,
        "a list of insertion bodies does not prove it: {}",
        acteur.ess_loi_motif
    );
    let mut agent = agent(&appli).await;
    let situation = format!("/reglages/annuaire/fiches/{}", acteur.reference);
    let page = agent.ouvrir(&situation).await;
    let preuve =
        [("ess_loi", "oui"), ("ess_loi_document", "Statuts du 12 mars 2024"), ("motif", "Statuts reçus par courriel.")];
    agent.envoyer(&page, &situation, &preuve).await.exiger("C’est enregistré");
    assert_eq!(jardins(&appli).await.ess_loi, Reponse::Oui);
    let page = agent.ouvrir(&situation).await;
    page.exiger("sur un document : Statuts du 12 mars 2024");
    assert_eq!(page.attribut("#ess_loi_document", "value").as_deref(), Some("Statuts du 12 mars 2024"));
    let faux = agent.envoyer(&page, &situation, &[("categorie", "92"), ("motif", "Une erreur du registre.")]).await;
    assert_eq!(faux.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let page = agent.ouvrir(&situation).await;
    let retrait = [("etat", "masque"), ("motif", "Demande de retrait.")];
    agent.envoyer(&page, &situation, &retrait).await.exiger("C’est enregistré");
    appli.horloge.avancer(60);
    importer(&appli, vec![recu("siae.csv", liste.replace("2026-11", "2026-12").replace("JARDINS", "JARDINS NEUFS"))])
        .await
        .unwrap();
    assert_eq!(jardins(&appli).await.etat, EtatActeur::Masque, "no import brings it back");
    appli.fin().await;
}

/// Each of the two answers, decided against a register that is wrong; a document is named; taken back by another act.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_decide_non_contre_sirene_et_une_valeur_plus_recente_demande(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "La Ressourcerie", ..Acteur::default() }]).await;
    let (id, reference) = &faits[0];
    sirene_dit(&appli, id, Champ::CategorieJuridique, "9220").await;
    sirene_dit(&appli, id, Champ::SireneEss, "O").await;
    let (fiche, situation) = (format!("/annuaire/{reference}"), format!("/reglages/annuaire/fiches/{reference}"));
    let (mut n, mut agent) = (appli.navigateur(), agent(&appli).await);
    let page = agent.ouvrir(&situation).await;
    for (sans, phrase) in [
        (("ess_loi", "non"), "Nommez le document"),
        (("ess_stat_document", "Un courrier"), "Dites ce que montre le document"),
    ] {
        let refus = agent.envoyer(&page, &situation, &[sans, ("motif", "Sirene se trompe.")]).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
        refus.exiger(phrase);
    }
    let decide = [
        ("ess_loi", "non"),
        ("ess_loi_document", "statuts du 12 mars 2024"),
        ("ess_stat", "non"),
        ("ess_stat_document", "réponse de l’Insee du 3 juin 2026"),
        ("motif", "Lucie Hervé a vu les statuts."),
    ];
    agent.envoyer(&page, &situation, &decide).await.exiger("C’est enregistré");
    let publique = n.ouvrir(&fiche).await;
    publique.exiger("Selon la loi : non").exiger("Dans les statistiques : non").exiger("Sirene dit le contraire");
    publique.exiger("statuts du 12 mars 2024").exiger("réponse de l’Insee du 3 juin 2026");
    publique.exiger("Décidé par un agent du département le 24 novembre 2026");
    assert!(!publique.contient("Lucie"), "who decided is a function, never a name");
    agent.ouvrir(QUESTIONS).await.exiger("Rien à trancher");

    // Sirene says the same again, later: a newer official value asks, it wipes nothing.
    sirene_dit(&appli, id, Champ::SireneEss, "N").await;
    agent.ouvrir(QUESTIONS).await.exiger("Rien à trancher");
    sirene_dit(&appli, id, Champ::SireneEss, "O").await;
    let questions = agent.ouvrir(QUESTIONS).await;
    questions.exiger("À trancher : 2").exiger("ESS selon la loi, décidé par un agent").exiger("oui (champ ESS)");
    n.ouvrir(&fiche).await.exiger("Selon la loi : non");
    agent.envoyer(&questions, QUESTIONS, &[("choix", "garder")]).await.exiger("À trancher : 1");

    // Taken back: the sources are followed again, the decision stays in the table.
    let page = agent.ouvrir(&situation).await;
    let retour = [
        ("ess_loi", ""),
        ("ess_loi_document", ""),
        ("ess_stat", ""),
        ("ess_stat_document", ""),
        ("motif", "Les statuts ont changé."),
    ];
    agent.envoyer(&page, &situation, &retour).await.exiger("C’est enregistré");
    n.ouvrir(&fiche).await.exiger("Selon la loi : oui").exiger("Insee, répertoire Sirene");
    agent.ouvrir(&situation).await.exiger("non : statuts du 12 mars 2024").exiger("passée");
    agent.ouvrir(QUESTIONS).await.exiger("Rien à trancher");
    appli.fin().await;
}

async fn jardins(appli: &Appli) -> acteur::Model {
    let tx = appli.instance.db.read().await.unwrap();
    acteurs::par_siren(&tx, &"732829320".parse().unwrap()).await.unwrap().unwrap()
}
