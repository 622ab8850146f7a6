//! Forms. [`CheckedForm`] is the only way to read one: it checks where it comes from, and a form sent twice gets its
//! first answer. [`Formulaire`] is the way to show one: values typed and errors come back beside their fields.
//!
//! - `saisie`: what was typed, and what is wrong with it. - `recu`: a form received and checked. - `lecteur`: its fields read,
//!   one by one. - `montre`: a form about to be shown.

mod lecteur;
mod montre;
mod recu;
mod saisie;

pub use lecteur::{Lecteur, lire_date, trouver_commune};
pub use montre::Formulaire;
pub use recu::{CheckedForm, deja_envoye};
pub(crate) use recu::{TAILLE_MAX, verifier_origine};
pub(crate) use saisie::nettoyer;
pub use saisie::{Erreurs, Saisie};

/// Hidden field of the token.
const CHAMP_JETON: &str = "_jeton";
/// Hidden field of the one-use key.
const CHAMP_CLE: &str = "_cle";
/// Hidden field: which form its text is kept for, as one types.
pub const CHAMP_BROUILLON: &str = "_brouillon";
/// Hidden field: version of the row that the person read.
const CHAMP_VERSION: &str = "version";
