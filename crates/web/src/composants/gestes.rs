//! What is pressed, opened or chosen: buttons, disclosure, note, tabs, active filters, progress. All native HTML: `details`,
//! `popover`, links. A browser that does not know `popover` shows the note where it stands.

use askama::Template;
use domain::cents::milliers;

use super::{Html, Icone, Signe, composant};

/// How much a button weighs. One principal button a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poids {
    /// The action that the page is for.
    Principal,
    /// Another action.
    Secondaire,
    /// An action that ends or erases something.
    Grave,
    /// As light as a link, because it is one of many (a row of a list).
    Leger,
}

#[derive(Clone, Debug)]
enum Cible {
    Envoi { nom: Option<(&'static str, String)> },
    Adresse(String),
    Impression,
}

/// A button, or a link that looks like one because it begins something.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/bouton.html")]
pub struct Bouton {
    libelle: String,
    /// Read after the words, not shown: which one of many.
    precision: Option<String>,
    poids: Poids,
    signe: Option<Icone>,
    cible: Cible,
}

impl Bouton {
    fn nouveau(libelle: impl Into<String>, cible: Cible) -> Self {
        Self { libelle: libelle.into(), precision: None, poids: Poids::Principal, signe: None, cible }
    }

    /// Sends the form that it stands in.
    #[must_use]
    pub fn envoyer(libelle: impl Into<String>) -> Self {
        Self::nouveau(libelle, Cible::Envoi { nom: None })
    }

    /// Leads to a page where something begins.
    #[must_use]
    pub fn aller(libelle: impl Into<String>, url: impl Into<String>) -> Self {
        Self::nouveau(libelle, Cible::Adresse(url.into()))
    }

    /// Prints the page. Shown only where a script runs; the browser prints in any case.
    #[must_use]
    pub fn imprimer() -> Self {
        Self::nouveau("Imprimer", Cible::Impression).poids(Poids::Secondaire).signe(Signe::Imprimante)
    }

    /// What the form receives when this button sends it.
    #[must_use]
    pub fn valeur(mut self, nom: &'static str, valeur: impl Into<String>) -> Self {
        self.cible = Cible::Envoi { nom: Some((nom, valeur.into())) };
        self
    }

    /// Its weight.
    #[must_use]
    pub fn poids(mut self, poids: Poids) -> Self {
        self.poids = poids;
        self
    }

    /// An icon before its words.
    #[must_use]
    pub fn signe(mut self, signe: Signe) -> Self {
        self.signe = Some(Icone(signe));
        self
    }

    /// Which one of many, for who hears the button alone.
    #[must_use]
    pub fn precision(mut self, precision: impl Into<String>) -> Self {
        self.precision = Some(precision.into());
        self
    }

    fn classe(&self) -> &'static str {
        match self.poids {
            Poids::Principal => "govuk-button",
            Poids::Secondaire => "govuk-button govuk-button--secondary",
            Poids::Grave => "govuk-button govuk-button--warning",
            Poids::Leger => "tr-bouton-lien",
        }
    }
}

/// More, for who wants it: one line that opens.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/depliant.html")]
pub struct Depliant {
    resume: String,
    corps: Html,
    ouvert: bool,
}

impl Depliant {
    /// Closed.
    #[must_use]
    pub fn nouveau(resume: impl Into<String>, corps: Html) -> Self {
        Self { resume: resume.into(), corps, ouvert: false }
    }

    /// Open.
    #[must_use]
    pub fn ouvert(mut self) -> Self {
        self.ouvert = true;
        self
    }
}

/// A small window over the page, opened by a button, closed by Escape or by a click beside it. Never for something that must
/// be read: nobody is forced to open it.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/dialogue.html")]
pub struct Dialogue {
    /// Unique in the page.
    pub id: String,
    /// Words of the button.
    pub bouton: String,
    /// Title of the window.
    pub titre: String,
    /// What it holds.
    pub corps: Html,
}

/// Several views of the same thing: each one has its address, so that the back button and a shared link are right.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/onglets.html")]
pub struct Onglets {
    libelle: String,
    onglets: Vec<(String, String)>,
    ici: String,
}

impl Onglets {
    /// `libelle` names the whole; each tab is words and address; `ici` is the address shown.
    #[must_use]
    pub fn nouveaux(libelle: &str, onglets: &[(&str, &str)], ici: &str) -> Self {
        let onglets = onglets.iter().map(|(mots, url)| ((*mots).to_owned(), (*url).to_owned())).collect();
        Self { libelle: libelle.to_owned(), onglets, ici: ici.to_owned() }
    }

    fn est_ici(&self, url: &str) -> bool {
        self.ici == url
    }
}

/// The filters in force, each with the address of the same list without it.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/filtres_actifs.html")]
pub struct FiltresActifs {
    /// Words and address without.
    pub actifs: Vec<(String, String)>,
    /// The list without any filter.
    pub tout: String,
}

/// How far a long work is. The page says when to come back; a script refreshes nothing behind the reader's back.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/progression.html")]
pub struct Progression {
    id: String,
    libelle: String,
    mesure: Option<(u64, u64)>,
}

impl Progression {
    /// So much is done.
    #[must_use]
    pub fn nouvelle(id: &str, libelle: &str, fait: u64, total: u64) -> Self {
        Self { id: id.to_owned(), libelle: libelle.to_owned(), mesure: Some((fait.min(total), total)) }
    }

    /// Nobody knows how long.
    #[must_use]
    pub fn inconnue(id: &str, libelle: &str) -> Self {
        Self { id: id.to_owned(), libelle: libelle.to_owned(), mesure: None }
    }

    fn mots(&self) -> String {
        self.mesure.map_or_else(String::new, |(fait, total)| format!("{} sur {}", milliers(fait), milliers(total)))
    }
}

/// On top of a page made for paper.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "composants/imprimer.html")]
pub struct Imprimer {
    retour: Option<(String, String)>,
}

impl Imprimer {
    /// With the way back: words, address.
    #[must_use]
    pub fn revenir(mots: impl Into<String>, url: impl Into<String>) -> Self {
        Self { retour: Some((mots.into(), url.into())) }
    }
}

composant!(Imprimer, Bouton, Depliant, Dialogue, Onglets, FiltresActifs, Progression);
