//! The organisation that bears a project. Known by the mandate of who keeps it (or by their answer, when they act for
//! several), at confirmation otherwise. An EPCI is that of the project's commune, found by its SIREN.

use domain::code::CodeCommune;
use domain::profil::Porteur;
use domain::referentiel::Referentiel;
use jiff::civil::Date;
use platform::{Clock, Ids, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};

use super::{Column, Entity, Etat, Model};
use crate::mandat::{self, EnVigueur, MandatId};
use crate::organisation::{self, Nature, Nouvelle, OrganisationId, est_d_action_sociale};

/// The kind of organisation that bears so; none while it is not decided.
#[must_use]
pub fn nature_de(porteur: Porteur) -> Option<Nature> {
    Some(match porteur {
        Porteur::Commune => Nature::Commune,
        Porteur::Epci => Nature::Epci,
        Porteur::Syndicat | Porteur::Petr | Porteur::Ccas | Porteur::EtablissementPublic => Nature::Public,
        Porteur::Collectif => Nature::Collectif,
        Porteur::PasDecide => return None,
        Porteur::AssociationEmployeuse
        | Porteur::AssociationSansSalarie
        | Porteur::Scic
        | Porteur::Scop
        | Porteur::Siae
        | Porteur::Mutuelle
        | Porteur::Fondation
        | Porteur::SocieteEss
        | Porteur::HorsEss
        | Porteur::Bailleur => Nature::Acteur,
    })
}

/// Several organisations of this kind may bear a project of the same place: only who acts for one says which.
#[must_use]
pub fn se_choisit(nature: Nature) -> bool {
    matches!(nature, Nature::Public | Nature::Acteur | Nature::Collectif)
}

fn epci_de(commune: &CodeCommune) -> Option<&'static str> {
    let referentiel = Referentiel::embarque();
    referentiel.commune(commune).and_then(|commune| referentiel.epci_de(commune)).map(|epci| epci.code.as_str())
}

/// May the organisation of this mandate be the one that bears this project?
fn convient(projet: &Model, mandat: &EnVigueur) -> bool {
    match nature_de(projet.porteur) {
        Some(Nature::Commune) => mandat.nature == Nature::Commune && mandat.commune.as_ref() == Some(&projet.commune),
        Some(Nature::Epci) => mandat.siren.as_ref().is_some_and(|s| Some(s.as_str()) == epci_de(&projet.commune)),
        Some(Nature::Public) => {
            mandat.nature == Nature::Public
                && est_d_action_sociale(&mandat.organisation) == (projet.porteur == Porteur::Ccas)
        }
        nature => nature == Some(mandat.nature),
    }
}

/// The organisation that verified mandates say: that of the mandate chosen, else the only one that suits.
#[must_use]
pub fn selon_les_mandats(projet: &Model, mandats: &[EnVigueur], choisi: Option<&MandatId>) -> Option<OrganisationId> {
    seule(mandats.iter().filter(|mandat| mandat.verifie() && convient(projet, mandat)), choisi)
}

fn seule<'a>(siens: impl Iterator<Item = &'a EnVigueur> + Clone, choisi: Option<&MandatId>) -> Option<OrganisationId> {
    let premier = siens.clone().find(|mandat| Some(&mandat.id) == choisi);
    let premier = match premier {
        Some(choisi) => choisi,
        None => {
            let premier = siens.clone().next()?;
            if siens.clone().any(|mandat| mandat.organisation_id != premier.organisation_id) {
                return None;
            }
            premier
        }
    };
    Some(premier.organisation_id.clone())
}

/// Is the bearer the same before and after a change, as far as the description tells?
#[must_use]
pub fn meme_porteur(avant: &Model, apres: &Model) -> bool {
    match (nature_de(avant.porteur), nature_de(apres.porteur)) {
        (avant, apres) if avant != apres => false,
        (_, Some(Nature::Commune)) => avant.commune == apres.commune,
        (_, Some(Nature::Epci)) => epci_de(&avant.commune) == epci_de(&apres.commune),
        (_, Some(Nature::Public)) => (avant.porteur == Porteur::Ccas) == (apres.porteur == Porteur::Ccas),
        _ => true,
    }
}

/// Who bears the project after a change by someone with these mandates. `reponse`: the organisation they named, empty
/// when they named none of theirs, nothing when they were not asked.
#[must_use]
pub fn apres_changement(
    avant: &Model,
    apres: &Model,
    mandats: &[EnVigueur],
    choisi: Option<&MandatId>,
    reponse: Option<&str>,
) -> Option<OrganisationId> {
    let reste = avant.organisation_id.clone().filter(|_| meme_porteur(avant, apres));
    match (nature_de(apres.porteur), reponse) {
        (None, _) => None,
        (Some(nature), Some(reponse)) if se_choisit(nature) => {
            let sienne = |id: &str| mandats.iter().find(|m| m.verifie() && m.organisation_id.as_str() == id);
            match sienne(reponse).filter(|mandat| convient(apres, mandat)) {
                Some(mandat) => Some(mandat.organisation_id.clone()),
                // One's own is let go; that of somebody else is not one's to let go.
                None => reste.filter(|organisation| sienne(organisation.as_str()).is_none()),
            }
        }
        _ => reste.or_else(|| selon_les_mandats(apres, mandats, choisi)),
    }
}

/// Who bears a project that is confirmed: the commune, its EPCI, or the only organisation that its author named.
///
/// # Errors
/// The engine refused.
pub async fn a_la_confirmation(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    projet: &Model,
    jour: Date,
) -> Result<Option<OrganisationId>, DbErr> {
    let nouvelle = match (&projet.organisation_id, projet.porteur) {
        (Some(connue), _) => return Ok(Some(connue.clone())),
        (None, Porteur::Commune) => Some(Nouvelle::commune(&projet.commune)),
        (None, Porteur::Epci) => Nouvelle::epci(&projet.commune),
        (None, _) => None,
    };
    if let Some(nouvelle) = nouvelle {
        return Ok(Some(organisation::trouver_ou_creer(tx, clock, ids, nouvelle).await?.id));
    }
    let Some(auteur) = &projet.auteur_id else { return Ok(None) };
    let mandats = mandat::en_vigueur(tx, auteur, jour).await?;
    Ok(seule(mandats.iter().filter(|mandat| convient(projet, mandat)), None))
}

/// A mandate is verified: what its holder described for this organisation before is its own from now on.
///
/// # Errors
/// The engine refused.
pub(crate) async fn lier_les_siens(tx: &WriteTx, verifie: &mandat::Model) -> Result<(), DbErr> {
    let projets = Entity::find()
        .filter(Column::AuteurId.eq(verifie.personne_id.clone()))
        .filter(Column::OrganisationId.is_null())
        .filter(Column::Etat.eq(Etat::Garde))
        .all(tx)
        .await?;
    if projets.is_empty() {
        return Ok(());
    }
    let mandats = mandat::en_vigueur(tx, &verifie.personne_id, verifie.du.0).await?;
    for projet in &projets {
        if let Some(organisation) = selon_les_mandats(projet, &mandats, Some(&verifie.id)) {
            lier(tx, projet, &organisation).await?;
        }
    }
    Ok(())
}

/// Ties a project to the organisation that bears it.
pub(super) async fn lier(tx: &WriteTx, projet: &Model, organisation: &OrganisationId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::OrganisationId, Expr::value(organisation.as_str().to_owned()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(projet.id.clone()))
        .filter(Column::OrganisationId.is_null())
        .exec(tx)
        .await?;
    Ok(())
}
