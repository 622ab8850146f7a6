//! The agent who runs the site, on both databases: texts, mails, themes, lists, cantons, closing days, electoral period,
//! history, conflicts, backups, retention; and every kind of collectivité starts.

#![expect(clippy::unwrap_used, reason = "a test fails with a line number")]

mod affichage;
mod conservation;
mod secteurs;
mod textes;

use axum::http::StatusCode;
use domain::droit::Fonction;
use domain::profil::{Etape, Porteur};
use domain::theme::Theme;
use platform::outbox::{self, Travail};
use platform::periodique::planifier;
use platform::sauvegarde::lister;
use rstest::rstest;
use sea_orm::ConnectionTrait as _;
use server::features;
use socle::organisation::Nature;
use socle::projet;
use testkit::{Appli, Moteur, Navigateur};

pub(crate) async fn ouverte(moteur: Moteur) -> (Appli, Navigateur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    let (agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    (appli, agent)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_texte_se_voit_se_change_et_se_remet(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let mut public = appli.navigateur();
    let menu = agent.ouvrir("/reglages").await;
    menu.exiger("Textes du site").exiger("Sauvegardes").exiger("Périmètres et zonages");
    agent.ouvrir("/reglages/textes").await.exiger("Grande phrase de la page d’accueil");
    let chemin = "/reglages/textes/accueil.titre";
    let page = agent.ouvrir(chemin).await;

    // Preview saves nothing.
    let champs = [("contenu", "Une <b>idée</b> ?"), ("acte", "apercu")];
    let apercu = agent.envoyer(&page, chemin, &champs).await;
    apercu.exiger("Aperçu (pas encore enregistré)").exiger("Une <b>idée</b> ?");
    assert!(!public.ouvrir("/").await.contient("Une <b>idée</b> ?"));

    let page = agent.envoyer(&apercu, chemin, &[("contenu", "Une <b>idée</b> ?"), ("acte", "enregistrer")]).await;
    page.exiger("Le texte est enregistré").exiger("Modifié ici");
    public.ouvrir("/").await.exiger("Une <b>idée</b> ?");

    // Too long, empty: beside the field, what was typed is kept.
    let page = agent.ouvrir(chemin).await;
    let page = agent.envoyer(&page, chemin, &[("contenu", &"a".repeat(141)), ("acte", "enregistrer")]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("C’est trop long");

    // Two agents: the second sees what the first saved, and keeps their own text.
    let (une, autre) = (agent.ouvrir(chemin).await, agent.ouvrir(chemin).await);
    agent.envoyer(&une, chemin, &[("contenu", "Premier agent"), ("acte", "enregistrer")]).await;
    let page = agent.envoyer(&autre, chemin, &[("contenu", "Second agent"), ("acte", "enregistrer")]).await;
    assert_eq!(page.statut, StatusCode::CONFLICT);
    page.exiger("Premier agent");
    assert!(page.html.contains("Second agent"));

    // History, then back.
    let page = agent.ouvrir("/reglages/historique?cle=texte.accueil.titre").await;
    page.exiger("Premier agent").exiger("Version 1").exiger("Exemple agent");
    let page = agent.envoyer(&page, "/reglages/historique", &[("ancienne", "1")]).await;
    page.exiger("L’ancienne version est remise en place");
    public.ouvrir("/").await.exiger("Une <b>idée</b> ?");
    let page = agent.ouvrir(chemin).await;
    agent.envoyer(&page, chemin, &[("acte", "retour")]).await.exiger("Le texte d’origine est remis");
    public.ouvrir("/").await.exiger("Décrivez-la en cinq minutes, sans compte");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_courriel_est_essaye_avant_d_etre_enregistre(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let chemin = "/reglages/courriels/connexion";
    let page = agent.ouvrir(chemin).await;
    page.exiger("Le code à six chiffres");
    let page =
        agent.envoyer(&page, chemin, &[("texte", "Bonjour, {{ prenom }} {{ code }}"), ("acte", "enregistrer")]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("n’est pas dans la liste des valeurs permises");
    let page = agent.envoyer(&page, chemin, &[("texte", "Bonjour, voici {{ code }}."), ("acte", "enregistrer")]).await;
    page.exiger("Il manque {{ lien }}");
    let texte = [("sujet", "Votre entrée"), ("texte", "Bonjour de {{ site }} : {{ code }}\n{{ lien }}")];
    let page = agent.envoyer(&page, chemin, &[texte[0], texte[1], ("acte", "apercu")]).await;
    page.exiger("Bonjour de Terreau : 123456");
    agent
        .envoyer(&page, chemin, &[texte[0], texte[1], ("acte", "enregistrer")])
        .await
        .exiger("Le courriel est enregistré");

    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir("/connexion").await;
    visiteur.envoyer(&page, "/connexion", &[("courriel", "maire@exemple.invalid")]).await;
    let courriel = appli.courriels().await.pop().unwrap();
    assert_eq!(courriel.sujet(), "Votre entrée");
    assert!(courriel.texte().contains("Bonjour de Terreau : "), "{}", courriel.texte());
    assert!(courriel.texte().contains("/connexion/lien/"), "{}", courriel.texte());
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_themes_se_renomment_se_rangent_et_se_masquent(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let mut public = appli.navigateur();
    let page = agent.ouvrir("/reglages/themes/commerce").await;
    let champs = [("nom", "Dernier commerce"), ("colonne", "lien")];
    agent.envoyer(&page, "/reglages/themes/commerce", &champs).await.exiger("Le thème est enregistré");
    let page = agent.ouvrir("/reglages/themes/sport").await;
    agent.envoyer(&page, "/reglages/themes/sport", &[("masque", "oui")]).await.exiger("Plus proposé");
    let page = agent.ouvrir("/reglages/themes/services").await;
    agent.envoyer(&page, "/reglages/themes/services", &[("nom", "Vivre près de chez soi")]).await;
    let page = public.ouvrir("/projets/nouveau").await;
    page.exiger("Dernier commerce").exiger("Vivre près de chez soi");
    assert!(!page.contient("Commerce, café, multiservice") && page.attribut("input[value=sport]", "name").is_none());
    assert_eq!(page.attribut("input[value=commerce]", "name").as_deref(), Some("themes"), "the id stays");
    // A name already taken.
    let page = agent.ouvrir("/reglages/themes/culture").await;
    let page = agent.envoyer(&page, "/reglages/themes/culture", &[("nom", "Dernier commerce")]).await;
    page.exiger("porte déjà ce nom");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_liste_de_communes_est_lue_ligne_par_ligne(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let vers = "/reglages/listes/nouvelle";
    let page = agent.ouvrir(vers).await;
    let base =
        [("nom", "Pays d’exemple"), ("du", "2026-01-01"), ("source", "Arrêté d’exemple"), ("acte", "enregistrer")];
    let communes = |texte| [base[0], base[1], base[2], base[3], ("communes", texte)];
    let page = agent.envoyer(&page, vers, &communes("Cirey-sur-Vezouze\nNullepart\nNancy; Rennes")).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("Ligne 2").exiger("Ligne 3");
    let page = agent.envoyer(&page, vers, &communes("54129 Cirey-sur-Vezouze\r\nNancy;54329\n200069433")).await;
    page.exiger("La liste est enregistrée").exiger("Pays d’exemple");
    let mut public = appli.navigateur();
    public
        .ouvrir("/communes/54129")
        .await
        .exiger("Pays d’exemple")
        .exiger("Arrêté d’exemple")
        .exiger("France ruralités");
    public.ouvrir("/communes/54395").await.exiger("Pays d’exemple").exiger("À vérifier auprès de la préfecture");
    let chemin = page.attribut("td a[href^='/reglages/listes/'], th a[href^='/reglages/listes/']", "href").unwrap();
    let page = agent.ouvrir(&chemin).await;
    agent.envoyer(&page, &chemin, &[("acte", "retour")]).await.exiger("La liste est retirée");
    assert!(!public.ouvrir("/communes/54129").await.contient("Pays d’exemple"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn cantons_fermetures_et_periode_electorale(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let mut public = appli.navigateur();
    agent.ouvrir("/reglages/cantons").await.exiger("Baccarat").exiger("Non renseigné");
    let page = agent.ouvrir("/reglages/cantons/5401").await;
    let champs = [("un", "Ada Exemple"), ("deux", "Basile Exemple")];
    agent.envoyer(&page, "/reglages/cantons/5401", &champs).await.exiger("Ada Exemple et Basile Exemple");
    public.ouvrir("/communes/54129").await.exiger("Baccarat (Ada Exemple et Basile Exemple)");
    // What is asked is shown: how to reach them, since when.
    let page = agent.ouvrir("/reglages/cantons/5401").await;
    let contact = [("contact", "baccarat@exemple.invalid"), ("depuis", "juin <2021>")];
    agent.envoyer(&page, "/reglages/cantons/5401", &contact).await.exiger("Le canton est enregistré");
    let page = public.ouvrir("/communes/54129").await;
    page.exiger("Élection : juin <2021>").exiger("Contact : baccarat@exemple.invalid");
    assert!(page.attribut("a[href='mailto:baccarat@exemple.invalid']", "href").is_some());
    assert_eq!(agent.ouvrir("/reglages/cantons/6701").await.statut, StatusCode::NOT_FOUND);

    // The promised day is later by the closing day.
    let vers = "/reglages/fermetures";
    let page = agent.ouvrir(vers).await;
    page.exiger("Jours fériés des douze prochains mois").exiger("Noël");
    let page = agent.envoyer(&page, vers, &[("jours", "26/11/2026")]).await;
    page.exiger("donnez la raison");
    agent.envoyer(&page, vers, &[("jours", "26/11/2026 Inventaire")]).await.exiger("enregistrés");
    let promise = web::contact::date_promise(&appli.instance, None, appli.instance.aujourd_hui());
    assert_eq!(promise.to_string(), "2026-12-09", "ten working days and the closing day");

    // A promotional text is shown, then frozen.
    let chemin = "/reglages/textes/accueil.annonce";
    let page = agent.ouvrir(chemin).await;
    agent.envoyer(&page, chemin, &[("contenu", "**Dix ans** de projets réussis"), ("acte", "enregistrer")]).await;
    public.ouvrir("/").await.exiger("Dix ans de projets réussis");
    let stylo = agent.ouvrir(chemin).await;
    let vers = "/reglages/periode-electorale";
    let page = agent.ouvrir(vers).await;
    let periode = [("scrutin", "Scrutin d’exemple"), ("du", "2026-11-01"), ("au", "2026-12-31")];
    agent.envoyer(&page, vers, &periode).await.exiger("En cours : Scrutin d’exemple");
    assert!(!public.ouvrir("/").await.contient("Dix ans"));
    let page = agent.envoyer(&stylo, chemin, &[("contenu", "Onze ans"), ("acte", "enregistrer")]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("ce texte est figé");
    appli.horloge.avancer_de_jours(40);
    public.ouvrir("/").await.exiger("Dix ans de projets réussis");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_disque_presque_plein_se_dit_avant_la_panne(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let sante = appli.navigateur().ouvrir("/sante").await;
    assert_eq!(sante.statut, StatusCode::OK);
    assert!(sante.html.contains("\"disque\":\"assez de place\"") && sante.html.contains("\"disque_libre_mo\":"));
    agent.ouvrir("/reglages/sauvegardes").await.exiger("sur le disque du serveur");
    assert!(!agent.ouvrir("/reglages").await.contient("sur le disque du serveur"));

    let appli = appli.a_l_etroit(features(), u64::MAX).await;
    let sante = appli.navigateur().ouvrir("/sante").await;
    assert_eq!(sante.statut, StatusCode::SERVICE_UNAVAILABLE);
    assert!(sante.html.contains("\"etat\":\"disque presque plein\""), "{}", sante.html);
    let (mut agent, _) = appli
        .connecter("site@exemple.invalid", Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite)))
        .await;
    for page in ["/reglages", "/reglages/sauvegardes"] {
        agent.ouvrir(page).await.exiger("Il ne reste que").exiger("Demandez à l’exploitant");
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_sauvegarde_se_demande_et_chaque_nuit_en_fait_une(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let page = agent.ouvrir("/reglages/sauvegardes").await;
    page.exiger("Il n’y a encore aucune sauvegarde");
    let page = agent.envoyer(&page, "/reglages/sauvegardes", &[]).await;
    page.exiger("La sauvegarde est demandée").exiger("Une sauvegarde est en cours");
    appli.travailler().await;
    agent.ouvrir("/reglages/sauvegardes").await.exiger("moins d’une heure").exiger("Demandée");
    let sante = appli.navigateur().ouvrir("/sante").await;
    assert!(sante.html.contains("\"sauvegarde\":\"récente\""), "{}", sante.html);

    let instance = &appli.instance;
    appli.horloge.avancer_de_jours(3);
    assert!(agent.ouvrir("/sante").await.html.contains("\"sauvegarde\":\"ancienne\""));
    let travaux = instance.maison.periodiques();
    let ici = instance.heure_de(instance.clock.instant());
    let demandes = planifier(&instance.db, &*instance.clock, &*instance.ids, &travaux, ici).await.unwrap();
    assert_eq!(demandes, travaux.len());
    appli.travailler().await;
    let liste = lister(&instance.dossiers.sauvegardes).unwrap();
    assert_eq!(liste.len(), 2);
    for sauvegarde in liste {
        sauvegarde.verifier().unwrap();
    }
    appli.fin().await;
}

pub(crate) async fn projet_clos(appli: &Appli, titre: &str) -> projet::Model {
    let (instance, ids) = (&appli.instance, &*appli.instance.ids);
    let maintenant = instance.clock.instant();
    let tx = instance.db.begin().await.unwrap();
    let modele = projet::Model {
        titre: titre.to_owned(),
        titre_tri: socle::nom_tri(titre),
        manque: "Un texte à oublier".to_owned(),
        etape: Etape::Arrete,
        porteur: Porteur::Commune,
        ..projet::Model::nouveau(ids, "54129".parse().unwrap(), maintenant)
    };
    let projet = projet::inserer(&tx, modele, &[Theme::Commerce]).await.unwrap();
    tx.commit().await.unwrap();
    projet
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn rien_ne_s_efface_sans_le_visa_des_archives(#[case] moteur: Moteur) {
    let (appli, _) = ouverte(moteur).await;
    let ancien = projet_clos(&appli, "Ancien projet").await;
    let repris = projet_clos(&appli, "Projet repris").await;
    appli.horloge.avancer_de_jours(11 * 366);
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("autre@exemple.invalid", mandat).await;
    let vers = "/reglages/conservation";
    let page = agent.ouvrir(vers).await;
    page.exiger("Ancien projet").exiger("Projet repris");

    let visa = [
        ("acte", "visa"),
        ("reference", "2037-12"),
        ("archiviste", "Archives d’exemple"),
        ("accorde_le", "2037-12-01"),
    ];
    let page = agent.envoyer(&page, vers, &[visa[0], visa[1], visa[2], visa[3], ("projets", &ancien.reference)]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("Cochez la confirmation");

    let mut champs = visa.to_vec();
    champs.extend([("confirme", "oui"), ("projets", &ancien.reference), ("projets", &repris.reference)]);
    let page = agent.envoyer(&page, vers, &champs).await;
    page.exiger("Le visa est enregistré");
    // Taken up again between the visa and the work: kept.
    let tx = appli.instance.db.begin().await.unwrap();
    let actif = projet::Model { etape: Etape::Reprise, ..repris.clone() };
    assert!(projet::enregistrer(&tx, &actif, appli.instance.clock.instant()).await.unwrap());
    tx.commit().await.unwrap();
    appli.travailler().await;

    let tx = appli.instance.db.read().await.unwrap();
    assert!(projet::par_reference(&tx, &ancien.reference).await.unwrap().is_none());
    assert!(projet::par_reference(&tx, &repris.reference).await.unwrap().is_some());
    drop(tx);
    let page = agent.ouvrir(vers).await;
    page.exiger("2037-12").exiger("Archives d’exemple").exiger("Rien à effacer");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_autre_que_l_agent_du_site_n_entre_pas(#[case] moteur: Moteur) {
    let (appli, _) = ouverte(moteur).await;
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::ChargeTerritorial));
    let (mut charge, _) = appli.connecter("charge@exemple.invalid", mandat).await;
    let chemins: Vec<&str> =
        appli.routes.iter().map(|(_, chemin, _)| *chemin).filter(|c| c.starts_with("/reglages")).collect();
    assert!(chemins.len() > 15, "{chemins:?}");
    for chemin in chemins {
        let chemin = chemin.replace("{cle}", "accueil.titre").replace("{id}", "commerce").replace("{code}", "5401");
        assert_eq!(charge.ouvrir(&chemin).await.statut, StatusCode::FORBIDDEN, "{chemin}");
    }
    appli.fin().await;
}

#[rstest]
#[case("35", "35238", "Rennes")]
#[case("6AE", "67482", "Strasbourg")]
#[case("67", "67482", "Strasbourg")]
#[case("68", "68224", "Mulhouse")]
#[case("2A", "2A004", "Ajaccio")]
#[case("2B", "2B033", "Bastia")]
#[case("20R", "2B033", "Bastia")]
#[case("69", "69264", "Villefranche-sur-Saône")]
#[case("69M", "69123", "Lyon")]
#[case("974", "97411", "Saint-Denis")]
#[case("75", "75056", "Paris")]
#[case("976", "97611", "Mamoudzou")]
#[tokio::test]
async fn chaque_collectivite_demarre_avec_sa_carte(
    #[values(Moteur::Sqlite, Moteur::Postgres)] moteur: Moteur,
    #[case] code: &str,
    #[case] commune: &str,
    #[case] nom: &str,
) {
    let appli = Appli::pour(code, moteur, features(), false).await;
    let mut public = appli.navigateur();
    let accueil = public.ouvrir("/").await;
    accueil.exiger("Décrivez-la en cinq minutes");
    let carte = public.ouvrir("/carte").await;
    assert_eq!(carte.statut, StatusCode::OK);
    assert!(carte.html.contains("<svg") && carte.html.contains("<path"), "{code} : pas de carte");
    let page = public.ouvrir(&format!("/communes/{commune}")).await;
    page.exiger(nom).exiger("Zonages et programmes");
    assert!(page.html.contains("<path"), "{commune} : pas de contour");
    let mandat = Some((Nature::Departement, "Collectivité", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    for chemin in ["/reglages/cantons", "/reglages/fermetures", "/reglages/secteurs", "/reglages/listes"] {
        assert_eq!(agent.ouvrir(chemin).await.statut, StatusCode::OK, "{code} {chemin}");
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_fonction_se_donne_et_se_termine_jamais_la_derniere(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let vers = "/reglages/utilisateurs";
    let page = agent.ouvrir(vers).await;
    let page = agent.envoyer(&page, "/reglages/utilisateurs/terminer", &[]).await;
    page.exiger("C’est le dernier agent qui gère le site");
    let page = agent.ouvrir(vers).await;
    let releve =
        [("prenom", "Ada"), ("nom", "Exemple"), ("courriel", "ada@exemple.invalid"), ("fonction", "agent-site")];
    let page = agent.envoyer(&page, vers, &releve).await;
    page.exiger("La fonction est donnée").exiger("Ada Exemple");
    let courriel = appli.courriels().await.pop().unwrap();
    assert_eq!((courriel.destinataire(), courriel.sujet()), ("ada@exemple.invalid", "Votre accès est ouvert"));
    let combien = appli.courriels().await.len();
    for (au, phrase) in [("01/01/2020", "Ce jour est passé"), ("31/12/27", "quatre chiffres")] {
        let champs: Vec<(&str, &str)> = releve.into_iter().chain([("au", au)]).collect();
        let refus = agent.envoyer(&page, vers, &champs).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{au}");
        refus.exiger(phrase);
    }
    agent.envoyer(&page, vers, &releve).await.exiger("Cette personne a déjà cette fonction");
    assert_eq!(appli.courriels().await.len(), combien, "no mail for what was not given");

    // Ada takes over, then the first agent's function ends: the site is theirs alone.
    let (mut ada, _) = appli.connecter("ada@exemple.invalid", None).await;
    ada.ouvrir("/reglages").await.exiger("Textes du site");
    let page = ada.ouvrir(vers).await;
    // By name: Ada, then the first agent.
    let mandat = page.attribut("ul.tr-liste li:nth-child(2) input[name=mandat]", "value").unwrap();
    let page = ada.envoyer(&page, "/reglages/utilisateurs/terminer", &[("mandat", &mandat)]).await;
    page.exiger("La fonction est terminée");
    assert_eq!(agent.ouvrir("/reglages").await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn de_retour_plus_tot_l_agent_repond_de_nouveau(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    let repond = async |qui: &str| {
        let page = appli.navigateur().ouvrir("/communes/54129").await;
        page.exiger(qui);
    };
    repond("Claude Exemple-Chargé").await;

    let charge = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::ChargeTerritorial));
    appli.connecter("dominique@exemple.invalid", charge).await;
    let page = agent.ouvrir("/reglages/secteurs").await;
    let option = |nom: &str| {
        let (avant, _) = page.html.split_once(&format!("\">{nom}</option>")).expect(nom);
        avant.rsplit("value=\"").next().unwrap().to_owned()
    };
    let (claude, autre) = (option("Claude Exemple-Chargé"), option("Exemple dominique"));
    // Begun, then to come: both end on one click.
    for (du, commencee) in [("2026-11-01", true), ("2027-02-01", false)] {
        let page = agent.ouvrir("/reglages/secteurs").await;
        let champs = [("agent", &*claude), ("absence_du", du), ("absence_au", "2027-03-01"), ("remplacant", &*autre)];
        let page = agent.envoyer(&page, "/reglages/absences", &champs).await;
        page.exiger("Claude Exemple-Chargé, du");
        repond(if commencee { "Exemple dominique" } else { "Claude Exemple-Chargé" }).await;
        let retour = page.html.split("action=\"").find(|a| a.starts_with("/reglages/absences/")).unwrap();
        let retour = retour.split('"').next().unwrap().to_owned();
        let apres = agent.envoyer(&page, &retour, &[]).await;
        apres.exiger("vont de nouveau à la personne de retour").exiger("Aucune absence en cours ou à venir");
        assert_eq!(agent.envoyer(&page, &retour, &[]).await.statut, StatusCode::OK, "asked twice, done once");
        repond("Claude Exemple-Chargé").await;
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn des_travaux_en_echec_se_refont_ensemble(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let (instance, chemin) = (&appli.instance, "/reglages/travaux");
    agent.ouvrir(chemin).await.exiger("Rien n’a échoué");
    let tx = instance.db.begin().await.unwrap();
    for numero in 0..3 {
        let travail = Travail::nouveau("sujet.inconnu", numero);
        outbox::demander(&tx, &*instance.clock, &*instance.ids, travail).await.unwrap();
    }
    tx.commit().await.unwrap();
    appli.travailler().await;

    let page = agent.ouvrir(chemin).await;
    page.exiger("sujet.inconnu").exiger("En attente : 0");
    let refus = agent.envoyer(&page, chemin, &[]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Choisissez au moins un travail à refaire.");
    assert_eq!(refus.attribut(".govuk-error-summary a", "href").unwrap(), "#travail-0");
    let case = |rang: usize| refus.attribut(&format!("#travail-{rang}"), "value").unwrap();
    let (un, deux) = (case(0), case(2));
    let faite = agent.envoyer(&refus, chemin, &[("travail", &un), ("travail", &deux)]).await;
    faite.exiger("2 travaux vont être refaits.").exiger("En attente : 2");
    assert_eq!(faite.textes("tbody tr").len(), 1);
    // Twice the same form: the first answer.
    let double = agent.envoyer(&refus, chemin, &[("travail", &un), ("travail", &deux)]).await;
    double.exiger("En attente : 2");

    let tx = instance.db.begin().await.unwrap();
    tx.execute_unprepared("DELETE FROM outbox WHERE sujet = 'sujet.inconnu'").await.unwrap();
    tx.commit().await.unwrap();
    appli.fin().await;
}

/// A small PNG, one colour.
fn png() -> Vec<u8> {
    let mut sortie = std::io::Cursor::new(Vec::new());
    let image = image::RgbaImage::from_pixel(200, 80, image::Rgba([31, 92, 58, 255]));
    image::DynamicImage::from(image).write_to(&mut sortie, image::ImageFormat::Png).unwrap();
    sortie.into_inner()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_logo_se_met_se_retire_et_revient(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let mut public = appli.navigateur();
    let (url, depot, retrait) = ("/reglages/identite", "/reglages/identite/logo", "/reglages/identite/logo/retirer");
    let mots = [("logo_mots", "Département d’exemple")];
    let page = agent.ouvrir(url).await;
    page.exiger("Aucun logo pour l’instant");
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let refuse = agent.envoyer_fichier(&page, depot, &mots, ("logo", "logo.svg", svg)).await;
    assert_eq!(refuse.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refuse.html.contains("Département d’exemple"), "what was typed is kept");
    let refuse = agent.envoyer_fichier(&page, depot, &mots, ("logo", "logo.png", &png()[..50])).await;
    refuse.exiger("Cette image");

    let page = agent.envoyer_fichier(&refuse, depot, &mots, ("logo", "logo.png", &png())).await;
    page.exiger("Le logo est en haut de chaque page");
    let accueil = public.ouvrir("/").await;
    assert_eq!(accueil.attribut("header img", "alt").as_deref(), Some("Département d’exemple"));
    let adresse = accueil.attribut("header img", "src").unwrap();
    let image = public.ouvrir(&adresse).await;
    assert_eq!((image.statut, &image.entetes["content-type"]), (StatusCode::OK, &"image/png".parse().unwrap()));
    assert!(image.octets.starts_with(b"\x89PNG"));
    assert_eq!(public.ouvrir("/logo/autre").await.statut, StatusCode::NOT_FOUND);

    // Gone in one click, and back in one click.
    let retire = agent.envoyer(&page, retrait, &[]).await;
    retire.exiger("Le logo est retiré");
    assert!(public.ouvrir("/").await.attribut("header img", "src").is_none());
    assert_eq!(public.ouvrir(&adresse).await.statut, StatusCode::NOT_FOUND);
    agent.envoyer(&retire, "/reglages/identite/logo/remettre", &[]).await.exiger("Le logo est revenu");
    assert_eq!(public.ouvrir("/").await.attribut("header img", "src"), Some(adresse));
    // The name and the colour are saved apart: the logo stays.
    let page = agent.ouvrir(url).await;
    agent.envoyer(&page, url, &[("nom", "Terreau d’ici")]).await.exiger("L’identité est enregistrée");
    assert!(public.ouvrir("/").await.attribut("header img", "src").is_some());
    appli.fin().await;
}
