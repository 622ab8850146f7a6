//! What this feature holds about a person, and what it erases of them. Exchanges belong to the project's record; the
//! telephone where to call back is theirs.

use platform::{ReadTx, WriteTx};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use socle::PersonneId;
use web::Erreur;

#[derive(FromQueryResult)]
struct Demande {
    reference: String,
    faite_le: String,
    message: String,
    rappel: Option<String>,
}

#[derive(FromQueryResult)]
struct Echange {
    reference: String,
    genre: String,
    texte: String,
}

/// Requests made and texts written by a person.
pub(crate) async fn exporter(tx: &ReadTx, personne: &PersonneId) -> Result<Value, Erreur> {
    let id = personne.as_str();
    let demandes = Demande::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.reference, d.faite_le, d.message, d.rappel FROM demande d JOIN projet p ON p.id = d.projet_id
         WHERE d.faite_par = {id} ORDER BY d.id"
    ))
    .all(tx)
    .await?;
    let echanges = Echange::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.reference, e.genre, e.texte FROM echange e JOIN projet p ON p.id = e.projet_id
         WHERE e.auteur_id = {id} ORDER BY e.ecrit_le, e.id"
    ))
    .all(tx)
    .await?;
    let filtres = crate::tableau::storage::filtres(tx, personne).await?;
    Ok(json!({
        "filtres_gardes": filtres.iter().map(|f| json!({"nom": f.nom, "filtre": f.requete})).collect::<Vec<_>>(),
        "demandes": demandes.iter().map(|d| json!({
            "projet": d.reference, "faite_le": d.faite_le, "message": d.message, "rappeler_au": d.rappel,
        })).collect::<Vec<_>>(),
        "echanges": echanges.iter().map(|e| json!({
            "projet": e.reference, "genre": e.genre, "texte": e.texte,
        })).collect::<Vec<_>>(),
    }))
}

/// The telephone where to call back vanishes, with the filters kept.
pub(crate) async fn effacer(tx: &WriteTx, personne: &PersonneId) -> Result<(), Erreur> {
    let id = personne.as_str();
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE demande SET rappel = NULL, version = version + 1 WHERE faite_par = {id}"
    ))
    .await?;
    Ok(crate::tableau::storage::effacer(tx, personne).await?)
}
