//! The screens of the agent who runs the site: identity, texts, secteurs, jobs, backups
