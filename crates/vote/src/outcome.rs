//! What a count gives: winners in order, why, and how sure.

use crate::election::Election;

/// One selection.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Round {
    /// Position of the project in [`Election::projects`].
    pub project: usize,
    /// The figure that decided: score, price per unit of utility (ρ), load… See `measure`.
    pub value: f64,
    /// The same figure as an exact fraction, when it was computed with integers.
    pub exact_value: Option<String>,
    /// What the figure is.
    pub measure: Measure,
    /// Voters who support the project, those who name it with 0 points included.
    pub supporters: u64,
    /// Supporters who paid all they had left.
    pub exhausted: u64,
    /// Projects that shared the best figure, this one included. For a set chosen as a whole, 2 when another best set leaves
    /// this project out. For Kemeny, the projects that the best orders that start the same way put at this place.
    pub tied: usize,
    /// When in the count it was selected.
    pub phase: Phase,
    /// The clause that justified the selection, when there is one.
    pub clause: Option<String>,
}

/// When in a count a project is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// For the floor of a territory, before all the rest.
    Floor,
    /// With the money of a sub-envelope.
    SubEnvelope,
    /// With the envelope, by the rule itself.
    General,
    /// With what the rule left, by a greedy filling.
    Completion,
}

impl Phase {
    /// The word used in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::SubEnvelope => "sub_envelope",
            Self::General => "general",
            Self::Completion => "completion",
        }
    }
}

impl Round {
    /// A selection by the rule itself, without clause: nobody paid all they had, nothing tied.
    pub(crate) fn new(
        project: usize,
        supporters: u64,
        measure: Measure,
        (value, exact_value): (f64, Option<String>),
    ) -> Self {
        Self {
            project,
            value,
            exact_value,
            measure,
            supporters,
            exhausted: 0,
            tied: 1,
            phase: Phase::General,
            clause: None,
        }
    }

    /// One project of a set chosen as a whole, which no figure of its own decided.
    pub(crate) fn of_a_whole(project: usize, supporters: u64, tied: usize) -> Self {
        Self { tied, ..Self::new(project, supporters, Measure::Whole, (f64::NAN, None)) }
    }
}

/// What the figure of a round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Votes or points: the highest goes first.
    Score,
    /// Votes or points per unit of money: the highest goes first.
    ScorePerCost,
    /// Price of one unit of utility: the lowest goes first.
    Price,
    /// Highest load of a voter: the lowest goes first.
    Load,
    /// No order: the set is chosen as a whole.
    Whole,
}

impl Measure {
    /// The word used in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::ScorePerCost => "score_per_cost",
            Self::Price => "price",
            Self::Load => "load",
            Self::Whole => "whole",
        }
    }
}

/// Why the outcome may be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Certificate {
    /// Selections decided by doubles, with an error bound smaller than the gap.
    pub safe: u64,
    /// Selections redone with integers or big rationals.
    pub redone: u64,
    /// Selections that nothing proves: the two best prices are closer than what is known of them.
    pub unproved: u64,
    /// Selections where several projects were exactly equal: the rule for ties decided.
    pub ties: u64,
    /// Bits of the largest denominator met.
    pub denominator_bits: u64,
}

impl Certificate {
    /// That of rounds decided by integers only.
    pub(crate) fn by_integers(rounds: &[Round]) -> Self {
        Self { redone: rounds.len() as u64, ties: ties(rounds), ..Self::default() }
    }
}

/// Rounds where the rule for ties decided.
pub(crate) fn ties(rounds: &[Round]) -> u64 {
    rounds.iter().filter(|round| round.tied > 1).count() as u64
}

/// Why increments stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// One more unit per voter would overspend.
    Overspend,
    /// Nothing more fits, or every supported project is funded.
    Exhaustive,
}

impl Stop {
    /// The word used in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overspend => "overspend",
            Self::Exhaustive => "exhaustive",
        }
    }
}

/// How the completion by increments ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Increments {
    /// Currency units added to each voter's share.
    pub added: u64,
    /// Final share of each voter, as an exact fraction of the currency.
    pub per_voter: String,
    /// Why it stopped.
    pub stop: Stop,
    /// Times the rule was run.
    pub runs: u64,
}

/// What each voter received, for the rules that share the envelope.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Share {
    /// First round paid with it: 0, or the first one of a sub-envelope.
    pub first_round: usize,
    /// In the currency, increments included.
    pub value: f64,
    /// The same, as an exact fraction.
    pub exact_value: String,
    /// How increments made it, when the rule has them.
    pub increments: Option<Increments>,
}

/// The result of a count.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// Winners in the order of selection (positions in [`Election::projects`]).
    pub winners: Vec<usize>,
    /// Total cost, in the smallest unit.
    pub total: u64,
    /// One entry for each winner, in the same order.
    pub rounds: Vec<Round>,
    /// Whether the winners are those of exact arithmetic, with proof.
    pub exact: bool,
    /// The proof in figures.
    pub certificate: Certificate,
    /// The share of each voter: one for the vote, or one for each sub-envelope. Empty when voters do not pay.
    pub shares: Vec<Share>,
    /// Completion by increments, when the rule has it and there is one share; with sub-envelopes, see each of the `shares`.
    pub increments: Option<Increments>,
    /// Sum of the scores, for rules that maximise it.
    pub welfare: Option<u128>,
}

impl Outcome {
    pub(crate) fn new(election: &Election, rounds: Vec<Round>, exact: bool, certificate: Certificate) -> Self {
        let winners: Vec<usize> = rounds.iter().map(|round| round.project).collect();
        let total = election.cost_of(winners.iter().copied());
        Self { winners, total, rounds, exact, certificate, shares: Vec::new(), increments: None, welfare: None }
    }

    /// Identifiers of the winners, in the order of selection.
    #[must_use]
    pub fn winner_ids<'e>(&self, election: &'e Election) -> Vec<&'e str> {
        self.winners.iter().map(|&project| election.projects[project].id.as_str()).collect()
    }
}
