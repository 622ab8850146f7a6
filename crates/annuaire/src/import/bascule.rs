//! What waits enters the directory in one short transaction of a few statements, whatever the number of actors; the last
//! import can be undone in the same way. A page that somebody changed in between is left as it is, by the swap and by the
//! undoing, and named.

use std::collections::HashSet;

use platform::{Instant, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, SqlErr};
use socle::organisation;

use super::ImportRefuse;
use super::attente::{APRES, AVANT, Table, compter, executer, phrase};
use super::dates::quoi;
use super::histoire::{self, etat};
use super::rapport::{Laissee, Rapport};
use crate::acteur::{self, agrement, etablissement, succession, theme, valeur};

/// The swap: what waits under `id` enters the directory; what it replaces is kept. The pages changed since the reading are left,
/// and named in the report, whose figures follow. To be committed by the caller, with its journal.
///
/// # Errors
/// Nothing waits under `id`; somebody changes an actor at this very moment: nothing may be kept.
pub async fn basculer(tx: &WriteTx, id: &str, maintenant: Instant, rapport: &mut Rapport) -> Result<(), ImportRefuse> {
    if !histoire::passer(tx, id, etat::PRET, etat::APPLIQUE, maintenant).await? {
        return Err(ImportRefuse::PlusEnAttente);
    }
    laisser_les_bougees(tx, id, rapport).await?;
    dater_l_entree(tx, id, maintenant).await?;
    for table in attaches() {
        garder(tx, id, &table, "").await?;
    }
    garder(tx, id, &Table::de::<acteur::Entity>(), "").await?;
    garder(tx, id, &Table::de::<valeur::Entity>(), &format!("AND t.courante AND {REMPLACEE}")).await?;
    organisations(tx, id).await?;
    acteurs(tx, id).await?;
    valeurs(tx, id).await?;
    // Themes that the NAF suggested are suggested anew; those that somebody gave stay.
    executer(tx, format!("DELETE FROM acteur_theme WHERE origine = 'naf' AND acteur_id IN ({})", touches()), id)
        .await?;
    for table in attaches() {
        let (nom, attente, colonnes, cle) = (table.nom, &table.attente, table.liste(), table.cle.join(", "));
        let sql = format!(
            "INSERT INTO {nom} ({colonnes}) SELECT {colonnes} FROM {attente} WHERE pour_import = $1 AND moment = '{APRES}'
             ON CONFLICT ({cle}) DO UPDATE SET {}",
            table.affectations("excluded")
        );
        executer(tx, sql, id).await?;
    }
    successions(tx, id).await?;
    dater(tx, id, "apres", "avant").await?;
    Ok(())
}

/// An actor enters, or changes, when the directory shows it: not when the files were read, hours or days before. Who asks
/// "what came since?" (alerts, harvesters) would never be told.
async fn dater_l_entree(tx: &WriteTx, id: &str, maintenant: Instant) -> Result<(), DbErr> {
    let le = maintenant.0;
    let sql = format!(
        "UPDATE import_acteur SET modifie_le = {le}, cree_le = CASE WHEN version = 1 THEN {le} ELSE cree_le END
         WHERE pour_import = $1 AND moment = '{APRES}'"
    );
    executer(tx, sql, id).await.map(|_| ())
}

async fn successions(tx: &WriteTx, id: &str) -> Result<(), DbErr> {
    let colonnes = Table::de::<succession::Entity>().liste();
    let sql = format!(
        "INSERT INTO acteur_succession ({colonnes})
         SELECT {colonnes} FROM import_succession WHERE pour_import = $1 ON CONFLICT DO NOTHING"
    );
    executer(tx, sql, id).await.map(|_| ())
}

/// What a date is about, where it stands, and the key of its row.
const DATES: [(&str, &str, &str); 3] = [
    (quoi::VALEUR, "acteur_valeur", "acteur_valeur.id"),
    (quoi::ETABLISSEMENT, "acteur_etablissement", "acteur_etablissement.id"),
    (quoi::AGREMENT, "acteur_agrement", "acteur_agrement.acteur_id || '/' || genre || '/' || source"),
];

/// Moves the dates of sources that say the same again, or puts them back. A row that somebody replaced since is left.
async fn dater(tx: &WriteTx, id: &str, vers: &str, de: &str) -> Result<(), DbErr> {
    for (genre, table, cle) in DATES {
        let sql = format!(
            "UPDATE {table} SET source_du = d.{vers} FROM import_date AS d
             WHERE d.pour_import = $1 AND d.quoi = '{genre}' AND d.cle = {cle}
               AND COALESCE({table}.source_du, '') = COALESCE(d.{de}, '')"
        );
        executer(tx, sql, id).await?;
    }
    Ok(())
}

/// Tables of what hangs on an actor, but its facts.
fn attaches() -> [Table; 3] {
    [Table::de::<etablissement::Entity>(), Table::de::<agrement::Entity>(), Table::de::<theme::Entity>()]
}

/// A fact that a new one replaces: one is current for an actor, a field and a source.
const REMPLACEE: &str = "EXISTS (SELECT 1 FROM import_valeur s WHERE s.pour_import = $1 AND s.moment = 'apres'
    AND s.acteur_id = t.acteur_id AND s.champ = t.champ AND s.source = t.source)";

/// The actors that the import makes or changes.
fn touches() -> String {
    format!("SELECT id FROM import_acteur WHERE pour_import = $1 AND moment = '{APRES}'")
}

/// Keeps the rows of the actors touched as they are now.
async fn garder(tx: &WriteTx, id: &str, table: &Table, condition: &str) -> Result<(), DbErr> {
    let (nom, attente, acteur, colonnes) = (table.nom, &table.attente, table.acteur(), table.liste());
    let sql = format!(
        "INSERT INTO {attente} (pour_import, moment, {colonnes})
         SELECT $1, '{AVANT}', {colonnes} FROM {nom} t WHERE t.{acteur} IN ({}) {condition}",
        touches()
    );
    executer(tx, sql, id).await.map(|_| ())
}

async fn organisations(tx: &WriteTx, id: &str) -> Result<(), ImportRefuse> {
    let colonnes = Table::de::<organisation::Entity>().liste();
    let sql = format!(
        "INSERT INTO organisation ({colonnes})
         SELECT {colonnes} FROM import_organisation WHERE pour_import = $1 AND moment = '{APRES}'"
    );
    executer(tx, sql, id).await.map_err(conflit)?;
    numeroter(tx, id).await?;
    nommer(tx, id, APRES).await?;
    Ok(())
}

/// The organisation of an actor that just took a SIREN has it too, unless another one does.
async fn numeroter(tx: &WriteTx, id: &str) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE organisation SET siren = s.siren, nature = 'acteur', version = organisation.version + 1
         FROM import_acteur AS s WHERE s.pour_import = $1 AND s.moment = '{APRES}' AND s.version > 1
           AND s.siren IS NOT NULL AND organisation.id = s.organisation_id AND organisation.siren IS NULL
           AND organisation.nature IN ('acteur', 'collectif')
           AND NOT EXISTS (SELECT 1 FROM organisation o WHERE o.siren = s.siren)"
    );
    executer(tx, sql, id).await.map(|_| ())
}

/// An organisation that is only an actor has the name of the actor.
async fn nommer(tx: &WriteTx, id: &str, moment: &str) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE organisation SET nom = s.nom, nom_tri = s.nom_tri, version = organisation.version + 1
         FROM import_acteur AS s WHERE s.pour_import = $1 AND s.moment = '{moment}'
           AND organisation.id = s.organisation_id AND organisation.nature IN ('acteur', 'collectif')
           AND organisation.nom <> s.nom"
    );
    executer(tx, sql, id).await.map(|_| ())
}

async fn acteurs(tx: &WriteTx, id: &str) -> Result<(), ImportRefuse> {
    let table = Table::de::<acteur::Entity>();
    let colonnes = table.liste();
    let connus = format!("import_acteur WHERE pour_import = $1 AND moment = '{APRES}' AND version > 1");
    let attendus = compter(tx, id, &connus).await?;
    let changes = format!(
        "UPDATE acteur SET {} FROM import_acteur AS s
         WHERE s.pour_import = $1 AND s.moment = '{APRES}' AND acteur.id = s.id AND acteur.version = s.version - 1",
        table.affectations("s")
    );
    if executer(tx, changes, id).await? != attendus {
        return Err(ImportRefuse::Conflit);
    }
    let nouveaux = format!(
        "INSERT INTO acteur ({colonnes})
         SELECT {colonnes} FROM import_acteur WHERE pour_import = $1 AND moment = '{APRES}' AND version = 1"
    );
    executer(tx, nouveaux, id).await.map_err(conflit)?;
    Ok(())
}

async fn valeurs(tx: &WriteTx, id: &str) -> Result<(), DbErr> {
    let avant = "UPDATE acteur_valeur SET courante = FALSE
         WHERE id IN (SELECT id FROM import_valeur WHERE pour_import = $1 AND moment = 'avant')";
    executer(tx, avant.to_owned(), id).await?;
    let colonnes = Table::de::<valeur::Entity>().liste();
    let sql = format!(
        "INSERT INTO acteur_valeur ({colonnes})
         SELECT {colonnes} FROM import_valeur WHERE pour_import = $1 AND moment = '{APRES}'"
    );
    executer(tx, sql, id).await.map(|_| ())
}

/// A SIREN that another import brought in the meantime.
fn conflit(erreur: DbErr) -> ImportRefuse {
    match erreur.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => ImportRefuse::Conflit,
        _ => erreur.into(),
    }
}

/// Undoes the last import: the actors that it brought go, the others are as they were. The organisations that it made go
/// too, but for those that something else holds since. A page that somebody changed, or uses, since stays as it is: those are
/// given. To be committed by the caller, with its journal.
///
/// # Errors
/// It is not the last one.
pub async fn annuler(tx: &WriteTx, id: &str, maintenant: Instant) -> Result<Vec<Laissee>, ImportRefuse> {
    let defaisable = histoire::defaisable(tx).await?;
    if defaisable.as_deref() != Some(id) || !histoire::passer(tx, id, etat::APPLIQUE, etat::ANNULE, maintenant).await? {
        return Err(ImportRefuse::PasLeDernier);
    }
    let laissees = laisser(tx, id, DIRE_CHANGEES, CHANGEES).await?;
    oublier(tx, id).await?;
    let faits = format!("DELETE FROM acteur_valeur WHERE import_id = $1 AND acteur_id IN ({})", touches());
    executer(tx, faits, id).await?;
    let courantes = "UPDATE acteur_valeur SET courante = TRUE
         WHERE id IN (SELECT id FROM import_valeur WHERE pour_import = $1 AND moment = 'avant')";
    executer(tx, courantes.to_owned(), id).await?;
    for table in attaches() {
        let (nom, attente, colonnes) = (table.nom, &table.attente, table.liste());
        executer(tx, format!("DELETE FROM {nom} WHERE acteur_id IN ({})", touches()), id).await?;
        let sql = format!(
            "INSERT INTO {nom} ({colonnes}) SELECT {colonnes} FROM {attente} WHERE pour_import = $1 AND moment = '{AVANT}'"
        );
        executer(tx, sql, id).await?;
    }
    nommer(tx, id, AVANT).await?;
    let affectations = Table::de::<acteur::Entity>().affectations("s");
    // The version never goes back: who reads the page of before the undoing must be told.
    let sql = format!(
        "UPDATE acteur SET {affectations} FROM import_acteur AS s
         WHERE s.pour_import = $1 AND s.moment = '{AVANT}' AND acteur.id = s.id"
    );
    executer(tx, sql, id).await?;
    executer(tx, format!("DELETE FROM acteur_relance WHERE acteur_id IN ({} AND version = 1)", touches()), id).await?;
    // Nor the date: a file made in between must be seen to be old.
    let le = maintenant.0;
    let versions = format!("UPDATE acteur SET version = version + 2, modifie_le = {le} WHERE id IN ({})", touches());
    executer(tx, versions, id).await?;
    executer(tx, format!("DELETE FROM acteur WHERE id IN ({} AND version = 1)", touches()), id).await?;
    executer(tx, "DELETE FROM acteur_succession WHERE import_id = $1".to_owned(), id).await?;
    dater(tx, id, "avant", "apres").await?;
    retirer_les_organisations(tx, id).await?;
    Ok(laissees)
}

/// Organisations deleted at once, at most: under the 32,766 parameters of SQLite.
const PAR_RETRAIT: usize = 500;

/// The organisations that the import made go, but for those that another row holds (a mandate, a project…): only the
/// database knows all who do, and it refuses. A batch refused is halved until the one that is held stands alone.
async fn retirer_les_organisations(tx: &WriteTx, id: &str) -> Result<(), ImportRefuse> {
    let sql = format!("SELECT id FROM import_organisation WHERE pour_import = $1 AND moment = '{APRES}' ORDER BY id");
    let lignes = tx.query_all_raw(phrase(tx, sql, id)).await?;
    let ids: Vec<String> = lignes.iter().map(|ligne| ligne.try_get("", "id")).collect::<Result<_, _>>()?;
    let mut reste: Vec<&[String]> = ids.chunks(PAR_RETRAIT).collect();
    while let Some(lot) = reste.pop() {
        tx.execute_unprepared("SAVEPOINT organisations").await?;
        let ids = lot.iter().map(String::as_str);
        let retrait = organisation::Entity::delete_many().filter(organisation::Column::Id.is_in(ids)).exec(tx).await;
        if let Err(erreur) = retrait {
            if !matches!(erreur.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))) {
                return Err(erreur.into());
            }
            tx.execute_unprepared("ROLLBACK TO SAVEPOINT organisations").await?;
            if lot.len() > 1 {
                let (debut, fin) = lot.split_at(lot.len() / 2);
                reste.extend([debut, fin]);
            }
        }
        tx.execute_unprepared("RELEASE SAVEPOINT organisations").await?;
    }
    Ok(())
}

/// The actors of the import that somebody changed since, with what stands in the way.
const CHANGEES: &str = "import_acteur s LEFT JOIN acteur a ON a.id = s.id
    WHERE s.pour_import = $1 AND s.moment = 'apres' AND (a.id IS NULL OR a.version <> s.version
      OR (s.version = 1 AND (EXISTS (SELECT 1 FROM offre o WHERE o.acteur_id = s.id)
        OR EXISTS (SELECT 1 FROM reseau_membre m WHERE m.acteur_id = s.id)
        OR EXISTS (SELECT 1 FROM acteur_revendication r WHERE r.acteur_id = s.id)
        OR EXISTS (SELECT 1 FROM acteur_proposition p WHERE p.acteur_id = s.id)
        OR EXISTS (SELECT 1 FROM acteur_photo h WHERE h.acteur_id = s.id))))";

/// Their names, and why they are left.
const DIRE_CHANGEES: &str = "SELECT COALESCE(a.nom, s.nom) AS nom, a.reference, CASE WHEN a.id IS NULL THEN 'elle n’est plus dans l’annuaire'
    WHEN a.etat = 'masque' THEN 'réunie à une autre, ou retirée depuis' WHEN a.version <> s.version THEN 'changée depuis l’import'
    ELSE 'nouvelle, et quelqu’un s’en sert déjà (offre, réseau, demande, correction ou photo)' END AS motif";

/// The actors that wait and that moved since the reading: changed or gone; or another page took their number, their organisation
/// or the SIRET of one of their establishments.
const BOUGEES: &str = "import_acteur s LEFT JOIN acteur a ON a.id = s.id
    WHERE s.pour_import = $1 AND s.moment = 'apres' AND (
      (s.version > 1 AND (a.id IS NULL OR a.version <> s.version - 1))
      OR EXISTS (SELECT 1 FROM acteur x WHERE x.siren = s.siren AND x.id <> s.id)
      OR EXISTS (SELECT 1 FROM acteur x WHERE x.organisation_id = s.organisation_id AND x.id <> s.id)
      OR s.organisation_id IN (SELECT i.id FROM import_organisation i JOIN organisation o ON o.siren = i.siren
           WHERE i.pour_import = $1 AND i.moment = 'apres')
      OR s.id IN (SELECT e.acteur_id FROM import_etablissement e JOIN acteur_etablissement d ON d.siret = e.siret
           WHERE e.pour_import = $1 AND e.moment = 'apres' AND d.id <> e.id))";

/// Their names, and why they are left.
const DIRE_BOUGEES: &str = "SELECT COALESCE(a.nom, s.nom) AS nom, a.reference, CASE WHEN s.version > 1 AND a.id IS NULL THEN 'elle n’est plus dans l’annuaire'
    WHEN a.etat = 'masque' THEN 'réunie à une autre, ou retirée depuis la lecture'
    WHEN s.version > 1 AND a.version <> s.version - 1 THEN 'changée depuis la lecture'
    ELSE 'son numéro, ou celui d’un de ses établissements, est entré depuis sur une autre fiche' END AS motif";

/// Leaves the pages that moved since the reading: nothing of what the import says of them enters, it comes again with the next one.
async fn laisser_les_bougees(tx: &WriteTx, id: &str, rapport: &mut Rapport) -> Result<(), DbErr> {
    rapport.laissees = laisser(tx, id, DIRE_BOUGEES, BOUGEES).await?;
    if rapport.laissees.is_empty() {
        return Ok(());
    }
    let marquees = |suite: &str| format!("import_acteur WHERE pour_import = $1 AND moment = '{LAISSEE}' {suite}");
    rapport.nouveaux = rapport.nouveaux.saturating_sub(compter(tx, id, &marquees("AND version = 1")).await?);
    rapport.changes = rapport.changes.saturating_sub(compter(tx, id, &marquees("AND version > 1")).await?);
    let sql = format!("SELECT reference FROM {}", marquees(""));
    let lignes = tx.query_all_raw(phrase(tx, sql, id)).await?;
    let references: HashSet<String> = lignes.iter().map(|l| l.try_get("", "reference")).collect::<Result<_, _>>()?;
    rapport.differences.retain(|difference| !references.contains(&difference.reference));
    let dites = format!(
        "DELETE FROM import_difference WHERE pour_import = $1 AND reference IN (SELECT reference FROM {})",
        marquees("")
    );
    rapport.modifiees = rapport.modifiees.saturating_sub(executer(tx, dites, id).await?);
    let organisations = format!(
        "DELETE FROM import_organisation WHERE pour_import = $1 AND id IN (SELECT organisation_id FROM {})",
        marquees("AND version = 1")
    );
    executer(tx, organisations, id).await?;
    oublier(tx, id).await
}

/// Rows of the waiting room that will not be used.
const LAISSEE: &str = "laissee";

/// Marks the pages to leave as they are, and gives them. `lesquelles`: actors of the waiting room (`s`) beside those of the
/// directory (`a`).
async fn laisser(tx: &WriteTx, id: &str, dire: &str, lesquelles: &str) -> Result<Vec<Laissee>, DbErr> {
    let sql = format!("{dire} FROM {lesquelles} ORDER BY s.nom_tri, s.id");
    let lignes = tx.query_all_raw(phrase(tx, sql, id)).await?;
    let laissees: Vec<Laissee> =
        lignes.iter().map(|ligne| Laissee::from_query_result(ligne, "")).collect::<Result<_, _>>()?;
    if !laissees.is_empty() {
        let sql = format!(
            "UPDATE import_acteur SET moment = '{LAISSEE}'
             WHERE pour_import = $1 AND moment = '{APRES}' AND id IN (SELECT s.id FROM {lesquelles})"
        );
        executer(tx, sql, id).await?;
    }
    Ok(laissees)
}

/// Takes out of the waiting room all that hangs on the pages marked: what follows does not see them.
async fn oublier(tx: &WriteTx, id: &str) -> Result<(), DbErr> {
    let marquees = format!("SELECT id FROM import_acteur WHERE pour_import = $1 AND moment = '{LAISSEE}'");
    for (genre, table, cle) in DATES {
        let sql = format!(
            "DELETE FROM import_date WHERE pour_import = $1 AND quoi = '{genre}' AND cle IN (
                SELECT {cle} FROM {table} WHERE acteur_id IN ({marquees}))"
        );
        executer(tx, sql, id).await?;
    }
    // The actors last: the others are found by them.
    let tables = [Table::de::<valeur::Entity>()].into_iter().chain(attaches()).chain([Table::de::<acteur::Entity>()]);
    for table in tables {
        let (attente, acteur) = (&table.attente, table.acteur());
        executer(tx, format!("DELETE FROM {attente} WHERE pour_import = $1 AND {acteur} IN ({marquees})"), id).await?;
    }
    Ok(())
}
