//! What every feature stands on: people, organisations, mandates, sessions, the core of a project, secteurs, settings
