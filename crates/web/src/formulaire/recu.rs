//! A form received: checked once, answered once.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::Response;
use platform::crypto::empreinte_de_jeton;
use platform::{Instant, ReadTx, WriteTx};
use socle::{formulaire, saisie};

use super::{CHAMP_BROUILLON, CHAMP_CLE, CHAMP_JETON, CHAMP_VERSION, Lecteur, Saisie};
use crate::cadre;
use crate::composants::Message;
use crate::contexte::Contexte;
use crate::erreur::{Erreur, Reponse};

/// Largest form without file, bytes.
pub(crate) const TAILLE_MAX: usize = 256 * 1024;

/// A form received and checked.
pub struct CheckedForm {
    /// What was typed.
    pub saisie: Saisie,
    /// The request.
    pub contexte: Contexte,
    cle: String,
}

impl<S: Send + Sync> FromRequest<S> for CheckedForm {
    type Rejection = Erreur;

    async fn from_request(request: Request, state: &S) -> Result<Self, Erreur> {
        let contexte = request
            .extensions()
            .get::<Contexte>()
            .cloned()
            .ok_or_else(|| Erreur::interne("aucun contexte pour ce formulaire"))?;
        verifier_origine(request.headers())?;
        let urlencode = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|genre| genre.to_str().ok())
            .is_some_and(|genre| genre.starts_with("application/x-www-form-urlencoded"));
        if !urlencode {
            return Err(Erreur::Invalide("Ce formulaire n’a pas la forme attendue.".to_owned()));
        }
        let octets = Bytes::from_request(request, state).await.map_err(|_| Erreur::TropGros(TAILLE_MAX as u64))?;
        if octets.len() > TAILLE_MAX {
            return Err(Erreur::TropGros(TAILLE_MAX as u64));
        }
        Self::verifier(contexte, Saisie::decoder(&octets)).await
    }
}

pub(crate) fn verifier_origine(entetes: &axum::http::HeaderMap) -> Result<(), Erreur> {
    let site = entetes.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    if matches!(site, Some("cross-site")) {
        return Err(Erreur::FormulaireRefuse("Ce formulaire vient d’un autre site : il n’a pas été pris en compte."));
    }
    Ok(())
}

/// A key is this browser's own.
fn empreinte_de_la_cle(contexte: &Contexte, cle: &str) -> String {
    empreinte_de_jeton(&format!("{}/{cle}", contexte.empreinte_visiteur()))
}

/// Where the form of this key led, when this browser sent it: going back to its page, one finds what it made
/// (`data-deja` of the form; the script writes `?deja=` as it sends).
///
/// # Errors
/// The engine refused.
pub async fn deja_envoye(contexte: &Contexte, tx: &ReadTx, cle: &str) -> Result<Option<String>, Erreur> {
    if cle.is_empty() {
        return Ok(None);
    }
    Ok(formulaire::reponse(tx, &empreinte_de_la_cle(contexte, cle)).await?)
}

impl CheckedForm {
    /// Checks the token, and whether this very form was already answered.
    ///
    /// # Errors
    /// [`Erreur::FormulaireRefuse`], or [`Erreur::Aller`] towards the first answer.
    pub async fn verifier(contexte: Contexte, saisie: Saisie) -> Result<Self, Erreur> {
        let instance = &contexte.instance;
        let perime = Erreur::FormulaireRefuse(
            "Cette page est restée ouverte trop longtemps, ou vous vous êtes connecté entre-temps. Revenez en arrière, \
             rechargez la page et envoyez de nouveau.",
        );
        let charge = instance
            .signature
            .verifier("formulaire", saisie.texte(CHAMP_JETON), instance.clock.instant())
            .map_err(|_| perime.clone())?;
        if charge != contexte.empreinte_visiteur().as_bytes() {
            return Err(perime);
        }
        let cle = empreinte_de_la_cle(&contexte, saisie.texte(CHAMP_CLE));
        let tx = instance.db.read().await?;
        if let Some(vers) = formulaire::reponse(&tx, &cle).await? {
            return Err(Erreur::Aller(vers));
        }
        Ok(Self { saisie, contexte, cle })
    }

    /// Reads fields one by one, gathering errors.
    #[must_use]
    pub fn lecteur(&self) -> Lecteur<'_> {
        self.saisie.lecteur()
    }

    /// Version of the row that the person had read when they typed. Zero (nothing saved yet) when the form did not say.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.saisie.texte(CHAMP_VERSION).parse().unwrap_or(0)
    }

    /// Where the first answer to this very form led, when it was answered since it was received.
    ///
    /// # Errors
    /// The engine refused.
    pub async fn deja_repondu(&self, tx: &WriteTx) -> Result<Option<String>, Erreur> {
        Ok(formulaire::reponse(tx, &self.cle).await?)
    }

    /// Commits the data together with the answer to this form, then goes there with a message.
    ///
    /// # Errors
    /// The engine refused. When the same form was answered at the same moment, its first answer is given.
    pub async fn conclure(&self, tx: WriteTx, vers: &str, message: impl Into<Message> + Send) -> Reponse {
        let instance = &self.contexte.instance;
        let maintenant: Instant = instance.clock.instant();
        if let Err(erreur) = formulaire::retenir(&tx, &self.cle, vers, maintenant).await {
            drop(tx);
            let lecture = instance.db.read().await?;
            return match formulaire::reponse(&lecture, &self.cle).await? {
                Some(premiere) => Err(Erreur::Aller(premiere)),
                None => Err(erreur.into()),
            };
        }
        // Sent: what was kept of it as one typed is not needed any more.
        let brouillon = self.saisie.texte(CHAMP_BROUILLON);
        if !brouillon.is_empty() {
            saisie::oublier(&tx, &self.contexte.proprietaire_des_saisies(), brouillon).await?;
        }
        tx.commit().await?;
        Ok(self.aller(vers, message))
    }

    /// Goes somewhere with a message, without having written.
    #[must_use]
    pub fn aller(&self, vers: &str, message: impl Into<Message>) -> Response {
        cadre::aller(&self.contexte, vers, message)
    }
}
