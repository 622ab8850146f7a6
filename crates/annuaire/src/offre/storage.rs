//! The rows of offers.

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::Etape;
use domain::theme::Theme;
use platform::{Instant, WriteTx, identifiant};
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;

use crate::acteur::ActeurId;
use crate::liste::storage::valeurs;
use crate::vocabulaire::{GenreOffre, GenreTerritoire, ModeOffre, Periode, Tarif};

identifiant!(
    /// Identifier of an offer.
    OffreId
);

/// Columns of `offre`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offre")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OffreId,
    /// Who offers.
    pub acteur_id: ActeurId,
    /// Title.
    pub titre: String,
    /// Sort key.
    pub titre_tri: String,
    /// One or two sentences.
    pub description: String,
    /// What it brings.
    pub genre: GenreOffre,
    /// The legal ways, as stored ([`Model::modes`]).
    pub modes: String,
    /// How its price is made; nothing: it was not asked yet.
    pub tarif: Option<Tarif>,
    /// Does it cost the commune something?
    pub payant: bool,
    /// Offered now.
    pub active: bool,
    /// Invented for the demonstration.
    pub exemple: bool,
    /// Made.
    pub cree_le: Instant,
    /// Last change.
    pub modifie_le: Instant,
    /// Optimistic lock.
    pub version: i64,
    /// How much it can do, in a few words ("deux classes", "120 m²").
    pub capacite: Option<String>,
    /// How many.
    pub capacite_nombre: Option<i64>,
    /// Of that many, in so long.
    pub capacite_periode: Option<Periode>,
    /// The lowest price asked.
    pub a_partir_de: Option<Cents>,
    /// For what it is asked ("la journée", "par repas").
    pub prix_pour: Option<String>,
}

impl Model {
    /// Short reference inside the actor, for addresses: the random end of the id.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.id.as_str().rsplit('-').next().unwrap_or_default()
    }

    /// The legal ways that the actor accepts, in the order of the vocabulary; a value this version does not know is none.
    #[must_use]
    pub fn modes(&self) -> Vec<ModeOffre> {
        valeurs(Some(&self.modes))
    }
}

/// Legal ways as `offre.modes` holds them.
#[must_use]
pub fn joindre(modes: &[ModeOffre]) -> String {
    modes.iter().map(|mode| mode.as_str()).collect::<Vec<_>>().join(",")
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Themes of an offer.
pub mod theme {
    use super::OffreId;
    use sea_orm::entity::prelude::*;

    /// One theme.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "offre_theme")]
    pub struct Model {
        /// Offer.
        #[sea_orm(primary_key, auto_increment = false)]
        pub offre_id: OffreId,
        /// Theme, as stored.
        #[sea_orm(primary_key, auto_increment = false)]
        pub theme: String,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Stages of a project that an offer fits; none: every stage.
pub mod etape {
    use super::OffreId;
    use sea_orm::entity::prelude::*;

    /// One stage.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "offre_etape")]
    pub struct Model {
        /// Offer.
        #[sea_orm(primary_key, auto_increment = false)]
        pub offre_id: OffreId,
        /// Stage, as stored.
        #[sea_orm(primary_key, auto_increment = false)]
        pub etape: String,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Where an offer is given; none: the whole territory of the instance.
pub mod territoire {
    use super::OffreId;
    use sea_orm::entity::prelude::*;

    /// One territory.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "offre_territoire")]
    pub struct Model {
        /// Offer.
        #[sea_orm(primary_key, auto_increment = false)]
        pub offre_id: OffreId,
        /// Kind, as stored ([`crate::vocabulaire::GenreTerritoire`]).
        #[sea_orm(primary_key, auto_increment = false)]
        pub genre: String,
        /// Code.
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A project that the actor did already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where, when it is a commune of this site.
    pub commune: Option<CodeCommune>,
    /// When.
    pub annee: i64,
    /// What, in one sentence.
    pub phrase: String,
    /// Where one can read more.
    pub lien: Option<String>,
}

/// Rows of `offre_reference`.
pub mod reference {
    use super::{CodeCommune, OffreId};
    use sea_orm::entity::prelude::*;

    /// Columns.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "offre_reference")]
    pub struct Model {
        /// Offer.
        #[sea_orm(primary_key, auto_increment = false)]
        pub offre_id: OffreId,
        /// In the order written.
        #[sea_orm(primary_key, auto_increment = false)]
        pub rang: i64,
        /// Commune.
        pub commune: Option<CodeCommune>,
        /// Year.
        pub annee: i64,
        /// Sentence.
        pub phrase: String,
        /// Link.
        pub lien: Option<String>,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An offer with what hangs on it.
#[derive(Clone, Debug)]
pub struct OffreComplete {
    /// The offer.
    pub offre: Model,
    /// Its themes.
    pub themes: Vec<Theme>,
    /// Its stages; none: every stage.
    pub etapes: Vec<Etape>,
    /// Where; none: everywhere.
    pub territoires: Vec<(GenreTerritoire, String)>,
    /// What was done already.
    pub references: Vec<Reference>,
}

/// Inserts an offer with its themes, stages and territories.
///
/// # Errors
/// The engine refused.
pub async fn inserer(tx: &WriteTx, complete: OffreComplete) -> Result<(), DbErr> {
    Entity::insert(complete.offre.clone().into_active_model()).exec_without_returning(tx).await?;
    inserer_les_liens(tx, complete).await
}

/// Inserts what hangs on an offer.
pub(crate) async fn inserer_les_liens(tx: &WriteTx, complete: OffreComplete) -> Result<(), DbErr> {
    let OffreComplete { offre: Model { id, .. }, themes, etapes, territoires, references } = complete;
    let ligne = |theme: Theme| theme::Model { offre_id: id.clone(), theme: theme.to_string() }.into_active_model();
    theme::Entity::insert_many(themes.into_iter().map(ligne)).exec_without_returning(tx).await?;
    let ligne = |etape: Etape| etape::Model { offre_id: id.clone(), etape: etape.to_string() }.into_active_model();
    etape::Entity::insert_many(etapes.into_iter().map(ligne)).exec_without_returning(tx).await?;
    let ligne = |(genre, code): (GenreTerritoire, String)| {
        territoire::Model { offre_id: id.clone(), genre: genre.to_string(), code }.into_active_model()
    };
    territoire::Entity::insert_many(territoires.into_iter().map(ligne)).exec_without_returning(tx).await?;
    let ligne = |(rang, r): (i64, Reference)| {
        let Reference { commune, annee, phrase, lien } = r;
        reference::Model { offre_id: id.clone(), rang, commune, annee, phrase, lien }.into_active_model()
    };
    reference::Entity::insert_many((1..).zip(references).map(ligne)).exec_without_returning(tx).await?;
    Ok(())
}
