//! The public list of actors: search, filters with counts, map, print.
//!
//! - [`autour`]: around a commune, by neighbours or by distance.
//! - [`filtres`]: what is asked, read from the address and written back as one address.
//! - [`storage`]: the rows of a page, in one statement.
//! - [`pages`]: list, map, print.

pub mod autour;
pub mod filtres;
pub mod pages;
pub mod storage;
