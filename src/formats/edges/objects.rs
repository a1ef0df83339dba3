//! Edge lists in JSON: an array of objects, or an object a line. Each object is a row, its members are the columns.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::super::json::Json;
use super::columns::{Plan, guess, is_weak, plan};
use super::rows::{Cells, Place, Rows};
use super::{Format, MOST_COLUMNS, Problem, Sheet};
use crate::graph::Value;

pub(in super::super) const JSON_EDGES_FORMAT: Format = Format {
    name: "json-edges",
    what: "an edge list in JSON: an array of objects, each a relation, or a thing and what it needs",
    made_by: "",
    names: &["*.json"],
    looks_like: |probe| probe.starts_with('[') && first_item(probe.head).is_some_and(|first| is_edge(&members(first))),
    example: "[\n  {\"source\": \"web\", \"target\": \"api\", \"weight\": 3},\n  {\"source\": \"api\", \"target\": \"database\"}\n]\n",
    read: |sheet| {
        let json = Json::parse(sheet.text)?;
        if !json.is_array() {
            return Err(Problem::at(1, "not an array of objects"));
        }
        let rows = json.items();
        sheet.charge(rows.len() * size_of::<Json>())?;
        read(sheet, rows)
    },
};

pub(in super::super) const JSON_LINES_FORMAT: Format = Format {
    name: "json-lines",
    what: "an edge list in JSON lines: an object a line, each a relation, or a thing and what it needs",
    made_by: "",
    names: &["*.jsonl", "*.ndjson", "*.jsonlines"],
    looks_like: |probe| {
        let line = probe.lines().next().filter(|line| line.starts_with('{') && line.ends_with('}'));
        line.and_then(|line| Json::parse(line).ok()).is_some_and(|first| is_edge(&members(first)))
    },
    example: "{\"source\": \"web\", \"target\": \"api\", \"weight\": 3}\n{\"source\": \"api\", \"target\": \"database\"}\n",
    read: |sheet| {
        let mut rows = Vec::new();
        for (at, line) in sheet.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            sheet.tick()?;
            sheet.charge(size_of::<Json>())?;
            rows.push(Json::parse(line).map_err(|problem| at_line(problem, at + 1))?);
        }
        read(sheet, rows)
    },
};

type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

fn members(json: Json) -> Members {
    json.members()
}

/// A problem of one line's text is at that line of the file.
fn at_line(problem: Problem, line: usize) -> Problem {
    match problem {
        Problem::Wrong(mut wrong) => {
            wrong.line = line;
            // The line that it ends in is that of the text of one row.
            wrong.what.truncate(wrong.what.find(" at line ").unwrap_or(wrong.what.len()));
            Problem::Wrong(wrong)
        }
        Problem::Stopped(error) => Problem::Stopped(error),
    }
}

/// The first item of an array whose end need not be there.
fn first_item(head: &str) -> Option<Json<'_>> {
    let inside = head.trim_start().strip_prefix('[')?;
    let first = serde_json::Deserializer::from_str(inside).into_iter::<&RawValue>().next()?.ok()?;
    Json::parse(first.get()).ok()
}

fn is_edge(members: &[(Cow<str>, Json)]) -> bool {
    let headings: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
    let Some(plan) = guess(&headings) else { return false };
    let is_name = |column: &usize| {
        let text = members.get(*column).and_then(|(_, json)| json.as_str());
        text.is_some_and(|text| text.contains(char::is_alphabetic))
    };
    match &plan {
        // Times and prices are under such headings, too.
        Plan::Relations { start, end, .. } if is_weak(&plan, &headings) => is_name(start) && is_name(end),
        Plan::Relations { .. } => true,
        // `"requires": true` names nothing.
        Plan::Things { lists, .. } => lists.iter().any(|list| members[list.column].1.as_bool().is_none()),
    }
}

/// The names of all members in the order first seen.
fn headings(sheet: &Sheet, rows: &[Json]) -> Result<(Vec<String>, HashMap<String, usize>), Problem> {
    let (mut headings, mut numbers) = (Vec::new(), HashMap::new());
    for row in rows {
        if !row.is_object() {
            let what = "not an object";
            return Err(Problem::at(sheet.line_of(row.text()), what).help("each row is {\"source\": …, \"target\": …}"));
        }
        for (name, _) in row.members() {
            sheet.tick()?;
            if !numbers.contains_key(&*name) {
                numbers.insert(name.to_string(), headings.len());
                headings.push(name.into_owned());
            }
        }
        if headings.len() > MOST_COLUMNS {
            let what = format!("the objects have more than {MOST_COLUMNS} different members");
            return Err(Problem::at(sheet.line_of(row.text()), what).help("an edge list has a few columns"));
        }
    }
    Ok((headings, numbers))
}

fn read(sheet: &mut Sheet, rows: Vec<Json>) -> Result<(), Problem> {
    if rows.is_empty() {
        return Err(Problem::at(0, "there is no row"));
    }
    let (headings, numbers) = headings(sheet, &rows)?;
    let names: Vec<&str> = headings.iter().map(String::as_str).collect();
    let plan = plan(sheet, &names)?;
    let mut stated = Rows::new(headings.clone(), plan);
    for row in &rows {
        stated.learn(sheet, &Object::new(*row, &numbers))?;
    }
    for row in rows {
        let place = Place { line: sheet.line_of(row.text()), evidence: row.text() };
        stated.row(sheet, &Object::new(row, &numbers), place)?;
    }
    stated.finish(sheet);
    Ok(())
}

/// A row: the members by the numbers of their columns.
struct Object<'a>(Vec<(usize, Json<'a>)>);

impl<'a> Object<'a> {
    fn new(row: Json<'a>, numbers: &HashMap<String, usize>) -> Object<'a> {
        let numbered = |(name, json): (Cow<str>, Json<'a>)| Some((*numbers.get(&*name)?, json));
        Object(row.members().into_iter().filter_map(numbered).collect())
    }

    fn get(&self, column: usize) -> Option<Json<'a>> {
        self.0.iter().rev().find(|(known, _)| *known == column).map(|(_, json)| *json)
    }
}

/// A name: a text or number, or that of an object (D3 puts nodes in the place of their ids).
fn name(json: Json) -> Cow<str> {
    let inner = || json.get("id").or_else(|| json.get("name")).and_then(|inner| inner.as_text());
    match json.as_text().or_else(inner) {
        Some(Cow::Borrowed(text)) => Cow::Borrowed(text.trim()),
        Some(Cow::Owned(text)) => Cow::Owned(text.trim().to_string()),
        None => Cow::Borrowed(""),
    }
}

impl Cells for Object<'_> {
    fn columns(&self) -> Vec<usize> {
        self.0.iter().map(|(column, _)| *column).collect()
    }

    fn text(&self, column: usize) -> Cow<'_, str> {
        self.get(column).map(name).unwrap_or_default()
    }

    fn list(&self, column: usize) -> Vec<Cow<'_, str>> {
        let Some(json) = self.get(column) else { return Vec::new() };
        let names = if json.is_array() { json.items() } else { vec![json] };
        names.into_iter().map(name).filter(|name| !name.is_empty()).collect()
    }

    fn value(&self, column: usize) -> Value {
        match self.get(column) {
            Some(json) if json.is_null() => Value::Null,
            // What a property cannot hold is kept as it is written.
            Some(json) => json.as_value().unwrap_or_else(|| Value::from(json.text())),
            None => Value::Null,
        }
    }
}
