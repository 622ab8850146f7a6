//! Money: integer cents, exact sums.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in cents of euro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::DeriveValueType))]
pub struct Cents(pub i64);

/// Why an amount was refused, in words that can be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MontantInvalide {
    /// Not a number.
    #[error("« {0} » n’est pas un montant : écrivez par exemple 12 500 ou 12 500,50")]
    PasUnNombre(String),
    /// A point could separate thousands or cents.
    #[error("« {0} » peut se lire de deux façons : écrivez 1234 ou 1,23")]
    Ambigu(String),
    /// More than two decimals.
    #[error("« {0} » a plus de deux chiffres après la virgule")]
    Decimales(String),
    /// Below zero.
    #[error("Un montant ne peut pas être négatif")]
    Negatif,
    /// Above ten billion euros.
    #[error("Ce montant est trop grand")]
    TropGrand,
}

/// Ten billion euros: above, it is a typing error.
const MAXIMUM: i64 = 1_000_000_000_000;

/// What people write after a number, in lower case, and how many cents it stands for; the longest first.
const UNITES: [(&str, i64); 9] = [
    ("millions", 100_000_000),
    ("million", 100_000_000),
    ("m€", 100_000_000),
    ("k€", 100_000),
    ("euros", 100),
    ("euro", 100),
    ("eur", 100),
    ("€", 100),
    ("k", 100_000),
];

impl Cents {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// Whole euros.
    #[must_use]
    pub const fn euros(euros: i64) -> Self {
        Self(euros.saturating_mul(100))
    }

    /// `self × taux` in basis points (10 000 = 100 %), rounded down to the cent.
    #[must_use]
    pub fn part(self, points_de_base: u32) -> Self {
        let produit = i128::from(self.0) * i128::from(points_de_base) / 10_000;
        Self(i64::try_from(produit).unwrap_or(i64::MAX))
    }

    /// Rounded down to the euro.
    #[must_use]
    pub fn a_l_euro(self) -> Self {
        Self(self.0 - self.0.rem_euclid(100))
    }

    /// Never below zero.
    #[must_use]
    pub fn positif(self) -> Self {
        Self(self.0.max(0))
    }

    /// "12 500 €", without cents.
    #[must_use]
    pub fn en_euros(self) -> String {
        format!("{}{}\u{a0}€", if self.0 < 0 { "−" } else { "" }, milliers(self.0.unsigned_abs() / 100))
    }
}

/// Thousands separated by a narrow no-break space.
#[must_use]
pub fn milliers(nombre: u64) -> String {
    let chiffres = nombre.to_string();
    let mut texte = String::with_capacity(chiffres.len() + 6);
    for (rang, chiffre) in chiffres.chars().enumerate() {
        if rang > 0 && (chiffres.len() - rang).is_multiple_of(3) {
            texte.push('\u{202f}');
        }
        texte.push(chiffre);
    }
    texte
}

/// "24 000 €"; cents only where there are some.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signe = if self.0 < 0 { "−" } else { "" };
        let valeur = self.0.unsigned_abs();
        write!(f, "{signe}{}", milliers(valeur / 100))?;
        if !valeur.is_multiple_of(100) {
            write!(f, ",{:02}", valeur % 100)?;
        }
        f.write_str("\u{a0}€")
    }
}

impl FromStr for Cents {
    type Err = MontantInvalide;

    /// Reads what people type: `12 500`, `12 500,50 €`, `600 092,00 €`, `12,5 k€`, `1.5` is refused as ambiguous only
    /// when three digits follow the point.
    fn from_str(saisi: &str) -> Result<Self, Self::Err> {
        let mut texte: String = saisi.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
        let refus = || MontantInvalide::PasUnNombre(saisi.trim().to_owned());
        texte = texte.to_lowercase();
        // "HT" and "TTC" say which amount, which the field asks for already.
        for taxe in ["ht", "ttc"] {
            texte = texte.strip_suffix(taxe).unwrap_or(&texte).to_owned();
        }
        let unite = UNITES.iter().find_map(|(suffixe, facteur)| Some((texte.strip_suffix(suffixe)?, *facteur)));
        let (nombre, facteur) = unite.unwrap_or((&texte, 100));
        let texte = nombre;
        if texte.starts_with(['-', '−']) {
            return Err(MontantInvalide::Negatif);
        }
        let (entier, decimales) = match texte.split_once([',', '.']) {
            None => (texte, ""),
            Some((entier, fin)) => {
                if texte.contains('.') && fin.len() == 3 {
                    return Err(MontantInvalide::Ambigu(saisi.trim().to_owned()));
                }
                (entier, fin)
            }
        };
        let chiffres = |t: &str| t.bytes().all(|o| o.is_ascii_digit());
        if entier.is_empty() || !chiffres(entier) || !chiffres(decimales) {
            return Err(refus());
        }
        let echelle = 10_i64.checked_pow(u32::try_from(decimales.len()).unwrap_or(99)).unwrap_or(i64::MAX);
        if facteur % echelle != 0 {
            return Err(MontantInvalide::Decimales(saisi.trim().to_owned()));
        }
        let entier: i64 = entier.parse().map_err(|_| MontantInvalide::TropGrand)?;
        let fraction: i64 = if decimales.is_empty() { 0 } else { decimales.parse().map_err(|_| refus())? };
        entier
            .checked_mul(facteur)
            .and_then(|c| c.checked_add(fraction * (facteur / echelle)))
            .filter(|c| *c <= MAXIMUM)
            .map(Self)
            .ok_or(MontantInvalide::TropGrand)
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, autre: Self) -> Self {
        Self(self.0.saturating_add(autre.0))
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, autre: Self) -> Self {
        Self(self.0.saturating_sub(autre.0))
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("600 092,00 €", 60_009_200)]
    #[case("600092", 60_009_200)]
    #[case("1 234,5", 123_450)]
    #[case("12,5 k€", 1_250_000)]
    #[case("1,2 M€", 120_000_000)]
    #[case("1.5", 150)]
    #[case("45000 euros", 4_500_000)]
    #[case("45 000 EUR", 4_500_000)]
    #[case("45 000 € HT", 4_500_000)]
    #[case("45 000 € TTC", 4_500_000)]
    #[case("45k", 4_500_000)]
    #[case("1,2 million", 120_000_000)]
    #[case("\u{a0}12\u{202f}500\u{a0}€", 1_250_000)]
    fn lit_ce_que_les_gens_ecrivent(#[case] saisi: &str, #[case] cents: i64) {
        assert_eq!(saisi.parse(), Ok(Cents(cents)));
    }

    #[rstest]
    #[case("1.234", MontantInvalide::Ambigu("1.234".into()))]
    #[case("-5", MontantInvalide::Negatif)]
    #[case("5 kg", MontantInvalide::PasUnNombre("5 kg".into()))]
    #[case("€", MontantInvalide::PasUnNombre("€".into()))]
    #[case("NaN", MontantInvalide::PasUnNombre("NaN".into()))]
    #[case("", MontantInvalide::PasUnNombre("".into()))]
    #[case("1,234", MontantInvalide::Decimales("1,234".into()))]
    #[case("99999999999999999999", MontantInvalide::TropGrand)]
    #[case("10000000001", MontantInvalide::TropGrand)]
    fn refuse_avec_une_raison(#[case] saisi: &str, #[case] attendu: MontantInvalide) {
        assert_eq!(saisi.parse::<Cents>(), Err(attendu));
    }

    #[rstest]
    #[case(2_400_000, "24\u{202f}000\u{a0}€")]
    #[case(2_400_050, "24\u{202f}000,50\u{a0}€")]
    #[case(5, "0,05\u{a0}€")]
    #[case(0, "0\u{a0}€")]
    #[case(-100, "−1\u{a0}€")]
    fn les_centimes_ne_se_disent_que_s_il_y_en_a(#[case] cents: i64, #[case] attendu: &str) {
        assert_eq!(Cents(cents).to_string(), attendu);
    }

    proptest! {
        #[test]
        fn ce_qui_est_affiche_se_relit(cents in 0..=MAXIMUM) {
            prop_assert_eq!(Cents(cents).to_string().parse::<Cents>(), Ok(Cents(cents)));
        }

        #[test]
        fn aucune_saisie_ne_panique(saisi in "\\PC*") {
            let _ = saisi.parse::<Cents>();
        }
    }
}
