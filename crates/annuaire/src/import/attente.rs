//! The waiting room: what an import will change is written here by small transactions, then enters the directory in one
//! short transaction of a few statements, whatever the number of actors. Until then nothing is seen of it; afterwards
//! all of it is. An actor changed in between by somebody else makes the swap give up, whole.

use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect, raw_sql};

use super::ImportRefuse;
use super::difference::Changement;
use super::rapport::Rapport;

/// An actor as it will be.
pub mod attente_acteur {
    use crate::acteur::ActeurId;
    use crate::vocabulaire::{Diffusion, EtatActeur, Famille, Reponse};
    use domain::code::CodeCommune;
    use domain::identifiant::{Rna, Siren};
    use platform::Instant;
    use sea_orm::entity::prelude::*;
    use socle::OrganisationId;
    use socle::organisation::Nature;

    /// Columns of `import_acteur`.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_acteur")]
    pub struct Model {
        /// Import.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: String,
        /// Actor.
        #[sea_orm(primary_key, auto_increment = false)]
        pub acteur_id: ActeurId,
        /// Not in the directory yet.
        pub nouveau: bool,
        /// Version that was compared.
        pub version_lue: i64,
        /// Organisation.
        pub organisation_id: OrganisationId,
        /// The organisation is new too.
        pub organisation_nouvelle: bool,
        /// Kind of the organisation.
        pub nature: Nature,
        /// Reference.
        pub reference: String,
        /// Name.
        pub nom: String,
        /// Sort key.
        pub nom_tri: String,
        /// Short name.
        pub sigle: Option<String>,
        /// SIREN.
        pub siren: Option<Siren>,
        /// RNA.
        pub rna: Option<Rna>,
        /// Legal category.
        pub categorie_juridique: Option<String>,
        /// Family.
        pub famille: Famille,
        /// NAF.
        pub naf: Option<String>,
        /// Bracket of employees.
        pub tranche: Option<String>,
        /// State.
        pub etat: EtatActeur,
        /// Diffusion.
        pub diffusion: Diffusion,
        /// ESS by law.
        pub ess_loi: Reponse,
        /// Why.
        pub ess_loi_motif: String,
        /// ESS in statistics.
        pub ess_stat: Reponse,
        /// Why.
        pub ess_stat_motif: String,
        /// What it does.
        pub presentation: Option<String>,
        /// Site.
        pub site: Option<String>,
        /// Address.
        pub courriel: Option<String>,
        /// Telephone.
        pub telephone: Option<String>,
        /// Commune.
        pub commune: Option<CodeCommune>,
        /// When.
        pub recu_le: Instant,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An establishment as it will be.
pub mod attente_etablissement {
    use crate::acteur::ActeurId;
    use crate::vocabulaire::Origine;
    use domain::code::CodeCommune;
    use platform::Jour;
    use sea_orm::entity::prelude::*;

    /// Columns of `import_etablissement`.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_etablissement")]
    pub struct Model {
        /// Import.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: String,
        /// Identifier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Not known yet.
        pub nouveau: bool,
        /// Actor.
        pub acteur_id: ActeurId,
        /// SIRET.
        pub siret: Option<String>,
        /// Seat.
        pub siege: bool,
        /// Name on the door.
        pub enseigne: Option<String>,
        /// Commune.
        pub commune: CodeCommune,
        /// Street.
        pub adresse: Option<String>,
        /// Postal code.
        pub code_postal: Option<String>,
        /// WGS84.
        pub longitude: Option<f64>,
        /// WGS84.
        pub latitude: Option<f64>,
        /// NAF.
        pub naf: Option<String>,
        /// Open.
        pub ouvert: bool,
        /// Source.
        pub source: Origine,
        /// Its date.
        pub source_du: Option<Jour>,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A fact about to become current.
pub mod attente_valeur {
    use crate::acteur::ActeurId;
    use crate::vocabulaire::{Champ, Origine};
    use platform::{Instant, Jour};
    use sea_orm::entity::prelude::*;

    /// Columns of `import_valeur`.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_valeur")]
    pub struct Model {
        /// Import.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: String,
        /// Identifier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The fact it replaces.
        pub remplace: Option<String>,
        /// Actor.
        pub acteur_id: ActeurId,
        /// Field.
        pub champ: Champ,
        /// Value.
        pub valeur: String,
        /// Source.
        pub source: Origine,
        /// Its date.
        pub source_du: Option<Jour>,
        /// When.
        pub recu_le: Instant,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An approval about to be known.
pub mod attente_agrement {
    use crate::acteur::ActeurId;
    use platform::Jour;
    use sea_orm::entity::prelude::*;

    /// Columns of `import_agrement`.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_agrement")]
    pub struct Model {
        /// Import.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: String,
        /// Actor.
        #[sea_orm(primary_key, auto_increment = false)]
        pub acteur_id: ActeurId,
        /// Kind.
        #[sea_orm(primary_key, auto_increment = false)]
        pub genre: String,
        /// Source.
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: String,
        /// More.
        pub libelle: Option<String>,
        /// First day.
        pub du: Option<Jour>,
        /// Last day.
        pub au: Option<Jour>,
        /// Date of the source.
        pub source_du: Option<Jour>,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A theme suggested.
pub mod attente_theme {
    use crate::acteur::ActeurId;
    use crate::vocabulaire::Origine;
    use sea_orm::entity::prelude::*;

    /// Columns of `import_theme`.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_theme")]
    pub struct Model {
        /// Import.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: String,
        /// Actor.
        #[sea_orm(primary_key, auto_increment = false)]
        pub acteur_id: ActeurId,
        /// Theme.
        #[sea_orm(primary_key, auto_increment = false)]
        pub theme: String,
        /// Who says so.
        pub origine: Origine,
    }

    /// No declared relation.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

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

/// Opens an import; sweeps what older ones left waiting.
///
/// # Errors
/// The engine refused.
pub async fn ouvrir(tx: &WriteTx, import: import::Model) -> Result<(), DbErr> {
    let maintenant = import.commence_le.0;
    // A day: longer than any reading, and than anybody's hesitation before a report.
    let hier = import.commence_le.plus_seconds(-24 * 3600).0;
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE annuaire_import SET etat = 'abandonne', fini_le = {maintenant}, version = version + 1
         WHERE etat IN ('lecture', 'pret') AND commence_le < {hier}"
    ))
    .await?;
    for table in TABLES {
        let sql = format!(
            "DELETE FROM {table} WHERE import_id IN (SELECT id FROM annuaire_import WHERE etat IN ('abandonne', 'refuse', 'applique'))"
        );
        tx.execute_unprepared(&sql).await?;
    }
    import::Entity::insert(import.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

const TABLES: [&str; 5] = ["import_acteur", "import_etablissement", "import_valeur", "import_agrement", "import_theme"];

/// Writes some changes in the waiting room.
///
/// # Errors
/// The engine refused.
pub async fn deposer(tx: &WriteTx, changements: Vec<Changement>) -> Result<(), DbErr> {
    let (mut acteurs, mut etablissements, mut valeurs, mut agrements, mut themes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for changement in changements {
        acteurs.push(changement.acteur.into_active_model());
        etablissements.extend(changement.etablissements.into_iter().map(IntoActiveModel::into_active_model));
        valeurs.extend(changement.valeurs.into_iter().map(IntoActiveModel::into_active_model));
        agrements.extend(changement.agrements.into_iter().map(IntoActiveModel::into_active_model));
        themes.extend(changement.themes.into_iter().map(IntoActiveModel::into_active_model));
    }
    inserer::<attente_acteur::Entity>(tx, acteurs).await?;
    inserer::<attente_etablissement::Entity>(tx, etablissements).await?;
    inserer::<attente_valeur::Entity>(tx, valeurs).await?;
    inserer::<attente_agrement::Entity>(tx, agrements).await?;
    inserer::<attente_theme::Entity>(tx, themes).await
}

/// Rows of one statement: 29 columns stay under the 32,766 parameters of SQLite.
const PAR_INSERTION: usize = 500;

async fn inserer<E: EntityTrait>(tx: &WriteTx, mut lignes: Vec<E::ActiveModel>) -> Result<(), DbErr> {
    while !lignes.is_empty() {
        let reste = lignes.split_off(lignes.len().min(PAR_INSERTION));
        E::insert_many(std::mem::replace(&mut lignes, reste)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Ends the reading: its report, and whether it waits or was refused.
///
/// # Errors
/// The engine refused.
pub async fn conclure(
    tx: &WriteTx,
    id: &str,
    etat: &str,
    rapport: &Rapport,
    fini: Option<Instant>,
) -> Result<(), DbErr> {
    let (texte, fini) = (serde_json::to_string(rapport).unwrap_or_default(), fini.map(|i| i.0));
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE annuaire_import SET etat = {etat}, rapport = {texte}, fini_le = {fini}, version = version + 1 WHERE id = {id}"
    ))
    .await?;
    Ok(())
}

/// Gives an import up. False when it was not waiting.
///
/// # Errors
/// The engine refused.
pub async fn abandonner(tx: &WriteTx, id: &str, maintenant: Instant) -> Result<bool, DbErr> {
    let maintenant = maintenant.0;
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE annuaire_import SET etat = 'abandonne', fini_le = {maintenant}, version = version + 1
             WHERE id = {id} AND etat = 'pret'"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

#[derive(FromQueryResult)]
struct Compte {
    n: i64,
}

/// The swap: what waits under `id` enters the directory. To be committed by the caller, with its journal.
///
/// # Errors
/// Nothing waits under `id`; somebody changed an actor since the reading: nothing may be kept.
pub async fn basculer(tx: &WriteTx, id: &str, maintenant: Instant) -> Result<(), ImportRefuse> {
    let quand = maintenant.0;
    let pris = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE annuaire_import SET etat = 'applique', fini_le = {quand}, version = version + 1
             WHERE id = {id} AND etat = 'pret'"
        ))
        .await?;
    if pris.rows_affected() != 1 {
        return Err(ImportRefuse::PlusEnAttente);
    }
    let attendus = Compte::find_by_statement(raw_sql!(
        Postgres,
        "SELECT count(*) AS n FROM import_acteur WHERE import_id = {id} AND NOT nouveau"
    ))
    .one(tx)
    .await?;
    acteurs(tx, id, quand, attendus.map_or(0, |compte| compte.n)).await?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_valeur SET courante = FALSE
         WHERE courante AND id IN (SELECT remplace FROM import_valeur WHERE import_id = {id} AND remplace IS NOT NULL)"
    ))
    .await?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_valeur (id, acteur_id, champ, valeur, source, source_du, auteur_id, import_id, recu_le, courante)
         SELECT id, acteur_id, champ, valeur, source, source_du, NULL, import_id, recu_le, TRUE
         FROM import_valeur WHERE import_id = {id}"
    ))
    .await?;
    etablissements(tx, id).await?;
    agrements_et_themes(tx, id).await?;
    Ok(())
}

async fn acteurs(tx: &WriteTx, id: &str, quand: i64, attendus: i64) -> Result<(), ImportRefuse> {
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO organisation (id, nature, siren, rna, commune, nom, nom_tri, courriel, cree_le, version)
         SELECT organisation_id, nature, siren, NULL, commune, nom, nom_tri, NULL, recu_le, 1
         FROM import_acteur WHERE import_id = {id} AND organisation_nouvelle"
    ))
    .await
    .map_err(conflit)?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE organisation SET nom = s.nom, nom_tri = s.nom_tri, version = organisation.version + 1
         FROM import_acteur AS s
         WHERE s.import_id = {id} AND NOT s.organisation_nouvelle AND organisation.id = s.organisation_id
           AND organisation.nature = 'acteur' AND organisation.nom <> s.nom"
    ))
    .await?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur (id, organisation_id, reference, nom, nom_tri, sigle, siren, rna, categorie_juridique, famille,
            naf, tranche, etat, diffusion, ess_loi, ess_loi_motif, ess_stat, ess_stat_motif, presentation, site, courriel,
            telephone, commune, exemple, cree_le, modifie_le, version)
         SELECT acteur_id, organisation_id, reference, nom, nom_tri, sigle, siren, rna, categorie_juridique, famille,
            naf, tranche, etat, diffusion, ess_loi, ess_loi_motif, ess_stat, ess_stat_motif, presentation, site, courriel,
            telephone, commune, FALSE, recu_le, recu_le, 1
         FROM import_acteur WHERE import_id = {id} AND nouveau"
    ))
    .await
    .map_err(conflit)?;
    let changes = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur SET nom = s.nom, nom_tri = s.nom_tri, sigle = s.sigle, siren = s.siren, rna = s.rna,
                categorie_juridique = s.categorie_juridique, famille = s.famille, naf = s.naf, tranche = s.tranche,
                etat = s.etat, diffusion = s.diffusion, ess_loi = s.ess_loi, ess_loi_motif = s.ess_loi_motif,
                ess_stat = s.ess_stat, ess_stat_motif = s.ess_stat_motif, presentation = s.presentation, site = s.site,
                courriel = s.courriel, telephone = s.telephone, commune = s.commune, modifie_le = {quand},
                version = acteur.version + 1
             FROM import_acteur AS s
             WHERE s.import_id = {id} AND NOT s.nouveau AND acteur.id = s.acteur_id AND acteur.version = s.version_lue"
        ))
        .await?;
    if i64::try_from(changes.rows_affected()).unwrap_or(0) == attendus { Ok(()) } else { Err(ImportRefuse::Conflit) }
}

/// A SIREN that another import brought in the meantime.
fn conflit(erreur: DbErr) -> ImportRefuse {
    match erreur.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => ImportRefuse::Conflit,
        _ => erreur.into(),
    }
}

async fn etablissements(tx: &WriteTx, id: &str) -> Result<(), DbErr> {
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_etablissement SET siege = s.siege, enseigne = s.enseigne, commune = s.commune, adresse = s.adresse,
            code_postal = s.code_postal, longitude = s.longitude, latitude = s.latitude, naf = s.naf, ouvert = s.ouvert,
            source = s.source, source_du = s.source_du
         FROM import_etablissement AS s
         WHERE s.import_id = {id} AND NOT s.nouveau AND acteur_etablissement.id = s.id"
    ))
    .await?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_etablissement (id, acteur_id, siret, siege, enseigne, commune, adresse, code_postal, longitude,
            latitude, naf, ouvert, source, source_du)
         SELECT id, acteur_id, siret, siege, enseigne, commune, adresse, code_postal, longitude, latitude, naf, ouvert,
            source, source_du
         FROM import_etablissement WHERE import_id = {id} AND nouveau"
    ))
    .await?;
    Ok(())
}

/// Themes that the NAF suggested are suggested anew; those that somebody gave stay.
async fn agrements_et_themes(tx: &WriteTx, id: &str) -> Result<(), DbErr> {
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_agrement (acteur_id, genre, source, libelle, du, au, source_du)
         SELECT acteur_id, genre, source, libelle, du, au, source_du FROM import_agrement WHERE import_id = {id}"
    ))
    .await?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "DELETE FROM acteur_theme WHERE origine = 'naf'
         AND acteur_id IN (SELECT acteur_id FROM import_acteur WHERE import_id = {id})"
    ))
    .await?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_theme (acteur_id, theme, origine)
         SELECT acteur_id, theme, origine FROM import_theme WHERE import_id = {id}"
    ))
    .await?;
    Ok(())
}

/// Sweeps what waited under `id`.
///
/// # Errors
/// The engine refused.
pub async fn balayer(tx: &WriteTx, id: &str) -> Result<(), DbErr> {
    attente_acteur::Entity::delete_many().filter(attente_acteur::Column::ImportId.eq(id)).exec(tx).await?;
    attente_etablissement::Entity::delete_many()
        .filter(attente_etablissement::Column::ImportId.eq(id))
        .exec(tx)
        .await?;
    attente_valeur::Entity::delete_many().filter(attente_valeur::Column::ImportId.eq(id)).exec(tx).await?;
    attente_agrement::Entity::delete_many().filter(attente_agrement::Column::ImportId.eq(id)).exec(tx).await?;
    attente_theme::Entity::delete_many().filter(attente_theme::Column::ImportId.eq(id)).exec(tx).await?;
    Ok(())
}
