//! `kill -9` while an import of the directory reads, waits and enters: all of it or nothing, and the next one goes on.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use platform::{Db, Moteur};
use rstest::rstest;

use crate::banc::Site;
use crate::morts::{Hasard, compter, nombre_de_morts};

/// Actors more in each file than in the one before: a file holds all of those before.
const PAS: usize = 500;

/// Deaths of the longer run: each import reads a directory that the ones before have grown.
const MORTS_MAX: usize = 200;

#[derive(Debug, Default)]
struct Bilan {
    morts: usize,
    /// Deaths that left nothing written.
    sans_trace: usize,
    /// Deaths that left an import under way, none of it in the directory.
    en_attente: usize,
    /// Deaths after the swap: the import is whole.
    entres: usize,
    /// The program had ended before its death.
    deja_finis: usize,
}

/// What the directory holds.
#[derive(Debug, PartialEq, Eq)]
struct Annuaire {
    acteurs: u64,
    etablissements: u64,
    appliques: u64,
}

async fn lire(db: &Db) -> Annuaire {
    Annuaire {
        acteurs: compter(db, "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM acteur").await,
        etablissements: compter(db, "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM acteur_etablissement").await,
        appliques: compter(
            db,
            "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM annuaire_import WHERE etat = 'applique'",
        )
        .await,
    }
}

/// Official layout, `acteurs` invented bodies.
async fn fichiers(site: &Site, acteurs: usize) -> [PathBuf; 2] {
    let dossier = site.dossier.path().join("sirene");
    let nombre = acteurs.to_string();
    let ordre = ["generer", "sirene", "--acteurs", &nombre, "--autour", "1", "--dossier", dossier.to_str().unwrap()];
    let sortie = site.commande(&ordre).output().await.unwrap();
    assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
    ["StockUniteLegale_exemple.csv", "StockEtablissement_exemple.csv"].map(|nom| dossier.join(nom))
}

fn importer(site: &Site, fichiers: &[PathBuf; 2]) -> tokio::process::Command {
    let [unites, lieux] = fichiers.each_ref().map(|chemin: &PathBuf| Path::to_str(chemin).unwrap());
    let mut commande = site.commande(&["import", "annuaire", unites, lieux]);
    commande.stdout(Stdio::null()).stderr(Stdio::null());
    commande
}

async fn importer_jusqu_au_bout(site: &Site, fichiers: &[PathBuf; 2]) -> Duration {
    let debut = Instant::now();
    assert!(importer(site, fichiers).status().await.unwrap().success());
    debut.elapsed()
}

/// After a death: the directory before the import, or the directory after it.
async fn constater(db: &Db, avant: &Annuaire, acteurs: u64, bilan: &mut Bilan) -> bool {
    let apres = lire(db).await;
    if apres == *avant {
        let restes = compter(
            db,
            "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM annuaire_import WHERE etat IN ('lecture', 'pret')",
        )
        .await;
        let en_cours = restes > u64::try_from(bilan.en_attente).unwrap();
        bilan.en_attente += usize::from(en_cours);
        bilan.sans_trace += usize::from(!en_cours);
        return false;
    }
    let entier = Annuaire { acteurs, etablissements: acteurs, appliques: avant.appliques + 1 };
    assert_eq!(apres, entier, "half an import is in the directory");
    let journal =
        compter(db, "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM journal WHERE genre = 'annuaire.importe'").await;
    assert_eq!(journal, apres.appliques, "each import that entered says so in the journal");
    bilan.entres += 1;
    true
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_import_tue_n_entre_pas_a_moitie(#[case] moteur: Moteur) {
    let nombre = nombre_de_morts().min(MORTS_MAX);
    let (mut hasard, graine) = Hasard::de_l_essai();
    let debut = Instant::now();
    let mut bilan = Bilan::default();
    let site = Site::installer(moteur, 9, None).await;
    let mut acteurs = PAS;
    let duree = importer_jusqu_au_bout(&site, &fichiers(&site, acteurs).await).await;
    let duree = u64::try_from(duree.as_micros()).unwrap();
    let (mut suivant, mut a_faire) = (fichiers(&site, acteurs + PAS).await, acteurs + PAS);
    for _ in 0..nombre {
        let db = site.base().await;
        let avant = lire(&db).await;
        assert_eq!(avant.acteurs, u64::try_from(acteurs).unwrap());
        db.fermer().await.unwrap();
        let mut processus = importer(&site, &suivant).spawn().unwrap();
        // Not a wait for something: the moment itself is drawn, from the opening of the database to a little after the end.
        let moment = duree / 4 + hasard.jusqu_a(3 * duree);
        let fini = tokio::time::timeout(Duration::from_micros(moment), processus.wait()).await.is_ok();
        processus.kill().await.unwrap();
        bilan.morts += 1;
        bilan.deja_finis += usize::from(fini);
        let db = site.base().await;
        if constater(&db, &avant, u64::try_from(a_faire).unwrap(), &mut bilan).await {
            acteurs = a_faire;
            a_faire += PAS;
            suivant = fichiers(&site, a_faire).await;
        }
        db.fermer().await.unwrap();
    }
    importer_jusqu_au_bout(&site, &suivant).await;
    let db = site.base().await;
    assert_eq!(lire(&db).await.acteurs, u64::try_from(a_faire).unwrap(), "the next import is not hindered");
    db.fermer().await.unwrap();
    assert!(bilan.en_attente > 0 && bilan.entres > 0, "{bilan:?}: the deaths must fall on both sides of the entry");
    println!(
        "PANNES import {moteur:?} : {} morts, {} avant toute écriture, {} pendant l’import (rien n’est entré), {} après \
         (tout est entré, dont {} déjà finis), {acteurs} acteurs à la fin, {} s, graine {graine}",
        bilan.morts,
        bilan.sans_trace,
        bilan.en_attente,
        bilan.entres,
        bilan.deja_finis,
        debut.elapsed().as_secs()
    );
    site.fin().await;
}
