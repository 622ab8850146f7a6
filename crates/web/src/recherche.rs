//! What a feature lets be found ([`Source`]), and how the index follows the database: work in the outbox, written in the
//! transaction of the data, done by the worker of `serve`, which alone writes the index.

use futures_util::future::BoxFuture;
use platform::outbox::{self, Travail, ligne};
use platform::periodique::Periodique;
use platform::worker::{EchecTravail, Tache};
use platform::{ReadTx, WriteTx};
use sea_orm::DbErr;
use search::{Document, Echec, Index};
use serde::{Deserialize, Serialize};
use socle::projet::{self, Diffusion};

use crate::erreur::Erreur;
use crate::instance::Instance;

/// Subject in the outbox.
const SUJET: &str = "recherche";

/// Subject of the nightly rebuild.
const SUJET_NUIT: &str = "recherche-nuit";

/// Every night the index is made anew: an approval or an aid that ended the day before is no longer counted.
pub const CHAQUE_NUIT: Periodique = Periodique { sujet: SUJET_NUIT, heure: 4 };

/// Name of the source of published projects, which several features change.
pub const PROJET: &str = "projet";

/// Which documents are asked of a source.
#[derive(Clone, Copy, Debug)]
pub enum Portee<'a> {
    /// These; one that is not given back leaves the index.
    Ids(&'a [String]),
    /// The next ones after this id, in the order of ids, a few hundred at a time; none: it is the end.
    Apres(&'a str),
}

/// A result as the page of all results shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouve {
    /// Id in the index.
    pub id: String,
    /// Title.
    pub titre: String,
    /// Page.
    pub url: String,
    /// One line.
    pub resume: String,
    /// Invented for the demonstration.
    pub exemple: bool,
}

/// Lists documents: only what everyone may find.
pub type Lister = for<'a> fn(&'a ReadTx, &'a Instance, Portee<'a>) -> BoxFuture<'a, Result<Vec<Document>, Erreur>>;

/// Shows results by their ids, in one statement, and checks again that everyone may see them.
pub type Montrer = for<'a> fn(&'a ReadTx, &'a Instance, &'a [String]) -> BoxFuture<'a, Result<Vec<Trouve>, Erreur>>;

/// A family of things that can be found.
#[derive(Clone, Copy)]
pub struct Source {
    /// Name in the index.
    pub nom: &'static str,
    /// Heading of its results.
    pub titre: &'static str,
    /// Page where they can be searched alone, with `?q=`; none: the page of all results shows them alone.
    pub page: Option<&'static str>,
    /// Documents.
    pub lister: Lister,
    /// Results.
    pub montrer: Montrer,
}

#[derive(Debug, Serialize, Deserialize)]
struct Charge {
    /// Empty: everything is to be rebuilt.
    source: String,
    ids: Vec<String>,
}

/// Asks, in the transaction of the data, that some documents be brought up to date.
///
/// # Errors
/// The engine refused.
pub async fn demander(tx: &WriteTx, instance: &Instance, source: &str, ids: Vec<String>) -> Result<(), DbErr> {
    let charge = Charge { source: source.to_owned(), ids };
    outbox::demander(tx, &*instance.clock, &*instance.ids, Travail::nouveau(SUJET, charge)).await.map(|_| ())
}

/// What everyone may find of a project changed: the index follows.
///
/// # Errors
/// The engine refused.
pub async fn suivre_le_projet(tx: &WriteTx, instance: &Instance, projet: &projet::Model) -> Result<(), DbErr> {
    if projet.diffusion == Diffusion::Public {
        demander(tx, instance, PROJET, vec![projet.id.to_string()]).await?;
    }
    Ok(())
}

/// Asks, in the transaction of an import, that the whole index be rebuilt. Asked twice, it is done once.
///
/// # Errors
/// The engine refused.
pub async fn demander_la_reconstruction(tx: &WriteTx, instance: &Instance) -> Result<(), DbErr> {
    let travail = Travail::nouveau(SUJET, Charge { source: String::new(), ids: Vec::new() }).une_fois("recherche/tout");
    outbox::demander(tx, &*instance.clock, &*instance.ids, travail).await.map(|_| ())
}

/// The same, on its own (`terreau reindex`).
///
/// # Errors
/// The engine refused.
pub async fn demander_tout(instance: &Instance) -> Result<(), Erreur> {
    let tx = instance.db.begin().await?;
    demander_la_reconstruction(&tx, instance).await?;
    Ok(tx.commit().await?)
}

/// The worker's functions.
#[must_use]
pub(crate) fn taches() -> [Tache<Instance>; 2] {
    let nuit = Tache::nouvelle(SUJET_NUIT, |instance: Instance, _| async move {
        reconstruire(&instance).await.map(|_| ()).map_err(|erreur| EchecTravail::Temporaire(format!("{erreur:?}")))
    });
    [au_fil(), nuit]
}

fn au_fil() -> Tache<Instance> {
    Tache::nouvelle(SUJET, |instance: Instance, travail: ligne::Model| async move {
        let charge: Charge = serde_json::from_str(&travail.charge)?;
        let fait = if charge.source.is_empty() {
            reconstruire(&instance).await.map(|_| ())
        } else {
            mettre_a_jour(&instance, charge).await
        };
        fait.map_err(|erreur| EchecTravail::Temporaire(format!("{erreur:?}")))
    })
}

async fn mettre_a_jour(instance: &Instance, charge: Charge) -> Result<(), Erreur> {
    let Some(source) = instance.maison.sources().find(|source| source.nom == charge.source) else {
        return Ok(());
    };
    let tx = instance.db.read().await?;
    let documents = (source.lister)(&tx, instance, Portee::Ids(&charge.ids)).await?;
    drop(tx);
    ecrire(instance, move |index| index.ecrire(&charge.source, &charge.ids, &documents)).await
}

/// Rebuilds the index from the database. Readers keep the older one until the end. Returns how many documents.
///
/// # Errors
/// The database, the engine or the disk refused.
pub async fn reconstruire(instance: &Instance) -> Result<usize, Erreur> {
    ecrire(instance, Index::vider).await?;
    let mut nombre = 0;
    for source in instance.maison.sources() {
        let mut apres = String::new();
        loop {
            let tx = instance.db.read().await?;
            let documents = (source.lister)(&tx, instance, Portee::Apres(&apres)).await?;
            drop(tx);
            let Some(dernier) = documents.last() else { break };
            apres.clone_from(&dernier.id);
            nombre += documents.len();
            ecrire(instance, move |index| index.ajouter(&documents)).await?;
        }
    }
    ecrire(instance, Index::terminer).await?;
    Ok(nombre)
}

/// The index writes to the disk: never on a thread that serves pages.
async fn ecrire(
    instance: &Instance,
    acte: impl FnOnce(&Index) -> Result<(), Echec> + Send + 'static,
) -> Result<(), Erreur> {
    let instance = instance.clone();
    tokio::task::spawn_blocking(move || acte(&instance.index)).await.map_err(Erreur::interne)?.map_err(Erreur::interne)
}
