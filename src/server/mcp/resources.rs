//! Terms as resources: `kenning://term/NAME`, in pages, each a card in Markdown or JSON.

use rmcp::model::{Resource, ResourceContents, ResourceTemplate};
use serde_json::json;

use super::answer::{Question, suggestions};
use super::card;
use super::outcome::Outcome;
use super::values::title;
use crate::diagnostic::Diagnostic;
use crate::graph::{Entity, Value};
use crate::server::{Host, Line};

const SCHEME: &str = "kenning://term/";
const AS_JSON: &str = "?format=json";
const MARKDOWN: &str = "text/markdown";

/// Terms of a page.
const PAGE: usize = 100;

/// Characters of a definition in a listing.
const DEFINITION: usize = 200;

/// Why a resource cannot be given.
pub(super) enum Missing {
    /// The cursor or the address is none of ours.
    Invalid(String),
    /// There is no such term; names that look like it.
    Unknown(String, Vec<String>),
    Failed(Vec<Diagnostic>),
}

/// Some terms, and where the next page starts.
pub(super) type Page = (Vec<Resource>, Option<String>);

/// The addresses of terms.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let template = ResourceTemplate::new("kenning://term/{name}{?format}", "term")
        .with_title("A term")
        .with_description(
            "What a term is, with its relations and their evidence, by any of its names; `format=json` for JSON.",
        )
        .with_mime_type(MARKDOWN);
    vec![template]
}

/// The page of terms at a cursor, in the order of their numbers. A cursor is the number that the page starts at.
pub(super) fn page(host: &Host, line: &mut Line, cursor: Option<&str>) -> Result<Page, Missing> {
    let invalid = |cursor: &str| Missing::Invalid(format!("`{cursor}` is not a cursor of this server"));
    let from: i64 = cursor.map(|cursor| cursor.parse().map_err(|_| invalid(cursor))).transpose()?.unwrap_or(0);
    let statement = "MATCH (n) WHERE id(n) >= $from RETURN n ORDER BY id(n) LIMIT $most";
    let most = Value::from(PAGE + 1);
    let question = Question::reading(statement, &[("from", Value::from(from)), ("most", most)]);
    let found = question.result(host, line).map_err(Missing::Failed)?;
    let nodes = (0..found.rows.len()).filter_map(|row| match found.rows.value(row, 0) {
        Value::Node(node) => Some(node),
        _ => None,
    });
    let nodes: Vec<_> = nodes.collect();
    let next = nodes.get(PAGE).map(|node| node.index().to_string());
    let graph = host.database.snapshot();
    let resource = |node: &_| {
        found.entities.title(*node)?;
        let name = host.database.engine().spelling(&graph, *node)?;
        let resource = Resource::new(address(&name), name).with_mime_type(MARKDOWN);
        let property = |key| found.entities.named_property(Entity::Node(*node), key);
        let definition = [property("definition"), property("description")];
        let definition = definition.iter().find_map(Value::as_str).map(shortened);
        Some(match definition {
            Some(definition) => resource.with_description(definition),
            None => resource,
        })
    };
    Ok((nodes.iter().take(PAGE).filter_map(resource).collect(), next))
}

/// The card of the term at an address.
pub(super) fn read(host: &Host, line: &mut Line, uri: &str) -> Result<ResourceContents, Missing> {
    let invalid = || Missing::Invalid(format!("`{uri}` is not the address of a term: write {SCHEME}NAME"));
    let path = uri.strip_prefix(SCHEME).ok_or_else(invalid)?;
    let (path, as_json) = match path.strip_suffix(AS_JSON) {
        Some(path) => (path, true),
        None => (path, false),
    };
    let name = decoded(path).filter(|name| !name.is_empty()).ok_or_else(invalid)?;
    let card = card(host, line, &name)?;
    let (text, mime) = match as_json {
        true => (card::json(&card).to_string(), "application/json"),
        false => (card::markdown(&card, address), MARKDOWN),
    };
    Ok(ResourceContents::text(text, uri).with_mime_type(mime))
}

/// The card of a term in Markdown, for a prompt.
pub(super) fn embedded(host: &Host, line: &mut Line, name: &str) -> Result<(String, String), Missing> {
    let card = card(host, line, name)?;
    Ok((address(name), card::markdown(&card, address)))
}

fn card(host: &Host, line: &mut Line, name: &str) -> Result<crate::result::QueryResult, Missing> {
    let question = Question::reading("CALL trace.show($term)", &[("term", Value::from(name))]);
    question.result(host, line).map_err(|errors| match Outcome::of(&errors) {
        Outcome::NoSuchTerm => Missing::Unknown(message(&errors), suggestions(host, line, name)),
        Outcome::SeveralMeanings => Missing::Invalid(message(&errors)),
        _ => Missing::Failed(errors),
    })
}

fn message(errors: &[Diagnostic]) -> String {
    errors.first().map_or_else(String::new, |error| error.message.clone())
}

/// The names of terms that look like a text, for completion; without a text the first of all.
pub(super) fn names_like(host: &Host, line: &mut Line, text: &str) -> Result<Vec<String>, Missing> {
    const MOST: usize = 100;
    let (statement, parameters) = match text.trim() {
        "" => ("MATCH (n) RETURN n ORDER BY id(n) LIMIT 100", vec![]),
        text => ("CALL trace.find($text) YIELD term RETURN term LIMIT 100", vec![("text", Value::from(text))]),
    };
    let found = Question::reading(statement, &parameters).result(host, line).map_err(Missing::Failed)?;
    let nodes = (0..found.rows.len()).filter_map(|row| match found.rows.value(row, 0) {
        Value::Node(node) => found.entities.title(node).map(|_| title(node, &*found.entities)),
        _ => None,
    });
    Ok(nodes.take(MOST).collect())
}

/// The data of an error about an address.
pub(super) fn data(uri: &str, suggestions: &[String]) -> serde_json::Value {
    json!({ "uri": uri, "suggestions": suggestions })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(DEFINITION) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// The address of the term with this name.
fn address(name: &str) -> String {
    let mut out = SCHEME.to_string();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out += &format!("%{other:02X}"),
        }
    }
    out
}

/// The text with its `%41` read; `None` if it is not UTF-8 or a sequence is incomplete.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = rest else { return None };
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        bytes.push((digit(high)? * 16 + digit(low)?) as u8);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_back() {
        for name in ["nova", "Block Storage", "größe", "a/b?format=json", "100 %", "\u{1f600}"] {
            let uri = address(name);
            assert!(uri.is_ascii());
            assert_eq!(decoded(uri.strip_prefix(SCHEME).unwrap()).as_deref(), Some(name));
        }
        assert_eq!(address("a b"), "kenning://term/a%20b");
        for wrong in ["%", "%4", "%zz", "%ff"] {
            assert_eq!(decoded(wrong), None, "{wrong}");
        }
    }
}
