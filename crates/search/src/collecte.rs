//! One pass over the documents found: total, facet counts, and the head of the list in a total order (score, then name,
//! then id), the same at each run and after each rebuild.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{StrColumn, TermOrdHit};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Between an axis and its value, between a sort key and its id: never in a text.
pub(crate) const SEPARATEUR: char = '\u{1f}';

/// What to gather.
pub(crate) struct Collecte {
    /// Length of the head.
    pub(crate) tete: usize,
    /// Order by score.
    pub(crate) par_score: bool,
    /// The head begins after this `tri␟id`.
    pub(crate) apres: Option<String>,
    /// Axes to count.
    pub(crate) axes: Vec<&'static str>,
}

/// What was gathered.
#[derive(Default)]
pub(crate) struct Recolte {
    pub(crate) total: usize,
    /// Those from which the head is taken.
    pub(crate) candidats: usize,
    /// Score and `tri␟id`.
    pub(crate) tete: Vec<(Score, String)>,
    pub(crate) facettes: BTreeMap<String, BTreeMap<String, usize>>,
}

pub(crate) struct ParSegment {
    tri: Option<StrColumn>,
    facettes: Option<StrColumn>,
    comptes: Vec<u32>,
    trouves: Vec<(Score, u64)>,
    total: usize,
    /// Ordinals below are before the head.
    seuil: u64,
    tete: usize,
    /// Ordinals of the values of each axis, which the dictionary keeps together.
    axes: Vec<(&'static str, Range<u64>)>,
}

impl Collector for Collecte {
    type Fruit = Recolte;
    type Child = ParSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<ParSegment> {
        let colonnes = segment.fast_fields();
        let facettes = if self.axes.is_empty() { None } else { colonnes.str("facettes")? };
        let comptes = vec![0; facettes.as_ref().map_or(0, |colonne| colonne.dictionary().num_terms())];
        let tete = self.tete;
        let axes = match &facettes {
            Some(colonne) => {
                self.axes.iter().map(|axe| Ok((*axe, valeurs(colonne, axe)?))).collect::<tantivy::Result<_>>()?
            }
            None => Vec::new(),
        };
        // Counts alone rank nothing.
        let tri = if tete == 0 { None } else { colonnes.str("tri")? };
        let seuil = match (&self.apres, &tri) {
            (Some(apres), Some(tri)) => premier_apres(tri, apres)?,
            _ => 0,
        };
        Ok(ParSegment { tri, facettes, comptes, trouves: Vec::new(), total: 0, seuil, tete, axes })
    }

    fn requires_scoring(&self) -> bool {
        self.par_score
    }

    fn merge_fruits(&self, segments: Vec<Recolte>) -> tantivy::Result<Recolte> {
        let mut recolte = Recolte::default();
        for segment in segments {
            recolte.total += segment.total;
            recolte.candidats += segment.candidats;
            recolte.tete.extend(segment.tete);
            for (axe, valeurs) in segment.facettes {
                let comptes = recolte.facettes.entry(axe).or_default();
                for (valeur, nombre) in valeurs {
                    *comptes.entry(valeur).or_default() += nombre;
                }
            }
        }
        recolte.tete.sort_by(|a, b| meilleur((a.0, &a.1), (b.0, &b.1)));
        recolte.tete.truncate(self.tete);
        Ok(recolte)
    }
}

/// Best score first, then the sort key (text or its ordinal, which sort alike).
fn meilleur<C: Ord>((score, cle): (Score, C), (autre_score, autre_cle): (Score, C)) -> Ordering {
    autre_score.total_cmp(&score).then_with(|| cle.cmp(&autre_cle))
}

impl SegmentCollector for ParSegment {
    type Fruit = Recolte;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        let ordinal = self.tri.as_ref().and_then(|tri| tri.ords().first(doc));
        self.trouves.extend(ordinal.filter(|ordinal| *ordinal >= self.seuil).map(|ordinal| (score, ordinal)));
        let Some(facettes) = &self.facettes else { return };
        for ordinal in facettes.ords().values_for_doc(doc) {
            if let Some(compte) = usize::try_from(ordinal).ok().and_then(|rang| self.comptes.get_mut(rang)) {
                *compte += 1;
            }
        }
    }

    fn harvest(mut self) -> Recolte {
        let (total, candidats) = (self.total, self.trouves.len());
        Recolte { total, candidats, tete: self.prendre_la_tete(), facettes: self.nommer_les_facettes() }
    }
}

impl ParSegment {
    fn prendre_la_tete(&mut self) -> Vec<(Score, String)> {
        let mut trouves = std::mem::take(&mut self.trouves);
        if trouves.len() > self.tete {
            trouves.select_nth_unstable_by(self.tete - 1, |a, b| meilleur(*a, *b));
            trouves.truncate(self.tete);
        }
        // In the order of the dictionary, which is then read once.
        trouves.sort_unstable_by_key(|(_, ordinal)| *ordinal);
        let ordinaux: Vec<u64> = trouves.iter().map(|(_, ordinal)| *ordinal).collect();
        let cles = self.tri.as_ref().map(|tri| textes(tri, &ordinaux)).unwrap_or_default();
        trouves.into_iter().map(|(score, _)| score).zip(cles).collect()
    }

    fn nommer_les_facettes(&self) -> BTreeMap<String, BTreeMap<String, usize>> {
        let Some(colonne) = &self.facettes else { return BTreeMap::new() };
        self.axes.iter().map(|(axe, valeurs)| ((*axe).to_owned(), self.nommer(colonne, valeurs.clone()))).collect()
    }

    fn nommer(&self, colonne: &StrColumn, valeurs: Range<u64>) -> BTreeMap<String, usize> {
        let compte = |ordinal: u64| usize::try_from(ordinal).ok().and_then(|rang| self.comptes.get(rang)).copied();
        let vus: Vec<(u64, u32)> =
            valeurs.filter_map(|ordinal| Some((ordinal, compte(ordinal)?))).filter(|(_, nombre)| *nombre > 0).collect();
        let ordinaux: Vec<u64> = vus.iter().map(|(ordinal, _)| *ordinal).collect();
        let nommes = textes(colonne, &ordinaux).into_iter().zip(vus).filter_map(|(jeton, (_, nombre))| {
            let (_, valeur) = jeton.split_once(SEPARATEUR)?;
            Some((valeur.to_owned(), usize::try_from(nombre).unwrap_or(usize::MAX)))
        });
        nommes.collect()
    }
}

/// Where the values of an axis are in the dictionary.
fn valeurs(colonne: &StrColumn, axe: &str) -> tantivy::Result<Range<u64>> {
    let premier = |jeton: String| {
        Ok::<u64, tantivy::TantivyError>(match colonne.dictionary().term_ord_or_next(jeton)? {
            TermOrdHit::Exact(ordinal) | TermOrdHit::Next(ordinal) => ordinal,
        })
    };
    // A space comes next to the separator.
    Ok(premier(format!("{axe}{SEPARATEUR}"))?..premier(format!("{axe} "))?)
}

/// The first ordinal after a key, which this segment may not hold.
fn premier_apres(tri: &StrColumn, cle: &str) -> tantivy::Result<u64> {
    Ok(match tri.dictionary().term_ord_or_next(cle)? {
        TermOrdHit::Exact(ordinal) => ordinal + 1,
        TermOrdHit::Next(ordinal) => ordinal,
    })
}

/// The texts of sorted ordinals. A damaged dictionary gives fewer texts: results are missing, nothing stops.
fn textes(colonne: &StrColumn, ordinaux: &[u64]) -> Vec<String> {
    let mut textes = Vec::with_capacity(ordinaux.len());
    let lu = colonne
        .dictionary()
        .sorted_ords_to_term_cb(ordinaux, |octets| textes.push(String::from_utf8_lossy(octets).into_owned()));
    if lu.is_ok() { textes } else { Vec::new() }
}
