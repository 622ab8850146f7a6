//! Maximin support: each project added keeps the best-shared highest load as low as possible.
//!
//! **Definition.** The cost of a set `W` is spread over the supporters of its projects so that the highest load is the
//! lowest possible. Add the project that minimises this load, among those that fit; skip the others.
//!
//! **Source.** Sánchez-Fernández, Fernández-García, Fisteus, Brill, *The maximin support method* (2021), with costs.
//!
//! **Method.** By duality the load of `W` is `max over S ⊆ W of cost(S) / |voters of S|`: Dinkelbach's iteration, where each
//! step is a minimum cut on groups of identical ballots, with integers only. Loads grow with `W`, so old ones are lower bounds.
//! One network serves the whole count: the flow of the projects selected so far is kept, a candidate adds its own cost to it
//! and leaves it as it was, and a higher load starts from the flow of the lower one, rounded down. A candidate heavier than the
//! best one is left at the first cut that says so.
//!
//! **Cost.** A cut is `O(V²·E)` at worst (Dinic), on one node for a project and one for a group of ballots, and near `O(E)`
//! in practice, since most of the flow is there already. There is one for each candidate whose lower bound is under the best
//! load, unless its supporters can plainly bear it, and some more for each selection: `O(m²)` cuts at worst for `m` projects.
//! For votes of thousands of ballots rather than of tens of thousands, where it takes seconds.

use std::cmp::Ordering;

use num_integer::gcd;

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::outcome::{Certificate, Measure, Outcome, Round};
use crate::profile::{Profile, Utility};
use crate::tie::TieBreak;

/// A load: money over voters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Load {
    cost: u128,
    voters: u128,
}

impl Load {
    fn compare(self, other: Self) -> Ordering {
        (self.cost * other.voters).cmp(&(other.cost * self.voters))
    }

    fn exceeds(self, other: Self) -> bool {
        self.compare(other) == Ordering::Greater
    }

    fn max(self, other: Self) -> Self {
        if other.exceeds(self) { other } else { self }
    }

    /// Reduced, so that the text does not depend on the set that gave the load; in currency units of `unit`.
    fn text(self, unit: u64) -> String {
        let voters = self.voters * u128::from(unit);
        let divisor = gcd(self.cost, voters).max(1);
        match (self.cost / divisor, voters / divisor) {
            (cost, 1) => cost.to_string(),
            (cost, voters) => format!("{cost}/{voters}"),
        }
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
/// assert_eq!(outcome.rounds[1].exact_value.as_deref(), Some("175"));
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// No ballot, or a cancelled count.
pub fn maximin_support(election: &Election, tie: &TieBreak, control: &Control<'_>) -> Result<Outcome, CountError> {
    let profile = Profile::new(election, Utility::Cardinality)?;
    let ranks = tie.ranks(election);
    let unit = election.unit();
    let mut search = Search::new(&profile, control);
    let mut left = election.budget;
    let mut rounds = Vec::new();
    loop {
        let best = search.best(left)?;
        let Some(&project) = best.iter().min_by_key(|&&project| ranks[project]) else { break };
        search.select(project)?;
        left -= profile.cost(project);
        let figure = (ratio(search.load, unit), Some(search.load.text(unit)));
        rounds.push(Round { tied: best.len(), ..Round::new(project, profile.support[project], Measure::Load, figure) });
        control.selected(rounds.len(), election.budget - left)?;
    }
    let certificate = Certificate::by_integers(&rounds);
    Ok(Outcome::new(election, rounds, true, certificate))
}

#[expect(clippy::cast_precision_loss, reason = "shown, never compared")]
fn ratio(load: Load, unit: u64) -> f64 {
    load.cost as f64 / load.voters as f64 / unit as f64
}

/// The selections so far.
struct Search<'p, 'c> {
    profile: &'p Profile<'p>,
    control: &'c Control<'c>,
    network: Network<'p>,
    chosen: Vec<bool>,
    /// Of the projects selected so far, then lower bounds of that with each other project.
    load: Load,
    lower: Vec<Load>,
}

impl<'p, 'c> Search<'p, 'c> {
    fn new(profile: &'p Profile<'p>, control: &'c Control<'c>) -> Self {
        let alone = |project: usize| Load {
            cost: u128::from(profile.cost(project)),
            voters: u128::from(profile.support[project].max(1)),
        };
        Self {
            profile,
            control,
            network: Network::new(profile),
            chosen: vec![false; profile.projects()],
            load: Load { cost: 0, voters: 1 },
            lower: (0..profile.projects()).map(alone).collect(),
        }
    }

    /// The projects of lowest load among those that fit, all exactly equal; their load is in `lower`.
    fn best(&mut self, left: u64) -> Result<Vec<usize>, CountError> {
        let start = self.network.kept();
        let fits = |&c: &usize| self.profile.support[c] > 0 && !self.chosen[c] && self.profile.cost(c) <= left;
        let mut candidates: Vec<usize> = (0..self.profile.projects()).filter(fits).collect();
        for &project in &candidates {
            self.lower[project] = self.lower[project].max(self.load);
        }
        candidates.sort_by(|&a, &b| self.lower[a].compare(self.lower[b]));
        let mut best: Vec<usize> = Vec::new();
        for project in candidates {
            self.control.check()?;
            let limit = best.first().map(|&first| self.lower[first]);
            let Some(limit) = limit else {
                self.lower[project] = self.load_with(project, &start)?;
                best.push(project);
                continue;
            };
            match self.lower[project].compare(limit) {
                Ordering::Greater => break,
                order => {
                    self.raise(limit, &start)?;
                    if let Some(heavier) = self.network.try_with(project, self.control)? {
                        self.lower[project] = heavier;
                        continue;
                    }
                    if order == Ordering::Less {
                        self.lower[project] = self.load_with(project, &start)?;
                    }
                }
            }
            if self.lower[project].compare(limit) == Ordering::Less {
                best.clear();
            }
            best.push(project);
        }
        Ok(best)
    }

    /// The load with one more project, from its lower bound.
    fn load_with(&mut self, project: usize, start: &Kept) -> Result<Load, CountError> {
        let mut load = self.lower[project];
        loop {
            self.raise(load, start)?;
            match self.network.try_with(project, self.control)? {
                Some(heavier) => load = heavier,
                None => return Ok(load),
            }
        }
    }

    /// Brings the flow to another load, from that of the start of the round when it is lower than the present one.
    fn raise(&mut self, load: Load, start: &Kept) -> Result<(), CountError> {
        if self.network.load.exceeds(load) {
            self.network.restore(start);
        }
        if load.exceeds(self.network.load) {
            self.network.raise(load);
            self.network.flow(self.control)?;
        }
        Ok(())
    }

    fn select(&mut self, project: usize) -> Result<(), CountError> {
        let load = self.lower[project];
        self.load = load;
        if self.network.load != load {
            // The same load, written otherwise: it was found for another project, tied with this one.
            self.network.raise(load);
        }
        self.chosen[project] = true;
        self.network.add(project);
        self.network.flow(self.control).map(drop)
    }
}

/// The flow of money from projects (0 is the source, 1 the sink) to the voters who bear it, at one load.
///
/// Amounts are multiplied by the voters of the load, so that they are integers: a project asks for `cost · voters`, a group of
/// ballots bears at most `weight · cost of the load`.
struct Network<'p> {
    profile: &'p Profile<'p>,
    load: Load,
    /// Edges of each node, and where they start.
    edges: Vec<u32>,
    starts: Vec<usize>,
    /// Edges go by pairs, there and back.
    targets: Vec<u32>,
    room: Vec<u128>,
    asking: Vec<bool>,
    /// Rooms before a trial.
    log: Option<Vec<(usize, u128)>>,
    levels: Vec<u32>,
    next: Vec<usize>,
    queue: Vec<u32>,
}

/// The flow at the start of a round.
struct Kept {
    load: Load,
    room: Vec<u128>,
}

const SOURCE: usize = 0;
const SINK: usize = 1;
const ENDLESS: u128 = u128::MAX / 4;

impl<'p> Network<'p> {
    fn new(profile: &'p Profile<'p>) -> Self {
        let (m, groups) = (profile.projects(), profile.election.ballots.groups());
        let mut pairs: Vec<(usize, usize)> = (0..m).map(|project| (SOURCE, 2 + project)).collect();
        pairs.extend((0..groups).map(|group| (2 + m + group, SINK)));
        for project in 0..m {
            pairs.extend(profile.supporters(project).iter().map(|s| (2 + project, 2 + m + s.group as usize)));
        }
        let mut starts = vec![0_usize; 3 + m + groups];
        for (from, to) in &pairs {
            starts[from + 1] += 1;
            starts[to + 1] += 1;
        }
        for node in 1..starts.len() {
            starts[node] += starts[node - 1];
        }
        let mut places = starts.clone();
        let mut edges = vec![0_u32; 2 * pairs.len()];
        let mut targets = Vec::with_capacity(2 * pairs.len());
        for &(from, to) in &pairs {
            for (node, target) in [(from, to), (to, from)] {
                edges[places[node]] = narrow(targets.len());
                places[node] += 1;
                targets.push(narrow(target));
            }
        }
        let room = vec![0; targets.len()];
        let nodes = 2 + m + groups;
        let mut network = Self {
            profile,
            load: Load { cost: 0, voters: 1 },
            edges,
            starts,
            targets,
            room,
            asking: vec![false; m],
            log: None,
            levels: vec![0; nodes],
            next: vec![0; nodes],
            queue: Vec::with_capacity(nodes),
        };
        network.raise(Load { cost: 0, voters: 1 });
        network
    }

    fn kept(&self) -> Kept {
        Kept { load: self.load, room: self.room.clone() }
    }

    fn restore(&mut self, kept: &Kept) {
        self.load = kept.load;
        self.room.copy_from_slice(&kept.room);
    }

    /// A higher load: the flow is multiplied by the voters of the new load over those of the old one, and rounded down, which
    /// no edge refuses. What rounding lost is sought again by the next flow.
    fn raise(&mut self, load: Load) {
        let (m, old) = (self.profile.projects(), self.load.voters);
        let sinks = m + self.profile.election.ballots.groups();
        for project in 0..m {
            self.room[2 * project + 1] = 0;
        }
        for (group, sink) in (m..sinks).enumerate() {
            self.room[2 * sink] = u128::from(self.profile.election.ballots.weight(group)) * load.cost;
            self.room[2 * sink + 1] = 0;
        }
        let mut edge = 2 * sinks;
        for project in 0..m {
            for s in self.profile.supporters(project) {
                let flow = self.room[edge + 1] * load.voters / old;
                (self.room[edge], self.room[edge + 1]) = (ENDLESS - flow, flow);
                let sink = 2 * (m + s.group as usize);
                self.room[sink] -= flow;
                self.room[sink + 1] += flow;
                self.room[2 * project + 1] += flow;
                edge += 2;
            }
            let asked = if self.asking[project] { u128::from(self.profile.cost(project)) * load.voters } else { 0 };
            self.room[2 * project] = asked - self.room[2 * project + 1];
        }
        self.load = load;
    }

    /// One more project asks for its cost.
    fn add(&mut self, project: usize) {
        self.asking[project] = true;
        self.room[2 * project] = u128::from(self.profile.cost(project)) * self.load.voters - self.room[2 * project + 1];
    }

    /// Whether the load rises with one more project: that of the projects which a minimum cut finds too heavy. The flow is
    /// then as it was.
    fn try_with(&mut self, project: usize, control: &Control<'_>) -> Result<Option<Load>, CountError> {
        let asked = u128::from(self.profile.cost(project)) * self.load.voters;
        // Most of those tied with the best one are paid at once by supporters who bear less than the load: nothing moves.
        if self.rooms(project) >= asked {
            return Ok(None);
        }
        self.log = Some(Vec::new());
        self.room[2 * project] = asked;
        self.flow(control)?;
        let heavier = (self.room[2 * project] > 0).then(|| self.cut());
        for (edge, room) in self.log.take().unwrap_or_default().into_iter().rev() {
            self.room[edge] = room;
        }
        self.room[2 * project] = 0;
        self.room[2 * project + 1] = 0;
        Ok(heavier)
    }

    /// What the supporters of a project may still bear.
    fn rooms(&self, project: usize) -> u128 {
        let m = self.profile.projects();
        self.profile.supporters(project).iter().map(|s| self.room[2 * (m + s.group as usize)]).sum()
    }

    /// The load of the projects that the source still reaches, and that bear more than the present one.
    fn cut(&mut self) -> Load {
        self.reach(false);
        let reached = |node: usize| self.levels[node] != u32::MAX;
        let m = self.profile.projects();
        let projects = (0..m).filter(|project| reached(2 + project));
        let groups = (0..self.profile.election.ballots.groups()).filter(|group| reached(2 + m + group));
        Load {
            cost: projects.map(|project| u128::from(self.profile.cost(project))).sum(),
            voters: groups.map(|group| u128::from(self.profile.election.ballots.weight(group))).sum(),
        }
    }

    /// How far each node is from the source; `soon` stops at the sink.
    fn reach(&mut self, soon: bool) -> bool {
        self.levels.fill(u32::MAX);
        self.levels[SOURCE] = 0;
        self.queue.clear();
        self.queue.push(narrow(SOURCE));
        let mut at = 0;
        while at < self.queue.len() {
            let node = self.queue[at] as usize;
            at += 1;
            for &edge in &self.edges[self.starts[node]..self.starts[node + 1]] {
                let target = self.targets[edge as usize] as usize;
                if self.room[edge as usize] > 0 && self.levels[target] == u32::MAX {
                    self.levels[target] = self.levels[node] + 1;
                    if target == SINK && soon {
                        return true;
                    }
                    self.queue.push(narrow(target));
                }
            }
        }
        self.levels[SINK] != u32::MAX
    }

    /// Dinic's maximum flow, from the present one.
    fn flow(&mut self, control: &Control<'_>) -> Result<(), CountError> {
        while self.reach(true) {
            let nodes = self.next.len();
            self.next.copy_from_slice(&self.starts[..nodes]);
            for path in 0.. {
                control.check_at(path)?;
                if !self.push() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// One path to the sink, without recursion: paths may be long.
    fn push(&mut self) -> bool {
        let mut path: Vec<usize> = Vec::new();
        let mut node = SOURCE;
        loop {
            if node == SINK {
                let room = path.iter().map(|&edge| self.room[edge]).min().unwrap_or(0);
                for edge in path {
                    if let Some(log) = &mut self.log {
                        log.extend([(edge, self.room[edge]), (edge ^ 1, self.room[edge ^ 1])]);
                    }
                    self.room[edge] -= room;
                    self.room[edge ^ 1] += room;
                }
                return true;
            }
            if self.next[node] < self.starts[node + 1] {
                let edge = self.edges[self.next[node]] as usize;
                let target = self.targets[edge] as usize;
                if self.room[edge] > 0 && self.levels[target] == self.levels[node] + 1 {
                    path.push(edge);
                    node = target;
                } else {
                    self.next[node] += 1;
                }
            } else {
                let Some(edge) = path.pop() else { return false };
                node = self.targets[edge ^ 1] as usize;
                self.next[node] += 1;
            }
        }
    }
}

/// A node or an edge on 32 bits: an election holds fewer than 2³² choices, and memory ends long before.
fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
