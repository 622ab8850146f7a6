//! Components: each a struct with its template, usable as `{{ composant }}` in any page.

mod carte_vive;
mod cartes;
mod champs;
mod donnees;
mod fichier;
mod gestes;
mod glossaire;
mod message;
mod recit;
mod signes;

pub use carte_vive::CarteVive;
pub use cartes::{Colonne, Fiche, Fiches, Ordre, Planche, TableauDeTravail};
pub use champs::{ChampLong, ChampOptions, ChampTexte, EnErreur, OptionDeChamp, ResumeErreurs, Selection};
pub use donnees::{Cellule, Etiquette, FilAriane, LigneResume, Pagination, Resume, Tableau, Ton, echapper};
pub use fichier::{ChampFichier, Exports};
pub use gestes::{Bouton, Depliant, Dialogue, FiltresActifs, Imprimer, Onglets, Poids, Progression};
pub use glossaire::{Mot, Terme, expliquer, expliquer_html, mots};
pub use message::{Message, MessageVu};
pub use recit::{Alerte, Chronologie, Conflit, ConstatVue, Contact, Etapes, EtatVide, EvenementVu};
pub use signes::{Dessin, Icone, Illustration, Signe};

use std::fmt;

/// HTML already made and safe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(pub String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// Components write themselves: their `Display` is their template, which escapes what it is given.
macro_rules! composant {
    ($($nom:ty),*) => { $(impl askama::filters::HtmlSafe for $nom {})* };
}
pub(crate) use composant;
