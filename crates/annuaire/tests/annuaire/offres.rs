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
    page.attribut("article a", "href").unwrap()
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
