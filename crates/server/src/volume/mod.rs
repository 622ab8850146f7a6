//! `terreau generer departement`: twenty years of a large département, invented, for measures and trials of volume.
//!
//! It fills a new demonstration, never an instance in use. Each part writes the tables of one room, in the shape that
//! this room gives them; people and organisations are at `.invalid` addresses and say « exemple ».
//!
//! - [`hasard`]: chance that a seed decides; `lot`: rows written by hundreds.
//! - `acteurs`: Sirene files in the official layout, then the real import of the directory.
//! - `territoire`: organisations of the communes, and who answers for each.
//! - `comptes`: people and their mandates, term after term.
//! - `projets`, `accompagnement`, `journal`: projects, what was asked and said of them, and what the timeline tells.
//! - `adresses`: lists of pages, for whoever measures.

mod accompagnement;
mod acteurs;
mod adresses;
mod comptes;
pub mod hasard;
mod journal;
mod lot;
mod projets;
mod territoire;

use std::sync::Arc;

use anyhow::ensure;
use jiff::civil::Date;
use platform::configuration::Configuration;
use platform::sauvegarde::CLE;
use platform::{Clock, SystemClock};
use sea_orm::{EntityTrait, PaginatorTrait};
use web::Instance;

use crate::ouverture::{self, Base, Ouverte};
use hasard::Hasard;

/// How many years the invented département looks back on.
const ANNEES: i64 = 20;

/// How much of each thing.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Volume {
    /// Projets.
    #[arg(long, default_value_t = 20_000)]
    pub projets: u32,
    /// Acteurs de l’annuaire.
    #[arg(long, default_value_t = 30_000)]
    pub acteurs: u32,
    /// Demandes : d’accompagnement (une par projet au plus), puis de mise en relation avec un acteur.
    #[arg(long, default_value_t = 60_000)]
    pub demandes: u32,
    /// Lignes du journal.
    #[arg(long, default_value_t = 400_000)]
    pub journal: u32,
    /// Comptes.
    #[arg(long, default_value_t = 15_000)]
    pub comptes: u32,
    /// Le même nombre donne les mêmes lignes.
    #[arg(long, default_value_t = 1)]
    pub graine: u64,
}

/// What the parts share.
struct Monde<'a> {
    instance: &'a Instance,
    hasard: &'a Hasard,
    volume: Volume,
    jour: Date,
}

impl Monde<'_> {
    /// That many days before today.
    fn avant(&self, jours: i64) -> Date {
        self.jour.saturating_sub(jiff::Span::new().days(jours.clamp(0, ANNEES * 366)))
    }

    /// An hour of work of that day, never later than now.
    fn heure(&self, jour: Date) -> platform::Instant {
        let secondes = self.hasard.entre(8 * 3_600, 18 * 3_600);
        self.instance.debut_de(jour).plus_seconds(secondes).min(self.instance.clock.instant())
    }
}

/// The command: a new demonstration of the 54, filled. Gives what was made.
///
/// # Errors
/// Something is there already, or the database or the disk refuses.
pub async fn generer(configuration: &Configuration, volume: Volume) -> anyhow::Result<String> {
    let donnees = &configuration.donnees;
    ensure!(
        !donnees.join(CLE).exists(),
        "Une instance est déjà installée dans {}. Les données inventées vont dans un dossier neuf : --regler donnees=…",
        donnees.display()
    );
    let ids = Arc::new(Hasard::nouveau(volume.graine, SystemClock.instant()));
    let Ouverte { instance, .. } = ouverture::ouvrir_avec(configuration, Base::Nouvelle, ids).await?;
    let tx = instance.db.read().await?;
    let deja = socle::projet::Entity::find().count(&tx).await? + socle::personne::Entity::find().count(&tx).await?;
    drop(tx);
    ensure!(
        deja == 0,
        "La base contient déjà des personnes ou des projets : donnez une base neuve, rien n’est changé."
    );
    ouverture::semer(&instance).await?;
    let bilan = remplir(&instance, volume).await?;
    web::recherche::reconstruire(&instance).await.map_err(|e| anyhow::anyhow!("index de recherche : {e:?}"))?;
    let dossier = donnees.join("adresses");
    adresses::ecrire(&instance, &dossier).await?;
    Ok(format!("{bilan}\nTout est inventé. Adresses de pages, pour mesurer : {}", dossier.display()))
}

/// Fills an instance. Tests call it on a test application.
///
/// # Errors
/// The database or the disk refuses.
pub async fn remplir(instance: &Instance, volume: Volume) -> anyhow::Result<String> {
    ensure!(volume.comptes >= 3, "Il faut au moins trois comptes : un projet a un auteur.");
    let hasard = Hasard::nouveau(volume.graine, instance.clock.instant());
    let monde = Monde { instance, hasard: &hasard, volume, jour: instance.aujourd_hui() };
    let import = acteurs::importer(&monde).await?;
    let tx = instance.db.begin().await?;
    let communes = territoire::communes(&monde, &tx).await?;
    let comptes = comptes::ecrire(&monde, &tx, &communes).await?;
    let projets = projets::ecrire(&monde, &tx, &communes, &comptes).await?;
    tx.commit().await?;
    let tx = instance.db.begin().await?;
    let suivis = accompagnement::ecrire(&monde, &tx, &projets).await?;
    let lignes = journal::ecrire(&monde, &tx, &projets, &suivis).await?;
    tx.commit().await?;
    instance.db.entretenir().await?;
    Ok(format!(
        "{import}\n{} comptes, {} projets, {} demandes d’accompagnement, {} mises en relation, {lignes} lignes du journal.",
        comptes.nombre(),
        projets.len(),
        suivis.demandes,
        suivis.relations,
    ))
}
