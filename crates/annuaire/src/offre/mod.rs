//! What an actor offers: what, for which themes and stages, where, and how it is paid.
//!
//! - [`storage`]: the rows.
//! - [`lecture`]: offers with what hangs on them, in one statement.
//! - `champs`: the form.
//! - [`proposee`]: an offer that somebody who is not verified proposes, and the agent's answer.
//! - `vue`: an offer as the pages show it.
//! - [`pages`]: the screens of the actor's representative and of the agent of the site.

pub(crate) mod champs;
pub mod lecture;
pub mod pages;
pub mod proposee;
pub mod storage;
pub(crate) mod vue;
