//! The directory on both engines: one binary, linking is what costs.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking; a skip is said")]

mod agrements;
mod alertes;
mod api_sirene;
mod confirmations;
mod creation;
mod cycle;
mod degats;
mod doublons;
mod ecran;
mod forme;
mod gestes;
mod import;
mod listes;
mod ma_structure;
mod mises_a_jour;
mod moderation;
mod monde;
mod offres;
mod ouvert;
mod pages;
mod points;
mod portrait;
mod propositions;
mod qualite;
mod rapport;
mod reels;
mod reseaux;
mod revendication;
mod sirene;
mod situation;
mod soi;
mod sources;
mod tableur;
mod tenue;
mod vie;
