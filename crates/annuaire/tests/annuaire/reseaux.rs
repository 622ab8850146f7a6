//! Networks: marked by the agent of the site, animated by their people, blind to each other.

use annuaire::acteur::storage;
use annuaire::vocabulaire::{Champ, Diffusion, EtatActeur, Origine};
use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use socle::mandat::{self, Verification};
use socle::organisation::{self, Nature};
use testkit::{Appli, Moteur, Navigateur};

use crate::monde::{Acteur, appli_avec};

const RESEAUX: &str = "/reglages/annuaire/reseaux";

fn siren(rang: u32) -> String {
    annuaire::generateur::siren(rang)
}

/// The agent marks a network; somebody represents it. Gives its address.
async fn reseau(appli: &Appli, rang: u32, nom: &str, courriel: &str, verifie: bool) -> (Navigateur, String) {
    let mandat = Some((Nature::Departement, "Département", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    let page = agent.ouvrir(RESEAUX).await;
    let numero = siren(rang);
    agent.envoyer(&page, RESEAUX, &[("siren", &numero), ("nom", nom)]).await.exiger(&format!("{nom} est un réseau"));
    let (navigateur, personne) = appli.connecter(courriel, None).await;
    let instance = &appli.instance;
    let tx = instance.db.begin().await.unwrap();
    let organisation = organisation::par_siren(&tx, &numero.parse().unwrap()).await.unwrap().unwrap();
    let nouveau = mandat::Nouveau {
        personne,
        organisation: organisation.id.clone(),
        fonction: Fonction::Representant,
        du: "2026-01-01".parse().unwrap(),
        au: None,
        preuve: "test".to_owned(),
        verifie_par: verifie.then_some(Verification::Preuve),
    };
    mandat::donner(&tx, &*instance.clock, &*instance.ids, nouveau).await.unwrap();
    let marque = annuaire::reseau::storage::de_l_organisation(&tx, &organisation.id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    (navigateur, format!("/reseaux/{}", marque.reference))
}

/// Those that were written to: "are you a member of this network?".
async fn annonces(appli: &Appli) -> Vec<String> {
    let courriels = appli.courriels().await;
    courriels.iter().filter(|c| c.texte().contains("est parmi ses membres")).map(|c| c.texte().to_owned()).collect()
}

/// The relaunches of the yearly confirmation.
async fn relances(appli: &Appli) -> usize {
    appli.courriels().await.iter().filter(|c| c.texte().contains("/confirmer-une-fiche/")).count()
}

fn lien_de_l_annonce(texte: &str) -> String {
    let suite = texte.split("/annonce-d-un-reseau/").nth(1).unwrap();
    format!("/annonce-d-un-reseau/{}", suite.split_whitespace().next().unwrap())
}

/// The actor answers by the link of its mail, without account.
async fn repond(appli: &Appli, texte: &str, reponse: &str) {
    let lien = lien_de_l_annonce(texte);
    let mut structure = appli.navigateur();
    let page = structure.ouvrir(&lien).await;
    page.exiger("Faites-vous partie de ce réseau ?");
    structure.envoyer(&page, &lien, &[("reponse", reponse)]).await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_reseau_annonce_un_membre_et_l_acteur_repond(#[case] moteur: Moteur) {
    let acteurs = ["La Recyclerie de Toul", "La Recyclerie de Nancy"].map(|nom| Acteur { nom, ..Acteur::default() });
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let fiches: Vec<String> = faits.iter().map(|(_, reference)| format!("/annuaire/{reference}")).collect();
    let (mut cress, url) = reseau(&appli, 50, "Chambre régionale (exemple)", "cress@exemple.invalid", true).await;
    for (_, reference) in &faits {
        let page = cress.ouvrir(&url).await;
        let choix = [("membre", reference.as_str()), ("acte", "ajouter"), ("_cle", reference.as_str())];
        cress.envoyer(&page, &url, &choix).await.exiger("Un courriel lui demande si c’est juste");
    }
    let ecrits = annonces(&appli).await;
    assert_eq!(ecrits.len(), 2);
    let mut n = appli.navigateur();
    let dit = "Chambre régionale (exemple) (annoncé par le réseau, non confirmé par l’acteur)";
    n.ouvrir(&fiches[0]).await.exiger(dit);

    // Said right by a network that the actor did not confirm: not told, and the page is not confirmed by it.
    appli.horloge.avancer_de_jours(300);
    let (mut cress, _) = appli.connecter("cress@exemple.invalid", None).await;
    let page = cress.ouvrir(&url).await;
    page.exiger("la structure n’a pas répondu");
    let approuver = [("membre", faits[0].1.as_str()), ("acte", "approuver"), ("_cle", "approuver")];
    cress.envoyer(&page, &url, &approuver).await.exiger("quand la structure aura confirmé");
    assert!(!n.ouvrir(&fiches[0]).await.contient("Fiche relue par"));

    // Opening the link does nothing; yes, then what the network said counts; the link serves once.
    let lien = lien_de_l_annonce(&ecrits[0]);
    n.ouvrir(&lien).await.exiger("Si oui, la fiche le dit");
    n.ouvrir(&fiches[0]).await.exiger(dit);
    repond(&appli, &ecrits[0], "oui").await;
    let fiche = n.ouvrir(&fiches[0]).await;
    fiche.exiger("Chambre régionale (exemple)").exiger("Fiche relue par");
    assert!(!fiche.contient("non confirmé par l’acteur"));
    assert_eq!(n.ouvrir(&lien).await.statut, StatusCode::NOT_FOUND);
    assert_eq!(n.ouvrir("/annonce-d-un-reseau/n-importe-quoi").await.statut, StatusCode::NOT_FOUND);

    // No: the page says nothing of the network, which may not name it again within the year.
    repond(&appli, &ecrits[1], "non").await;
    assert!(!n.ouvrir(&fiches[1]).await.contient("Chambre régionale"));
    let page = cress.ouvrir(&url).await;
    page.exiger("Elles ont dit non");
    let encore = [("membre", faits[1].1.as_str()), ("acte", "ajouter"), ("_cle", "encore")];
    cress.envoyer(&page, &url, &encore).await.exiger("a répondu non le");
    assert_eq!(annonces(&appli).await.len(), 2, "nobody is asked twice");
    let approuver = [("membre", faits[1].1.as_str()), ("acte", "approuver"), ("_cle", "non")];
    cress.envoyer(&page, &url, &approuver).await.exiger("quand la structure aura confirmé");
    assert!(!n.ouvrir(&fiches[1]).await.contient("Fiche relue par"));
    appli.horloge.avancer_de_jours(366);
    let (mut cress, _) = appli.connecter("cress@exemple.invalid", None).await;
    let page = cress.ouvrir(&url).await;
    let encore = [("membre", faits[1].1.as_str()), ("acte", "ajouter"), ("_cle", "un-an")];
    cress.envoyer(&page, &url, &encore).await.exiger("est dans le réseau");
    n.ouvrir(&fiches[1]).await.exiger("non confirmé par l’acteur");
    // A year without an answer: the page says nothing of it any more.
    appli.horloge.avancer_de_jours(366);
    assert!(!n.ouvrir(&fiches[1]).await.contient("Chambre régionale"));
    let (mut cress, _) = appli.connecter("cress@exemple.invalid", None).await;
    cress.ouvrir(&url).await.exiger("annoncée il y a plus d’un an");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_reseau_non_confirme_ne_parle_pas_pour_un_acteur(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "La Recyclerie", ..Acteur::default() }]).await;
    let (mut cress, url) = reseau(&appli, 50, "Chambre régionale (exemple)", "cress@exemple.invalid", true).await;
    let page = cress.ouvrir(&url).await;
    let choix = [("membre", faits[0].1.as_str()), ("acte", "ajouter")];
    cress.envoyer(&page, &url, &choix).await.exiger("est dans le réseau");
    let (mut complice, _) = appli.connecter("complice@exemple.invalid", None).await;
    let ici = format!("/annuaire/{}/revendiquer", faits[0].1);
    let page = complice.ouvrir(&ici).await;
    let dits = [("moyen", "reseau"), ("preuve", "Le réseau me connaît bien.")];
    complice.envoyer(&page, &ici, &dits).await.exiger("Le réseau ou un agent la lira");
    let page = cress.ouvrir(&url).await;
    assert!(!page.contient("Qui tient ces fiches"), "its word is not asked");
    let tx = appli.instance.db.read().await.unwrap();
    let ligne = tx.query_one_raw(raw_sql!(Postgres, "SELECT reference FROM acteur_revendication")).await.unwrap();
    let demande: String = ligne.unwrap().try_get("", "reference").unwrap();
    drop(tx);
    let forcer = [("demande", demande.as_str()), ("acte", "confirmer-demande"), ("_cle", "forcer")];
    cress.envoyer(&page, &url, &forcer).await.exiger("déjà reçu une réponse");
    let modifier = format!("/annuaire/{}/modifier", faits[0].1);
    assert_eq!(complice.ouvrir(&modifier).await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_reseau_colle_sa_liste(#[case] moteur: Moteur) {
    let noms = ["La Recyclerie de Toul", "Les Granges", "Les Granges"];
    let (appli, faits) = appli_avec(moteur, &noms.map(|nom| Acteur { nom, ..Acteur::default() })).await;
    let numero = siren(80);
    let (id, connu) = (faits[0].0.as_str(), numero.as_str());
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET siren = {connu} WHERE id = {id}")).await.unwrap();
    tx.commit().await.unwrap();
    let (mut cress, url) = reseau(&appli, 50, "Chambre régionale (exemple)", "cress@exemple.invalid", true).await;
    let page = cress.ouvrir(&url).await;
    let vide = cress.envoyer(&page, &url, &[("acte", "lire-la-liste"), ("liste", " ")]).await;
    assert_eq!(vide.statut, StatusCode::UNPROCESSABLE_ENTITY);
    vide.exiger("Collez une structure par ligne");
    let liste =
        format!("{numero}\tLa Recyclerie\nLa recyclerie de Toul\nLes Granges\n4,43E+08\nInconnue au bataillon\n");
    let lue = cress.envoyer(&page, &url, &[("acte", "lire-la-liste"), ("liste", &liste)]).await;
    lue.exiger("à ajouter : La Recyclerie de Toul")
        .exiger("déjà nommée plus haut")
        .exiger("plusieurs fiches portent ce nom")
        .exiger("tableur")
        .exiger("pas dans l’annuaire : la proposer")
        .exiger("(1)");
    assert!(annonces(&appli).await.is_empty(), "nothing is added by looking");
    let ajoutee = [("acte", "ajouter-la-liste"), ("liste", liste.as_str()), ("_cle", "ajouter")];
    cress.envoyer(&lue, &url, &ajoutee).await.exiger("1 structure ajoutée dans le réseau ; 1 courriel part");
    assert_eq!(annonces(&appli).await.len(), 1);
    let page = cress.ouvrir(&url).await;
    cress.envoyer(&page, &url, &[("acte", "lire-la-liste"), ("liste", &numero)]).await.exiger("déjà dans le réseau");
    let longue = "x\n".repeat(301);
    let page = cress.ouvrir(&url).await;
    cress.envoyer(&page, &url, &[("acte", "lire-la-liste"), ("liste", &longue)]).await.exiger("300 lignes au plus");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_reseau_anime_ses_membres_et_lui_seul(#[case] moteur: Moteur) {
    let acteurs = [
        Acteur { nom: "La Recyclerie de Toul", ..Acteur::default() },
        Acteur { nom: "La Recyclerie de Nancy", ..Acteur::default() },
        Acteur { nom: "Épicerie discrète", diffusion: Diffusion::Partielle, ..Acteur::default() },
    ];
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let (mut cress, url) = reseau(&appli, 50, "Chambre régionale (exemple)", "cress@exemple.invalid", true).await;
    let (mut autre, autre_url) = reseau(&appli, 51, "Union (exemple)", "union@exemple.invalid", true).await;
    let (mut declaree, tierce) = reseau(&appli, 52, "Fédération (exemple)", "fede@exemple.invalid", false).await;
    cress.ouvrir("/reseaux").await.exiger("Chambre régionale (exemple)");
    assert!(!cress.ouvrir("/reseaux").await.contient("Union (exemple)"), "another network is not even named");
    for (qui, ou) in [(&mut cress, &autre_url), (&mut autre, &url), (&mut declaree, &tierce)] {
        assert_eq!(qui.ouvrir(ou).await.statut, StatusCode::FORBIDDEN);
        assert_eq!(qui.ouvrir(&format!("{ou}/export?format=csv")).await.statut, StatusCode::FORBIDDEN);
    }
    assert_ne!(appli.navigateur().ouvrir(&url).await.statut, StatusCode::OK, "sign in first");

    // Added: words that fit nobody, several, one.
    let page = cress.ouvrir(&url).await;
    page.exiger("Aucun membre");
    let rien = cress.envoyer(&page, &url, &[("qui", "zzz"), ("acte", "ajouter")]).await;
    assert_eq!(rien.statut, StatusCode::UNPROCESSABLE_ENTITY);
    rien.exiger("Aucune structure de l’annuaire ne répond");
    let plusieurs = cress.envoyer(&page, &url, &[("qui", "recyclerie"), ("acte", "ajouter")]).await;
    plusieurs.exiger("Laquelle ?").exiger("La Recyclerie de Nancy");
    for (_, reference) in &faits[..1] {
        let choix = [("membre", reference.as_str()), ("acte", "ajouter"), ("_cle", "choix")];
        cress.envoyer(&plusieurs, &url, &choix).await.exiger("La Recyclerie de Toul est dans le réseau");
    }
    let page = cress.ouvrir(&url).await;
    cress.envoyer(&page, &url, &[("qui", "epicerie"), ("acte", "ajouter")]).await.exiger("Épicerie discrète est dans");
    assert!(!autre.ouvrir(&autre_url).await.contient("Recyclerie"));
    // Who may not be canvassed is not written to; the other one says yes.
    let ecrits = annonces(&appli).await;
    assert_eq!(ecrits.len(), 1);
    repond(&appli, &ecrits[0], "oui").await;
    // The address of this invented actor is told by no fact: the page was made anew without it.
    let id = faits[0].0.as_str();
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET courriel = 'contact@exemple.invalid' WHERE id = {id}"))
        .await
        .unwrap();
    tx.commit().await.unwrap();

    // A year later: the page is to be confirmed; who asked not to be canvassed is not written to; nobody twice.
    appli.horloge.avancer_de_jours(366);
    let (mut cress, _) = appli.connecter("cress@exemple.invalid", None).await;
    let page = cress.ouvrir(&url).await;
    page.exiger("à confirmer").exiger("pas de courriel utilisable");
    // Two tabs at the same moment: one mail.
    let (mut onglet, _) = appli.connecter("cress@exemple.invalid", None).await;
    let autre_page = onglet.ouvrir(&url).await;
    let (une, deux) = tokio::join!(
        cress.envoyer(&page, &url, &[("acte", "relancer-toutes"), ("_cle", "un")]),
        onglet.envoyer(&autre_page, &url, &[("acte", "relancer-toutes"), ("_cle", "deux")])
    );
    assert_eq!([&une, &deux].iter().filter(|page| page.contient("1\u{a0}courriel envoyé")).count(), 1);
    assert_eq!(relances(&appli).await, 1);
    let page = cress.ouvrir(&url).await;
    page.exiger("déjà relancée");
    let encore = [("membre", faits[0].1.as_str()), ("acte", "relancer"), ("_cle", "encore")];
    cress.envoyer(&page, &url, &encore).await.exiger("Personne n’est à relancer");
    assert_eq!(relances(&appli).await, 1);

    // Approved: a dated fact of the network, and the page is confirmed.
    let page = cress.ouvrir(&url).await;
    let approuver = [("membre", faits[0].1.as_str()), ("acte", "approuver"), ("_cle", "approuver")];
    cress.envoyer(&page, &url, &approuver).await.exiger("La fiche de La Recyclerie de Toul est dite juste");
    appli.travailler().await;
    let fiche = appli.navigateur().ouvrir(&format!("/annuaire/{}", faits[0].1)).await;
    fiche.exiger("Fiche relue par").exiger("Chambre régionale (exemple)");
    assert!(!fiche.contient("À confirmer"));
    let tx = appli.instance.db.read().await.unwrap();
    let valeurs = storage::valeurs(&tx, &faits[0].0).await.unwrap();
    let relue = valeurs.iter().find(|v| v.courante && v.champ == Champ::Approbation).unwrap();
    assert_eq!(relue.source, Origine::Reseau);
    assert_eq!(relue.source_du.unwrap().0, appli.instance.aujourd_hui());
    drop(tx);
    // Only members: another actor is out of reach.
    let page = cress.ouvrir(&url).await;
    let etranger = [("membre", faits[1].1.as_str()), ("acte", "approuver"), ("_cle", "etranger")];
    assert_eq!(cress.envoyer(&page, &url, &etranger).await.statut, StatusCode::NOT_FOUND);
    let csv = cress.ouvrir(&format!("{url}/export?format=csv")).await.html;
    assert!(csv.contains("La Recyclerie de Toul") && !csv.contains("@"), "{csv}");

    // Taken away: what it said no longer counts. Closed: the people of the network no longer enter.
    let page = cress.ouvrir(&url).await;
    let retirer = [("membre", faits[0].1.as_str()), ("acte", "retirer"), ("_cle", "retirer")];
    cress.envoyer(&page, &url, &retirer).await.exiger("n’est plus dans le réseau");
    appli.travailler().await;
    assert!(!appli.navigateur().ouvrir(&format!("/annuaire/{}", faits[0].1)).await.contient("Fiche relue par"));
    let mandat = Some((Nature::Departement, "Département", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent2@exemple.invalid", mandat).await;
    let page = agent.ouvrir(RESEAUX).await;
    let fermer = [("reseau", url.trim_start_matches("/reseaux/")), ("acte", "fermer")];
    agent.envoyer(&page, RESEAUX, &fermer).await.exiger("L’espace du réseau est fermé");
    let fermee = cress.ouvrir(&url).await;
    assert_eq!(fermee.statut, StatusCode::NOT_FOUND);
    fermee.exiger("le département l’a fermé");
    agent.ouvrir(&url).await.exiger("Cet espace est fermé");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn marquer_un_reseau_demande_un_siren(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &[Acteur { etat: EtatActeur::Actif, ..Acteur::default() }]).await;
    let mandat = Some((Nature::Departement, "Département", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    let page = agent.ouvrir(RESEAUX).await;
    let faux = agent.envoyer(&page, RESEAUX, &[("siren", "12"), ("nom", "X")]).await;
    assert_eq!(faux.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(faux.attribut("#siren", "value").as_deref(), Some("12"));
    let numero = siren(60);
    let page = agent.ouvrir(RESEAUX).await;
    agent.envoyer(&page, RESEAUX, &[("siren", &numero)]).await.exiger("écrivez le nom du réseau");
    let page = agent.ouvrir(RESEAUX).await;
    agent.envoyer(&page, RESEAUX, &[("siren", &numero), ("nom", "Réseau (exemple)")]).await.exiger("est un réseau");
    let page = agent.ouvrir(RESEAUX).await;
    agent.envoyer(&page, RESEAUX, &[("siren", &numero)]).await.exiger("était déjà un réseau");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_parole_d_un_reseau_donne_la_fiche(#[case] moteur: Moteur) {
    let acteurs = ["La Recyclerie de Toul", "La Recyclerie de Nancy"].map(|nom| Acteur { nom, ..Acteur::default() });
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let (mut cress, url) = reseau(&appli, 50, "Chambre régionale (exemple)", "cress@exemple.invalid", true).await;
    let (mut autre, autre_url) = reseau(&appli, 51, "Union (exemple)", "union@exemple.invalid", true).await;
    for (_, reference) in &faits {
        let page = cress.ouvrir(&url).await;
        let choix = [("membre", reference.as_str()), ("acte", "ajouter"), ("_cle", reference.as_str())];
        cress.envoyer(&page, &url, &choix).await.exiger("est dans le réseau");
    }
    for ecrit in annonces(&appli).await {
        repond(&appli, &ecrit, "oui").await;
    }
    // Somebody claims two members by the network's word; its people are told, the other network is not.
    let (mut camille, id) = appli.connecter("camille@exemple.invalid", None).await;
    // Who has just signed in has no name yet: the address says who it is.
    let id = id.as_str();
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE personne SET prenom = '', nom = '' WHERE id = {id}")).await.unwrap();
    tx.commit().await.unwrap();
    for (_, reference) in &faits {
        let ici = format!("/annuaire/{reference}/revendiquer");
        let page = camille.ouvrir(&ici).await;
        let dits = [("moyen", "reseau"), ("preuve", "Je préside l’association, la chambre me connaît.")];
        camille.envoyer(&page, &ici, &dits).await.exiger("Le réseau ou un agent la lira");
    }
    appli.travailler().await;
    let courriels = appli.courriels().await;
    let ecrits: Vec<String> =
        courriels.iter().filter(|c| c.texte().contains("dit agir pour")).map(|c| c.destinataire().to_owned()).collect();
    assert_eq!(ecrits, ["cress@exemple.invalid", "cress@exemple.invalid"]);
    assert!(!autre.ouvrir(&autre_url).await.contient("Qui tient ces fiches"));
    let page = cress.ouvrir(&url).await;
    page.exiger("Qui tient ces fiches ?").exiger("camille@exemple.invalid, pour").exiger("la chambre me connaît");

    // Only the network of the member answers, and once.
    let premiere = page.attribut("input[name=demande]", "value").unwrap();
    let autre_page = autre.ouvrir(&autre_url).await;
    let chez_autrui = [("demande", premiere.as_str()), ("acte", "confirmer-demande")];
    autre.envoyer(&autre_page, &autre_url, &chez_autrui).await.exiger("déjà reçu une réponse");
    let oui = [("demande", premiere.as_str()), ("acte", "confirmer-demande"), ("_cle", "oui")];
    cress.envoyer(&page, &url, &oui).await.exiger("tient maintenant la fiche");
    let encore = [("demande", premiere.as_str()), ("acte", "ecarter-demande"), ("_cle", "encore")];
    cress.envoyer(&page, &url, &encore).await.exiger("déjà reçu une réponse");
    let page = cress.ouvrir(&url).await;
    let seconde = page.attribut("input[name=demande]", "value").unwrap();
    let non = [("demande", seconde.as_str()), ("acte", "ecarter-demande"), ("_cle", "non")];
    cress.envoyer(&page, &url, &non).await.exiger("elle peut choisir une autre façon");
    assert!(!cress.ouvrir(&url).await.contient("Qui tient ces fiches"));
    appli.travailler().await;
    let mut tenues = 0;
    for (_, reference) in &faits {
        let page = camille.ouvrir(&format!("/annuaire/{reference}/modifier")).await;
        tenues += usize::from(page.statut == StatusCode::OK);
    }
    assert_eq!(tenues, 1, "one page is held, the other one is not");
    let refus = appli.courriels().await.into_iter().find(|c| c.texte().contains("n’a pas pu confirmer")).unwrap();
    assert_eq!(refus.destinataire(), "camille@exemple.invalid");

    // Nobody answers to their own claim.
    let (mut moi, _) = appli.connecter("cress@exemple.invalid", None).await;
    let ici = format!("/annuaire/{}/revendiquer", faits[0].1);
    let page = moi.ouvrir(&ici).await;
    let dits = [("moyen", "reseau"), ("preuve", "Je suis de la chambre régionale.")];
    moi.envoyer(&page, &ici, &dits).await.exiger("Le réseau ou un agent la lira");
    assert!(!moi.ouvrir(&url).await.contient("Qui tient ces fiches"));
    appli.fin().await;
}
