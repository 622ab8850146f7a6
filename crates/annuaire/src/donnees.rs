//! What the directory holds about a person, and what it erases of them: their claims, their proposals, the searches they keep.

use platform::{ReadTx, WriteTx};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use socle::PersonneId;
use web::{Erreur, Instance};

use crate::alertes;

#[derive(FromQueryResult)]
struct Revendication {
    acteur: String,
    moyen: String,
    preuve: String,
    etat: String,
}

#[derive(FromQueryResult)]
struct Proposition {
    acteur: String,
    ecarts: String,
    contenu: Option<String>,
    mot: String,
    etat: String,
}

/// Claims, proposals and kept searches of a person.
pub(crate) async fn exporter(tx: &ReadTx, personne: &PersonneId) -> Result<Value, Erreur> {
    let id = personne.as_str();
    let revendications = Revendication::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.nom AS acteur, r.moyen, r.preuve, r.etat FROM acteur_revendication r JOIN acteur a ON a.id = r.acteur_id
         WHERE r.personne_id = {id} ORDER BY r.demandee_le, r.id"
    ))
    .all(tx)
    .await?;
    let propositions = Proposition::find_by_statement(raw_sql!(
        Postgres,
        "SELECT COALESCE(a.nom, r.titre, '') AS acteur, r.ecarts, r.contenu, r.mot, r.etat
         FROM acteur_proposition r LEFT JOIN acteur a ON a.id = r.acteur_id
         WHERE r.personne_id = {id} ORDER BY r.proposee_le, r.id"
    ))
    .all(tx)
    .await?;
    Ok(json!({
        "demandes_pour_tenir_une_fiche": revendications.iter().map(|r| json!({
            "structure": r.acteur, "preuve": r.moyen, "dite": r.preuve, "etat": r.etat,
        })).collect::<Vec<_>>(),
        "corrections_proposees": propositions.iter().map(|p| json!({
            "structure": p.acteur, "mot": p.mot, "etat": p.etat,
            "champs": serde_json::from_str::<Value>(&p.ecarts).unwrap_or_default(),
            "a_ajouter": p.contenu.as_deref().and_then(|contenu| serde_json::from_str::<Value>(contenu).ok()),
        })).collect::<Vec<_>>(),
        "recherches_gardees": alertes::pages::exporter(tx, personne).await?,
    }))
}

/// Claims and kept searches go; of a proposal stays what it corrected, without its author.
pub(crate) async fn effacer(tx: &WriteTx, personne: &PersonneId) -> Result<(), Erreur> {
    let id = personne.as_str();
    tx.execute_raw(raw_sql!(Postgres, "DELETE FROM acteur_revendication WHERE personne_id = {id}")).await?;
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_proposition SET personne_id = NULL, courriel = NULL, mot = '', version = version + 1
         WHERE personne_id = {id}"
    ))
    .await?;
    alertes::storage::oublier(tx, personne).await?;
    Ok(())
}

/// A decided proposal keeps the address of who had no account for a month, no longer.
const ADRESSE_JOURS: i64 = 30;

/// Forgets the addresses of those who were answered.
pub(crate) async fn oublier_les_adresses(tx: &WriteTx, instance: &Instance) -> Result<(), sea_orm::DbErr> {
    let avant = instance.clock.instant().plus_seconds(-ADRESSE_JOURS * 86_400).0;
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_proposition SET courriel = NULL, version = version + 1
         WHERE courriel IS NOT NULL AND decidee_le < {avant}"
    ))
    .await?;
    // What was proposed and entered is on the page; what did not enter is nobody's.
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_proposition SET contenu = NULL, version = version + 1
         WHERE contenu IS NOT NULL AND decidee_le < {avant}"
    ))
    .await?;
    Ok(())
}
