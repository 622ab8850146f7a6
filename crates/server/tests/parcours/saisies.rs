//! What is typed and not sent is found again by who typed it, and by nobody else.

use axum::http::StatusCode;
use rstest::rstest;
use server::features;
use testkit::{Appli, Moteur, Navigateur, Page};

use super::IDEE;

const FORMULAIRE: &str = "/projets/nouveau";

fn cache(page: &Page, nom: &str) -> String {
    page.attribut(&format!("main form[method=post] input[name={nom}]"), "value").unwrap()
}

/// What the script of the page sends while one types in its form.
async fn taper(n: &mut Navigateur, page: &Page, adresse: &str, champs: &[(&str, &str)]) -> Page {
    let caches = ["_jeton", "_cle", "_brouillon"].map(|nom| (nom, cache(page, nom)));
    let mut corps = form_urlencoded::Serializer::new(String::new());
    corps.extend_pairs(champs).extend_pairs(caches);
    n.poster(adresse, &corps.finish()).await
}

async fn garde(n: &mut Navigateur) -> String {
    n.ouvrir("/brouillon?f=/projets/nouveau&f=/ailleurs").await.html
}

const TAPE: &[(&str, &str)] = &[("manque", "Plus de « café » depuis"), ("themes", "commerce"), ("themes", "sante")];

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_texte_tape_se_retrouve_puis_s_efface_ou_part(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut n = appli.navigateur();
    let page = n.ouvrir(FORMULAIRE).await;
    assert_eq!(cache(&page, "_brouillon"), FORMULAIRE);
    assert_eq!(garde(&mut n).await, "[]");

    let reponse = taper(&mut n, &page, "/brouillon", TAPE).await;
    assert_eq!((reponse.statut, reponse.html.as_str()), (StatusCode::OK, "{\"heure\":\"10\u{a0}h\u{a0}00\"}"));
    assert_eq!(reponse.entetes["cache-control"], "no-store");
    let lu = garde(&mut n).await.replace('\u{a0}', " ");
    for attendu in
        [r#""quand":"24 novembre 2026 à 10 h 00""#, r#"["manque","Plus de « café » depuis"]"#, r#"["themes","sante"]"#]
    {
        assert!(lu.contains(attendu), "{attendu} : {lu}");
    }
    assert!(!lu.contains("_jeton") && !lu.contains("_cle"), "the house's own fields are not kept: {lu}");

    // Nobody else: another browser, and who signs in here afterwards.
    assert_eq!(garde(&mut appli.navigateur()).await, "[]");
    let (mut autre, _) = appli.connecter("autre@exemple.invalid", None).await;
    assert_eq!(garde(&mut autre).await, "[]");

    // Erased by its button.
    assert_eq!(taper(&mut n, &page, "/brouillon/effacer", &[]).await.statut, StatusCode::OK);
    assert_eq!(garde(&mut n).await, "[]");

    // With an error nothing is lost, and the page says that it is the newest text.
    taper(&mut n, &page, "/brouillon", TAPE).await;
    let refuse = n.envoyer(&page, FORMULAIRE, &[("titre", "Café")]).await;
    assert_eq!(refuse.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refuse.attribut("input[name=_brouillon]", "data-revenu").is_some());
    assert!(page.attribut("input[name=_brouillon]", "data-revenu").is_none());
    assert_ne!(garde(&mut n).await, "[]");

    // Sent: forgotten, and a key pressed a moment before the answer brings nothing back.
    n.envoyer(&refuse, FORMULAIRE, IDEE).await.exiger("Où vous en êtes");
    assert_eq!(garde(&mut n).await, "[]");
    assert_eq!(taper(&mut n, &refuse, "/brouillon", TAPE).await.statut, StatusCode::SEE_OTHER);
    assert_eq!(garde(&mut n).await, "[]");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn il_suit_la_personne_le_temps_dit_et_part_avec_son_compte(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let (mut elle, _) = appli.connecter("elle@exemple.invalid", None).await;
    let mut passant = appli.navigateur();
    for n in [&mut elle, &mut passant] {
        let page = n.ouvrir(FORMULAIRE).await;
        taper(n, &page, "/brouillon", TAPE).await;
    }
    let (mut ailleurs, _) = appli.connecter("elle@exemple.invalid", None).await;
    assert_ne!(garde(&mut ailleurs).await, "[]", "from another computer too");
    assert!(elle.ouvrir("/compte/donnees").await.html.contains("Plus de « café » depuis"));

    // A day without account; a month with one.
    appli.le_lendemain().await;
    appli.le_lendemain().await;
    assert_eq!(garde(&mut passant).await, "[]");
    assert_ne!(garde(&mut elle).await, "[]");
    let page = elle.ouvrir("/compte/effacer").await;
    elle.envoyer(&page, "/compte/effacer", &[]).await.exiger("Votre compte est effacé");
    let tx = appli.instance.db.read().await.unwrap();
    let restes = sea_orm::ConnectionTrait::query_all_raw(
        &tx,
        sea_orm::raw_sql!(Postgres, "SELECT formulaire FROM saisie_gardee"),
    );
    assert_eq!(restes.await.unwrap().len(), 0);
    drop(tx);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_qui_est_trop_gros_ou_etranger_n_est_pas_garde(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut n = appli.navigateur();
    let page = n.ouvrir(FORMULAIRE).await;
    assert_eq!(n.poster("/brouillon", "_brouillon=/x&manque=y").await.statut, StatusCode::FORBIDDEN, "without token");
    let long = "é".repeat(60_000);
    let trop = taper(&mut n, &page, "/brouillon", &[("manque", &long)]).await;
    assert_eq!(trop.statut, StatusCode::PAYLOAD_TOO_LARGE);
    for nom in ["", "ailleurs", &format!("/{}", "x".repeat(300))] {
        let champs = [("_brouillon", nom), ("_jeton", &cache(&page, "_jeton")), ("_cle", &cache(&page, "_cle"))];
        let corps = form_urlencoded::Serializer::new(String::new()).extend_pairs(champs).finish();
        assert_eq!(n.poster("/brouillon", &corps).await.statut, StatusCode::BAD_REQUEST, "{nom}");
    }
    // A browser keeps thirty forms at most: the oldest leaves.
    for numero in 0..32 {
        appli.horloge.avancer(1);
        let champs = [
            ("_brouillon", format!("/formulaire/{numero}")),
            ("_jeton", cache(&page, "_jeton")),
            ("_cle", cache(&page, "_cle")),
            ("texte", "un mot".to_owned()),
        ];
        let corps = form_urlencoded::Serializer::new(String::new()).extend_pairs(champs).finish();
        assert_eq!(n.poster("/brouillon", &corps).await.statut, StatusCode::OK);
    }
    assert_eq!(n.ouvrir("/brouillon?f=/formulaire/0&f=/formulaire/1").await.html, "[]");
    assert_ne!(n.ouvrir("/brouillon?f=/formulaire/2").await.html, "[]");
    appli.fin().await;
}
