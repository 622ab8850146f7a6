//! A fast hash with a random key, for tables built from hostile text.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Folded multiplication: each word is mixed with a key unknown to whoever wrote the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    start: u64,
    factor: u64,
}

impl Default for Key {
    fn default() -> Self {
        let random = RandomState::new();
        Self { start: random.hash_one(1_u8), factor: random.hash_one(2_u8) | 1 }
    }
}

impl Key {
    #[inline]
    pub(crate) fn mix(self, word: u64) -> u64 {
        let product = u128::from(self.start ^ word) * u128::from(self.factor);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are folded")]
        let folded = (product as u64) ^ ((product >> 64) as u64);
        folded
    }

    /// Of words whose order does not matter: they are mixed side by side, not one after the other.
    #[inline]
    pub(crate) fn sum(self, words: impl Iterator<Item = u64>) -> u64 {
        words.fold(self.start, |sum, word| sum.wrapping_add(self.mix(word)))
    }

    /// Of words in their order.
    pub(crate) fn words(self, words: impl Iterator<Item = u64>) -> u64 {
        words.fold(0, |hash, word| self.mix(hash ^ word).rotate_left(23).wrapping_add(self.start))
    }

    pub(crate) fn bytes(self, bytes: &[u8]) -> u64 {
        let (chunks, rest) = bytes.as_chunks::<8>();
        // The last bytes are read with those before them: the length, mixed in, tells texts apart.
        let last = match bytes.last_chunk() {
            Some(chunk) if !rest.is_empty() => u64::from_le_bytes(*chunk),
            _ => rest.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
        };
        let whole = chunks.iter().map(|chunk| u64::from_le_bytes(*chunk));
        self.words(whole.chain([last, bytes.len() as u64]))
    }
}

/// The slot of a hash in a table whose size is a power of two.
pub(crate) fn slot(hash: u64, size: usize) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "only the low bits are kept")]
    let low = hash as usize;
    low & (size - 1)
}
