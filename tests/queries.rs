//! The tour: every saved query of `queries/` runs on the embedded graph and gives what stands beside it.
//!
//! `queries/NAME.cypher` begins with the question as a comment; a further comment `// run: term=keystone` gives
//! example arguments. `queries/NAME.out` is what it prints; `UPDATE=1 cargo test` rewrites it.

use std::collections::BTreeMap;

use kenning::graph::Value;

use crate::support::diff::diff;
use crate::support::engine::{Session, draw_errors, render};
use crate::support::notation::Cell;
use crate::support::{assert_none, files, read, root, short, update};

#[test]
fn the_tour_gives_what_stands_beside_it() {
    let mut problems = Vec::new();
    let queries = files(&root().join("queries"), "cypher");
    for path in &queries {
        if let Err(problem) = check(path) {
            problems.push(format!("{}: {problem}", short(path)));
        }
    }
    for path in files(&root().join("queries"), "out") {
        if !path.with_extension("cypher").exists() {
            problems.push(format!("{}: there is no such query", short(&path)));
        }
    }
    assert!(queries.len() >= 15, "the tour has only {} queries", queries.len());
    assert_none(&problems);
}

fn check(path: &std::path::Path) -> Result<(), String> {
    let text = read(path);
    let mut comments = text.lines().map_while(|line| line.strip_prefix("//")).map(str::trim);
    comments.next().filter(|question| !question.is_empty()).ok_or("the first line must be the question, a comment")?;
    let parameters = match comments.find_map(|line| line.strip_prefix("run:")) {
        Some(line) => arguments(line)?,
        None => BTreeMap::new(),
    };
    let result = Session::openstack().result(&text, &parameters).map_err(|errors| draw_errors(&errors, &text))?;
    let found = format!("{}\n", render(&result, None, &text)?.trim_end());
    let beside = path.with_extension("out");
    if update() {
        return std::fs::write(&beside, found).map_err(|error| format!("{}: {error}", short(&beside)));
    }
    let expected = std::fs::read_to_string(&beside).unwrap_or_default();
    if expected == found {
        return Ok(());
    }
    Err(format!("differs from {} (`UPDATE=1 cargo test` accepts it)\n{}", short(&beside), diff(&expected, &found)))
}

/// `term=keystone depth=2 name='two words'`: what reads as a value is one, all else is a string.
fn arguments(line: &str) -> Result<BTreeMap<String, Value>, String> {
    let mut parameters = BTreeMap::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(|| format!("`{rest}` is not name=value"))?;
        let mut quoted = false;
        let ends = |c: char| {
            quoted ^= c == '\'';
            c == ' ' && !quoted
        };
        let (value, after) = after.split_at(after.find(ends).unwrap_or(after.len()));
        let cell = Cell::parse(value).unwrap_or_else(|_| Cell::String(value.to_string()));
        parameters.insert(name.trim().to_string(), cell.to_value()?);
        rest = after.trim_start();
    }
    Ok(parameters)
}

#[test]
fn arguments_are_values_or_words() {
    let found = arguments(" term=keystone depth=2 name='two words' ").unwrap();
    let expected = [("depth", Value::Integer(2)), ("name", "two words".into()), ("term", "keystone".into())];
    assert_eq!(found, BTreeMap::from(expected.map(|(name, value)| (name.to_string(), value))));
    assert!(arguments("keystone").is_err());
}
