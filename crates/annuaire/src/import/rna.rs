//! The national register of associations (RNA): `waldec`, and `import` for the older ones. It says more of associations
//! that the directory knows by their number or their SIREN; it brings none: most of them have no activity. Names, telephones
//! and addresses of people are never read. Accents are lost in some of these files: nothing of it goes before Sirene.

use std::collections::HashMap;

use domain::identifiant::{Rna, Siren};
use jiff::civil::Date;

use super::ImportRefuse;
use super::fiche::{Cellules, Contexte, Fiche, Incomprise, court, est_une_adresse, parcourir};
use super::fichier::{Genre, Table};
use super::nombre;
use crate::vocabulaire::{Champ, EtatActeur, Origine};

/// Reads the files; `connues`: the associations known by their RNA number.
///
/// # Errors
/// A file is cut or damaged.
pub fn lire(
    tables: &[Table],
    contexte: &mut Contexte<'_>,
    connues: &HashMap<String, Siren>,
) -> Result<Vec<Fiche>, ImportRefuse> {
    let mut fiches: HashMap<Siren, Fiche> = HashMap::new();
    for table in tables.iter().filter(|table| table.genre == Genre::Rna) {
        parcourir(table, contexte, |ligne, numero, contexte| {
            let cellules = Cellules::nouvelles(&table.entete, ligne);
            let Some((siren, rna)) = association(&cellules, contexte, connues) else {
                contexte.rapport.hors_champ += 1;
                return;
            };
            let fiche = match fiche(siren, rna.as_ref(), &cellules) {
                Ok(fiche) => fiche,
                Err((colonne, motif)) => return contexte.rapport.refuser(&table.nom, numero, Some(colonne), motif),
            };
            if fiche.faits.iter().any(|(champ, _)| *champ == Champ::Etat) {
                let motif =
                    "association dissoute selon le RNA ; si Sirene la dit active, Sirene est suivi : à vérifier";
                contexte.rapport.remarquer(&table.nom, numero, Some("position"), motif);
            }
            // Both files may name it: the row treated last is kept.
            match fiches.get(&fiche.siren) {
                Some(deja) if deja.du >= fiche.du => {}
                _ => {
                    fiches.insert(fiche.siren.clone(), fiche);
                }
            }
        })?;
    }
    let mut fiches: Vec<Fiche> = fiches.into_values().collect();
    fiches.sort_by(|a, b| a.siren.cmp(&b.siren));
    Ok(fiches)
}

/// Which known association the row is about.
fn association(
    cellules: &Cellules<'_>,
    contexte: &Contexte<'_>,
    connues: &HashMap<String, Siren>,
) -> Option<(Siren, Option<Rna>)> {
    // Older associations have another id; the number that took its place stands beside.
    let rna = ["id", "rup_mi", "observation"].iter().find_map(|colonne| cellules.texte(colonne).parse::<Rna>().ok());
    if let Some(siren) = rna.as_ref().and_then(|rna| connues.get(rna.as_str())) {
        return Some((siren.clone(), rna));
    }
    let siren = nombre::siret(&cellules.plein("siret")?).ok()?.valeur.1;
    contexte.connus.contains(&court(&siren)).then_some((siren, rna))
}

/// `_` holds the place of nothing.
fn dit(cellules: &Cellules<'_>, colonne: &str) -> Option<String> {
    cellules.plein(colonne).filter(|texte| texte != "_")
}

/// `0001-01-01` too, in whatever way it is written.
fn jour(cellules: &Cellules<'_>, colonne: &'static str) -> Result<Option<Date>, Incomprise> {
    match dit(cellules, colonne) {
        Some(_) => Ok(cellules.jour(colonne)?.filter(|jour| jour.year() > 1)),
        None => Ok(None),
    }
}

fn fiche(siren: Siren, rna: Option<&Rna>, cellules: &Cellules<'_>) -> Result<Fiche, Incomprise> {
    let mut fiche = Fiche::nouvelle(siren, Origine::Rna);
    fiche.du = jour(cellules, "maj_time")?;
    fiche.dire(Champ::Rna, rna.map(ToString::to_string));
    fiche.dire(Champ::Objet, dit(cellules, "objet"));
    fiche.dire(Champ::Sigle, dit(cellules, "titre_court"));
    let site = dit(cellules, "siteweb").filter(|site| est_une_adresse(site));
    fiche.dire(Champ::Site, site);
    let dissoute = matches!(cellules.texte("position").as_str(), "D" | "S") || jour(cellules, "date_disso")?.is_some();
    fiche.dire(Champ::Etat, dissoute.then(|| EtatActeur::Cesse.to_string()));
    Ok(fiche)
}
