//! A test application without socket, on SQLite or PostgreSQL: fixed clock, seeded ids, mailbox, a browser that follows
//! forms. A test ends with [`Appli::fin`], which fails when work is left in the outbox.
//!
//! - [`base`]: a fresh database of either engine.
//! - [`horloge`]: [`HorlogeFixe`] and [`IdsSemes`].
//! - [`appli`]: [`Appli`], the application with its worker and mailbox.
//! - [`fournisseur`]: an identity provider that really signs, and lies when told.
//! - [`navigateur`]: [`Navigateur`], cookies and forms; [`Page`], what it shows.
//! - [`montre`]: the forms of a page, and how they are filled badly.

#![expect(clippy::expect_used, clippy::panic, reason = "a test helper fails by panicking, with the reason")]

pub mod appli;
pub mod base;
pub mod fournisseur;
pub mod horloge;
pub mod montre;
pub mod navigateur;

pub use appli::Appli;
pub use base::Base;
pub use fournisseur::{Fournisseur, Ruse};
pub use horloge::{HorlogeFixe, IdsSemes};
pub use montre::{FormulaireMontre, Remplissage};
pub use navigateur::{Navigateur, Page};
pub use platform::Moteur;
