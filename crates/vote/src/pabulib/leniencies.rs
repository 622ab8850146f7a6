//! What was forgiven, said without drowning the reader.

use std::collections::HashMap;

use super::{Document, Leniency, VoidReason};
use crate::election::BallotKind;

/// Past this number of reports of one kind, only the total is kept.
const REPORTS: usize = 20;

/// Reports, with a limit for each kind.
#[derive(Default)]
pub(super) struct Reports {
    list: Vec<Leniency>,
    counts: HashMap<String, usize>,
    limits: HashMap<VoidReason, (usize, usize)>,
}

impl Reports {
    pub(super) fn add(&mut self, line: usize, what: impl Into<String>) {
        let what = what.into();
        let count = self.counts.entry(what.clone()).or_default();
        *count += 1;
        if *count <= REPORTS {
            self.list.push(Leniency { line, what });
        }
    }

    /// A ballot outside the limits that counts all the same: its first line, and how many.
    pub(super) fn add_named(&mut self, line: usize, reason: VoidReason) {
        self.limits.entry(reason).or_insert((line, 0)).1 += 1;
    }

    pub(super) fn finish(mut self) -> Vec<Leniency> {
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

/// Compares the `votes` column with the ballots.
pub(super) fn check_totals(document: &Document<'_>, lines: &[usize], report: &mut Reports) {
    let counted = |column: &str, totals: &dyn Fn() -> Vec<u64>, report: &mut Reports| {
        let Some(position) = document.project_columns.iter().position(|name| name == column) else { return };
        let rows = document.project_rows.iter().zip(lines).zip(totals());
        let differ = rows.filter(|((row, _), total)| {
            row.get(position).is_some_and(|cell| !cell.is_empty() && cell.parse() != Ok(*total))
        });
        let lines: Vec<usize> = differ.map(|((_, line), _)| *line).collect();
        let count = lines.len();
        if let Some(first) = lines.first() {
            report.add(
                *first,
                format!(
                    "la colonne « {column} » diffère des bulletins pour {count} projet(s) : les bulletins font foi"
                ),
            );
        }
    };
    counted("votes", &|| document.election.votes(), report);
    if document.election.kind.has_points() || document.election.kind == BallotKind::Ordinal {
        counted("score", &|| document.election.points(), report);
    }
}
