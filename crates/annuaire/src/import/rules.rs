//! When an import may enter without anyone. Pure.

use jiff::civil::{Date, date};

use super::rapport::Rapport;

/// When so many leave a list at once that an agent looks first.
pub struct PerteSubite {
    /// In force from.
    pub depuis: Date,
    /// Fewer leave in the life of any list.
    pub structures: usize,
    /// More than this part of those known, in percent.
    pub part: usize,
}

/// In force. A list changes by some names a month; beyond, its file may be cut, filtered or shifted.
pub const PERTE_SUBITE: PerteSubite = PerteSubite { depuis: date(2026, 11, 1), structures: 5, part: 10 };

impl PerteSubite {
    /// `parties` leave, of the `connues`.
    #[must_use]
    pub fn est_subite(&self, parties: usize, connues: usize) -> bool {
        parties >= self.structures && parties * 100 > connues * self.part
    }
}

/// So many changes are ordinary, whatever the size of the directory.
const CHANGEMENTS_ORDINAIRES: u64 = 50;
/// Beyond this part of the directory, changes are not ordinary.
const PART_MAX: u64 = 20;

/// What becomes of an import that nobody looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issue {
    /// Nothing changes.
    Rien,
    /// It enters.
    Entre,
    /// It waits, with the reason.
    Attend(String),
}

/// `connus`: actors in the directory before it. What the reading withholds, lines refused, a large part of the directory changed, a first import: an
/// agent decides.
#[must_use]
pub fn issue(rapport: &Rapport, connus: u64) -> Issue {
    if !rapport.retenues.is_empty() {
        return Issue::Attend(rapport.retenues.join(" "));
    }
    if rapport.sans_changement() && rapport.refusees == 0 {
        return Issue::Rien;
    }
    let changements = rapport.nouveaux + rapport.changes;
    if connus == 0 {
        Issue::Attend("C’est le premier import.".to_owned())
    } else if rapport.refusees > 0 {
        Issue::Attend(format!("Des lignes sont refusées : {}.", rapport.refusees))
    } else if changements > CHANGEMENTS_ORDINAIRES && changements * 100 > connus * PART_MAX {
        Issue::Attend(format!("Il change beaucoup de fiches : {changements}, pour {connus} connues."))
    } else {
        Issue::Entre
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn rapport(nouveaux: u64, changes: u64, redites: u64, refusees: u64) -> Rapport {
        Rapport { nouveaux, changes, redites, refusees, ..Rapport::default() }
    }

    #[rstest]
    #[case::quatre(4, 10, false)]
    #[case::cinq_sur_dix(5, 10, true)]
    #[case::une_part(6, 60, false)]
    #[case::au_dela(7, 60, true)]
    #[case::grande_liste(100, 1_000, false)]
    fn une_perte_subite_est_regardee(#[case] parties: usize, #[case] connues: usize, #[case] subite: bool) {
        assert_eq!(PERTE_SUBITE.est_subite(parties, connues), subite);
    }

    #[test]
    fn ce_que_la_lecture_retient_attend_meme_sans_changement() {
        let retenu = Rapport { retenues: vec!["Pas de date.".to_owned()], ..Rapport::default() };
        assert_eq!(issue(&retenu, 1_000), Issue::Attend("Pas de date.".to_owned()));
    }

    #[rstest]
    #[case::rien(rapport(0, 0, 0, 0), 1_000, Issue::Rien)]
    #[case::dates(rapport(0, 0, 900, 0), 1_000, Issue::Entre)]
    #[case::ordinaire(rapport(20, 30, 900, 0), 60, Issue::Entre)]
    #[case::une_part(rapport(100, 100, 0, 0), 1_000, Issue::Entre)]
    #[case::premier(rapport(1, 0, 0, 0), 0, Issue::Attend("C’est le premier import.".to_owned()))]
    #[case::refus(rapport(1, 0, 0, 2), 9, Issue::Attend("Des lignes sont refusées : 2.".to_owned()))]
    #[case::trop(
        rapport(200, 1, 0, 0),
        1_000,
        Issue::Attend("Il change beaucoup de fiches : 201, pour 1000 connues.".to_owned())
    )]
    fn un_import_ordinaire_entre_seul(#[case] rapport: Rapport, #[case] connus: u64, #[case] attendue: Issue) {
        assert_eq!(issue(&rapport, connus), attendue);
    }
}
