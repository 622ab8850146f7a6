//! The strict writer: one dialect, every total recomputed.

use std::fmt::Write as _;

use super::Document;
use super::cells::cells;

/// Writes a file that strict readers accept: `META` with the numbers of projects and ballots, `votes` and `score`
/// recomputed from the ballots, lists without spaces, line feeds, and quotes only where they are needed.
///
/// Reading what was written gives the same vote, and writing it again the same text.
#[must_use]
pub fn write(document: &Document<'_>) -> String {
    let mut text = String::from("META\nkey;value\n");
    let election = &document.election;
    for (key, value) in &document.meta {
        let value = match key.as_ref() {
            "num_projects" => election.projects.len().to_string(),
            "num_votes" => election.ballots.total().to_string(),
            "budget" => election.amount(election.budget),
            "vote_type" => election.kind.name().to_owned(),
            _ => value.clone().into_owned(),
        };
        row(&mut text, [key.as_ref(), &value].into_iter());
    }
    let missing = [
        ("num_projects", election.projects.len().to_string()),
        ("num_votes", election.ballots.total().to_string()),
        ("vote_type", election.kind.name().to_owned()),
    ];
    for (key, value) in missing.iter().filter(|(key, _)| document.meta(key).is_none()) {
        row(&mut text, [*key, value.as_str()].into_iter());
    }
    projects(&mut text, document);
    votes(&mut text, document);
    text
}

fn projects(text: &mut String, document: &Document<'_>) {
    let election = &document.election;
    let columns = &document.project_columns;
    text.push_str("PROJECTS\n");
    row(text, columns.iter().map(|name| if name == "target" { "beneficiaries" } else { name }));
    let (votes, points) = (election.votes(), election.points());
    for (position, cells) in document.project_rows.iter().enumerate() {
        let values: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(column, name)| match name.as_str() {
                "cost" => election.amount(election.projects[position].cost),
                "votes" => votes[position].to_string(),
                "score" => points[position].to_string(),
                _ => cells.get(column).map_or(String::new(), |cell| cell.clone().into_owned()),
            })
            .collect();
        row(text, values.iter().map(String::as_str));
    }
}

fn votes(text: &mut String, document: &Document<'_>) {
    text.push_str("VOTES\n");
    let columns = &document.vote_columns;
    row(text, columns.iter().map(String::as_str));
    for raw in document.vote_rows() {
        let mut found = cells(raw);
        let values: Vec<String> = columns
            .iter()
            .map(|name| {
                let cell = found.next().unwrap_or_default();
                match name.as_str() {
                    "vote" | "points" => {
                        let items = cell.split(',').map(str::trim).filter(|item| !item.is_empty());
                        items.collect::<Vec<_>>().join(",")
                    }
                    _ => cell.into_owned(),
                }
            })
            .collect();
        row(text, values.iter().map(String::as_str));
    }
}

fn row<'c>(text: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            text.push(';');
        }
        let quoted = cell.contains([';', '"', '\n', '\r']) || cell.trim() != cell;
        // Writing to a string cannot fail.
        let _ = if quoted { write!(text, "\"{}\"", cell.replace('"', "\"\"")) } else { write!(text, "{cell}") };
    }
    text.push('\n');
}
