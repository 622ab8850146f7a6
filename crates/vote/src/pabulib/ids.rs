//! Tables of identifiers and names, for the inner loop of the reader.

use std::collections::HashMap;

use super::words::{self, Piece};
use crate::hash::{self, Key};

/// Project identifiers: short ones (at most seven bytes) in a small table of integers, the others in a map.
#[derive(Default)]
pub(super) struct Ids {
    /// A packed identifier and its position; a key of 0, that no identifier has, is a free place. At most half full.
    short: Vec<(u64, u32)>,
    count: usize,
    long: HashMap<Box<[u8]>, u32>,
    key: Key,
}

/// The table of short identifiers, held close in an inner loop.
#[derive(Clone, Copy)]
pub(super) struct Short<'t> {
    slots: &'t [(u64, u32)],
    key: Key,
}

impl Short<'_> {
    /// The project of a packed identifier.
    #[inline]
    pub(super) fn find(self, packed: u64) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mut slot = hash::slot(self.key.mix(packed), self.slots.len());
        loop {
            let (found, position) = self.slots[slot];
            if found == packed {
                return Some(position);
            }
            if found == 0 {
                return None;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }
}

impl Ids {
    fn pack(id: &str) -> Option<u64> {
        words::pack(Piece::whole(id.as_bytes()).word(0), id.len())
    }

    /// False when the identifier is already there.
    pub(super) fn insert(&mut self, id: &str, position: usize) -> bool {
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        if self.get(id).is_some() {
            return false;
        }
        let Some(packed) = Self::pack(id) else {
            return self.long.insert(id.as_bytes().into(), position).is_none();
        };
        self.count += 1;
        if self.short.len() < 2 * self.count {
            let old = std::mem::take(&mut self.short);
            self.short = vec![(0, 0); (4 * (self.count + 4)).next_power_of_two()];
            for (packed, position) in old.into_iter().filter(|(packed, _)| *packed != 0) {
                self.place(packed, position);
            }
        }
        self.place(packed, position);
        true
    }

    fn place(&mut self, packed: u64, position: u32) {
        let mut slot = hash::slot(self.key.mix(packed), self.short.len());
        while self.short[slot].0 != 0 {
            slot = (slot + 1) & (self.short.len() - 1);
        }
        self.short[slot] = (packed, position);
    }

    pub(super) fn get(&self, id: &str) -> Option<u32> {
        match Self::pack(id) {
            Some(packed) => self.short().find(packed),
            None => self.find_long(id.as_bytes()),
        }
    }

    pub(super) fn short(&self) -> Short<'_> {
        Short { slots: &self.short, key: self.key }
    }

    /// The project of an identifier of eight bytes or more.
    pub(super) fn find_long(&self, id: &[u8]) -> Option<u32> {
        self.long.get(id).copied()
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
