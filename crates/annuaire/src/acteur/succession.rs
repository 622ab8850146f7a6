//! Succession links: which establishment took the place of which, as Sirene says it. Rows are facts of the past: a newer
//! file adds some, none is changed.

use jiff::civil::Date;
use platform::Jour;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use web::texte;

use super::Model as Acteur;

/// Columns of `acteur_succession`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acteur_succession")]
pub struct Model {
    /// SIRET that closed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub siret_avant: String,
    /// SIRET that went on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub siret_apres: String,
    /// Day, as stored: a key of several parts is made of texts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub le: String,
    /// SIREN of the first.
    pub siren_avant: String,
    /// SIREN of the second.
    pub siren_apres: String,
    /// The seat moved.
    pub siege: bool,
    /// The activity went on there.
    pub continuite: bool,
    /// The import that brought it.
    pub import_id: String,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A link of one actor, with the actor at its other end when the directory has it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Etape {
    /// SIREN that closed.
    pub siren_avant: String,
    /// SIREN that went on.
    pub siren_apres: String,
    /// When.
    pub le: Jour,
    /// The seat moved.
    pub siege: bool,
    /// Name of the actor at the other end.
    pub nom: Option<String>,
    /// Its reference.
    pub reference: Option<String>,
}

/// What happened to an actor, newest first: takeovers, and moves of its seat.
///
/// # Errors
/// The engine refused.
pub async fn de_l_acteur(db: &impl ConnectionTrait, acteur: &Acteur) -> Result<Vec<Etape>, DbErr> {
    let Some(siren) = acteur.siren.as_ref().map(domain::identifiant::Siren::as_str) else { return Ok(Vec::new()) };
    Etape::find_by_statement(raw_sql!(
        Postgres,
        "SELECT s.siren_avant, s.siren_apres, s.le, s.siege, a.nom, a.reference
         FROM acteur_succession s
         LEFT JOIN acteur a ON a.etat <> 'masque' AND s.siren_avant <> s.siren_apres
            AND a.siren = CASE WHEN s.siren_avant = {siren} THEN s.siren_apres ELSE s.siren_avant END
         WHERE (s.siren_avant = {siren} OR s.siren_apres = {siren}) AND (s.siege OR s.siren_avant <> s.siren_apres)
         ORDER BY s.le DESC, s.siret_avant, s.siret_apres LIMIT 10"
    ))
    .all(db)
    .await
}

/// An actor that is no longer there, and who goes on.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Reprise {
    /// Name of the first.
    pub nom: String,
    /// Its reference.
    pub reference: String,
    /// Name of the second.
    pub repreneur: String,
    /// Its reference.
    pub repreneur_reference: String,
    /// When.
    pub le: Jour,
}

/// Takeovers between two pages of the directory since a day, newest first.
///
/// # Errors
/// The engine refused.
pub async fn reprises(db: &impl ConnectionTrait, depuis: Date, limite: i64) -> Result<Vec<Reprise>, DbErr> {
    let depuis = depuis.to_string();
    Reprise::find_by_statement(raw_sql!(
        Postgres,
        "SELECT DISTINCT a.nom, a.reference, b.nom AS repreneur, b.reference AS repreneur_reference, s.le
         FROM acteur_succession s
         JOIN acteur a ON a.siren = s.siren_avant AND a.etat IN ('cesse', 'parti')
         JOIN acteur b ON b.siren = s.siren_apres AND b.etat <> 'masque'
         WHERE s.siren_avant <> s.siren_apres AND s.le >= {depuis} ORDER BY s.le DESC, a.nom, a.reference, b.reference LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// What an actor became, in words, with the address of the other page when there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recit {
    /// Sentence, before the name.
    pub phrase: String,
    /// The other actor: its name, or its SIREN.
    pub autre: Option<String>,
    /// Its page.
    pub url: Option<String>,
}

/// The story of an actor: one sentence per fact. A link is what Sirene declares, never a judgement on the activity.
#[must_use]
pub fn raconter(siren: &str, etapes: &[Etape]) -> Vec<Recit> {
    let mut recits: Vec<Recit> = Vec::new();
    for etape in etapes {
        let le = texte::jour(etape.le.0);
        let (debut, autre) = match (etape.siren_avant == siren, etape.siren_apres == siren) {
            (true, true) => (format!("Le siège a déménagé le {le}."), None),
            (true, false) => {
                (format!("Selon Sirene, l’activité est reprise depuis le {le} par"), Some(&etape.siren_apres))
            }
            _ => (format!("Selon Sirene, cet acteur a repris le {le} l’activité de"), Some(&etape.siren_avant)),
        };
        let recit = Recit {
            phrase: debut,
            autre: autre.map(|siren| etape.nom.clone().unwrap_or_else(|| format!("l’unité de SIREN {siren}"))),
            url: etape.reference.as_ref().map(|reference| format!("/annuaire/{reference}")),
        };
        // Several establishments taken over the same day are one fact here.
        if !recits.contains(&recit) {
            recits.push(recit);
        }
    }
    recits
}
