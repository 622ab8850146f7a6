//! Time and randomness are parameters: the direct calls are banned by `clippy.toml`.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use rand::Rng;
use uuid::{NoContext, Uuid};

use crate::colonne::Instant;

/// What time it is.
pub trait Clock: Send + Sync {
    /// The present instant, UTC.
    fn now(&self) -> Timestamp;

    /// The present instant as a column value.
    fn instant(&self) -> Instant {
        self.now().into()
    }

    /// The civil date of today in a time zone (the law counts in civil dates).
    fn today(&self, zone: &TimeZone) -> Date {
        zone.to_datetime(self.now()).date()
    }
}

/// New identifiers and random bytes.
pub trait Ids: Send + Sync {
    /// A UUIDv7: sortable by time of creation.
    fn uuid(&self) -> Uuid;

    /// Fills with random bytes fit for secrets.
    fn octets(&self, destination: &mut [u8]);

    /// A short public reference, without look-alike characters: it stands in addresses and is said on the telephone.
    fn reference(&self, longueur: usize) -> String {
        const ALPHABET: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz0";
        let mut octets = vec![0_u8; longueur];
        self.octets(&mut octets);
        octets.iter().filter_map(|octet| ALPHABET.get(usize::from(octet & 31))).map(|&c| char::from(c)).collect()
    }

    /// A secret token of 32 random bytes, in hexadecimal.
    fn jeton(&self) -> String {
        let mut octets = [0_u8; 32];
        self.octets(&mut octets);
        octets.iter().fold(String::with_capacity(64), |mut texte, octet| {
            let _ = write!(texte, "{octet:02x}");
            texte
        })
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands at a past instant: what is written with it happened then (demonstration, work taken over).
#[derive(Clone, Copy, Debug)]
pub struct Arretee(Timestamp);

impl Arretee {
    /// Standing at this instant.
    #[must_use]
    pub fn de(instant: Instant) -> Self {
        Self(instant.timestamp())
    }
}

impl Clock for Arretee {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// The machine's random generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes identifiers")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
    fn octets(&self, destination: &mut [u8]) {
        rand::rng().fill_bytes(destination);
    }
}

/// A UUIDv7 from a given instant and random bytes (for seeded tests and generators).
#[must_use]
pub fn uuid_v7(instant: Timestamp, hasard: [u8; 10]) -> Uuid {
    let secondes = u64::try_from(instant.as_second()).unwrap_or(0);
    let nanos = u32::try_from(instant.subsec_nanosecond()).unwrap_or(0);
    let marque = uuid::Timestamp::from_unix(NoContext, secondes, nanos);
    let (secondes, nanos) = marque.to_unix();
    let millis = secondes.saturating_mul(1000).saturating_add(u64::from(nanos / 1_000_000));
    uuid::Builder::from_unix_timestamp_millis(millis, &hasard).into_uuid()
}
