//! One macro for identifiers that are text with a rule.

/// Makes a text identifier: parsed once at the edge, then trusted; invalid stored values fail on reading.
macro_rules! texte_code {
    ($(#[$meta:meta])* $nom:ident, $erreur:ident, $verifier:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "db", derive(sea_orm::DeriveValueType))]
        #[cfg_attr(feature = "db", sea_orm(value_type = "String"))]
        pub struct $nom(String);

        impl $nom {
            /// The text, as stored and shown.
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

        impl std::str::FromStr for $nom {
            type Err = $erreur;
            fn from_str(texte: &str) -> Result<Self, Self::Err> {
                let verifier: fn(&str) -> Result<String, $erreur> = $verifier;
                verifier(texte).map(Self)
            }
        }

        impl serde::Serialize for $nom {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $nom {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use texte_code;
