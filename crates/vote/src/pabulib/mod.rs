//! Pabulib `.pb` files: a reader that forgives and says what it forgave, a writer that forgives nothing.
//!
//! A file has three sections, `META`, `PROJECTS` and `VOTES`, each with a line of column names, in UTF-8 with `;`
//! between fields (Stolicki, Szufa, Talmon, *Pabulib: a participatory budgeting library*, arXiv 2012.06539).
//!
//! What the reader forgives, and reports with its line ([`Leniency`]): Windows line ends and a byte-order mark, empty
//! lines, missing or unknown columns, the old name `target`, decimal commas, spaces in lists, totals that differ from the
//! ballots, ballots outside the limits of the file (see [`Limits`]), a project named twice in an approval.
//! What it refuses, with the line: anything that would change a result by a guess.

mod cells;
mod columns;
mod grouping;
mod ids;
mod leniencies;
mod meta;
mod projects;
mod read;
mod rows;
mod votes;
mod words;
mod write;

use std::borrow::Cow;
use std::fmt;

pub use read::read;
pub use write::{write, write_election};

use crate::election::Election;

/// What to do with ballots outside the limits that the file announces (`min_length`, `max_sum_cost`…).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Limits {
    /// Count them, and report how many: published files hold ballots that their city did count.
    #[default]
    Report,
    /// They are void, each with its reason, and leave the number of ballots.
    Enforce,
}

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// Ballots outside the limits.
    pub limits: Limits,
    /// Accept the same `voter_id` twice: both ballots count, and the line is reported. Otherwise it is an error.
    pub keep_duplicates: bool,
}

/// The limits of one ballot, as announced in `META`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BallotRules {
    /// Fewest projects.
    pub min_length: Option<u64>,
    /// Most projects.
    pub max_length: Option<u64>,
    /// Smallest total cost, in the smallest unit.
    pub min_sum_cost: Option<u64>,
    /// Largest total cost, in the smallest unit (knapsack ballots).
    pub max_sum_cost: Option<u64>,
    /// Fewest points on one named project.
    pub min_points: Option<u64>,
    /// Most points on one project.
    pub max_points: Option<u64>,
    /// Fewest points in all.
    pub min_sum_points: Option<u64>,
    /// Most points in all.
    pub max_sum_points: Option<u64>,
}

/// Why a ballot is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VoidReason {
    /// Fewer projects than asked.
    TooShort,
    /// More projects than allowed.
    TooLong,
    /// The projects cost less than asked.
    TooCheap,
    /// The projects cost more than allowed.
    TooExpensive,
    /// Points on one project outside the limits.
    Points,
    /// Total of the points outside the limits.
    SumOfPoints,
}

impl fmt::Display for VoidReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "moins de projets que le minimum",
            Self::TooLong => "plus de projets que le maximum",
            Self::TooCheap => "coût total inférieur au minimum",
            Self::TooExpensive => "coût total supérieur au maximum",
            Self::Points => "points hors limites sur un projet",
            Self::SumOfPoints => "total de points hors limites",
        })
    }
}

/// Something that the reader forgave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leniency {
    /// Line of the file, from 1.
    pub line: usize,
    /// What was forgiven, in French.
    pub what: String,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Ligne {line} : {what}")]
pub struct ReadError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong and what to do, in French.
    pub what: String,
}

/// In inner loops an error is a pointer: one that never comes costs nothing to hand over.
impl From<Box<ReadError>> for ReadError {
    fn from(error: Box<ReadError>) -> Self {
        *error
    }
}

/// A file once read: the vote to count, and all that is needed to write the file again.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    /// The vote.
    pub election: Election,
    /// Keys and values of `META`, in order.
    pub meta: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Limits of a ballot.
    pub rules: BallotRules,
    /// Column names of `PROJECTS`.
    pub project_columns: Vec<String>,
    /// Cells of `PROJECTS`.
    pub project_rows: Vec<Vec<Cow<'a, str>>>,
    /// Column names of `VOTES`.
    pub vote_columns: Vec<String>,
    /// The rows of `VOTES`, void ballots included: see [`Document::vote_rows`].
    vote_text: &'a str,
    /// Line of the first row of `VOTES`.
    first_vote: usize,
    /// Names of the voters' territories.
    pub territories: Vec<String>,
    /// Territory of each ballot that counts (position in `territories`), when the file has such a column.
    pub territory_of: Vec<u32>,
    /// Void ballots: line and reason.
    pub void: Vec<(usize, VoidReason)>,
    /// What was forgiven.
    pub leniencies: Vec<Leniency>,
}

impl Document<'_> {
    /// A value of `META`.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_ref())
    }
}

fn error(line: usize, what: impl Into<String>) -> ReadError {
    ReadError { line, what: what.into() }
}
