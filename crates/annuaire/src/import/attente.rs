//! The waiting room. Beside each table that an import writes stands one with the same columns, where its rows wait
//! ([`APRES`]) and where the rows that they replaced are kept ([`AVANT`]) until the next import. The columns are those of
//! the entities: they are listed nowhere else.

use platform::WriteTx;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, Query};
use sea_orm::{FromQueryResult, IdenStatic, IntoActiveModel, Iterable, PrimaryKeyToColumn, Statement, raw_sql};
use socle::organisation;

use super::dates::DateRedite;
use super::difference::Changement;
use super::rapport::Difference;
use crate::acteur::{self, agrement, etablissement, succession, theme, valeur};

/// Rows as the import makes them.
pub(super) const APRES: &str = "apres";
/// Rows as they were before it.
pub(super) const AVANT: &str = "avant";

/// Rows of one statement: 32 columns stay under the 32,766 parameters of SQLite.
const PAR_INSERTION: usize = 500;

/// A table of the directory, and the one where its rows wait.
pub(super) struct Table {
    pub(super) nom: &'static str,
    pub(super) attente: String,
    pub(super) colonnes: Vec<&'static str>,
    pub(super) cle: Vec<&'static str>,
}

impl Table {
    pub(super) fn de<E: EntityTrait>() -> Self {
        let nom = E::default().table_name();
        Self {
            nom,
            attente: format!("import_{}", nom.strip_prefix("acteur_").unwrap_or(nom)),
            colonnes: E::Column::iter().map(|colonne| colonne.as_str()).collect(),
            cle: E::PrimaryKey::iter().map(|cle| cle.into_column().as_str()).collect(),
        }
    }

    /// Column that names the actor.
    pub(super) fn acteur(&self) -> &'static str {
        if self.nom == "acteur" { "id" } else { "acteur_id" }
    }

    /// The columns, as SQL.
    pub(super) fn liste(&self) -> String {
        self.colonnes.join(", ")
    }

    /// `a = s.a, b = s.b`: every column but the key.
    pub(super) fn affectations(&self, depuis: &str) -> String {
        let autres = self.colonnes.iter().filter(|colonne| !self.cle.contains(colonne));
        autres.map(|colonne| format!("{colonne} = {depuis}.{colonne}")).collect::<Vec<_>>().join(", ")
    }

    async fn deposer<M: ActiveModelTrait>(&self, tx: &WriteTx, import: &str, lignes: Vec<M>) -> Result<(), DbErr> {
        for lot in lignes.chunks(PAR_INSERTION) {
            let colonnes = ["pour_import", "moment"].iter().chain(&self.colonnes).map(|colonne| Alias::new(*colonne));
            let mut insertion = Query::insert();
            insertion.into_table(Alias::new(&self.attente)).columns(colonnes);
            for ligne in lot {
                let cellules = <M::Entity as EntityTrait>::Column::iter().filter_map(|c| ligne.get(c).into_value());
                let rang = [Value::from(import), Value::from(APRES)].into_iter().chain(cellules);
                insertion.values(rang.map(Expr::value)).map_err(|erreur| DbErr::Custom(erreur.to_string()))?;
            }
            tx.execute(&insertion).await?;
        }
        Ok(())
    }
}

/// Every table that an import writes.
pub(super) fn tables() -> [Table; 7] {
    [
        Table::de::<organisation::Entity>(),
        Table::de::<acteur::Entity>(),
        Table::de::<valeur::Entity>(),
        Table::de::<etablissement::Entity>(),
        Table::de::<agrement::Entity>(),
        Table::de::<theme::Entity>(),
        Table::de::<succession::Entity>(),
    ]
}

/// A statement made of names of columns. `$1` is the import.
#[expect(clippy::disallowed_methods, reason = "the text is made of names of columns; both engines read `$1`")]
pub(super) fn phrase(tx: &WriteTx, sql: String, import: &str) -> Statement {
    Statement::from_sql_and_values(tx.get_database_backend(), sql, [import.into()])
}

/// Runs such a statement. Gives how many rows it touched.
pub(super) async fn executer(tx: &WriteTx, sql: String, import: &str) -> Result<u64, DbErr> {
    Ok(tx.execute_raw(phrase(tx, sql, import)).await?.rows_affected())
}

/// Writes some changes in the waiting room.
///
/// # Errors
/// The engine refused.
pub(super) async fn deposer(tx: &WriteTx, import: &str, changements: Vec<Changement>) -> Result<(), DbErr> {
    let (mut organisations, mut acteurs, mut valeurs) = (Vec::new(), Vec::new(), Vec::new());
    let (mut etablissements, mut agrements, mut themes) = (Vec::new(), Vec::new(), Vec::new());
    for changement in changements {
        organisations.extend(changement.organisation.map(IntoActiveModel::into_active_model));
        acteurs.push(changement.acteur.into_active_model());
        valeurs.extend(changement.valeurs.into_iter().map(IntoActiveModel::into_active_model));
        etablissements.extend(changement.etablissements.into_iter().map(IntoActiveModel::into_active_model));
        agrements.extend(changement.agrements.into_iter().map(IntoActiveModel::into_active_model));
        themes.extend(changement.themes.into_iter().map(IntoActiveModel::into_active_model));
    }
    Table::de::<organisation::Entity>().deposer(tx, import, organisations).await?;
    Table::de::<acteur::Entity>().deposer(tx, import, acteurs).await?;
    Table::de::<valeur::Entity>().deposer(tx, import, valeurs).await?;
    Table::de::<etablissement::Entity>().deposer(tx, import, etablissements).await?;
    Table::de::<agrement::Entity>().deposer(tx, import, agrements).await?;
    Table::de::<theme::Entity>().deposer(tx, import, themes).await
}

/// Writes the dates of sources that move.
///
/// # Errors
/// The engine refused.
pub(super) async fn deposer_les_dates(tx: &WriteTx, import: &str, dates: &[DateRedite]) -> Result<(), DbErr> {
    for lot in dates.chunks(PAR_INSERTION) {
        let mut insertion = Query::insert();
        insertion
            .into_table(Alias::new("import_date"))
            .columns(["pour_import", "quoi", "cle", "avant", "apres"].map(Alias::new));
        for date in lot {
            let avant = date.avant.map(|jour| jour.to_string());
            let rang: [Value; 5] = [
                import.into(),
                date.quoi.into(),
                date.cle.as_str().into(),
                avant.into(),
                date.apres.to_string().into(),
            ];
            insertion.values(rang.map(Expr::value)).map_err(|erreur| DbErr::Custom(erreur.to_string()))?;
        }
        tx.execute(&insertion).await?;
    }
    Ok(())
}

/// Writes what changes, in words, from the rank `debut`: the report shows the first lines, its download gives them all.
///
/// # Errors
/// The engine refused.
pub(super) async fn deposer_les_differences(
    tx: &WriteTx,
    import: &str,
    debut: u64,
    differences: &[Difference],
) -> Result<(), DbErr> {
    let mut rang = i64::try_from(debut).unwrap_or(i64::MAX);
    for lot in differences.chunks(PAR_INSERTION) {
        let mut insertion = Query::insert();
        insertion.into_table(Alias::new("import_difference")).columns(
            ["pour_import", "rang", "acteur", "reference", "nouveau", "champ", "avant", "apres"].map(Alias::new),
        );
        for d in lot {
            let ligne: [Value; 8] = [
                import.into(),
                rang.into(),
                d.acteur.as_str().into(),
                d.reference.as_str().into(),
                d.nouveau.into(),
                d.champ.as_str().into(),
                d.avant.as_str().into(),
                d.apres.as_str().into(),
            ];
            insertion.values(ligne.map(Expr::value)).map_err(|erreur| DbErr::Custom(erreur.to_string()))?;
            rang += 1;
        }
        tx.execute(&insertion).await?;
    }
    Ok(())
}

/// What an import changes, in words, while it waits or can be undone.
///
/// # Errors
/// The engine refused.
pub(super) async fn differences(db: &impl ConnectionTrait, import: &str) -> Result<Vec<Difference>, DbErr> {
    Difference::find_by_statement(raw_sql!(
        Postgres,
        "SELECT acteur, reference, nouveau, champ, avant, apres FROM import_difference
         WHERE pour_import = {import} ORDER BY rang"
    ))
    .all(db)
    .await
}

/// Writes succession links; those already known are left aside. Gives how many wait.
///
/// # Errors
/// The engine refused.
pub(super) async fn deposer_les_liens(tx: &WriteTx, import: &str, liens: Vec<succession::Model>) -> Result<u64, DbErr> {
    let table = Table::de::<succession::Entity>();
    let lignes =
        liens.into_iter().map(|lien| succession::Model { import_id: import.to_owned(), ..lien }.into_active_model());
    table.deposer(tx, import, lignes.collect()).await?;
    let connus = "DELETE FROM import_succession WHERE pour_import = $1 AND EXISTS (
        SELECT 1 FROM acteur_succession s WHERE s.siret_avant = import_succession.siret_avant
          AND s.siret_apres = import_succession.siret_apres AND s.le = import_succession.le)";
    executer(tx, connus.to_owned(), import).await?;
    compter(tx, import, "import_succession WHERE pour_import = $1").await
}

/// How many rows, `$1` being the import.
pub(super) async fn compter(tx: &WriteTx, id: &str, depuis: &str) -> Result<u64, DbErr> {
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM {depuis}");
    let ligne = tx.query_one_raw(phrase(tx, sql, id)).await?;
    let n: i64 = ligne.map(|ligne| ligne.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(n).unwrap_or(0))
}

/// Sweeps what imports left, but for those that wait and the last one that entered the directory: it can be undone.
///
/// # Errors
/// The engine refused.
pub(super) async fn balayer(tx: &WriteTx) -> Result<(), DbErr> {
    let salles =
        tables().map(|table| table.attente).into_iter().chain(["import_date", "import_difference"].map(str::to_owned));
    for attente in salles {
        let sql = format!(
            "DELETE FROM {attente} WHERE pour_import NOT IN (
                SELECT id FROM annuaire_import WHERE etat IN ('lecture', 'pret') OR id = (
                    SELECT id FROM annuaire_import WHERE etat = 'applique' ORDER BY fini_le DESC, id DESC LIMIT 1))"
        );
        tx.execute_unprepared(&sql).await?;
    }
    Ok(())
}
