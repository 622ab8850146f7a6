//! What the bearer published, and nothing else, is what everyone sees.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

const TITRE: &str = "Un café associatif zygomatique";
const TEXTE: &str = "Plus de café pour les 15 000 habitants du bassin.";
const AUTRE_TITRE: &str = "Un garage au 12 rue de la Gare";
const AUTRE_TEXTE: &str = "Le local est vendu 45 000 € par son propriétaire.";

fn idee<'a>(titre: &'a str, texte: &'a str) -> [(&'a str, &'a str); 4] {
    [("titre", titre), ("commune", "Cirey-sur-Vezouze (54)"), ("manque", texte), ("themes", "commerce")]
}

/// A project that its author bears.
async fn decrire(porteuse: &mut Navigateur) -> String {
    let page = porteuse.ouvrir("/projets/nouveau").await;
    let page = porteuse.envoyer(&page, "/projets/nouveau", &idee(TITRE, TEXTE)).await;
    let fiche = format!("/projets/{}", page.chemin.split('/').nth(2).unwrap());
    let suite = [("etape", "idee"), ("porteur", "association-sans-salarie")];
    porteuse.envoyer(&page, &format!("{fiche}/suite"), &suite).await;
    fiche
}

async fn reecrire(porteuse: &mut Navigateur, fiche: &str, titre: &str, texte: &str) -> Page {
    let action = format!("{fiche}/description");
    let page = porteuse.ouvrir(&action).await;
    porteuse.envoyer(&page, &action, &idee(titre, texte)).await
}

async fn publier(porteuse: &mut Navigateur, fiche: &str, deliberation: &str) -> Page {
    let action = format!("{fiche}/publier");
    let page = porteuse.ouvrir(&action).await;
    porteuse.envoyer(&page, &action, &[("deliberation", deliberation)]).await
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_public_ne_voit_que_ce_qui_a_ete_publie(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let fiche = decrire(&mut porteuse).await;
    publier(&mut porteuse, &fiche, "non").await.exiger("Votre projet est public");
    appli.travailler().await;
    let page = porteuse.ouvrir(&fiche).await;
    assert!(!page.contient("Modifié depuis la publication"));

    // The text that people work on changes: nothing moves for the public.
    let page = reecrire(&mut porteuse, &fiche, AUTRE_TITRE, AUTRE_TEXTE).await;
    page.exiger("Le public voit encore la version publiée");
    appli.travailler().await;
    let mut public = appli.navigateur();
    public.ouvrir(&fiche).await.exiger(TITRE).exiger(TEXTE);
    for chemin in [
        &fiche,
        "/",
        "/carte",
        "/carte.geojson",
        "/communes/54129",
        "/recherche?q=zygomatique",
        "/recherche?q=garage",
        "/donnees/projets.csv",
    ] {
        let page = public.ouvrir(chemin).await;
        assert_eq!(page.statut, StatusCode::OK, "{chemin}");
        assert_eq!(page.html.contains(TITRE), !chemin.ends_with("garage"), "{chemin} : {}", page.html);
        for cache in ["rue de la Gare", "garage au", "45\u{a0}000", "45 000"] {
            assert!(!page.html.contains(cache), "{chemin} : {cache}");
        }
    }
    let exporte = projets::publication::en_donnees(&appli.instance).await.unwrap();
    let exporte = String::from_utf8(exporte.ecrire(documents::export::Format::Csv).unwrap()).unwrap();
    assert!(exporte.contains(TITRE) && !exporte.contains("rue de la Gare"), "{exporte}");

    // Who bears it is told, with both texts, and publishes again.
    porteuse.ouvrir(&fiche).await.exiger("Modifié depuis la publication").exiger(TITRE).exiger(AUTRE_TITRE);
    let page = porteuse.ouvrir(&format!("{fiche}/publier")).await;
    page.exiger("Publier la nouvelle version").exiger(TITRE).exiger(TEXTE).exiger(AUTRE_TITRE).exiger(AUTRE_TEXTE);
    publier(&mut porteuse, &fiche, "oui").await.exiger("La nouvelle version est publique").exiger("Nouvelle version");
    appli.travailler().await;
    public.ouvrir(&fiche).await.exiger(AUTRE_TITRE).exiger(AUTRE_TEXTE);
    public.ouvrir("/recherche?q=garage").await.exiger(AUTRE_TITRE);
    porteuse.ouvrir(&format!("{fiche}/publier")).await.exiger("Le public voit déjà cette version");

    // Taken back: nothing of it is left.
    let page = porteuse.ouvrir(&fiche).await;
    porteuse.envoyer(&page, &format!("{fiche}/retirer"), &[]).await.exiger("de nouveau privé");
    public.ouvrir(&fiche).await.exiger("Connectez-vous pour continuer");
    assert!(!public.ouvrir("/carte").await.contient(AUTRE_TITRE));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ni_prix_ni_adresse_avant_la_deliberation(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let fiche = decrire(&mut porteuse).await;
    let page = publier(&mut porteuse, &fiche, "").await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("Dites si le conseil a délibéré");

    reecrire(&mut porteuse, &fiche, AUTRE_TITRE, AUTRE_TEXTE).await;
    for sans in ["non", "ne-sait-pas"] {
        let page = publier(&mut porteuse, &fiche, sans).await;
        assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY, "{sans}");
        page.exiger("2 points sont à corriger")
            .exiger("Le titre donne une adresse")
            .exiger("Le texte donne un montant");
        assert!(page.attribut("#manque", "tabindex").is_some(), "the summary leads to the text");
    }
    appli.navigateur().ouvrir(&fiche).await.exiger("Connectez-vous pour continuer");
    publier(&mut porteuse, &fiche, "oui").await.exiger("Votre projet est public");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn on_ne_publie_que_ce_qu_on_a_relu(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let fiche = decrire(&mut porteuse).await;
    let action = format!("{fiche}/publier");
    let relue = porteuse.ouvrir(&action).await;
    reecrire(&mut porteuse, &fiche, "Un titre changé entre-temps", TEXTE).await;
    let page = porteuse.envoyer(&relue, &action, &[("deliberation", "non")]).await;
    assert_eq!(page.statut, StatusCode::CONFLICT);
    page.exiger("Rien n’est publié").exiger("Un titre changé entre-temps");
    appli.navigateur().ouvrir(&fiche).await.exiger("Connectez-vous pour continuer");
    porteuse.envoyer(&page, &action, &[]).await.exiger("Votre projet est public");
    appli.fin().await;
}

/// The chargé writes with the commune; only the commune publishes.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_charge_modifie_sans_rien_rendre_public(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut maire, _) =
        appli.connecter("maire@cirey.invalid", Some((Nature::Commune, "54129", Fonction::Maire))).await;
    let (_, reference) = super::decrire(&mut maire).await;
    let fiche = format!("/projets/{reference}");
    publier(&mut maire, &fiche, "non").await.exiger("Votre projet est public");
    let mut charge = appli.navigateur();
    let page = charge.ouvrir("/demo").await;
    charge.envoyer(&page, "/demo", &[("role", "charge.lunevillois@exemple.invalid")]).await;
    reecrire(&mut charge, &fiche, AUTRE_TITRE, AUTRE_TEXTE).await;
    let page = charge.ouvrir(&fiche).await;
    page.exiger("Modifié depuis la publication");
    assert!(page.attribut(&format!("a[href='{fiche}/publier']"), "href").is_none());
    assert_eq!(charge.ouvrir(&format!("{fiche}/publier")).await.statut, StatusCode::FORBIDDEN);
    appli.navigateur().ouvrir(&fiche).await.exiger("Rouvrir le café-épicerie");
    appli.fin().await;
}

/// Between private and public: the whole team of the département reads, by a dated act of the bearer.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn partage_avec_l_equipe_du_departement(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let departement = |fonction| Some((Nature::Departement, "Meurthe-et-Moselle", fonction));
    let (mut clauses, _) = appli.connecter("clauses@exemple.invalid", departement(Fonction::Facilitateur)).await;
    let (mut maire, _) =
        appli.connecter("maire@autre.invalid", Some((Nature::Commune, "54395", Fonction::Maire))).await;
    let fiche = decrire(&mut porteuse).await;
    porteuse.ouvrir(&fiche).await.exiger("Qui voit ce projet").exiger("Personne d’autre");
    assert_eq!(clauses.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN);

    let page = porteuse.ouvrir(&fiche).await;
    let page = porteuse.envoyer(&page, &format!("{fiche}/partager"), &[]).await;
    page.exiger("Toute l’équipe du département peut lire").exiger("Partagé").exiger("Les autres agents du département");
    let page = clauses.ouvrir(&fiche).await;
    page.exiger(TEXTE).exiger("sans les échanges ni les pièces jointes");
    for interdit in ["resultat", "note", "description", "publier", "pieces", "accompagnement"] {
        assert!(page.attribut(&format!("a[href^='{fiche}/{interdit}']"), "href").is_none(), "{interdit}");
        let statut = clauses.ouvrir(&format!("{fiche}/{interdit}")).await.statut;
        assert_eq!(statut, StatusCode::FORBIDDEN, "{interdit}");
    }
    assert_eq!(maire.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN, "another mairie is not the département");
    appli.navigateur().ouvrir(&fiche).await.exiger("Connectez-vous pour continuer");

    let page = porteuse.ouvrir(&fiche).await;
    porteuse.envoyer(&page, &format!("{fiche}/retirer"), &[]).await.exiger("de nouveau privé");
    assert_eq!(clauses.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_emplois_se_comptent_en_dixiemes(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let fiche = decrire(&mut porteuse).await;
    let action = format!("{fiche}/precisions/emplois");
    let page = porteuse.ouvrir(&action).await;
    let faux = porteuse.envoyer(&page, &action, &[("emplois", "un et demi")]).await;
    assert_eq!(faux.statut, StatusCode::UNPROCESSABLE_ENTITY);
    faux.exiger("par exemple 2,5");
    porteuse
        .envoyer(&page, &action, &[("emplois", "1,5"), ("emplois_insertion", "0.5")])
        .await
        .exiger("1,5")
        .exiger("0,5");
    let page = porteuse.ouvrir(&action).await;
    assert_eq!(page.attribut("#emplois", "value").as_deref(), Some("1,5"));
    appli.fin().await;
}
