//! What the agents do with sheets, on screen and without script.
//!
//! - [`liste`]: all sheets, those to read again first; what the program or a feed proposes.
//! - [`formulaire`]: the form of a sheet, its conditions added and removed by buttons; from a sheet to fields and back.
//! - [`pages`]: create, change, preview, try on typical projects, publish, withdraw.
//! - [`historique`]: every version, what changed, return to one.

pub mod formulaire;
pub mod historique;
pub mod liste;
pub mod pages;
