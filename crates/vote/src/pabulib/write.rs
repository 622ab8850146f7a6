//! The strict writer: one dialect, every total recomputed.

use std::fmt::Write as _;

use super::Document;
use super::cells::cells;
use crate::election::{BallotKind, Choice, Election};
use crate::error::CountError;

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

/// Writes a vote built in code, with keys of `META` besides those that the vote gives itself (`description`, `country`…).
///
/// Columns that no project fills are left out. Voters are numbered in the order of the ballots; copies of a ballot added
/// together ([`Ballots::push_many`](crate::Ballots::push_many)) are written together, group after group.
///
/// ```
/// use vote::pabulib::{ReadOptions, read, write_election};
/// use vote::{BallotKind, Election, Project};
///
/// let project = |id: &str, cost| Project { id: id.into(), name: id.to_uppercase(), cost, ..Project::default() };
/// let mut election = Election::new(BallotKind::Ordinal, 1_000, vec![project("bancs", 600), project("four", 500)])?;
/// election.rank(&["four", "bancs"])?;
/// let file = write_election(&election, &[("description", "Budget participatif"), ("country", "France")])?;
/// assert!(file.ends_with("VOTES\nvoter_id;vote\n1;four,bancs\n"));
/// let again = read(file.as_bytes(), ReadOptions::default())?;
/// assert_eq!((again.election.projects, again.leniencies), (election.projects, Vec::new()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What [`Election::check`] refuses; an identifier, a tag or a key that a file cannot hold
/// ([`CountError::Unwritable`]).
pub fn write_election(election: &Election, meta: &[(&str, &str)]) -> Result<String, CountError> {
    election.check()?;
    let mut text = String::from("META\nkey;value\n");
    let own = [
        ("num_projects", election.projects.len().to_string()),
        ("num_votes", election.ballots.total().to_string()),
        ("budget", election.amount(election.budget)),
        ("vote_type", election.kind.name().to_owned()),
    ];
    for (key, value) in meta {
        let taken = own.iter().any(|(name, _)| name == key) || meta.iter().filter(|(name, _)| name == key).count() > 1;
        if taken || key.eq_ignore_ascii_case("key") {
            return Err(unwritable(key, "est donné deux fois dans META"));
        }
        plain(key, "ne peut pas être une clé de META")?;
        row(&mut text, [*key, value.trim()].into_iter());
    }
    for (key, value) in &own {
        row(&mut text, [*key, value.as_str()].into_iter());
    }
    project_rows(&mut text, election)?;
    ballot_rows(&mut text, election);
    Ok(text)
}

fn unwritable(text: &str, reason: &'static str) -> CountError {
    CountError::Unwritable { text: text.to_owned(), reason }
}

/// Refuses what a reader would cut, or pass over.
fn plain(text: &str, reason: &'static str) -> Result<(), CountError> {
    let wrong = text.is_empty() || text.trim() != text || text.contains([',', ';', '"', '\n', '\r', '\u{feff}']);
    if wrong { Err(unwritable(text, reason)) } else { Ok(()) }
}

fn project_rows(text: &mut String, election: &Election) -> Result<(), CountError> {
    let (votes, points) = (election.votes(), election.points());
    let projects = &election.projects;
    for project in projects {
        plain(&project.id, "ne peut pas être un identifiant")?;
        if ["META", "PROJECTS", "VOTES"].iter().any(|section| project.id.eq_ignore_ascii_case(section)) {
            return Err(unwritable(&project.id, "est le nom d’une partie du fichier"));
        }
        project.tags.iter().try_for_each(|tag| plain(tag, "ne peut pas être une étiquette"))?;
    }
    let text_of = |value: &Option<String>| value.as_deref().unwrap_or_default().trim().to_owned();
    let column = |name, cell: &dyn Fn(usize) -> String| -> (&'static str, Vec<String>) {
        (name, (0..projects.len()).map(cell).collect())
    };
    let flag = |selected: Option<bool>| selected.map_or("", |yes| if yes { "1" } else { "0" }).to_owned();
    let mut columns = vec![
        column("project_id", &|at| projects[at].id.clone()),
        column("cost", &|at| election.amount(projects[at].cost)),
        column("votes", &|at| votes[at].to_string()),
    ];
    if election.kind.has_points() {
        columns.push(column("score", &|at| points[at].to_string()));
    }
    columns.push(column("name", &|at| projects[at].name.trim().to_owned()));
    let optional = [
        column("canton", &|at| text_of(&projects[at].territory)),
        column("category", &|at| projects[at].tags.join(",")),
        column("bearer", &|at| text_of(&projects[at].bearer)),
        column("selected", &|at| flag(projects[at].selected)),
    ];
    columns.extend(optional.into_iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())));
    text.push_str("PROJECTS\n");
    row(text, columns.iter().map(|(name, _)| *name));
    for at in 0..projects.len() {
        row(text, columns.iter().map(|(_, cells)| cells[at].as_str()));
    }
    Ok(())
}

fn ballot_rows(text: &mut String, election: &Election) {
    let ballots = &election.ballots;
    let points = election.kind.has_points();
    text.push_str(if points { "VOTES\nvoter_id;vote;points\n" } else { "VOTES\nvoter_id;vote\n" });
    let mut voter = 0_u64;
    let mut write = |group: usize| {
        voter += 1;
        let mut choices: Vec<Choice> = ballots.group(group).to_vec();
        if election.kind == BallotKind::Ordinal {
            choices.sort_by_key(|choice| std::cmp::Reverse(choice.points));
        }
        let ids: Vec<&str> = choices.iter().map(|c| election.projects[c.project as usize].id.as_str()).collect();
        let given: Vec<String> = choices.iter().map(|c| c.points.to_string()).collect();
        let cells = [voter.to_string(), ids.join(","), given.join(",")];
        row(text, cells[..if points { 3 } else { 2 }].iter().map(String::as_str));
    };
    if ballots.group_of().len() as u64 == ballots.total() {
        ballots.group_of().iter().for_each(|group| write(*group as usize));
    } else {
        for group in 0..ballots.groups() {
            (0..ballots.weight(group)).for_each(|_| write(group));
        }
    }
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
