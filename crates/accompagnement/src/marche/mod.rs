//! Public markets planned within 12 months, signalled to who writes insertion clauses: where each one stands ([`rules`]),
//! its rows ([`storage`]), the page ([`pages`]).

pub mod pages;
pub mod rules;
pub mod storage;
