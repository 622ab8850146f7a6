//! What is counted: projects, an envelope, and ballots grouped by identity.

use crate::error::CountError;
use crate::hash::{Key, slot};

/// A project that asks for money.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Project {
    /// Identifier, unique in the vote, compared as text.
    pub id: String,
    /// Name shown to the voters.
    pub name: String,
    /// Cost in the smallest unit of the vote (see [`Election::decimals`]).
    pub cost: u64,
    /// Territory (canton, district…), when known.
    pub territory: Option<String>,
    /// Tags (themes, youth, cost band…).
    pub tags: Vec<String>,
    /// Who carries the project, when known.
    pub bearer: Option<String>,
    /// What the organiser decided, when the file says so.
    pub selected: Option<bool>,
}

/// How the voters answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BallotKind {
    /// A set of projects.
    Approval,
    /// One project.
    ChooseOne,
    /// Projects from the best to the least good.
    Ordinal,
    /// Points shared between projects.
    Cumulative,
    /// A free number of points for each project.
    Scoring,
    /// A grade for each project, from 0 (worst).
    Grades,
}

impl BallotKind {
    /// The name in Pabulib files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::ChooseOne => "choose-1",
            Self::Ordinal => "ordinal",
            Self::Cumulative => "cumulative",
            Self::Scoring => "scoring",
            Self::Grades => "grades",
        }
    }

    /// Reads the name of a Pabulib file.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "approval" => Self::Approval,
            "choose-1" | "choose1" => Self::ChooseOne,
            "ordinal" => Self::Ordinal,
            "cumulative" => Self::Cumulative,
            "scoring" => Self::Scoring,
            "grades" => Self::Grades,
            _ => return None,
        })
    }

    /// Whether a ballot that names a project supports it: yes, except with the worst grade.
    #[must_use]
    pub fn supports(self, choice: Choice) -> bool {
        self != Self::Grades || choice.points > 0
    }

    /// Whether the ballots carry a `points` column.
    #[must_use]
    pub fn has_points(self) -> bool {
        matches!(self, Self::Cumulative | Self::Scoring | Self::Grades)
    }
}

/// One line of a ballot: a project and the points given to it (1 for an approval, the rank value for a ranking).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Choice {
    /// Position of the project in [`Election::projects`].
    pub project: u32,
    /// Points, in the unit of the vote.
    pub points: u32,
}

/// All ballots, identical ones stored once.
///
/// A ballot is a list of choices; approvals are sorted by project so that the order of writing does not matter,
/// rankings keep their order in the points.
#[derive(Debug, Clone, Default)]
pub struct Ballots {
    choices: Vec<Choice>,
    groups: Vec<Group>,
    group_of: Vec<u32>,
    /// 1 + the group whose hash leads there; 0 when free.
    table: Vec<u32>,
    key: Key,
}

/// Identical ballots.
#[derive(Debug, Clone, Copy)]
struct Group {
    /// Where its choices start; they end where those of the next group start.
    start: u32,
    /// A part of its hash: different ballots are seldom read to be told apart.
    mark: u32,
    weight: u64,
}

impl Ballots {
    /// No ballot yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No ballot yet, with room for `expected` ones.
    #[must_use]
    pub fn with_capacity(expected: usize) -> Self {
        let table = vec![0; (2 * (expected + NEAR)).next_power_of_two()];
        Self { group_of: Vec::with_capacity(expected), table, ..Self::default() }
    }

    /// The same, with room for so many choices. Memory that is not written to costs nothing.
    pub(crate) fn with_room(expected: usize, choices: usize) -> Self {
        Self { choices: Vec::with_capacity(choices), ..Self::with_capacity(expected) }
    }

    /// Adds one ballot and says its group.
    pub fn push(&mut self, ballot: &[Choice]) -> usize {
        self.push_many(ballot, 1)
    }

    /// Adds the same ballot `copies` times; only the first copy is remembered by position.
    pub fn push_many(&mut self, ballot: &[Choice], copies: u64) -> usize {
        self.make_room(1);
        self.place(ballot, hash(self.key, ballot), copies)
    }

    /// Adds all the ballots that wait, in order, and empties the list.
    pub(crate) fn push_batch(&mut self, batch: &mut Batch) {
        let mut hashes = [0_u64; NEAR];
        let mut start = 0;
        for ends in batch.ends.chunks(NEAR) {
            self.make_room(ends.len());
            let mut at = start;
            for (place, &end) in hashes.iter_mut().zip(ends) {
                *place = hash(self.key, &batch.choices[at..end]);
                at = end;
            }
            self.ask(&hashes[..ends.len()]);
            for (&end, &hash) in ends.iter().zip(&hashes) {
                self.place(&batch.choices[start..end], hash, 1);
                start = end;
            }
        }
        batch.choices.clear();
        batch.ends.clear();
    }

    /// Reads where a few ballots will go: their places in memory are asked for together, and come in the time of one.
    fn ask(&self, hashes: &[u64]) {
        if self.table.len() < FAR {
            return;
        }
        let mut near = 0;
        for &hash in hashes {
            near ^= self.table[slot(hash, self.table.len())];
        }
        for &hash in hashes {
            if let Some(group) = self.groups.get((self.table[slot(hash, self.table.len())] as usize).wrapping_sub(1))
                && group.mark == mark(hash)
            {
                near ^= self.choices.get(group.start as usize).map_or(0, |choice| choice.project);
            }
        }
        std::hint::black_box(near);
    }

    fn place(&mut self, ballot: &[Choice], hash: u64, copies: u64) -> usize {
        let mask = self.table.len() - 1;
        let mut slot = slot(hash, self.table.len());
        let group = loop {
            let taken = self.table[slot];
            if taken == 0 {
                let start = index32(self.choices.len());
                self.choices.extend_from_slice(ballot);
                self.groups.push(Group { start, mark: mark(hash), weight: 0 });
                self.table[slot] = index32(self.groups.len());
                break self.groups.len() - 1;
            }
            let group = taken as usize - 1;
            if self.groups[group].mark == mark(hash) && self.group(group) == ballot {
                break group;
            }
            slot = (slot + 1) & mask;
        };
        self.groups[group].weight = self.groups[group].weight.saturating_add(copies);
        self.group_of.push(index32(group));
        group
    }

    /// Keeps the table at most half full after `more` ballots.
    fn make_room(&mut self, more: usize) {
        if self.table.len() >= 2 * (self.groups.len() + more) {
            return;
        }
        let size = (4 * (self.groups.len() + more + 8)).next_power_of_two();
        let mut table = vec![0_u32; size];
        for group in 0..self.groups.len() {
            let mut slot = slot(hash(self.key, self.group(group)), size);
            while table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            table[slot] = index32(group + 1);
        }
        self.table = table;
    }

    /// The choices of one group of identical ballots.
    #[must_use]
    pub fn group(&self, group: usize) -> &[Choice] {
        let end = self.groups.get(group + 1).map_or(self.choices.len(), |next| next.start as usize);
        &self.choices[self.groups[group].start as usize..end]
    }

    /// How many voters cast the ballot of this group.
    #[must_use]
    pub fn weight(&self, group: usize) -> u64 {
        self.groups[group].weight
    }

    /// How many different ballots there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// How many ballots there are, blank ones included.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.groups.iter().fold(0, |sum, group| sum.saturating_add(group.weight))
    }

    /// The group of each ballot, in the order in which ballots were added.
    #[must_use]
    pub fn group_of(&self) -> &[u32] {
        &self.group_of
    }

    /// Each different ballot with its number of voters.
    pub fn iter(&self) -> impl Iterator<Item = (&[Choice], u64)> {
        (0..self.groups()).map(|group| (self.group(group), self.weight(group)))
    }
}

fn hash(key: Key, ballot: &[Choice]) -> u64 {
    key.sum(ballot.iter().map(|choice| u64::from(choice.project) << 32 | u64::from(choice.points)))
}

/// The part of a hash kept with a group: not the one that leads to its slot.
fn mark(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Ballots whose places in memory are asked for together.
const NEAR: usize = 128;
/// A table larger than this is far from the processor.
const FAR: usize = 1 << 14;

/// Ballots that wait to be grouped together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    choices: Vec<Choice>,
    /// Where each ballot ends.
    ends: Vec<usize>,
}

impl Batch {
    const SIZE: usize = 1024;

    /// Where the ballot being written goes, after those that wait: its choices start there.
    #[inline]
    pub(crate) fn next(&mut self) -> (&mut Vec<Choice>, usize) {
        let start = self.ends.last().copied().unwrap_or(0);
        self.choices.truncate(start);
        (&mut self.choices, start)
    }

    /// Ends the ballot being written; true when the list is full.
    #[inline]
    pub(crate) fn close(&mut self) -> bool {
        self.ends.push(self.choices.len());
        self.ends.len() == Self::SIZE
    }
}

/// A position on 32 bits: an election holds fewer than 2³² choices, since the reader refuses files of 4 GB.
fn index32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A vote, ready to be counted.
///
/// ```
/// use vote::{BallotKind, Election, Project};
///
/// let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// let mut election = Election::new(BallotKind::Approval, 1_000, vec![project("bancs", 600), project("four", 500)])?;
/// election.approve(&["bancs"])?;
/// election.approve(&["bancs", "four"])?;
/// election.approve(&[])?; // a blank ballot counts
/// assert_eq!(election.ballots.total(), 3);
/// assert_eq!(election.votes(), [2, 1]);
/// # Ok::<(), vote::CountError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Election {
    /// How voters answered.
    pub kind: BallotKind,
    /// The envelope, in the smallest unit.
    pub budget: u64,
    /// How many decimals the smallest unit has: 2 when amounts are kept in cents.
    pub decimals: u32,
    /// The projects.
    pub projects: Vec<Project>,
    /// The ballots.
    pub ballots: Ballots,
}

/// Amounts stay below this, so that a double holds them exactly.
pub const LARGEST_AMOUNT: u64 = 1_000_000_000_000_000;
/// Points of a ballot for one project stay below this, so that totals are exact too.
pub const LARGEST_POINTS: u32 = 1_000_000;
/// Most decimals of an amount: one currency unit stays an integer.
const MOST_DECIMALS: u32 = 15;

fn check_projects(budget: u64, projects: &[Project]) -> Result<(), CountError> {
    if budget == 0 || budget > LARGEST_AMOUNT {
        return Err(CountError::Budget);
    }
    if let Some(project) = projects.iter().find(|project| project.cost == 0 || project.cost > LARGEST_AMOUNT) {
        return Err(CountError::Cost(project.id.clone()));
    }
    let mut ids: Vec<&str> = projects.iter().map(|project| project.id.as_str()).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(CountError::DuplicateProject(pair[0].to_owned())),
        None => Ok(()),
    }
}

impl Election {
    /// A vote without ballots yet, with amounts in whole units. Refuses a zero envelope, a zero cost, an amount too large and an identifier met twice.
    ///
    /// # Errors
    /// [`CountError`] says which project is wrong.
    pub fn new(kind: BallotKind, budget: u64, projects: Vec<Project>) -> Result<Self, CountError> {
        check_projects(budget, &projects)?;
        Ok(Self { kind, budget, decimals: 0, projects, ballots: Ballots::new() })
    }

    /// What every rule needs, and checks before it counts, since the fields are open: an envelope and costs within the
    /// limits, identifiers that differ, ballots that name projects of the list, each once, in their order, with at most
    /// [`LARGEST_POINTS`] (and at least 1 in rankings), and at most 2³² ballots.
    ///
    /// ```
    /// use vote::{BallotKind, Choice, Control, CountError, Election, Project, Rule, TieBreak};
    ///
    /// let project = Project { id: "bancs".into(), cost: 600, ..Project::default() };
    /// let mut election = Election::new(BallotKind::Approval, 1_000, vec![project])?;
    /// election.ballots.push(&[Choice { project: 7, points: 1 }]);
    /// let refused = Rule::from_name("mes_cost")?.count(&election, &TieBreak::Recommended, &Control::default());
    /// assert_eq!(refused, Err(CountError::Ballot("un bulletin nomme un projet qui n’est pas dans la liste")));
    /// # Ok::<(), CountError>(())
    /// ```
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), CountError> {
        if self.decimals > MOST_DECIMALS {
            return Err(CountError::Decimals);
        }
        check_projects(self.budget, &self.projects)?;
        let least = u32::from(self.kind == BallotKind::Ordinal);
        let mut total = 0_u64;
        for (ballot, weight) in self.ballots.iter() {
            total = total.saturating_add(weight);
            if ballot.last().is_some_and(|last| last.project as usize >= self.projects.len()) {
                return Err(CountError::Ballot("un bulletin nomme un projet qui n’est pas dans la liste"));
            }
            if ballot.windows(2).any(|pair| pair[0].project >= pair[1].project) {
                return Err(CountError::Ballot(
                    "un bulletin nomme deux fois un projet, ou ne les donne pas dans leur ordre",
                ));
            }
            if ballot.iter().any(|choice| !(least..=LARGEST_POINTS).contains(&choice.points)) {
                return Err(CountError::Ballot("un bulletin donne un nombre de points qui n’est pas permis"));
            }
        }
        if total > u64::from(u32::MAX) {
            return Err(CountError::TooLarge("plus de quatre milliards de bulletins."));
        }
        Ok(())
    }

    /// [`Election::check`], and that somebody voted.
    pub(crate) fn check_ballots(&self) -> Result<(), CountError> {
        self.check()?;
        if self.ballots.total() == 0 { Err(CountError::NoBallots) } else { Ok(()) }
    }

    /// Adds an approval ballot.
    ///
    /// # Errors
    /// An identifier that no project has, or the same one twice.
    pub fn approve(&mut self, ids: &[&str]) -> Result<(), CountError> {
        let pairs: Vec<(&str, u32)> = ids.iter().map(|id| (*id, 1)).collect();
        self.score(&pairs)
    }

    /// Adds a ranking, the best first. The points are the length of the list minus the position (3, 2, 1).
    ///
    /// # Errors
    /// An identifier that no project has, or the same one twice.
    pub fn rank(&mut self, ids: &[&str]) -> Result<(), CountError> {
        let pairs: Vec<(&str, u32)> =
            ids.iter().zip((1..=u32::try_from(ids.len()).unwrap_or(u32::MAX)).rev()).map(|(id, p)| (*id, p)).collect();
        self.score(&pairs)
    }

    /// Adds a ballot with points.
    ///
    /// # Errors
    /// An identifier that no project has, or the same one twice.
    pub fn score(&mut self, pairs: &[(&str, u32)]) -> Result<(), CountError> {
        let mut ballot = Vec::with_capacity(pairs.len());
        for (id, points) in pairs {
            let project = self.position(id).ok_or_else(|| CountError::UnknownProject((*id).to_owned()))?;
            if *points > LARGEST_POINTS {
                return Err(CountError::Ballot("un bulletin donne un nombre de points qui n’est pas permis"));
            }
            ballot.push(Choice { project: index32(project), points: *points });
        }
        ballot.sort_unstable();
        if let Some(pair) = ballot.windows(2).find(|pair| pair[0].project == pair[1].project) {
            return Err(CountError::DuplicateProject(self.projects[pair[0].project as usize].id.clone()));
        }
        self.ballots.push(&ballot);
        Ok(())
    }

    /// Where a project stands in the list.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.projects.iter().position(|project| project.id == id)
    }

    /// Number of ballots that support each project.
    #[must_use]
    pub fn votes(&self) -> Vec<u64> {
        self.sum(|choice| u64::from(self.kind.supports(*choice)))
    }

    /// Sum of the points of each project.
    #[must_use]
    pub fn points(&self) -> Vec<u64> {
        self.sum(|choice| u64::from(choice.points))
    }

    fn sum(&self, value: impl Fn(&Choice) -> u64) -> Vec<u64> {
        let mut totals = vec![0_u64; self.projects.len()];
        for (ballot, weight) in self.ballots.iter() {
            for choice in ballot {
                // Before any check: a vote built in code may name nobody.
                if let Some(total) = totals.get_mut(choice.project as usize) {
                    *total = total.saturating_add(weight.saturating_mul(value(choice)));
                }
            }
        }
        totals
    }

    /// Cost of some projects together; the largest integer past it, for absurd votes.
    #[must_use]
    pub fn cost_of(&self, projects: impl IntoIterator<Item = usize>) -> u64 {
        projects.into_iter().fold(0, |sum, project| sum.saturating_add(self.projects[project].cost))
    }

    /// One currency unit, in the smallest unit.
    #[must_use]
    pub fn unit(&self) -> u64 {
        10_u64.saturating_pow(self.decimals.min(MOST_DECIMALS))
    }

    /// An amount as people write it: `376634.74`, without useless zeros.
    #[must_use]
    pub fn amount(&self, value: u64) -> String {
        let unit = self.unit();
        if value.is_multiple_of(unit) {
            return (value / unit).to_string();
        }
        let text = format!("{}.{:0width$}", value / unit, value % unit, width = self.decimals as usize);
        text.trim_end_matches('0').to_owned()
    }

    /// The same vote without some ballots, given by their order in the file.
    #[must_use]
    pub fn without_ballots(&self, removed: &[usize]) -> Self {
        let mut gone = vec![false; self.ballots.group_of().len()];
        for &ballot in removed {
            if let Some(flag) = gone.get_mut(ballot) {
                *flag = true;
            }
        }
        let mut ballots = Ballots::new();
        for (position, &group) in self.ballots.group_of().iter().enumerate() {
            if !gone[position] {
                ballots.push(self.ballots.group(group as usize));
            }
        }
        Self { ballots, ..self.clone() }
    }
}
