//! Templates of mails: shipped in `contenu/courriels/`, changed in the database. Only listed variables are known; a
//! change is tried on the sample before it is saved.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};

use crate::instance::Instance;

#[derive(RustEmbed)]
#[folder = "../../contenu/courriels"]
struct Fichiers;

/// Work allowed to one template: a loop without end stops.
const EFFORT: u64 = 20_000;
/// Longest subject, characters.
pub const SUJET_MAX: usize = 150;
/// Longest text, characters.
pub const TEXTE_MAX: usize = 8_000;

/// Subject and text of a mail, with `{{ variables }}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modele {
    /// Subject.
    pub sujet: String,
    /// Text.
    pub texte: String,
}

/// A value that a template may use.
#[derive(Debug, Deserialize)]
pub struct Variable {
    /// Name, between `{{ }}`.
    pub nom: String,
    /// What it is.
    pub quoi: String,
    /// For the sample.
    pub exemple: String,
    /// The text must say it.
    #[serde(default)]
    pub obligatoire: bool,
}

/// A mail of the house.
#[derive(Debug, Deserialize)]
pub struct CourrielType {
    /// Stable id (the file's name).
    #[serde(skip)]
    pub id: String,
    /// When it leaves.
    pub quand: String,
    /// As shipped.
    #[serde(flatten)]
    pub defaut: Modele,
    /// What it may use.
    #[serde(rename = "variable")]
    pub variables: Vec<Variable>,
}

static TYPES: LazyLock<Vec<CourrielType>> = LazyLock::new(|| {
    let mut types: Vec<CourrielType> = Fichiers::iter().filter_map(|nom| lire(&nom)).collect();
    types.sort_by(|a, b| a.id.cmp(&b.id));
    types
});

fn lire(nom: &str) -> Option<CourrielType> {
    let fichier = Fichiers::get(nom)?;
    let lu: CourrielType = toml::from_slice(&fichier.data).ok()?;
    Some(CourrielType { id: nom.trim_end_matches(".toml").to_owned(), ..lu })
}

/// All mails, by id.
#[must_use]
pub fn types() -> &'static [CourrielType] {
    &TYPES
}

/// A mail by its id.
#[must_use]
pub fn trouver(id: &str) -> Option<&'static CourrielType> {
    TYPES.iter().find(|un| un.id == id)
}

/// Subject and text with these values: as changed here, or as shipped when a change does not hold.
pub(super) fn composer(instance: &Instance, id: &str, valeurs: &[(&str, &str)]) -> Option<Modele> {
    let courriel = trouver(id)?;
    let identite = instance.identite();
    let communes = [("site", identite.nom.as_str()), ("collectivite", identite.collectivite.as_str())];
    let valeurs: BTreeMap<&str, &str> = communes.into_iter().chain(valeurs.iter().copied()).collect();
    let locaux = instance.locaux();
    if let Some(local) = locaux.courriel(id) {
        match local.rendre(&valeurs) {
            Ok(rendu) => return Some(rendu),
            Err(erreur) => tracing::error!(courriel = id, erreur, "le texte local ne se compose pas"),
        }
    }
    courriel.defaut.rendre(&valeurs).ok()
}

impl Modele {
    fn rendre(&self, valeurs: &BTreeMap<&str, &str>) -> Result<Self, String> {
        let mut environnement = Environment::new();
        environnement.set_undefined_behavior(UndefinedBehavior::Strict);
        environnement.set_fuel(Some(EFFORT));
        environnement.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let valeurs = minijinja::Value::from_pairs(valeurs.iter().map(|(nom, valeur)| (*nom, *valeur)));
        let rendre =
            |texte: &str| environnement.render_str(texte, valeurs.clone()).map_err(|erreur| en_francais(&erreur));
        // A subject is one line whatever a title holds.
        let sujet = rendre(&self.sujet)?.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { sujet, texte: rendre(self.texte.trim())? })
    }
}

fn en_francais(erreur: &minijinja::Error) -> String {
    use minijinja::ErrorKind::{OutOfFuel, SyntaxError, UndefinedError};
    match erreur.kind() {
        UndefinedError => "Un mot entre {{ }} n’est pas dans la liste des valeurs permises.".to_owned(),
        SyntaxError => format!("Une accolade manque ou est de trop, ligne {}.", erreur.line().unwrap_or(1)),
        OutOfFuel => "Ce texte demande trop de travail. Retirez les boucles.".to_owned(),
        _ => "Ce texte ne se compose pas. Utilisez seulement les valeurs de la liste, entre {{ }}.".to_owned(),
    }
}

impl CourrielType {
    /// The sample: what the mail would be.
    ///
    /// # Errors
    /// A sentence for the field: an unknown variable, an accolade missing, something compulsory left out.
    pub fn essayer(&self, modele: &Modele, site: &str, collectivite: &str) -> Result<Modele, String> {
        let exemples = self.variables.iter().map(|v| (v.nom.as_str(), v.exemple.as_str()));
        let valeurs: BTreeMap<&str, &str> =
            [("site", site), ("collectivite", collectivite)].into_iter().chain(exemples).collect();
        let rendu = modele.rendre(&valeurs)?;
        let oubliee = self.variables.iter().find(|v| v.obligatoire && !dit(&rendu, &v.exemple));
        match oubliee {
            Some(variable) => Err(format!("Il manque {{{{ {} }}}} : {}.", variable.nom, variable.quoi.to_lowercase())),
            None if rendu.sujet.is_empty() => Err("Le sujet serait vide.".to_owned()),
            None => Ok(rendu),
        }
    }
}

fn dit(rendu: &Modele, exemple: &str) -> bool {
    rendu.texte.contains(exemple) || rendu.sujet.contains(exemple)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Fichiers, Modele, lire, trouver, types};

    #[test]
    fn every_shipped_mail_passes_its_own_check() {
        assert_eq!(types().len(), Fichiers::iter().count());
        for nom in Fichiers::iter() {
            let courriel = lire(&nom).unwrap_or_else(|| panic!("{nom}"));
            let rendu = courriel.essayer(&courriel.defaut, "Terreau", "Département d’exemple");
            let rendu = rendu.unwrap_or_else(|erreur| panic!("{nom} : {erreur}"));
            assert!(!rendu.texte.contains("{{") && !rendu.sujet.contains('\n'), "{nom}");
        }
    }

    #[rstest]
    #[case("Code {{ code }} {{ lien }} {{ secret }}", "n’est pas dans la liste")]
    #[case("Code {{ code }} {{ lien }", "accolade")]
    #[case("Code {{ code }}", "Il manque {{ lien }}")]
    #[case(
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ code }}{{ lien }}{% endfor %}{% endfor %}",
        "trop de travail"
    )]
    fn a_text_that_does_not_hold_is_refused(#[case] texte: &str, #[case] attendu: &str) {
        let modele = Modele { sujet: "Sujet".to_owned(), texte: texte.to_owned() };
        let erreur = trouver("connexion").unwrap().essayer(&modele, "Terreau", "Exemple").unwrap_err();
        assert!(erreur.contains(attendu), "{erreur}");
    }
}
