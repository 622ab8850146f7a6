//! Tables of the feature. One text for both engines.

use platform::Migration;

/// In order.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    feature: "leviers",
    numero: 1,
    nom: "fiches et leurs versions",
    sql: "CREATE TABLE levier (
        id TEXT PRIMARY KEY, nom_tri TEXT NOT NULL, etat TEXT NOT NULL, origine TEXT NOT NULL, a_revoir_le TEXT NOT NULL,
        valable_du TEXT, valable_au TEXT, fiche TEXT NOT NULL, modifie_ici BOOLEAN NOT NULL, empreinte TEXT,
        propose TEXT, version BIGINT NOT NULL);
    CREATE INDEX levier_etat ON levier (etat, nom_tri);
    CREATE INDEX levier_origine ON levier (origine);
    CREATE TABLE levier_version (
        levier_id TEXT NOT NULL REFERENCES levier(id), numero BIGINT NOT NULL, etat TEXT NOT NULL, fiche TEXT NOT NULL,
        auteur_id TEXT REFERENCES personne(id), origine TEXT NOT NULL, commentaire TEXT NOT NULL, ecrit_le BIGINT NOT NULL,
        PRIMARY KEY (levier_id, numero))",
}];
