//! Backup and restore, on both engines: what was saved comes back, nothing is overwritten unless told.

use std::path::Path;

use platform::sauvegarde::{
    Cible, Dossiers, Motif, Sauvegarde, SauvegardeError, Verrou, lister, restaurer, sauvegarder,
};
use platform::{Migration, Moteur};
use rstest::rstest;
use tempfile::TempDir;

use crate::base::{Base, Horloge, executer, migrations, nombre};

fn dossiers(racine: &TempDir) -> Dossiers {
    let (donnees, sauvegardes) = (racine.path().join("donnees"), racine.path().join("sauvegardes"));
    Dossiers { donnees, sauvegardes, espace_min: 0 }
}

fn remplir(donnees: &Path, cle: &str) {
    std::fs::create_dir_all(donnees.join("fichiers/2026")).unwrap();
    std::fs::write(donnees.join("fichiers/2026/piece.pdf"), "une pièce").unwrap();
    std::fs::write(donnees.join("cle-de-signature"), cle).unwrap();
}

/// A database with one row, and its backup.
async fn sauvee(moteur: Moteur, horloge: &Horloge, ou: &Dossiers) -> (Base, Sauvegarde) {
    let base = Base::migree(moteur, horloge).await;
    executer(&base.db, "INSERT INTO compteur VALUES ('a', 1, 1)").await;
    remplir(&ou.donnees, "cle-d-origine");
    let sauvegarde = sauvegarder(&base.db, ou, horloge, Motif::Demandee).await.unwrap();
    (base, sauvegarde)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn what_was_saved_comes_back_over_what_changed_since(#[case] moteur: Moteur) {
    let (racine, horloge) = (tempfile::tempdir().unwrap(), Horloge::default());
    let ou = dossiers(&racine);
    let (base, sauvegarde) = sauvee(moteur, &horloge, &ou).await;
    assert!(sauvegarde.fiche.octets() > 0);
    sauvegarde.verifier().unwrap();
    executer(&base.db, "UPDATE compteur SET valeur = 2").await;
    executer(&base.db, "CREATE TABLE plus_tard (id TEXT PRIMARY KEY)").await;
    std::fs::remove_file(ou.donnees.join("fichiers/2026/piece.pdf")).unwrap();
    std::fs::write(ou.donnees.join("cle-de-signature"), "autre").unwrap();
    horloge.avancer(60);

    let connues = migrations();
    let mut cible = Cible { base: &base.options, dossiers: &ou, connues: &connues, remplacer: false };
    base.db.clone().fermer().await.unwrap();
    let erreur = restaurer(&sauvegarde, &cible, &horloge).await.unwrap_err();
    assert!(erreur.to_string().contains("--remplacer"), "{erreur}");

    cible.remplacer = true;
    let avant = restaurer(&sauvegarde, &cible, &horloge).await.unwrap().unwrap();
    assert_eq!(avant.fiche.motif, Motif::AvantRestauration);
    assert_eq!(lister(&ou.sauvegardes).unwrap().len(), 2);
    let db = base.rouvrir().await;
    let tx = db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT valeur AS n FROM compteur").await, 1);
    drop(tx);
    assert_eq!(std::fs::read_to_string(ou.donnees.join("fichiers/2026/piece.pdf")).unwrap(), "une pièce");
    assert_eq!(std::fs::read_to_string(ou.donnees.join("cle-de-signature")).unwrap(), "cle-d-origine");
    db.fermer().await.unwrap();

    // The backup made just before holds what was replaced.
    horloge.avancer(60);
    restaurer(&avant, &cible, &horloge).await.unwrap();
    let db = base.rouvrir().await;
    let tx = db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT valeur AS n FROM compteur").await, 2);
    drop(tx);
    db.fermer().await.unwrap();
    Base { db: base.rouvrir().await, ..base }.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn it_goes_into_an_empty_place_of_another_name(#[case] moteur: Moteur) {
    let (racine, ailleurs, horloge) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), Horloge::default());
    let (base, sauvegarde) = sauvee(moteur, &horloge, &dossiers(&racine)).await;
    let vide = Base::vide(moteur).await;
    let (ou, connues) = (dossiers(&ailleurs), migrations());
    let cible = Cible { base: &vide.options, dossiers: &ou, connues: &connues, remplacer: false };
    vide.db.clone().fermer().await.unwrap();
    // A schema of the same database cannot be there twice: the first one goes, as on another server.
    base.fin().await;
    assert!(restaurer(&sauvegarde, &cible, &horloge).await.unwrap().is_none());
    let vide = Base { db: vide.rouvrir().await, ..vide };
    let tx = vide.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT valeur AS n FROM compteur").await, 1);
    drop(tx);
    vide.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn damaged_newer_or_in_use_is_refused_and_nothing_changes(#[case] moteur: Moteur) {
    let (racine, horloge) = (tempfile::tempdir().unwrap(), Horloge::default());
    let ou = dossiers(&racine);
    let (base, sauvegarde) = sauvee(moteur, &horloge, &ou).await;
    horloge.avancer(60);
    let connues = migrations();
    let cible = Cible { base: &base.options, dossiers: &ou, connues: &connues, remplacer: true };

    let service = Verrou::partage(&ou.donnees).unwrap();
    let erreur = restaurer(&sauvegarde, &cible, &horloge).await.unwrap_err();
    assert!(erreur.to_string().contains("Arrêtez-le"), "{erreur}");
    drop(service);

    // A feature that is gone is no matter; a number that this program does not know yet is.
    let anciennes: Vec<Migration> =
        connues.iter().copied().filter(|m| (m.feature, m.numero) != ("platform", 2)).collect();
    let ancien = Cible { connues: &anciennes, ..cible.clone() };
    let erreur = restaurer(&sauvegarde, &ancien, &horloge).await.unwrap_err();
    assert!(erreur.to_string().contains("plus récente"), "{erreur}");

    let base_sauvee = std::fs::read_dir(&sauvegarde.dossier)
        .unwrap()
        .map(|entree| entree.unwrap().path())
        .find(|chemin| chemin.file_name().unwrap().to_string_lossy().starts_with("base."))
        .unwrap();
    let mut octets = std::fs::read(&base_sauvee).unwrap();
    let milieu = octets.len() / 2;
    octets[milieu] ^= 0xff;
    std::fs::write(&base_sauvee, octets).unwrap();
    let erreur = restaurer(&sauvegarde, &cible, &horloge).await.unwrap_err();
    assert!(matches!(erreur, SauvegardeError::Abimee(_)), "{erreur}");

    assert_eq!(lister(&ou.sauvegardes).unwrap().len(), 1, "no backup was made for a refused restoration");
    let tx = base.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT valeur AS n FROM compteur").await, 1);
    drop(tx);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn daily_work_is_asked_once_a_day_and_catches_up(#[case] moteur: Moteur) {
    use platform::periodique::{self, Periodique, planifier};
    let horloge = Horloge::default();
    let base = Base::vide(moteur).await;
    let mut liste = migrations();
    liste.extend(periodique::MIGRATIONS);
    platform::migration::migrer(&base.db, &liste, &horloge).await.unwrap();
    let (travaux, ids) = ([Periodique { sujet: "menage", heure: 3 }], platform::SystemIds);
    let a = |texte: &str| texte.parse().unwrap();
    let demander = async |ici| planifier(&base.db, &horloge, &ids, &travaux, a(ici)).await.unwrap();
    assert_eq!(demander("2026-11-24T02:59:00").await, 0, "too early");
    assert_eq!(demander("2026-11-24T03:00:00").await, 1);
    assert_eq!(demander("2026-11-24T23:00:00").await, 0, "already asked");
    assert_eq!(demander("2026-11-27T10:00:00").await, 1, "three days later, once");
    let tx = base.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT count(*) AS n FROM outbox WHERE sujet = 'menage'").await, 1, "one work waits");
    drop(tx);
    base.fin().await;
}
