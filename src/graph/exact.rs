//! Values as JSON that reads back as the same value: integers stay integers, and what JSON lacks is an object with one
//! key that says what it is, as in `{"$date": "2020-02-29"}`.

use serde_json::{Map as Object, Number, Value as Json, json};

use super::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time, Zone};
use super::{CoordinateSystem, Point, Value, format_float};
use crate::diagnostic::Diagnostic;

/// The value as JSON. Nodes, relationships and paths are no property values: they are null.
pub fn to_json(value: &Value) -> Json {
    let marked = |mark: &str, content: Json| json!({ mark: content });
    match value {
        Value::Null | Value::Node(_) | Value::Relationship(_) | Value::Path(_) => Json::Null,
        Value::Boolean(value) => json!(value),
        Value::Integer(number) => json!(number),
        Value::Float(number) => match Number::from_f64(*number) {
            Some(number) => Json::Number(number),
            None => marked("$float", json!(format_float(*number))),
        },
        Value::String(text) => json!(&**text),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| (key.to_string(), to_json(value)));
            marked("$map", Json::Object(entries.collect()))
        }
        Value::Date(date) => marked("$date", json!(date.to_string())),
        Value::LocalTime(time) => marked("$localtime", json!(time.to_string())),
        Value::Time(time) => marked("$time", json!(time.to_string())),
        Value::LocalDateTime(at) => marked("$localdatetime", json!(at.to_string())),
        Value::DateTime(at) => marked("$datetime", json!(at.to_string())),
        Value::Duration(duration) => marked("$duration", json!(duration.to_string())),
        Value::Point(point) => {
            marked("$point", json!({ "crs": point.system().name(), "coordinates": point.coordinates() }))
        }
    }
}

/// The value that the JSON stands for. The error says what is wrong with it.
pub fn from_json(json: &Json) -> Result<Value, String> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::Integer(integer),
            (None, Some(float)) if number.is_f64() => Value::Float(float),
            _ => return Err(format!("{number} does not fit an integer of 64 bits")),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(from_json).collect::<Result<Vec<_>, _>>()?),
        Json::Object(object) => marked(object)?,
    })
}

fn marked(object: &Object<String, Json>) -> Result<Value, String> {
    let mut entries = object.iter();
    match (entries.next(), entries.next()) {
        (Some((mark, content)), None) if mark.starts_with('$') => match (mark.as_str(), content) {
            ("$map", Json::Object(entries)) => map(entries),
            ("$point", Json::Object(point)) => self::point(point),
            (_, Json::String(text)) => from_text(&mark[1..], text),
            _ => Err(format!("`{mark}` is followed by what is no text")),
        },
        _ => map(object),
    }
}

fn map(entries: &Object<String, Json>) -> Result<Value, String> {
    let values = entries.iter().map(|(key, value)| Ok((key, from_json(value)?)));
    Ok(Value::map(values.collect::<Result<Vec<_>, String>>()?))
}

fn point(object: &Object<String, Json>) -> Result<Value, String> {
    let name = object.get("crs").and_then(Json::as_str).unwrap_or_default();
    let system = CoordinateSystem::ALL.into_iter().find(|system| system.name() == name);
    let system = system.ok_or_else(|| format!("`{name}` is no coordinate system"))?;
    let coordinates = object.get("coordinates").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let coordinates: Option<Vec<f64>> = coordinates.iter().map(Json::as_f64).collect();
    let point = coordinates.and_then(|coordinates| Point::new(system, &coordinates).ok());
    Ok(Value::from(point.ok_or_else(|| format!("these are no coordinates of the system `{name}`"))?))
}

/// The value of a type that is written as text: a temporal type, or `float` where it is not finite.
pub fn from_text(kind: &str, text: &str) -> Result<Value, String> {
    let wrong = |error: Diagnostic| error.message;
    Ok(match kind {
        "date" => Value::from(Date::parse(text).map_err(wrong)?),
        "localtime" => Value::from(LocalTime::parse(text).map_err(wrong)?),
        "time" => Value::from(Time::parse(text, 0).map_err(wrong)?),
        "localdatetime" => Value::from(LocalDateTime::parse(text).map_err(wrong)?),
        "datetime" => Value::from(DateTime::parse(text, &Zone::UTC).map_err(wrong)?),
        "duration" => Value::from(Duration::parse(text).map_err(wrong)?),
        "float" => Value::Float(text.parse().map_err(|_| format!("`{text}` is not a number"))?),
        _ => return Err(format!("`{kind}` is no type of value")),
    })
}

/// The type's name and the text of a temporal value, which [`from_text`] reads; `None` for other values.
pub fn to_text(value: &Value) -> Option<(&'static str, String)> {
    Some(match value {
        Value::Date(date) => ("date", date.to_string()),
        Value::LocalTime(time) => ("localtime", time.to_string()),
        Value::Time(time) => ("time", time.to_string()),
        Value::LocalDateTime(at) => ("localdatetime", at.to_string()),
        Value::DateTime(at) => ("datetime", at.to_string()),
        Value::Duration(duration) => ("duration", duration.to_string()),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Node(_)
        | Value::Relationship(_)
        | Value::Path(_)
        | Value::Point(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let date = from_text("date", "2020-02-29").unwrap();
        let point = Value::from(Point::new(CoordinateSystem::Wgs84, &[1.5, -2.0]).unwrap());
        let values = [
            Value::Null,
            Value::Boolean(true),
            Value::Integer(i64::MIN),
            Value::Float(1.0),
            Value::Float(-0.0),
            Value::Float(f64::NAN),
            Value::Float(f64::NEG_INFINITY),
            Value::from("\u{0}\u{2028}\"$date"),
            Value::list([date.clone(), Value::list([]), point]),
            Value::map([("$date", Value::from("no date")), ("b", date)]),
            from_text("datetime", "2020-01-01T00:00:00.000000001+01:00[Europe/Stockholm]").unwrap(),
        ];
        for value in values {
            let text = to_json(&value).to_string();
            let read = from_json(&serde_json::from_str(&text).unwrap()).unwrap();
            assert_eq!(format!("{read:?}"), format!("{value:?}"), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |text: &str| from_json(&serde_json::from_str(text).unwrap()).unwrap_err();
        assert_eq!(error("18446744073709551615"), "18446744073709551615 does not fit an integer of 64 bits");
        assert_eq!(error(r#"{"$dat": "x"}"#), "`dat` is no type of value");
        assert!(error(r#"{"$date": "x"}"#).contains('x'));
        assert_eq!(error(r#"{"$point": {"crs": "mars", "coordinates": []}}"#), "`mars` is no coordinate system");
    }
}
