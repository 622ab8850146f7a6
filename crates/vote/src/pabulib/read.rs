//! The reader: sections in order, each with its own module.

use super::leniencies::{End, Reports, check_totals};
use super::meta::{announced, ballot_rules, entry, not_applied, read_meta};
use super::projects::{projects, read_table};
use super::rows::{Rows, decode, section};
use super::votes::VoteReader;
use super::{Document, ReadError, ReadOptions, error};

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
/// Time grows with the file. Memory stays under ten times its size for a file of ballots; a project costs some hundreds of
/// bytes, however short its row, so there are at most 50,000. Past 64 kB of ballots, a second thread groups them while
/// the first one reads.
///
/// # Errors
/// [`ReadError`] names the line and says what to do.
pub fn read(bytes: &[u8], options: ReadOptions) -> Result<Document<'_>, ReadError> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(error(1, "ce fichier dépasse 4 Go : il ne peut pas être compté."));
    }
    let text = decode(bytes)?;
    let mut rows = Rows::new(text);
    let mut report = Reports::default();
    if bytes.len() > text.len() {
        report.add(1, "une marque d’ordre des octets (BOM) au début du fichier, passée");
    }
    section(&mut rows, "META", &mut report)?;
    let meta = read_meta(&mut rows, &mut report)?;
    let (project_columns, project_rows) = read_table(&mut rows, "VOTES", &mut report)?;
    let (election, ids) = projects(&meta, &project_columns, &project_rows, &mut report)?;
    let rules = ballot_rules(&meta, &election, &mut report)?;
    not_applied(&meta, options.limits, &mut report)?;
    let announced_votes = announced(&meta, "num_votes")?;
    if let Some(count) = announced(&meta, "num_projects")?.filter(|count| *count != project_rows.len()) {
        let line = entry(&meta, "num_projects").map_or(1, |entry| entry.line);
        report.add(line, format!("META annonce {count} projets, il y en a {}", project_rows.len()));
    }
    let lines: Vec<usize> = project_rows.iter().map(|(line, _)| *line).collect();
    let mut document = Document {
        election,
        meta: meta.into_iter().map(|entry| (entry.key, entry.value)).collect(),
        rules,
        project_columns,
        project_rows: project_rows.into_iter().map(|(_, row)| row).collect(),
        vote_columns: Vec::new(),
        vote_text: "",
        first_vote: 1,
        territories: Vec::new(),
        territory_of: Vec::new(),
        void: Vec::new(),
        leniencies: Vec::new(),
    };
    let whole = text.ends_with('\n');
    let reader = VoteReader {
        rows,
        ids,
        options,
        whole,
        announced: announced_votes,
        report: &mut report,
        document: &mut document,
    };
    let end = End { line: reader.read()?, line_end: whole, announced: announced_votes.is_some() };
    check_totals(&document, &lines, &end, &mut report)?;
    document.leniencies = report.finish();
    Ok(document)
}
