//! For whom one acts: declared, verified, ended, taken over.

use axum::http::StatusCode;
use domain::code::CodeCommune;
use domain::droit::Fonction;
use rstest::rstest;
use socle::organisation::{self, Nature, Nouvelle, epci};
use socle::{mandat, personne};
use testkit::{Appli, Moteur, Navigateur, Page};

use super::dernier;

async fn declarer(navigateur: &mut Navigateur, fonction: &str) -> Page {
    let page = navigateur.ouvrir("/compte/mandats/nouveau").await;
    let champs = [
        ("nature", "commune"),
        ("commune", "Cirey-sur-Vezouze (54)"),
        ("fonction", fonction),
        ("preuve", "Procès-verbal du 28 mars"),
    ];
    navigateur.envoyer(&page, "/compte/mandats/nouveau", &champs).await
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_verifie_ou_refuse(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let (mut maire, _) = appli.connecter("maire@exemple.invalid", None).await;
    declarer(&mut maire, "maire").await.exiger("Le département ou un collègue va la vérifier");
    maire.ouvrir("/compte").await.exiger("déclarée, à vérifier");
    // A function of the département cannot be declared.
    let refus = declarer(&mut maire, "agent-site").await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(maire.ouvrir("/compte/collegues").await.statut, StatusCode::FORBIDDEN, "declared is not verified");

    let charge = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::ChargeTerritorial));
    let (mut charge, _) = appli.connecter("charge@exemple.invalid", charge).await;
    let page = charge.ouvrir("/agents/mandats").await;
    page.exiger("Cirey-sur-Vezouze").exiger("Procès-verbal du 28 mars");
    let ailleurs = charge.ouvrir("/agents/mandats").await;
    let sans_raison = charge.envoyer(&page, "/agents/mandats", &[("reponse", "non")]).await;
    assert_eq!(sans_raison.statut, StatusCode::UNPROCESSABLE_ENTITY);
    sans_raison.exiger("Pour refuser, donnez la raison");
    assert!(!sans_raison.textes(".govuk-error-summary").is_empty());
    charge.envoyer(&page, "/agents/mandats", &[("reponse", "oui")]).await.exiger("La fonction est vérifiée");
    assert!(dernier(&appli, "maire@exemple.invalid").await.contains("est vérifiée"));
    maire.ouvrir("/compte").await.exiger("vérifiée");
    // Two agents at once: the second is told.
    charge
        .envoyer(&ailleurs, "/agents/mandats", &[("reponse", "oui")])
        .await
        .exiger("Quelqu’un d’autre a déjà répondu");

    let (mut autre, _) = appli.connecter("autre@exemple.invalid", None).await;
    declarer(&mut autre, "elu").await;
    let page = charge.ouvrir("/agents/mandats").await;
    let motif = motif(&page);
    let champs = [("reponse", "non"), (motif.as_str(), "Ce nom n’est pas au conseil.")];
    charge.envoyer(&page, "/agents/mandats", &champs).await.exiger("La fonction est refusée");
    assert!(dernier(&appli, "autre@exemple.invalid").await.contains("Ce nom n’est pas au conseil."));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_mairie_confirme_son_agent_et_remplace_son_maire(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let cirey = |fonction| Some((Nature::Commune, "54129", fonction));
    let (mut maire, _) = appli.connecter("maire@exemple.invalid", cirey(Fonction::Maire)).await;
    let (mut voisin, _) =
        appli.connecter("voisin@exemple.invalid", Some((Nature::Commune, "54395", Fonction::Maire))).await;
    let (mut secretaire, _) = appli.connecter("secretaire@exemple.invalid", None).await;
    declarer(&mut secretaire, "agent-commune").await;

    let page = maire.ouvrir("/compte/collegues").await;
    page.exiger("Exemple secretaire").exiger("déclarée, à vérifier").exiger("C’est vous");
    assert!(!voisin.ouvrir("/compte/collegues").await.contient("secretaire"), "another commune sees nothing");
    let mandat = page.attribut("form[action='/compte/collegues'] input[name=mandat]", "value").unwrap();
    // Nor does it act.
    let chez_lui = voisin.ouvrir("/compte/collegues").await;
    let jeton = chez_lui.attribut("input[name=_jeton]", "value").unwrap();
    for acte in ["confirmer", "terminer"] {
        let corps = format!("_jeton={jeton}&_cle={acte}&mandat={mandat}&acte={acte}");
        assert_eq!(voisin.poster("/compte/collegues", &corps).await.statut, StatusCode::NOT_FOUND);
    }
    maire.envoyer(&page, "/compte/collegues", &[("acte", "confirmer")]).await.exiger("La fonction est confirmée");
    assert!(dernier(&appli, "secretaire@exemple.invalid").await.contains("est vérifiée"));

    // The mayor resigns: the secretary ends the mandate; the mayor is told why, and acts no more.
    let page = secretaire.ouvrir("/compte/collegues").await;
    let motif = motif(&page);
    let long = "mot".repeat(200);
    let refus = secretaire.envoyer(&page, "/compte/collegues", &[("acte", "terminer"), (&motif, &long)]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("C’est trop long");
    assert_eq!(refus.attribut(&format!("#{motif}"), "value").as_deref(), Some(long.as_str()), "what was typed stays");
    let champs = [("acte", "terminer"), (motif.as_str(), "Démission acceptée par le préfet")];
    secretaire.envoyer(&page, "/compte/collegues", &champs).await.exiger("La fonction est terminée");
    let courriel = dernier(&appli, "maire@exemple.invalid").await;
    assert!(courriel.contains("Démission acceptée par le préfet"), "{courriel}");
    maire.ouvrir("/compte").await.exiger("Vous n’avez déclaré aucune fonction");
    assert_eq!(maire.ouvrir("/compte/collegues").await.statut, StatusCode::FORBIDDEN);

    // The next one declares, the secretary confirms.
    let (mut suivante, _) = appli.connecter("suivante@exemple.invalid", None).await;
    declarer(&mut suivante, "maire").await;
    let page = secretaire.ouvrir("/compte/collegues").await;
    let page = secretaire.envoyer(&page, "/compte/collegues", &[("acte", "confirmer")]).await;
    page.exiger("La fonction est confirmée");
    suivante.ouvrir("/compte/collegues").await.exiger("Exemple secretaire");
    // One's own end: nobody writes to oneself.
    let avant = appli.courriels().await.len();
    let page = secretaire.ouvrir("/compte").await;
    secretaire.envoyer(&page, "/compte/mandats/terminer", &[]).await.exiger("Cette fonction est terminée");
    assert_eq!(appli.courriels().await.len(), avant);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_du_departement_termine_la_fonction_d_un_maire(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let (mut maire, _) =
        appli.connecter("maire@exemple.invalid", Some((Nature::Commune, "54129", Fonction::Maire))).await;
    let departement = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::Coordinateur));
    let (mut agent, _) = appli.connecter("coordination@exemple.invalid", departement).await;
    agent.ouvrir("/agents/mandats?commune=Nulle-Part").await.exiger("Nous ne trouvons pas");
    let page = agent.ouvrir("/agents/mandats?commune=Cirey-sur-Vezouze").await;
    page.exiger("Exemple maire, Maire");
    let refus = agent.envoyer(&page, "/agents/mandats", &[("reponse", "terminer")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Pour terminer une fonction, donnez la raison").exiger("Exemple maire, Maire");
    let motif = motif(&page);
    let champs = [("reponse", "terminer"), (motif.as_str(), "Démission du 20 novembre")];
    agent.envoyer(&page, "/agents/mandats", &champs).await.exiger("La fonction est terminée");
    assert!(dernier(&appli, "maire@exemple.invalid").await.contains("Démission du 20 novembre"));
    maire.ouvrir("/compte").await.exiger("Vous n’avez déclaré aucune fonction");
    appli.fin().await;
}

#[tokio::test]
async fn l_adresse_officielle_de_la_mairie_verifie_tout_de_suite() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![comptes::feature()]).await;
    let commune = "54129".parse().unwrap();
    let Some(officielle) = appli.instance.referentiel().commune(&commune).and_then(|c| c.courriel) else {
        panic!("the referential has lost the addresses of the mairies");
    };
    let (mut mairie, _) = appli.connecter(officielle, None).await;
    declarer(&mut mairie, "agent-commune").await.exiger("Votre fonction est vérifiée");
    mairie.ouvrir("/compte").await.exiger("vérifiée");
    appli.fin().await;
}

#[tokio::test]
async fn un_numero_de_structure_se_verifie() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![comptes::feature()]).await;
    let (mut navigateur, _) = appli.connecter("declare@exemple.invalid", None).await;
    let page = navigateur.ouvrir("/compte/mandats/nouveau").await;
    for (numero, phrase) in [
        ("225400018", "erreur de frappe"),
        ("W12", "n’est pas un numéro RNA"),
        ("200069433", "Ce numéro est celui de CC de Vezouze en Piémont"),
        ("215401290", "Ce numéro est celui de Cirey-sur-Vezouze"),
    ] {
        let champs = [
            ("nature", "public"),
            ("commune", "Blâmont (54)"),
            ("nom", "Syndicat des eaux"),
            ("numero", numero),
            ("fonction", "representant"),
        ];
        let refus = navigateur.envoyer(&page, "/compte/mandats/nouveau", &champs).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{numero}");
        refus.exiger(phrase);
    }
    appli.fin().await;
}

/// Name of the field of the first mandate of the page.
fn motif(page: &Page) -> String {
    page.attribut("input[name^=motif_]", "name").unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_intercommunalite_sans_numero_se_reconnait_ou_se_demande(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![comptes::feature()]).await;
    let cirey: CodeCommune = "54129".parse().unwrap();
    let ids = &*appli.instance.ids;
    let tx = appli.instance.db.begin().await.unwrap();
    let mut faites = Vec::new();
    for (nom, qui) in [("CC Vezouze en Piémont", "sure"), ("CC de la Haute Vezouze", "douteuse")] {
        let nouvelle = Nouvelle {
            nature: Nature::Epci,
            siren: None,
            rna: None,
            commune: Some(cirey.clone()),
            nom: nom.to_owned(),
            courriel: None,
        };
        let epci = organisation::trouver_ou_creer(&tx, &*appli.horloge, ids, nouvelle).await.unwrap();
        let personne =
            personne::trouver_ou_creer(&tx, &*appli.horloge, ids, &format!("{qui}@exemple.invalid")).await.unwrap();
        let nouveau = mandat::Nouveau {
            personne: personne.id,
            organisation: epci.id.clone(),
            fonction: Fonction::Elu,
            du: "2026-01-01".parse().unwrap(),
            au: None,
            preuve: "essai".to_owned(),
            verifie_par: None,
        };
        mandat::donner(&tx, &*appli.horloge, ids, nouveau).await.unwrap();
        faites.push(epci.id);
    }
    assert_eq!(epci::completer(&tx).await.unwrap(), 1);
    assert_eq!(epci::completer(&tx).await.unwrap(), 0, "twice changes nothing");
    let sure = organisation::par_id(&tx, &faites[0]).await.unwrap().unwrap();
    assert_eq!(sure.siren.as_ref().map(|s| s.as_str()), Some("200069433"));
    tx.commit().await.unwrap();

    let departement = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::Coordinateur));
    let (mut agent, _) = appli.connecter("coordination@exemple.invalid", departement).await;
    let page = agent.ouvrir("/agents/mandats").await;
    page.exiger("Intercommunalités à préciser").exiger("CC de la Haute Vezouze");
    assert!(!page.textes("h3").contains(&"CC Vezouze en Piémont".to_owned()));
    let refus = agent.envoyer(&page, "/agents/intercommunalites", &[]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Choisissez l’intercommunalité dans la liste");
    // Known already by its number: people follow it there.
    let champ = page.attribut("select[name^=epci_]", "name").unwrap();
    agent.envoyer(&refus, "/agents/intercommunalites", &[(&champ, "200069433")]).await.exiger("la suivent");
    assert!(!agent.ouvrir("/agents/mandats").await.contient("Intercommunalités à préciser"));
    let tx = appli.instance.db.read().await.unwrap();
    let membres = mandat::des_organisations(&tx, &[sure.id], appli.instance.aujourd_hui()).await.unwrap();
    assert_eq!(membres.len(), 2);
    drop(tx);
    appli.fin().await;
}
