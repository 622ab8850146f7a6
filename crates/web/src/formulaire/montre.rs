//! A form about to be shown.

use std::borrow::Cow;

use platform::fichiers::Genre;

use super::{CHAMP_BROUILLON, CHAMP_CLE, CHAMP_JETON, CHAMP_VERSION, Erreurs, Saisie};
use crate::composants::{ChampFichier, ChampLong, ChampOptions, ChampTexte, Html, OptionDeChamp, Selection, echapper};
use crate::contexte::Contexte;

/// A page with a form may stay open this long.
const VALIDITE_S: i64 = 24 * 3600;
/// As for sessions (RGAA 13.1).
const _: () = assert!(VALIDITE_S >= 20 * 3600);

/// A form about to be shown: hidden fields, values and errors.
#[derive(Clone, Debug)]
pub struct Formulaire {
    jeton: String,
    cle: String,
    octets_max: u64,
    /// Values to show again.
    pub saisie: Saisie,
    /// Errors to show.
    pub erreurs: Erreurs,
}

impl Formulaire {
    /// A new form for this visitor.
    #[must_use]
    pub fn nouveau(contexte: &Contexte, saisie: Saisie, erreurs: Erreurs) -> Self {
        let instance = &contexte.instance;
        let expire = instance.clock.instant().plus_seconds(VALIDITE_S);
        let jeton = instance.signature.signer("formulaire", contexte.empreinte_visiteur().as_bytes(), expire);
        Self { jeton, cle: instance.ids.reference(16), octets_max: instance.fichiers.octets_max(), saisie, erreurs }
    }

    /// Hidden fields: to put first in every `form`.
    #[must_use]
    pub fn caches(&self) -> crate::composants::Html {
        let (jeton, cle) = (&self.jeton, &self.cle);
        crate::composants::Html(format!(
            "<input type=\"hidden\" name=\"{CHAMP_JETON}\" value=\"{jeton}\"><input type=\"hidden\" name=\"{CHAMP_CLE}\" value=\"{cle}\">"
        ))
    }

    /// The same, for a form whose text is kept as one types, until it is sent (where a script runs). `formulaire` names it
    /// among all forms of the site: its address, and `#name` where a page has several.
    #[must_use]
    pub fn caches_gardes(&self, formulaire: &str) -> Html {
        let Html(caches) = self.caches();
        // Come back with an error: what was typed is in the page, what was kept is older.
        let revenu = if self.saisie.texte(CHAMP_BROUILLON) == formulaire { " data-revenu" } else { "" };
        let nom = echapper(formulaire);
        Html(format!("{caches}<input type=\"hidden\" name=\"{CHAMP_BROUILLON}\" value=\"{nom}\"{revenu}>"))
    }

    /// Version to write in the page: the one that the person had read when the form comes back with an error or a preview
    /// (else what someone saved meanwhile would be written over unseen), `actuelle` when it is shown for the first time.
    #[must_use]
    pub fn version(&self, actuelle: i64) -> i64 {
        self.saisie.texte(CHAMP_VERSION).parse().unwrap_or(actuelle)
    }

    /// One line of text.
    #[must_use]
    pub fn texte(&self, nom: impl Into<Cow<'static, str>>, libelle: &str) -> ChampTexte {
        let nom = nom.into();
        let (valeur, erreur) = (self.saisie.texte(&nom), self.erreurs.de(&nom));
        ChampTexte::nouveau(nom.clone(), libelle, valeur, erreur)
    }

    /// Several lines.
    #[must_use]
    pub fn long(&self, nom: impl Into<Cow<'static, str>>, libelle: &str, max: usize) -> ChampLong {
        let nom = nom.into();
        let (valeur, erreur) = (self.saisie.texte(&nom), self.erreurs.de(&nom));
        ChampLong::nouveau(nom.clone(), libelle, valeur, erreur, max)
    }

    /// One of several, all in sight.
    #[must_use]
    pub fn radios(
        &self,
        nom: impl Into<Cow<'static, str>>,
        legende: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
    ) -> ChampOptions {
        let nom = nom.into();
        let (choisies, erreur) = (self.saisie.liste(&nom), self.erreurs.de(&nom));
        ChampOptions::radios(nom.clone(), legende, options, choisies, erreur)
    }

    /// Any of several.
    #[must_use]
    pub fn cases(
        &self,
        nom: impl Into<Cow<'static, str>>,
        legende: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
    ) -> ChampOptions {
        let nom = nom.into();
        let (choisies, erreur) = (self.saisie.liste(&nom), self.erreurs.de(&nom));
        ChampOptions::cases(nom.clone(), legende, options, choisies, erreur)
    }

    /// One of many, folded.
    #[must_use]
    pub fn selection(
        &self,
        nom: impl Into<Cow<'static, str>>,
        libelle: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
    ) -> Selection {
        let nom = nom.into();
        let (choisie, erreur) = (self.saisie.texte(&nom), self.erreurs.de(&nom));
        Selection::nouvelle(nom.clone(), libelle, options, choisie, erreur)
    }

    /// A file; its form needs `enctype="multipart/form-data"`.
    #[must_use]
    pub fn fichier(&self, nom: &'static str, libelle: &str, permis: &[Genre]) -> ChampFichier {
        ChampFichier::nouveau(nom, libelle, permis, self.octets_max, self.erreurs.de(nom))
    }

    /// The summary of errors, on top of the page.
    #[must_use]
    pub fn resume(&self) -> crate::composants::ResumeErreurs {
        crate::composants::ResumeErreurs { erreurs: self.erreurs.toutes().collect() }
    }
}
