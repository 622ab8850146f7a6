//! Tables in and out of the house: plain structs, no SQL, no HTTP.
//!
//! - [`correspondance`]: mapping files, which say what each column of somebody's list holds.
//! - [`export`]: one [`Feuille`](export::Feuille), written as CSV, XLSX or ODS.
//! - [`vcard`]: cards of organisations, for address books.
//! - [`lecture`]: a spreadsheet as people send it (any encoding, separator or damage), read into rows that keep their
//!   line number, and the readers of cells, which never guess: what is doubtful is refused with the reason.

pub mod correspondance;
pub mod export;
pub mod lecture;
pub mod vcard;
