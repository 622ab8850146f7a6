//! Real files, when they are there.

use std::path::PathBuf;

use annuaire::acteur::Entity as Acteurs;
use annuaire::import::fichier::{Contenu, FichierRecu};
use annuaire::vocabulaire::{Famille, Reponse};
use rstest::rstest;
use sea_orm::EntityTrait;
use testkit::{Appli, Moteur};

use crate::gestes::{importer, importer_du};
use crate::import::par_siren;
use crate::sirene::recu;

/// A real file, or `None` with a word when the folder is absent.
fn reel(chemin: &str) -> Option<FichierRecu> {
    let complet = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/")).join(chemin);
    if !complet.exists() {
        eprintln!("SAUTÉ : {} est absent", complet.display());
        return None;
    }
    Some(FichierRecu { nom: chemin.to_owned(), contenu: Contenu::Chemin(complet) })
}

/// The real list of 2020: the 54 has public bodies in it, which are not ESS.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_liste_reelle_des_siae(#[case] moteur: Moteur) {
    let Some(liste) = reel("siae/siae-liste.csv") else { return };
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let rapport = importer(&appli, vec![liste.clone()]).await.unwrap();
    assert_eq!(rapport.lues, 3_367, "{}", rapport.en_texte());
    assert_eq!(rapport.refusees, 0, "{}", rapport.en_texte());
    assert_eq!(rapport.lues - rapport.ailleurs, 65, "65 lignes dans le 54");
    assert_eq!(rapport.nouveaux, 64, "une entreprise y a deux établissements");
    let communaute = par_siren(&appli, "200041515").await.unwrap();
    assert_eq!((communaute.famille, communaute.ess_loi), (Famille::Public, Reponse::Non));
    let publics = {
        let tx = appli.instance.db.read().await.unwrap();
        Acteurs::find().all(&tx).await.unwrap().iter().filter(|a| a.ess_loi == Reponse::Non).count()
    };
    assert_eq!(publics, 11, "communes, communautés de communes et CCAS");
    assert!(importer(&appli, vec![liste]).await.unwrap().sans_changement());
    appli.fin().await;
}

/// The real rows of Sirene: the Somme, by establishments then legal units, whatever the year of the layout.
#[tokio::test]
async fn les_extraits_reels_de_sirene() {
    let (Some(ul), Some(etabs), Some(ess)) = (
        reel("sirene/StockUniteLegale_extrait_2022-04.csv"),
        reel("sirene/StockEtablissement_extrait_2024-04.csv"),
        reel("sirene/unites-legales-ess-2026.csv"),
    ) else {
        return;
    };
    for departement in ["80", "04", "44"] {
        let appli = Appli::pour(departement, Moteur::Sqlite, vec![annuaire::feature()], false).await;
        let rapport = importer(&appli, vec![ul.clone(), etabs.clone()]).await.unwrap();
        assert_eq!(rapport.lues, 526 + 79, "{}", rapport.en_texte());
        assert_eq!(rapport.refusees, 0, "{}", rapport.en_texte());
        assert!(importer(&appli, vec![ul.clone(), etabs.clone()]).await.unwrap().sans_changement());
        // The legal units of 2026 alone: known actors only, unknown columns accepted.
        let rapport = importer(&appli, vec![ess.clone()]).await.unwrap();
        assert_eq!((rapport.lues, rapport.nouveaux, rapport.refusees), (2_190, 0, 0), "{}", rapport.en_texte());
        assert_eq!(rapport.avertissements.len(), 1);
        appli.fin().await;
    }
}

/// The list of ESS France, as the interface of data.gouv.fr gives it; a page says nothing of who is not on it.
#[tokio::test]
async fn la_reponse_reelle_d_ess_france() {
    let Some(json) = reel("associations/api-tabulaire-liste-ess.json") else { return };
    let appli = Appli::pour("75", Moteur::Sqlite, vec![annuaire::feature()], false).await;
    let le = |jour: &str| Some(jour.parse().unwrap());
    let rapport = importer_du(&appli, vec![json], le("2026-10-01")).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.refusees), (1, 0), "{}", rapport.en_texte());
    let acteur = par_siren(&appli, "800329849").await.unwrap();
    assert_eq!((acteur.ess_loi, acteur.commune.unwrap().as_str()), (Reponse::Oui, "75056"));
    let autre = serde_json::json!({ "data": [{
        "SIREN": annuaire::generateur::siren(1), "Nom ou raison sociale de l'entreprise": "UNE AUTRE",
        "Code postal": "75013", "Libellé de la commune de l'établissement": "PARIS 13",
    }] });
    let rapport = importer_du(&appli, vec![recu("page-2.json", autre.to_string())], le("2026-11-01")).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.disparus), (1, 0), "{}", rapport.en_texte());
    appli.fin().await;
}

/// The other files of associations are not read by the directory, and say so.
#[tokio::test]
async fn les_fichiers_reels_d_associations_sont_refuses_avec_leur_raison() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    for chemin in
        ["associations/tiers-lieux-numeriques-2023.csv", "siae/secteurs.csv", "sirene/dessin-StockUniteLegale.csv"]
    {
        let Some(fichier) = reel(chemin) else { continue };
        let erreur = importer(&appli, vec![fichier]).await.unwrap_err().to_string();
        assert!(erreur.contains("RNA") || erreur.contains("n’est pas reconnu"), "{chemin} : {erreur}");
    }
    appli.fin().await;
}

/// The conventions give their dates to the approvals that the list brought; the same again changes nothing.
#[tokio::test]
async fn les_conventions_reelles_datent_les_agrements() {
    let (Some(liste), Some(conventions)) = (reel("siae/siae-liste.csv"), reel("siae/conventions-asp.csv")) else {
        return;
    };
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    importer(&appli, vec![liste]).await.unwrap();
    let rapport = importer(&appli, vec![conventions.clone()]).await.unwrap();
    assert_eq!((rapport.lues, rapport.nouveaux, rapport.refusees), (3_676, 0, 0), "{}", rapport.en_texte());
    assert!(rapport.changes > 50, "{}", rapport.en_texte());
    let tx = appli.instance.db.read().await.unwrap();
    let agrements = annuaire::acteur::agrement::Entity::find().all(&tx).await.unwrap();
    let dates = agrements.iter().filter(|a| a.du.is_some_and(|du| du.to_string() == "2020-12-18")).count();
    assert!(dates > 50 && agrements.iter().all(|a| a.au.is_none()), "{dates}");
    drop(tx);
    assert!(importer(&appli, vec![conventions]).await.unwrap().sans_changement());
    appli.fin().await;
}
