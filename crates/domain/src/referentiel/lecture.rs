//! Reads the embedded facts once. The files are built by `referentiel/cog/reconstruire.py`.

use std::collections::HashMap;
use std::io::Read;

use flate2::read::GzDecoder;

use super::{Commune, Departement, Epci, Referentiel, TypeCommune};
use crate::tri::cle_de_tri;

const COMMUNES: &[u8] = include_bytes!("../../../../referentiel/cog/communes.tsv.gz");
const EPCI: &[u8] = include_bytes!("../../../../referentiel/cog/epci.tsv.gz");
const DEPARTEMENTS: &str = include_str!("../../../../referentiel/cog/departements.tsv");

/// The text lives as long as the program: every row borrows from it.
pub(super) fn decompresser(octets: &[u8]) -> &'static str {
    let mut texte = String::new();
    // A damaged embedded file would be caught by the tests of this module; an empty text gives an empty referential.
    if GzDecoder::new(octets).read_to_string(&mut texte).is_err() {
        texte.clear();
    }
    Box::leak(texte.into_boxed_str())
}

pub(super) fn lire() -> Referentiel {
    let epci: Vec<Epci> = decompresser(EPCI).lines().filter_map(lire_epci).collect();
    let mut appartenance: HashMap<&'static str, u16> = HashMap::with_capacity(36_000);
    for (rang, un) in (0_u16..).zip(&epci) {
        appartenance.extend(un.membres().map(|commune| (commune, rang)));
    }
    let communes: Vec<Commune> =
        decompresser(COMMUNES).lines().filter_map(|ligne| lire_commune(ligne, &appartenance)).collect();
    let departements = DEPARTEMENTS.lines().filter_map(lire_departement).collect();
    indexer(communes, epci, departements)
}

fn indexer(communes: Vec<Commune>, epci: Vec<Epci>, departements: Vec<Departement>) -> Referentiel {
    let mut par_code = HashMap::with_capacity(36_000);
    let mut anciens: HashMap<&'static str, Vec<u32>> = HashMap::new();
    let mut par_departement: HashMap<&'static str, Vec<u32>> = HashMap::new();
    for (rang, commune) in (0_u32..).zip(&communes) {
        if commune.genre != TypeCommune::Actuelle {
            continue;
        }
        par_code.insert(fige(commune.code.as_str()), rang);
        par_departement.entry(commune.departement).or_default().push(rang);
        for ancien in commune.anciens_codes() {
            anciens.entry(ancien).or_default().push(rang);
        }
    }
    for commune in communes.iter().filter(|c| c.genre != TypeCommune::Actuelle) {
        let successeur = commune.parent.and_then(|parent| par_code.get(parent)).copied();
        if let Some(rang) = successeur {
            let liste = anciens.entry(fige(commune.code.as_str())).or_default();
            if !liste.contains(&rang) {
                liste.push(rang);
            }
        }
    }
    let epci_par_code = (0_u16..).zip(&epci).map(|(rang, un)| (fige(un.code.as_str()), rang)).collect();
    let mut tries: Vec<u32> = (0_u32..).zip(&communes).map(|(rang, _)| rang).collect();
    let cle = |rang: &u32| usize::try_from(*rang).ok().and_then(|r| communes.get(r)).map(|c| (&c.cle, &c.code));
    tries.sort_by(|a, b| cle(a).cmp(&cle(b)));
    Referentiel { communes, epci, departements, par_code, anciens, par_departement, epci_par_code, tries }
}

fn fige(texte: &str) -> &'static str {
    Box::leak(texte.to_owned().into_boxed_str())
}

fn plein(texte: &'static str) -> Option<&'static str> {
    (!texte.is_empty()).then_some(texte)
}

fn lire_commune(ligne: &'static str, appartenance: &HashMap<&'static str, u16>) -> Option<Commune> {
    let mut champs = ligne.split('\t');
    let mut suivant = || champs.next();
    let code = suivant()?;
    let genre = match suivant()? {
        "A" => TypeCommune::Actuelle,
        "D" => TypeCommune::Deleguee,
        "S" => TypeCommune::Associee,
        _ => TypeCommune::Arrondissement,
    };
    let nom = suivant()?;
    let (departement, region, parent, siren) = (suivant()?, suivant()?, suivant()?, suivant()?);
    let population = suivant()?.parse().ok();
    let (codes_postaux, anciens_codes) = (suivant()?, suivant()?);
    let (lon, lat) = (suivant()?.parse().ok(), suivant()?.parse().ok());
    let (courriel, telephone) = (suivant()?, suivant()?);
    let epci = (genre == TypeCommune::Actuelle).then(|| appartenance.get(code).copied()).flatten();
    Some(Commune {
        code: code.parse().ok()?,
        genre,
        nom,
        cle: cle_de_tri(nom),
        departement,
        region,
        parent: plein(parent),
        siren: plein(siren),
        population,
        codes_postaux,
        anciens_codes,
        mairie: lon.zip(lat),
        courriel: plein(courriel),
        telephone: plein(telephone),
        epci,
    })
}

fn lire_epci(ligne: &'static str) -> Option<Epci> {
    let mut champs = ligne.split('\t');
    Some(Epci {
        code: champs.next()?.parse().ok()?,
        genre: champs.next()?,
        nom: champs.next()?,
        membres: champs.next()?,
    })
}

fn lire_departement(ligne: &'static str) -> Option<Departement> {
    let mut champs = ligne.split('\t');
    Some(Departement { code: champs.next()?.parse().ok()?, nom: champs.next()?, region: champs.next()? })
}
