//! The same figures, drawn.

use domain::dates::mois_abrege;
use domain::profil::Etape;
use domain::theme::Theme;
use graphiques::{Barre, Barres, Courbes, Empilees, Legende, Part, Serie};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;
use web::locaux::ThemesLocaux;
use web::texte;

use super::chiffres::{dans_le_delai, themes};
use crate::demande::listes::PourChiffres;

/// What is left of the requests at each step.
pub(super) fn entonnoir(lignes: &[&PourChiffres]) -> Barres {
    let compte = |filtre: &dyn Fn(&PourChiffres) -> bool| lignes.iter().filter(|l| filtre(l)).count();
    let avances = [Etape::Decide, Etape::Travaux, Etape::Activite];
    let total = lignes.len();
    let repondues = compte(&|l| l.repondue_le.is_some());
    let etape = |(libelle, nombre): (&str, usize)| {
        let part = (nombre * 100).checked_div(total).unwrap_or(0);
        Barre::nouvelle(libelle, entier(nombre), format!("{nombre} ({part}\u{a0}%)"))
    };
    let etapes = [
        ("Demandes reçues", total),
        ("Demandes qui ont une réponse", repondues),
        ("Projets décidés, lancés ou en activité", compte(&|l| avances.contains(&l.etape))),
        ("Projets en activité", compte(&|l| l.etape == Etape::Activite)),
    ];
    let phrase = format!(
        "{repondues} sur {} {} une réponse.",
        texte::accorde(total as u64, "demande", "demandes"),
        a(repondues)
    );
    let legende = Legende::nouvelle("entonnoir", "De la demande à l’activité", phrase);
    Barres::nouvelles(legende, ["Où en sont les demandes", "Combien"], etapes.map(etape).to_vec()).en_entonnoir()
}

fn a(nombre: usize) -> &'static str {
    if nombre < 2 { "a" } else { "ont" }
}

/// Received and answered, month by month, from the first day counted to today.
pub(super) fn par_mois(lignes: &[&PourChiffres], debut: Date, jour: Date) -> Courbes {
    let premiers: Vec<Date> =
        std::iter::successors(Some(debut.first_of_month()), |mois| mois.checked_add(1.month()).ok())
            .take_while(|mois| *mois <= jour)
            .collect();
    let par_mois = |jours: &dyn Fn(&PourChiffres) -> Option<Date>| -> Vec<i64> {
        let dans = |mois: Date| lignes.iter().filter_map(|l| jours(l)).filter(|le| le.first_of_month() == mois).count();
        premiers.iter().map(|mois| entier(dans(*mois))).collect()
    };
    let recues = par_mois(&|ligne| Some(ligne.faite_le.0));
    let repondues = par_mois(&|ligne| ligne.repondue_le.map(|le| le.0));
    let le_plus = premiers.iter().zip(&recues).max_by_key(|(_, nombre)| **nombre).filter(|(_, nombre)| **nombre > 0);
    let phrase = le_plus.map_or_else(String::new, |(mois, nombre)| {
        format!("Le mois le plus chargé est {} ({nombre}).", nom_du_mois(*mois))
    });
    Courbes::nouvelles(
        Legende::nouvelle("par-mois", "Demandes reçues et répondues, par mois", phrase),
        "Mois",
        premiers.iter().map(|mois| nom_du_mois(*mois)).collect(),
        vec![Serie::nouvelle("Reçues", recues), Serie::nouvelle("Répondues", repondues)],
    )
}

fn nom_du_mois(mois: Date) -> String {
    format!("{} {}", mois_abrege(mois), mois.year())
}

/// The promise kept, secteur by secteur.
pub(super) fn promesses(lignes: &[&PourChiffres], jour: Date) -> Empilees {
    const ETATS: [(&str, bool, Option<bool>); 4] = [
        ("Réponse dans le délai", true, Some(true)),
        ("Réponse après le délai", true, Some(false)),
        ("En attente", false, None),
        ("En retard", false, Some(false)),
    ];
    let mut groupes: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for ligne in lignes {
        let compte = groupes.entry(ligne.secteur.as_deref().unwrap_or("Coordination")).or_default();
        let etat = (ligne.repondue_le.is_some(), dans_le_delai(ligne, jour));
        for (nombre, (_, repondue, a_temps)) in compte.iter_mut().zip(ETATS) {
            *nombre += usize::from(etat == (repondue, a_temps));
        }
    }
    let parts = |compte: [usize; 4]| compte.map(|nombre| Part::nouvelle(entier(nombre), nombre.to_string())).to_vec();
    Empilees::nouvelles(
        Legende::nouvelle(
            "promesses",
            "La promesse de délai, par secteur",
            "Une barre par secteur, une demande par part.",
        ),
        "Secteur",
        ETATS.map(|(nom, _, _)| nom.to_owned()).to_vec(),
        groupes.into_iter().map(|(secteur, compte)| (secteur.to_owned(), parts(compte))).collect(),
    )
}

/// Projects at each stage.
pub(super) fn par_etape(lignes: &[&PourChiffres]) -> Barres {
    let nombre = |etape: Etape| lignes.iter().filter(|ligne| ligne.etape == etape).count();
    let barres = Etape::TOUS.iter().map(|etape| barre(etape.libelle(), nombre(*etape))).collect();
    Barres::nouvelles(Legende::nouvelle("par-etape", "Projets accompagnés par étape", ""), ["Étape", "Projets"], barres)
}

/// Themes with at least one project, most frequent first.
pub(super) fn par_theme(lignes: &[&PourChiffres], max: usize, noms: &ThemesLocaux) -> Barres {
    let mut nombres: Vec<(Theme, usize)> = Theme::TOUS
        .iter()
        .map(|theme| (*theme, lignes.iter().filter(|ligne| themes(ligne).any(|t| t == *theme)).count()))
        .filter(|(_, nombre)| *nombre > 0)
        .collect();
    nombres.sort_by_key(|(theme, nombre)| (std::cmp::Reverse(*nombre), *theme));
    let barres = nombres.into_iter().take(max).map(|(theme, nombre)| barre(noms.nom(theme), nombre)).collect();
    let legende = Legende::nouvelle("par-theme", "Projets accompagnés par thème", "Un projet a un à trois thèmes.");
    Barres::nouvelles(legende, ["Thème", "Projets"], barres)
}

fn barre(libelle: &str, nombre: usize) -> Barre {
    Barre::nouvelle(libelle, entier(nombre), nombre.to_string())
}

fn entier(nombre: usize) -> i64 {
    i64::try_from(nombre).unwrap_or(i64::MAX)
}
