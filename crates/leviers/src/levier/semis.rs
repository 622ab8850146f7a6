//! Seeds: the sheets shipped in the program. Put in once; afterwards the database is the truth, and a changed seed is
//! only proposed.

use platform::Clock;
use platform::journal;
use sea_orm::DbErr;
use std::collections::BTreeMap;
use web::{Erreur, Instance};

use super::Levier;
use super::storage::{self, Auteur, Etat, Model, SEMIS};
use crate::catalogue::Catalogue;
use crate::evenements::{CREE, evenement};

/// Puts in the sheets that the database does not know yet; those it knows are left as they are.
///
/// # Errors
/// A shipped sheet is wrong, or the database refused.
pub async fn semer(instance: &Instance, catalogue: &Catalogue) -> Result<(), Erreur> {
    let tx = instance.db.begin().await?;
    let connues: BTreeMap<String, Model> =
        storage::toutes(&tx).await?.into_iter().map(|fiche| (fiche.id.clone(), fiche)).collect();
    let clock: &dyn Clock = &*instance.clock;
    for levier in catalogue.leviers().iter().filter(|levier| !connues.contains_key(&levier.id)) {
        let auteur = Auteur { personne: None, origine: SEMIS, commentaire: "Fiche livrée avec le logiciel" };
        storage::creer(&tx, clock, levier, Etat::Publie, auteur).await?;
        journal::ecrire(&tx, clock, &*instance.ids, evenement(CREE, &levier.id, None)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The seeds of this instance: national, and those of the demonstration there.
///
/// # Errors
/// A shipped sheet is wrong (a test reads them all).
pub fn catalogues(demo: bool) -> Result<Vec<Catalogue>, Erreur> {
    let mut catalogues = vec![Catalogue::embarque().map_err(Erreur::interne)?];
    if demo {
        catalogues.push(Catalogue::demonstration().map_err(Erreur::interne)?);
    }
    Ok(catalogues)
}

/// What the program or a feed now says, and the agent has not chosen yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nouveaute {
    /// The sheet proposed.
    pub propose: Levier,
    /// The sheet in the database; absent when it is a new seed.
    pub actuelle: Option<Levier>,
    /// An agent had changed it: both texts are shown.
    pub modifie_ici: bool,
}

/// What waits for a choice: seeds whose digest changed, new seeds, and what feeds brought to sheets already published.
///
/// # Errors
/// A text was written by a newer program.
pub fn nouveautes(fiches: &[Model], catalogues: &[Catalogue]) -> Result<Vec<Nouveaute>, DbErr> {
    let par_id: BTreeMap<&str, &Model> = fiches.iter().map(|fiche| (fiche.id.as_str(), fiche)).collect();
    let mut nouveautes = Vec::new();
    for semis in catalogues.iter().flat_map(Catalogue::leviers) {
        let connue = par_id.get(semis.id.as_str());
        if connue.is_some_and(|fiche| fiche.origine != SEMIS) {
            continue;
        }
        let empreinte = storage::empreinte(semis)?;
        if connue.is_none_or(|fiche| fiche.empreinte.as_deref() != Some(&empreinte)) {
            nouveautes.push(Nouveaute {
                propose: semis.clone(),
                actuelle: connue.map(|fiche| fiche.levier()).transpose()?,
                modifie_ici: connue.is_some_and(|fiche| fiche.modifie_ici),
            });
        }
    }
    for fiche in fiches {
        if let Some(propose) = fiche.proposition()? {
            let (actuelle, modifie_ici) = (Some(fiche.levier()?), fiche.modifie_ici);
            nouveautes.push(Nouveaute { propose, actuelle, modifie_ici });
        }
    }
    Ok(nouveautes)
}
