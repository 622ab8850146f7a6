//! Offers edited on screen: rights, errors, conflict, withdrawal and return, history, search.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use socle::mandat::{self, Verification};
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

use annuaire::acteur::storage;

use crate::monde::{Acteur, appli_avec};

const OFFRE: &[(&str, &str)] = &[
    ("titre", "Diagnostic avant la reprise d’un café"),
    ("description", "Deux jours sur place, un rapport, une réunion."),
    ("genre", "ingenierie"),
    ("mode", "achat"),
    ("tarif", "journee"),
    ("themes", "commerce"),
    ("etapes", "idee"),
    ("communes", "Cirey-sur-Vezouze\nNancy"),
];

/// A browser of someone with a mandate for the actor, verified or not.
async fn representant(appli: &Appli, reference: &str, verifie: bool) -> Navigateur {
    let (navigateur, personne) = appli.connecter("representante@exemple.invalid", None).await;
    let instance = &appli.instance;
    let tx = instance.db.begin().await.unwrap();
    let acteur = storage::par_reference(&tx, reference).await.unwrap().unwrap();
    let nouveau = mandat::Nouveau {
        personne,
        organisation: acteur.organisation_id,
        fonction: Fonction::Representant,
        du: "2026-01-01".parse().unwrap(),
        au: None,
        preuve: "test".to_owned(),
        verifie_par: verifie.then_some(Verification::Preuve),
    };
    mandat::donner(&tx, &*instance.clock, &*instance.ids, nouveau).await.unwrap();
    tx.commit().await.unwrap();
    navigateur
}

fn lien_de_modification(page: &Page) -> String {
    page.attribut("article form a", "href").unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_representant_tient_ses_offres(#[case] moteur: Moteur) {
    let (appli, acteurs) = appli_avec(moteur, &[Acteur { nom: "Coopérative", ..Acteur::default() }]).await;
    let reference = acteurs[0].1.as_str();
    let (fiche, liste) = (format!("/annuaire/{reference}"), format!("/annuaire/{reference}/offres"));
    let nouvelle = format!("{liste}/nouvelle");
    let mut n = representant(&appli, reference, true).await;
    n.ouvrir(&fiche).await.exiger("Gérer les offres");
    n.ouvrir(&liste).await.exiger("Aucune offre pour l’instant");

    // Errors stand beside their fields, and what was typed comes back.
    let page = n.ouvrir(&nouvelle).await;
    let refus = n
        .envoyer(&page, &nouvelle, &[("titre", "Bref"), ("communes", "Cirey-sur-Vezouze\nAtlantide"), ("genre", "x")])
        .await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus
        .exiger("C’est trop court")
        .exiger("Ligne 2 : Nous ne trouvons pas")
        .exiger("Choisissez au moins un thème")
        .exiger("Dites comment cela se paie");
    assert_eq!(refus.attribut("#titre", "value").as_deref(), Some("Bref"));

    let page = n.envoyer(&page, &nouvelle, OFFRE).await;
    page.exiger("L’offre est ajoutée").exiger("Cirey-sur-Vezouze, Nancy").exiger("Offre ajoutée : Diagnostic");
    appli.travailler().await;
    let mut public = appli.navigateur();
    public.ouvrir(&fiche).await.exiger("Diagnostic avant la reprise d’un café").exiger("Achat (marché public)");
    assert_eq!(
        public.ouvrir("/annuaire?q=diagnostic&offre=ingenierie").await.textes(".tr-carte-projet > a"),
        ["Coopérative"]
    );

    // Two people at once: the second sees what the first did and keeps its text.
    let modifier = lien_de_modification(&page);
    let (un, deux) = (n.ouvrir(&modifier).await, n.ouvrir(&modifier).await);
    assert_eq!(un.textes("textarea#communes"), ["Cirey-sur-Vezouze Nancy"]);
    n.envoyer(&un, &modifier, &[("titre", "Titre de la première")]).await.exiger("L’offre est enregistrée");
    let conflit = n.envoyer(&deux, &modifier, &[("titre", "Titre de la seconde")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    conflit.exiger("Quelqu’un a modifié cette offre").exiger("Titre de la première");
    assert_eq!(conflit.attribut("#titre", "value").as_deref(), Some("Titre de la seconde"));
    let page = n.envoyer(&conflit, &modifier, &[]).await;
    page.exiger("Titre de la seconde");

    // Withdrawn, then put back.
    let etat = format!("{modifier}/etat");
    let page = n.envoyer(&page, &etat, &[]).await;
    page.exiger("retirée").exiger("Offre retirée de l’annuaire");
    appli.travailler().await;
    assert!(!public.ouvrir(&fiche).await.contient("Titre de la seconde"));
    public.ouvrir("/annuaire?offre=ingenierie").await.exiger("Aucun acteur");
    n.envoyer(&page, &etat, &[]).await.exiger("L’offre est de nouveau dans l’annuaire");
    public.ouvrir(&fiche).await.exiger("Titre de la seconde");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_autres_ne_touchent_pas_aux_offres(#[case] moteur: Moteur) {
    let deux = [Acteur { nom: "Une", ..Acteur::default() }, Acteur { nom: "Autre", ..Acteur::default() }];
    let (appli, acteurs) = appli_avec(moteur, &deux).await;
    let adresse = |rang: usize| format!("/annuaire/{}/offres/nouvelle", acteurs[rang].1);
    let mut anonyme = appli.navigateur();
    assert_eq!(anonyme.demander("GET", &adresse(0), None).await.statut, StatusCode::SEE_OTHER);
    assert_eq!(anonyme.poster(&adresse(0), "titre=x").await.statut, StatusCode::FORBIDDEN);
    let mut declare = representant(&appli, &acteurs[0].1, false).await;
    let refus = declare.ouvrir(&adresse(0)).await;
    assert_eq!(refus.statut, StatusCode::FORBIDDEN);
    refus.exiger("n'est pas encore vérifiée");
    assert_eq!(declare.ouvrir(&adresse(1)).await.statut, StatusCode::FORBIDDEN);
    let mandat = Some((Nature::Departement, "Département", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    assert_eq!(agent.ouvrir(&adresse(0)).await.statut, StatusCode::OK);
    let mandat = Some((Nature::Departement, "Département", Fonction::ChargeTerritorial));
    let (mut charge, _) = appli.connecter("charge@exemple.invalid", mandat).await;
    assert_eq!(charge.ouvrir(&adresse(0)).await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_offre_dit_son_prix_ce_qu_elle_peut_et_ce_qui_fut_fait(#[case] moteur: Moteur) {
    let (appli, acteurs) = appli_avec(moteur, &[Acteur { nom: "Coopérative", ..Acteur::default() }]).await;
    let (fiche, liste) = (format!("/annuaire/{}", acteurs[0].1), format!("/annuaire/{}/offres", acteurs[0].1));
    let nouvelle = format!("{liste}/nouvelle");
    let mut n = representant(&appli, &acteurs[0].1, true).await;
    let page = n.ouvrir(&nouvelle).await;
    let faux: Vec<(&str, &str)> = OFFRE
        .iter()
        .copied()
        .filter(|(nom, _)| *nom != "tarif")
        .chain([
            ("tarif", "gratuit"),
            ("a_partir_de", "450"),
            ("capacite_nombre", "douze"),
            ("fait_phrase_1", "Ouverture d’une épicerie."),
            ("fait_annee_1", "2999"),
            ("fait_lien_1", "javascript:alert(1)"),
            ("fait_annee_2", "2024"),
        ])
        .collect();
    let refus = n.envoyer(&page, &nouvelle, &faux).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus
        .exiger("Vous avez dit que c’est gratuit")
        .exiger("Écrivez un nombre entier")
        .exiger("Écrivez l’année en quatre chiffres")
        .exiger("Une adresse de page commence par https://")
        .exiger("Dites en une phrase ce que vous avez fait");
    let juste: Vec<(&str, &str)> = OFFRE
        .iter()
        .copied()
        .chain([
            ("a_partir_de", "450,50"),
            ("prix_pour", "la journée"),
            ("capacite", "projets suivis"),
            ("capacite_nombre", "1 200"),
            ("capacite_periode", "an"),
            ("fait_phrase_1", "Ouverture d’une épicerie <b>tenue</b> par ses habitants."),
            ("fait_annee_1", "2024"),
            ("fait_commune_1", "Cirey-sur-Vezouze"),
            ("fait_lien_1", "https://exemple.invalid/epicerie"),
        ])
        .collect();
    let page = n.ouvrir(&nouvelle).await;
    let liste_vue = n.envoyer(&page, &nouvelle, &juste).await;
    liste_vue.exiger("L’offre est ajoutée");
    let vue = appli.navigateur().ouvrir(&fiche).await;
    let texte = vue.texte().replace(['\u{a0}', '\u{202f}'], " ");
    for phrase in [
        "À la journée. À partir de 450,50 €. Pour : la journée.",
        "Au plus 1 200 projets suivis par an.",
        "Cirey-sur-Vezouze, 2024 :",
    ] {
        assert!(texte.contains(phrase), "{phrase} : {texte}");
    }
    assert!(!vue.html.contains("<b>tenue</b>"));
    assert_eq!(
        vue.attribut("a[href='https://exemple.invalid/epicerie']", "rel").as_deref(),
        Some("noopener external nofollow")
    );
    // What was written comes back to be corrected.
    let modifier = lien_de_modification(&liste_vue);
    let page = n.ouvrir(&modifier).await;
    assert_eq!(page.attribut("#a_partir_de", "value").as_deref(), Some("450,50"));
    assert_eq!(page.attribut("#fait_commune_1", "value").as_deref(), Some("Cirey-sur-Vezouze"));
    n.envoyer(
        &page,
        &modifier,
        &[("fait_phrase_1", ""), ("fait_annee_1", ""), ("fait_commune_1", ""), ("fait_lien_1", "")],
    )
    .await
    .exiger("L’offre est enregistrée");
    assert!(!appli.navigateur().ouvrir(&fiche).await.contient("Déjà fait"));
    appli.fin().await;
}

/// As Villages Vivants does: the commune buys, or enters the capital.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_offre_accepte_plusieurs_voies_et_se_trouve_par_chacune(#[case] moteur: Moteur) {
    let (appli, acteurs) = appli_avec(moteur, &[Acteur { nom: "Coopérative", ..Acteur::default() }]).await;
    let (fiche, liste) = (format!("/annuaire/{}", acteurs[0].1), format!("/annuaire/{}/offres", acteurs[0].1));
    let nouvelle = format!("{liste}/nouvelle");
    let mut n = representant(&appli, &acteurs[0].1, true).await;
    let page = n.ouvrir(&nouvelle).await;
    let sauf = |noms: &'static [&'static str]| OFFRE.iter().copied().filter(move |(nom, _)| !noms.contains(nom));
    let sans: Vec<(&str, &str)> = sauf(&["mode", "tarif"]).collect();
    let refus = n.envoyer(&page, &nouvelle, &sans).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Dites comment le prix se calcule").exiger("cochez au moins une voie");
    let deux: Vec<(&str, &str)> =
        sauf(&["mode", "tarif"]).chain([("mode", "achat"), ("mode", "capital"), ("tarif", "devis")]).collect();
    let liste_vue = n.envoyer(&refus, &nouvelle, &deux).await;
    liste_vue.exiger("L’offre est ajoutée").exiger("Achat (marché public), Entrée au capital").exiger("Sur devis.");
    appli.travailler().await;
    let mut public = appli.navigateur();
    public.ouvrir(&fiche).await.exiger("Achat (marché public), Entrée au capital");
    for (filtre, trouve) in [
        ("voie=achat", true),
        ("voie=capital", true),
        ("tarif=devis", true),
        ("voie=subvention", false),
        ("tarif=gratuit", false),
    ] {
        let liste = public.ouvrir(&format!("/annuaire?{filtre}")).await;
        assert_eq!(liste.textes(".tr-carte-projet > a"), if trouve { vec!["Coopérative"] } else { vec![] }, "{filtre}");
    }
    let api = public.ouvrir("/api/v1/acteurs?voie=capital").await.html;
    assert!(
        api.contains(r#""offres_voies":["achat,capital"]"#) && api.contains(r#""offres_tarifs":["devis"]"#),
        "{api}"
    );
    let csv = public.ouvrir("/annuaire/export?format=csv&voie=capital").await.html;
    assert!(csv.contains("(Achat (marché public), Entrée au capital, Sur devis)"), "{csv}");
    // What was ticked comes back to be corrected.
    let page = n.ouvrir(&lien_de_modification(&liste_vue)).await;
    for voie in ["achat", "capital"] {
        assert!(page.attribut(&format!("input[name=mode][value={voie}]"), "checked").is_some(), "{voie}");
    }
    assert!(page.attribut("input[name=mode][value=subvention]", "checked").is_none());
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn qui_n_est_pas_verifie_propose_une_offre_et_des_themes(#[case] moteur: Moteur) {
    let (appli, acteurs) = appli_avec(moteur, &[Acteur { nom: "Coopérative", ..Acteur::default() }]).await;
    let fiche = format!("/annuaire/{}", acteurs[0].1);
    let (url, corriger) = (format!("{fiche}/offres/proposer"), format!("{fiche}/proposer"));
    let (mut visiteur, mut agent) = (appli.navigateur(), crate::gestes::agent(&appli).await);
    visiteur.ouvrir(&fiche).await.exiger("Proposer une offre");
    let page = visiteur.ouvrir(&url).await;
    let refus = visiteur.envoyer(&page, &url, &[("titre", "Bref")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("C’est trop court").exiger("Écrivez votre adresse");
    let champs: Vec<(&str, &str)> = OFFRE
        .iter()
        .copied()
        .chain([("prix_pour", ""), ("mot", "J’y travaille."), ("courriel_auteur", "voisin@exemple.invalid")])
        .collect();
    let page = visiteur.ouvrir(&url).await;
    visiteur.envoyer(&page, &url, &champs).await.exiger("Un agent lira votre proposition");
    visiteur.ouvrir(&fiche).await.exiger("Aucune offre n’est encore décrite");

    let liste = "/reglages/annuaire/propositions";
    let attente = agent.ouvrir(liste).await;
    attente.exiger("offre : Diagnostic avant la reprise");
    let une = attente.attribut("main th a, main td a", "href").unwrap();
    let page = agent.ouvrir(&une).await;
    page.exiger("J’y travaille").exiger("Ce que la fiche propose déjà");
    assert_eq!(page.attribut("#titre", "value").as_deref(), Some("Diagnostic avant la reprise d’un café"));
    let corrigee = [("acte", "ajouter"), ("titre", "Diagnostic avant une reprise")];
    agent.envoyer(&page, &une, &corrigee).await.exiger("L’offre est sur la fiche");
    appli.travailler().await;
    visiteur.ouvrir(&fiche).await.exiger("Diagnostic avant une reprise");
    assert!(appli.courriels().await.pop().unwrap().texte().contains("Elle est maintenant sur la fiche"));
    agent
        .envoyer(&page, &une, &[("acte", "refuser"), ("motif", "Trop tard."), ("_cle", "x")])
        .await
        .exiger("déjà répondu");

    // Themes wait too, beside those of the page.
    let page = visiteur.ouvrir(&corriger).await;
    let themes = [("themes", "mobilite"), ("courriel_auteur", "voisin@exemple.invalid")];
    visiteur.envoyer(&page, &corriger, &themes).await.exiger("Un agent lira");
    let une = agent.ouvrir(liste).await.attribut("main th a, main td a", "href").unwrap();
    let page = agent.ouvrir(&une).await;
    page.exiger("Thèmes");
    assert!(page.attribut("input[value=themes]", "checked").is_some());
    agent.envoyer(&page, &une, &[("acte", "prendre")]).await.exiger("La fiche est corrigée");
    let tx = appli.instance.db.read().await.unwrap();
    let themes = storage::themes(&tx, &acteurs[0].0).await.unwrap();
    assert!(themes.iter().any(|t| t.theme == "mobilite"), "{themes:?}");
    drop(tx);
    appli.fin().await;
}
