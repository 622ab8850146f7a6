//! The official stock file of succession links: this establishment closed, that one went on. Inside one SIREN it is a move;
//! from one SIREN to another, a merger or a takeover. Insee says that not every succession is known.

use std::collections::HashSet;

use super::ImportRefuse;
use super::fiche::{Cellules, Contexte, Fiche, Incomprise, court, en_nombre, parcourir};
use super::fichier::{Genre, Table};
use super::nombre;
use crate::acteur::succession;

/// A link read.
pub type Lien = succession::Model;

/// Reads the links of the SIREN that the directory knows, or that this import brings.
///
/// # Errors
/// A file is cut or damaged.
pub fn lire(tables: &[Table], contexte: &mut Contexte<'_>, fiches: &mut [Fiche]) -> Result<Vec<Lien>, ImportRefuse> {
    let arrivent: HashSet<u32> = fiches.iter().map(|fiche| court(&fiche.siren)).collect();
    let mut liens = Vec::new();
    for table in tables.iter().filter(|table| table.genre == Genre::Succession) {
        let rangs = ["siretEtablissementPredecesseur", "siretEtablissementSuccesseur"]
            .map(|colonne| table.entete.colonne(colonne).unwrap_or(usize::MAX));
        parcourir(table, contexte, |ligne, numero, contexte| {
            // Most rows of a national file stop here, before anything is decoded.
            let ici = |octets: &[u8]| match siren_de(octets) {
                Some(siren) => arrivent.contains(&siren) || contexte.connus.contains(&siren),
                None => true,
            };
            if !rangs.iter().any(|rang| ligne.get(*rang).is_some_and(ici)) {
                contexte.rapport.ailleurs += 1;
                return;
            }
            match lien(&Cellules::nouvelles(&table.entete, ligne)) {
                Ok(lien) => liens.push(lien),
                Err((colonne, motif)) => contexte.rapport.refuser(&table.nom, numero, Some(colonne), motif),
            }
        })?;
    }
    liens.sort_by(|a, b| (&a.siret_avant, &a.siret_apres, &a.le).cmp(&(&b.siret_avant, &b.siret_apres, &b.le)));
    liens.dedup_by(|a, b| (&a.siret_avant, &a.siret_apres, &a.le) == (&b.siret_avant, &b.siret_apres, &b.le));
    let demenages: HashSet<&str> = liens
        .iter()
        .filter(|lien| lien.siren_avant == lien.siren_apres)
        .map(|lien| lien.siren_avant.as_str())
        .collect();
    for fiche in fiches {
        fiche.transferee = demenages.contains(fiche.siren.as_str());
    }
    Ok(liens)
}

/// The SIREN of a SIRET of fourteen digits, as a number; nothing when it is not one (it will be read with care).
fn siren_de(octets: &[u8]) -> Option<u32> {
    en_nombre(octets.get(..9).filter(|_| octets.len() == 14)?)
}

fn lien(cellules: &Cellules<'_>) -> Result<Lien, Incomprise> {
    let siret = |colonne: &'static str| {
        nombre::siret(&cellules.texte(colonne)).map(|lu| lu.valeur).map_err(|erreur| (colonne, erreur.to_string()))
    };
    let (siret_avant, siren_avant) = siret("siretEtablissementPredecesseur")?;
    let (siret_apres, siren_apres) = siret("siretEtablissementSuccesseur")?;
    let le = cellules
        .jour("dateLienSuccession")?
        .ok_or_else(|| ("dateLienSuccession", "la date du lien manque".to_owned()))?;
    let vrai = |colonne: &'static str| cellules.oui(colonne).map(Option::unwrap_or_default);
    Ok(Lien {
        siret_avant,
        siret_apres,
        le: le.to_string(),
        siren_avant: siren_avant.to_string(),
        siren_apres: siren_apres.to_string(),
        siege: vrai("transfertSiege")?,
        continuite: vrai("continuiteEconomique")?,
        import_id: String::new(),
    })
}
