//! Every day: who keeps a search and has had no mail for a week is told what came since. Nothing new, no mail.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use platform::WriteTx;
use platform::outbox::ligne;
use platform::periodique::Periodique;
use platform::worker::EchecTravail;
use search::Requete;
use socle::personne;
use web::{Erreur, Instance, Saisie, courriels, texte};

use super::pages::lien_d_arret;
use super::storage::{self, Model, Nouveau, RechercheId};
use crate::liste::demande::{Demande, interroger};

/// Subject in the outbox.
pub(crate) const SUJET: &str = "annuaire-alertes";
/// When.
pub(crate) const CHAQUE_JOUR: Periodique = Periodique { sujet: SUJET, heure: 7 };
/// Days between two mails for a search.
const JOURS: i64 = 7;
/// Searches read at once.
const LOT: u64 = 500;
/// What came less long ago may be in the database and not yet in the index: the next mail says it.
const INDEXE_APRES_S: i64 = 3_600;
/// New actors read for a search: an import brings thousands.
const NOUVEAUX: i64 = 5_000;
/// Named in a mail.
const NOMMES: usize = 10;

/// Worker. Idempotent: who was written to has a later date. All searches are looked at: one that has nothing new, or that
/// fails, keeps no other waiting.
pub(crate) async fn chaque_jour(instance: Instance, _: ligne::Model) -> Result<(), EchecTravail> {
    let avant = instance.clock.instant().plus_seconds(-JOURS * 86_400);
    let mut apres = RechercheId(String::new());
    loop {
        let tx = instance.db.read().await?;
        let dues = storage::dues(&tx, avant, &apres, LOT).await?;
        drop(tx);
        let Some(derniere) = dues.last() else { return Ok(()) };
        apres = derniere.id.clone();
        for recherche in &dues {
            if let Err(erreur) = prevenir(&instance, recherche).await {
                tracing::warn!(recherche = %recherche.id, ?erreur, "une alerte de l’annuaire n’est pas partie");
            }
        }
    }
}

async fn prevenir(instance: &Instance, recherche: &Model) -> Result<(), Erreur> {
    let maintenant = instance.clock.instant();
    let jusqu_a = maintenant.plus_seconds(-INDEXE_APRES_S);
    let tx = instance.db.read().await?;
    let nouveaux = storage::nouveaux(&tx, recherche.vu_le, jusqu_a, NOUVEAUX).await?;
    if nouveaux.is_empty() {
        return Ok(());
    }
    let demande = Demande::lire(&tx, instance, Saisie::decoder(recherche.filtres.as_bytes())).await?.qui_sort();
    let courriel = personne::par_id(&tx, &recherche.personne_id).await?.and_then(|personne| personne.courriel);
    drop(tx);
    // Without a filter that was asked, everything would be new.
    let trouves = if demande.perdu().is_some() { Vec::new() } else { repondent(instance, &demande, nouveaux)? };
    let Some(courriel) = courriel.filter(|courriel| !trouves.is_empty() && instance.peut_ecrire_a(courriel)) else {
        return Ok(());
    };
    let tx = instance.db.begin().await?;
    if storage::noter_l_envoi(&tx, recherche, jusqu_a, maintenant).await? {
        ecrire(&tx, instance, recherche, courriel, &demande, &trouves).await?;
    }
    Ok(tx.commit().await?)
}

async fn ecrire(
    tx: &WriteTx,
    instance: &Instance,
    recherche: &Model,
    courriel: String,
    demande: &Demande,
    trouves: &[Nouveau],
) -> Result<(), Erreur> {
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
    courriels::ecrire_une_alerte(tx, instance, courriel, "recherche-du-nouveau", &valeurs, &arret).await
}

/// Those of them that answer to a search. What only comes near it (some of the words, words alike) is no news.
fn repondent(instance: &Instance, demande: &Demande, nouveaux: Vec<Nouveau>) -> Result<Vec<Nouveau>, Erreur> {
    let requete = Requete { nombre: usize::MAX, ..demande.requete.clone() };
    let resultat = interroger(instance, &requete)?;
    if resultat.partiel || !resultat.approches.is_empty() {
        return Ok(Vec::new());
    }
    let ids: BTreeSet<String> = resultat.ids.into_iter().collect();
    Ok(nouveaux.into_iter().filter(|nouveau| ids.contains(&nouveau.id)).collect())
}
