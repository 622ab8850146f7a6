//! Measures the index: `cargo run --release -p search --example mesure -- 30000`. Prints what was measured, nothing else.

#![expect(clippy::print_stdout, reason = "a measure is printed")]

use std::time::Instant;

use search::{Document, Echec, Filtre, Index, Ordre, Requete};

const NOMS: &[&str] =
    &["Épicerie", "Menuiserie", "Jardins", "Recyclerie", "Régie", "Atelier", "Café", "Foyer", "Halte", "Vélo"];
const LIEUX: &[&str] =
    &["Toulois", "Lunévillois", "Saintois", "Val de Lorraine", "Pays-Haut", "Briey", "Vermois", "Xaintois"];

const AXES: &[&str] = &["theme", "commune", "epci", "famille", "ess"];

fn document(n: usize) -> Document {
    let choisir = |mots: &[&str], n: usize| mots.get(n % mots.len()).copied().unwrap_or_default().to_owned();
    let titre = format!("{} {} du {} {n}", choisir(NOMS, n), choisir(NOMS, n / 7), choisir(LIEUX, n / 3));
    Document {
        source: "acteur".to_owned(),
        id: format!("{n:08}"),
        fort: choisir(NOMS, n / 11),
        corps: format!("Association qui emploie des salariés, {} et {}", choisir(NOMS, n / 13), choisir(LIEUX, n / 17)),
        facettes: vec![
            ("theme", format!("t{}", n % 30)),
            ("theme", format!("t{}", n % 29)),
            ("commune", format!("54{:03}", n % 591)),
            ("epci", format!("e{}", n % 20)),
            ("famille", format!("f{}", n % 6)),
            ("ess", format!("x{}", n % 3)),
        ],
        tri: domain::tri::cle_de_tri(&titre),
        titre,
    }
}

fn mesurer(index: &Index, nom: &str, requete: &Requete) -> Result<(), Echec> {
    const FOIS: u32 = 200;
    let debut = Instant::now();
    let total = index.chercher(requete)?.total;
    // Counts are kept: only the first one reads every document.
    let (premiere, debut) = (debut.elapsed().as_micros(), Instant::now());
    for _ in 0..FOIS {
        index.chercher(requete)?;
    }
    let suivantes = debut.elapsed().as_micros() / u128::from(FOIS);
    println!("{nom:<40} {premiere:>8} µs, puis {suivantes:>6} µs, {total} documents");
    Ok(())
}

fn main() -> Result<(), Echec> {
    let nombre = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(30_000);
    let index = Index::en_memoire()?;
    let debut = Instant::now();
    for lot in (0..nombre).collect::<Vec<_>>().chunks(500) {
        index.ajouter(&lot.iter().map(|n| document(*n)).collect::<Vec<_>>())?;
    }
    index.terminer()?;
    println!("{nombre} documents indexés en {} ms", debut.elapsed().as_millis());
    let base = Requete { source: "acteur", nombre: 50, facettes: AXES, ..Requete::default() };
    let filtre = |axe, valeur: &str| Filtre { axe, valeurs: vec![valeur.to_owned()] };
    mesurer(&index, "tout, par nom, avec facettes", &base)?;
    mesurer(&index, "un mot, avec facettes", &Requete { texte: "épicerie".to_owned(), ..base.clone() })?;
    mesurer(&index, "deux mots, avec facettes", &Requete { texte: "menuiserie toulois".to_owned(), ..base.clone() })?;
    mesurer(&index, "une faute, avec facettes", &Requete { texte: "menuiserrie".to_owned(), ..base.clone() })?;
    mesurer(&index, "un thème, avec facettes", &Requete { filtres: vec![filtre("theme", "t3")], ..base.clone() })?;
    let deux = vec![filtre("theme", "t3"), filtre("epci", "e3")];
    mesurer(
        &index,
        "un thème et un EPCI, par nom, facettes",
        &Requete { filtres: deux, ordre: Ordre::Nom, ..base.clone() },
    )?;
    mesurer(
        &index,
        "une commune, sans facettes",
        &Requete { filtres: vec![filtre("commune", "54123")], facettes: &[], ..base },
    )
}
