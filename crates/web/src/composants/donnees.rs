//! Tables, summaries, tags, paging, breadcrumb.

use askama::Template;

use super::{Html, composant};

/// Tone of a tag: always said by its words too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ton {
    /// Neutral.
    Neutre,
    /// Done, yes.
    Positif,
    /// Waiting, to be verified.
    Attente,
    /// Late, no.
    Negatif,
}

/// A state in a word or two.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/etiquette.html")]
pub struct Etiquette {
    libelle: String,
    ton: Ton,
}

impl Etiquette {
    /// A tag.
    #[must_use]
    pub fn nouvelle(libelle: impl Into<String>, ton: Ton) -> Self {
        Self { libelle: libelle.into(), ton }
    }

    /// Its words.
    #[must_use]
    pub fn libelle(&self) -> &str {
        &self.libelle
    }

    fn classe(&self) -> &'static str {
        match self.ton {
            Ton::Neutre => "tr-etiquette--neutre",
            Ton::Positif => "tr-etiquette--positif",
            Ton::Attente => "tr-etiquette--attente",
            Ton::Negatif => "tr-etiquette--negatif",
        }
    }
}

/// A line of a summary.
#[derive(Clone, Debug)]
pub struct LigneResume {
    /// What.
    pub cle: String,
    /// Value, already HTML.
    pub valeur: Html,
    /// Where to change it, and what changes (read after "Modifier").
    pub modifier: Option<(String, String)>,
}

/// Facts, one a line.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "composants/resume.html")]
pub struct Resume {
    lignes: Vec<LigneResume>,
}

impl Resume {
    /// Adds a text.
    #[must_use]
    pub fn ligne(mut self, cle: &str, valeur: impl AsRef<str>) -> Self {
        let valeur = Html(echapper(valeur.as_ref()));
        self.lignes.push(LigneResume { cle: cle.to_owned(), valeur, modifier: None });
        self
    }

    /// Adds HTML already made.
    #[must_use]
    pub fn html(mut self, cle: &str, valeur: Html) -> Self {
        self.lignes.push(LigneResume { cle: cle.to_owned(), valeur, modifier: None });
        self
    }

    /// Gives the last line a link to change it.
    #[must_use]
    pub fn modifier(mut self, url: impl Into<String>, quoi: &str) -> Self {
        if let Some(ligne) = self.lignes.last_mut() {
            ligne.modifier = Some((url.into(), quoi.to_owned()));
        }
        self
    }
}

/// Text as HTML text.
#[must_use]
pub fn echapper(texte: &str) -> String {
    texte.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cellule {
    /// Content, already HTML.
    pub html: Html,
    /// A number: to the right.
    pub nombre: bool,
}

impl Cellule {
    /// A text.
    #[must_use]
    pub fn texte(texte: impl AsRef<str>) -> Self {
        Self { html: Html(echapper(texte.as_ref())), nombre: false }
    }

    /// A number or an amount.
    #[must_use]
    pub fn nombre(texte: impl AsRef<str>) -> Self {
        Self { html: Html(echapper(texte.as_ref())), nombre: true }
    }

    /// An amount of money.
    #[must_use]
    pub fn montant(montant: domain::cents::Cents) -> Self {
        Self::nombre(montant.en_euros())
    }

    /// A link.
    #[must_use]
    pub fn lien(url: &str, texte: &str) -> Self {
        let html = format!("<a class=\"govuk-link\" href=\"{}\">{}</a>", echapper(url), echapper(texte));
        Self { html: Html(html), nombre: false }
    }

    /// A component.
    #[must_use]
    pub fn html(html: impl std::fmt::Display) -> Self {
        Self { html: Html(html.to_string()), nombre: false }
    }
}

/// A table with caption and headers; cards on a narrow screen.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/tableau.html")]
pub struct Tableau {
    /// What it holds.
    pub legende: String,
    /// Column headers.
    pub colonnes: Vec<String>,
    /// Rows: the first cell is the row's header.
    pub lignes: Vec<Vec<Cellule>>,
}

impl Tableau {
    pub(super) fn colonne(&self, rang: &usize) -> &str {
        self.colonnes.get(*rang).map_or("", String::as_str)
    }

    /// A header stands over its numbers, on the right.
    pub(super) fn chiffree(&self, rang: &usize) -> bool {
        self.lignes.first().and_then(|ligne| ligne.get(*rang)).is_some_and(|cellule| cellule.nombre)
    }
}

/// Previous and next pages.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/pagination.html")]
pub struct Pagination {
    precedente: Option<String>,
    suivante: Option<String>,
    page: u64,
    pages: u64,
}

impl Pagination {
    /// `base` is the address with its filters; the page is added to it.
    #[must_use]
    pub fn nouvelle(base: &str, page: u64, total: u64, par_page: u64) -> Self {
        let pages = total.div_ceil(par_page.max(1)).max(1);
        let adresse = |page: u64| {
            let lien = if base.contains('?') { '&' } else { '?' };
            format!("{base}{lien}page={page}")
        };
        Self {
            precedente: (page > 1).then(|| adresse(page - 1)),
            suivante: (page < pages).then(|| adresse(page + 1)),
            page,
            pages,
        }
    }
}

/// Breadcrumb.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "composants/fil_ariane.html")]
pub struct FilAriane {
    etapes: Vec<(String, String)>,
    ici: String,
}

impl FilAriane {
    /// Pages above (`(title, address)`, home left out), and this one.
    #[must_use]
    pub fn nouveau(etapes: &[(&str, &str)], ici: &str) -> Self {
        let etapes = std::iter::once(&("Accueil", "/")).chain(etapes);
        Self {
            etapes: etapes.map(|(titre, url)| ((*titre).to_owned(), (*url).to_owned())).collect(),
            ici: ici.to_owned(),
        }
    }

    /// Addresses of the pages above, the nearest first.
    pub(crate) fn au_dessus(&self) -> impl Iterator<Item = &str> {
        self.etapes.iter().rev().map(|(_, url)| url.as_str())
    }
}

composant!(Etiquette, Resume, Tableau, Pagination, FilAriane);
