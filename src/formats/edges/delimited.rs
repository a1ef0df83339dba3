//! Edge lists in CSV: the separator is the comma, semicolon, tab or bar that the first line holds most of.

use std::borrow::Cow;
use std::collections::HashSet;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::columns::{Plan, guess, is_of_others, is_weak, plan};
use super::rows::{Cells, Place, Rows};
use super::{Format, MOST_COLUMNS, Probe, Problem, Sheet};
use crate::graph::Value;

pub(in super::super) const FORMAT: Format = Format {
    name: "csv-edges",
    what: "an edge list in CSV or TSV: a row a relation, or a row a thing and what it needs",
    made_by: "",
    names: &["*.csv", "*.tsv", "*.tab"],
    looks_like,
    example: "source,target,weight\nweb,api,3\napi,database,1\n",
    read,
};

fn records(text: &str) -> Reader<&[u8]> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let mut builder = ReaderBuilder::new();
    builder.delimiter(separator(first)).has_headers(false).flexible(true);
    if first.trim_start().starts_with('#') {
        builder.comment(Some(b'#'));
    }
    builder.from_reader(text.as_bytes())
}

fn separator(line: &str) -> u8 {
    // Parts between quotation marks are fields.
    let outside: String = line.split('"').step_by(2).collect();
    let count = |separator: &u8| outside.bytes().filter(|byte| byte == separator).count();
    // The last of those that are equally frequent is taken.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn looks_like(probe: &Probe) -> bool {
    if ['{', '[', '<'].iter().any(|sign| probe.starts_with(*sign)) {
        return false;
    }
    let mut rows = records(probe.head).into_records().map_while(Result::ok);
    let Some(first) = rows.next().filter(|first| first.len() > 1) else { return false };
    let headings: Vec<&str> = first.iter().map(str::trim).collect();
    match guess(&headings) {
        Some(plan) if is_weak(&plan, &headings) => rows.next().is_some_and(|row| holds_names(&plan, &row)),
        Some(_) => true,
        None if is_of_others(&headings) => false,
        None => FORMAT.names.iter().any(|name| probe.is_named(name)) && is_chain(&first, rows),
    }
}

/// Whether the ends are names rather than times or numbers.
fn holds_names(plan: &Plan, row: &StringRecord) -> bool {
    let Plan::Relations { start, end, .. } = plan else { return true };
    [start, end].iter().all(|end| row.get(**end).is_some_and(|cell| cell.contains(char::is_alphabetic)))
}

/// Two columns of short names without headings, one of which is in both columns.
fn is_chain(first: &StringRecord, rows: impl Iterator<Item = StringRecord>) -> bool {
    let (mut starts, mut ends) = (HashSet::new(), HashSet::new());
    for row in std::iter::once(first.clone()).chain(rows) {
        let (Some(start), Some(end), 2) = (row.get(0), row.get(1), row.len()) else { return false };
        if !is_name(start) || !is_name(end) {
            return false;
        }
        starts.insert(start.trim().to_string());
        ends.insert(end.trim().to_string());
    }
    starts.iter().any(|name| ends.contains(name))
}

fn is_name(cell: &str) -> bool {
    let words = cell.split_whitespace().count();
    (1..=3).contains(&words)
        && cell.len() <= 80
        && cell.contains(char::is_alphabetic)
        && !cell.trim_end().ends_with(['.', '!', '?'])
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let (headings, has_headings) = headings(sheet)?;
    let names: Vec<&str> = headings.iter().map(String::as_str).collect();
    let plan = plan(sheet, &names)?;
    let table = Table { columns: headings.len(), has_headings, kinds: kinds(sheet, &headings, has_headings)? };
    let mut rows = Rows::new(headings, plan);
    table.each(sheet, |sheet, cells, _| rows.learn(sheet, cells))?;
    table.each(sheet, |sheet, cells, line| rows.row(sheet, cells, Place { line, evidence: sheet.line_text(line) }))?;
    unclosed(sheet)?;
    rows.finish(sheet);
    Ok(())
}

/// The names of the columns, and whether the first row has them.
fn headings(sheet: &mut Sheet) -> Result<(Vec<String>, bool), Problem> {
    let mut record = StringRecord::new();
    if !next(sheet, &mut records(sheet.text), &mut record)? {
        return Err(Problem::at(0, "there is no row"));
    }
    let first: Vec<String> = record.iter().map(|heading| heading.trim().to_string()).collect();
    if first.len() > MOST_COLUMNS {
        let what = format!("{} columns, more than {MOST_COLUMNS}", first.len());
        return Err(Problem::at(1, what).help("an edge list has a few columns"));
    }
    match has_headings(sheet, &first) {
        true => Ok((first, true)),
        false => Ok(((1..=record.len()).map(|number| format!("column{number}")).collect(), false)),
    }
}

/// What is known of all rows.
struct Table {
    columns: usize,
    has_headings: bool,
    kinds: Vec<Kind>,
}

impl Table {
    /// Calls with each row and its line.
    fn each(
        &self,
        sheet: &mut Sheet,
        mut of: impl FnMut(&mut Sheet, &Fields, usize) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let (mut table, mut record) = (records(sheet.text), StringRecord::new());
        if self.has_headings {
            next(sheet, &mut table, &mut record)?;
        }
        while next(sheet, &mut table, &mut record)? {
            let line = line(sheet, &record);
            if record.len() > self.columns {
                let what = format!("{} fields where there are {} columns", record.len(), self.columns);
                return Err(Problem::at(line, what).help("put quotation marks around fields that hold the separator"));
            }
            of(sheet, &Fields { record: &record, kinds: &self.kinds }, line)?;
        }
        Ok(())
    }
}

fn next(sheet: &Sheet, table: &mut Reader<&[u8]>, record: &mut StringRecord) -> Result<bool, Problem> {
    sheet.tick()?;
    table.read_record(record).map_err(|error| {
        let line = error.position().map_or(0, |position| position.line() as usize);
        Problem::at(line, format!("a row that cannot be read: {error}"))
    })
}

/// The line of a record; the reader counts blank lines above a row as part of it.
fn line(sheet: &Sheet, record: &StringRecord) -> usize {
    let at = record.position().map_or(0, |position| position.byte() as usize);
    let blank = sheet.text.get(at..).map_or(0, |rest| rest.len() - rest.trim_start_matches('\n').len());
    sheet.line(at + blank)
}

/// A quotation mark that is never closed makes one field of the rest of the file.
fn unclosed(sheet: &Sheet) -> Result<(), Problem> {
    if memchr::memchr_iter(b'"', sheet.text.as_bytes()).count().is_multiple_of(2) {
        return Ok(());
    }
    let mut table = records(sheet.text);
    let (mut record, mut last) = (StringRecord::new(), StringRecord::new());
    while next(sheet, &mut table, &mut record)? {
        std::mem::swap(&mut record, &mut last);
    }
    match last.iter().any(|field| field.contains('\n')) {
        true => Err(Problem::at(line(sheet, &last), "a quotation mark is never closed")),
        false => Ok(()),
    }
}

/// Whether the first row names the columns: if nothing says so, its names must not come again.
fn has_headings(sheet: &mut Sheet, first: &[String]) -> bool {
    let names: Vec<&str> = first.iter().map(String::as_str).collect();
    if guess(&names).is_some() || sheet.options.from.is_some() || sheet.options.to.is_some() {
        return true;
    }
    const LOOKED_AT: usize = 1000;
    let ends = |row: StringRecord| row.iter().take(2).any(|cell| first.iter().take(2).any(|name| name == cell.trim()));
    let again = records(sheet.text).into_records().map_while(Result::ok).skip(1).take(LOOKED_AT).any(ends);
    let how = if again { "a row like the others" } else { "headings" };
    sheet.warn(1, format!("the first row is read as {how}"), Some("name the columns: source,target"));
    !again
}

/// What all cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Empty,
    Integer,
    Float,
    Boolean,
    Text,
}

/// A column is of the narrowest type that all its cells have; versions are text, as `1.10` is not `1.1`.
fn kinds(sheet: &Sheet, headings: &[String], has_headings: bool) -> Result<Vec<Kind>, Problem> {
    let is_version = |heading: &String| heading.to_lowercase().contains("version");
    let start = |heading| if is_version(heading) { Kind::Text } else { Kind::Empty };
    let mut kinds: Vec<Kind> = headings.iter().map(start).collect();
    let mut table = records(sheet.text);
    let mut record = StringRecord::new();
    if has_headings {
        next(sheet, &mut table, &mut record)?;
    }
    while next(sheet, &mut table, &mut record)? {
        for (kind, cell) in kinds.iter_mut().zip(&record) {
            *kind = wider(*kind, cell.trim());
        }
    }
    Ok(kinds)
}

fn wider(kind: Kind, cell: &str) -> Kind {
    match (kind, kind_of(cell)) {
        (Kind::Text, _) => Kind::Text,
        (kind, Kind::Empty) => kind,
        (Kind::Empty, of) => of,
        (Kind::Integer | Kind::Float, Kind::Float) | (Kind::Float, Kind::Integer) => Kind::Float,
        (kind, of) if kind == of => kind,
        (Kind::Integer | Kind::Float | Kind::Boolean, _) => Kind::Text,
    }
}

fn kind_of(cell: &str) -> Kind {
    let number = cell.strip_prefix('-').unwrap_or(cell);
    let is_padded = number.len() > 1 && number.starts_with('0') && !number.starts_with("0.");
    match cell {
        "" => Kind::Empty,
        "true" | "false" | "True" | "False" | "TRUE" | "FALSE" => Kind::Boolean,
        _ if is_padded || !number.starts_with(|c: char| c.is_ascii_digit()) => Kind::Text,
        _ if cell.parse::<i64>().is_ok() => Kind::Integer,
        // A number with more digits than a float holds would lose some.
        _ if number.len() <= 17 && cell.parse::<f64>().is_ok() => Kind::Float,
        _ => Kind::Text,
    }
}

struct Fields<'r> {
    record: &'r StringRecord,
    kinds: &'r [Kind],
}

impl Cells for Fields<'_> {
    fn columns(&self) -> Vec<usize> {
        (0..self.record.len()).collect()
    }

    fn text(&self, column: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.record.get(column).unwrap_or("").trim())
    }

    fn list(&self, column: usize) -> Vec<Cow<'_, str>> {
        let text = self.record.get(column).unwrap_or("").trim();
        let text = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        let name = |name: &'_ str| name.trim().trim_matches(['"', '\'']).to_string();
        text.split([',', ';', '\n']).map(name).filter(|name| !name.is_empty()).map(Cow::Owned).collect()
    }

    fn value(&self, column: usize) -> Value {
        let text = self.text(column);
        let typed = match self.kinds.get(column) {
            Some(Kind::Integer) => text.parse().ok().map(Value::Integer),
            Some(Kind::Float) => text.parse().ok().map(Value::Float),
            Some(Kind::Boolean) => text.to_lowercase().parse().ok().map(Value::Boolean),
            Some(Kind::Empty | Kind::Text) | None => None,
        };
        typed.unwrap_or_else(|| Value::from(&*text))
    }
}
