//! An attachment of an accompanied project is told to the other side: the team when the bearer adds it, those who bear
//! the project when the team does. One mail for all that the same person adds within ten minutes.

use domain::droit::Action;
use platform::WriteTx;
use platform::outbox::{self, Travail, ligne};
use platform::worker::{EchecTravail, Tache};
use serde::{Deserialize, Serialize};
use socle::{PersonneId, personne, projet};
use web::{Cadre, Erreur, Instance, courriels};

use crate::demande::pages::equipe;
use crate::demande::storage;

/// Subject in the outbox.
const SUJET: &str = "accompagnement.pieces";
/// More attachments of the same person are waited for during this many seconds.
const ATTENTE_S: i64 = 600;

#[derive(Serialize, Deserialize)]
struct Ajout {
    reference: String,
    par: PersonneId,
    du_porteur: bool,
}

/// Asks for the mail, in the transaction of the attachment. Nobody is told of a project that asked for nothing.
pub(crate) async fn entendre(tx: &WriteTx, cadre: &Cadre, projet: &projet::Model) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let par = cadre.visiteur.connecte()?.id.clone();
    if storage::du_projet(tx, &projet.id).await?.is_none() {
        return Ok(());
    }
    let lien = cadre.visiteur.lien(tx, instance, projet).await?;
    let du_porteur = cadre.visiteur.autoriser(lien, Action::AgirPourLePorteur).is_ok();
    let cle = format!("{SUJET}/{}/{par}", projet.reference);
    let travail = Travail::nouveau(SUJET, Ajout { reference: projet.reference.clone(), par, du_porteur })
        .pas_avant(instance.clock.instant().plus_seconds(ATTENTE_S))
        .une_fois(cle);
    outbox::demander(tx, &*instance.clock, &*instance.ids, travail).await?;
    Ok(())
}

/// The worker's function.
pub(crate) fn tache() -> Tache<Instance> {
    Tache::nouvelle(SUJET, |instance: Instance, travail| async move {
        prevenir(&instance, &travail).await.map_err(|erreur| EchecTravail::Temporaire(format!("{erreur:?}")))
    })
}

/// Asks for the mails and ends this work in one transaction: a process that dies in between doubles none.
async fn prevenir(instance: &Instance, travail: &ligne::Model) -> Result<(), Erreur> {
    let ajout: Ajout = serde_json::from_str(&travail.charge)?;
    let lecture = instance.db.read().await?;
    let Some(projet) = projet::par_reference(&lecture, &ajout.reference).await? else { return Ok(()) };
    let Some(demande) = storage::du_projet(&lecture, &projet.id).await? else { return Ok(()) };
    let equipe = if ajout.du_porteur { equipe(&lecture, instance, &demande).await? } else { Vec::new() };
    let auteur = personne::par_id(&lecture, &ajout.par).await?.map(|auteur| auteur.nom_complet());
    drop(lecture);
    let qui = auteur.filter(|nom| !nom.trim().is_empty()).unwrap_or_else(|| "Une personne du projet".to_owned());
    let lien = instance.url(&format!("/projets/{}/pieces", projet.reference));
    let valeurs = [("qui", qui.as_str()), ("projet", &projet.titre), ("lien", &lien)];
    let modele = courriels::composer(instance, "piece-jointe", &valeurs)?;
    let tx = instance.db.begin().await?;
    for agent in &equipe {
        courriels::prevenir(&tx, instance, agent, Some(&ajout.par), &modele.sujet, &modele.texte).await?;
    }
    if !ajout.du_porteur {
        courriels::prevenir_le_porteur(&tx, instance, &projet, Some(&ajout.par), &modele).await?;
    }
    outbox::terminer(&tx, travail).await?;
    tx.commit().await?;
    Ok(())
}
