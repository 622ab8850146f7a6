//! A showcase: a component, when it serves and when not, its states.

use web::composants::Html;

/// A component of the gallery.
pub(crate) struct Vitrine {
    /// Unique in the page.
    pub(crate) id: &'static str,
    pub(crate) nom: &'static str,
    /// When to use it.
    pub(crate) pour: &'static str,
    /// When not, and what instead.
    pub(crate) contre: &'static str,
    pub(crate) etats: Vec<Etat>,
}

/// A state, and the call that makes it.
pub(crate) struct Etat {
    pub(crate) nom: &'static str,
    pub(crate) rendu: Html,
    pub(crate) code: &'static str,
}

/// `etat!("Name", call)`: runs the call, prints it. What a state needs (values, closures) is made inside the call, in braces,
/// so that what is printed can be copied.
macro_rules! etat {
    ($nom:literal, $appel:expr) => {
        crate::vitrine::Etat { nom: $nom, rendu: web::composants::Html(($appel).to_string()), code: stringify!($appel) }
    };
}
pub(crate) use etat;
