//! Sections, rows and column names.

use super::cells::cells;
use super::{ReadError, error};

/// The rows of the file: a line, or several when a quote stays open.
#[derive(Clone)]
pub(super) struct Rows<'a> {
    pub(super) rest: &'a str,
    /// Number of the last line read.
    pub(super) line: usize,
    /// Whether a quote may be met: files without any are read faster.
    pub(super) quotes: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, line: 0, quotes: true }
    }

    /// Looks once for quotes in all that follows.
    pub(super) fn look_for_quotes(&mut self) {
        self.quotes = memchr::memchr(b'"', self.rest.as_bytes()).is_some();
    }

    /// Next row that is not empty, with the number of its first line.
    pub(super) fn next(&mut self) -> Result<Option<(usize, &'a str)>, ReadError> {
        loop {
            if self.rest.is_empty() {
                return Ok(None);
            }
            self.line += 1;
            let end = memchr::memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let mut row = &self.rest[..end];
            let first = self.line;
            let mut next = end;
            if self.quotes && memchr::memchr(b'"', row.as_bytes()).is_some() {
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
            if row.as_bytes().first().is_some_and(u8::is_ascii_graphic) || !row.trim().is_empty() {
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

pub(super) fn header(rows: &mut Rows<'_>, section: &str) -> Result<Vec<String>, ReadError> {
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

pub(super) fn is_section(row: &str, name: &str) -> bool {
    row.trim().trim_end_matches(';').trim().eq_ignore_ascii_case(name)
}

pub(super) fn section(rows: &mut Rows<'_>, name: &str) -> Result<(), ReadError> {
    match rows.next()? {
        Some((_, row)) if is_section(row, name) => Ok(()),
        Some((line, _)) => Err(error(line, format!("la section {name} était attendue ici."))),
        None => Err(error(rows.line + 1, format!("le fichier s’arrête avant la section {name}. Est-il entier ?"))),
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<&str, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|problem| {
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..problem.valid_up_to()]).count();
        error(line, "ce texte n’est pas en UTF-8. Enregistrez le fichier en UTF-8.")
    })
}
