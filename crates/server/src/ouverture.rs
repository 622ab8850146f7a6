//! From the configuration to an instance ready to serve.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use domain::referentiel::Referentiel;
use platform::configuration::Configuration;
use platform::courriel::Postier;
use platform::crypto::Signature;
use platform::{Db, DbOptions, SystemClock, SystemIds, migration};
use web::application::routes;
use web::feature::Route;
use web::instance::Parties;
use web::{Instance, Maison};

use crate::features;

/// An instance with the routes of its features.
pub struct Ouverte {
    /// Instance.
    pub instance: Instance,
    /// Routes, to be given to the application once.
    pub routes: Vec<Route>,
}

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
    let code = configuration.departement.as_deref().context(
        "Quel département ? Donnez instance.departement dans le fichier, ou --departement 54 à la commande « init ».",
    )?;
    let collectivite = Referentiel::embarque().collectivite(code).with_context(|| {
        format!("« {code} » n’est pas un département ni une collectivité connue (54, 2A, 20R, 69M, 974…).")
    })?;
    std::fs::create_dir_all(&configuration.donnees)
        .with_context(|| format!("Le dossier {} ne peut pas être créé.", configuration.donnees.display()))?;
    let cle = configuration.donnees.join("cle-de-signature");
    if base == Base::Existante && !cle.exists() {
        bail!("Rien n’est encore installé dans {}. Lancez d’abord « terreau init ».", configuration.donnees.display());
    }
    let signature = signature(&cle)?;
    let mut options = DbOptions::new(configuration.base_url.reveler(), configuration.base_schema.clone());
    options.lecteurs = 8;
    let db = Db::ouvrir(&options).await.with_context(|| {
        format!(
            "La base ne s’ouvre pas ({}). Vérifiez base.url et que le serveur répond.",
            configuration.base_url.masquer_url()
        )
    })?;
    let mut maison = Maison::nouvelle(features());
    let routes = routes(&mut maison);
    let migrations = maison.migrations();
    migration::migrer(&db, &migrations, &SystemClock).await.context("La base n’a pas pu être mise à jour.")?;
    let postier = postier(configuration, &db)?;
    let index = search::Index::ouvrir(&configuration.donnees.join("recherche"))
        .context("L’index de recherche ne s’ouvre pas. Vérifiez que le dossier des données peut être écrit.")?;
    let instance = Instance::assembler(Parties {
        collectivite,
        db,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        signature,
        postier,
        index,
        demo: configuration.demo,
        url_publique: configuration.url_publique.clone(),
        maison: Arc::new(maison),
    })
    .await
    .map_err(|erreur| anyhow::anyhow!("L’instance ne peut pas être ouverte : {erreur:?}"))?;
    Ok(Ouverte { instance, routes })
}

fn signature(chemin: &Path) -> anyhow::Result<Signature> {
    if chemin.exists() {
        return Signature::lire(chemin).with_context(|| format!("La clé {} ne peut pas être lue.", chemin.display()));
    }
    Signature::creer(chemin, &SystemIds)
        .with_context(|| format!("La clé {} ne peut pas être écrite.", chemin.display()))
}

/// In a demonstration no mail leaves, whatever the configuration says.
fn postier(configuration: &Configuration, db: &Db) -> anyhow::Result<Postier> {
    match &configuration.smtp {
        _ if configuration.demo => Ok(Postier::BoiteLocale(db.clone())),
        Some(smtp) => Postier::smtp(smtp).context("Le courriel est mal réglé."),
        None => bail!(
            "Aucun serveur de courriel n’est réglé. Donnez smtp.url et smtp.expediteur : sans courriel, personne ne peut se connecter."
        ),
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
            semis(instance).await.map_err(|erreur| anyhow::anyhow!("{} : {erreur:?}", feature.nom))?;
        }
    }
    Ok(())
}
