//! The people around a project: who described it, who is invited; and how a person stands to it.

use domain::droit::{Fonction, Lien};
use jiff::civil::Date;
use platform::journal::{self, Evenement, Visibilite};
use platform::{Clock, Ids, Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, Condition, FromQueryResult, QueryOrder, QuerySelect, QueryTrait, raw_sql};

use super::{Column, EVENEMENT_GARDE, Entity, Etat, Model, ProjetId, membre, porteur};
use crate::jeton::empreinte;
use crate::mandat::{self, EnVigueur, MandatId};
use crate::organisation::OrganisationId;
use crate::personne::PersonneId;
use crate::secteur::SecteurId;

/// Adds a colleague.
///
/// # Errors
/// The engine refused.
pub async fn ajouter_membre(
    tx: &WriteTx,
    ids: &dyn platform::Ids,
    projet: &ProjetId,
    personne: &PersonneId,
    par: Option<&PersonneId>,
    maintenant: Instant,
) -> Result<(), DbErr> {
    let modele = membre::ActiveModel {
        id: Set(ids.uuid().to_string()),
        projet_id: Set(projet.clone()),
        personne_id: Set(personne.clone()),
        invite_par: Set(par.cloned()),
        du: Set(maintenant),
        au: Set(None),
    };
    membre::Entity::insert(modele).exec_without_returning(tx).await?;
    Ok(())
}

/// A person leaves every project they were invited to.
///
/// # Errors
/// The engine refused.
pub async fn quitter_tous(tx: &WriteTx, personne: &PersonneId, maintenant: Instant) -> Result<(), DbErr> {
    membre::Entity::update_many()
        .col_expr(membre::Column::Au, Expr::value(maintenant))
        .filter(membre::Column::PersonneId.eq(personne.clone()))
        .filter(membre::Column::Au.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// A person leaves the projects of an organisation to which they were invited (those that took one of them in too): their
/// function there is over.
///
/// # Errors
/// The engine refused.
pub async fn quitter_ceux_de(
    tx: &WriteTx,
    personne: &PersonneId,
    organisation: &OrganisationId,
    maintenant: Instant,
) -> Result<(), DbErr> {
    let siens = |colonne: Column| {
        let siens = Entity::find().select_only().column(colonne).filter(colonne.is_not_null());
        siens.filter(Column::OrganisationId.eq(organisation.clone())).into_query()
    };
    let projets = Condition::any()
        .add(membre::Column::ProjetId.in_subquery(siens(Column::Id)))
        .add(membre::Column::ProjetId.in_subquery(siens(Column::FusionneDans)));
    membre::Entity::update_many()
        .col_expr(membre::Column::Au, Expr::value(maintenant))
        .filter(membre::Column::PersonneId.eq(personne.clone()))
        .filter(membre::Column::Au.is_null())
        .filter(projets)
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives a draft to a person, with its event, and to the organisation for which they keep it: that of the mandate chosen,
/// or of the only one that may bear it. False when it was no longer a draft.
///
/// # Errors
/// The engine refused.
pub async fn rattacher(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    projet: &Model,
    auteur: &PersonneId,
    (jour, choisi): (Date, Option<&MandatId>),
) -> Result<bool, DbErr> {
    let resultat = Entity::update_many()
        .col_expr(Column::AuteurId, Expr::value(auteur.as_str().to_owned()))
        .col_expr(Column::Etat, Expr::value("garde"))
        .col_expr(Column::Brouillon, Expr::value(Option::<String>::None))
        .col_expr(Column::ModifieLe, Expr::value(clock.instant()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(projet.id.clone()))
        .filter(Column::Etat.eq(Etat::Brouillon))
        .exec(tx)
        .await?;
    let garde = resultat.rows_affected == 1;
    if garde {
        let mandats = mandat::en_vigueur(tx, auteur, jour).await?;
        if let Some(organisation) = porteur::selon_les_mandats(projet, &mandats, choisi) {
            porteur::lier(tx, projet, &organisation).await?;
        }
        let evenement = Evenement::nouveau(EVENEMENT_GARDE, "projet", projet.id.as_str())
            .projet(projet.id.as_str())
            .par(Some(auteur.as_str()))
            .visible(Visibilite::Partage);
        journal::ecrire(tx, clock, ids, evenement).await?;
    }
    Ok(garde)
}

/// What a person described themselves, newest first: what the house holds of theirs, whoever bears it since.
///
/// # Errors
/// The engine refused.
pub async fn decrits_par(db: &impl ConnectionTrait, personne: &PersonneId, limite: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AuteurId.eq(personne.clone()))
        .order_by_desc(Column::ModifieLe)
        .order_by_asc(Column::Id)
        .limit(limite)
        .all(db)
        .await
}

/// Projects of a person: those they described (and did not hand over with their mandate), were invited to, or whose
/// bearer they represent. Newest first.
///
/// # Errors
/// The engine refused.
pub async fn de_la_personne(
    db: &impl ConnectionTrait,
    personne: &PersonneId,
    organisations: &[OrganisationId],
    limite: u64,
) -> Result<Vec<Model>, DbErr> {
    let invitations = membre::Entity::find()
        .select_only()
        .column(membre::Column::ProjetId)
        .filter(membre::Column::PersonneId.eq(personne.clone()))
        .filter(membre::Column::Au.is_null())
        .into_query();
    let representees = crate::mandat::Entity::find()
        .select_only()
        .column(crate::mandat::Column::OrganisationId)
        .filter(crate::mandat::Column::PersonneId.eq(personne.clone()))
        .filter(crate::mandat::Column::Etat.eq(crate::mandat::Etat::Verifie))
        .into_query();
    let decrit = Condition::all().add(Column::AuteurId.eq(personne.clone())).add(
        Condition::any()
            .add(Column::OrganisationId.is_null())
            .add(Column::OrganisationId.not_in_subquery(representees)),
    );
    let qui = Condition::any()
        .add(decrit)
        .add(Column::OrganisationId.is_in(organisations.iter().cloned()))
        .add(Column::Id.in_subquery(invitations));
    Entity::find()
        .filter(qui)
        .filter(Column::Etat.eq(Etat::Garde))
        .order_by_desc(Column::ModifieLe)
        .order_by_asc(Column::Id)
        .limit(limite)
        .all(db)
        .await
}

#[derive(FromQueryResult)]
struct Attaches {
    /// Invitations to the project that hold.
    invitations: i64,
    /// Verified mandates of its bearer, past ones too.
    mandats: i64,
}

/// Drafts of one browser that are offered to it.
const BROUILLONS_MAX: u64 = 5;

/// What tells whose draft it is: known before the first answer, so that an answer lost on the way loses nothing. Its first
/// half is the browser's, by which its drafts are found again; the second is the draft's, and alone opens it.
#[must_use]
pub fn empreinte_de_brouillon(navigateur: &str, reference: &str) -> String {
    format!("{}{}", empreinte(navigateur), empreinte_du_secret(navigateur, reference))
}

fn empreinte_du_secret(navigateur: &str, reference: &str) -> String {
    empreinte(&format!("{navigateur}/{reference}"))
}

/// Drafts made without account in a browser, last changed first.
///
/// # Errors
/// The engine refused.
pub async fn brouillons(db: &impl ConnectionTrait, navigateur: &str) -> Result<Vec<Model>, DbErr> {
    let debut = empreinte(navigateur);
    // Digests are written in hexadecimal: nothing that begins so comes after a "g".
    let fin = format!("{debut}g");
    Entity::find()
        .filter(Column::Brouillon.gte(debut))
        .filter(Column::Brouillon.lt(fin))
        .filter(Column::Etat.eq(Etat::Brouillon))
        .order_by_desc(Column::ModifieLe)
        .order_by_asc(Column::Id)
        .limit(BROUILLONS_MAX)
        .all(db)
        .await
}

/// How a person (or the browser in which a draft was made) stands to a project. At most two statements.
///
/// # Errors
/// The engine refused.
pub async fn lien(
    db: &impl ConnectionTrait,
    projet: &Model,
    personne: Option<(&PersonneId, &[EnVigueur])>,
    navigateur: Option<&str>,
    secteurs: &[SecteurId],
    secteur_du_projet: Option<&SecteurId>,
) -> Result<Lien, DbErr> {
    let tient_le_secret = match (&projet.brouillon, navigateur) {
        (Some(brouillon), Some(navigateur)) => brouillon.ends_with(&empreinte_du_secret(navigateur, &projet.reference)),
        _ => false,
    };
    let Some((personne, mandats)) = personne else {
        return Ok(if tient_le_secret { Lien::Declarant } else { Lien::Aucun });
    };
    let charge = mandats.iter().any(|m| m.verifie() && m.fonction == Fonction::ChargeTerritorial);
    if charge && secteur_du_projet.is_some_and(|secteur| secteurs.contains(secteur)) {
        return Ok(Lien::ChargeDuSecteur);
    }
    let du_porteur = mandats.iter().any(|m| m.verifie() && Some(&m.organisation_id) == projet.organisation_id.as_ref());
    // Described for their own organisation, not tied to it yet.
    let en_son_nom = projet.organisation_id.is_none()
        && projet.auteur_id.as_ref() == Some(personne)
        && porteur::selon_les_mandats(projet, mandats, None).is_some();
    if du_porteur || en_son_nom {
        return Ok(Lien::Porteur);
    }
    let attaches = attaches(db, projet, personne).await?;
    // Who described the project for an organisation and no longer acts for it has handed it over.
    let auteur = projet.auteur_id.as_ref() == Some(personne) && attaches.mandats == 0;
    // The author of a project that no commune has to confirm bears it.
    let porte = auteur && !projet.porteur.est_public();
    Ok(match (porte, attaches.invitations > 0) {
        (true, _) => Lien::Porteur,
        (false, true) => Lien::Invite,
        (false, false) if auteur || tient_le_secret => Lien::Declarant,
        (false, false) => Lien::Aucun,
    })
}

async fn attaches(db: &impl ConnectionTrait, projet: &Model, personne: &PersonneId) -> Result<Attaches, DbErr> {
    let (id, personne) = (projet.id.as_str(), personne.as_str());
    let organisation = projet.organisation_id.as_ref().map_or("", |organisation| organisation.as_str());
    let attaches = Attaches::find_by_statement(raw_sql!(
        Postgres,
        "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM projet_membre
                  WHERE projet_id = {id} AND personne_id = {personne} AND au IS NULL) AS invitations,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM mandat
                  WHERE personne_id = {personne} AND organisation_id = {organisation} AND etat = 'verifie') AS mandats"
    ))
    .one(db)
    .await?;
    Ok(attaches.unwrap_or(Attaches { invitations: 0, mandats: 0 }))
}
