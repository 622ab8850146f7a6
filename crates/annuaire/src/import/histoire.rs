//! The imports asked for, and where each one stands.

use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, raw_sql};

use super::attente;
use super::rapport::{Laissee, Rapport};

/// Where an import stands.
pub mod etat {
    /// Being read; what it left is swept by the next one.
    pub const LECTURE: &str = "lecture";
    /// A try, waiting to be applied.
    pub const PRET: &str = "pret";
    /// In the directory.
    pub const APPLIQUE: &str = "applique";
    /// Given up.
    pub const ABANDONNE: &str = "abandonne";
    /// Was in the directory, and was undone.
    pub const ANNULE: &str = "annule";
    /// Refused.
    pub const REFUSE: &str = "refuse";
}

/// The imports, newest first in the history.
pub mod import {
    use platform::Instant;
    use sea_orm::entity::prelude::*;

    /// Columns of `annuaire_import`.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "annuaire_import")]
    pub struct Model {
        /// Identifier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// See [`super::etat`].
        pub etat: String,
        /// Asked as a try.
        pub essai: bool,
        /// Names of the files.
        pub fichiers: String,
        /// [`super::Rapport`], JSON.
        pub rapport: String,
        /// Who asked.
        pub fait_par: Option<String>,
        /// When.
        pub commence_le: Instant,
        /// When it entered the directory, or was given up.
        pub fini_le: Option<Instant>,
        /// Optimistic lock.
        pub version: i64,
    }

    impl Model {
        /// The report.
        #[must_use]
        pub fn rapport(&self) -> super::Rapport {
            serde_json::from_str(&self.rapport).unwrap_or_default()
        }
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One import.
///
/// # Errors
/// The engine refused.
pub async fn un(db: &impl ConnectionTrait, id: &str) -> Result<Option<import::Model>, DbErr> {
    import::Entity::find_by_id(id).one(db).await
}

/// The last imports, newest first.
///
/// # Errors
/// The engine refused.
pub async fn derniers(db: &impl ConnectionTrait, limite: u64) -> Result<Vec<import::Model>, DbErr> {
    import::Entity::find()
        .order_by_desc(import::Column::CommenceLe)
        .order_by_desc(import::Column::Id)
        .limit(limite)
        .all(db)
        .await
}

/// Imports looked at, of those that entered: two years of a monthly one.
const ENTRES: u64 = 24;

/// The reports of the last imports that entered, the newest first.
///
/// # Errors
/// The engine refused.
pub async fn entres(db: &impl ConnectionTrait) -> Result<Vec<Rapport>, DbErr> {
    let imports = import::Entity::find()
        .filter(import::Column::Etat.eq(etat::APPLIQUE))
        .order_by_desc(import::Column::FiniLe)
        .order_by_desc(import::Column::Id)
        .limit(ENTRES);
    Ok(imports.all(db).await?.iter().map(import::Model::rapport).collect())
}

/// The import that can be undone: the last that entered, when nothing entered or was undone since and what it replaced is
/// still kept.
///
/// # Errors
/// The engine refused.
pub async fn defaisable(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let ligne = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT i.id FROM annuaire_import i
             WHERE i.etat = 'applique'
               AND (EXISTS (SELECT 1 FROM import_acteur a WHERE a.pour_import = i.id AND a.moment = 'apres')
                 OR EXISTS (SELECT 1 FROM import_date d WHERE d.pour_import = i.id)
                 OR EXISTS (SELECT 1 FROM import_succession s WHERE s.pour_import = i.id))
               AND NOT EXISTS (SELECT 1 FROM annuaire_import j
                               WHERE j.etat IN ('applique', 'annule') AND j.fini_le > i.fini_le)
             ORDER BY i.fini_le DESC, i.id DESC LIMIT 1"
        ))
        .await?;
    ligne.map(|ligne| ligne.try_get("", "id")).transpose()
}

/// Opens an import; gives up those whose reading stopped, and those that wait for a month, sweeps what older ones left.
///
/// # Errors
/// The engine refused.
pub async fn ouvrir(tx: &WriteTx, import: import::Model) -> Result<(), DbErr> {
    let maintenant = import.commence_le.0;
    // A day is longer than any reading; a month, than anybody's hesitation before a report.
    let hier = import.commence_le.plus_seconds(-24 * 3600).0;
    let mois = import.commence_le.plus_seconds(-30 * 24 * 3600).0;
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE annuaire_import SET etat = 'abandonne', fini_le = {maintenant}, version = version + 1
         WHERE (etat = 'lecture' AND commence_le < {hier}) OR (etat = 'pret' AND commence_le < {mois})"
    ))
    .await?;
    attente::balayer(tx).await?;
    import::Entity::insert(import.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes an import from one state to another. False when it was not in the first one.
///
/// # Errors
/// The engine refused.
pub async fn passer(tx: &WriteTx, id: &str, de: &str, vers: &str, maintenant: Instant) -> Result<bool, DbErr> {
    let quand = maintenant.0;
    let pris = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE annuaire_import SET etat = {vers}, fini_le = {quand}, version = version + 1
             WHERE id = {id} AND etat = {de}"
        ))
        .await?;
    Ok(pris.rows_affected() == 1)
}

/// Writes the pages that the undoing left, in the report.
///
/// # Errors
/// The engine refused.
pub async fn noter_les_laissees(tx: &WriteTx, id: &str, laissees: &[Laissee]) -> Result<(), DbErr> {
    let Some(import) = un(tx, id).await? else { return Ok(()) };
    noter(tx, id, &Rapport { laissees: laissees.to_vec(), ..import.rapport() }).await
}

/// Writes the report again.
///
/// # Errors
/// The engine refused.
pub async fn noter(tx: &WriteTx, id: &str, rapport: &Rapport) -> Result<(), DbErr> {
    let texte = serde_json::to_string(rapport).unwrap_or_default();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE annuaire_import SET rapport = {texte} WHERE id = {id}")).await?;
    Ok(())
}

/// Gives up the readings that the program left in the middle: nobody reads them any more when the service starts.
///
/// # Errors
/// The engine refused.
pub async fn fermer_les_lectures(tx: &WriteTx, maintenant: Instant) -> Result<u64, DbErr> {
    let erreur = "La lecture s’est arrêtée avec le programme. Recommencez l’import.".to_owned();
    let texte = serde_json::to_string(&Rapport { erreur: Some(erreur), ..Rapport::default() }).unwrap_or_default();
    let quand = maintenant.0;
    let fermees = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE annuaire_import SET etat = 'abandonne', rapport = {texte}, fini_le = {quand}, version = version + 1
             WHERE etat = 'lecture'"
        ))
        .await?;
    attente::balayer(tx).await?;
    Ok(fermees.rows_affected())
}

/// Ends the reading: its report, and whether it waits or was refused. False when it was given up meanwhile.
///
/// # Errors
/// The engine refused.
pub async fn conclure(
    tx: &WriteTx,
    id: &str,
    etat: &str,
    rapport: &Rapport,
    fini: Option<Instant>,
) -> Result<bool, DbErr> {
    let (texte, fini) = (serde_json::to_string(rapport).unwrap_or_default(), fini.map(|i| i.0));
    let conclu = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE annuaire_import SET etat = {etat}, rapport = {texte}, fini_le = {fini}, version = version + 1
             WHERE id = {id} AND etat = 'lecture'"
        ))
        .await?;
    Ok(conclu.rows_affected() == 1)
}
