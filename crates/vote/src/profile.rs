//! Ballots seen from the projects: who supports what, and how much.

use crate::election::{BallotKind, Choice, Election};
use crate::error::CountError;

/// What a voter gains when a project is funded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Utility {
    /// The cost of the project, when the ballot supports it: euros matter.
    Cost,
    /// One, when the ballot supports it: the number of projects matters.
    Cardinality,
    /// The points of the ballot.
    Points,
    /// The length of the ranking minus the position: 3, 2, 1.
    Positional,
    /// The length of the ranking minus the position minus one: the last project named gets nothing.
    BordaZeroLast,
}

impl Utility {
    /// The word used in the names of rules.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Cardinality => "card",
            Self::Points => "points",
            Self::Positional => "positional",
            Self::BordaZeroLast => "borda_zero_last",
        }
    }

    fn value(self, kind: BallotKind, choice: Choice) -> u32 {
        match self {
            Self::Cost | Self::Cardinality => u32::from(kind.supports(choice)),
            Self::Points | Self::Positional => choice.points,
            Self::BordaZeroLast => choice.points.saturating_sub(1),
        }
    }

    pub(crate) fn check(self, election: &Election, rule: &str) -> Result<(), CountError> {
        let ordinal = election.kind == BallotKind::Ordinal;
        let reason = match self {
            Self::Positional | Self::BordaZeroLast if !ordinal => "elle demande des classements.",
            Self::Points if !ordinal && !election.kind.has_points() => "elle demande des points ou un classement.",
            _ => return Ok(()),
        };
        Err(CountError::NotApplicable { rule: rule.to_owned(), reason })
    }
}

/// One group of identical ballots that supports a project.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Supporter {
    pub(crate) group: u32,
    pub(crate) weight: u32,
    pub(crate) value: u32,
}

/// The vote as the proportional rules read it. The utility of a project for a voter is `scale · value`.
pub(crate) struct Profile<'e> {
    pub(crate) election: &'e Election,
    pub(crate) utility: Utility,
    pub(crate) voters: u64,
    starts: Vec<usize>,
    supporters: Vec<Supporter>,
    /// Sum of `weight · value` over the supporters.
    pub(crate) total_value: Vec<u64>,
    /// Number of supporters.
    pub(crate) support: Vec<u64>,
}

impl<'e> Profile<'e> {
    pub(crate) fn new(election: &'e Election, utility: Utility) -> Result<Self, CountError> {
        election.check_ballots()?;
        let voters = election.ballots.total();
        let m = election.projects.len();
        let mut counts = vec![0_usize; m + 1];
        let mut total_value = vec![0_u64; m];
        let mut support = vec![0_u64; m];
        for (ballot, weight) in election.ballots.iter() {
            for choice in ballot.iter().filter(|choice| utility.value(election.kind, **choice) > 0) {
                let project = choice.project as usize;
                counts[project + 1] += 1;
                total_value[project] += weight * u64::from(utility.value(election.kind, *choice));
                support[project] += weight;
            }
        }
        for project in 0..m {
            counts[project + 1] += counts[project];
        }
        let starts = counts.clone();
        let mut supporters = vec![Supporter { group: 0, weight: 0, value: 0 }; starts[m]];
        for (group, (ballot, weight)) in (0_u32..).zip(election.ballots.iter()) {
            for choice in ballot {
                let value = utility.value(election.kind, *choice);
                if value > 0 {
                    let place = &mut counts[choice.project as usize];
                    // The number of voters fits 32 bits, checked above.
                    let weight = u32::try_from(weight).unwrap_or(u32::MAX);
                    supporters[*place] = Supporter { group, weight, value };
                    *place += 1;
                }
            }
        }
        Ok(Self { election, utility, voters, starts, supporters, total_value, support })
    }

    pub(crate) fn projects(&self) -> usize {
        self.election.projects.len()
    }

    pub(crate) fn cost(&self, project: usize) -> u64 {
        self.election.projects[project].cost
    }

    pub(crate) fn supporters(&self, project: usize) -> &[Supporter] {
        &self.supporters[self.starts[project]..self.starts[project + 1]]
    }

    /// The factor common to all utilities of a project.
    pub(crate) fn scale(&self, project: usize) -> u64 {
        if self.utility == Utility::Cost { self.cost(project) } else { 1 }
    }

    /// Price per unit of utility, times the value of its payers, when nobody is short of money.
    pub(crate) fn plain_numerator(&self, project: usize) -> u64 {
        if self.utility == Utility::Cost { 1 } else { self.cost(project) }
    }

    /// What divides a price to be read by people: euros for one project or one point, nothing for euros per euro.
    pub(crate) fn measure_unit(&self) -> u64 {
        if self.utility == Utility::Cost { 1 } else { self.election.unit() }
    }

    /// The projects and values named by one group.
    pub(crate) fn ballot(&self, group: usize) -> impl Iterator<Item = (usize, u32)> {
        let Self { utility, election, .. } = *self;
        election
            .ballots
            .group(group)
            .iter()
            .map(move |choice| (choice.project as usize, utility.value(election.kind, *choice)))
            .filter(|(_, value)| *value > 0)
    }
}
