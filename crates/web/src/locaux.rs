//! What the agent of the site changed on screen, read from the settings and kept in memory: texts, mails, themes, lists
//! of communes, cantons, closing days, electoral period. What is not changed is as shipped.

use std::collections::BTreeMap;

use domain::code::CodeCommune;
use domain::dates::{Calendrier, ZoneFeriee};
use domain::theme::{Colonne, NomsDeThemes, Theme};
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use socle::reglage;

use crate::composants::OptionDeChamp;
use crate::courriels::Modele;
use crate::textes;

/// Key of the setting of themes.
pub const THEMES: &str = "themes";
/// Key of the local closing days.
pub const FERMETURES: &str = "fermetures";
/// Key of the electoral period.
pub const PERIODE: &str = "periode-electorale";
/// Key of the keeping time.
pub const CONSERVATION: &str = "conservation";
/// Before the key of a text.
pub const TEXTE: &str = "texte.";
/// Before the id of a mail.
pub const COURRIEL: &str = "courriel.";
/// Before the id of a list of communes.
pub const ZONAGE: &str = "zonage.";
/// Before the code of a canton.
pub const CANTON: &str = "canton.";

/// How a theme is shown here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ThemeLocal {
    /// Its name here; empty: as shipped.
    pub nom: String,
    /// Its column here; empty: as shipped.
    pub colonne: String,
    /// No longer offered (projects that have it keep it).
    pub masque: bool,
}

/// Themes and priorities as shown here. Ids never change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ThemesLocaux {
    /// Name of each column that is renamed, by id.
    pub colonnes: BTreeMap<String, String>,
    /// Themes changed, by id.
    pub themes: BTreeMap<String, ThemeLocal>,
}

impl ThemesLocaux {
    /// Name of a theme.
    #[must_use]
    pub fn nom(&self, theme: Theme) -> &str {
        let local = self.themes.get(theme.as_str()).map(|local| local.nom.as_str());
        local.filter(|nom| !nom.is_empty()).unwrap_or_else(|| theme.libelle())
    }

    /// The names alone, for the rules.
    #[must_use]
    pub fn noms_de_themes(&self) -> NomsDeThemes {
        let renommes = Theme::TOUS.iter().filter(|theme| self.nom(**theme) != theme.libelle());
        renommes.map(|theme| (*theme, self.nom(*theme).to_owned())).collect()
    }

    /// Column of a theme.
    #[must_use]
    pub fn colonne(&self, theme: Theme) -> Colonne {
        let locale = self.themes.get(theme.as_str()).and_then(|local| local.colonne.parse().ok());
        locale.unwrap_or_else(|| theme.colonne())
    }

    /// Name of a column.
    #[must_use]
    pub fn nom_de_colonne(&self, colonne: Colonne) -> &str {
        self.colonnes.get(colonne.as_str()).map_or_else(|| colonne.libelle(), String::as_str)
    }

    /// Is it offered?
    #[must_use]
    pub fn propose(&self, theme: Theme) -> bool {
        !self.themes.get(theme.as_str()).is_some_and(|local| local.masque)
    }

    /// Names of several themes; some hold commas.
    #[must_use]
    pub fn noms(&self, themes: &[Theme]) -> String {
        themes.iter().map(|theme| self.nom(*theme)).collect::<Vec<_>>().join(" ; ")
    }

    /// The choices of a form, grouped by column: the themes offered, and those already chosen.
    #[must_use]
    pub fn options(&self, choisis: &[String]) -> Vec<OptionDeChamp> {
        let offert = |theme: &Theme| self.propose(*theme) || choisis.iter().any(|choisi| choisi == theme.as_str());
        let themes = Theme::TOUS.iter().copied().filter(offert);
        self.grouper(themes.map(|theme| (theme, self.nom(theme).to_owned())))
    }

    /// These themes with what is said of each, grouped by column.
    #[must_use]
    pub fn grouper(&self, themes: impl IntoIterator<Item = (Theme, String)>) -> Vec<OptionDeChamp> {
        let mut themes: Vec<(Theme, String)> = themes.into_iter().collect();
        themes.sort_by_key(|(theme, _)| (self.colonne(*theme), *theme));
        OptionDeChamp::par_groupes(themes.into_iter().map(|(theme, libelle)| {
            (self.nom_de_colonne(self.colonne(theme)), OptionDeChamp::nouvelle(theme.as_str(), libelle))
        }))
    }
}

/// A dated list of communes entered here: a perimeter, a label, a zoning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListeLocale {
    /// Name, with its article where it has one.
    pub nom: String,
    /// First day.
    pub du: Date,
    /// Last day.
    pub au: Option<Date>,
    /// Year of the codes.
    pub millesime: i16,
    /// Where it comes from.
    pub source: String,
    /// Complete: a commune that is not in it is known not to be. Otherwise its absence is to be verified.
    pub complete: bool,
    /// Communes.
    pub communes: Vec<CodeCommune>,
}

/// What is said of a canton.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CantonLocal {
    /// Names of the two conseillers départementaux.
    pub binome: Vec<String>,
    /// How to reach them.
    pub contact: String,
    /// Since when, in words ("élus en juin 2021").
    pub depuis: String,
}

/// A day on which the services are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fermeture {
    /// Day.
    pub jour: Date,
    /// Why.
    pub motif: String,
}

/// Electoral period: promotional texts are frozen (code électoral, L52-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Periode {
    /// First day.
    pub du: Date,
    /// Last day.
    pub au: Date,
    /// Which election.
    pub scrutin: String,
}

/// Keeping time of closed projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conservation {
    /// Years after the last change of a closed project.
    pub annees: u16,
    /// What decides it (tableau de gestion, visa), in words.
    pub source: String,
}

impl Default for Conservation {
    fn default() -> Self {
        Self { annees: 10, source: "Valeur par défaut, à vérifier avec les Archives départementales.".to_owned() }
    }
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Locaux {
    textes: BTreeMap<String, String>,
    courriels: BTreeMap<String, Modele>,
    /// Themes.
    pub themes: ThemesLocaux,
    /// Lists of communes, by id.
    pub listes: BTreeMap<String, ListeLocale>,
    /// Cantons, by code.
    pub cantons: BTreeMap<String, CantonLocal>,
    /// Closing days, by day.
    pub fermetures: Vec<Fermeture>,
    jours_fermes: Vec<Date>,
    /// Electoral period.
    pub periode: Option<Periode>,
    /// Keeping time.
    pub conservation: Conservation,
    versions: BTreeMap<String, i64>,
}

impl Locaux {
    /// Among all settings.
    #[must_use]
    pub fn parmi(lignes: &[reglage::Model]) -> Self {
        let fermetures: Vec<Fermeture> = un(lignes, FERMETURES).unwrap_or_default();
        Self {
            textes: plusieurs(lignes, TEXTE),
            courriels: plusieurs(lignes, COURRIEL),
            themes: un(lignes, THEMES).unwrap_or_default(),
            listes: plusieurs(lignes, ZONAGE),
            cantons: plusieurs(lignes, CANTON),
            jours_fermes: fermetures.iter().map(|fermeture| fermeture.jour).collect(),
            fermetures,
            periode: un(lignes, PERIODE),
            conservation: un(lignes, CONSERVATION).unwrap_or_default(),
            versions: lignes.iter().map(|ligne| (ligne.cle.clone(), ligne.version)).collect(),
        }
    }

    /// Version of a setting, for the optimistic lock; 0 when it was never set.
    #[must_use]
    pub fn version(&self, cle: &str) -> i64 {
        self.versions.get(cle).copied().unwrap_or(0)
    }

    /// The electoral period in force on a day.
    #[must_use]
    pub fn periode_en_cours(&self, jour: Date) -> Option<&Periode> {
        self.periode.as_ref().filter(|periode| periode.du <= jour && jour <= periode.au)
    }

    /// A text changed here.
    #[must_use]
    pub fn texte_local(&self, cle: &str) -> Option<&str> {
        self.textes.get(cle).map(String::as_str)
    }

    /// A text as shown on a day.
    #[must_use]
    pub fn texte(&self, cle: &str, jour: Date) -> String {
        let Some(texte) = textes::trouver(cle) else { return String::new() };
        let fige = texte.promotionnel && self.periode_en_cours(jour).is_some();
        let local = self.textes.get(cle).filter(|_| !fige);
        local.map_or_else(|| texte.defaut.trim().to_owned(), Clone::clone)
    }

    /// A mail changed here.
    #[must_use]
    pub fn courriel(&self, id: &str) -> Option<&Modele> {
        self.courriels.get(id)
    }

    /// Working days: public holidays of the zone and local closing days.
    #[must_use]
    pub fn calendrier(&self, zone: ZoneFeriee) -> Calendrier<'_> {
        Calendrier { zone, fermetures: &self.jours_fermes }
    }
}

fn un<T: DeserializeOwned>(lignes: &[reglage::Model], cle: &str) -> Option<T> {
    reglage::parmi(lignes, cle).0
}

fn plusieurs<T: DeserializeOwned>(lignes: &[reglage::Model], prefixe: &str) -> BTreeMap<String, T> {
    lignes
        .iter()
        .filter_map(|ligne| {
            let nom = ligne.cle.strip_prefix(prefixe)?;
            let valeur = serde_json::from_str::<Option<T>>(&ligne.valeur).ok().flatten()?;
            Some((nom.to_owned(), valeur))
        })
        .collect()
}
