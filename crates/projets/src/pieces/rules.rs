//! How many attachments, and until when one that was taken away comes back.

use platform::Instant;
use platform::fichiers::JOURS_POUR_REVENIR;

/// Attachments of one project.
pub const PIECES_MAX: usize = 40;

/// May it still come back?
#[must_use]
pub fn peut_revenir(retiree_le: Instant, maintenant: Instant) -> bool {
    maintenant.seconds_since(retiree_le) < JOURS_POUR_REVENIR * 24 * 3600
}

/// "412 ko", "1,3 Mo".
#[must_use]
pub fn taille_en_mots(octets: i64) -> String {
    if octets < 1_000_000 {
        format!("{}\u{a0}ko", (octets.max(1) - 1) / 1_000 + 1)
    } else {
        format!("{},{}\u{a0}Mo", octets / 1_000_000, octets % 1_000_000 / 100_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, "1\u{a0}ko")]
    #[case(999, "1\u{a0}ko")]
    #[case(412_000, "412\u{a0}ko")]
    #[case(1_390_000, "1,3\u{a0}Mo")]
    fn les_tailles_se_disent(#[case] octets: i64, #[case] attendu: &str) {
        assert_eq!(taille_en_mots(octets), attendu);
    }

    #[test]
    fn une_piece_revient_pendant_trente_jours() {
        let retiree = Instant(0);
        assert!(peut_revenir(retiree, retiree.plus_seconds(29 * 24 * 3600)));
        assert!(!peut_revenir(retiree, retiree.plus_seconds(30 * 24 * 3600)));
    }
}
