//! A project or a whole portfolio changes hands: who receives it has it, everybody is told, and it never stays with nobody.

use axum::http::StatusCode;
use rstest::rstest;
use socle::personne;
use testkit::Moteur;

use super::{Monde, agir, confier, suit, suivi};

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_projet_confie_est_a_qui_le_recoit(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let reference = m.demande("Rouvrir le café", "Cirey-sur-Vezouze (54)").await;
    suit(&mut m.ada, &reference, true).await;
    suit(&mut m.bob, &reference, false).await;

    // To someone of another secteur: who receives is told, can open and answer, hears the commune; it leaves Ada's board.
    let avant = m.appli.courriels().await.len();
    confier(&mut m.ada.navigateur, &reference, &m.bob.id).await.exiger("Le projet est confié");
    assert_eq!(m.destinataires(avant).await, ["bob@exemple.invalid", "porteuse@exemple.invalid"]);
    let recu = &m.appli.courriels().await[avant];
    assert!(recu.texte().contains(&suivi(&reference)) && recu.texte().contains("Exemple ada"), "{}", recu.texte());
    suit(&mut m.bob, &reference, true).await;
    assert!(!m.ada.tableau().await.html.contains(&suivi(&reference)), "handed over: no longer hers to do");
    let page = m.ada.navigateur.ouvrir(&suivi(&reference)).await;
    assert!(page.textes("dd").contains(&"Exemple bob".to_owned()), "{:?}", page.textes("dd"));
    assert_eq!(m.ecrit(&reference).await, ["bob@exemple.invalid"]);
    let page = m.porteuse.ouvrir(&format!("/projets/{reference}")).await;
    page.exiger("Le projet change d’interlocuteur").exiger("Exemple bob suit votre projet");
    let reponse = [("acte", "repondre"), ("reponse", "Je passe mardi.")];
    agir(&mut m.bob.navigateur, &reference, &reponse).await.exiger("La réponse est envoyée");
    let suite = [("acte", "suite"), ("prochaine", "Rappeler"), ("prochaine_le", "2026-12-01")];
    agir(&mut m.bob.navigateur, &reference, &suite).await.exiger("La prochaine action est notée");

    // To who follows it already: nothing happens, and the page says it.
    let page = confier(&mut m.bob.navigateur, &reference, &m.bob.id).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("suit déjà ce projet");

    // Bob gives it back himself: where he lands, he may be.
    let page = confier(&mut m.bob.navigateur, &reference, &m.carl.id).await;
    assert_eq!((page.chemin.as_str(), page.statut), ("/tableau", StatusCode::OK));
    page.exiger("Le projet est confié");
    suit(&mut m.bob, &reference, false).await;

    // The coordination takes it from Carl and gives it to the one of the secteur: both are told.
    let avant = m.appli.courriels().await.len();
    confier(&mut m.coordination.navigateur, &reference, &m.ada.id).await.exiger("Le projet est confié");
    let mut recus = m.destinataires(avant).await;
    recus.sort();
    assert_eq!(recus, ["ada@exemple.invalid", "carl@exemple.invalid", "porteuse@exemple.invalid"]);
    suit(&mut m.ada, &reference, true).await;
    suit(&mut m.carl, &reference, false).await;
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_projet_confie_ne_reste_pas_sans_personne(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let reference = m.demande("Rouvrir le café", "Cirey-sur-Vezouze (54)").await;
    confier(&mut m.ada.navigateur, &reference, &m.bob.id).await.exiger("Le projet est confié");

    // Bob is away: who replaces him, or the one of the secteur.
    m.absenter(&m.bob, Some(&m.carl)).await;
    suit(&mut m.carl, &reference, true).await;
    assert_eq!(m.ecrit(&reference).await, ["carl@exemple.invalid"]);
    m.de_retour().await;
    suit(&mut m.carl, &reference, false).await;
    m.absenter(&m.bob, None).await;
    assert_eq!(m.ecrit(&reference).await, ["ada@exemple.invalid"]);
    suit(&mut m.ada, &reference, true).await;
    m.de_retour().await;
    assert_eq!(m.ecrit(&reference).await, ["bob@exemple.invalid"]);

    // Bob is gone: the one of the secteur, and he sees it no more.
    m.finir(&m.bob).await;
    assert_eq!(m.ecrit(&reference).await, ["ada@exemple.invalid"]);
    suit(&mut m.ada, &reference, true).await;
    assert_eq!(m.bob.navigateur.ouvrir(&suivi(&reference)).await.statut, StatusCode::FORBIDDEN);
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_portefeuille_de_qui_part_se_transmet(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let mut references = Vec::new();
    for titre in ["Rouvrir le café", "Rouvrir l’école", "Ouvrir une recyclerie"] {
        references.push(m.demande(titre, "Cirey-sur-Vezouze (54)").await);
    }
    m.finir(&m.ada).await;
    let tx = m.appli.instance.db.begin().await.unwrap();
    let bob = personne::par_id(&tx, &m.bob.id).await.unwrap().unwrap();
    personne::nommer(&tx, &bob, &bob.prenom, &bob.nom, Some("03 99 00 00 01")).await.unwrap();
    tx.commit().await.unwrap();
    let (ada, bob) = (m.ada.id.clone(), m.bob.id.clone());
    let page = m.coordination.tableau().await;
    assert!(page.textes("#de option").contains(&"Exemple ada".to_owned()), "{:?}", page.textes("#de option"));
    assert!(!page.textes("#a option").contains(&"Exemple ada".to_owned()), "{:?}", page.textes("#a option"));

    let avant = m.appli.courriels().await.len();
    let champs = [("de", ada.as_str()), ("a", bob.as_str())];
    let page = m.coordination.navigateur.envoyer(&page, "/tableau/portefeuille", &champs).await;
    page.exiger("3 projets changent d’interlocuteur");
    assert!(!page.textes("#de option").contains(&"Exemple ada".to_owned()), "she holds nothing any more");
    page.exiger("1 personne est prévenue");
    let recus = m.destinataires(avant).await;
    assert_eq!(recus, ["bob@exemple.invalid", "porteuse@exemple.invalid"], "one mail each, none to who has left");
    let dit = m.appli.courriels().await[avant + 1].clone();
    assert_eq!(dit.sujet(), "Votre interlocuteur change");
    for mot in ["Exemple bob suit maintenant vos projets", "- Ouvrir une recyclerie", "- Rouvrir le café", "/projets"]
    {
        assert!(dit.texte().contains(mot), "{mot} : {}", dit.texte());
    }
    assert!(dit.texte().contains("Téléphone : 03 99 00 00 01"), "{}", dit.texte());
    let recu = m.appli.courriels().await[avant].texte().replace('\u{a0}', " ");
    assert!(recu.contains("3 projets que suivait Exemple ada"), "{recu}");
    for reference in &references {
        suit(&mut m.bob, reference, true).await;
        let page = m.porteuse.ouvrir(&format!("/projets/{reference}")).await;
        page.exiger("Le projet change d’interlocuteur");
    }

    // In a digest: nothing at once, one mail the next day, each project told apart.
    let tx = m.appli.instance.db.begin().await.unwrap();
    let porteuse = personne::par_courriel(&tx, "porteuse@exemple.invalid").await.unwrap().unwrap();
    personne::preferer_resume(&tx, &porteuse.id, true).await.unwrap();
    tx.commit().await.unwrap();
    let avant = m.appli.courriels().await.len();
    let page = m.coordination.tableau().await;
    let champs = [("de", bob.as_str()), ("a", m.carl.id.as_str())];
    m.coordination.navigateur.envoyer(&page, "/tableau/portefeuille", &champs).await.exiger("3 projets changent");
    assert!(!m.destinataires(avant).await.contains(&"porteuse@exemple.invalid".to_owned()));
    m.appli.le_lendemain().await;
    let courriels = m.appli.courriels().await;
    let resumes: Vec<_> = courriels.iter().filter(|c| c.sujet() == "Les nouvelles de vos projets").collect();
    assert_eq!(resumes.len(), 1);
    assert_eq!(resumes[0].texte().matches("Exemple carl suit maintenant votre projet").count(), 3);
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_portefeuille_mal_choisi_le_dit_a_cote_de_chaque_liste(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    m.demande("Rouvrir le café", "Cirey-sur-Vezouze (54)").await;
    let page = m.coordination.tableau().await;
    let refus = m.coordination.navigateur.envoyer(&page, "/tableau/portefeuille", &[("de", ""), ("a", "")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Choisissez de qui vient le portefeuille").exiger("Choisissez qui reçoit le portefeuille");
    assert!(!refus.textes(".govuk-error-summary").is_empty());
    let ada = m.ada.id.as_str().to_owned();
    let champs = [("de", ada.as_str()), ("a", ada.as_str())];
    let refus = m.coordination.navigateur.envoyer(&refus, "/tableau/portefeuille", &champs).await;
    refus.exiger("Choisissez une autre personne");
    assert_eq!(refus.attribut("#de option[selected]", "value").as_deref(), Some(ada.as_str()), "the choice stays");
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_portefeuille_passe_en_autant_de_requetes_quelle_que_soit_sa_taille(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let mut couts = Vec::new();
    for (titre, de, a) in [("Rouvrir le café", 0, 1), ("Rouvrir l’école", 0, 1), ("Ouvrir une recyclerie", 1, 2)] {
        m.demande(titre, "Cirey-sur-Vezouze (54)").await;
        let qui = [&m.ada.id, &m.bob.id, &m.carl.id].map(|id| id.as_str().to_owned());
        let page = m.coordination.tableau().await;
        let avant = m.appli.instance.db.nombre_de_requetes();
        let champs = [("de", qui[de].as_str()), ("a", qui[a].as_str())];
        let page = m.coordination.navigateur.envoyer_sans_suivre(&page, "/tableau/portefeuille", &champs).await;
        assert_eq!(page.statut, StatusCode::SEE_OTHER, "{}", page.texte());
        couts.push(m.appli.instance.db.nombre_de_requetes() - avant);
    }
    assert_eq!(couts[0], couts[2], "one project, then two: {couts:?}");
    // Bob's two went to Carl; the third, asked since, is Ada's own.
    let page = m.carl.tableau().await;
    assert_eq!(page.html.matches("/suivi\"").count(), 2, "{}", page.texte());
    m.fin().await;
}
