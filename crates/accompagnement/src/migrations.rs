//! Tables of the feature. One text for both engines.

use platform::Migration;

/// In order.
pub(crate) const MIGRATIONS: &[Migration] = &[
Migration {
    feature: "accompagnement",
    numero: 1,
    nom: "demandes, recommandations, notes, relations",
    sql: "CREATE TABLE demande (
        id TEXT PRIMARY KEY, projet_id TEXT NOT NULL UNIQUE REFERENCES projet(id), secteur_id TEXT REFERENCES secteur(id),
        agent_id TEXT REFERENCES personne(id), faite_par TEXT REFERENCES personne(id), faite_le TEXT NOT NULL,
        promise_le TEXT NOT NULL, etat TEXT NOT NULL, attend_depuis TEXT, repondue_le TEXT, mode TEXT, message TEXT NOT NULL,
        rappel TEXT, interets TEXT NOT NULL, reponse TEXT NOT NULL, prochaine_action TEXT, prochaine_le TEXT,
        contact_le TEXT NOT NULL, version BIGINT NOT NULL);
    CREATE INDEX demande_agent ON demande (agent_id, etat);
    CREATE INDEX demande_secteur ON demande (secteur_id, etat);
    CREATE INDEX demande_etat ON demande (etat, promise_le);
    CREATE TABLE recommandation (
        id TEXT PRIMARY KEY, projet_id TEXT NOT NULL REFERENCES projet(id), genre TEXT NOT NULL, cible TEXT,
        titre TEXT NOT NULL, texte TEXT NOT NULL, etat TEXT NOT NULL, motif TEXT, faite_par TEXT NOT NULL,
        faite_le BIGINT NOT NULL, version BIGINT NOT NULL);
    CREATE INDEX recommandation_projet ON recommandation (projet_id, faite_le);
    CREATE TABLE echange (
        id TEXT PRIMARY KEY, projet_id TEXT NOT NULL REFERENCES projet(id), genre TEXT NOT NULL, auteur_id TEXT NOT NULL,
        texte TEXT NOT NULL, ecrit_le BIGINT NOT NULL);
    CREATE INDEX echange_projet ON echange (projet_id, ecrit_le);
    CREATE TABLE relation (
        id TEXT PRIMARY KEY, projet_id TEXT NOT NULL REFERENCES projet(id), acteur TEXT NOT NULL, courriel TEXT NOT NULL,
        texte TEXT NOT NULL, etat TEXT NOT NULL, proposee_par TEXT NOT NULL, proposee_le BIGINT NOT NULL,
        approuvee_par TEXT, approuvee_le BIGINT, repondue_le BIGINT, version BIGINT NOT NULL);
    CREATE INDEX relation_projet ON relation (projet_id, proposee_le)",
},
Migration {
    feature: "accompagnement",
    numero: 2,
    nom: "états des recommandations",
    sql: "UPDATE recommandation SET etat = 'en-cours' WHERE etat = 'retenue';
    UPDATE recommandation SET etat = 'pas-interesse' WHERE etat = 'ecartee';
    UPDATE recommandation SET etat = 'terminee' WHERE etat = 'faite'",
},
Migration {
    feature: "accompagnement",
    numero: 3,
    nom: "ce qui est à suivre se trouve sans tout relire",
    sql: "CREATE INDEX demande_prochaine ON demande (prochaine_le) WHERE prochaine_le IS NOT NULL;
    CREATE INDEX demande_silence ON demande (contact_le, secteur_id, projet_id)
        WHERE etat = 'repondue' AND prochaine_le IS NULL;
    CREATE INDEX demande_faite ON demande (faite_le)",
},
// The index by state led SQLite (3.51) to read every answered request to find the silent ones.
Migration {
    feature: "accompagnement",
    numero: 4,
    nom: "ce qui est dû, par un index à part",
    sql: "DROP INDEX demande_etat;
    CREATE INDEX demande_due ON demande (promise_le) WHERE etat IN ('a-repondre', 'attend-la-commune')",
},
// The answer stood in the request, where the next one overwrote it. When and by whom: the journal knows.
Migration {
    feature: "accompagnement",
    numero: 5,
    nom: "les réponses rejoignent la conversation",
    sql: "INSERT INTO echange (id, projet_id, genre, auteur_id, texte, ecrit_le)
        SELECT 'reponse-' || d.id, d.projet_id, CASE d.etat WHEN 'refusee' THEN 'refus' ELSE 'reponse' END,
            COALESCE((SELECT j.personne FROM journal j WHERE j.projet_id = d.projet_id
                AND j.genre IN ('accompagnement.repondu', 'accompagnement.refuse')
                ORDER BY j.instant DESC, j.id DESC LIMIT 1), d.agent_id, ''),
            d.reponse,
            COALESCE((SELECT MAX(j.instant) FROM journal j WHERE j.projet_id = d.projet_id
                AND j.genre IN ('accompagnement.repondu', 'accompagnement.refuse')), p.modifie_le)
        FROM demande d JOIN projet p ON p.id = d.projet_id WHERE d.reponse <> '';
    ALTER TABLE demande DROP COLUMN reponse",
},
Migration {
    feature: "accompagnement",
    numero: 6,
    nom: "marchés prévus, vus ou contactés",
    sql: "CREATE TABLE marche (
        projet_id TEXT PRIMARY KEY REFERENCES projet(id), suivi TEXT NOT NULL, par TEXT NOT NULL REFERENCES personne(id),
        le BIGINT NOT NULL)",
},
// What was handed over before stays with who received it: the journal knows.
Migration {
    feature: "accompagnement",
    numero: 7,
    nom: "demandes confiées à quelqu’un, quel que soit le secteur",
    sql: "ALTER TABLE demande ADD COLUMN confiee BOOLEAN NOT NULL DEFAULT FALSE;
    UPDATE demande SET confiee = TRUE WHERE agent_id IS NOT NULL
        AND projet_id IN (SELECT projet_id FROM journal WHERE genre = 'accompagnement.confie')",
},
Migration {
    feature: "accompagnement-liste",
    numero: 1,
    nom: "filtres gardés, actes groupés que l’on défait",
    sql: "CREATE TABLE filtre_garde (
        personne_id TEXT NOT NULL REFERENCES personne(id), nom TEXT NOT NULL, nom_tri TEXT NOT NULL, requete TEXT NOT NULL,
        PRIMARY KEY (personne_id, nom));
    CREATE TABLE lot_de_suivi (
        id TEXT PRIMARY KEY, personne_id TEXT NOT NULL REFERENCES personne(id), acte TEXT NOT NULL, avant TEXT NOT NULL,
        fait_le BIGINT NOT NULL);
    CREATE INDEX lot_de_suivi_le ON lot_de_suivi (fait_le)",
},
crate::reprise::storage::MIGRATION];
