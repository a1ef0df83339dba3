//! Rows as the Typed JSON of Neo4j's Query API (`application/vnd.neo4j.query`): each value says its type.
//!
//! `{"data": {"fields": […], "values": [[{"$type": "Integer", "_value": "1"}, …], …]}}`. Numbers are strings, so that
//! none loses digits on the way; NaN and infinities are floats like any other. Points are in well-known text.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::json::escape;
use super::page::Style;
use super::value::{float, temporal};
use crate::graph::{Entity, EntitySource, NodeId, Path, Point, Relationship, RelationshipId, Value};
use crate::result::QueryResult;

pub(super) fn write(result: &QueryResult, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let fields = json!(result.columns).to_string();
    write!(out, "{{\"data\":{{\"fields\":{},\"values\":[", escape(&fields))?;
    let mut before = "\n  ";
    result.rows.try_each(|row| {
        let row: Json = row.iter().map(|value| of(value, &*result.entities)).collect();
        write!(out, "{before}{}", escape(&row.to_string()))?;
        before = ",\n  ";
        Ok::<(), io::Error>(())
    })?;
    writeln!(out, "{}]}}}}", if result.rows.is_empty() { "" } else { "\n" })
}

fn typed(name: &str, value: impl Into<Json>) -> Json {
    json!({ "$type": name, "_value": value.into() })
}

/// The value with its type.
pub(crate) fn of(value: &Value, source: &dyn EntitySource) -> Json {
    match value {
        Value::Null => typed("Null", Json::Null),
        Value::Boolean(value) => typed("Boolean", *value),
        Value::Integer(number) => typed("Integer", number.to_string()),
        Value::Float(number) => typed("Float", float(*number)),
        Value::String(text) => typed("String", &**text),
        Value::List(items) => typed("List", items.iter().map(|item| of(item, source)).collect::<Vec<_>>()),
        Value::Map(map) => typed("Map", entries(map.iter().map(|(key, value)| (&**key, value)), source)),
        Value::Node(node) => node_of(*node, source),
        Value::Relationship(relationship) => relationship_of(*relationship, source),
        Value::Path(path) => typed("Path", parts(path, source)),
        Value::Date(_) => typed("Date", temporal(value)),
        Value::LocalTime(_) => typed("LocalTime", temporal(value)),
        Value::Time(_) => typed("Time", temporal(value)),
        Value::LocalDateTime(_) => typed("LocalDateTime", temporal(value)),
        Value::DateTime(at) if at.zone.is_some() => typed("ZonedDateTime", temporal(value)),
        Value::DateTime(_) => typed("OffsetDateTime", temporal(value)),
        Value::Duration(_) => typed("Duration", temporal(value)),
        Value::Point(point) => typed("Point", well_known_text(point)),
    }
}

/// The point as spatial databases write it: `SRID=4326;POINT (1.0 2.0)`.
pub(crate) fn well_known_text(point: &Point) -> String {
    let coordinates: Vec<String> = point.coordinates().iter().map(|number| float(*number)).collect();
    let z = if coordinates.len() == 3 { "Z " } else { "" };
    format!("SRID={};POINT {z}({})", point.system().number(), coordinates.join(" "))
}

fn node_of(node: NodeId, source: &dyn EntitySource) -> Json {
    let labels: Vec<&str> = source.named_labels(node);
    let content = json!({
        "_element_id": node.index().to_string(),
        "_labels": labels,
        "_properties": properties(Entity::Node(node), source),
    });
    typed("Node", content)
}

fn relationship_of(relationship: RelationshipId, source: &dyn EntitySource) -> Json {
    let shape = source.relationship_of(relationship);
    let end = |end: fn(Relationship) -> NodeId| shape.map(|shape| end(shape).index().to_string());
    let content = json!({
        "_element_id": relationship.index().to_string(),
        "_start_node_element_id": end(|shape| shape.start),
        "_end_node_element_id": end(|shape| shape.end),
        "_type": source.type_of(relationship),
        "_properties": properties(Entity::Relationship(relationship), source),
    });
    typed("Relationship", content)
}

/// Nodes and relationships in turn.
fn parts(path: &Path, source: &dyn EntitySource) -> Vec<Json> {
    let mut parts: Vec<Json> = path.nodes.first().iter().map(|node| node_of(**node, source)).collect();
    for (relationship, node) in path.relationships.iter().zip(path.nodes.iter().skip(1)) {
        parts.push(relationship_of(*relationship, source));
        parts.push(node_of(*node, source));
    }
    parts
}

fn properties(entity: Entity, source: &dyn EntitySource) -> Json {
    entries(source.named_properties(entity).iter().map(|(key, value)| (*key, value)), source)
}

fn entries<'a>(entries: impl Iterator<Item = (&'a str, &'a Value)>, source: &dyn EntitySource) -> Json {
    Json::Object(entries.map(|(key, value)| (key.to_string(), of(value, source))).collect::<Map<String, Json>>())
}

#[cfg(test)]
mod tests {
    use crate::graph::{Path, Value};
    use crate::render::testing::{rendered, result, small};
    use crate::result::Shape;

    fn values(columns: &[&str], row: Vec<Value>) -> serde_json::Value {
        let text = rendered("typed-json", &result(Shape::Table, columns, vec![row]), None);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["data"]["fields"], serde_json::json!(columns));
        json["data"]["values"][0].clone()
    }

    #[test]
    fn each_value_says_its_type() {
        let row = vec![Value::Integer(i64::MAX), Value::Float(f64::NAN), Value::list([Value::Null, true.into()])];
        let expected = serde_json::json!([
            {"$type": "Integer", "_value": "9223372036854775807"},
            {"$type": "Float", "_value": "NaN"},
            {"$type": "List", "_value": [{"$type": "Null", "_value": null}, {"$type": "Boolean", "_value": true}]},
        ]);
        assert_eq!(values(&["a", "b", "c"], row), expected);
    }

    #[test]
    fn entities() {
        let (_, nodes, relationships) = small();
        let path = Path { nodes: vec![nodes[1], nodes[0]], relationships: vec![relationships[0]] };
        let found = values(&["r", "p"], vec![Value::Relationship(relationships[1]), Value::Path(path.into())]);
        let has = serde_json::json!({
            "_element_id": "1", "_start_node_element_id": "0", "_end_node_element_id": "2", "_type": "HAS",
            "_properties": {"since": {"$type": "Integer", "_value": "2020"}},
        });
        assert_eq!(found[0], serde_json::json!({"$type": "Relationship", "_value": has}));
        let kinds: Vec<&str> =
            found[1]["_value"].as_array().unwrap().iter().map(|part| part["$type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["Node", "Relationship", "Node"]);
        assert_eq!(found[1]["_value"][2]["_value"]["_labels"], serde_json::json!(["Service"]));
    }

    #[test]
    fn no_rows() {
        let text = rendered("typed-json", &result(Shape::Table, &["a"], vec![]), None);
        assert_eq!(text, "{\"data\":{\"fields\":[\"a\"],\"values\":[]}}\n");
    }
}
