//! An actor that the directory does not have enters it on screen: an agent makes its page, or somebody proposes it and an
//! agent decides. Who may be the same is looked for first.
//!
//! - [`rules`]: how a structure is known: its numbers, or none yet. Pure.
//! - `champs`: the form: as shown, as typed and checked.
//! - [`semblables`]: who is in the directory already, by number, or perhaps.
//! - [`acte`]: writes the page: every value a fact with its source, as everywhere else.
//! - [`agent`]: the agent's page. [`proposer`]: everyone's. [`examiner`]: the agent's answer to a proposal.

pub mod acte;
pub mod agent;
pub(crate) mod champs;
pub mod examiner;
pub mod proposer;
pub mod rules;
pub mod semblables;
