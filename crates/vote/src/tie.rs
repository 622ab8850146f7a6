//! Ties: which project goes first when the rule cannot say.

use std::cmp::Reverse;

use sha2::{Digest, Sha256};

use crate::election::Election;
use crate::error::CountError;

/// The rule for ties, chosen before the vote.
///
/// ```
/// use vote::TieBreak;
/// # use vote::{BallotKind, Election, Project};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 9, vec![project("10", 5), project("2", 5), project("3", 4)])?;
/// # election.approve(&["2"])?;
/// // The cheapest first; then « 2 », which has a vote; then « 10 ».
/// assert_eq!(TieBreak::Recommended.ranks(&election), [2, 1, 0]);
/// // Identifiers are texts: « 10 » comes before « 2 ».
/// assert_eq!(TieBreak::Lexico.ranks(&election), [0, 1, 2]);
/// assert_eq!(TieBreak::from_name("lot:3 mars")?, TieBreak::Lot("3 mars".to_owned()));
/// assert_eq!(TieBreak::from_name("graine du 3 mars")?.name(), "lot:graine du 3 mars");
/// # Ok::<(), vote::CountError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TieBreak {
    /// Lowest cost, then most votes, then identifier as text.
    #[default]
    Recommended,
    /// Identifier as text.
    Lexico,
    /// A lot: the projects in the order of SHA-256 of `seed`, a line feed, and the identifier.
    ///
    /// Publish the seed before the ballots are opened; anyone then computes the same order with `sha256sum`.
    Lot(String),
}

impl TieBreak {
    /// Reads `recommended`, `lexico`, or a lot: `lot:` and its seed, or a seed made of digits or of several words. Nothing
    /// else: a word badly written must not become the seed of a lot.
    ///
    /// # Errors
    /// [`CountError::UnknownTie`].
    pub fn from_name(name: &str) -> Result<Self, CountError> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let words = |text: &str| {
            let mut words = text.split_whitespace();
            let first = words.next().unwrap_or_default();
            words.next().is_some()
                && text == text.trim()
                && !["lot", "recommended", "recommande", "lexico"].contains(&first)
        };
        match (name, name.strip_prefix("lot:")) {
            ("recommended" | "recommande", _) => Ok(Self::Recommended),
            ("lexico", _) => Ok(Self::Lexico),
            (_, Some(seed)) if !seed.trim().is_empty() => Ok(Self::Lot(seed.to_owned())),
            (seed, None) if digits(seed) || words(seed) => Ok(Self::Lot(seed.to_owned())),
            _ => Err(CountError::UnknownTie(name.to_owned())),
        }
    }

    /// The name that [`TieBreak::from_name`] reads.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Recommended => "recommended".to_owned(),
            Self::Lexico => "lexico".to_owned(),
            Self::Lot(seed) => format!("lot:{seed}"),
        }
    }

    /// The rule in plain French.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Recommended => "À égalité, passe d’abord le projet le moins cher, puis celui qui a le plus de voix, \
                 puis l’ordre des identifiants."
                .to_owned(),
            Self::Lexico => "À égalité, passe d’abord le premier identifiant dans l’ordre des caractères.".to_owned(),
            Self::Lot(seed) => format!(
                "À égalité, l’ordre est tiré au sort : SHA-256 de la graine « {seed} », d’un saut de ligne et de \
                 l’identifiant, du plus petit au plus grand."
            ),
        }
    }

    /// Rank of each project: the smallest goes first.
    #[must_use]
    pub fn ranks(&self, election: &Election) -> Vec<usize> {
        let votes = election.votes();
        let mut order: Vec<usize> = (0..election.projects.len()).collect();
        let id = |&c: &usize| election.projects[c].id.as_str();
        match self {
            Self::Recommended => order.sort_by(|a, b| {
                let key = |c: &usize| (election.projects[*c].cost, Reverse(votes[*c]));
                key(a).cmp(&key(b)).then_with(|| id(a).cmp(id(b)))
            }),
            Self::Lexico => order.sort_by(|a, b| id(a).cmp(id(b))),
            Self::Lot(seed) => order.sort_by_cached_key(|c| {
                let digest: [u8; 32] =
                    Sha256::new().chain_update(seed).chain_update("\n").chain_update(id(c)).finalize().into();
                (digest, election.projects[*c].id.clone())
            }),
        }
        let mut ranks = vec![0; order.len()];
        for (rank, &project) in order.iter().enumerate() {
            ranks[project] = rank;
        }
        ranks
    }
}
