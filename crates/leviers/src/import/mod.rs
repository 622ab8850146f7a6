//! Aids of partners. Each feed has its own shape: a mapping file (`contenu/correspondances-aides`) says where things are
//! and what its words mean here. What comes in waits for an agent; a second import changes only what changed.
//!
//! - [`correspondance`]: the mapping files, and how a feed is recognised. - [`lecture`]: a JSON or table file as elements.
//! - [`fiche`]: an element and its mapping give a sheet, or the reason why not. - [`texte`]: HTML made plain text.
//! - [`rapport`]: what an import did, in words. - [`pages`]: the screen of the agent.

pub mod correspondance;
pub mod fiche;
pub mod lecture;
pub mod pages;
pub mod rapport;
pub mod texte;

use std::collections::BTreeMap;

use platform::journal::{self, Evenement, Visibilite};
use platform::{Clock, WriteTx};
use sea_orm::DbErr;
use socle::PersonneId;
use web::{Erreur, Instance};

use crate::evenements::IMPORTE;
use crate::levier::Levier;
use crate::levier::storage::{self, Auteur, Etat, Model};
use correspondance::Correspondance;
pub use rapport::{Rapport, Refus};

/// A file to import.
#[derive(Clone, Copy, Debug)]
pub struct Fichier<'a> {
    /// Its name, for messages.
    pub nom: &'a str,
    /// Its bytes.
    pub octets: &'a [u8],
    /// Which mapping file; recognised when absent.
    pub source: Option<&'a str>,
}

/// Why nothing was imported at all.
#[derive(Debug)]
pub enum Echec {
    /// The file cannot be read: what it is, what to do.
    Fichier(String),
    /// The database refused.
    Erreur(Erreur),
}

impl From<DbErr> for Echec {
    fn from(erreur: DbErr) -> Self {
        Self::Erreur(erreur.into())
    }
}

/// Reads a file and puts its aids in, all or nothing. A trial (`essai`) says the same and writes nothing.
///
/// # Errors
/// The file is not understood, or the database refused: then nothing has changed.
pub async fn importer(
    instance: &Instance,
    par: Option<&PersonneId>,
    fichier: Fichier<'_>,
    essai: bool,
) -> Result<Rapport, Echec> {
    let (correspondance, lues) = lire(instance, fichier).map_err(Echec::Fichier)?;
    let tx = instance.db.begin().await?;
    let mut rapport = Rapport::nouveau(correspondance, essai, lues.elements, lues.refus, lues.inconnus);
    ranger(&tx, &*instance.clock, par, correspondance, &lues.leviers, &mut rapport).await?;
    if essai {
        tx.rollback().await?;
        return Ok(rapport);
    }
    let evenement = Evenement::nouveau(IMPORTE, "import-aides", &correspondance.id)
        .par(par.map(|par| par.as_str()))
        .visible(Visibilite::Exploitation)
        .faits(serde_json::json!({
            "lues": rapport.lues, "nouvelles": rapport.nouvelles.len(), "changees": rapport.changees.len(),
            "proposees": rapport.proposees.len(), "gardees": rapport.gardees, "refusees": rapport.refus.len(),
        }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    tx.commit().await?;
    Ok(rapport)
}

/// What a file holds.
struct Lues {
    elements: usize,
    leviers: Vec<Levier>,
    refus: Vec<Refus>,
    inconnus: fiche::Inconnus,
}

fn lire(instance: &Instance, fichier: Fichier<'_>) -> Result<(&'static Correspondance, Lues), String> {
    let document = lecture::ouvrir(fichier.nom, fichier.octets)?;
    let correspondance = correspondance::choisir(&document, fichier.source)?;
    let (elements, mut refus) = document.elements(correspondance)?;
    let jour = instance.aujourd_hui();
    let jour_de = |instant: jiff::Timestamp| instance.jour_de(instant.into());
    let mut inconnus = fiche::Inconnus::new();
    let mut par_id: BTreeMap<String, (String, Levier)> = BTreeMap::new();
    for element in &elements {
        match fiche::faire(correspondance, &element.valeur, jour, &jour_de, &mut inconnus) {
            Ok(levier) => match par_id.get(&levier.id) {
                Some((deja, _)) => {
                    let raison = format!("Même identifiant que {deja} : une seule est gardée. Corrigez le flux.");
                    refus.push(Refus { place: element.place.clone(), raison });
                }
                None => {
                    par_id.insert(levier.id.clone(), (element.place.clone(), levier));
                }
            },
            Err(raison) => refus.push(Refus { place: element.place.clone(), raison }),
        }
    }
    let elements = elements.len() + document.lignes_refusees();
    Ok((correspondance, Lues { elements, leviers: par_id.into_values().map(|(_, l)| l).collect(), refus, inconnus }))
}

async fn ranger(
    tx: &WriteTx,
    clock: &dyn Clock,
    par: Option<&PersonneId>,
    correspondance: &Correspondance,
    leviers: &[Levier],
    rapport: &mut Rapport,
) -> Result<(), DbErr> {
    let origine = correspondance.origine();
    let connues: BTreeMap<String, Model> =
        storage::de_l_origine(tx, &origine).await?.into_iter().map(|fiche| (fiche.id.clone(), fiche)).collect();
    let auteur = |commentaire| Auteur { personne: par, origine: &origine, commentaire };
    for levier in leviers {
        let empreinte = storage::empreinte(levier)?;
        match connues.get(&levier.id) {
            None => {
                storage::creer(tx, clock, levier, Etat::ARelire, auteur("Première lecture du flux")).await?;
                rapport.nouvelles.push(levier.nom.clone());
            }
            Some(fiche) if fiche.empreinte.as_deref() == Some(&empreinte) => rapport.gardees += 1,
            // Nobody has taken it up yet: the feed may change it.
            Some(fiche) if fiche.etat() == Etat::ARelire && !fiche.modifie_ici => {
                storage::enregistrer(tx, clock, fiche, levier, Etat::ARelire, auteur("Le flux a changé")).await?;
                rapport.changees.push(levier.nom.clone());
            }
            Some(fiche) => {
                let base_de_competence = levier.base_de_competence.or(fiche.levier()?.base_de_competence);
                storage::proposer(tx, &fiche.id, &Levier { base_de_competence, ..levier.clone() }).await?;
                rapport.proposees.push(levier.nom.clone());
            }
        }
    }
    let vues: Vec<&str> = leviers.iter().map(|levier| levier.id.as_str()).collect();
    for fiche in connues.values().filter(|fiche| !vues.contains(&fiche.id.as_str()) && fiche.etat() != Etat::Retire) {
        rapport.absentes.push(fiche.levier()?.nom);
    }
    Ok(())
}
