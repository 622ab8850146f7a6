//! When an import may enter without anyone. Pure.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::{Date, date};

use super::rapport::{FichierLu, Rapport};

/// When so much goes at once that an agent looks first.
pub struct PerteSubite {
    /// In force from.
    pub depuis: Date,
    /// Less goes in the life of any file.
    pub nombre: u64,
    /// More than this part of what was known, in percent.
    pub part: u64,
}

/// In force, of the structures of a list. It changes by some names a month; beyond, its file may be cut, filtered or shifted.
pub const PERTE_SUBITE: PerteSubite = PerteSubite { depuis: date(2026, 11, 1), nombre: 5, part: 10 };

/// In force, of the rows of a file. Cut at the end of a line, nothing else tells it.
pub const FICHIER_COURT: PerteSubite = PerteSubite { depuis: date(2026, 12, 1), nombre: 20, part: 10 };

impl PerteSubite {
    /// `parties` go, of the `connues`.
    #[must_use]
    pub fn est_subite(&self, parties: u64, connues: u64) -> bool {
        parties >= self.nombre && parties.saturating_mul(100) > connues.saturating_mul(self.part)
    }
}

/// What is said of the files far shorter than the last ones of their kind that entered. `entres`: the newest first.
#[must_use]
pub fn courts(lus: &[FichierLu], entres: &[Rapport]) -> Vec<String> {
    let lignes = |fichiers: &[FichierLu], genre: &str| -> u64 {
        fichiers.iter().filter(|fichier| fichier.genre == genre && !fichier.reponse).map(|fichier| fichier.lues).sum()
    };
    let genres: BTreeSet<&str> = lus.iter().filter(|fichier| !fichier.reponse).map(|f| f.genre.as_str()).collect();
    let dire = |genre: &str| {
        let avant = entres.iter().map(|entre| lignes(&entre.fichiers, genre)).find(|lignes| *lignes > 0)?;
        let lues = lignes(lus, genre);
        FICHIER_COURT.est_subite(avant.saturating_sub(lues), avant).then(|| {
            format!("Fichier bien plus court que le dernier ({genre}) : {lues} lignes, contre {avant}. Vérifiez qu’il est entier.")
        })
    };
    genres.into_iter().filter_map(dire).collect()
}

/// How many of the rows refused an agent admitted before: same column, same reason, no more of them. Every month brings again the
/// rows that its source never mends. `entres`: the imports that entered.
#[must_use]
pub fn refus_admis(rapport: &Rapport, entres: &[Rapport]) -> u64 {
    let mut admis: HashMap<Refus<'_>, u64> = HashMap::new();
    for entre in entres.iter().filter(|entre| entre.admis) {
        for (refus, nombre) in compter(entre) {
            let deja = admis.entry(refus).or_default();
            *deja = nombre.max(*deja);
        }
    }
    compter(rapport).into_iter().map(|(refus, nombre)| nombre.min(admis.get(&refus).copied().unwrap_or(0))).sum()
}

/// A column, and a reason.
type Refus<'a> = (Option<&'a str>, &'a str);

fn compter(rapport: &Rapport) -> HashMap<Refus<'_>, u64> {
    let mut comptes = HashMap::new();
    for refus in &rapport.refus {
        *comptes.entry((refus.colonne.as_deref(), refus.motif.as_str())).or_default() += 1;
    }
    comptes
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
    if rapport.sans_changement() && rapport.refus_nouveaux() == 0 {
        return Issue::Rien;
    }
    let changements = rapport.nouveaux + rapport.changes;
    if connus == 0 {
        Issue::Attend("C’est le premier import.".to_owned())
    } else if rapport.refus_nouveaux() > 0 {
        Issue::Attend(format!("Des lignes sont refusées : {}.", rapport.refus_en_mots()))
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
    fn une_perte_subite_est_regardee(#[case] parties: u64, #[case] connues: u64, #[case] subite: bool) {
        assert_eq!(PERTE_SUBITE.est_subite(parties, connues), subite);
    }

    fn fichier(lues: u64) -> FichierLu {
        FichierLu { nom: "liste.csv".to_owned(), genre: "liste".to_owned(), lues, ..FichierLu::default() }
    }

    #[rstest]
    #[case::pareil(&[64], 64, false)]
    #[case::un_peu_moins(&[1_000], 950, false)]
    #[case::coupe(&[64], 28, true)]
    #[case::petit(&[12], 1, false)]
    #[case::le_dernier_seul_compte(&[30, 3_000], 29, false)]
    #[case::le_premier(&[], 1, false)]
    fn un_fichier_bien_plus_court_est_regarde(#[case] avant: &[u64], #[case] lues: u64, #[case] court: bool) {
        let entres: Vec<Rapport> =
            avant.iter().map(|lues| Rapport { fichiers: vec![fichier(*lues)], ..Rapport::default() }).collect();
        assert_eq!(!courts(&[fichier(lues)], &entres).is_empty(), court);
        // An answer has as many rows as were asked for.
        assert!(courts(&[FichierLu { reponse: true, ..fichier(lues) }], &entres).is_empty());
    }

    #[test]
    fn ce_que_la_lecture_retient_attend_meme_sans_changement() {
        let retenu = Rapport { retenues: vec!["Pas de date.".to_owned()], ..Rapport::default() };
        assert_eq!(issue(&retenu, 1_000), Issue::Attend("Pas de date.".to_owned()));
    }

    #[test]
    fn un_refus_deja_admis_n_arrete_plus() {
        let refuses = |motifs: &[&str], admis: bool| {
            let mut rapport = Rapport { admis, ..Rapport::default() };
            motifs.iter().for_each(|motif| rapport.refuser("liste.csv", 7, Some("siret"), *motif));
            rapport
        };
        let admis = [refuses(&["a", "b"], true), refuses(&["c"], false)];
        for (motifs, attendus) in [("a", 1), ("b a", 2), ("a a", 1), ("a c", 1), ("d", 0)] {
            let motifs: Vec<&str> = motifs.split(' ').collect();
            assert_eq!(refus_admis(&refuses(&motifs, false), &admis), attendus, "{motifs:?}");
        }
        let connu = Rapport { changes: 1, refus_admis: 1, ..refuses(&["a"], false) };
        assert_eq!(issue(&connu, 100), Issue::Entre);
        let un_de_plus = Rapport { changes: 1, refus_admis: 1, ..refuses(&["a", "d"], false) };
        assert_eq!(
            issue(&un_de_plus, 100),
            Issue::Attend("Des lignes sont refusées : 2, dont 1 déjà admises.".to_owned())
        );
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
