//! Checks as a SARIF 2.1.0 log: rules, and results at places in files.

use serde_json::{Value as Json, json};

use crate::ingest::formats::office;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What is checked.
pub(in crate::cli) struct Rule {
    pub id: String,
    pub says: String,
    /// error, warning or note
    pub level: &'static str,
    /// What to try, if that is known.
    pub help: Option<String>,
}

/// What was found.
pub(in crate::cli) struct Found {
    /// The number of its rule.
    pub rule: usize,
    pub level: &'static str,
    pub message: String,
    pub place: Place,
    /// Other places that bear on it.
    pub related: Vec<Place>,
}

/// A place in a file.
#[derive(Clone)]
pub(in crate::cli) struct Place {
    pub file: String,
    pub line: Option<u64>,
    pub says: String,
}

pub(in crate::cli) fn page(rules: &[Rule], found: &[Found]) -> String {
    let results: Vec<Json> = found.iter().map(|found| result(rules, found)).collect();
    let rules: Vec<Json> = rules.iter().map(rule).collect();
    let driver = json!({ "name": "kenning", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    });
    format!("{log:#}\n")
}

fn rule(rule: &Rule) -> Json {
    let mut object = json!({
        "id": rule.id,
        "shortDescription": { "text": rule.says },
        "defaultConfiguration": { "level": rule.level },
    });
    if let Some(help) = &rule.help {
        object["help"] = json!({ "text": help });
    }
    object
}

fn result(rules: &[Rule], found: &Found) -> Json {
    let related: Vec<Json> = found.related.iter().map(location).collect();
    json!({
        "ruleId": rules[found.rule].id,
        "ruleIndex": found.rule,
        "level": found.level,
        "message": { "text": found.message },
        "locations": [location(&found.place)],
        "relatedLocations": related,
    })
}

fn location(place: &Place) -> Json {
    let mut physical = json!({ "artifactLocation": { "uri": uri(file(&place.file)) } });
    if let Some(line) = place.line {
        physical["region"] = json!({ "startLine": line });
    }
    json!({ "physicalLocation": physical, "message": { "text": place.says } })
}

/// The file of a place in a sheet: `words.xlsx[Sheet]`.
fn file(path: &str) -> &str {
    let endings = office::FORMATS.iter().flat_map(|format| format.suffixes);
    let is_sheet_of = |ending: &&&str| path.contains(&format!(".{ending}[")) && path.ends_with(']');
    let found = endings.filter(|ending| is_sheet_of(ending)).find_map(|ending| path.find(&format!(".{ending}[")));
    found.and_then(|at| path[at..].find('[').map(|bracket| &path[..at + bracket])).unwrap_or(path)
}

/// A path as a relative reference, with reserved characters percent-encoded.
fn uri(path: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    path.replace('\\', "/")
        .bytes()
        .map(|byte| if plain(&byte) { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference() {
        assert_eq!(uri("a b/c:d.toml"), "a%20b/c%3Ad.toml");
        assert_eq!(uri("dir\\größe"), "dir/gr%C3%B6%C3%9Fe");
        assert_eq!(file("a/words.xlsx[My sheet]"), "a/words.xlsx");
        assert_eq!(file("a/words[1].md"), "a/words[1].md");
    }
}
