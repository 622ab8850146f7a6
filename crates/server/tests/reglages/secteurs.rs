//! Secteurs on screen, on both databases: communes by name, who is in charge or nobody, what it was, its end.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

use super::ouverte;

const LISTE: &str = "/reglages/secteurs";

fn adresse(page: &Page, nom: &str) -> String {
    let (avant, _) = page.html.split_once(&format!("\">{nom}</a>")).unwrap();
    avant.rsplit("href=\"").next().unwrap().to_owned()
}

async fn creer(agent: &mut Navigateur, nom: &str, communes: &str) -> Page {
    let page = agent.ouvrir(LISTE).await;
    agent.envoyer(&page, LISTE, &[("nom", nom), ("du", "2026-11-01"), ("communes", communes)]).await
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_communes_d_un_secteur_se_disent_par_leur_nom(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let page = creer(&mut agent, "Vezouze", "Cirey-sur-Vezouze\nNullepart").await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("Ligne 2");
    let page = creer(&mut agent, "Vezouze", "Cirey-sur-Vezouze\n54395 54329").await;
    let ici = adresse(page.exiger("Le secteur est créé"), "Vezouze");
    let page = agent.ouvrir(&ici).await;
    page.exiger("54129 Cirey-sur-Vezouze").exiger("54329 Lunéville").exiger("54395 Nancy");
    // What is shown is read again as it is; a name leaves, another comes, from a day.
    let communes = [("communes", "54129 Cirey-sur-Vezouze\nBaccarat\nNancy"), ("du", "2026-12-01")];
    let page = agent.envoyer(&page, &ici, &communes).await;
    page.exiger("Le secteur est enregistré")
        .exiger("Le 1er décembre 2026 : arrivent Baccarat ; partent Lunéville")
        .exiger("Le 1er novembre 2026 : arrivent Cirey-sur-Vezouze, Lunéville, Nancy")
        .exiger("secteur modifié, par Exemple agent");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_secteur_se_confie_puis_reste_sans_agent(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let charge = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::ChargeTerritorial));
    let (_, id) = appli.connecter("charge@exemple.invalid", charge).await;
    let page = creer(&mut agent, "Vezouze", "Cirey-sur-Vezouze").await;
    let ici = adresse(&page, "Vezouze");
    let confier = format!("{ici}/agent");
    let page = agent.ouvrir(&ici).await;
    // In error: beside its field, and the day typed stays.
    let refus = agent.envoyer(&page, &confier, &[("agent", ""), ("agent_du", "2026-11-15")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Choisissez une personne, ou « Personne »");
    assert_eq!(refus.attribut("#agent_du", "value").as_deref(), Some("2026-11-15"));
    assert_eq!(refus.attribut("#nom", "value").as_deref(), Some("Vezouze"), "the other form keeps what is saved");
    let refus = agent.envoyer(&refus, &confier, &[("agent", id.as_str()), ("agent_du", "")]).await;
    refus.exiger("Donnez le premier jour");
    let inconnue = agent.envoyer(&refus, &confier, &[("agent", "quelqu-un"), ("agent_du", "2026-11-15")]).await;
    inconnue.exiger("n’est pas chargée territoriale aujourd’hui");

    let page = agent.envoyer(&refus, &confier, &[("agent", id.as_str()), ("agent_du", "2026-11-15")]).await;
    page.exiger("Le secteur est confié").exiger("Chargé·e : Exemple charge");
    let mut public = appli.navigateur();
    public.ouvrir("/communes/54129").await.exiger("Exemple charge");
    let page = agent.envoyer(&page, &confier, &[("agent", "personne"), ("agent_du", "2026-11-20")]).await;
    page.exiger("la coordination répond").exiger("Personne n’en est chargé");
    page.exiger("Exemple charge : du 15 novembre 2026 au 19 novembre 2026").exiger("secteur laissé à la coordination");
    assert!(!public.ouvrir("/communes/54129").await.contient("Exemple charge"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_secteur_se_supprime_ou_se_termine(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    // Nothing names it.
    let page = creer(&mut agent, "Essai", "Nancy").await;
    let essai = adresse(&page, "Essai");
    let page = agent.ouvrir(&essai).await;
    let page = agent.envoyer(&page, &format!("{essai}/retirer"), &[]).await;
    page.exiger("Le secteur est supprimé");
    assert!(!page.html.contains(&essai));
    assert_eq!(agent.ouvrir(&essai).await.statut, StatusCode::NOT_FOUND);

    // Requests name this one: it ends, its past stays.
    let mut public = appli.navigateur();
    public.ouvrir("/communes/54129").await.exiger("Claude Exemple-Chargé");
    let tx = appli.instance.db.read().await.unwrap();
    let cirey = "54129".parse().unwrap();
    let qui = socle::secteur::interlocuteur(&tx, &cirey, appli.instance.aujourd_hui()).await.unwrap().unwrap();
    drop(tx);
    let ici = format!("{LISTE}/{}", qui.secteur_id);
    let page = agent.ouvrir(&ici).await;
    let page = agent.envoyer(&page, &format!("{ici}/retirer"), &[]).await;
    page.exiger("il est terminé, pas supprimé").exiger("Ce secteur est terminé").exiger("Claude Exemple-Chargé : du");
    assert!(!public.ouvrir("/communes/54129").await.contient("Claude Exemple-Chargé"));
    agent.ouvrir(LISTE).await.exiger("Aucune aujourd’hui");
    // Communes again: it is open again.
    let page = agent.ouvrir(&ici).await;
    let page = agent.envoyer(&page, &ici, &[("communes", "Cirey-sur-Vezouze")]).await;
    assert!(!page.exiger("Le secteur est enregistré").contient("Ce secteur est terminé"));
    appli.fin().await;
}
