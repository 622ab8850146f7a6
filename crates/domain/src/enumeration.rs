//! One macro for closed vocabularies: stable id stored, label shown.

/// A stored value that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("valeur inconnue : « {0} »")]
pub struct ValeurInconnue(pub String);

/// Makes an enumeration with `TOUS`, `as_str`, `libelle`, `Display` and `FromStr` (stable ids) and serde. A crate that
/// stores it adds the derive of its column: `#[derive(DeriveValueType)] #[sea_orm(value_type = "String")]`.
#[macro_export]
macro_rules! vocabulaire {
    ($(#[$meta:meta])* $nom:ident { $($(#[$doc:meta])* $variant:ident = $id:literal, $libelle:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $nom { $($(#[$doc])* #[serde(rename = $id)] #[doc = $libelle] $variant,)* }

        impl $nom {
            /// All values, in the order shown.
            pub const TOUS: &[Self] = &[$(Self::$variant,)*];

            /// Stable identifier, as stored.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// Label shown.
            #[must_use]
            pub fn libelle(self) -> &'static str {
                match self { $(Self::$variant => $libelle,)* }
            }
        }

        impl std::fmt::Display for $nom {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $nom {
            type Err = $crate::enumeration::ValeurInconnue;
            fn from_str(texte: &str) -> Result<Self, Self::Err> {
                match texte {
                    $($id => Ok(Self::$variant),)*
                    autre => Err($crate::enumeration::ValeurInconnue(autre.to_owned())),
                }
            }
        }
    };
}

/// The same inside `domain`, with a TEXT column behind the feature `db`.
macro_rules! enumeration {
    ($(#[$meta:meta])* $nom:ident $corps:tt) => {
        $crate::vocabulaire! {
            $(#[$meta])*
            #[cfg_attr(feature = "db", derive(sea_orm::DeriveValueType))]
            #[cfg_attr(feature = "db", sea_orm(value_type = "String"))]
            $nom $corps
        }
    };
}

pub(crate) use enumeration;
