//! From a text to words. Accents are folded before stemming: people type without them, and both must give one stem.

use domain::tri::cle_de_tri;
use tantivy::tokenizer::{Language, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer};

/// Longer words are noise: they are left out of the index and of queries.
const LONGUEUR_MAX: usize = 40;

/// Words too common to look for, and what elision leaves (`l’`, `d’`, `qu’`).
const VIDES: &[&str] = &[
    "a", "afin", "ainsi", "alors", "au", "aucun", "aussi", "autre", "aux", "avec", "c", "ce", "cela", "ces", "cet",
    "cette", "ceux", "chez", "comme", "d", "dans", "de", "des", "donc", "dont", "du", "elle", "elles", "en", "entre",
    "est", "et", "etre", "eux", "il", "ils", "j", "je", "l", "la", "le", "les", "leur", "leurs", "lui", "m", "ma",
    "mais", "me", "mes", "moi", "mon", "n", "ne", "nos", "notre", "nous", "on", "ont", "ou", "par", "pas", "plus",
    "pour", "qu", "que", "quel", "quelle", "qui", "s", "sa", "sans", "se", "ses", "si", "son", "sont", "sur", "t",
    "te", "tes", "toi", "ton", "tous", "tout", "toute", "toutes", "tu", "un", "une", "vers", "vos", "votre", "vous",
    "y",
];

/// The words of a text: lower case, no accents, ligatures opened, stop words and over-long words left out.
pub(crate) fn mots(texte: &str) -> Vec<String> {
    cle_de_tri(texte)
        .split(' ')
        .filter(|mot| !mot.is_empty() && mot.len() <= LONGUEUR_MAX && VIDES.binary_search(mot).is_err())
        .map(str::to_owned)
        .collect()
}

/// A word as typed (folded) and its stem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terme {
    pub(crate) mot: String,
    pub(crate) racine: String,
}

/// The words of a text with their stems.
pub(crate) fn termes(texte: &str) -> Vec<Terme> {
    let mut analyseur = racines();
    mots(texte)
        .into_iter()
        .map(|mot| {
            let mut flux = analyseur.token_stream(&mot);
            let racine = flux.next().map_or_else(|| mot.clone(), |token| token.text.clone());
            drop(flux);
            Terme { mot, racine }
        })
        .collect()
}

/// Analyser of the fields searched by stem.
pub(crate) fn racines() -> TextAnalyzer {
    TextAnalyzer::builder(Mots).filter(Stemmer::new(Language::French)).build()
}

/// Analyser of the field searched by whole words, beginnings and close words.
pub(crate) fn mots_entiers() -> TextAnalyzer {
    TextAnalyzer::builder(Mots).build()
}

/// [`mots`] as a tokenizer of tantivy.
#[derive(Clone)]
struct Mots;

struct Flux {
    mots: std::vec::IntoIter<String>,
    token: Token,
}

impl Tokenizer for Mots {
    type TokenStream<'a> = Flux;
    fn token_stream<'a>(&'a mut self, texte: &'a str) -> Flux {
        Flux { mots: mots(texte).into_iter(), token: Token::default() }
    }
}

impl TokenStream for Flux {
    fn advance(&mut self) -> bool {
        let Some(mot) = self.mots.next() else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text = mot;
        true
    }
    fn token(&self) -> &Token {
        &self.token
    }
    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn racines_de(texte: &str) -> Vec<String> {
        termes(texte).into_iter().map(|t| t.racine).collect()
    }

    #[test]
    fn la_liste_des_mots_vides_est_triee() {
        assert!(VIDES.is_sorted());
    }

    #[rstest]
    #[case("L’Épicerie d'à côté", "epicerie cote")]
    #[case("Les épiceries", "EPICERIE")]
    #[case("qu’un cœur", "coeur")]
    #[case("jardins partagés", "jardin partage")]
    #[case("menuisiers", "menuisier")]
    #[case("coopératives", "cooperative")]
    #[case("l'amicale des chevaux", "amical cheval")]
    fn se_disent_pareil(#[case] un: &str, #[case] autre: &str) {
        assert_eq!(racines_de(un), racines_de(autre), "{un} / {autre}");
    }

    #[test]
    fn des_mots_vides_ne_laissent_rien() {
        assert!(mots("le la les l’ d’ qu'").is_empty());
        assert!(mots("\"(((").is_empty());
    }

    proptest! {
        #[test]
        fn aucun_texte_ne_fait_paniquer(texte in "\\PC{0,300}") {
            for terme in termes(&texte) {
                prop_assert!(!terme.mot.is_empty() && terme.mot.len() <= LONGUEUR_MAX);
                prop_assert!(!terme.racine.is_empty());
            }
        }

        #[test]
        fn la_casse_et_les_accents_ne_comptent_pas(texte in "[a-zéèêàçôûïœ' -]{0,60}") {
            prop_assert_eq!(mots(&texte), mots(&texte.to_uppercase()));
            prop_assert_eq!(mots(&texte), mots(&cle_de_tri(&texte)));
        }
    }
}
