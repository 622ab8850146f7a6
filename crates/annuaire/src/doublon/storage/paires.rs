//! Pairs found, pairs set aside for ever. No rule here.

use platform::{Instant, ReadTx, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{FromQueryResult, raw_sql};

use crate::a_decider::{Tranche, compter};
use crate::acteur::ActeurId;
use crate::doublon::cles::Fiche;
use crate::doublon::demenagement::PAR_LOT;
use crate::doublon::rules::{Paire, Raison, Surete};

/// Where a pair stands.
pub mod etat {
    /// To be judged.
    pub const PROPOSE: &str = "propose";
    /// Not the same: never proposed again.
    pub const ECARTE: &str = "ecarte";
    /// Merged.
    pub const REUNI: &str = "reuni";
}

#[derive(Clone, Debug, FromQueryResult)]
struct Lue {
    id: String,
    nom: String,
    siren: Option<String>,
    rna: Option<String>,
    courriel: Option<String>,
    site: Option<String>,
    telephone: Option<String>,
    commune: Option<String>,
}

#[derive(Clone, Debug, FromQueryResult)]
struct Lieu {
    acteur_id: String,
    commune: String,
    adresse: Option<String>,
    siret: Option<String>,
}

/// Every actor that may be a double: those withdrawn are left out. Two statements.
///
/// # Errors
/// The engine refused.
pub async fn fiches(tx: &ReadTx) -> Result<Vec<Fiche>, DbErr> {
    let lues = Lue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, nom, siren, rna, courriel, site, telephone, commune FROM acteur WHERE etat <> 'masque' ORDER BY id"
    ))
    .all(tx)
    .await?;
    let lieux = Lieu::find_by_statement(raw_sql!(
        Postgres,
        "SELECT acteur_id, commune, adresse, siret FROM acteur_etablissement WHERE ouvert ORDER BY acteur_id, id"
    ))
    .all(tx)
    .await?;
    let mut fiches: Vec<Fiche> = lues
        .into_iter()
        .map(|lue| Fiche {
            id: lue.id,
            nom: lue.nom,
            siren: lue.siren,
            rna: lue.rna,
            courriel: lue.courriel,
            site: lue.site,
            telephone: lue.telephone,
            commune: lue.commune,
            lieux: Vec::new(),
        })
        .collect();
    for lieu in lieux {
        if let Ok(rang) = fiches.binary_search_by(|fiche| fiche.id.as_str().cmp(&lieu.acteur_id))
            && let Some(fiche) = fiches.get_mut(rang)
        {
            fiche.lieux.push((lieu.commune, lieu.adresse, lieu.siret));
        }
    }
    Ok(fiches)
}

/// The pairs found take the place of those that waited; what was judged stays judged, and what an agent took back stays to
/// be judged.
///
/// # Errors
/// The engine refused.
pub async fn remplacer(tx: &WriteTx, paires: &[Paire], le: Instant) -> Result<(), DbErr> {
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM acteur_doublon WHERE etat = 'propose' AND juge_le IS NULL")).await?;
    for lot in paires.chunks(PAR_LOT) {
        let mut insertion = Query::insert();
        insertion
            .into_table("acteur_doublon")
            .columns(["un", "autre", "points", "raisons", "etat", "trouve_le"])
            .on_conflict(OnConflict::columns(["un", "autre"]).do_nothing().to_owned());
        for paire in lot {
            let (un, autre, raisons) = (paire.un.as_str(), paire.autre.as_str(), raisons_jointes(&paire.raisons));
            let cellules: [Value; 6] =
                [un.into(), autre.into(), paire.points.into(), raisons.into(), etat::PROPOSE.into(), le.0.into()];
            insertion.values(cellules.map(Expr::value)).map_err(|erreur| DbErr::Custom(erreur.to_string()))?;
        }
        tx.execute(&insertion).await?;
    }
    Ok(())
}

/// `,nom,telephone,`: one can look for one of them.
fn raisons_jointes(raisons: &[Raison]) -> String {
    raisons.iter().fold(",".to_owned(), |texte, raison| format!("{texte}{raison},"))
}

fn raisons_lues(jointes: &str) -> impl Iterator<Item = Raison> {
    jointes.split(',').filter_map(|raison| raison.parse().ok())
}

/// A pair in the list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Ligne {
    /// Reference of the one that would stay: with a SIREN, then the older.
    pub a: String,
    /// Its name.
    pub nom_a: String,
    /// Its SIREN.
    pub siren_a: Option<String>,
    /// Its commune.
    pub commune_a: Option<String>,
    /// The other.
    pub b: String,
    /// Its name.
    pub nom_b: String,
    /// Its SIREN.
    pub siren_b: Option<String>,
    /// Its commune.
    pub commune_b: Option<String>,
    /// Sum of the reasons.
    pub points: i64,
    raisons: String,
}

impl Ligne {
    /// Why.
    pub fn raisons(&self) -> impl Iterator<Item = Raison> {
        raisons_lues(&self.raisons)
    }

    /// How sure.
    #[must_use]
    pub fn surete(&self) -> Surete {
        Surete::de(self.points).unwrap_or(Surete::Possible)
    }
}

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Filtre {
    /// See [`etat`].
    pub etat: &'static str,
    /// Only these.
    pub surete: Option<Surete>,
    /// Only for this reason.
    pub raison: Option<Raison>,
}

impl Filtre {
    fn bornes(&self) -> (i64, i64) {
        match self.surete {
            None => (i64::MIN, i64::MAX),
            Some(Surete::Sure) => (Surete::Sure.seuil(), i64::MAX),
            Some(Surete::Probable) => (Surete::Probable.seuil(), Surete::Sure.seuil() - 1),
            Some(Surete::Possible) => (i64::MIN, Surete::Probable.seuil() - 1),
        }
    }

    fn motif(&self) -> String {
        self.raison.map_or_else(|| "%".to_owned(), |raison| format!("%,{raison},%"))
    }
}

/// How many pairs.
///
/// # Errors
/// The engine refused.
pub async fn nombre(db: &impl ConnectionTrait, filtre: &Filtre) -> Result<u64, DbErr> {
    let ((du, au), motif, etat) = (filtre.bornes(), filtre.motif(), filtre.etat);
    let phrase = raw_sql!(
        Postgres,
        "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM acteur_doublon d
         JOIN acteur x ON x.id = d.un AND x.etat <> 'masque' JOIN acteur y ON y.id = d.autre AND y.etat <> 'masque'
         WHERE d.etat = {etat} AND d.points >= {du} AND d.points <= {au} AND d.raisons LIKE {motif}"
    );
    compter(db, phrase).await
}

/// A page of pairs, the surest first.
///
/// # Errors
/// The engine refused.
pub(crate) async fn lister(db: &impl ConnectionTrait, filtre: &Filtre, tranche: Tranche) -> Result<Vec<Ligne>, DbErr> {
    let ((du, au), motif, etat) = (filtre.bornes(), filtre.motif(), filtre.etat);
    let (premier, nombre) = (tranche.premier(), tranche.nombre());
    Ligne::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.reference AS a, a.nom AS nom_a, a.siren AS siren_a, a.commune AS commune_a,
            b.reference AS b, b.nom AS nom_b, b.siren AS siren_b, b.commune AS commune_b,
            d.points, d.raisons
         FROM acteur_doublon d
         JOIN acteur x ON x.id = d.un AND x.etat <> 'masque'
         JOIN acteur y ON y.id = d.autre AND y.etat <> 'masque'
         JOIN acteur a ON a.id = CASE WHEN x.siren IS NULL AND y.siren IS NOT NULL THEN y.id ELSE x.id END
         JOIN acteur b ON b.id = CASE WHEN x.siren IS NULL AND y.siren IS NOT NULL THEN x.id ELSE y.id END
         WHERE d.etat = {etat} AND d.points >= {du} AND d.points <= {au} AND d.raisons LIKE {motif}
         ORDER BY d.points DESC, d.un, d.autre LIMIT {nombre} OFFSET {premier}"
    ))
    .all(db)
    .await
}

/// A pair, whichever is named first: where it stands and why it was found.
///
/// # Errors
/// The engine refused.
pub async fn la_paire(
    db: &impl ConnectionTrait,
    a: &ActeurId,
    b: &ActeurId,
) -> Result<Option<(String, Vec<Raison>)>, DbErr> {
    let (un, autre) = ordonner(a, b);
    let ligne = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT etat, raisons FROM acteur_doublon WHERE un = {un} AND autre = {autre}"
        ))
        .await?;
    let Some(ligne) = ligne else { return Ok(None) };
    let raisons: String = ligne.try_get("", "raisons")?;
    Ok(Some((ligne.try_get("", "etat")?, raisons_lues(&raisons).collect())))
}

fn ordonner<'a>(a: &'a ActeurId, b: &'a ActeurId) -> (&'a str, &'a str) {
    if a.as_str() < b.as_str() { (a.as_str(), b.as_str()) } else { (b.as_str(), a.as_str()) }
}

/// Writes where a pair stands, by whom; a pair that nobody had found enters too.
///
/// # Errors
/// The engine refused.
pub async fn juger(
    tx: &WriteTx,
    a: &ActeurId,
    b: &ActeurId,
    etat: &str,
    par: Option<&str>,
    le: Instant,
) -> Result<(), DbErr> {
    let ((un, autre), points, le) = (ordonner(a, b), Surete::Possible.seuil(), le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_doublon (un, autre, points, raisons, etat, trouve_le, juge_le, juge_par)
         VALUES ({un}, {autre}, {points}, ',', {etat}, {le}, {le}, {par})
         ON CONFLICT (un, autre) DO UPDATE SET etat = excluded.etat, juge_le = excluded.juge_le, juge_par = excluded.juge_par"
    ))
    .await?;
    Ok(())
}
