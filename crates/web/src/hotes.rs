//! Which instance answers: one for every host, or one for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::instance::Instance;

/// Chooses the instance of a request by its host name.
#[derive(Clone)]
pub enum Instances {
    /// One for every host.
    Une(Instance),
    /// Host name → instance; no other host is answered.
    ParHote(Arc<BTreeMap<String, Instance>>),
}

impl Instances {
    /// One instance for every host.
    #[must_use]
    pub fn une(instance: Instance) -> Self {
        Self::Une(instance)
    }

    /// Several, each at its hosts.
    #[must_use]
    pub fn par_hote(instances: BTreeMap<String, Instance>) -> Self {
        Self::ParHote(Arc::new(instances))
    }

    pub(crate) fn choisir(&self, request: &Request) -> Option<&Instance> {
        match self {
            Self::Une(instance) => Some(instance),
            Self::ParHote(instances) => {
                let hote = request.headers().get(header::HOST).and_then(|hote| hote.to_str().ok());
                instances.get(&nom_d_hote(hote.or_else(|| request.uri().host()).unwrap_or_default()))
            }
        }
    }
}

/// "Terreau.Exemple.fr:8054" → "terreau.exemple.fr": a host name as compared.
#[must_use]
pub fn nom_d_hote(hote: &str) -> String {
    let nom = hote.parse::<Authority>().map(|autorite| autorite.host().to_ascii_lowercase()).unwrap_or_default();
    nom.trim_end_matches('.').to_owned()
}

/// Nobody's host: no instance, so neither its name nor its colours.
pub(crate) fn hote_inconnu() -> Response {
    let corps = "<!DOCTYPE html><html lang=\"fr\"><title>Adresse inconnue</title><h1>Ce site n’est pas à cette adresse</h1>\
                 <p>Le serveur répond, mais il ne connaît pas ce nom de site. Vérifiez l’adresse.</p>\
                 <p>Pour l’exploitant : ajoutez ce nom au réglage « hotes », ou transmettez l’en-tête Host.</p></html>";
    let entetes = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::MISDIRECTED_REQUEST, entetes, corps).into_response()
}

#[cfg(test)]
mod tests {
    use super::nom_d_hote;
    use rstest::rstest;

    #[rstest]
    #[case("Terreau.Exemple.fr:8054", "terreau.exemple.fr")]
    #[case("terreau.exemple.fr.", "terreau.exemple.fr")]
    #[case("[::1]:8054", "[::1]")]
    #[case("[::1]", "[::1]")]
    #[case("", "")]
    fn un_hote_se_compare(#[case] hote: &str, #[case] attendu: &str) {
        assert_eq!(nom_d_hote(hote), attendu);
    }
}
