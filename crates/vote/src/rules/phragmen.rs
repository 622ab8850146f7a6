//! Sequential Phragmén: everyone earns money at the same speed; a project is bought when its supporters can pay it.
//!
//! **Definition.** Each voter carries a load, 0 at the start. Buying `c` brings all its supporters to the load
//! `(cost(c) + Σ_i load_i) / n(c)`. Buy the project for which this load is lowest; stop when a cheapest project does not fit
//! in the envelope. A project without supporters is never bought.
//!
//! **Source.** Brill, Freeman, Janson, Lackner, *Phragmén's voting methods and justified representation* (2017); with costs:
//! Los, Christoff, Grossi, *Proportional budget allocations* (2022). Proportional (PJR-like), ignores the points.
//!
//! **Exactness.** A voter's load is that of the last project bought among those they support, so a load is an integer
//! combination of the loads of earlier rounds. These are kept as integers over one chain of denominators (that of a round is
//! that of the round before times a small factor); doubles compare, and integers decide when two candidates are closer than
//! the rounding.
//!
//! **Cost.** `O(supporters)` for a load, few loads for a selection (old loads are lower bounds): `O(m · s)` at worst for `m`
//! projects and `s` choices on all different ballots, near `O(s)` on real votes, and `O(m²)` products of integers of at most
//! `m · log₂ n` bits for `n` voters. Memory: `O(s)`.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::gcd;
use num_traits::{One, ToPrimitive};

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::fraction::{Shown, ratio, shown};
use crate::outcome::{Certificate, Measure, Outcome, Round};
use crate::profile::{Profile, Utility};
use crate::rules::greedy::to_f64;
use crate::tie::TieBreak;

/// Sequential Phragmén.
///
/// ```
/// use vote::rules::phragmen::phragmen;
/// # use vote::{BallotKind, Control, Election, Project, TieBreak};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 1_000,
/// #     vec![project("1", 400), project("2", 300), project("3", 200)])?;
/// # for ballot in [&["1"][..], &["1", "2"], &["2"], &["1"]] { election.approve(ballot)?; }
/// let outcome = phragmen(&election, &TieBreak::Recommended, &Control::default())?;
/// assert_eq!(outcome.winner_ids(&election), ["1", "2"]); // nobody supports « 3 »
/// assert_eq!(outcome.rounds[1].exact_value.as_deref(), Some("650/3"));
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// No ballot, or a cancelled count.
pub fn phragmen(election: &Election, tie: &TieBreak, control: &Control<'_>) -> Result<Outcome, CountError> {
    let profile = Profile::new(election, Utility::Cardinality)?;
    let ranks = tie.ranks(election);
    let mut loads = Loads::new(&profile);
    let mut candidates: Vec<(f64, usize)> = (0..profile.projects())
        .filter(|&project| profile.support[project] > 0 && profile.cost(project) <= election.budget)
        .map(|project| (0.0, project))
        .collect();
    let mut left = election.budget;
    let mut rounds = Vec::new();
    let mut certificate = Certificate::default();
    while !candidates.is_empty() {
        let best = loads.best(&mut candidates, &mut certificate, control)?;
        if best.iter().any(|(_, project)| profile.cost(*project) > left) {
            break;
        }
        let tied = best.len();
        let Some((sum, project)) = best.into_iter().min_by_key(|(_, project)| ranks[*project]) else { break };
        let load = loads.buy(project, sum);
        left -= profile.cost(project);
        certificate.ties += u64::from(tied > 1);
        certificate.denominator_bits = certificate.denominator_bits.max(load.bits);
        let figure = (load.value, Some(load.text));
        rounds.push(Round { tied, ..Round::new(project, profile.support[project], Measure::Load, figure) });
        control.selected(rounds.len(), election.budget - left)?;
        candidates.retain(|(_, other)| *other != project);
    }
    Ok(Outcome::new(election, rounds, true, certificate))
}

struct Loads<'p> {
    profile: &'p Profile<'p>,
    /// 0 before any purchase, otherwise 1 + the round of the last project bought for this group.
    last: Vec<u32>,
    /// Load after each round: a numerator over the denominator of that round, and by how much this denominator grew.
    steps: Vec<(BigInt, u64)>,
    denominator: BigInt,
    doubles: Vec<f64>,
    counts: Vec<u64>,
}

impl<'p> Loads<'p> {
    fn new(profile: &'p Profile<'p>) -> Self {
        Self {
            profile,
            last: vec![0; profile.election.ballots.groups()],
            steps: Vec::new(),
            denominator: BigInt::one(),
            doubles: vec![0.0],
            counts: Vec::new(),
        }
    }

    /// How many supporters of a project carry the load of each round.
    fn count(&mut self, project: usize) {
        self.counts.clear();
        self.counts.resize(self.doubles.len(), 0);
        for supporter in self.profile.supporters(project) {
            self.counts[self.last[supporter.group as usize] as usize] += u64::from(supporter.weight);
        }
    }

    fn double(&mut self, project: usize) -> f64 {
        self.count(project);
        let carried: f64 = self.counts.iter().zip(&self.doubles).map(|(count, load)| to_f64(*count) * load).sum();
        (to_f64(self.profile.cost(project)) + carried) / to_f64(self.profile.support[project])
    }

    /// Cost plus loads of the supporters, over the denominator; by Horner's scheme.
    fn sum(&mut self, project: usize) -> BigInt {
        self.count(project);
        let mut sum = BigInt::from(self.profile.cost(project));
        for ((numerator, factor), count) in self.steps.iter().zip(&self.counts[1..]) {
            sum *= *factor;
            if *count > 0 {
                sum += numerator * *count;
            }
        }
        sum
    }

    /// The projects of lowest load, all exactly equal. Loads only grow, so old ones are lower bounds.
    fn best(
        &mut self,
        candidates: &mut [(f64, usize)],
        certificate: &mut Certificate,
        control: &Control<'_>,
    ) -> Result<Vec<(BigInt, usize)>, CountError> {
        // Positive terms only: the relative error is at most one rounding per round and a few more.
        let width = (self.doubles.len() + 8).to_f64().unwrap_or(f64::MAX) * f64::EPSILON;
        candidates.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut lowest = f64::INFINITY;
        let mut fresh = 0;
        for candidate in candidates.iter_mut() {
            if candidate.0 * (1.0 - width) > lowest * (1.0 + width) {
                break;
            }
            candidate.0 = self.double(candidate.1);
            lowest = lowest.min(candidate.0);
            fresh += 1;
        }
        let near: Vec<usize> = candidates[..fresh]
            .iter()
            .filter(|(load, _)| load * (1.0 - width) <= lowest * (1.0 + width))
            .map(|(_, project)| *project)
            .collect();
        if near.len() == 1 {
            certificate.safe += 1;
        } else {
            certificate.redone += 1;
        }
        let mut best: Vec<(BigInt, usize)> = Vec::new();
        for project in near {
            control.check()?;
            let sum = self.sum(project);
            let support = &self.profile.support;
            match best.first().map(|(lowest, first)| (&sum * support[*first]).cmp(&(lowest * support[project]))) {
                Some(Ordering::Greater) => {}
                Some(Ordering::Equal) => best.push((sum, project)),
                _ => best = vec![(sum, project)],
            }
        }
        Ok(best)
    }

    /// Brings the supporters to their new load, and says it.
    fn buy(&mut self, project: usize, sum: BigInt) -> Shown {
        let round = u32::try_from(self.doubles.len()).unwrap_or(u32::MAX);
        for supporter in self.profile.supporters(project) {
            self.last[supporter.group as usize] = round;
        }
        let support = self.profile.support[project];
        let divisor = gcd((&sum % support).to_u64().unwrap_or(0), support);
        let (numerator, factor) = (sum / divisor, support / divisor);
        self.denominator *= factor;
        self.doubles.push(ratio(&numerator, &self.denominator));
        let load = shown(&numerator, &(&self.denominator * self.profile.measure_unit()));
        self.steps.push((numerator, factor));
        load
    }
}
