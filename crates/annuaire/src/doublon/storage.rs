//! Pairs found, pairs set aside for ever, merges made; and the way from an old reference to the new one. No rule here.

use platform::{Instant, ReadTx, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{FromQueryResult, raw_sql};

use super::rules::{Fiche, Paire, Raison, Surete};
use crate::a_decider::{Tranche, compter};
use crate::acteur::{self, ActeurId};

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

/// Pairs written by one statement.
const PAR_INSERTION: usize = 500;

/// The pairs found take the place of those that waited; what was judged stays judged, and what an agent took back stays to
/// be judged.
///
/// # Errors
/// The engine refused.
pub async fn remplacer(tx: &WriteTx, paires: &[Paire], le: Instant) -> Result<(), DbErr> {
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM acteur_doublon WHERE etat = 'propose' AND juge_le IS NULL")).await?;
    for lot in paires.chunks(PAR_INSERTION) {
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
        self.raisons.split(',').filter_map(|raison| raison.parse().ok())
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
    Ok(Some((ligne.try_get("", "etat")?, raisons.split(',').filter_map(|raison| raison.parse().ok()).collect())))
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

/// Columns of `acteur_fusion`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Fusion {
    /// Short random reference, in addresses.
    pub id: String,
    /// The actor that stays.
    pub garde: ActeurId,
    /// The one that went into it.
    pub absorbe: ActeurId,
    /// Its name then.
    pub nom: String,
    /// What was moved and written, JSON.
    pub trace: String,
    /// When.
    pub faite_le: Instant,
    /// Undone.
    pub defaite_le: Option<Instant>,
}

/// Writes a merge.
///
/// # Errors
/// The engine refused.
pub async fn inserer(tx: &WriteTx, fusion: &Fusion, par: Option<&str>) -> Result<(), DbErr> {
    let (id, garde, absorbe) = (fusion.id.as_str(), fusion.garde.as_str(), fusion.absorbe.as_str());
    let (nom, trace, le) = (fusion.nom.as_str(), fusion.trace.as_str(), fusion.faite_le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO acteur_fusion (id, garde, absorbe, nom, trace, faite_le, faite_par)
         VALUES ({id}, {garde}, {absorbe}, {nom}, {trace}, {le}, {par})"
    ))
    .await?;
    Ok(())
}

/// Marks a merge as undone. False when it was already.
///
/// # Errors
/// The engine refused.
pub async fn marquer_defaite(tx: &WriteTx, id: &str, par: Option<&str>, le: Instant) -> Result<bool, DbErr> {
    let le = le.0;
    let resultat = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_fusion SET defaite_le = {le}, defaite_par = {par} WHERE id = {id} AND defaite_le IS NULL"
        ))
        .await?;
    Ok(resultat.rows_affected() == 1)
}

/// One merge.
///
/// # Errors
/// The engine refused.
pub async fn fusion(db: &impl ConnectionTrait, id: &str) -> Result<Option<Fusion>, DbErr> {
    Fusion::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, garde, absorbe, nom, trace, faite_le, defaite_le FROM acteur_fusion WHERE id = {id}"
    ))
    .one(db)
    .await
}

/// A merge in the list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Faite {
    /// Its reference.
    pub id: String,
    /// Name of the absorbed actor.
    pub nom: String,
    /// The actor that stays.
    pub reference: String,
    /// Its name.
    pub garde: String,
    /// When.
    pub faite_le: Instant,
    /// Undone.
    pub defaite_le: Option<Instant>,
    /// By whom.
    pub par: Option<String>,
}

/// The merges, newest first.
///
/// # Errors
/// The engine refused.
pub(crate) async fn faites(db: &impl ConnectionTrait, tranche: Tranche) -> Result<Vec<Faite>, DbErr> {
    let (premier, nombre) = (tranche.premier(), tranche.nombre());
    Faite::find_by_statement(raw_sql!(
        Postgres,
        "SELECT f.id, f.nom, g.reference, g.nom AS garde, f.faite_le, f.defaite_le, p.prenom || ' ' || p.nom AS par
         FROM acteur_fusion f JOIN acteur g ON g.id = f.garde LEFT JOIN personne p ON p.id = f.faite_par
         ORDER BY f.faite_le DESC, f.id LIMIT {nombre} OFFSET {premier}"
    ))
    .all(db)
    .await
}

/// How many merges were made.
///
/// # Errors
/// The engine refused.
pub async fn nombre_de_faites(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    compter(db, raw_sql!(Postgres, "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM acteur_fusion")).await
}

/// Is there a merge in force that was built on this actor later? Then that one is undone first.
///
/// # Errors
/// The engine refused.
pub async fn plus_recente(db: &impl ConnectionTrait, fusion: &Fusion) -> Result<Option<String>, DbErr> {
    let (id, garde, le) = (fusion.id.as_str(), fusion.garde.as_str(), fusion.faite_le.0);
    let ligne = db
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT nom FROM acteur_fusion
             WHERE defaite_le IS NULL AND id <> {id} AND faite_le >= {le} AND (garde = {garde} OR absorbe = {garde})
             ORDER BY faite_le DESC, id LIMIT 1"
        ))
        .await?;
    ligne.map(|ligne| ligne.try_get("", "nom")).transpose()
}

/// Merges into merges that are followed: a chain longer than this is a fault.
const CHAINE_MAX: usize = 10;

/// The actor into which this one went, at the end of the chain; itself when it was never merged.
///
/// # Errors
/// The engine refused.
pub async fn suivre(db: &impl ConnectionTrait, acteur: acteur::Model) -> Result<acteur::Model, DbErr> {
    let mut ici = acteur;
    for _ in 0..CHAINE_MAX {
        let id = ici.id.as_str();
        let ligne = db
            .query_one_raw(raw_sql!(
                Postgres,
                "SELECT garde FROM acteur_fusion WHERE absorbe = {id} AND defaite_le IS NULL"
            ))
            .await?;
        let Some(ligne) = ligne else { break };
        let garde: String = ligne.try_get("", "garde")?;
        let Some(suivant) = acteur::Entity::find_by_id(ActeurId(garde)).one(db).await? else { break };
        ici = suivant;
    }
    Ok(ici)
}
