//! Searches kept, the mail that says what is new, its stop; activity, served territory, distance, vCard.

use annuaire::vocabulaire::{Diffusion, GenreTerritoire, ModeOffre};
use axum::http::{StatusCode, header};
use domain::profil::Etape;
use domain::theme::Theme;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use testkit::{Appli, Moteur, Navigateur, Page};
use web::recherche;

use crate::monde::{Acteur, appli_avec, inserer, offrir};

const RECHERCHES: &str = "/annuaire/recherches";

fn monde() -> Vec<Acteur> {
    vec![
        Acteur { nom: "L’Épicerie du Bœuf-Rouge", commune: "54129", ..Acteur::default() },
        Acteur { nom: "La Recyclerie", commune: "54528", theme: Theme::Reemploi, ..Acteur::default() },
    ]
}

async fn garder(n: &mut Navigateur, chemin: &str, alerte: &str) -> Page {
    let page = n.ouvrir(chemin).await;
    n.envoyer(&page, RECHERCHES, &[("alerte", alerte)]).await
}

/// Days later: new actors came, were indexed within the hour, daily work has run.
async fn des_jours_passent(appli: &Appli, jours: i64, nouveaux: &[Acteur]) {
    appli.horloge.avancer_de_jours(jours);
    let tx = appli.instance.db.begin().await.unwrap();
    for nouveau in nouveaux {
        inserer(&tx, &appli.instance, nouveau).await;
    }
    recherche::demander_la_reconstruction(&tx, &appli.instance).await.unwrap();
    tx.commit().await.unwrap();
    appli.travailler().await;
    appli.horloge.avancer(3_600);
    alerter(appli).await;
}

/// The work of the day.
async fn alerter(appli: &Appli) {
    let (clock, ids) = (&*appli.instance.clock, &*appli.instance.ids);
    let tx = appli.instance.db.begin().await.unwrap();
    let travail = platform::outbox::Travail::nouveau("annuaire-alertes", ());
    platform::outbox::demander(&tx, clock, ids, travail).await.unwrap();
    tx.commit().await.unwrap();
    appli.travailler().await;
}

fn nouveau(nom: &'static str) -> Acteur {
    Acteur { nom, theme: Theme::Reemploi, ..Acteur::default() }
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_recherche_gardee_dit_ce_qui_est_nouveau_une_fois_par_semaine(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let (mut n, _) = appli.connecter("maire@exemple.invalid", None).await;
    garder(&mut n, "/annuaire?theme=reemploi", "oui").await.exiger("La recherche est gardée").exiger("Réemploi");
    garder(&mut n, "/annuaire?theme=commerce", "non").await.exiger("Aucun courriel");
    // Kept again: still once.
    let page = garder(&mut n, "/annuaire?theme=reemploi&page=2", "oui").await;
    assert_eq!(page.textes("article").len(), 2);

    des_jours_passent(&appli, 1, &[]).await;
    assert!(appli.courriels().await.is_empty(), "nothing new, no mail");
    des_jours_passent(&appli, 1, &[nouveau("Ressourcerie neuve"), Acteur { nom: "Bar", ..Acteur::default() }]).await;
    let courriels = appli.courriels().await;
    assert_eq!(courriels.len(), 1, "{courriels:?}");
    let texte = courriels[0].texte().to_owned();
    assert!(texte.contains("1\u{a0}nouvel acteur") && texte.contains("Ressourcerie neuve"), "{texte}");
    assert!(!texte.contains("Bar"), "the search without mail, and what does not answer: {texte}");
    // At most once a week; what came meanwhile is in the next one.
    des_jours_passent(&appli, 3, &[nouveau("Atelier vélo")]).await;
    assert_eq!(appli.courriels().await.len(), 1);
    des_jours_passent(&appli, 4, &[]).await;
    let courriels = appli.courriels().await;
    assert_eq!(courriels.len(), 2);
    assert!(courriels[1].texte().contains("Atelier vélo") && !courriels[1].texte().contains("Ressourcerie neuve"));

    assert!(courriels[0].arret().is_some_and(|arret| texte.contains(arret)), "the mailbox has its own button");

    // The link of the mail opens a page without account; opening stops nothing, its button does.
    let lien = texte.split("terreau.test").find(|bout| bout.starts_with("/arreter")).unwrap();
    let lien = lien.split_whitespace().next().unwrap();
    let mut passant = appli.navigateur();
    let page = passant.ouvrir(lien).await;
    page.exiger("Recherche : Réemploi, déchets");
    n.ouvrir(RECHERCHES).await.exiger("Pour cette recherche, un courriel par semaine au plus");
    passant.envoyer(&page, lien, &[]).await.exiger("vous ne recevrez plus ce courriel");
    passant.ouvrir(lien).await.exiger("C’est déjà fait");
    des_jours_passent(&appli, 8, &[nouveau("Friperie")]).await;
    assert_eq!(appli.courriels().await.len(), 2, "stopped");
    assert_eq!(passant.ouvrir("/arreter-une-alerte/faux").await.statut, StatusCode::NOT_FOUND);

    // Asked again, then deleted.
    let page = n.ouvrir(RECHERCHES).await;
    let action = page.attribut("article form", "action").unwrap();
    let page = n.envoyer(&page, &action, &[("acte", "alerter")]).await;
    page.exiger("Un courriel vous dira ce qui est nouveau");
    // The message takes back what was just done.
    let retour = format!(".tr-message form[action='{action}'] input[name=acte]");
    assert_eq!(page.attribut(&retour, "value").as_deref(), Some("taire"));
    let page = n.envoyer(&page, &action, &[("acte", "supprimer")]).await;
    assert_eq!(page.textes("article").len(), 1);
    let page = n.envoyer(&page, RECHERCHES, &[]).await;
    page.exiger("Un courriel vous dira ce qui est nouveau pour elle");
    assert_eq!(page.textes("article").len(), 2, "undone: the search is back, with its mail");
    assert!(page.textes(".tr-message form").is_empty(), "nothing to undo here");
    let page = n.envoyer(&page, &page.attribut("article form", "action").unwrap(), &[("acte", "supprimer")]).await;
    assert_eq!(n.envoyer(&page, &page.attribut("article form", "action").unwrap(), &[("acte", "x")]).await.statut, 400);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_recherche_n_est_qu_a_soi_et_s_efface_avec_le_compte(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let (mut n, personne) = appli.connecter("maire@exemple.invalid", None).await;
    let (mut autre, _) = appli.connecter("autre@exemple.invalid", None).await;
    appli.navigateur().ouvrir("/annuaire").await.exiger("Connectez-vous");
    let page = garder(&mut n, "/annuaire?insee=54129&autour=10", "oui").await;
    page.exiger("Cirey-sur-Vezouze, à 10 km à la ronde");
    let action = page.attribut("article form", "action").unwrap();
    let la_sienne = garder(&mut autre, "/annuaire", "non").await;
    assert_eq!(la_sienne.textes("article").len(), 1);
    let corps = la_sienne.attribut("input[name=_jeton]", "value").unwrap();
    let refus = autre.poster(&action, &format!("_jeton={corps}&_cle=essai&acte=supprimer")).await;
    assert_eq!(refus.statut, StatusCode::NOT_FOUND);
    for numero in 0..25 {
        garder(&mut n, &format!("/annuaire?q=mot{numero}"), "non").await;
    }
    let page = n.ouvrir(RECHERCHES).await;
    assert_eq!(page.textes("article").len(), 20, "a person keeps twenty at most");

    let tx = appli.instance.db.read().await.unwrap();
    let export = annuaire::feature().export.unwrap()(&tx, &personne).await.unwrap();
    drop(tx);
    let gardees = &export["recherches_gardees"];
    assert_eq!(gardees.as_array().unwrap().len(), 20);
    assert_eq!(gardees[0]["recherche"], "insee=54129&autour=10");
    let tx = appli.instance.db.begin().await.unwrap();
    annuaire::feature().effacer.unwrap()(&tx, &appli.instance, &personne).await.unwrap();
    tx.commit().await.unwrap();
    n.ouvrir(RECHERCHES).await.exiger("Vous n’avez gardé aucune recherche");
    assert_eq!(autre.ouvrir(RECHERCHES).await.textes("article").len(), 1);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_annuaire_se_filtre_par_activite_et_par_territoire_servi(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &monde()).await;
    let instance = &appli.instance;
    let tx = instance.db.begin().await.unwrap();
    let etapes = [Etape::TOUS[0]];
    let epci = instance.faits_commune(&"54528".parse().unwrap()).unwrap().epci.unwrap();
    let la = [(GenreTerritoire::Epci, epci.as_str())];
    offrir(&tx, instance, &faits[0].0, "Vente ambulante", Some(ModeOffre::Achat), &etapes, &la).await;
    offrir(&tx, instance, &faits[1].0, "Conseil", Some(ModeOffre::Achat), &etapes, &[]).await;
    recherche::demander_la_reconstruction(&tx, instance).await.unwrap();
    tx.commit().await.unwrap();
    appli.travailler().await;
    let mut n = appli.navigateur();
    let noms = |page: &Page| page.textes(".tr-carte-projet > a");
    // Toul: the grocer of Cirey says it comes there.
    let servi = n.ouvrir("/annuaire?insee=54528&autour=desservie").await;
    assert_eq!(noms(&servi).len(), 2, "{}", servi.texte());
    servi.exiger("Qui vient à Toul").exiger("km");
    assert_eq!(
        noms(&n.ouvrir("/annuaire?insee=54395&autour=desservie").await),
        ["La Recyclerie"],
        "no place said: everywhere"
    );
    let tous = n.ouvrir("/annuaire").await;
    tous.exiger("Activités des organisations associatives (2)");
    assert_eq!(noms(&n.ouvrir("/annuaire?activite=94").await).len(), 2);
    assert!(noms(&n.ouvrir("/annuaire?activite=47").await).is_empty());
    assert_eq!(noms(&n.ouvrir("/annuaire?activite=zz").await).len(), 2, "what does not exist is left out");
    // How far, from one town hall to the other.
    let autour = n.ouvrir("/annuaire?insee=54395&autour=30").await;
    autour.exiger("à 21 km");

    let vcf = n.ouvrir("/annuaire/export?format=vcf&theme=reemploi").await;
    assert_eq!(vcf.entetes[header::CONTENT_TYPE], "text/vcard; charset=utf-8");
    assert_eq!(vcf.html.matches("BEGIN:VCARD").count(), 1);
    assert!(vcf.html.contains("FN:La Recyclerie\r\n") && vcf.html.contains("EMAIL;TYPE=work:contact@exemple.invalid"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_alerte_ne_dit_que_ce_qui_repond_et_n_oublie_rien(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &monde()).await;
    let instance = &appli.instance;
    let (mut n, _) = appli.connecter("maire@exemple.invalid", None).await;
    let tx = instance.db.begin().await.unwrap();
    let secteur = socle::secteur::Nouveau {
        nom: "Toulois".to_owned(),
        telephone: None,
        courriel: None,
        delai_jours_ouvres: 5,
        communes: vec!["54528".parse().unwrap()],
        du: "2026-01-01".parse().unwrap(),
    };
    socle::secteur::creer(&tx, &*instance.ids, secteur).await.unwrap();
    tx.commit().await.unwrap();
    for chemin in ["/annuaire?secteur=toulois", "/annuaire?q=ressourcerie+zygomatique", "/annuaire?theme=reemploi"] {
        garder(&mut n, chemin, "oui").await;
    }
    // The secteur takes another name: its search would now mean everything.
    let tx = instance.db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE secteur SET nom = 'Terres', nom_tri = 'terres'").await.unwrap();
    tx.commit().await.unwrap();
    n.ouvrir(RECHERCHES).await.exiger("Un filtre de cette recherche n’existe plus : le secteur.");

    // In the database, not yet in the index: said by the next mail, not lost.
    let tx = instance.db.begin().await.unwrap();
    appli.horloge.avancer_de_jours(1);
    inserer(&tx, instance, &nouveau("Ressourcerie tardive")).await;
    let discrete = Acteur { diffusion: Diffusion::Partielle, ..nouveau("Jeanne Dupont, ressourcerie") };
    inserer(&tx, instance, &discrete).await;
    tx.execute_unprepared("UPDATE acteur SET categorie_juridique = '1000' WHERE nom LIKE 'Jeanne%'").await.unwrap();
    tx.commit().await.unwrap();
    alerter(&appli).await;
    assert!(appli.courriels().await.is_empty(), "not indexed yet");
    des_jours_passent(&appli, 1, &[]).await;
    let courriels = appli.courriels().await;
    let textes: Vec<&str> = courriels.iter().map(|courriel| courriel.texte()).collect();
    assert_eq!(textes.len(), 1, "neither everything nor what only comes near: {textes:?}");
    assert!(textes[0].contains("Ressourcerie tardive") && !textes[0].contains("Jeanne"), "{textes:?}");
    appli.fin().await;
}
