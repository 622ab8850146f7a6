//! Sign-in, accounts, mandates, sessions, personal data
