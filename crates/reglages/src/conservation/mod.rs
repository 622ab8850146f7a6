//! Retention: what may be erased is proposed, the archivist's visa is recorded, then a job erases. Drafts alone vanish
//! by themselves (code du patrimoine, L212-2: no public record is destroyed without visa).
//!
//! - [`storage`]: closed projects without any event for long; visas and what they cover.
//! - [`pages`]: the screen, and the worker's function.

pub mod pages;
pub mod storage;
