//! Tables of the feature. One text for both engines.

use platform::Migration;

/// In order.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    feature: "projets",
    numero: 1,
    nom: "pièces jointes",
    sql: "CREATE TABLE piece_jointe (
        id TEXT PRIMARY KEY, projet_id TEXT NOT NULL REFERENCES projet(id), reference TEXT NOT NULL UNIQUE,
        nom TEXT NOT NULL, libelle TEXT NOT NULL, genre TEXT NOT NULL, taille BIGINT NOT NULL, cle TEXT NOT NULL,
        empreinte TEXT NOT NULL, ajoutee_par TEXT NOT NULL REFERENCES personne(id), ajoutee_le BIGINT NOT NULL,
        retiree_par TEXT REFERENCES personne(id), retiree_le BIGINT, version BIGINT NOT NULL);
    CREATE INDEX piece_jointe_projet ON piece_jointe (projet_id, ajoutee_le);
    CREATE INDEX piece_jointe_auteur ON piece_jointe (ajoutee_par)",
}];
