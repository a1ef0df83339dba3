//! Node-link JSON. Beside kenning's own members (`labels`, `type`, `properties`) every member of a node or an edge is
//! a property, as NetworkX and D3 write them.

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::draft::{Draft, Problem};
use crate::graph::{LabelNaming, RelationSemantics, exact};

use super::words::Types;

#[derive(Deserialize)]
struct Document {
    #[serde(default = "yes")]
    directed: bool,
    #[serde(default)]
    graph: Head,
    nodes: Vec<Node>,
    #[serde(alias = "links")]
    edges: Vec<Edge>,
}

fn yes() -> bool {
    true
}

#[derive(Default, Deserialize)]
struct Head {
    /// `kenning` if it wrote the file.
    #[serde(default)]
    format: Option<Json>,
    #[serde(default)]
    semantics: Option<Json>,
    #[serde(default)]
    naming: Option<Json>,
}

#[derive(Deserialize)]
struct Node {
    id: Json,
    #[serde(default)]
    labels: Vec<String>,
    properties: Option<Map<String, Json>>,
    #[serde(flatten)]
    others: Map<String, Json>,
}

#[derive(Deserialize)]
struct Edge {
    source: Json,
    target: Json,
    #[serde(rename = "type")]
    kind: Option<String>,
    /// NetworkX's number of a parallel edge.
    #[serde(rename = "key")]
    _key: Option<Json>,
    properties: Option<Map<String, Json>>,
    #[serde(flatten)]
    others: Map<String, Json>,
}

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), Problem> {
    // The text's tree of values is several times as large as the text.
    draft.reserve(text.len().saturating_mul(8))?;
    let document: Document =
        serde_json::from_str(text).map_err(|error| Problem::Wrong(error.line() as u64, error.to_string()))?;
    let own = document.graph.format.as_ref().and_then(Json::as_str) == Some("kenning");
    if let Some(semantics) = document.graph.semantics.filter(|_| own) {
        let semantics: Vec<RelationSemantics> = serde_json::from_value(semantics)
            .map_err(|error| Problem::Wrong(0, format!("graph.semantics: {error}")))?;
        semantics.into_iter().for_each(|semantics| draft.declare(semantics));
    }
    if let Some(namings) = document.graph.naming.filter(|_| own) {
        let namings: Vec<LabelNaming> =
            serde_json::from_value(namings).map_err(|error| Problem::Wrong(0, format!("graph.naming: {error}")))?;
        namings.into_iter().for_each(|naming| draft.name_by(naming));
    }
    for (at, node) in document.nodes.into_iter().enumerate() {
        let place = format!("nodes[{at}]");
        let number = draft.node(0, &name(&node.id, &place)?, node.labels.iter().map(String::as_str))?;
        let has_id = node.others.contains_key("id") || node.properties.as_ref().is_some_and(|p| p.contains_key("id"));
        if !own && !has_id {
            draft.set_node(number, "id", value(&node.id, &place, "id")?)?;
        }
        for (key, json) in node.properties.into_iter().flatten().chain(node.others) {
            draft.set_node(number, &key, value(&json, &place, &key)?)?;
        }
    }
    let mut types = Types::default();
    for (at, edge) in document.edges.into_iter().enumerate() {
        let place = format!("edges[{at}]");
        let start = draft.find(0, &name(&edge.source, &place)?).map_err(|problem| at_place(problem, &place))?;
        let end = draft.find(0, &name(&edge.target, &place)?).map_err(|problem| at_place(problem, &place))?;
        let mut properties = Vec::new();
        for (key, json) in edge.properties.into_iter().flatten().chain(edge.others) {
            let value = value(&json, &place, &key)?;
            properties.push((key, value));
        }
        let relationship_type = edge.kind.unwrap_or_else(|| types.of(&mut properties));
        let relationship = draft.relationship(0, start, &relationship_type, end)?;
        properties.into_iter().try_for_each(|(key, value)| draft.set_relationship(relationship, &key, value))?;
    }
    types.say(draft, "type");
    if !document.directed {
        draft.notes.push("the edges have no direction: each runs from `source` to `target`".into());
    }
    Ok(())
}

/// The text that stands for an id: numbers and texts do not clash.
fn name(id: &Json, place: &str) -> Result<String, Problem> {
    match id {
        Json::String(_) | Json::Number(_) => Ok(id.to_string()),
        _ => Err(Problem::Wrong(0, format!("{place}: an id is a number or a text, not {id}"))),
    }
}

fn value(json: &Json, place: &str, key: &str) -> Result<crate::graph::Value, Problem> {
    exact::from_json(json).map_err(|what| Problem::Wrong(0, format!("{place}.{key}: {what}")))
}

fn at_place(problem: Problem, place: &str) -> Problem {
    match problem {
        Problem::Wrong(line, what) => Problem::Wrong(line, format!("{place}: {what}")),
        stopped @ Problem::Stopped(_) => stopped,
    }
}
