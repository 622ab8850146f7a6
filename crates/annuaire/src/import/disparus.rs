//! Who is no longer in a newer list of insertion bodies. The list says who is in it, never why somebody left: the presence
//! is withdrawn, its approvals are marked to be verified, nothing is closed.

use std::collections::HashSet;

use domain::identifiant::Siren;
use jiff::civil::Date;
use platform::{Jour, ReadTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use super::fiche::Fiche;
use super::rapport::Rapport;
use crate::vocabulaire::{Champ, Origine};

/// A body that the last list named.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Connue {
    /// SIREN.
    pub siren: Siren,
    /// Date of that list.
    pub source_du: Option<Jour>,
}

/// Below, a list that names nobody known may still be right.
const PETIT_NOMBRE: usize = 10;

/// The bodies that a list of this day no longer names. None when it is not newer.
///
/// # Errors
/// It names less than half of those known: it is not the whole list. Gives how many it names.
pub fn disparues<'a>(connues: &'a [Connue], lues: &HashSet<&Siren>, du: Date) -> Result<Vec<&'a Siren>, usize> {
    let anciennes: Vec<&Connue> = connues.iter().filter(|c| c.source_du.is_none_or(|jour| jour.0 < du)).collect();
    let parties: Vec<&Siren> = anciennes.iter().map(|c| &c.siren).filter(|siren| !lues.contains(siren)).collect();
    if connues.len() >= PETIT_NOMBRE && parties.len() * 2 > connues.len() {
        return Err(connues.len() - parties.len());
    }
    Ok(parties)
}

/// What the list says of those that left it, as sheets like the others. A row refused may be any of them: then nobody is
/// said to have left.
///
/// # Errors
/// The engine refused.
pub(super) async fn fiches(tx: &ReadTx, lues: &[Fiche], rapport: &mut Rapport) -> Result<Vec<Fiche>, DbErr> {
    let liste = || lues.iter().filter(|fiche| fiche.source == Origine::Siae);
    let Some(du) = liste().filter_map(|fiche| fiche.du).max() else { return Ok(Vec::new()) };
    let connues = Connue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.siren, v.source_du FROM acteur_valeur v JOIN acteur a ON a.id = v.acteur_id
         WHERE v.courante AND v.champ = 'siae' AND v.source = 'siae' AND v.valeur <> '' AND a.siren IS NOT NULL
         ORDER BY a.siren"
    ))
    .all(tx)
    .await?;
    match disparues(&connues, &liste().map(|fiche| &fiche.siren).collect(), du) {
        Ok(parties) if parties.is_empty() => Ok(Vec::new()),
        Ok(parties) if rapport.refusees > 0 => {
            rapport.avertir(&format!(
                "{} structures ne sont plus dans la liste, mais des lignes ont été refusées : aucune n’est marquée \
                 disparue. Corrigez le fichier, puis recommencez.",
                parties.len()
            ));
            Ok(Vec::new())
        }
        Ok(parties) => {
            rapport.disparus = parties.len() as u64;
            Ok(parties.into_iter().map(|siren| partie(siren.clone(), du)).collect())
        }
        Err(nommees) => {
            rapport.avertir(&format!(
                "La liste ne nomme que {nommees} des {} structures d’insertion connues ici : elle semble incomplète. \
                 Aucune n’est marquée disparue.",
                connues.len()
            ));
            Ok(Vec::new())
        }
    }
}

fn partie(siren: Siren, du: Date) -> Fiche {
    let faits = vec![(Champ::Siae, String::new())];
    Fiche { du: Some(du), faits, ..Fiche::nouvelle(siren, Origine::Siae) }
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
        let lues: Vec<Siren> = lues.iter().map(|rang| siren(*rang).parse().unwrap()).collect();
        assert_eq!(dire(3, &lues, du), Ok(attendu.to_vec()));
    }

    #[test]
    fn une_liste_coupee_ne_fait_disparaitre_personne() {
        let lues: Vec<Siren> = (1..=9).map(|rang| siren(rang).parse().unwrap()).collect();
        assert_eq!(dire(20, &lues, date(2026, 1, 1)), Err(9));
        let lues: Vec<Siren> = (1..=10).map(|rang| siren(rang).parse().unwrap()).collect();
        assert_eq!(dire(20, &lues, date(2026, 1, 1)), Ok((11..=20).collect()));
    }

    fn dire(connues: u32, lues: &[Siren], du: Date) -> Result<Vec<u32>, usize> {
        let source_du = Some(Jour(date(2020, 12, 18)));
        let connues: Vec<Connue> =
            (1..=connues).map(|rang| Connue { siren: siren(rang).parse().unwrap(), source_du }).collect();
        let rang = |s: &Siren| (1..=20).find(|rang| siren(*rang) == s.as_str()).unwrap();
        disparues(&connues, &lues.iter().collect(), du).map(|parties| parties.into_iter().map(rang).collect())
    }
}
