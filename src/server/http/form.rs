//! [`Form`]: how an answer is written, row by row. The forms of the Query API: one object, or an object a line.

use serde_json::{Map, Value as Json, json};

use super::formats::QueryFormat;
use super::problem::{error_json, position};
use super::values::plain;
use crate::diagnostic::Diagnostic;
use crate::graph::{EntitySource, Value};
use crate::render::{escape_json, typed_json};
use crate::result::{Changes, Shape, Summary};
use crate::server::codes;

/// What is known once an answer has ended.
#[derive(Debug, Default)]
pub(super) struct Closing {
    /// How many commits led to the state that the client has seen, if its transaction has ended.
    pub(super) bookmark: Option<u64>,
    /// Name and end of the transaction that goes on.
    pub(super) transaction: Option<(String, String)>,
}

/// How an answer is written.
pub(super) trait Form: Send {
    fn begin(&mut self, columns: &[String], shape: Shape, out: &mut Vec<u8>);

    fn row(&mut self, row: &[Value], entities: &dyn EntitySource, out: &mut Vec<u8>);

    /// After the last row; there is no summary where there was no statement.
    fn end(&mut self, summary: Option<&Summary>, closing: &Closing, out: &mut Vec<u8>);

    /// Instead of the end, after an error.
    fn fail(&mut self, errors: &[Diagnostic], out: &mut Vec<u8>);
}

/// Appends JSON, without characters that act on a terminal.
pub(super) fn push(out: &mut Vec<u8>, json: &Json) {
    out.extend_from_slice(escape_json(&json.to_string()).as_bytes());
}

/// The bookmark of a state of the database, as clients carry it about.
pub(super) fn bookmark(sequence: u64) -> String {
    format!("FB:kenning:{sequence}")
}

/// The number of commits that a bookmark speaks of.
pub(super) fn sequence_of(bookmark: &str) -> Option<u64> {
    bookmark.strip_prefix("FB:kenning:")?.parse().ok()
}

/// An answer of the Query API.
pub(super) struct QueryForm {
    pub(super) format: &'static QueryFormat,
    pub(super) statement: String,
    pub(super) counters: bool,
    pub(super) notifications: bool,
    rows: u64,
    begun: bool,
}

impl QueryForm {
    pub(super) fn new(format: &'static QueryFormat, statement: String) -> QueryForm {
        QueryForm { format, statement, counters: false, notifications: true, rows: 0, begun: false }
    }

    fn event(&self, name: &str, body: &Json, out: &mut Vec<u8>) {
        push(out, &json!({ "$event": name, "_body": body }));
        out.push(b'\n');
    }

    fn summary(&self, summary: Option<&Summary>, closing: &Closing) -> Map<String, Json> {
        let mut json = Map::new();
        if let Some(summary) = summary {
            if self.counters {
                json.insert("counters".into(), counters(&summary.changes));
            }
            let notifications = notifications(summary, &self.statement);
            if self.notifications && !notifications.is_empty() {
                json.insert("notifications".into(), notifications.into());
            }
            if let Some(plan) = &summary.plan {
                let profiled = self.statement.trim_start().get(..7).is_some_and(|w| w.eq_ignore_ascii_case("profile"));
                let key = if profiled { "profiledQueryPlan" } else { "queryPlan" };
                json.insert(key.into(), plan_json(plan));
            }
        }
        if let Some(sequence) = closing.bookmark {
            json.insert("bookmarks".into(), json!([bookmark(sequence)]));
        }
        if let Some((id, expires)) = &closing.transaction {
            json.insert("transaction".into(), json!({ "id": id, "expires": expires }));
        }
        json
    }
}

impl Form for QueryForm {
    fn begin(&mut self, columns: &[String], _: Shape, out: &mut Vec<u8>) {
        self.begun = true;
        if self.format.lines {
            return self.event("Header", &json!({ "fields": columns }), out);
        }
        out.extend_from_slice(b"{\"data\":{\"fields\":");
        push(out, &json!(columns));
        out.extend_from_slice(b",\"values\":[");
    }

    fn row(&mut self, row: &[Value], entities: &dyn EntitySource, out: &mut Vec<u8>) {
        let of = if self.format.typed { typed_json } else { plain };
        let row: Json = row.iter().map(|value| of(value, entities)).collect();
        if self.format.lines {
            return self.event("Record", &row, out);
        }
        out.extend_from_slice(if self.rows == 0 { &b"\n"[..] } else { b",\n" });
        push(out, &row);
        self.rows += 1;
    }

    fn end(&mut self, summary: Option<&Summary>, closing: &Closing, out: &mut Vec<u8>) {
        let summary = self.summary(summary, closing);
        if self.format.lines {
            if !self.begun {
                self.event("Header", &json!({}), out);
            }
            return self.event("Summary", &summary.into(), out);
        }
        let mut before: &[u8] = if self.begun { b"]}" } else { b"{" };
        for (key, value) in summary {
            out.extend_from_slice(before);
            if before != b"{" {
                out.push(b',');
            }
            push(out, &json!(key));
            out.push(b':');
            push(out, &value);
            before = b"";
        }
        out.extend_from_slice(before);
        out.extend_from_slice(b"}\n");
    }

    fn fail(&mut self, errors: &[Diagnostic], out: &mut Vec<u8>) {
        let errors: Json = errors.iter().map(|error| error_json(error, &self.statement)).collect();
        if self.format.lines {
            return self.event("Error", &errors, out);
        }
        out.extend_from_slice(b"]},\"errors\":");
        push(out, &errors);
        out.extend_from_slice(b"}\n");
    }
}

/// What a statement changed, as Neo4j counts it.
fn counters(changes: &Changes) -> Json {
    json!({
        "containsUpdates": !changes.is_empty(),
        "nodesCreated": changes.nodes_created,
        "nodesDeleted": changes.nodes_deleted,
        "propertiesSet": changes.properties_set,
        "relationshipsCreated": changes.relationships_created,
        "relationshipsDeleted": changes.relationships_deleted,
        "labelsAdded": changes.labels_added,
        "labelsRemoved": changes.labels_removed,
        "indexesAdded": changes.indexes_created,
        "indexesRemoved": changes.indexes_dropped,
        "constraintsAdded": changes.constraints_created,
        "constraintsRemoved": changes.constraints_dropped,
        "containsSystemUpdates": false,
        "systemUpdates": 0,
    })
}

/// Warnings with their places, and notes: why an answer is empty or short.
fn notifications(summary: &Summary, statement: &str) -> Vec<Json> {
    let warnings = summary.warnings.iter().map(|warning| {
        let (code, category) = codes::of_warning(warning);
        let description = match &warning.help {
            Some(help) => format!("{} ({help})", warning.message),
            None => warning.message.clone(),
        };
        let mut json = json!({
            "code": code,
            "title": warning.message,
            "description": description,
            "severity": "WARNING",
            "category": category,
        });
        if let Some(position) = warning.span.and_then(|span| position(span, statement)) {
            json["position"] = position;
        }
        json
    });
    let notes = summary.notes.iter().map(|note| {
        json!({
            "code": "Neo.ClientNotification.Statement.Note",
            "title": note,
            "description": note,
            "severity": "INFORMATION",
            "category": "GENERIC",
        })
    });
    warnings.chain(notes).collect()
}

/// The plan as the one operator that a client can print.
fn plan_json(plan: &str) -> Json {
    json!({
        "operatorType": "Plan@kenning",
        "arguments": { "string-representation": plan, "Details": plan },
        "identifiers": [],
        "children": [],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::Records;

    fn written(media: &str, rows: usize, closing: &Closing) -> String {
        let format = super::super::formats::query_format(media).expect("a row of the table");
        let mut form = QueryForm { counters: true, ..QueryForm::new(format, "RETURN 1".into()) };
        let mut out = Vec::new();
        form.begin(&["a".into()], Shape::Table, &mut out);
        (0..rows).for_each(|row| form.row(&[Value::Integer(row as i64)], &Records::default(), &mut out));
        form.end(None, closing, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_object_or_a_line_each() {
        let closing = Closing { bookmark: Some(7), transaction: None };
        let json: Json = serde_json::from_str(&written("application/json", 2, &closing)).unwrap();
        assert_eq!(json, json!({"data": {"fields": ["a"], "values": [[0], [1]]}, "bookmarks": ["FB:kenning:7"]}));
        let empty: Json = serde_json::from_str(&written("application/json", 0, &Closing::default())).unwrap();
        assert_eq!(empty, json!({"data": {"fields": ["a"], "values": []}}));
        let lines = written("application/vnd.neo4j.query.v1.0+jsonl", 1, &closing);
        let events: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let names: Vec<&str> = events.iter().map(|event| event["$event"].as_str().unwrap()).collect();
        assert_eq!(names, ["Header", "Record", "Summary"]);
        assert_eq!(events[1]["_body"], json!([{"$type": "Integer", "_value": "0"}]));
        assert_eq!(sequence_of("FB:kenning:7"), Some(7));
        assert_eq!(sequence_of("FB:kcwQ"), None);
    }

    #[test]
    fn without_a_statement() {
        let closing = Closing { bookmark: None, transaction: Some(("x".into(), "then".into())) };
        let mut form = QueryForm::new(super::super::formats::query_format("application/json").unwrap(), String::new());
        let mut out = Vec::new();
        form.end(None, &closing, &mut out);
        let json: Json = serde_json::from_slice(&out).unwrap();
        assert_eq!(json, json!({"transaction": {"id": "x", "expires": "then"}}));
        let mut out = Vec::new();
        form.end(None, &Closing::default(), &mut out);
        assert_eq!(out, b"{}\n");
    }
}
