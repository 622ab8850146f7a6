//! Full-text search in French, on tantivy: plain structs in, ordered ids and facet counts out. No SQL, no page.
//!
//! - [`analyse`]: how a text becomes words: accents, capitals, elision, stop words, plurals (stems).
//! - [`synonymes`]: `contenu/recherche/synonymes.txt`, words that people use for one another.
//! - [`requete`]: how what was typed becomes a query; nothing that is typed is a syntax, so nothing can be wrong.
//! - [`collecte`]: one pass over the documents found: total, facet counts, the head of the list.
//! - [`index`]: the index on disk, a cache rebuilt from the database. Only `serve` writes it.

mod analyse;
mod collecte;
mod index;
mod requete;
mod synonymes;

pub use index::{Echec, Index};
pub use requete::{Filtre, Ordre, Requete};

use std::collections::BTreeMap;

/// What can be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Whose document: the name of a source (`acteur`).
    pub source: String,
    /// Identifier, unique inside the source.
    pub id: String,
    /// Title: its words count most.
    pub titre: String,
    /// Words that count more than the body (initials, signs, titles of offers).
    pub fort: String,
    /// The rest.
    pub corps: String,
    /// Axis and value: `("theme", "mobilite")`; several values on one axis are allowed.
    pub facettes: Vec<(&'static str, String)>,
    /// Sort key of the name.
    pub tri: String,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resultat {
    /// Ids of the page asked, in order.
    pub ids: Vec<String>,
    /// How many in all.
    pub total: usize,
    /// By name: the key of the last result, when others come after it.
    pub suite: Option<String>,
    /// Axis → value → how many. On a filtered axis, as if that axis were not filtered.
    pub facettes: BTreeMap<String, BTreeMap<String, usize>>,
    /// Words typed that no document holds: close words were looked for instead.
    pub approches: Vec<String>,
    /// No document holds all the words: these hold some of them.
    pub partiel: bool,
    /// Something was typed, and only words too common to look for.
    pub sans_mot: bool,
}

impl Resultat {
    /// How many for a value of an axis.
    #[must_use]
    pub fn compte(&self, axe: &str, valeur: &str) -> usize {
        self.facettes.get(axe).and_then(|valeurs| valeurs.get(valeur)).copied().unwrap_or(0)
    }
}
