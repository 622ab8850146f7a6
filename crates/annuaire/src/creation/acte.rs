//! Writes the page of a new actor: each value is a fact with its source, its date and its author, and the projection is made
//! of them, as for every other page. An import that knows the same number joins it later.

use platform::{Jour, WriteTx, journal};
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use socle::organisation::{self, Nature};
use web::{Cadre, Erreur, Instance};

use super::champs::Lue;
use super::rules::Identite;
use super::semblables;
use crate::acteur::{self, ActeurId, etablissement, storage, theme};
use crate::evenements;
use crate::tenue::storage::{self as tenue, Auteur};
use crate::vocabulaire::{Champ, Origine};

/// Makes the actor. Its numbers must have been looked for before, in the same transaction.
///
/// # Errors
/// The engine refused; its organisation already has a page.
pub(crate) async fn creer(tx: &WriteTx, cadre: &Cadre, lue: &Lue) -> Result<acteur::Model, Erreur> {
    let instance = &cadre.instance;
    let organisation = organisation_de(tx, instance, lue).await?;
    let (id, reference) = (ActeurId::nouveau(&*instance.ids), instance.ids.reference(8));
    let siren = lue.identite.siren().cloned();
    let nu = acteur::Model::nouveau(id, organisation, reference, siren, instance.clock.instant());
    storage::inserer(tx, nu.clone()).await?;
    let auteur = Auteur { source: Origine::Agent, personne: cadre.visiteur.personne_id() };
    tenue::dire(tx, instance, &nu.id, auteur, lue.faits()).await?;
    for theme in &lue.themes {
        let ligne = theme::Model { acteur_id: nu.id.clone(), theme: theme.to_string(), origine: Origine::Agent };
        theme::Entity::insert(ligne.into_active_model()).exec_without_returning(tx).await?;
    }
    if let Some(lieu) = etablissement(instance, &nu, lue) {
        etablissement::Entity::insert(lieu.into_active_model()).exec_without_returning(tx).await?;
    }
    let reference = nu.reference.clone();
    if !tenue::reprojeter(tx, instance, nu).await? {
        return Err(Erreur::interne("une fiche qui vient d’être écrite a changé"));
    }
    let cree = storage::par_reference(tx, &reference).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
    let evenement = evenements::de_l_acteur(cadre, evenements::CREE, &cree.id);
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?;
    crate::doublon::recherche::demander(tx, instance).await?;
    Ok(cree)
}

/// The organisation behind it: the one of its number; one that somebody declared under the same name, in the same commune;
/// else a new one.
async fn organisation_de(tx: &WriteTx, instance: &Instance, lue: &Lue) -> Result<socle::OrganisationId, Erreur> {
    let nature = if lue.identite == Identite::Emergente { Nature::Collectif } else { Nature::Acteur };
    let nom = lue.de(Champ::Nom);
    let mut connue = match (lue.identite.siren(), lue.identite.rna()) {
        (Some(siren), _) => organisation::par_siren(tx, siren).await?,
        (None, Some(rna)) => organisation::par_rna(tx, rna).await?,
        (None, None) => None,
    };
    if connue.is_none() {
        let nommee = organisation::nommee(tx, nature, &lue.commune, nom).await?;
        // The same name under another number is another organisation.
        connue = nommee.filter(|o| o.siren.is_none() && o.rna.is_none());
    }
    if let Some(connue) = connue
        && !semblables::de_l_organisation(tx, &connue.id).await?
    {
        return Ok(connue.id);
    }
    let nouvelle = organisation::Model {
        id: socle::OrganisationId::nouveau(&*instance.ids),
        nature,
        siren: lue.identite.siren().cloned(),
        rna: lue.identite.rna().cloned(),
        commune: Some(lue.commune.clone()),
        nom: nom.to_owned(),
        nom_tri: socle::nom_tri(nom),
        courriel: None,
        cree_le: instance.clock.instant(),
        version: 1,
    };
    let id = nouvelle.id.clone();
    organisation::Entity::insert(nouvelle.into_active_model()).exec_without_returning(tx).await?;
    Ok(id)
}

/// Its place, when a street or a SIRET was given: a commune alone is a fact, not a door.
fn etablissement(instance: &Instance, acteur: &acteur::Model, lue: &Lue) -> Option<etablissement::Model> {
    if lue.adresse.is_none() && lue.identite.siret().is_none() {
        return None;
    }
    Some(etablissement::Model {
        id: instance.ids.uuid().to_string(),
        acteur_id: acteur.id.clone(),
        siret: lue.identite.siret().map(ToString::to_string),
        siege: true,
        enseigne: None,
        commune: lue.commune.clone(),
        adresse: lue.adresse.clone(),
        code_postal: lue.code_postal.clone(),
        longitude: None,
        latitude: None,
        naf: None,
        ouvert: true,
        source: Origine::Agent,
        source_du: Some(Jour(instance.aujourd_hui())),
    })
}
