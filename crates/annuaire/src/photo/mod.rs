//! Photos of an actor: what the place looks like, in words too. Kept small, without the traces of the telephone.
//!
//! - [`rules`]: a photo made small. Pure.
//! - [`storage`]: the rows; the bytes are in `platform::fichiers`.
//! - [`pages`]: the page of who keeps the actor's; the image itself.

pub mod pages;
pub mod rules;
pub mod storage;
