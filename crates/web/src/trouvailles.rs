//! What is found beside the index: what this visitor alone may see (own projects, requests followed, settings), and what is in
//! memory (rules, help, words explained). A feature gives its families ([`Trouver`]); rights are asked where the rows are read.

use domain::tri::cle_de_tri;
use futures_util::future::BoxFuture;
use platform::ReadTx;

use crate::recherche::Trouve;
use crate::{Cadre, Erreur};

/// Words longer than this are cut, characters.
const MOT_MAX: usize = 40;
/// No search has more words.
const MOTS_MAX: usize = 8;

/// Words looked for: without accents, capitals or plurals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mots(Vec<String>);

impl Mots {
    /// Those of a text; words of one letter are left out.
    #[must_use]
    pub fn de(texte: &str) -> Self {
        let cle = cle_de_tri(texte);
        let mots = cle.split(' ').filter(|mot| mot.chars().count() > 1).take(MOTS_MAX);
        Self(mots.map(|mot| singulier(mot).chars().take(MOT_MAX).collect()).collect())
    }

    /// Each of them begins a word of these texts. False where there is no word.
    #[must_use]
    pub fn sont_dans<'a>(&self, textes: impl IntoIterator<Item = &'a str>) -> bool {
        let texte: Vec<String> = textes.into_iter().map(cle_de_tri).collect();
        let commence =
            |mot: &String| texte.iter().flat_map(|t| t.split(' ')).any(|autre| autre.starts_with(mot.as_str()));
        !self.0.is_empty() && self.0.iter().all(commence)
    }

    /// No word to look for?
    #[must_use]
    pub fn sont_vides(&self) -> bool {
        self.0.is_empty()
    }
}

fn singulier(mot: &str) -> &str {
    if mot.len() > 3 { mot.trim_end_matches(['s', 'x']) } else { mot }
}

/// What is asked.
pub struct DemandeTrouver<'a> {
    /// Snapshot.
    pub tx: &'a ReadTx,
    /// Who asks.
    pub cadre: &'a Cadre,
    /// As typed.
    pub q: &'a str,
    /// Its words.
    pub mots: &'a Mots,
    /// Results wanted of each family.
    pub max: usize,
}

/// A family of results.
#[derive(Clone, Debug)]
pub struct Trouvailles {
    /// Name in the address.
    pub nom: &'static str,
    /// Heading.
    pub titre: &'static str,
    /// Before what the index finds: it is the visitor's own.
    pub avant: bool,
    /// How many in all.
    pub total: usize,
    /// The first of them.
    pub trouves: Vec<Trouve>,
    /// Where all of them are; the search itself where there is no such page.
    pub suite: Option<String>,
}

impl Trouvailles {
    /// The first `max` of what is in memory.
    #[must_use]
    pub fn nouvelles(nom: &'static str, titre: &'static str, tous: Vec<Trouve>, max: usize) -> Self {
        let total = tous.len();
        let trouves = tous.into_iter().take(max).collect();
        Self { nom, titre, avant: false, total, trouves, suite: None }
    }

    /// The visitor's own.
    #[must_use]
    pub fn avant(self) -> Self {
        Self { avant: true, ..self }
    }
}

/// The families of a feature: at most one statement, its rights filtered.
pub type Trouver = for<'a> fn(&'a DemandeTrouver<'a>) -> BoxFuture<'a, Result<Vec<Trouvailles>, Erreur>>;

#[cfg(test)]
mod tests {
    use super::Mots;
    use rstest::rstest;

    #[rstest]
    #[case("epiceries", "Rouvrir l’Épicerie", true)]
    #[case("cafe epicerie", "Rouvrir le café-épicerie", true)]
    #[case("cafe bistrot", "Rouvrir le café-épicerie", false)]
    #[case("ouvrir", "Rouvrir", false)]
    #[case("", "Tout", false)]
    #[case("a", "a", false)]
    #[case("R-05", "r-05 Devis", true)]
    fn les_mots_se_retrouvent(#[case] q: &str, #[case] texte: &str, #[case] oui: bool) {
        assert_eq!(Mots::de(q).sont_dans([texte]), oui);
    }
}
