//! Words that people use for one another, read from `contenu/recherche/synonymes.txt`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::analyse::{Terme, termes};

const FICHIER: &str = include_str!("../../../contenu/recherche/synonymes.txt");

/// A way of saying, as stems.
type Variante = Vec<String>;

static GROUPES: LazyLock<Vec<Vec<Variante>>> = LazyLock::new(|| lire(FICHIER));

fn lire(texte: &str) -> Vec<Vec<Variante>> {
    let variante = |texte: &str| termes(texte).into_iter().map(|terme| terme.racine).collect::<Variante>();
    sans_remarques(texte)
        .lines()
        .filter(|ligne| !ligne.trim().is_empty())
        .map(|ligne| ligne.split(',').map(variante).filter(|variante| !variante.is_empty()).collect())
        .collect()
}

/// Each word of the file, with its stem.
static MOTS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| termes(&sans_remarques(FICHIER)).into_iter().map(|terme| (terme.mot, terme.racine)).collect());

fn sans_remarques(texte: &str) -> String {
    texte.lines().filter(|ligne| !ligne.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n")
}

/// The word of the file that a badly typed one meant: `ressourcrie` for `ressourcerie`. The nearest, then the first by name; none
/// when what was typed is one of them, or when all are further than so many wrong letters.
pub(crate) fn corriger(terme: &Terme, fautes: usize) -> Option<Terme> {
    if fautes == 0 || MOTS.contains_key(&terme.mot) {
        return None;
    }
    MOTS.iter()
        .map(|(mot, racine)| (strsim::osa_distance(mot, &terme.mot), mot, racine))
        .min()
        .filter(|(distance, ..)| *distance <= fautes)
        .map(|(_, mot, racine)| Terme { mot: mot.clone(), racine: racine.clone() })
}

/// Words that go together, with the other ways of saying the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Morceau {
    pub(crate) termes: Vec<Terme>,
    pub(crate) autrement: Vec<Variante>,
}

/// Cuts what was typed into pieces: the longest known way of saying first, else word by word.
pub(crate) fn morceaux(mut termes: Vec<Terme>) -> Vec<Morceau> {
    let mut morceaux = Vec::new();
    while !termes.is_empty() {
        let longueur = GROUPES.iter().flatten().filter(|v| commence(&termes, v)).map(Vec::len).max().unwrap_or(1);
        let reste = termes.split_off(longueur);
        let dit = std::mem::replace(&mut termes, reste);
        morceaux.push(Morceau { autrement: autrement(&dit), termes: dit });
    }
    morceaux
}

fn commence(termes: &[Terme], variante: &[String]) -> bool {
    termes.len() >= variante.len() && termes.iter().zip(variante).all(|(terme, racine)| terme.racine == *racine)
}

fn autrement(dit: &[Terme]) -> Vec<Variante> {
    let est_dit = |variante: &Variante| variante.len() == dit.len() && commence(dit, variante);
    let mut autres: Vec<Variante> = GROUPES
        .iter()
        .filter(|groupe| groupe.iter().any(est_dit))
        .flatten()
        .filter(|variante| !est_dit(variante))
        .cloned()
        .collect();
    autres.sort();
    autres.dedup();
    autres
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_fichier_livre_se_lit_et_chaque_ligne_a_deux_variantes() {
        assert!(GROUPES.len() > 30);
        for groupe in GROUPES.iter() {
            assert!(groupe.len() >= 2, "{groupe:?}");
        }
    }

    #[test]
    fn plusieurs_mots_font_un_morceau() {
        let morceaux = morceaux(termes("un chantier d’insertion à Toul"));
        assert_eq!(morceaux.len(), 2);
        assert_eq!(morceaux[0].termes.len(), 2);
        assert!(morceaux[0].autrement.contains(&vec!["aci".to_owned()]), "{morceaux:?}");
        assert!(morceaux[1].autrement.is_empty());
    }

    #[rstest::rstest]
    #[case("ressourcrie", 2, Some("ressourcerie"))]
    #[case("insertoin", 2, Some("insertion"))]
    #[case("ressourcerie", 2, None)]
    #[case("zygomatique", 2, None)]
    #[case("velp", 0, None)]
    fn un_mot_mal_tape_se_retrouve(#[case] tape: &str, #[case] fautes: usize, #[case] attendu: Option<&str>) {
        let terme = termes(tape).remove(0);
        assert_eq!(corriger(&terme, fautes).map(|terme| terme.mot).as_deref(), attendu);
    }

    #[test]
    fn un_mot_inconnu_reste_seul() {
        assert!(morceaux(Vec::new()).is_empty());
        assert_eq!(morceaux(termes("zygomatique")).len(), 1);
    }
}
