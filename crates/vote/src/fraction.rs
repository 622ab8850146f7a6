//! Fractions as they are published.

use num_bigint::BigInt;
use num_integer::gcd;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use crate::rules::greedy::to_f64;

/// A fraction in three ways.
pub(crate) struct Shown {
    /// The nearest double, or nearly.
    pub(crate) value: f64,
    /// Reduced.
    pub(crate) text: String,
    /// Bits of the reduced denominator.
    pub(crate) bits: u64,
}

/// Reduces and writes `numerator / denominator`; small ones without big integers.
pub(crate) fn shown(numerator: &BigInt, denominator: &BigInt) -> Shown {
    if let (Some(numerator), Some(denominator)) = (numerator.to_u64(), denominator.to_u64()) {
        let divisor = gcd(numerator, denominator).max(1);
        let (numerator, denominator) = (numerator / divisor, denominator / divisor);
        let text = if denominator == 1 { numerator.to_string() } else { format!("{numerator}/{denominator}") };
        let bits = u64::from(denominator.checked_ilog2().unwrap_or(0)) + 1;
        return Shown { value: to_f64(numerator) / to_f64(denominator), text, bits };
    }
    let reduced = BigRational::new(numerator.clone(), denominator.clone());
    Shown { value: reduced.to_f64().unwrap_or(f64::INFINITY), text: reduced.to_string(), bits: reduced.denom().bits() }
}

/// The nearest double of `numerator / denominator`, or nearly: within four roundings.
pub(crate) fn ratio(numerator: &BigInt, denominator: &BigInt) -> f64 {
    match (numerator.to_u128(), denominator.to_u128()) {
        (Some(above), Some(below)) => above.to_f64().unwrap_or(f64::MAX) / below.to_f64().unwrap_or(f64::MAX),
        _ => BigRational::new_raw(numerator.clone(), denominator.clone()).to_f64().unwrap_or(f64::INFINITY),
    }
}
