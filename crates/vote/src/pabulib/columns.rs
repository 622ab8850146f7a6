//! The columns of `VOTES`, and the cells of a ballot that are read.

use std::borrow::Cow;

use super::cells::cells;
use super::rows::Row;
use super::words::Piece;

/// What a column of a ballot is for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Role {
    Voter,
    Vote,
    Points,
    Territory,
    Other,
}

/// Columns that are read, or that published files carry.
pub(super) const KNOWN: [&str; 12] = [
    "voter_id",
    "vote",
    "points",
    "canton",
    "district",
    "neighborhood",
    "age",
    "sex",
    "voting_method",
    "education",
    "subunit",
    "",
];

/// The roles of the columns.
pub(super) struct Columns {
    /// Up to the last one that is read.
    roles: Vec<Role>,
    /// How many columns are never read, after those.
    others: usize,
}

impl Columns {
    pub(super) fn new(names: &[String]) -> Self {
        let mut roles = vec![Role::Other; names.len()];
        let wanted: [(&[&str], Role); 4] = [
            (&["voter_id"], Role::Voter),
            (&["vote"], Role::Vote),
            (&["points"], Role::Points),
            (&["canton", "district", "neighborhood"], Role::Territory),
        ];
        for (aliases, role) in wanted {
            let position = aliases.iter().find_map(|alias| names.iter().position(|name| name == alias));
            if let Some(position) = position {
                roles[position] = role;
            }
        }
        let last = roles.iter().rposition(|role| *role != Role::Other);
        roles.truncate(last.map_or(0, |last| last + 1));
        Self { others: names.len() - roles.len(), roles }
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Finds the cells of a row without quotes; false when it stops before the projects.
    #[inline]
    pub(super) fn find<'r>(&self, row: Piece<'r>, found: &mut VoteCells<'r>) -> bool {
        let mut start = 0;
        for (at, role) in self.roles.iter().enumerate() {
            let end = row.find(start, b';');
            found.of[*role as usize] = Some(row.part(start, end.unwrap_or(row.len())));
            match end {
                Some(end) => start = end + 1,
                None => return self.ends_after(at + 1, found),
            }
        }
        found.extra = self.extra(row.part(start, row.len()).bytes());
        true
    }

    /// The row has no more cells than these.
    #[inline]
    fn ends_after(&self, cells: usize, found: &mut VoteCells<'_>) -> bool {
        for role in &self.roles[cells..] {
            found.of[*role as usize] = None;
        }
        found.extra = None;
        found.of[Role::Vote as usize].is_some()
    }

    /// Whether the cells past the last column are empty, when there are some.
    fn extra(&self, rest: &[u8]) -> Option<bool> {
        if memchr::memchr_iter(b';', rest).count() < self.others {
            return None;
        }
        let mut extra = rest.split(|byte| *byte == b';').skip(self.others);
        Some(extra.all(|cell| String::from_utf8_lossy(cell).trim().is_empty()))
    }

    /// Hands the cells of any row to `use_cells`; `None` when it stops before the projects.
    pub(super) fn cells<T>(
        &self,
        row: Row<'_>,
        quotes: bool,
        use_cells: impl FnOnce(&VoteCells<'_>) -> T,
    ) -> Option<T> {
        let text = &row.from[..row.length];
        let mut found = VoteCells::default();
        if !quotes || memchr::memchr(b'"', text.as_bytes()).is_none() {
            return self.find(row.piece(), &mut found).then(|| use_cells(&found));
        }
        let mut read = cells(text);
        let list: Vec<Cow<'_, str>> = read.by_ref().take(self.roles.len()).collect();
        for (role, cell) in self.roles.iter().zip(&list) {
            found.of[*role as usize] = Some(Piece::whole(cell.as_bytes()));
        }
        for cell in read.skip(self.others) {
            found.extra = Some(found.extra.unwrap_or(true) && cell.is_empty());
        }
        found.of[Role::Vote as usize].is_some().then(|| use_cells(&found))
    }
}

/// The cells of a ballot that are read: bytes, since they are cut at signs from a text that was checked.
#[derive(Default)]
pub(super) struct VoteCells<'c> {
    /// By role.
    of: [Option<Piece<'c>>; 5],
    /// When there are more cells than columns: whether they are empty.
    pub(super) extra: Option<bool>,
}

impl<'c> VoteCells<'c> {
    #[inline]
    pub(super) fn get(&self, role: Role) -> Option<Piece<'c>> {
        self.of[role as usize].map(Piece::trim)
    }
}
