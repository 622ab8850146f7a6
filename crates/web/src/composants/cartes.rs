//! Cards, the board made of them, and the table that is worked in.

use askama::Template;

use super::{Etiquette, Html, Icone, Signe, Tableau, composant};

/// One thing of a list: its name leads to it.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/fiche.html")]
pub struct Fiche {
    titre: String,
    url: String,
    note: String,
    texte: Option<String>,
    etiquettes: Vec<Etiquette>,
    signe: Option<Icone>,
}

impl Fiche {
    /// A name, an address, a line of facts.
    #[must_use]
    pub fn nouvelle(titre: impl Into<String>, url: impl Into<String>, note: impl Into<String>) -> Self {
        let (titre, url, note) = (titre.into(), url.into(), note.into());
        Self { titre, url, note, texte: None, etiquettes: Vec::new(), signe: None }
    }

    /// A few words more.
    #[must_use]
    pub fn texte(mut self, texte: impl Into<String>) -> Self {
        self.texte = Some(texte.into()).filter(|texte| !texte.is_empty());
        self
    }

    /// Its state.
    #[must_use]
    pub fn etiquette(mut self, etiquette: Etiquette) -> Self {
        self.etiquettes.push(etiquette);
        self
    }

    /// What kind of thing.
    #[must_use]
    pub fn signe(mut self, signe: Signe) -> Self {
        self.signe = Some(Icone(signe));
        self
    }
}

/// Cards, one under the other.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/fiches.html")]
pub struct Fiches(pub Vec<Fiche>);

/// A column of a board.
#[derive(Clone, Debug)]
pub struct Colonne {
    /// Unique in the page.
    pub id: String,
    /// What it holds.
    pub titre: String,
    /// How many: a number, or "40 derniers contacts" when there are more.
    pub compte: String,
    /// Said when it holds nothing.
    pub vide: String,
    /// Its cards.
    pub fiches: Fiches,
    /// Where the cards that are not shown are: words, address.
    pub suite: Option<(String, String)>,
}

/// A board: what waits, in columns on a wide screen.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/planche.html")]
pub struct Planche {
    /// In order of urgency.
    pub colonnes: Vec<Colonne>,
}

/// Order of a column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordre {
    /// Not ordered by it.
    Aucun,
    /// From small to great.
    Croissant,
    /// From great to small.
    Decroissant,
}

/// A table where one works: ordered by its headers (links: the order has its address), its rows chosen by boxes that belong to
/// the form around it.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/tableau_de_travail.html")]
pub struct TableauDeTravail {
    tableau: Tableau,
    tris: Vec<Option<(String, Ordre)>>,
    choix: Option<(&'static str, Vec<String>)>,
    choisies: Vec<String>,
}

impl TableauDeTravail {
    /// Over a table.
    #[must_use]
    pub fn nouveau(tableau: Tableau) -> Self {
        Self { tableau, tris: Vec::new(), choix: None, choisies: Vec::new() }
    }

    /// For each column, where its header leads and its present order; `None` where it cannot be ordered.
    #[must_use]
    pub fn triable(mut self, tris: Vec<Option<(String, Ordre)>>) -> Self {
        self.tris = tris;
        self
    }

    /// A box before each row: name of the field, value of each row.
    #[must_use]
    pub fn choisissable(mut self, nom: &'static str, valeurs: Vec<String>) -> Self {
        self.choix = Some((nom, valeurs));
        self
    }

    /// Rows chosen already: the page comes back with an error.
    #[must_use]
    pub fn choisies(mut self, valeurs: &[String]) -> Self {
        self.choisies = valeurs.to_vec();
        self
    }

    fn est_choisie(&self, rang: &usize) -> bool {
        self.choisies.iter().any(|choisie| choisie == self.valeur(rang))
    }

    fn tri(&self, rang: &usize) -> Option<&(String, Ordre)> {
        self.tris.get(*rang).and_then(Option::as_ref)
    }

    fn valeur(&self, rang: &usize) -> &str {
        self.choix.as_ref().and_then(|(_, valeurs)| valeurs.get(*rang)).map_or("", String::as_str)
    }

    /// What the row is, in words, for its box.
    fn nom_de(&self, ligne: &[super::Cellule]) -> Html {
        Html(ligne.first().map(|cellule| sans_balises(&cellule.html.0)).unwrap_or_default())
    }
}

/// The words of a cell, without its tags (a link's words name the row).
fn sans_balises(html: &str) -> String {
    html.split('<').map(|morceau| morceau.split_once('>').map_or(morceau, |(_, mots)| mots)).collect()
}

composant!(Fiche, Fiches, Planche, TableauDeTravail);

#[cfg(test)]
mod tests {
    use super::sans_balises;
    use crate::composants::Cellule;

    #[test]
    fn les_mots_d_un_lien_nomment_sa_ligne() {
        assert_eq!(sans_balises(&Cellule::lien("/a", "Café & <épicerie>").html.0), "Café &amp; &lt;épicerie&gt;");
        assert_eq!(sans_balises("sans rien"), "sans rien");
    }
}
