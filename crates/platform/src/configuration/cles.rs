//! The list of known keys: the only place where a name is written.

use super::Secret;

/// How a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visibilite {
    Claire,
    UrlMasquee,
    Cachee,
}

/// One key.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) nom: &'static str,
    pub(super) defaut: Option<&'static str>,
    visibilite: Visibilite,
}

const fn cle(nom: &'static str, defaut: &'static str) -> Definition {
    Definition { nom, defaut: Some(defaut), visibilite: Visibilite::Claire }
}

const fn sans_defaut(nom: &'static str, visibilite: Visibilite) -> Definition {
    Definition { nom, defaut: None, visibilite }
}

/// In the order in which they are shown.
pub(super) const CLES: &[Definition] = &[
    cle("adresse", "127.0.0.1:8054"),
    sans_defaut("url-publique", Visibilite::Claire),
    cle("donnees", "donnees"),
    sans_defaut("base.url", Visibilite::UrlMasquee),
    sans_defaut("base.schema", Visibilite::Claire),
    cle("instance.nom", "principale"),
    sans_defaut("instance.departement", Visibilite::Claire),
    sans_defaut("hotes", Visibilite::Claire),
    sans_defaut("smtp.url", Visibilite::UrlMasquee),
    sans_defaut("smtp.utilisateur", Visibilite::Claire),
    sans_defaut("smtp.mot-de-passe", Visibilite::Cachee),
    sans_defaut("smtp.fichier-mot-de-passe", Visibilite::Claire),
    sans_defaut("smtp.expediteur", Visibilite::Claire),
    sans_defaut("oidc.emetteur", Visibilite::Claire),
    sans_defaut("oidc.client", Visibilite::Claire),
    sans_defaut("oidc.secret", Visibilite::Cachee),
    cle("oidc.nom", "ProConnect"),
    sans_defaut("oidc.domaines", Visibilite::Claire),
    sans_defaut("oidc.niveaux", Visibilite::Claire),
    cle("demo", "false"),
    cle("limites.fichier-mo", "20"),
    cle("limites.requetes-par-minute", "120"),
    cle("limites.connexions-par-heure", "60"),
    cle("limites.espace-libre-mo", "1000"),
    cle("travailleurs", "2"),
    cle("journal", "info"),
    sans_defaut("mandataires", Visibilite::Claire),
    sans_defaut("sauvegarde.dossier", Visibilite::Claire),
];

impl Definition {
    /// `smtp.mot-de-passe` → `TERREAU_SMTP_MOT_DE_PASSE`.
    pub(super) fn variable(&self) -> String {
        format!("TERREAU_{}", self.nom.replace(['.', '-'], "_").to_uppercase())
    }

    pub(super) fn montrer(&self, valeur: &Secret) -> String {
        match self.visibilite {
            Visibilite::Claire => valeur.reveler().to_owned(),
            Visibilite::UrlMasquee => valeur.masquer_url(),
            Visibilite::Cachee => "***".to_owned(),
        }
    }
}

pub(super) fn definition(nom: &str) -> Option<&'static Definition> {
    CLES.iter().find(|definition| definition.nom == nom)
}

/// The known name with the fewest letters to change.
pub(super) fn la_plus_proche(nom: &str, connus: impl Iterator<Item = String>) -> String {
    connus.min_by_key(|connu| distance(nom, connu)).unwrap_or_default()
}

/// Levenshtein distance, one row at a time.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut ligne: Vec<usize> = (0..=b.len()).collect();
    for (rang, lettre) in a.chars().enumerate() {
        let mut suivante = vec![rang + 1];
        for ((paire, autre), gauche) in ligne.windows(2).zip(&b).zip(0..) {
            let (&[diagonale, haut], Some(&voisin)) = (paire, suivante.get::<usize>(gauche)) else {
                continue;
            };
            let remplacer = diagonale + usize::from(lettre != *autre);
            suivante.push(remplacer.min(haut + 1).min(voisin + 1));
        }
        ligne = suivante;
    }
    ligne.last().copied().unwrap_or(0)
}
