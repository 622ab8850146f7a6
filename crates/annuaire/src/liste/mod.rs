//! The public list of actors: search, filters with counts, map, print.
//!
//! - [`autour`]: around a commune, by neighbours or by distance.
//! - [`filtres`]: what is asked, read from the address and written back as one address; `demande`: with what it takes to answer.
//! - [`storage`]: the rows of a page, in one statement; `vu`: a row as it is shown.
//! - [`pages`]: the page; `choix`: its form; `tableau`, `carte`, `impression`: the same, shown another way.

pub mod autour;
pub(crate) mod carte;
pub(crate) mod choix;
pub(crate) mod demande;
pub mod filtres;
mod impression;
pub mod pages;
pub mod storage;
mod tableau;
pub(crate) mod vu;
