//! The portrait of a territory: which actors are there, how many people they employ, compared with the département, and
//! what is missing. A page, and a sheet of two pages that a mayor hands out.
//!
//! - [`territoire`]: a commune, an intercommunalité, a secteur, a canton or the whole instance.
//! - [`rules`]: figures and gaps. Pure.
//! - [`storage`]: what the index does not count: employees, where each theme is served.
//! - [`parametres`]: which themes are watched and from how far a gap is said; set on screen.
//! - [`vue`]: words and drawings. [`pages`]: the page, the sheet, the list of portraits.

pub mod pages;
pub mod parametres;
pub mod rules;
pub mod storage;
pub mod territoire;
mod vue;
