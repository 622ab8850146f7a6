//! From what was typed to a query. There is no syntax: quotes, stars and brackets are only separators of words.

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Query,
    TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::analyse::{Terme, termes};
use crate::collecte::SEPARATEUR;
use crate::index::Champs;
use crate::synonymes::{Morceau, corriger, morceaux};

/// Characters read of what was typed; the rest of a ten-kilobyte paste says nothing more.
const CARACTERES: usize = 300;
/// Words looked for.
const MOTS: usize = 12;
/// A synonym, even in a title, comes after the word itself in a body.
const POIDS_SYNONYME: f32 = 0.2;
/// Up to so many values of an axis, each is looked up; for more, the set of them all is worth the automaton that
/// [`TermSetQuery`] builds at each search.
const TERMES_A_PART: usize = 64;
/// A beginning of a word.
const POIDS_DEBUT: f32 = 0.5;
/// A close word.
const POIDS_PROCHE: f32 = 0.3;

/// A number is written with spaces, by three digits: it is one word.
fn d_un_tenant(texte: String) -> String {
    let nombre = texte.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
    if nombre { texte.split_whitespace().collect() } else { texte }
}

/// How results are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ordre {
    /// Best answers first; by name when nothing was typed.
    #[default]
    Pertinence,
    /// By name.
    Nom,
}

/// Keeps documents that have one of the values on an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filtre {
    /// Axis.
    pub axe: &'static str,
    /// Any of these; none keeps nothing.
    pub valeurs: Vec<String>,
}

/// A question to the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requete {
    /// Name of the source.
    pub source: &'static str,
    /// What was typed.
    pub texte: String,
    /// All must hold.
    pub filtres: Vec<Filtre>,
    /// Order.
    pub ordre: Ordre,
    /// Rank of the first result wanted, from 0.
    pub premier: usize,
    /// How many results.
    pub nombre: usize,
    /// Only what comes after this key of [`crate::Resultat::suite`], by name: pages that neither repeat nor skip when the
    /// index changes between two of them.
    pub apres: Option<String>,
    /// Axes whose counts are wanted. The count of a value is what one would get by choosing it instead.
    pub facettes: &'static [&'static str],
    /// Is the last word perhaps not finished (suggestions while one types)?
    pub inacheve: bool,
    /// Only what holds all the words as they were typed, or their synonyms: neither close words, nor some of the words.
    pub exacte: bool,
}

/// The words of a question, ready to become queries.
pub(crate) struct Mots {
    tapes: Vec<Terme>,
    inacheve: bool,
    exacte: bool,
}

/// A query over the words, and what had to be approached.
pub(crate) struct RequeteDesMots {
    pub(crate) requete: Box<dyn Query>,
    pub(crate) approches: Vec<String>,
}

impl Mots {
    pub(crate) fn lire(requete: &Requete) -> Self {
        let debut: String = requete.texte.chars().take(CARACTERES).collect();
        let mut tapes = termes(&d_un_tenant(debut));
        tapes.truncate(MOTS);
        Self { tapes, inacheve: requete.inacheve, exacte: requete.exacte }
    }

    pub(crate) fn est_vide(&self) -> bool {
        self.tapes.is_empty()
    }

    pub(crate) fn plusieurs(&self) -> bool {
        self.tapes.len() > 1
    }

    /// What was meant: a word that no document holds gives way to the word of the synonyms that it is near to, so that a typing
    /// error in one way of saying still finds the others.
    fn voulus(&self, champs: &Champs, lecteur: &Searcher) -> tantivy::Result<Vec<Terme>> {
        let voulu = |tape: &Terme| {
            let correction = corriger(tape, fautes(&tape.mot).into());
            let inconnu = correction.is_some() && !connue(&tape.racine, champs, lecteur)?;
            Ok(correction.filter(|_| inconnu).unwrap_or_else(|| tape.clone()))
        };
        self.tapes.iter().map(voulu).collect()
    }

    /// All the words, or any of them.
    pub(crate) fn requete(&self, champs: &Champs, lecteur: &Searcher, tous: bool) -> tantivy::Result<RequeteDesMots> {
        let mut requetes: Vec<Box<dyn Query>> = Vec::new();
        let mut approches = Vec::new();
        let mut tapes = self.tapes.as_slice();
        for morceau in morceaux(self.voulus(champs, lecteur)?) {
            let (dits, reste) = tapes.split_at(morceau.termes.len());
            tapes = reste;
            let connues = connues(&morceau, champs, lecteur)?;
            let inconnu = connues.is_empty();
            let corrige = dits != morceau.termes;
            approches.extend(
                dits.iter()
                    .zip(&morceau.termes)
                    .filter(|(dit, voulu)| inconnu || dit != voulu)
                    .map(|(dit, _)| dit.mot.clone()),
            );
            if self.exacte && (inconnu || corrige) {
                return Ok(RequeteDesMots { requete: Box::new(EmptyQuery), approches });
            }
            if inconnu || corrige || (self.inacheve && reste.is_empty()) {
                let proches = dits.iter().map(|terme| proche(terme, champs, inconnu || corrige));
                let proches: Box<dyn Query> = Box::new(BooleanQuery::intersection(proches.collect()));
                requetes.push(au_mieux(connues.into_iter().chain([proches]).collect()));
            } else {
                requetes.push(au_mieux(connues));
            }
        }
        let requete: Box<dyn Query> = match requetes.len() {
            0 => Box::new(AllQuery),
            _ if tous => Box::new(BooleanQuery::intersection(requetes)),
            _ => Box::new(BooleanQuery::union(requetes)),
        };
        Ok(RequeteDesMots { requete, approches })
    }
}

/// Wrong letters allowed in a word.
fn fautes(mot: &str) -> u8 {
    match mot.chars().count() {
        ..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// The ways of saying a piece that some document holds.
fn connues(morceau: &Morceau, champs: &Champs, lecteur: &Searcher) -> tantivy::Result<Vec<Box<dyn Query>>> {
    let mut connues: Vec<Box<dyn Query>> = Vec::new();
    let dit: Vec<String> = morceau.termes.iter().map(|terme| terme.racine.clone()).collect();
    if tous_connus(&dit, champs, lecteur)? {
        let mots = morceau.termes.iter().map(|terme| du_mot(&terme.racine, Some(&terme.mot), champs)).collect();
        connues.push(Box::new(BooleanQuery::intersection(mots)));
    }
    for variante in &morceau.autrement {
        if tous_connus(variante, champs, lecteur)? {
            let mots = variante.iter().map(|racine| du_mot(racine, None, champs)).collect();
            connues.push(pese(Box::new(BooleanQuery::intersection(mots)), POIDS_SYNONYME));
        }
    }
    Ok(connues)
}

fn tous_connus(racines: &[String], champs: &Champs, lecteur: &Searcher) -> tantivy::Result<bool> {
    for racine in racines {
        if !connue(racine, champs, lecteur)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does some document hold this stem?
fn connue(racine: &str, champs: &Champs, lecteur: &Searcher) -> tantivy::Result<bool> {
    for (champ, _) in champs.par_poids() {
        if lecteur.doc_freq(&Term::from_field_text(champ, racine))? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A stem in the title, in what counts more, in the body; the very word is a little better than its stem.
fn du_mot(racine: &str, mot: Option<&str>, champs: &Champs) -> Box<dyn Query> {
    let mut requetes: Vec<Box<dyn Query>> = champs
        .par_poids()
        .into_iter()
        .map(|(champ, poids)| pese(terme(champ, racine, IndexRecordOption::WithFreqs), poids))
        .collect();
    if let Some(mot) = mot {
        requetes.push(pese(terme(champs.mots, mot, IndexRecordOption::Basic), 0.5));
    }
    au_mieux(requetes)
}

/// A beginning of a word, and when nothing else is known, a word with one or two wrong letters.
fn proche(recherche: &Terme, champs: &Champs, inconnu: bool) -> Box<dyn Query> {
    let cible = || Term::from_field_text(champs.mots, &recherche.mot);
    let fautes = fautes(&recherche.mot);
    let mut requetes: Vec<Box<dyn Query>> = Vec::new();
    if recherche.mot.chars().count() >= 3 {
        requetes.push(pese(Box::new(FuzzyTermQuery::new_prefix(cible(), 0, true)), POIDS_DEBUT));
    }
    if inconnu && fautes > 0 {
        requetes.push(pese(Box::new(FuzzyTermQuery::new(cible(), fautes, true)), POIDS_PROCHE));
    }
    au_mieux(requetes)
}

/// The best of several queries, the others as a touch.
fn au_mieux(mut requetes: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match requetes.len() {
        0 => Box::new(EmptyQuery),
        1 => requetes.remove(0),
        _ => Box::new(DisjunctionMaxQuery::with_tie_breaker(requetes, 0.1)),
    }
}

fn pese(requete: Box<dyn Query>, poids: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(requete, poids))
}

fn terme(champ: Field, texte: &str, option: IndexRecordOption) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(champ, texte), option))
}

/// A filter does not count in the order.
pub(crate) fn filtrer(champs: &Champs, filtre: &Filtre) -> Box<dyn Query> {
    let valeurs: Vec<Term> = filtre
        .valeurs
        .iter()
        .map(|valeur| Term::from_field_text(champs.facettes, &jeton(filtre.axe, valeur)))
        .collect();
    match valeurs.as_slice() {
        [] => Box::new(EmptyQuery),
        [seule] => {
            Box::new(ConstScoreQuery::new(Box::new(TermQuery::new(seule.clone(), IndexRecordOption::Basic)), 0.0))
        }
        quelques if quelques.len() <= TERMES_A_PART => {
            let requetes = quelques
                .iter()
                .map(|terme| -> Box<dyn Query> { Box::new(TermQuery::new(terme.clone(), IndexRecordOption::Basic)) });
            Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::union(requetes.collect())), 0.0))
        }
        _ => Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(valeurs)), 0.0)),
    }
}

/// A value of an axis as the index holds it.
pub(crate) fn jeton(axe: &str, valeur: &str) -> String {
    format!("{axe}{SEPARATEUR}{valeur}")
}
