//! Node-link JSON: `{"nodes": […], "links": […]}`, as NetworkX and D3 write it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::finding::Findings;
use super::nodes::{Edge, Node, entries};
use super::source::SourceText;
use super::{Format, Reader};
use crate::glossary::Entry;

pub(super) const FORMAT: Format = Format {
    name: "node-link",
    what: "node-link JSON: nodes with names and definitions, and links",
    suffixes: &["json"],
    looks_like: |text| text.contains("\"nodes\"") && (text.contains("\"links\"") || text.contains("\"edges\"")),
    example: "\
{\"nodes\": [
  {\"id\": 1, \"name\": \"mole\", \"definition\": \"A wall that shelters a harbour.\", \"aliases\": [\"breakwater\"]},
  {\"id\": 2, \"labels\": [\"Place\"], \"properties\": {\"name\": \"harbour\"}}
], \"links\": [
  {\"source\": 1, \"target\": 2, \"type\": \"PROTECTS\"}
]}
",
    read: Reader::Each(read),
};

/// Its items unread, so that each keeps its place in the text.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    nodes: Vec<&'a RawValue>,
    #[serde(borrow, default, alias = "edges")]
    links: Vec<&'a RawValue>,
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let document: Document = match serde_json::from_str(file.text) {
        Ok(document) => document,
        Err(error) => {
            let at = file.offset(error.line(), error.column());
            findings.error(&file.place(at..at), format!("not node-link JSON: {error}"), "nothing of it is read", None);
            return Vec::new();
        }
    };
    let mut nodes = Vec::new();
    for raw in document.nodes.into_iter().take_while(|_| file.goes_on()) {
        match item(raw) {
            Some(value) => nodes.push(node(&value, line(raw, file))),
            None => left_out(raw, "a node is an object with an id", file, findings),
        }
    }
    let mut edges = Vec::new();
    for raw in document.links.into_iter().take_while(|_| file.goes_on()) {
        match item(raw).and_then(|value| edge(&value, line(raw, file))) {
            Some(edge) => edges.push(edge),
            None => left_out(raw, "a link is an object with a source and a target", file, findings),
        }
    }
    entries(nodes, edges, file, findings)
}

fn item(raw: &RawValue) -> Option<Value> {
    let value: Value = serde_json::from_str(raw.get()).ok()?;
    (value.get("id").and_then(text).is_some() || value.get("source").is_some()).then_some(value)
}

fn left_out(raw: &RawValue, what: &str, file: &SourceText, findings: &mut Findings) {
    let at = offset(raw, file);
    findings.error(&file.place(at..at + raw.get().len()), what, "it is left out", None);
}

/// Where an item stands: it is a part of the text.
fn offset(raw: &RawValue, file: &SourceText) -> usize {
    raw.get().as_ptr() as usize - file.text.as_ptr() as usize
}

fn line(raw: &RawValue, file: &SourceText) -> usize {
    file.line(offset(raw, file))
}

fn node(value: &Value, line: usize) -> Node {
    let mut node = Node { id: value.get("id").and_then(text).unwrap_or_default(), line, ..Node::default() };
    let inner = value.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (key, value) in value.as_object().into_iter().flatten().chain(inner) {
        match key.as_str() {
            "id" | "properties" => {}
            "labels" => node.kinds.extend(texts(value)),
            _ => node.properties.push((key.clone(), texts(value))),
        }
    }
    node
}

fn edge(value: &Value, line: usize) -> Option<Edge> {
    let get = |key: &str| value.get(key).or_else(|| value.get("properties")?.get(key)).and_then(text);
    let kind = ["type", "relation", "label", "key"].iter().find_map(|key| value.get(key)?.as_str());
    Some(Edge {
        source: get("source")?,
        target: get("target")?,
        line,
        kind: kind.map(str::to_string),
        evidence: get("evidence"),
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(text).collect(),
        value => text(value).into_iter().collect(),
    }
}
