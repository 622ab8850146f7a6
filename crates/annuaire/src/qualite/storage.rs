//! What the score looks at. One statement, for one actor or for all.

use domain::code::CodeCommune;
use jiff::civil::Date;
use platform::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use super::rules::Etat;
use crate::acteur::ActeurId;
use crate::vocabulaire::{Diffusion, EtatActeur, Famille, Reponse};

/// An actor, with what the score looks at.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Regardee {
    /// Reference.
    pub reference: String,
    /// Name.
    pub nom: String,
    /// Family of legal form.
    pub famille: Famille,
    /// Commune of the seat.
    pub commune: Option<CodeCommune>,
    /// Shown or asleep.
    pub etat: EtatActeur,
    /// Last confirmation.
    pub confirme_le: Option<Instant>,
    diffusion: Diffusion,
    ess_loi: Reponse,
    presentation: i64,
    contacts: i64,
    contacts_donnes: i64,
    sites: i64,
    offres: i64,
    themes: i64,
    adresses: i64,
    agrements: i64,
}

impl Regardee {
    /// What the rules look at; `il_y_a_un_an`: a confirmation is worth so long.
    #[must_use]
    pub fn etat(&self, il_y_a_un_an: Instant) -> Etat {
        let partielle = self.diffusion == Diffusion::Partielle;
        // Under partial diffusion, only what the actor gave itself is shown.
        let contacts = if partielle { self.contacts_donnes } else { self.contacts };
        Etat {
            confirmee: self.confirme_le.is_some_and(|le| le > il_y_a_un_an),
            presentation: self.presentation,
            contact: contacts > 0,
            offres: self.offres,
            themes: self.themes,
            adresse: partielle || self.adresses > 0,
            ess: self.ess_loi != Reponse::Inconnu,
            site: self.sites > 0,
            agrements: self.agrements,
        }
    }
}

/// The actors shown or asleep, by name; one alone when it is given.
///
/// # Errors
/// The engine refused.
pub async fn regarder(
    db: &impl ConnectionTrait,
    acteur: Option<&ActeurId>,
    jour: Date,
) -> Result<Vec<Regardee>, DbErr> {
    let (un, jour) = (acteur.map_or("", ActeurId::as_str), jour.to_string());
    Regardee::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.reference, a.nom, a.famille, a.commune, a.etat, a.confirme_le, a.diffusion, a.ess_loi,
            CAST(COALESCE(LENGTH(a.presentation), 0) AS BIGINT) AS presentation,
            CAST(CASE WHEN a.courriel IS NOT NULL OR a.telephone IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS contacts,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_valeur v WHERE v.acteur_id = a.id AND v.courante
               AND v.source = 'acteur' AND v.champ IN ('courriel', 'telephone') AND v.valeur <> '') AS contacts_donnes,
            CAST(CASE WHEN a.site IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS sites,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM offre o WHERE o.acteur_id = a.id AND o.active) AS offres,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_theme t
             WHERE t.acteur_id = a.id AND t.origine <> 'naf') AS themes,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_etablissement e
             WHERE e.acteur_id = a.id AND e.ouvert AND e.adresse IS NOT NULL) AS adresses,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_agrement g
             WHERE g.acteur_id = a.id AND (g.au IS NULL OR g.au >= {jour})) AS agrements
         FROM acteur a WHERE a.etat IN ('actif', 'endormi') AND ({un} = '' OR a.id = {un})
         ORDER BY a.nom_tri, a.id"
    ))
    .all(db)
    .await
}
