//! Themes of an actor. The NAF code suggests ([`Origine::Naf`]), never decides: the origin is kept.

use domain::theme::Theme;
use sea_orm::entity::prelude::*;

use super::ActeurId;
use crate::vocabulaire::Origine;

/// Columns of `acteur_theme`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acteur_theme")]
pub struct Model {
    /// Actor.
    #[sea_orm(primary_key, auto_increment = false)]
    pub acteur_id: ActeurId,
    /// Theme, as stored ([`Model::theme`]).
    #[sea_orm(primary_key, auto_increment = false)]
    pub theme: String,
    /// Who says so.
    pub origine: Origine,
}

impl Model {
    /// The theme; a value this version does not know is none.
    #[must_use]
    pub fn theme(&self) -> Option<Theme> {
        self.theme.parse().ok()
    }
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
