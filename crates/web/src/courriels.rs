//! Mails asked for in the transaction of the data, sent by the worker.

use platform::courriel::{Adresse, Courriel, CourrielError};
use platform::outbox::{self, Travail, ligne};
use platform::worker::{EchecTravail, Tache};
use platform::{Clock, Ids, WriteTx};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::instance::Instance;

/// Subject in the outbox.
pub const SUJET: &str = "courriel";

/// A mail to send: one subject, plain text, a signature added by the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    /// Address.
    pub a: String,
    /// Subject.
    pub sujet: String,
    /// Text, without greeting of the house at the end.
    pub texte: String,
}

/// Asks for a mail.
///
/// # Errors
/// The engine refused.
pub async fn demander(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids, message: Message) -> Result<(), DbErr> {
    outbox::demander(tx, clock, ids, Travail::nouveau(SUJET, message)).await.map(|_| ())
}

/// The worker's function.
#[must_use]
pub fn tache() -> Tache<Instance> {
    Tache::nouvelle(SUJET, envoyer)
}

async fn envoyer(instance: Instance, travail: ligne::Model) -> Result<(), EchecTravail> {
    let message: Message = serde_json::from_str(&travail.charge)?;
    let identite = instance.identite();
    let contact = [identite.telephone.as_str(), identite.courriel.as_str()]
        .into_iter()
        .filter(|texte| !texte.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    let signature = format!("{}\n{} · {}\n{contact}", "-- ", identite.nom, identite.collectivite);
    let texte = format!("{}\n\n{}\n", message.texte.trim_end(), signature.trim_end());
    let definitif = |erreur: CourrielError| EchecTravail::Definitif(erreur.to_string());
    let adresse = Adresse::lire(&message.a).map_err(definitif)?;
    let courriel = Courriel::nouveau(&travail.id, adresse, message.sujet, texte).map_err(definitif)?;
    instance.postier.envoyer(&courriel, &*instance.clock).await
}
