//! What the list of a chargé is filtered and ordered by, read from its address and written back to it. Pure.

use domain::code::CodeCommune;
use domain::profil::Etape;
use domain::theme::Theme;
use web::formulaire::{Erreurs, Lecteur};
use web::{Instance, Saisie};

domain::vocabulaire! {
    /// Where the answer stands.
    Delai {
        Retard = "retard", "en retard";
        ARepondre = "a-repondre", "à répondre, pas en retard";
        Suspendu = "suspendu", "la commune est attendue";
        Repondu = "repondu", "répondu";
        SansNouvelles = "sans-nouvelles", "sans nouvelles depuis 45 jours";
    }
}

domain::vocabulaire! {
    /// The next action.
    Suite {
        Prevue = "prevue", "une action est prévue";
        Passee = "passee", "sa date est passée";
        Aucune = "aucune", "aucune action prévue";
    }
}

domain::vocabulaire! {
    /// Order of the list.
    Tri {
        Delai = "delai", "délai";
        Titre = "titre", "projet";
        Suite = "suite", "prochaine action";
        Contact = "contact", "dernier contact";
        Secteur = "secteur", "secteur";
    }
}

/// The value of the filter for what has no secteur.
pub(crate) const SANS_SECTEUR: &str = "aucun";
/// Longest words looked for, characters.
const MOTS_MAX: usize = 100;

/// Filters and order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Criteres {
    /// Words of the title.
    pub(crate) q: String,
    pub(crate) delai: Option<Delai>,
    pub(crate) etape: Option<Etape>,
    pub(crate) commune: Option<CodeCommune>,
    pub(crate) theme: Option<Theme>,
    /// A secteur's id, [`SANS_SECTEUR`], or empty.
    pub(crate) secteur: String,
    pub(crate) suite: Option<Suite>,
    /// What needs nothing now, too.
    pub(crate) toutes: bool,
    pub(crate) tri: Tri,
    pub(crate) decroissant: bool,
}

impl Default for Criteres {
    fn default() -> Self {
        Self {
            q: String::new(),
            delai: None,
            etape: None,
            commune: None,
            theme: None,
            secteur: String::new(),
            suite: None,
            toutes: false,
            tri: Tri::Delai,
            decroissant: false,
        }
    }
}

impl Criteres {
    /// Reads what the address asks; what is not understood is said on its field.
    pub(crate) fn lire(saisie: &Saisie, instance: &Instance) -> (Self, Erreurs) {
        let mut l = saisie.lecteur();
        let commune = commune(&mut l, saisie, instance);
        let criteres = Self {
            q: saisie.texte("q").trim().chars().take(MOTS_MAX).collect(),
            delai: l.choix_libre("delai"),
            etape: l.choix_libre("etape"),
            commune,
            theme: l.choix_libre("theme"),
            secteur: saisie.texte("secteur").to_owned(),
            suite: l.choix_libre("suite"),
            toutes: saisie.texte("toutes") == "oui",
            tri: saisie.texte("tri").parse().unwrap_or(Tri::Delai),
            decroissant: saisie.texte("ordre") == "desc",
        };
        (criteres, l.erreurs)
    }

    /// Name and value of each filter in force.
    fn filtres(&self) -> Vec<(&'static str, String)> {
        let choix = [
            ("q", self.q.clone()),
            ("delai", self.delai.map(|d| d.to_string()).unwrap_or_default()),
            ("etape", self.etape.map(|e| e.as_str().to_owned()).unwrap_or_default()),
            ("commune", self.commune.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("theme", self.theme.map(|t| t.as_str().to_owned()).unwrap_or_default()),
            ("secteur", self.secteur.clone()),
            ("suite", self.suite.map(|s| s.to_string()).unwrap_or_default()),
            ("toutes", if self.toutes { "oui".to_owned() } else { String::new() }),
        ];
        choix.into_iter().filter(|(_, valeur)| !valeur.is_empty()).collect()
    }

    /// Nothing is filtered?
    pub(crate) fn est_vide(&self) -> bool {
        self.filtres().is_empty()
    }

    /// After the `?` of the address: filters, then order. Always the same text for the same list.
    pub(crate) fn chaine(&self) -> String {
        let mut chaine = form_urlencoded::Serializer::new(String::new());
        chaine.extend_pairs(self.filtres());
        if (self.tri, self.decroissant) != (Tri::Delai, false) {
            chaine.append_pair("tri", self.tri.as_str());
        }
        if self.decroissant {
            chaine.append_pair("ordre", "desc");
        }
        chaine.finish()
    }

    /// The address of this list.
    pub(crate) fn adresse(&self) -> String {
        match self.chaine().as_str() {
            "" => super::liste::URL.to_owned(),
            chaine => format!("{}?{chaine}", super::liste::URL),
        }
    }

    /// For the download: each parameter apart.
    pub(crate) fn parametres(&self) -> Vec<(&'static str, String)> {
        let mut parametres = self.filtres();
        parametres.push(("tri", self.tri.to_string()));
        if self.decroissant {
            parametres.push(("ordre", "desc".to_owned()));
        }
        parametres
    }

    /// The same list ordered by a column; the other way round when it already is.
    pub(crate) fn trie_par(&self, tri: Tri) -> Self {
        let decroissant = self.tri == tri && !self.decroissant;
        Self { tri, decroissant, ..self.clone() }
    }
}

/// A commune typed by name or code; nothing typed is no filter.
fn commune(l: &mut Lecteur<'_>, saisie: &Saisie, instance: &Instance) -> Option<CodeCommune> {
    if saisie.texte("commune").trim().is_empty() { None } else { l.commune("commune", instance) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Criteres::default(), "")]
    #[case(Criteres { delai: Some(Delai::Retard), ..Criteres::default() }, "delai=retard")]
    #[case(Criteres { q: "café & pain".to_owned(), toutes: true, ..Criteres::default() }, "q=caf%C3%A9+%26+pain&toutes=oui")]
    #[case(Criteres { tri: Tri::Titre, ..Criteres::default() }, "tri=titre")]
    #[case(Criteres { decroissant: true, ..Criteres::default() }, "tri=delai&ordre=desc")]
    fn une_liste_a_une_adresse(#[case] criteres: Criteres, #[case] attendue: &str) {
        assert_eq!(criteres.chaine(), attendue);
    }

    #[test]
    fn une_colonne_se_trie_puis_se_retourne() {
        let par_titre = Criteres::default().trie_par(Tri::Titre);
        assert_eq!((par_titre.tri, par_titre.decroissant), (Tri::Titre, false));
        assert!(par_titre.trie_par(Tri::Titre).decroissant);
        assert!(!par_titre.trie_par(Tri::Delai).decroissant);
    }
}
