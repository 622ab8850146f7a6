//! Forty hand-labelled projects (`tests/projets-etiquettes`): five of them, or any, show the effect of a sheet before it
//! is published; all of them measure the quality of the matching (`docs/qualite-des-rapprochements.md`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::Cents;
use domain::code::CodeCommune;
use domain::constat::Verdict;
use domain::profil::{Complements, Etape, FaitsCommune, Porteur, ProfilDeProjet};
use domain::theme::{NomsDeThemes, Theme};
use jiff::civil::Date;
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::catalogue::fichiers;
use crate::levier::Levier;
use crate::levier::rules::apparier;
use crate::levier::toml::{FichierRefuse, deserialiser};

#[derive(RustEmbed)]
#[folder = "tests/projets-etiquettes"]
struct Fichiers;

/// A project written by hand, with what a person who knows the levers expects for it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjetEtiquete {
    /// Name of its file.
    #[serde(skip)]
    pub id: String,
    /// Title shown.
    pub titre: String,
    /// One of the five shown at every try.
    #[serde(default)]
    pub typique: bool,
    /// Commune.
    pub commune: CodeCommune,
    /// Themes.
    pub themes: Vec<Theme>,
    /// Stage.
    pub etape: Etape,
    /// Bearer.
    pub porteur: Porteur,
    /// Cost in euros.
    #[serde(default)]
    pub cout: Option<i64>,
    /// The rest of the profile.
    #[serde(default)]
    pub complements: Complements,
    /// The labels.
    pub attendus: Attendus,
}

/// Labels: each lever of the catalogue once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attendus {
    /// Fits.
    pub oui: Vec<String>,
    /// May fit: something is missing.
    pub a_verifier: Vec<String>,
    /// Does not fit, by the criterion that a person would give first.
    pub refus: BTreeMap<String, Vec<String>>,
    /// Offers and structures of the demonstration's directory; those that are not named are about other themes.
    pub acteurs: Vec<ActeurAttendu>,
}

/// What a person expects of an offer, or of a structure that described none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActeurAttendu {
    /// Title of the offer, or…
    #[serde(default)]
    pub offre: Option<String>,
    /// …name of the structure.
    #[serde(default)]
    pub structure: Option<String>,
    /// Fits, may fit, does not.
    pub attendu: Verdict,
    /// Criterion that a person gives first for a no. `objet`: same theme, another thing.
    #[serde(default)]
    pub critere: Option<String>,
    /// Why, in one sentence.
    pub raison: String,
}

impl ActeurAttendu {
    /// As the page of results titles it.
    #[must_use]
    pub fn titre(&self) -> &str {
        self.offre.as_deref().or(self.structure.as_deref()).unwrap_or_default()
    }
}

impl ProjetEtiquete {
    /// Its profile.
    #[must_use]
    pub fn profil(&self) -> ProfilDeProjet {
        ProfilDeProjet {
            commune: self.commune.clone(),
            themes: self.themes.clone(),
            etape: self.etape,
            porteur: self.porteur,
            cout: self.cout.map(Cents::euros),
            complements: self.complements.clone(),
        }
    }
}

static PROJETS: LazyLock<Result<Vec<ProjetEtiquete>, FichierRefuse>> = LazyLock::new(|| {
    let lire = |(fichier, texte): (String, String)| {
        let projet: ProjetEtiquete = deserialiser(&fichier, &texte)?;
        Ok(ProjetEtiquete { id: fichier.trim_end_matches(".toml").to_owned(), ..projet })
    };
    fichiers::<Fichiers>().into_iter().map(lire).collect()
});

/// The forty, by file name.
///
/// # Errors
/// A shipped file is wrong (a test reads them all).
pub fn projets() -> Result<&'static [ProjetEtiquete], FichierRefuse> {
    PROJETS.as_deref().map_err(Clone::clone)
}

/// What a sheet says of a project, before and after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Essai {
    /// Title of the project, and its commune.
    pub titre: String,
    /// With the published sheet; absent for a new one.
    pub avant: Option<Verdict>,
    /// With the sheet being written.
    pub apres: Verdict,
    /// Why, after: what refuses, or what is to be verified.
    pub raisons: Vec<String>,
}

/// Tries a sheet on a project.
#[must_use]
pub fn essayer(
    avant: Option<&Levier>,
    apres: &Levier,
    projet: &ProjetEtiquete,
    commune: &FaitsCommune,
    jour: Date,
    noms: &NomsDeThemes,
) -> Essai {
    let profil = projet.profil();
    let apparie = apparier(apres, &profil, commune, jour, noms);
    let parlants = if apparie.verdict == Verdict::Non { Verdict::Non } else { Verdict::AVerifier };
    Essai {
        titre: format!("{}, à {}", projet.titre, commune.nom),
        avant: avant.map(|levier| apparier(levier, &profil, commune, jour, noms).verdict),
        apres: apparie.verdict,
        raisons: apparie.constats.into_iter().filter(|c| c.verdict == parlants).map(|c| c.phrase).collect(),
    }
}
