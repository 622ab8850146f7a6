//! Sections, rows and column names.

use std::collections::HashSet;

use super::cells::cells;
use super::leniencies::Reports;
use super::words::Piece;
use super::{ReadError, error};

/// The rows of the file: a line, or several when a quote stays open.
#[derive(Clone)]
pub(super) struct Rows<'a> {
    pub(super) rest: &'a str,
    /// Number of the last line read.
    pub(super) line: usize,
    /// Whether a quote may be met: files without any are read faster.
    pub(super) quotes: bool,
    /// The first empty line, and how many.
    pub(super) empty: (usize, usize),
    /// The first line that ends as on Windows.
    pub(super) carriage_return: Option<usize>,
}

/// Most columns of a section: no file needs so many, and each costs memory in each row.
const MOST_COLUMNS: usize = 200;

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, line: 0, quotes: true, empty: (0, 0), carriage_return: None }
    }

    /// Looks once for quotes in all that follows.
    pub(super) fn look_for_quotes(&mut self) {
        self.quotes = memchr::memchr(b'"', self.rest.as_bytes()).is_some();
    }

    /// Next row that is not empty, with the number of its first line.
    pub(super) fn next(&mut self) -> Result<Option<(usize, &'a str)>, ReadError> {
        Ok(self.next_start()?.map(|row| (row.line, &row.from[..row.length])))
    }

    /// The same, with all that follows it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the inner loop of the reader, where a row would be copied twice")]
    pub(super) fn next_start(&mut self) -> Result<Option<Row<'a>>, Box<ReadError>> {
        loop {
            let from = self.rest;
            if from.is_empty() {
                return Ok(None);
            }
            self.line += 1;
            let line = self.line;
            let mut end = memchr::memchr(b'\n', from.as_bytes()).unwrap_or(from.len());
            if self.quotes {
                end = self.end_of_quotes(end)?;
            }
            self.rest = from.get(end + 1..).unwrap_or("");
            let mut length = end;
            if end > 0 && from.as_bytes()[end - 1] == b'\r' {
                self.carriage_return.get_or_insert(line);
                length -= 1;
            }
            if length > 0 && (from.as_bytes()[0].is_ascii_graphic() || !from[..length].trim().is_empty()) {
                return Ok(Some(Row { line, from, length }));
            }
            self.nothing_in(line);
        }
    }

    #[cold]
    fn nothing_in(&mut self, line: usize) {
        self.empty = (if self.empty.1 == 0 { line } else { self.empty.0 }, self.empty.1 + 1);
    }

    /// Where the row ends, past the line ends that its quotes protect; `end` is that of its first line.
    fn end_of_quotes(&mut self, end: usize) -> Result<usize, Box<ReadError>> {
        let (first, mut end) = (self.line, end);
        if memchr::memchr(b'"', &self.rest.as_bytes()[..end]).is_none() {
            return Ok(end);
        }
        let mut quote = Quote { at: 0, open: false };
        while quote.stays_open(&self.rest[..end]) {
            if end >= self.rest.len() {
                return Err(Box::new(error(first, "un guillemet ouvert n’est jamais fermé.")));
            }
            let next = end + 1;
            end = memchr::memchr(b'\n', &self.rest.as_bytes()[next..]).map_or(self.rest.len(), |offset| next + offset);
            self.line += 1;
        }
        Ok(end)
    }

    /// Says what was forgiven in the lines read so far.
    pub(super) fn report(&self, report: &mut Reports) {
        if let Some(line) = self.carriage_return {
            report.add(line, "des fins de ligne de Windows, lues comme des fins de ligne");
        }
        if let (line, count @ 1..) = self.empty {
            report.add(line, format!("{count} ligne(s) vide(s), passée(s)"));
        }
    }
}

/// A row that is not empty.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// Number of its first line.
    pub(super) line: usize,
    /// From its start to the end of the file.
    pub(super) from: &'a str,
    pub(super) length: usize,
}

impl<'a> Row<'a> {
    #[inline]
    pub(super) fn piece(self) -> Piece<'a> {
        Piece::new(self.from.as_bytes(), self.length)
    }
}

/// How far a row was looked at: it may grow by a line, and what was read is not read again.
struct Quote {
    at: usize,
    open: bool,
}

impl Quote {
    /// Whether the last cell of the row starts with a quote that is not closed.
    fn stays_open(&mut self, row: &str) -> bool {
        let next = |byte: u8, from: usize| memchr::memchr(byte, &row.as_bytes()[from..]).map(|found| from + found);
        loop {
            if !self.open {
                let cell = row[self.at..].trim_start();
                self.open = cell.starts_with('"');
                match next(b';', self.at) {
                    _ if self.open => self.at = row.len() - cell.len() + 1,
                    Some(end) => self.at = end + 1,
                    None => return false,
                }
                continue;
            }
            let Some(quote) = next(b'"', self.at) else {
                self.at = row.len();
                return true;
            };
            if row.as_bytes().get(quote + 1) == Some(&b'"') {
                self.at = quote + 2;
                continue;
            }
            self.open = false;
            match next(b';', quote + 1) {
                Some(end) => self.at = end + 1,
                None => return false,
            }
        }
    }
}

/// Names of the columns; those that are not `known` are not read, and it is said.
pub(super) fn header(
    rows: &mut Rows<'_>,
    section: &str,
    known: &[&str],
    report: &mut Reports,
) -> Result<Vec<String>, ReadError> {
    let Some((line, row)) = rows.next()? else {
        return Err(error(
            rows.line + 1,
            format!("les noms de colonnes de {section} manquent. Le fichier est-il entier ?"),
        ));
    };
    let columns: Vec<String> = cells(row).take(MOST_COLUMNS + 1).map(|cell| cell.to_lowercase()).collect();
    if columns.len() > MOST_COLUMNS {
        return Err(error(line, format!("{section} a plus de {MOST_COLUMNS} colonnes.")));
    }
    let mut seen = HashSet::new();
    if let Some(name) = columns.iter().find(|name| !name.is_empty() && !seen.insert(name.as_str())) {
        return Err(error(line, format!("la colonne « {name} » est donnée deux fois.")));
    }
    if cells(row).any(|cell| cell.chars().any(char::is_uppercase)) {
        report.add(line, "des majuscules dans les noms de colonnes, lues comme des minuscules");
    }
    for name in columns.iter().filter(|name| !known.contains(&name.as_str())) {
        report.add(line, format!("la colonne « {name} » n’est pas connue : elle ne change pas le résultat"));
    }
    Ok(columns)
}

/// Says that the name of a section is not written as it should.
pub(super) fn check_section(line: usize, row: &str, name: &str, report: &mut Reports) {
    if row != name {
        report.add(line, format!("la section {name} est écrite « {row} »"));
    }
}

pub(super) fn is_section(row: &str, name: &str) -> bool {
    row.trim().trim_end_matches(';').trim().eq_ignore_ascii_case(name)
}

pub(super) fn section(rows: &mut Rows<'_>, name: &str, report: &mut Reports) -> Result<(), ReadError> {
    match rows.next()? {
        Some((line, row)) if is_section(row, name) => {
            check_section(line, row, name, report);
            Ok(())
        }
        Some((line, _)) => Err(error(line, format!("la section {name} était attendue ici."))),
        None => Err(error(rows.line + 1, format!("le fichier s’arrête avant la section {name}. Est-il entier ?"))),
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<&str, ReadError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(error(1, "ce texte est en UTF-16. Enregistrez le fichier en UTF-8."));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|problem| {
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..problem.valid_up_to()]).count();
        error(line, "ce texte n’est pas en UTF-8. Enregistrez le fichier en UTF-8.")
    })
}
