//! What keeps the directory true: actors and agents correct a page, confirm it every year, and are asked when an official
//! source says something else than they did.
//!
//! - [`rules`]: how fresh a page is; when a difference is worth a question. Pure.
//! - [`storage`]: facts given by people, questions, reminders.
//! - [`adresses`]: antennas added and closed by those who know them.
//! - `champs`: the fields that people may give, as shown and as typed.
//! - [`modifier`]: correcting or confirming the page of an actor.
//! - [`agreer`]: approvals that an agent says, with the document.
//! - [`agrements`]: approvals that end, told three months before.
//! - [`campagne`]: the rhythm of the reminders, and what came of them month by month.
//! - [`injoignables`]: those that it cannot write to.
//! - [`a_tenir`]: the agents' work list: what is to be decided, what sleeps.
//! - [`situation`]: what only an agent may say: withdrawn, closed, part of the ESS by a document.
//! - [`sources`]: which source is followed, shown to agents.
//! - [`relance`]: every day, pages that nobody confirms fall asleep, and some actors are written to; they confirm by a
//!   link, without account.

pub mod a_tenir;
pub mod adresses;
pub mod agreer;
pub mod agrements;
pub mod campagne;
pub(crate) mod champs;
pub mod injoignables;
pub mod modifier;
pub mod relance;
pub mod rules;
pub mod situation;
pub mod sources;
pub mod storage;

/// The way back to the work of the directory, from the agents' pages.
pub(crate) const FIL: [(&str, &str); 2] =
    [("Réglages", "/reglages"), ("Tenir l’annuaire à jour", "/reglages/annuaire")];
