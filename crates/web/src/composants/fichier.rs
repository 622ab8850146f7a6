//! A file to choose: its help says the accepted types and the largest size. The form needs
//! `enctype="multipart/form-data"`.

use askama::Template;
use platform::fichiers::Genre;

use super::composant;

/// A file field.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/champ_fichier.html")]
pub struct ChampFichier {
    nom: &'static str,
    libelle: String,
    aide: String,
    erreur: Option<String>,
    accepte: String,
}

impl ChampFichier {
    pub(crate) fn nouveau(
        nom: &'static str,
        libelle: &str,
        permis: &[Genre],
        octets_max: u64,
        erreur: Option<&str>,
    ) -> Self {
        let extensions: Vec<&str> = permis.iter().map(|genre| genre.extension()).collect();
        Self {
            nom,
            libelle: libelle.to_owned(),
            aide: format!("Types acceptés : {}. {}\u{a0}Mo au plus.", extensions.join(", "), octets_max / 1_000_000),
            erreur: erreur.map(str::to_owned),
            accepte: extensions.iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(","),
        }
    }

    /// One more extension, for a page that reads the bytes itself.
    #[must_use]
    pub fn aussi(mut self, extension: &str) -> Self {
        let (debut, avec) = ("Types acceptés : ", format!("Types acceptés : {extension}, "));
        self.aide = self.aide.replacen(debut, &avec, 1);
        self.accepte = format!("{},.{extension}", self.accepte);
        self
    }

    /// Help before the types and the size.
    #[must_use]
    pub fn aide(mut self, aide: &str) -> Self {
        self.aide = format!("{aide} {}", self.aide);
        self
    }

    fn decrit_par(&self) -> String {
        let erreur = if self.erreur.is_some() { format!(" {}-erreur", self.nom) } else { String::new() };
        format!("{}-aide{erreur}", self.nom)
    }
}

composant!(ChampFichier);
