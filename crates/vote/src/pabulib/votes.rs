//! `VOTES`: the inner loop of the reader.

use std::collections::HashSet;

use super::columns::{Columns, KNOWN, Role, VoteCells};
use super::grouping::{APART, grouped};
use super::ids::{Ids, Names};
use super::leniencies::Reports;
use super::rows::{Rows, header};
use super::words;
use super::{Document, Limits, ReadError, ReadOptions, error};
use crate::election::{BallotKind, Batch, Choice};
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
