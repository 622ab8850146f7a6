//! Technique shared by every room of the house: nothing here knows a commune or a project.
//!
//! - [`configuration`]: file, environment and flags; says what is wrong in French, never a secret.
//! - [`courriel`]: mail through a real server, or a readable mailbox in the demonstration.
//! - [`crypto`]: tokens, signed messages, one-time codes, key file.
//! - [`db`]: the only place that opens connections (SQLite or PostgreSQL), reads snapshots, begins writes.
//! - [`migration`]: plain SQL lists per feature, forward only, one transaction each.
//! - [`colonne`]: column types (instants, civil dates, typed identifiers).
//! - [`espace`]: room left on the disk.
//! - [`fichiers`]: files in a folder or an object store, their type, digest and tidying.
//! - [`horloge`]: clock and identifiers, always given as parameters.
//! - [`journal`]: what happened, as facts and ids, written in the same transaction as the data.
//! - [`panne`]: which errors mean that the database or the disk is out of order.
//! - [`sauvegarde`]: backups of the database, the files and the key; put back; rotation.
//! - [`periodique`]: work asked once a day.
//! - [`outbox`] and [`worker`]: work to do after a commit, with retry, dead letters and replay.

pub mod colonne;
pub mod configuration;
pub mod courriel;
pub mod crypto;
pub mod db;
pub mod espace;
pub mod fichiers;
pub mod horloge;
pub mod journal;
pub mod migration;
pub mod outbox;
pub mod panne;
pub mod periodique;
pub mod sauvegarde;
pub mod worker;

pub use colonne::{Instant, Jour};
pub use db::{Db, DbOptions, Moteur, ReadTx, WriteTx};
pub use horloge::{Clock, Ids, SystemClock, SystemIds};
pub use migration::Migration;
