//! Column types: the same on SQLite and PostgreSQL (TEXT, BIGINT, BOOLEAN only).

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// An instant, stored as BIGINT microseconds UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize)]
pub struct Instant(pub i64);

impl Instant {
    /// The timestamp; an impossible stored value reads as the epoch.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The same instant `seconds` later (earlier when negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to `self`.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1_000_000
    }
}

impl From<Timestamp> for Instant {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

/// A civil date, stored as TEXT `AAAA-MM-JJ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize)]
#[sea_orm(value_type = "String")]
pub struct Jour(pub Date);

impl fmt::Display for Jour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Jour {
    type Err = jiff::Error;
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        texte.parse().map(Self)
    }
}

impl From<Date> for Jour {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

/// Makes a typed identifier over TEXT (a UUIDv7), usable as a SeaORM primary key.
#[macro_export]
macro_rules! identifiant {
    ($(#[$meta:meta])* $nom:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType, serde::Serialize, serde::Deserialize)]
        pub struct $nom(pub String);

        impl $nom {
            /// A new identifier.
            #[must_use]
            pub fn nouveau(ids: &dyn $crate::horloge::Ids) -> Self {
                Self(ids.uuid().to_string())
            }
            /// The text as stored.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $nom {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl sea_orm::TryFromU64 for $nom {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($nom)))
            }
        }
    };
}
