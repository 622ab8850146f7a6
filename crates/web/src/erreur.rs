//! Errors of a request. A handler returns [`Erreur`]; the middleware answers with a French page that helps.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::droit::Refus;
use platform::migration::MigrationError;
use sea_orm::DbErr;

/// What a handler gives back.
pub type Reponse = Result<Response, Erreur>;

/// Why a request has no ordinary answer.
#[derive(Clone, Debug)]
pub enum Erreur {
    /// 404. What was looked for, in words ("ce projet"); the page proposes where to go.
    Introuvable(&'static str),
    /// 403, with the reason; 303 to the sign-in page when it is [`Refus::ConnexionRequise`].
    Interdit(Refus),
    /// 400. What was wrong with the request.
    Invalide(String),
    /// 405: another method is asked of this address.
    Methode,
    /// 403 for a form: its page is too old, or it comes from another site.
    FormulaireRefuse(&'static str),
    /// 413. Limit in bytes.
    TropGros(u64),
    /// 429. Seconds to wait.
    TropDeDemandes(u64),
    /// 503. What does not answer.
    Indisponible(&'static str),
    /// 500, with a cause for the log, never shown.
    Interne(std::sync::Arc<str>),
    /// Not an error: go there (a form already answered).
    Aller(String),
}

impl Erreur {
    /// A 500 with its cause for the log.
    pub fn interne(cause: impl std::fmt::Display) -> Self {
        Self::Interne(cause.to_string().into())
    }

    /// HTTP status.
    #[must_use]
    pub fn statut(&self) -> StatusCode {
        match self {
            Self::Introuvable(_) => StatusCode::NOT_FOUND,
            Self::Interdit(Refus::ConnexionRequise) | Self::Aller(_) => StatusCode::SEE_OTHER,
            Self::Interdit(_) | Self::FormulaireRefuse(_) => StatusCode::FORBIDDEN,
            Self::Invalide(_) => StatusCode::BAD_REQUEST,
            Self::Methode => StatusCode::METHOD_NOT_ALLOWED,
            Self::TropGros(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TropDeDemandes(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Indisponible(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Interne(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<DbErr> for Erreur {
    fn from(erreur: DbErr) -> Self {
        match platform::panne::reconnaitre(&erreur) {
            Some(panne) => {
                tracing::error!(%erreur, "{}", panne.en_mots());
                Self::Indisponible(panne.quoi())
            }
            None => Self::interne(erreur),
        }
    }
}

impl From<askama::Error> for Erreur {
    fn from(erreur: askama::Error) -> Self {
        Self::interne(erreur)
    }
}

impl From<serde_json::Error> for Erreur {
    fn from(erreur: serde_json::Error) -> Self {
        Self::interne(erreur)
    }
}

impl From<MigrationError> for Erreur {
    fn from(erreur: MigrationError) -> Self {
        Self::interne(erreur)
    }
}

impl From<Refus> for Erreur {
    fn from(refus: Refus) -> Self {
        Self::Interdit(refus)
    }
}

impl IntoResponse for Erreur {
    /// The page itself is made by the middleware, which knows the visitor: here only the status and the reason travel.
    fn into_response(self) -> Response {
        let mut response = self.statut().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
