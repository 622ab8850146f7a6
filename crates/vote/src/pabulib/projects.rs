//! `PROJECTS`: identifiers, costs, territories, tags, bearers.

use std::borrow::Cow;

use super::cells::cells;
use super::ids::Ids;
use super::leniencies::Reports;
use super::meta::{MetaEntry, amount, ballot_kind, decimal, entry};
use super::rows::{Rows, check_section, header, is_section};
use super::{ReadError, error};
use crate::election::{Election, Project};

/// Column names, and rows with their lines.
pub(super) type Table<'a> = (Vec<String>, Vec<(usize, Vec<Cow<'a, str>>)>);

/// Columns that are read, or that published files carry.
const KNOWN: [&str; 21] = [
    "project_id",
    "cost",
    "votes",
    "score",
    "name",
    "category",
    "target",
    "beneficiaries",
    "selected",
    "latitude",
    "longitude",
    "canton",
    "district",
    "neighborhood",
    "subunit",
    "bearer",
    "porteur",
    "proposer",
    "public_id",
    "description",
    "",
];
/// Most projects of a vote: each costs some hundreds of bytes, however short its row.
const MOST_PROJECTS: usize = 50_000;

pub(super) fn read_table<'a>(rows: &mut Rows<'a>, end: &str, report: &mut Reports) -> Result<Table<'a>, ReadError> {
    let columns = header(rows, "PROJECTS", &KNOWN, report)?;
    let mut table = Vec::new();
    while let Some((line, row)) = rows.next()? {
        if is_section(row, end) {
            check_section(line, row, end, report);
            return Ok((columns, table));
        }
        if table.len() == MOST_PROJECTS {
            return Err(error(line, format!("il y a plus de {MOST_PROJECTS} projets.")));
        }
        let cells: Vec<_> = cells(row).take(columns.len() + 1).collect();
        if cells.len() < columns.len() {
            report.add(line, "moins de cases que de colonnes : les dernières sont vides");
        }
        table.push((line, cells));
    }
    Err(error(rows.line + 1, format!("le fichier s’arrête avant la section {end}. Est-il entier ?")))
}

/// The tags of some lists, each once.
fn tags_of(lists: impl Iterator<Item = String>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for list in lists {
        for tag in list.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|other| other == tag) {
                tags.push(tag.to_owned());
            }
        }
    }
    tags
}

pub(super) fn projects(
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
    // Whom a project is for is a tag too: a sub-envelope may be kept for the young.
    let tags = [find(&["category"]), find(&["beneficiaries", "target"])];
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
            tags: tags_of(tags.iter().filter_map(|column| cell(row, *column))),
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
