//! Sheets through the real pages, on both engines.

use axum::http::StatusCode;
use domain::droit::Fonction;
use leviers::levier::semis;
use leviers::levier::storage::{self, Auteur, Etat, SEMIS};
use leviers::{Catalogue, Levier};
use rstest::rstest;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

async fn demonstration(moteur: Moteur) -> Appli {
    Appli::demonstration(moteur, vec![leviers::feature()]).await
}

async fn agent(appli: &Appli, courriel: &str) -> Navigateur {
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    appli.connecter(courriel, mandat).await.0
}

async fn lue(appli: &Appli, id: &str) -> storage::Model {
    let tx = appli.instance.db.read().await.unwrap();
    storage::par_id(&tx, id).await.unwrap().unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_public_filtre_et_lit_une_fiche_entiere(#[case] moteur: Moteur) {
    let appli = demonstration(moteur).await;
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir("/leviers").await;
    // 36 sheets, one of which ended in 2025.
    page.exiger("35 aides et appuis").exiger("Page 1 sur 2");
    assert!(page.entetes["cache-control"].to_str().unwrap().starts_with("public"), "{:?}", page.entetes);
    let page = visiteur.ouvrir("/leviers?porteur=association-sans-salarie&theme=culture&nature=subvention").await;
    page.exiger("FDVA 2");
    assert!(!page.contient("DETR"));
    let page = visiteur.ouvrir("/leviers?page=99&theme=%3Cscript%3E").await;
    assert_eq!(page.statut, StatusCode::OK);

    let page = visiteur.ouvrir("/leviers/appui-aux-territoires-54").await;
    page.exiger("Base de compétence").exiger("CGCT L1111-10").exiger("Relevé le").exiger("24 novembre 2026");
    page.exiger("De mémoire : à vérifier").exiger("exemple, pour la démonstration seulement");
    visiteur.ouvrir("/leviers/grandir-en-milieu-rural").await.exiger("Elle n’est plus proposée aux projets");
    assert_eq!(visiteur.ouvrir("/leviers/n-existe-pas").await.statut, StatusCode::NOT_FOUND);
    visiteur.ouvrir("/formes-juridiques").await.exiger("Société coopérative d’intérêt collectif");
    visiteur.ouvrir("/formes-juridiques/scic").await.exiger("au plus 50 % du capital");
    // The agents' pages ask who comes.
    visiteur.ouvrir("/reglages/leviers").await;
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn seuls_les_agents_modifient(#[case] moteur: Moteur) {
    let appli = demonstration(moteur).await;
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::ChargeTerritorial));
    let (mut charge, _) = appli.connecter("charge@exemple.invalid", mandat).await;
    for chemin in [
        "/reglages/leviers",
        "/reglages/leviers/detr",
        "/reglages/leviers/nouveau",
        "/reglages/leviers/detr/historique",
    ] {
        assert_eq!(charge.ouvrir(chemin).await.statut, StatusCode::FORBIDDEN, "{chemin}");
    }
    appli.fin().await;
}

const NOUVELLE: &[(&str, &str)] = &[
    ("nom", "Fonds d’aide aux épiceries"),
    ("nature", "subvention"),
    ("resume", "Le département aide les épiceries de village."),
    ("pour_quoi", "Travaux du local."),
    ("montant", "30 %, à vérifier."),
    ("porteur_nom", "Conseil départemental"),
    ("porteur_genre", "departement"),
    ("base_de_competence", "service-rural"),
    ("themes", "commerce"),
    ("responsable", "Service de l’économie solidaire"),
    ("a_revoir_le", "2027-06-30"),
    ("source_libelle", "Règlement départemental"),
    ("aide", "publique"),
    ("taux", "30"),
];

async fn creer(agent: &mut Navigateur, champs: &[(&str, &str)], acte: &str) -> Page {
    let page = agent.ouvrir("/reglages/leviers/nouveau").await;
    let tous: Vec<(&str, &str)> = champs.iter().copied().chain([("acte", acte)]).collect();
    agent.envoyer(&page, "/reglages/leviers/nouveau", &tous).await
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_fiche_s_ecrit_s_essaie_se_publie_se_retire(#[case] moteur: Moteur) {
    let appli = demonstration(moteur).await;
    let mut agent = agent(&appli, "agent@exemple.invalid").await;

    // Its ground of competence is compulsory, and the error is beside its field.
    let sans_base: Vec<(&str, &str)> =
        NOUVELLE.iter().copied().filter(|(nom, _)| *nom != "base_de_competence").collect();
    let page = creer(&mut agent, &sans_base, "publier").await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("règle R-20");
    assert_eq!(page.attribut("#nom", "value").as_deref(), Some("Fonds d’aide aux épiceries"));

    // A condition is added by a button, filled, tried, and nothing is saved yet.
    let page = creer(&mut agent, &[NOUVELLE, &[("ajout", "population")]].concat(), "ajouter").await;
    page.exiger("Condition 1 : nombre d’habitants");
    let chemin = "/reglages/leviers/nouveau";
    let page = agent.envoyer(&page, chemin, &[("c0_moins_de", "beaucoup"), ("acte", "essayer")]).await;
    page.exiger("Écrivez un nombre");
    let page = agent.envoyer(&page, chemin, &[("c0_moins_de", "1 000"), ("acte", "essayer")]).await;
    page.exiger("rien n’est encore enregistré").exiger("Rouvrir le café-épicerie du village");
    page.exiger("Cirey-sur-Vezouze a 1 555 habitants. La limite : moins de 1 000 habitants.");
    let page = agent.envoyer(&page, chemin, &[("projet", "10-ville-commerce"), ("acte", "essayer")]).await;
    page.exiger("Une halle de commerces dans une ville");
    assert_eq!(agent.ouvrir("/leviers/fonds-d-aide-aux-epiceries").await.statut, StatusCode::NOT_FOUND);

    // Kept without publishing: agents alone see it. Then published.
    let page = agent.envoyer(&page, chemin, &[("acte", "garder")]).await;
    page.exiger("Elle n’est pas encore publiée");
    let fiche = "/reglages/leviers/fonds-d-aide-aux-epiceries";
    let mut visiteur = appli.navigateur();
    assert_eq!(visiteur.ouvrir("/leviers/fonds-d-aide-aux-epiceries").await.statut, StatusCode::NOT_FOUND);
    let page = agent.envoyer(&page, fiche, &[("acte", "publier"), ("commentaire", "Règlement voté")]).await;
    page.exiger("La fiche est publiée");
    visiteur.ouvrir("/leviers/fonds-d-aide-aux-epiceries").await.exiger("moins de 1 000");

    // The same id is refused in words.
    let double = creer(&mut agent, NOUVELLE, "publier").await;
    assert_eq!(double.statut, StatusCode::UNPROCESSABLE_ENTITY);
    double.exiger("déjà pris");

    let page = agent.envoyer(&page, &format!("{fiche}/retirer"), &[]).await;
    page.exiger("La fiche est retirée");
    visiteur.ouvrir("/leviers/fonds-d-aide-aux-epiceries").await.exiger("Cette fiche est retirée");
    assert!(!visiteur.ouvrir("/leviers?theme=commerce&page=1").await.contient("Fonds d’aide aux épiceries"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn deux_agents_sur_la_meme_fiche_voient_les_deux_textes_puis_l_historique(#[case] moteur: Moteur) {
    let appli = demonstration(moteur).await;
    let (mut une, mut autre) =
        (agent(&appli, "une@exemple.invalid").await, agent(&appli, "autre@exemple.invalid").await);
    let chemin = "/reglages/leviers/detr";
    let (vue_une, vue_autre) = (une.ouvrir(chemin).await, autre.ouvrir(chemin).await);
    let montant = |texte| [("montant", texte), ("acte", "publier")];
    une.envoyer(&vue_une, chemin, &montant("De 20 à 40 %.")).await.exiger("La fiche est publiée");
    let page = autre.envoyer(&vue_autre, chemin, &montant("De 30 à 60 %.")).await;
    assert_eq!(page.statut, StatusCode::CONFLICT);
    page.exiger("Quelqu’un a enregistré cette fiche").exiger("De 20 à 40 %.").exiger("De 30 à 60 %.");
    // Having seen both, the second may save.
    autre.envoyer(&page, chemin, &[("acte", "publier")]).await.exiger("La fiche est publiée");
    assert_eq!(lue(&appli, "detr").await.levier().unwrap().montant, "De 30 à 60 %.");

    let historique = format!("{chemin}/historique");
    let page = autre.ouvrir(&historique).await;
    page.exiger("Version 3").exiger("Exemple autre").exiger("Première version").exiger("par le logiciel");
    let page = autre.envoyer(&page, &format!("{chemin}/restaurer"), &[("numero", "1")]).await;
    page.exiger("La fiche dit de nouveau ce que disait la version 1");
    let fiche = lue(&appli, "detr").await;
    assert_eq!((fiche.version, fiche.levier().unwrap()), (4, semis_de("detr")));
    // A page read before the change cannot restore over it.
    let vieille = une.envoyer(&vue_une, chemin, &montant("Trop tard.")).await;
    assert!(!lue(&appli, "detr").await.fiche.contains("Trop tard"), "{}", vieille.statut);
    appli.fin().await;
}

fn semis_de(id: &str) -> Levier {
    Catalogue::embarque().unwrap().par_id(id).unwrap().clone()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_mise_a_jour_propose_et_n_ecrase_jamais(#[case] moteur: Moteur) {
    let appli = demonstration(moteur).await;
    let mut agent = agent(&appli, "agent@exemple.invalid").await;
    let page = agent.ouvrir("/reglages/leviers").await;
    assert!(!page.contient("Textes proposés"), "nothing waits after the installation");

    // As if an older program had put in another text for one sheet, and did not know the other yet.
    let tx = appli.instance.db.begin().await.unwrap();
    let fiche = storage::par_id(&tx, "dla").await.unwrap().unwrap();
    let ancienne = Levier { montant: "Ancien montant.".to_owned(), ..semis_de("dla") };
    let auteur = Auteur { personne: None, origine: SEMIS, commentaire: "" };
    assert!(storage::enregistrer(&tx, &*appli.instance.clock, &fiche, &ancienne, Etat::Publie, auteur).await.unwrap());
    tx.commit().await.unwrap();
    let chemin = "/reglages/leviers/dla";
    let page = agent.ouvrir(chemin).await;
    agent.envoyer(&page, chemin, &[("contact", "Notre contact."), ("acte", "publier")]).await;

    // Starting again seeds nothing over it.
    semis::semer(&appli.instance, &Catalogue::embarque().unwrap()).await.unwrap();
    let page = agent.ouvrir("/reglages/leviers").await;
    page.exiger("Textes proposés").exiger("Vous avez modifié cette fiche").exiger("Ancien montant.");
    assert_eq!(lue(&appli, "dla").await.levier().unwrap().contact.as_deref(), Some("Notre contact."));

    let proposition = format!("{chemin}/proposition");
    let page = agent.envoyer(&page, &proposition, &[("choix", "garder")]).await;
    page.exiger("Vous gardez le texte du site");
    assert!(!page.contient("Textes proposés"));
    assert_eq!(lue(&appli, "dla").await.levier().unwrap().montant, "Ancien montant.");
    appli.fin().await;
}
