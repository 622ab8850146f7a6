//! Short texts read eight bytes at a time: cells and identifiers of a few bytes, where a loop over each byte costs more than
//! all the rest.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The eight bytes from `at`, the first one lowest; zeros stand for what is after the end.
#[inline]
pub(super) fn word(bytes: &[u8], at: usize) -> u64 {
    if let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        return u64::from_le_bytes(*chunk);
    }
    let missing = at + 8 - bytes.len().min(at + 8);
    match bytes.last_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk).checked_shr(8 * shift(missing)).unwrap_or(0),
        None => bytes.iter().skip(at).rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// How far in the word its first byte equal to `byte` is; 8 when there is none.
#[inline]
pub(super) fn first(word: u64, byte: u8) -> usize {
    // The lowest bit set is right; higher ones may be wrong (Mycroft's test for a zero byte).
    let zeros = word ^ (ONES * u64::from(byte));
    (zeros.wrapping_sub(ONES) & !zeros & HIGHS).trailing_zeros() as usize / 8
}

/// Where the first byte equal to `byte` is.
#[inline]
pub(super) fn find(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        let found = at + first(word(bytes, at), byte);
        if found < at + 8 {
            // A zero byte looked for would also be found after the end.
            return (found < bytes.len()).then_some(found);
        }
        at += 8;
    }
    None
}

/// One to seven bytes in a number that no other text shares.
#[inline]
pub(super) fn pack(word: u64, length: usize) -> Option<u64> {
    (1..=7).contains(&length).then(|| (length as u64) << 56 | word & ((1 << (8 * shift(length))) - 1))
}

/// A number that grows as texts do, shorter ones first; `None` past fifteen bytes.
#[inline]
pub(super) fn rank(bytes: &[u8]) -> Option<u128> {
    let length = bytes.len();
    let half = |at| u128::from(word(bytes, at).swap_bytes());
    (1..=15).contains(&length).then(|| (length as u128) << 120 | (half(0) << 64 | half(8)) >> 8)
}

#[expect(clippy::cast_possible_truncation, reason = "at most 8")]
fn shift(bytes: usize) -> u32 {
    bytes as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_bytes(bytes in prop::collection::vec(any::<u8>(), 0..40), at in 0_usize..45) {
            let mut eight = [0_u8; 8];
            for (place, byte) in eight.iter_mut().zip(bytes.iter().skip(at)) {
                *place = *byte;
            }
            prop_assert_eq!(word(&bytes, at), u64::from_le_bytes(eight));
        }

        #[test]
        fn finds_what_a_loop_finds(bytes in prop::collection::vec(0_u8..6, 0..40), byte in 0_u8..6) {
            prop_assert_eq!(find(&bytes, byte), bytes.iter().position(|found| *found == byte));
        }

        #[test]
        fn ranks_sort_as_lengths_then_texts(a in "[0-9a-c]{1,15}", b in "[0-9a-c]{1,15}") {
            prop_assert_eq!(rank(a.as_bytes()).cmp(&rank(b.as_bytes())), (a.len(), &a).cmp(&(b.len(), &b)));
        }
    }
}
