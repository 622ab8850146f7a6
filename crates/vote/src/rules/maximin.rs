//! Maximin support: each project added keeps the best-shared highest load as low as possible.
//!
//! **Definition.** The cost of a set `W` is spread over the supporters of its projects so that the highest load is the
//! lowest possible. Add the project that minimises this load, among those that fit; skip the others.
//!
//! **Source.** Sánchez-Fernández, Fernández-García, Fisteus, Brill, *The maximin support method* (2021), with costs.
//!
//! **Method.** By duality the load of `W` is `max over S ⊆ W of cost(S) / |voters of S|`: Dinkelbach's iteration, where each
//! step is a minimum cut on groups of identical ballots, with integers only. Loads grow with `W`, so old ones are lower bounds.
//!
//! **Cost.** A load is a few minimum cuts, each on one node for a project of `W` and one for a group of ballots; few loads are
//! computed for a selection. For votes of thousands of ballots rather than of tens of thousands.

use std::cmp::Ordering;
use std::collections::VecDeque;

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::outcome::{Certificate, Measure, Outcome, Phase, Round};
use crate::profile::{Profile, Utility};
use crate::tie::TieBreak;

/// A load: money over voters.
#[derive(Debug, Clone, Copy)]
struct Load {
    cost: u128,
    voters: u128,
}

impl Load {
    fn compare(self, other: Self) -> Ordering {
        (self.cost * other.voters).cmp(&(other.cost * self.voters))
    }
}

/// Maximin support.
///
/// ```
/// use vote::rules::maximin::maximin_support;
/// # use vote::{BallotKind, Control, Election, Project, TieBreak};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Approval, 1_000,
/// #     vec![project("1", 400), project("2", 300), project("3", 200)])?;
/// # for ballot in [&["1"][..], &["1", "2"], &["2"], &["1"]] { election.approve(ballot)?; }
/// let outcome = maximin_support(&election, &TieBreak::Recommended, &Control::default())?;
/// assert_eq!(outcome.winner_ids(&election), ["1", "2"]);
/// // 700 shared by four voters.
/// assert_eq!(outcome.rounds[1].exact_value.as_deref(), Some("700/4"));
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// No ballot, or a cancelled count.
pub fn maximin_support(election: &Election, tie: &TieBreak, control: &Control<'_>) -> Result<Outcome, CountError> {
    let profile = Profile::new(election, Utility::Cardinality)?;
    let ranks = tie.ranks(election);
    let mut chosen: Vec<usize> = Vec::new();
    let mut left = election.budget;
    let mut lower: Vec<Load> = (0..profile.projects())
        .map(|project| Load {
            cost: u128::from(profile.cost(project)),
            voters: u128::from(profile.support[project].max(1)),
        })
        .collect();
    let mut rounds = Vec::new();
    loop {
        let mut candidates: Vec<usize> = (0..profile.projects())
            .filter(|&c| profile.support[c] > 0 && !chosen.contains(&c) && profile.cost(c) <= left)
            .collect();
        candidates.sort_by(|&a, &b| lower[a].compare(lower[b]));
        let mut best: Vec<usize> = Vec::new();
        for project in candidates {
            control.check()?;
            let limit = best.first().map(|&first| lower[first]);
            if limit.is_some_and(|limit| lower[project].compare(limit) == Ordering::Greater) {
                break;
            }
            let mut set = chosen.clone();
            set.push(project);
            lower[project] = load(&profile, &set, lower[project], control)?;
            match limit.map(|limit| lower[project].compare(limit)) {
                Some(Ordering::Greater) => {}
                Some(Ordering::Equal) => best.push(project),
                _ => best = vec![project],
            }
        }
        let Some(&project) = best.iter().min_by_key(|&&project| ranks[project]) else { break };
        left -= profile.cost(project);
        chosen.push(project);
        let Load { cost, voters } = lower[project];
        rounds.push(Round {
            project,
            value: ratio(lower[project]),
            exact_value: Some(format!("{cost}/{voters}")),
            measure: Measure::Load,
            supporters: profile.support[project],
            exhausted: 0,
            tied: best.len(),
            phase: Phase::General,
            clause: None,
        });
        control.selected(rounds.len(), election.budget - left)?;
    }
    let certificate = Certificate::by_integers(&rounds);
    Ok(Outcome::new(election, rounds, true, certificate))
}

#[expect(clippy::cast_precision_loss, reason = "shown, never compared")]
fn ratio(load: Load) -> f64 {
    load.cost as f64 / load.voters as f64
}

/// The load of a set, from a lower bound.
fn load(profile: &Profile<'_>, set: &[usize], bound: Load, control: &Control<'_>) -> Result<Load, CountError> {
    let mut best = bound;
    loop {
        let dense = denser(profile, set, best, control)?;
        let mut voters: Vec<usize> = Vec::new();
        for &project in &dense {
            voters.extend(profile.supporters(project).iter().map(|s| s.group as usize));
        }
        voters.sort_unstable();
        voters.dedup();
        let found = Load {
            cost: dense.iter().map(|&project| u128::from(profile.cost(project))).sum(),
            voters: voters.iter().map(|&group| u128::from(profile.election.ballots.weight(group))).sum(),
        };
        if dense.is_empty() || found.compare(best) != Ordering::Greater {
            return Ok(best);
        }
        best = found;
    }
}

/// The projects `S` of the set with `cost(S) > λ · voters(S)` the most, by a minimum cut; empty when there is none.
fn denser(profile: &Profile<'_>, set: &[usize], lambda: Load, control: &Control<'_>) -> Result<Vec<usize>, CountError> {
    let mut network = Network::new(2 + set.len());
    let mut node_of = vec![usize::MAX; profile.election.ballots.groups()];
    let mut total = 0;
    for (position, &project) in set.iter().enumerate() {
        let supply = u128::from(profile.cost(project)) * lambda.voters;
        total += supply;
        network.edge(0, 2 + position, supply);
        for supporter in profile.supporters(project) {
            let group = supporter.group as usize;
            if node_of[group] == usize::MAX {
                node_of[group] = network.node();
                network.edge(node_of[group], 1, u128::from(supporter.weight) * lambda.cost);
            }
            network.edge(2 + position, node_of[group], u128::MAX / 4);
        }
    }
    if network.flow(control)? == total {
        return Ok(Vec::new());
    }
    let reached = network.reached();
    Ok(set.iter().enumerate().filter(|(position, _)| reached[2 + position]).map(|(_, &project)| project).collect())
}

/// Dinic's maximum flow; node 0 is the source, node 1 the sink.
struct Network {
    heads: Vec<Vec<usize>>,
    targets: Vec<usize>,
    room: Vec<u128>,
}

impl Network {
    fn new(nodes: usize) -> Self {
        Self { heads: vec![Vec::new(); nodes], targets: Vec::new(), room: Vec::new() }
    }

    fn node(&mut self) -> usize {
        self.heads.push(Vec::new());
        self.heads.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, room: u128) {
        self.heads[from].push(self.targets.len());
        self.targets.push(to);
        self.room.push(room);
        self.heads[to].push(self.targets.len());
        self.targets.push(from);
        self.room.push(0);
    }

    fn levels(&self) -> Vec<u32> {
        let mut levels = vec![u32::MAX; self.heads.len()];
        levels[0] = 0;
        let mut queue = VecDeque::from([0]);
        while let Some(node) = queue.pop_front() {
            for &edge in &self.heads[node] {
                let target = self.targets[edge];
                if self.room[edge] > 0 && levels[target] == u32::MAX {
                    levels[target] = levels[node] + 1;
                    queue.push_back(target);
                }
            }
        }
        levels
    }

    fn reached(&self) -> Vec<bool> {
        self.levels().iter().map(|level| *level != u32::MAX).collect()
    }

    fn flow(&mut self, control: &Control<'_>) -> Result<u128, CountError> {
        let mut total = 0;
        loop {
            let levels = self.levels();
            if levels[1] == u32::MAX {
                return Ok(total);
            }
            let mut next = vec![0; self.heads.len()];
            for path in 0.. {
                control.check_at(path)?;
                let pushed = self.push(&levels, &mut next);
                if pushed == 0 {
                    break;
                }
                total += pushed;
            }
        }
    }

    /// One path to the sink, without recursion: paths may be long.
    fn push(&mut self, levels: &[u32], next: &mut [usize]) -> u128 {
        let mut path: Vec<usize> = Vec::new();
        let mut node = 0;
        loop {
            if node == 1 {
                let room = path.iter().map(|&edge| self.room[edge]).min().unwrap_or(0);
                for edge in path {
                    self.room[edge] -= room;
                    self.room[edge ^ 1] += room;
                }
                return room;
            }
            if let Some(&edge) = self.heads[node].get(next[node]) {
                let target = self.targets[edge];
                if self.room[edge] > 0 && levels[target] == levels[node] + 1 {
                    path.push(edge);
                    node = target;
                } else {
                    next[node] += 1;
                }
            } else {
                let Some(edge) = path.pop() else { return 0 };
                node = self.targets[edge ^ 1];
                next[node] += 1;
            }
        }
    }
}
