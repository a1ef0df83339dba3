//! Values for people: short, readable, and never with a character that acts on the terminal.

use std::fmt::Write;

use super::literal;
use super::page::clean;
use crate::graph::{EntitySource, NodeId, Path, RelationshipId, Value};

/// The value as it stands in a cell: strings as they are, entities by their names.
pub fn text(value: &Value, source: &dyn EntitySource) -> String {
    match value {
        Value::String(text) => clean(text).into_owned(),
        other => inner(other, source),
    }
}

/// The value inside a list or map: strings in quotes.
fn inner(value: &Value, source: &dyn EntitySource) -> String {
    match value {
        Value::Null | Value::Boolean(_) | Value::String(_) => literal::of(value, source),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => float(*number),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| inner(item, source)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", clean(key), inner(value, source))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Node(node) => node_text(*node, source),
        Value::Relationship(relationship) => relationship_text(*relationship, source),
        Value::Path(path) => path_text(path, source),
        Value::Date(_)
        | Value::LocalTime(_)
        | Value::Time(_)
        | Value::LocalDateTime(_)
        | Value::DateTime(_)
        | Value::Duration(_) => temporal(value),
        Value::Point(point) => point.to_string(),
    }
}

/// Always with a decimal point or an exponent.
pub fn float(number: f64) -> String {
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.into()
    } else {
        format!("{number:?}")
    }
}

/// A temporal value in its ISO 8601 form; nothing for any other value.
pub(super) fn temporal(value: &Value) -> String {
    match value {
        Value::Date(value) => value.to_string(),
        Value::LocalTime(value) => value.to_string(),
        Value::Time(value) => value.to_string(),
        Value::LocalDateTime(value) => value.to_string(),
        Value::DateTime(value) => value.to_string(),
        Value::Duration(value) => value.to_string(),
        _ => String::new(),
    }
}

/// The value where only its name matters: a node that has one is just its name.
pub fn name(value: &Value, source: &dyn EntitySource) -> String {
    match value {
        Value::Node(node) => node_name(*node, source).unwrap_or_else(|| node_text(*node, source)),
        other => text(other, source),
    }
}

/// What the node is called; `None` if no property names it.
pub fn node_name(node: NodeId, source: &dyn EntitySource) -> Option<String> {
    source.title(node).map(|title| clean(&title).into_owned())
}

/// `(Compute :Service)`, or the whole node if it has no name.
fn node_text(node: NodeId, source: &dyn EntitySource) -> String {
    let Some(name) = node_name(node, source) else { return literal::of(&Value::Node(node), source) };
    let mut out = format!("({name}");
    for (at, label) in source.named_labels(node).iter().enumerate() {
        let space = if at == 0 { " " } else { "" };
        write!(out, "{space}:{}", clean(label)).expect("a string takes all");
    }
    out.push(')');
    out
}

/// `[:PROVIDES_TO Networking → Compute]`, or the whole relationship if its ends have no names.
fn relationship_text(relationship: RelationshipId, source: &dyn EntitySource) -> String {
    let ends = source.relationship_of(relationship);
    let names = ends.map(|ends| (node_name(ends.start, source), node_name(ends.end, source)));
    match names {
        Some((Some(start), Some(end))) => format!("[:{} {start} → {end}]", clean(source.type_of(relationship))),
        _ => literal::of(&Value::Relationship(relationship), source),
    }
}

/// `(Networking)-[:PROVIDES_TO]->(Compute)`
fn path_text(path: &Path, source: &dyn EntitySource) -> String {
    let node = |at: usize| {
        let node = path.nodes[at];
        node_name(node, source).map_or_else(|| node_text(node, source), |name| format!("({name})"))
    };
    let mut out = node(0);
    for (at, relationship) in path.relationships.iter().enumerate() {
        let forward = source.relationship_of(*relationship).is_none_or(|found| found.start == path.nodes[at]);
        let (before, after) = if forward { ("-", "->") } else { ("<-", "-") };
        let name = clean(source.type_of(*relationship));
        write!(out, "{before}[:{name}]{after}{}", node(at + 1)).expect("a string takes all");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::small;

    #[test]
    fn readable_values() {
        let (graph, nodes, relationships) = small();
        let path = Path { nodes: vec![nodes[0], nodes[1]], relationships: vec![relationships[0]] };
        let cases = [
            (Value::from("it's\x07"), "it's\\u0007"),
            (Value::list([Value::from("it's"), Value::Null]), "['it\\'s', null]"),
            (Value::map([("a", Value::Float(2.0))]), "{a: 2.0}"),
            (Value::Node(nodes[1]), "(Networking :Service:Core)"),
            (Value::Node(nodes[2]), "(:Port {number: 80})"),
            (Value::Relationship(relationships[0]), "[:PROVIDES_TO Networking → Compute]"),
            (Value::Relationship(relationships[1]), "[:HAS {since: 2020}]"),
            (Value::Path(path.into()), "(Compute)<-[:PROVIDES_TO]-(Networking)"),
            (Value::Float(f64::NEG_INFINITY), "-Infinity"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value, &graph), expected);
        }
        assert_eq!(name(&Value::Node(nodes[1]), &graph), "Networking");
    }
}
