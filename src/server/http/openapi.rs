//! `/openapi.json`: the description of all addresses, made from the tables of routes, words and formats.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::door::Door;
use super::formats::{QUERY_FORMATS, media_types, names};
use super::router::{Operation, Payload, ROUTES};
use super::supposed::{REMOVE, WHATIF};
use super::words::{FORMAT, address_of, operands_of, parameter_of};
use crate::ast::{OptionKind, WORDS, Word};

/// `GET /openapi.json`
pub(super) async fn description(State(door): State<Door>) -> Json<Value> {
    let scheme = if door.host.users.are_asked() { json!([{ "basic": [] }]) } else { json!([]) };
    Json(openapi(&scheme))
}

fn openapi(security: &Value) -> Value {
    let mut paths = Map::new();
    for route in ROUTES.iter().filter(|route| !route.operations.is_empty()) {
        // A wildcard is a parameter as any other to OpenAPI.
        let operations = route.operations.iter().map(|operation| {
            let mut json = operation_json(route.path, operation);
            if route.open {
                json["security"] = json!([]);
            }
            (operation.method.to_string(), json)
        });
        paths.insert(route.path.into(), Value::Object(operations.collect()));
    }
    for word in WORDS {
        let (path, operation) = word_json(word);
        let (supposing, supposed) = supposed_json(&path, &operation);
        paths.insert(path, json!({ "get": operation }));
        paths.insert(supposing, json!({ "get": supposed }));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "kenning",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A graph database: Neo4j's Query API, the tracing words at addresses, and what a page needs.",
        },
        "security": security,
        "paths": paths,
        "components": {
            "securitySchemes": { "basic": { "type": "http", "scheme": "basic" } },
            "schemas": schemas(),
        },
    })
}

fn operation_json(path: &str, operation: &Operation) -> Value {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = in_path.map(|name| parameter(name, "path", "", true, &text())).collect();
    for (name, doc, required) in operation.parameters {
        let schema = match *name {
            FORMAT => formats(),
            "limit" => json!({ "type": "integer", "minimum": 0 }),
            _ => text(),
        };
        parameters.push(parameter(name, "query", doc, *required, &schema));
    }
    let mut responses = Map::new();
    responses.insert(operation.status.to_string(), answer("The answer.", &content(operation.answer)));
    responses.insert("default".into(), problem());
    let mut json = json!({ "summary": operation.doc, "parameters": parameters, "responses": responses });
    if operation.body != Payload::Nothing {
        let required = operation.body != Payload::PerhapsQuery;
        json["requestBody"] = json!({ "required": required, "content": content(operation.body) });
    }
    json
}

/// The path of a word and what it takes.
fn word_json(word: &Word) -> (String, Value) {
    let (in_path, named) = operands_of(word);
    let mut path = format!("/words/{}", address_of(word));
    let mut parameters = Vec::new();
    for (at, operand) in in_path.iter().enumerate() {
        let name = if at == 0 { "term" } else { "other" };
        path += &format!("/{{{name}}}");
        let schema = if operand.several { list(1) } else { text() };
        parameters.push(parameter(name, "path", "A term, as one says it.", true, &schema));
    }
    for (name, operand) in named {
        let schema = if operand.several { list(0) } else { text() };
        parameters.push(parameter(&name, "query", "A term, as one says it.", !operand.optional, &schema));
    }
    for option in word.options {
        parameters.push(parameter(&parameter_of(*option), "query", "", false, &option_schema(*option)));
    }
    parameters.push(parameter(
        FORMAT,
        "query",
        "Name of the format; else the Accept header decides.",
        false,
        &formats(),
    ));
    let responses = json!({
        "200": answer("The answer in the chosen format.", &content(Payload::Any)),
        "304": { "description": "The graph has not changed since." },
        "default": problem(),
    });
    (path, json!({ "summary": word.doc, "description": word.syntax, "parameters": parameters, "responses": responses }))
}

/// The path that asks a word under suppositions. A description cannot say that one of two parameters is needed: the other
/// one is told in words.
fn supposed_json(path: &str, operation: &Value) -> (String, Value) {
    let mut operation = operation.clone();
    let of = operation["description"].as_str().unwrap_or_default();
    operation["description"] = json!(format!(
        "WHATIF REMOVE … {of}: what it answers if something is removed, or added. Relations are added with \
         `add=(TERM)-[:TYPE]->(TERM)`, in place of `remove` or besides it."
    ));
    let doc = "A term, or a relation as (TERM)-[:TYPE]->(TERM), that is supposed to be gone.";
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.push(parameter(REMOVE, "query", doc, true, &list(1)));
    }
    (path.replacen("/words/", &format!("/words/{WHATIF}/"), 1), operation)
}

fn option_schema(option: OptionKind) -> Value {
    match option {
        OptionKind::Depth => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        OptionKind::UpTo => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        OptionKind::All | OptionKind::Ranked | OptionKind::Hard | OptionKind::Each => json!({ "type": "boolean" }),
        OptionKind::Confidence => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        OptionKind::Where => text(),
        OptionKind::Via
        | OptionKind::Only
        | OptionKind::Hiding
        | OptionKind::Avoiding
        | OptionKind::Showing
        | OptionKind::Rollup => list(0),
    }
}

fn parameter(name: &str, place: &str, doc: &str, required: bool, schema: &Value) -> Value {
    let mut json = json!({ "name": name, "in": place, "required": required, "schema": schema });
    if !doc.is_empty() {
        json["description"] = json!(doc);
    }
    json
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn list(least: usize) -> Value {
    json!({ "type": "array", "items": text(), "minItems": least })
}

fn formats() -> Value {
    json!({ "type": "string", "enum": names().collect::<Vec<_>>() })
}

fn answer(doc: &str, content: &Value) -> Value {
    json!({ "description": doc, "content": content })
}

fn problem() -> Value {
    answer("Why the request was not served.", &json!({ "application/json": { "schema": reference("Problem") } }))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn content(payload: Payload) -> Value {
    let json = |schema: Value| json!({ "application/json": { "schema": schema } });
    let query = |schema: &str, lines: bool| {
        let formats = QUERY_FORMATS.iter().filter(|format| lines || !format.lines);
        let content = |lines: bool| if lines { json!({}) } else { json!({ "schema": reference(schema) }) };
        formats.map(|format| (format.media.to_string(), content(format.lines))).collect::<Map<String, Value>>()
    };
    match payload {
        Payload::Nothing => json!({}),
        Payload::Json => json(json!({})),
        Payload::Text => json!({ "text/plain": {} }),
        Payload::Page => json!({ "application/json": {}, "text/html": {} }),
        Payload::Any => Value::Object(media_types().into_iter().map(|media| (media.to_string(), json!({}))).collect()),
        Payload::Query | Payload::PerhapsQuery => Value::Object(query("Query", false)),
        Payload::QueryAnswer => Value::Object(query("QueryAnswer", true)),
        Payload::Asset => json!({ "text/javascript": {}, "text/css": {} }),
        Payload::Statement => json(reference("Statement")),
        Payload::Written => json(reference("Written")),
        Payload::Cells => {
            let mut all = content(Payload::Any);
            all["application/json"] = json!({ "schema": reference("Cells") });
            all
        }
    }
}

fn schemas() -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    json!({
        "Problem": {
            "type": "object",
            "required": ["errors"],
            "properties": { "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": { "type": "string" },
                    "message": { "type": "string" },
                    "help": { "type": "string" },
                    "position": { "type": "object" },
                },
            } } },
        },
        "Query": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "statement": { "type": "string" },
                "parameters": { "type": "object" },
                "includeCounters": { "type": "boolean" },
                "accessMode": { "enum": ["READ", "WRITE"] },
                "bookmarks": texts,
                "maxExecutionTime": { "type": "number", "minimum": 0 },
                "txMetadata": { "type": "object" },
                "txType": { "type": "string" },
                "impersonatedUser": { "type": "string", "description": "Always refused." },
                "notificationsFilter": { "type": "object", "properties": { "minimumSeverity": { "type": "string" } } },
            },
        },
        "QueryAnswer": {
            "type": "object",
            "properties": {
                "data": { "type": "object", "required": ["fields", "values"] },
                "counters": { "type": "object" },
                "notifications": { "type": "array" },
                "bookmarks": texts,
                "transaction": { "type": "object", "required": ["id", "expires"] },
                "errors": { "type": "array" },
            },
        },
        "Statement": {
            "type": "object",
            "additionalProperties": false,
            "required": ["statement"],
            "properties": {
                "statement": { "type": "string" },
                "parameters": { "type": "object" },
                "readOnly": { "type": "boolean" },
            },
        },
        "Written": {
            "type": "object",
            "additionalProperties": false,
            "required": ["text"],
            "properties": {
                "text": { "type": "string" },
                "cursor": { "type": "integer", "minimum": 0, "description": "In characters; at the end unless given." },
                "parameters": texts,
            },
        },
        "Cells": {
            "type": "object",
            "required": ["columns", "shape", "rows"],
            "properties": {
                "columns": texts,
                "shape": { "type": "string" },
                "rows": { "type": "array", "items": { "type": "array", "items": {
                    "type": "object",
                    "required": ["text", "typed"],
                } } },
                "notes": texts,
                "warnings": { "type": "array" },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_and_every_word_is_described() {
        let described = openapi(&json!([]));
        for route in ROUTES {
            for operation in route.operations {
                assert!(described["paths"][route.path][operation.method].is_object(), "{}", route.path);
            }
            let is_of_words = route.path.starts_with("/words/");
            assert_eq!(route.operations.is_empty(), is_of_words, "{}", route.path);
        }
        for word in WORDS {
            let of_word = format!("/words/{}", address_of(word));
            let paths = described["paths"].as_object().unwrap();
            let (_, path) = paths
                .iter()
                .find(|(path, _)| path.split("/{").next() == Some(&of_word))
                .unwrap_or_else(|| panic!("{of_word}"));
            let parameters = path["get"]["parameters"].as_array().unwrap();
            for option in word.options {
                let name = parameter_of(*option);
                assert!(parameters.iter().any(|parameter| parameter["name"] == *name), "{of_word} {name}");
            }
        }
    }
}
