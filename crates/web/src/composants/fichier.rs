//! Files to send and to fetch. A file to choose: its help says the accepted types and the largest size. The form needs
//! `enctype="multipart/form-data"`.

use askama::Template;
use documents::export::Format;
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

/// Links that download what a page shows, in each format.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/exports.html")]
pub struct Exports {
    quoi: String,
    base: String,
}

impl Exports {
    /// `quoi` is what is downloaded ("les 12 demandes"); `champs` are the page's own filters.
    #[must_use]
    pub fn nouveaux(quoi: impl Into<String>, chemin: &str, champs: &[(&str, &str)]) -> Self {
        let champs = champs.iter().filter(|(_, valeur)| !valeur.is_empty());
        let filtres = form_urlencoded::Serializer::new(String::new()).extend_pairs(champs).finish();
        let base = if filtres.is_empty() { format!("{chemin}?format=") } else { format!("{chemin}?{filtres}&format=") };
        Self { quoi: quoi.into(), base }
    }

    fn liens(&self) -> Vec<(String, &'static str)> {
        Format::TOUS.iter().map(|f| (format!("{}{}", self.base, f.extension()), f.libelle())).collect()
    }
}

composant!(ChampFichier, Exports);
