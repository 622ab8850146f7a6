//! What a feature publishes as open data: tables with named, typed, explained columns, read batch by batch. `opendata` serves
//! them in every format; a feature only says its rows. Nothing personal ever is in one: [`sans_coordonnees`] and
//! [`courriel_de_structure`] are how a text and an address are made fit.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use jiff::civil::Date;
use platform::{Instant, ReadTx};
use sea_orm::{FromQueryResult, Statement};

use crate::erreur::Erreur;
use crate::instance::Instance;

/// Type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genre {
    /// Words, codes, identifiers (leading zeros stay).
    Texte,
    /// Number.
    Decimal,
    /// True or false.
    Booleen,
    /// Civil date, ISO 8601.
    Date,
}

impl Genre {
    /// In words.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Texte => "texte",
            Self::Decimal => "nombre",
            Self::Booleen => "vrai ou faux",
            Self::Date => "date",
        }
    }
}

/// A column: its name in files, its type, what it means.
#[derive(Clone, Copy, Debug)]
pub struct Colonne {
    /// Name: small letters and `_`.
    pub nom: &'static str,
    /// Type.
    pub genre: Genre,
    /// Meaning, for those who reuse it.
    pub sens: &'static str,
}

impl Colonne {
    /// A column.
    #[must_use]
    pub const fn nouvelle(nom: &'static str, genre: Genre, sens: &'static str) -> Self {
        Self { nom, genre, sens }
    }

    /// A column of words.
    #[must_use]
    pub const fn texte(nom: &'static str, sens: &'static str) -> Self {
        Self::nouvelle(nom, Genre::Texte, sens)
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Case {
    /// Not known, or not to be said.
    Vide,
    /// Words.
    Texte(String),
    /// Number.
    Decimal(f64),
    /// True or false.
    Booleen(bool),
    /// Date.
    Date(Date),
}

impl From<&str> for Case {
    fn from(texte: &str) -> Self {
        if texte.is_empty() { Self::Vide } else { Self::Texte(texte.to_owned()) }
    }
}

impl From<String> for Case {
    fn from(texte: String) -> Self {
        if texte.is_empty() { Self::Vide } else { Self::Texte(texte) }
    }
}

impl From<f64> for Case {
    fn from(nombre: f64) -> Self {
        if nombre.is_finite() { Self::Decimal(nombre) } else { Self::Vide }
    }
}

impl From<bool> for Case {
    fn from(vrai: bool) -> Self {
        Self::Booleen(vrai)
    }
}

impl From<Date> for Case {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl<T: Into<Self>> From<Option<T>> for Case {
    fn from(valeur: Option<T>) -> Self {
        valeur.map_or(Self::Vide, Into::into)
    }
}

/// Rows, and where the next ones begin.
#[derive(Clone, Debug, Default)]
pub struct Lot {
    /// Rows, each as wide as the columns.
    pub lignes: Vec<Vec<Case>>,
    /// Key of the last row; none when there is no more.
    pub suite: Option<String>,
}

/// What says that a table changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etat {
    /// How many rows.
    pub lignes: u64,
    /// Last change, when there is one.
    pub modifie_le: Option<Instant>,
    /// Changes whenever a row does.
    pub empreinte: String,
}

/// What a table of a feature is now. One statement.
pub type LireEtat = for<'a> fn(&'a ReadTx, &'a Instance) -> BoxFuture<'a, Result<Etat, Erreur>>;

/// Rows after a key (the first ones after an empty one), in the order of keys: a constant number of statements.
pub type LireLot = for<'a> fn(&'a ReadTx, &'a Instance, &'a str) -> BoxFuture<'a, Result<Lot, Erreur>>;

/// A table that everyone may take.
#[derive(Clone, Copy)]
pub struct Jeu {
    /// Stable id, in addresses and for harvesters: it never changes.
    pub id: &'static str,
    /// Title.
    pub titre: &'static str,
    /// What is in it, what is not, where it comes from.
    pub description: &'static str,
    /// Words by which it is found.
    pub mots_cles: &'static [&'static str],
    /// Columns.
    pub colonnes: &'static [Colonne],
    /// Ranks of longitude and latitude, when rows have a place.
    pub lieu: Option<[usize; 2]>,
    /// What it is now.
    pub etat: LireEtat,
    /// Its rows.
    pub lot: LireLot,
}

/// The one row of a count.
///
/// # Errors
/// The engine refused.
pub async fn compter<T: FromQueryResult>(tx: &ReadTx, question: Statement) -> Result<T, Erreur> {
    T::find_by_statement(question).one(tx).await?.ok_or_else(|| Erreur::interne("un compte sans ligne"))
}

/// Where the next batch begins: nowhere when this one is not full.
pub fn suite<T>(lignes: &[T], lot: u64, cle: impl FnOnce(&T) -> String) -> Option<String> {
    lignes.last().filter(|_| lignes.len() as u64 == lot).map(cle)
}

/// An answer that any cache may keep, that any site may read.
#[must_use]
pub fn pour_tous(media: &'static str, secondes: u32, corps: impl Into<Body>) -> Response {
    let mut reponse = Response::new(corps.into());
    let entetes = reponse.headers_mut();
    entetes.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(cache) = HeaderValue::from_str(&format!("public, max-age={secondes}")) {
        entetes.insert(header::CACHE_CONTROL, cache);
    }
    entetes.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    // The answer is the same for everyone: a cache needs no cookie to know it.
    entetes.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    reponse
}

/// Local parts that name a function, never a person.
const FONCTIONS: &[&str] = &[
    "accueil",
    "adherent",
    "adherents",
    "adhesion",
    "admin",
    "administratif",
    "administration",
    "agence",
    "asso",
    "association",
    "atelier",
    "ateliers",
    "bonjour",
    "boutique",
    "bureau",
    "centre",
    "collectif",
    "com",
    "commande",
    "commandes",
    "commercial",
    "communication",
    "compta",
    "comptabilite",
    "contact",
    "contacts",
    "coop",
    "cooperative",
    "coordination",
    "devis",
    "direction",
    "emploi",
    "epicerie",
    "equipe",
    "formation",
    "gestion",
    "hello",
    "info",
    "information",
    "informations",
    "infos",
    "insertion",
    "magasin",
    "maison",
    "recrutement",
    "reservation",
    "reservations",
    "rh",
    "secretariat",
    "service",
    "services",
    "siege",
    "siae",
    "vente",
    "ventes",
];

/// The address of a structure, or nothing: an address is given only when every part before `@` is a function, or a word of
/// the structure's own name. `prenom.nom@` is never given, even when the structure wrote it.
#[must_use]
pub fn courriel_de_structure<'a>(courriel: &'a str, noms: &[&str]) -> Option<&'a str> {
    let (local, domaine) = courriel.trim().split_once('@')?;
    let connus: Vec<String> = noms.iter().flat_map(|nom| mots(nom)).collect();
    let des_mots = mots(local);
    let public = |mot: &String| {
        FONCTIONS.contains(&mot.as_str()) || connus.contains(mot) || mot.chars().all(|lettre| lettre.is_ascii_digit())
    };
    let dit = des_mots.iter().any(|mot| mot.chars().any(char::is_alphabetic)) && des_mots.iter().all(public);
    (dit && domaine.contains('.')).then(|| courriel.trim())
}

fn mots(texte: &str) -> Vec<String> {
    let cle = domain::tri::cle_de_tri(texte);
    cle.split(|c: char| !c.is_alphanumeric()).filter(|mot| !mot.is_empty()).map(str::to_owned).collect()
}

/// The telephone of a place, or nothing: a mobile may be somebody's own.
#[must_use]
pub fn telephone_de_structure(telephone: &str) -> Option<&str> {
    let chiffres: String = telephone.chars().filter(char::is_ascii_digit).collect();
    let national = chiffres.strip_prefix("0033").or_else(|| chiffres.strip_prefix("33")).unwrap_or(&chiffres);
    let national = national.trim_start_matches('0');
    let fixe = national.len() == 9 && !national.starts_with(['6', '7']);
    let court = chiffres.len() == 4 && chiffres.starts_with('3');
    (fixe || court).then(|| telephone.trim())
}

/// What stands where something was taken away.
const RETIRE: &str = "[coordonnées retirées]";

/// A text without mail addresses and telephone numbers: people write their own in presentations.
#[must_use]
pub fn sans_coordonnees(texte: &str) -> String {
    let mut dit = String::with_capacity(texte.len());
    for morceau in texte.split_inclusive(char::is_whitespace) {
        let mot = morceau.trim_end();
        let adresse = mot.split_once('@').is_some_and(|(avant, apres)| !avant.is_empty() && apres.contains('.'));
        dit.push_str(if adresse { RETIRE } else { mot });
        dit.push_str(&morceau[mot.len()..]);
    }
    sans_telephones(&dit)
}

/// Ten digits that begin with 0, or a French international number, however they are written.
fn sans_telephones(texte: &str) -> String {
    let lettres: Vec<char> = texte.chars().collect();
    let mut dit = String::with_capacity(texte.len());
    let mut i = 0;
    while let Some(lettre) = lettres.get(i) {
        let debut = (*lettre == '+' || lettre.is_ascii_digit())
            && (i == 0 || !lettres.get(i - 1).is_some_and(|avant| avant.is_alphanumeric()));
        let suite = lettres.get(i..).filter(|_| debut).unwrap_or_default();
        match numero(suite) {
            _ if est_un_jour(suite) => {
                dit.extend(suite.iter().take(JOUR));
                i += JOUR;
            }
            Some(longueur) => {
                dit.push_str(RETIRE);
                i += longueur;
            }
            None => {
                dit.push(*lettre);
                i += 1;
            }
        }
    }
    dit
}

/// What people write between the digits of a number.
const ENTRE_CHIFFRES: &[char] = &[' ', '.', '-', '/', '_', '(', ')', '\u{a0}', '\u{202f}', '\u{2011}', '\u{2013}'];

/// Length of the telephone number that a text begins with.
fn numero(lettres: &[char]) -> Option<usize> {
    let international = lettres.first() == Some(&'+');
    let mut chiffres = String::new();
    for (rang, lettre) in lettres.iter().enumerate() {
        match lettre {
            c if c.is_ascii_digit() => chiffres.push(*c),
            '+' if rang == 0 => continue,
            c if ENTRE_CHIFFRES.contains(c) && !chiffres.is_empty() => continue,
            _ => break,
        }
        let suit = lettres.get(rang + 1).is_some_and(char::is_ascii_digit);
        if !suit && Some(chiffres.len()) == longueur(international, &chiffres) {
            return Some(rang + 1);
        }
    }
    None
}

/// How many digits a number has, by how it begins: `+33 (0)6…` and `0033 (0)6…` have one more.
fn longueur(international: bool, chiffres: &str) -> Option<usize> {
    Some(match chiffres {
        c if international => 11 + usize::from(c.starts_with("330")),
        c if c.starts_with("0033") => 13 + usize::from(c.starts_with("00330")),
        c if c.starts_with('0') => 10,
        _ => return None,
    })
}

/// Characters of `01/02/2026`.
const JOUR: usize = 10;

/// A day, then an hour or another day: as many digits as a number, and not one.
fn est_un_jour(lettres: &[char]) -> bool {
    let debut: String = lettres.iter().take(JOUR).collect();
    let mut parties = debut.split(['/', '.', '-']);
    let mut nombre =
        |longueur| parties.next().filter(|partie| partie.len() == longueur).and_then(|p| p.parse::<u32>().ok());
    matches!((nombre(2), nombre(2), nombre(4)), (Some(1..=31), Some(1..=12), Some(1900..=2099)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("contact@exemple.invalid", true)]
    #[case("Accueil.Secretariat@exemple.invalid", true)]
    #[case("info54@exemple.invalid", false)]
    #[case("info-54@exemple.invalid", true)]
    #[case("recyclerie.toulois@boite.invalid", true)]
    #[case("recyclerie@boite.invalid", true)]
    #[case("jeanne.dupont@recyclerie.invalid", false)]
    #[case("j.dupont@recyclerie.invalid", false)]
    #[case("jdupont@recyclerie.invalid", false)]
    #[case("jeanne@recyclerie.invalid", false)]
    #[case("contact.jeanne@recyclerie.invalid", false)]
    #[case("54@recyclerie.invalid", false)]
    #[case("contact", false)]
    #[case("contact@local", false)]
    #[case("", false)]
    fn une_adresse_de_personne_n_est_jamais_donnee(#[case] courriel: &str, #[case] donnee: bool) {
        let noms = ["La Recyclerie du Toulois", "LRT"];
        assert_eq!(courriel_de_structure(courriel, &noms).is_some(), donnee, "{courriel}");
    }

    #[rstest]
    #[case("03 83 00 00 00", true)]
    #[case("+33 3 83 00 00 00", true)]
    #[case("0033383000000", true)]
    #[case("3939", true)]
    #[case("09.70.00.00.00", true)]
    #[case("06 12 34 56 78", false)]
    #[case("+33 7 12 34 56 78", false)]
    #[case("+33 (0)6 12 34 56 78", false)]
    #[case("12", false)]
    fn un_portable_n_est_jamais_donne(#[case] telephone: &str, #[case] donne: bool) {
        assert_eq!(telephone_de_structure(telephone).is_some(), donne, "{telephone}");
    }

    #[rstest]
    #[case("Écrivez à jeanne.dupont@exemple.invalid, merci", "Écrivez à [coordonnées retirées] merci")]
    #[case("Tél. 06 12 34 56 78 le soir", "Tél. [coordonnées retirées] le soir")]
    #[case("06.12.34.56.78", "[coordonnées retirées]")]
    #[case("+33 6 12 34 56 78.", "[coordonnées retirées].")]
    #[case("+33 (0)6 12 34 56 78", "[coordonnées retirées]")]
    #[case("06/12/34/56/78, 06_12_34_56_78", "[coordonnées retirées], [coordonnées retirées]")]
    #[case("06\u{2011}12\u{2011}34\u{2011}56\u{2011}78", "[coordonnées retirées]")]
    #[case("06 \u{2013} 12 \u{2013} 34 \u{2013} 56 \u{2013} 78.", "[coordonnées retirées].")]
    #[case("0033 (0)6 12 34 56 78", "[coordonnées retirées]")]
    #[case("Du 01/02/2026-31/03/2026 à 18 h", "Du 01/02/2026-31/03/2026 à 18 h")]
    #[case("0612345678 ou 0383000000", "[coordonnées retirées] ou [coordonnées retirées]")]
    #[case("SIREN 123456789, depuis 1998 : 2 000 repas", "SIREN 123456789, depuis 1998 : 2 000 repas")]
    #[case("SIRET 12345678901234", "SIRET 12345678901234")]
    #[case("@recyclerie sur les réseaux", "@recyclerie sur les réseaux")]
    fn un_texte_perd_les_coordonnees(#[case] texte: &str, #[case] attendu: &str) {
        assert_eq!(sans_coordonnees(texte), attendu);
    }
}
