//! The approvals that the sheets of a SIREN make or change. Pure.

use platform::Jour;

use super::difference::{Connu, plus_ancien};
use super::disparus::presence;
use super::fiche::{AgrementLu, Fiche};
use crate::acteur::{ActeurId, agrement};

/// New or changed; two files of one source may speak of one approval: the second adds to the first.
pub(super) fn agrements(id: &ActeurId, connu: &Connu, fiches: &[&Fiche]) -> Vec<agrement::Model> {
    let mut lignes: Vec<agrement::Model> = Vec::new();
    for fiche in fiches {
        for lu in &fiche.agrements {
            let deja = trouver(&lignes, connu, lu.genre.as_str(), fiche.source.as_str());
            if let Some(ligne) = lire(id, fiche, lu, deja) {
                poser(&mut lignes, ligne);
            }
        }
        if fiche.faits.iter().any(|(champ, valeur)| Some(*champ) == presence(fiche.source) && valeur.is_empty()) {
            let depuis = fiche.du.map(|du| format!(" du {}", web::texte::jour(du))).unwrap_or_default();
            let libelle = Some(format!("n’est plus dans la liste{depuis}, à vérifier"));
            for deja in connu.agrements.iter().filter(|deja| deja.source == fiche.source.as_str()) {
                let deja = trouver(&lignes, connu, &deja.genre, &deja.source).unwrap_or(deja);
                let marque = agrement::Model { libelle: libelle.clone(), ..deja.clone() };
                poser(&mut lignes, marque);
            }
        }
    }
    lignes
}

/// As this import leaves it, else as it is known.
fn trouver<'a>(
    lignes: &'a [agrement::Model],
    connu: &'a Connu,
    genre: &str,
    source: &str,
) -> Option<&'a agrement::Model> {
    let le_meme = |ligne: &&agrement::Model| ligne.genre == genre && ligne.source == source;
    lignes.iter().find(le_meme).or_else(|| connu.agrements.iter().find(le_meme))
}

fn poser(lignes: &mut Vec<agrement::Model>, ligne: agrement::Model) {
    lignes.retain(|deja| deja.genre != ligne.genre || deja.source != ligne.source);
    lignes.push(ligne);
}

/// None when nothing changes, or when the source is older than what it said. Exact days take the place of none, whatever
/// the day of the list that gave none.
fn lire(id: &ActeurId, fiche: &Fiche, lu: &AgrementLu, deja: Option<&agrement::Model>) -> Option<agrement::Model> {
    let avant = |jour: fn(&agrement::Model) -> Option<Jour>| deja.filter(|_| !lu.exact).and_then(jour);
    let (du, au) = (lu.du.map(Jour).or(avant(|deja| deja.du)), lu.au.map(Jour).or(avant(|deja| deja.au)));
    if let Some(deja) = deja {
        // In the list again: what was said of its absence no longer holds.
        let meme = deja.libelle.is_none() && (deja.du, deja.au) == (du, au);
        let sans_jours = deja.du.is_none() && deja.au.is_none();
        if meme || (plus_ancien(fiche.du, deja.source_du) && !(lu.exact && sans_jours)) {
            return None;
        }
    }
    let source_du = fiche.du.map(Jour).max(deja.and_then(|deja| deja.source_du).filter(|_| lu.exact));
    Some(agrement::Model {
        acteur_id: id.clone(),
        genre: lu.genre.to_string(),
        source: fiche.source.to_string(),
        libelle: None,
        du,
        au,
        source_du,
        preuve: None,
    })
}
