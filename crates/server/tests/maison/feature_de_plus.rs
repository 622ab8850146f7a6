//! Adds the feature of [`crate::exemple`] to the real house by the checklist of `docs/architecture.md`, uses it, removes it.

use axum::http::StatusCode;
use platform::journal::ligne;
use rstest::rstest;
use sea_orm::EntityTrait;
use server::features;
use testkit::{Appli, Moteur, Page};

use crate::exemple;

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_feature_s_ajoute_et_se_retire(#[case] moteur: Moteur) {
    // A house in use.
    let appli = Appli::demonstration(moteur, features()).await;
    assert_eq!(appli.navigateur().ouvrir("/boite").await.statut, StatusCode::NOT_FOUND);

    // One line more in `server::features`.
    let appli = appli.rouvrir(features().into_iter().chain([exemple::feature()]).collect()).await;
    let mut passant = appli.navigateur();
    assert!(menu(&passant.ouvrir("/").await).contains("Boîte à idées"));
    passant.ouvrir("/donnees-personnelles").await.exiger("Les idées déposées");
    let page = passant.ouvrir("/boite").await;
    let page = passant.envoyer(&page, "/boite", &[("idee", "non")]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("Écrivez au moins quelques mots.");
    let page = passant.envoyer(&page, "/boite", &[("idee", "Un banc à l’ombre")]).await;
    page.exiger("Votre idée est déposée.").exiger("Un banc à l’ombre");
    let evenement = dernier(&appli).await;
    assert_eq!(appli.instance.maison.dire(&evenement), "Une idée est déposée");

    // Removed: the database still opens, nothing of it is shown, its trace stays and is said by its kind.
    let appli = appli.rouvrir(features()).await;
    let mut passant = appli.navigateur();
    assert!(!menu(&passant.ouvrir("/").await).contains("Boîte à idées"));
    assert_eq!(passant.ouvrir("/boite").await.statut, StatusCode::NOT_FOUND);
    assert_eq!(appli.instance.maison.dire(&dernier(&appli).await), "exemple.deposee");

    // And back: what was written is there.
    let appli = appli.rouvrir(features().into_iter().chain([exemple::feature()]).collect()).await;
    appli.navigateur().ouvrir("/boite").await.exiger("Un banc à l’ombre");
    appli.fin().await;
}

fn menu(page: &Page) -> String {
    let entrees = page.textes(".tr-menu a");
    assert!(!entrees.is_empty(), "the menu was read");
    entrees.join(" | ")
}

async fn dernier(appli: &Appli) -> ligne::Model {
    let tx = appli.instance.db.read().await.unwrap();
    let tous = ligne::Entity::find().all(&tx).await.unwrap();
    tous.into_iter().rfind(|e| e.genre.starts_with("exemple.")).unwrap()
}
