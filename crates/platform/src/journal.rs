//! The journal: what happened, to what, by whom, when. Facts and ids only, never free text: texts live in tables
//! with retention, so that erasing them leaves the proof. The feature that wrote an event renders it.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect};
use serde::Serialize;

use crate::colonne::Instant;
use crate::db::WriteTx;
use crate::horloge::{Clock, Ids};
use crate::migration::Migration;

/// Who may see an event of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
pub enum Visibilite {
    /// Everyone, once the project is published.
    #[sea_orm(string_value = "public")]
    Public,
    /// The bearer's members and the département's agents in charge.
    #[sea_orm(string_value = "partage")]
    Partage,
    /// The département's agents in charge.
    #[sea_orm(string_value = "agents")]
    Agents,
    /// Only the operator (security, imports).
    #[sea_orm(string_value = "exploitation")]
    Exploitation,
}

/// Columns of `journal`.
pub mod ligne {
    use super::{Instant, Visibilite};
    use sea_orm::entity::prelude::*;

    /// One event.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal")]
    pub struct Model {
        /// UUIDv7: the order of time.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// When.
        pub instant: Instant,
        /// `feature.fait`, for instance `projet.decrit`.
        pub genre: String,
        /// Version of the shape of `faits`.
        pub version: i64,
        /// Person who did it; absent for the system or a visitor.
        pub personne: Option<String>,
        /// Kind of object (`projet`, `levier`…).
        pub objet: String,
        /// Its id.
        pub objet_id: String,
        /// The project whose timeline shows it.
        pub projet_id: Option<String>,
        /// Who may see it.
        pub visibilite: Visibilite,
        /// Ids and facts, JSON.
        pub faits: String,
    }

    /// No relation: the journal outlives what it names.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An event about to be written.
#[derive(Clone, Debug)]
pub struct Evenement {
    /// `feature.fait`.
    pub genre: &'static str,
    /// Version of the shape of `faits`.
    pub version: i64,
    /// Who did it.
    pub personne: Option<String>,
    /// Kind of object.
    pub objet: &'static str,
    /// Its id.
    pub objet_id: String,
    /// The project's timeline it belongs to.
    pub projet_id: Option<String>,
    /// Who may see it.
    pub visibilite: Visibilite,
    /// Ids and facts.
    pub faits: serde_json::Value,
}

impl Evenement {
    /// An event of version 1, visible to the agents, without facts.
    #[must_use]
    pub fn nouveau(genre: &'static str, objet: &'static str, objet_id: impl Into<String>) -> Self {
        Self {
            genre,
            version: 1,
            personne: None,
            objet,
            objet_id: objet_id.into(),
            projet_id: None,
            visibilite: Visibilite::Agents,
            faits: serde_json::Value::Object(serde_json::Map::new()),
        }
    }

    /// Says who did it.
    #[must_use]
    pub fn par(mut self, personne: Option<impl Into<String>>) -> Self {
        self.personne = personne.map(Into::into);
        self
    }

    /// Puts it on a project's timeline.
    #[must_use]
    pub fn projet(mut self, projet: impl Into<String>) -> Self {
        self.projet_id = Some(projet.into());
        self
    }

    /// Says who may see it.
    #[must_use]
    pub fn visible(mut self, visibilite: Visibilite) -> Self {
        self.visibilite = visibilite;
        self
    }

    /// Adds the facts.
    #[must_use]
    pub fn faits(mut self, faits: impl Serialize) -> Self {
        self.faits = serde_json::to_value(faits).unwrap_or_default();
        self
    }
}

/// Writes an event in the transaction of the data.
///
/// # Errors
/// The engine refused.
pub async fn ecrire(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids, evenement: Evenement) -> Result<(), DbErr> {
    ligne::Entity::insert(modele(clock, ids, evenement)).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes many events, by the hundred.
///
/// # Errors
/// The engine refused.
pub async fn ecrire_tous(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    evenements: impl IntoIterator<Item = Evenement>,
) -> Result<(), DbErr> {
    let modeles: Vec<_> = evenements.into_iter().map(|evenement| modele(clock, ids, evenement)).collect();
    for paquet in modeles.chunks(500) {
        ligne::Entity::insert_many(paquet.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn modele(clock: &dyn Clock, ids: &dyn Ids, evenement: Evenement) -> ligne::ActiveModel {
    ligne::ActiveModel {
        id: Set(ids.uuid().to_string()),
        instant: Set(clock.instant()),
        genre: Set(evenement.genre.to_owned()),
        version: Set(evenement.version),
        personne: Set(evenement.personne),
        objet: Set(evenement.objet.to_owned()),
        objet_id: Set(evenement.objet_id),
        projet_id: Set(evenement.projet_id),
        visibilite: Set(evenement.visibilite),
        faits: Set(evenement.faits.to_string()),
    }
}

/// The last events of a project that may be seen at these visibilities, newest first.
///
/// # Errors
/// The engine refused.
pub async fn du_projet(
    db: &impl ConnectionTrait,
    projet: &str,
    visibles: &[Visibilite],
    limite: u64,
) -> Result<Vec<ligne::Model>, DbErr> {
    ligne::Entity::find()
        .filter(ligne::Column::ProjetId.eq(projet))
        .filter(ligne::Column::Visibilite.is_in(visibles.iter().copied()))
        .order_by_desc(ligne::Column::Instant)
        .order_by_desc(ligne::Column::Id)
        .limit(limite)
        .all(db)
        .await
}

/// The last events of one object (not a project: those are on its timeline), newest first.
///
/// # Errors
/// The engine refused.
pub async fn de_l_objet(
    db: &impl ConnectionTrait,
    objet: &str,
    id: &str,
    limite: u64,
) -> Result<Vec<ligne::Model>, DbErr> {
    ligne::Entity::find()
        .filter(ligne::Column::Objet.eq(objet))
        .filter(ligne::Column::ObjetId.eq(id))
        .order_by_desc(ligne::Column::Instant)
        .order_by_desc(ligne::Column::Id)
        .limit(limite)
        .all(db)
        .await
}

/// Tables of the journal and of the outbox.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        feature: "platform",
        numero: 1,
        nom: "journal et outbox",
        sql: "CREATE TABLE journal (
        id TEXT PRIMARY KEY, instant BIGINT NOT NULL, genre TEXT NOT NULL, version BIGINT NOT NULL, personne TEXT,
        objet TEXT NOT NULL, objet_id TEXT NOT NULL, projet_id TEXT, visibilite TEXT NOT NULL, faits TEXT NOT NULL);
    CREATE INDEX journal_projet ON journal (projet_id, instant, id);
    CREATE INDEX journal_objet ON journal (objet, objet_id, instant);
    CREATE INDEX journal_instant ON journal (instant);
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY, sujet TEXT NOT NULL, charge TEXT NOT NULL, pas_avant BIGINT NOT NULL,
        tentatives BIGINT NOT NULL, etat TEXT NOT NULL, erreur TEXT, cree_le BIGINT NOT NULL,
        reserve_jusque BIGINT, cle TEXT UNIQUE);
    CREATE INDEX outbox_a_faire ON outbox (etat, pas_avant, id)",
    },
    Migration {
        feature: "platform",
        numero: 2,
        nom: "travaux demandés de nouveau, témoin de santé",
        sql: "ALTER TABLE outbox ADD COLUMN demandes BIGINT NOT NULL DEFAULT 1;
    CREATE TABLE sante_temoin (id TEXT PRIMARY KEY, instant BIGINT NOT NULL)",
    },
];
