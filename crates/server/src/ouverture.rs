//! From the configuration to an instance ready to serve.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use domain::referentiel::{Collectivite, Referentiel};
use platform::configuration::Configuration;
use platform::courriel::Postier;
use platform::crypto::Signature;
use platform::fichiers::Fichiers;
use platform::sauvegarde::{CLE, Dossiers, Motif, sauvegarder};
use platform::{Db, DbOptions, Ids, Migration, SystemClock, SystemIds, migration};
use socle::organisation::epci;
use socle::reglage;
use web::application::routes;
use web::feature::Route;
use web::instance::Parties;
use web::{Instance, Maison};

use crate::{features, ligne};

/// An instance with the routes of its features.
pub struct Ouverte {
    /// Instance.
    pub instance: Instance,
    /// Routes, to be given to the application once.
    pub routes: Vec<Route>,
}

/// Setting: the collectivité whose database this is.
const COLLECTIVITE: &str = "instance.collectivite";

const QUEL_DEPARTEMENT: &str =
    "Quel département ? Donnez --departement 54 à la commande « init », ou instance.departement dans le fichier.";

/// What to do when the database is not there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Must have been made by `init`.
    Existante,
    /// Make it.
    Nouvelle,
}

/// Opens the instance: database brought up to date, key read or made, mail ready.
///
/// # Errors
/// What cannot be read, reached or understood, in French, with what to do.
pub async fn ouvrir(configuration: &Configuration, base: Base) -> anyhow::Result<Ouverte> {
    ouvrir_avec(configuration, base, Arc::new(SystemIds)).await
}

/// The same, with identifiers of one's own (invented data made from a seed). Keys are never made from them.
///
/// # Errors
/// See [`ouvrir`].
pub async fn ouvrir_avec(configuration: &Configuration, base: Base, ids: Arc<dyn Ids>) -> anyhow::Result<Ouverte> {
    let voulue = configuration.departement.as_deref().map(collectivite).transpose()?;
    if voulue.is_none() && base == Base::Nouvelle {
        bail!(QUEL_DEPARTEMENT);
    }
    std::fs::create_dir_all(&configuration.donnees)
        .with_context(|| format!("Le dossier {} ne peut pas être créé.", configuration.donnees.display()))?;
    let cle = configuration.donnees.join(CLE);
    if base == Base::Existante && !cle.exists() {
        bail!("Rien n’est encore installé dans {}. Lancez d’abord « terreau init ».", configuration.donnees.display());
    }
    let signature = signature(&cle)?;
    let db = Db::ouvrir(&options_de_base(configuration)).await.with_context(|| {
        format!(
            "La base ne s’ouvre pas ({}). Vérifiez base.url et que le serveur répond.",
            configuration.base_url.masquer_url()
        )
    })?;
    let mut maison = Maison::nouvelle(features());
    let routes = routes(&mut maison);
    let migrations = maison.migrations();
    mettre_a_jour(&db, &migrations, &dossiers(configuration)).await?;
    let collectivite = reconnaitre_la_base(&db, voulue).await?;
    completer_les_epci(&db).await?;
    // Statistics are a comfort: a full disk refuses them, and the pages still answer.
    if let Err(erreur) = db.entretenir().await {
        tracing::warn!(%erreur, "les statistiques de la base n’ont pas pu être tenues");
    }
    let postier = postier(configuration, &db)?;
    let index = search::Index::ouvrir(&configuration.donnees.join("recherche"))
        .context("L’index de recherche ne s’ouvre pas. Vérifiez que le dossier des données peut être écrit.")?;
    let dossier = configuration.donnees.join("fichiers");
    let fichiers = Fichiers::locaux(&dossier, configuration.limites.fichier_octets)
        .with_context(|| format!("Le dossier {} ne peut pas servir.", dossier.display()))?;
    let instance = Instance::assembler(Parties {
        collectivite,
        db,
        clock: Arc::new(SystemClock),
        ids,
        signature,
        fichiers,
        postier,
        index,
        oidc: configuration.oidc.clone(),
        demo: configuration.demo,
        url_publique: configuration.url_publique.clone(),
        maison: Arc::new(maison),
        dossiers: dossiers(configuration),
    })
    .await
    .map_err(|erreur| ligne::de_la_maison("L’instance ne peut pas être ouverte", &erreur))?;
    Ok(Ouverte { instance, routes })
}

/// How to open the database.
#[must_use]
pub fn options_de_base(configuration: &Configuration) -> DbOptions {
    DbOptions::new(configuration.base_url.reveler(), configuration.base_schema.clone())
}

/// Where the instance keeps its files and its backups.
#[must_use]
pub fn dossiers(configuration: &Configuration) -> Dossiers {
    Dossiers {
        donnees: configuration.donnees.clone(),
        sauvegardes: configuration.sauvegardes.clone(),
        espace_min: configuration.limites.espace_libre_octets,
    }
}

/// Runs the migrations that are missing; an existing database is backed up first.
async fn mettre_a_jour(db: &Db, migrations: &[Migration], dossiers: &Dossiers) -> anyhow::Result<()> {
    let pas_a_jour = "La base n’a pas pu être mise à jour.";
    let manquantes = migration::en_attente(db, migrations).await.context(pas_a_jour)?;
    if !manquantes.is_empty() && manquantes.len() < migrations.len() {
        let faite = sauvegarder(db, dossiers, &SystemClock, Motif::AvantMiseAJour)
            .await
            .context("La sauvegarde d’avant la mise à jour a échoué : rien n’a été changé.")?;
        tracing::info!(
            sauvegarde = faite.nom(),
            migrations = manquantes.len(),
            "base sauvegardée avant sa mise à jour"
        );
    }
    migration::migrer(db, migrations, &SystemClock).await.context(pas_a_jour)?;
    Ok(())
}

fn collectivite(code: &str) -> anyhow::Result<Collectivite> {
    Referentiel::embarque().collectivite(code).with_context(|| {
        format!("« {code} » n’est pas un département ni une collectivité connue (54, 2A, 20R, 69M, 974…).")
    })
}

/// The collectivité that a database was made for; none before its first opening.
///
/// # Errors
/// The engine refused; the code is not one that this version knows.
pub async fn collectivite_de_la_base(db: &Db) -> anyhow::Result<Option<Collectivite>> {
    let lue: Option<(String, i64)> = reglage::lire(&db.read().await?, COLLECTIVITE)
        .await
        .context("La base ne dit pas de quel département elle est")?;
    lue.map(|(code, _)| collectivite(&code)).transpose()
}

/// A database is of one collectivité, from its first opening on: the settings may say it again, never another one.
async fn reconnaitre_la_base(db: &Db, voulue: Option<Collectivite>) -> anyhow::Result<Collectivite> {
    match (collectivite_de_la_base(db).await?, voulue) {
        (None, None) => bail!(QUEL_DEPARTEMENT),
        (Some(lue), None) => Ok(lue),
        (Some(lue), Some(voulue)) if lue.code == voulue.code => Ok(lue),
        (Some(lue), Some(voulue)) => bail!(
            "Cette base est celle de : {} ({}). Pour {}, donnez un autre dossier (donnees) et une autre base (base.url ou \
             base.schema).",
            lue.nom,
            lue.code,
            voulue.nom
        ),
        (None, Some(voulue)) => {
            let tx = db.begin().await?;
            reglage::ecrire(&tx, &SystemClock, COLLECTIVITE, &voulue.code, 0, None)
                .await
                .context("La base ne dit pas de quel département elle est")?;
            tx.commit().await?;
            Ok(voulue)
        }
    }
}

/// EPCI declared by their name before the site asked for a commune: those that are not in doubt get their SIREN. Nothing to
/// do is one statement.
async fn completer_les_epci(db: &Db) -> anyhow::Result<()> {
    let quoi = "Les intercommunalités sans numéro ne se lisent pas.";
    if epci::sans_numero(&db.read().await?).await.context(quoi)?.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    let faites = epci::completer(&tx).await.context(quoi)?;
    tx.commit().await?;
    tracing::info!(faites, "intercommunalités reconnues par leur commune");
    Ok(())
}

fn signature(chemin: &Path) -> anyhow::Result<Signature> {
    if chemin.exists() {
        return Signature::lire(chemin).with_context(|| format!("La clé {} ne peut pas être lue.", chemin.display()));
    }
    Signature::creer(chemin, &SystemIds)
        .with_context(|| format!("La clé {} ne peut pas être écrite.", chemin.display()))
}

/// In a demonstration no mail leaves, whatever the configuration says. Without server, mails wait: `serve` refuses to start
/// so, the other commands send nothing.
fn postier(configuration: &Configuration, db: &Db) -> anyhow::Result<Postier> {
    match &configuration.smtp {
        _ if configuration.demo => Ok(Postier::BoiteLocale(db.clone())),
        Some(smtp) => Postier::smtp(smtp).context("Le courriel est mal réglé."),
        None => Ok(Postier::Absent),
    }
}

/// Runs the `init` of every feature, and their `demo` in a demonstration.
///
/// # Errors
/// The database refused.
pub async fn semer(instance: &Instance) -> anyhow::Result<()> {
    for feature in &instance.maison.features {
        let mut semis = vec![feature.init];
        if instance.demo {
            semis.push(feature.demo);
        }
        for semis in semis.into_iter().flatten() {
            semis(instance).await.map_err(|erreur| ligne::de_la_maison(feature.nom, &erreur))?;
        }
    }
    Ok(())
}
