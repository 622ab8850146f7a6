//! The actors that somebody represents, with what is counted of each. One statement.

use jiff::civil::Date;
use platform::{Instant, Jour};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use socle::OrganisationId;

use crate::acteur::ActeurId;
use crate::vocabulaire::EtatActeur;

/// Structures of one person shown on the page: nobody represents more.
pub const STRUCTURES_MAX: i64 = 20;

/// An actor with what its page holds.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Sienne {
    /// Actor.
    pub id: ActeurId,
    /// Its organisation.
    pub organisation_id: OrganisationId,
    /// Reference.
    pub reference: String,
    /// Name.
    pub nom: String,
    /// Shown or not.
    pub etat: EtatActeur,
    /// First known.
    pub cree_le: Instant,
    /// Last confirmation.
    pub confirme_le: Option<Instant>,
    /// Optimistic lock.
    pub version: i64,
    /// What it does.
    pub presentation: Option<String>,
    /// Where it is written to.
    pub courriel: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Offers in force.
    pub offres: i64,
    /// Photos.
    pub photos: i64,
    /// Functions declared and not verified.
    pub collegues: i64,
    /// Corrections that wait for an agent.
    pub propositions: i64,
}

/// The actors of these organisations, by name.
///
/// # Errors
/// The engine refused.
pub async fn siennes(db: &impl ConnectionTrait, organisations: &[&str], jour: Date) -> Result<Vec<Sienne>, DbErr> {
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    let (organisations, jour) = (organisations.to_vec(), Jour(jour).to_string());
    Sienne::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.organisation_id, a.reference, a.nom, a.etat, a.cree_le, a.confirme_le, a.version, a.presentation,
            a.courriel, a.telephone,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM offre o WHERE o.acteur_id = a.id AND o.active) AS offres,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_photo p WHERE p.acteur_id = a.id AND p.retiree_le IS NULL) AS photos,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM mandat d WHERE d.organisation_id = a.organisation_id AND d.etat = 'declare'
               AND d.du <= {jour} AND (d.au IS NULL OR d.au >= {jour})) AS collegues,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_proposition r WHERE r.acteur_id = a.id AND r.etat = 'attente')
              AS propositions
         FROM acteur a WHERE a.organisation_id IN ({..organisations}) AND a.etat <> 'masque'
         ORDER BY a.nom_tri, a.id LIMIT {STRUCTURES_MAX}"
    ))
    .all(db)
    .await
}
