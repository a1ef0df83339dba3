//! Outcomes as a SARIF 2.1.0 log: a rule a claim, a result for each that does not hold, at the place where a file
//! states the first relation that breaks it.

use serde_json::{Value as Json, json};

use super::{Outcome, Place, Verdict};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn page(graph: &str, outcomes: &[Outcome]) -> String {
    let rule = |(at, outcome): (usize, &Outcome)| json!({ "id": id(at), "shortDescription": { "text": outcome.claim }, "defaultConfiguration": { "level": "error" } });
    let rules: Vec<Json> = outcomes.iter().enumerate().map(rule).collect();
    let results: Vec<Json> =
        outcomes.iter().enumerate().filter_map(|(at, outcome)| result(graph, at, outcome)).collect();
    let driver = json!({ "name": "kenning", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    });
    format!("{log:#}\n")
}

fn id(at: usize) -> String {
    format!("claim-{}", at + 1)
}

fn result(graph: &str, at: usize, Outcome { claim, verdict }: &Outcome) -> Option<Json> {
    let (reason, places): (&str, &[Place]) = match verdict {
        Verdict::Holds => return None,
        Verdict::Broken { reason, places } => (reason, places),
        Verdict::Wrong(error) => (error, &[]),
    };
    let whole = Place { file: graph.to_string(), line: None, says: claim.clone() };
    let related: Vec<Json> = places.iter().map(location).collect();
    Some(json!({
        "ruleId": id(at),
        "ruleIndex": at,
        "level": "error",
        "message": { "text": format!("{claim}\n{reason}") },
        "locations": [location(places.first().unwrap_or(&whole))],
        "relatedLocations": related,
    }))
}

fn location(place: &Place) -> Json {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&place.file) } });
    if let Some(line) = place.line {
        physical["region"] = json!({ "startLine": line });
    }
    json!({ "physicalLocation": physical, "message": { "text": place.says } })
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
    }
}
