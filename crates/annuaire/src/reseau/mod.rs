//! Networks (CRESS, URSCOP…): an organisation that the agent of the site marks as such, and the actors that it says are its
//! members. Its people approve pages, write to those who must confirm, and take their list away. Another network sees none
//! of it.
//!
//! - [`rules`]: who may be written to, and how many a day; what an announcement is worth; the lines of a pasted list. Pure.
//! - [`storage`]: networks, members, approvals.
//! - [`annonce`]: an actor that a network names says yes or no. `liste`: a pasted list of members.
//! - [`demandes`]: people who claim a member by the network's word.
//! - `relances`: mails to the members that must confirm.
//! - [`pages`]: the space of a network. [`reglages`]: the agent's screen.

pub mod annonce;
pub mod demandes;
mod liste;
pub mod pages;
pub mod reglages;
mod relances;
pub mod rules;
pub mod storage;
