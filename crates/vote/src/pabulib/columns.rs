//! The columns of `VOTES`, and the cells of a ballot that are read.

use std::borrow::Cow;

use super::cells::cells;
use super::words;

/// What a column of a ballot is for.
#[derive(Clone, Copy, PartialEq, Eq)]
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

    /// Hands the cells of a row to `use_cells`; `None` when the row stops before the projects.
    pub(super) fn cells<T>(&self, row: &str, quotes: bool, use_cells: impl FnOnce(VoteCells<'_>) -> T) -> Option<T> {
        let mut found = VoteCells::default();
        if quotes && memchr::memchr(b'"', row.as_bytes()).is_some() {
            let mut read = cells(row);
            let list: Vec<Cow<'_, str>> = read.by_ref().take(self.roles.len()).collect();
            for (role, cell) in self.roles.iter().zip(&list) {
                found.place(*role, cell);
            }
            for cell in read.skip(self.others) {
                found.extra = Some(found.extra.unwrap_or(true) && cell.is_empty());
            }
            return found.vote.is_some().then(|| use_cells(found));
        }
        let mut rest = Some(row);
        for role in &self.roles {
            let Some(cells) = rest else { break };
            let end = words::find(cells.as_bytes(), b';');
            found.place(*role, &cells[..end.unwrap_or(cells.len())]);
            rest = end.map(|end| &cells[end + 1..]);
        }
        if let Some(rest) = rest
            && memchr::memchr_iter(b';', rest.as_bytes()).count() >= self.others
        {
            let mut extra = rest.split(';').skip(self.others);
            found.extra = Some(extra.all(|cell| cell.trim().is_empty()));
        }
        found.vote.is_some().then(|| use_cells(found))
    }
}

/// The cells of a ballot that are read.
#[derive(Default)]
pub(super) struct VoteCells<'c> {
    pub(super) voter: Option<&'c str>,
    pub(super) vote: Option<&'c str>,
    pub(super) points: Option<&'c str>,
    pub(super) territory: Option<&'c str>,
    /// When there are more cells than columns: whether they are empty.
    pub(super) extra: Option<bool>,
}

impl<'c> VoteCells<'c> {
    #[inline]
    fn place(&mut self, role: Role, cell: &'c str) {
        match role {
            Role::Voter => self.voter = Some(cell.trim_ascii()),
            Role::Vote => self.vote = Some(cell.trim_ascii()),
            Role::Points => self.points = Some(cell),
            Role::Territory => self.territory = Some(cell.trim_ascii()),
            Role::Other => {}
        }
    }
}
