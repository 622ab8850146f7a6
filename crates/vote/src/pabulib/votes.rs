//! `VOTES`: the inner loop of the reader.

use std::collections::{HashMap, HashSet};

use super::columns::{Columns, KNOWN, Role, VoteCells};
use super::grouping::{APART, grouped};
use super::ids::{Ids, Names};
use super::leniencies::Reports;
use super::rows::{Row, Rows, header};
use super::words::{self, Piece};
use super::{Document, Limits, ReadError, ReadOptions, error};
use crate::election::{BallotKind, Batch, Choice, LARGEST_POINTS};
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

/// Who voted. Identifiers in growing order, the usual case, cannot repeat: fingerprints are kept from the first that does
/// not grow.
struct Voters {
    key: Key,
    last: u128,
    growing: u64,
    fingerprints: Vec<u64>,
}

impl Voters {
    #[inline]
    fn see(&mut self, voter: Piece<'_>) {
        match voter.rank() {
            Some(rank) if rank > self.last && self.fingerprints.is_empty() => {
                self.growing += 1;
                self.last = rank;
            }
            _ => self.fingerprints.push(fingerprint(self.key, voter)),
        }
    }
}

/// A number that two voters seldom share.
#[inline]
fn fingerprint(key: Key, voter: Piece<'_>) -> u64 {
    match words::pack(voter.word(0), voter.len()) {
        Some(short) => key.mix(short),
        None => key.bytes(voter.bytes()),
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
    /// Gives the last line of the file.
    pub(super) fn read(mut self) -> Result<usize, ReadError> {
        let columns = self.columns()?;
        self.rows.look_for_quotes();
        self.document.vote_text = self.rows.rest;
        let expected = self.announced.unwrap_or(1024).min(1 + self.rows.rest.len() / 2);
        let start = self.rows.clone();
        let apart = self.rows.rest.len() >= APART;
        // Grown by doubling, the largest list of all would take three times its place for a while.
        let choices = expected + memchr::memchr_iter(b',', self.rows.rest.as_bytes()).count();
        let ((read, voters), ballots) = grouped((expected, choices), apart, |group| self.rows(&columns, group))?;
        self.document.election.ballots = ballots;
        self.check_end(read)?;
        self.rows.report(self.report);
        self.duplicates(&start, &columns, voters)?;
        Ok(self.rows.line)
    }

    /// Reads the rows, hands their ballots to `group`; gives how many rows, and who voted.
    fn rows(&mut self, columns: &Columns, group: &mut dyn FnMut(Batch) -> Batch) -> Result<(usize, Voters), ReadError> {
        let voters = Voters { key: Key::default(), last: 0, growing: 0, fingerprints: Vec::new() };
        let mut reading = Reading { batch: Batch::default(), group, territories: Names::default(), voters };
        let mut read = 0_usize;
        let mut cells = VoteCells::default();
        while let Some(row) = self.rows.next_start()? {
            read += 1;
            if matches!(row.from.as_bytes()[0], b';' | b',' | b'"' | b' ') {
                not_all_empty(row)?;
            }
            if self.rows.quotes {
                let read = columns.cells(row, true, |cells| self.ballot(row.line, cells, &mut reading));
                read.ok_or_else(|| cut(row.line))??;
            } else if columns.find(row.piece(), &mut cells) {
                self.ballot(row.line, &cells, &mut reading)?;
            } else {
                return Err(cut(row.line));
            }
        }
        (reading.group)(reading.batch);
        Ok((read, reading.voters))
    }

    #[inline]
    fn ballot(&mut self, line: usize, cells: &VoteCells<'_>, reading: &mut Reading<'_>) -> Result<(), Box<ReadError>> {
        if let Some(voter) = cells.get(Role::Voter) {
            reading.voters.see(voter);
        }
        if let Some(empty) = cells.extra {
            if !empty {
                let what =
                    "ce bulletin a plus de cases que de colonnes. Séparez les projets par des virgules, non par « ; ».";
                return Err(Box::new(error(line, what)));
            }
            self.report.add(line, "un « ; » de trop à la fin d’un bulletin");
        }
        let (choices, start) = reading.batch.next();
        self.choices(line, cells, choices, start)?;
        if let Some(reason) = self.document.rules.broken_by(&self.document.election, &choices[start..]) {
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
        if let Some(territory) = cells.get(Role::Territory) {
            let position = reading.territories.position(territory.bytes(), &mut self.document.territories);
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

    /// Reads the projects of one ballot, by position, at the end of `choices`, which is `start` long.
    fn choices(
        &mut self,
        line: usize,
        cells: &VoteCells<'_>,
        choices: &mut Vec<Choice>,
        start: usize,
    ) -> Result<(), Box<ReadError>> {
        let kind = self.document.election.kind;
        let text = cells.get(Role::Vote).unwrap_or(Piece::whole(b""));
        if !plain_projects(&self.ids, text, choices) {
            choices.truncate(start);
            self.other_projects(line, text.bytes(), choices)?;
        }
        let ballot = &mut choices[start..];
        match kind {
            BallotKind::Ordinal => {
                let length = u32::try_from(ballot.len()).unwrap_or(u32::MAX);
                for (choice, points) in ballot.iter_mut().zip((1..=length).rev()) {
                    choice.points = points;
                }
            }
            _ if kind.has_points() => points(line, cells.get(Role::Points).unwrap_or(Piece::whole(b"")), ballot)?,
            _ => {}
        }
        if grows(ballot) {
            return Ok(());
        }
        sort(ballot);
        if grows(ballot) { Ok(()) } else { self.named_twice(line, choices, start) }
    }

    /// A sorted ballot that names a project twice.
    #[cold]
    fn named_twice(&mut self, line: usize, choices: &mut Vec<Choice>, start: usize) -> Result<(), Box<ReadError>> {
        if self.document.election.kind == BallotKind::Ordinal {
            return Err(Box::new(error(line, "le classement nomme deux fois le même projet.")));
        }
        // The same answer written twice is one answer; two different ones are not ours to choose from.
        let mut ballot = choices.split_off(start);
        ballot.sort_unstable();
        ballot.dedup();
        if !grows(&ballot) {
            return Err(Box::new(error(line, "le bulletin donne deux nombres de points au même projet.")));
        }
        choices.append(&mut ballot);
        self.report.add(line, "un projet nommé deux fois dans un bulletin, compté une fois");
        Ok(())
    }

    /// A list of projects that is empty, or with identifiers that are unknown or badly written.
    #[inline(never)]
    fn other_projects(&mut self, line: usize, text: &[u8], choices: &mut Vec<Choice>) -> Result<(), Box<ReadError>> {
        if text.is_empty() {
            return Ok(());
        }
        // Cut at signs, from a text that was checked: it is text.
        let text = String::from_utf8_lossy(text);
        for item in text.split(',') {
            let id = item.trim();
            if id.len() != item.len() {
                self.report.add(line, "des espaces dans la liste des projets");
            }
            if id.is_empty() {
                self.report.add(line, "une virgule de trop dans la liste des projets");
                continue;
            }
            let Some(project) = self.ids.get(id) else {
                let what = format!("le bulletin nomme le projet « {id} », qui n’est pas dans la liste.");
                return Err(Box::new(error(line, what)));
            };
            choices.push(Choice { project, points: 1 });
        }
        Ok(())
    }

    /// Sorts the fingerprints, then reads again, after `start`, the few voters met twice.
    fn duplicates(&mut self, start: &Rows<'a>, columns: &Columns, seen: Voters) -> Result<(), ReadError> {
        let Voters { key, growing, mut fingerprints, .. } = seen;
        if fingerprints.is_empty() {
            return Ok(());
        }
        voters(start, columns, growing, |_, voter| {
            fingerprints.push(fingerprint(key, voter));
            Ok(())
        })?;
        fingerprints.sort_unstable();
        let twice: HashSet<u64> =
            fingerprints.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        if twice.is_empty() {
            return Ok(());
        }
        let mut seen: HashSet<Vec<u8>> = HashSet::new();
        voters(start, columns, u64::MAX, |line, voter| {
            if !twice.contains(&fingerprint(key, voter)) || seen.insert(voter.bytes().to_owned()) {
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

/// Adds the projects of a list to `choices`, when all are known and nothing else stands in the list.
#[inline]
fn plain_projects(ids: &Ids, text: Piece<'_>, choices: &mut Vec<Choice>) -> bool {
    let short = ids.short();
    let mut at = 0;
    while at < text.len() {
        let word = text.word(at);
        let end = match words::first(word, b',') {
            8 => text.find(at, b',').unwrap_or(text.len()),
            near => (at + near).min(text.len()),
        };
        let found = match words::pack(word, end - at) {
            Some(packed) => short.find(packed),
            None => ids.find_long(text.part(at, end).bytes()),
        };
        let Some(project) = found else { return false };
        choices.push(Choice { project, points: 1 });
        at = end + 1;
    }
    // Past the end by one: the last sign is not a comma.
    at == text.len() + 1
}

/// A ballot whose row stops before its projects.
#[cold]
fn cut(line: usize) -> ReadError {
    error(line, "ce bulletin n’a pas de case « vote » : la ligne est coupée, ou il manque un « ; ».")
}

/// Refuses a row of separators.
fn not_all_empty(row: Row<'_>) -> Result<(), ReadError> {
    if row.from[..row.length].chars().all(|c| c.is_whitespace() || ";,\"".contains(c)) {
        let what = "cette ligne n’a que des cases vides. Retirez-la ; pour un bulletin blanc, donnez le « voter_id ».";
        return Err(error(row.line, what));
    }
    Ok(())
}

/// Whether each project comes after the one before it.
fn grows(ballot: &[Choice]) -> bool {
    // Without a way out in the middle, which the processor would have to guess.
    ballot.windows(2).fold(true, |grows, pair| grows & (pair[0].project < pair[1].project))
}

/// Longest ballot sorted by counting.
const SHORT: usize = 8;

/// Sorts by project.
fn sort(ballot: &mut [Choice]) {
    let length = ballot.len();
    if length > SHORT {
        ballot.sort_unstable_by_key(|choice| choice.project);
        return;
    }
    // How many go before each: the same steps whatever the order and the length, nothing for the processor to guess.
    let copies: [Choice; SHORT] =
        std::array::from_fn(|at| ballot.get(at).copied().unwrap_or(Choice { project: LAST, points: 0 }));
    let keys: [u32; SHORT] = std::array::from_fn(|at| copies[at].project << 3 | INDEX[at]);
    for (choice, key) in copies.iter().zip(&keys).take(length) {
        let before: u32 = keys.iter().map(|other| u32::from(other < key)).sum();
        ballot[before as usize] = *choice;
    }
}

/// After all projects, which are fewer than 50,000.
const LAST: u32 = u32::MAX >> 3;
/// Tells apart the places of a project named twice.
const INDEX: [u32; SHORT] = [0, 1, 2, 3, 4, 5, 6, 7];

/// The points of each project named, in the order of the ballot.
fn points(line: usize, text: Piece<'_>, ballot: &mut [Choice]) -> Result<(), Box<ReadError>> {
    if plain_points(text, ballot) {
        return Ok(());
    }
    let mut count = 0;
    for item in text.bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|item| !item.is_empty()) {
        let Some(choice) = ballot.get_mut(count) else {
            return Err(Box::new(error(line, "il y a plus de points que de projets dans ce bulletin.")));
        };
        let whole = item.strip_suffix(b".0").unwrap_or(item);
        choice.points = number(whole).filter(|points| *points <= LARGEST_POINTS).ok_or_else(|| {
            let item = String::from_utf8_lossy(item);
            Box::new(error(line, format!("« {item} » n’est pas un nombre entier de points (de 0 à 1 000 000).")))
        })?;
        count += 1;
    }
    if count < ballot.len() {
        return Err(Box::new(error(line, "il y a moins de points que de projets dans ce bulletin.")));
    }
    Ok(())
}

/// The same, when there is one number of a few digits for each project and nothing else; nothing is sure otherwise.
#[inline]
fn plain_points(text: Piece<'_>, ballot: &mut [Choice]) -> bool {
    let mut at = 0;
    for choice in ballot {
        let length = words::first(text.word(at), b',').min(text.len().saturating_sub(at));
        if !(1..=6).contains(&length) {
            return false;
        }
        let digits = text.part(at, at + length).bytes();
        if !digits.iter().all(u8::is_ascii_digit) {
            return false;
        }
        choice.points = digits.iter().fold(0, |number, digit| 10 * number + u32::from(digit - b'0'));
        at += length + 1;
    }
    at == text.len() + 1
}

/// A number of at most nine digits.
fn number(digits: &[u8]) -> Option<u32> {
    if !(1..=9).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |number, digit| 10 * number + u32::from(digit - b'0')))
}

/// Calls `each` with the line and the identifier of the first voters.
fn voters(
    start: &Rows<'_>,
    columns: &Columns,
    mut most: u64,
    mut each: impl FnMut(usize, Piece<'_>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut rows = start.clone();
    while most > 0
        && let Some(row) = rows.next_start()?
    {
        let voter = columns.cells(row, rows.quotes, |cells| {
            cells.get(Role::Voter).map_or(Ok(()), |voter| {
                most -= 1;
                each(row.line, voter)
            })
        });
        voter.unwrap_or(Ok(()))?;
    }
    Ok(())
}

impl<'a> Document<'a> {
    /// The rows of the ballots that count, in order, as they are written in the file.
    pub fn vote_rows(&self) -> impl Iterator<Item = &'a str> {
        self.ballot_rows().map(|row| &row.from[..row.length])
    }

    fn ballot_rows(&self) -> impl Iterator<Item = Row<'a>> {
        let mut rows = Rows::new(self.vote_text);
        let mut void = self.void.iter().map(|(line, _)| *line).peekable();
        let before = self.first_vote - 1;
        // Rows that cannot be cut were refused when the file was read.
        std::iter::from_fn(move || rows.next_start().ok().flatten())
            .filter(move |row| void.next_if_eq(&(row.line + before)).is_none())
    }

    /// Positions of the ballots of these voters, among the ballots that count.
    ///
    /// # Errors
    /// The first identifier that has no ballot here, or whose ballot is void.
    pub fn ballots_of<'i>(&self, ids: &[&'i str]) -> Result<Vec<usize>, &'i str> {
        let wanted: HashMap<&[u8], &str> = ids.iter().map(|id| (id.as_bytes(), *id)).collect();
        let mut met: HashSet<&str> = HashSet::new();
        let mut positions = Vec::new();
        let columns = Columns::new(&self.vote_columns);
        for (position, row) in self.ballot_rows().enumerate() {
            let voter = columns
                .cells(row, true, |cells| cells.get(Role::Voter).and_then(|voter| wanted.get(voter.bytes()).copied()));
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
