//! Technique: database, migrations, journal, outbox and worker, clock and ids, configuration, mail, files, crypto
