//! What changes owner with a merge of two actors, and what its undoing brings back.

use platform::WriteTx;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, Order, raw_sql};

use super::fusion::Trace;
use crate::acteur::{self, ActeurId, agrement, etablissement, storage, theme};
use crate::photo::storage as photos;

/// Rows changed by one statement.
pub(crate) const PAR_LOT: usize = 500;

/// The establishments of the absorbed actor that may follow: an establishment belongs to the legal unit of its SIRET.
#[must_use]
pub fn suivent(
    siren: Option<&str>,
    deja: &[etablissement::Model],
    autres: Vec<etablissement::Model>,
) -> Vec<etablissement::Model> {
    let pliee =
        |e: &etablissement::Model| Some((e.commune.clone(), super::cles::cle_de_l_adresse(e.adresse.as_deref()?)?));
    autres
        .into_iter()
        .filter(|e| match e.siret.as_deref() {
            Some(siret) => siren.is_some_and(|siren| siret.starts_with(siren)),
            // Without a number, an address already there is the same place.
            None => pliee(e).is_none_or(|ici| !deja.iter().any(|d| pliee(d).as_ref() == Some(&ici))),
        })
        .collect()
}

/// What can have one owner only goes; the rest is copied where it is missing.
///
/// # Errors
/// The engine refused.
pub async fn aller(
    tx: &WriteTx,
    garde: &acteur::Model,
    absorbe: &acteur::Model,
    siren: Option<&str>,
    trace: &mut Trace,
) -> Result<(), DbErr> {
    deplacer(tx, garde, absorbe, siren, trace).await?;
    copier(tx, garde, absorbe, trace).await
}

/// Establishments, offers, photos, and what waits for an agent.
async fn deplacer(
    tx: &WriteTx,
    garde: &acteur::Model,
    absorbe: &acteur::Model,
    siren: Option<&str>,
    trace: &mut Trace,
) -> Result<(), DbErr> {
    let deja = storage::etablissements(tx, &garde.id).await?;
    let (de, vers) = (absorbe.id.as_str(), garde.id.as_str());
    let lieux = suivent(siren, &deja, storage::etablissements(tx, &absorbe.id).await?);
    trace.etablissements = lieux.iter().map(|e| if e.siege { format!("{}*", e.id) } else { e.id.clone() }).collect();
    // One seat: that of the legal unit which stays.
    let (sieges, autres): (Vec<_>, Vec<_>) = lieux.into_iter().partition(|e| e.siege && trace.siren);
    for (lieux, siege) in [(sieges, true), (autres, false)] {
        let ids: Vec<String> = lieux.into_iter().map(|e| e.id).collect();
        donner_les_lieux(tx, &ids, siege, (de, vers)).await?;
    }
    trace.offres = ids(tx, "offre", "id", de_l_acteur(de)).await?;
    donner_les_offres(tx, &trace.offres, (de, vers)).await?;
    trace.photos = photos::de_l_acteur(tx, &absorbe.id).await?.into_iter().map(|photo| photo.id).collect();
    attribuer(tx, "acteur_photo", &trace.photos, (de, vers), &[]).await?;
    for table in DEMANDES {
        let attendent = ids(tx, table, "id", de_l_acteur(de).add(Expr::col("etat").eq("attente"))).await?;
        attribuer(tx, table, &attendent, (de, vers), &[]).await?;
        trace.demandes.extend(attendent.into_iter().map(|id| (table.to_owned(), id)));
    }
    Ok(())
}

/// Networks, approvals, themes: the absorbed actor keeps its own.
async fn copier(tx: &WriteTx, garde: &acteur::Model, absorbe: &acteur::Model, trace: &mut Trace) -> Result<(), DbErr> {
    suivre_les_reseaux(tx, absorbe.id.as_str(), garde.id.as_str(), trace).await?;
    let connus = storage::agrements(tx, &garde.id).await?;
    for a in storage::agrements(tx, &absorbe.id).await? {
        if !connus.iter().any(|c| c.genre == a.genre && c.source == a.source) {
            trace.agrements.push((a.genre.clone(), a.source.clone()));
            let copie = agrement::Model { acteur_id: garde.id.clone(), ..a };
            agrement::Entity::insert(copie.into_active_model()).exec_without_returning(tx).await?;
        }
    }
    let connus = storage::themes(tx, &garde.id).await?;
    for t in storage::themes(tx, &absorbe.id).await? {
        if !connus.iter().any(|c| c.theme == t.theme) {
            trace.themes.push(t.theme.clone());
            let copie = theme::Model { acteur_id: garde.id.clone(), ..t };
            theme::Entity::insert(copie.into_active_model()).exec_without_returning(tx).await?;
        }
    }
    Ok(())
}

/// What follows an actor beside what its page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Suite {
    /// Photos.
    pub photos: i64,
    /// Networks of which it is a member.
    pub reseaux: i64,
    /// Claims and proposals that wait for an agent.
    pub demandes: i64,
}

/// How much follows an actor.
///
/// # Errors
/// The engine refused.
pub async fn compter(db: &impl ConnectionTrait, acteur: &ActeurId) -> Result<Suite, DbErr> {
    let id = acteur.as_str();
    let suite = Suite::find_by_statement(raw_sql!(
        Postgres,
        "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_photo WHERE acteur_id = {id} AND retiree_le IS NULL) AS photos,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM reseau_membre WHERE acteur_id = {id}) AS reseaux,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_revendication WHERE acteur_id = {id} AND etat = 'attente')
              + (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_proposition WHERE acteur_id = {id} AND etat = 'attente')
              AS demandes"
    ))
    .one(db)
    .await?;
    Ok(suite.unwrap_or_default())
}

/// What people asked about an actor, and still wait for.
const DEMANDES: [&str; 2] = ["acteur_revendication", "acteur_proposition"];

fn de_l_acteur(acteur: &str) -> Condition {
    Condition::all().add(Expr::col("acteur_id").eq(acteur))
}

async fn ids(tx: &WriteTx, table: &'static str, colonne: &'static str, choix: Condition) -> Result<Vec<String>, DbErr> {
    let phrase = Query::select().column(colonne).from(table).cond_where(choix).order_by(colonne, Order::Asc).take();
    tx.query_all(&phrase).await?.iter().map(|ligne| ligne.try_get("", colonne)).collect()
}

/// Rows of these ids go from one actor to the other, those that are still there; `avec` changes with it.
async fn attribuer(
    tx: &WriteTx,
    table: &'static str,
    ids: &[String],
    (de, vers): (&str, &str),
    avec: &[(&'static str, Expr)],
) -> Result<(), DbErr> {
    for lot in ids.chunks(PAR_LOT) {
        let choix = de_l_acteur(de).add(Expr::col("id").is_in(lot));
        let mut phrase = Query::update();
        phrase.table(table).value("acteur_id", vers).values(avec.iter().cloned()).cond_where(choix);
        tx.execute(&phrase).await?;
    }
    Ok(())
}

async fn donner_les_lieux(tx: &WriteTx, ids: &[String], siege: bool, chemin: (&str, &str)) -> Result<(), DbErr> {
    attribuer(tx, "acteur_etablissement", ids, chemin, &[("siege", Expr::val(siege))]).await
}

/// A page that shows the offer sees that it changed.
async fn donner_les_offres(tx: &WriteTx, ids: &[String], chemin: (&str, &str)) -> Result<(), DbErr> {
    attribuer(tx, "offre", ids, chemin, &[("version", Expr::col("version").add(1))]).await
}

/// The networks of the absorbed actor have the one that stays as a member; the absorbed one stays theirs, unseen.
async fn suivre_les_reseaux(tx: &WriteTx, de: &str, vers: &str, trace: &mut Trace) -> Result<(), DbErr> {
    for reseau in ids(tx, "reseau_membre", "reseau_id", de_l_acteur(de)).await? {
        let fait = tx
            .execute_raw(raw_sql!(
                Postgres,
                "INSERT INTO reseau_membre (reseau_id, acteur_id, ajoute_le, ajoute_par, confirme_le, refuse_le)
                 SELECT reseau_id, CAST({vers} AS TEXT), ajoute_le, ajoute_par, confirme_le, refuse_le FROM reseau_membre
                 WHERE reseau_id = {reseau} AND acteur_id = {de} ON CONFLICT DO NOTHING"
            ))
            .await?;
        if fait.rows_affected() == 1 {
            trace.reseaux.push(reseau);
        }
    }
    Ok(())
}

/// What the merge moved comes back, what it copied goes. What changed hands since stays where it is.
///
/// # Errors
/// The engine refused.
pub async fn retour(tx: &WriteTx, garde: &acteur::Model, absorbe: &acteur::Model, trace: &Trace) -> Result<(), DbErr> {
    let (g, a) = (garde.id.as_str(), absorbe.id.as_str());
    let (sieges, autres): (Vec<_>, Vec<_>) = trace.etablissements.iter().partition(|marque| marque.ends_with('*'));
    for (marques, siege) in [(sieges, true), (autres, false)] {
        let ids: Vec<String> = marques.into_iter().map(|marque| marque.trim_end_matches('*').to_owned()).collect();
        donner_les_lieux(tx, &ids, siege, (g, a)).await?;
    }
    donner_les_offres(tx, &trace.offres, (g, a)).await?;
    attribuer(tx, "acteur_photo", &trace.photos, (g, a), &[]).await?;
    for table in DEMANDES {
        let siennes = trace.demandes.iter().filter(|(connue, _)| connue == table);
        let ids: Vec<String> = siennes.map(|(_, id)| id.clone()).collect();
        attribuer(tx, table, &ids, (g, a), &[]).await?;
    }
    for reseau in &trace.reseaux {
        tx.execute_raw(raw_sql!(
            Postgres,
            "DELETE FROM reseau_membre WHERE reseau_id = {reseau} AND acteur_id = {g} AND approuve_le IS NULL"
        ))
        .await?;
    }
    for (genre, source) in &trace.agrements {
        tx.execute_raw(raw_sql!(
            Postgres,
            "DELETE FROM acteur_agrement WHERE acteur_id = {g} AND genre = {genre} AND source = {source}"
        ))
        .await?;
    }
    for theme in &trace.themes {
        tx.execute_raw(raw_sql!(Postgres, "DELETE FROM acteur_theme WHERE acteur_id = {g} AND theme = {theme}"))
            .await?;
    }
    Ok(())
}
