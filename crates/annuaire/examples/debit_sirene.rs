//! How fast Sirene stock files are filtered, without the database. From the root of the workspace:
//! `cargo run --release -p annuaire --example debit_sirene -- 20000 40`
//! (actors, other bodies around each). Prints MB/s of wall time and of CPU time of the one thread that reads.

#![expect(clippy::print_stdout, reason = "a measure speaks on its output")]

use std::collections::HashSet;
use std::time::Instant;

use annuaire::generateur::{Options, communes};
use annuaire::import::fiche::Contexte;
use annuaire::import::fichier::{Contenu, FichierRecu, Table, reconnaitre};
use annuaire::import::lieu::Lieux;
use annuaire::import::rapport::Rapport;
use annuaire::import::sirene;
use domain::referentiel::Referentiel;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|texte| texte.parse::<u32>());
    let acteurs = arguments.next().transpose()?.unwrap_or(20_000);
    let autour = arguments.next().transpose()?.unwrap_or(40);
    let dossier = tempfile::tempdir()?;
    let departement = "54".to_owned();
    assert!(!communes(&departement).is_empty(), "the département is known");
    Options { acteurs, autour, departement, dossier: dossier.path().to_owned() }.generer()?;
    let mut tables: Vec<Table> = Vec::new();
    let mut octets = 0;
    for entree in std::fs::read_dir(dossier.path())? {
        let chemin = entree?.path();
        octets += chemin.metadata()?.len();
        tables.extend(reconnaitre(&FichierRecu {
            nom: chemin.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            contenu: Contenu::Chemin(chemin),
        })?);
    }
    let referentiel = Referentiel::embarque();
    let collectivite = referentiel.collectivite("54").ok_or("the 54 is known")?;
    let (perimetre, connus) = (collectivite.perimetre(referentiel), HashSet::new());
    let mut contexte = Contexte {
        jour: jiff::civil::date(2100, 1, 1),
        lieux: Lieux::nouveaux(referentiel, &perimetre),
        connus: &connus,
        ess_france: HashSet::new(),
        rapport: Rapport::default(),
        progres: &|_, _, _| {},
    };
    let (debut, processeur) = (Instant::now(), temps_processeur());
    let fiches = sirene::lire(&tables, &mut contexte)?;
    let duree = debut.elapsed().as_secs_f64();
    let mo = f64::from(u32::try_from(octets / 1_000)?) / 1_000.0;
    println!("{mo:.0} Mo, {} lignes, {} acteurs gardés", contexte.rapport.lues, fiches.len());
    println!("temps réel : {duree:.2} s, {:.0} Mo/s", mo / duree);
    if let (Some(avant), Some(apres)) = (processeur, temps_processeur()) {
        println!("temps processeur : {:.2} s, {:.0} Mo/s", apres - avant, mo / (apres - avant));
    }
    Ok(())
}

/// Seconds of CPU of this thread, where Linux tells them.
fn temps_processeur() -> Option<f64> {
    let texte = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    texte.split(' ').next()?.parse::<f64>().ok().map(|nanosecondes| nanosecondes / 1e9)
}
