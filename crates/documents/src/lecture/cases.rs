//! One cell, and what can be read of it. Absent is `None`, doubtful is refused.

use domain::cents::Cents;
use domain::identifiant::{NumeroInvalide, Rna, Siren, Siret};
use jiff::civil::Date;

use crate::export::commence_par_une_formule;

/// A cell, typed as far as the file types it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Case {
    /// Nothing.
    #[default]
    Vide,
    /// Words; in a text file everything is words.
    Texte(String),
    /// A number of a workbook.
    Nombre(f64),
    /// A date of a workbook.
    Date(Date),
    /// A formula in error (`#REF!`).
    Erreur(String),
}

/// A number read; `restaure` when a spreadsheet had eaten its leading zeros and its key proves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numero<T> {
    /// The number.
    pub valeur: T,
    /// Leading zeros were put back.
    pub restaure: bool,
}

impl Case {
    /// A text; spaces alone are nothing. An apostrophe that only kept a formula from running is taken off.
    #[must_use]
    pub fn de_texte(texte: &str) -> Self {
        let texte = match texte.strip_prefix('\'') {
            Some(reste) if commence_par_une_formule(reste.trim_start_matches('\'')) => reste,
            _ => texte,
        };
        if texte.trim().is_empty() { Self::Vide } else { Self::Texte(texte.to_owned()) }
    }

    /// Nothing in it?
    #[must_use]
    pub fn est_vide(&self) -> bool {
        *self == Self::Vide
    }

    /// As words: numbers with a decimal comma, dates as `2026-11-24`.
    #[must_use]
    pub fn texte(&self) -> String {
        match self {
            Self::Vide => String::new(),
            Self::Texte(texte) | Self::Erreur(texte) => texte.trim().to_owned(),
            Self::Nombre(nombre) => nombre.to_string().replace('.', ","),
            Self::Date(date) => date.to_string(),
        }
    }

    /// Words, when there are some.
    ///
    /// # Errors
    /// A formula in error.
    pub fn lire_texte(&self) -> Result<Option<String>, String> {
        match self {
            Self::Vide => Ok(None),
            Self::Erreur(code) => Err(en_erreur(code)),
            _ => Ok(Some(self.texte())),
        }
    }

    /// An amount in euros.
    ///
    /// # Errors
    /// Not an amount, negative, ambiguous, too large.
    pub fn montant(&self) -> Result<Option<Cents>, String> {
        match self {
            Self::Vide => Ok(None),
            Self::Texte(texte) => texte.parse().map(Some).map_err(|e: domain::cents::MontantInvalide| e.to_string()),
            // A computed cell (12 500 × 0,3) may hold more decimals: it is shown, and read, to the cent.
            Self::Nombre(nombre) => {
                // Too large or not a number: the text form lets `Cents` say why.
                let cents = format!("{nombre:.2}");
                cents.parse().map(Some).map_err(|e: domain::cents::MontantInvalide| e.to_string())
            }
            Self::Date(date) => Err(format!("« {date} » est une date : un montant est attendu ici.")),
            Self::Erreur(code) => Err(en_erreur(code)),
        }
    }

    /// A civil date.
    ///
    /// # Errors
    /// Not a date, or one that can be read in two ways.
    pub fn date(&self) -> Result<Option<Date>, String> {
        match self {
            Self::Vide => Ok(None),
            Self::Date(date) => Ok(Some(*date)),
            Self::Texte(texte) => date_de_texte(texte.trim()).map(Some),
            Self::Nombre(nombre) => Err(format!(
                "« {nombre} » est un nombre : mettez la colonne au format Date dans votre tableur, ou écrivez 24/11/2026."
            )),
            Self::Erreur(code) => Err(en_erreur(code)),
        }
    }

    /// A whole number, zero or more.
    ///
    /// # Errors
    /// Not a whole number.
    pub fn entier(&self) -> Result<Option<u64>, String> {
        let refus = |texte: &str| format!("« {texte} » n’est pas un nombre entier.");
        match self {
            Self::Vide => Ok(None),
            Self::Erreur(code) => Err(en_erreur(code)),
            Self::Date(date) => Err(refus(&date.to_string())),
            Self::Nombre(nombre) => nombre.to_string().parse().map(Some).map_err(|_| refus(&self.texte())),
            Self::Texte(texte) => {
                let chiffres: String = texte.chars().filter(|c| !c.is_whitespace()).collect();
                chiffres.parse().map(Some).map_err(|_| refus(texte.trim()))
            }
        }
    }

    /// A SIREN. Zeros eaten by a spreadsheet are put back only if the key then holds.
    ///
    /// # Errors
    /// Damaged, too short, wrong key.
    pub fn siren(&self) -> Result<Option<Numero<Siren>>, String> {
        self.numero(9, str::parse::<Siren>, |_| true)
    }

    /// A SIRET. Zeros put back must satisfy two keys: its own, and that of its SIREN.
    ///
    /// # Errors
    /// Damaged, too short, wrong key.
    pub fn siret(&self) -> Result<Option<Numero<Siret>>, String> {
        self.numero(14, str::parse::<Siret>, |siret| siret.siren().as_str().parse::<Siren>().is_ok())
    }

    /// An RNA number.
    ///
    /// # Errors
    /// Not an RNA number.
    pub fn rna(&self) -> Result<Option<Rna>, String> {
        match self.lire_texte()? {
            None => Ok(None),
            Some(texte) => texte.parse().map(Some).map_err(|e: NumeroInvalide| e.to_string()),
        }
    }

    fn numero<T>(
        &self,
        longueur: usize,
        lire: impl Fn(&str) -> Result<T, NumeroInvalide>,
        sure: impl Fn(&T) -> bool,
    ) -> Result<Option<Numero<T>>, String> {
        let Some(texte) = self.lire_texte()? else { return Ok(None) };
        let erreur = match lire(&texte) {
            Ok(valeur) => return Ok(Some(Numero { valeur, restaure: false })),
            Err(erreur) => erreur,
        };
        let chiffres: String = texte.chars().filter(|c| !c.is_whitespace()).collect();
        // Up to two zeros: more would make any short number pass one day.
        let court = (longueur - 2..longueur).contains(&chiffres.len()) && chiffres.bytes().all(|o| o.is_ascii_digit());
        if court
            && let Ok(valeur) = lire(&format!("{chiffres:0>longueur$}"))
            && sure(&valeur)
        {
            return Ok(Some(Numero { valeur, restaure: true }));
        }
        Err(erreur.to_string())
    }
}

fn en_erreur(code: &str) -> String {
    format!("La formule de cette case est en erreur ({code}). Corrigez-la dans le tableur.")
}

/// `24/11/2026`, `24-11-2026`, `24.11.2026`, `2026-11-24`, with or without a time after it.
fn date_de_texte(texte: &str) -> Result<Date, String> {
    let refus = || format!("« {texte} » n’est pas une date : écrivez 24/11/2026.");
    let jour = texte.split([' ', 'T']).next().unwrap_or(texte);
    let parties: Vec<&str> = jour.split(['/', '-', '.']).collect();
    let &[a, b, c] = parties.as_slice() else { return Err(refus()) };
    if ![a, b, c].iter().all(|p| !p.is_empty() && p.bytes().all(|o| o.is_ascii_digit())) {
        return Err(refus());
    }
    let (annee, mois, jour) = match (a.len(), b.len(), c.len()) {
        (4, 1..=2, 1..=2) => (a, b, c),
        (1..=2, 1..=2, 4) => (c, b, a),
        (1..=2, 1..=2, 2) => {
            return Err(format!("« {texte} » peut se lire de deux façons : écrivez l’année avec quatre chiffres."));
        }
        _ => return Err(refus()),
    };
    let (annee, mois, jour) =
        (annee.parse().map_err(|_| refus())?, mois.parse().map_err(|_| refus())?, jour.parse().map_err(|_| refus())?);
    Date::new(annee, mois, jour).map_err(|_| format!("« {texte} » n’existe pas dans le calendrier."))
}
