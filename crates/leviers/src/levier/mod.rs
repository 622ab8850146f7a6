//! A lever: who offers what, for which projects, on which conditions, read where and when.
//!
//! - [`critere`]: its conditions. - [`rules`]: matching with a project. - [`toml`]: its file form.
//! - [`mots`]: the sheet in words, and what differs between two sheets.
//! - [`storage`]: current version and history in the database. - [`semis`]: the shipped sheets, put in once.
//! - [`pages`]: what everyone reads. - [`edition`]: what the agents write, try, publish, restore.

pub mod critere;
pub mod edition;
pub mod mots;
pub mod pages;
pub mod rules;
pub mod semis;
pub mod storage;
pub mod toml;
mod zonage;

use domain::constat::Source;
use domain::plan::Montant;
use domain::profil::Porteur;
use domain::regle::r20::BaseDeCompetence;
use domain::theme::Theme;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use critere::{Condition, Critere};

/// Kind of the organisation that offers a lever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GenreDeFinanceur {
    /// Conseil départemental (or a collectivité with its competences).
    Departement,
    /// Conseil régional.
    Region,
    /// State and its services.
    Etat,
    /// Public agency, public establishment, CAUE, consular body.
    Agence,
    /// Commune.
    Commune,
    /// EPCI.
    Epci,
    /// Foundation.
    Fondation,
    /// CAF, MSA, CARSAT and the like.
    SecuriteSociale,
    /// Other private body: association, cooperative network, company.
    Prive,
}

impl GenreDeFinanceur {
    /// All, in the order shown.
    pub const TOUS: &[Self] = &[
        Self::Departement,
        Self::Region,
        Self::Etat,
        Self::Agence,
        Self::Commune,
        Self::Epci,
        Self::Fondation,
        Self::SecuriteSociale,
        Self::Prive,
    ];

    /// Is its money public? Bodies of private law, even with a public service (CAF, CARSAT), are not.
    #[must_use]
    pub fn est_public(self) -> bool {
        !matches!(self, Self::Fondation | Self::SecuriteSociale | Self::Prive)
    }

    /// Stable id, as in the files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Departement => "departement",
            Self::Region => "region",
            Self::Etat => "etat",
            Self::Agence => "agence",
            Self::Commune => "commune",
            Self::Epci => "epci",
            Self::Fondation => "fondation",
            Self::SecuriteSociale => "securite-sociale",
            Self::Prive => "prive",
        }
    }

    /// Label shown.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Departement => "Département",
            Self::Region => "Région",
            Self::Etat => "État",
            Self::Agence => "Agence ou établissement public",
            Self::Commune => "Commune",
            Self::Epci => "Intercommunalité",
            Self::Fondation => "Fondation",
            Self::SecuriteSociale => "Sécurité sociale",
            Self::Prive => "Organisme privé",
        }
    }
}

/// What a lever brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NatureDeLevier {
    /// Money that is not paid back.
    Subvention,
    /// A loan.
    Pret,
    /// A guarantee.
    Garantie,
    /// Advice, studies, somebody's time.
    Ingenierie,
    /// A zoning, a label, exemptions.
    Zonage,
    /// A legal form or an entry in the capital.
    FormeJuridique,
    /// Help to recruit.
    Recrutement,
}

impl NatureDeLevier {
    /// All, in the order shown.
    pub const TOUTES: &[Self] = &[
        Self::Ingenierie,
        Self::Subvention,
        Self::Recrutement,
        Self::Pret,
        Self::Garantie,
        Self::Zonage,
        Self::FormeJuridique,
    ];

    /// Stable id, as in the files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subvention => "subvention",
            Self::Pret => "pret",
            Self::Garantie => "garantie",
            Self::Ingenierie => "ingenierie",
            Self::Zonage => "zonage",
            Self::FormeJuridique => "forme-juridique",
            Self::Recrutement => "recrutement",
        }
    }

    /// Label shown.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Subvention => "Subvention",
            Self::Pret => "Prêt",
            Self::Garantie => "Garantie",
            Self::Ingenierie => "Conseil et accompagnement",
            Self::Zonage => "Zonage ou label",
            Self::FormeJuridique => "Forme juridique",
            Self::Recrutement => "Aide au recrutement",
        }
    }
}

/// Who offers the lever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Financeur {
    /// Name shown.
    pub nom: String,
    /// Kind.
    pub genre: GenreDeFinanceur,
    /// Other organisations that pay with it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avec: Option<String>,
}

/// What the simulation of the financing plan needs. Absent for a lever that brings no subsidy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParametresAide {
    /// Public money (counts in R-01).
    pub publique: bool,
    /// A fonds de concours.
    #[serde(default, skip_serializing_if = "est_faux")]
    pub fonds_de_concours: bool,
    /// Figures not read on an official text: they count in the demonstration only.
    #[serde(default, skip_serializing_if = "est_faux")]
    pub exemple: bool,
    /// The amount, in cents and basis points; absent when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub montant: Option<Montant>,
}

/// A lever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levier {
    /// Stable id: small letters, digits, hyphens.
    pub id: String,
    /// Name.
    pub nom: String,
    /// What it brings.
    pub nature: NatureDeLevier,
    /// One or two sentences in plain French.
    pub resume: String,
    /// What it can pay or bring.
    pub pour_quoi: String,
    /// The amount in words; says "à vérifier" where it is.
    pub montant: String,
    /// Legal texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases_legales: Vec<String>,
    /// Why the département may act: compulsory for its own levers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_de_competence: Option<BaseDeCompetence>,
    /// Whom to write to or call, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Page of the lever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who keeps this sheet true: a function, never a person's name.
    pub responsable: String,
    /// From that day the sheet must be read again: it leaves the simulation.
    pub a_revoir_le: Date,
    /// First day of the lever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valable_du: Option<Date>,
    /// Last day of the lever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valable_au: Option<Date>,
    /// Themes helped; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<Theme>,
    /// Themes that may be helped: the text is not clear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes_a_verifier: Vec<Theme>,
    /// Who offers it.
    pub porteur: Financeur,
    /// Where the sheet was read.
    pub source: Source,
    /// For the simulation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aide: Option<ParametresAide>,
    /// Its conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteres: Vec<Critere>,
}

/// What is wrong with a sheet, tied to a field for the form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{champ} : {message}")]
pub struct Anomalie {
    /// Field, as in the file.
    pub champ: &'static str,
    /// Sentence to show.
    pub message: String,
}

impl Levier {
    /// May this bearer ask? Yes unless a condition on bearers leaves it out.
    #[must_use]
    pub fn accueille(&self, porteur: Porteur) -> bool {
        porteur == Porteur::PasDecide
            || self.criteres.iter().all(|critere| match &critere.condition {
                Condition::Porteurs { acceptes, a_verifier } => {
                    acceptes.contains(&porteur) || a_verifier.contains(&porteur)
                }
                _ => true,
            })
    }

    /// Checks what types alone cannot: R-20, dates, a readable id, sentences present.
    ///
    /// # Errors
    /// Everything that is wrong, field by field.
    pub fn verifier(&self) -> Result<(), Vec<Anomalie>> {
        let mut anomalies = Vec::new();
        let mut dire = |champ, message: &str| anomalies.push(Anomalie { champ, message: message.to_owned() });
        if !id_lisible(&self.id) {
            dire("id", "Écrivez des lettres minuscules sans accent, des chiffres et des tirets.");
        }
        for (champ, texte) in [
            ("nom", &self.nom),
            ("resume", &self.resume),
            ("pour_quoi", &self.pour_quoi),
            ("montant", &self.montant),
            ("responsable", &self.responsable),
            ("porteur", &self.porteur.nom),
            ("source", &self.source.libelle),
        ] {
            if texte.trim().is_empty() {
                dire(champ, "Ce champ est vide.");
            }
        }
        if self.porteur.genre == GenreDeFinanceur::Departement && self.base_de_competence.is_none() {
            dire(
                "base_de_competence",
                "Une aide du département dit sur quelle compétence elle repose (règle R-20) : choisissez-en une.",
            );
        }
        if let (Some(du), Some(au)) = (self.valable_du, self.valable_au)
            && au < du
        {
            dire("valable_au", "La fin est avant le début.");
        }
        for adresse in self.url.iter().chain(&self.source.url) {
            if !adresse.starts_with("https://") && !adresse.starts_with("http://") {
                dire("url", "Une adresse commence par https://.");
            }
        }
        if anomalies.is_empty() { Ok(()) } else { Err(anomalies) }
    }
}

fn id_lisible(id: &str) -> bool {
    // "nouveau" is the address of an empty form.
    !id.is_empty()
        && id != "nouveau"
        && id.len() <= 80
        && id.bytes().all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || o == b'-')
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn est_faux(valeur: &bool) -> bool {
    !*valeur
}
