//! Tables of the feature. One text for both engines.

use platform::Migration;

/// In order.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    feature: "reglages",
    numero: 1,
    nom: "visas des Archives départementales",
    sql: "CREATE TABLE visa (
        id TEXT PRIMARY KEY, reference TEXT NOT NULL, archiviste TEXT NOT NULL, accorde_le TEXT NOT NULL,
        annees BIGINT NOT NULL, enregistre_par TEXT, enregistre_le BIGINT NOT NULL);
    CREATE TABLE visa_projet (
        visa_id TEXT NOT NULL REFERENCES visa(id), projet_id TEXT NOT NULL, reference TEXT NOT NULL, etat TEXT NOT NULL,
        fait_le BIGINT, PRIMARY KEY (visa_id, projet_id));
    CREATE INDEX visa_projet_projet ON visa_projet (projet_id)",
}];
