//! Values as JSON that an assistant reads, and JSON as parameters.

use serde_json::{Map, Value as Json, json};

use crate::graph::{Entity, EntitySource, NodeId, RelationshipId, Value};
use crate::render::json_row;

/// How much is said of nodes and relationships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// A node is its name; a relationship its type, ends and evidence. For the words, which say the rest in columns.
    Named,
    /// All labels and properties.
    Full,
}

/// The property keys by which a relationship says what it rests on.
const GROUNDS: &[&str] = &["evidence", "source", "file", "line", "confidence", "stated_by"];

/// The value as JSON. `None` for null.
pub(super) fn json(value: &Value, source: &dyn EntitySource, detail: Detail) -> Option<Json> {
    Some(match value {
        Value::Null => return None,
        Value::Node(node) => node_json(*node, source, detail),
        Value::Relationship(relationship) => relationship_json(*relationship, source, detail),
        Value::Path(path) => json!({
            "nodes": path.nodes.iter().map(|node| node_json(*node, source, detail)).collect::<Vec<_>>(),
            "relationships":
                path.relationships.iter().map(|id| relationship_json(*id, source, detail)).collect::<Vec<_>>(),
        }),
        Value::List(items) => items.iter().map(|item| json(item, source, detail).unwrap_or(Json::Null)).collect(),
        Value::Map(map) => object(map.iter().map(|(key, value)| (&**key, value)), source, detail),
        scalar => match json_row(std::slice::from_ref(scalar), source) {
            Json::Array(mut one) => one.pop()?,
            other => other,
        },
    })
}

fn node_json(node: NodeId, source: &dyn EntitySource, detail: Detail) -> Json {
    let name = title(node, source);
    match detail {
        Detail::Named => json!(name),
        Detail::Full => {
            let properties = source.named_properties(Entity::Node(node));
            let properties = object(properties.iter().map(|(key, value)| (*key, value)), source, detail);
            json!({ "id": node.index(), "name": name, "labels": source.named_labels(node), "properties": properties })
        }
    }
}

/// What a node is called; a node without a name goes by its number.
pub(super) fn title(node: NodeId, source: &dyn EntitySource) -> String {
    source.title(node).map_or_else(|| format!("#{}", node.index()), |title| title.to_string())
}

fn relationship_json(id: RelationshipId, source: &dyn EntitySource, detail: Detail) -> Json {
    let mut out = Map::new();
    out.insert("type".into(), json!(source.type_of(id)));
    if let Some(shape) = source.relationship_of(id) {
        out.insert("from".into(), json!(title(shape.start, source)));
        out.insert("to".into(), json!(title(shape.end, source)));
    }
    let properties = source.named_properties(Entity::Relationship(id));
    let properties = properties.iter().map(|(key, value)| (*key, value));
    match detail {
        Detail::Full => {
            out.insert("properties".into(), object(properties, source, detail));
        }
        Detail::Named => {
            let grounds = properties.filter(|(key, _)| GROUNDS.contains(key));
            out.extend(grounds.filter_map(|(key, value)| Some((key.to_string(), json(value, source, detail)?))));
        }
    }
    Json::Object(out)
}

/// The entries without those that are null.
fn object<'a>(entries: impl Iterator<Item = (&'a str, &'a Value)>, source: &dyn EntitySource, detail: Detail) -> Json {
    let known = entries.filter_map(|(key, value)| Some((key.to_string(), json(value, source, detail)?)));
    Json::Object(known.collect())
}

/// JSON as the value of a parameter. Integers beyond 64 bits are an error, as they could only be kept as floats.
pub(super) fn parameter(json: &Json) -> Result<Value, String> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::from(integer),
            (None, Some(float)) if number.is_f64() => Value::from(float),
            _ => return Err(format!("{number} is beyond the integers of 64 bits")),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(parameter).collect::<Result<Vec<_>, _>>()?),
        Json::Object(map) => {
            let entries = map.iter().map(|(key, value)| Ok((key.clone(), parameter(value)?)));
            Value::map(entries.collect::<Result<Vec<_>, String>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::small;

    #[test]
    fn nodes_and_relationships_named_and_in_full() {
        let (graph, nodes, relationships) = small();
        let of = |value: &Value, detail| json(value, &graph, detail).unwrap();
        assert_eq!(of(&Value::Node(nodes[0]), Detail::Named), json!("Compute"));
        assert_eq!(of(&Value::Node(nodes[0]), Detail::Full)["labels"], json!(["Service"]));
        let relationship = Value::Relationship(relationships[1]);
        assert_eq!(of(&relationship, Detail::Named)["type"], "HAS");
        assert_eq!(of(&relationship, Detail::Named)["from"], "Compute");
        assert_eq!(of(&relationship, Detail::Full)["properties"], json!({ "since": 2020 }));
        assert_eq!(json(&Value::Null, &graph, Detail::Full), None);
    }

    #[test]
    fn parameters_keep_their_types() {
        let json = json!({ "a": [1, 1.5, "x", null, true] });
        let list = Value::list([1i64.into(), 1.5.into(), "x".into(), Value::Null, true.into()]);
        assert_eq!(parameter(&json), Ok(Value::map([("a", list)])));
        assert!(parameter(&json!(u64::MAX)).is_err());
        assert_eq!(parameter(&json!(i64::MIN)), Ok(Value::from(i64::MIN)));
    }
}
