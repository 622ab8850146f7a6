//! The forms that a page really shows, and two ways of filling them badly: with nothing, and with nonsense.

use scraper::{ElementRef, Selector};

use crate::navigateur::{Page, valeurs_de};

/// How a form is filled by someone who does it badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remplissage {
    /// Nothing typed, nothing chosen.
    Vide,
    /// What is chosen exists; what is typed makes no sense, or is much too long.
    Absurde,
}

/// A form of a page.
#[derive(Clone, Debug)]
pub struct FormulaireMontre {
    /// Where it goes.
    pub action: String,
    /// With files.
    pub fichiers: bool,
    /// Names of what a person types or chooses, in order, each once.
    pub noms: Vec<String>,
    /// Names of what is hidden, and the button: several forms share an address.
    pub acte: String,
    /// A long text may be typed here, and nothing of it is kept before it is sent.
    pub sans_garde: bool,
    vide: Vec<(String, String)>,
    absurde: Vec<(String, String)>,
}

impl FormulaireMontre {
    /// The values sent.
    #[must_use]
    pub fn valeurs(&self, remplissage: Remplissage) -> &[(String, String)] {
        match remplissage {
            Remplissage::Vide => &self.vide,
            Remplissage::Absurde => &self.absurde,
        }
    }

    /// The same form of the same page, read again.
    #[must_use]
    pub fn est(&self, autre: &Self) -> bool {
        (&self.action, &self.noms, &self.acte) == (&autre.action, &autre.noms, &autre.acte)
    }

    /// One for each of its buttons.
    fn lire(formulaire: ElementRef<'_>) -> Vec<Self> {
        let champs = Selector::parse("input[name], textarea[name], select[name]").expect("a CSS selector");
        let bouton = Selector::parse("button[name]").expect("a CSS selector");
        let cache = |nom: &str| nom.starts_with('_');
        let montre = |css: &str| formulaire.select(&Selector::parse(css).expect("a CSS selector")).next().is_some();
        let (mut vide, mut absurde, mut noms) = (Vec::new(), Vec::new(), Vec::<String>::new());
        let mut acte = String::new();
        for champ in formulaire.select(&champs) {
            let nom = champ.attr("name").unwrap_or_default().to_owned();
            if champ.attr("type") == Some("hidden") || cache(&nom) {
                let valeur = champ.attr("value").unwrap_or_default().to_owned();
                if !cache(&nom) && nom != "version" {
                    acte.push_str(&format!("{nom};"));
                }
                if nom == "acte" {
                    acte.push_str(&valeur);
                }
                vide.push((nom.clone(), valeur.clone()));
                absurde.push((nom, valeur));
                continue;
            }
            let premier = !noms.contains(&nom);
            if premier {
                noms.push(nom.clone());
            }
            if let Some(valeur) = valeur_vide(champ) {
                vide.push((nom.clone(), valeur));
            }
            if let Some(valeur) = valeur_absurde(champ, premier) {
                absurde.push((nom, valeur));
            }
        }
        let sans_bouton = Self {
            action: formulaire.attr("action").unwrap_or_default().to_owned(),
            fichiers: formulaire.attr("enctype") == Some("multipart/form-data"),
            noms,
            acte,
            sans_garde: montre("textarea") && !montre("input[name=_brouillon]"),
            vide,
            absurde,
        };
        let boutons: Vec<Self> = formulaire.select(&bouton).map(|bouton| sans_bouton.avec(bouton)).collect();
        if boutons.is_empty() { vec![sans_bouton] } else { boutons }
    }

    /// Sent by this button.
    fn avec(&self, bouton: ElementRef<'_>) -> Self {
        let valeur = |nom| bouton.attr(nom).unwrap_or_default().to_owned();
        let presse = (valeur("name"), valeur("value"));
        let et = |valeurs: &[(String, String)]| valeurs.iter().cloned().chain([presse.clone()]).collect();
        Self {
            acte: format!("{}{}={}", self.acte, presse.0, presse.1),
            vide: et(&self.vide),
            absurde: et(&self.absurde),
            ..self.clone()
        }
    }
}

fn options(champ: ElementRef<'_>) -> Vec<String> {
    let option = Selector::parse("option").expect("a CSS selector");
    champ.select(&option).map(|o| o.attr("value").unwrap_or_default().to_owned()).collect()
}

/// A browser always sends what a list shows; nothing for a box or a button that is not ticked.
fn valeur_vide(champ: ElementRef<'_>) -> Option<String> {
    match (champ.value().name(), champ.attr("type")) {
        ("select", _) => options(champ).into_iter().next(),
        (_, Some("radio" | "checkbox" | "file")) => None,
        _ => Some(String::new()),
    }
}

fn valeur_absurde(champ: ElementRef<'_>, premier: bool) -> Option<String> {
    match (champ.value().name(), champ.attr("type")) {
        ("select", _) => options(champ).pop(),
        (_, Some("file")) => None,
        (_, Some("radio")) => premier.then(|| champ.attr("value").unwrap_or("on").to_owned()),
        (_, Some("checkbox")) => Some(champ.attr("value").unwrap_or("on").to_owned()),
        (_, Some("date")) => Some("31/02/2026".to_owned()),
        ("textarea", _) => Some("mot ".repeat(3_000)),
        _ => Some("n’importe quoi ".repeat(60)),
    }
}

impl Page {
    /// The forms that act, in the order of the page.
    #[must_use]
    pub fn formulaires(&self) -> Vec<FormulaireMontre> {
        let formulaires = Selector::parse("main form[method=post]").expect("a CSS selector");
        self.document().select(&formulaires).flat_map(FormulaireMontre::lire).collect()
    }

    /// Paths of this site that the page leads to.
    #[must_use]
    pub fn liens(&self) -> Vec<String> {
        let liens = Selector::parse("a[href^='/']").expect("a CSS selector");
        self.document().select(&liens).filter_map(|a| a.attr("href")).map(str::to_owned).collect()
    }

    /// What each field of the page holds.
    #[must_use]
    pub fn contenus(&self) -> Vec<(String, String)> {
        let formulaires = Selector::parse("form").expect("a CSS selector");
        self.document().select(&formulaires).flat_map(valeurs_de).collect()
    }
}
