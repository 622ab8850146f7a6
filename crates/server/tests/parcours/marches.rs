//! "A market planned within 12 months" lives: whom to call, when, what was done, and it leaves the list.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::mandat;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::suivi::{demandee, entrer};
use crate::{decrire, envoyer_acte};

const FACILITATION: &str = "facilitation@exemple.invalid";

async fn annoncer(porteur: &mut Navigateur, reference: &str, mois: &str) -> Page {
    let url = format!("/projets/{reference}/precisions");
    let page = porteur.ouvrir(&url).await;
    porteur.envoyer(&page, &url, &[("marche_prevu", "oui"), ("marche_mois", mois)]).await
}

/// The lines of one part of the page.
fn lignes(page: &Page, partie: &str, titre: &str) -> Vec<String> {
    page.textes(&format!("#{partie} li")).into_iter().filter(|ligne| ligne.contains(titre)).collect()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_marche_dit_qui_appeler_et_quand(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, _, reference) = demandee(&appli).await;
    let url = format!("/projets/{reference}/precisions");
    let page = porteur.ouvrir(&url).await;
    assert!(page.textes("#marche_mois option").iter().any(|mois| mois == "mars 2027"), "twelve months to choose");
    assert_eq!(page.textes("#marche_mois option")[0], "Je ne sais pas");
    assert_eq!(
        annoncer(&mut porteur, &reference, "mars").await.statut,
        StatusCode::UNPROCESSABLE_ENTITY,
        "not a month"
    );
    annoncer(&mut porteur, &reference, "2027-03").await.exiger("Ce qui peut vous aider");
    let page = porteur.ouvrir(&url).await;
    assert_eq!(page.attribut("#marche_mois option[selected]", "value").as_deref(), Some("2027-03"));

    let mut facilitation = entrer(&appli, FACILITATION).await;
    let page = facilitation.ouvrir("/marches").await;
    let ligne = lignes(&page, "a-contacter", "Rouvrir le café-épicerie").pop().unwrap();
    for dit in ["mars 2027", "Cirey-sur-Vezouze", "Claude Exemple-Chargé", "Lunévillois"] {
        assert!(ligne.contains(dit), "{dit} : {ligne}");
    }
    assert!(page.html.contains("href=\"/communes/54129\"") && page.html.contains("href=\"tel:"), "whom to call");
    assert!(!page.html.contains(&format!("href=\"/projets/{reference}\"")), "no link to what one may not see");

    // Handed by name: that one is named, until they leave.
    let (_, bea) = appli
        .connecter(
            "bea@exemple.invalid",
            Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::ChargeTerritorial)),
        )
        .await;
    let mut coordination = entrer(&appli, "coordination@exemple.invalid").await;
    let suivi = format!("/projets/{reference}/suivi");
    let page = coordination.ouvrir(&suivi).await;
    envoyer_acte(&mut coordination, &page, &suivi, &[("acte", "confier"), ("agent", bea.as_str())]).await;
    let ligne =
        lignes(&facilitation.ouvrir("/marches").await, "a-contacter", "Rouvrir le café-épicerie").pop().unwrap();
    assert!(ligne.contains("Exemple bea"), "{ligne}");
    let tx = appli.instance.db.begin().await.unwrap();
    let hier = appli.instance.aujourd_hui().yesterday().unwrap();
    mandat::terminer_tous(&tx, &bea, hier).await.unwrap();
    tx.commit().await.unwrap();
    let ligne =
        lignes(&facilitation.ouvrir("/marches").await, "a-contacter", "Rouvrir le café-épicerie").pop().unwrap();
    assert!(ligne.contains("Claude Exemple-Chargé") && !ligne.contains("bea"), "{ligne}");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_marche_contacte_ou_passe_quitte_la_liste(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteur).await;
    annoncer(&mut porteur, &reference, "2026-12").await;
    let titre = "Rouvrir le café-épicerie";
    let mut facilitation = entrer(&appli, FACILITATION).await;
    let agir = |acte| [("projet", reference.as_str()), ("acte", acte)];
    let page = facilitation.ouvrir("/marches").await;
    assert_eq!(lignes(&page, "a-contacter", titre).len(), 1, "{}", page.texte());

    let page = facilitation.envoyer(&page, "/marches", &agir("vu")).await;
    let vue = lignes(&page, "a-contacter", titre).pop().unwrap();
    assert!(vue.contains("Vu le 24 novembre 2026 par"), "{vue}");
    let page = facilitation.envoyer(&page, "/marches", &agir("contacte")).await;
    assert!(lignes(&page, "a-contacter", titre).is_empty());
    let contacte = lignes(&page, "contactes", titre).pop().unwrap();
    assert!(contacte.contains("Contacté le 24 novembre 2026 par"), "{contacte}");
    let page = facilitation.envoyer(&page, "/marches", &agir("annuler")).await;
    page.exiger("C’est annulé");
    let revenue = lignes(&page, "a-contacter", titre).pop().unwrap();
    assert!(!revenue.contains("Vu le"), "{revenue}");

    // Nobody marks what is not announced.
    let (mut autre, _) = appli.connecter("autre@exemple.invalid", None).await;
    let (_, ailleurs) = decrire(&mut autre).await;
    let refus = facilitation.envoyer(&page, "/marches", &[("projet", &ailleurs), ("acte", "vu")]).await;
    assert_eq!(refus.statut, StatusCode::NOT_FOUND);

    // The month is over.
    appli.horloge.avancer_de_jours(45);
    let mut facilitation = entrer(&appli, FACILITATION).await;
    let page = facilitation.ouvrir("/marches").await;
    assert!(lignes(&page, "a-contacter", titre).is_empty());
    assert_eq!(lignes(&page, "passes", titre).len(), 1, "{}", page.texte());
    appli.fin().await;
}
