//! Cells of a row.

use std::borrow::Cow;

/// The cells of a row. Quotes protect `;`, line ends and doubled quotes.
pub(super) fn cells(row: &str) -> Cells<'_> {
    Cells { rest: Some(row) }
}

pub(super) struct Cells<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        if rest.trim_start().starts_with('"') {
            return Some(self.quoted(rest.trim_start()));
        }
        let cell = if let Some(end) = memchr::memchr(b';', rest.as_bytes()) {
            self.rest = Some(&rest[end + 1..]);
            &rest[..end]
        } else {
            self.rest = None;
            rest
        };
        Some(Cow::Borrowed(cell.trim()))
    }
}

impl<'a> Cells<'a> {
    /// `text` starts with a quote.
    fn quoted(&mut self, text: &'a str) -> Cow<'a, str> {
        let mut value = String::new();
        let mut inside = &text[1..];
        while let Some(end) = inside.find('"') {
            value.push_str(&inside[..end]);
            inside = &inside[end + 1..];
            if let Some(after) = inside.strip_prefix('"') {
                value.push('"');
                inside = after;
            } else {
                // What follows the closing quote belongs to the cell: some writers quote a part only.
                let end = memchr::memchr(b';', inside.as_bytes());
                value.push_str(end.map_or(inside, |end| &inside[..end]).trim_end());
                self.rest = end.map(|end| &inside[end + 1..]);
                return Cow::Owned(value);
            }
        }
        value.push_str(inside);
        self.rest = None;
        Cow::Owned(value)
    }
}
