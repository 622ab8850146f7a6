//! Chance that a seed decides: the same seed gives the same rows.

use std::sync::{Mutex, MutexGuard, PoisonError};

use platform::horloge::uuid_v7;
use platform::{Ids, Instant};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

/// Dice and identifiers.
pub struct Hasard {
    de: Mutex<StdRng>,
    maintenant: Instant,
}

impl Hasard {
    /// From a seed; what has no date of its own is of `maintenant`.
    #[must_use]
    pub fn nouveau(graine: u64, maintenant: Instant) -> Self {
        Self { de: Mutex::new(StdRng::seed_from_u64(graine)), maintenant }
    }

    fn de(&self) -> MutexGuard<'_, StdRng> {
        self.de.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number from `de` to `a`, both possible; `de` when there is nothing between.
    pub(super) fn entre(&self, de: i64, a: i64) -> i64 {
        self.de().random_range(de..=a.max(de))
    }

    /// True so many times out of a hundred.
    pub(super) fn pour_cent(&self, chances: i64) -> bool {
        self.entre(1, 100) <= chances
    }

    /// One of these; none of nothing.
    pub(super) fn parmi<'a, T>(&self, liste: &'a [T]) -> Option<&'a T> {
        let rang = if liste.is_empty() { 0 } else { self.de().random_range(0..liste.len()) };
        liste.get(rang)
    }

    /// One of these words.
    pub(super) fn mot(&self, liste: &[&'static str]) -> &'static str {
        self.parmi(liste).copied().unwrap_or_default()
    }

    /// An identifier made at that instant.
    pub(super) fn id(&self, instant: Instant) -> String {
        let mut octets = [0; 10];
        self.octets(&mut octets);
        uuid_v7(instant.timestamp(), octets).to_string()
    }
}

impl Ids for Hasard {
    fn uuid(&self) -> uuid::Uuid {
        let mut octets = [0; 10];
        self.octets(&mut octets);
        uuid_v7(self.maintenant.timestamp(), octets)
    }

    fn octets(&self, destination: &mut [u8]) {
        self.de().fill_bytes(destination);
    }
}
