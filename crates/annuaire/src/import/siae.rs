//! The list of insertion bodies (SIAE): one row per establishment and kind.

use std::collections::BTreeMap;

use domain::identifiant::Siren;

use super::ImportRefuse;
use super::disparus::ListeLue;
use super::fiche::{
    AgrementLu, Cellules, Contexte, EtablissementLu, Fiche, Incomprise, JourDuStock, est_une_adresse, naf,
    ou_remarquer, parcourir,
};
use super::fichier::{Genre, Table};
use super::lieu::{Situation, code_postal};
use super::nombre;
use crate::vocabulaire::{Champ, GenreAgrement, Origine};

const MAJ_LE: &str = "maj_le";

/// Reads the lists; `du` is their day, when an agent gave it and they do not say it.
///
/// # Errors
/// A file is cut or damaged.
pub fn lire(
    tables: &[Table],
    contexte: &mut Contexte<'_>,
    du: Option<jiff::civil::Date>,
) -> Result<Vec<Fiche>, ImportRefuse> {
    let mut toutes = Vec::new();
    for table in tables.iter().filter(|table| table.genre == Genre::Siae) {
        let mut fiches: BTreeMap<Siren, Fiche> = BTreeMap::new();
        let mut jour = JourDuStock::nouveau(contexte.jour);
        parcourir(table, contexte, |ligne, numero, contexte| {
            let cellules = Cellules::nouvelles(&table.entete, ligne);
            jour.voir(cellules.jour(MAJ_LE).unwrap_or_default());
            if let Err((colonne, motif)) = lire_ligne(&cellules, table, numero, contexte, &mut fiches) {
                contexte.rapport.refuser(&table.nom, numero, Some(colonne), motif);
            }
        })?;
        // Its own day: of its last change, anywhere in France; a row that nobody touched is still of this list.
        let du = jour.jour().or_else(|| contexte.jour_de_la_liste(du, &table.nom));
        contexte.listes.push(ListeLue::nouvelle(Origine::Siae, &table.nom, du, &fiches));
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
) -> Result<(), Incomprise> {
    let commune = match contexte.lieux.du_nom(&cellules.texte("code_postal"), &cellules.texte("commune")) {
        Situation::Ici(commune) => commune,
        Situation::Ailleurs => {
            contexte.rapport.ailleurs += 1;
            return Ok(());
        }
        Situation::Doute(motif) | Situation::PasUnNom(motif) => return Err(("commune", motif)),
        Situation::PasUnCode(motif) => return Err(("code_postal", motif)),
    };
    let lu = nombre::siret(&cellules.texte("siret")).map_err(|erreur| ("siret", erreur.to_string()))?;
    let kind = cellules.texte("kind");
    let genre: GenreAgrement = kind.to_lowercase().parse().map_err(|_| {
        ("kind", format!("« {kind} » n’est pas un type connu (EI, AI, ACI, ETTI, EITI, GEIQ, SEP, EA, EATT, ESAT)"))
    })?;
    let nom = cellules.plein("nom").ok_or(("nom", "le nom manque".to_owned()))?;
    if let Some(remarque) = lu.remarque {
        contexte.rapport.remarquer(&table.nom, numero, Some("siret"), remarque);
    }
    ou_remarquer(cellules.jour(MAJ_LE), contexte, table, numero);
    let (siret, siren) = lu.valeur;
    let fiche = fiches.entry(siren.clone()).or_insert_with(|| Fiche::nouvelle(siren, Origine::Siae));
    fiche.dire(Champ::Nom, Some(nom));
    fiche.dire(Champ::Siae, Some("oui".to_owned()));
    fiche.dire(Champ::Naf, naf(&cellules.texte("naf")));
    fiche.dire(Champ::Site, cellules.plein("site").filter(|site| est_une_adresse(site)));
    fiche.dire(Champ::Commune, Some(commune.to_string()));
    fiche.agreer(AgrementLu { exact: false, genre, du: None, au: None });
    if !fiche.etablissements.iter().any(|e| e.siret == siret) {
        let point = ou_remarquer(cellules.point(["lon", "lat"]), contexte, table, numero);
        fiche.etablissements.push(EtablissementLu {
            siret,
            // The list does not say which one is the seat.
            siege: false,
            enseigne: cellules.plein("enseigne"),
            commune,
            adresse: cellules.plein("adresse"),
            code_postal: cellules.plein("code_postal").map(|brut| code_postal(&brut).unwrap_or(brut)),
            point,
            naf: naf(&cellules.texte("naf")),
            ouvert: true,
        });
    }
    Ok(())
}
