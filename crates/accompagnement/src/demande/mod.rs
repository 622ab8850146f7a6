//! The request for accompaniment: its clock and states ([`rules`]), its row ([`storage`]), many
//! rows at once ([`listes`]), the commune's form ([`pages`]).

pub mod listes;
pub mod pages;
pub mod rules;
pub mod storage;
