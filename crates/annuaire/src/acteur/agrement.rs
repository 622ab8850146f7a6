//! Approvals and conventions of an actor.

use platform::Jour;
use sea_orm::entity::prelude::*;

use super::ActeurId;
use crate::vocabulaire::{GenreAgrement, Origine};

/// Columns of `acteur_agrement`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acteur_agrement")]
pub struct Model {
    /// Actor.
    #[sea_orm(primary_key, auto_increment = false)]
    pub acteur_id: ActeurId,
    /// Kind, as stored ([`Model::genre`]).
    #[sea_orm(primary_key, auto_increment = false)]
    pub genre: String,
    /// Where it comes from, as stored ([`Model::source`]).
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// More, in words.
    pub libelle: Option<String>,
    /// First day, when known.
    pub du: Option<Jour>,
    /// Last day, when known.
    pub au: Option<Jour>,
    /// Date of the source.
    pub source_du: Option<Jour>,
    /// The document that shows it, when an agent says so.
    pub preuve: Option<String>,
}

impl Model {
    /// Kind; a value this version does not know is none.
    #[must_use]
    pub fn genre(&self) -> Option<GenreAgrement> {
        self.genre.parse().ok()
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(&self) -> Option<Origine> {
        self.source.parse().ok()
    }
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
