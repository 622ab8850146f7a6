//! What is told: constats with their reasons, timeline, steps, contact, warnings, empty states.

use askama::Template;
use domain::constat::{Constat, Nature};

use super::{Dessin, Html, Icone, Illustration, Signe, composant};

/// The answer of a rule or a criterion, with its reason and its sources.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/constat.html")]
pub struct ConstatVue {
    constat: Constat,
}

impl ConstatVue {
    /// Shows a constat.
    #[must_use]
    pub fn nouveau(constat: Constat) -> Self {
        Self { constat }
    }

    /// Shows several.
    #[must_use]
    pub fn tous(constats: &[Constat]) -> Vec<Self> {
        constats.iter().cloned().map(Self::nouveau).collect()
    }

    fn regle(&self) -> bool {
        self.constat.nature == Nature::Regle
    }

    fn mot(&self) -> &'static str {
        if self.regle() { self.constat.verdict.libelle_de_regle() } else { self.constat.verdict.libelle() }
    }
}

/// An event said.
#[derive(Clone, Debug)]
pub struct EvenementVu {
    /// "24 novembre 2026 à 10 h 12".
    pub quand: String,
    /// Machine-readable instant.
    pub iso: String,
    /// Sentence.
    pub phrase: String,
    /// Who, when it may be said.
    pub qui: Option<String>,
}

/// A timeline, newest first.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/chronologie.html")]
pub struct Chronologie {
    /// Events.
    pub evenements: Vec<EvenementVu>,
}

/// Steps of a journey.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/etapes.html")]
pub struct Etapes {
    /// Names.
    pub noms: Vec<&'static str>,
    /// Rank of the present one, from 1.
    pub ici: usize,
}

/// A warning that cannot be missed.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/alerte.html")]
pub struct Alerte {
    /// Words.
    pub texte: String,
    /// Where to read why.
    pub lien: Option<(String, String)>,
}

impl Alerte {
    /// "Ne signez aucun devis…": on the result, the note, the follow-up and in the acknowledgement.
    #[must_use]
    pub fn devis() -> Self {
        Self {
            texte: "Ne signez aucun devis avant la réponse écrite de chaque financeur : vous pourriez perdre l’aide."
                .to_owned(),
            lien: Some(("/regles/r-05".to_owned(), "Pourquoi ?".to_owned())),
        }
    }
}

/// Someone else saved first. What was typed stays in the form; what is saved is shown when it can be.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/conflit.html")]
pub struct Conflit {
    quoi: &'static str,
    enregistre: Option<Html>,
}

impl Conflit {
    /// `quoi` changed meanwhile ("ce projet").
    #[must_use]
    pub fn sur(quoi: &'static str) -> Self {
        Self { quoi, enregistre: None }
    }

    /// With what is saved, to compare.
    #[must_use]
    pub fn enregistre(mut self, enregistre: impl std::fmt::Display) -> Self {
        self.enregistre = Some(Html(enregistre.to_string()));
        self
    }
}

/// Whom to call.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/contact.html")]
pub struct Contact {
    /// Name, or the secteur when there is nobody.
    pub nom: String,
    /// What they do.
    pub role: String,
    /// Telephone as shown.
    pub telephone: Option<String>,
    /// Address.
    pub courriel: Option<String>,
    /// One more sentence (replacement, promised delay).
    pub note: Option<String>,
}

/// Nothing here yet: why, and what to do.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/etat_vide.html")]
pub struct EtatVide {
    /// What is empty.
    pub titre: String,
    /// What it would hold, and how.
    pub texte: String,
    /// What to do: words and address.
    pub action: Option<(String, String)>,
}

composant!(ConstatVue, Chronologie, Etapes, Alerte, Conflit, Contact, EtatVide);

impl Etapes {
    /// Shows where one is.
    #[must_use]
    pub fn nouvelles(noms: &[&'static str], ici: usize) -> Self {
        Self { noms: noms.to_vec(), ici }
    }
}

impl From<Chronologie> for Html {
    fn from(chronologie: Chronologie) -> Self {
        Self(chronologie.to_string())
    }
}
