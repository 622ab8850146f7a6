//! Freshness measured, quality explained, approvals that end.

use annuaire::acteur::storage;
use annuaire::qualite::storage as qualite;
use annuaire::tenue::agrements;
use annuaire::tenue::storage as tenue;
use annuaire::vocabulaire::{Diffusion, EtatActeur};
use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use socle::organisation::Nature;
use testkit::{Appli, Moteur};

use crate::gestes::agent_nomme as agent;
use crate::monde::{Acteur, appli_avec, offrir};

const CAMPAGNE: &str = "/reglages/annuaire/campagne";
const QUALITE: &str = "/reglages/annuaire/qualite";

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_campagne_a_un_rythme_et_se_mesure(#[case] moteur: Moteur) {
    let acteurs = ["Une", "Deux", "Trois"].map(|nom| Acteur { nom, ..Acteur::default() });
    let (appli, _) = appli_avec(moteur, &acteurs).await;
    appli.horloge.avancer_de_jours(366);
    let mut un_agent = agent(&appli, "agent@exemple.invalid").await;
    let page = un_agent.ouvrir(CAMPAGNE).await;
    page.exiger("Aucun courriel n’est encore parti").exiger("Structures à qui écrire").exiger("Deux");
    let faux = un_agent.envoyer(&page, CAMPAGNE, &[("par_jour", "beaucoup")]).await;
    assert_eq!(faux.statut, StatusCode::UNPROCESSABLE_ENTITY);
    faux.exiger("de 0 à 500");
    assert_eq!(faux.attribut("#par_jour", "value").as_deref(), Some("beaucoup"), "what was typed stays");
    un_agent.envoyer(&page, CAMPAGNE, &[("par_jour", "2")]).await.exiger("Le rythme de la campagne est enregistré");
    // Somebody else had the page open: both numbers are seen, none is lost.
    let mut autre = agent(&appli, "autre@exemple.invalid").await;
    let vieille = autre.ouvrir(CAMPAGNE).await;
    let page = un_agent.ouvrir(CAMPAGNE).await;
    un_agent.envoyer(&page, CAMPAGNE, &[("par_jour", "1")]).await;
    let conflit = autre.envoyer(&vieille, CAMPAGNE, &[("par_jour", "7")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    conflit.exiger("Quelqu’un a modifié ce réglage").exiger("Courriels par jour 1");
    assert_eq!(conflit.attribut("#par_jour", "value").as_deref(), Some("7"));

    appli.le_lendemain().await;
    assert_eq!(appli.courriels().await.len(), 1, "one a day");
    appli.le_lendemain().await;
    let courriels = appli.courriels().await;
    assert_eq!(courriels.len(), 2);
    let lien = |rang: usize| {
        let texte = courriels[rang].texte();
        let lien = texte.split("http://terreau.test").nth(1).unwrap();
        lien.split(char::is_whitespace).next().unwrap().to_owned()
    };
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir(&lien(0)).await;
    visiteur.ouvrir(&lien(1)).await;
    visiteur.envoyer(&page, &lien(0), &[]).await.exiger("La fiche est confirmée");
    let tx = appli.instance.db.read().await.unwrap();
    let envois = tenue::envois(&tx, platform::Instant(0)).await.unwrap();
    drop(tx);
    assert_eq!(envois.iter().map(|jour| jour.ouvertes).sum::<i64>(), 2);
    assert_eq!(envois.iter().map(|jour| jour.confirmees).sum::<i64>(), 1);
    let page = un_agent.ouvrir(CAMPAGNE).await;
    page.exiger("Courriels envoyés").exiger("50\u{a0}%");
    // Stopped: nobody is written to.
    un_agent.envoyer(&page, CAMPAGNE, &[("par_jour", "0")]).await.exiger("campagne arrêtée");
    appli.le_lendemain().await;
    assert_eq!(appli.courriels().await.len(), 2);
    let (mut maire, _) =
        appli.connecter("maire@exemple.invalid", Some((Nature::Commune, "54395", Fonction::Maire))).await;
    assert_eq!(maire.ouvrir(CAMPAGNE).await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_note_s_explique_et_dit_que_reparer_d_abord(#[case] moteur: Moteur) {
    let longue = "Une présentation qui dit ce que fait la structure, pour qui elle le fait, et où on la trouve.";
    let acteurs = [
        Acteur { nom: "Petite", ..Acteur::default() },
        Acteur { nom: "Utile", agrement: Some(("aci", None)), ..Acteur::default() },
        Acteur { nom: "Discrète", diffusion: Diffusion::Partielle, presentation: longue, ..Acteur::default() },
        Acteur { nom: "Close", etat: EtatActeur::Cesse, ..Acteur::default() },
    ];
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let tx = appli.instance.db.begin().await.unwrap();
    for titre in ["Un", "Deux"] {
        offrir(&tx, &appli.instance, &faits[1].0, titre, None, &[], &[]).await;
    }
    tx.commit().await.unwrap();
    let mut un_agent = agent(&appli, "agent@exemple.invalid").await;
    let page = un_agent.ouvrir(QUALITE).await;
    page.exiger("Fiches : 3").exiger("les plus urgentes d’abord");
    let noms = page.textes("tbody th");
    assert_eq!(noms, ["Utile", "Petite", "Discrète"], "what serves most, and lacks most, comes first");
    assert!(!page.contient("Close"));
    let filtree = un_agent.ouvrir(&format!("{QUALITE}?manque=offre&famille=association")).await;
    assert_eq!(filtree.textes("tbody th"), ["Petite", "Discrète"]);
    un_agent.ouvrir(&format!("{QUALITE}?famille=mutuelle")).await.exiger("Rien à réparer ici");
    let csv = un_agent.ouvrir(&format!("{QUALITE}/export?format=csv&manque=presentation")).await;
    assert_eq!(csv.statut, 200);
    assert!(csv.html.contains("Utile") && !csv.html.contains("Discrète"));
    assert_eq!(un_agent.ouvrir(&format!("{QUALITE}/export?format=exe")).await.statut, 400);

    // The keeper sees each point, its sentence, and how to gain it. Nobody else.
    let url = format!("/annuaire/{}/qualite", faits[0].1);
    let vue = un_agent.ouvrir(&url).await;
    vue.exiger("sur 100").exiger("La présentation manque, ou tient en quelques mots").exiger("0 sur 20");
    assert_ne!(appli.navigateur().ouvrir(&url).await.statut, StatusCode::OK, "sign in first");
    assert_eq!(un_agent.ouvrir(&format!("/annuaire/{}/qualite", faits[3].1)).await.statut, StatusCode::NOT_FOUND);
    let public = appli.navigateur().ouvrir(&format!("/annuaire/{}", faits[0].1)).await;
    assert!(!public.contient("sur 100"), "never public");

    // Under partial diffusion, contacts that nobody may see are not counted, a hidden address is not a lack.
    let tx = appli.instance.db.read().await.unwrap();
    let jour = appli.instance.aujourd_hui();
    let discrete = qualite::regarder(&tx, Some(&faits[2].0), jour).await.unwrap().remove(0).etat(platform::Instant(0));
    assert!(!discrete.contact && discrete.adresse, "{discrete:?}");
    assert!(storage::par_reference(&tx, &faits[2].1).await.unwrap().unwrap().courriel.is_some());
    let avant = appli.instance.db.nombre_de_requetes();
    un_agent.ouvrir(QUALITE).await;
    assert!(appli.instance.db.nombre_de_requetes() - avant < 12);
    drop(tx);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agrement_se_termine(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let jour = appli.instance.aujourd_hui();
    let dans = |jours: i64| -> &'static str {
        Box::leak(jour.saturating_add(jiff::Span::new().days(jours)).to_string().into_boxed_str())
    };
    let acteurs = [
        Acteur { nom: "Bientôt", agrement: Some(("esus", Some(dans(40)))), ..Acteur::default() },
        Acteur { nom: "Finie", agrement: Some(("aci", Some(dans(-10)))), ..Acteur::default() },
        Acteur { nom: "Ancienne", agrement: Some(("ei", Some(dans(-400)))), ..Acteur::default() },
        Acteur { nom: "Lointaine", agrement: Some(("ea", Some(dans(300)))), ..Acteur::default() },
    ];
    appli.fin().await;
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let mut un_agent = agent(&appli, "agent@exemple.invalid").await;
    let page = un_agent.ouvrir("/reglages/annuaire/agrements").await;
    assert_eq!(page.textes("tbody th"), ["Finie", "Bientôt"]);
    page.exiger("dans 40\u{a0}jours").exiger("terminé");
    let mut visiteur = appli.navigateur();
    visiteur.ouvrir("/annuaire?agrement=esus").await.exiger("Bientôt");
    visiteur.ouvrir(&format!("/annuaire/{}", faits[1].1)).await.exiger("(terminé)");
    // The day after its last one, the filters have forgotten it without anybody touching the page.
    appli.horloge.avancer_de_jours(40);
    let tx = appli.instance.db.read().await.unwrap();
    let aujourd_hui = appli.instance.aujourd_hui();
    let hier = aujourd_hui.yesterday().unwrap();
    assert!(agrements::finis_entre(&tx, hier, hier).await.unwrap().is_empty(), "its last day still holds");
    drop(tx);
    appli.le_lendemain().await;
    assert!(!visiteur.ouvrir("/annuaire?agrement=esus").await.contient("Bientôt"));
    visiteur.ouvrir("/annuaire").await.exiger("Bientôt");
    appli.fin().await;
}
