//! `VOTES`: the inner loop of the reader.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::mpsc;

use super::cells::cells;
use super::ids::{Ids, Names};
use super::leniencies::Reports;
use super::rows::{Rows, header};
use super::words;
use super::{Document, Limits, ReadError, ReadOptions, error};
use crate::election::{BallotKind, Ballots, Batch, Choice};
use crate::hash::Key;

pub(super) struct VoteReader<'a, 'd> {
    pub(super) rows: Rows<'a>,
    pub(super) ids: Ids,
    pub(super) options: ReadOptions,
    /// The file ends with a line end.
    pub(super) whole: bool,
    /// How many ballots `META` announces.
    pub(super) announced: Option<usize>,
    pub(super) report: &'d mut Reports,
    pub(super) document: &'d mut Document<'a>,
}

/// What a column of a ballot is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Voter,
    Vote,
    Points,
    Territory,
    Other,
}

/// Columns that are read, or that published files carry.
const KNOWN: [&str; 12] = [
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
struct Columns {
    /// Up to the last one that is read.
    roles: Vec<Role>,
    /// How many columns are never read, after those.
    others: usize,
}

impl Columns {
    fn new(names: &[String]) -> Self {
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

    fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Hands the cells of a row to `use_cells`; `None` when the row stops before the projects.
    fn cells<T>(&self, row: &str, quotes: bool, use_cells: impl FnOnce(VoteCells<'_>) -> T) -> Option<T> {
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
struct VoteCells<'c> {
    voter: Option<&'c str>,
    vote: Option<&'c str>,
    points: Option<&'c str>,
    territory: Option<&'c str>,
    /// When there are more cells than columns: whether they are empty.
    extra: Option<bool>,
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

/// Who voted. Identifiers in growing order, the usual case, cannot repeat: fingerprints are kept from the first that does
/// not grow.
struct Voters {
    key: Key,
    last: u128,
    growing: u64,
    fingerprints: Vec<u64>,
}

impl Voters {
    fn see(&mut self, voter: &str) {
        match words::rank(voter.as_bytes()) {
            Some(rank) if rank > self.last && self.fingerprints.is_empty() => {
                self.growing += 1;
                self.last = rank;
            }
            _ => self.fingerprints.push(self.key.bytes(voter.as_bytes())),
        }
    }
}

/// Where ballots go while they are read.
struct Reading<'g> {
    batch: Batch,
    /// Takes a full list, gives an empty one.
    group: &'g mut dyn FnMut(Batch) -> Batch,
    territories: Names,
    voters: Voters,
}

impl<'a> VoteReader<'a, '_> {
    pub(super) fn read(mut self) -> Result<(), ReadError> {
        let columns = self.columns()?;
        self.rows.look_for_quotes();
        self.document.vote_text = self.rows.rest;
        let expected = self.announced.unwrap_or(1024).min(1 + self.rows.rest.len() / 2);
        let start = self.rows.clone();
        let apart = self.rows.rest.len() >= APART;
        let ((read, voters), ballots) = grouped(expected, apart, |group| self.rows(&columns, group))?;
        self.document.election.ballots = ballots;
        self.check_end(read)?;
        self.rows.report(self.report);
        self.duplicates(&start, &columns, voters)
    }

    /// Reads the rows, hands their ballots to `group`; gives how many rows, and who voted.
    fn rows(&mut self, columns: &Columns, group: &mut dyn FnMut(Batch) -> Batch) -> Result<(usize, Voters), ReadError> {
        let voters = Voters { key: Key::default(), last: 0, growing: 0, fingerprints: Vec::new() };
        let mut reading = Reading { batch: Batch::default(), group, territories: Names::default(), voters };
        let mut read = 0_usize;
        while let Some((line, row)) = self.rows.next()? {
            read += 1;
            let quotes = self.rows.quotes;
            if row.starts_with([';', ',', '"', ' ']) && row.chars().all(|c| c.is_whitespace() || ";,\"".contains(c)) {
                return Err(error(
                    line,
                    "cette ligne n’a que des cases vides. Retirez-la ; pour un bulletin blanc, donnez le « voter_id ».",
                ));
            }
            columns.cells(row, quotes, |cells| self.ballot(line, &cells, &mut reading)).ok_or_else(|| {
                error(line, "ce bulletin n’a pas de case « vote » : la ligne est coupée, ou il manque un « ; ».")
            })??;
        }
        (reading.group)(reading.batch);
        Ok((read, reading.voters))
    }

    fn ballot(&mut self, line: usize, cells: &VoteCells<'_>, reading: &mut Reading<'_>) -> Result<(), ReadError> {
        if let Some(voter) = cells.voter {
            reading.voters.see(voter);
        }
        if let Some(empty) = cells.extra {
            if !empty {
                return Err(error(
                    line,
                    "ce bulletin a plus de cases que de colonnes. Séparez les projets par des virgules, non par « ; ».",
                ));
            }
            self.report.add(line, "un « ; » de trop à la fin d’un bulletin");
        }
        let ballot = reading.batch.next();
        self.choices(line, cells, ballot)?;
        if let Some(reason) = self.document.rules.broken_by(&self.document.election, ballot) {
            match self.options.limits {
                Limits::Enforce => {
                    self.document.void.push((line, reason));
                    return Ok(());
                }
                Limits::Report => self.report.add_named(line, reason),
            }
        }
        if reading.batch.close() {
            reading.batch = (reading.group)(std::mem::take(&mut reading.batch));
        }
        if let Some(territory) = cells.territory {
            let position = reading.territories.position(territory, &mut self.document.territories);
            self.document.territory_of.push(position);
        }
        Ok(())
    }

    fn check_end(&mut self, read: usize) -> Result<(), ReadError> {
        let line = self.rows.line;
        if !self.whole {
            self.report.add(line, "pas de fin de ligne après le dernier bulletin : le fichier est-il entier ?");
        }
        match self.announced {
            Some(announced) if read < announced => {
                let what = format!(
                    "META annonce {announced} bulletins, il n’y en a que {read} : le fichier est coupé, ou « num_votes » est faux."
                );
                return Err(error(line, what));
            }
            Some(announced) if announced != read => {
                self.report.add(line, format!("META annonce {announced} bulletins, il y en a {read}"));
            }
            _ => {}
        }
        Ok(())
    }

    fn columns(&mut self) -> Result<Columns, ReadError> {
        let names = header(&mut self.rows, "VOTES", &KNOWN, self.report)?;
        let line = self.rows.line;
        let columns = Columns::new(&names);
        if !columns.has(Role::Vote) {
            return Err(error(line, "VOTES doit avoir la colonne « vote »."));
        }
        if self.document.election.kind.has_points() && !columns.has(Role::Points) {
            return Err(error(line, "ce type de vote demande la colonne « points »."));
        }
        if !columns.has(Role::Voter) {
            self.report.add(line, "la colonne « voter_id » manque : les doublons ne peuvent pas être vus");
        }
        self.document.vote_columns = names;
        self.document.first_vote = line + 1;
        Ok(columns)
    }

    /// Reads the projects of one ballot into `ballot`.
    fn choices(&mut self, line: usize, cells: &VoteCells<'_>, ballot: &mut Vec<Choice>) -> Result<(), ReadError> {
        ballot.clear();
        let kind = self.document.election.kind;
        let text = cells.vote.unwrap_or_default();
        let mut start = 0;
        loop {
            let word = words::word(text.as_bytes(), start);
            let length = match words::first(word, b',') {
                8 => words::find(&text.as_bytes()[start..], b','),
                near => Some(near),
            };
            let end = length.map_or(text.len(), |length| start + length);
            let plain = words::pack(word, end - start).and_then(|key| self.ids.find(key));
            let project = match plain {
                Some(project) => Some(project),
                None => self.other_id(line, &text[start..end], text)?,
            };
            ballot.extend(project.map(|project| Choice { project, points: 1 }));
            if end == text.len() {
                break;
            }
            start = end + 1;
        }
        match kind {
            BallotKind::Ordinal => {
                let length = u32::try_from(ballot.len()).unwrap_or(u32::MAX);
                for (choice, points) in ballot.iter_mut().zip((1..=length).rev()) {
                    choice.points = points;
                }
            }
            _ if kind.has_points() => points(line, cells.points.unwrap_or_default(), ballot)?,
            _ => {}
        }
        if ballot.is_sorted_by(|a, b| a.project < b.project) {
            return Ok(());
        }
        ballot.sort_unstable_by_key(|choice| u64::from(choice.project) << 32 | u64::from(choice.points));
        let twice = |ballot: &[Choice]| ballot.windows(2).any(|pair| pair[0].project == pair[1].project);
        if !twice(ballot) {
            return Ok(());
        }
        if kind == BallotKind::Ordinal {
            return Err(error(line, "le classement nomme deux fois le même projet."));
        }
        // The same answer written twice is one answer; two different ones are not ours to choose from.
        ballot.dedup();
        if twice(ballot) {
            return Err(error(line, "le bulletin donne deux nombres de points au même projet."));
        }
        self.report.add(line, "un projet nommé deux fois dans un bulletin, compté une fois");
        Ok(())
    }

    /// An identifier that is long, unknown, or badly written.
    #[cold]
    fn other_id(&mut self, line: usize, item: &str, text: &str) -> Result<Option<u32>, ReadError> {
        let id = item.trim();
        if id.len() != item.len() {
            self.report.add(line, "des espaces dans la liste des projets");
        }
        if id.is_empty() {
            if !text.is_empty() {
                self.report.add(line, "une virgule de trop dans la liste des projets");
            }
            return Ok(None);
        }
        let unknown = || error(line, format!("le bulletin nomme le projet « {id} », qui n’est pas dans la liste."));
        self.ids.get(id).ok_or_else(unknown).map(Some)
    }

    /// Sorts the fingerprints, then reads again, after `start`, the few voters met twice.
    fn duplicates(&mut self, start: &Rows<'a>, columns: &Columns, seen: Voters) -> Result<(), ReadError> {
        let Voters { key, growing, mut fingerprints, .. } = seen;
        if fingerprints.is_empty() {
            return Ok(());
        }
        voters(start, columns, growing, |_, voter| {
            fingerprints.push(key.bytes(voter.as_bytes()));
            Ok(())
        })?;
        fingerprints.sort_unstable();
        let twice: HashSet<u64> =
            fingerprints.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        if twice.is_empty() {
            return Ok(());
        }
        let mut seen: HashSet<String> = HashSet::new();
        voters(start, columns, u64::MAX, |line, voter| {
            if !twice.contains(&key.bytes(voter.as_bytes())) || seen.insert(voter.to_owned()) {
                return Ok(());
            }
            if !self.options.keep_duplicates {
                return Err(error(line, "ce « voter_id » a déjà voté plus haut. Retirez le bulletin en double."));
            }
            self.report.add(line, "un « voter_id » déjà vu, les deux bulletins comptent");
            Ok(())
        })
    }
}

/// Past so many bytes of ballots, they are grouped on another thread while the next ones are read.
const APART: usize = 256 * 1024;
/// Lists that may wait between the two.
const WAITING: usize = 4;

/// Groups the ballots that `read` hands over.
fn grouped<T>(
    expected: usize,
    apart: bool,
    read: impl FnOnce(&mut dyn FnMut(Batch) -> Batch) -> Result<T, ReadError>,
) -> Result<(T, Ballots), ReadError> {
    if !apart {
        return grouped_here(expected, read);
    }
    std::thread::scope(|scope| {
        let (give, take) = mpsc::sync_channel::<Batch>(WAITING);
        let (give_back, take_back) = mpsc::channel();
        let grouping = std::thread::Builder::new().spawn_scoped(scope, move || {
            let mut ballots = Ballots::with_capacity(expected);
            for mut batch in take {
                ballots.push_batch(&mut batch);
                // Nobody takes it back once all is read.
                let _ = give_back.send(batch);
            }
            ballots
        });
        // Where no thread can be had, all is done here.
        let Ok(grouping) = grouping else { return grouped_here(expected, read) };
        let mut hand_over = |batch| {
            // Only a panic of the other thread closes this way: it is met below.
            let _ = give.send(batch);
            take_back.try_recv().unwrap_or_default()
        };
        let read = read(&mut hand_over);
        drop(give);
        let ballots = grouping.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((read?, ballots))
    })
}

/// The same, without another thread.
fn grouped_here<T>(
    expected: usize,
    read: impl FnOnce(&mut dyn FnMut(Batch) -> Batch) -> Result<T, ReadError>,
) -> Result<(T, Ballots), ReadError> {
    let mut ballots = Ballots::with_capacity(expected);
    let read = read(&mut |mut batch| {
        ballots.push_batch(&mut batch);
        batch
    })?;
    Ok((read, ballots))
}

/// The points of each project named, in the order of the ballot.
fn points(line: usize, text: &str, ballot: &mut [Choice]) -> Result<(), ReadError> {
    let mut count = 0;
    for item in text.split(',').map(str::trim_ascii).filter(|item| !item.is_empty()) {
        let Some(choice) = ballot.get_mut(count) else {
            return Err(error(line, "il y a plus de points que de projets dans ce bulletin."));
        };
        let whole = item.strip_suffix(".0").unwrap_or(item);
        choice.points = whole.parse().ok().filter(|points| *points <= 1_000_000).ok_or_else(|| {
            error(line, format!("« {item} » n’est pas un nombre entier de points (de 0 à 1 000 000)."))
        })?;
        count += 1;
    }
    if count < ballot.len() {
        return Err(error(line, "il y a moins de points que de projets dans ce bulletin."));
    }
    Ok(())
}

/// Calls `each` with the line and the identifier of the first voters.
fn voters(
    start: &Rows<'_>,
    columns: &Columns,
    mut most: u64,
    mut each: impl FnMut(usize, &str) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut rows = start.clone();
    while most > 0
        && let Some((line, row)) = rows.next()?
    {
        let voter = columns.cells(row, rows.quotes, |cells| {
            cells.voter.map_or(Ok(()), |voter| {
                most -= 1;
                each(line, voter)
            })
        });
        voter.unwrap_or(Ok(()))?;
    }
    Ok(())
}

impl<'a> Document<'a> {
    /// The rows of the ballots that count, in order, as they are written in the file.
    pub fn vote_rows(&self) -> impl Iterator<Item = &'a str> {
        let mut rows = Rows::new(self.vote_text);
        let mut void = self.void.iter().map(|(line, _)| *line).peekable();
        let before = self.first_vote - 1;
        // Rows that cannot be cut were refused when the file was read.
        std::iter::from_fn(move || rows.next().ok().flatten())
            .filter(move |(line, _)| void.next_if_eq(&(line + before)).is_none())
            .map(|(_, row)| row)
    }

    /// Positions of the ballots of these voters, among the ballots that count.
    ///
    /// # Errors
    /// The first identifier that has no ballot here, or whose ballot is void.
    pub fn ballots_of<'i>(&self, ids: &[&'i str]) -> Result<Vec<usize>, &'i str> {
        let wanted: HashSet<&str> = ids.iter().copied().collect();
        let mut met: HashSet<&str> = HashSet::new();
        let mut positions = Vec::new();
        let columns = Columns::new(&self.vote_columns);
        for (position, row) in self.vote_rows().enumerate() {
            let voter = columns.cells(row, true, |cells| cells.voter.and_then(|voter| wanted.get(voter).copied()));
            if let Some(voter) = voter.flatten() {
                met.insert(voter);
                positions.push(position);
            }
        }
        match ids.iter().find(|id| !met.contains(**id)) {
            Some(absent) => Err(absent),
            None => Ok(positions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 30,000 ballots, some alike: more than one list, and a last one that is not full.
    fn hand_over(group: &mut dyn FnMut(Batch) -> Batch) {
        let mut batch = Batch::default();
        for ballot in 0..30_000_u32 {
            let projects = [ballot % 7, 7 + ballot % 11, 18 + ballot % 101];
            batch.next().extend(projects.map(|project| Choice { project, points: 1 }));
            if batch.close() {
                batch = group(std::mem::take(&mut batch));
            }
        }
        group(batch);
    }

    #[test]
    fn grouping_on_another_thread_changes_nothing() {
        let group = |apart| {
            let read = |group: &mut dyn FnMut(Batch) -> Batch| {
                hand_over(group);
                Ok(())
            };
            grouped(10, apart, read).unwrap().1
        };
        let (here, there) = (group(false), group(true));
        assert_eq!((here.total(), here.groups()), (30_000, 7 * 11 * 101));
        assert_eq!(here.group_of(), there.group_of());
        assert!(here.iter().eq(there.iter()));
    }

    #[test]
    fn an_error_stops_both_threads() {
        let failed = grouped(10, true, |group| {
            hand_over(group);
            Err::<(), ReadError>(error(3, "faux"))
        });
        assert_eq!(failed.unwrap_err().line, 3);
    }
}
