//! The core of a project: the spine of the house. Calls, contracts, accompaniment keep its id; the features `projets`,
//! `leviers`, `annuaire` work around it. Here its row and its themes; `liens`: the people around it, and how each stands to it;
//! `equipe`: who has access and hears of it today; [`porteur`]: the organisation that bears it; [`publication`]: what the
//! public sees of it.

mod equipe;
mod liens;
pub mod porteur;
pub mod publication;

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::{Complements, Etape, Porteur, ProfilDeProjet};
use domain::theme::Theme;
use platform::{Ids, Instant, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait};

use crate::nom_tri;
use crate::organisation::OrganisationId;
use crate::personne::PersonneId;

pub use equipe::{ADire, Acces, a_dire, acces, encore_a_dire, invitations, personnes, quitter, retirer};
pub use liens::{
    ajouter_membre, brouillons, de_la_personne, decrits_par, empreinte_de_brouillon, lien, quitter_ceux_de,
    quitter_tous, rattacher,
};
pub use publication::{DeLaCommune, Publie, publics, publics_par_commune};

identifiant!(
    /// Identifier of a project.
    ProjetId
);

/// Kept or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
pub enum Etat {
    /// Described without account; vanishes alone after a while.
    #[sea_orm(string_value = "brouillon")]
    Brouillon,
    /// Kept by a person.
    #[sea_orm(string_value = "garde")]
    Garde,
    /// Merged into another (`fusionne_dans`).
    #[sea_orm(string_value = "fusionne")]
    Fusionne,
}

/// Who may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
pub enum Diffusion {
    /// Its bearers and the agents who accompany it.
    #[sea_orm(string_value = "prive")]
    Prive,
    /// The whole team of the département too.
    #[sea_orm(string_value = "partage")]
    Partage,
    /// Everyone, by a dated act of the bearer.
    #[sea_orm(string_value = "public")]
    Public,
}

/// Columns of `projet`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "projet")]
pub struct Model {
    /// Identifier, never shown.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProjetId,
    /// Short reference in addresses and on the telephone.
    pub reference: String,
    /// Title.
    pub titre: String,
    /// Sort key.
    pub titre_tri: String,
    /// "Ce qui manque, et pour qui".
    pub manque: String,
    /// Commune of the project.
    pub commune: CodeCommune,
    /// Stage.
    pub etape: Etape,
    /// Kind of bearer.
    pub porteur: Porteur,
    /// The bearing organisation, when known.
    pub organisation_id: Option<OrganisationId>,
    /// Who described it.
    pub auteur_id: Option<PersonneId>,
    /// Digest of the draft's secret, while it has no account.
    pub brouillon: Option<String>,
    /// Kept or not.
    pub etat: Etat,
    /// Confirmed for the commune: when.
    pub confirme_le: Option<Instant>,
    /// By whom or what, in words.
    pub confirme_par: Option<String>,
    /// Who may see it.
    pub diffusion: Diffusion,
    /// Published when.
    pub publie_le: Option<Instant>,
    /// Cost, when known.
    pub cout: Option<Cents>,
    /// [`Complements`], JSON.
    pub complements: String,
    /// `web`, `telephone`, `import`.
    pub origine: String,
    /// Made.
    pub cree_le: Instant,
    /// Last change.
    pub modifie_le: Instant,
    /// When merged: the project that stays.
    pub fusionne_dans: Option<ProjetId>,
    /// Optimistic lock.
    pub version: i64,
}

/// No declared relation: joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Themes of a project.
pub mod theme {
    use super::ProjetId;
    use sea_orm::entity::prelude::*;

    /// One theme, with its rank.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "projet_theme")]
    pub struct Model {
        /// Project.
        #[sea_orm(primary_key, auto_increment = false)]
        pub projet_id: ProjetId,
        /// Theme id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub theme: String,
        /// Order given by the person.
        pub rang: i64,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Colleagues invited.
pub mod membre {
    use super::ProjetId;
    use crate::personne::PersonneId;
    use platform::Instant;
    use sea_orm::entity::prelude::*;

    /// One colleague.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "projet_membre")]
    pub struct Model {
        /// Identifier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Project.
        pub projet_id: ProjetId,
        /// Colleague.
        pub personne_id: PersonneId,
        /// Who invited.
        pub invite_par: Option<PersonneId>,
        /// Since.
        pub du: Instant,
        /// Until.
        pub au: Option<Instant>,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl Model {
    /// A project as it begins: private, kept, an idea that nobody bears yet, without a word.
    #[must_use]
    pub fn nouveau(ids: &dyn Ids, commune: CodeCommune, le: Instant) -> Self {
        Self {
            id: ProjetId::nouveau(ids),
            reference: ids.reference(8),
            titre: String::new(),
            titre_tri: String::new(),
            manque: String::new(),
            commune,
            etape: Etape::Idee,
            porteur: Porteur::PasDecide,
            organisation_id: None,
            auteur_id: None,
            brouillon: None,
            etat: Etat::Garde,
            confirme_le: None,
            confirme_par: None,
            diffusion: Diffusion::Prive,
            publie_le: None,
            cout: None,
            complements: "{}".to_owned(),
            origine: "web".to_owned(),
            cree_le: le,
            modifie_le: le,
            fusionne_dans: None,
            version: 1,
        }
    }

    /// The fields asked later.
    #[must_use]
    pub fn complements(&self) -> Complements {
        serde_json::from_str(&self.complements).unwrap_or_default()
    }

    /// The profile that matching reads.
    #[must_use]
    pub fn profil(&self, themes: Vec<Theme>) -> ProfilDeProjet {
        ProfilDeProjet {
            commune: self.commune.clone(),
            themes,
            etape: self.etape,
            porteur: self.porteur,
            cout: self.cout,
            complements: self.complements(),
        }
    }

    /// Was the second screen answered?
    #[must_use]
    pub fn situe(&self) -> bool {
        self.porteur != Porteur::PasDecide || !self.complements().besoins.is_empty()
    }

    /// Said to be the commune's, not confirmed by it yet.
    #[must_use]
    pub fn declare_non_confirme(&self) -> bool {
        self.porteur.est_public() && self.confirme_le.is_none()
    }
}

/// The project with this reference (drafts included; merged ones left out).
///
/// # Errors
/// The engine refused.
pub async fn par_reference(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Reference.eq(reference)).filter(Column::Etat.ne(Etat::Fusionne)).one(db).await
}

/// Where a merged project went: the reference of the one that stays.
///
/// # Errors
/// The engine refused.
pub async fn remplacant(db: &impl ConnectionTrait, reference: &str) -> Result<Option<String>, DbErr> {
    let double = Entity::find()
        .select_only()
        .column(Column::FusionneDans)
        .filter(Column::Reference.eq(reference))
        .filter(Column::Etat.eq(Etat::Fusionne))
        .into_query();
    let reste = Entity::find().filter(Column::Id.in_subquery(double)).one(db).await?;
    Ok(reste.map(|projet| projet.reference))
}

/// Projects merged into this one, by title.
///
/// # Errors
/// The engine refused.
pub async fn doubles(db: &impl ConnectionTrait, projet: &ProjetId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::FusionneDans.eq(projet.clone()))
        .filter(Column::Etat.eq(Etat::Fusionne))
        .order_by_asc(Column::TitreTri)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Its themes, in order.
///
/// # Errors
/// The engine refused.
pub async fn themes(db: &impl ConnectionTrait, projet: &ProjetId) -> Result<Vec<Theme>, DbErr> {
    let lignes = theme::Entity::find()
        .filter(theme::Column::ProjetId.eq(projet.clone()))
        .order_by_asc(theme::Column::Rang)
        .order_by_asc(theme::Column::Theme)
        .all(db)
        .await?;
    Ok(lignes.iter().filter_map(|ligne| ligne.theme.parse().ok()).collect())
}

/// Replaces its themes.
///
/// # Errors
/// The engine refused.
pub async fn ecrire_themes(tx: &WriteTx, projet: &ProjetId, themes: &[Theme]) -> Result<(), DbErr> {
    theme::Entity::delete_many().filter(theme::Column::ProjetId.eq(projet.clone())).exec(tx).await?;
    let lignes: Vec<theme::ActiveModel> = (0_i64..)
        .zip(themes)
        .map(|(rang, un)| theme::ActiveModel {
            projet_id: Set(projet.clone()),
            theme: Set(un.as_str().to_owned()),
            rang: Set(rang),
        })
        .collect();
    if !lignes.is_empty() {
        theme::Entity::insert_many(lignes).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Inserts a new project.
///
/// # Errors
/// The engine refused.
pub async fn inserer(tx: &WriteTx, projet: Model, themes: &[Theme]) -> Result<Model, DbErr> {
    let projet = Model { titre_tri: nom_tri(&projet.titre), ..projet };
    Entity::insert(projet.clone().into_active_model()).exec_without_returning(tx).await?;
    ecrire_themes(tx, &projet.id, themes).await?;
    Ok(projet)
}

/// Saves a changed project if nobody changed it since it was read. False on a conflict.
///
/// # Errors
/// The engine refused.
pub async fn enregistrer(tx: &WriteTx, projet: &Model, maintenant: Instant) -> Result<bool, DbErr> {
    let lu = projet.version;
    let nouveau =
        Model { titre_tri: nom_tri(&projet.titre), modifie_le: maintenant, version: lu + 1, ..projet.clone() };
    let resultat = Entity::update_many()
        .set(nouveau.into_active_model().reset_all())
        .filter(Column::Id.eq(projet.id.clone()))
        .filter(Column::Version.eq(lu))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// Erases a draft that was never kept.
///
/// # Errors
/// The engine refused.
pub async fn effacer_brouillon(tx: &WriteTx, projet: &ProjetId) -> Result<bool, DbErr> {
    theme::Entity::delete_many().filter(theme::Column::ProjetId.eq(projet.clone())).exec(tx).await?;
    let resultat = Entity::delete_many()
        .filter(Column::Id.eq(projet.clone()))
        .filter(Column::Etat.eq(Etat::Brouillon))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

/// Kind of the event written by [`rattacher`].
pub const EVENEMENT_GARDE: &str = "projet.garde";
/// Kind of the event of an attachment added, that others may hear.
pub const EVENEMENT_PIECE: &str = "projet.piece-ajoutee";

/// Removes drafts that nobody kept since an instant. Never a kept project.
///
/// # Errors
/// The engine refused.
pub async fn nettoyer_brouillons(tx: &WriteTx, avant: Instant) -> Result<u64, DbErr> {
    let perimes = || {
        Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Etat.eq(Etat::Brouillon))
            .filter(Column::ModifieLe.lt(avant))
            .into_query()
    };
    theme::Entity::delete_many().filter(theme::Column::ProjetId.in_subquery(perimes())).exec(tx).await?;
    let resultat = Entity::delete_many()
        .filter(Column::Etat.eq(Etat::Brouillon))
        .filter(Column::ModifieLe.lt(avant))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected)
}

/// Erases a project, its themes and members (retention, after visa). What features hold of it must be gone before.
///
/// # Errors
/// A feature still refers to it, or the engine refused.
pub async fn purger(tx: &WriteTx, id: &ProjetId) -> Result<(), DbErr> {
    theme::Entity::delete_many().filter(theme::Column::ProjetId.eq(id.clone())).exec(tx).await?;
    membre::Entity::delete_many().filter(membre::Column::ProjetId.eq(id.clone())).exec(tx).await?;
    Entity::delete_many().filter(Column::Id.eq(id.clone())).exec(tx).await?;
    Ok(())
}
