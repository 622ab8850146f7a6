//! Offers proposed to a project.

use annuaire::vocabulaire::{GenreTerritoire, ModeOffre};
use domain::constat::Verdict;
use domain::profil::{Complements, Etape, Porteur, ProfilDeProjet};
use domain::theme::Theme;
use rstest::rstest;
use testkit::Moteur;
use web::feature::DemandePropositions;

use crate::monde::{Acteur, appli_avec, offrir};

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_offres_sont_proposees_avec_leurs_raisons(#[case] moteur: Moteur) {
    let acteurs = [Acteur { nom: "Un", ..Acteur::default() }, Acteur { nom: "Deux", ..Acteur::default() }];
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let instance = &appli.instance;
    let tx = instance.db.begin().await.unwrap();
    let ailleurs = [(GenreTerritoire::Commune, "54395")];
    offrir(&tx, instance, &faits[0].0, "Diagnostic", None, &[], &[]).await;
    offrir(&tx, instance, &faits[0].0, "Étude payante", Some(ModeOffre::Achat), &[Etape::Etude], &[]).await;
    offrir(&tx, instance, &faits[1].0, "Autre étude payante", Some(ModeOffre::Achat), &[], &[]).await;
    offrir(&tx, instance, &faits[1].0, "À Nancy seulement", None, &[], &ailleurs).await;
    tx.commit().await.unwrap();

    let commune = "54129".parse().unwrap();
    let faits_commune = instance.faits_commune(&commune).unwrap();
    let profil = ProfilDeProjet {
        commune,
        themes: vec![Theme::Commerce],
        etape: Etape::Etude,
        porteur: Porteur::Commune,
        cout: None,
        complements: Complements::default(),
    };
    let tx = instance.db.read().await.unwrap();
    let demande =
        DemandePropositions { tx: &tx, instance, profil: &profil, faits: &faits_commune, jour: instance.aujourd_hui() };
    let avant = instance.db.nombre_de_requetes();
    let propositions = instance.maison.propositions(&demande).await.unwrap();
    assert!(instance.db.nombre_de_requetes() - avant <= 3);
    let vues: Vec<(&str, &str, Verdict)> =
        propositions.iter().map(|p| (p.titre.as_str(), p.porteur.as_str(), p.verdict)).collect();
    assert_eq!(
        vues,
        [
            ("Autre étude payante", "Deux", Verdict::Oui),
            ("Diagnostic", "Un", Verdict::Oui),
            ("Étude payante", "Un", Verdict::Oui),
            ("À Nancy seulement", "Deux", Verdict::Non),
        ]
    );
    let refus = propositions[3].constats.iter().find(|c| c.verdict == Verdict::Non).unwrap();
    assert_eq!(refus.phrase, "Cette offre n’est pas proposée à Cirey-sur-Vezouze, seulement à : Nancy.");

    let sans_theme = ProfilDeProjet { themes: vec![Theme::Sport], ..profil.clone() };
    let demande = DemandePropositions { profil: &sans_theme, ..demande };
    assert!(instance.maison.propositions(&demande).await.unwrap().is_empty());
    drop(tx);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn aucune_offre_n_est_oubliee_quel_que_soit_leur_nombre(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "Un", ..Acteur::default() }]).await;
    let instance = &appli.instance;
    let tx = instance.db.begin().await.unwrap();
    for rang in 0..320 {
        let titre = format!("Offre {rang:03}");
        offrir(&tx, instance, &faits[0].0, &titre, Some(ModeOffre::Achat), &[], &[]).await;
    }
    offrir(&tx, instance, &faits[0].0, "Zeste de conseil", None, &[], &[]).await;
    tx.commit().await.unwrap();
    let commune = "54129".parse().unwrap();
    let faits_commune = instance.faits_commune(&commune).unwrap();
    let profil = ProfilDeProjet {
        commune,
        themes: vec![Theme::Commerce],
        etape: Etape::Etude,
        porteur: Porteur::Commune,
        cout: None,
        complements: Complements::default(),
    };
    let tx = instance.db.read().await.unwrap();
    let demande =
        DemandePropositions { tx: &tx, instance, profil: &profil, faits: &faits_commune, jour: instance.aujourd_hui() };
    let avant = instance.db.nombre_de_requetes();
    let propositions = instance.maison.propositions(&demande).await.unwrap();
    assert_eq!(instance.db.nombre_de_requetes() - avant, 3);
    assert_eq!(propositions.len(), 321);
    assert!(propositions.iter().any(|p| p.titre == "Zeste de conseil" && p.verdict == Verdict::Oui));
    drop(tx);
    appli.fin().await;
}
