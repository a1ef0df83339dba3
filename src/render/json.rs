//! Rows as JSON objects.
//!
//! A node is `{"id", "labels", "properties"}`, a relationship `{"id", "type", "start", "end", "properties"}` with
//! the ids of its ends, a path `{"nodes", "relationships"}`. Integers are exact. JSON has no NaN and no infinity:
//! they are the strings "NaN", "Infinity" and "-Infinity". Temporal values are ISO 8601 strings, points the
//! text of the function that makes them.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::page::{Style, acts};
use super::value::{float, temporal};
use crate::graph::{Entity, EntitySource, NodeId, Relationship, RelationshipId, Value};
use crate::result::QueryResult;

/// One array, an object a row.
pub(super) fn write(result: &QueryResult, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut before = "[\n  ";
    result.rows.try_each(|row| {
        write!(out, "{before}{}", object(result, row))?;
        before = ",\n  ";
        Ok::<(), io::Error>(())
    })?;
    writeln!(out, "{}", if result.rows.is_empty() { "[]" } else { "\n]" })
}

/// An object a line.
pub(super) fn write_lines(result: &QueryResult, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    result.rows.try_each(|row| writeln!(out, "{}", object(result, row)))
}

fn object(result: &QueryResult, row: &[Value]) -> String {
    let fields = result.columns.iter().zip(row).map(|(column, value)| (column.clone(), of(value, &*result.entities)));
    let text = Json::Object(fields.collect()).to_string();
    escape(&text).into_owned()
}

/// JSON only demands that C0 controls are escaped; the other characters that act on a terminal may be too. They can
/// stand nowhere but in strings.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let escaped =
        text.chars().map(|c| if acts(c) { format!("\\u{:04x}", c as u32) } else { c.to_string() }).collect::<String>();
    Cow::Owned(escaped)
}

/// A row as a list.
pub(crate) fn row(row: &[Value], source: &dyn EntitySource) -> Json {
    row.iter().map(|value| of(value, source)).collect()
}

/// The value as JSON.
pub(super) fn of(value: &Value, source: &dyn EntitySource) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => json!(value),
        Value::Integer(number) => json!(number),
        Value::Float(number) if number.is_finite() => json!(number),
        Value::Float(number) => json!(float(*number)),
        Value::String(text) => json!(&**text),
        Value::List(items) => items.iter().map(|item| of(item, source)).collect(),
        Value::Map(map) => object_of(map.iter().map(|(key, value)| (&**key, value)), source),
        Value::Node(node) => node_json(*node, source),
        Value::Relationship(relationship) => relationship_json(*relationship, source),
        Value::Path(path) => json!({
            "nodes": path.nodes.iter().map(|node| node_json(*node, source)).collect::<Vec<_>>(),
            "relationships": path.relationships.iter().map(|r| relationship_json(*r, source)).collect::<Vec<_>>(),
        }),
        Value::Date(_)
        | Value::LocalTime(_)
        | Value::Time(_)
        | Value::LocalDateTime(_)
        | Value::DateTime(_)
        | Value::Duration(_) => json!(temporal(value)),
        Value::Point(point) => json!(point.to_string()),
    }
}

fn node_json(node: NodeId, source: &dyn EntitySource) -> Json {
    let labels: Vec<&str> = source.named_labels(node);
    json!({ "id": node.index(), "labels": labels, "properties": properties(Entity::Node(node), source) })
}

fn relationship_json(relationship: RelationshipId, source: &dyn EntitySource) -> Json {
    let shape = source.relationship_of(relationship);
    let end = |end: fn(Relationship) -> NodeId| shape.map(|shape| end(shape).index());
    json!({
        "id": relationship.index(),
        "type": source.type_of(relationship),
        "start": end(|shape| shape.start),
        "end": end(|shape| shape.end),
        "properties": properties(Entity::Relationship(relationship), source),
    })
}

fn properties(entity: Entity, source: &dyn EntitySource) -> Json {
    object_of(source.named_properties(entity).iter().map(|(key, value)| (*key, value)), source)
}

fn object_of<'a>(entries: impl Iterator<Item = (&'a str, &'a Value)>, source: &dyn EntitySource) -> Json {
    Json::Object(entries.map(|(key, value)| (key.to_string(), of(value, source))).collect::<Map<String, Json>>())
}

#[cfg(test)]
mod tests {
    use crate::graph::{Path, Value};
    use crate::render::testing::{rendered, result, small};
    use crate::result::Shape;

    #[test]
    fn objects_in_column_order() {
        let rows = vec![
            vec![Value::Integer(i64::MAX), Value::Float(1.0)],
            vec![Value::from("\u{1b}\u{9b}\""), Value::Float(f64::NAN)],
        ];
        let result = result(Shape::Table, &["z", "a"], rows);
        let lines = "{\"z\":9223372036854775807,\"a\":1.0}\n{\"z\":\"\\u001b\\u009b\\\"\",\"a\":\"NaN\"}\n";
        assert_eq!(rendered("jsonl", &result, None), lines);
        let array: serde_json::Value = serde_json::from_str(&rendered("json", &result, None)).unwrap();
        assert_eq!(array[0]["z"], 9223372036854775807i64);
    }

    #[test]
    fn no_rows_is_an_empty_array() {
        assert_eq!(rendered("json", &result(Shape::Table, &["a"], vec![]), None), "[]\n");
        assert_eq!(rendered("jsonl", &result(Shape::Table, &["a"], vec![]), None), "");
    }

    #[test]
    fn entities() {
        let (_, nodes, relationships) = small();
        let path = Path { nodes: vec![nodes[1], nodes[0]], relationships: vec![relationships[0]] };
        let rows = vec![vec![Value::Node(nodes[0]), Value::Relationship(relationships[1]), Value::Path(path.into())]];
        let text = rendered("jsonl", &result(Shape::Table, &["n", "r", "p"], rows), None);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["n"].to_string(), r#"{"id":0,"labels":["Service"],"properties":{"name":"Compute"}}"#);
        let relationship = r#"{"id":1,"type":"HAS","start":0,"end":2,"properties":{"since":2020}}"#;
        assert_eq!(json["r"].to_string(), relationship);
        assert_eq!(json["p"]["nodes"][1], json["n"]);
        assert_eq!(json["p"]["relationships"][0]["type"], "PROVIDES_TO");
    }
}
