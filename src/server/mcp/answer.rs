//! An answer to a call: rows that were cut with a count, evidence, notes, and a text for people.

use std::collections::BTreeMap;

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value as Json, json};

use super::outcome::Outcome;
use super::values::{Detail, json, title};
use crate::diagnostic::{self, Diagnostic, Kind};
use crate::graph::Value;
use crate::limits::Budget;
use crate::render::{self, Style, clean};
use crate::result::{QueryResult, Shape};
use crate::server::{Host, Line, Request};
use crate::session::cut;

/// Rows of a table beyond this are not counted: an assistant needs to know that there are many.
const COUNTED: usize = 100_000;

/// Rows of more JSON than this are cut, whatever their number.
const BYTES: usize = 512 << 10;

/// The longest text for people. The structured content has all rows that are shown.
const TEXT: usize = 40_000;

/// Columns that the text may take.
const WIDTH: usize = 120;

/// What is asked of the graph.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) statement: String,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) writes: bool,
    pub(super) detail: Detail,
    /// Rows that are returned.
    pub(super) most: usize,
}

/// What is returned: the structured content, and the same as text.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) structured: Map<String, Json>,
    pub(super) text: String,
}

/// Rows with how many there are in all.
struct Taken {
    result: QueryResult,
    total: usize,
    total_is_exact: bool,
}

impl Question {
    /// A question that reads and returns all its rows.
    pub(super) fn reading(statement: impl Into<String>, parameters: &[(&str, Value)]) -> Question {
        let parameters = parameters.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        let statement = statement.into();
        Question { statement, parameters, writes: false, detail: Detail::Named, most: usize::MAX }
    }

    /// All rows of the answer, as they are.
    pub(super) fn result(&self, host: &Host, line: &mut Line) -> Result<QueryResult, Vec<Diagnostic>> {
        self.take(host, line).map(|taken| taken.result)
    }

    pub(super) fn ask(&self, host: &Host, line: &mut Line) -> Answer {
        match self.take(host, line) {
            Ok(taken) => self.answered(host, taken),
            Err(errors) => self.failed(host, line, &errors),
        }
    }

    fn take(&self, host: &Host, line: &mut Line) -> Result<Taken, Vec<Diagnostic>> {
        let request = Request {
            statement: self.statement.clone(),
            parameters: self.parameters.clone(),
            read_only: !self.writes,
            time: None,
        };
        let graph = host.database.snapshot();
        let was_open = line.in_transaction();
        let mut stream = line.run(&request)?;
        let (columns, shape) = (stream.columns().to_vec(), stream.shape());
        // The rows of a walk are all made at once, and which are shown depends on all.
        let first = if shape == Shape::Table { self.most } else { usize::MAX };
        let (rows, entities) = match line.pull(&mut stream, first)? {
            Some(batch) => (batch.rows, batch.entities),
            None => Default::default(),
        };
        let mut total = rows.len();
        // A statement that writes has made all its rows, and what it changed is known after the last.
        while self.writes || total <= COUNTED {
            let Some(more) = line.pull(&mut stream, 4_096)? else { break };
            total += more.rows.len();
        }
        let total_is_exact = stream.summary().is_some();
        let summary = stream.summary().cloned().unwrap_or_default();
        if line.in_transaction() && !was_open {
            line.rollback().map_err(|error| vec![error])?;
            return Err(vec![one_statement()]);
        }
        let mut result = QueryResult { columns, rows, shape, entities, ..QueryResult::default() };
        (result.changes, result.warnings, result.notes, result.plan) =
            (summary.changes, summary.warnings, summary.notes, summary.plan);
        let budget = Budget::start(&host.settings.statement);
        let name = |error| vec![error];
        let nodes = result.nodes(&budget).map_err(name)?;
        let spelling = |node| host.database.engine().spelling(&graph, node);
        result.entities = std::mem::take(&mut result.entities).told_apart(&nodes, &spelling, &budget).map_err(name)?;
        Ok(Taken { result, total, total_is_exact })
    }

    fn answered(&self, host: &Host, taken: Taken) -> Answer {
        let Taken { mut result, total, total_is_exact } = taken;
        let outcome = outcome(&result);
        let depth = self.cut(&mut result);
        let rows = self.rows(&mut result);
        let shown = rows.len();
        let mut notes = result.notes.clone();
        if shown < total {
            notes.insert(0, cut_note(shown, total, total_is_exact, depth));
        }
        let warnings: Vec<&str> = result.warnings.iter().map(|warning| warning.message.as_str()).collect();
        let mut structured = envelope(outcome, host, &notes);
        structured.insert("statement".into(), json!(self.statement));
        structured.insert("rows".into(), Json::Array(rows));
        structured.insert("shown".into(), json!(shown));
        structured.insert("total".into(), json!(total));
        structured.insert("total_is_exact".into(), json!(total_is_exact));
        structured.insert("complete".into(), json!(shown == total && total_is_exact));
        if !warnings.is_empty() {
            structured.insert("warnings".into(), json!(warnings));
        }
        if let Some(changes) = render::changes(&result.changes) {
            structured.insert("changes".into(), json!(changes));
        }
        if let Some(plan) = &result.plan {
            structured.insert("plan".into(), json!(plan));
        }
        Answer { outcome, structured, text: text(&result, outcome, &notes) }
    }

    /// Keeps the rows that are shown; the depth of the nearest row that a tree loses.
    fn cut(&self, result: &mut QueryResult) -> Option<usize> {
        if result.rows.len() <= self.most {
            return None;
        }
        let cut = cut(result, self.most);
        result.rows = result.rows.at(&cut.rows);
        cut.depth
    }

    /// The rows as objects, as many as there is room for; the result keeps no others.
    fn rows(&self, result: &mut QueryResult) -> Vec<Json> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        for at in 0..result.rows.len() {
            let row = self.row(result, at);
            bytes += row.to_string().len();
            if bytes > BYTES && !rows.is_empty() {
                result.rows = result.rows.up_to(rows.len());
                break;
            }
            rows.push(row);
        }
        rows
    }

    fn row(&self, result: &QueryResult, at: usize) -> Json {
        let mut row = Map::new();
        let said_in_columns = self.detail == Detail::Named && result.columns.iter().any(|column| column == "evidence");
        for (place, column) in result.columns.iter().enumerate() {
            let value = result.rows.value(at, place);
            // The way through hidden terms; without any it is the relationship itself.
            let says_nothing = matches!(&value, Value::List(items) if column == "support" && items.len() < 2);
            let Some(mut value) = json(&value, &*result.entities, self.detail).filter(|_| !says_nothing) else {
                continue;
            };
            if let Some(relationship) = value.as_object_mut().filter(|_| said_in_columns && column == "relationship") {
                relationship.shift_remove("evidence");
                relationship.shift_remove("source");
            }
            row.insert(column.clone(), value);
        }
        Json::Object(row)
    }

    fn failed(&self, host: &Host, line: &mut Line, errors: &[Diagnostic]) -> Answer {
        let outcome = Outcome::of(errors);
        let errors: Vec<Diagnostic> = errors.iter().map(|error| helped(error, host)).collect();
        let text: Vec<String> = errors.iter().map(|error| error.draw(&self.statement, false)).collect();
        let mut structured = envelope(outcome, host, &[]);
        let described = errors.iter().map(|error| described(error, &self.statement));
        structured.insert("statement".into(), json!(self.statement));
        structured.insert("errors".into(), described.collect());
        if outcome == Outcome::NoSuchTerm {
            let wanted = errors.first().and_then(|error| error.span).map_or("", |span| span.text(&self.statement));
            structured.insert("suggestions".into(), json!(suggestions(host, line, wanted)));
        }
        no_rows(&mut structured);
        Answer { outcome, structured, text: text.join("\n") }
    }
}

/// The error with what lets an assistant write, if that is what it wanted.
fn helped(error: &Diagnostic, host: &Host) -> Diagnostic {
    if error.detail != diagnostic::Detail::ReadOnly {
        return error.clone();
    }
    let help = match (host.settings.assistants_write, host.settings.http) {
        (true, _) => "this tool only reads; the tool `write` changes the graph, if your user may",
        (false, Some(_)) => "assistants only read here: whoever runs the server lets them write with --mcp-writes",
        (false, None) => "assistants only read here: kenning mcp lets them write if it is started with --allow-writes",
    };
    error.clone().help(help)
}

impl Answer {
    /// The answer to a call whose arguments do not fit.
    pub(super) fn invalid(host: &Host, problems: &[String]) -> Answer {
        let outcome = Outcome::InvalidArguments;
        let mut structured = envelope(outcome, host, &[]);
        let errors = problems.iter().map(|problem| json!({ "message": problem, "kind": Kind::ArgumentError.name() }));
        structured.insert("statement".into(), json!(""));
        structured.insert("errors".into(), errors.collect());
        no_rows(&mut structured);
        Answer { outcome, structured, text: problems.join("\n") }
    }

    /// The answer to a call whose arguments make no statement.
    pub(super) fn unreadable(host: &Host, errors: &[Diagnostic]) -> Answer {
        let problems: Vec<String> = errors.iter().map(|error| error.message.clone()).collect();
        Answer::invalid(host, &problems)
    }

    pub(super) fn into_result(self) -> CallToolResult {
        let value = Json::Object(self.structured);
        let mut result = match self.outcome.is_error() {
            true => CallToolResult::structured_error(value),
            false => CallToolResult::structured(value),
        };
        result.content = vec![ContentBlock::text(self.text)];
        result
    }
}

/// What every answer says.
pub(super) fn envelope(outcome: Outcome, host: &Host, notes: &[String]) -> Map<String, Json> {
    let graph = host.database.snapshot();
    let mut out = Map::new();
    out.insert("outcome".into(), json!(outcome.name()));
    out.insert(
        "searched".into(),
        json!({ "graph": host.name, "nodes": graph.node_count(), "relationships": graph.relationship_count() }),
    );
    out.insert("notes".into(), json!(notes));
    out
}

fn no_rows(structured: &mut Map<String, Json>) {
    structured.insert("rows".into(), json!([]));
    structured.insert("shown".into(), json!(0));
    structured.insert("total".into(), json!(0));
    structured.insert("total_is_exact".into(), json!(true));
    structured.insert("complete".into(), json!(true));
}

/// A tree that has nothing but its roots has found nothing.
fn outcome(result: &QueryResult) -> Outcome {
    if result.plan.is_some() || result.columns.is_empty() {
        return Outcome::Done;
    }
    let depth = result.columns.iter().position(|column| column == "depth").filter(|_| result.shape == Shape::Tree);
    let is_found = |row| depth.is_none_or(|depth| result.rows.value(row, depth) != Value::Integer(0));
    if (0..result.rows.len()).any(is_found) { Outcome::Found } else { Outcome::NothingFound }
}

fn cut_note(shown: usize, total: usize, is_exact: bool, depth: Option<usize>) -> String {
    let total = if is_exact { total.to_string() } else { format!("more than {COUNTED}") };
    let left = depth.map_or(String::new(), |depth| format!(" (the others are at depth {depth} and below)"));
    format!("showing {shown} of {total} rows{left}; narrow the question, or raise `limit`")
}

fn one_statement() -> Diagnostic {
    let message = "a call is a transaction of its own";
    Diagnostic::runtime(Kind::TransactionError, diagnostic::Detail::TransactionOpen, message)
        .help("leave out BEGIN; several changes can be clauses of one statement")
}

fn described(error: &Diagnostic, statement: &str) -> Json {
    let mut out = json!({ "message": error.message, "kind": error.kind.name(), "detail": error.detail.name() });
    if let Some(help) = &error.help {
        out["help"] = json!(help);
    }
    if let Some(at) = error.span.map(|span| span.text(statement)).filter(|at| !at.is_empty()) {
        out["at"] = json!(at);
    }
    out
}

/// The names of terms that look like the text.
pub(super) fn suggestions(host: &Host, line: &mut Line, text: &str) -> Vec<String> {
    const STATEMENT: &str = "CALL trace.find($text) YIELD term, score WITH term, score LIMIT 5 RETURN term";
    let question = Question::reading(STATEMENT, &[("text", Value::from(text))]);
    // A limit that stops the search for suggestions is no second error.
    let found = question.result(host, line).unwrap_or_default();
    names(&found)
}

/// The names of the nodes in the first column.
pub(super) fn names(result: &QueryResult) -> Vec<String> {
    let nodes = (0..result.rows.len()).map(|row| result.rows.value(row, 0));
    let name = |value| match value {
        Value::Node(node) => Some(title(node, &*result.entities)),
        _ => None,
    };
    nodes.filter_map(name).collect()
}

/// The answer as people read it, and what is to be said about it.
fn text(result: &QueryResult, outcome: Outcome, notes: &[String]) -> String {
    let mut drawn = Vec::new();
    let style = Style { width: Some(WIDTH), ..Style::default() };
    match &result.plan {
        Some(plan) => drawn.extend(plan.as_bytes()),
        None if result.columns.is_empty() || result.rows.is_empty() => {}
        None => {
            let renderer = render::by_shape(result.shape);
            (renderer.write)(result, &style, &mut drawn).expect("a vector takes all");
            drawn.extend(said(result).into_bytes());
        }
    }
    let mut out = shortened(String::from_utf8_lossy(&drawn).trim_end());
    let changes = render::changes(&result.changes);
    let nothing = (outcome == Outcome::NothingFound && notes.is_empty()).then(|| "nothing found".to_string());
    let done =
        (outcome == Outcome::Done && changes.is_none() && result.plan.is_none()).then(|| "no changes".to_string());
    let warnings = result.warnings.iter().map(|warning| format!("warning: {}", clean(&warning.message)));
    let notes = notes.iter().map(|note| clean(note).into_owned());
    for line in warnings.chain(notes).chain(nothing).chain(changes).chain(done) {
        out += if out.is_empty() { "" } else { "\n" };
        out += &line;
    }
    out
}

/// What states the relations of a tree, which draws only their names.
fn said(result: &QueryResult) -> String {
    let column = |name: &str| result.columns.iter().position(|column| column == name);
    let (Shape::Tree, Some(evidence), Some(source)) = (result.shape, column("evidence"), column("source")) else {
        return String::new();
    };
    let mut lines: Vec<String> = Vec::new();
    for row in 0..result.rows.len() {
        let text = |place| result.rows.value(row, place).as_str().map(|text| clean(text).into_owned());
        let Some(sentence) = text(evidence) else { continue };
        let line = match text(source) {
            Some(source) => format!("- {sentence} [{source}]\n"),
            None => format!("- {sentence}\n"),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if lines.is_empty() { String::new() } else { format!("\nevidence:\n{}\n", lines.concat()) }
}

/// The first lines of a long text, and how many are left out.
fn shortened(text: &str) -> String {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if end + line.len() > TEXT {
            let left = text[end..].lines().count();
            return format!(
                "{}… {left} lines of this text are cut; the structured content has all rows shown",
                &text[..end]
            );
        }
        end += line.len();
    }
    text.to_string()
}
