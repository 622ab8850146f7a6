//! The request for accompaniment: its clock and states ([`rules`]), its row ([`storage`]), the commune's form ([`pages`]).

pub mod pages;
pub mod rules;
pub mod storage;
