//! What people who are not verified propose (a correction, an offer, a structure to add) waits for an agent, who sees the differences field by field.
//!
//! - [`rules`]: a proposal, compared with the page as it is now. Pure.
//! - [`storage`]: the proposals.
//! - [`proposer`]: the page of who proposes, with an account or only an address.
//! - [`auteur`]: who proposes, read alike on each page.
//! - [`examiner`]: the agents' list and one proposal: accepted whole, field by field, or refused with the reason.

pub(crate) mod auteur;
pub mod examiner;
pub mod proposer;
pub mod rules;
pub mod storage;
