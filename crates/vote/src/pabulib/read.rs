//! The reader.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{BallotRules, Document, Leniency, Limits, ReadError, ReadOptions, VoidReason, cells};
use crate::election::{BallotKind, Ballots, Choice, Election, LARGEST_AMOUNT, Project};
use crate::hash::{self, Key};

/// Past this number of reports of one kind, only the total is kept.
const REPORTS: usize = 20;

/// Reads a Pabulib file.
///
/// ```
/// use vote::pabulib::{ReadOptions, read};
///
/// let text = "META\nkey;value\nbudget;1000\nvote_type;approval\n\
///             PROJECTS\nproject_id;cost\n1;400\n2;700\nVOTES\nvoter_id;vote\n0;1\n1;1,2\n";
/// let document = read(text.as_bytes(), ReadOptions::default())?;
/// assert_eq!(document.election.votes(), [2, 1]);
/// # Ok::<(), vote::pabulib::ReadError>(())
/// ```
///
/// # Errors
/// [`ReadError`] names the line and says what to do.
pub fn read(bytes: &[u8], options: ReadOptions) -> Result<Document<'_>, ReadError> {
    let text = decode(bytes)?;
    let mut rows = Rows { rest: text, line: 0 };
    let mut report = Reports::default();
    section(&mut rows, "META")?;
    let meta = read_meta(&mut rows, &mut report)?;
    let (project_columns, project_rows) = read_table(&mut rows, "VOTES")?;
    let (election, ids) = projects(&meta, &project_columns, &project_rows, &mut report)?;
    let rules = ballot_rules(&meta, &election, &mut report)?;
    let mut document = Document {
        election,
        meta: meta.into_iter().map(|entry| (entry.key, entry.value)).collect(),
        rules,
        project_columns,
        project_rows: project_rows.into_iter().map(|(_, row)| row).collect(),
        vote_columns: Vec::new(),
        vote_rows: Vec::new(),
        territories: Vec::new(),
        territory_of: Vec::new(),
        void: Vec::new(),
        leniencies: Vec::new(),
    };
    let whole = text.ends_with('\n');
    VoteReader { rows, ids, options, whole, report: &mut report, document: &mut document }.read()?;
    check_totals(&document, &mut report);
    document.leniencies = report.finish();
    Ok(document)
}

fn error(line: usize, what: impl Into<String>) -> ReadError {
    ReadError { line, what: what.into() }
}

fn decode(bytes: &[u8]) -> Result<&str, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|problem| {
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..problem.valid_up_to()]).count();
        error(line, "ce texte n’est pas en UTF-8. Enregistrez le fichier en UTF-8.")
    })
}

/// The rows of the file: a line, or several when a quote stays open.
#[derive(Clone)]
struct Rows<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Rows<'a> {
    /// Next row that is not empty, with the number of its first line.
    fn next(&mut self) -> Result<Option<(usize, &'a str)>, ReadError> {
        loop {
            if self.rest.is_empty() {
                return Ok(None);
            }
            self.line += 1;
            let end = memchr::memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let mut row = &self.rest[..end];
            let first = self.line;
            let mut next = end;
            if memchr::memchr(b'"', row.as_bytes()).is_some() {
                while open_quote(row) {
                    if next >= self.rest.len() {
                        return Err(error(first, "un guillemet ouvert n’est jamais fermé."));
                    }
                    let from = next + 1;
                    next = memchr::memchr(b'\n', &self.rest.as_bytes()[from..])
                        .map_or(self.rest.len(), |offset| from + offset);
                    row = &self.rest[..next];
                    self.line += 1;
                }
            }
            self.rest = self.rest.get(next + 1..).unwrap_or("");
            let row = row.strip_suffix('\r').unwrap_or(row);
            if !row.trim().is_empty() {
                return Ok(Some((first, row)));
            }
        }
    }
}

/// Whether the last cell of the row starts with a quote that is not closed.
fn open_quote(row: &str) -> bool {
    let mut rest = row;
    loop {
        let cell = rest.trim_start();
        let Some(mut inside) = cell.strip_prefix('"') else {
            match memchr::memchr(b';', rest.as_bytes()) {
                Some(end) => rest = &rest[end + 1..],
                None => return false,
            }
            continue;
        };
        loop {
            match inside.find('"') {
                None => return true,
                Some(end) => {
                    inside = &inside[end + 1..];
                    match inside.strip_prefix('"') {
                        Some(after) => inside = after,
                        None => break,
                    }
                }
            }
        }
        match memchr::memchr(b';', inside.as_bytes()) {
            Some(end) => rest = &inside[end + 1..],
            None => return false,
        }
    }
}

fn is_section(row: &str, name: &str) -> bool {
    row.trim().trim_end_matches(';').trim().eq_ignore_ascii_case(name)
}

fn section(rows: &mut Rows<'_>, name: &str) -> Result<(), ReadError> {
    match rows.next()? {
        Some((_, row)) if is_section(row, name) => Ok(()),
        Some((line, _)) => Err(error(line, format!("la section {name} était attendue ici."))),
        None => Err(error(rows.line + 1, format!("le fichier s’arrête avant la section {name}. Est-il entier ?"))),
    }
}

struct MetaEntry<'a> {
    line: usize,
    key: Cow<'a, str>,
    value: Cow<'a, str>,
}

fn read_meta<'a>(rows: &mut Rows<'a>, report: &mut Reports) -> Result<Vec<MetaEntry<'a>>, ReadError> {
    let mut meta: Vec<MetaEntry<'a>> = Vec::new();
    while let Some((line, row)) = rows.next()? {
        if is_section(row, "PROJECTS") {
            return Ok(meta);
        }
        let mut parts = cells(row);
        let key = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        if key.eq_ignore_ascii_case("key") && value.eq_ignore_ascii_case("value") {
            continue;
        }
        let more: Vec<_> = parts.filter(|cell| !cell.is_empty()).collect();
        let value = if more.is_empty() {
            value
        } else {
            report.add(line, "un « ; » sans guillemets dans une valeur : la suite en fait partie");
            Cow::Owned(std::iter::once(value).chain(more).collect::<Vec<_>>().join(";"))
        };
        if meta.iter().any(|entry| entry.key == key) {
            return Err(error(line, format!("« {key} » est donné deux fois. Gardez une seule ligne.")));
        }
        meta.push(MetaEntry { line, key, value });
    }
    Err(error(rows.line + 1, "le fichier s’arrête avant la section PROJECTS. Est-il entier ?"))
}

type Table<'a> = (Vec<String>, Vec<(usize, Vec<Cow<'a, str>>)>);

fn read_table<'a>(rows: &mut Rows<'a>, end: &str) -> Result<Table<'a>, ReadError> {
    let columns = header(rows, "PROJECTS")?;
    let mut table = Vec::new();
    while let Some((line, row)) = rows.next()? {
        if is_section(row, end) {
            return Ok((columns, table));
        }
        table.push((line, cells(row).collect()));
    }
    Err(error(rows.line + 1, format!("le fichier s’arrête avant la section {end}. Est-il entier ?")))
}

fn header(rows: &mut Rows<'_>, section: &str) -> Result<Vec<String>, ReadError> {
    let Some((line, row)) = rows.next()? else {
        return Err(error(
            rows.line + 1,
            format!("les noms de colonnes de {section} manquent. Le fichier est-il entier ?"),
        ));
    };
    let columns: Vec<String> = cells(row).map(|cell| cell.to_lowercase()).collect();
    let twice = columns.iter().enumerate().find(|(i, name)| !name.is_empty() && columns[..*i].contains(name));
    match twice {
        Some((_, name)) => Err(error(line, format!("la colonne « {name} » est donnée deux fois."))),
        None => Ok(columns),
    }
}

/// A decimal number as digits and number of decimals, without final zeros.
#[derive(Clone, Copy)]
struct Decimal {
    digits: u64,
    decimals: u32,
}

impl Decimal {
    fn at(self, decimals: u32) -> Option<u64> {
        self.digits.checked_mul(10_u64.checked_pow(decimals.checked_sub(self.decimals)?)?)
    }
}

fn decimal(line: usize, what: &str, text: &str, report: &mut Reports) -> Result<Decimal, ReadError> {
    let wrong =
        || error(line, format!("{what} « {text} » n’est pas un nombre positif lisible. Écrivez par exemple 12500.50."));
    let mut digits: u64 = 0;
    let mut decimals: Option<u32> = None;
    let mut zeros = 0_u32;
    let mut any = false;
    for character in text.chars() {
        match character {
            '0'..='9' => {
                any = true;
                if let Some(count) = &mut decimals {
                    // Final zeros add nothing: they wait until another digit follows.
                    if character == '0' {
                        zeros += 1;
                        continue;
                    }
                    *count += zeros + 1;
                    for _ in 0..zeros {
                        digits = digits.checked_mul(10).ok_or_else(wrong)?;
                    }
                    zeros = 0;
                }
                let digit = u64::from(character) - u64::from('0');
                digits = digits.checked_mul(10).and_then(|d| d.checked_add(digit)).ok_or_else(wrong)?;
            }
            '.' | ',' if decimals.is_none() => {
                if character == ',' {
                    report.add(line, "une virgule décimale, lue comme un point");
                }
                decimals = Some(0);
            }
            _ => return Err(wrong()),
        }
    }
    let decimals = decimals.unwrap_or(0);
    if !any || decimals > 6 {
        return Err(wrong());
    }
    Ok(Decimal { digits, decimals })
}

fn amount(line: usize, what: &str, value: Decimal, decimals: u32) -> Result<u64, ReadError> {
    match value.at(decimals) {
        Some(0) => Err(error(line, format!("{what} doit être supérieur à zéro."))),
        Some(amount) if amount <= LARGEST_AMOUNT => Ok(amount),
        _ => Err(error(line, format!("{what} est trop grand pour être compté exactement."))),
    }
}

fn projects(
    meta: &[MetaEntry<'_>],
    columns: &[String],
    rows: &[(usize, Vec<Cow<'_, str>>)],
    report: &mut Reports,
) -> Result<(Election, Ids), ReadError> {
    let find = |names: &[&str]| names.iter().find_map(|name| columns.iter().position(|column| column == name));
    let header_line = rows.first().map_or(1, |(line, _)| line - 1);
    let (Some(id), Some(cost)) = (find(&["project_id"]), find(&["cost"])) else {
        return Err(error(header_line, "PROJECTS doit avoir les colonnes « project_id » et « cost »."));
    };
    if columns.iter().any(|column| column == "target") {
        report.add(header_line, "l’ancienne colonne « target », lue comme « beneficiaries »");
    }
    let name = find(&["name"]);
    let territory = find(&["canton", "district", "neighborhood", "subunit"]);
    let tags = find(&["category"]);
    let bearer = find(&["bearer", "porteur", "proposer"]);
    let selected = find(&["selected"]);
    let budget =
        entry(meta, "budget").map(|entry| decimal(entry.line, "Le budget", &entry.value, report)).transpose()?;
    let budget =
        budget.ok_or_else(|| error(1, "la section META ne dit pas l’enveloppe : ajoutez une ligne « budget;… »."))?;

    let mut costs = Vec::with_capacity(rows.len());
    for (line, row) in rows {
        let text = row.get(cost).map_or("", |cell| cell.as_ref());
        costs.push(decimal(*line, "Le coût", text, report)?);
    }
    let decimals = costs.iter().map(|cost| cost.decimals).chain([budget.decimals]).max().unwrap_or(0);
    let cell = |row: &[Cow<'_, str>], column: Option<usize>| {
        column.and_then(|column| row.get(column)).map(|cell| cell.as_ref().to_owned()).filter(|cell| !cell.is_empty())
    };
    let mut ids = Ids::default();
    let mut list = Vec::with_capacity(rows.len());
    for (position, ((line, row), value)) in rows.iter().zip(costs).enumerate() {
        let project_id = cell(row, Some(id)).ok_or_else(|| error(*line, "ce projet n’a pas d’identifiant."))?;
        if project_id.contains(',') {
            return Err(error(*line, format!("l’identifiant « {project_id} » contient une virgule : changez-le.")));
        }
        if row.len() > columns.len() {
            report.add(*line, "plus de cases que de colonnes : les dernières ne sont pas lues");
        }
        if !ids.insert(&project_id, position) {
            return Err(error(*line, format!("le projet « {project_id} » est donné deux fois.")));
        }
        list.push(Project {
            name: cell(row, name).unwrap_or_else(|| project_id.clone()),
            cost: amount(*line, "Le coût", value, decimals)?,
            territory: cell(row, territory),
            tags: cell(row, tags)
                .map(|tags| tags.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect())
                .unwrap_or_default(),
            bearer: cell(row, bearer),
            selected: cell(row, selected).and_then(|flag| match flag.as_str() {
                "1" => Some(true),
                "0" => Some(false),
                _ => None,
            }),
            id: project_id,
        });
    }
    if list.is_empty() {
        return Err(error(header_line, "il n’y a aucun projet."));
    }
    let line = entry(meta, "budget").map_or(1, |entry| entry.line);
    let budget = amount(line, "Le budget", budget, decimals)?;
    let kind = ballot_kind(meta, report)?;
    let dear = list.iter().filter(|project| project.cost > budget).count();
    if dear > 0 {
        report.add(line, format!("{dear} projet(s) coûtent plus que l’enveloppe : ils ne peuvent pas être retenus"));
    }
    let mut election = Election::new(kind, budget, list).map_err(|problem| error(line, problem.to_string()))?;
    election.decimals = decimals;
    Ok((election, ids))
}

fn entry<'m, 'a>(meta: &'m [MetaEntry<'a>], key: &str) -> Option<&'m MetaEntry<'a>> {
    meta.iter().find(|entry| entry.key == key)
}

fn ballot_kind(meta: &[MetaEntry<'_>], report: &mut Reports) -> Result<BallotKind, ReadError> {
    let Some(found) = entry(meta, "vote_type") else {
        report.add(1, "« vote_type » manque : les bulletins sont lus comme des approbations");
        return Ok(BallotKind::Approval);
    };
    BallotKind::from_name(&found.value.to_lowercase())
        .ok_or_else(|| error(found.line, format!("le type de vote « {} » n’est pas connu.", found.value)))
}

fn ballot_rules(meta: &[MetaEntry<'_>], election: &Election, report: &mut Reports) -> Result<BallotRules, ReadError> {
    let mut number = |key: &str, decimals: u32| -> Result<Option<u64>, ReadError> {
        let Some(entry) = entry(meta, key).filter(|entry| !entry.value.is_empty()) else { return Ok(None) };
        let value = decimal(entry.line, &format!("La limite {key}"), &entry.value, report)?;
        match value.at(decimals) {
            Some(value) => Ok(Some(value)),
            None if value.decimals > decimals => {
                Err(error(entry.line, format!("la limite {key} a trop de décimales.")))
            }
            None => Ok(None),
        }
    };
    let choose_one = (election.kind == BallotKind::ChooseOne).then_some(1);
    Ok(BallotRules {
        min_length: number("min_length", 0)?,
        max_length: number("max_length", 0)?.or(choose_one),
        min_sum_cost: number("min_sum_cost", election.decimals)?,
        max_sum_cost: number("max_sum_cost", election.decimals)?,
        min_points: number("min_points", 0)?,
        max_points: number("max_points", 0)?,
        min_sum_points: number("min_sum_points", 0)?,
        max_sum_points: number("max_sum_points", 0)?,
    })
}

impl BallotRules {
    /// The first limit that a ballot breaks.
    #[must_use]
    pub fn broken_by(&self, election: &Election, ballot: &[Choice]) -> Option<VoidReason> {
        let length = ballot.len() as u64;
        if self.min_length.is_some_and(|min| length < min) {
            return Some(VoidReason::TooShort);
        }
        if self.max_length.is_some_and(|max| length > max) {
            return Some(VoidReason::TooLong);
        }
        if self.min_sum_cost.is_some() || self.max_sum_cost.is_some() {
            let cost = election.cost_of(ballot.iter().map(|choice| choice.project as usize));
            if self.min_sum_cost.is_some_and(|min| cost < min) {
                return Some(VoidReason::TooCheap);
            }
            if self.max_sum_cost.is_some_and(|max| cost > max) {
                return Some(VoidReason::TooExpensive);
            }
        }
        if !election.kind.has_points() {
            return None;
        }
        let outside = |points: u64, min: Option<u64>, max: Option<u64>| {
            min.is_some_and(|min| points < min) || max.is_some_and(|max| points > max)
        };
        if ballot.iter().any(|choice| outside(u64::from(choice.points), self.min_points, self.max_points)) {
            return Some(VoidReason::Points);
        }
        let sum = ballot.iter().map(|choice| u64::from(choice.points)).sum();
        outside(sum, self.min_sum_points, self.max_sum_points).then_some(VoidReason::SumOfPoints)
    }
}

struct VoteReader<'a, 'd> {
    rows: Rows<'a>,
    ids: Ids,
    options: ReadOptions,
    /// The file ends with a line end.
    whole: bool,
    report: &'d mut Reports,
    document: &'d mut Document<'a>,
}

struct VoteColumns {
    voter: Option<usize>,
    vote: usize,
    points: Option<usize>,
    territory: Option<usize>,
    last: usize,
}

impl<'a> VoteReader<'a, '_> {
    fn read(mut self) -> Result<(), ReadError> {
        let columns = self.columns()?;
        let announced = self.document.meta("num_votes").and_then(|text| text.parse::<usize>().ok());
        let expected = announced.unwrap_or(1024).min(1 + self.rows.rest.len() / 2);
        self.document.vote_rows.reserve(expected);
        let start = self.rows.clone();
        // Identifiers in growing order, the usual case, cannot repeat: nothing to remember.
        let (mut last, mut growing) = ("", true);
        let mut territories = Names::default();
        let mut ballot: Vec<Choice> = Vec::new();
        let mut ballots = Ballots::with_capacity(expected);
        let mut read = 0_usize;
        while let Some((line, row)) = self.rows.next()? {
            read += 1;
            let Some(found) = vote_cells(row, &columns) else {
                return Err(error(
                    line,
                    "ce bulletin n’a pas de case « vote » : la ligne est coupée, ou il manque un « ; ».",
                ));
            };
            if let Some(voter) = found.voter {
                growing &= (last.len(), last) < (voter.len(), voter);
                last = voter;
            }
            self.choices(line, &found, &mut ballot)?;
            if let Some(reason) = self.document.rules.broken_by(&self.document.election, &ballot) {
                match self.options.limits {
                    Limits::Enforce => {
                        self.document.void.push((line, reason));
                        continue;
                    }
                    Limits::Report => self.report.add_named(line, reason),
                }
            }
            ballots.push(&ballot);
            self.document.vote_rows.push(row);
            if let Some(territory) = found.territory {
                let position = territories.position(territory.trim_ascii(), &mut self.document.territories);
                self.document.territory_of.push(position);
            }
        }
        self.document.election.ballots = ballots;
        if !self.whole {
            self.report
                .add(self.rows.line, "pas de fin de ligne après le dernier bulletin : le fichier est-il entier ?");
        }
        if let Some(announced) = announced
            && announced != read
        {
            if read < announced {
                let what = format!(
                    "META annonce {announced} bulletins, il n’y en a que {read} : le fichier est coupé, ou « num_votes » est faux."
                );
                return Err(error(self.rows.line, what));
            }
            self.report.add(self.rows.line, format!("META annonce {announced} bulletins, il y en a {read}"));
        }
        if growing { Ok(()) } else { self.duplicates(&start, &columns) }
    }

    fn columns(&mut self) -> Result<VoteColumns, ReadError> {
        let names = header(&mut self.rows, "VOTES")?;
        let find = |wanted: &[&str]| wanted.iter().find_map(|name| names.iter().position(|column| column == name));
        let line = self.rows.line;
        let vote = find(&["vote"]).ok_or_else(|| error(line, "VOTES doit avoir la colonne « vote »."))?;
        let points = find(&["points"]);
        if self.document.election.kind.has_points() && points.is_none() {
            return Err(error(line, "ce type de vote demande la colonne « points »."));
        }
        let voter = find(&["voter_id"]);
        if voter.is_none() {
            self.report.add(line, "la colonne « voter_id » manque : les doublons ne peuvent pas être vus");
        }
        let territory = find(&["canton", "district", "neighborhood"]);
        let last = [Some(vote), points, voter, territory].into_iter().flatten().max().unwrap_or(vote);
        self.document.vote_columns = names;
        Ok(VoteColumns { voter, vote, points, territory, last })
    }

    /// Reads the projects of one ballot into `ballot`.
    fn choices(&mut self, line: usize, found: &VoteCells<'a>, ballot: &mut Vec<Choice>) -> Result<(), ReadError> {
        ballot.clear();
        let kind = self.document.election.kind;
        let text = found.vote.trim_ascii();
        let mut start = 0;
        let mut key = 0_u64;
        for (at, byte) in text.bytes().chain([b',']).enumerate() {
            if byte != b',' {
                key = key << 8 | u64::from(byte);
                continue;
            }
            let item = &text[start..at];
            // Bytes of 1 to 7 characters pack into one word, that no other identifier shares.
            let plain = (1..=7).contains(&item.len()).then(|| self.ids.find((item.len() as u64) << 56 | key)).flatten();
            let project = match plain {
                Some(project) => Some(project),
                None => self.other_id(line, item, text)?,
            };
            ballot.extend(project.map(|project| Choice { project, points: 1 }));
            start = at + 1;
            key = 0;
        }
        match kind {
            BallotKind::Ordinal => {
                let length = u32::try_from(ballot.len()).unwrap_or(u32::MAX);
                for (choice, points) in ballot.iter_mut().zip((1..=length).rev()) {
                    choice.points = points;
                }
            }
            _ if kind.has_points() => self.points(line, found, ballot)?,
            _ => {}
        }
        if !ballot.is_sorted() {
            ballot.sort_unstable();
        }
        if ballot.windows(2).any(|pair| pair[0].project == pair[1].project) {
            if kind == BallotKind::Ordinal {
                return Err(error(line, "le classement nomme deux fois le même projet."));
            }
            // The same answer written twice is one answer; two different ones are not ours to choose from.
            ballot.dedup();
            if ballot.windows(2).any(|pair| pair[0].project == pair[1].project) {
                return Err(error(line, "le bulletin donne deux nombres de points au même projet."));
            }
            self.report.add(line, "un projet nommé deux fois dans un bulletin, compté une fois");
        }
        Ok(())
    }

    /// An identifier that is long, unknown, or badly written.
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

    fn points(&mut self, line: usize, found: &VoteCells<'a>, ballot: &mut [Choice]) -> Result<(), ReadError> {
        let text = found.points.as_deref().unwrap_or("");
        let mut count = 0;
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
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

    /// Reads the voters again, after `start`: fingerprints first, then the few that were met twice.
    fn duplicates(&mut self, start: &Rows<'a>, columns: &VoteColumns) -> Result<(), ReadError> {
        let key = Key::default();
        let mut fingerprints: Vec<u64> = Vec::with_capacity(self.document.vote_rows.len());
        voters(start, columns, |_, voter| {
            fingerprints.push(key.bytes(voter.as_bytes()));
            Ok(())
        })?;
        fingerprints.sort_unstable();
        let twice: HashSet<u64> =
            fingerprints.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        if twice.is_empty() {
            return Ok(());
        }
        let mut seen: HashSet<&'a str> = HashSet::new();
        voters(start, columns, |line, voter| {
            if !twice.contains(&key.bytes(voter.as_bytes())) || seen.insert(voter) {
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

/// Calls `each` with the line and the identifier of each voter.
fn voters<'a>(
    start: &Rows<'a>,
    columns: &VoteColumns,
    mut each: impl FnMut(usize, &'a str) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut rows = start.clone();
    while let Some((line, row)) = rows.next()? {
        if let Some(voter) = vote_cells(row, columns).and_then(|found| found.voter) {
            each(line, voter)?;
        }
    }
    Ok(())
}

struct VoteCells<'a> {
    voter: Option<&'a str>,
    vote: Cow<'a, str>,
    points: Option<Cow<'a, str>>,
    territory: Option<Cow<'a, str>>,
}

/// `None` when the row stops before the projects.
fn vote_cells<'a>(row: &'a str, columns: &VoteColumns) -> Option<VoteCells<'a>> {
    let mut found = VoteCells { voter: None, vote: Cow::Borrowed(""), points: None, territory: None };
    if memchr::memchr(b'"', row.as_bytes()).is_some() {
        let mut count = 0;
        for (position, cell) in cells(row).take(columns.last + 1).enumerate() {
            found.place(position, cell, columns);
            count = position + 1;
        }
        return (count > columns.vote).then_some(found);
    }
    let mut start = 0;
    let mut position = 0;
    for (at, byte) in row.bytes().enumerate() {
        if byte == b';' {
            found.place(position, Cow::Borrowed(&row[start..at]), columns);
            start = at + 1;
            position += 1;
            if position > columns.last {
                return Some(found);
            }
        }
    }
    found.place(position, Cow::Borrowed(&row[start..]), columns);
    (position >= columns.vote).then_some(found)
}

impl<'a> VoteCells<'a> {
    fn place(&mut self, position: usize, cell: Cow<'a, str>, columns: &VoteColumns) {
        if position == columns.vote {
            self.vote = cell;
        } else if Some(position) == columns.voter {
            if let Cow::Borrowed(voter) = cell {
                self.voter = Some(voter);
            }
        } else if Some(position) == columns.points {
            self.points = Some(cell);
        } else if Some(position) == columns.territory {
            self.territory = Some(cell);
        }
    }
}

/// Compares the `votes` column with the ballots.
fn check_totals(document: &Document<'_>, report: &mut Reports) {
    let counted = |column: &str, totals: Vec<u64>, report: &mut Reports| {
        let Some(position) = document.project_columns.iter().position(|name| name == column) else { return };
        let differ = document.project_rows.iter().zip(totals).filter(|(row, total)| {
            row.get(position).is_some_and(|cell| !cell.is_empty() && cell.parse() != Ok(*total))
        });
        let count = differ.count();
        if count > 0 {
            report.add(
                1,
                format!(
                    "la colonne « {column} » diffère des bulletins pour {count} projet(s) : les bulletins font foi"
                ),
            );
        }
    };
    counted("votes", document.election.votes(), report);
    if document.election.kind.has_points() || document.election.kind == BallotKind::Ordinal {
        counted("score", document.election.points(), report);
    }
}

/// Reports, with a limit for each kind.
#[derive(Default)]
struct Reports {
    list: Vec<Leniency>,
    counts: HashMap<String, usize>,
    limits: HashMap<VoidReason, (usize, usize)>,
}

impl Reports {
    fn add(&mut self, line: usize, what: impl Into<String>) {
        let what = what.into();
        let count = self.counts.entry(what.clone()).or_default();
        *count += 1;
        if *count <= REPORTS {
            self.list.push(Leniency { line, what });
        }
    }

    fn add_named(&mut self, line: usize, reason: VoidReason) {
        self.limits.entry(reason).or_insert((line, 0)).1 += 1;
    }

    fn finish(mut self) -> Vec<Leniency> {
        for (what, count) in self.counts.into_iter().filter(|(_, count)| *count > REPORTS) {
            self.list.push(Leniency { line: 0, what: format!("{what} : {count} fois en tout") });
        }
        for (reason, (line, count)) in self.limits {
            self.list.push(Leniency { line, what: format!("{reason} : {count} bulletin(s), comptés") });
        }
        self.list.sort_by(|a, b| (a.line, &a.what).cmp(&(b.line, &b.what)));
        self.list
    }
}

/// Project identifiers: short ones (8 bytes) in a small table of integers, the others in a map.
#[derive(Default)]
struct Ids {
    short: Vec<(u64, u32)>,
    count: usize,
    long: HashMap<String, u32>,
    hasher: Key,
}

impl Ids {
    fn pack(id: &str) -> Option<u64> {
        let bytes = id.as_bytes();
        let key = || bytes.iter().fold(0, |key, byte| key << 8 | u64::from(*byte));
        (1..=7).contains(&bytes.len()).then(|| (bytes.len() as u64) << 56 | key())
    }

    fn slot(&self, key: u64) -> usize {
        hash::slot(self.hasher.words(std::iter::once(key)), self.short.len())
    }

    /// False when the identifier is already there.
    fn insert(&mut self, id: &str, position: usize) -> bool {
        let value = u32::try_from(position).unwrap_or(u32::MAX);
        if self.get(id).is_some() {
            return false;
        }
        let Some(key) = Self::pack(id) else {
            return self.long.insert(id.to_owned(), value).is_none();
        };
        if self.short.len() < 4 * (self.count + 1) {
            let old = std::mem::take(&mut self.short);
            self.short = vec![(0, u32::MAX); (8 * (self.count + 4)).next_power_of_two()];
            for (key, value) in old.into_iter().filter(|(_, value)| *value != u32::MAX) {
                self.place(key, value);
            }
        }
        self.place(key, value);
        self.count += 1;
        true
    }

    fn place(&mut self, key: u64, value: u32) {
        let mut slot = self.slot(key);
        while self.short[slot].1 != u32::MAX {
            slot = (slot + 1) & (self.short.len() - 1);
        }
        self.short[slot] = (key, value);
    }

    fn get(&self, id: &str) -> Option<u32> {
        match Self::pack(id) {
            Some(key) => self.find(key),
            None => self.long.get(id).copied(),
        }
    }

    fn find(&self, key: u64) -> Option<u32> {
        if self.short.is_empty() {
            return None;
        }
        let mut slot = self.slot(key);
        loop {
            match self.short[slot] {
                (_, u32::MAX) => return None,
                (found, value) if found == key => return Some(value),
                _ => slot = (slot + 1) & (self.short.len() - 1),
            }
        }
    }
}

/// Positions of names met again and again, with a small cache in front of the map.
struct Names {
    key: Key,
    recent: [u32; 256],
    map: HashMap<String, u32>,
}

impl Default for Names {
    fn default() -> Self {
        Self { key: Key::default(), recent: [u32::MAX; 256], map: HashMap::new() }
    }
}

impl Names {
    fn position(&mut self, name: &str, names: &mut Vec<String>) -> u32 {
        let slot = hash::slot(self.key.bytes(name.as_bytes()), self.recent.len());
        let recent = self.recent[slot];
        if names.get(recent as usize).is_some_and(|found| found == name) {
            return recent;
        }
        let position = self.map.get(name).copied().unwrap_or_else(|| {
            let position = u32::try_from(names.len()).unwrap_or(u32::MAX);
            names.push(name.to_owned());
            self.map.insert(name.to_owned(), position);
            position
        });
        self.recent[slot] = position;
        position
    }
}
