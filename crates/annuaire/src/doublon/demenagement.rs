//! What changes owner with a merge of two actors, and what its undoing brings back.

use platform::WriteTx;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Order, raw_sql};

use super::fusion::Trace;
use crate::acteur::{self, agrement, etablissement, storage, theme};
use crate::photo::storage as photos;

/// The establishments of the absorbed actor that may follow: an establishment belongs to the legal unit of its SIRET.
#[must_use]
pub fn suivent(
    siren: Option<&str>,
    deja: &[etablissement::Model],
    autres: Vec<etablissement::Model>,
) -> Vec<etablissement::Model> {
    let pliee =
        |e: &etablissement::Model| Some((e.commune.clone(), super::rules::cle_de_l_adresse(e.adresse.as_deref()?)?));
    autres
        .into_iter()
        .filter(|e| match e.siret.as_deref() {
            Some(siret) => siren.is_some_and(|siren| siret.starts_with(siren)),
            // Without a number, an address already there is the same place.
            None => pliee(e).is_none_or(|ici| !deja.iter().any(|d| pliee(d).as_ref() == Some(&ici))),
        })
        .collect()
}

/// Establishments and offers go; approvals and themes are copied where they are missing.
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
    let deja = storage::etablissements(tx, &garde.id).await?;
    let (de, vers) = (absorbe.id.as_str(), garde.id.as_str());
    for e in suivent(siren, &deja, storage::etablissements(tx, &absorbe.id).await?) {
        let id = e.id.as_str();
        // One seat: that of the legal unit which stays.
        let siege = e.siege && trace.siren;
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_etablissement SET acteur_id = {vers}, siege = {siege} WHERE id = {id}"
        ))
        .await?;
        trace.etablissements.push(if e.siege { format!("{}*", e.id) } else { e.id });
    }
    trace.offres = ids(tx, "offre", "id", de_l_acteur(de)).await?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE offre SET acteur_id = {vers}, version = version + 1 WHERE acteur_id = {de}"
    ))
    .await?;
    for photo in photos::de_l_acteur(tx, &absorbe.id).await? {
        let id = photo.id.as_str();
        tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur_photo SET acteur_id = {vers} WHERE id = {id}")).await?;
        trace.photos.push(photo.id);
    }
    suivre_les_reseaux(tx, de, vers, trace).await?;
    for table in DEMANDES {
        let attendent = de_l_acteur(de).add(Expr::col("etat").eq("attente"));
        for id in ids(tx, table, "id", attendent).await? {
            attribuer(tx, table, &id, de, vers).await?;
            trace.demandes.push((table.to_owned(), id));
        }
    }
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

/// What people asked about an actor, and still wait for.
const DEMANDES: [&str; 2] = ["acteur_revendication", "acteur_proposition"];

fn de_l_acteur(acteur: &str) -> Condition {
    Condition::all().add(Expr::col("acteur_id").eq(acteur))
}

async fn ids(tx: &WriteTx, table: &'static str, colonne: &'static str, choix: Condition) -> Result<Vec<String>, DbErr> {
    let phrase = Query::select().column(colonne).from(table).cond_where(choix).order_by(colonne, Order::Asc).take();
    tx.query_all(&phrase).await?.iter().map(|ligne| ligne.try_get("", colonne)).collect()
}

async fn attribuer(tx: &WriteTx, table: &'static str, id: &str, de: &str, vers: &str) -> Result<(), DbErr> {
    let choix = de_l_acteur(de).add(Expr::col("id").eq(id));
    tx.execute(&Query::update().table(table).value("acteur_id", vers).cond_where(choix).take()).await.map(|_| ())
}

/// The networks of the absorbed actor have the one that stays as a member; the absorbed one stays theirs, unseen.
async fn suivre_les_reseaux(tx: &WriteTx, de: &str, vers: &str, trace: &mut Trace) -> Result<(), DbErr> {
    for reseau in ids(tx, "reseau_membre", "reseau_id", de_l_acteur(de)).await? {
        let fait = tx
            .execute_raw(raw_sql!(
                Postgres,
                "INSERT INTO reseau_membre (reseau_id, acteur_id, ajoute_le, ajoute_par)
                 SELECT reseau_id, CAST({vers} AS TEXT), ajoute_le, ajoute_par FROM reseau_membre
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
    for marque in &trace.etablissements {
        let (id, siege) = marque.strip_suffix('*').map_or((marque.as_str(), false), |id| (id, true));
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_etablissement SET acteur_id = {a}, siege = {siege} WHERE id = {id} AND acteur_id = {g}"
        ))
        .await?;
    }
    for id in &trace.offres {
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE offre SET acteur_id = {a}, version = version + 1 WHERE id = {id} AND acteur_id = {g}"
        ))
        .await?;
    }
    for id in &trace.photos {
        tx.execute_raw(raw_sql!(
            Postgres,
            "UPDATE acteur_photo SET acteur_id = {a} WHERE id = {id} AND acteur_id = {g}"
        ))
        .await?;
    }
    for (table, id) in &trace.demandes {
        if let Some(table) = DEMANDES.iter().find(|connue| *connue == table) {
            attribuer(tx, table, id, g, a).await?;
        }
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
