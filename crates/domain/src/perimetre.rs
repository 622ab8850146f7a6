//! A named, dated set of communes. A territory is never a prefix of codes.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::code::CodeCommune;

/// A set of communes between two dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Perimetre {
    /// Name shown.
    pub nom: String,
    /// First day.
    pub du: Date,
    /// Last day, when known.
    pub au: Option<Date>,
    communes: BTreeSet<CodeCommune>,
}

impl Perimetre {
    /// A perimeter from a list of communes; doubles count once.
    #[must_use]
    pub fn nouveau(nom: impl Into<String>, du: Date, communes: impl IntoIterator<Item = CodeCommune>) -> Self {
        Self { nom: nom.into(), du, au: None, communes: communes.into_iter().collect() }
    }

    /// Is it in force on that day?
    #[must_use]
    pub fn en_vigueur(&self, jour: Date) -> bool {
        self.du <= jour && self.au.is_none_or(|au| jour <= au)
    }

    /// Does it hold the commune?
    #[must_use]
    pub fn contient(&self, commune: &CodeCommune) -> bool {
        self.communes.contains(commune)
    }

    /// Its communes, by code.
    pub fn communes(&self) -> impl Iterator<Item = &CodeCommune> {
        self.communes.iter()
    }

    /// How many communes.
    #[must_use]
    pub fn nombre(&self) -> usize {
        self.communes.len()
    }
}
