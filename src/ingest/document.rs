//! TOML text → [`Document`]: the rows of a graph folder as written, each with its place.
//!
//! Read by hand from the parsed tables instead of through serde, so that a broken row is reported with its place and
//! the rows around it are still read.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::SourceFile;
use super::finding::{Findings, Place};
use crate::graph::{Effect, FailureDirection, RelationSemantics};

/// Everything a folder says.
#[derive(Default)]
pub(super) struct Document<'a> {
    pub types: Vec<TypeRow>,
    pub terms: Vec<Term<'a>>,
    pub relations: Vec<Relation<'a>>,
}

pub(super) struct TypeRow {
    pub place: Place,
    pub semantics: RelationSemantics,
}

pub(super) struct Term<'a> {
    pub name: Text<'a>,
    pub aliases: Vec<Text<'a>>,
    pub labels: Vec<Text<'a>>,
    pub definition: Option<Text<'a>>,
    pub source: Option<Text<'a>>,
    pub entry: Option<Text<'a>>,
}

pub(super) struct Relation<'a> {
    pub place: Place,
    pub from: Text<'a>,
    pub relation: Text<'a>,
    pub to: Text<'a>,
    pub evidence: Option<Text<'a>>,
    pub source: Option<Text<'a>>,
}

pub(super) struct Text<'a> {
    pub text: Cow<'a, str>,
    pub place: Place,
}

const LEFT_OUT: &str = "the row is left out";

/// Reads every row that can be read.
pub(super) fn parse<'a>(files: &'a [SourceFile<'a>], findings: &mut Findings) -> Document<'a> {
    let mut document = Document::default();
    for (number, file) in files.iter().enumerate() {
        read_text(&mut document, number, file.text, findings);
    }
    document
}

/// Reads the rows of the file with the given number.
pub(super) fn read_text<'a>(document: &mut Document<'a>, number: usize, text: &'a str, findings: &mut Findings) {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let place = Place { file: number, start: span.start, end: span.end };
        findings.error(&place, format!("not TOML: {}", error.message()), "what it belongs to is not read", None);
    }
    // What follows from a syntax error would only hide it.
    if errors.is_empty() {
        read_file(document, number, table.into_inner(), findings);
    }
}

fn read_file<'a>(document: &mut Document<'a>, file: usize, table: DeTable<'a>, findings: &mut Findings) {
    for (key, value) in table {
        let place = place(file, key.span());
        let kind = key.into_inner();
        if !["type", "term", "relation"].contains(&&*kind) {
            let help = "the tables of a graph folder are [[type]], [[term]] and [[relation]]".to_string();
            findings.error(&place, format!("unknown table '{kind}'"), "nothing in it is read", Some(help));
            continue;
        }
        let DeValue::Array(rows) = value.into_inner() else {
            let help = format!("write [[{kind}]] with two brackets: each row is a table of its own");
            findings.error(&place, format!("'{kind}' is not a list of tables"), "nothing in it is read", Some(help));
            continue;
        };
        for row in rows {
            let Some(row) = Row::new(file, row, findings) else { continue };
            match &*kind {
                "type" => document.types.extend(type_row(row, findings)),
                "term" => document.terms.extend(term(row, findings)),
                _ => document.relations.extend(relation(row, findings)),
            }
        }
    }
}

fn term<'a>(mut row: Row<'a>, findings: &mut Findings) -> Option<Term<'a>> {
    let term = Term {
        aliases: row.texts("aliases", findings),
        labels: row.texts("labels", findings),
        definition: row.text("definition", findings),
        source: row.text("source", findings),
        entry: row.text("entry", findings),
        name: row.required("name", findings)?,
    };
    row.finish(&["name", "aliases", "labels", "definition", "source", "entry"], findings);
    Some(term)
}

fn relation<'a>(mut row: Row<'a>, findings: &mut Findings) -> Option<Relation<'a>> {
    let (from, relation, to) =
        (row.required("from", findings), row.required("type", findings), row.required("to", findings));
    let relation = Relation {
        place: row.place.clone(),
        evidence: row.text("evidence", findings),
        source: row.text("source", findings),
        from: from?,
        relation: relation?,
        to: to?,
    };
    row.finish(&["from", "type", "to", "evidence", "source"], findings);
    Some(relation)
}

fn type_row(mut row: Row, findings: &mut Findings) -> Option<TypeRow> {
    let name = row.required("name", findings);
    let phrase = row.required("phrase", findings);
    let inverse = row.required("inverse", findings);
    let inverse_phrase = row.required("inverse_phrase", findings);
    let failures =
        [("along", FailureDirection::Along), ("against", FailureDirection::Against), ("none", FailureDirection::None)];
    let failure = row.required("failure", findings);
    let failure = failure.and_then(|text| choice(&text, &failures, findings));
    let effects = [("fails", Effect::Fails), ("degrades", Effect::Degrades)];
    let effect = row.text("effect", findings).and_then(|text| choice(&text, &effects, findings));
    let orders = row.text("orders", findings).and_then(|text| choice(&text, &failures, findings));
    let semantics = RelationSemantics {
        orders: orders.unwrap_or_default(),
        symmetric: row.boolean("symmetric", findings),
        transitive: row.boolean("transitive", findings),
        description: row.text("description", findings).map(|text| text.text.into_owned()).unwrap_or_default(),
        kind_of: row.texts("kind_of", findings).into_iter().map(|text| text.text.into_owned()).collect(),
        effect: effect.unwrap_or_default(),
        name: name?.text.into_owned(),
        phrase: phrase?.text.into_owned(),
        inverse: inverse?.text.into_owned(),
        inverse_phrase: inverse_phrase?.text.into_owned(),
        failure: failure?,
    };
    let place = row.place.clone();
    let known = [
        "name",
        "phrase",
        "inverse",
        "inverse_phrase",
        "symmetric",
        "transitive",
        "failure",
        "effect",
        "orders",
        "kind_of",
        "description",
    ];
    row.finish(&known, findings);
    Some(TypeRow { place, semantics })
}

fn choice<T: Copy>(text: &Text, choices: &[(&str, T)], findings: &mut Findings) -> Option<T> {
    let found = choices.iter().find(|(word, _)| *word == text.text).map(|(_, choice)| *choice);
    if found.is_none() {
        let words = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        findings.error(
            &text.place,
            format!("\"{}\" is not one of {words}", text.text),
            "tracing could not follow the type",
            None,
        );
    }
    found
}

/// A table whose fields are taken one by one.
struct Row<'a> {
    file: usize,
    place: Place,
    fields: DeTable<'a>,
}

impl<'a> Row<'a> {
    fn new(file: usize, row: Spanned<DeValue<'a>>, findings: &mut Findings) -> Option<Row<'a>> {
        let place = place(file, row.span());
        match row.into_inner() {
            DeValue::Table(fields) => Some(Row { file, place, fields }),
            _ => {
                findings.error(&place, "a row must be a table", LEFT_OUT, None);
                None
            }
        }
    }

    fn take(&mut self, key: &str) -> Option<Spanned<DeValue<'a>>> {
        self.fields.remove(key)
    }

    fn required(&mut self, key: &str, findings: &mut Findings) -> Option<Text<'a>> {
        if !self.fields.contains_key(key) {
            findings.error(&self.place, format!("'{key}' is missing"), LEFT_OUT, None);
            return None;
        }
        let text = self.text(key, findings)?;
        if text.text.trim().is_empty() {
            findings.error(&text.place, format!("'{key}' is empty"), LEFT_OUT, None);
            return None;
        }
        Some(text)
    }

    fn text(&mut self, key: &str, findings: &mut Findings) -> Option<Text<'a>> {
        let value = self.take(key)?;
        text(self.file, value, || format!("'{key}' must be a string"), findings)
    }

    fn texts(&mut self, key: &str, findings: &mut Findings) -> Vec<Text<'a>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let place = place(self.file, value.span());
        let wrong = || format!("'{key}' must be a list of strings");
        match value.into_inner() {
            DeValue::Array(items) => {
                items.into_iter().filter_map(|item| text(self.file, item, wrong, findings)).collect()
            }
            _ => {
                findings.error(&place, wrong(), "the field is left out", None);
                Vec::new()
            }
        }
    }

    fn boolean(&mut self, key: &str, findings: &mut Findings) -> bool {
        let Some(value) = self.take(key) else { return false };
        let place = place(self.file, value.span());
        value.into_inner().as_bool().unwrap_or_else(|| {
            findings.error(&place, format!("'{key}' must be true or false"), "it counts as false", None);
            false
        })
    }

    /// Reports the fields that nobody took.
    fn finish(self, known: &[&str], findings: &mut Findings) {
        for key in self.fields.keys() {
            let help = format!("the fields are {}", known.join(", "));
            let what = format!("unknown field '{}'", key.get_ref());
            findings.error(&place(self.file, key.span()), what, "the field is left out", Some(help));
        }
    }
}

fn text<'a>(
    file: usize,
    value: Spanned<DeValue<'a>>,
    wrong: impl Fn() -> String,
    findings: &mut Findings,
) -> Option<Text<'a>> {
    let place = place(file, value.span());
    match value.into_inner() {
        DeValue::String(text) => Some(Text { text, place }),
        _ => {
            findings.error(&place, wrong(), "the field is left out", None);
            None
        }
    }
}

fn place(file: usize, span: std::ops::Range<usize>) -> Place {
    Place { file, start: span.start, end: span.end }
}
