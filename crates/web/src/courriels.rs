//! Mails asked for in the transaction of the data, sent by the worker. Their texts are [`modeles`].

pub mod modeles;

use platform::courriel::{Adresse, Courriel, CourrielError};
use platform::outbox::{self, Travail, ligne};
use platform::worker::{EchecTravail, Tache};
use platform::{Clock, Ids, WriteTx};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use socle::{PersonneId, ProjetId, nouvelle, personne, projet};

use crate::erreur::Erreur;
use crate::instance::Instance;
pub use modeles::Modele;

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
    /// Address of the page that stops such mails, for those that come again and again.
    #[serde(default)]
    pub desabonnement: Option<String>,
}

impl Message {
    /// A mail that answers to something: it has nothing to stop.
    pub fn nouveau(a: impl Into<String>, sujet: impl Into<String>, texte: impl Into<String>) -> Self {
        Self { a: a.into(), sujet: sujet.into(), texte: texte.into(), desabonnement: None }
    }
}

/// Subject and text of a mail of the house, with these values.
///
/// # Errors
/// No such mail, or a value is missing: a fault of the program.
pub fn composer(instance: &Instance, modele: &str, valeurs: &[(&str, &str)]) -> Result<Modele, Erreur> {
    modeles::composer(instance, modele, valeurs)
        .ok_or_else(|| Erreur::interne(format!("le courriel « {modele} » ne se compose pas")))
}

/// Asks for a mail of the house to an address.
///
/// # Errors
/// The engine refused, or the mail cannot be composed.
pub async fn ecrire(
    tx: &WriteTx,
    instance: &Instance,
    a: impl Into<String>,
    modele: &str,
    valeurs: &[(&str, &str)],
) -> Result<(), Erreur> {
    let Modele { sujet, texte } = composer(instance, modele, valeurs)?;
    demander(tx, &*instance.clock, &*instance.ids, Message::nouveau(a, sujet, texte)).await?;
    Ok(())
}

/// The same for a mail that comes again and again: `arret` is the address of the page that stops it.
///
/// # Errors
/// The engine refused, or the mail cannot be composed.
pub async fn ecrire_une_alerte(
    tx: &WriteTx,
    instance: &Instance,
    a: impl Into<String>,
    modele: &str,
    valeurs: &[(&str, &str)],
    arret: &str,
) -> Result<(), Erreur> {
    let Modele { sujet, texte } = composer(instance, modele, valeurs)?;
    let message = Message { desabonnement: Some(arret.to_owned()), ..Message::nouveau(a, sujet, texte) };
    demander(tx, &*instance.clock, &*instance.ids, message).await?;
    Ok(())
}

/// Asks for a mail.
///
/// # Errors
/// The engine refused.
pub async fn demander(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids, message: Message) -> Result<(), DbErr> {
    outbox::demander(tx, clock, ids, Travail::nouveau(SUJET, message)).await.map(|_| ())
}

/// Forgets the mails to an address that have not left: whoever held it erased their account.
///
/// # Errors
/// The engine refused.
pub async fn oublier(tx: &WriteTx, adresse: &str) -> Result<(), DbErr> {
    let sien = |travail: &ligne::Model| {
        serde_json::from_str(&travail.charge).is_ok_and(|message: Message| message.a == adresse)
    };
    outbox::oublier(tx, SUJET, adresse, sien).await
}

/// Tells a person: at once, or in the daily digest when they chose it. Nobody is told of what they did themselves.
///
/// # Errors
/// The engine refused.
pub async fn prevenir(
    tx: &WriteTx,
    instance: &Instance,
    personne: &personne::Model,
    par: Option<&PersonneId>,
    sujet: &str,
    texte: &str,
) -> Result<(), DbErr> {
    dire(tx, instance, personne, par, None, (sujet, texte)).await
}

/// Tells a piece of news of a project to those who have access to it today, each once, never who acts. How many.
///
/// # Errors
/// The engine refused.
pub async fn prevenir_le_porteur(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    par: Option<&PersonneId>,
    modele: &Modele,
) -> Result<usize, DbErr> {
    let personnes = projet::personnes(tx, projet, instance.aujourd_hui()).await?;
    let autres = personnes.iter().filter(|personne| par != Some(&personne.id));
    let mut prevenus = 0;
    for personne in autres {
        dire(tx, instance, personne, par, Some(&projet.id), (&modele.sujet, &modele.texte)).await?;
        prevenus += 1;
    }
    Ok(prevenus)
}

/// Tells those who bear these projects, each once whatever their number of projects, never who acts: `composer` says it of
/// some projects. In a digest each project is told apart, for access to it is asked again when it leaves. How many people.
///
/// # Errors
/// The engine refused, or the mail cannot be composed.
pub async fn prevenir_les_porteurs(
    tx: &WriteTx,
    instance: &Instance,
    projets: &[ProjetId],
    par: Option<&PersonneId>,
    composer: &(dyn Fn(&[projet::ADire]) -> Result<Modele, Erreur> + Sync),
) -> Result<usize, Erreur> {
    let a_dire = projet::a_dire(tx, projets, instance.aujourd_hui()).await?;
    let siens: Vec<&[projet::ADire]> =
        a_dire.chunk_by(|un, autre| un.personne_id == autre.personne_id).filter(|siens| par != qui(siens)).collect();
    let ids: Vec<PersonneId> = siens.iter().filter_map(|siens| qui(siens).cloned()).collect();
    let personnes = personne::plusieurs(tx, &ids).await?;
    let mut prevenus = 0;
    for siens in siens {
        let Some(personne) = personnes.iter().find(|personne| Some(&personne.id) == qui(siens)) else { continue };
        prevenus += 1;
        if !personne.resume_quotidien {
            let Modele { sujet, texte } = composer(siens)?;
            dire(tx, instance, personne, par, None, (&sujet, &texte)).await?;
            continue;
        }
        for un in siens {
            let Modele { sujet, texte } = composer(std::slice::from_ref(un))?;
            dire(tx, instance, personne, par, Some(&un.projet_id), (&sujet, &texte)).await?;
        }
    }
    Ok(prevenus)
}

/// Whom a group of projects is told to.
fn qui(siens: &[projet::ADire]) -> Option<&PersonneId> {
    siens.first().map(|un| &un.personne_id)
}

async fn dire(
    tx: &WriteTx,
    instance: &Instance,
    personne: &personne::Model,
    par: Option<&PersonneId>,
    projet: Option<&ProjetId>,
    (sujet, texte): (&str, &str),
) -> Result<(), DbErr> {
    let (clock, ids): (&dyn Clock, &dyn Ids) = (&*instance.clock, &*instance.ids);
    let Some(adresse) = personne.courriel.as_ref().filter(|_| par != Some(&personne.id)) else {
        return Ok(());
    };
    if !personne.resume_quotidien {
        let message = Message::nouveau(adresse, sujet, format!("Bonjour,\n\n{texte}"));
        return demander(tx, clock, ids, message).await;
    }
    nouvelle::garder(tx, clock, ids, &personne.id, projet, (sujet, texte)).await?;
    let demain = instance.aujourd_hui().tomorrow().map_err(|e| DbErr::Custom(e.to_string()))?;
    let travail = Travail::nouveau(SUJET_RESUME, &personne.id)
        .pas_avant(instance.debut_de(demain).plus_seconds(HEURE_DU_RESUME_S))
        .une_fois(format!("resume/{}/{demain}", personne.id));
    outbox::demander(tx, clock, ids, travail).await.map(|_| ())
}

/// Subject of the digest in the outbox.
const SUJET_RESUME: &str = "resume-quotidien";
/// Seven in the morning.
const HEURE_DU_RESUME_S: i64 = 7 * 3600;

/// The worker's functions.
#[must_use]
pub fn taches() -> Vec<Tache<Instance>> {
    vec![Tache::nouvelle(SUJET, envoyer), Tache::nouvelle(SUJET_RESUME, resumer)]
}

/// Turns what waits into one mail. Idempotent: what was taken is no longer there. A project that the person has no access
/// to any more is not told.
async fn resumer(instance: Instance, travail: ligne::Model) -> Result<(), EchecTravail> {
    let id: PersonneId = serde_json::from_str(&travail.charge)?;
    let tx = instance.db.begin().await?;
    let mut nouvelles = nouvelle::prendre(&tx, &id).await?;
    let projets: Vec<ProjetId> = nouvelles.iter().filter_map(|n| n.projet_id.clone()).collect();
    let a_dire = projet::encore_a_dire(&tx, &id, &projets, instance.aujourd_hui()).await?;
    nouvelles.retain(|n| n.projet_id.as_ref().is_none_or(|projet| a_dire.contains(projet)));
    if let (Some(personne), false) = (personne::par_id(&tx, &id).await?, nouvelles.is_empty())
        && let Some(a) = personne.courriel
    {
        let textes: Vec<String> = nouvelles.iter().map(|n| format!("{}\n{}", n.sujet, n.texte)).collect();
        let texte = format!("Bonjour,\n\n{}", textes.join("\n\n"));
        let message = Message::nouveau(a, "Les nouvelles de vos projets", texte);
        demander(&tx, &*instance.clock, &*instance.ids, message).await?;
    }
    tx.commit().await?;
    Ok(())
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
    let mut courriel = Courriel::nouveau(&travail.id, adresse, message.sujet, texte).map_err(definitif)?;
    if let Some(arret) = &message.desabonnement {
        courriel = courriel.desabonnement(arret).map_err(definitif)?;
    }
    instance.postier.envoyer(&courriel, &*instance.clock).await
}
