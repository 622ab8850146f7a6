//! Figures and gaps of a territory. Pure: no SQL, no clock.

use std::collections::BTreeSet;

use domain::code::CodeCommune;
use domain::theme::Theme;
use domain::vocabulaire;
use geo::distance::Lieu;

/// Below, a rate by thousand inhabitants says more about chance than about the territory.
pub const HABITANTS_POUR_COMPARER: u64 = 1_000;

vocabulaire! {
    /// How many people work there, in a few classes: the official brackets are only brackets.
    Classe {
        Aucun = "aucun", "Aucun salarié";
        Petite = "1-9", "1 à 9 salariés";
        Moyenne = "10-49", "10 à 49 salariés";
        Grande = "50-249", "50 à 249 salariés";
        TresGrande = "250", "250 salariés et plus";
        Inconnue = "inconnue", "Effectif non connu";
    }
}

/// Lowest and highest number of employees of an official bracket (Insee, `trancheEffectifsUniteLegale`); the last one has
/// no highest. `NN` is "no employee, or not known": unknown.
#[must_use]
pub fn bornes(tranche: &str) -> Option<(u64, Option<u64>)> {
    Some(match tranche {
        "00" => (0, Some(0)),
        "01" => (1, Some(2)),
        "02" => (3, Some(5)),
        "03" => (6, Some(9)),
        "11" => (10, Some(19)),
        "12" => (20, Some(49)),
        "21" => (50, Some(99)),
        "22" => (100, Some(199)),
        "31" => (200, Some(249)),
        "32" => (250, Some(499)),
        "41" => (500, Some(999)),
        "42" => (1_000, Some(1_999)),
        "51" => (2_000, Some(4_999)),
        "52" => (5_000, Some(9_999)),
        "53" => (10_000, None),
        _ => return None,
    })
}

/// Class of a bracket.
#[must_use]
pub fn classe(tranche: Option<&str>) -> Classe {
    match tranche.and_then(bornes) {
        None => Classe::Inconnue,
        Some((0, _)) => Classe::Aucun,
        Some((1..=9, _)) => Classe::Petite,
        Some((10..=49, _)) => Classe::Moyenne,
        Some((50..=249, _)) => Classe::Grande,
        Some(_) => Classe::TresGrande,
    }
}

/// Structures by class, and between which numbers their employees are, all together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emplois {
    /// Structures of each class that has some, in the order of the classes.
    pub classes: Vec<(Classe, u64)>,
    /// At least so many employees.
    pub bas: u64,
    /// At most so many; none when a bracket is open.
    pub haut: Option<u64>,
    /// Structures whose bracket is known.
    pub connues: u64,
}

/// From structures counted by bracket.
#[must_use]
pub fn emplois(tranches: &[(Option<String>, u64)]) -> Emplois {
    let mut emplois = Emplois { haut: Some(0), ..Emplois::default() };
    for (tranche, nombre) in tranches {
        if let Some((bas, haut)) = tranche.as_deref().and_then(bornes) {
            emplois.connues += nombre;
            emplois.bas += bas * nombre;
            emplois.haut = emplois.haut.zip(haut).map(|(somme, haut)| somme + haut * nombre);
        }
    }
    let de = |voulue: Classe| {
        tranches.iter().filter(|(tranche, _)| classe(tranche.as_deref()) == voulue).map(|(_, nombre)| nombre).sum()
    };
    emplois.classes =
        Classe::TOUS.iter().map(|classe| (*classe, de(*classe))).filter(|(_, nombre): &(_, u64)| *nombre > 0).collect();
    emplois
}

/// How many for a thousand inhabitants, in tenths; none when there are too few inhabitants to compare.
#[must_use]
pub fn pour_mille(nombre: u64, habitants: u64) -> Option<u64> {
    (habitants >= HABITANTS_POUR_COMPARER).then(|| (nombre * 10_000 + habitants / 2) / habitants)
}

/// A commune of the territory.
#[derive(Clone, Debug)]
pub struct Place {
    /// Commune.
    pub commune: CodeCommune,
    /// Its town hall, when its place is known.
    pub mairie: Option<Lieu>,
    /// Inhabitants, when known.
    pub habitants: Option<u32>,
}

/// Who serves a theme, and where.
#[derive(Clone, Debug, Default)]
pub struct Desserte {
    /// Where its actors are.
    pub lieux: Vec<(Lieu, CodeCommune)>,
    /// Communes that an offer says it serves, wherever its actor is.
    pub desservies: BTreeSet<CodeCommune>,
    /// An offer says it serves the whole département.
    pub partout: bool,
}

/// A theme with no known actor near some communes.
#[derive(Clone, Debug, PartialEq)]
pub struct Manque {
    /// Theme.
    pub theme: Theme,
    /// Communes too far, the furthest first: the nearest actor's commune and its distance, when there is any.
    pub communes: Vec<(CodeCommune, Option<(f64, CodeCommune)>)>,
    /// Their inhabitants; none when not one is known.
    pub habitants: Option<u64>,
}

/// The communes that have no actor of a theme within `km`, from one town hall to the other. A commune whose town hall has no
/// known place is not judged.
#[must_use]
pub fn manque(theme: Theme, km: f64, places: &[Place], desserte: &Desserte) -> Option<Manque> {
    if desserte.partout {
        return None;
    }
    let mut communes: Vec<(&Place, Option<(f64, CodeCommune)>)> = Vec::new();
    for place in places.iter().filter(|place| !desserte.desservies.contains(&place.commune)) {
        let Some(mairie) = place.mairie else { continue };
        let proche = mairie.le_plus_proche(&desserte.lieux).map(|(distance, commune)| (distance, commune.clone()));
        if proche.as_ref().is_none_or(|(distance, _)| *distance > km) {
            communes.push((place, proche));
        }
    }
    let distance = |proche: &Option<(f64, CodeCommune)>| proche.as_ref().map_or(f64::MAX, |(distance, _)| *distance);
    communes.sort_by(|a, b| distance(&b.1).total_cmp(&distance(&a.1)).then_with(|| a.0.commune.cmp(&b.0.commune)));
    let connus: Vec<u64> = communes.iter().filter_map(|(place, _)| place.habitants).map(u64::from).collect();
    (!communes.is_empty()).then(|| Manque {
        theme,
        habitants: (!connus.is_empty()).then(|| connus.iter().sum()),
        communes: communes.into_iter().map(|(place, proche)| (place.commune.clone(), proche)).collect(),
    })
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
