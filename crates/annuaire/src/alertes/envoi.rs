//! Every day: who keeps a search and has had no mail for a week is told what came since. Nothing new, no mail.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use platform::ReadTx;
use platform::outbox::ligne;
use platform::periodique::Periodique;
use platform::worker::EchecTravail;
use search::Requete;
use socle::personne;
use web::{Erreur, Instance, Saisie, courriels, texte};

use super::pages::lien_d_arret;
use super::storage::{self, Model, Nouveau};
use crate::liste::demande::{Demande, interroger};

/// Subject in the outbox.
pub(crate) const SUJET: &str = "annuaire-alertes";
/// When.
pub(crate) const CHAQUE_JOUR: Periodique = Periodique { sujet: SUJET, heure: 7 };
/// Days between two mails for a search.
const JOURS: i64 = 7;
/// Searches looked at in a day.
const PAR_JOUR: u64 = 500;
/// New actors read for a search: an import brings thousands.
const NOUVEAUX: i64 = 5_000;
/// Named in a mail.
const NOMMES: usize = 10;

/// Worker. Idempotent: who was written to has a later date.
pub(crate) async fn chaque_jour(instance: Instance, _: ligne::Model) -> Result<(), EchecTravail> {
    let maintenant = instance.clock.instant();
    let tx = instance.db.read().await?;
    let dues = storage::dues(&tx, maintenant.plus_seconds(-JOURS * 86_400), PAR_JOUR).await?;
    drop(tx);
    for recherche in dues {
        prevenir(&instance, &recherche).await.map_err(|erreur| EchecTravail::Temporaire(format!("{erreur:?}")))?;
    }
    Ok(())
}

async fn prevenir(instance: &Instance, recherche: &Model) -> Result<(), Erreur> {
    let tx = instance.db.read().await?;
    let demande = Demande::lire(&tx, instance, Saisie::decoder(recherche.filtres.as_bytes())).await?;
    let trouves = trouver(&tx, instance, recherche, &demande).await?;
    let courriel = personne::par_id(&tx, &recherche.personne_id).await?.and_then(|personne| personne.courriel);
    drop(tx);
    let (Some(courriel), false) = (courriel, trouves.is_empty()) else { return Ok(()) };
    if !instance.peut_ecrire_a(&courriel) {
        return Ok(());
    }
    let mut liste = String::new();
    for nouveau in trouves.iter().take(NOMMES) {
        let adresse = instance.url(&format!("/annuaire/{}", nouveau.reference));
        let _ = writeln!(liste, "- {} : {adresse}", nouveau.nom);
    }
    let nombre = texte::accorde(trouves.len() as u64, "nouvel acteur", "nouveaux acteurs");
    let (quoi, lien) = (demande.en_mots(instance), instance.url(&demande.filtres.adresse()));
    let arret = lien_d_arret(instance, &recherche.id);
    let valeurs = [
        ("recherche", quoi.as_str()),
        ("nombre", &nombre),
        ("liste", liste.trim_end()),
        ("lien", &lien),
        ("arreter", &arret),
    ];
    let maintenant = instance.clock.instant();
    let tx = instance.db.begin().await?;
    if storage::noter_l_envoi(&tx, recherche, maintenant).await? {
        courriels::ecrire(&tx, instance, courriel, "recherche-du-nouveau", &valeurs).await?;
    }
    Ok(tx.commit().await?)
}

/// What came since that answers to a search.
async fn trouver(
    tx: &ReadTx,
    instance: &Instance,
    recherche: &Model,
    demande: &Demande,
) -> Result<Vec<Nouveau>, Erreur> {
    let nouveaux = storage::nouveaux(tx, recherche.vu_le, NOUVEAUX).await?;
    if nouveaux.is_empty() {
        return Ok(nouveaux);
    }
    let requete = Requete { nombre: usize::MAX, ..demande.requete.clone() };
    let ids: BTreeSet<String> = interroger(instance, &requete)?.ids.into_iter().collect();
    Ok(nouveaux.into_iter().filter(|nouveau| ids.contains(&nouveau.id)).collect())
}
