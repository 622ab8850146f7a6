//! Money that goes from here to there (Sankey): a place stands after all those that feed it; a ribbon is as thick as its sum.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::jumeau::motif;
use crate::{Jumeau, Legende, place, proportion};

const LARGEUR: f64 = 480.0;
/// Thickness of the column that has the most.
const EPAISSEUR: f64 = 180.0;
/// Between two places of a column: room for a label of two lines.
const ECART: f64 = 46.0;
/// Width of a place.
const POTEAU: f64 = 14.0;
const HAUT: f64 = 34.0;

/// A sum that goes from one place to another.
#[derive(Clone, Debug)]
pub struct Lien {
    /// From.
    pub de: String,
    /// To.
    pub vers: String,
    /// How much.
    pub valeur: i64,
    /// How much, in words.
    pub texte: String,
}

impl Lien {
    /// A sum.
    #[must_use]
    pub fn nouveau(de: impl Into<String>, vers: impl Into<String>, valeur: i64, texte: impl Into<String>) -> Self {
        Self { de: de.into(), vers: vers.into(), valeur, texte: texte.into() }
    }
}

/// The drawing.
#[derive(Template, Clone, Debug)]
#[template(path = "flux.html")]
pub struct Flux {
    legende: Legende,
    poteaux: Vec<Poteau>,
    rubans: Vec<Ruban>,
    hauteur: i32,
    jumeau: Jumeau,
}

/// A place as drawn.
#[derive(Clone, Debug)]
struct Poteau {
    nom: String,
    x: i32,
    y: i32,
    hauteur: i32,
    /// Label: where, and which end is there.
    texte_x: i32,
    ancre: &'static str,
}

#[derive(Clone, Debug)]
struct Ruban {
    motif: usize,
    trace: String,
    titre: String,
}

impl Flux {
    /// Sums of nothing or less are left out; a circle of sums is not a flow and is drawn from its first place.
    #[must_use]
    pub fn nouveau(legende: Legende, liens: &[Lien]) -> Self {
        let liens: Vec<&Lien> = liens.iter().filter(|lien| lien.valeur > 0).collect();
        let jumeau = Jumeau {
            titre: legende.titre.clone(),
            colonnes: ["De", "Vers", "Combien"].map(str::to_owned).to_vec(),
            lignes: liens.iter().map(|l| vec![l.de.clone(), l.vers.clone(), l.texte.clone()]).collect(),
        };
        let mut plan = Plan::de(&liens);
        let rubans = liens.iter().enumerate().map(|(rang, lien)| plan.ruban(rang, lien)).collect();
        Self { legende, hauteur: plan.hauteur(), poteaux: plan.poteaux(), rubans, jumeau }
    }
}

/// A place while the drawing is made.
struct Place<'a> {
    nom: &'a str,
    colonne: usize,
    y: f64,
    hauteur: f64,
    /// How much of its height already has a ribbon.
    parti: f64,
    arrive: f64,
}

struct Plan<'a> {
    places: Vec<Place<'a>>,
    colonnes: usize,
    /// Units for one of the whole.
    tout: i64,
}

impl<'a> Plan<'a> {
    fn de(liens: &[&'a Lien]) -> Self {
        let noms = noms(liens);
        let colonnes = colonnes(&noms, liens);
        let somme = |garde: &dyn Fn(&Lien) -> bool| {
            liens.iter().filter(|lien| garde(lien)).fold(0_i64, |total, lien| total.saturating_add(lien.valeur))
        };
        let passe = |nom: &str| somme(&|lien| lien.de == nom).max(somme(&|lien| lien.vers == nom));
        let nombre = colonnes.values().max().map_or(0, |derniere| derniere + 1);
        let total = |colonne| {
            let ici = noms.iter().filter(|nom| colonnes.get(*nom) == Some(&colonne));
            ici.fold(0_i64, |total, nom| total.saturating_add(passe(nom)))
        };
        let tout = (0..nombre).map(total).max().unwrap_or(0);
        let mut suivant = vec![HAUT; nombre];
        let places = noms
            .iter()
            .map(|nom| {
                let colonne = colonnes.get(nom).copied().unwrap_or(0);
                let hauteur = proportion(passe(nom), tout) * EPAISSEUR;
                let y = suivant.get(colonne).copied().unwrap_or(HAUT);
                if let Some(bas) = suivant.get_mut(colonne) {
                    *bas += hauteur + ECART;
                }
                Place { nom, colonne, y, hauteur, parti: 0.0, arrive: 0.0 }
            })
            .collect();
        Self { places, colonnes: nombre, tout }
    }

    fn hauteur(&self) -> i32 {
        place(self.places.iter().map(|p| p.y + p.hauteur).fold(0.0, f64::max) + 12.0)
    }

    fn x(&self, colonne: usize) -> f64 {
        let dernier = i64::try_from(self.colonnes).unwrap_or(1) - 1;
        proportion(i64::try_from(colonne).unwrap_or(0), dernier) * (LARGEUR - POTEAU)
    }

    fn place(&mut self, nom: &str) -> Option<&mut Place<'a>> {
        self.places.iter_mut().find(|place| place.nom == nom)
    }

    /// Ribbons leave and arrive in their order, one under the other.
    fn ruban(&mut self, rang: usize, lien: &Lien) -> Ruban {
        let epaisseur = proportion(lien.valeur, self.tout) * EPAISSEUR;
        let depart = self.place(&lien.de).map(|de| {
            let y = de.y + de.parti;
            de.parti += epaisseur;
            (de.colonne, y)
        });
        let arrivee = self.place(&lien.vers).map(|vers| {
            let y = vers.y + vers.arrive;
            vers.arrive += epaisseur;
            (vers.colonne, y)
        });
        let trace = match (depart, arrivee) {
            (Some((de, y0)), Some((vers, y1))) => courbe(self.x(de) + POTEAU, y0, self.x(vers), y1, epaisseur),
            _ => String::new(),
        };
        Ruban { motif: motif(rang), trace, titre: format!("{} vers {} : {}", lien.de, lien.vers, lien.texte) }
    }

    fn poteaux(&self) -> Vec<Poteau> {
        let derniere = self.colonnes.saturating_sub(1);
        self.places
            .iter()
            .map(|p| {
                let x = self.x(p.colonne);
                let (texte_x, ancre) = match p.colonne {
                    0 => (x, "start"),
                    colonne if colonne == derniere => (x + POTEAU, "end"),
                    _ => (x + POTEAU / 2.0, "middle"),
                };
                let hauteur = place(p.hauteur).max(1);
                Poteau { nom: p.nom.to_owned(), x: place(x), y: place(p.y), hauteur, texte_x: place(texte_x), ancre }
            })
            .collect()
    }
}

/// Places in the order of their first appearance.
fn noms<'a>(liens: &[&'a Lien]) -> Vec<&'a str> {
    let mut noms: Vec<&str> = Vec::new();
    for nom in liens.iter().flat_map(|lien| [lien.de.as_str(), lien.vers.as_str()]) {
        if !noms.contains(&nom) {
            noms.push(nom);
        }
    }
    noms
}

/// A place stands one column after the last that feeds it. As many rounds as places: a circle ends too.
fn colonnes<'a>(noms: &[&'a str], liens: &[&'a Lien]) -> BTreeMap<&'a str, usize> {
    let mut colonnes: BTreeMap<&str, usize> = noms.iter().map(|nom| (*nom, 0)).collect();
    for _ in 1..noms.len() {
        for lien in liens {
            let apres = colonnes.get(lien.de.as_str()).map_or(0, |colonne| colonne + 1).min(noms.len() - 1);
            if let Some(colonne) = colonnes.get_mut(lien.vers.as_str()) {
                *colonne = (*colonne).max(apres);
            }
        }
    }
    colonnes
}

fn courbe(x0: f64, y0: f64, x1: f64, y1: f64, epaisseur: f64) -> String {
    let milieu = place((x0 + x1) / 2.0);
    let (x0, x1) = (place(x0), place(x1));
    let (haut0, haut1, bas0, bas1) = (place(y0), place(y1), place(y0 + epaisseur), place(y1 + epaisseur));
    format!(
        "M{x0} {haut0}C{milieu} {haut0} {milieu} {haut1} {x1} {haut1}V{bas1}C{milieu} {bas1} {milieu} {bas0} {x0} {bas0}z"
    )
}

impl HtmlSafe for Flux {}

#[cfg(test)]
mod tests {
    use super::{Flux, Lien};
    use crate::Legende;

    fn legende() -> Legende {
        Legende::nouvelle("flux", "D’où vient l’argent, où il va", "Le Département apporte le plus.")
    }

    fn lien(de: &str, vers: &str, valeur: i64) -> Lien {
        Lien::nouveau(de, vers, valeur, format!("{valeur} €"))
    }

    #[test]
    fn l_argent_traverse_le_projet() {
        let liens = [
            lien("Département", "Café-épicerie", 30_000),
            lien("Commune", "Café-épicerie", 20_000),
            lien("Café-épicerie", "Travaux", 42_000),
            lien("Café-épicerie", "Équipement", 8_000),
        ];
        insta::assert_snapshot!(Flux::nouveau(legende(), &liens));
    }

    #[test]
    fn un_cercle_et_des_sommes_nulles_ne_bloquent_rien() {
        let liens = [lien("A", "B", 10), lien("B", "A", 10), lien("A", "C", 0), lien("C", "A", -4)];
        let flux = Flux::nouveau(legende(), &liens);
        assert_eq!(flux.poteaux.len(), 2);
        assert_eq!(flux.rubans.len(), 2);
        assert_eq!(Flux::nouveau(legende(), &[]).poteaux.len(), 0);
    }

    #[test]
    fn un_ruban_a_l_epaisseur_de_sa_part() {
        let flux = Flux::nouveau(legende(), &[lien("A", "C", 75), lien("B", "C", 25)]);
        let hauteur = |nom: &str| flux.poteaux.iter().find(|p| p.nom == nom).unwrap().hauteur;
        assert_eq!((hauteur("A"), hauteur("B"), hauteur("C")), (135, 45, 180));
    }
}
