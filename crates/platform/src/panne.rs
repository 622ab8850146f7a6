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
        ErrorKind::AddrInUse => "un autre programme y répond déjà".to_owned(),
        ErrorKind::AddrNotAvailable => "cette adresse n’est pas celle de cet ordinateur".to_owned(),
        ErrorKind::ConnectionRefused => "rien ne répond à cette adresse".to_owned(),
        ErrorKind::TimedOut => "la réponse n’est pas venue à temps".to_owned(),
        ErrorKind::InvalidData => "le contenu n’est pas celui attendu".to_owned(),
        ErrorKind::UnexpectedEof => "le fichier s’arrête avant la fin".to_owned(),
        _ => detail(erreur),
    }
}

/// Words that we have no French for, said to be what they are.
fn detail(erreur: &(dyn std::error::Error + 'static)) -> String {
    format!("détail technique : {erreur}")
}

/// What an error of a tool means, to be said after a sentence of ours; nothing for an error of the house, which speaks French.
#[must_use]
pub fn en_francais(erreur: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(fichier) = erreur.downcast_ref::<std::io::Error>() {
        return Some(du_fichier(fichier));
    }
    if let Some(base) = erreur.downcast_ref::<DbErr>() {
        return Some(de_la_base(base));
    }
    if erreur.is::<std::str::Utf8Error>() || erreur.is::<std::string::FromUtf8Error>() {
        return Some("il contient des caractères qui ne sont pas de l’UTF-8 : enregistrez-le en UTF-8".to_owned());
    }
    if erreur.is::<std::num::ParseIntError>() {
        return Some("écrivez un nombre entier".to_owned());
    }
    if erreur.is::<jiff::Error>() {
        return Some("écrivez une date comme 2026-11-24".to_owned());
    }
    if let Some(json) = erreur.downcast_ref::<serde_json::Error>() {
        return Some(format!("ce n’est pas du JSON valable (ligne {})", json.line()));
    }
    None
}

/// Why the database cannot be used.
#[must_use]
pub fn de_la_base(erreur: &DbErr) -> String {
    let cause = match erreur {
        DbErr::Custom(phrase) => return phrase.clone(),
        DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause))
        | DbErr::Conn(RuntimeErr::SqlxError(cause)) => cause,
        autre => return reconnaitre(autre).map_or_else(|| detail(autre), |panne| panne.en_mots().to_owned()),
    };
    match &**cause {
        Error::Io(fichier) => du_fichier(fichier),
        Error::Database(refus) => de_la_base_refusee(refus.code().as_deref().unwrap_or_default())
            .map_or_else(|| detail(&**cause), str::to_owned),
        autre => de_sqlx(autre).map_or_else(|| detail(autre), |panne| panne.en_mots().to_owned()),
    }
}

/// The refusals that an operator meets, by the code of the engine.
fn de_la_base_refusee(code: &str) -> Option<&'static str> {
    match code {
        "28P01" | "28000" => Some("le compte ou le mot de passe n’est pas accepté"),
        "3D000" => Some("cette base n’existe pas sur le serveur : créez-la"),
        "42501" => Some("le compte n’a pas le droit : donnez-lui la base"),
        code if code.len() == 5 => de_code(code).map(Panne::en_mots),
        code => match code.parse::<u32>().ok()? & 0xff {
            5 | 6 => Some("un autre programme s’en sert"),
            11 | 26 => Some(
                "ce fichier n’est pas une base SQLite, ou il est abîmé : remettez une sauvegarde (terreau restore)",
            ),
            14 => Some("le fichier ne s’ouvre pas : vérifiez son chemin et ses droits"),
            _ => de_code(code).map(Panne::en_mots),
        },
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
    use super::{Panne, de_code, de_la_base, de_la_base_refusee, en_francais};
    use rstest::rstest;
    use sea_orm::DbErr;

    #[rstest]
    #[case("26", "abîmé")]
    #[case("267", "abîmé")]
    #[case("28P01", "mot de passe")]
    #[case("3D000", "n’existe pas")]
    #[case("517", "un autre programme")]
    #[case("13", "disque")]
    fn un_refus_de_la_base_se_dit(#[case] code: &str, #[case] mot: &str) {
        assert!(de_la_base_refusee(code).unwrap().contains(mot), "{code}");
    }

    #[test]
    fn une_erreur_d_outil_se_dit_en_francais_et_la_notre_telle_quelle() {
        let entier = "abc".parse::<u32>().unwrap_err();
        assert_eq!(en_francais(&entier).unwrap(), "écrivez un nombre entier");
        let pris = std::io::Error::from(std::io::ErrorKind::AddrInUse);
        assert_eq!(en_francais(&pris).unwrap(), "un autre programme y répond déjà");
        let jour = "2026-13-40".parse::<jiff::civil::Date>().unwrap_err();
        assert!(en_francais(&jour).unwrap().contains("2026-11-24"));
        assert_eq!(de_la_base(&DbErr::Custom("une phrase".to_owned())), "une phrase");
        assert!(en_francais(&crate::crypto::SignatureError::Expire).is_none());
    }

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
