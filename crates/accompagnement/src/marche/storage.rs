//! Planned markets, said in the projects, and what was done about each. No rule here.

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::{Complements, Etape};
use jiff::civil::Date;
use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use socle::projet::Diffusion;
use socle::secteur::SecteurId;
use socle::{PersonneId, ProjetId};

use super::rules::{Annonce, Suivi};

/// A project whose public market is planned.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Marche {
    /// Reference.
    pub reference: String,
    /// Title.
    pub titre: String,
    /// Commune.
    pub commune: CodeCommune,
    /// Stage.
    pub etape: Etape,
    /// Cost.
    pub cout: Option<Cents>,
    /// Who may see the project.
    pub diffusion: Diffusion,
    /// [`Complements`], JSON.
    pub complements: String,
    /// Last change.
    pub modifie_le: Instant,
    /// Secteur of the commune that day.
    pub secteur_id: Option<SecteurId>,
    /// Its name.
    pub secteur: Option<String>,
    /// Its telephone.
    pub telephone: Option<String>,
    /// To whom the request was handed by name, in office or not.
    pub agent_id: Option<PersonneId>,
    /// [`Suivi`], as stored.
    pub suivi: Option<String>,
    /// When.
    pub suivi_le: Option<Instant>,
    /// By whom.
    pub suivi_par: Option<String>,
}

impl Marche {
    /// What was done.
    #[must_use]
    pub fn suivi(&self) -> Option<Suivi> {
        self.suivi.as_deref()?.parse().ok()
    }

    /// As it was announced; `dite_le` is the day of the last change.
    #[must_use]
    pub fn annonce(&self, dite_le: Date) -> Annonce {
        let complements: Complements = serde_json::from_str(&self.complements).unwrap_or_default();
        Annonce { mois: complements.mois_du_marche(), dite_le, etape: self.etape }
    }
}

/// Kept projects that say "a market is planned within 12 months". One statement.
///
/// # Errors
/// The engine refused.
pub async fn prevus(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<Marche>, DbErr> {
    let jour = jour.to_string();
    // The answer stands in the project's JSON text; `complements` writes it in one form only.
    Marche::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.reference, p.titre, p.commune, p.etape, p.cout, p.diffusion, p.complements, p.modifie_le,
                s.id AS secteur_id, s.nom AS secteur, s.telephone,
                CASE WHEN d.confiee THEN d.agent_id END AS agent_id,
                m.suivi, m.le AS suivi_le, q.prenom || ' ' || q.nom AS suivi_par
         FROM projet p LEFT JOIN demande d ON d.projet_id = p.id
         LEFT JOIN secteur s ON s.id = (SELECT MIN(sc.secteur_id) FROM secteur_commune sc
             WHERE sc.commune = p.commune AND sc.du <= {jour} AND (sc.au IS NULL OR sc.au >= {jour}))
         LEFT JOIN marche m ON m.projet_id = p.id LEFT JOIN personne q ON q.id = m.par
         WHERE p.etat = 'garde' AND p.complements LIKE '%\"marche_prevu\":\"oui\"%'
         ORDER BY p.modifie_le DESC, p.id LIMIT 300"
    ))
    .all(db)
    .await
}

/// Writes what was done; `None` takes it back.
///
/// # Errors
/// The engine refused.
pub async fn noter(
    tx: &WriteTx,
    projet: &ProjetId,
    suivi: Option<Suivi>,
    par: &PersonneId,
    le: Instant,
) -> Result<(), DbErr> {
    let (projet, par, le) = (projet.as_str(), par.as_str(), le.0);
    let Some(suivi) = suivi.map(Suivi::as_str) else {
        tx.execute_raw(raw_sql!(Postgres, "DELETE FROM marche WHERE projet_id = {projet}")).await?;
        return Ok(());
    };
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO marche (projet_id, suivi, par, le) VALUES ({projet}, {suivi}, {par}, {le})
         ON CONFLICT (projet_id) DO UPDATE SET suivi = excluded.suivi, par = excluded.par, le = excluded.le"
    ))
    .await?;
    Ok(())
}
