//! Searches that a person keeps, and the mail that says what is new: once a week at most, stopped in one click.
//!
//! - [`storage`]: searches kept. - [`pages`]: keep, list, delete; the page that stops a mail. - [`envoi`]: every day, who is due.

pub mod envoi;
pub mod pages;
pub mod storage;
