//! What the page needs besides the words: the schema, names, statements and cards, as JSON of kenning's own.
//!
//! An answer is `{"columns", "shape", "rows": [[cell]], "changes", "notes", "warnings", "plan"}`; an error that comes
//! after the first row stands in it as `errors`. A cell has the `text` that people read, the `typed` value of the Query
//! API, and for a node or relationship what a card or a picture shows of it.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::answer::{Answer, Ending};
use super::body::{CancelOnDrop, whole};
use super::door::Door;
use super::form::{Closing, Form, push};
use super::formats;
use super::guard::Caller;
use super::problem::{Problem, error_json};
use super::query_api::{answered, parameters};
use super::request;
use super::words::{FORMAT, Parameters, answer as whole_answer, statement as word_statement, word_json};
use crate::assist::{self, Scope};
use crate::ast::WORDS;
use crate::diagnostic::Diagnostic;
use crate::functions;
use crate::graph::{Entity, EntitySource, Graph, NodeId, RelationshipId, Value};
use crate::parser::{CLAUSES, KEYWORDS, STATEMENTS, Starter};
use crate::procedures;
use crate::render::{changes, typed_json, value::text};
use crate::result::{Shape, Summary};
use crate::server::{Line, Request, blocking};

const JSON: &str = "application/json";
/// Names that are found, unless another number is given.
const FOUND: usize = 20;
/// Candidates for completion that are offered at once.
const OFFERED: usize = 50;

/// `GET /api/schema`
pub(super) async fn schema(State(door): State<Door>, headers: HeaderMap) -> Result<Response, Problem> {
    let json = blocking(move || schema_json(&door.host.database.snapshot(), &door.host.name)).await?;
    Ok(whole(StatusCode::OK, JSON, &headers, json.to_string().into_bytes()))
}

/// Names for completion and overviews.
fn schema_json(graph: &Graph, name: &str) -> Json {
    let labels = graph.labels().filter(|label| graph.label_count(*label) > 0);
    let labels = labels.map(|label| json!({ "name": &**graph.label_name(label), "count": graph.label_count(label) }));
    let types = graph.types().filter(|of| graph.type_count(*of) > 0).map(|of| {
        let name = &**graph.type_name(of);
        let semantics = graph.semantics();
        json!({
            "name": name,
            "count": graph.type_count(of),
            "phrase": semantics.phrase(name),
            "inverse": semantics.inverse_phrase(name),
        })
    });
    let starter =
        |starter: &Starter| json!({ "keyword": starter.keyword, "syntax": starter.syntax, "doc": starter.doc });
    json!({
        "name": name,
        "nodes": graph.node_count(),
        "relationships": graph.relationship_count(),
        "labels": labels.collect::<Vec<_>>(),
        "types": types.collect::<Vec<_>>(),
        "keys": graph.keys().map(|key| &**graph.key_name(key)).collect::<Vec<_>>(),
        "words": WORDS.iter().map(word_json).collect::<Vec<_>>(),
        "clauses": CLAUSES.iter().map(starter).collect::<Vec<_>>(),
        "statements": STATEMENTS.iter().map(starter).collect::<Vec<_>>(),
        "keywords": KEYWORDS,
        "functions": functions::all().map(|(_, of)| json!({ "signature": functions::signature(of), "doc": of.doc })).collect::<Vec<_>>(),
        "procedures": procedures::all().map(|of| json!({ "name": of.name, "doc": of.doc })).collect::<Vec<_>>(),
        "formats": formats::names().collect::<Vec<_>>(),
    })
}

/// `GET /api/find?q=nov&limit=20`: names and definitions that fit.
pub(super) async fn find(
    State(door): State<Door>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let given = Parameters::of(&uri);
    given.only(&["q".into(), "limit".into()])?;
    let q = given.one("q")?.ok_or_else(|| Problem::bad_request("the text to find is missing: ?q=…"))?.to_string();
    let limit = match given.one("limit")? {
        None => FOUND,
        Some(limit) => limit.parse().map_err(|_| Problem::bad_request("`limit` is a whole number"))?,
    };
    let mut line = Line::new(door.host.clone(), caller.role);
    let cancel = CancelOnDrop(line.cancel_flag());
    let statement = "CALL trace.find($q) YIELD term, score, matched, definition \
                     RETURN term, score, matched, definition LIMIT $limit";
    let values = [("q".to_string(), Value::from(q)), ("limit".to_string(), Value::Integer(limit as i64))];
    let request =
        Request { statement: statement.into(), parameters: values.into(), read_only: true, ..Request::default() };
    let found = blocking(move || line.run_whole(&request)).await?.map_err(|errors| Problem::of(&errors, statement))?;
    drop(cancel);
    let source = &*found.entities;
    let hits = found.rows.iter().filter_map(|row| {
        let Value::Node(node) = row[0] else { return None };
        let mut hit = node_json(node, source);
        hit["score"] = json!(row[1].as_float());
        hit["matched"] = json!(row[2].as_str());
        hit["definition"] = json!(row[3].as_str());
        Some(hit)
    });
    let mut body = Vec::new();
    push(&mut body, &hits.collect::<Json>());
    Ok(whole(StatusCode::OK, JSON, &headers, body))
}

/// What a client sends to `/api/query`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    statement: String,
    #[serde(default)]
    parameters: Map<String, Json>,
    #[serde(default)]
    read_only: bool,
}

/// `POST /api/query`
pub(super) async fn query(
    State(door): State<Door>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Result<Response, Problem> {
    let given = Parameters::of(&uri);
    given.only(&[FORMAT.into()])?;
    let typed = request::is_typed(&headers)?;
    let asked: Asked = request::json(&request::body(&door.host.settings, body).await?)?;
    let request = Request {
        statement: asked.statement,
        parameters: parameters(asked.parameters, typed)?,
        read_only: asked.read_only,
        time: None,
    };
    match given.one(FORMAT)? {
        None => run(door, caller, headers, request).await,
        Some(name) => {
            let format = formats::chosen(Some(name), &headers)?;
            whole_answer(door, caller, headers, request, format, false).await
        }
    }
}

/// `POST /api/picture`: what the page draws of a statement's answer.
pub(super) async fn picture(
    State(door): State<Door>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let typed = request::is_typed(&headers)?;
    let asked: Asked = request::json(&request::body(&door.host.settings, body).await?)?;
    let parameters = parameters(asked.parameters, typed)?;
    let request = Request { statement: asked.statement, parameters, read_only: true, time: None };
    whole_answer(door, caller, headers, request, formats::Format::Picture, false).await
}

/// What a client sends to `/api/assist`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    text: String,
    /// Where the cursor is, in characters; at the end unless given.
    cursor: Option<usize>,
    /// Names of the parameters that are given.
    #[serde(default)]
    parameters: Vec<String>,
}

/// `POST /api/assist`: what the words of a statement are, and what may stand next. Places are counted in characters.
pub(super) async fn assist(State(door): State<Door>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    request::is_typed(&headers)?;
    let written: Written = request::json(&request::body(&door.host.settings, body).await?)?;
    let json = blocking(move || assist_json(&door, written)).await?;
    Ok(whole(StatusCode::OK, JSON, &headers, json.to_string().into_bytes()))
}

fn assist_json(door: &Door, Written { text, cursor, parameters }: Written) -> Json {
    let place = |byte: usize| text[..byte].chars().count();
    let parts = assist::parts(&text).into_iter().map(|(range, part)| {
        json!({ "start": place(range.start), "end": place(range.end), "part": format!("{part:?}").to_lowercase() })
    });
    let end = cursor.and_then(|cursor| text.char_indices().nth(cursor)).map_or(text.len(), |(byte, _)| byte);
    let graph = door.host.database.snapshot();
    let scope = Scope { graph: &graph, engine: door.host.database.engine(), parameters };
    let (start, candidates) = assist::complete(&text[..end], &scope);
    let offered = candidates.iter().take(OFFERED).map(|(name, text)| json!({ "name": name, "text": text }));
    json!({
        "parts": parts.collect::<Vec<_>>(),
        "start": place(start),
        "candidates": offered.collect::<Vec<_>>(),
        "more": candidates.len().saturating_sub(OFFERED),
    })
}

/// `GET /api/term/NAME`: its card.
pub(super) async fn term(
    State(door): State<Door>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let show = WORDS.iter().find(|word| word.keyword == "SHOW").expect("a row of the table");
    let statement = word_statement(show, uri.path().split('/').skip(3), &Parameters::of(&uri), &[])?.to_string();
    run(door, caller, headers, Request { statement, read_only: true, ..Request::default() }).await
}

async fn run(door: Door, caller: Caller, headers: HeaderMap, request: Request) -> Result<Response, Problem> {
    let line = Line::new(door.host.clone(), caller.role).of(&caller.name);
    let cancel = CancelOnDrop(line.cancel_flag());
    let statement = request.statement.clone();
    let form = OwnForm { statement: statement.clone(), rows: 0 };
    let started = blocking(move || Answer::start(door, line, &request, Ending::Alone, Box::new(form)));
    let (first, answer) = started.await?.map_err(|errors| Problem::of(&errors, &statement))?;
    Ok(answered(StatusCode::OK, JSON, &headers, first, answer, cancel))
}

struct OwnForm {
    statement: String,
    rows: u64,
}

impl Form for OwnForm {
    fn begin(&mut self, columns: &[String], shape: Shape, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"columns\":");
        push(out, &json!(columns));
        out.extend_from_slice(format!(",\"shape\":\"{}\",\"rows\":[", format!("{shape:?}").to_lowercase()).as_bytes());
    }

    fn row(&mut self, row: &[Value], entities: &dyn EntitySource, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.rows == 0 { &b"\n"[..] } else { b",\n" });
        push(out, &row.iter().map(|value| cell(value, entities)).collect());
        self.rows += 1;
    }

    fn end(&mut self, summary: Option<&Summary>, _: &Closing, out: &mut Vec<u8>) {
        let (default, errors) = (Summary::default(), |of: &[Diagnostic]| self.errors(of));
        let Summary { changes: changed, warnings, notes, plan, .. } = summary.unwrap_or(&default);
        out.extend_from_slice(b"]");
        for (key, value) in [
            ("changes", json!(changes(changed))),
            ("notes", json!(notes)),
            ("warnings", errors(warnings)),
            ("plan", json!(plan)),
        ] {
            out.extend_from_slice(format!(",\"{key}\":").as_bytes());
            push(out, &value);
        }
        out.extend_from_slice(b"}\n");
    }

    fn fail(&mut self, errors: &[Diagnostic], out: &mut Vec<u8>) {
        out.extend_from_slice(b"],\"errors\":");
        push(out, &self.errors(errors));
        out.extend_from_slice(b"}\n");
    }
}

impl OwnForm {
    fn errors(&self, errors: &[Diagnostic]) -> Json {
        errors.iter().map(|error| error_json(error, &self.statement)).collect()
    }
}

/// A value with what a page shows of it.
fn cell(value: &Value, source: &dyn EntitySource) -> Json {
    let mut cell = json!({ "text": text(value, source), "typed": typed_json(value, source) });
    match value {
        Value::Node(node) => cell["node"] = node_json(*node, source),
        Value::Relationship(relationship) => cell["relationship"] = relationship_json(*relationship, source),
        Value::Path(path) => {
            cell["nodes"] = path.nodes.iter().map(|node| node_json(*node, source)).collect();
            cell["relationships"] = path.relationships.iter().map(|of| relationship_json(*of, source)).collect();
        }
        Value::List(items) if items.iter().any(is_of_graph) => {
            cell["items"] = items.iter().map(|item| self::cell(item, source)).collect();
        }
        _ => {}
    }
    cell
}

fn is_of_graph(value: &Value) -> bool {
    matches!(value, Value::Node(_) | Value::Relationship(_) | Value::Path(_) | Value::List(_))
}

fn node_json(node: NodeId, source: &dyn EntitySource) -> Json {
    let name = source.title(node);
    json!({ "id": node.index(), "name": name.as_deref(), "labels": source.named_labels(node) })
}

fn relationship_json(relationship: RelationshipId, source: &dyn EntitySource) -> Json {
    let name = source.type_of(relationship);
    let grounds = |key: &str| json!(source.named_property(Entity::Relationship(relationship), key).as_str());
    let shape = source.relationship_of(relationship);
    json!({
        "id": relationship.index(),
        "type": name,
        "phrase": source.semantics().phrase(name),
        "inverse": source.semantics().inverse_phrase(name),
        "start": shape.map(|shape| node_json(shape.start, source)),
        "end": shape.map(|shape| node_json(shape.end, source)),
        "evidence": grounds("evidence"),
        "source": grounds("source"),
    })
}
