//! Establishments of an actor.

use domain::code::CodeCommune;
use platform::Jour;
use sea_orm::entity::prelude::*;
use web::Instance;

use super::ActeurId;
use crate::vocabulaire::Origine;

/// Columns of `acteur_etablissement`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "acteur_etablissement")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Actor.
    pub acteur_id: ActeurId,
    /// SIRET as received: a few of the SIAE list fail the control key and are kept, with a warning in the report.
    pub siret: Option<String>,
    /// Is it the seat?
    pub siege: bool,
    /// Name on the door.
    pub enseigne: Option<String>,
    /// Commune of today.
    pub commune: CodeCommune,
    /// Number and street; absent under partial diffusion.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// WGS84.
    pub longitude: Option<f64>,
    /// WGS84.
    pub latitude: Option<f64>,
    /// NAF rév. 2, with the dot.
    pub naf: Option<String>,
    /// Still open.
    pub ouvert: bool,
    /// Where it comes from.
    pub source: Origine,
    /// Date of that source.
    pub source_du: Option<Jour>,
}

impl Model {
    /// Postal code and name of the commune, as on an envelope.
    #[must_use]
    pub fn ville(&self, instance: &Instance) -> String {
        let nom = instance.referentiel().nom_commune(&self.commune);
        self.code_postal.as_ref().map_or_else(|| nom.to_owned(), |code| format!("{code} {nom}"))
    }
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
