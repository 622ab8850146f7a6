//! The list of ESS France: presence in it says "ESS by law". It names the commune by postal code and name.

use std::collections::BTreeMap;

use domain::identifiant::Siren;

use super::ImportRefuse;
use super::disparus::ListeLue;
use super::fiche::{Cellules, Contexte, Fiche, court, parcourir};
use super::fichier::{Genre, Table};
use super::lieu::Situation;
use super::nombre;
use crate::vocabulaire::{Champ, Origine};

const NOM: &str = "Nom ou raison sociale de l'entreprise";
const COMMUNE: &str = "Libellé de la commune de l'établissement";

/// Reads the lists; `du` is the day of the list, when the agent gave it.
///
/// # Errors
/// A file is cut or damaged.
pub fn lire(
    tables: &[Table],
    contexte: &mut Contexte<'_>,
    du: Option<jiff::civil::Date>,
) -> Result<Vec<Fiche>, ImportRefuse> {
    let mut toutes = Vec::new();
    for table in tables.iter().filter(|table| table.genre == Genre::EssFrance) {
        let mut fiches: BTreeMap<Siren, Fiche> = BTreeMap::new();
        parcourir(table, contexte, |ligne, numero, contexte| {
            let cellules = Cellules::nouvelles(&table.entete, ligne);
            if let Err((colonne, motif)) = lire_ligne(&cellules, table, numero, contexte, &mut fiches) {
                contexte.rapport.refuser(&table.nom, numero, Some(colonne), motif);
            }
        })?;
        let du = contexte.jour_de_la_liste(du, &table.nom);
        // A page of the list says nothing of who is not on it.
        if !table.reponse {
            contexte.listes.push(ListeLue::nouvelle(Origine::EssFrance, &table.nom, du, &fiches));
        }
        toutes.extend(fiches.into_values().map(|fiche| Fiche { du, ..fiche }));
    }
    Ok(toutes)
}

fn lire_ligne(
    cellules: &Cellules<'_>,
    table: &Table,
    numero: u64,
    contexte: &mut Contexte<'_>,
    fiches: &mut BTreeMap<Siren, Fiche>,
) -> Result<(), (&'static str, String)> {
    let situation = contexte.lieux.du_nom(&cellules.texte("Code postal"), &cellules.texte(COMMUNE));
    let lu = nombre::siren(&cellules.texte("SIREN"));
    let connu = lu.as_ref().is_ok_and(|lu| contexte.connus.contains(&court(&lu.valeur)));
    let commune = match situation {
        Situation::Ici(commune) => Some(commune),
        // The seat is elsewhere: the directory knows this actor by another place, and the list still holds it.
        Situation::Ailleurs if connu => None,
        Situation::Ailleurs => {
            contexte.rapport.ailleurs += 1;
            return Ok(());
        }
        Situation::Doute(motif) | Situation::PasUnNom(motif) => return Err((COMMUNE, motif)),
        Situation::PasUnCode(motif) => return Err(("Code postal", motif)),
    };
    let lu = lu.map_err(|erreur| ("SIREN", erreur.to_string()))?;
    let nom = cellules.plein(NOM).ok_or((NOM, "le nom manque".to_owned()))?;
    if let Some(remarque) = lu.remarque {
        contexte.rapport.remarquer(&table.nom, numero, Some("SIREN"), remarque);
    }
    contexte.ess_france.insert(court(&lu.valeur));
    let fiche = fiches.entry(lu.valeur.clone()).or_insert_with(|| Fiche::nouvelle(lu.valeur, Origine::EssFrance));
    fiche.dire(Champ::Nom, Some(nom));
    fiche.dire(Champ::EssFrance, Some("oui".to_owned()));
    fiche.dire(Champ::Commune, commune.map(|commune| commune.to_string()));
    Ok(())
}
