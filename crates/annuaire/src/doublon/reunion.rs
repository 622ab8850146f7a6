//! Which facts a merge keeps, and from whom. Pure. A fact that moves keeps its source, its date and its author; what the
//! agent chooses against the order of sources is said by the agent.

use std::collections::BTreeMap;

use crate::acteur::projection::{Fait, retenu};
use crate::acteur::valeur::{self, retenue};
use crate::vocabulaire::{Champ, Diffusion, Origine};

/// Which of the two is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choix {
    /// The actor that stays.
    Garde,
    /// The one that goes into it.
    Absorbe,
}

/// The choice made for fields on which they differ.
pub type Choisis = BTreeMap<Champ, Choix>;

/// Facts on which nobody chooses: registers and lists say them, each for itself.
#[must_use]
pub fn suit_sa_source(champ: Champ) -> bool {
    matches!(
        champ,
        Champ::Etat | Champ::Diffusion | Champ::SireneEss | Champ::EssFrance | Champ::Siae | Champ::PreuveEss
    )
}

/// Facts of the absorbed actor that may be shown: who asked not to be canvassed gives the contacts that they gave, no other.
#[must_use]
pub fn montrables(diffusion: Diffusion, valeurs: Vec<valeur::Model>) -> Vec<valeur::Model> {
    valeurs.into_iter().filter(|v| !v.cachee(diffusion)).collect()
}

/// A field on which the two say something, with the fact that each one shows.
#[derive(Clone, Debug)]
pub struct Compare {
    /// Field.
    pub champ: Champ,
    /// What the actor that stays shows.
    pub garde: Option<valeur::Model>,
    /// What the other shows.
    pub absorbe: Option<valeur::Model>,
}

impl Compare {
    /// Do they say two things? Then somebody chooses.
    #[must_use]
    pub fn differe(&self) -> bool {
        matches!((&self.garde, &self.absorbe), (Some(a), Some(b)) if a.valeur != b.valeur)
    }

    /// Without a choice: the one that stays, or the only one that says something.
    #[must_use]
    pub fn defaut(&self) -> Choix {
        if self.garde.is_none() { Choix::Absorbe } else { Choix::Garde }
    }
}

fn montree(valeurs: &[valeur::Model], champ: Champ) -> Option<valeur::Model> {
    retenue(valeurs, champ).cloned()
}

fn courantes(valeurs: &[valeur::Model]) -> impl Iterator<Item = &valeur::Model> {
    valeurs.iter().filter(|v| v.courante)
}

/// The fields on which somebody may choose, in the order of the vocabulary.
#[must_use]
pub fn comparer(garde: &[valeur::Model], absorbe: &[valeur::Model]) -> Vec<Compare> {
    Champ::TOUS
        .iter()
        .copied()
        .filter(|champ| !suit_sa_source(*champ))
        .map(|champ| Compare { champ, garde: montree(garde, champ), absorbe: montree(absorbe, champ) })
        .filter(|compare| compare.garde.is_some() || compare.absorbe.is_some())
        .collect()
}

/// What the merge writes among the facts of the actor that stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ecrits {
    /// Facts of the absorbed actor that come, as they are.
    pub copiees: Vec<valeur::Model>,
    /// Facts of the actor that stays, no longer current: their ids.
    pub eteintes: Vec<String>,
    /// Chosen against the order of sources: the agent says it.
    pub dites: Vec<(Champ, String)>,
}

/// What to write. `siren_suit`: the actor that stays takes the SIREN of the other, so what the register says of it too.
#[must_use]
pub fn reunir(garde: &[valeur::Model], absorbe: &[valeur::Model], choisis: &Choisis, siren_suit: bool) -> Ecrits {
    let mut ecrits = Ecrits::default();
    let peut_venir = |v: &&valeur::Model| !v.valeur.is_empty() && (siren_suit || v.source != Origine::Sirene);
    for v in courantes(absorbe).filter(|v| suit_sa_source(v.champ)).filter(peut_venir) {
        let deja = courantes(garde).find(|g| g.champ == v.champ && g.source == v.source);
        let vient = match v.champ {
            // The state of the actor that stays is its own, unless the register speaks of it for the first time.
            Champ::Etat => v.source == Origine::Sirene && deja.is_none(),
            _ => deja.is_none_or(|deja| deja.valeur.is_empty()),
        };
        if vient {
            ecrits.eteintes.extend(deja.map(|deja| deja.id.clone()));
            ecrits.copiees.push(v.clone());
        }
    }
    for compare in comparer(garde, absorbe) {
        let choix = choisis.get(&compare.champ).copied().unwrap_or(compare.defaut());
        if let (Choix::Absorbe, Some(voulue)) = (choix, &compare.absorbe) {
            prendre(garde, absorbe, voulue, peut_venir, &mut ecrits);
        }
    }
    ecrits
}

/// Takes the facts of the absorbed actor on one field.
fn prendre(
    garde: &[valeur::Model],
    absorbe: &[valeur::Model],
    voulue: &valeur::Model,
    peut_venir: impl Fn(&&valeur::Model) -> bool,
    ecrits: &mut Ecrits,
) {
    let champ = voulue.champ;
    let viennent: Vec<&valeur::Model> = courantes(absorbe).filter(|v| v.champ == champ).filter(peut_venir).collect();
    let part = |v: &valeur::Model| {
        humaine(v.source) || v.source == Origine::Exemple || viennent.iter().any(|nouvelle| nouvelle.source == v.source)
    };
    let (partent, restent): (Vec<_>, Vec<_>) = courantes(garde).filter(|v| v.champ == champ).partition(|v| part(v));
    let faits: Vec<Fait> = restent.iter().map(|v| v.fait()).chain(viennent.iter().map(|v| v.fait())).collect();
    if retenu(&faits, champ).is_none_or(|fait| fait.valeur != voulue.valeur) {
        ecrits.dites.push((champ, voulue.valeur.clone()));
        // What people said before gives way to what the agent says now.
        ecrits.copiees.extend(viennent.into_iter().filter(|v| !humaine(v.source)).cloned());
    } else {
        ecrits.copiees.extend(viennent.into_iter().cloned());
    }
    ecrits.eteintes.extend(partent.into_iter().map(|v| v.id.clone()));
}

fn humaine(source: Origine) -> bool {
    source.personne()
}

#[cfg(test)]
#[path = "reunion_tests.rs"]
mod tests;
