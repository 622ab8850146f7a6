//! "Ma structure": what is to be done, for who represents an actor, and nobody else.

use annuaire::acteur::storage;
use annuaire::reseau::storage as reseau;
use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use socle::mandat::{self, Verification};
use testkit::{Appli, Moteur, Navigateur};

use crate::monde::{Acteur, appli_avec};

const URL: &str = "/ma-structure";

async fn representant(appli: &Appli, reference: &str, courriel: &str, verifie: bool) -> Navigateur {
    let (navigateur, personne) = appli.connecter(courriel, None).await;
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

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn qui_represente_une_structure_voit_ce_qui_est_a_faire(#[case] moteur: Moteur) {
    let acteurs = [
        Acteur { nom: "La Ressourcerie", presentation: "", ..Acteur::default() },
        Acteur { nom: "Le Café", ..Acteur::default() },
        Acteur { nom: "La Chambre", ..Acteur::default() },
    ];
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    assert_eq!(appli.navigateur().demander("GET", URL, None).await.statut, StatusCode::SEE_OTHER);
    let (mut personne, _) = appli.connecter("personne@exemple.invalid", None).await;
    let page = personne.ouvrir(URL).await;
    page.exiger("Aucune structure de l’annuaire").exiger("La proposer");
    assert!(!page.html.contains("href=\"/ma-structure\""), "the door is shown to who has a structure");
    let mut declaree = representant(&appli, &faits[1].1, "declaree@exemple.invalid", false).await;
    let page = declaree.ouvrir(URL).await;
    page.exiger("n’est pas encore vérifiée : Le Café");
    assert!(!page.contient("Tout est juste"));

    let mut camille = representant(&appli, &faits[0].1, "camille@exemple.invalid", true).await;
    let page = camille.ouvrir(URL).await;
    assert_eq!(page.attribut("header a[href='/ma-structure']", "href").as_deref(), Some(URL));
    page.exiger("La Ressourcerie")
        .exiger("fiche à jour")
        .exiger("Décrire une offre")
        .exiger("Ajouter une photo")
        .exiger("Dire ce que fait la structure");
    assert!(!page.contient("Le Café"));
    let mut colegue = representant(&appli, &faits[0].1, "collegue@exemple.invalid", false).await;
    colegue.ouvrir(URL).await.exiger("pas encore vérifiée");
    camille.ouvrir(URL).await.exiger("Répondre à des collègues").exiger("1\u{a0}personne dit agir");

    // A network names it: the answer is here too; another structure's network is out of reach.
    let instance = &appli.instance;
    let tx = instance.db.begin().await.unwrap();
    let chambre = storage::par_reference(&tx, &faits[2].1).await.unwrap().unwrap();
    let le = instance.clock.instant();
    let (cle, _) = reseau::marquer(&tx, &*instance.ids, &chambre.organisation_id, le, None).await.unwrap();
    let marque = reseau::de_l_organisation(&tx, &chambre.organisation_id).await.unwrap().unwrap();
    reseau::ajouter(&tx, &marque.id, &faits[0].0, le, None).await.unwrap();
    tx.commit().await.unwrap();
    let page = camille.ouvrir(URL).await;
    page.exiger("Est-ce juste ?");
    let autre = [("structure", faits[1].1.as_str()), ("reseau", &cle), ("reponse", "oui")];
    assert_eq!(camille.envoyer(&page, URL, &autre).await.statut, StatusCode::NOT_FOUND);
    let page = camille.ouvrir(URL).await;
    camille
        .envoyer(&page, URL, &[("reponse", "oui")])
        .await
        .exiger("fait partie de La Chambre")
        .exiger("vous avez confirmé");
    let fiche = appli.navigateur().ouvrir(&format!("/annuaire/{}", faits[0].1)).await;
    fiche.exiger("La Chambre");
    assert!(!fiche.contient("non confirmé par l’acteur"));
    let page = camille.ouvrir(URL).await;
    camille.envoyer(&page, URL, &[("reponse", "non")]).await.exiger("vous avez répondu non");

    // A year later: one button confirms.
    appli.horloge.avancer_de_jours(366);
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let page = camille.ouvrir(URL).await;
    page.exiger("à confirmer").exiger("Tout est juste");
    let confirmer = format!("/annuaire/{}/confirmer", faits[0].1);
    camille.envoyer(&page, &confirmer, &[]).await.exiger("La fiche est confirmée");
    camille.ouvrir(URL).await.exiger("fiche à jour");
    appli.fin().await;
}
