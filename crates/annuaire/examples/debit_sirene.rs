//! How fast Sirene stock files are filtered, without the database. From the root of the workspace:
//! `cargo run --release -p annuaire --example debit_sirene -- 20000 40`
//! (actors, other bodies around each). Prints MB/s of wall time and of CPU time of the one thread that reads.
//! `generer DOSSIER 20000 40` only writes the files, `lire DOSSIER` only reads them: `script/bench-sirene` measures the second
//! beside DuckDB.

#![expect(clippy::print_stdout, reason = "a measure speaks on its output")]

use std::collections::HashSet;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

use annuaire::generateur::{Options, communes};
use annuaire::import::fiche::Contexte;
use annuaire::import::fichier::{Contenu, FichierRecu, Table, reconnaitre};
use annuaire::import::lieu::Lieux;
use annuaire::import::rapport::Rapport;
use annuaire::import::sirene;
use domain::referentiel::Referentiel;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mots: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match mots.as_slice() {
        ["generer", dossier, acteurs, autour] => generer(Path::new(dossier), acteurs.parse()?, autour.parse()?),
        ["lire", dossier] => lire(Path::new(dossier)),
        nombres => {
            let dossier = tempfile::tempdir()?;
            let nombre = |rang: usize, sinon| nombres.get(rang).map_or(Ok(sinon), |texte| texte.parse());
            generer(dossier.path(), nombre(0, 20_000)?, nombre(1, 40)?)?;
            lire(dossier.path())
        }
    }
}

fn generer(dossier: &Path, acteurs: u32, autour: u32) -> Result<(), Box<dyn Error>> {
    let departement = "54".to_owned();
    assert!(!communes(&departement).is_empty(), "the département is known");
    Options { acteurs, autour, departement, dossier: dossier.to_owned() }.generer()?;
    Ok(())
}

fn lire(dossier: &Path) -> Result<(), Box<dyn Error>> {
    let mut tables: Vec<Table> = Vec::new();
    let mut octets = 0;
    for entree in std::fs::read_dir(dossier)? {
        let chemin = entree?.path();
        if chemin.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
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
        listes: Vec::new(),
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
