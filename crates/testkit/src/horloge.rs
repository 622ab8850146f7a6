//! Time that moves only when told, and ids that are the same at each run.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use platform::{Clock, Ids};

/// 24 November 2026, 10 h in Paris, in seconds.
pub(crate) const MAINTENANT_S: i64 = 1_795_510_800;

/// Stands at 24 November 2026, 10 h in Paris, until moved.
#[derive(Debug)]
pub struct HorlogeFixe(AtomicI64);

impl Default for HorlogeFixe {
    fn default() -> Self {
        Self(AtomicI64::new(MAINTENANT_S * 1_000_000))
    }
}

impl HorlogeFixe {
    /// Moves forward.
    pub fn avancer(&self, secondes: i64) {
        self.0.fetch_add(secondes * 1_000_000, Ordering::SeqCst);
    }

    /// Moves forward by whole days.
    pub fn avancer_de_jours(&self, jours: i64) {
        self.avancer(jours * 86_400);
    }
}

impl Clock for HorlogeFixe {
    fn now(&self) -> Timestamp {
        // Each reading is one microsecond later, so that order is total.
        Timestamp::from_microsecond(self.0.fetch_add(1, Ordering::SeqCst)).expect("a date within range")
    }
}

/// Bytes from a counter (splitmix64): the same sequence at each run.
#[derive(Debug, Default)]
pub struct IdsSemes(AtomicU64);

impl IdsSemes {
    fn suivant(&self) -> u64 {
        let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Ids for IdsSemes {
    fn uuid(&self) -> uuid::Uuid {
        let mut hasard = [0_u8; 10];
        self.octets(&mut hasard);
        platform::horloge::uuid_v7(Timestamp::UNIX_EPOCH, hasard)
    }

    fn octets(&self, destination: &mut [u8]) {
        for morceau in destination.chunks_mut(8) {
            let octets = self.suivant().to_le_bytes();
            morceau.iter_mut().zip(octets).for_each(|(vers, de)| *vers = de);
        }
    }
}
