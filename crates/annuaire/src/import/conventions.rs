//! Conventions of insertion bodies (ASP): per establishment and kind, in force or over, with its days. They date the
//! approvals of actors that the directory knows, or that this import brings; they bring nobody.

use std::collections::{BTreeMap, HashSet};

use domain::identifiant::Siren;
use jiff::civil::Date;

use super::ImportRefuse;
use super::fiche::{AgrementLu, Cellules, Contexte, Fiche, Incomprise, JourDuStock, court, parcourir};
use super::fichier::{Genre, Table};
use super::nombre;
use crate::vocabulaire::{GenreAgrement, Origine};

const DU: &str = "created_at";
const AU: &str = "deactivated_at";

/// A convention read.
struct Convention {
    siren: Siren,
    genre: GenreAgrement,
    du: Option<Date>,
    /// Last day, once it is over.
    au: Option<Date>,
}

/// Reads the files; `fiches`: those that this import brings already; `du` is the day of the file, when an agent gave it.
///
/// # Errors
/// A file is cut or damaged.
pub fn lire(
    tables: &[Table],
    contexte: &mut Contexte<'_>,
    fiches: &[Fiche],
    du: Option<Date>,
) -> Result<Vec<Fiche>, ImportRefuse> {
    let arrivent: HashSet<u32> = fiches.iter().map(|fiche| court(&fiche.siren)).collect();
    let mut toutes = Vec::new();
    for table in tables.iter().filter(|table| table.genre == Genre::Conventions) {
        let mut jour = JourDuStock::nouveau(contexte.jour);
        let mut lues: BTreeMap<(Siren, &'static str), AgrementLu> = BTreeMap::new();
        parcourir(table, contexte, |ligne, numero, contexte| {
            let cellules = Cellules::nouvelles(&table.entete, ligne);
            // A day that cannot be read refuses its row below, when it is that of an actor of here.
            for colonne in [DU, AU] {
                jour.voir(cellules.jour(colonne).unwrap_or_default());
            }
            match convention(&cellules, contexte, &arrivent) {
                Ok(Some(lue)) => ajouter(&mut lues, lue),
                Ok(None) => contexte.rapport.ailleurs += 1,
                Err((colonne, motif)) => contexte.rapport.refuser(&table.nom, numero, Some(colonne), motif),
            }
        })?;
        let du = du.or_else(|| super::dates::jour_du_nom(&table.nom)).or(jour.jour());
        for ((siren, _), agrement) in lues {
            let agrements = vec![agrement];
            toutes.push(Fiche { du, agrements, ..Fiche::nouvelle(siren, Origine::Siae) });
        }
    }
    Ok(toutes)
}

/// One approval for an actor and a kind: in force as long as one of its conventions is, else over with the last.
fn ajouter(lues: &mut BTreeMap<(Siren, &'static str), AgrementLu>, lue: Convention) {
    let Convention { siren, genre, du, au } = lue;
    let neuf = AgrementLu { exact: true, genre, du, au };
    lues.entry((siren, genre.as_str()))
        .and_modify(|deja| {
            deja.du = [deja.du, du].into_iter().flatten().min();
            deja.au = deja.au.zip(au).map(|(une, autre)| une.max(autre));
        })
        .or_insert(neuf);
}

/// None when nobody here has it.
fn convention(
    cellules: &Cellules<'_>,
    contexte: &Contexte<'_>,
    arrivent: &HashSet<u32>,
) -> Result<Option<Convention>, Incomprise> {
    const SIRET: &str = "siret_signature";
    let (_, siren) = nombre::siret(&cellules.texte(SIRET)).map_err(|erreur| (SIRET, erreur.to_string()))?.valeur;
    let cle = court(&siren);
    if !contexte.connus.contains(&cle) && !arrivent.contains(&cle) {
        return Ok(None);
    }
    let kind = cellules.texte("kind");
    let genre: GenreAgrement = kind
        .to_lowercase()
        .parse()
        .map_err(|_| ("kind", format!("« {kind} » n’est pas un type de structure connu")))?;
    let active = cellules.oui("is_active")?.ok_or(("is_active", "il manque : True ou False".to_owned()))?;
    let (du, au) = (cellules.jour(DU)?, cellules.jour(AU)?);
    match (active, au) {
        (true, _) => Ok(Some(Convention { siren, genre, du, au: None })),
        (false, Some(_)) => Ok(Some(Convention { siren, genre, du, au })),
        (false, None) => Err((AU, "la convention est finie, son dernier jour manque".to_owned())),
    }
}
