//! What everyone may take of the directory: one table, one API, one feed, all made from the same [`ActeurOuvert`]. Never
//! somebody's own address: contacts are those of a structure, a partial diffusion has neither address nor contact, a natural
//! person is not there at all.
//!
//! - [`acteur`]: an actor as everyone may take it. - [`jeu`]: the table.
//! - [`api`]: read API, by pages that follow a cursor. - [`flux`]: the newest actors, as RSS.

pub mod acteur;
pub mod api;
pub mod flux;
pub mod jeu;
