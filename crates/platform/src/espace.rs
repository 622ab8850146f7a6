//! Room left on the disk of the data: a full disk stops every write, so it is said before.

use std::path::Path;

/// What is left, against what is needed to be at ease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Espace {
    /// So many bytes: enough.
    Assez(u64),
    /// So many bytes: soon full.
    Peu(u64),
    /// The system does not say.
    Inconnu,
}

impl Espace {
    /// Of the disk that holds a folder; under `minimum` bytes it is little.
    #[must_use]
    pub fn lire(dossier: &Path, minimum: u64) -> Self {
        match rustix::fs::statvfs(dossier) {
            Ok(disque) => Self::juger(disque.f_bavail.saturating_mul(disque.f_frsize), minimum),
            Err(erreur) => {
                tracing::warn!(%erreur, dossier = %dossier.display(), "l’espace libre du disque n’est pas connu");
                Self::Inconnu
            }
        }
    }

    fn juger(libre: u64, minimum: u64) -> Self {
        if libre < minimum { Self::Peu(libre) } else { Self::Assez(libre) }
    }

    /// Bytes left, when known.
    #[must_use]
    pub fn libre(self) -> Option<u64> {
        match self {
            Self::Assez(libre) | Self::Peu(libre) => Some(libre),
            Self::Inconnu => None,
        }
    }

    /// In one word for the operator's watch.
    #[must_use]
    pub fn mot(self) -> &'static str {
        match self {
            Self::Assez(_) => "assez de place",
            Self::Peu(_) => "presque plein",
            Self::Inconnu => "inconnu",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Espace;

    #[test]
    fn sous_le_seuil_c_est_peu() {
        assert_eq!(Espace::juger(999, 1_000), Espace::Peu(999));
        assert_eq!(Espace::juger(1_000, 1_000), Espace::Assez(1_000));
    }

    #[test]
    fn le_disque_d_un_dossier_se_lit_et_un_dossier_absent_ne_se_dit_pas_plein() {
        let dossier = tempfile::tempdir().unwrap();
        let (rien, tout) = (Espace::lire(dossier.path(), 0), Espace::lire(dossier.path(), u64::MAX));
        assert!(matches!(rien, Espace::Assez(libre) if libre > 0), "{rien:?}");
        assert_eq!(tout.mot(), "presque plein");
        assert_eq!(Espace::lire(&dossier.path().join("absent"), u64::MAX), Espace::Inconnu);
    }
}
