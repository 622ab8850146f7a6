//! "C'est ma structure": a signed-in person takes the page of an actor, with a proof that somebody else than them holds.
//!
//! - [`rules`]: which proofs an actor allows; the code of a letter. Pure.
//! - [`storage`]: the claims.
//! - [`acte`]: what a claim accepted or refused changes; told to those whom it concerns.
//! - [`demande`]: the pages of who claims: which proof, the code received by post.
//! - [`lien`]: the page that the mail opens, at the structure.
//! - [`agents`]: the agents' list, one claim, the letter to print.

pub mod acte;
pub mod agents;
pub mod demande;
pub mod lien;
pub mod rules;
pub mod storage;
