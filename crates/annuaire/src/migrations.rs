//! Tables of the feature. One text for both engines. The tables `import_*` are where an import waits before its swap, and
//! where what it replaced is kept: the same columns as the table they feed. A column added to one is added to the other.

use platform::Migration;

/// In order.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        feature: "annuaire",
        numero: 1,
        nom: "acteurs, valeurs et leur provenance, offres",
        sql: "CREATE TABLE acteur (
            id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL UNIQUE REFERENCES organisation(id),
            reference TEXT NOT NULL UNIQUE, nom TEXT NOT NULL, nom_tri TEXT NOT NULL, sigle TEXT, siren TEXT UNIQUE,
            rna TEXT, categorie_juridique TEXT, famille TEXT NOT NULL, naf TEXT, tranche TEXT, etat TEXT NOT NULL,
            diffusion TEXT NOT NULL, ess_loi TEXT NOT NULL, ess_loi_motif TEXT NOT NULL, ess_stat TEXT NOT NULL,
            ess_stat_motif TEXT NOT NULL, presentation TEXT, site TEXT, courriel TEXT, telephone TEXT, commune TEXT,
            exemple BOOLEAN NOT NULL, cree_le BIGINT NOT NULL, modifie_le BIGINT NOT NULL, version BIGINT NOT NULL);
        CREATE INDEX acteur_liste ON acteur (etat, nom_tri, id);
        CREATE INDEX acteur_commune ON acteur (commune, etat);
        CREATE TABLE acteur_etablissement (
            id TEXT PRIMARY KEY, acteur_id TEXT NOT NULL REFERENCES acteur(id), siret TEXT UNIQUE, siege BOOLEAN NOT NULL,
            enseigne TEXT, commune TEXT NOT NULL, adresse TEXT, code_postal TEXT, longitude DOUBLE PRECISION,
            latitude DOUBLE PRECISION, naf TEXT, ouvert BOOLEAN NOT NULL, source TEXT NOT NULL, source_du TEXT);
        CREATE INDEX acteur_etablissement_acteur ON acteur_etablissement (acteur_id);
        CREATE INDEX acteur_etablissement_commune ON acteur_etablissement (commune, ouvert);
        CREATE TABLE acteur_agrement (
            acteur_id TEXT NOT NULL REFERENCES acteur(id), genre TEXT NOT NULL, source TEXT NOT NULL, libelle TEXT,
            du TEXT, au TEXT, source_du TEXT, PRIMARY KEY (acteur_id, genre, source));
        CREATE INDEX acteur_agrement_genre ON acteur_agrement (genre);
        CREATE TABLE acteur_theme (
            acteur_id TEXT NOT NULL REFERENCES acteur(id), theme TEXT NOT NULL, origine TEXT NOT NULL,
            PRIMARY KEY (acteur_id, theme));
        CREATE INDEX acteur_theme_theme ON acteur_theme (theme);
        CREATE TABLE acteur_valeur (
            id TEXT PRIMARY KEY, acteur_id TEXT NOT NULL REFERENCES acteur(id), champ TEXT NOT NULL, valeur TEXT NOT NULL,
            source TEXT NOT NULL, source_du TEXT, auteur_id TEXT, import_id TEXT, recu_le BIGINT NOT NULL,
            courante BOOLEAN NOT NULL);
        CREATE INDEX acteur_valeur_acteur ON acteur_valeur (acteur_id, champ);
        CREATE UNIQUE INDEX acteur_valeur_courante ON acteur_valeur (acteur_id, champ, source) WHERE courante;
        CREATE TABLE offre (
            id TEXT PRIMARY KEY, acteur_id TEXT NOT NULL REFERENCES acteur(id), titre TEXT NOT NULL, titre_tri TEXT NOT NULL,
            description TEXT NOT NULL, genre TEXT NOT NULL, mode TEXT NOT NULL, payant BOOLEAN NOT NULL,
            active BOOLEAN NOT NULL, exemple BOOLEAN NOT NULL, cree_le BIGINT NOT NULL, modifie_le BIGINT NOT NULL,
            version BIGINT NOT NULL);
        CREATE INDEX offre_acteur ON offre (acteur_id);
        CREATE INDEX offre_active ON offre (active, titre_tri, id);
        CREATE TABLE offre_theme (
            offre_id TEXT NOT NULL REFERENCES offre(id), theme TEXT NOT NULL, PRIMARY KEY (offre_id, theme));
        CREATE INDEX offre_theme_theme ON offre_theme (theme);
        CREATE TABLE offre_etape (
            offre_id TEXT NOT NULL REFERENCES offre(id), etape TEXT NOT NULL, PRIMARY KEY (offre_id, etape));
        CREATE TABLE offre_territoire (
            offre_id TEXT NOT NULL REFERENCES offre(id), genre TEXT NOT NULL, code TEXT NOT NULL,
            PRIMARY KEY (offre_id, genre, code))",
    },
    Migration {
        feature: "annuaire",
        numero: 2,
        nom: "imports et leur salle d’attente",
        sql: "CREATE TABLE annuaire_import (
            id TEXT PRIMARY KEY, etat TEXT NOT NULL, essai BOOLEAN NOT NULL, fichiers TEXT NOT NULL, rapport TEXT NOT NULL,
            fait_par TEXT, commence_le BIGINT NOT NULL, fini_le BIGINT, version BIGINT NOT NULL);
        CREATE INDEX annuaire_import_date ON annuaire_import (commence_le, id);
        CREATE TABLE import_acteur (
            import_id TEXT NOT NULL, acteur_id TEXT NOT NULL, nouveau BOOLEAN NOT NULL, version_lue BIGINT NOT NULL,
            organisation_id TEXT NOT NULL, organisation_nouvelle BOOLEAN NOT NULL, nature TEXT NOT NULL,
            reference TEXT NOT NULL, nom TEXT NOT NULL, nom_tri TEXT NOT NULL, sigle TEXT, siren TEXT, rna TEXT,
            categorie_juridique TEXT, famille TEXT NOT NULL, naf TEXT, tranche TEXT, etat TEXT NOT NULL,
            diffusion TEXT NOT NULL, ess_loi TEXT NOT NULL, ess_loi_motif TEXT NOT NULL, ess_stat TEXT NOT NULL,
            ess_stat_motif TEXT NOT NULL, presentation TEXT, site TEXT, courriel TEXT, telephone TEXT, commune TEXT,
            recu_le BIGINT NOT NULL, PRIMARY KEY (import_id, acteur_id));
        CREATE TABLE import_etablissement (
            import_id TEXT NOT NULL, id TEXT NOT NULL, nouveau BOOLEAN NOT NULL, acteur_id TEXT NOT NULL, siret TEXT,
            siege BOOLEAN NOT NULL, enseigne TEXT, commune TEXT NOT NULL, adresse TEXT, code_postal TEXT,
            longitude DOUBLE PRECISION, latitude DOUBLE PRECISION, naf TEXT, ouvert BOOLEAN NOT NULL,
            source TEXT NOT NULL, source_du TEXT, PRIMARY KEY (import_id, id));
        CREATE TABLE import_valeur (
            import_id TEXT NOT NULL, id TEXT NOT NULL, remplace TEXT, acteur_id TEXT NOT NULL, champ TEXT NOT NULL,
            valeur TEXT NOT NULL, source TEXT NOT NULL, source_du TEXT, recu_le BIGINT NOT NULL,
            PRIMARY KEY (import_id, id));
        CREATE TABLE import_agrement (
            import_id TEXT NOT NULL, acteur_id TEXT NOT NULL, genre TEXT NOT NULL, source TEXT NOT NULL, libelle TEXT,
            du TEXT, au TEXT, source_du TEXT, PRIMARY KEY (import_id, acteur_id, genre, source));
        CREATE TABLE import_theme (
            import_id TEXT NOT NULL, acteur_id TEXT NOT NULL, theme TEXT NOT NULL, origine TEXT NOT NULL,
            PRIMARY KEY (import_id, acteur_id, theme))",
    },
    Migration {
        feature: "annuaire",
        numero: 3,
        nom: "imports que l’on peut défaire, jour de la dernière confirmation",
        sql: "UPDATE annuaire_import SET etat = 'abandonne' WHERE etat IN ('lecture', 'pret');
        DROP TABLE import_acteur;
        DROP TABLE import_etablissement;
        DROP TABLE import_valeur;
        DROP TABLE import_agrement;
        DROP TABLE import_theme;
        ALTER TABLE acteur ADD COLUMN confirme_le BIGINT;
        CREATE TABLE import_organisation AS SELECT '' AS pour_import, '' AS moment, t.* FROM organisation t WHERE 1 = 0;
        CREATE TABLE import_acteur AS SELECT '' AS pour_import, '' AS moment, t.* FROM acteur t WHERE 1 = 0;
        CREATE TABLE import_etablissement AS
            SELECT '' AS pour_import, '' AS moment, t.* FROM acteur_etablissement t WHERE 1 = 0;
        CREATE TABLE import_valeur AS SELECT '' AS pour_import, '' AS moment, t.* FROM acteur_valeur t WHERE 1 = 0;
        CREATE TABLE import_agrement AS SELECT '' AS pour_import, '' AS moment, t.* FROM acteur_agrement t WHERE 1 = 0;
        CREATE TABLE import_theme AS SELECT '' AS pour_import, '' AS moment, t.* FROM acteur_theme t WHERE 1 = 0;
        CREATE UNIQUE INDEX import_organisation_cle ON import_organisation (pour_import, moment, id);
        CREATE UNIQUE INDEX import_acteur_cle ON import_acteur (pour_import, moment, id);
        CREATE UNIQUE INDEX import_etablissement_cle ON import_etablissement (pour_import, moment, id);
        CREATE UNIQUE INDEX import_valeur_cle ON import_valeur (pour_import, moment, id);
        CREATE INDEX import_valeur_champ ON import_valeur (acteur_id, champ, source);
        CREATE UNIQUE INDEX import_agrement_cle ON import_agrement (pour_import, moment, acteur_id, genre, source);
        CREATE UNIQUE INDEX import_theme_cle ON import_theme (pour_import, moment, acteur_id, theme);
        CREATE INDEX acteur_valeur_import ON acteur_valeur (import_id)",
    },
    Migration {
        feature: "annuaire",
        numero: 4,
        nom: "relances de ceux qui doivent confirmer leur fiche",
        sql: "CREATE TABLE acteur_relance (
            acteur_id TEXT NOT NULL REFERENCES acteur(id), envoyee_le BIGINT NOT NULL,
            PRIMARY KEY (acteur_id, envoyee_le));
        CREATE INDEX acteur_relance_date ON acteur_relance (envoyee_le);
        CREATE INDEX acteur_valeur_source ON acteur_valeur (source, acteur_id) WHERE courante",
    },
    Migration {
        feature: "annuaire",
        numero: 5,
        nom: "doublons, réunions de fiches",
        sql: "CREATE TABLE acteur_doublon (
            un TEXT NOT NULL, autre TEXT NOT NULL, points BIGINT NOT NULL, raisons TEXT NOT NULL, etat TEXT NOT NULL,
            trouve_le BIGINT NOT NULL, juge_le BIGINT, juge_par TEXT, PRIMARY KEY (un, autre));
        CREATE INDEX acteur_doublon_liste ON acteur_doublon (etat, points, un, autre);
        CREATE TABLE acteur_fusion (
            id TEXT PRIMARY KEY, garde TEXT NOT NULL, absorbe TEXT NOT NULL, nom TEXT NOT NULL, trace TEXT NOT NULL,
            faite_le BIGINT NOT NULL, faite_par TEXT, defaite_le BIGINT, defaite_par TEXT);
        CREATE UNIQUE INDEX acteur_fusion_absorbe ON acteur_fusion (absorbe) WHERE defaite_le IS NULL;
        CREATE INDEX acteur_fusion_garde ON acteur_fusion (garde);
        CREATE INDEX acteur_fusion_date ON acteur_fusion (faite_le)",
    },
    Migration {
        feature: "annuaire",
        numero: 6,
        nom: "demandes pour tenir une fiche, corrections proposées, photos",
        sql: "CREATE TABLE acteur_revendication (
            id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, acteur_id TEXT NOT NULL REFERENCES acteur(id),
            personne_id TEXT NOT NULL REFERENCES personne(id), moyen TEXT NOT NULL, preuve TEXT NOT NULL, etat TEXT NOT NULL,
            motif TEXT, demandee_le BIGINT NOT NULL, lettre_le BIGINT, decidee_le BIGINT, decidee_par TEXT,
            version BIGINT NOT NULL);
        CREATE INDEX acteur_revendication_liste ON acteur_revendication (etat, demandee_le);
        CREATE INDEX acteur_revendication_personne ON acteur_revendication (personne_id, demandee_le);
        CREATE INDEX acteur_revendication_acteur ON acteur_revendication (acteur_id, demandee_le);
        CREATE TABLE acteur_proposition (
            id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, acteur_id TEXT NOT NULL REFERENCES acteur(id),
            personne_id TEXT REFERENCES personne(id), courriel TEXT, ecarts TEXT NOT NULL, mot TEXT NOT NULL,
            etat TEXT NOT NULL, motif TEXT, proposee_le BIGINT NOT NULL, decidee_le BIGINT, decidee_par TEXT,
            version BIGINT NOT NULL);
        CREATE INDEX acteur_proposition_liste ON acteur_proposition (etat, proposee_le);
        CREATE INDEX acteur_proposition_acteur ON acteur_proposition (acteur_id, etat);
        CREATE INDEX acteur_proposition_personne ON acteur_proposition (personne_id);
        CREATE INDEX acteur_proposition_courriel ON acteur_proposition (courriel);
        CREATE TABLE acteur_photo (
            id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, acteur_id TEXT NOT NULL REFERENCES acteur(id),
            cle TEXT NOT NULL, empreinte TEXT NOT NULL, genre TEXT NOT NULL, largeur BIGINT NOT NULL, hauteur BIGINT NOT NULL,
            description TEXT NOT NULL, ajoutee_par TEXT, ajoutee_le BIGINT NOT NULL, retiree_le BIGINT,
            version BIGINT NOT NULL);
        CREATE INDEX acteur_photo_acteur ON acteur_photo (acteur_id, ajoutee_le)",
    },
    Migration {
        feature: "annuaire",
        numero: 7,
        nom: "dates redites, liens de succession, campagne mesurée",
        sql: "CREATE TABLE import_date (
            pour_import TEXT NOT NULL, quoi TEXT NOT NULL, cle TEXT NOT NULL, avant TEXT, apres TEXT NOT NULL,
            PRIMARY KEY (pour_import, quoi, cle));
        CREATE TABLE acteur_succession (
            siret_avant TEXT NOT NULL, siret_apres TEXT NOT NULL, le TEXT NOT NULL, siren_avant TEXT NOT NULL,
            siren_apres TEXT NOT NULL, siege BOOLEAN NOT NULL, continuite BOOLEAN NOT NULL, import_id TEXT NOT NULL,
            PRIMARY KEY (siret_avant, siret_apres, le));
        CREATE INDEX acteur_succession_avant ON acteur_succession (siren_avant);
        CREATE INDEX acteur_succession_apres ON acteur_succession (siren_apres);
        CREATE TABLE import_succession AS SELECT '' AS pour_import, '' AS moment, t.* FROM acteur_succession t WHERE 1 = 0;
        CREATE UNIQUE INDEX import_succession_cle
            ON import_succession (pour_import, moment, siret_avant, siret_apres, le);
        ALTER TABLE acteur_relance ADD COLUMN ouverte_le BIGINT;
        ALTER TABLE acteur_relance ADD COLUMN confirmee_le BIGINT;
        CREATE INDEX acteur_agrement_fin ON acteur_agrement (au) WHERE au IS NOT NULL",
    },
    Migration {
        feature: "annuaire",
        numero: 8,
        nom: "réseaux et leurs membres",
        sql: "CREATE TABLE reseau (
            id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL UNIQUE REFERENCES organisation(id),
            reference TEXT NOT NULL UNIQUE, actif BOOLEAN NOT NULL, cree_le BIGINT NOT NULL, cree_par TEXT);
        CREATE TABLE reseau_membre (
            reseau_id TEXT NOT NULL REFERENCES reseau(id), acteur_id TEXT NOT NULL REFERENCES acteur(id),
            ajoute_le BIGINT NOT NULL, ajoute_par TEXT, approuve_le BIGINT, approuve_par TEXT, relance_le BIGINT,
            PRIMARY KEY (reseau_id, acteur_id));
        CREATE INDEX reseau_membre_acteur ON reseau_membre (acteur_id)",
    },
    Migration {
        feature: "annuaire",
        numero: 9,
        nom: "recherches gardées et leurs alertes",
        sql: "CREATE TABLE recherche_gardee (
            id TEXT PRIMARY KEY, personne_id TEXT NOT NULL REFERENCES personne(id), filtres TEXT NOT NULL,
            alerte BOOLEAN NOT NULL, cree_le BIGINT NOT NULL, vu_le BIGINT NOT NULL, envoye_le BIGINT);
        CREATE UNIQUE INDEX recherche_gardee_personne ON recherche_gardee (personne_id, filtres);
        CREATE INDEX recherche_gardee_due ON recherche_gardee (vu_le, id) WHERE alerte;
        CREATE INDEX acteur_nouveau ON acteur (cree_le)",
    },
    Migration {
        feature: "annuaire",
        numero: 10,
        nom: "ce qu’un import change, en mots",
        sql: "CREATE TABLE import_difference (
            pour_import TEXT NOT NULL, rang BIGINT NOT NULL, acteur TEXT NOT NULL, reference TEXT NOT NULL,
            nouveau BOOLEAN NOT NULL, champ TEXT NOT NULL, avant TEXT NOT NULL, apres TEXT NOT NULL,
            PRIMARY KEY (pour_import, rang))",
    },
    Migration {
        feature: "annuaire",
        numero: 11,
        nom: "structures et offres proposées, avant qu’un agent les lise",
        sql: "CREATE TABLE acteur_proposition_neuve (
            id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, genre TEXT NOT NULL DEFAULT 'correction',
            acteur_id TEXT REFERENCES acteur(id),
            titre TEXT, contenu TEXT, personne_id TEXT REFERENCES personne(id), courriel TEXT, ecarts TEXT NOT NULL,
            mot TEXT NOT NULL, etat TEXT NOT NULL, motif TEXT, proposee_le BIGINT NOT NULL, decidee_le BIGINT,
            decidee_par TEXT, version BIGINT NOT NULL);
        INSERT INTO acteur_proposition_neuve
            (id, reference, genre, acteur_id, personne_id, courriel, ecarts, mot, etat, motif, proposee_le, decidee_le,
             decidee_par, version)
            SELECT id, reference, 'correction', acteur_id, personne_id, courriel, ecarts, mot, etat, motif, proposee_le,
                decidee_le, decidee_par, version FROM acteur_proposition;
        DROP TABLE acteur_proposition;
        ALTER TABLE acteur_proposition_neuve RENAME TO acteur_proposition;
        CREATE INDEX acteur_proposition_liste ON acteur_proposition (etat, proposee_le);
        CREATE INDEX acteur_proposition_acteur ON acteur_proposition (acteur_id, etat);
        CREATE INDEX acteur_proposition_personne ON acteur_proposition (personne_id);
        CREATE INDEX acteur_proposition_courriel ON acteur_proposition (courriel);
        CREATE INDEX acteur_rna ON acteur (rna) WHERE rna IS NOT NULL",
    },
    Migration {
        feature: "annuaire",
        numero: 12,
        nom: "ce qu’une offre peut faire, son prix, ce qui a déjà été fait",
        sql: "ALTER TABLE offre ADD COLUMN capacite TEXT;
        ALTER TABLE offre ADD COLUMN capacite_nombre BIGINT;
        ALTER TABLE offre ADD COLUMN capacite_periode TEXT;
        ALTER TABLE offre ADD COLUMN a_partir_de BIGINT;
        ALTER TABLE offre ADD COLUMN prix_pour TEXT;
        CREATE TABLE offre_reference (
            offre_id TEXT NOT NULL REFERENCES offre(id), rang BIGINT NOT NULL, commune TEXT, annee BIGINT NOT NULL,
            phrase TEXT NOT NULL, lien TEXT, PRIMARY KEY (offre_id, rang))",
    },
    Migration {
        feature: "annuaire",
        numero: 13,
        nom: "le document qui montre un agrément",
        sql: "ALTER TABLE acteur_agrement ADD COLUMN preuve TEXT; ALTER TABLE import_agrement ADD COLUMN preuve TEXT",
    },
    Migration {
        feature: "annuaire",
        numero: 14,
        nom: "ce qu’un acteur répond au réseau qui l’annonce",
        sql: "ALTER TABLE reseau_membre ADD COLUMN confirme_le BIGINT;
        ALTER TABLE reseau_membre ADD COLUMN refuse_le BIGINT",
    },
    Migration {
        feature: "annuaire",
        numero: 15,
        nom: "l’ESS décidée par un agent, oui ou non, sur un document",
        sql: "UPDATE acteur_valeur SET champ = 'decision-ess-loi', valeur = 'oui : ' || valeur
            WHERE champ = 'preuve-ess' AND source = 'agent' AND valeur <> ''",
    },
    Migration {
        feature: "annuaire",
        numero: 16,
        nom: "plusieurs voies pour une offre, et comment son prix se calcule",
        sql: "ALTER TABLE offre ADD COLUMN modes TEXT NOT NULL DEFAULT '';
        ALTER TABLE offre ADD COLUMN tarif TEXT;
        UPDATE offre SET modes = mode WHERE mode <> 'gratuit';
        UPDATE offre SET tarif = 'gratuit' WHERE NOT payant;
        ALTER TABLE offre DROP COLUMN mode",
    },
];
