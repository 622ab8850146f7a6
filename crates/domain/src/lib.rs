//! Pure kernel: money, civil dates, identifiers, referential, perimeters, dated rules, project profile, rights
pub mod droit;
pub mod tri;
