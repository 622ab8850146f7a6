//! Who is no longer in a newer whole list: insertion bodies, ESS France, ESUS, the regional chamber. A list says who is in
//! it, never why somebody left: the presence is withdrawn, its approvals are marked to be verified, nothing is closed.

use std::collections::{BTreeMap, HashSet};

use domain::identifiant::Siren;
use jiff::civil::Date;
use platform::{Jour, ReadTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use super::fiche::Fiche;
use super::rapport::Rapport;
use super::rules::PERTE_SUBITE;
use crate::vocabulaire::{Champ, Origine};

/// A list read whole.
#[derive(Clone, Debug)]
pub struct ListeLue {
    source: Origine,
    nom: String,
    du: Option<Date>,
    sirens: HashSet<Siren>,
}

impl ListeLue {
    /// Whom it names, here.
    #[must_use]
    pub fn nouvelle(source: Origine, nom: &str, du: Option<Date>, fiches: &BTreeMap<Siren, Fiche>) -> Self {
        Self { source, nom: nom.to_owned(), du, sirens: fiches.keys().cloned().collect() }
    }
}

/// The fact that says "it is in this list".
#[must_use]
pub fn presence(source: Origine) -> Option<Champ> {
    match source {
        Origine::Siae => Some(Champ::Siae),
        Origine::EssFrance => Some(Champ::EssFrance),
        Origine::Esus | Origine::Cress => Some(Champ::PreuveEss),
        _ => None,
    }
}

/// A body that the last list named.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Connue {
    /// SIREN.
    pub siren: Siren,
    /// Which list.
    pub source: Origine,
    /// What it says; empty once the body has left.
    pub valeur: String,
    /// Date of that list.
    pub source_du: Option<Jour>,
}

/// Below, a list that names nobody known may still be right.
const PETIT_NOMBRE: usize = 10;

/// The bodies that a list of this day no longer names. None when it is not newer.
///
/// # Errors
/// It names less than half of those known: it is not the whole list. Gives how many it names.
pub fn disparues<'a>(connues: &[&'a Connue], lues: &HashSet<Siren>, du: Date) -> Result<Vec<&'a Siren>, usize> {
    let anciennes = connues.iter().filter(|c| c.source_du.is_none_or(|jour| jour.0 < du));
    let parties: Vec<&Siren> = anciennes.map(|c| &c.siren).filter(|siren| !lues.contains(*siren)).collect();
    if connues.len() >= PETIT_NOMBRE && parties.len() * 2 > connues.len() {
        return Err(connues.len() - parties.len());
    }
    Ok(parties)
}

/// Takes out what lists older than those already read would say; adds what the newer ones say of those that left them, as
/// sheets like the others.
///
/// # Errors
/// The engine refused.
pub(super) async fn suivre(
    tx: &ReadTx,
    listes: &[ListeLue],
    mut lues: Vec<Fiche>,
    rapport: &mut Rapport,
) -> Result<Vec<Fiche>, DbErr> {
    if listes.is_empty() {
        return Ok(lues);
    }
    let connues = connues(tx).await?;
    let mut sources: Vec<Origine> = listes.iter().map(|liste| liste.source).collect();
    sources.sort_unstable_by_key(|source| source.as_str());
    sources.dedup();
    for source in sources {
        let de_la_source: Vec<&Connue> = connues.iter().filter(|connue| connue.source == source).collect();
        let derniere = de_la_source.iter().filter_map(|connue| connue.source_du).map(|jour| jour.0).max();
        let siennes: Vec<&ListeLue> = listes.iter().filter(|liste| liste.source == source).collect();
        let Some(du) = siennes.iter().filter_map(|liste| liste.du).max() else { continue };
        if let Some(derniere) = derniere.filter(|derniere| du < *derniere) {
            let noms: Vec<&str> = siennes.iter().map(|liste| liste.nom.as_str()).collect();
            rapport.avertir(&plus_ancienne(&noms.join(", "), du, derniere));
            // Days of conventions, of the same source, say no presence: they have their own dates.
            lues.retain(|fiche| fiche.source != source || fiche.faits.is_empty());
            continue;
        }
        let nommes: HashSet<Siren> = siennes.iter().flat_map(|liste| liste.sirens.iter().cloned()).collect();
        lues.extend(parties(&de_la_source, &nommes, source, du, rapport));
    }
    Ok(lues)
}

fn plus_ancienne(noms: &str, du: Date, derniere: Date) -> String {
    let (du, derniere) = (web::texte::jour(du), web::texte::jour(derniere));
    format!("La liste « {noms} » du {du} est plus ancienne que celle du {derniere}, déjà lue : rien n’en est pris.")
}

/// What every whole list said last.
async fn connues(tx: &ReadTx) -> Result<Vec<Connue>, DbErr> {
    let toutes = Connue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.siren, v.source, v.valeur, v.source_du FROM acteur_valeur v JOIN acteur a ON a.id = v.acteur_id
         WHERE v.courante AND a.siren IS NOT NULL AND ((v.champ = 'siae' AND v.source = 'siae')
            OR (v.champ = 'ess-france' AND v.source = 'ess-france')
            OR (v.champ = 'preuve-ess' AND v.source IN ('esus', 'cress')))
         ORDER BY a.siren, v.source"
    ));
    toutes.all(tx).await
}

/// What a list of that day says of those that left it. A row refused may be any of them: then nobody is said to have left.
fn parties(
    connues: &[&Connue],
    nommes: &HashSet<Siren>,
    source: Origine,
    du: Date,
    rapport: &mut Rapport,
) -> Vec<Fiche> {
    let presentes: Vec<&Connue> = connues.iter().copied().filter(|connue| !connue.valeur.is_empty()).collect();
    match disparues(&presentes, nommes, du) {
        Ok(parties) if parties.is_empty() => Vec::new(),
        Ok(parties) if rapport.refusees > 0 => {
            rapport.avertir(&format!(
                "{} structures ne sont plus dans la liste, mais des lignes ont été refusées : aucune n’est marquée \
                 disparue. Corrigez le fichier, puis recommencez.",
                parties.len()
            ));
            Vec::new()
        }
        Ok(parties) => {
            if PERTE_SUBITE.est_subite(parties.len() as u64, presentes.len() as u64) {
                rapport.retenir(&format!(
                    "Perte subite : {} structures sur {} ne seraient plus dans la {}. Vérifiez que le fichier est entier.",
                    parties.len(),
                    presentes.len(),
                    source.libelle()
                ));
            }
            rapport.disparus += parties.len() as u64;
            parties.into_iter().map(|siren| partie(siren.clone(), source, du)).collect()
        }
        Err(nommees) => {
            rapport.retenir(&format!(
                "La liste ne nomme que {nommees} des {} structures connues ici : elle semble incomplète. Aucune n’est \
                 marquée disparue.",
                presentes.len()
            ));
            Vec::new()
        }
    }
}

fn partie(siren: Siren, source: Origine, du: Date) -> Fiche {
    let faits = presence(source).into_iter().map(|champ| (champ, String::new())).collect();
    Fiche { du: Some(du), faits, ..Fiche::nouvelle(siren, source) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generateur::siren;
    use jiff::civil::date;
    use rstest::rstest;

    #[rstest]
    #[case::toutes_la(&[1, 2, 3], date(2026, 1, 1), &[])]
    #[case::une_partie(&[1, 3], date(2026, 1, 1), &[2])]
    #[case::liste_du_meme_jour(&[1], date(2020, 12, 18), &[])]
    #[case::liste_plus_vieille(&[1], date(2019, 1, 1), &[])]
    fn une_liste_plus_recente_dit_qui_est_parti(#[case] lues: &[u32], #[case] du: Date, #[case] attendu: &[u32]) {
        assert_eq!(dire(3, lues.iter().copied(), du), Ok(attendu.to_vec()));
    }

    #[test]
    fn une_liste_coupee_ne_fait_disparaitre_personne() {
        assert_eq!(dire(20, 1..=9, date(2026, 1, 1)), Err(9));
        assert_eq!(dire(20, 1..=10, date(2026, 1, 1)), Ok((11..=20).collect()));
    }

    fn dire(connues: u32, lues: impl Iterator<Item = u32>, du: Date) -> Result<Vec<u32>, usize> {
        let lues: HashSet<Siren> = lues.map(|rang| siren(rang).parse().unwrap()).collect();
        let source_du = Some(Jour(date(2020, 12, 18)));
        let connue = |rang: u32| {
            let (siren, valeur) = (siren(rang).parse().unwrap(), "oui".to_owned());
            Connue { siren, source: Origine::Siae, valeur, source_du }
        };
        let connues: Vec<Connue> = (1..=connues).map(connue).collect();
        let rang = |s: &Siren| (1..=20).find(|rang| siren(*rang) == s.as_str()).unwrap();
        let connues: Vec<&Connue> = connues.iter().collect();
        disparues(&connues, &lues, du).map(|parties| parties.into_iter().map(rang).collect())
    }
}
