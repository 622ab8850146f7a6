//! The merge of two actors and its undoing, each whole or not at all. To be committed by the caller, with its journal.
//!
//! What belongs to the absorbed actor and can have one owner only goes to the other (establishments of the same SIREN,
//! offers, people, projects); the rest is copied, and the absorbed actor keeps all it had, withdrawn from the directory: the
//! undoing finds everything where it was.

use platform::{Instant, Jour, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, raw_sql};
use serde::{Deserialize, Serialize};
use socle::organisation::reunion::{self as organisations, Deplaces};
use web::Instance;

use super::demenagement::{self, PAR_LOT};
use super::reunion::{Choisis, Ecrits, montrables, reunir as choisir};
use super::storage::paires::{etat, juger};
use super::storage::reunions::{self, Fusion};
use crate::acteur::{self, ActeurId, storage, valeur};
use crate::tenue::storage as tenue;
use crate::vocabulaire::{Champ, EtatActeur, Origine};

/// Written with the merge, read by its undoing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Trace {
    /// Facts written.
    pub valeurs: Vec<String>,
    /// Facts that were current.
    pub eteintes: Vec<String>,
    /// Establishments moved.
    pub etablissements: Vec<String>,
    /// Offers moved.
    pub offres: Vec<String>,
    /// Photos moved.
    #[serde(default)]
    pub photos: Vec<String>,
    /// Networks of which the one that stays became a member.
    #[serde(default)]
    pub reseaux: Vec<String>,
    /// Claims and proposals moved, by table.
    #[serde(default)]
    pub demandes: Vec<(String, String)>,
    /// Approvals copied: kind and source.
    pub agrements: Vec<(String, String)>,
    /// Themes copied.
    pub themes: Vec<String>,
    /// Did the SIREN follow?
    pub siren: bool,
    /// Last confirmation of the one that stays, before.
    pub confirme_le: Option<i64>,
    /// Was the absorbed one awake?
    pub etat: String,
    /// People and projects moved.
    pub organisation: Deplaces,
}

/// Why nothing was done.
#[derive(Debug)]
pub enum Refuse {
    /// Somebody changed one of the two since it was read.
    Conflit,
    /// It was undone already, or another merge was built on it.
    Impossible(String),
    /// The engine refused.
    Base(DbErr),
}

impl From<DbErr> for Refuse {
    fn from(erreur: DbErr) -> Self {
        Self::Base(erreur)
    }
}

/// Merges `absorbe` into `garde`, both as they were read. Returns the reference of the merge.
///
/// # Errors
/// [`Refuse`]: nothing may be kept.
pub async fn reunir(
    tx: &WriteTx,
    instance: &Instance,
    garde: acteur::Model,
    absorbe: acteur::Model,
    choisis: &Choisis,
    par: Option<&str>,
) -> Result<String, Refuse> {
    let maintenant = instance.clock.instant();
    let siren_suit = garde.siren.is_none() && absorbe.siren.is_some();
    let a_elle = montrables(absorbe.diffusion, storage::valeurs(tx, &absorbe.id).await?);
    let ecrits = choisir(&storage::valeurs(tx, &garde.id).await?, &a_elle, choisis, siren_suit);
    let mut trace = Trace {
        siren: siren_suit,
        confirme_le: garde.confirme_le.map(|le| le.0),
        etat: absorbe.etat.to_string(),
        ..Trace::default()
    };
    ecrire_les_faits(tx, instance, &garde.id, &ecrits, par, &mut trace).await?;
    let siren = garde.siren.clone().or_else(|| absorbe.siren.clone());
    demenagement::aller(tx, &garde, &absorbe, siren.as_ref().map(|s| s.as_str()), &mut trace).await?;
    trace.organisation = organisations::reunir(tx, &absorbe.organisation_id, &garde.organisation_id).await?;
    retirer(tx, instance, &absorbe, par, &mut trace).await?;
    // The SIREN is that of one actor at a time: the absorbed one gives it first.
    let sans = acteur::Model { siren: absorbe.siren.clone().filter(|_| !siren_suit), ..absorbe.clone() };
    let avec = acteur::Model { siren, confirme_le: garde.confirme_le.max(absorbe.confirme_le), ..garde.clone() };
    if !tenue::reprojeter(tx, instance, sans).await? || !tenue::reprojeter(tx, instance, avec).await? {
        return Err(Refuse::Conflit);
    }
    let fusion = Fusion {
        id: instance.ids.reference(10),
        garde: garde.id.clone(),
        absorbe: absorbe.id.clone(),
        nom: absorbe.nom,
        trace: serde_json::to_string(&trace).map_err(|erreur| DbErr::Custom(erreur.to_string()))?,
        faite_le: maintenant,
        defaite_le: None,
    };
    reunions::inserer(tx, &fusion, par).await?;
    juger(tx, &garde.id, &absorbe.id, etat::REUNI, par, maintenant).await?;
    Ok(fusion.id)
}

async fn ecrire_les_faits(
    tx: &WriteTx,
    instance: &Instance,
    garde: &ActeurId,
    ecrits: &Ecrits,
    par: Option<&str>,
    trace: &mut Trace,
) -> Result<(), DbErr> {
    eteindre(tx, &ecrits.eteintes, trace).await?;
    // The fact keeps all that it says of itself, but the import: undoing that one does not reach here.
    let copies = ecrits.copiees.iter().map(|copiee| valeur::Model {
        id: instance.ids.uuid().to_string(),
        acteur_id: garde.clone(),
        import_id: None,
        ..copiee.clone()
    });
    let dites = ecrits.dites.iter().map(|(champ, texte)| dite_par_l_agent(instance, garde, *champ, texte, par));
    poser(tx, copies.chain(dites).collect(), trace).await
}

fn dite_par_l_agent(
    instance: &Instance,
    acteur: &ActeurId,
    champ: Champ,
    texte: &str,
    par: Option<&str>,
) -> valeur::Model {
    let le = instance.clock.instant();
    let nue = valeur::Model::nouvelle(&*instance.ids, acteur, champ, texte, Origine::Agent, le);
    let auteur_id = par.map(|par| socle::PersonneId(par.to_owned()));
    valeur::Model { source_du: Some(Jour(instance.jour_de(le))), auteur_id, ..nue }
}

async fn poser(tx: &WriteTx, valeurs: Vec<valeur::Model>, trace: &mut Trace) -> Result<(), DbErr> {
    trace.valeurs.extend(valeurs.iter().map(|valeur| valeur.id.clone()));
    for lot in valeurs.chunks(PAR_LOT) {
        let lignes = lot.iter().cloned().map(IntoActiveModel::into_active_model);
        valeur::Entity::insert_many(lignes).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn eteindre(tx: &WriteTx, ids: &[String], trace: &mut Trace) -> Result<(), DbErr> {
    for lot in ids.chunks(PAR_LOT) {
        tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur_valeur SET courante = FALSE WHERE id IN ({..lot})")).await?;
    }
    trace.eteintes.extend(ids.iter().cloned());
    Ok(())
}

/// The absorbed actor leaves the directory by a fact of the agent: no import brings it back.
async fn retirer(
    tx: &WriteTx,
    instance: &Instance,
    absorbe: &acteur::Model,
    par: Option<&str>,
    trace: &mut Trace,
) -> Result<(), DbErr> {
    let dits = storage::valeurs(tx, &absorbe.id).await?;
    let humains: Vec<String> = dits
        .iter()
        .filter(|v| v.courante && v.champ == Champ::Etat && matches!(v.source, Origine::Agent | Origine::Acteur))
        .map(|v| v.id.clone())
        .collect();
    eteindre(tx, &humains, trace).await?;
    let masque = dite_par_l_agent(instance, &absorbe.id, Champ::Etat, EtatActeur::Masque.as_str(), par);
    poser(tx, vec![masque], trace).await
}

/// Undoes a merge: each has back what it had. What people changed since stays as they changed it.
///
/// # Errors
/// [`Refuse`]: nothing may be kept.
pub async fn defaire(tx: &WriteTx, instance: &Instance, fusion: &Fusion, par: Option<&str>) -> Result<(), Refuse> {
    let maintenant = instance.clock.instant();
    if let Some(nom) = reunions::plus_recente(tx, fusion).await? {
        return Err(Refuse::Impossible(format!("Défaites d’abord la réunion de « {nom} », plus récente.")));
    }
    if !reunions::marquer_defaite(tx, &fusion.id, par, maintenant).await? {
        return Err(Refuse::Impossible("Cette réunion est déjà défaite.".to_owned()));
    }
    let trace: Trace = serde_json::from_str(&fusion.trace).map_err(|erreur| DbErr::Custom(erreur.to_string()))?;
    let lu = |id: &ActeurId| acteur::Entity::find_by_id(id.clone()).one(tx);
    let (Some(garde), Some(absorbe)) = (lu(&fusion.garde).await?, lu(&fusion.absorbe).await?) else {
        return Err(Refuse::Impossible("Une des deux fiches n’existe plus.".to_owned()));
    };
    rendre_les_faits(tx, &trace).await?;
    demenagement::retour(tx, &garde, &absorbe, &trace).await?;
    organisations::separer(tx, &absorbe.organisation_id, &garde.organisation_id, &trace.organisation).await?;
    let siren = garde.siren.clone().filter(|_| trace.siren);
    // A confirmation given since is that of the page as it was read: it stays with the one that stays.
    let intacte = garde.confirme_le == trace.confirme_le.map(Instant).max(absorbe.confirme_le);
    let sans = acteur::Model {
        siren: garde.siren.clone().filter(|_| !trace.siren),
        confirme_le: if intacte { trace.confirme_le.map(Instant) } else { garde.confirme_le },
        ..garde.clone()
    };
    let avec = acteur::Model {
        siren: siren.or(absorbe.siren.clone()),
        etat: trace.etat.parse().unwrap_or(EtatActeur::Actif),
        ..absorbe.clone()
    };
    if !tenue::reprojeter(tx, instance, sans).await? || !tenue::reprojeter(tx, instance, avec).await? {
        return Err(Refuse::Conflit);
    }
    juger(tx, &garde.id, &absorbe.id, etat::PROPOSE, par, maintenant).await?;
    Ok(())
}

/// Facts written by the merge go; those that were current are so again, unless somebody spoke since.
async fn rendre_les_faits(tx: &WriteTx, trace: &Trace) -> Result<(), DbErr> {
    for lot in trace.valeurs.chunks(PAR_LOT) {
        tx.execute_raw(raw_sql!(Postgres, "DELETE FROM acteur_valeur WHERE id IN ({..lot})")).await?;
    }
    // One by one: each looks at those given back before it.
    for id in &trace.eteintes {
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_valeur SET courante = TRUE WHERE id = {id} AND NOT EXISTS (
                SELECT 1 FROM acteur_valeur v WHERE v.acteur_id = acteur_valeur.acteur_id AND v.champ = acteur_valeur.champ
                  AND v.courante AND (v.source = acteur_valeur.source
                    OR (v.source IN ('acteur', 'agent', 'confirme')
                        AND acteur_valeur.source IN ('acteur', 'agent', 'confirme'))))"
        ))
        .await?;
    }
    Ok(())
}
