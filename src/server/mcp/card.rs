//! The card of a term: what `SHOW` answers, as Markdown with links to other terms, or as JSON.

use serde_json::{Value as Json, json as to_json};

use super::values::{Detail, json as value_json, title};
use crate::graph::Value;
use crate::render::clean;
use crate::result::QueryResult;

/// Relations that read alike beyond these are counted: a hub has thousands.
const ALIKE: usize = 50;

/// Columns of `SHOW`.
struct Row {
    field: String,
    value: Value,
    evidence: Option<String>,
    source: Option<String>,
    is_relation: bool,
    /// Relations that read like this one.
    alike: usize,
}

fn rows(card: &QueryResult) -> Vec<Row> {
    let place = |name: &str| card.columns.iter().position(|column| column == name);
    let value = |row, name: &str| place(name).map_or(Value::Null, |place| card.rows.value(row, place));
    let text = |row, name: &str| value(row, name).as_str().map(str::to_string);
    let row = |row: usize| Row {
        field: text(row, "field").unwrap_or_default(),
        value: value(row, "value"),
        evidence: text(row, "evidence"),
        source: text(row, "source"),
        is_relation: !value(row, "relationship").is_null(),
        alike: value(row, "relations").as_integer().and_then(|n| usize::try_from(n).ok()).unwrap_or(1),
    };
    (0..card.rows.len()).map(row).collect()
}

fn name(card: &QueryResult) -> String {
    match card.rows.is_empty() {
        true => String::new(),
        false => match card.rows.value(0, 0) {
            Value::Node(node) => title(node, &*card.entities),
            _ => String::new(),
        },
    }
}

/// Rows that are shown: of relations that read alike the first.
fn shown(rows: Vec<Row>) -> Vec<(Row, usize)> {
    let mut out: Vec<(Row, usize)> = Vec::new();
    let mut place = 0;
    for row in rows {
        place = match out.last() {
            Some((before, _)) if row.is_relation && before.field == row.field => place + 1,
            _ => 0,
        };
        match place {
            ALIKE.. => out.last_mut().expect("a row stands before").1 += 1,
            _ => out.push((row, 0)),
        }
    }
    out
}

pub(super) fn markdown(card: &QueryResult, address: fn(&str) -> String) -> String {
    let name = name(card);
    let mut out = format!("# {}\n\n", clean(&name));
    let mut heading = String::new();
    for (row, left_out) in shown(rows(card)) {
        // The heading has said it.
        if !row.is_relation && row.value.as_str() == Some(&name) {
            continue;
        }
        if !row.is_relation {
            out += &format!("- {}: {}\n", clean(&row.field), plain(&row.value, card));
            continue;
        }
        if heading != row.field {
            let count = if row.alike > 1 { format!(" ({})", row.alike) } else { String::new() };
            out += &format!("\n## {}{count}\n\n", clean(&row.field));
            heading.clone_from(&row.field);
        }
        let other = plain(&row.value, card);
        out += &format!("- [{other}]({})", address(&other));
        out += &row.evidence.map_or(String::new(), |evidence| format!(": {}", clean(&evidence)));
        out += &row.source.map_or(String::new(), |source| format!(" [{}]", clean(&source)));
        out.push('\n');
        if left_out > 0 {
            out += &format!("- and {left_out} more, which the tool `show` lists\n");
        }
    }
    out
}

pub(super) fn json(card: &QueryResult) -> Json {
    let (mut facts, mut relations) = (Vec::new(), Vec::new());
    for (row, left_out) in shown(rows(card)) {
        let value = value_json(&row.value, &*card.entities, Detail::Named);
        if row.is_relation {
            let mut relation = to_json!({ "relation": row.field, "term": value });
            for (key, text) in [("evidence", row.evidence), ("source", row.source)] {
                if let Some(text) = text {
                    relation[key] = to_json!(text);
                }
            }
            if left_out > 0 {
                relation["more_of_this_relation"] = to_json!(left_out);
            }
            relations.push(relation);
        } else {
            facts.push(to_json!({ "field": row.field, "value": value }));
        }
    }
    to_json!({ "name": name(card), "facts": facts, "relations": relations })
}

/// A value as text in a line.
fn plain(value: &Value, card: &QueryResult) -> String {
    let json = value_json(value, &*card.entities, Detail::Named).unwrap_or(Json::Null);
    let text = match &json {
        Json::String(text) => text.clone(),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    clean(&text).into_owned()
}
