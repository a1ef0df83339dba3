//! Values of the Query API: as plain JSON, and parameters as plain or typed JSON.

use serde_json::{Map, Value as Json, json};

use crate::graph::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time, Zone};
use crate::graph::{CoordinateSystem, Entity, EntitySource, NodeId, Point, RelationshipId, Value};
use crate::render::{json_row, well_known_text};

/// A value as the Query API writes it without types.
pub(super) fn plain(value: &Value, source: &dyn EntitySource) -> Json {
    match value {
        Value::Node(node) => node_json(*node, source),
        Value::Relationship(relationship) => relationship_json(*relationship, source),
        Value::Path(path) => {
            let mut parts: Vec<Json> = path.nodes.first().iter().map(|node| node_json(**node, source)).collect();
            for (relationship, node) in path.relationships.iter().zip(path.nodes.iter().skip(1)) {
                parts.push(relationship_json(*relationship, source));
                parts.push(node_json(*node, source));
            }
            parts.into()
        }
        Value::List(items) => items.iter().map(|item| plain(item, source)).collect(),
        Value::Map(map) => object(map.iter().map(|(key, value)| (&**key, value)), source),
        Value::Point(point) => json!(well_known_text(point)),
        // The others are as everywhere in kenning.
        value => json_row(std::slice::from_ref(value), source)[0].take(),
    }
}

fn node_json(node: NodeId, source: &dyn EntitySource) -> Json {
    json!({
        "elementId": node.index().to_string(),
        "labels": source.named_labels(node),
        "properties": properties(Entity::Node(node), source),
    })
}

fn relationship_json(relationship: RelationshipId, source: &dyn EntitySource) -> Json {
    let shape = source.relationship_of(relationship);
    json!({
        "elementId": relationship.index().to_string(),
        "startNodeElementId": shape.map(|shape| shape.start.index().to_string()),
        "endNodeElementId": shape.map(|shape| shape.end.index().to_string()),
        "type": source.type_of(relationship),
        "properties": properties(Entity::Relationship(relationship), source),
    })
}

fn properties(entity: Entity, source: &dyn EntitySource) -> Json {
    object(source.named_properties(entity).iter().map(|(key, value)| (*key, value)), source)
}

fn object<'a>(entries: impl Iterator<Item = (&'a str, &'a Value)>, source: &dyn EntitySource) -> Json {
    Json::Object(entries.map(|(key, value)| (key.to_string(), plain(value, source))).collect())
}

/// A parameter written as plain JSON.
pub(super) fn from_plain(json: &Json) -> Result<Value, String> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::Integer(integer),
            (None, Some(float)) if number.is_f64() => Value::Float(float),
            _ => return Err(format!("{number} is beyond the range of an integer, from -2^63 to 2^63 - 1")),
        },
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::list(items.iter().map(from_plain).collect::<Result<Vec<_>, _>>()?),
        Json::Object(entries) => map(entries, from_plain)?,
    })
}

fn map(entries: &Map<String, Json>, read: fn(&Json) -> Result<Value, String>) -> Result<Value, String> {
    let entries = entries.iter().map(|(key, value)| Ok((key, read(value)?)));
    Ok(Value::map(entries.collect::<Result<Vec<_>, String>>()?))
}

/// A parameter written as Typed JSON: `{"$type": "Integer", "_value": "1"}`.
pub(super) fn from_typed(json: &Json) -> Result<Value, String> {
    let (Some(name), Some(content)) = (json.get("$type").and_then(Json::as_str), json.get("_value")) else {
        return Err(format!("{} does not say its type: it is not {{\"$type\", \"_value\"}}", brief(json)));
    };
    let wrong = |problem: String| format!("{} is not a {name}: {problem}", brief(content));
    let text = || content.as_str().ok_or_else(|| wrong("it is not a string".into()));
    Ok(match name {
        "Null" if content.is_null() => Value::Null,
        "Boolean" => Value::Boolean(content.as_bool().ok_or_else(|| wrong("it is neither true nor false".into()))?),
        "Integer" => Value::Integer(text()?.parse().map_err(|error| wrong(format!("{error}")))?),
        "Float" => Value::Float(float(text()?).ok_or_else(|| wrong("it is not a number".into()))?),
        "String" => Value::string(text()?),
        "List" => {
            let items = content.as_array().ok_or_else(|| wrong("it is not an array".into()))?;
            Value::list(items.iter().map(from_typed).collect::<Result<Vec<_>, _>>()?)
        }
        "Map" => map(content.as_object().ok_or_else(|| wrong("it is not an object".into()))?, from_typed)?,
        "Date" => Date::parse(text()?).map_err(|error| wrong(error.message))?.into(),
        "LocalTime" => LocalTime::parse(text()?).map_err(|error| wrong(error.message))?.into(),
        "Time" => Time::parse(text()?, 0).map_err(|error| wrong(error.message))?.into(),
        "LocalDateTime" => LocalDateTime::parse(text()?).map_err(|error| wrong(error.message))?.into(),
        "ZonedDateTime" | "OffsetDateTime" => {
            DateTime::parse(text()?, &Zone::UTC).map_err(|error| wrong(error.message))?.into()
        }
        "Duration" => Duration::parse(text()?).map_err(|error| wrong(error.message))?.into(),
        "Point" => point(text()?).map_err(wrong)?,
        "Node" | "Relationship" | "Path" => return Err(format!("a {name} cannot be a parameter")),
        _ => return Err(format!("there is no type `{name}`, or no such value of it")),
    })
}

fn float(text: &str) -> Option<f64> {
    match text {
        "NaN" | "-NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

/// `SRID=7203;POINT (1.2 3.4)`
fn point(text: &str) -> Result<Value, String> {
    let usual = || "it is not written like SRID=4326;POINT (1.0 2.0)".to_string();
    let (system, rest) = text.strip_prefix("SRID=").and_then(|rest| rest.split_once(';')).ok_or_else(usual)?;
    let system = CoordinateSystem::ALL.into_iter().find(|known| known.number().to_string() == system);
    let system = system.ok_or("there is no such coordinate system")?;
    let kind = if system.dimensions() == 3 { "POINT Z" } else { "POINT" };
    let inside = rest.trim().strip_prefix(kind).ok_or_else(usual)?.trim();
    let inside = inside.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')).ok_or_else(usual)?;
    let numbers: Result<Vec<f64>, _> = inside.split_whitespace().map(str::parse).collect();
    let numbers = numbers.map_err(|error| error.to_string())?;
    let point = Point::new(system, &numbers).map_err(|error| format!("{error:?}"))?;
    Ok(Value::from(point))
}

/// The beginning of a value, for messages.
fn brief(json: &Json) -> String {
    const LONGEST: usize = 60;
    let text = json.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// An integer of the text that is beyond the range of an integer: as a float it would lose digits.
pub(super) fn long_integer(json: &str) -> Option<&str> {
    let bytes = json.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = at + bytes[at..].iter().take_while(|byte| b"+-.eE0123456789".contains(byte)).count();
                let number = &json[at..end];
                let is_integer = !number.contains(['.', 'e', 'E']);
                if is_integer && number.parse::<i64>().is_err() {
                    return Some(number);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    None
}

/// Behind the closing quote of the string that begins here.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::typed_json;
    use crate::result::Records;

    #[test]
    fn what_is_written_with_its_type_is_read_again() {
        let texts = [
            ("Integer", "-9223372036854775808"),
            ("Float", "1.5"),
            ("Float", "-Infinity"),
            ("String", "ü"),
            ("Date", "2015-03-26"),
            ("Time", "12:50:35.556+01:00"),
            ("LocalTime", "12:50:35.556"),
            ("OffsetDateTime", "2015-11-21T21:40:32.142Z"),
            ("ZonedDateTime", "2015-11-21T21:40:32.142+01:00[Europe/Berlin]"),
            ("LocalDateTime", "2015-07-04T19:32:24"),
            ("Duration", "P14DT16H12M"),
            ("Point", "SRID=7203;POINT (1.2 3.4)"),
            ("Point", "SRID=4979;POINT Z (1.0 2.0 3.0)"),
        ];
        for (name, text) in texts {
            let json = json!({"$type": "List", "_value": [{"$type": name, "_value": text}]});
            assert_eq!(typed_json(&from_typed(&json).unwrap(), &Records::default()), json);
        }
        for (name, value) in [("Integer", json!(1)), ("Date", json!("x")), ("Node", json!({})), ("Boolean", json!("t"))]
        {
            assert!(from_typed(&json!({"$type": name, "_value": value})).is_err(), "{name}");
        }
        assert!(from_typed(&json!(1)).unwrap_err().contains("does not say its type"));
    }

    #[test]
    fn plain_parameters() {
        let json = json!({"a": [1, 1.5, "x", null, true]});
        assert_eq!(plain(&from_plain(&json).unwrap(), &Records::default()), json);
        assert!(from_plain(&json!(u64::MAX)).is_err());
    }

    #[test]
    fn integers_that_a_float_would_round() {
        assert_eq!(long_integer(r#"{"a": "12345678901234567890", "b": [1, 9223372036854775807, 1e30]}"#), None);
        assert_eq!(long_integer(r#"{"a\"": 12345678901234567890}"#), Some("12345678901234567890"));
        assert_eq!(long_integer(r#"["\\", -9223372036854775809]"#), Some("-9223372036854775809"));
    }
}
