//! Where to go after signing in, and which draft to keep: signed, so that a link opened in another browser still works.

use platform::crypto::Signature;
use serde::{Deserialize, Serialize};

use crate::cadre::chemin_interne;
use crate::instance::Instance;

/// Life of a sign-in link: mail may be read twice a week by a shared mailbox, codes live a day.
pub const DUREE_S: i64 = 24 * 3600;
const USAGE: &str = "suite-de-connexion";

/// What follows a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suite {
    /// Path of this site.
    pub retour: String,
    /// Reference of a draft that the visitor holds the secret of: it becomes theirs.
    pub garder: Option<String>,
}

impl Suite {
    /// Goes back to a path.
    #[must_use]
    pub fn vers(retour: &str) -> Self {
        Self { retour: chemin_interne(retour), garder: None }
    }

    /// Signed text, for a hidden field or a link.
    #[must_use]
    pub fn signer(&self, instance: &Instance) -> String {
        let charge = serde_json::to_vec(self).unwrap_or_default();
        instance.signature.signer(USAGE, &charge, instance.clock.instant().plus_seconds(DUREE_S))
    }

    /// Reads a signed text; home when it is absent, expired or not ours.
    #[must_use]
    pub fn lire(instance: &Instance, signe: &str) -> Self {
        Self::verifier(&instance.signature, instance, signe).unwrap_or_else(|| Self::vers("/"))
    }

    fn verifier(signature: &Signature, instance: &Instance, signe: &str) -> Option<Self> {
        let charge = signature.verifier(USAGE, signe, instance.clock.instant()).ok()?;
        serde_json::from_slice(&charge).ok()
    }
}
