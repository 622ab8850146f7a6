//! Fields of forms. Label, help and error are tied to the field; all work without script.

use std::borrow::Cow;

use askama::Template;

use super::{Html, composant, echapper};

/// One line of text: also e-mail, telephone, date, amount, commune.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/champ_texte.html")]
pub struct ChampTexte {
    nom: Cow<'static, str>,
    libelle: String,
    aide: Option<String>,
    erreur: Option<String>,
    valeur: String,
    genre: &'static str,
    mode: Option<&'static str>,
    autocomplete: Option<&'static str>,
    exemple: Option<&'static str>,
    largeur: &'static str,
    suffixe: Option<&'static str>,
    commune: bool,
    structure: bool,
    accent: bool,
}

impl ChampTexte {
    pub(crate) fn nouveau(
        nom: impl Into<Cow<'static, str>>,
        libelle: &str,
        valeur: &str,
        erreur: Option<&str>,
    ) -> Self {
        Self {
            nom: nom.into(),
            libelle: libelle.to_owned(),
            aide: None,
            erreur: erreur.map(str::to_owned),
            valeur: valeur.to_owned(),
            genre: "text",
            mode: None,
            autocomplete: None,
            exemple: None,
            largeur: "",
            suffixe: None,
            commune: false,
            structure: false,
            accent: false,
        }
    }

    /// Help under the label.
    #[must_use]
    pub fn aide(mut self, aide: impl Into<String>) -> Self {
        self.aide = Some(aide.into()).filter(|aide| !aide.is_empty());
        self
    }

    /// An e-mail address (RGAA 11.13: what the browser may fill).
    #[must_use]
    pub fn courriel(mut self) -> Self {
        // Its form is said before it is asked for (RGAA 11.10).
        (self.genre, self.autocomplete, self.exemple) = ("email", Some("email"), Some("Exemple : nom@exemple.fr"));
        self
    }

    /// A telephone number.
    #[must_use]
    pub fn telephone(mut self) -> Self {
        (self.genre, self.autocomplete, self.largeur) = ("tel", Some("tel"), " govuk-input--width-20");
        self
    }

    /// What the browser may fill (`given-name`, `family-name`, `one-time-code`…).
    #[must_use]
    pub fn remplir(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = Some(autocomplete);
        self
    }

    /// A civil date, by the browser's own field.
    #[must_use]
    pub fn date(mut self) -> Self {
        (self.genre, self.largeur) = ("date", " govuk-input--width-10");
        self
    }

    /// An amount in euros.
    #[must_use]
    pub fn montant(mut self) -> Self {
        (self.mode, self.largeur, self.suffixe) = (Some("decimal"), " govuk-input--width-10", Some("€"));
        self
    }

    /// A code of digits.
    #[must_use]
    pub fn chiffres(mut self) -> Self {
        (self.mode, self.largeur) = (Some("numeric"), " govuk-input--width-10");
        self
    }

    /// A number that may have decimals.
    #[must_use]
    pub fn decimal(mut self) -> Self {
        (self.mode, self.largeur) = (Some("decimal"), " govuk-input--width-10");
        self
    }

    /// The accent colour of the instance: the page takes it while it is chosen, where a script runs.
    #[must_use]
    pub fn accent(mut self) -> Self {
        (self.accent, self.largeur) = (true, " govuk-input--width-10");
        self
    }

    /// A commune: completed by script where there is one, found by name on the server otherwise.
    #[must_use]
    pub fn commune(mut self) -> Self {
        self.commune = true;
        self
    }

    /// The name of an organisation: those of the directory are proposed by script where there is one.
    #[must_use]
    pub fn structure(mut self) -> Self {
        self.structure = true;
        self
    }

    fn aidee(&self) -> bool {
        self.aide.is_some() || self.exemple.is_some()
    }

    fn decrit_par(&self) -> String {
        decrit_par(&self.nom, self.aidee(), self.erreur.is_some())
    }
}

fn decrit_par(nom: &str, aide: bool, erreur: bool) -> String {
    match (aide, erreur) {
        (true, true) => format!("{nom}-aide {nom}-erreur"),
        (true, false) => format!("{nom}-aide"),
        (false, true) => format!("{nom}-erreur"),
        (false, false) => String::new(),
    }
}

/// Several lines.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/champ_long.html")]
pub struct ChampLong {
    nom: Cow<'static, str>,
    libelle: String,
    aide: Option<String>,
    erreur: Option<String>,
    valeur: String,
    max: usize,
    lignes: u8,
    hors_ligne: bool,
}

impl ChampLong {
    pub(crate) fn nouveau(
        nom: impl Into<Cow<'static, str>>,
        libelle: &str,
        valeur: &str,
        erreur: Option<&str>,
        max: usize,
    ) -> Self {
        let (libelle, valeur) = (libelle.to_owned(), valeur.to_owned());
        Self {
            nom: nom.into(),
            libelle,
            aide: None,
            erreur: erreur.map(str::to_owned),
            valeur,
            max,
            lignes: 5,
            hors_ligne: false,
        }
    }

    /// Help under the label.
    #[must_use]
    pub fn aide(mut self, aide: impl Into<String>) -> Self {
        self.aide = Some(aide.into()).filter(|aide| !aide.is_empty());
        self
    }

    /// Height.
    #[must_use]
    pub fn lignes(mut self, lignes: u8) -> Self {
        self.lignes = lignes;
        self
    }

    fn max_en_mots(&self) -> String {
        domain::cents::milliers(self.max as u64)
    }

    /// Written in the field, perhaps without network: the text waits on the device. Never for a shared computer.
    #[must_use]
    pub fn hors_ligne(mut self) -> Self {
        self.hors_ligne = true;
        self
    }

    fn decrit_par(&self) -> String {
        format!("{} {}-compte", decrit_par(&self.nom, self.aide.is_some(), self.erreur.is_some()), self.nom)
            .trim()
            .to_owned()
    }
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionDeChamp {
    /// Sent.
    pub valeur: String,
    /// Shown.
    pub libelle: String,
    /// Help under it.
    pub aide: Option<String>,
    /// Heading above it, when a group begins.
    pub groupe: Option<String>,
}

impl OptionDeChamp {
    /// A choice.
    #[must_use]
    pub fn nouvelle(valeur: impl Into<String>, libelle: impl Into<String>) -> Self {
        Self { valeur: valeur.into(), libelle: libelle.into(), aide: None, groupe: None }
    }

    /// With help.
    #[must_use]
    pub fn aide(mut self, aide: impl Into<String>) -> Self {
        self.aide = Some(aide.into()).filter(|aide| !aide.is_empty());
        self
    }

    /// First of a group.
    #[must_use]
    pub fn groupe(mut self, groupe: impl Into<String>) -> Self {
        self.groupe = Some(groupe.into());
        self
    }

    /// Choices in groups: a heading stands where it changes.
    #[must_use]
    pub fn par_groupes<'a>(options: impl IntoIterator<Item = (&'a str, Self)>) -> Vec<Self> {
        let mut dernier = None;
        let options = options.into_iter().map(|(groupe, option)| {
            if dernier.replace(groupe) == Some(groupe) { option } else { option.groupe(groupe) }
        });
        options.collect()
    }
}

/// Radios or checkboxes.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/champ_options.html")]
pub struct ChampOptions {
    nom: Cow<'static, str>,
    legende: String,
    aide: Option<Html>,
    erreur: Option<String>,
    options: Vec<OptionDeChamp>,
    choisies: Vec<String>,
    radios: bool,
    colonnes: bool,
    en_ligne: bool,
}

impl ChampOptions {
    fn nouveau(
        nom: impl Into<Cow<'static, str>>,
        legende: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
        choisies: &[String],
        erreur: Option<&str>,
        radios: bool,
    ) -> Self {
        Self {
            nom: nom.into(),
            legende: legende.to_owned(),
            aide: None,
            erreur: erreur.map(str::to_owned),
            options: options.into_iter().collect(),
            choisies: choisies.to_vec(),
            radios,
            colonnes: false,
            en_ligne: false,
        }
    }

    pub(crate) fn radios(
        nom: impl Into<Cow<'static, str>>,
        legende: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
        choisies: &[String],
        erreur: Option<&str>,
    ) -> Self {
        Self::nouveau(nom, legende, options, choisies, erreur, true)
    }

    pub(crate) fn cases(
        nom: impl Into<Cow<'static, str>>,
        legende: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
        choisies: &[String],
        erreur: Option<&str>,
    ) -> Self {
        Self::nouveau(nom, legende, options, choisies, erreur, false)
    }

    /// Help under the legend.
    #[must_use]
    pub fn aide(mut self, aide: impl Into<String>) -> Self {
        self.aide = Some(aide.into()).filter(|aide| !aide.is_empty()).map(|aide| Html(echapper(&aide)));
        self
    }

    /// Help with a word explained where it stands (`glossaire::expliquer`).
    #[must_use]
    pub fn aide_expliquee(mut self, aide: Html) -> Self {
        self.aide = Some(aide);
        self
    }

    /// In columns on a wide screen (many short choices).
    #[must_use]
    pub fn en_colonnes(mut self) -> Self {
        self.colonnes = true;
        self
    }

    /// On one line (two or three very short choices).
    #[must_use]
    pub fn en_ligne(mut self) -> Self {
        self.en_ligne = true;
        self
    }

    fn decrit_par(&self) -> String {
        decrit_par(&self.nom, self.aide.is_some(), self.erreur.is_some())
    }

    fn choisie(&self, valeur: &str) -> bool {
        self.choisies.iter().any(|choisie| choisie == valeur)
    }

    /// In groups: the first choice begins one.
    fn groupee(&self) -> bool {
        self.options.first().is_some_and(|option| option.groupe.is_some())
    }

    fn famille(&self) -> &'static str {
        if self.radios { "radios" } else { "checkboxes" }
    }

    // The error summary leads to the first choice, whose id is the field's name.
    fn id(&self, rang: &usize) -> String {
        if *rang == 0 { self.nom.to_string() } else { format!("{}-{rang}", self.nom) }
    }
}

/// One of many.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/selection.html")]
pub struct Selection {
    nom: Cow<'static, str>,
    libelle: String,
    aide: Option<Html>,
    erreur: Option<String>,
    options: Vec<OptionDeChamp>,
    choisie: String,
}

impl Selection {
    pub(crate) fn nouvelle(
        nom: impl Into<Cow<'static, str>>,
        libelle: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
        choisie: &str,
        erreur: Option<&str>,
    ) -> Self {
        Self {
            nom: nom.into(),
            libelle: libelle.to_owned(),
            aide: None,
            erreur: erreur.map(str::to_owned),
            options: options.into_iter().collect(),
            choisie: choisie.to_owned(),
        }
    }

    /// Help under the label.
    #[must_use]
    pub fn aide(mut self, aide: impl Into<String>) -> Self {
        self.aide = Some(aide.into()).filter(|aide| !aide.is_empty()).map(|aide| Html(echapper(&aide)));
        self
    }

    /// Help with a word explained where it stands (`glossaire::expliquer`).
    #[must_use]
    pub fn aide_expliquee(mut self, aide: Html) -> Self {
        self.aide = Some(aide);
        self
    }

    fn decrit_par(&self) -> String {
        decrit_par(&self.nom, self.aide.is_some(), self.erreur.is_some())
    }

    /// Does a choice of this rank close the group before it?
    fn ferme_un_groupe(&self, rang: &usize) -> bool {
        self.options.iter().take(*rang).any(|option| option.groupe.is_some())
    }

    fn groupee(&self) -> bool {
        self.ferme_un_groupe(&self.options.len())
    }
}

/// A field in error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnErreur {
    /// Field.
    pub champ: String,
    /// What to do.
    pub phrase: String,
}

/// The summary of errors, on top of the page; nothing when there is none.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/resume_erreurs.html")]
pub struct ResumeErreurs {
    /// Errors in the order of the page.
    pub erreurs: Vec<EnErreur>,
}

composant!(ChampTexte, ChampLong, ChampOptions, Selection, ResumeErreurs);

#[cfg(test)]
mod tests {
    use super::{ChampTexte, OptionDeChamp, Selection};

    fn option(nom: &str) -> OptionDeChamp {
        OptionDeChamp::nouvelle(nom, nom)
    }

    fn liste(options: Vec<OptionDeChamp>) -> String {
        Selection::nouvelle("choix", "Choix", options, "b1", None).to_string()
    }

    #[test]
    fn une_liste_se_dit_en_groupes() {
        let groupes = OptionDeChamp::par_groupes([("A", option("a1")), ("A", option("a2")), ("B", option("b1"))]);
        let html = liste(std::iter::once(OptionDeChamp::nouvelle("", "Tous")).chain(groupes).collect());
        let dit: Vec<&str> = ["Tous", "<optgroup label=\"A\">", ">a1<", ">a2<", "</optgroup>", "label=\"B\"", ">b1<"]
            .into_iter()
            .filter(|marque| html.contains(marque))
            .collect();
        let places: Vec<Option<usize>> = dit.iter().map(|marque| html.find(marque)).collect();
        assert!(dit.len() == 7 && places.is_sorted(), "{html}");
        assert_eq!((html.matches("<optgroup").count(), html.matches("</optgroup>").count()), (2, 2));
        assert!(!liste(vec![option("a1"), option("b1")]).contains("optgroup"));
    }

    #[test]
    fn un_courriel_montre_sa_forme_avant_qu_on_l_ecrive() {
        let champ = ChampTexte::nouveau("courriel", "Adresse", "", None).courriel();
        let html = champ.to_string();
        assert!(html.contains("id=\"courriel-aide\"") && html.contains("Exemple : nom@exemple.fr"), "{html}");
        assert!(html.contains("aria-describedby=\"courriel-aide\""));
        assert!(champ.aide("Celle de la mairie.").to_string().contains("Celle de la mairie. Exemple"));
    }
}
