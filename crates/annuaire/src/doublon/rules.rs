//! Which actors may be the same, each pair with its reasons. Pure. Nobody is compared with everybody: only those that share
//! a key are (a telephone, a word of their name in their commune…), and a key that many share says nothing.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::vocabulaire;

use super::cles::{CLES, Candidat};

vocabulaire! {
    /// Why two actors may be the same, or may not.
    Raison {
        Siren = "siren", "même SIREN";
        Rna = "rna", "même numéro RNA";
        Nom = "nom", "même nom, même commune";
        NomProche = "nom-proche", "noms proches, même commune";
        Courriel = "courriel", "même courriel";
        Domaine = "domaine", "courriels de la même maison";
        Site = "site", "même site";
        Telephone = "telephone", "même téléphone";
        Adresse = "adresse", "même adresse";
        SirenDifferents = "siren-differents", "deux SIREN différents";
        RnaDifferents = "rna-differents", "deux numéros RNA différents";
    }
}

impl Raison {
    /// What it weighs. The sum is only there to sort: the reasons are what the agent reads.
    #[must_use]
    pub fn points(self) -> i64 {
        match self {
            Self::Siren | Self::Rna => 100,
            Self::Nom => 60,
            Self::NomProche => 45,
            Self::Courriel => 40,
            Self::Site | Self::Telephone => 35,
            Self::Domaine | Self::Adresse => 25,
            Self::SirenDifferents | Self::RnaDifferents => -40,
        }
    }
}

vocabulaire! {
    /// How sure a pair is.
    Surete {
        Sure = "sure", "presque sûr";
        Probable = "probable", "probable";
        Possible = "possible", "possible";
    }
}

impl Surete {
    /// From this sum on.
    #[must_use]
    pub fn seuil(self) -> i64 {
        match self {
            Self::Sure => 100,
            Self::Probable => 70,
            Self::Possible => 45,
        }
    }

    /// Of a sum.
    #[must_use]
    pub fn de(points: i64) -> Option<Self> {
        Self::TOUS.iter().copied().find(|surete| points >= surete.seuil())
    }
}

/// A key shared by more actors than this says nothing (an accountant's telephone, a house of associations).
const BLOC_MAX: usize = 40;
/// Names closer than this are near (Jaro-Winkler).
const PROCHE: f64 = 0.92;

/// Two actors that may be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paire {
    /// The identifier that comes first.
    pub un: String,
    /// The other.
    pub autre: String,
    /// Why.
    pub raisons: Vec<Raison>,
    /// Sum of the reasons.
    pub points: i64,
}

/// Every pair worth a look. One family of keys at a time: what is held in memory is the actors, one list of keys, and the
/// pairs found.
#[must_use]
pub fn paires(candidats: &[Candidat]) -> Vec<Paire> {
    let mut trouvees: BTreeMap<(usize, usize), Paire> = BTreeMap::new();
    for famille in CLES {
        let mut cles: Vec<(u64, usize)> = candidats
            .iter()
            .enumerate()
            .flat_map(|(rang, candidat)| candidat.cles(famille).into_iter().map(move |cle| (empreinte(&cle), rang)))
            .collect();
        cles.sort_unstable();
        cles.dedup();
        for bloc in cles.chunk_by(|a, b| a.0 == b.0).filter(|bloc| (2..=BLOC_MAX).contains(&bloc.len())) {
            comparer_le_bloc(candidats, bloc, &mut trouvees);
        }
    }
    let mut paires: Vec<Paire> = trouvees.into_values().collect();
    paires.sort_by(|a, b| b.points.cmp(&a.points).then_with(|| (&a.un, &a.autre).cmp(&(&b.un, &b.autre))));
    paires
}

fn comparer_le_bloc(candidats: &[Candidat], bloc: &[(u64, usize)], trouvees: &mut BTreeMap<(usize, usize), Paire>) {
    for (rang, (_, a)) in bloc.iter().enumerate() {
        for (_, b) in bloc.iter().skip(rang + 1) {
            let (Some(un), Some(autre)) = (candidats.get(*a), candidats.get(*b)) else { continue };
            if un.id != autre.id
                && !trouvees.contains_key(&(*a, *b))
                && let Some(paire) = comparer(un, autre)
            {
                trouvees.insert((*a, *b), paire);
            }
        }
    }
}

fn empreinte(cle: &str) -> u64 {
    let mut etat = DefaultHasher::new();
    cle.hash(&mut etat);
    etat.finish()
}

/// Why these two may be the same; nothing when it is not worth a look.
#[must_use]
pub fn comparer(un: &Candidat, autre: &Candidat) -> Option<Paire> {
    let raisons = raisons(un, autre);
    let somme = raisons.iter().map(|raison| raison.points()).sum();
    let ecartes = raisons.iter().any(|raison| raison.points() < 0);
    // Two legal units are at most a possible pair: a firm that took over from another, an agent knows.
    let points = if ecartes { i64::min(somme, Surete::Probable.seuil() - 1) } else { somme };
    Surete::de(points)?;
    let (un, autre) = if un.id < autre.id { (un, autre) } else { (autre, un) };
    Some(Paire { un: un.id.clone(), autre: autre.id.clone(), raisons, points })
}

fn raisons(un: &Candidat, autre: &Candidat) -> Vec<Raison> {
    let meme = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let distincts = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
    let croise = |a: &[String], b: &[String]| a.iter().any(|valeur| b.contains(valeur));
    let siren_different = distincts(&un.siren, &autre.siren);
    let meme_commune = croise(&un.communes, &autre.communes);
    let nom = meme_commune.then(|| comparer_les_noms(un, autre)).flatten();
    let courriel = meme(&un.courriel, &autre.courriel);
    [
        (!siren_different && croise(&un.sirens, &autre.sirens)).then_some(Raison::Siren),
        meme(&un.rna, &autre.rna).then_some(Raison::Rna),
        nom,
        courriel.then_some(Raison::Courriel),
        (!courriel && meme(&un.domaine, &autre.domaine)).then_some(Raison::Domaine),
        meme(&un.site, &autre.site).then_some(Raison::Site),
        meme(&un.telephone, &autre.telephone).then_some(Raison::Telephone),
        croise(&un.adresses, &autre.adresses).then_some(Raison::Adresse),
        siren_different.then_some(Raison::SirenDifferents),
        (!siren_different && distincts(&un.rna, &autre.rna)).then_some(Raison::RnaDifferents),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn comparer_les_noms(un: &Candidat, autre: &Candidat) -> Option<Raison> {
    let trier = |mots: &[String]| {
        let mut mots = mots.to_vec();
        mots.sort();
        mots
    };
    let (a, b) = (trier(&un.mots), trier(&autre.mots));
    if a == b || a.concat() == b.concat() || un.mots.concat() == autre.mots.concat() {
        return Some(Raison::Nom);
    }
    // "Crèche 1" and "Crèche 2" are two.
    let chiffres = |mots: &[String]| -> Vec<String> {
        mots.iter().filter(|mot| mot.chars().any(|c| c.is_ascii_digit())).cloned().collect()
    };
    if chiffres(&a) != chiffres(&b) {
        return None;
    }
    let proche = strsim::jaro_winkler(&un.nom, &autre.nom) >= PROCHE
        || strsim::jaro_winkler(&a.join(" "), &b.join(" ")) >= PROCHE
        || inclus(&a, &b)
        || inclus(&b, &a);
    proche.then_some(Raison::NomProche)
}

/// Two words at least, all of them in the other name ("Ressourcerie du Toulois" in "La Ressourcerie du Toulois et d'ailleurs").
fn inclus(petit: &[String], grand: &[String]) -> bool {
    petit.len() >= 2 && petit.iter().all(|mot| grand.contains(mot))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
