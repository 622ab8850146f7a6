//! Test application on either database, fixed clock, mailbox, identity provider, HTML assertions
