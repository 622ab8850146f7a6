//! What `platform` promises, on SQLite and on PostgreSQL. PostgreSQL missing is a failure:
//! `export TERREAU_TEST_POSTGRES="$(script/postgres-de-test)"`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic of a helper is a failed test")]

mod base;
mod db;
mod fichiers;
mod journal;
mod migrations;
mod outbox;
mod sauvegardes;
mod travailleur;
