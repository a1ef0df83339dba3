//! CSV and TSV: a row per entry, the first row the titles of the columns (see `columns`).
//!
//! The separator is the tab, semicolon or comma that the first line that is not blank holds most of. Without titles, two
//! columns are headword and definition. U+2028 in a field separates its lines where a row must stay a line.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::super::check::reading;
use super::super::finding::Findings;
use super::columns::{Column, Titles, are_sure};
use super::paragraph::ParagraphBuilder;
use super::source::SourceText;
use super::unread::Unread;
use super::{Format, Reader, entry_place, is_comment, listed, name};
use crate::glossary::{Entry, StatedRelation};

pub(super) const FORMAT: Format = Format {
    name: "csv",
    what: "CSV or TSV with a row of titles: term, definition, …",
    suffixes: &["csv", "tsv", "tab", "txt"],
    looks_like,
    example: "\
term,definition,see also
mole,\"A wall in the sea, of stone.\",quay
quay,Where ships are tied.,
",
    read: Reader::Each(read),
};

fn looks_like(text: &str) -> bool {
    let titles = first_row(text);
    let titles: Vec<&str> = titles.iter().map(|title| &**title).collect();
    let is_row = |line: &str| line.contains('\t');
    let is_table = || text.lines().take(20).filter(|line| !line.is_empty()).all(is_row);
    Titles::default().columns(&titles).is_some() && (are_sure(&titles) || is_table())
}

fn first_row(text: &str) -> Vec<String> {
    let row = rows(text).next().and_then(Result::ok);
    row.map(|row| row.iter().map(|field| unquoted(field).to_string()).collect()).unwrap_or_default()
}

/// The rows but for comments to `kenning check`.
fn rows(text: &str) -> impl Iterator<Item = csv::Result<StringRecord>> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    // Parts between quotation marks are fields.
    let outside: String = first.split('"').step_by(2).collect();
    let count = |separator: &u8| outside.bytes().filter(|byte| byte == separator).count();
    let separator = [b',', b';', b'\t'].into_iter().max_by_key(count).unwrap_or(b',');
    let mut builder = ReaderBuilder::new();
    builder.delimiter(separator).has_headers(false).flexible(true);
    let is_comment = |row: &StringRecord| row.get(0).is_some_and(is_comment);
    builder.from_reader(text.as_bytes()).into_records().filter(move |row| !row.as_ref().is_ok_and(is_comment))
}

/// The titles are in one of the first rows: rows of one field, a name and a version of the list, may be above.
const TITLES_WITHIN: usize = 10;

/// The row of titles, what its columns hold, and how many rows are above it.
fn find_titles(file: &SourceText) -> Option<(Vec<String>, Vec<Column>, usize)> {
    for (above, row) in rows(file.text).take(TITLES_WITHIN).enumerate() {
        let row = row.ok()?;
        let titles: Vec<String> = row.iter().map(|field| unquoted(field).to_string()).collect();
        let columns = file.titles.columns(&titles.iter().map(String::as_str).collect::<Vec<_>>());
        let filled = titles.iter().filter(|title| !title.is_empty()).count();
        match columns {
            // Below the first row, a sentence may hold a word of a title.
            Some(columns) if above == 0 || are_sure(&titles.iter().map(String::as_str).collect::<Vec<_>>()) => {
                return Some((titles, columns, above));
            }
            _ if filled > 1 => return None,
            _ => {}
        }
    }
    None
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let found = find_titles(file);
    let above = found.as_ref().map_or(0, |(_, _, above)| *above);
    let (first, titled) = found.map_or((Vec::new(), None), |(titles, columns, _)| (titles, Some(columns)));
    let mut unread_text = Unread::default();
    let columns = match &titled {
        Some(columns) => columns.clone(),
        None => {
            let help = "write a first row of titles: term,definition";
            let why = "the first column is taken for the headword, the second for the definition";
            findings.warning(&file.place(0..0), "no row of titles", why, Some(help.into()));
            vec![Column::Headword, Column::Definition]
        }
    };
    let mut last = 0;
    let mut entries = Vec::new();
    let mut unread = vec![false; columns.len()];
    let mut surplus = Surplus::default();
    for (number, row) in rows(file.text).enumerate().take_while(|_| file.goes_on()) {
        match row {
            Ok(row) if number < above => {
                let line = file.line(row.position().map_or(0, |position| position.byte() as usize));
                unread_text.text(line, &row.iter().collect::<Vec<_>>().join(" "));
            }
            Ok(_) if number == above && titled.is_some() => {}
            Ok(row) => {
                last = row.position().map_or(0, |position| position.byte() as usize);
                surplus.note(&row, last, columns.len());
                for (field, (column, unread)) in std::iter::zip(&row, columns.iter().zip(&mut unread)) {
                    *unread |= *column == Column::Other && !field.trim().is_empty();
                }
                match entry(&row, last, &columns, file) {
                    Some(entry) => entries.push(entry),
                    None if row.iter().all(|field| field.trim().is_empty()) => {}
                    None => {
                        let end = file.text[last..].trim_start().len();
                        let at = file.text.len() - end;
                        findings.found(
                            &reading::NOT_READ,
                            &file.place(at..at),
                            "a row without a term and a definition",
                        );
                    }
                }
            }
            Err(error) => {
                findings.error(
                    &file.place(last..last),
                    format!("a row that cannot be read: {error}"),
                    "it is left out",
                    None,
                );
            }
        }
    }
    surplus.report(file, findings);
    unread_text.report(&entries, file, findings);
    let titles = rows(file.text).nth(above).and_then(Result::ok).and_then(|row| Some(row.position()?.byte() as usize));
    let titles = titles.map_or(0, |at| file.text.len() - file.text[at..].trim_start().len());
    for (title, _) in std::iter::zip(&first, unread).filter(|(_, unread)| *unread) {
        let what = format!("column '{title}' is not read");
        findings.found(&reading::COLUMN, &file.place(titles..titles), what);
    }
    if file.text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        let why = "a row may hold what belongs to the next ones";
        findings.warning(&file.place(last..last), "a quotation mark without its partner", why, None);
    }
    entries
}

/// Fields of rows that are longer than the row of titles: often a comma in a text that is not quoted.
#[derive(Default)]
struct Surplus {
    rows: usize,
    first: usize,
    /// Those of the first one, between quotation marks.
    fields: String,
}

impl Surplus {
    fn note(&mut self, row: &StringRecord, at: usize, columns: usize) {
        let fields: Vec<&str> = row.iter().skip(columns).map(str::trim).filter(|field| !field.is_empty()).collect();
        if fields.is_empty() {
            return;
        }
        if self.rows == 0 {
            (self.first, self.fields) = (at, fields.join("', '"));
        }
        self.rows += 1;
    }

    fn report(&self, file: &SourceText, findings: &mut Findings) {
        let at = file.text.len() - file.text[self.first..].trim_start().len();
        let what = match self.rows {
            0 => return,
            1 => format!("a row with more fields than titles; not read: '{}'", self.fields),
            rows => format!("{rows} rows with more fields than titles; not read here: '{}'", self.fields),
        };
        let help = "put a text with a separator in it between quotation marks, or give the column a title";
        findings.warning(&file.place(at..at), what, "what it says is not in the glossary", Some(help.into()));
    }
}

fn entry(row: &StringRecord, at: usize, columns: &[Column], file: &SourceText) -> Option<Entry> {
    // The reader counts blank lines above a row as part of it.
    let blank = file.text.get(at..).map_or(0, |rest| rest.len() - rest.trim_start_matches('\n').len());
    let mut line = file.line(at + blank);
    let mut entry = Entry { place: entry_place(&file.path, line), ..Entry::default() };
    for (field, column) in std::iter::zip(row, columns) {
        let text = unquoted(field);
        if !text.is_empty() {
            fill(&mut entry, column, &text, line);
        }
        line += field.matches('\n').count();
    }
    (!entry.headwords.is_empty() || !entry.paragraphs.is_empty()).then_some(entry)
}

fn fill(entry: &mut Entry, column: &Column, text: &str, line: usize) {
    match column {
        Column::Headword => entry.headwords.push(name(one_line(text))),
        Column::OtherNames => entry.other_names.extend(listed(text).map(name)),
        Column::Definition => {
            // Paragraphs of a field are lines of it.
            for (number, row) in text.split('\n').enumerate() {
                for part in row.split('\u{2028}') {
                    let mut builder = ParagraphBuilder::default();
                    builder.push(part, line + number);
                    entry.paragraphs.extend(builder.finish());
                }
            }
        }
        Column::Identifier => entry.identifier = Some(text.into()),
        Column::Kind => entry.kinds.extend(listed(text).map(str::to_string)),
        Column::Relation(relation) => entry.relations.extend(listed(text).map(|target| StatedRelation {
            relation: relation.to_string(),
            target: target.into(),
            evidence: text.into(),
            line,
            file: None,
        })),
        Column::Link => entry.link = Some(text.into()),
        Column::Nothing | Column::Other => {}
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A field whose quotation marks have spaces before them is not unquoted by the rules of CSV.
fn unquoted(field: &str) -> Cow<'_, str> {
    let field = field.trim();
    match field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) => Cow::Owned(inside.replace("\"\"", "\"").trim().to_string()),
        None => Cow::Borrowed(field),
    }
}
