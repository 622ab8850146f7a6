//! Kemeny's rule: the ranking that contradicts the jury the least. For small juries that rank few projects.
//!
//! **Definition.** The disagreement of an order with a ballot is the number of pairs that they place in opposite ways.
//! Take an order of lowest total disagreement. Unranked projects stand below ranked ones; two unranked projects are not
//! compared.
//!
//! **Source.** Kemeny (1959); exact dynamic programming over sets, Betzler and others (2009). NP-hard in general.
//!
//! **Cost.** `O(2^m · m²)` time and `O(2^m)` memory for `m` projects, at most [`MOST`], after one pass over the pairs of each
//! ballot; the optimal orders are then followed one by one, as many as asked.

use crate::control::{Control, Progress};
use crate::election::{BallotKind, Election};
use crate::error::CountError;
use crate::outcome::{Certificate, Outcome, Round};
use crate::tie::TieBreak;

/// Most projects that can be ranked.
pub const MOST: usize = 16;

/// The optimal orders.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kemeny {
    /// Disagreement of the optimal orders.
    pub disagreement: u64,
    /// Optimal orders, at most as many as asked, in lexicographic order of the given ranks.
    pub orders: Vec<Vec<usize>>,
    /// For each place of the first order, how many projects the optimal orders that start the same way put there.
    pub tied: Vec<usize>,
}

/// Ranks `m` projects from ballots (best first) with weights; `ranks` orders equally good answers.
///
/// ```
/// use vote::Control;
/// use vote::rules::kemeny::kemeny;
///
/// let ballots = [(vec![0, 1, 2], 2), (vec![1, 2, 0], 1), (vec![1, 0], 2)];
/// let found = kemeny(3, &ballots, &[0, 1, 2], 10, &Control::default())?;
/// assert_eq!((found.disagreement, &found.orders[..]), (3, &[vec![1, 0, 2]][..]));
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// More than [`MOST`] projects, or a cancelled count.
pub fn kemeny(
    m: usize,
    ballots: &[(Vec<usize>, u64)],
    ranks: &[usize],
    most_orders: usize,
    control: &Control<'_>,
) -> Result<Kemeny, CountError> {
    if m > MOST {
        return Err(CountError::TooLarge("Kemeny classe au plus 16 projets."));
    }
    let prefer = preferences(m, ballots, control)?;
    // `cost[set]`: least disagreement when the projects of `set` come last.
    let mut cost = vec![0_u64; 1 << m];
    let all = (1_usize << m) - 1;
    for set in 1..=all {
        if set.is_multiple_of(1 << 12) {
            control.tell(Progress::Search { done: set as u64, of: all as u64 })?;
        }
        cost[set] = members(set).map(|first| step(&prefer, set, first) + cost[set & !(1 << first)]).min().unwrap_or(0);
    }
    let (prefer, cost) = (&prefer, &cost);
    let firsts = |set: usize| {
        members(set).filter(move |&first| step(prefer, set, first) + cost[set & !(1 << first)] == cost[set])
    };
    let mut orders: Vec<Vec<usize>> = Vec::new();
    let mut stack = vec![(all, Vec::new())];
    while let Some((set, order)) = stack.pop() {
        if set == 0 {
            orders.push(order);
            if orders.len() >= most_orders {
                break;
            }
            continue;
        }
        let mut next: Vec<usize> = firsts(set).collect();
        next.sort_by_key(|&project| std::cmp::Reverse(ranks[project]));
        for first in next {
            let mut longer: Vec<usize> = order.clone();
            longer.push(first);
            stack.push((set & !(1 << first), longer));
        }
    }
    let mut set = all;
    let place = |&project: &usize| {
        let tied = firsts(set).count();
        set &= !(1 << project);
        tied
    };
    let tied = orders.first().into_iter().flatten().map(place).collect();
    Ok(Kemeny { disagreement: cost[all], orders, tied })
}

fn members(set: usize) -> impl Iterator<Item = usize> {
    (0..MOST).filter(move |project| set >> project & 1 == 1)
}

/// Ballots that place another project of the set above `first`.
fn step(prefer: &[Vec<u64>], set: usize, first: usize) -> u64 {
    members(set).filter(|&other| other != first).map(|other| prefer[other][first]).sum()
}

/// How many ballots place the first project above the second.
fn preferences(m: usize, ballots: &[(Vec<usize>, u64)], control: &Control<'_>) -> Result<Vec<Vec<u64>>, CountError> {
    let mut prefer = vec![vec![0_u64; m]; m];
    for (position, (ballot, weight)) in ballots.iter().enumerate() {
        control.check_at(position)?;
        for (position, &above) in ballot.iter().enumerate() {
            for (below, count) in prefer[above].iter_mut().enumerate() {
                if below != above && !ballot[..position].contains(&below) {
                    *count += weight;
                }
            }
        }
    }
    Ok(prefer)
}

/// Takes the projects in a Kemeny order, skipping what does not fit and what nobody ranked.
///
/// ```
/// use vote::rules::kemeny::kemeny_budget;
/// # use vote::{BallotKind, Control, Election, Project, TieBreak};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Ordinal, 1_000,
/// #     vec![project("bancs", 600), project("four", 500), project("serre", 300)])?;
/// for jury in [["four", "bancs", "serre"], ["bancs", "serre", "four"], ["four", "serre", "bancs"]] {
///     election.rank(&jury)?;
/// }
/// let outcome = kemeny_budget(&election, &TieBreak::Recommended, &Control::default())?;
/// // Two jurors of three put « four » before each other one: it goes first, and « bancs » does not fit after it.
/// assert_eq!(outcome.winner_ids(&election), ["four", "serre"]);
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// No ballot, ballots that are not rankings, too many projects, or a cancelled count.
pub fn kemeny_budget(election: &Election, tie: &TieBreak, control: &Control<'_>) -> Result<Outcome, CountError> {
    if election.kind != BallotKind::Ordinal {
        let rule = "kemeny".to_owned();
        return Err(CountError::NotApplicable { rule, reason: "elle demande des classements." });
    }
    election.check_ballots()?;
    let ballots: Vec<(Vec<usize>, u64)> = election
        .ballots
        .iter()
        .map(|(ballot, weight)| {
            let mut choices = ballot.to_vec();
            choices.sort_by_key(|choice| std::cmp::Reverse(choice.points));
            (choices.iter().map(|choice| choice.project as usize).collect(), weight)
        })
        .collect();
    let found = kemeny(election.projects.len(), &ballots, &tie.ranks(election), 1, control)?;
    let votes = election.votes();
    let mut left = election.budget;
    let mut rounds = Vec::new();
    for (&project, &tied) in found.orders.iter().flatten().zip(&found.tied) {
        let cost = election.projects[project].cost;
        if votes[project] > 0 && cost <= left {
            left -= cost;
            rounds.push(Round::of_a_whole(project, votes[project], tied));
        }
    }
    let certificate = Certificate::by_integers(&rounds);
    Ok(Outcome::new(election, rounds, true, certificate))
}
