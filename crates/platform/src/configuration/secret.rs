//! Values that never appear in a log, a message or a page.

use std::fmt;

/// A secret text. `Debug` shows nothing of it and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn nouveau(texte: impl Into<String>) -> Self {
        Self(texte.into())
    }

    /// The text, where it is used (never to print it).
    #[must_use]
    pub fn reveler(&self) -> &str {
        &self.0
    }

    /// An address without its password nor its parameters that could hold one.
    #[must_use]
    pub fn masquer_url(&self) -> String {
        let Some((schema, reste)) = self.0.split_once("://") else {
            return "(masqué)".to_owned();
        };
        let (reste, parametres) = match reste.split_once('?') {
            // A `?` before the last `@` belongs to a badly encoded password.
            Some((avant, apres)) if !apres.contains('@') => (avant, masquer_parametres(apres)),
            _ => (reste, String::new()),
        };
        match reste.rsplit_once('@') {
            None => format!("{schema}://{reste}{parametres}"),
            Some((qui, ou)) => match qui.split_once(':') {
                None => format!("{schema}://{qui}@{ou}{parametres}"),
                Some((nom, _)) => format!("{schema}://{nom}:***@{ou}{parametres}"),
            },
        }
    }
}

fn masquer_parametres(parametres: &str) -> String {
    let montres: Vec<String> = parametres
        .split('&')
        .map(|parametre| match parametre.split_once('=') {
            Some((nom, _)) if nom.to_lowercase().contains("pass") => format!("{nom}=***"),
            _ => parametre.to_owned(),
        })
        .collect();
    format!("?{}", montres.join("&"))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
