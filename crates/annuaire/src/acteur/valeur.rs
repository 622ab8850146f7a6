//! Facts about an actor, each with its source, its date and its author. A new value of a source replaces the one that
//! was current and leaves it in the table: nothing is overwritten in silence.

use platform::{Ids, Instant, Jour};
use sea_orm::entity::prelude::*;
use socle::PersonneId;

use super::ActeurId;
use super::precedence::rang;
use super::projection::Fait;
use crate::vocabulaire::{Champ, Diffusion, Origine};

/// Columns of `acteur_valeur`. One current row at most per actor, field and source.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acteur_valeur")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Actor.
    pub acteur_id: ActeurId,
    /// What it is about.
    pub champ: Champ,
    /// The value; empty when the source withdrew it.
    pub valeur: String,
    /// Where it comes from.
    pub source: Origine,
    /// Date of the source.
    pub source_du: Option<Jour>,
    /// Who entered it, for a person.
    pub auteur_id: Option<PersonneId>,
    /// The import that brought it.
    pub import_id: Option<String>,
    /// When it came.
    pub recu_le: Instant,
    /// Not replaced since.
    pub courante: bool,
}

impl Model {
    /// A fact just received, current from now on.
    #[must_use]
    pub fn nouvelle(
        ids: &dyn Ids,
        acteur: &ActeurId,
        champ: Champ,
        valeur: &str,
        source: Origine,
        le: Instant,
    ) -> Self {
        Self {
            id: ids.uuid().to_string(),
            acteur_id: acteur.clone(),
            champ,
            valeur: valeur.to_owned(),
            source,
            source_du: None,
            auteur_id: None,
            import_id: None,
            recu_le: le,
            courante: true,
        }
    }

    /// Kept from the public: who asked not to be canvassed shows the contacts that they gave themselves, no other.
    #[must_use]
    pub fn cachee(&self, diffusion: Diffusion) -> bool {
        diffusion == Diffusion::Partielle
            && matches!(self.champ, Champ::Site | Champ::Courriel | Champ::Telephone)
            && self.source != Origine::Acteur
    }

    /// As the projection sees it.
    #[must_use]
    pub fn fait(&self) -> Fait {
        Fait {
            champ: self.champ,
            valeur: self.valeur.clone(),
            source: self.source,
            du: self.source_du.map(|jour| jour.0),
        }
    }
}

/// The fact that the page shows for a field: of the source that knows best, not the last one received.
#[must_use]
pub fn retenue(valeurs: &[Model], champ: Champ) -> Option<&Model> {
    let dites = valeurs.iter().filter(|v| v.courante && v.champ == champ && !v.valeur.is_empty());
    dites.min_by_key(|v| rang(champ, v.source))
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
