//! A page confirmed in one click: what it showed is kept when a newer list says otherwise, and the question is asked. And
//! those whom no mail of the campaign can reach.

use annuaire::acteur::{self, storage};
use annuaire::generateur::{siren, siret};
use annuaire::vocabulaire::{Champ, Diffusion, Origine};
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use testkit::{Appli, Moteur};

use crate::gestes::{agent, importer};
use crate::import::par_siren;
use crate::monde::{Acteur, appli_avec};
use crate::sirene::{Unite, lieu, lieux, recu, unite, unites};

const LISTE: &str = "/reglages/annuaire";

fn siae(nom: &str, site: &str, du: &str) -> annuaire::import::fichier::FichierRecu {
    let texte =
        format!("siret,kind,nom,code_postal,commune,site,maj_le\n{},EI,{nom},54200,Toul,{site},{du}\n", siret(1, 1));
    recu("siae.csv", texte)
}

async fn personnes(appli: &Appli, acteur: &acteur::Model) -> Vec<(Champ, String, Origine)> {
    let tx = appli.instance.db.read().await.unwrap();
    let dites = storage::valeurs(&tx, &acteur.id).await.unwrap().into_iter();
    let dites = dites.filter(|v| v.courante && v.source.personne());
    let mut dites: Vec<_> = dites.map(|v| (v.champ, v.valeur, v.source)).collect();
    dites.sort_by_key(|(champ, _, _)| champ.as_str());
    dites
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_qui_etait_montre_quand_on_a_confirme_est_garde(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, vec![siae("LES JARDINS", "https://jardins.invalid", "2026-10-01")]).await.unwrap();
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    let mut agent = agent(&appli).await;
    let page = agent.ouvrir(&format!("/annuaire/{}/modifier", acteur.reference)).await;
    appli.horloge.avancer(60);
    let confirmer = format!("/annuaire/{}/confirmer", acteur.reference);
    agent.envoyer(&page, &confirmer, &[]).await.exiger("La fiche est confirmée");
    agent.ouvrir(LISTE).await.exiger("Rien à trancher");

    appli.horloge.avancer(60);
    importer(&appli, vec![siae("LES AUTRES JARDINS", "https://jardins.invalid", "2026-11-01")]).await.unwrap();
    let apres = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!(apres.nom, "LES JARDINS", "what was confirmed is still shown");
    assert_eq!(apres.site.as_deref(), Some("https://jardins.invalid"));
    let liste = agent.ouvrir(LISTE).await;
    liste.exiger("À trancher : 1").exiger("LES JARDINS").exiger("LES AUTRES JARDINS");
    agent.envoyer(&liste, LISTE, &[("choix", "prendre")]).await.exiger("La valeur officielle est prise");
    assert_eq!(par_siren(&appli, &siren(1)).await.unwrap().nom, "LES AUTRES JARDINS");
    appli.fin().await;
}

/// By the link of the yearly mail: the actor itself speaks, once.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_lien_du_courriel_garde_aussi_ce_qu_il_montrait(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, vec![siae("LES JARDINS", "", "2026-10-01")]).await.unwrap();
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET courriel = 'contact@jardins.invalid'")).await.unwrap();
    tx.commit().await.unwrap();
    appli.horloge.avancer_de_jours(366);
    appli.le_lendemain().await;
    let courriels = appli.courriels().await;
    let lien = courriels[0].texte().split("http://terreau.test").nth(1).unwrap();
    let lien = lien.split(char::is_whitespace).next().unwrap().to_owned();
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir(&lien).await;
    visiteur.envoyer(&page, &lien, &[]).await.exiger("La fiche est confirmée");
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    assert!(personnes(&appli, &acteur).await.is_empty(), "what is not questioned keeps its source");
    appli.horloge.avancer(60);
    importer(&appli, vec![siae("LES AUTRES JARDINS", "", "2027-11-01")]).await.unwrap();
    assert_eq!(par_siren(&appli, &siren(1)).await.unwrap().nom, "LES JARDINS");
    let dites = personnes(&appli, &acteur).await;
    assert_eq!(dites, [(Champ::Nom, "LES JARDINS".to_owned(), Origine::Confirme)]);
    // The next list says it again: one question, not two.
    importer(&appli, vec![siae("LES AUTRES JARDINS", "", "2027-11-10")]).await.unwrap();
    let tx = appli.instance.db.read().await.unwrap();
    let questions = annuaire::tenue::storage::questions(&tx).await.unwrap();
    assert_eq!((questions.len(), questions[0].proposee.as_str()), (1, "LES AUTRES JARDINS"));
    drop(tx);
    appli.fin().await;
}

/// Who asked not to be canvassed does not give the contacts that the confirmation did not show.
#[tokio::test]
async fn une_confirmation_ne_donne_aucun_contact_cache() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let discrete = Unite { diffusion: "P", ..unite(1, "DISCRETE") };
    let du = "2026-10-01";
    importer(&appli, vec![unites(du, &[discrete]), lieux(du, &[lieu(1, 1)])]).await.unwrap();
    importer(&appli, vec![siae("DISCRETE", "https://cachee.invalid", "2026-10-02")]).await.unwrap();
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!((acteur.diffusion, acteur.site.as_deref()), (Diffusion::Partielle, Some("https://cachee.invalid")));
    let mut agent = agent(&appli).await;
    let page = agent.ouvrir(&format!("/annuaire/{}/modifier", acteur.reference)).await;
    agent.envoyer(&page, &format!("/annuaire/{}/confirmer", acteur.reference), &[]).await;
    appli.horloge.avancer(60);
    importer(&appli, vec![siae("DISCRETE", "https://autre.invalid", "2026-11-02")]).await.unwrap();
    importer(&appli, vec![unites("2026-11-03", &[Unite { diffusion: "P", ..unite(1, "AUTRE NOM") }])]).await.unwrap();
    assert_eq!(personnes(&appli, &acteur).await, [(Champ::Nom, "DISCRETE".to_owned(), Origine::Confirme)]);
    assert!(!appli.navigateur().ouvrir(&format!("/annuaire/{}", acteur.reference)).await.contient(".invalid\""));
    appli.fin().await;
}

/// What the page of the sources says is what is done: between people, the last word.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn entre_personnes_le_dernier_mot(#[case] moteur: Moteur) {
    use annuaire::tenue::storage::{self as tenue, Auteur};
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "Sirene", ..Acteur::default() }]).await;
    for (source, nom) in
        [(Origine::Agent, "L’agent"), (Origine::Acteur, "L’acteur"), (Origine::Agent, "L’agent encore")]
    {
        appli.horloge.avancer(60);
        let tx = appli.instance.db.begin().await.unwrap();
        let acteur = storage::par_reference(&tx, &faits[0].1).await.unwrap().unwrap();
        let dit = [(Champ::Nom, nom.to_owned())];
        tenue::dire(&tx, &appli.instance, &acteur.id, Auteur { source, personne: None }, &dit).await.unwrap();
        assert!(tenue::reprojeter(&tx, &appli.instance, acteur).await.unwrap());
        tx.commit().await.unwrap();
        let tx = appli.instance.db.read().await.unwrap();
        assert_eq!(storage::par_reference(&tx, &faits[0].1).await.unwrap().unwrap().nom, nom);
    }
    let mut agent = agent(&appli).await;
    let page = agent.ouvrir("/reglages/annuaire/sources").await;
    page.exiger("1. l’acteur lui-même ou un agent du département : le dernier qui a parlé");
    assert!(!page.contient("1. un agent du département ; 2. l’acteur lui-même"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_campagne_dit_qui_elle_ne_peut_pas_joindre(#[case] moteur: Moteur) {
    let acteurs = [
        Acteur { nom: "Joignable", ..Acteur::default() },
        Acteur { nom: "Muette", ..Acteur::default() },
        Acteur { nom: "Close", etat: annuaire::vocabulaire::EtatActeur::Cesse, ..Acteur::default() },
        Acteur { nom: "Discrète", diffusion: Diffusion::Partielle, ..Acteur::default() },
    ];
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let tx = appli.instance.db.begin().await.unwrap();
    for rang in [1, 2, 3] {
        let id = faits[rang].0.as_str();
        tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET courriel = NULL WHERE id = {id}")).await.unwrap();
    }
    tx.commit().await.unwrap();
    appli.horloge.avancer_de_jours(366);
    let mut agent = agent(&appli).await;
    let page = agent.ouvrir("/reglages/annuaire/campagne").await;
    page.exiger("Sans courriel connu");
    assert_eq!(page.textes("#sans-courriel tbody th"), ["Muette"]);
    page.exiger("Ne veulent pas être démarchées");
    let lien = page.attribut("a[href^='/reglages/annuaire/campagne/export?format=csv']", "href").unwrap();
    let csv = agent.ouvrir(&lien).await.html;
    assert!(csv.contains("Muette") && csv.contains(&faits[1].1) && csv.contains("03 83 00 00 00"), "{csv}");
    assert!(!csv.contains("Discrète") && !csv.contains("Close") && !csv.contains("Joignable"), "{csv}");
    appli.fin().await;
}
