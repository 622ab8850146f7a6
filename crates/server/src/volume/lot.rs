//! Rows of one table, written by hundreds. The builder, not raw SQL: its placeholders are cheap on both engines.

use platform::WriteTx;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, Value};

/// Rows of one statement: the widest table stays far under the 32,766 values that SQLite takes.
const LIGNES: usize = 500;

/// Rows about to be written.
pub(super) struct Lot<'a> {
    tx: &'a WriteTx,
    table: &'static str,
    colonnes: &'static [&'static str],
    lignes: Vec<Vec<Value>>,
}

impl<'a> Lot<'a> {
    pub(super) fn nouveau(tx: &'a WriteTx, table: &'static str, colonnes: &'static [&'static str]) -> Self {
        Self { tx, table, colonnes, lignes: Vec::with_capacity(LIGNES) }
    }

    /// Adds a row: its values in the order of the columns.
    pub(super) async fn ajouter(&mut self, ligne: Vec<Value>) -> anyhow::Result<()> {
        self.lignes.push(ligne);
        if self.lignes.len() == LIGNES { self.finir().await } else { Ok(()) }
    }

    /// Writes what is left.
    pub(super) async fn finir(&mut self) -> anyhow::Result<()> {
        if self.lignes.is_empty() {
            return Ok(());
        }
        let mut requete = Query::insert();
        requete.into_table(self.table).columns(self.colonnes.iter().copied());
        for ligne in self.lignes.drain(..) {
            requete.values(ligne.into_iter().map(Expr::value))?;
        }
        self.tx.execute(&requete).await?;
        Ok(())
    }
}
