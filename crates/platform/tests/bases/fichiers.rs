//! Files: written before the transaction, proved when read, tidied when no transaction named them.

use std::sync::Arc;

use object_store::memory::InMemory;
use platform::fichiers::{self, Fichiers, Genre};
use platform::{Moteur, SystemIds};
use rstest::rstest;

use crate::base::{Base, Horloge};

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn only_named_files_stay(#[case] moteur: Moteur) {
    let horloge = Horloge::default();
    let base = Base::migree(moteur, &horloge).await;
    let fichiers = Fichiers::nouveaux(Arc::new(InMemory::new()), 1_000);
    let nomme = fichiers.deposer(&SystemIds, b"un", Genre::Txt).await.unwrap();
    let orphelin = fichiers.deposer(&SystemIds, b"deux", Genre::Txt).await.unwrap();
    let retire = fichiers.deposer(&SystemIds, b"trois", Genre::Txt).await.unwrap();
    let tx = base.db.begin().await.unwrap();
    fichiers::retenir(&tx, &horloge, &nomme).await.unwrap();
    fichiers::retenir(&tx, &horloge, &retire).await.unwrap();
    fichiers::retirer(&tx, &horloge, &retire.cle).await.unwrap();
    tx.commit().await.unwrap();

    // The store's own dates are those of the machine: the clock of the test goes far beyond them.
    horloge.avancer(100 * 365 * 24 * 3600);
    let partis = fichiers.ranger(&base.db, &horloge).await.unwrap();
    assert_eq!(partis, 2, "the orphan, and the one taken away long ago");
    assert_eq!(fichiers.lire(&nomme.cle, &nomme.empreinte).await.unwrap(), b"un");
    assert!(fichiers.lire(&orphelin.cle, &orphelin.empreinte).await.is_err());
    assert!(fichiers.lire(&retire.cle, &retire.empreinte).await.is_err());
    assert!(fichiers.lire(&nomme.cle, &"0".repeat(64)).await.is_err(), "a file that changed is not given");
    base.fin().await;
}
