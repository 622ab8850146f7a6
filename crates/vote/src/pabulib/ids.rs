//! Tables of identifiers and names, for the inner loop of the reader.

use std::collections::HashMap;

use super::words::{self, Piece};
use crate::hash::{self, Key};

/// Project identifiers: short ones (8 bytes) in a small table of integers, the others in a map.
#[derive(Default)]
pub(super) struct Ids {
    short: Vec<(u64, u32)>,
    count: usize,
    long: HashMap<Box<[u8]>, u32>,
    hasher: Key,
}

impl Ids {
    fn pack(id: &str) -> Option<u64> {
        words::pack(Piece::whole(id.as_bytes()).word(0), id.len())
    }

    fn slot(&self, key: u64) -> usize {
        hash::slot(self.hasher.mix(key), self.short.len())
    }

    /// False when the identifier is already there.
    pub(super) fn insert(&mut self, id: &str, position: usize) -> bool {
        let value = u32::try_from(position).unwrap_or(u32::MAX);
        if self.get(id).is_some() {
            return false;
        }
        let Some(key) = Self::pack(id) else {
            return self.long.insert(id.as_bytes().into(), value).is_none();
        };
        if self.short.len() < 2 * (self.count + 1) {
            let old = std::mem::take(&mut self.short);
            self.short = vec![(0, u32::MAX); (4 * (self.count + 4)).next_power_of_two()];
            for (key, value) in old.into_iter().filter(|(_, value)| *value != u32::MAX) {
                self.place(key, value);
            }
        }
        self.place(key, value);
        self.count += 1;
        true
    }

    fn place(&mut self, key: u64, value: u32) {
        let mut slot = self.slot(key);
        while self.short[slot].1 != u32::MAX {
            slot = (slot + 1) & (self.short.len() - 1);
        }
        self.short[slot] = (key, value);
    }

    pub(super) fn get(&self, id: &str) -> Option<u32> {
        match Self::pack(id) {
            Some(key) => self.find(key),
            None => self.find_long(id.as_bytes()),
        }
    }

    /// The project of an identifier of eight bytes or more.
    pub(super) fn find_long(&self, id: &[u8]) -> Option<u32> {
        self.long.get(id).copied()
    }

    /// The project of a shorter one, packed.
    #[inline]
    pub(super) fn find(&self, key: u64) -> Option<u32> {
        if self.short.is_empty() {
            return None;
        }
        let mut slot = self.slot(key);
        loop {
            match self.short[slot] {
                (_, u32::MAX) => return None,
                (found, value) if found == key => return Some(value),
                _ => slot = (slot + 1) & (self.short.len() - 1),
            }
        }
    }
}

/// Positions of names met again and again, with a small cache in front of the map.
pub(super) struct Names {
    key: Key,
    recent: [u32; 256],
    map: HashMap<String, u32>,
}

impl Default for Names {
    fn default() -> Self {
        Self { key: Key::default(), recent: [u32::MAX; 256], map: HashMap::new() }
    }
}

impl Names {
    pub(super) fn position(&mut self, name: &[u8], names: &mut Vec<String>) -> u32 {
        let slot = hash::slot(self.key.bytes(name), self.recent.len());
        let recent = self.recent[slot];
        if names.get(recent as usize).is_some_and(|found| found.as_bytes() == name) {
            return recent;
        }
        let name = String::from_utf8_lossy(name);
        let position = self.map.get(name.as_ref()).copied().unwrap_or_else(|| {
            let position = u32::try_from(names.len()).unwrap_or(u32::MAX);
            names.push(name.to_string());
            self.map.insert(name.to_string(), position);
            position
        });
        self.recent[slot] = position;
        position
    }
}
