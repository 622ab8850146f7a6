//! The core of a project: the spine of the house. Calls, contracts, accompaniment keep its id; the features `projets`,
//! `leviers`, `annuaire` work around it.

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::droit::{Fonction, Lien};
use domain::profil::{Complements, Etape, Porteur, ProfilDeProjet};
use domain::theme::Theme;
use platform::journal::{self, Evenement, Visibilite};
use platform::{Clock, Ids, Instant, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, Condition, FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, raw_sql,
};

use crate::jeton::empreinte;
use crate::mandat::EnVigueur;
use crate::nom_tri;
use crate::organisation::{Nature, OrganisationId};
use crate::personne::PersonneId;
use crate::secteur::SecteurId;

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

/// Adds a colleague.
///
/// # Errors
/// The engine refused.
pub async fn ajouter_membre(
    tx: &WriteTx,
    ids: &dyn platform::Ids,
    projet: &ProjetId,
    personne: &PersonneId,
    par: Option<&PersonneId>,
    maintenant: Instant,
) -> Result<(), DbErr> {
    let modele = membre::ActiveModel {
        id: Set(ids.uuid().to_string()),
        projet_id: Set(projet.clone()),
        personne_id: Set(personne.clone()),
        invite_par: Set(par.cloned()),
        du: Set(maintenant),
        au: Set(None),
    };
    membre::Entity::insert(modele).exec_without_returning(tx).await?;
    Ok(())
}

/// Kind of the event written by [`rattacher`].
pub const EVENEMENT_GARDE: &str = "projet.garde";
/// Kind of the event of an attachment added, that others may hear.
pub const EVENEMENT_PIECE: &str = "projet.piece-ajoutee";

/// A person leaves every project they were invited to.
///
/// # Errors
/// The engine refused.
pub async fn quitter_tous(tx: &WriteTx, personne: &PersonneId, maintenant: Instant) -> Result<(), DbErr> {
    membre::Entity::update_many()
        .col_expr(membre::Column::Au, Expr::value(maintenant))
        .filter(membre::Column::PersonneId.eq(personne.clone()))
        .filter(membre::Column::Au.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// A person leaves the projects of an organisation to which they were invited: their function there is over.
///
/// # Errors
/// The engine refused.
pub async fn quitter_ceux_de(
    tx: &WriteTx,
    personne: &PersonneId,
    organisation: &OrganisationId,
    maintenant: Instant,
) -> Result<(), DbErr> {
    let siens = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::OrganisationId.eq(organisation.clone()))
        .into_query();
    membre::Entity::update_many()
        .col_expr(membre::Column::Au, Expr::value(maintenant))
        .filter(membre::Column::PersonneId.eq(personne.clone()))
        .filter(membre::Column::Au.is_null())
        .filter(membre::Column::ProjetId.in_subquery(siens))
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives a draft to a person, with its event. False when it was no longer a draft.
///
/// # Errors
/// The engine refused.
pub async fn rattacher(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    projet: &ProjetId,
    auteur: &PersonneId,
) -> Result<bool, DbErr> {
    let resultat = Entity::update_many()
        .col_expr(Column::AuteurId, Expr::value(auteur.as_str().to_owned()))
        .col_expr(Column::Etat, Expr::value("garde"))
        .col_expr(Column::Brouillon, Expr::value(Option::<String>::None))
        .col_expr(Column::ModifieLe, Expr::value(clock.instant()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(projet.clone()))
        .filter(Column::Etat.eq(Etat::Brouillon))
        .exec(tx)
        .await?;
    let garde = resultat.rows_affected == 1;
    if garde {
        let evenement = Evenement::nouveau(EVENEMENT_GARDE, "projet", projet.as_str())
            .projet(projet.as_str())
            .par(Some(auteur.as_str()))
            .visible(Visibilite::Partage);
        journal::ecrire(tx, clock, ids, evenement).await?;
    }
    Ok(garde)
}

/// What a person described themselves, newest first: what the house holds of theirs, whoever bears it since.
///
/// # Errors
/// The engine refused.
pub async fn decrits_par(db: &impl ConnectionTrait, personne: &PersonneId, limite: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AuteurId.eq(personne.clone()))
        .order_by_desc(Column::ModifieLe)
        .order_by_asc(Column::Id)
        .limit(limite)
        .all(db)
        .await
}

/// Projects of a person: those they described (and did not hand over with their mandate), were invited to, or whose
/// bearer they represent. Newest first.
///
/// # Errors
/// The engine refused.
pub async fn de_la_personne(
    db: &impl ConnectionTrait,
    personne: &PersonneId,
    organisations: &[OrganisationId],
    limite: u64,
) -> Result<Vec<Model>, DbErr> {
    let invitations = membre::Entity::find()
        .select_only()
        .column(membre::Column::ProjetId)
        .filter(membre::Column::PersonneId.eq(personne.clone()))
        .filter(membre::Column::Au.is_null())
        .into_query();
    let representees = crate::mandat::Entity::find()
        .select_only()
        .column(crate::mandat::Column::OrganisationId)
        .filter(crate::mandat::Column::PersonneId.eq(personne.clone()))
        .filter(crate::mandat::Column::Etat.eq(crate::mandat::Etat::Verifie))
        .into_query();
    let decrit = Condition::all().add(Column::AuteurId.eq(personne.clone())).add(
        Condition::any()
            .add(Column::OrganisationId.is_null())
            .add(Column::OrganisationId.not_in_subquery(representees)),
    );
    let qui = Condition::any()
        .add(decrit)
        .add(Column::OrganisationId.is_in(organisations.iter().cloned()))
        .add(Column::Id.in_subquery(invitations));
    Entity::find()
        .filter(qui)
        .filter(Column::Etat.eq(Etat::Garde))
        .order_by_desc(Column::ModifieLe)
        .order_by_asc(Column::Id)
        .limit(limite)
        .all(db)
        .await
}

/// People to tell about a project: who described it, and colleagues invited. Erased people are left out.
///
/// # Errors
/// The engine refused.
pub async fn personnes(db: &impl ConnectionTrait, projet: &Model) -> Result<Vec<crate::personne::Model>, DbErr> {
    let invites = membre::Entity::find()
        .select_only()
        .column(membre::Column::PersonneId)
        .filter(membre::Column::ProjetId.eq(projet.id.clone()))
        .filter(membre::Column::Au.is_null())
        .into_query();
    let mut qui = Condition::any().add(crate::personne::Column::Id.in_subquery(invites));
    if let Some(auteur) = &projet.auteur_id {
        qui = qui.add(crate::personne::Column::Id.eq(auteur.clone()));
    }
    crate::personne::Entity::find()
        .filter(qui)
        .filter(crate::personne::Column::Courriel.is_not_null())
        .order_by_asc(crate::personne::Column::Id)
        .all(db)
        .await
}

/// Published projects, last published first; of one commune when given.
///
/// # Errors
/// The engine refused.
pub async fn publics(
    db: &impl ConnectionTrait,
    commune: Option<&CodeCommune>,
    limite: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut requete = Entity::find()
        .filter(Column::Diffusion.eq(Diffusion::Public))
        .filter(Column::Etat.eq(Etat::Garde))
        .order_by_desc(Column::PublieLe)
        .order_by_asc(Column::Id)
        .limit(limite);
    if let Some(commune) = commune {
        requete = requete.filter(Column::Commune.eq(commune.clone()));
    }
    requete.all(db).await
}

/// How many projects a commune has published.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DeLaCommune {
    /// Commune.
    pub commune: CodeCommune,
    /// How many.
    pub nombre: i64,
}

/// Communes where a project is published, by code. One statement.
///
/// # Errors
/// The engine refused.
pub async fn publics_par_commune(db: &impl ConnectionTrait) -> Result<Vec<DeLaCommune>, DbErr> {
    DeLaCommune::find_by_statement(raw_sql!(
        Postgres,
        "SELECT commune, CAST(COUNT(*) AS BIGINT) AS nombre FROM projet
         WHERE diffusion = 'public' AND etat = 'garde' GROUP BY commune ORDER BY commune"
    ))
    .all(db)
    .await
}

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

#[derive(FromQueryResult)]
struct Attaches {
    /// Invitations to the project that hold.
    invitations: i64,
    /// Verified mandates of its bearer, past ones too.
    mandats: i64,
}

/// What tells whose draft it is: known before the first answer, so that an answer lost on the way loses nothing.
#[must_use]
pub fn empreinte_de_brouillon(navigateur: &str, reference: &str) -> String {
    empreinte(&format!("{navigateur}/{reference}"))
}

/// How a person (or the browser in which a draft was made) stands to a project. At most two statements.
///
/// # Errors
/// The engine refused.
pub async fn lien(
    db: &impl ConnectionTrait,
    projet: &Model,
    personne: Option<(&PersonneId, &[EnVigueur])>,
    navigateur: Option<&str>,
    secteurs: &[SecteurId],
    secteur_du_projet: Option<&SecteurId>,
) -> Result<Lien, DbErr> {
    let tient_le_secret = projet.brouillon.is_some()
        && projet.brouillon == navigateur.map(|secret| empreinte_de_brouillon(secret, &projet.reference));
    let Some((personne, mandats)) = personne else {
        return Ok(if tient_le_secret { Lien::Declarant } else { Lien::Aucun });
    };
    let charge = mandats.iter().any(|m| m.verifie() && m.fonction == Fonction::ChargeTerritorial);
    if charge && secteur_du_projet.is_some_and(|secteur| secteurs.contains(secteur)) {
        return Ok(Lien::ChargeDuSecteur);
    }
    if au_nom_de_la_commune(projet, personne, mandats) {
        return Ok(Lien::Porteur);
    }
    let du_porteur = mandats.iter().any(|m| m.verifie() && Some(&m.organisation_id) == projet.organisation_id.as_ref());
    if du_porteur {
        return Ok(Lien::Porteur);
    }
    let attaches = attaches(db, projet, personne).await?;
    if attaches.invitations > 0 {
        return Ok(Lien::Porteur);
    }
    // Who described the project for a commune and no longer acts for it has handed it over.
    let auteur = projet.auteur_id.as_ref() == Some(personne) && attaches.mandats == 0;
    // The author of a project that no commune has to confirm bears it.
    Ok(match (auteur, projet.porteur.est_public()) {
        (true, false) => Lien::Porteur,
        (true, true) => Lien::Declarant,
        (false, _) if tient_le_secret => Lien::Declarant,
        _ => Lien::Aucun,
    })
}

/// Described for their own commune by someone whose mandate there is verified: it has only to be confirmed.
fn au_nom_de_la_commune(projet: &Model, personne: &PersonneId, mandats: &[EnVigueur]) -> bool {
    projet.porteur == Porteur::Commune
        && projet.auteur_id.as_ref() == Some(personne)
        && mandats
            .iter()
            .any(|m| m.verifie() && m.nature == Nature::Commune && m.commune.as_ref() == Some(&projet.commune))
}

async fn attaches(db: &impl ConnectionTrait, projet: &Model, personne: &PersonneId) -> Result<Attaches, DbErr> {
    let (id, personne) = (projet.id.as_str(), personne.as_str());
    let organisation = projet.organisation_id.as_ref().map_or("", |organisation| organisation.as_str());
    let attaches = Attaches::find_by_statement(raw_sql!(
        Postgres,
        "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM projet_membre
                  WHERE projet_id = {id} AND personne_id = {personne} AND au IS NULL) AS invitations,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM mandat
                  WHERE personne_id = {personne} AND organisation_id = {organisation} AND etat = 'verifie') AS mandats"
    ))
    .one(db)
    .await?;
    Ok(attaches.unwrap_or(Attaches { invitations: 0, mandats: 0 }))
}
