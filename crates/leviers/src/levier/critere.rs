//! The conditions of a lever, structured so that each can be checked and explained on its own.

use domain::code::{CodeCommune, CodeEpci};
use domain::constat::Source;
use domain::profil::{Etape, NatureDepense, Porteur};
use serde::{Deserialize, Serialize};

/// A condition, with the bearers it concerns and where it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Critere {
    /// What is asked.
    pub condition: Condition,
    /// Bearers concerned; empty is everybody. For the others the criterion is "sans objet".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pour: Vec<Porteur>,
    /// Where it was read, when it is not the source of the lever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// What a lever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Condition {
    /// Who may bear the project.
    Porteurs {
        /// Accepted.
        acceptes: Vec<Porteur>,
        /// Perhaps accepted: the text is not clear, or an agreement decides.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        a_verifier: Vec<Porteur>,
    },
    /// Where the project may stand.
    Etapes {
        /// Accepted.
        acceptees: Vec<Etape>,
        /// Perhaps accepted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        a_verifier: Vec<Etape>,
    },
    /// What the money may be for.
    Depenses {
        /// Accepted.
        acceptees: Vec<NatureDepense>,
        /// Perhaps accepted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        a_verifier: Vec<NatureDepense>,
    },
    /// Inhabitants of the commune.
    Population(Population),
    /// Where the project may be.
    Territoire(Territoire),
    /// No quote signed.
    DevisNonSigne,
    /// No works begun.
    TravauxNonCommences,
    /// The lack of private initiative is proved (CGCT L2251-3, L1111-10 I).
    Carence,
    /// A public market is planned within 12 months.
    MarchePrevu,
    /// The bearer must be a member: the program does not know, so always "à vérifier".
    Adhesion {
        /// Of what, with its article: « l’agence MMD 54 ».
        organisme: String,
    },
    /// A zoning or label, with its year.
    Zonage(Zonage),
    /// Anything else, in words: always "à vérifier".
    Autre {
        /// The condition, one sentence.
        phrase: String,
    },
}

impl Condition {
    /// Stable code of the constat, also the id in pages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Porteurs { .. } => "porteurs",
            Self::Etapes { .. } => "etapes",
            Self::Depenses { .. } => "depenses",
            Self::Population(_) => "population",
            Self::Territoire(_) => "territoire",
            Self::DevisNonSigne => "devis",
            Self::TravauxNonCommences => "travaux",
            Self::Carence => "carence",
            Self::MarchePrevu => "marche-prevu",
            Self::Adhesion { .. } => "adhesion",
            Self::Zonage(_) => "zonage",
            Self::Autre { .. } => "autre",
        }
    }
}

/// Limits on inhabitants. Fields absent do not limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Population {
    /// At least so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub au_moins: Option<u32>,
    /// At most so many (included).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub au_plus: Option<u32>,
    /// Strictly fewer than.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moins_de: Option<u32>,
    /// Above the limit but at most so many: another condition decides, "à vérifier".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a_verifier_jusqu_a: Option<u32>,
}

/// A territory: the commune is inside when any of the lists holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Territoire {
    /// Name shown, with its article: « la Meurthe-et-Moselle ».
    pub nom: String,
    /// Département codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departements: Vec<String>,
    /// Region codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// EPCI.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub epci: Vec<CodeEpci>,
    /// Communes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub communes: Vec<CodeCommune>,
    /// EPCI left out even when a list above holds them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sauf_epci: Vec<CodeEpci>,
    /// Year of the lists, when they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub millesime: Option<i16>,
}

/// A zoning with its year: a list of this site, or one that the program does not have. Absence from a list is a no only when
/// the list is here, complete, in force, and of that year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zonage {
    /// Name shown, with its article: « le zonage France ruralités revitalisation (FRR) ».
    pub nom: String,
    /// Year of the list.
    pub millesime: i16,
    /// The list of this site that says it (`frr-2024`); the communes below are then not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liste: Option<String>,
    /// Communes of the list that we know; empty when the list is not in the program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub communes: Vec<CodeCommune>,
    /// Communes known to be absent from that year's list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absentes: Vec<CodeCommune>,
}
