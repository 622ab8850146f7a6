//! One's account: sessions, data, erasure, the first agent.

use axum::http::{StatusCode, header};
use domain::droit::Fonction;
use rstest::rstest;
use socle::organisation::Nature;
use testkit::{Appli, Moteur};

use super::{demander, entrer};

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_sessions_se_voient_et_se_ferment(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let mut bureau = entrer(&appli, "maire@exemple.invalid").await;
    let mut maison = entrer(&appli, "maire@exemple.invalid").await;
    let mut telephone = entrer(&appli, "maire@exemple.invalid").await;
    let page = bureau.ouvrir("/compte").await;
    page.exiger("celle-ci").exiger("Fermer toutes les autres");
    let fermables = page.textes("form[action='/compte/sessions/fermer'] input[name=session]").len();
    assert_eq!(fermables, 2);
    bureau.envoyer(&page, "/compte/sessions/fermer", &[]).await.exiger("C’est fermé");
    let fermees = [&mut maison, &mut telephone];
    let mut ouvertes = 0;
    for navigateur in fermees {
        ouvertes += usize::from(navigateur.ouvrir("/compte").await.contient("Mes connexions"));
    }
    assert_eq!(ouvertes, 1, "one was closed, the other not");

    // Someone else's session cannot be closed.
    let mut voisin = entrer(&appli, "voisin@exemple.invalid").await;
    let page = voisin.ouvrir("/compte").await;
    let (jeton, cle) = (page.attribut("input[name=_jeton]", "value").unwrap(), "x");
    let session = bureau.ouvrir("/compte").await.attribut("input[name=session]", "value").unwrap();
    voisin.poster("/compte/sessions/fermer", &format!("_jeton={jeton}&_cle={cle}&session={session}")).await;
    assert!(bureau.ouvrir("/compte").await.html.contains(&session), "it is still there");

    // Without a visit for two weeks, it ends; signing out ends it at once.
    let page = bureau.ouvrir("/compte").await;
    bureau.envoyer(&page, "/deconnexion", &[]).await.exiger("Vous êtes déconnecté");
    bureau.ouvrir("/compte").await.exiger("Connectez-vous");
    appli.horloge.avancer_de_jours(15);
    voisin.ouvrir("/compte").await.exiger("Connectez-vous");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ses_donnees_s_emportent_et_s_effacent(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let mut maire = entrer(&appli, "part@exemple.invalid").await;
    let page = maire.ouvrir("/compte").await;
    let champs = [("prenom", "Noa"), ("nom", "Exemple-Part"), ("telephone", "03 00 00 00 01")];
    maire.envoyer(&page, "/compte", &champs).await.exiger("C’est enregistré");
    let export = maire.ouvrir("/compte/donnees").await;
    assert_eq!(export.entetes[header::CONTENT_DISPOSITION], "attachment; filename=\"mes-donnees.json\"");
    for dit in ["part@exemple.invalid", "Exemple-Part", "03 00 00 00 01"] {
        assert!(export.html.contains(dit), "{dit}");
    }
    // A code that still waits is forgotten with the account, and the mail that should have carried it does not leave.
    let partis = appli.courriels().await.len();
    demander(&mut appli.navigateur(), "part@exemple.invalid").await;
    demander(&mut appli.navigateur(), "reste@exemple.invalid").await;
    let page = maire.ouvrir("/compte/effacer").await;
    maire.envoyer(&page, "/compte/effacer", &[]).await.exiger("Votre compte est effacé");
    let depuis: Vec<String> =
        appli.courriels().await.iter().skip(partis).map(|courriel| courriel.destinataire().to_owned()).collect();
    assert_eq!(depuis, ["reste@exemple.invalid"]);
    maire.ouvrir("/compte").await.exiger("Connectez-vous");

    // Nothing that says who they were is left in any table; the journal holds ids only.
    let tx = appli.instance.db.read().await.unwrap();
    let tables = toutes_les_lignes(&tx, appli.instance.db.moteur()).await;
    assert!(tables.contains("compte.effacement"), "the proof of the erasure stays");
    for dit in ["part@exemple.invalid", "Exemple-Part", "03 00 00 00 01", "Noa"] {
        assert!(!tables.contains(dit), "« {dit} » is still there");
    }
    drop(tx);
    // The address may come back: a new account, with nothing of the old one.
    let mut revenu = entrer(&appli, "part@exemple.invalid").await;
    assert!(!revenu.ouvrir("/compte").await.html.contains("Exemple-Part"));
    appli.fin().await;
}

/// Every row of every table of people, as text.
async fn toutes_les_lignes(tx: &platform::ReadTx, moteur: Moteur) -> String {
    use sea_orm::{ConnectionTrait, Statement};
    let mut texte = String::new();
    let colonnes = |table: &str| match table {
        "personne" => {
            "COALESCE(courriel,'') || prenom || nom || nom_tri || COALESCE(telephone,'') || COALESCE(oidc_sub,'')"
        }
        "jeton" => "cible",
        "mandat" => "preuve",
        "nouvelle" => "sujet || texte",
        "outbox" => "charge",
        _ => "genre || faits || COALESCE(personne,'')",
    };
    for table in ["personne", "jeton", "mandat", "nouvelle", "outbox", "journal"] {
        let sql = format!("SELECT {} AS ligne FROM {table}", colonnes(table));
        let lignes = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await.unwrap();
        for ligne in lignes {
            texte.push_str(&ligne.try_get::<String>("", "ligne").unwrap());
            texte.push('\n');
        }
    }
    assert!(!texte.is_empty(), "{moteur:?}");
    texte
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_premier_agent_entre_par_un_lien_unique(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let tx = appli.instance.db.begin().await.unwrap();
    let lien = comptes::premier_agent::creer_lien(&tx, &*appli.horloge, &*appli.instance.ids).await.unwrap();
    tx.commit().await.unwrap();
    let mut agent = appli.navigateur();
    let page = agent.ouvrir(&lien).await;
    let refus = agent.envoyer(&page, &lien, &[("courriel", "pas une adresse")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let champs = [("prenom", "Lou"), ("nom", "Exemple"), ("courriel", "site@departement.invalid")];
    let reponse = agent.envoyer_sans_suivre(&refus, &lien, &champs).await;
    assert_eq!(reponse.entetes[header::LOCATION], "/reglages");
    agent.ouvrir("/compte").await.exiger("Agent qui gère le site").exiger("vérifiée");
    assert_eq!(appli.navigateur().ouvrir(&lien).await.statut, StatusCode::NOT_FOUND, "it served");
    let tx = appli.instance.db.begin().await.unwrap();
    let lien = comptes::premier_agent::creer_lien(&tx, &*appli.horloge, &*appli.instance.ids).await.unwrap();
    tx.commit().await.unwrap();
    appli.horloge.avancer_de_jours(8);
    assert_eq!(appli.navigateur().ouvrir(&lien).await.statut, StatusCode::NOT_FOUND, "it is too old");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_secretaire_de_quatre_communes_choisit_pour_qui(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let agent = |code| Some((Nature::Commune, code, Fonction::AgentCommune));
    for code in ["54129", "54540", "54421"] {
        appli.connecter("secretaire@exemple.invalid", agent(code)).await;
    }
    let (mut secretaire, _) = appli.connecter("secretaire@exemple.invalid", agent("54419")).await;
    let page = secretaire.ouvrir("/compte").await;
    assert_eq!(page.textes("label[for=pour-qui]"), ["Pour quelle commune ?"], "always in sight");
    assert_eq!(page.textes("#pour-qui option").len(), 4);
    let communes = page.textes("#pour-qui option");
    let choisie = &communes[2];
    let valeur = page.attribut("#pour-qui option:nth-child(3)", "value").unwrap();
    let page = secretaire.envoyer(&page, "/compte/mandat", &[("mandat", &valeur)]).await;
    page.exiger(&format!("Vous agissez pour {choisie}"));
    assert_eq!(page.chemin, "/compte", "one stays where one was");
    let page = secretaire.ouvrir("/compte/mandats/nouveau").await;
    assert_eq!(page.textes("#pour-qui option[selected]"), [choisie.as_str()]);
    // Another's mandate cannot be chosen.
    let (mut voisin, _) = appli.connecter("voisin@exemple.invalid", agent("54395")).await;
    let page = voisin.ouvrir("/compte").await;
    assert!(!page.html.contains("Pour quelle commune ?"), "one mandate: nothing to choose");
    let jeton = page.attribut("input[name=_jeton]", "value").unwrap();
    let vol = voisin.poster("/compte/mandat", &format!("_jeton={jeton}&_cle=z&mandat={valeur}")).await;
    assert_eq!(vol.statut, StatusCode::NOT_FOUND);
    assert!(appli.courriels().await.is_empty());
    appli.fin().await;
}
