//! Tables of the socle. One text for both engines.

use platform::Migration;

use crate::projet::publication;

/// In order.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        feature: "socle",
        numero: 1,
        nom: "personnes, organisations, mandats, sessions",
        sql: "CREATE TABLE personne (
            id TEXT PRIMARY KEY, courriel TEXT UNIQUE, prenom TEXT NOT NULL, nom TEXT NOT NULL, nom_tri TEXT NOT NULL,
            telephone TEXT, cree_le BIGINT NOT NULL, vu_le BIGINT, efface_le BIGINT, oidc_sub TEXT UNIQUE,
            resume_quotidien BOOLEAN NOT NULL, version BIGINT NOT NULL);
        CREATE TABLE organisation (
            id TEXT PRIMARY KEY, nature TEXT NOT NULL, siren TEXT UNIQUE, rna TEXT UNIQUE, commune TEXT, nom TEXT NOT NULL,
            nom_tri TEXT NOT NULL, courriel TEXT, cree_le BIGINT NOT NULL, version BIGINT NOT NULL);
        CREATE INDEX organisation_nom ON organisation (nom_tri, id);
        CREATE INDEX organisation_commune ON organisation (commune, nature);
        CREATE TABLE mandat (
            id TEXT PRIMARY KEY, personne_id TEXT NOT NULL REFERENCES personne(id),
            organisation_id TEXT NOT NULL REFERENCES organisation(id), fonction TEXT NOT NULL, du TEXT NOT NULL, au TEXT,
            etat TEXT NOT NULL, preuve TEXT NOT NULL, verifie_par TEXT, verifie_le BIGINT, version BIGINT NOT NULL);
        CREATE INDEX mandat_personne ON mandat (personne_id, du);
        CREATE INDEX mandat_organisation ON mandat (organisation_id, du);
        CREATE TABLE session (
            id TEXT PRIMARY KEY, personne_id TEXT NOT NULL REFERENCES personne(id), mandat_id TEXT, cree_le BIGINT NOT NULL,
            vu_le BIGINT NOT NULL, expire_le BIGINT NOT NULL, appareil TEXT NOT NULL);
        CREATE INDEX session_personne ON session (personne_id);
        CREATE TABLE jeton (
            id TEXT PRIMARY KEY, usage TEXT NOT NULL, cible TEXT NOT NULL, code TEXT, essais BIGINT NOT NULL,
            expire_le BIGINT NOT NULL, utilise_le BIGINT, cree_le BIGINT NOT NULL);
        CREATE INDEX jeton_cible ON jeton (usage, cible, cree_le);
        CREATE TABLE formulaire_recu (
            cle TEXT PRIMARY KEY, reponse TEXT NOT NULL, recu_le BIGINT NOT NULL);
        CREATE TABLE reglage (
            cle TEXT PRIMARY KEY, valeur TEXT NOT NULL, version BIGINT NOT NULL, modifie_le BIGINT NOT NULL, modifie_par TEXT)",
    },
    Migration {
        feature: "socle",
        numero: 2,
        nom: "secteurs et coeur du projet",
        sql: "CREATE TABLE secteur (
            id TEXT PRIMARY KEY, nom TEXT NOT NULL, nom_tri TEXT NOT NULL, telephone TEXT, courriel TEXT,
            delai_jours_ouvres BIGINT NOT NULL, version BIGINT NOT NULL);
        CREATE TABLE secteur_commune (
            secteur_id TEXT NOT NULL REFERENCES secteur(id), commune TEXT NOT NULL, du TEXT NOT NULL, au TEXT,
            PRIMARY KEY (secteur_id, commune, du));
        CREATE INDEX secteur_commune_commune ON secteur_commune (commune, du);
        CREATE TABLE secteur_agent (
            id TEXT PRIMARY KEY, secteur_id TEXT NOT NULL REFERENCES secteur(id),
            personne_id TEXT NOT NULL REFERENCES personne(id), du TEXT NOT NULL, au TEXT);
        CREATE INDEX secteur_agent_secteur ON secteur_agent (secteur_id, du);
        CREATE INDEX secteur_agent_personne ON secteur_agent (personne_id, du);
        CREATE TABLE absence (
            id TEXT PRIMARY KEY, personne_id TEXT NOT NULL REFERENCES personne(id), du TEXT NOT NULL, au TEXT NOT NULL,
            remplacant_id TEXT REFERENCES personne(id));
        CREATE INDEX absence_personne ON absence (personne_id, du);
        CREATE INDEX absence_remplacant ON absence (remplacant_id, du);
        CREATE TABLE projet (
            id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, titre TEXT NOT NULL, titre_tri TEXT NOT NULL,
            manque TEXT NOT NULL, commune TEXT NOT NULL, etape TEXT NOT NULL, porteur TEXT NOT NULL,
            organisation_id TEXT REFERENCES organisation(id), auteur_id TEXT REFERENCES personne(id), brouillon TEXT UNIQUE,
            etat TEXT NOT NULL, confirme_le BIGINT, confirme_par TEXT, diffusion TEXT NOT NULL, publie_le BIGINT,
            cout BIGINT, complements TEXT NOT NULL, origine TEXT NOT NULL, cree_le BIGINT NOT NULL,
            modifie_le BIGINT NOT NULL, fusionne_dans TEXT, version BIGINT NOT NULL);
        CREATE INDEX projet_commune_etat ON projet (commune, etat);
        CREATE INDEX projet_organisation ON projet (organisation_id);
        CREATE INDEX projet_auteur ON projet (auteur_id);
        CREATE INDEX projet_diffusion ON projet (diffusion, publie_le);
        CREATE TABLE projet_theme (
            projet_id TEXT NOT NULL REFERENCES projet(id), theme TEXT NOT NULL, rang BIGINT NOT NULL,
            PRIMARY KEY (projet_id, theme));
        CREATE INDEX projet_theme_theme ON projet_theme (theme);
        CREATE TABLE projet_membre (
            id TEXT PRIMARY KEY, projet_id TEXT NOT NULL REFERENCES projet(id), personne_id TEXT NOT NULL REFERENCES personne(id),
            invite_par TEXT, du BIGINT NOT NULL, au BIGINT);
        CREATE INDEX projet_membre_personne ON projet_membre (personne_id);
        CREATE INDEX projet_membre_projet ON projet_membre (projet_id)",
    },
    Migration {
        feature: "socle",
        numero: 3,
        nom: "nouvelles en attente du résumé quotidien",
        sql: "CREATE TABLE nouvelle (
            id TEXT PRIMARY KEY, personne_id TEXT NOT NULL REFERENCES personne(id), sujet TEXT NOT NULL, texte TEXT NOT NULL,
            cree_le BIGINT NOT NULL);
        CREATE INDEX nouvelle_personne ON nouvelle (personne_id, id)",
    },
    Migration {
        feature: "socle",
        numero: 4,
        nom: "doubles d’un projet",
        sql: "CREATE INDEX projet_fusionne_dans ON projet (fusionne_dans)",
    },
    Migration {
        feature: "socle-projet",
        numero: 1,
        nom: "projets en cours, publics, doubles, parmi vingt ans de projets",
        sql: "CREATE INDEX projet_en_cours ON projet (id) WHERE etat = 'garde' AND etape NOT IN ('activite', 'arrete');
        CREATE INDEX projet_public ON projet (commune) WHERE diffusion = 'public' AND etat = 'garde';
        DROP INDEX projet_fusionne_dans;
        CREATE INDEX projet_double ON projet (fusionne_dans) WHERE fusionne_dans IS NOT NULL",
    },
    // The wider index led SQLite (3.51) to read every published project to count them by commune.
    Migration {
        feature: "socle-projet",
        numero: 2,
        nom: "derniers projets publics",
        sql: "DROP INDEX projet_diffusion;
        CREATE INDEX projet_public_date ON projet (publie_le) WHERE diffusion = 'public' AND etat = 'garde'",
    },
    Migration {
        feature: "socle-publication",
        numero: 1,
        nom: "le texte des projets tel qu’il a été publié",
        sql: "CREATE TABLE projet_publication (
            projet_id TEXT PRIMARY KEY REFERENCES projet(id) ON DELETE CASCADE, titre TEXT NOT NULL, titre_tri TEXT NOT NULL,
            manque TEXT NOT NULL, commune TEXT NOT NULL, etape TEXT NOT NULL, themes TEXT NOT NULL, deliberation TEXT,
            publie_le BIGINT NOT NULL);
        CREATE INDEX projet_publication_commune ON projet_publication (commune)",
    },
    Migration {
        feature: "socle-publication",
        numero: 2,
        nom: "projets déjà publics",
        sql: publication::REPRENDRE,
    },
    Migration {
        feature: "socle-reglage",
        numero: 1,
        nom: "valeurs remplacées des réglages",
        sql: "CREATE TABLE reglage_ancien (
            cle TEXT NOT NULL, version BIGINT NOT NULL, valeur TEXT NOT NULL, modifie_le BIGINT NOT NULL, modifie_par TEXT,
            PRIMARY KEY (cle, version))",
    },
    Migration {
        feature: "socle-nouvelle",
        numero: 1,
        nom: "projet dont parle une nouvelle en attente",
        sql: "ALTER TABLE nouvelle ADD COLUMN projet_id TEXT",
    },
    // A project kept by who acts for the commune is the commune's, confirmed or not: its next mayor takes it over.
    Migration {
        feature: "socle-porteur",
        numero: 1,
        nom: "projets des communes, liés à leur commune",
        sql: "UPDATE projet SET organisation_id = (
            SELECT MIN(o.id) FROM organisation o JOIN mandat m ON m.organisation_id = o.id
             WHERE m.personne_id = projet.auteur_id AND m.etat = 'verifie' AND o.nature = 'commune'
               AND o.commune = projet.commune)
        WHERE organisation_id IS NULL AND porteur = 'commune' AND etat = 'garde'",
    },
    Migration {
        feature: "socle-saisie",
        numero: 1,
        nom: "ce qui est écrit dans un formulaire, gardé en attendant l’envoi",
        sql: "CREATE TABLE saisie_gardee (
            proprietaire TEXT NOT NULL, formulaire TEXT NOT NULL, champs TEXT NOT NULL, gardee_le BIGINT NOT NULL,
            PRIMARY KEY (proprietaire, formulaire));
        CREATE INDEX saisie_gardee_le ON saisie_gardee (gardee_le)",
    },
];
