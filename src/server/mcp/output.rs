//! The schemas of answers. The columns of a word are those that its procedures yield.

use std::collections::BTreeMap;

use rmcp::model::JsonObject;
use serde_json::{Map, Value as Json, json};

use super::outcome::Outcome;
use super::tools::Asks;
use super::words::word;
use crate::graph::TypeSet;
use crate::procedures;

/// What the structured content of a tool's answers looks like, of errors as well.
pub(super) fn output_schema(asks: &Asks) -> JsonObject {
    let outcomes: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
    let outcome_doc: Vec<String> =
        Outcome::ALL.iter().map(|outcome| format!("{}: {}", outcome.name(), outcome.doc())).collect();
    let mut properties = json!({
        "outcome": { "type": "string", "enum": outcomes, "description": outcome_doc.join(" ") },
        "searched": {
            "type": "object",
            "description": "The graph that was searched, with its size.",
            "properties": {
                "graph": { "type": "string" },
                "nodes": { "type": "integer" },
                "relationships": { "type": "integer" },
            },
            "required": ["graph", "nodes", "relationships"],
        },
        "notes": strings("What was followed or searched, why an answer is empty or short, what was cut. One sentence each."),
        "warnings": strings("Doubts about the statement."),
        "errors": {
            "type": "array",
            "description": "What went wrong, if something did.",
            "items": {
                "type": "object",
                "properties": {
                    "message": { "type": "string" },
                    "help": { "type": "string", "description": "What to try." },
                    "kind": { "type": "string" },
                    "detail": { "type": "string" },
                    "at": { "type": "string", "description": "The part of the statement that is to blame." },
                },
                "required": ["message"],
            },
        },
        "suggestions": strings("If there is no such term: terms that look like it."),
    });
    let more = match asks {
        Asks::Schema => schema_sections(),
        Asks::Word { keyword, .. } => rows(word_row(keyword)),
        Asks::Statement { .. } => rows(json!({ "type": "object", "description": "Columns by name, without nulls." })),
    };
    let required: Vec<String> = ["outcome", "searched", "notes"]
        .map(String::from)
        .into_iter()
        .chain(more.required.iter().map(|name| name.to_string()))
        .collect();
    if let (Json::Object(properties), Json::Object(more)) = (&mut properties, more.properties) {
        properties.extend(more);
    }
    let mut schema = Map::new();
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), properties);
    schema.insert("required".into(), json!(required));
    schema
}

struct Part {
    properties: Json,
    required: &'static [&'static str],
}

fn rows(row: Json) -> Part {
    let properties = json!({
        "statement": { "type": "string", "description": "The statement that ran; `query` runs it again." },
        "rows": { "type": "array", "items": row },
        "shown": { "type": "integer", "description": "How many rows are here." },
        "total": { "type": "integer", "description": "How many rows the answer has." },
        "total_is_exact": { "type": "boolean", "description": "False if counting stopped at `total`." },
        "complete": { "type": "boolean", "description": "Whether all rows of the answer are here." },
        "changes": { "type": "string", "description": "What the statement changed in the graph." },
        "plan": { "type": "string", "description": "The plan, for EXPLAIN and PROFILE." },
    });
    Part { properties, required: &["statement", "rows", "shown", "total", "total_is_exact", "complete"] }
}

fn schema_sections() -> Part {
    let section = |doc: &str| json!({ "type": "array", "items": { "type": "object" }, "description": doc });
    let properties = json!({
        "labels": section("Labels, with counts and the properties that name their nodes."),
        "relationshipTypes": section("Relationship types: how they read, which way a failure travels, counts."),
        "connects": section("Which labels each relationship type starts and ends at."),
        "propertyKeys": section("The property keys that were ever used."),
        "indexes": section("The indexes."),
        "constraints": section("The constraints."),
    });
    Part { properties, required: &[] }
}

/// A row of a word: all columns of its procedure and, if it has one, of the ranked form. A null is left out.
fn word_row(keyword: &str) -> Json {
    let name = word(keyword).procedure;
    let ranked = format!("{name}Ranked");
    let found: Vec<_> = procedures::all().filter(|row| row.name == name || row.name == ranked).collect();
    let mut columns: BTreeMap<&str, TypeSet> = BTreeMap::new();
    for (column, types) in found.iter().flat_map(|row| row.yields) {
        columns.entry(*column).and_modify(|known| *known = known.or(*types)).or_insert(*types);
    }
    let properties: Map<String, Json> =
        columns.iter().map(|(name, types)| (name.to_string(), column(*types))).collect();
    let doc: Vec<&str> = found.iter().map(|row| row.doc).collect();
    json!({ "type": "object", "description": doc.join(" "), "properties": properties })
}

/// The JSON types of a column's values. Nodes are their names.
fn column(types: TypeSet) -> Json {
    if types == TypeSet::ANY {
        return json!({});
    }
    let known = [
        (TypeSet::STRING.or(TypeSet::NODE), "string"),
        (TypeSet::INTEGER, "integer"),
        (TypeSet::FLOAT, "number"),
        (TypeSet::BOOLEAN, "boolean"),
        (TypeSet::LIST, "array"),
        (TypeSet::MAP.or(TypeSet::RELATIONSHIP), "object"),
    ];
    let names: Vec<&str> =
        known.iter().filter(|(kind, _)| !types.and(*kind).is_empty()).map(|(_, name)| *name).collect();
    match names.as_slice() {
        [one] => json!({ "type": one }),
        several => json!({ "type": several }),
    }
}

fn strings(doc: &str) -> Json {
    json!({ "type": "array", "items": { "type": "string" }, "description": doc })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_word() {
        let schema = Json::Object(output_schema(&Asks::Word { keyword: "DEPS", operands: &[] }));
        let row = &schema["properties"]["rows"]["items"]["properties"];
        assert_eq!(row["term"], json!({ "type": "string" }));
        assert_eq!(row["depth"], json!({ "type": "integer" }));
        assert_eq!(row["relationship"], json!({ "type": "object" }));
        assert_eq!(row["distance"], json!({ "type": "integer" }), "of the ranked form");
        let show = Json::Object(output_schema(&Asks::Word { keyword: "SHOW", operands: &[] }));
        assert_eq!(show["properties"]["rows"]["items"]["properties"]["value"], json!({}));
    }
}
