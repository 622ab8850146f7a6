//! What an actor offers: what, for which themes and stages, where, and how it is paid.

pub mod storage;
