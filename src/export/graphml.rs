//! GraphML 1.0. Types that it lacks are texts with a type of kenning's own beside them (`k:type`), so that other
//! programs read them as texts and kenning reads them as they were.
//!
//! - `labels`: `:A:B`, or a JSON array if a label is no plain word;
//! - `type` of a relationship: itself, or a JSON string;
//! - temporal values in ISO 8601; everything else as JSON that `graph::exact` reads;
//! - `any`, for a property whose values are of several types: JSON, or a text that is not JSON.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;

use super::xml::{escape, is_legal};
use super::{Subgraph, Written};
use crate::graph::{Entity, EntitySource, NodeId, RelationshipId, Value, exact};
use crate::import::graphml::NAMESPACE;
use crate::limits::Budget;

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" xmlns:k=\"{NAMESPACE}\">")?;
    let string = "attr.type=\"string\"";
    writeln!(out, "  <key id=\"labels\" for=\"node\" attr.name=\"labels\" {string} k:type=\"labels\"/>")?;
    writeln!(out, "  <key id=\"type\" for=\"edge\" attr.name=\"label\" {string} k:type=\"type\"/>")?;
    writeln!(out, "  <key id=\"semantics\" for=\"graph\" attr.name=\"semantics\" {string} k:type=\"semantics\"/>")?;
    if source.semantics().namings().len() > 0 {
        writeln!(out, "  <key id=\"naming\" for=\"graph\" attr.name=\"naming\" {string} k:type=\"naming\"/>")?;
    }
    let of_nodes = Keys::collect(subgraph.nodes().iter().map(|node| Entity::Node(*node)), source, budget)?;
    of_nodes.declare("node", "n", out)?;
    let relationships = subgraph.links().iter().map(|link| Entity::Relationship(link.relationship));
    let of_relationships = Keys::collect(relationships, source, budget)?;
    of_relationships.declare("edge", "e", out)?;
    writeln!(out, "  <graph id=\"G\" edgedefault=\"directed\">")?;
    if !source.semantics().is_empty() {
        let semantics = json_text(&json!(source.semantics().iter().collect::<Vec<_>>()));
        writeln!(out, "    <data key=\"semantics\">{}</data>", escape(&semantics))?;
    }
    if source.semantics().namings().len() > 0 {
        let namings = json_text(&json!(source.semantics().namings().collect::<Vec<_>>()));
        writeln!(out, "    <data key=\"naming\">{}</data>", escape(&namings))?;
    }
    for node in subgraph.nodes() {
        budget.tick()?;
        write!(out, "    <node id=\"n{}\">", node.index())?;
        if !source.named_labels(*node).is_empty() {
            write!(out, "<data key=\"labels\">{}</data>", escape(&labels(source, *node)))?;
        }
        of_nodes.write("n", source, Entity::Node(*node), out)?;
        writeln!(out, "</node>")?;
    }
    for link in subgraph.links() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        let (id, start, end) = (link.relationship.index(), shape.start.index(), shape.end.index());
        write!(out, "    <edge id=\"e{id}\" source=\"n{start}\" target=\"n{end}\">")?;
        write!(out, "<data key=\"type\">{}</data>", escape(&relationship_type(source, link.relationship)))?;
        of_relationships.write("e", source, Entity::Relationship(link.relationship), out)?;
        writeln!(out, "</edge>")?;
    }
    writeln!(out, "  </graph>\n</graphml>")?;
    Ok(Vec::new())
}

/// Whether the name cannot be taken for anything but itself.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn labels(source: &dyn EntitySource, node: NodeId) -> String {
    let names: Vec<&str> = source.named_labels(node);
    match names.iter().all(|name| is_plain(name)) {
        true => names.iter().map(|name| format!(":{name}")).collect(),
        false => json_text(&json!(names)),
    }
}

fn relationship_type(source: &dyn EntitySource, relationship: RelationshipId) -> String {
    let name = source.type_of(relationship);
    if is_plain(name) { name.to_string() } else { json_text(&json!(name)) }
}

/// GraphML's type, kenning's type if that says more, and the text.
fn written(value: &Value) -> (&'static str, &'static str, String) {
    if let Some((kind, text)) = exact::to_text(value) {
        return ("string", kind, text);
    }
    match value {
        Value::Boolean(value) => ("boolean", "", value.to_string()),
        Value::Integer(number) => ("long", "", number.to_string()),
        // The spelling of XML Schema.
        Value::Float(number) if number.is_infinite() => {
            ("double", "", if *number > 0.0 { "INF" } else { "-INF" }.to_string())
        }
        Value::Float(number) => ("double", "", format!("{number:?}")),
        Value::String(text) if is_legal(text) => ("string", "", text.to_string()),
        other => ("string", "json", json_text(&exact::to_json(other))),
    }
}

/// What the values of all properties of one name are: other programs refuse two keys of a name.
struct Key {
    number: usize,
    kind: &'static str,
    own: &'static str,
    /// Whether all floats among the values are finite.
    is_finite: bool,
}

impl Key {
    fn of(value: &Value) -> Key {
        let (kind, own, _) = written(value);
        let is_finite = !matches!(value, Value::Float(number) if !number.is_finite());
        Key { number: 0, kind, own, is_finite }
    }

    /// A type that has the values of both: numbers are written as such, all else as text or as JSON (`any`).
    fn widen(&mut self, other: Key) {
        self.is_finite &= other.is_finite;
        let is_number = |kind: &str, own: &str| kind == "long" || (kind == "double" && own != "any");
        let are_numbers = is_number(self.kind, self.own) && is_number(other.kind, other.own) && self.is_finite;
        (self.kind, self.own) = match (self.kind, self.own) == (other.kind, other.own) {
            true => (self.kind, self.own),
            false if are_numbers => ("double", "json"),
            false => ("string", "any"),
        };
        if !self.is_finite && self.own == "json" {
            (self.kind, self.own) = ("string", "any");
        }
    }

    fn text(&self, value: &Value) -> String {
        let json = || json_text(&exact::to_json(value));
        match (self.own, value) {
            // A text that reads as JSON is quoted, so that it is not taken for what it says.
            ("any", Value::String(text)) if is_legal(text) && !is_json(text) => text.to_string(),
            ("any", _) => json(),
            ("json", _) if self.kind == "double" => json(),
            (_, value) => written(value).2,
        }
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}

/// The keys of properties by name, numbered in order.
struct Keys(BTreeMap<String, Key>);

impl Keys {
    fn collect(
        entities: impl Iterator<Item = Entity>,
        source: &dyn EntitySource,
        budget: &Budget,
    ) -> Result<Keys, crate::diagnostic::Diagnostic> {
        let mut keys: BTreeMap<String, Key> = BTreeMap::new();
        for entity in entities {
            budget.tick()?;
            for (name, value) in source.named_properties(entity) {
                let key = Key::of(&value);
                match keys.get_mut(name) {
                    Some(known) => known.widen(key),
                    None => drop(keys.insert(name.to_string(), key)),
                }
            }
        }
        keys.values_mut().enumerate().for_each(|(at, key)| key.number = at);
        Ok(Keys(keys))
    }

    fn declare(&self, of: &str, letter: &str, out: &mut dyn Write) -> std::io::Result<()> {
        for (name, Key { number, kind, own, .. }) in &self.0 {
            let own = if own.is_empty() { String::new() } else { format!(" k:type=\"{own}\"") };
            let exact = if is_legal(name) {
                String::new()
            } else {
                format!(" k:name=\"{}\"", escape(&json_text(&json!(name))))
            };
            let name = escape(name);
            writeln!(
                out,
                "  <key id=\"{letter}{number}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"{own}{exact}/>"
            )?;
        }
        Ok(())
    }

    fn write(
        &self,
        letter: &str,
        source: &dyn EntitySource,
        entity: Entity,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        for (name, value) in source.named_properties(entity) {
            let key = &self.0[name];
            write!(out, "<data key=\"{letter}{}\">{}</data>", key.number, escape(&key.text(&value)))?;
        }
        Ok(())
    }
}

/// JSON without the two characters beyond control characters that XML lacks.
fn json_text(json: &serde_json::Value) -> String {
    json.to_string().replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff")
}
