//! The request for accompaniment: its clock and states ([`rules`]), its row ([`storage`]), many
//! rows at once ([`listes`]), who answers it ([`attribution`]), the commune's form ([`pages`]).

pub mod attribution;
pub mod listes;
pub mod pages;
pub mod rules;
pub mod storage;
