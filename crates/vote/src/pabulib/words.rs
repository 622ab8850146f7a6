//! Short texts read eight bytes at a time: cells and identifiers of a few bytes, where a loop over each byte costs more than
//! all the rest.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A part of a text. What follows it is at hand too, so that eight bytes can be read from any of its places.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    /// From its start to the end of the text.
    from: &'a [u8],
    length: usize,
}

impl<'a> Piece<'a> {
    pub(super) fn new(from: &'a [u8], length: usize) -> Self {
        Self { from, length: length.min(from.len()) }
    }

    /// All of a text, nothing after it.
    pub(super) fn whole(text: &'a [u8]) -> Self {
        Self { from: text, length: text.len() }
    }

    pub(super) fn len(self) -> usize {
        self.length
    }

    pub(super) fn bytes(self) -> &'a [u8] {
        &self.from[..self.length]
    }

    /// The part from `start` to `end`.
    #[inline]
    pub(super) fn part(self, start: usize, end: usize) -> Self {
        Self::new(&self.from[start..], end - start)
    }

    /// Without ASCII spaces around.
    #[inline]
    pub(super) fn trim(self) -> Self {
        let plain = |at: usize| self.from[at] > b' ';
        if self.length > 0 && !(plain(0) && plain(self.length - 1)) { self.trim_spaces() } else { self }
    }

    #[cold]
    fn trim_spaces(self) -> Self {
        let start = self.length - self.bytes().trim_ascii_start().len();
        self.part(start, start + self.bytes().trim_ascii().len())
    }

    /// Eight bytes from `at`, the first one lowest, those after the end of the piece included; zeros stand for what is
    /// after the end of the text.
    #[inline]
    pub(super) fn word(self, at: usize) -> u64 {
        match self.from.get(at..).and_then(<[u8]>::first_chunk) {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => self.last_word(at),
        }
    }

    #[cold]
    fn last_word(self, at: usize) -> u64 {
        self.from.iter().skip(at).rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
    }

    /// Where the first byte equal to `byte` is, from `at`.
    #[inline]
    pub(super) fn find(self, at: usize, byte: u8) -> Option<usize> {
        let mut at = at;
        while at < self.length {
            let found = at + first(self.word(at), byte);
            if found < at + 8 {
                // Past the end, it is not ours.
                return (found < self.length).then_some(found);
            }
            at += 8;
        }
        None
    }

    /// A number that grows as texts do, shorter ones first; `None` when empty or past fifteen bytes.
    #[inline]
    pub(super) fn rank(self) -> Option<u128> {
        let half = |at, length: usize| u128::from(self.word(at).swap_bytes() >> (64 - 8 * shift(length)));
        match self.length {
            length @ 1..=8 => Some((length as u128) << 120 | half(0, length)),
            length @ 9..=15 => Some((length as u128) << 120 | half(0, 8) << (8 * (length - 8)) | half(8, length - 8)),
            _ => None,
        }
    }
}

/// How far in the word its first byte equal to `byte` is; 8 when there is none.
#[inline]
pub(super) fn first(word: u64, byte: u8) -> usize {
    // The lowest bit set is right; higher ones may be wrong (Mycroft's test for a zero byte).
    let zeros = word ^ (ONES * u64::from(byte));
    (zeros.wrapping_sub(ONES) & !zeros & HIGHS).trailing_zeros() as usize / 8
}

/// The first bytes of a word, one to seven, in a number that no other text shares.
#[inline]
pub(super) fn pack(word: u64, length: usize) -> Option<u64> {
    (1..=7).contains(&length).then(|| (length as u64) << 56 | word & ((1 << (8 * shift(length))) - 1))
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
        fn words_are_bytes(bytes in prop::collection::vec(any::<u8>(), 0..40), at in 0_usize..45, length in 0_usize..45) {
            let mut eight = [0_u8; 8];
            for (place, byte) in eight.iter_mut().zip(bytes.iter().skip(at)) {
                *place = *byte;
            }
            prop_assert_eq!(Piece::new(&bytes, length).word(at), u64::from_le_bytes(eight));
        }

        #[test]
        fn finds_what_a_loop_finds(
            bytes in prop::collection::vec(0_u8..6, 0..40),
            byte in 0_u8..6,
            at in 0_usize..10,
            length in 0_usize..40,
        ) {
            let piece = Piece::new(&bytes, length);
            let found = piece.bytes().iter().skip(at).position(|found| *found == byte).map(|found| at + found);
            prop_assert_eq!(piece.find(at, byte), found);
        }

        #[test]
        fn ranks_sort_as_lengths_then_texts(a in "[0-9a-c]{1,15}", b in "[0-9a-c]{1,15}", after in "[0-9a-c]{0,9}") {
            let (longer, text) = (format!("{a}{after}"), b.as_bytes());
            let rank = Piece::new(longer.as_bytes(), a.len()).rank();
            prop_assert_eq!(rank.cmp(&Piece::whole(text).rank()), (a.len(), &a).cmp(&(b.len(), &b)));
        }

        #[test]
        fn trims_as_the_standard_library(bytes in prop::collection::vec(prop::sample::select(b" \t\rab".to_vec()), 0..12)) {
            prop_assert_eq!(Piece::whole(&bytes).trim().bytes(), bytes.trim_ascii());
        }
    }
}
