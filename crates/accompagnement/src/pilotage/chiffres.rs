//! What is counted, and over which requests. Pure.

use domain::dates::{Calendrier, jours_ouvres_entre};
use domain::profil::Etape;
use domain::referentiel::canton::{self, Canton, CantonDe};
use domain::theme::Theme;
use jiff::civil::Date;
use web::Saisie;
use web::locaux::ThemesLocaux;

use crate::demande::listes::PourChiffres;
use crate::demande::rules::Etat;

/// Which requests are counted; nothing chosen counts all.
#[derive(Clone, Debug, Default)]
pub(super) struct Filtre {
    pub(super) secteur: String,
    pub(super) canton: Option<&'static Canton>,
    pub(super) theme: Option<Theme>,
    pub(super) etape: Option<Etape>,
}

impl Filtre {
    /// From the address; unknown values count as nothing chosen.
    pub(super) fn lire(demande: &Saisie) -> Self {
        Self {
            secteur: demande.texte("secteur").to_owned(),
            canton: canton::canton(demande.texte("canton")),
            theme: demande.texte("theme").parse().ok(),
            etape: demande.texte("etape").parse().ok(),
        }
    }

    pub(super) fn garde(&self, ligne: &PourChiffres) -> bool {
        (self.secteur.is_empty() || secteur(ligne) == self.secteur)
            && self.canton.is_none_or(|canton| cantons(ligne).any(|c| c.code == canton.code))
            && self.theme.is_none_or(|theme| themes(ligne).any(|t| t == theme))
            && self.etape.is_none_or(|etape| ligne.etape == etape)
    }

    /// As they stand in the address.
    pub(super) fn champs(&self) -> [(&'static str, &str); 4] {
        [
            ("secteur", self.secteur.as_str()),
            ("canton", self.canton.map_or("", |canton| canton.code)),
            ("theme", self.theme.map_or("", Theme::as_str)),
            ("etape", self.etape.map_or("", Etape::as_str)),
        ]
    }

    /// "Secteur Lunévillois, thème Mobilité", "Tout le département".
    pub(super) fn mots(&self, noms: &ThemesLocaux) -> String {
        let mut mots = Vec::new();
        if !self.secteur.is_empty() {
            mots.push(format!("secteur {}", self.secteur));
        }
        if let Some(canton) = self.canton {
            mots.push(format!("canton de {}, communes partagées comprises", canton.nom));
        }
        if let Some(theme) = self.theme {
            mots.push(format!("thème « {} »", noms.nom(theme)));
        }
        if let Some(etape) = self.etape {
            mots.push(format!("étape « {} »", etape.libelle()));
        }
        if mots.is_empty() { "tout le territoire".to_owned() } else { mots.join(", ") }
    }
}

domain::vocabulaire! {
    /// What delays are told by.
    Axe {
        Secteur = "secteur", "Secteur";
        Canton = "canton", "Canton";
        Theme = "theme", "Thème";
        Etape = "etape", "Étape";
    }
}

impl Axe {
    /// Rank and name of each group that a request belongs to; what is not known has its group too, the last one.
    pub(super) fn groupes(self, ligne: &PourChiffres, noms: &ThemesLocaux) -> Vec<(usize, String)> {
        let groupes: Vec<(usize, String)> = match self {
            Self::Secteur => vec![(0, secteur(ligne).to_owned())],
            Self::Canton => cantons(ligne).map(|canton| (0, canton.nom.to_owned())).collect(),
            Self::Theme => themes(ligne).map(|theme| (0, noms.nom(theme).to_owned())).collect(),
            Self::Etape => {
                let rang = Etape::TOUS.iter().position(|etape| *etape == ligne.etape).unwrap_or_default();
                vec![(rang, ligne.etape.libelle().to_owned())]
            }
        };
        if groupes.is_empty() { vec![(usize::MAX, "Non connu".to_owned())] } else { groupes }
    }
}

/// Who follows it: its secteur, or the coordination.
pub(super) fn secteur(ligne: &PourChiffres) -> &str {
    ligne.secteur.as_deref().unwrap_or("Coordination")
}

/// Themes of the project, in order.
pub(super) fn themes(ligne: &PourChiffres) -> impl Iterator<Item = Theme> {
    ligne.themes.as_deref().unwrap_or_default().split(',').filter_map(|theme| theme.parse().ok())
}

/// Cantons of the commune; several for a town shared between them, where only the address would tell.
pub(super) fn cantons(ligne: &PourChiffres) -> impl Iterator<Item = &'static Canton> {
    match canton::canton_de(&ligne.commune) {
        CantonDe::Un(canton) => vec![canton],
        CantonDe::Partage(cantons) => cantons,
        CantonDe::AVerifier | CantonDe::Aucun => Vec::new(),
    }
    .into_iter()
}

/// Median of the working days between request and first answer; `None` when nothing was answered.
pub(super) fn mediane(lignes: &[&PourChiffres], calendrier: Calendrier<'_>) -> Option<i32> {
    let mut delais: Vec<i32> = lignes.iter().filter_map(|ligne| delai(ligne, calendrier)).collect();
    delais.sort_unstable();
    delais.get(delais.len().saturating_sub(1) / 2).copied()
}

/// Working days between request and first answer.
pub(super) fn delai(ligne: &PourChiffres, calendrier: Calendrier<'_>) -> Option<i32> {
    ligne.repondue_le.map(|le| jours_ouvres_entre(ligne.faite_le.0, le.0, calendrier))
}

/// Was the answer in time? `None` while it may still be.
pub(super) fn dans_le_delai(ligne: &PourChiffres, jour: Date) -> Option<bool> {
    match ligne.repondue_le {
        Some(le) => Some(le.0 <= ligne.promise_le.0),
        None if Etat::lire(&ligne.etat) == Etat::ARepondre && ligne.promise_le.0 < jour => Some(false),
        None => None,
    }
}

/// Answers in time among those answered or late, in whole percents; `None` when there is none.
pub(super) fn a_temps(lignes: &[&PourChiffres], jour: Date) -> Option<usize> {
    let dus: Vec<bool> = lignes.iter().filter_map(|ligne| dans_le_delai(ligne, jour)).collect();
    let bons = dus.iter().filter(|bon| **bon).count();
    (bons * 100).checked_div(dus.len())
}
