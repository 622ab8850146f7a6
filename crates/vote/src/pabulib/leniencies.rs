//! What was forgiven, said without drowning the reader.

use std::collections::HashMap;

use super::{Document, Leniency, ReadError, VoidReason, error};
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

/// Compares the `votes` and `score` columns with the ballots: a remark, unless nothing else says that the file is whole.
pub(super) fn check_totals(
    document: &Document<'_>,
    lines: &[usize],
    end: &End,
    report: &mut Reports,
) -> Result<(), ReadError> {
    let election = &document.election;
    let place = |name: &str| document.project_columns.iter().position(|column| column == name);
    if let Some(position) = place("votes") {
        let votes = Column { name: "votes", position, totals: election.votes(), counted: true };
        votes.check(document, lines, end, report)?;
    }
    let ranked = election.kind == BallotKind::Ordinal;
    if let Some(position) = place("score").filter(|_| ranked || election.kind.has_points()) {
        // Files that rank give their own points to each place.
        let score = Column { name: "score", position, totals: election.points(), counted: !ranked };
        score.check(document, lines, end, report)?;
    }
    Ok(())
}

/// What the end of the file says of it.
pub(super) struct End {
    /// Its last line.
    pub(super) line: usize,
    /// A line end follows the last ballot.
    pub(super) line_end: bool,
    /// `META` gives the number of ballots, which is right.
    pub(super) announced: bool,
}

/// A column of `PROJECTS` that sums the ballots.
struct Column {
    name: &'static str,
    position: usize,
    totals: Vec<u64>,
    /// It counts as we do.
    counted: bool,
}

impl Column {
    fn check(
        &self,
        document: &Document<'_>,
        lines: &[usize],
        end: &End,
        report: &mut Reports,
    ) -> Result<(), ReadError> {
        let (mut differ, mut first, mut missing) = (0, 0, 0_u64);
        for ((row, line), total) in document.project_rows.iter().zip(lines).zip(&self.totals) {
            let Some(cell) = row.get(self.position).filter(|cell| !cell.is_empty()) else { continue };
            let told = cell.strip_suffix(".0").unwrap_or(cell).parse();
            if told != Ok(*total) {
                differ += 1;
                first = if first == 0 { *line } else { first };
                missing = missing.max(told.map_or(0, |told| told.saturating_sub(*total)));
            }
        }
        if differ == 0 {
            return Ok(());
        }
        let name = self.name;
        // What void ballots said is not counted, and is missing from the totals.
        let whole = end.line_end && (end.announced || missing == 0);
        if !whole && self.counted && document.void.is_empty() {
            let sign = if end.line_end {
                "« num_votes » manque dans META"
            } else {
                "le dernier bulletin n’a pas de fin de ligne"
            };
            return Err(error(
                end.line,
                format!(
                    "la colonne « {name} » ne s’accorde pas avec les bulletins (ligne {first}), et {sign} : le fichier est coupé. \
                     Reprenez-le entier, ou corrigez cette colonne."
                ),
            ));
        }
        report.add(
            first,
            format!("la colonne « {name} » diffère des bulletins pour {differ} projet(s) : les bulletins font foi"),
        );
        Ok(())
    }
}
