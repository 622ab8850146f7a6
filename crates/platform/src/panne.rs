//! Which errors of the database mean that something is out of order, not that the program is wrong: the page answers 503
//! and says what, the operator's log too.

use sea_orm::sqlx::Error;
use sea_orm::{DbErr, RuntimeErr};

/// What is out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panne {
    /// The database does not answer.
    Base,
    /// Nothing more can be written.
    Disque,
}

impl Panne {
    /// For the page: "En ce moment, … ne répond pas".
    #[must_use]
    pub fn quoi(self) -> &'static str {
        match self {
            Self::Base => "la base de données",
            Self::Disque => "le disque où le site enregistre",
        }
    }

    /// For the log.
    #[must_use]
    pub fn en_mots(self) -> &'static str {
        match self {
            Self::Base => "la base ne répond pas",
            Self::Disque => "le disque est plein ou refuse d’écrire",
        }
    }
}

/// Why a file cannot be read or written, to be said after "Le fichier … :".
#[must_use]
pub fn du_fichier(erreur: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match erreur.kind() {
        ErrorKind::NotFound => "il n’existe pas".to_owned(),
        ErrorKind::PermissionDenied => "vous n’en avez pas le droit".to_owned(),
        ErrorKind::IsADirectory => "c’est un dossier".to_owned(),
        ErrorKind::NotADirectory => "une partie du chemin n’est pas un dossier".to_owned(),
        ErrorKind::StorageFull => "le disque est plein".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "le disque refuse d’écrire".to_owned(),
        _ => erreur.to_string(),
    }
}

/// The fault behind an error, if it is one.
#[must_use]
pub fn reconnaitre(erreur: &DbErr) -> Option<Panne> {
    match erreur {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Some(Panne::Base),
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => de_sqlx(cause),
        _ => None,
    }
}

fn de_sqlx(erreur: &Error) -> Option<Panne> {
    match erreur {
        Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed | Error::Tls(_) => {
            Some(Panne::Base)
        }
        Error::Database(detail) => de_code(detail.code().as_deref().unwrap_or_default()),
        _ => None,
    }
}

/// PostgreSQL gives five characters (53: no resources, 57P: stopping, 08: connection), SQLite a number whose low byte
/// is the family (8 read-only, 10 input/output, 13 full, 14 cannot open).
fn de_code(code: &str) -> Option<Panne> {
    match code {
        "53100" => Some(Panne::Disque),
        code if code.len() == 5 => {
            ["53", "57P", "08"].iter().any(|famille| code.starts_with(famille)).then_some(Panne::Base)
        }
        code => match code.parse::<u32>().map(|numero| numero & 0xff) {
            Ok(8 | 10 | 13) => Some(Panne::Disque),
            Ok(14) => Some(Panne::Base),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Panne, de_code};

    #[test]
    fn the_codes_of_both_engines_are_known() {
        let cas = [
            ("53100", Some(Panne::Disque)),
            ("53300", Some(Panne::Base)),
            ("57P01", Some(Panne::Base)),
            ("23505", None),
            ("13", Some(Panne::Disque)),
            ("778", Some(Panne::Disque)),
            ("14", Some(Panne::Base)),
            ("2067", None),
            ("", None),
        ];
        for (code, attendu) in cas {
            assert_eq!(de_code(code), attendu, "{code}");
        }
    }
}
