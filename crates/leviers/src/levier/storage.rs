//! Sheets in the database: the current one, its state, every version before it. No rule here.

use jiff::civil::Date;
use platform::crypto::empreinte_de_jeton;
use platform::{Clock, Instant, Jour, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect, raw_sql};
use socle::{PersonneId, nom_tri};

use super::Levier;

/// State of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Etat {
    /// Seen by everyone, counted in the simulation.
    Publie,
    /// Waits for an agent: a new sheet, or one that a feed brought.
    ARelire,
    /// Withdrawn; its page says so.
    Retire,
}

impl Etat {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publie => "publie",
            Self::ARelire => "a-relire",
            Self::Retire => "retire",
        }
    }

    /// As shown.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Publie => "Publiée",
            Self::ARelire => "À relire",
            Self::Retire => "Retirée",
        }
    }

    /// An unknown text is "to be read": never published by mistake.
    #[must_use]
    pub fn lire(texte: &str) -> Self {
        match texte {
            "publie" => Self::Publie,
            "retire" => Self::Retire,
            _ => Self::ARelire,
        }
    }
}

/// Columns of `levier`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "levier")]
pub struct Model {
    /// Stable id, as in the sheet.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Sort key of the name.
    pub nom_tri: String,
    /// [`Etat`], as stored.
    pub etat: String,
    /// Where it first came from: [`SEMIS`], [`AGENT`], or `import:source`.
    pub origine: String,
    /// Day from which it must be read again.
    pub a_revoir_le: Jour,
    /// First day.
    pub valable_du: Option<Jour>,
    /// Last day.
    pub valable_au: Option<Jour>,
    /// The sheet, JSON.
    pub fiche: String,
    /// Changed by an agent since its source gave it.
    pub modifie_ici: bool,
    /// Digest of the content last seen at its source (seed or feed).
    pub empreinte: Option<String>,
    /// What a feed now says, when an agent has changed or published the sheet: waits for their choice.
    pub propose: Option<String>,
    /// Number of the current version, and optimistic lock.
    pub version: i64,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Origin of the sheets shipped in the program.
pub const SEMIS: &str = "semis";
/// Origin of the sheets written on screen.
pub const AGENT: &str = "agent";

impl Model {
    /// State.
    #[must_use]
    pub fn etat(&self) -> Etat {
        Etat::lire(&self.etat)
    }

    /// The sheet.
    ///
    /// # Errors
    /// The text was written by a newer program.
    pub fn levier(&self) -> Result<Levier, DbErr> {
        lire(&self.fiche)
    }

    /// What the feed proposes instead.
    ///
    /// # Errors
    /// The text was written by a newer program.
    pub fn proposition(&self) -> Result<Option<Levier>, DbErr> {
        self.propose.as_deref().map(lire).transpose()
    }

    /// In force on a day, and read again in time?
    #[must_use]
    pub fn a_relire_le(&self, jour: Date) -> bool {
        self.etat() == Etat::ARelire
            || self.propose.is_some()
            || (self.etat() == Etat::Publie
                && (self.a_revoir_le.0 <= jour || self.valable_au.is_some_and(|au| au.0 < jour)))
    }
}

fn lire(texte: &str) -> Result<Levier, DbErr> {
    serde_json::from_str(texte).map_err(|e| DbErr::Custom(format!("fiche illisible : {e}")))
}

fn ecrire(levier: &Levier) -> Result<String, DbErr> {
    serde_json::to_string(levier).map_err(|e| DbErr::Custom(e.to_string()))
}

/// Digest of what a source says; the days on which it was read or will be read again do not count, nor the ground of
/// competence, which only the département knows.
///
/// # Errors
/// Never seen: a sheet is always text.
pub fn empreinte(levier: &Levier) -> Result<String, DbErr> {
    let mut sans_jours = levier.clone();
    sans_jours.a_revoir_le = Date::ZERO;
    sans_jours.source.consultee_le = None;
    sans_jours.base_de_competence = None;
    Ok(empreinte_de_jeton(&ecrire(&sans_jours)?))
}

/// Sheets published and in force on a day, by name. One statement.
///
/// # Errors
/// The engine refused.
pub async fn en_vigueur(db: &impl ConnectionTrait, jour: Date) -> Result<Vec<Levier>, DbErr> {
    let jour = jour.to_string();
    let fiches: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Fiche)
        .filter(Column::Etat.eq(Etat::Publie.as_str()))
        .filter(Condition::any().add(Column::ValableDu.is_null()).add(Column::ValableDu.lte(jour.clone())))
        .filter(Condition::any().add(Column::ValableAu.is_null()).add(Column::ValableAu.gte(jour)))
        .order_by_asc(Column::NomTri)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(lisibles(&fiches))
}

/// Which sheets are asked for the index.
#[derive(Clone, Copy, Debug)]
pub enum Lot<'a> {
    /// These.
    Ids(&'a [String]),
    /// All after this id.
    Apres(&'a str),
}

/// Sheets published and not over on a day, by id. One statement.
///
/// # Errors
/// The engine refused.
pub async fn trouvables(db: &impl ConnectionTrait, jour: Date, lot: Lot<'_>) -> Result<Vec<Levier>, DbErr> {
    let voulues = match lot {
        Lot::Ids(ids) => Column::Id.is_in(ids.iter().map(String::as_str)),
        Lot::Apres(apres) => Column::Id.gt(apres),
    };
    let fiches: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Fiche)
        .filter(voulues)
        .filter(Column::Etat.eq(Etat::Publie.as_str()))
        .filter(Condition::any().add(Column::ValableAu.is_null()).add(Column::ValableAu.gte(jour.to_string())))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(lisibles(&fiches))
}

/// One sheet of a newer program does not hide the others.
fn lisibles(fiches: &[String]) -> Vec<Levier> {
    fiches.iter().filter_map(|fiche| lire(fiche).inspect_err(|e| tracing::error!(%e, "fiche laissée")).ok()).collect()
}

/// Every sheet, by name.
///
/// # Errors
/// The engine refused.
pub async fn toutes(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::NomTri).order_by_asc(Column::Id).all(db).await
}

/// Sheets of one origin.
///
/// # Errors
/// The engine refused.
pub async fn de_l_origine(db: &impl ConnectionTrait, origine: &str) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Origine.eq(origine)).order_by_asc(Column::Id).all(db).await
}

/// One sheet.
///
/// # Errors
/// The engine refused.
pub async fn par_id(db: &impl ConnectionTrait, id: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.to_owned()).one(db).await
}

/// Who writes a version, and why.
#[derive(Clone, Copy, Debug)]
pub struct Auteur<'a> {
    /// The person; absent for the program.
    pub personne: Option<&'a PersonneId>,
    /// [`SEMIS`], [`AGENT`], or `import:source`.
    pub origine: &'a str,
    /// Why.
    pub commentaire: &'a str,
}

/// Adds a sheet, version 1. The engine refuses an id already taken.
///
/// # Errors
/// The engine refused.
pub async fn creer(
    tx: &WriteTx,
    clock: &dyn Clock,
    levier: &Levier,
    etat: Etat,
    auteur: Auteur<'_>,
) -> Result<(), DbErr> {
    let modele = Model {
        id: levier.id.clone(),
        nom_tri: nom_tri(&levier.nom),
        etat: etat.as_str().to_owned(),
        origine: auteur.origine.to_owned(),
        a_revoir_le: Jour(levier.a_revoir_le),
        valable_du: levier.valable_du.map(Jour),
        valable_au: levier.valable_au.map(Jour),
        fiche: ecrire(levier)?,
        modifie_ici: auteur.origine == AGENT,
        empreinte: if auteur.origine == AGENT { None } else { Some(empreinte(levier)?) },
        propose: None,
        version: 1,
    };
    Entity::insert(modele.clone().into_active_model()).exec_without_returning(tx).await?;
    garder_version(tx, clock, &modele, auteur).await
}

/// Saves a new version if nobody changed the sheet since `lu` was read. False on a conflict.
///
/// # Errors
/// The engine refused.
pub async fn enregistrer(
    tx: &WriteTx,
    clock: &dyn Clock,
    lu: &Model,
    levier: &Levier,
    etat: Etat,
    auteur: Auteur<'_>,
) -> Result<bool, DbErr> {
    let d_ici = auteur.origine == AGENT;
    let modele = Model {
        nom_tri: nom_tri(&levier.nom),
        etat: etat.as_str().to_owned(),
        a_revoir_le: Jour(levier.a_revoir_le),
        valable_du: levier.valable_du.map(Jour),
        valable_au: levier.valable_au.map(Jour),
        fiche: ecrire(levier)?,
        modifie_ici: if d_ici { lu.modifie_ici || lu.levier()? != *levier } else { false },
        empreinte: if d_ici { lu.empreinte.clone() } else { Some(empreinte(levier)?) },
        propose: if d_ici { lu.propose.clone() } else { None },
        version: lu.version + 1,
        ..lu.clone()
    };
    let resultat = Entity::update_many()
        .set(modele.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(lu.id.clone()))
        .filter(Column::Version.eq(lu.version))
        .exec(tx)
        .await?;
    if resultat.rows_affected != 1 {
        return Ok(false);
    }
    garder_version(tx, clock, &modele, auteur).await?;
    Ok(true)
}

/// The agent keeps their own text: the source's content is known, nothing waits any more.
///
/// # Errors
/// The engine refused.
pub async fn garder_le_mien(tx: &WriteTx, id: &str, empreinte: &str) -> Result<(), DbErr> {
    tx.execute_raw(raw_sql!(Postgres, "UPDATE levier SET empreinte = {empreinte}, propose = NULL WHERE id = {id}"))
        .await?;
    Ok(())
}

/// A feed says something else: kept beside the sheet until an agent chooses.
///
/// # Errors
/// The engine refused.
pub async fn proposer(tx: &WriteTx, id: &str, levier: &Levier) -> Result<(), DbErr> {
    let (fiche, empreinte) = (ecrire(levier)?, empreinte(levier)?);
    tx.execute_raw(raw_sql!(Postgres, "UPDATE levier SET propose = {fiche}, empreinte = {empreinte} WHERE id = {id}"))
        .await?;
    Ok(())
}

async fn garder_version(tx: &WriteTx, clock: &dyn Clock, modele: &Model, auteur: Auteur<'_>) -> Result<(), DbErr> {
    let Model { id, version, etat, fiche, .. } = modele;
    let Auteur { personne, origine, commentaire } = auteur;
    let (personne, maintenant) = (personne.map(PersonneId::as_str), clock.instant().0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO levier_version (levier_id, numero, etat, fiche, auteur_id, origine, commentaire, ecrit_le)
         VALUES ({id}, {version}, {etat}, {fiche}, {personne}, {origine}, {commentaire}, {maintenant})"
    ))
    .await?;
    Ok(())
}

/// A version, with who wrote it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Version {
    /// Number.
    pub numero: i64,
    /// [`Etat`], as stored.
    pub etat: String,
    /// The sheet, JSON.
    pub fiche: String,
    /// Where it came from.
    pub origine: String,
    /// Why.
    pub commentaire: String,
    /// When.
    pub ecrit_le: Instant,
    /// First name and name; absent for the program or once erased.
    pub qui: Option<String>,
}

impl Version {
    /// The sheet.
    ///
    /// # Errors
    /// The text was written by a newer program.
    pub fn levier(&self) -> Result<Levier, DbErr> {
        lire(&self.fiche)
    }
}

/// Versions of a sheet, newest first.
///
/// # Errors
/// The engine refused.
pub async fn versions(db: &impl ConnectionTrait, id: &str, limite: i64) -> Result<Vec<Version>, DbErr> {
    Version::find_by_statement(raw_sql!(
        Postgres,
        "SELECT v.numero, v.etat, v.fiche, v.origine, v.commentaire, v.ecrit_le, p.prenom || ' ' || p.nom AS qui
         FROM levier_version v LEFT JOIN personne p ON p.id = v.auteur_id
         WHERE v.levier_id = {id} ORDER BY v.numero DESC LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// One version of a sheet.
///
/// # Errors
/// The engine refused.
pub async fn version(db: &impl ConnectionTrait, id: &str, numero: i64) -> Result<Option<Version>, DbErr> {
    Version::find_by_statement(raw_sql!(
        Postgres,
        "SELECT v.numero, v.etat, v.fiche, v.origine, v.commentaire, v.ecrit_le, p.prenom || ' ' || p.nom AS qui
         FROM levier_version v LEFT JOIN personne p ON p.id = v.auteur_id
         WHERE v.levier_id = {id} AND v.numero = {numero}"
    ))
    .one(db)
    .await
}

/// A version that a person wrote, for their right of access.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Ecrite {
    /// Sheet.
    pub levier_id: String,
    /// Version.
    pub numero: i64,
    /// What they said of it.
    pub commentaire: String,
    /// When.
    pub ecrit_le: Instant,
}

/// Every version that a person wrote, oldest first.
///
/// # Errors
/// The engine refused.
pub async fn ecrites_par(db: &impl ConnectionTrait, personne: &PersonneId) -> Result<Vec<Ecrite>, DbErr> {
    let personne = personne.as_str();
    Ecrite::find_by_statement(raw_sql!(
        Postgres,
        "SELECT levier_id, numero, commentaire, ecrit_le FROM levier_version
         WHERE auteur_id = {personne} ORDER BY ecrit_le, levier_id, numero"
    ))
    .all(db)
    .await
}
