//! Pure kernel: no async, no SQL, no clock. What the law, the territory and money are, shared by every room.
//!
//! - [`cents`], [`dates`], [`tri`]: money, civil dates and working days, comparison keys.
//! - [`code`], [`identifiant`]: COG codes; SIREN, SIRET, RNA.
//! - [`referentiel`], [`perimetre`]: communes, EPCI, départements, collectivités; dated sets of communes.
//! - [`constat`]: what a rule or a criterion says, with its reason.
//! - [`theme`], [`profil`]: the vocabulary and the profile of a project.
//! - [`regle`], [`plan`]: dated rules R-xx; the simulation of a financing plan.
//! - [`droit`]: who may do what, as one table.

pub mod cents;
pub mod code;
pub mod constat;
pub mod dates;
pub mod droit;
pub mod enumeration;
pub mod identifiant;
pub mod perimetre;
pub mod plan;
pub mod profil;
pub mod referentiel;
pub mod regle;
mod texte_code;
pub mod theme;
pub mod tri;

pub use cents::Cents;
