//! The spreadsheet in use taken over: columns mapped on screen, a dry run that says each line, then one transaction. A
//! second import changes only what changed; the last one can be undone. Nobody is written to.
//!
//! - [`colonnes`]: which column holds what. [`rules`]: a line read, what happens to it. Pure.
//! - [`storage`]: what was imported, by external key.
//! - [`import`]: a file and its columns become projects.
//! - `ecriture`: what is written, line by line.
//! - [`pages`]: the screens of the coordination.

pub mod colonnes;
mod ecriture;
pub mod import;
pub mod pages;
pub mod rules;
pub mod storage;
