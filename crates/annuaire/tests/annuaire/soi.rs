//! What an actor says of itself beside its texts: photos in words too, antennas.

use annuaire::photo::rules::PHOTOS_MAX;
use axum::http::{StatusCode, header};
use domain::droit::Fonction;
use image::{ImageFormat, Rgb, RgbImage};
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use socle::organisation::Nature;
use testkit::Moteur;

use crate::gestes::agent;
use crate::monde::{Acteur, appli_avec};

fn une_photo(largeur: u32, hauteur: u32) -> Vec<u8> {
    let mut octets = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(largeur, hauteur, Rgb([40, 90, 60])).write_to(&mut octets, ImageFormat::Png).unwrap();
    octets.into_inner()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_photo_est_reduite_et_dite_avec_des_mots(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "La Ressourcerie", ..Acteur::default() }]).await;
    let fiche = format!("/annuaire/{}", faits[0].1);
    let (url, mut agent, mut visiteur) = (format!("{fiche}/photos"), agent(&appli).await, appli.navigateur());
    let page = agent.ouvrir(&url).await;
    page.exiger("Aucune photo");
    let grande = une_photo(2_400, 1_200);
    // Without its words, or not an image: refused beside the field.
    let sans = agent.envoyer_fichier(&page, &url, &[("description", "")], ("fichier", "atelier.png", &grande)).await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    sans.exiger("Dites ce que montre la photo");
    let champs = [("description", "L’atelier, deux établis devant une verrière")];
    let texte = agent.envoyer_fichier(&page, &url, &champs, ("fichier", "atelier.png", b"pas une image")).await;
    assert_eq!(texte.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let mut coupee = grande.clone();
    coupee.truncate(grande.len() / 2);
    let abimee = agent.envoyer_fichier(&page, &url, &champs, ("fichier", "atelier.png", &coupee)).await;
    assert_eq!(abimee.statut, StatusCode::UNPROCESSABLE_ENTITY);

    let page = agent.ouvrir(&url).await;
    agent
        .envoyer_fichier(&page, &url, &champs, ("fichier", "atelier.png", &grande))
        .await
        .exiger("La photo est ajoutée");
    let page = visiteur.ouvrir(&fiche).await;
    let image = page.attribut(".tr-photo img", "src").unwrap();
    assert_eq!(page.attribut(".tr-photo img", "alt").as_deref(), Some(champs[0].1));
    assert_eq!(page.attribut(".tr-photo img", "width").as_deref(), Some("1200"));
    let recue = visiteur.ouvrir(&image).await;
    assert_eq!(recue.entetes.get(header::CONTENT_TYPE).unwrap(), "image/jpeg");
    let lue = image::load_from_memory(&recue.octets).unwrap();
    assert_eq!((lue.width(), lue.height()), (1_200, 600));
    assert_eq!(recue.entetes.get(header::CACHE_CONTROL).unwrap(), "public, max-age=600");
    // A page that sleeps is seen by who keeps it alone: so are its photos, and no cache between keeps them.
    let id = faits[0].0.as_str();
    for (etat, statut) in [("endormi", StatusCode::NOT_FOUND), ("actif", StatusCode::OK)] {
        let tx = appli.instance.db.begin().await.unwrap();
        tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET etat = {etat} WHERE id = {id}")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(visiteur.ouvrir(&image).await.statut, statut);
        if etat == "endormi" {
            let vue = agent.ouvrir(&image).await;
            assert_eq!(vue.entetes.get(header::CACHE_CONTROL).unwrap(), "no-store");
        }
    }

    // Six at most; taken away, it is nowhere.
    for rang in 1..PHOTOS_MAX {
        let page = agent.ouvrir(&url).await;
        let nom = format!("photo-{rang}.png");
        agent.envoyer_fichier(&page, &url, &champs, ("fichier", &nom, &une_photo(20, 10))).await.exiger("est ajoutée");
    }
    let pleine = agent.ouvrir(&url).await;
    pleine.exiger("6 photos au plus");
    agent.envoyer(&pleine, &format!("{image}/retirer"), &[]).await.exiger("La photo est retirée");
    assert_eq!(visiteur.ouvrir(&image).await.statut, StatusCode::NOT_FOUND);
    assert_eq!(visiteur.demander("GET", &url, None).await.statut, StatusCode::SEE_OTHER, "signed-in people only");
    let (mut maire, _) =
        appli.connecter("maire@exemple.invalid", Some((Nature::Commune, "54395", Fonction::Maire))).await;
    assert_eq!(maire.ouvrir(&url).await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_antenne_s_ajoute_et_se_ferme(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "La Ressourcerie", ..Acteur::default() }]).await;
    let fiche = format!("/annuaire/{}", faits[0].1);
    let (url, mut agent, mut visiteur) = (format!("{fiche}/adresses"), agent(&appli).await, appli.navigateur());
    let page = agent.ouvrir(&url).await;
    page.exiger("12 rue des Tests").exiger("Insee, répertoire Sirene");
    let faux = [("adresse", ""), ("code_postal", "54"), ("commune", "Nulle-Part-sur-Rien")];
    let refus = agent.envoyer(&page, &url, &faux).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Écrivez le numéro et la rue").exiger("cinq chiffres");
    let page = agent.ouvrir(&url).await;
    let lieu =
        [("enseigne", "La boutique"), ("adresse", "3 place <b>"), ("code_postal", "54200"), ("commune", "54528")];
    agent.envoyer(&page, &url, &lieu).await.exiger("L’adresse est ajoutée").exiger("La boutique");
    appli.travailler().await;
    visiteur.ouvrir(&fiche).await.exiger("3 place <b>").exiger("Toul").exiger("un agent du département");
    visiteur.ouvrir("/annuaire?commune=54528").await.exiger("La Ressourcerie");
    // Those of the register are not closed here; the added one is, once.
    let page = agent.ouvrir(&url).await;
    assert_eq!(page.textes("button[name=fermer]").len(), 1);
    let id = page.attribut("button[name=fermer]", "value").unwrap();
    agent.envoyer(&page, &url, &[("fermer", &id)]).await.exiger("L’adresse est fermée").exiger("fermé");
    appli.travailler().await;
    assert!(!visiteur.ouvrir("/annuaire?commune=54528").await.contient("La Ressourcerie"));
    appli.fin().await;
}
